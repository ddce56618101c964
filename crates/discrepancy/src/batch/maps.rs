//! A map over a batch of rows, and its Jacobian from both sides.

use super::deal::deal;
use super::element::Element;
use super::evaluation::NanPolicy;
use super::labelled::{Room, rows_of_block};
use super::matrix::{Matrix, room};
use super::pass::STREAM;
use crate::catalog::Entry;
use crate::error::{Error, ErrorKind, Result};
use crate::number::Level;
use crate::number::stored::Stored;
use crate::rows::{Images, Product, RowMap};
use rayon::prelude::*;

/// A map over N rows of C scores: softmax, say.
///
/// Rows are independent, so results do not depend on the number of threads, and a row has the same result alone as
/// in any batch. An error names the flat index of the wrong element, or of the first one of a wrong row.
///
/// ```
/// use discrepancy::batch::MapEvaluation;
/// use discrepancy::rows::log_softmax::LogSoftmax;
/// let map = LogSoftmax::default();
/// let batch = MapEvaluation::new(&map, &[17.0_f32, 0.0, 5.0, 5.0], 2)?;
/// assert_eq!(batch.images()?, [-4.1399376e-8, -17.0, -0.6931472, -0.6931472]);
/// let v = [1.0, 0.0, 1.0, 0.0];
/// assert_eq!(batch.jacobian_vector_product(&v)?, [4.1399376e-8, -0.99999994, 0.5, -0.5]);
/// assert_eq!(batch.vector_jacobian_product(&v)?, [4.1399376e-8, -4.1399376e-8, 0.5, -0.5]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MapEvaluation<'a, E> {
    map: &'a dyn RowMap,
    rows: Matrix<'a, E>,
    nan: NanPolicy,
    level: Level,
}

/// Room for a block of rows.
struct Scratch<E: Element> {
    row: Vec<f64>,
    v: Vec<f64>,
    image: Vec<f64>,
    labels: Vec<usize>,
    lanes: Vec<E::Lanes>,
    lanes_of_v: Vec<E::Lanes>,
    singles: Vec<f32>,
    singles_of_v: Vec<f32>,
    results: Vec<f32>,
    weights: Vec<f64>,
    room: Room<E::Lanes>,
    narrow: Vec<E>,
}

impl<E: Element> Default for Scratch<E> {
    fn default() -> Self {
        Scratch {
            row: Vec::new(),
            v: Vec::new(),
            image: Vec::new(),
            labels: Vec::new(),
            lanes: Vec::new(),
            lanes_of_v: Vec::new(),
            singles: Vec::new(),
            singles_of_v: Vec::new(),
            results: Vec::new(),
            weights: Vec::new(),
            room: Room::default(),
            narrow: Vec::new(),
        }
    }
}

impl<'a, E: Element> MapEvaluation<'a, E> {
    /// Rows of scores (N×C, row by row).
    pub fn new(map: &'a dyn RowMap, rows: &'a [E], classes: usize) -> Result<Self> {
        Ok(Self::of(map, Matrix::new(map.entry().name, "prediction", rows, classes)?))
    }

    pub(super) fn of(map: &'a dyn RowMap, rows: Matrix<'a, E>) -> Self {
        MapEvaluation { map, rows, nan: NanPolicy::Error, level: Level::best() }
    }

    /// With this policy for rows that have a NaN among their scores, or what is not finite in the vector: the row's results
    /// are NaN where it does not ask for an error.
    #[must_use]
    pub fn nan(mut self, policy: NanPolicy) -> Self {
        self.nan = policy;
        self
    }

    /// At this vector level instead of the best; the bits are the same.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The image of each row, N×C.
    pub fn images(&self) -> Result<Vec<E>> {
        let mut out = self.buffer()?;
        self.images_into(&mut out)?;
        Ok(out)
    }

    /// The image of each row, into a slice of N×C. After an error its content is unspecified.
    pub fn images_into(&self, out: &mut [E]) -> Result<()> {
        let width = self.rows.width();
        self.same_length("out", out.len())?;
        let (size, stream) = (rows_of_block(width), size_of_val(out) > STREAM);
        let one = |scratch: &mut Scratch<E>, (block, out): (usize, &mut [E])| {
            streamed(stream, scratch, out, |scratch, out| self.block_of_images(block * size, out, scratch))
        };
        deal(out.len(), out.par_chunks_mut(size * width).enumerate(), one).map(|_| ())
    }

