//! Products of the Jacobians of many rows with vectors: the kernel of results of 24 bits or fewer.
//!
//! A product is a difference of the vector and a mean, or a share, of it; where the two nearly agree, it has fewer digits
//! than they. So each number runs with its size, which bounds its error, and what is not sure is written as NaN. The sums
//! of a row with such results are computed again in two floats, and by them these results alone; what is not sure then
//! is left to the careful form of a row by itself. The order of sums is a matter of the number of classes alone, as in
//! `batch/labelled.rs`.

use super::doubtful::gather;
use super::labelled::{FEW, Tile, largest, over, put_rows, turned, wide};
use crate::number::careful::{Careful, Checked, sure};
use crate::number::elementary::{SHORT_EXP_MIN, exp_of_normal};
use crate::number::guarded::{SURE_SINGLE, UNSEEN, power};
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::Stored;
use crate::number::{Guarded, LANES, Level, Machine, Real, Twofold};
use crate::rows::{Arithmetic, Class, ProductFormula, ProductRow};
use fearless_simd::Simd;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Range, Sub};

/// Sums along a row are kept in so many parts, on every processor.
pub(super) const PARTS: usize = 16;
/// Pieces that are summed before their sum goes into a longer one, of two floats.
const PIECES: usize = 8;
const CHUNK: usize = PIECES * PARTS;
/// At a smaller temperature, what was too small to be seen might show.
pub(super) const LEAST_TEMPERATURE: f64 = power(-400);

/// Writes products of rows, and NaN for what is not sure. `weights` is room.
pub(crate) fn products<F: ProductFormula>(
    level: Level,
    temperature: f64,
    (scores, vectors): (&[f32], &[f32]),
    width: usize,
    weights: &mut Vec<f64>,
    out: &mut [f32],
) {
    if temperature < LEAST_TEMPERATURE {
        out.fill(f32::NAN);
        return;
    }
    weights.resize(width.max(FEW * LANES), 0.0);
    let kernel = Kernel { scores, vectors, width, temperature, weights, out };
    if temperature == 1.0 {
        run(level, Of::<F, false>(kernel, PhantomData));
    } else {
        run(level, Of::<F, true>(kernel, PhantomData));
    }
    let rows = scores.chunks_exact(width).zip(vectors.chunks_exact(width));
    for ((x, v), out) in rows.zip(out.chunks_exact_mut(width)) {
        if out.iter().fold(false, |unsure, x| unsure | x.is_nan()) {
            again::<F>(level, temperature, x, v, out);
        }
    }
}

/// A machine number and its size, which is the same computed with absolute values, and sums for differences. No step loses
/// more than a rounding of the size, so the error is at most so many roundings of it as there were steps.
#[derive(Clone, Copy)]
struct WithSize<M> {
    value: M,
    size: M,
}

/// The roundings in a difference beside those of the sums in one float: of an exponential 4, others are of v less its value
/// at the top, of products, of the sum of a chunk, of quotients, and the last one.
const STEPS: usize = 16;

impl<M: Machine> WithSize<M> {
    #[inline(always)]
    fn exact(x: M) -> Self {
        WithSize { value: x, size: x.abs() }
    }
    #[inline(always)]
    fn when(mask: M::Mask, yes: Self, no: Self) -> Self {
        WithSize { value: M::when(mask, yes.value, no.value), size: M::when(mask, yes.size, no.size) }
    }
}

impl<M: Machine> Arithmetic for WithSize<M> {}
impl<M: Machine> Add for WithSize<M> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        WithSize { value: self.value + other.value, size: self.size + other.size }
    }
}
impl<M: Machine> Sub for WithSize<M> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        WithSize { value: self.value - other.value, size: self.size + other.size }
    }
}
impl<M: Machine> Mul for WithSize<M> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        WithSize { value: self.value * other.value, size: self.size * other.size }
    }
}
/// By what is positive.
impl<M: Machine> Div for WithSize<M> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        WithSize { value, size: value.abs().mul_add(other.size, self.size) / other.value }
    }
}

struct Kernel<'a> {
    scores: &'a [f32],
    vectors: &'a [f32],
    width: usize,
    temperature: f64,
    weights: &'a mut [f64],
    out: &'a mut [f32],
}

