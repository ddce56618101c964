//! Exact sums in registers: floats are cut at fixed binary places, and the pieces summed as integers.
//!
//! Added to 1.5 · 2^52 units of a place, a float becomes an integer number of these units in the low bits of the sum. Bits can be
//! added without a rounding, so a sum of many needs no look at the largest first. What does not fit between the places is
//! noticed, and the numbers are then summed in another way: the sum is exact in both, so this shows nowhere.

use super::exact::ExactSum;
use crate::number::{LANES, Machine};

/// How many pieces a number is cut into.
const PIECES: usize = 3;
/// Bits of a piece; 2^11 such integers fit into 64 bits, with their sign.
const PIECE: i32 = 51;
/// Magnitudes up to 2^14 fit, and what they have above 2^-139: all bits of numbers from 2^-87 on.
const TOP: i32 = 14;

/// The binary place of the last bit of a piece.
const fn place(piece: usize) -> i32 {
    TOP - PIECE * (piece as i32 + 1)
}

/// 1.5 · 2^52 units of a piece's place.
const MAGIC: [f64; PIECES] = {
    let mut magic = [0.0; PIECES];
    let mut i = 0;
    while i < PIECES {
        // A power of two with its next bit set.
        magic[i] = f64::from_bits((((place(i) + 52 + 1023) as u64) << 52) | 1 << 51);
        i += 1;
    }
    magic
};

/// A sum of up to 2^11 numbers in each lane.
pub(crate) struct Registers<M> {
    /// Integers in the bits of floats.
    sums: [M; PIECES],
    /// Bits in which a magic number with a number added differed from it: the exponent's only if that was too large.
    differing: M,
    /// Bits of what was left of the numbers, below the last place.
    left: M,
}

impl<M: Machine> Registers<M> {
    /// Nothing yet, of numbers like this one.
    #[inline(always)]
    pub(crate) fn new(like: M) -> Self {
        let zero = like.lit(0.0);
        Registers { sums: [zero; PIECES], differing: zero, left: zero }
    }

    /// Adds a number to each lane.
    #[inline(always)]
    pub(crate) fn push(&mut self, x: M) {
        let mut rest = x;
        for (i, sum) in self.sums.iter_mut().enumerate() {
            let shifted = rest + MAGIC[i];
            *sum = sum.add_bits(shifted);
            if i == 0 {
                self.differing = self.differing.or_bits(shifted.differing_bits(shifted.lit(MAGIC[i])));
            }
            rest = rest - (shifted - MAGIC[i]);
        }
        self.left = self.left.or_bits(rest);
    }

    /// All lanes, stored by `store` to slices of so many floats; `count` numbers were pushed to each.
    #[inline(always)]
    pub(crate) fn finish(self, width: usize, store: impl Fn(M, &mut [f64]), count: usize) -> Settled {
        let bits = |number: M| {
            let mut all = [0.0; LANES];
            store(number, &mut all[..width]);
            all.map(f64::to_bits)
        };
        let or = |all: [u64; LANES]| all.iter().fold(0, |or, bits| or | bits);
        let fits = or(bits(self.differing)) >> 52 == 0 && or(bits(self.left)) << 1 == 0;
        let pieces = std::array::from_fn(|i| {
            let total = bits(self.sums[i]).iter().fold(0_u64, |total, bits| total.wrapping_add(*bits));
            // Every number brought the magic number's bits with it.
            total.wrapping_sub(MAGIC[i].to_bits().wrapping_mul((count * width) as u64)) as i64
        });
        Settled { fits, pieces }
    }
}

/// A finished sum.
pub(crate) struct Settled {
    fits: bool,
    pieces: [i64; PIECES],
}

impl Settled {
    /// Whether all numbers fitted.
    pub(crate) fn fits(&self) -> bool {
        self.fits
    }
    /// Adds the sum to another, if all numbers fitted.
    pub(crate) fn add_to(&self, sum: &mut ExactSum) {
        for (i, piece) in self.pieces.iter().enumerate() {
            sum.add_scaled(i128::from(*piece), i64::from(place(i)));
        }
    }
}
