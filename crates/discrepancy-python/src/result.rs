//! What goes back to Python, in the kind of array that came in.

use crate::array::{Array, Kind, Origin, Out, Scalar};
use crate::failure::Raise;
use dlpark::allocation::dynamic::Initialized;
use dlpark::ffi::{DLDevice, DLManagedTensor, DLManagedTensorVersioned};
use dlpark::python::{DlpackExporter, ExportRequest, export_dlpack};
use dlpark::{DlpackElement, DlpackFlags, Managed, ManagedTensorBase};
use half::vec::HalfFloatVecExt;
use half::{bf16, f16};
use ndarray::{ArrayD, IxDyn};
use numpy::IntoPyArray;
use pyo3::exceptions::{PyBufferError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;
use std::sync::{Mutex, PoisonError};

/// A type that results are given in.
pub(crate) trait Given: Scalar + DlpackElement + Default {
    /// As a NumPy array, which takes the memory over.
    fn into_numpy(py: Python<'_>, array: ArrayD<Self>) -> PyResult<Bound<'_, PyAny>>;
}
macro_rules! given {
    ($($type:ty),*) => { $(impl Given for $type {
        fn into_numpy(py: Python<'_>, array: ArrayD<Self>) -> PyResult<Bound<'_, PyAny>> {
            Ok(array.into_pyarray(py).into_any())
        }
    })* };
}
given!(f64, f32, f16, i64);
impl Given for bf16 {
    /// NumPy has no such type of its own; it learns it from `ml_dtypes`.
    fn into_numpy(py: Python<'_>, array: ArrayD<Self>) -> PyResult<Bound<'_, PyAny>> {
        let shape = array.raw_dim();
        let bits = array.into_raw_vec_and_offset().0.reinterpret_into();
        let bits = ArrayD::from_shape_vec(shape, bits).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        bits.into_pyarray(py).into_any().call_method1("view", ("bfloat16",))
    }
}

/// Numbers of this shape, as the owner of `like` expects them.
pub(crate) fn give<'py, T: Given>(like: &Array<'py>, values: Vec<T>, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    let py = like.py();
    let array =
        ArrayD::from_shape_vec(IxDyn(shape), values).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    let made = match like.origin {
        Origin::Numpy => return T::into_numpy(py, array),
        Origin::Converted => T::into_numpy(py, array)?,
        Origin::Tensor => Bound::new(py, Buffer { content: Mutex::new(Some(Box::new(array))) })?.into_any(),
    };
    static LIKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    LIKE.import(py, "discrepancy._kinds", "like")?.call1((&like.object, made))
}

/// Where a result goes: to new memory, or to what the caller gave.
pub(crate) struct Place<'py, T> {
    own: Vec<T>,
    pub(crate) out: Option<Out<'py>>,
}

impl<'py, T: Given> Place<'py, T> {
    /// For a result of this kind and shape that belongs to an argument.
    pub(crate) fn new(of: &Array<'py>, out: Option<&Bound<'py, PyAny>>, kind: Kind, shape: &[usize]) -> PyResult<Self> {
        let function = of.function;
        let out = out.map(|out| Out::new(function, out, kind, shape)).transpose()?;
        let count = if out.is_some() { 0 } else { shape.iter().product() };
        // Zeros that nobody has touched cost nothing yet, but to ask for too many of them would end the interpreter.
        of.room::<T>(count).raise(of.py())?;
        Ok(Place { own: vec![T::default(); count], out })
    }
    /// The memory.
    pub(crate) fn slice(&mut self) -> &mut [T] {
        match &mut self.out {
            Some(out) => out.slice(),
            None => &mut self.own,
        }
    }
    /// The result.
    pub(crate) fn give(self, like: &Array<'py>, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
        match self.out {
            Some(out) => Ok(out.object()),
            None => give(like, self.own, shape),
        }
    }
}

/// The places for value, gradient and Hessian of `out=`: an array is for the gradient, a tuple names all.
pub(crate) fn outs<'py>(out: Option<&Bound<'py, PyAny>>) -> PyResult<[Option<Bound<'py, PyAny>>; 3]> {
    let Some(out) = out else { return Ok([None, None, None]) };
    let Ok(tuple) = out.cast::<PyTuple>() else { return Ok([None, Some(out.clone()), None]) };
    let place = |i: usize| tuple.get_item(i).ok().filter(|place| !place.is_none());
    Ok([place(0), place(1), place(2)])
}

/// Something to be handed on by DLPack, once.
trait Content: Send {
    fn legacy(self: Box<Self>) -> PyResult<Managed<DLManagedTensor>>;
    fn versioned(self: Box<Self>) -> PyResult<Managed<DLManagedTensorVersioned>>;
}

impl<T: Given> Content for ArrayD<T> {
    fn legacy(self: Box<Self>) -> PyResult<Managed<DLManagedTensor>> {
        managed(self)
    }
    fn versioned(self: Box<Self>) -> PyResult<Managed<DLManagedTensorVersioned>> {
        managed(self)
    }
}

fn managed<T: Given, M: ManagedTensorBase>(array: Box<ArrayD<T>>) -> PyResult<Managed<M>> {
    let made: Initialized<M> =
        array.try_into().map_err(|error: dlpark::metadata::Error| PyBufferError::new_err(error.to_string()))?;
    // SAFETY: pointer, extents, strides and type are those of the array, which the tensor now owns; nobody else has it.
    Ok(unsafe { made.finish() })
}

/// A result on its way to another library.
#[pyclass(frozen, module = "discrepancy._core")]
pub(crate) struct Buffer {
    content: Mutex<Option<Box<dyn Content>>>,
}

impl Buffer {
    fn take(&self) -> PyResult<Box<dyn Content>> {
        let content = self.content.lock().unwrap_or_else(PoisonError::into_inner).take();
        content.ok_or_else(|| PyBufferError::new_err("this result has been handed on already"))
    }
}

impl DlpackExporter for Buffer {
    fn device(&self) -> DLDevice {
        DLDevice::CPU
    }
    fn flags(&self) -> DlpackFlags {
        DlpackFlags::empty()
    }
    fn prepare_export(&self, _: Python<'_>, _: &ExportRequest<'_>) -> PyResult<()> {
        Ok(())
    }
    fn export_legacy(&self, _: Python<'_>) -> PyResult<Managed<DLManagedTensor>> {
        self.take()?.legacy()
    }
    fn export_versioned(&self, _: Python<'_>) -> PyResult<Managed<DLManagedTensorVersioned>> {
        self.take()?.versioned()
    }
}

#[pymethods]
impl Buffer {
    #[pyo3(signature = (*, stream=None, max_version=None, dl_device=None, copy=None))]
    fn __dlpack__<'py>(
        &self,
        py: Python<'py>,
        stream: Option<Bound<'py, PyAny>>,
        max_version: Option<(u32, u32)>,
        dl_device: Option<(u32, i32)>,
        copy: Option<bool>,
    ) -> PyResult<Py<PyAny>> {
        export_dlpack(self, py, ExportRequest::parse(stream.as_ref(), max_version, dl_device, copy)?)
    }
    fn __dlpack_device__(&self) -> (u32, i32) {
        (DLDevice::CPU.device_type.0, DLDevice::CPU.device_id)
    }
}
