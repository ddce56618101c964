//! Products of the Jacobians of many rows with vectors: the kernel of results in `f64`.
//!
//! ```text
//! for each row
//!     exponentials of the gaps to the largest score, kept; sums of them and of the formula's terms
//!     the row's number, from the sums
//!     for each class, its difference to that number, times its share where the formula says so
//! ```
//! 1. A difference has fewer digits than what it is made of, so exponentials are right to 2^-70, sums to 2^-100, and each number carries a
//!    bound of its error. What is not sure is written as NaN: the careful form of a row computes it by itself.
//! 2. The largest score's class is left out of the sums, as in `batch/labelled.rs`: its share may be next to 1, where only the
//!    others have digits.
//! 3. The order of sums is a matter of the number of classes alone.

use super::labelled::{largest, over};
use super::products::{LEAST_TEMPERATURE, PARTS, padded};
use crate::number::elementary::{PAIR_EXP_LONG, pair_exp_long};
use crate::number::guarded::power;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::{First, NO_EXPONENTIAL, ORDINARY, Stored};
use crate::number::{Compensated, Guarded, LANES, Level, Machine, Real};
use crate::rows::{Class, ProductFormula, ProductRow};
use fearless_simd::Simd;
use std::marker::PhantomData;

/// What products may lose below the range of floats, each.
const LOST: f64 = power(-1000);

type Number<M> = Guarded<Compensated<M>, M>;

#[inline(always)]
fn exact<M: Machine>(x: M) -> Number<M> {
    Guarded::exact(Compensated::from(x))
}

/// Writes products of rows, and NaN for what is not sure. `room` is for exponentials.
pub(crate) fn products<F: ProductFormula>(
    level: Level,
    temperature: f64,
    (scores, vectors): (&[f64], &[f64]),
    width: usize,
    room: &mut Vec<f64>,
    out: &mut [f64],
) {
    if temperature < LEAST_TEMPERATURE {
        out.fill(f64::NAN);
        return;
    }
    room.resize(2 * width.next_multiple_of(PARTS), 0.0);
    run(level, Kernel::<F> { scores, vectors, width, temperature, room, out, formula: PhantomData });
}

struct Kernel<'a, F> {
    scores: &'a [f64],
    vectors: &'a [f64],
    width: usize,
    temperature: f64,
    room: &'a mut [f64],
    out: &'a mut [f64],
    formula: PhantomData<F>,
}

impl<F: ProductFormula> Block for Kernel<'_, F> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

/// What the classes of a row have in common.
#[derive(Clone, Copy)]
struct Row<M> {
    /// The largest score, and v there.
    score: M,
    v: M,
    temperature: f64,
}

impl<M: Machine> Row<M> {
    /// The exponential of a score's gap; 0 where the nearest float is.
    #[inline(always)]
    fn weight(self, x: M) -> Compensated<M> {
        let gap = over(<f64 as Stored>::score(x) - Compensated::from(self.score), self.temperature);
        let nothing = gap.head.le(gap.head.lit(NO_EXPONENTIAL));
        Compensated::when(nothing, gap.lit(0.0), pair_exp_long(gap))
    }
    #[inline(always)]
    fn class(self, weight: Compensated<M>, v: M) -> Class<Number<M>> {
        let error = weight.head.mul_add(v.lit(PAIR_EXP_LONG), v.lit(LOST));
        let v = exact(v);
        Class { weight: Guarded { value: weight, error }, v, relative: v - exact(self.v) }
    }
    /// Of a difference and a share of it: the product, or NaN where it is not sure.
    #[inline(always)]
    fn product<F: ProductFormula>(self, difference: Number<M>, weight: Number<M>, inverse: Number<M>) -> M {
        let product = if F::OF_SHARES { difference * (weight * inverse) } else { difference };
        let product = over(product, self.temperature);
        let rounded = product.value.rounded();
        let sure = M::when(First::certified(product), rounded, rounded.lit(f64::NAN));
        // Where no vector but that of masked classes is there, nothing is left; and nothing of what is not immense by such a share.
        let (zero, size) = (rounded.lit(0.0), difference.value.head);
        let mut nothing = size.same(zero) & difference.error.le(zero.lit(power(-960)));
        if F::OF_SHARES {
            nothing = nothing | weight.value.head.same(zero) & size.abs().le(zero.lit(power(64)));
        }
        M::when(nothing, size * zero, sure)
    }
}

impl<F: ProductFormula> Kernel<'_, F> {
    #[inline(always)]
    fn each<L: Load>(self, load: L) {
        let Kernel { scores, vectors, width, temperature, room, out, .. } = self;
        let rows = scores.chunks_exact(width).zip(vectors.chunks_exact(width));
        for ((x, v), out) in rows.zip(out.chunks_exact_mut(width)) {
            along::<F, L>(load, (x, v), temperature, room, out);
        }
    }
}

