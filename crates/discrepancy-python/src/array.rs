//! What Python hands in: memory that somebody else owns, seen as arrays.
//!
//! NumPy's arrays are read through its C interface, tensors of other libraries through DLPack, columns that know neither
//! through Arrow's. What knows only the buffer protocol or `__array__` becomes a NumPy array first, without a copy where
//! NumPy makes none.

use crate::arrow::Column;
use crate::failure::{shape_text, wrong_type};
use discrepancy::batch::Element;
use discrepancy::{Error, ErrorKind, Result};
use dlpark::DlpackFlags;
use dlpark::ffi::{DLDataTypeCode, DLDeviceType};
use dlpark::python::{ImportedDlpack, from_dlpack};
use half::{bf16, f16};
use ndarray::{Array2, ArrayView, ArrayView2, Axis, CowArray, Ix1, Ix2, IxDyn, ShapeBuilder};
use numpy::{PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyTuple};
use std::borrow::Cow;
use std::ops::Range;

/// What an element is stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    F64,
    F32,
    F16,
    Bf16,
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

impl Kind {
    pub(crate) fn is_float(self) -> bool {
        matches!(self, Kind::F64 | Kind::F32 | Kind::F16 | Kind::Bf16)
    }
    /// Bytes of an element.
    pub(crate) fn size(self) -> usize {
        match self {
            Kind::F64 | Kind::I64 | Kind::U64 => 8,
            Kind::F32 | Kind::I32 | Kind::U32 => 4,
            Kind::F16 | Kind::Bf16 | Kind::I16 | Kind::U16 => 2,
            Kind::Bool | Kind::I8 | Kind::U8 => 1,
        }
    }
    /// The name that Python's libraries use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::F64 => "float64",
            Kind::F32 => "float32",
            Kind::F16 => "float16",
            Kind::Bf16 => "bfloat16",
            Kind::Bool => "bool",
            Kind::I8 => "int8",
            Kind::I16 => "int16",
            Kind::I32 => "int32",
            Kind::I64 => "int64",
            Kind::U8 => "uint8",
            Kind::U16 => "uint16",
            Kind::U32 => "uint32",
            Kind::U64 => "uint64",
        }
    }
    /// Of the letter and the size that NumPy and Arrow know a type by.
    pub(crate) fn of_letter(letter: u8, size: usize) -> Option<Kind> {
        Some(match (letter, size) {
            (b'f', 8) => Kind::F64,
            (b'f', 4) => Kind::F32,
            (b'f', 2) => Kind::F16,
            (b'b', 1) => Kind::Bool,
            (b'i', 1) => Kind::I8,
            (b'i', 2) => Kind::I16,
            (b'i', 4) => Kind::I32,
            (b'i', 8) => Kind::I64,
            (b'u', 1) => Kind::U8,
            (b'u', 2) => Kind::U16,
            (b'u', 4) => Kind::U32,
            (b'u', 8) => Kind::U64,
            _ => return None,
        })
    }
    /// The narrowest float that holds all floats of these types; integers among them say nothing, and alone are `f64`.
    pub(crate) fn common(kinds: impl IntoIterator<Item = Kind>) -> Kind {
        let both = |a: Kind, b: Kind| match (a, b) {
            (a, b) if a == b => a,
            (Kind::F64, _) | (_, Kind::F64) => Kind::F64,
            _ => Kind::F32,
        };
        kinds.into_iter().filter(|kind| kind.is_float()).reduce(both).unwrap_or(Kind::F64)
    }
}

/// A Rust type for a kind.
pub(crate) trait Scalar: Copy + Send + Sync + 'static {
    /// The kind.
    const KIND: Kind;
}
macro_rules! scalars {
    ($($type:ty: $kind:ident),* $(,)?) => { $(impl Scalar for $type { const KIND: Kind = Kind::$kind; })* };
}
scalars! { f64: F64, f32: F32, f16: F16, bf16: Bf16, i8: I8, i16: I16, i32: I32, i64: I64, u8: U8, u16: U16, u32: U32, u64: U64 }

