//! Maps whose images are made of the row's exponentials, many rows at once.
//!
//! With M the largest score, the image of a score is its exponential `e^((x - M)/T)` times a number of the row, or its gap
//! `(x - M)/T` less one. So a kernel that knows no map computes exponentials or gaps, the formula is asked once a row, and
//! what is left is a product or a difference (`batch/labelled.rs`).

use super::jacobian::{Product, ProductFormula};
use super::labelled::LabelledRows;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::Stored;
use crate::number::{Level, Real};
use fearless_simd::Simd;

/// What the file of a map writes.
pub(crate) trait ImageFormula {
    /// Whether images are gaps less a number; else they are exponentials times one.
    const OF_GAPS: bool;
    /// The product of the Jacobian and a vector …
    type Forward: ProductFormula;
    /// … and of its transpose.
    type Backward: ProductFormula;
    /// T.
    fn temperature(&self) -> f64;
    /// The row's number, of the sum of all exponentials but the largest score's, which is 1.
    fn number<R: Real>(&self, rest: R) -> R;
}

/// A map as the kernels see it.
pub trait Images: Sync {
    /// T.
    fn scale(&self) -> f64;
    /// Whether images are gaps less a number; else they are exponentials times one.
    fn of_gaps(&self) -> bool;
    /// Fills in the numbers of rows, as `other`, from their sums.
    fn numbers(&self, level: Level, rows: &mut LabelledRows);
    /// Writes products of rows of scores and of vectors; NaN where rounding them to 24 bits may not give the right numbers.
    fn products(
        &self,
        product: Product,
        level: Level,
        rows: (&[f32], &[f32]),
        width: usize,
        weights: &mut Vec<f64>,
        out: &mut [f32],
    );
    /// The same in `f64`.
    fn products_of_doubles(
        &self,
        product: Product,
        level: Level,
        rows: (&[f64], &[f64]),
        width: usize,
        room: &mut Vec<f64>,
        out: &mut [f64],
    );
}

impl<F: ImageFormula + Sync> Images for F {
    fn scale(&self) -> f64 {
        self.temperature()
    }
    fn of_gaps(&self) -> bool {
        F::OF_GAPS
    }
    fn numbers(&self, level: Level, rows: &mut LabelledRows) {
        run(level, Numbers { formula: self, rows });
    }
    fn products(
        &self,
        product: Product,
        level: Level,
        rows: (&[f32], &[f32]),
        width: usize,
        weights: &mut Vec<f64>,
        out: &mut [f32],
    ) {
        use crate::batch::products::products;
        let temperature = self.temperature();
        match product {
            Product::JacobianVector => products::<F::Forward>(level, temperature, rows, width, weights, out),
            Product::VectorJacobian => products::<F::Backward>(level, temperature, rows, width, weights, out),
        }
    }
    fn products_of_doubles(
        &self,
        product: Product,
        level: Level,
        rows: (&[f64], &[f64]),
        width: usize,
        room: &mut Vec<f64>,
        out: &mut [f64],
    ) {
        use crate::batch::products_doubles::products;
        let temperature = self.temperature();
        match product {
            Product::JacobianVector => products::<F::Forward>(level, temperature, rows, width, room, out),
            Product::VectorJacobian => products::<F::Backward>(level, temperature, rows, width, room, out),
        }
    }
}

struct Numbers<'a, F> {
    formula: &'a F,
    rows: &'a mut LabelledRows,
}

impl<F: ImageFormula> Numbers<'_, F> {
    #[inline(always)]
    fn each<L: Load>(self, load: L) {
        if self.rows.double { self.of::<L, f64>(load) } else { self.of::<L, f32>(load) }
    }
    #[inline(always)]
    fn of<L: Load, N: Stored>(self, load: L) {
        let LabelledRows { rest, other, .. } = self.rows;
        for i in (0..rest.head.len()).step_by(L::WIDTH) {
            other.store::<N, L>(load, i, self.formula.number(rest.load::<N, L>(load, i)));
        }
    }
}

impl<F: ImageFormula> Block for Numbers<'_, F> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}