    /// The image of each row, in the place of its scores. After an error their content is unspecified.
    ///
    /// ```
    /// use discrepancy::{batch::MapEvaluation, rows::softmax::Softmax};
    /// let mut scores = [1.0_f32, 1.0, 17.0, 0.0];
    /// MapEvaluation::images_in_place(&Softmax::default(), &mut scores, 2)?;
    /// assert_eq!(scores, [0.5, 0.5, 0.99999994, 4.1399376e-8]);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn images_in_place(map: &dyn RowMap, scores: &mut [E], classes: usize) -> Result<()> {
        MapEvaluation::new(map, scores, classes)?;
        let (numbers, size) = (scores.len(), rows_of_block(classes));
        let one = |(scratch, before): &mut (Scratch<E>, Vec<E>), (block, scores): (usize, &mut [E])| {
            // In the caches; the kernels do not look at a row again once it is written.
            before.clear();
            before.extend_from_slice(scores);
            let batch = MapEvaluation::new(map, before, classes)?;
            batch.block_of_images(0, scores, scratch).map_err(|error| match error.index() {
                Some(index) => error.at(index + block * size * classes),
                None => error,
            })
        };
        deal(numbers, scores.par_chunks_mut(size * classes).enumerate(), one).map(|_| ())
    }

    /// `J v` of each row's Jacobian `J_ij = ∂image_i/∂x_j` and a row of v (N×C): how the images move when the scores move
    /// along v.
    pub fn jacobian_vector_product(&self, v: &[E]) -> Result<Vec<E>> {
        self.product(Product::JacobianVector, v)
    }

    /// `J v` into a slice of N×C. After an error its content is unspecified.
    pub fn jacobian_vector_product_into(&self, v: &[E], out: &mut [E]) -> Result<()> {
        self.product_into(Product::JacobianVector, v, out)
    }

    /// `Jᵀ v`: the gradient in the scores, where v is the gradient in the images.
    pub fn vector_jacobian_product(&self, v: &[E]) -> Result<Vec<E>> {
        self.product(Product::VectorJacobian, v)
    }

    /// `Jᵀ v` into a slice of N×C. After an error its content is unspecified.
    pub fn vector_jacobian_product_into(&self, v: &[E], out: &mut [E]) -> Result<()> {
        self.product_into(Product::VectorJacobian, v, out)
    }

    pub(super) fn entry(&self) -> &'static Entry {
        self.map.entry()
    }

    fn product(&self, product: Product, v: &[E]) -> Result<Vec<E>> {
        let mut out = self.buffer()?;
        self.product_into(product, v, &mut out)?;
        Ok(out)
    }

    fn product_into(&self, product: Product, v: &[E], out: &mut [E]) -> Result<()> {
        self.same_length("v", v.len())?;
        self.product_of(product, Matrix::new(self.map.entry().name, "v", v, self.rows.width())?, out)
    }

    /// The product with the rows of v, in the shape of the scores.
    pub(super) fn product_of(&self, product: Product, v: Matrix<'_, E>, out: &mut [E]) -> Result<()> {
        let (rows, width) = (self.rows.rows(), self.rows.width());
        if (v.rows(), v.width()) != (rows, width) {
            let allowed = format!("{rows} rows of {width}, the shape of the predictions");
            let error = Error::new(ErrorKind::Shape, self.map.entry().name, "v", allowed);
            return Err(error.value(format!("{} rows of {}", v.rows(), v.width())));
        }
        self.same_length("out", out.len())?;
        let (size, stream) = (rows_of_block(width), size_of_val(out) > STREAM);
        let one = |scratch: &mut Scratch<E>, (block, out): (usize, &mut [E])| {
            streamed(stream, scratch, out, |scratch, out| {
                self.block_of_products(product, block * size, &v, out, scratch)
            })
        };
        deal(out.len(), out.par_chunks_mut(size * width).enumerate(), one).map(|_| ())
    }

    fn buffer(&self) -> Result<Vec<E>> {
        let numbers = self.rows.rows().checked_mul(self.rows.width());
        let mut out = room(self.map.entry().name, numbers)?;
        out.resize(numbers.unwrap_or(0), E::default());
        Ok(out)
    }

    fn same_length(&self, argument: &str, length: usize) -> Result<()> {
        let (rows, width) = (self.rows.rows(), self.rows.width());
        if length == rows * width {
            return Ok(());
        }
        let allowed = format!("{rows} rows of {width} numbers, as many as predictions");
        Err(Error::new(ErrorKind::Shape, self.map.entry().name, argument, allowed).value(length))
    }

    /// The map as the kernels see it.
    fn kernel(&self) -> Option<&'a dyn Images> {
        self.map.images()
    }

    /// Images of the rows from `first` on, as many as there is room for.
    fn block_of_images(&self, first: usize, out: &mut [E], scratch: &mut Scratch<E>) -> Result<()> {
        let width = self.rows.width();
        let Scratch { row, image, labels, lanes, room, .. } = scratch;
        let kernel = self.kernel();
        if let Some(kernel) = kernel {
            // A label is not asked for; the first class is one.
            labels.resize(out.len() / width, 0);
            let block = self.rows.lanes(first, labels.len(), lanes);
            let soon = self.rows.lanes_ahead(first + labels.len(), labels.len());
            if kernel.of_gaps() {
                room.gaps(self.level, block, soon, labels, kernel.scale());
            } else {
                room.exponentials(self.level, block, soon, labels, kernel.scale());
            }
            kernel.numbers(self.level, &mut room.rows);
            if kernel.of_gaps() {
                room.differences(self.level, width, out);
            } else {
                room.products(self.level, width, out);
            }
        }
        for (k, out) in out.chunks_mut(width).enumerate() {
            // Sums of what has no exponentials are not numbers.
            if kernel.is_some() && (room.rows.rest.head[k] + room.rows.rest.tail[k]).is_finite() {
                continue;
            }
            let i = first + k;
            self.rows.widen(i, row);
            image.resize(width, 0.0);
            if self.nan != NanPolicy::Error && row.iter().any(|x| x.is_nan()) {
                image.fill(f64::NAN);
            } else {
                self.map.evaluate(row, E::EPSILON, image).map_err(|error| self.place(error, i))?;
            }
            out.iter_mut().zip(image.iter()).for_each(|(out, x)| *out = E::narrow(*x));
        }
        Ok(())
    }

    /// The same for products.
    fn block_of_products(
        &self,
        product: Product,
        first: usize,
        v: &Matrix<'_, E>,
        out: &mut [E],
        scratch: &mut Scratch<E>,
    ) -> Result<()> {
        let width = self.rows.width();
        let Scratch { row, v: own, image, lanes, lanes_of_v, singles, singles_of_v, results, weights, .. } = scratch;
        let kernel = self.kernel();
        let count = out.len() / width;
        if let (Some(kernel), Some(out)) = (kernel, E::as_doubles_mut(out)) {
            let rows = (self.rows.lanes(first, count, lanes), v.lanes(first, count, lanes_of_v));
            if let (Some(scores), Some(vectors)) = (Stored::doubles(rows.0), Stored::doubles(rows.1)) {
                kernel.products_of_doubles(product, self.level, (scores, vectors), width, weights, out);
            }
        } else if let Some(kernel) = kernel {
            let both = (self.rows.singles(first, count, singles), v.singles(first, count, singles_of_v));
            if let Some(out) = E::as_singles_mut(out) {
                kernel.products(product, self.level, both, width, weights, out);
            } else {
                // Narrower types are rounded a second time, some 2^-13 of their last place.
                results.resize(out.len(), 0.0);
                kernel.products(product, self.level, both, width, weights, results);
                out.iter_mut().zip(results).for_each(|(out, x)| *out = E::narrow(f64::from(*x)));
            }
        }
        for (k, out) in out.chunks_mut(width).enumerate() {
            // A loop without a way out, which becomes vectors.
            let unsure = out.iter().fold(false, |unsure, x| unsure | x.widen().is_nan());
            if kernel.is_some() && !unsure {
                continue;
            }
            let i = first + k;
            self.rows.widen(i, row);
            v.widen(i, own);
            image.resize(width, 0.0);
            let strange = row.iter().any(|x| x.is_nan()) || own.iter().any(|v| !v.is_finite());
            if self.nan != NanPolicy::Error && strange {
                image.fill(f64::NAN);
            } else {
                let made = self.map.product(product, row, own, E::EPSILON, image);
                made.map_err(|error| self.place(error, i))?;
            }
            out.iter_mut().zip(image.iter()).for_each(|(out, x)| *out = E::narrow(*x));
        }
        Ok(())
    }

    /// Names the flat index of the wrong element, or of the first of a wrong row.
    fn place(&self, error: Error, i: usize) -> Error {
        let index = i * self.rows.width() + error.index().unwrap_or(0);
        error.at(index)
    }
}

/// Makes results where they belong, or in the caches and then past them.
fn streamed<E: Element>(
    stream: bool,
    scratch: &mut Scratch<E>,
    out: &mut [E],
    make: impl FnOnce(&mut Scratch<E>, &mut [E]) -> Result<()>,
) -> Result<()> {
    if !stream {
        return make(scratch, out);
    }
    let mut narrow = std::mem::take(&mut scratch.narrow);
    narrow.resize(out.len(), E::default());
    let made = make(scratch, &mut narrow);
    if made.is_ok() {
        discrepancy_stream::scope(|stores| E::stream(stores, out, &narrow));
    }
    scratch.narrow = narrow;
    made
}

/// A map of each of many rows (N×C), softmax say.
///
/// ```
/// use discrepancy::batch::map_rows;
/// use discrepancy::rows::softmax::Softmax;
/// let p = map_rows(&Softmax::default(), &[0.0_f32, 0.0, 5.0, 5.0], 2)?;
/// assert_eq!(p, [0.5; 4]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn map_rows<E: Element>(map: &dyn RowMap, rows: &[E], classes: usize) -> Result<Vec<E>> {
    MapEvaluation::new(map, rows, classes)?.images()
}
