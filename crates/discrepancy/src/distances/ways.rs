//! How kernels sum: in one float, in two, or with what is known of the terms.

use super::termwise::{Depth, MOST, Of, Shape, Single, Sums, Tailed, Termwise};
use super::tile::{CHUNK, EXTRAS, Kernel, TileKernel, TileSetting};
use crate::number::guarded::power;
use crate::number::{Compensated, Machine, Real, Short, Twofold};

/// The unit of rounding.
const UNIT: f64 = power(-53);

/// A way to the sums that depend on both rows.
pub(crate) trait Way<T: Termwise>: Sync + Send {
    /// What results are made of.
    type Depth: Depth;
    /// What is summed on the way.
    type State<M: Machine>: Copy;
    /// Parts that a number is packed in, at most two.
    const STREAMS: usize;
    /// Whether the last bits of rows matter.
    const LOWEST: bool = false;

    /// A number in parts.
    fn parts(&self, x: f64) -> [f64; 2] {
        [x, 0.0]
    }
    /// The number again.
    #[inline(always)]
    fn number<M: Machine>(&self, parts: [M; 2]) -> M {
        parts[0]
    }
    /// What is known of a row before it meets others.
    fn row(&self, _row: &[f64]) -> [f64; 2] {
        [0.0; 2]
    }
    fn start<M: Machine>(&self, zero: M) -> Self::State<M>;
    /// One more coordinate.
    fn step<M: Machine>(&self, form: &T, state: Self::State<M>, a: [M; 2], b: [M; 2]) -> Self::State<M>;
    /// After some coordinates.
    #[inline(always)]
    fn flush<M: Machine>(&self, state: Self::State<M>) -> Self::State<M> {
        state
    }
    fn sums<M: Machine>(
        &self,
        state: Self::State<M>,
        of_a: &[M; EXTRAS],
        of_b: &[M; EXTRAS],
    ) -> Sums<<Self::Depth as Depth>::Of<M>>;
    /// The error of a sum of this size beyond that of its terms.
    fn error<M: Machine>(&self, size: M, width: f64) -> M;
    /// Whether the sums that depend on both have no error, for rows whose numbers are multiples of `lowest` and at most `largest`.
    #[inline(always)]
    fn exact<M: Machine>(&self, _lowest: M, _largest: M, _width: f64) -> Option<M::Mask> {
        None
    }
}

/// Two terms of one sum.
#[inline(always)]
fn joined<T: Termwise, R: Real>(x: R, y: R) -> R {
    if T::LARGEST { x.max(y) } else { x + y }
}

/// The sums that say something of rows that are known to be finite.
const fn own<T: Termwise>() -> usize {
    T::COUNT - T::CHECKED as usize
}

/// In one float.
pub(crate) struct Plain;

impl<T: Termwise> Way<T> for Plain {
    type Depth = Single;
    // Of the coordinates since the last flush, and of those before.
    type State<M: Machine> = [[Short<M>; MOST]; 2];
    const STREAMS: usize = 1;
    const LOWEST: bool = !matches!(T::SHAPE, Shape::Any | Shape::Products | Shape::Counts);

    #[inline(always)]
    fn start<M: Machine>(&self, zero: M) -> Self::State<M> {
        [[Short(zero); MOST]; 2]
    }
    #[inline(always)]
    fn step<M: Machine>(&self, form: &T, [mut sums, before]: Self::State<M>, a: [M; 2], b: [M; 2]) -> Self::State<M> {
        match T::SHAPE {
            Shape::Squares => {
                let d = a[0] - b[0];
                sums[0] = Short(d.mul_add(d, sums[0].0));
            }
            Shape::Products => sums[0] = Short(a[0].mul_add(b[0], sums[0].0)),
            Shape::Largest => sums[0] = Short((a[0] - b[0]).abs().max(sums[0].0)),
            _ => {
                let terms = form.terms(Short(a[0]), Short(b[0]));
                for k in (0..own::<T>()).filter(|k| T::OF[*k] == Of::Both) {
                    sums[k] = joined::<T, _>(sums[k], terms[k]);
                }
            }
        }
        [sums, before]
    }
    #[inline(always)]
    fn flush<M: Machine>(&self, [sums, mut before]: Self::State<M>) -> Self::State<M> {
        for k in 0..own::<T>() {
            before[k] = joined::<T, _>(before[k], sums[k]);
        }
        [[Short(sums[0].0.lit(0.0)); MOST], before]
    }
    #[inline(always)]
    fn sums<M: Machine>(&self, [_, sums]: Self::State<M>, _: &[M; EXTRAS], _: &[M; EXTRAS]) -> Sums<Short<M>> {
        sums
    }
    #[inline(always)]
    fn error<M: Machine>(&self, size: M, width: f64) -> M {
        if T::LARGEST {
            return size.lit(0.0);
        }
        let chunk = width.min(CHUNK as f64);
        size * ((chunk + (width / CHUNK as f64).ceil()) * UNIT)
    }
    #[inline(always)]
    fn exact<M: Machine>(&self, lowest: M, largest: M, width: f64) -> Option<M::Mask> {
        // Sums that are multiples of a number and less than 2^53 times it are floats.
        match T::SHAPE {
            Shape::Largest => Some((largest * 2.0).le(lowest * power(53))),
            Shape::Counts => Some(lowest.same(lowest)),
            Shape::Sizes | Shape::Apart => Some((largest * (2.0 * width)).le(lowest * power(53))),
            Shape::Squares => {
                // The root of both sides, so that nothing leaves the range.
                let most = largest * (2.0 * width.sqrt() * 1.0001);
                Some(most.le(lowest * power(26)) & lowest.lit(power(-400)).le(lowest))
            }
            Shape::Any | Shape::Products => None,
        }
    }
}

