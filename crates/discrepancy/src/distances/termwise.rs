//! Distances and divergences that are a function of a few sums over the coordinates, in vectors: first try of a pair.
//!
//! A file that has such a form writes it once, generic over the number ([`Termwise`]). Results stored in 24 bits or fewer are
//! summed in one float, results in `f64` in two. Errors are bounded by the number of roundings; where the bound is too wide,
//! because sums cancel or leave the range, and for everything that is not ordinary (weights, numbers outside their
//! domain, lengths that differ), there is no answer, and the entry's own careful form takes the pair.

use super::pair::{Gradients, PairInput};
use crate::number::guarded::{SURE, SURE_SINGLE, UNSEEN, power};
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::Stored;
use crate::number::{Approximate, Guarded, LANES, Level, Machine, Real, Short, Twofold, careful};
use fearless_simd::Simd;
use std::marker::PhantomData;

/// Sums that a form may use, at most.
pub(crate) const MOST: usize = 5;
/// What a form keeps of each coordinate; the rest is zero.
pub(crate) type Sums<R> = [R; MOST];

/// Bytes of a cache line.
const LINE: usize = 64;
/// Coordinates that are taken together, and kept in so many parts of sums, on every processor.
const PARTS: usize = 2 * LANES;

/// A derivative of one coordinate, and what its rounding errors are relative to.
#[derive(Clone, Copy)]
pub(crate) struct Slope<R> {
    value: R,
    /// None where nothing cancels: the value itself.
    size: Option<R>,
}

impl<R: Real> Slope<R> {
    /// Of products, quotients and functions of exact numbers: errors are relative to it.
    #[inline(always)]
    pub(crate) fn of(value: R) -> Self {
        Slope { value, size: None }
    }
    /// Of sums that may cancel: errors are relative to `size`.
    #[inline(always)]
    pub(crate) fn cancelling(value: R, size: R) -> Self {
        Slope { value, size: Some(size) }
    }
}

/// What the file of an entry writes.
pub(crate) trait Termwise: Sync {
    /// How many sums are used.
    const COUNT: usize;
    /// Whether the largest term is kept instead of the sum.
    const LARGEST: bool = false;
    /// Whether both rows are distributions; the sums number 1 and 2 are then theirs.
    const DISTRIBUTIONS: bool = false;
    /// Whether the terms of the first sum have both signs; the sum number 3 is then that of their sizes.
    const SIGNED: bool = false;
    /// Roundings in a term or a derivative, in units of the last place of the number it is computed in.
    const ROUNDINGS: f64 = 4.0;
    /// Elementary functions in a term or a derivative, one of the other.
    const FUNCTIONS: f64 = 0.0;
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
    /// What a coordinate adds to the sums; nothing where both numbers are zero.
    fn terms<R: Real>(&self, a: R, b: R) -> Sums<R>;
    /// Bounds of the sums of the terms' sizes; the sums themselves where no term is negative.
    fn sizes(&self, sums: Sums<f64>, _count: f64) -> Sums<f64> {
        let [first, one, two, size, last] = sums;
        [if Self::SIGNED { size } else { first }, one, two, size, last]
    }
    /// The value, for so many coordinates.
    fn finish<R: Real>(&self, sums: Sums<R>, count: f64) -> R;
    /// The derivatives by both coordinates, over [`Termwise::factor`].
    fn slopes<R: Real>(&self, a: R, _b: R) -> [Slope<R>; 2] {
        [Slope::of(a), Slope::of(a)]
    }
    /// What all derivatives are multiplied by, if it depends on the sums.
    fn factor<R: Real>(&self, _sums: Sums<R>, _count: f64) -> Option<R> {
        None
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
        fn straight(
            &self,
            input: $crate::distances::PairInput<'_, f32>,
            gradients: Option<&mut $crate::distances::Gradients<'_, f32>>,
        ) -> Option<$crate::distances::termwise::Found> {
            $crate::distances::termwise::evaluate_single(self, input, gradients)
        }
    };
}
pub(crate) use termwise;

/// How many floats a number is made of.
pub(crate) trait Depth: Copy {
    type Of<M: Machine>: Approximate<M>;
    /// How much of a result its error may be.
    const SURE: f64;
    /// An error that does not show, whatever the result; below zero where there is none.
    const UNSEEN: f64;
    /// The least result whose bits are all there.
    const LEAST: f64;
    /// Whether more floats may make a result sure.
    const SHALLOW: bool;
    fn of<M: Machine>(x: M) -> Self::Of<M>;
    fn parts<M: Machine>(x: Self::Of<M>) -> [M; 2];
    fn joined(high: f64, low: f64) -> Self::Of<f64>;
    /// A result, if it is sure.
    fn sure(x: Guarded<Self::Of<f64>, f64>) -> Option<f64>;
}

