//! Distances and divergences that are a function of a few sums over the coordinates, in vectors: first try of a pair.
//!
//! A file that has such a form writes it once, generic over the number ([`Termwise`]). Results stored in 24 bits or fewer are
//! summed in one float, results in `f64` in two. Errors are bounded by the number of roundings; where the bound is too wide,
//! because sums cancel or leave the range, and for everything that is not ordinary (weights, numbers outside their
//! domain, lengths that differ), there is no answer, and the entry's own careful form takes the pair.

use super::pair::{Gradients, PairInput};
use crate::number::guarded::{SURE, power};
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::{Approximate, Guarded, Machine, Real, Twofold, careful};
use fearless_simd::Simd;
use std::marker::PhantomData;

/// Sums that a form may use, at most.
pub(crate) const MOST: usize = 5;
/// What a form keeps of each coordinate; the rest is zero.
pub(crate) type Sums<R> = [R; MOST];

/// Sums are kept in so many parts, on every processor.
const PARTS: usize = 16;

/// What the file of an entry writes.
pub(crate) trait Termwise: Sync {
    /// How many sums are used.
    const COUNT: usize;
    /// Whether the largest term is kept instead of the sum.
    const LARGEST: bool = false;
    /// Whether both rows are distributions; the sums number 1 and 2 are then theirs.
    const DISTRIBUTIONS: bool = false;
    /// Roundings in a term, in units of the last place of the number it is computed in.
    const ROUNDINGS: f64 = 4.0;
    /// Whether gradients have such a form too.
    const SLOPES: bool = false;

    /// Whether the parameters allow this form.
    fn fits(&self) -> bool {
        true
    }
    /// Whether distributions must sum to 1.
    fn proper(&self) -> bool {
        true
    }
    /// What a coordinate adds to the sums.
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R>;
    /// Bounds of the sums of the terms' sizes; the sums themselves where no term is negative.
    fn sizes(&self, sums: Sums<f64>, _count: f64) -> Sums<f64> {
        sums
    }
    /// The value, for so many coordinates.
    fn finish<R: Real>(&self, sums: Sums<R>, count: f64) -> R;
    /// The derivatives by both coordinates, over [`Termwise::factor`].
    fn slopes<R: Real>(&self, a: R, _b: R) -> [R; 2] {
        [a, a]
    }
    /// What all derivatives are multiplied by.
    fn factor<R: Real>(&self, sums: Sums<R>, _count: f64) -> R {
        sums[0].lit(1.0)
    }
}

/// The entry has a termwise form: written inside its `impl Distance` or `impl Divergence`.
macro_rules! termwise {
    () => {
        fn termwise(
            &self,
            input: $crate::distances::PairInput<'_>,
            gradients: Option<&mut $crate::distances::Gradients<'_>>,
        ) -> Option<$crate::distances::termwise::Found> {
            $crate::distances::termwise::evaluate(self, input, gradients)
        }
    };
}
pub(crate) use termwise;

/// How many floats a number is made of.
trait Depth: Copy {
    type Of<M: Machine>: Approximate<M>;
    fn of<M: Machine>(x: M) -> Self::Of<M>;
    fn parts<M: Machine>(x: Self::Of<M>) -> [M; 2];
    fn joined(high: f64, low: f64) -> Self::Of<f64>;
    /// Whether a result is sure, and the result.
    fn sure(x: Guarded<Self::Of<f64>, f64>) -> Option<f64>;
    fn sure_of<M: Machine>(x: Guarded<Self::Of<M>, M>) -> M::Mask;
}

#[derive(Clone, Copy)]
struct Single;
#[derive(Clone, Copy)]
struct Double;

impl Depth for Single {
    type Of<M: Machine> = M;
    #[inline(always)]
    fn of<M: Machine>(x: M) -> M {
        x
    }
    #[inline(always)]
    fn parts<M: Machine>(x: M) -> [M; 2] {
        [x, x.lit(0.0)]
    }
    #[inline(always)]
    fn joined(high: f64, _: f64) -> f64 {
        high
    }
    fn sure(x: Guarded<f64, f64>) -> Option<f64> {
        x.sure_single().then_some(x.value)
    }
    #[inline(always)]
    fn sure_of<M: Machine>(x: Guarded<M, M>) -> M::Mask {
        x.sure_single()
    }
}

impl Depth for Double {
    type Of<M: Machine> = Twofold<M>;
    #[inline(always)]
    fn of<M: Machine>(x: M) -> Twofold<M> {
        Twofold::from(x)
    }
    #[inline(always)]
    fn parts<M: Machine>(x: Twofold<M>) -> [M; 2] {
        [x.high, x.low]
    }
    #[inline(always)]
    fn joined(high: f64, low: f64) -> Twofold<f64> {
        Twofold::new(high, low)
    }
    fn sure(x: Guarded<Twofold<f64>, f64>) -> Option<f64> {
        // Zero may be an underflow.
        (careful::sure(x, f64::EPSILON) && x.value.high != 0.0).then(|| x.value.round_to_machine())
    }
    #[inline(always)]
    fn sure_of<M: Machine>(x: Guarded<Twofold<M>, M>) -> M::Mask {
        x.sure(SURE)
    }
}