/// In two floats.
pub(crate) struct Long;

impl<T: Termwise> Way<T> for Long {
    type Depth = Tailed;
    type State<M: Machine> = [Compensated<M>; MOST];
    const STREAMS: usize = 1;

    #[inline(always)]
    fn start<M: Machine>(&self, zero: M) -> Self::State<M> {
        // Not minus zero in the tail, which a loop would keep from being known.
        [Compensated { head: zero, tail: zero }; MOST]
    }
    #[inline(always)]
    fn step<M: Machine>(&self, form: &T, mut sums: Self::State<M>, a: [M; 2], b: [M; 2]) -> Self::State<M> {
        let terms = form.terms(Compensated::from(a[0]), Compensated::from(b[0]));
        for k in (0..own::<T>()).filter(|k| T::OF[*k] == Of::Both) {
            sums[k] = joined::<T, _>(sums[k], terms[k]);
        }
        sums
    }
    #[inline(always)]
    fn sums<M: Machine>(&self, sums: Self::State<M>, _: &[M; EXTRAS], _: &[M; EXTRAS]) -> Sums<Compensated<M>> {
        sums
    }
    #[inline(always)]
    fn error<M: Machine>(&self, size: M, width: f64) -> M {
        if T::LARGEST { size.lit(0.0) } else { size * (width * power(-100)) }
    }
}

/// The largest difference, each rounded to the nearest, of which the largest is the nearest to the largest.
pub(crate) struct Largest;

impl<T: Termwise> Way<T> for Largest {
    type Depth = Tailed;
    type State<M: Machine> = M;
    const STREAMS: usize = 1;

    #[inline(always)]
    fn start<M: Machine>(&self, zero: M) -> M {
        zero
    }
    #[inline(always)]
    fn step<M: Machine>(&self, _: &T, most: M, a: [M; 2], b: [M; 2]) -> M {
        (a[0] - b[0]).abs().max(most)
    }
    #[inline(always)]
    fn sums<M: Machine>(&self, most: M, _: &[M; EXTRAS], _: &[M; EXTRAS]) -> Sums<Compensated<M>> {
        let zero = Compensated::from(most.lit(0.0));
        [Compensated::from(most), zero, zero, zero, zero]
    }
    #[inline(always)]
    fn error<M: Machine>(&self, size: M, _: f64) -> M {
        size.lit(0.0)
    }
    #[inline(always)]
    fn exact<M: Machine>(&self, lowest: M, _: M, _: f64) -> Option<M::Mask> {
        Some(lowest.same(lowest))
    }
}

/// Sums of the larger of two numbers: `|a - b| = 2 max(a, b) - a - b`. What is below the last place of a large anchor is summed
/// apart, and nothing is lost where that is a float.
pub(crate) struct Larger {
    anchor: f64,
    /// One, which a compiler must not know: fused multiply-adds with it go to units that additions leave idle.
    one: f64,
}

impl Larger {
    #[inline(always)]
    fn add<M: Machine>(&self, [sum, rest]: [M; 2], x: M) -> [M; 2] {
        let next = sum + x;
        let one = sum.lit(self.one);
        [next, rest + (one * -1.0).mul_add(next.mul_add(one, -sum), x)]
    }
    /// Twice a sum, less two others.
    #[inline(always)]
    fn less<M: Machine>(&self, [sum, rest]: [M; 2], a: [M; 2], b: [M; 2]) -> Compensated<M> {
        let above = sum - self.anchor;
        let Twofold { high, low } = Twofold::sum((above + above) - (a[0] + b[0]), (rest + rest) - (a[1] + b[1]));
        Compensated { head: high, tail: low }
    }
}

