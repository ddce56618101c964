//! Exact sums of whole slices at the speed of vectors.
//!
//! Adding and taking away a large constant cuts a float at a fixed binary place, exactly. Cut at two or three places, 42
//! bits apart, numbers of similar size fall into pieces whose sums over a block are exact in plain `f64`
//! (Demmel, Nguyen 2015, doi:10.1109/TC.2014.2345391). What is too small, too large or too far apart for that goes
//! into the long sum one by one, so the result is exact in any case.

use super::exact::ExactSum;
use crate::number::lane::{Block, run};
use crate::number::{LANES, Lane, Level, Real, Twofold};
use fearless_simd::Simd;

/// Terms of a block; 2^9 pieces of 44 bits fill a float.
const BLOCK: usize = 512;
/// Lanes that are summed apart, so that an addition need not wait for the one before; the sums are exact, so this shows
/// nowhere.
const CHAINS: usize = 4;
/// Bits of one piece.
const PIECE: i32 = 42;
/// The binary exponents between which the largest term of a block may lie.
const RANGE: std::ops::Range<i32> = -700..900;
/// Factors below this may have products whose low part is below the range of `f64`.
const TINY: f64 = f64::from_bits((1023 - 440) << 52);

fn power_of_two(k: i32) -> f64 {
    f64::from_bits(((k + 1023) as u64) << 52)
}

/// 1.5 · 2^52 units of the place where numbers below 2^top are cut.
fn magic<const PIECES: usize>(top: i32) -> [f64; PIECES] {
    std::array::from_fn(|i| 1.5 * power_of_two(top + 10 - PIECE * i as i32))
}

/// The exponent `top` with `|x| < 2^top` for the largest of a block; `None` for zeros only, or out of range.
fn top(largest: f64) -> Option<i32> {
    let exponent = (largest.to_bits() >> 52) as i32 - 1022;
    (largest > 0.0 && RANGE.contains(&exponent)).then_some(exponent)
}

/// Sums the pieces of one number after another; gives what is left of the number.
#[inline(always)]
fn cut<R: Real, const PIECES: usize>(x: R, magic: [f64; PIECES], sums: &mut [R; PIECES]) -> R {
    let mut rest = x;
    for (magic, sum) in magic.iter().zip(sums) {
        let piece = (rest + *magic) - *magic;
        rest = rest - piece;
        *sum = *sum + piece;
    }
    rest
}

/// The terms of a block.
#[derive(Clone, Copy)]
enum Terms<'a> {
    /// Floats.
    Plain(&'a [f64]),
    /// Products of two floats each.
    Products(&'a [f64], &'a [f64]),
}

impl Terms<'_> {
    fn len(self) -> usize {
        match self {
            Terms::Plain(x) | Terms::Products(x, _) => x.len(),
        }
    }
    /// High and low part of a term.
    fn at(self, i: usize) -> (f64, f64) {
        match self {
            Terms::Plain(x) => (x[i], 0.0),
            Terms::Products(x, y) => {
                let product = Twofold::product(x[i], y[i]);
                (product.high, product.low)
            }
        }
    }
    /// Whether all parts of a term are exact floats.
    fn safe(self, i: usize) -> bool {
        match self {
            Terms::Plain(_) => true,
            Terms::Products(x, y) => {
                let large = |x: f64| x.abs() >= TINY || x == 0.0;
                large(x[i]) && large(y[i])
            }
        }
    }
    fn push(self, i: usize, sum: &mut ExactSum) {
        match self {
            Terms::Plain(x) => sum.add(x[i]),
            Terms::Products(x, y) => sum.add_product(x[i], y[i]),
        }
    }
}

/// The largest magnitude of the terms; infinite where one is not finite or not safe.
struct Largest<'a> {
    terms: Terms<'a>,
    largest: &'a mut f64,
}

impl Largest<'_> {
    fn rest(self, from: usize, mut largest: f64) {
        for i in from..self.terms.len() {
            let size = self.terms.at(i).0.abs();
            if !(self.terms.safe(i) && size <= f64::MAX) {
                largest = f64::INFINITY;
            }
            largest = f64::max(largest, size);
        }
        *self.largest = largest;
    }
}

impl Block for Largest<'_> {
    fn scalar(self) {
        self.rest(0, 0.0);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        let zero = Lane::splat(simd, 0.0);
        let mut chains = [zero; CHAINS];
        let infinite = Lane::splat(simd, f64::INFINITY);
        let n = self.terms.len() / (LANES * CHAINS) * (LANES * CHAINS);
        for start in (0..n).step_by(LANES * CHAINS) {
            for (k, largest) in chains.iter_mut().enumerate() {
                let part = start + k * LANES..start + (k + 1) * LANES;
                let size = match self.terms {
                    Terms::Plain(x) => Lane::from_slice(simd, &x[part]).abs(),
                    Terms::Products(x, y) => {
                        let (x, y) = (Lane::from_slice(simd, &x[part.clone()]), Lane::from_slice(simd, &y[part]));
                        let tiny = Lane::splat(simd, TINY);
                        let large = (tiny.le(x.abs()) | x.same(zero)) & (tiny.le(y.abs()) | y.same(zero));
                        Lane::when(large, (x * y).abs(), infinite)
                    }
                };
                // Written so that NaN becomes infinite.
                *largest = Lane::when(size.le(*largest), *largest, Lane::when(size.le(infinite), size, infinite));
            }
        }
        let mut largest = zero;
        for chain in chains {
            largest = largest.max(chain);
        }
        let mut all = [0.0; LANES];
        largest.store(&mut all);
        let largest = all.into_iter().fold(0.0, f64::max);
        self.rest(n, largest);
    }
}