/// Runs the same code for the storage type of a kind of float.
macro_rules! with_element {
    ($kind:expr, $E:ident => $body:expr) => {
        match $kind {
            $crate::array::Kind::F32 => {
                type $E = f32;
                $body
            }
            $crate::array::Kind::F16 => {
                type $E = half::f16;
                $body
            }
            $crate::array::Kind::Bf16 => {
                type $E = half::bf16;
                $body
            }
            _ => {
                type $E = f64;
                $body
            }
        }
    };
}
pub(crate) use with_element;

/// Whose array it was, which decides what answers are given as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// NumPy's, or a list or a number.
    Numpy,
    /// A tensor that speaks DLPack.
    Tensor,
    /// What became a NumPy array: a column of a table, say.
    Converted,
}

/// What keeps the memory.
enum Owner<'py> {
    Python { _object: Bound<'py, PyAny> },
    Tensor(ImportedDlpack),
    Column { _column: Column },
}

/// An argument that is an array.
pub(crate) struct Array<'py> {
    pub(crate) function: &'static str,
    pub(crate) argument: &'static str,
    pub(crate) shape: Vec<usize>,
    pub(crate) kind: Kind,
    pub(crate) origin: Origin,
    /// What was handed in.
    pub(crate) object: Bound<'py, PyAny>,
    /// The first element.
    data: *const u8,
    /// In elements; they may be negative.
    strides: Vec<isize>,
    owner: Owner<'py>,
}

/// What may be handed in.
const ALLOWED: &str =
    "an array of float64, float32, float16, bfloat16, integers or booleans, in memory of the processor";

impl<'py> Array<'py> {
    /// Of any object that is an array of numbers.
    pub(crate) fn new(function: &'static str, argument: &'static str, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        if is_numpy(object) {
            check_mask(function, argument, object)?;
            return Self::of_numpy(function, argument, object, object, Origin::Numpy);
        }
        if object.is_none() {
            return Err(wrong_type(object.py(), function, argument, "None", ALLOWED));
        }
        if object.hasattr(pyo3::intern!(object.py(), "__dlpack__"))? {
            // Arrow's arrays speak DLPack only where they hold plain numbers without nulls.
            if object.hasattr(pyo3::intern!(object.py(), "__arrow_c_array__"))?
                && let Some(column) = Column::new(function, argument, object)?
            {
                return Ok(Self::of_column(function, argument, object, column));
            }
            return Self::of_tensor(function, argument, object);
        }
        let knows_numpy = object.hasattr(pyo3::intern!(object.py(), "__array__"))?;
        check_masks_of_list(function, argument, object)?;
        if !knows_numpy && let Some(column) = Column::new(function, argument, object)? {
            return Ok(Self::of_column(function, argument, object, column));
        }
        let table = knows_numpy && !object.get_type().module()?.to_str()?.starts_with("numpy");
        let origin = if table { Origin::Converted } else { Origin::Numpy };
        let made = as_numpy(object).map_err(|error| {
            let py = object.py();
            if error.is_instance_of::<PyValueError>(py) || error.is_instance_of::<PyTypeError>(py) {
                return wrong_type(py, function, argument, &error.value(py).to_string(), ALLOWED);
            }
            error
        })?;
        Self::of_numpy(function, argument, object, &made, origin)
    }