/// For a formula, and with a temperature other than 1 or without: known when the loops are compiled.
struct Of<'a, F, const TEMPERED: bool>(Kernel<'a>, PhantomData<F>);

impl<F: ProductFormula, const TEMPERED: bool> Block for Of<'_, F, TEMPERED> {
    fn scalar(self) {
        self.0.each::<F, One, TEMPERED>(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.0.each::<F, Several<S>, TEMPERED>(Several(simd));
    }
}

/// What the classes of a row have in common.
#[derive(Clone, Copy)]
struct Row<M, const TEMPERED: bool> {
    /// The largest score, and v there.
    score: M,
    v: M,
    temperature: f64,
    /// How many roundings a difference has.
    steps: f64,
}

impl<M: Machine, const TEMPERED: bool> Row<M, TEMPERED> {
    #[inline(always)]
    fn over_temperature(self, x: M) -> M {
        if TEMPERED { x / self.temperature } else { x }
    }
    #[inline(always)]
    fn gap(self, x: M) -> M {
        // What is minus infinity is as small as the smallest number.
        self.over_temperature(x.max(x.lit(f64::from(f32::MIN))) - self.score)
    }
    /// The exponential; the gap is cut where it would not be a normal number any more.
    #[inline(always)]
    fn weight(self, gap: M) -> M {
        exp_of_normal(gap.max(gap.lit(SHORT_EXP_MIN)))
    }
    #[inline(always)]
    fn class(self, gap: M, weight: M, v: M) -> Class<WithSize<M>> {
        let v = WithSize::exact(v);
        // The gap is rounded twice, and the exponential is off by so much, relative.
        let size = (weight * gap).mul_add(gap.lit(-0.5), weight);
        Class { weight: WithSize { value: weight, size }, v, relative: v - WithSize::exact(self.v) }
    }
    #[inline(always)]
    fn sums(self, rest: WithSize<M>, sum: WithSize<M>) -> ProductRow<WithSize<M>> {
        let exact = |x: f64| WithSize::exact(self.v.lit(x));
        // A row without exponentials has no products.
        let sum = WithSize::when(self.score.finite(), sum, exact(f64::NAN));
        ProductRow { zero: exact(0.0), rest, total: rest + exact(1.0), sum, v: WithSize::exact(self.v) }
    }
    /// The product, or NaN where rounding it may not give the right number. The factor's own error is too small to show.
    #[inline(always)]
    fn product(self, difference: WithSize<M>, factor: M) -> M {
        let product = difference.value * factor;
        let error = difference.size * factor * (self.steps * power(-53));
        // A little is left for the roundings here, and for what was cut off.
        let allowed = (product.abs() * (SURE_SINGLE * 0.98)).max(product.lit(UNSEEN * 0.98));
        M::when(error.le(allowed), product, product.lit(f64::NAN))
    }
    /// What differences are multiplied by: a share, or 1, over T.
    #[inline(always)]
    fn factor<F: ProductFormula>(self, weight: M, inverse: M) -> M {
        self.over_temperature(if F::OF_SHARES { weight * inverse } else { weight.lit(1.0) })
    }
}