impl<T: Termwise> Way<T> for Larger {
    type Depth = Tailed;
    // Of differences and, where they are wanted, of sums.
    type State<M: Machine> = [[M; 2]; 2];
    const STREAMS: usize = 1;
    const LOWEST: bool = true;

    fn row(&self, row: &[f64]) -> [f64; 2] {
        let (mut sum, mut rest) = (self.anchor, 0.0);
        for x in row {
            let next = sum + x;
            rest += x - (next - sum);
            sum = next;
        }
        [sum - self.anchor, rest]
    }
    #[inline(always)]
    fn start<M: Machine>(&self, zero: M) -> [[M; 2]; 2] {
        [[zero.lit(self.anchor), zero]; 2]
    }
    #[inline(always)]
    fn step<M: Machine>(&self, _: &T, [apart, along]: [[M; 2]; 2], a: [M; 2], b: [M; 2]) -> [[M; 2]; 2] {
        let along = if T::SHAPE == Shape::Apart { self.add(along, a[0].max(-b[0])) } else { along };
        [self.add(apart, a[0].max(b[0])), along]
    }
    #[inline(always)]
    fn sums<M: Machine>(
        &self,
        [apart, along]: [[M; 2]; 2],
        of_a: &[M; EXTRAS],
        of_b: &[M; EXTRAS],
    ) -> Sums<Compensated<M>> {
        let (a, b) = ([of_a[0], of_a[1]], [of_b[0], of_b[1]]);
        let zero = Compensated::from(a[0].lit(0.0));
        let along = if T::SHAPE == Shape::Apart { self.less(along, a, b.map(|x| -x)) } else { zero };
        [self.less(apart, a, b), along, zero, zero, zero]
    }
    #[inline(always)]
    fn error<M: Machine>(&self, size: M, width: f64) -> M {
        size.lit(16.0 * width * width * UNIT * UNIT * self.anchor)
    }
    #[inline(always)]
    fn exact<M: Machine>(&self, lowest: M, _: M, width: f64) -> Option<M::Mask> {
        // What is below the anchor's last place, of all four sums.
        Some(lowest.lit(8.0 * width * UNIT * self.anchor).le(lowest * power(53)))
    }
}

/// Whole numbers in one float.
pub(crate) struct Counts;

impl<T: Termwise> Way<T> for Counts {
    type Depth = Tailed;
    type State<M: Machine> = [M; MOST];
    const STREAMS: usize = 1;

    #[inline(always)]
    fn start<M: Machine>(&self, zero: M) -> [M; MOST] {
        [zero; MOST]
    }
    #[inline(always)]
    fn step<M: Machine>(&self, form: &T, mut sums: [M; MOST], a: [M; 2], b: [M; 2]) -> [M; MOST] {
        let terms = form.terms(a[0], b[0]);
        for k in 0..own::<T>() {
            sums[k] = sums[k] + terms[k];
        }
        sums
    }
    #[inline(always)]
    fn sums<M: Machine>(&self, sums: [M; MOST], _: &[M; EXTRAS], _: &[M; EXTRAS]) -> Sums<Compensated<M>> {
        sums.map(Compensated::from)
    }
    #[inline(always)]
    fn error<M: Machine>(&self, size: M, _: f64) -> M {
        size.lit(0.0)
    }
    #[inline(always)]
    fn exact<M: Machine>(&self, lowest: M, _: M, _: f64) -> Option<M::Mask> {
        Some(lowest.same(lowest))
    }
}

/// Products of numbers that were split on a grid: those of the upper parts are summed exactly, what is missing is small.
#[derive(Clone, Copy)]
pub(crate) struct Split {
    grid: f64,
    most: f64,
}

/// Steps of the grid in the largest number: squares of differences, 2^7 of them, fill a float.
const STEPS: f64 = power(22);

impl<T: Termwise> Way<T> for Split {
    type Depth = Tailed;
    // The exact part and the rest since the last flush, and all before.
    type State<M: Machine> = ([M; 2], Compensated<M>);
    const STREAMS: usize = 2;
    const LOWEST: bool = matches!(T::SHAPE, Shape::Squares);