/// Sums the pieces; `left` is the largest of what they could not hold.
struct Cut<'a, const PIECES: usize> {
    terms: Terms<'a>,
    magic: [f64; PIECES],
    sums: &'a mut [f64; PIECES],
    left: &'a mut f64,
}

impl<const PIECES: usize> Cut<'_, PIECES> {
    fn rest(self, from: usize) {
        for i in from..self.terms.len() {
            let (high, low) = self.terms.at(i);
            let left = cut(high, self.magic, self.sums).abs() + cut(low, self.magic, self.sums).abs();
            *self.left = f64::max(*self.left, left);
        }
    }
}

impl<const PIECES: usize> Block for Cut<'_, PIECES> {
    fn scalar(self) {
        self.rest(0);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        let zero = Lane::splat(simd, 0.0);
        // Of the high and of the low parts of products.
        let (mut sums, mut lows) = ([[zero; PIECES]; CHAINS], [[zero; PIECES]; CHAINS]);
        let mut lefts = [zero; CHAINS];
        let n = self.terms.len() / (LANES * CHAINS) * (LANES * CHAINS);
        for start in (0..n).step_by(LANES * CHAINS) {
            for k in 0..CHAINS {
                let part = start + k * LANES..start + (k + 1) * LANES;
                match self.terms {
                    Terms::Plain(x) => {
                        let rest: Lane<S> = cut(Lane::from_slice(simd, &x[part]), self.magic, &mut sums[k]);
                        lefts[k] = lefts[k].max(rest.abs());
                    }
                    Terms::Products(x, y) => {
                        let (x, y) = (Lane::from_slice(simd, &x[part.clone()]), Lane::from_slice(simd, &y[part]));
                        let product = Twofold::product(x, y);
                        lefts[k] = lefts[k].max(cut(product.high, self.magic, &mut sums[k]).abs());
                        lefts[k] = lefts[k].max(cut(product.low, self.magic, &mut lows[k]).abs());
                    }
                }
            }
        }
        // Every partial sum is exact, so the order does not matter.
        for pieces in sums.iter().chain(&lows) {
            for (total, lane) in self.sums.iter_mut().zip(pieces) {
                let mut all = [0.0; LANES];
                lane.store(&mut all);
                *total += all.iter().sum::<f64>();
            }
        }
        let mut left = zero;
        for chain in lefts {
            left = left.max(chain);
        }
        let mut all = [0.0; LANES];
        left.store(&mut all);
        *self.left = all.into_iter().fold(*self.left, f64::max);
        self.rest(n);
    }
}

fn add(sum: &mut ExactSum, level: Level, terms: Terms<'_>) {
    let mut largest = 0.0;
    run(level, Largest { terms, largest: &mut largest });
    if largest == 0.0 {
        return;
    }
    let Some(top) = top(largest) else {
        return (0..terms.len()).for_each(|i| terms.push(i, sum));
    };
    // Two pieces hold floats that are not too far apart; three hold more of them, and products.
    if matches!(terms, Terms::Plain(_)) && settled::<2>(sum, level, terms, top) || settled::<3>(sum, level, terms, top)
    {
        return;
    }
    let magic = magic::<3>(top);
    let mut pieces = [0.0; 3];
    for i in 0..terms.len() {
        // Few terms so far below the largest: their last bits, one by one.
        let (high, low) = terms.at(i);
        sum.add(cut(high, magic, &mut pieces));
        sum.add(cut(low, magic, &mut pieces));
    }
    pieces.iter().for_each(|piece| sum.add(*piece));
}

/// Adds a block if so many pieces hold all of it; says whether they did.
fn settled<const PIECES: usize>(sum: &mut ExactSum, level: Level, terms: Terms<'_>, top: i32) -> bool {
    let (mut pieces, mut left) = ([0.0; PIECES], 0.0);
    run(level, Cut { terms, magic: magic(top), sums: &mut pieces, left: &mut left });
    if left == 0.0 {
        pieces.iter().for_each(|piece| sum.add(*piece));
    }
    left == 0.0
}

impl ExactSum {
    /// Adds all terms of a slice.
    ///
    /// ```
    /// use discrepancy::sums::ExactSum;
    /// let mut sum = ExactSum::new();
    /// sum.add_slice(&[0.1; 1000]);
    /// assert_eq!(sum.to_f64(), 100.0); // a thousand times the float 0.1, rounded once
    /// ```
    pub fn add_slice(&mut self, terms: &[f64]) {
        if terms.len() < LANES {
            return terms.iter().for_each(|term| self.add(*term));
        }
        let level = Level::best();
        terms.chunks(BLOCK).for_each(|x| add(self, level, Terms::Plain(x)));
    }

    /// Adds the exact products of the terms of two slices of one length; of different lengths, the shorter counts.
    pub fn add_products(&mut self, x: &[f64], y: &[f64]) {
        let level = Level::best();
        let n = x.len().min(y.len());
        let blocks = x[..n].chunks(BLOCK / 2).zip(y[..n].chunks(BLOCK / 2));
        blocks.for_each(|(x, y)| add(self, level, Terms::Products(x, y)));
    }
}
