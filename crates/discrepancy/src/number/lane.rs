//! Eight `f64` at once: the only file that knows about vectors.
//!
//! A lane is always eight floats wide, two or four registers of narrower processors, so that every sum over
//! lanes has one order and every processor gives the same bits. Processors without AVX2 (with its fused
//! multiply-add) run the scalar `f64` path.

use super::{Machine, Real, Twofold, TwofoldFunction, elementary};
use fearless_simd::{Simd, f64x8, i64x8, mask64x8, prelude::*, u64x8};
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// How many floats a lane holds, on every processor.
pub const LANES: usize = 8;

/// 1.5 · 2^52 plus the exponent bias: see `power_of_two`.
pub(super) const INTEGER_SHIFT: f64 = 6_755_399_441_055_744.0 + 1023.0;
/// The bits of √½, rounded down: splitting is relative to it.
pub(super) const SQRT_HALF_BITS: u64 = 0x3FE6_A09E_667F_3BCC;
pub(super) const FRACTION_BITS: u64 = (1 << 52) - 1;

/// The kind of vectors in use. All give the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Plain scalar code: every processor.
    Scalar,
    /// AVX2 with fused multiply-add (x86-64-v3).
    Avx2,
    /// AVX-512 as of Ice Lake.
    Avx512,
}

impl Level {
    /// The best level of this processor, or the lower one named in the environment variable
    /// `DISCREPANCY_LEVEL` (`scalar`, `avx2`, `avx512`).
    #[must_use]
    pub fn best() -> Level {
        static BEST: std::sync::OnceLock<Level> = std::sync::OnceLock::new();
        *BEST.get_or_init(|| {
            let wanted = match std::env::var("DISCREPANCY_LEVEL").as_deref() {
                Ok("scalar") => Level::Scalar,
                Ok("avx2") => Level::Avx2,
                _ => Level::Avx512,
            };
            Level::available().into_iter().filter(|level| *level <= wanted).max().unwrap_or(Level::Scalar)
        })
    }

    /// All levels that this processor has.
    #[must_use]
    pub fn available() -> Vec<Level> {
        let mut levels = vec![Level::Scalar];
        #[cfg(target_arch = "x86_64")]
        {
            let detected = fearless_simd::Level::new();
            if detected.as_avx2().is_some() {
                levels.push(Level::Avx2);
            }
            if detected.as_avx512().is_some() {
                levels.push(Level::Avx512);
            }
        }
        levels
    }
}

/// A block computation, written once for any number type.
pub trait Block {
    /// Runs with one element at a time (`f64`).
    fn scalar(self);
    /// Runs with [`LANES`] elements at a time.
    fn lanes<S: Simd>(self, simd: S);
}

/// Runs `block` at `level`; a level that the processor lacks falls back to the scalar path.
pub fn run<B: Block>(level: Level, block: B) {
    #[cfg(target_arch = "x86_64")]
    {
        let detected = fearless_simd::Level::new();
        if level == Level::Avx512
            && let Some(simd) = detected.as_avx512()
        {
            return simd.vectorize(
                #[inline(always)]
                || block.lanes(simd),
            );
        }
        if level >= Level::Avx2
            && let Some(simd) = detected.as_avx2()
        {
            return simd.vectorize(
                #[inline(always)]
                || block.lanes(simd),
            );
        }
    }
    let _ = level;
    block.scalar();
}

/// Eight `f64` of the vector kind `S`.
#[derive(Clone, Copy)]
pub struct Lane<S: Simd>(f64x8<S>);

/// A comparison of lanes.
#[derive(Clone, Copy)]
pub struct LaneMask<S: Simd>(mask64x8<S>);