    fn parts(&self, x: f64) -> [f64; 2] {
        let anchor = self.grid * (1.5 * power(52));
        let high = (x + anchor) - anchor;
        [high, x - high]
    }
    #[inline(always)]
    fn number<M: Machine>(&self, parts: [M; 2]) -> M {
        parts[0] + parts[1]
    }
    #[inline(always)]
    fn start<M: Machine>(&self, zero: M) -> Self::State<M> {
        ([zero; 2], Compensated { head: zero, tail: zero })
    }
    #[inline(always)]
    fn step<M: Machine>(&self, _: &T, ([sum, rest], before): Self::State<M>, a: [M; 2], b: [M; 2]) -> Self::State<M> {
        if T::SHAPE == Shape::Squares {
            let (high, low) = (a[0] - b[0], a[1] - b[1]);
            // (h + l)² = h² + (2h + l) l
            let twice = high.mul_add(high.lit(2.0), low);
            return ([high.mul_add(high, sum), twice.mul_add(low, rest)], before);
        }
        let rest = a[0].mul_add(b[1], rest);
        ([a[0].mul_add(b[0], sum), a[1].mul_add(b[0] + b[1], rest)], before)
    }
    #[inline(always)]
    fn flush<M: Machine>(&self, ([sum, rest], before): Self::State<M>) -> Self::State<M> {
        let zero = sum.lit(0.0);
        let Twofold { high, low } = Twofold::sum(before.head, sum);
        ([zero; 2], Compensated { head: high, tail: before.tail + low + rest })
    }
    #[inline(always)]
    fn sums<M: Machine>(&self, (_, all): Self::State<M>, _: &[M; EXTRAS], _: &[M; EXTRAS]) -> Sums<Compensated<M>> {
        let Twofold { high, low } = Twofold::sum(all.head, all.tail);
        let zero = Compensated::from(high.lit(0.0));
        [Compensated { head: high, tail: low }, zero, zero, zero, zero]
    }
    #[inline(always)]
    fn error<M: Machine>(&self, size: M, width: f64) -> M {
        let chunk = width.min(CHUNK as f64);
        let chunks = (width / CHUNK as f64).ceil();
        let own = size * (chunks * chunks * power(-104));
        if T::SHAPE == Shape::Squares {
            // Σ (2|d| + 3|l|) |l| with |l| at most a step of the grid, and 2|d| <= d²/h + h for any h.
            let roundings = UNIT * (chunk + 2.0 * chunks + 5.0) * self.grid;
            let scale = self.most * 0.0625;
            return size * (roundings / scale * 1.001) + own + (scale + 4.0 * self.grid) * width * roundings;
        }
        // Σ |h l| of both, |l| at most half a step.
        let roundings = UNIT * (2.0 * chunk + 2.0 * chunks + 5.0) * self.grid;
        own + 1.001 * width * self.most * roundings
    }
    #[inline(always)]
    fn exact<M: Machine>(&self, lowest: M, _: M, _: f64) -> Option<M::Mask> {
        // Of numbers on the grid nothing is missing.
        if T::SHAPE == Shape::Squares { Some(lowest.lit(self.grid).le(lowest)) } else { None }
    }
}

/// The kernel of a form, if it has one for these parameters.
pub(crate) fn kernel<'a, T: Termwise>(form: &'a T, setting: TileSetting) -> Option<Box<dyn TileKernel + 'a>> {
    if !form.fits() || setting.width == 0 {
        return None;
    }
    if setting.epsilon > power(-30) {
        return Some(Box::new(Kernel { form, way: Plain, setting }));
    }
    // Powers of two; out of the range of these ways nothing is certain.
    let above = |x: f64| 2f64.powi(super::pair::exponent(x) + 1);
    let within = (power(-300)..power(300)).contains(&setting.largest) && setting.width < 1 << 20;
    if setting.quick && within {
        match T::SHAPE {
            Shape::Squares | Shape::Products => {
                let most = above(setting.largest);
                return Some(Box::new(Kernel { form, way: Split { grid: most / STEPS, most }, setting }));
            }
            Shape::Sizes | Shape::Apart => {
                let anchor = above(4.0 * setting.width as f64 * setting.largest);
                return Some(Box::new(Kernel {
                    form,
                    way: Larger { anchor, one: std::hint::black_box(1.0) },
                    setting,
                }));
            }
            Shape::Largest => return Some(Box::new(Kernel { form, way: Largest, setting })),
            Shape::Any | Shape::Counts => {}
        }
    }
    if T::SHAPE == Shape::Counts {
        return Some(Box::new(Kernel { form, way: Counts, setting }));
    }
    Some(Box::new(Kernel { form, way: Long, setting }))
}