impl Kernel<'_> {
    #[inline(always)]
    fn each<F: ProductFormula, L: Load, const TEMPERED: bool>(mut self, load: L) {
        let rows = self.scores.len() / self.width;
        if self.width <= FEW {
            let mut columns = [[[0.0; LANES]; FEW]; 2];
            for first in (0..rows).step_by(LANES) {
                self.side_by_side::<F, L, TEMPERED>(load, first, &mut columns);
            }
        } else {
            for i in 0..rows {
                self.along::<F, L, TEMPERED>(load, i);
            }
        }
    }

    /// Eight rows; where there are fewer, the last one again.
    #[inline(always)]
    fn side_by_side<F: ProductFormula, L: Load, const TEMPERED: bool>(
        &mut self,
        load: L,
        first: usize,
        columns: &mut [[[f32; LANES]; FEW]; 2],
    ) {
        let Kernel { scores, vectors, width, temperature, .. } = *self;
        let steps = (STEPS + width) as f64;
        let [x_columns, v_columns] = columns;
        turned(load, scores, width, first, x_columns);
        turned(load, vectors, width, first, v_columns);
        // Exponentials, and then products.
        let cells = &mut self.weights[..width.next_multiple_of(LANES) * LANES];
        let (mut tops, mut at_tops) = ([0.0; LANES], [0.0; LANES]);
        for part in (0..LANES).step_by(L::WIDTH) {
            let part = part..part + L::WIDTH;
            let (score, v) = both(load, x_columns, v_columns, 0, part.clone());
            let (mut row, mut top) = (Row::<_, TEMPERED> { score, v, temperature, steps }, score.lit(0.0));
            for k in 1..width {
                let (x, v) = both(load, x_columns, v_columns, k, part.clone());
                let larger = row.score.lt(x);
                row.score = L::Number::when(larger, x, row.score);
                row.v = L::Number::when(larger, v, row.v);
                top = L::Number::when(larger, x.lit(k as f64), top);
            }
            let zero = WithSize::exact(score.lit(0.0));
            let (mut rest, mut sum) = (zero, zero);
            for k in 0..width {
                let (x, v) = both(load, x_columns, v_columns, k, part.clone());
                let gap = row.gap(x);
                let class = row.class(gap, row.weight(gap), v);
                let is_top = top.same(x.lit(k as f64));
                rest = rest + WithSize::when(is_top, zero, class.weight);
                sum = sum + WithSize::when(is_top, zero, F::term(class));
                load.store(class.weight.value, &mut cells[k * LANES..][part.clone()]);
            }
            let sums = row.sums(rest, sum);
            let number = F::number(sums);
            let inverse = score.lit(1.0) / sums.total.value;
            let at_top = row.product(F::difference_at_top(sums, number), row.factor::<F>(score.lit(1.0), inverse));
            load.store(at_top, &mut at_tops[part.clone()]);
            load.store(top, &mut tops[part.clone()]);
            for k in 0..width {
                let (x, v) = both(load, x_columns, v_columns, k, part.clone());
                let cell = &mut cells[k * LANES..][part.clone()];
                let weight = load.load(cell);
                let difference = F::difference(row.class(row.gap(x), weight, v), number);
                load.store(row.product(difference, row.factor::<F>(weight, inverse)), cell);
            }
        }
        for ((lane, top), product) in tops.iter().enumerate().zip(at_tops) {
            cells[*top as usize * LANES + lane] = product;
        }
        let mut tiles: [Tile; FEW / LANES] = [[[0.0; LANES]; LANES]; FEW / LANES];
        for (tile, cells) in tiles.iter_mut().zip(cells.chunks_exact(LANES * LANES)) {
            for (flat, cells) in
                tile.as_flattened_mut().chunks_exact_mut(2 * L::WIDTH).zip(cells.chunks_exact(2 * L::WIDTH))
            {
                let (low, high) = cells.split_at(L::WIDTH);
                load.store_single([load.load(low), load.load(high)], flat);
            }
            load.transpose(tile);
        }
        put_rows(&tiles, first, width, self.out);
    }

    /// One row.
    #[inline(always)]
    fn along<F: ProductFormula, L: Load, const TEMPERED: bool>(&mut self, load: L, i: usize) {
        let Kernel { scores, vectors, width, temperature, .. } = *self;
        let (x, v) = (&scores[i * width..][..width], &vectors[i * width..][..width]);
        let (weights, out) = (&mut self.weights[..width], &mut self.out[i * width..][..width]);
        let (score, place) = largest(x);
        let top = Row::<_, TEMPERED> {
            score: f64::from(score),
            v: f64::from(v[place]),
            temperature,
            steps: (STEPS + PIECES) as f64,
        };
        let one = load.load(&[1.0; LANES][..L::WIDTH]);
        let row = Row::<_, TEMPERED> { score: one.lit(top.score), v: one.lit(top.v), temperature, steps: top.steps };
        let zero = WithSize::exact(one.lit(0.0));
        let none: LongSum<L::Number> = (Twofold::from(zero.value), zero.size);
        let mut sums = [[none; 2]; PARTS];
        for start in (0..width).step_by(CHUNK) {
            let end = width.min(start + CHUNK);
            let mut parts = [[zero; 2]; PARTS];
            for from in (start..end).step_by(PARTS) {
                let range = from..end.min(from + PARTS);
                if range.len() == PARTS && !range.contains(&place) {
                    let numbers = (&x[range.clone()], &v[range.clone()]);
                    add::<F, L, TEMPERED>(load, row, numbers, &mut weights[range], &mut parts);
                } else {
                    let (own_x, own_v) = padded(x, v, range.clone(), Some(place));
                    let mut own_weights = [0.0; PARTS];
                    add::<F, L, TEMPERED>(load, row, (&own_x, &own_v), &mut own_weights, &mut parts);
                    weights[range.clone()].copy_from_slice(&own_weights[..range.len()]);
                }
            }
            for (sums, parts) in sums.iter_mut().zip(&parts).take(PARTS / L::WIDTH) {
                for ((value, size), part) in sums.iter_mut().zip(parts) {
                    (*value, *size) = (value.plus(part.value), *size + part.size);
                }
            }
        }
        let [rest, sum] = together(load, &sums);
        let sums = top.sums(rest, sum);
        let number = F::number(sums);
        let inverse = 1.0 / sums.total.value;
        let at_top = top.product(F::difference_at_top(sums, number), top.factor::<F>(1.0, inverse));
        let number = WithSize { value: one.lit(number.value), size: one.lit(number.size) };
        let inverse = one.lit(inverse);
        for from in (0..width).step_by(PARTS) {
            let range = from..width.min(from + PARTS);
            if range.len() == PARTS {
                let numbers = (&x[range.clone()], &v[range.clone()], &weights[range.clone()]);
                multiply::<F, L, TEMPERED>(load, row, number, inverse, numbers, &mut out[range]);
            } else {
                let (own_x, own_v) = padded(x, v, range.clone(), None);
                let (mut own_weights, mut own_out) = ([0.0; PARTS], [0.0; PARTS]);
                own_weights[..range.len()].copy_from_slice(&weights[range.clone()]);
                multiply::<F, L, TEMPERED>(load, row, number, inverse, (&own_x, &own_v, &own_weights), &mut own_out);
                out[range.clone()].copy_from_slice(&own_out[..range.len()]);
            }
        }
        out[place] = at_top as f32;
    }
}