/// One float, for results of 24 bits or fewer.
#[derive(Clone, Copy)]
pub(crate) struct Single;
/// Two floats, for results of 53 bits.
#[derive(Clone, Copy)]
pub(crate) struct Double;

impl Depth for Single {
    type Of<M: Machine> = Short<M>;
    const SURE: f64 = SURE_SINGLE;
    const UNSEEN: f64 = UNSEEN;
    const LEAST: f64 = 0.0;
    const SHALLOW: bool = true;
    #[inline(always)]
    fn of<M: Machine>(x: M) -> Short<M> {
        Short(x)
    }
    #[inline(always)]
    fn parts<M: Machine>(x: Short<M>) -> [M; 2] {
        [x.0, x.0.lit(0.0)]
    }
    #[inline(always)]
    fn joined(high: f64, _: f64) -> Short<f64> {
        Short(high)
    }
    fn sure(x: Guarded<Short<f64>, f64>) -> Option<f64> {
        x.sure_single().then_some(x.value.0)
    }
}

impl Depth for Double {
    type Of<M: Machine> = Twofold<M>;
    const SURE: f64 = SURE;
    const UNSEEN: f64 = -1.0;
    const LEAST: f64 = power(-900);
    const SHALLOW: bool = false;
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
}

/// The relative error of a term or a derivative.
fn error_of_one<T: Termwise, D: Depth>() -> f64 {
    T::ROUNDINGS * <D::Of<f64> as Approximate<f64>>::OPERATION + T::FUNCTIONS * <D::Of<f64> as Approximate<f64>>::SHORT
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
    if input.epsilon > power(-30) {
        go::<T, Single, f64>(form, input, gradients)
    } else {
        go::<T, Double, f64>(form, input, gradients)
    }
}

/// The same of rows in single precision: the same bits, rounded.
pub(crate) fn evaluate_single<T: Termwise>(
    form: &T,
    input: PairInput<'_, f32>,
    gradients: Option<&mut Gradients<'_, f32>>,
) -> Option<Found> {
    go::<T, Single, f32>(form, input, gradients)
}

fn go<T: Termwise, D: Depth, N: Stored>(
    form: &T,
    input: PairInput<'_, N>,
    gradients: Option<&mut Gradients<'_, N>>,
) -> Option<Found> {
    let PairInput { a, b, epsilon, level, next, .. } = input;
    let (n, lengths) = (a.len(), gradients.as_ref().map(|g| (g.a.len(), g.b.len())));
    let ordinary = n > 0 && b.len() == n && lengths.is_none_or(|both| both == (n, n)) && input.weights.is_none();
    if !ordinary || !form.fits() {
        return None;
    }
    let count = n as f64;
    let (mut parts, mut legal, mut sure) = ([[0.0; 2]; MOST], true, T::SLOPES || gradients.is_none());
    let mut out = gradients.filter(|_| T::SLOPES).map(|g| [&mut *g.a, &mut *g.b]);
    // Without a common factor, derivatives need not wait for the sums.
    let alone = form.factor([Short(1.0); MOST], count).is_none();
    let slopes = match &mut out {
        Some([by_a, by_b]) if alone => {
            Some(Slopes { out: [&mut **by_a, &mut **by_b], factor: None, margin: D::SURE, sure: &mut sure })
        }
        _ => None,
    };
    let (sums, depth) = (Some(&mut parts), PhantomData);
    run(level, Pass::<T, D, N> { form, a, b, next, sums, legal: &mut legal, slopes, depth });
    if !legal || T::DISTRIBUTIONS && !distributions(form, [parts[1], parts[2]], count * epsilon) {
        return None;
    }
    let sums = bounded::<T, D>(form, parts, count)?;
    let value = D::sure(form.finish(sums, count))?;
    if let (Some(out), Some(factor)) = (out, form.factor(sums, count)) {
        let [high, low] = D::parts(factor.value);
        // What the factor's own error leaves of the margin; nothing where it is not finite.
        let margin = D::SURE - factor.error / high.abs() - 4.0 * <D::Of<f64> as Approximate<f64>>::OPERATION;
        if high.is_finite() && margin > 0.0 {
            let slopes = Some(Slopes { out, factor: Some([high, low]), margin, sure: &mut sure });
            run(level, Pass::<T, D, N> { form, a, b, next: [&[]; 2], sums: None, legal: &mut legal, slopes, depth });
        } else {
            sure = false;
        }
    }
    Some(Found { value, complete: sure })
}