/// One row.
#[inline(always)]
fn along<F: ProductFormula, L: Load>(
    load: L,
    (x, v): (&[f64], &[f64]),
    temperature: f64,
    room: &mut [f64],
    out: &mut [f64],
) {
    let (score, top) = largest(x);
    // Of ordinary numbers products have all their bits.
    let ordinary = v.iter().all(|v| *v == 0.0 || (ORDINARY..=1.0 / ORDINARY).contains(&v.abs()));
    if !ordinary || score.abs() > f64::LARGEST_SCORE {
        out.fill(f64::NAN);
        return;
    }
    let (heads, tails) = room.split_at_mut(room.len() / 2);
    let zero = load.load(&[0.0; LANES][..L::WIDTH]);
    let row = Row { score: zero.lit(score), v: zero.lit(v[top]), temperature };
    let mut sums = [[exact(zero); 2]; PARTS];
    for start in (0..x.len()).step_by(PARTS) {
        let range = start..x.len().min(start + PARTS);
        let (own_x, own_v) = padded(x, v, range, Some(top));
        for (k, place) in (0..PARTS).step_by(L::WIDTH).enumerate() {
            let place = place..place + L::WIDTH;
            let weight = row.weight(load.load(&own_x[place.clone()]));
            load.store(weight.head, &mut heads[start..][place.clone()]);
            load.store(weight.tail, &mut tails[start..][place.clone()]);
            let class = row.class(weight, load.load(&own_v[place]));
            let [rest, sum] = &mut sums[k];
            *rest = *rest + class.weight;
            *sum = *sum + F::term(class);
        }
    }
    let [rest, sum] = together(load, &sums[..PARTS / L::WIDTH], x.len());
    let total = rest + 1.0;
    let of_row = ProductRow { zero: exact(0.0), rest, total, sum, v: exact(v[top]) };
    let number = F::number(of_row);
    let inverse = exact(1.0) / total;
    let one_row = Row { score, v: v[top], temperature };
    let at_top = one_row.product::<F>(F::difference_at_top(of_row, number), exact(1.0), inverse);
    let spread = |x: Number<f64>| Guarded {
        value: Compensated { head: zero.lit(x.value.head), tail: zero.lit(x.value.tail) },
        error: zero.lit(x.error),
    };
    let (number, inverse) = (spread(number), spread(inverse));
    for start in (0..x.len()).step_by(PARTS) {
        let range = start..x.len().min(start + PARTS);
        let (_, own_v) = padded(x, v, range.clone(), None);
        let mut products = [0.0; PARTS];
        for place in (0..PARTS).step_by(L::WIDTH) {
            let place = place..place + L::WIDTH;
            let (head, tail) = (load.load(&heads[start..][place.clone()]), load.load(&tails[start..][place.clone()]));
            let class = row.class(Compensated { head, tail }, load.load(&own_v[place.clone()]));
            let product = row.product::<F>(F::difference(class, number), class.weight, inverse);
            load.store(product, &mut products[place]);
        }
        out[range.clone()].copy_from_slice(&products[..range.len()]);
    }
    out[top] = at_top;
}

/// Sums of all parts, in the order of the classes.
#[inline(always)]
fn together<L: Load>(load: L, sums: &[[Number<L::Number>; 2]], classes: usize) -> [Number<f64>; 2] {
    let mut all = [exact(0.0); 2];
    for sums in sums {
        for (all, part) in all.iter_mut().zip(sums) {
            let mut numbers = [[0.0; LANES]; 3];
            for (numbers, x) in numbers.iter_mut().zip([part.value.head, part.value.tail, part.error]) {
                load.store(x, &mut numbers[..L::WIDTH]);
            }
            let [heads, tails, errors] = &numbers;
            for ((head, tail), error) in heads.iter().zip(tails).zip(errors).take(L::WIDTH) {
                *all = *all + Guarded { value: Compensated { head: *head, tail: *tail }, error: *error };
            }
        }
    }
    all.map(|sum| Guarded { error: sum.error + classes as f64 * LOST, ..sum })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::images::ImageFormula;
    use crate::rows::{log_softmax::LogSoftmax, softmax::Softmax};

    fn unsure<F: ProductFormula>(level: Level, scores: &[f64], vectors: &[f64], width: usize) -> f64 {
        let (mut room, mut out) = (Vec::new(), vec![0.0; scores.len()]);
        products::<F>(level, 1.0, (scores, vectors), width, &mut room, &mut out);
        let rows = out.chunks(width);
        let count = rows.len() as f64;
        rows.filter(|row| row.iter().any(|x| x.is_nan())).count() as f64 / count
    }

    /// As in `batch/products.rs`: a kernel that settled nothing would be right, and slow.
    #[test]
    fn ordinary_rows_are_settled() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        for (width, most) in [(1, 0.0), (2, 0.001), (10, 0.001), (129, 0.02), (1000, 0.05)] {
            let count = if width < 1000 { 1000 } else { 200 };
            let mut scores: Vec<f64> = (0..count * width).map(|_| 16.0 * next() - 8.0).collect();
            let mut vectors: Vec<f64> = (0..count * width).map(|_| next() - 0.5).collect();
            // Masks are no reason to climb.
            if width > 1 {
                scores.iter_mut().skip(1).step_by(7 * width).for_each(|x| *x = f64::NEG_INFINITY);
            }
            // A gradient of a label, and of a row that does not count.
            let one_hot = |(j, v): (usize, &mut f64)| *v = if j == 0 { -1.0 } else { 0.0 };
            vectors.chunks_mut(width).step_by(5).for_each(|row| row.iter_mut().enumerate().for_each(one_hot));
            vectors.chunks_mut(width).skip(1).step_by(5).for_each(|row| row.fill(0.0));
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