/// A piece of a row, with classes that cannot be beyond its end, and instead of the largest score.
#[inline(always)]
pub(super) fn padded<N: Stored>(x: &[N], v: &[N], range: Range<usize>, top: Option<usize>) -> ([N; PARTS], [N; PARTS]) {
    let (mut own_x, mut own_v) = ([N::NEGATIVE_INFINITY; PARTS], [N::default(); PARTS]);
    own_x[..range.len()].copy_from_slice(&x[range.clone()]);
    own_v[..range.len()].copy_from_slice(&v[range.clone()]);
    if let Some(top) = top.filter(|top| range.contains(top)) {
        (own_x[top - range.start], own_v[top - range.start]) = (N::NEGATIVE_INFINITY, N::default());
    }
    (own_x, own_v)
}

/// Adds the weights and the terms of a piece to sums, and notes the weights.
#[inline(always)]
fn add<F: ProductFormula, L: Load, const TEMPERED: bool>(
    load: L,
    row: Row<L::Number, TEMPERED>,
    (x, v): (&[f32], &[f32]),
    weights: &mut [f64],
    sums: &mut [[WithSize<L::Number>; 2]; PARTS],
) {
    for k in 0..PARTS / L::WIDTH / 2 {
        let place = 2 * k * L::WIDTH..2 * (k + 1) * L::WIDTH;
        let (x, v) = (load.load_single(&x[place.clone()]), load.load_single(&v[place.clone()]));
        let (low, high) = weights[place].split_at_mut(L::WIDTH);
        for (half, weights) in [low, high].into_iter().enumerate() {
            let gap = row.gap(x[half]);
            let class = row.class(gap, row.weight(gap), v[half]);
            load.store(class.weight.value, weights);
            let [rest, sum] = &mut sums[2 * k + half];
            *rest = *rest + class.weight;
            *sum = *sum + F::term(class);
        }
    }
}