/// The sums of two rows of one length with bounds of their errors; `None` where terms left the range of floats. A sum of 0
/// may be an underflow.
pub(crate) fn sums<T: Termwise, D: Depth>(
    form: &T,
    a: &[f64],
    b: &[f64],
    level: Level,
) -> Option<Sums<Guarded<D::Of<f64>, f64>>> {
    let (mut parts, mut legal) = ([[0.0; 2]; MOST], true);
    let pass = Pass::<T, D, f64> {
        form,
        a,
        b,
        next: [&[]; 2],
        sums: Some(&mut parts),
        legal: &mut legal,
        slopes: None,
        depth: PhantomData,
    };
    run(level, pass);
    bounded::<T, D>(form, parts, a.len() as f64)
}

/// Sums with bounds of their errors.
fn bounded<T: Termwise, D: Depth>(
    form: &T,
    parts: [[f64; 2]; MOST],
    count: f64,
) -> Option<Sums<Guarded<D::Of<f64>, f64>>> {
    let sizes = form.sizes(parts.map(|part| part[0]), count);
    let sums = std::array::from_fn(|k| {
        let additions = if T::LARGEST { 0.0 } else { count * <D::Of<f64> as Approximate<f64>>::OPERATION };
        let error = sizes[k] * (error_of_one::<T, D>() + additions);
        Guarded { value: D::joined(parts[k][0], parts[k][1]), error }
    });
    // Terms below this may have lost bits below the range of floats.
    let range = power(-800)..power(1000);
    sizes[..T::COUNT].iter().all(|size| *size == 0.0 || range.contains(size)).then_some(sums)
}

/// Whether both rows sum to 1, so far from the bound of the careful check that both agree.
fn distributions<T: Termwise>(form: &T, sums: [[f64; 2]; 2], slack: f64) -> bool {
    sums.iter().all(|sum| if form.proper() { (sum[0] - 1.0).abs() <= 7.0 * slack } else { sum[0].is_finite() })
}

/// Where derivatives go, times a factor, if their error is below so much of them.
struct Slopes<'a, N> {
    out: [&'a mut [N]; 2],
    factor: Option<[f64; 2]>,
    margin: f64,
    sure: &'a mut bool,
}

/// One way through both rows: for sums, derivatives, or both.
struct Pass<'a, 'b, T, D, N> {
    form: &'a T,
    a: &'a [N],
    b: &'a [N],
    next: [&'a [N]; 2],
    sums: Option<&'a mut [[f64; 2]; MOST]>,
    legal: &'a mut bool,
    slopes: Option<Slopes<'b, N>>,
    depth: PhantomData<D>,
}

/// Two terms of one sum.
#[inline(always)]
fn joined<T: Termwise, R: Real>(x: R, y: R) -> R {
    if T::LARGEST { x.max(y) } else { x + y }
}

impl<T: Termwise, D: Depth, N: Stored> Pass<'_, '_, T, D, N> {
    #[inline(always)]
    fn each<C: Load>(self, load: C) {
        match (self.sums.is_some(), &self.slopes) {
            (false, None) => {}
            (true, None) => self.through::<C, true, false, false>(load),
            (true, Some(_)) if T::SLOPES => self.through::<C, true, true, false>(load),
            (false, Some(_)) if T::SLOPES => self.through::<C, false, true, true>(load),
            _ => {}
        }
    }