impl<S: Simd> Lane<S> {
    /// The first [`LANES`] elements of a slice.
    #[inline(always)]
    pub fn load(simd: S, from: &[f64; LANES]) -> Self {
        Lane(f64x8::simd_from(simd, *from))
    }
    /// All elements the same.
    #[inline(always)]
    pub fn splat(simd: S, value: f64) -> Self {
        Lane(f64x8::splat(simd, value))
    }
    /// Back to memory.
    #[inline(always)]
    pub fn store(self, to: &mut [f64; LANES]) {
        self.0.store_slice(to);
    }
    #[inline(always)]
    fn splat_as(self, c: f64) -> f64x8<S> {
        f64x8::splat(self.0.simd, c)
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident),*) => {$(
        impl<S: Simd> $trait for Lane<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self { Lane(self.0.$method(other.0)) }
        }
        impl<S: Simd> $trait<f64> for Lane<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self { Lane(self.0.$method(self.splat_as(other))) }
        }
    )*};
}
operator!(Add add, Sub sub, Mul mul, Div div);

impl<S: Simd> Neg for Lane<S> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Lane(-self.0)
    }
}
impl<S: Simd> BitAnd for LaneMask<S> {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        LaneMask(self.0 & other.0)
    }
}
impl<S: Simd> BitOr for LaneMask<S> {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        LaneMask(self.0 | other.0)
    }
}
impl<S: Simd> Not for LaneMask<S> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        LaneMask(!self.0)
    }
}

impl<S: Simd> Real for Lane<S> {
    type Mask = LaneMask<S>;
    #[inline(always)]
    fn lit(self, c: f64) -> Self {
        Lane(self.splat_as(c))
    }
    #[inline(always)]
    fn lit2(self, c: [f64; 2]) -> Self {
        Lane(self.splat_as(c[0]))
    }
    #[inline(always)]
    fn le(self, other: Self) -> Self::Mask {
        LaneMask(self.0.simd_le(other.0))
    }
    #[inline(always)]
    fn lt(self, other: Self) -> Self::Mask {
        LaneMask(self.0.simd_lt(other.0))
    }
    #[inline(always)]
    fn same(self, other: Self) -> Self::Mask {
        LaneMask(self.0.simd_eq(other.0))
    }
    #[inline(always)]
    fn when(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Lane(mask.0.select(yes.0, no.0))
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        // The fused form on every level: the plain one is unfused on some, and the bits would differ.
        Lane(self.0.mul_add_precise(a.0, b.0))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Lane(self.0.abs())
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Lane(self.0.sqrt())
    }
    #[inline(always)]
    fn exp(self) -> Self {
        elementary::exp(self)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        elementary::exp_m1(self)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        elementary::ln(self)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        elementary::ln_1p(self)
    }
}

impl<S: Simd> Machine for Lane<S> {
    #[inline(always)]
    fn round(self) -> Self {
        Lane(self.0.round_ties_even())
    }
    #[inline(always)]
    fn power_of_two(self) -> Self {
        let shifted: u64x8<S> = (self.0 + self.splat_as(INTEGER_SHIFT)).bitcast();
        Lane((shifted << 52).bitcast())
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let simd = self.0.simd;
        let bits: i64x8<S> = self.0.bitcast();
        let offset = i64x8::splat(simd, SQRT_HALF_BITS as i64);
        let bits = bits - offset;
        let fraction = (bits & i64x8::splat(simd, FRACTION_BITS as i64)) + offset;
        // An arithmetic shift and a conversion of 64-bit integers are slow before AVX-512; the exponent
        // (a small integer) is moved through the bits of a float instead, as in `power_of_two`.
        let magic = i64x8::splat(simd, 6_755_399_441_055_744.0_f64.to_bits() as i64);
        let exponent: f64x8<S> = ((bits >> 52) + magic).bitcast();
        (Lane(fraction.bitcast()), Lane(exponent - self.splat_as(6_755_399_441_055_744.0)))
    }
    #[inline(always)]
    fn finite(self) -> Self::Mask {
        LaneMask(self.0.abs().simd_le(self.splat_as(f64::MAX)))
    }
    #[inline(never)]
    fn call(function: TwofoldFunction, x: Twofold<Self>) -> Twofold<Self> {
        // Out of line there is no caller to take the vector instructions from: they are enabled again here.
        x.high.0.simd.vectorize(
            #[inline(always)]
            || elementary::twofold(function, x),
        )
    }
}