    /// Of an argument that may be left out.
    pub(crate) fn optional(
        function: &'static str,
        argument: &'static str,
        object: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Self>> {
        object.map(|object| Self::new(function, argument, object)).transpose()
    }

    fn of_numpy(
        function: &'static str,
        argument: &'static str,
        object: &Bound<'py, PyAny>,
        made: &Bound<'py, PyAny>,
        origin: Origin,
    ) -> PyResult<Self> {
        let array = made.cast::<PyUntypedArray>()?;
        let descriptor = array.dtype();
        let native = descriptor.is_native_byteorder() != Some(false);
        let kind = match Kind::of_letter(descriptor.kind(), descriptor.itemsize()) {
            Some(kind) if native => Some(kind),
            // The types of `ml_dtypes` are known by name.
            None if descriptor.itemsize() == 2 && descriptor.getattr("name")?.eq("bfloat16")? => Some(Kind::Bf16),
            _ => None,
        };
        let Some(kind) = kind else {
            if !native && Kind::of_letter(descriptor.kind(), descriptor.itemsize()).is_some() {
                // Of the other byte order: a copy has this machine's.
                let copy = made.call_method1("astype", (descriptor.call_method1("newbyteorder", ("=",))?,))?;
                return Self::of_numpy(function, argument, object, &copy, origin);
            }
            // What NumPy knows nothing of becomes one object in an array without axes.
            let (found, hint) = if descriptor.kind() == b'O' && array.shape().is_empty() {
                let name = object.get_type().fully_qualified_name()?.to_string();
                let sparse = object.hasattr("toarray")?;
                (name, if sparse { "; `x.toarray()` of what is sparse" } else { "" })
            } else {
                (format!("of dtype {}", descriptor.str()?), "")
            };
            return Err(wrong_type(object.py(), function, argument, &found, &format!("{ALLOWED}{hint}")));
        };
        let size = kind.size() as isize;
        if !array.is_aligned() || array.strides().iter().any(|stride| stride % size != 0) {
            // A field of a record, say: a copy lies as it should.
            let copy = made.call_method0("copy")?;
            return Self::of_numpy(function, argument, object, &copy, origin);
        }
        // SAFETY: only the pointer is asked for, and it is read as `kind` says.
        let data = unsafe { made.cast_unchecked::<PyArrayDyn<u8>>() }.data();
        Ok(Array {
            function,
            argument,
            shape: array.shape().to_vec(),
            kind,
            origin,
            object: object.clone(),
            data,
            strides: array.strides().iter().map(|stride| stride / size).collect(),
            owner: Owner::Python { _object: made.clone() },
        })
    }

    fn of_tensor(function: &'static str, argument: &'static str, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        let py = object.py();
        let refused = |found: String| wrong_type(py, function, argument, &found, ALLOWED);
        let of_type = || object.get_type().fully_qualified_name().map_or(String::new(), |name| name.to_string());
        if object.getattr_opt("requires_grad")?.is_some_and(|tracked| tracked.is_truthy().unwrap_or(false)) {
            // The answer would not know of it, and nobody would notice.
            return Err(wrong_type(py, function, argument, "tracked for its gradient", "tensors after `detach()`"));
        }
        let tensor = from_dlpack(object.as_borrowed(), None, None).map_err(|error| {
            // Some add where in their code they were.
            let message = error.value(py).to_string();
            refused(format!("{} that says: {}", of_type(), message.lines().next().unwrap_or_default()))
        })?;
        let view = tensor.validate().map_err(|error| refused(format!("{}: {error}", of_type())))?;
        if view.device().device_type != DLDeviceType::CPU {
            return Err(refused(format!("{} on another device", of_type())));
        }
        let code = view.dtype();
        let size = usize::from(code.bits) / 8;
        let letter = match code.code {
            DLDataTypeCode::FLOAT => b'f',
            DLDataTypeCode::INT => b'i',
            DLDataTypeCode::UINT => b'u',
            DLDataTypeCode::BOOL => b'b',
            _ => 0,
        };
        let kind = match code.code {
            DLDataTypeCode::BFLOAT if size == 2 => Some(Kind::Bf16),
            _ => Kind::of_letter(letter, size),
        };
        let whole = code.lanes == 1 && code.bits.is_multiple_of(8);
        let Some(kind) = kind.filter(|_| whole) else {
            return Err(refused(format!("{} of another dtype", of_type())));
        };
        let strides = view.strides_or_compact().map_err(|error| refused(error.to_string()))?;
        let address = view.data_ptr().cast::<u8>().wrapping_add(usize::try_from(view.byte_offset())?);
        let array = Array {
            function,
            argument,
            // `validate` has seen that extents are not negative.
            shape: view.shape().iter().map(|extent| *extent as usize).collect(),
            kind,
            origin: Origin::Tensor,
            object: object.clone(),
            data: address,
            strides: strides.iter().map(|stride| *stride as isize).collect(),
            owner: Owner::Tensor(tensor),
        };
        if !array.is_empty() && !array.data.addr().is_multiple_of(kind.size()) {
            return Err(refused(format!("{} that is not aligned", of_type())));
        }
        Ok(array)
    }

    fn of_column(function: &'static str, argument: &'static str, object: &Bound<'py, PyAny>, column: Column) -> Self {
        Array {
            function,
            argument,
            shape: vec![column.len],
            kind: column.kind,
            origin: Origin::Numpy,
            object: object.clone(),
            data: column.data,
            strides: vec![1],
            owner: Owner::Column { _column: column },
        }
    }

    pub(crate) fn py(&self) -> Python<'py> {
        self.object.py()
    }
    /// How many elements.
    pub(crate) fn len(&self) -> usize {
        self.shape.iter().product()
    }
    pub(crate) fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }
    /// The extents before the last.
    pub(crate) fn leading(&self) -> &[usize] {
        &self.shape[..self.shape.len().saturating_sub(1)]
    }

    /// An error about this argument.
    pub(crate) fn error(&self, kind: ErrorKind, allowed: impl Into<String>) -> Error {
        Error::new(kind, self.function, self.argument, allowed)
    }
    /// The error of a shape that does not fit.
    pub(crate) fn misshapen(&self, allowed: impl Into<String>) -> Error {
        self.error(ErrorKind::Shape, allowed).value(shape_text(&self.shape))
    }
    /// Whether the shape is this one.
    pub(crate) fn check_shape(&self, wanted: &[usize]) -> Result<()> {
        if self.shape == wanted { Ok(()) } else { Err(self.misshapen(format!("shape {}", shape_text(wanted)))) }
    }

    /// Whether a type of floats holds all numbers of it. Floats are for whoever chose the type to think of.
    fn fits(&self, kind: Kind) -> bool {
        fn all<E: Element + Scalar>(array: &Array<'_>) -> bool {
            macro_rules! integers {
                ($($type:ty),*) => { $(if let Some(view) = array.view::<$type>() {
                    return view.iter().all(|x| E::narrow(*x as f64).widen() as i128 == i128::from(*x));
                })* };
            }
            integers!(i16, i32, i64, u16, u32, u64);
            true
        }
        // A byte fits into eight bits and more, two into the 24 of `f32`.
        let small = if kind == Kind::F32 { 2 } else { 1 };
        self.kind.is_float() || self.kind.size() <= small || with_element!(kind, E => all::<E>(self))
    }

    /// The type to compute in: the narrowest float that holds all floats, and all integers that are there.
    pub(crate) fn common<'a>(arrays: impl IntoIterator<Item = &'a Array<'py>>) -> Kind
    where
        'py: 'a,
    {
        let arrays: Vec<&Array<'py>> = arrays.into_iter().collect();
        let kind = Kind::common(arrays.iter().map(|array| array.kind));
        let wider = [kind, Kind::F32].into_iter().find(|kind| arrays.iter().all(|array| array.fits(*kind)));
        if kind == Kind::F64 { kind } else { wider.unwrap_or(Kind::F64) }
    }

    /// Whether elements lie one after another, the last index running fastest.
    fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        for (extent, stride) in self.shape.iter().zip(&self.strides).rev() {
            if *extent != 1 && *stride != expected {
                return self.is_empty();
            }
            expected *= *extent as isize;
        }
        true
    }

    /// The addresses between which all elements lie.
    fn addresses(&self) -> Range<usize> {
        if self.is_empty() {
            return 0..0;
        }
        let (mut low, mut high) = (0, 1);
        for (extent, stride) in self.shape.iter().zip(&self.strides) {
            let last = stride * (*extent as isize - 1);
            low += last.min(0);
            high += last.max(0);
        }
        let address = |elements: isize| self.data.addr().wrapping_add_signed(elements * self.kind.size() as isize);
        address(low)..address(high)
    }

    /// Whether any element is also one of the other.
    fn overlaps(&self, other: &Array<'_>) -> bool {
        let (a, b) = (self.addresses(), other.addresses());
        a.start < b.end && b.start < a.end
    }

    /// As it lies in memory, if this is its type.
    pub(crate) fn view<T: Scalar>(&self) -> Option<ArrayView<'_, T, IxDyn>> {
        let same = self.kind == T::KIND || (self.kind == Kind::Bool && T::KIND == Kind::U8);
        if !same {
            return None;
        }
        if self.is_empty() {
            return ArrayView::from_shape(self.shape.as_slice(), &[]).ok();
        }
        let mut data = self.data.cast::<T>();
        let mut strides = Vec::with_capacity(self.shape.len());
        for (extent, stride) in self.shape.iter().zip(&self.strides) {
            if *stride < 0 {
                // From the element of the lowest address on; the axis is turned round below.
                data = data.wrapping_offset(stride * (*extent as isize - 1));
            }
            strides.push(stride.unsigned_abs());
        }
        // SAFETY: the owner vouches for elements of this type at these places for as long as it lives, which `self`
        // sees to; they are aligned (seen to in `of_numpy` and `of_tensor`). As with every library that computes
        // without the interpreter's lock, the caller must not write to them meanwhile from another thread.
        let mut view = unsafe { ArrayView::from_shape_ptr(IxDyn(&self.shape).strides(IxDyn(&strides)), data) };
        for (axis, stride) in self.strides.iter().enumerate() {
            if *stride < 0 {
                view.invert_axis(Axis(axis));
            }
        }
        Some(view)
    }

    /// As one slice, if it is of this type and in one piece.
    fn slice<T: Scalar>(&self) -> Option<&[T]> {
        if !self.is_contiguous() {
            return None;
        }
        self.view::<T>()?.to_slice()
    }

    /// All elements in one piece: in place, or exactly converted.
    pub(crate) fn flat<E: Element + Scalar>(&self) -> Result<Cow<'_, [E]>> {
        match self.slice::<E>() {
            Some(slice) => Ok(Cow::Borrowed(slice)),
            None => self.convert().map(Cow::Owned),
        }
    }

    /// The same, but never in memory that is to be written.
    pub(crate) fn flat_beside<E: Element + Scalar>(&self, outs: &[Option<&Out<'_>>]) -> Result<Cow<'_, [E]>> {
        let flat = self.flat()?;
        Ok(if self.is_beside(outs) { flat } else { Cow::Owned(flat.into_owned()) })
    }

    /// Whether none of its elements is to be written.
    fn is_beside(&self, outs: &[Option<&Out<'_>>]) -> bool {
        outs.iter().flatten().all(|out| !self.overlaps(&out.array))
    }

    /// Rows of the last extent: in place, whatever the strides, or exactly converted.
    pub(crate) fn rows<E: Element + Scalar>(&self) -> Result<CowArray<'_, E, Ix2>> {
        let width = self.shape.last().copied().unwrap_or(1);
        let shape = (self.leading().iter().product::<usize>(), width);
        let wrong = |_| self.misshapen("rows of numbers");
        if let Some(slice) = self.slice::<E>() {
            return Ok(ArrayView2::from_shape(shape, slice).map_err(wrong)?.into());
        }
        if let (Some(view), 2) = (self.view::<E>(), self.shape.len()) {
            return Ok(view.into_dimensionality::<Ix2>().map_err(wrong)?.into());
        }
        Ok(Array2::from_shape_vec(shape, self.convert()?).map_err(wrong)?.into())
    }

    /// The same, but never in memory that is to be written.
    pub(crate) fn rows_beside<E: Element + Scalar>(&self, outs: &[Option<&Out<'_>>]) -> Result<CowArray<'_, E, Ix2>> {
        let rows = self.rows()?;
        Ok(if self.is_beside(outs) { rows } else { rows.into_owned().into() })
    }

    /// Classes, one after another, but never in memory that is to be written.
    pub(crate) fn labels_beside(&self, outs: &[Option<&Out<'_>>]) -> Result<CowArray<'_, i64, Ix1>> {
        if let (Some(slice), true) = (self.slice::<i64>(), self.is_beside(outs)) {
            return Ok(ndarray::ArrayView1::from(slice).into());
        }
        let mut labels = self.room(self.len())?;
        macro_rules! widen {
            ($($type:ty),*) => { $(if let Some(view) = self.view::<$type>() {
                for (index, label) in view.iter().enumerate() {
                    let wide = i64::try_from(*label).map_err(|_| {
                        self.error(ErrorKind::Domain, "labels below 2^63").at(index).value(*label)
                    })?;
                    labels.push(wide);
                }
            })* };
        }
        widen!(i64, i32, i16, i8, u8, u16, u32, u64);
        Ok(ndarray::Array1::from(labels).into())
    }

    /// Room for so many numbers of this argument; an error where there is none, for the interpreter must live on.
    pub(crate) fn room<T>(&self, count: usize) -> Result<Vec<T>> {
        let mut out = Vec::new();
        if out.try_reserve_exact(count).is_err() {
            return Err(self.error(ErrorKind::Memory, "as much as there is memory for").value(count));
        }
        Ok(out)
    }

    /// Every element, exactly, in the order of the indices.
    fn convert<E: Element + Scalar>(&self) -> Result<Vec<E>> {
        let mut out = self.room(self.len())?;
        macro_rules! floats {
            ($($type:ty),*) => { $(if let Some(view) = self.view::<$type>() {
                out.extend(view.iter().map(|x| E::narrow(x.widen())));
            })* };
        }
        macro_rules! integers {
            ($($type:ty),*) => { $(if let Some(view) = self.view::<$type>() {
                for (index, x) in view.iter().enumerate() {
                    let wide = *x as f64;
                    let stored = E::narrow(wide);
                    // Back again, in integers that hold both.
                    if wide as i128 != i128::from(*x) || stored.widen() != wide {
                        let allowed = format!("integers that are numbers of {}", E::NAME);
                        return Err(self.error(ErrorKind::Domain, allowed).at(index).value(*x));
                    }
                    out.push(stored);
                }
            })* };
        }
        floats!(f64, f32, f16, bf16);
        integers!(i8, i16, i32, i64, u8, u16, u32, u64);
        Ok(out)
    }
}

/// An array to write a result to.
pub(crate) struct Out<'py> {
    array: Array<'py>,
}

impl<'py> Out<'py> {
    /// Of the type and shape of the result, in one piece, to be written.
    pub(crate) fn new(
        function: &'static str,
        object: &Bound<'py, PyAny>,
        kind: Kind,
        shape: &[usize],
    ) -> PyResult<Self> {
        let py = object.py();
        let refused = |found: &str, allowed: &str| Err(wrong_type(py, function, "out", found, allowed));
        let numpy = is_numpy(object);
        if !numpy && !object.hasattr("__dlpack__")? {
            let found = object.get_type().fully_qualified_name()?.to_string();
            return refused(&found, "a NumPy array or a tensor that can be written to");
        }
        let array = Array::new(function, "out", object)?;
        let writable = match &array.owner {
            Owner::Python { .. } => {
                let array = object.cast::<PyUntypedArray>()?.as_array_ptr();
                // SAFETY: the pointer is that of a living array, of which one number is read.
                unsafe { (*array).fields.flags & numpy::npyffi::NPY_ARRAY_WRITEABLE != 0 }
            }
            // Only the newer form of DLPack can say that memory is not to be written.
            Owner::Tensor(tensor @ ImportedDlpack::Versioned(_)) => {
                !tensor.flags().contains(DlpackFlags::READ_ONLY) && !tensor.flags().contains(DlpackFlags::IS_COPIED)
            }
            Owner::Tensor(ImportedDlpack::Legacy(_)) | Owner::Column { .. } => false,
        };
        if !writable {
            return refused("read-only", "memory that can be written to");
        }
        if numpy && !made_of(object, array.data)? {
            // A copy was made to be read: what is written to it would be lost.
            return refused("of another byte order, or not aligned", "memory of this machine's own kind");
        }
        if array.kind != kind {
            return refused(array.kind.name(), kind.name());
        }
        if array.shape != shape || !array.is_contiguous() {
            let error = array.misshapen(format!("a C-contiguous array of shape {}", shape_text(shape)));
            return Err(crate::failure::raise(py, &error));
        }
        Ok(Out { array })
    }

    /// Whether a part of it is also a part of the other.
    pub(crate) fn overlaps(&self, other: &Out<'_>) -> bool {
        self.array.overlaps(&other.array)
    }

    /// What was handed in.
    pub(crate) fn object(&self) -> Bound<'py, PyAny> {
        self.array.object.clone()
    }

    /// Its memory.
    pub(crate) fn slice<E: Scalar>(&mut self) -> &mut [E] {
        if self.array.kind != E::KIND || self.array.is_empty() {
            return &mut [];
        }
        // SAFETY: `new` has seen that it is of this type, in one piece, and may be written; inputs that share its
        // memory are copied (`flat_beside`, `rows_beside`), outputs must not (`overlaps`). The rest is the caller's
        // care, as in `Array::view`.
        unsafe { std::slice::from_raw_parts_mut(self.array.data.cast_mut().cast::<E>(), self.array.len()) }
    }
}

/// An error where elements are masked, whose numbers mean nothing.
fn check_mask(function: &str, argument: &str, object: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = object.py();
    if object.get_type().is(py.get_type::<PyUntypedArray>()) || !object.hasattr(pyo3::intern!(py, "mask"))? {
        return Ok(());
    }
    static IS_MASKED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if !IS_MASKED.import(py, "numpy.ma", "is_masked")?.call1((object,))?.is_truthy()? {
        return Ok(());
    }
    let index = object.getattr("mask")?.call_method0("argmax")?.extract::<usize>().unwrap_or(0);
    let allowed = "arrays without masked elements: leave them out with `x[~x.mask]`, of all arguments together, \
        or hand in `x.filled(numpy.nan)` where `nan` may be \"omit\"";
    let error = Error::new(ErrorKind::Unsupported, function, argument, allowed).at(index).value("masked");
    Err(crate::failure::raise(py, &error))
}

/// The same for a list of such arrays. A list of numbers is not searched.
fn check_masks_of_list(function: &str, argument: &str, object: &Bound<'_, PyAny>) -> PyResult<()> {
    let first_is_array = |item: PyResult<Bound<'_, PyAny>>| item.is_ok_and(|item| is_numpy(&item));
    let rows: Vec<Bound<'_, PyAny>> = if let Ok(list) = object.cast::<PyList>() {
        if !first_is_array(list.get_item(0)) { Vec::new() } else { list.iter().collect() }
    } else if let Ok(tuple) = object.cast::<PyTuple>() {
        if !first_is_array(tuple.get_item(0)) { Vec::new() } else { tuple.iter().collect() }
    } else {
        Vec::new()
    };
    rows.iter().filter(|row| is_numpy(row)).try_for_each(|row| check_mask(function, argument, row))
}

/// Whether an array's own memory begins here.
fn made_of(object: &Bound<'_, PyAny>, data: *const u8) -> PyResult<bool> {
    // SAFETY: only the pointer is asked for.
    let own = unsafe { object.cast_unchecked::<PyArrayDyn<u8>>() }.data();
    Ok(std::ptr::eq(own.cast_const(), data))
}

/// Whether it is a NumPy array. As long as NumPy is not imported, nothing is.
fn is_numpy(object: &Bound<'_, PyAny>) -> bool {
    loaded(object.py()) && object.cast::<PyUntypedArray>().is_ok()
}

/// Whether NumPy is there already.
fn loaded(py: Python<'_>) -> bool {
    static LOADED: PyOnceLock<()> = PyOnceLock::new();
    if LOADED.get(py).is_some() {
        return true;
    }
    let there = py.import("sys").and_then(|sys| sys.getattr("modules")).and_then(|m| m.contains("numpy"));
    let there = there.unwrap_or(false);
    if there {
        let _ = LOADED.set(py, ());
    }
    there
}

/// `numpy.asarray`.
fn as_numpy<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static AS_ARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    AS_ARRAY.import(object.py(), "numpy", "asarray")?.call1((object,))
}
