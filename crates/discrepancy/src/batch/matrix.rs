//! Rows of numbers in any storage type and with any strides, widened one at a time.

use super::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::number::stored::Stored;
use ndarray::{ArrayView1, ArrayView2};

/// N rows of one width.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrix<'a, E> {
    view: ArrayView2<'a, E>,
}

impl<'a, E: Element> Matrix<'a, E> {
    /// Whole rows of a slice; the error names the function and the argument.
    pub(crate) fn new(function: &str, argument: &str, data: &'a [E], width: usize) -> Result<Self> {
        let wrong = || {
            let allowed = format!("whole rows of {width} numbers, at least 1");
            Error::new(ErrorKind::Shape, function, argument, allowed).value(data.len())
        };
        if width == 0 || !data.len().is_multiple_of(width) {
            return Err(wrong());
        }
        let view = ArrayView2::from_shape((data.len() / width, width), data).map_err(|_| wrong())?;
        Ok(Matrix { view })
    }
    /// Of a view; rows have at least one number.
    pub(crate) fn of_view(function: &str, argument: &str, view: ArrayView2<'a, E>) -> Result<Self> {
        if view.ncols() == 0 {
            let allowed = "rows of at least one number";
            return Err(Error::new(ErrorKind::Shape, function, argument, allowed).value(0));
        }
        Ok(Matrix { view })
    }
    /// How many rows.
    pub(crate) fn rows(&self) -> usize {
        self.view.nrows()
    }
    /// How many numbers a row has.
    pub(crate) fn width(&self) -> usize {
        self.view.ncols()
    }
    /// All numbers, row by row, if that is how they lie.
    pub(crate) fn as_slice(&self) -> Option<&'a [E]> {
        self.view.to_slice()
    }
    /// Row `i`, exactly, in place of what the scratch held.
    pub(crate) fn widen(&self, i: usize, scratch: &mut Vec<f64>) {
        if let Some(all) = self.as_slice() {
            // A loop over a slice, which becomes vectors.
            scratch.clear();
            scratch.extend(all[i * self.width()..][..self.width()].iter().map(|x| x.widen()));
        } else {
            widen(self.view.row(i), scratch);
        }
    }
    /// Some rows of a type no wider than single precision, one after the other, as singles; through `scratch` where they
    /// do not lie in memory like that.
    pub(super) fn singles<'s>(&self, first: usize, count: usize, scratch: &'s mut Vec<f32>) -> &'s [f32]
    where
        'a: 's,
    {
        let width = self.width();
        let block = self.as_slice().map(|all| &all[first * width..][..count * width]);
        if let Some(singles) = block.and_then(E::as_singles) {
            return singles;
        }
        scratch.resize(count * width, 0.0);
        match block {
            Some(block) => E::to_singles(block, scratch),
            None => {
                for (singles, row) in scratch.chunks_exact_mut(width).zip(self.view.rows().into_iter().skip(first)) {
                    singles.iter_mut().zip(row).for_each(|(single, x)| *single = x.widen() as f32);
                }
            }
        }
        scratch
    }
    /// Of at most so many rows, where they lie in memory as singles, to be asked for before they are needed.
    pub(super) fn ahead(&self, first: usize, count: usize) -> &'a [f32] {
        let (width, rows) = (self.width(), self.rows());
        let (first, last) = (first.min(rows), (first + count).min(rows));
        let block = self.as_slice().map(|all| &all[first * width..last * width]);
        block.and_then(E::as_singles).unwrap_or_default()
    }
    /// Some rows, one after the other, as kernels read them; through `scratch` where they do not lie in memory like that.
    pub(super) fn lanes<'s>(&self, first: usize, count: usize, scratch: &'s mut Vec<E::Lanes>) -> &'s [E::Lanes]
    where
        'a: 's,
    {
        let width = self.width();
        let block = self.as_slice().map(|all| &all[first * width..][..count * width]);
        if let Some(lanes) = block.and_then(E::as_lanes) {
            return lanes;
        }
        scratch.resize(count * width, E::Lanes::default());
        match block {
            Some(block) => E::to_lanes(block, scratch),
            None => {
                for (lanes, row) in scratch.chunks_exact_mut(width).zip(self.view.rows().into_iter().skip(first)) {
                    lanes.iter_mut().zip(row).for_each(|(lane, x)| *lane = Stored::of(Element::widen(*x)));
                }
            }
        }
        scratch
    }
    /// Of at most so many rows, where they lie in memory as kernels read them, to be asked for before they are needed.
    pub(super) fn lanes_ahead(&self, first: usize, count: usize) -> &'a [E::Lanes] {
        let (width, rows) = (self.width(), self.rows());
        let (first, last) = (first.min(rows), (first + count).min(rows));
        let block = self.as_slice().map(|all| &all[first * width..last * width]);
        block.and_then(E::as_lanes).unwrap_or_default()
    }
    /// Which rows have a NaN.
    pub(super) fn undefined(&self) -> Vec<bool> {
        self.view.rows().into_iter().map(|row| row.iter().any(|x| x.widen().is_nan())).collect()
    }
    /// All numbers, row by row.
    pub(crate) fn widen_all(&self) -> Vec<f64> {
        self.view.iter().map(|x| x.widen()).collect()
    }
}

/// A view's numbers, exactly, in place of what the scratch held.
pub(crate) fn widen<E: Element>(from: ArrayView1<'_, E>, scratch: &mut Vec<f64>) {
    scratch.clear();
    scratch.extend(from.iter().map(|x| x.widen()));
}

/// Rounds numbers to the storage type.
pub(crate) fn narrow<E: Element>(from: &[f64]) -> Vec<E> {
    from.iter().map(|x| E::narrow(*x)).collect()
}

/// Room for a result; an error instead of an abort where there is none.
pub(crate) fn room<E: Element>(function: &str, count: Option<usize>) -> Result<Vec<E>> {
    let mut out = Vec::new();
    let fits = count.is_some_and(|count| out.try_reserve_exact(count).is_ok());
    if fits {
        return Ok(out);
    }
    let allowed = format!("as many {} as there is memory for", E::NAME);
    let error = Error::new(ErrorKind::Memory, function, "result", allowed);
    Err(if let Some(count) = count { error.value(count) } else { error })
}

/// The first error of rows in their order, whatever the threads did; else all results.
pub(crate) fn in_order<T>(rows: Vec<Result<T>>) -> Result<Vec<T>> {
    rows.into_iter().collect()
}