    #[inline(always)]
    fn through<C: Load, const SUMS: bool, const SLOPES: bool, const FACTOR: bool>(self, load: C) {
        let Pass { form, a, b, next, sums, legal, slopes, .. } = self;
        let (mut unused, mut settled) = (true, true);
        let ([by_a, by_b], single, margin, sure): ([&mut [N]; 2], _, _, _) = match slopes {
            Some(Slopes { out, factor, margin, sure }) => (out, factor.unwrap_or_default(), margin, sure),
            None => (Default::default(), [0.0; 2], 0.0, &mut unused),
        };
        let n = a.len();
        // Said once here, the lengths need not be looked at again below.
        assert!(b.len() == n && (!SLOPES || by_a.len() == n && by_b.len() == n));
        let whole = n - n % PARTS;
        // The last few, padded with zeros, which add nothing.
        let (mut last_a, mut last_b) = ([N::default(); PARTS], [N::default(); PARTS]);
        last_a[..n - whole].copy_from_slice(&a[whole..]);
        last_b[..n - whole].copy_from_slice(&b[whole..]);
        let (mut out_a, mut out_b) = ([N::default(); PARTS], [N::default(); PARTS]);
        let (first_a, rest_a) = by_a.split_at_mut(if SLOPES { whole } else { 0 });
        let (first_b, rest_b) = by_b.split_at_mut(if SLOPES { whole } else { 0 });
        let padded = if n > whole { PARTS } else { 0 };
        let zero = load.load(&[0.0; PARTS][..C::WIDTH]);
        let bounds = Bounds { error: zero.lit(error_of_one::<T, D>()), margin: zero.lit(margin) };
        let factor = joined_parts::<D, C::Number>(zero.lit(single[0]), zero.lit(single[1]));
        let mut lanes = [[D::of(zero); PARTS]; MOST];
        let (mut good, mut known) = (zero.same(zero), zero.same(zero));
        let rows = [
            (&a[..whole], &b[..whole], first_a, first_b),
            (&last_a[..padded], &last_b[..padded], &mut out_a[..], &mut out_b[..]),
        ];
        // A loop over both, so that the formula stands here once.
        for (a, b, by_a, by_b) in rows {
            for start in (0..a.len()).step_by(PARTS) {
                for next in next {
                    for line in 0..PARTS * size_of::<N>() / LINE {
                        if let Some(place) = next.get(start + line * (LINE / size_of::<N>())) {
                            discrepancy_stream::prefetch(place);
                        }
                    }
                }
                for step in 0..PARTS / (2 * C::WIDTH) {
                    let k = 2 * step;
                    let part = start + k * C::WIDTH..start + (k + 2) * C::WIDTH;
                    let (x, y) = (N::load(load, &a[part.clone()]), N::load(load, &b[part.clone()]));
                    let (mut slopes_a, mut slopes_b) = ([zero; 2], [zero; 2]);
                    for h in 0..2 {
                        if SUMS {
                            if T::DISTRIBUTIONS {
                                good = good & ordinary::<D, _>(x[h]) & ordinary::<D, _>(y[h]);
                            }
                            let terms = form.terms(D::of(x[h]), D::of(y[h]));
                            for (lanes, term) in lanes.iter_mut().zip(terms).take(T::COUNT) {
                                lanes[k + h] = joined::<T, _>(lanes[k + h], term);
                            }
                        }
                        if SLOPES {
                            let [in_a, in_b] = form.slopes(D::of(x[h]), D::of(y[h]));
                            let (in_a, known_a) = slope::<D, _, FACTOR>(in_a, factor, bounds);
                            let (in_b, known_b) = slope::<D, _, FACTOR>(in_b, factor, bounds);
                            known = known & known_a & known_b;
                            (slopes_a[h], slopes_b[h]) = (in_a, in_b);
                        }
                    }
                    if SLOPES {
                        N::store(load, slopes_a, &mut by_a[part.clone()]);
                        N::store(load, slopes_b, &mut by_b[part]);
                    }
                }
                if SLOPES && !all(load, known, zero) {
                    let part = start..start + PARTS;
                    let out = [&mut by_a[part.clone()], &mut by_b[part.clone()]];
                    let bounds = Bounds { error: error_of_one::<T, D>(), margin };
                    settled &=
                        D::SHALLOW && repair::<T, N, FACTOR>(form, [&a[part.clone()], &b[part]], out, single, bounds);
                    known = zero.same(zero);
                }
            }
        }
        if SLOPES {
            rest_a.copy_from_slice(&out_a[..n - whole]);
            rest_b.copy_from_slice(&out_b[..n - whole]);
            *sure = settled;
        }
        if let Some(sums) = sums {
            *legal = all(load, good, zero);
            for (sum, lanes) in sums.iter_mut().zip(&lanes).take(T::COUNT) {
                let (mut highs, mut lows) = ([0.0; PARTS], [0.0; PARTS]);
                let places = highs.chunks_exact_mut(C::WIDTH).zip(lows.chunks_exact_mut(C::WIDTH));
                for ((high, low), lane) in places.zip(lanes) {
                    let parts = D::parts(*lane);
                    load.store(parts[0], high);
                    load.store(parts[1], low);
                }
                let mut total = D::of(0.0);
                for (high, low) in highs.iter().zip(&lows) {
                    total = joined::<T, _>(total, D::joined(*high, *low));
                }
                *sum = D::parts(total);
            }
        }
    }
}

/// Whether a part of a distribution is so far inside the range of floats that quotients are too.
#[inline(always)]
fn ordinary<D: Depth, M: Machine>(x: M) -> M::Mask {
    let zero = x.lit(0.0);
    if D::LEAST == 0.0 {
        return zero.le(x);
    }
    x.same(zero) | x.lit(power(-450)).le(x) & x.le(x.lit(power(450)))
}

/// Whether a mask holds everywhere.
#[inline(always)]
fn all<C: Load>(load: C, mask: <C::Number as Real>::Mask, zero: C::Number) -> bool {
    let mut fine = [1.0; LANES];
    load.store(C::Number::when(mask, zero.lit(1.0), zero), &mut fine[..C::WIDTH]);
    fine == [1.0; LANES]
}

#[inline(always)]
pub(crate) fn joined_parts<D: Depth, M: Machine>(high: M, low: M) -> D::Of<M> {
    D::of(high) + D::of(low)
}

/// Derivatives that one float is not sure of, in two; whether that was enough.
#[inline(never)]
fn repair<T: Termwise, N: Stored, const FACTOR: bool>(
    form: &T,
    [a, b]: [&[N]; 2],
    [by_a, by_b]: [&mut [N]; 2],
    factor: [f64; 2],
    bounds: Bounds<f64>,
) -> bool {
    let deeper = Bounds { error: error_of_one::<T, Double>(), ..bounds };
    let (short, long) = (Short(factor[0]), joined_parts::<Double, f64>(factor[0], factor[1]));
    let mut settled = true;
    for i in (0..a.len()).step_by(2) {
        let (x, y) = (N::load(One, &a[i..i + 2]), N::load(One, &b[i..i + 2]));
        let mut slopes = [[0.0; 2]; 2];
        for h in 0..2 {
            let one = form.slopes(Short(x[h]), Short(y[h]));
            for (k, out) in slopes.iter_mut().enumerate() {
                let (mut result, mut known) = slope::<Single, f64, FACTOR>(one[k], short, bounds);
                if !known {
                    let two = form.slopes(Twofold::from(x[h]), Twofold::from(y[h]));
                    (result, known) = slope::<Double, f64, FACTOR>(two[k], long, deeper);
                }
                settled &= known;
                out[h] = result;
            }
        }
        N::store(One, slopes[0], &mut by_a[i..i + 2]);
        N::store(One, slopes[1], &mut by_b[i..i + 2]);
    }
    settled
}

/// How much of the size of a derivative its error may be, and how much of the derivative.
#[derive(Clone, Copy)]
struct Bounds<M> {
    error: M,
    margin: M,
}

/// The derivative by one coordinate, rounded, and whether it is sure.
#[inline(always)]
fn slope<D: Depth, M: Machine, const FACTOR: bool>(
    slope: Slope<D::Of<M>>,
    factor: D::Of<M>,
    Bounds { error, margin }: Bounds<M>,
) -> (M, M::Mask) {
    let [high, low] = D::parts(slope.value);
    let zero = high.lit(0.0);
    // A limit that was written as one stays one.
    let limit = high.abs().same(high.lit(f64::INFINITY));
    let size = slope.size.map_or(high.abs(), |size| D::parts(size)[0]);
    let good = (size * error).le(high.abs() * margin);
    let product = if FACTOR { slope.value * factor } else { slope.value };
    let parts = D::parts(product);
    let (rounded, size) =
        if FACTOR { (parts[0] + parts[1], size * D::parts(factor)[0].abs()) } else { (high + low, size) };
    let unseen = (size * error).le(zero.lit(D::UNSEEN));
    let whole = zero.lit(D::LEAST).le(rounded.abs()) | high.same(zero);
    let rounded = M::when(limit, if FACTOR { high * D::parts(factor)[0] } else { high }, rounded);
    (rounded, ((good & whole) | unseen | limit) & rounded.same(rounded))
}

impl<T: Termwise, D: Depth, N: Stored> Block for Pass<'_, '_, T, D, N> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}