/// What the sums gave: the value, and whether the gradients that were wanted are there too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) value: f64,
    pub(crate) complete: bool,
}

/// The value, and the gradients where wanted, of an ordinary pair; `None` where a closer look is needed. The value does
/// not depend on whether gradients are wanted.
pub(crate) fn evaluate<T: Termwise>(
    form: &T,
    input: PairInput<'_>,
    gradients: Option<&mut Gradients<'_>>,
) -> Option<Found> {
    let (n, lengths) = (input.a.len(), gradients.as_ref().map(|g| (g.a.len(), g.b.len())));
    let ordinary = n > 0 && input.b.len() == n && lengths.is_none_or(|both| both == (n, n)) && input.weights.is_none();
    if !ordinary || !form.fits() {
        return None;
    }
    if input.epsilon > power(-30) {
        go::<T, Single>(form, input, gradients)
    } else {
        go::<T, Double>(form, input, gradients)
    }
}

fn go<T: Termwise, D: Depth>(form: &T, input: PairInput<'_>, gradients: Option<&mut Gradients<'_>>) -> Option<Found> {
    let (a, b) = (input.a, input.b);
    let (mut parts, mut legal) = ([[0.0; 2]; MOST], true);
    run(input.level, Summed::<T, D> { form, a, b, sums: &mut parts, legal: &mut legal, depth: PhantomData });
    let count = a.len() as f64;
    let sizes = form.sizes(parts.map(|part| part[0]), count);
    if !legal || T::DISTRIBUTIONS && !distributions(form, [parts[1], parts[2]], count * input.epsilon) {
        return None;
    }
    let sums: Sums<_> = std::array::from_fn(|k| {
        let roundings = if T::LARGEST { T::ROUNDINGS } else { T::ROUNDINGS + count };
        let error = sizes[k] * roundings * <D::Of<f64> as Approximate<f64>>::OPERATION;
        Guarded { value: D::joined(parts[k][0], parts[k][1]), error }
    });
    // Terms below this may have lost bits below the range of floats.
    let range = power(-800)..power(1000);
    if !sizes[..T::COUNT].iter().all(|size| *size == 0.0 || range.contains(size)) {
        return None;
    }
    let value = D::sure(form.finish(sums, count))?;
    let mut complete = gradients.is_none();
    if T::SLOPES
        && let Some(Gradients { a: by_a, b: by_b }) = gradients
    {
        let factor = form.factor(sums, count);
        let [high, low] = D::parts(factor.value);
        let factor = [high, low, factor.error];
        run(
            input.level,
            Slopes::<T, D> { form, a, b, out: [by_a, by_b], factor, sure: &mut complete, depth: PhantomData },
        );
    }
    Some(Found { value, complete })
}

/// Whether both rows sum to 1, so far from the bound of the careful check that both agree.
fn distributions<T: Termwise>(form: &T, sums: [[f64; 2]; 2], slack: f64) -> bool {
    sums.iter().all(|sum| if form.proper() { (sum[0] - 1.0).abs() <= 7.0 * slack } else { sum[0].is_finite() })
}

struct Summed<'a, T, D> {
    form: &'a T,
    a: &'a [f64],
    b: &'a [f64],
    sums: &'a mut [[f64; 2]; MOST],
    legal: &'a mut bool,
    depth: PhantomData<D>,
}

/// Two terms of one sum.
#[inline(always)]
fn joined<T: Termwise, R: Real>(x: R, y: R) -> R {
    if T::LARGEST { x.max(y) } else { x + y }
}

