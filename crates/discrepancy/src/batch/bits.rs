//! Hamming distances of packed bits.

use super::matrix::{in_order, room};
use crate::distances::pair::length;
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;

/// A word that bits are packed in, the first bit lowest.
pub trait Word: Copy + Send + Sync + 'static {
    /// How many bits it holds.
    const BITS: usize;
    /// How many of the lowest `bits` bits differ.
    fn differing(self, other: Self, bits: usize) -> u32;
}

macro_rules! word {
    ($($type:ident),*) => {$(
        impl Word for $type {
            const BITS: usize = $type::BITS as usize;
            fn differing(self, other: Self, bits: usize) -> u32 {
                let mask = if bits < <Self as Word>::BITS { (1 << bits) - 1 } else { $type::MAX };
                ((self ^ other) & mask).count_ones()
            }
        }
    )*};
}
word!(u8, u16, u32, u64);

/// The fraction of the first `bits` bits that differ; bit 0 is the lowest of the first word.
///
/// ```
/// use discrepancy::distances::hamming_bits;
/// assert_eq!(hamming_bits(&[0b1011_u8], &[0b0001], 4)?, 0.5);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn hamming_bits<W: Word>(a: &[W], b: &[W], bits: usize) -> Result<f64> {
    let words = words::<W>("hamming_bits", bits)?;
    length("hamming_bits", "a", a.len(), words)?;
    length("hamming_bits", "b", b.len(), words)?;
    Ok(fraction(a, b, bits))
}

/// All Hamming distances between the packed rows of `a` and of `b`, row by row of `a`; each row has `bits` bits in
/// whole words.
///
/// ```
/// use discrepancy::distances::pairwise_bits;
/// let d = pairwise_bits(&[0b00_u64, 0b11], &[0b01_u64], 2)?;
/// assert_eq!(d, [0.5, 0.5]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub fn pairwise_bits<W: Word>(a: &[W], b: &[W], bits: usize) -> Result<Vec<f64>> {
    let function = "pairwise_bits";
    let words = words::<W>(function, bits)?;
    for (argument, rows) in [("a", a), ("b", b)] {
        if !rows.len().is_multiple_of(words) {
            let allowed = format!("whole rows of {words} words");
            return Err(Error::new(ErrorKind::Shape, function, argument, allowed).value(rows.len()));
        }
    }
    let (n, m) = (a.len() / words, b.len() / words);
    let mut out = room::<f64>(function, n.checked_mul(m))?;
    let row = |x: &[W]| Ok(b.chunks(words).map(|y| fraction(x, y, bits)).collect::<Vec<f64>>());
    for row in in_order(a.par_chunks(words).map(row).collect())? {
        out.extend(row);
    }
    Ok(out)
}

/// How many words hold the bits; at least one bit.
fn words<W: Word>(function: &str, bits: usize) -> Result<usize> {
    if bits == 0 {
        return Err(Error::new(ErrorKind::NoContributingRows, function, "bits", "at least one bit"));
    }
    Ok(bits.div_ceil(W::BITS))
}

fn fraction<W: Word>(a: &[W], b: &[W], bits: usize) -> f64 {
    let used = |word: usize| (bits - word * W::BITS).min(W::BITS);
    let differ: u64 = a.iter().zip(b).enumerate().map(|(i, (x, y))| u64::from(x.differing(*y, used(i)))).sum();
    differ as f64 / bits as f64
}