/// The products of a piece.
#[inline(always)]
fn multiply<F: ProductFormula, L: Load, const TEMPERED: bool>(
    load: L,
    row: Row<L::Number, TEMPERED>,
    number: WithSize<L::Number>,
    inverse: L::Number,
    (x, v, weights): (&[f32], &[f32], &[f64]),
    out: &mut [f32],
) {
    for start in (0..PARTS).step_by(2 * L::WIDTH) {
        let place = start..start + 2 * L::WIDTH;
        let (x, v) = (load.load_single(&x[place.clone()]), load.load_single(&v[place.clone()]));
        let (low, high) = weights[place.clone()].split_at(L::WIDTH);
        let mut products = [inverse; 2];
        for (half, weights) in [low, high].into_iter().enumerate() {
            let weight = load.load(weights);
            let difference = F::difference(row.class(row.gap(x[half]), weight, v[half]), number);
            products[half] = row.product(difference, row.factor::<F>(weight, inverse));
        }
        load.store_single(products, &mut out[place]);
    }
}

/// Scores and vectors of a class, of rows side by side.
#[inline(always)]
fn both<L: Load>(
    load: L,
    x: &[[f32; LANES]; FEW],
    v: &[[f32; LANES]; FEW],
    k: usize,
    part: Range<usize>,
) -> (L::Number, L::Number) {
    (load.load(&wide(&x[k])[part.clone()]), load.load(&wide(&v[k])[part]))
}

/// A sum of sums, in two floats, and its size.
type LongSum<M> = (Twofold<M>, M);

/// Sums of all parts, in the order of the classes.
#[inline(always)]
fn together<L: Load>(load: L, sums: &[[LongSum<L::Number>; 2]; PARTS]) -> [WithSize<f64>; 2] {
    let mut all = [(Twofold::from(0.0), 0.0); 2];
    for sums in &sums[..PARTS / L::WIDTH] {
        for ((value, size), (part, part_size)) in all.iter_mut().zip(sums) {
            let mut numbers = [[0.0; LANES]; 3];
            for (numbers, x) in numbers.iter_mut().zip([part.high, part.low, *part_size]) {
                load.store(x, &mut numbers[..L::WIDTH]);
            }
            let [high, low, sizes] = &numbers;
            for ((high, low), part_size) in high.iter().zip(low).zip(sizes).take(L::WIDTH) {
                *value = *value + Twofold { high: *high, low: *low };
                *size += part_size;
            }
        }
    }
    all.map(|(value, size)| WithSize { value: value.round_to_machine(), size })
}

/// The products of a row that are NaN, from sums in two floats; NaN again where that is not enough.
fn again<F: ProductFormula>(level: Level, temperature: f64, x: &[f32], v: &[f32], out: &mut [f32]) {
    let (score, top) = largest(x);
    if !score.is_finite() {
        return;
    }
    let mut sums = [Checked::of(0.0); 2];
    run(level, Sums::<F> { x, v, top, temperature, sums: &mut sums, formula: PhantomData });
    let [rest, sum] = sums;
    let total = rest + 1.0;
    let row = ProductRow { zero: Checked::of(0.0), rest, total, sum, v: Checked::of(f64::from(v[top])) };
    let (number, inverse) = (F::number(row), Checked::of(1.0) / total);
    for j in 0..x.len() {
        if !out[j].is_nan() {
            continue;
        }
        let (mut class, one) =
            (class::<f64>(f64::from(x[j]), f64::from(v[j]), (score, v[top]), temperature), Checked::of(1.0));
        if x[j] == f32::NEG_INFINITY {
            class.weight = Checked::of(0.0);
        }
        let (difference, weight) = if j == top {
            (F::difference_at_top(row, number), one)
        } else {
            (F::difference(class, number), class.weight)
        };
        let product = over(if F::OF_SHARES { difference * (weight * inverse) } else { difference }, temperature);
        if sure(product, f64::from(f32::EPSILON)) {
            out[j] = product.round() as f32;
        }
    }
}

type Both<M> = Guarded<Twofold<M>, M>;