impl<T: Termwise, D: Depth> Summed<'_, T, D> {
    #[inline(always)]
    fn each<C: Load>(self, load: C) {
        let Summed { form, a, b, sums, legal, .. } = self;
        let (a_pieces, a_rest) = a.as_chunks::<PARTS>();
        let (b_pieces, b_rest) = b.as_chunks::<PARTS>();
        let zero = load.load(&[0.0; PARTS][..C::WIDTH]);
        let mut lanes = [[D::of(zero); PARTS]; MOST];
        let mut good = zero.same(zero);
        for (a, b) in a_pieces.iter().zip(b_pieces) {
            for (k, (a, b)) in a.chunks_exact(C::WIDTH).zip(b.chunks_exact(C::WIDTH)).enumerate() {
                let (x, y) = (load.load(a), load.load(b));
                if T::DISTRIBUTIONS {
                    good = good & zero.le(x) & zero.le(y);
                }
                let terms = form.terms(D::of(x), D::of(y));
                for (lanes, term) in lanes.iter_mut().zip(terms).take(T::COUNT) {
                    lanes[k] = joined::<T, _>(lanes[k], term);
                }
            }
        }
        let mut totals = [D::of(0.0); MOST];
        for (total, lanes) in totals.iter_mut().zip(&lanes).take(T::COUNT) {
            let (mut highs, mut lows) = ([0.0; PARTS], [0.0; PARTS]);
            let places = highs.chunks_exact_mut(C::WIDTH).zip(lows.chunks_exact_mut(C::WIDTH));
            for ((high, low), lane) in places.zip(lanes) {
                let parts = D::parts(*lane);
                load.store(parts[0], high);
                load.store(parts[1], low);
            }
            for (high, low) in highs.iter().zip(&lows) {
                *total = joined::<T, _>(*total, D::joined(*high, *low));
            }
        }
        let mut fine = [1.0; PARTS];
        load.store(C::Number::when(good, zero.lit(1.0), zero), &mut fine[..C::WIDTH]);
        *legal = fine == [1.0; PARTS];
        for (x, y) in a_rest.iter().zip(b_rest) {
            *legal &= !T::DISTRIBUTIONS || *x >= 0.0 && *y >= 0.0;
            let terms = form.terms(D::of(*x), D::of(*y));
            for (total, term) in totals.iter_mut().zip(terms).take(T::COUNT) {
                *total = joined::<T, _>(*total, term);
            }
        }
        for (sum, total) in sums.iter_mut().zip(totals) {
            *sum = D::parts(total);
        }
    }
}

impl<T: Termwise, D: Depth> Block for Summed<'_, T, D> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

struct Slopes<'a, T, D> {
    form: &'a T,
    a: &'a [f64],
    b: &'a [f64],
    out: [&'a mut [f64]; 2],
    /// Both parts of the factor, and its error.
    factor: [f64; 3],
    sure: &'a mut bool,
    depth: PhantomData<D>,
}

impl<T: Termwise, D: Depth> Slopes<'_, T, D> {
    #[inline(always)]
    fn each<C: Load>(self, load: C) {
        let Slopes { form, a, b, out: [by_a, by_b], factor, sure, .. } = self;
        let whole = a.len() / C::WIDTH * C::WIDTH;
        let zero = load.load(&[0.0; PARTS][..C::WIDTH]);
        let mut good = zero.same(zero);
        for start in (0..whole).step_by(C::WIDTH) {
            let part = start..start + C::WIDTH;
            let (x, y) = (load.load(&a[part.clone()]), load.load(&b[part.clone()]));
            let (slopes, known) = slopes::<T, D, _>(form, x, y, factor);
            good = good & known;
            load.store(slopes[0], &mut by_a[part.clone()]);
            load.store(slopes[1], &mut by_b[part]);
        }
        let mut fine = [1.0; PARTS];
        load.store(C::Number::when(good, zero.lit(1.0), zero), &mut fine[..C::WIDTH]);
        *sure = fine == [1.0; PARTS];
        for i in whole..a.len() {
            let (slopes, known) = slopes::<T, D, f64>(form, a[i], b[i], factor);
            *sure &= known;
            (by_a[i], by_b[i]) = (slopes[0], slopes[1]);
        }
    }
}

/// The derivatives by one coordinate, rounded, and whether both are sure.
#[inline(always)]
fn slopes<T: Termwise, D: Depth, M: Machine>(form: &T, a: M, b: M, factor: [f64; 3]) -> ([M; 2], M::Mask) {
    let [high, low, error] = factor.map(|x| a.lit(x));
    let factor = Guarded::<D::Of<M>, M> { value: joined_parts::<D, M>(high, low), error };
    let [by_a, by_b] = form.slopes(Guarded::<D::Of<M>, M>::exact(D::of(a)), Guarded::exact(D::of(b)));
    let (by_a, known_a) = slope::<D, M>(by_a, factor);
    let (by_b, known_b) = slope::<D, M>(by_b, factor);
    ([by_a, by_b], known_a & known_b)
}

#[inline(always)]
fn joined_parts<D: Depth, M: Machine>(high: M, low: M) -> D::Of<M> {
    D::of(high) + D::of(low)
}

#[inline(always)]
fn slope<D: Depth, M: Machine>(slope: Guarded<D::Of<M>, M>, factor: Guarded<D::Of<M>, M>) -> (M, M::Mask) {
    let product = slope * factor;
    let [high, low] = D::parts(product.value);
    let zero = high.lit(0.0);
    // A limit that was written as one stays one.
    let limit = !slope.value.size().lt(high.lit(f64::INFINITY)) & slope.error.same(zero);
    let rounded = M::when(limit, D::parts(slope.value)[0], high + low);
    (rounded, D::sure_of(product) | limit & rounded.same(rounded))
}

impl<T: Termwise, D: Depth> Block for Slopes<'_, T, D> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}