#[inline(always)]
fn exact<M: Machine>(x: M) -> Both<M> {
    Guarded::exact(Twofold::from(x))
}

/// A class as the formula sees it, in two floats with a bound.
#[inline(always)]
fn class<M: Machine>(x: M, v: M, (score, top_v): (f32, f32), temperature: f64) -> Class<Both<M>> {
    // As above.
    let shift = over(exact(x.max(x.lit(f64::from(f32::MIN)))) - f64::from(score), temperature);
    let least = exact(x.lit(SHORT_EXP_MIN));
    let mut weight = Both::when(shift.value.high.lt(least.value.high), least, shift).exp();
    weight.error = weight.error + power(-1020);
    Class { weight, v: exact(v), relative: exact(v) - f64::from(top_v) }
}

/// The sums of a row over all classes but the first of the largest scores.
struct Sums<'a, F> {
    x: &'a [f32],
    v: &'a [f32],
    top: usize,
    temperature: f64,
    sums: &'a mut [Checked; 2],
    formula: PhantomData<F>,
}

impl<F: ProductFormula> Block for Sums<'_, F> {
    fn scalar(self) {
        self.along(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.along(Several(simd));
    }
}

impl<F: ProductFormula> Sums<'_, F> {
    #[inline(always)]
    fn along<L: Load>(self, load: L) {
        let Sums { x, v, top, temperature, .. } = self;
        let of_top = (x[top], v[top]);
        let zero = exact(load.load(&[0.0; LANES][..L::WIDTH]));
        let mut parts = [[zero; 2]; PARTS];
        for from in (0..x.len()).step_by(PARTS) {
            let (x, v) = padded(x, v, from..x.len().min(from + PARTS), Some(top));
            for k in 0..PARTS / L::WIDTH / 2 {
                let place = 2 * k * L::WIDTH..2 * (k + 1) * L::WIDTH;
                let (x, v) = (load.load_single(&x[place.clone()]), load.load_single(&v[place]));
                for half in 0..2 {
                    let class = class(x[half], v[half], of_top, temperature);
                    let [rest, sum] = &mut parts[2 * k + half];
                    *rest = *rest + class.weight;
                    *sum = *sum + F::term(class);
                }
            }
        }
        gather(load, &parts[..PARTS / L::WIDTH], self.sums);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::images::ImageFormula;
    use crate::rows::{log_softmax::LogSoftmax, softmax::Softmax};

    /// How many of the rows have a product that is not sure.
    fn unsure<F: ProductFormula>(level: Level, scores: &[f32], vectors: &[f32], width: usize) -> f64 {
        let (mut weights, mut out) = (vec![0.0; width.max(FEW * LANES)], vec![0.0; scores.len()]);
        let kernel = Kernel { scores, vectors, width, temperature: 1.0, weights: &mut weights, out: &mut out };
        run(level, Of::<F, false>(kernel, PhantomData));
        let rows = out.chunks(width);
        let count = rows.len() as f64;
        rows.filter(|row| row.iter().any(|x| x.is_nan())).count() as f64 / count
    }

    /// As in `batch/labelled.rs`: a kernel that settled nothing would be right, and slow.
    #[test]
    fn one_float_settles_ordinary_rows() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        for (width, most) in [(2, 0.001), (10, 0.001), (FEW, 0.03), (FEW + 1, 0.03), (1000, 0.05)] {
            let count = if width < 1000 { 1000 } else { 200 };
            let scores: Vec<f32> = (0..count * width).map(|_| (16.0 * next() - 8.0) as f32).collect();
            let vectors: Vec<f32> = (0..count * width).map(|_| (next() - 0.5) as f32).collect();
            for level in Level::available() {
                let found = [
                    unsure::<<Softmax as ImageFormula>::Forward>(level, &scores, &vectors, width),
                    unsure::<<LogSoftmax as ImageFormula>::Forward>(level, &scores, &vectors, width),
                    unsure::<<LogSoftmax as ImageFormula>::Backward>(level, &scores, &vectors, width),
                ];
                println!("{width} {level:?} {found:?}");
                assert!(found.iter().all(|unsure| *unsure <= most), "{width} classes at {level:?}: {found:?}");
            }
        }
    }
}
