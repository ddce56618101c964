//! Eight `f64` at once: the only file that knows about vectors.
//!
//! A lane is eight floats wide, two registers of narrower processors, so that every sum over lanes has one order and
//! every processor gives the same bits. Where nothing is summed, a [`NativeLane`] is as wide as a register. Processors
//! without AVX2 (with its fused multiply-add) run the scalar `f64` path.

use super::{Function, Machine, Real, Twofold, elementary};
use fearless_simd::{Simd, f32x8, f64x8, prelude::*};
use std::marker::PhantomData;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// How many floats a lane holds, on every processor.
pub const LANES: usize = 8;

/// 1.5 · 2^52 plus the exponent bias: added to an integer, it puts that into the low bits, from where a shift makes a
/// power of two of it.
pub(super) const INTEGER_SHIFT: f64 = 6_755_399_441_055_744.0 + 1023.0;
/// The bits of √½, rounded down: splitting is relative to it.
pub(super) const SQRT_HALF_BITS: u64 = 0x3FE6_A09E_667F_3BCC;
pub(super) const FRACTION_BITS: u64 = (1 << 52) - 1;
pub(super) const TWO_52: f64 = 4_503_599_627_370_496.0;
/// The exponent bias, and one half, in the place of exponents: the difference of the bits of two numbers is about the
/// logarithm of their quotient.
pub(super) const BIAS_AND_HALF: u64 = (1023 << 52) + (1 << 51);
/// What is more than the exponent where biased exponent bits have become a float above 2^52.
pub(super) const EXPONENT_OF_BITS: f64 = TWO_52 + 1023.0;

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
///
/// Inlined, so that a kernel is compiled where it is asked for: the kernels of all losses in one place would keep one processor
/// busy and the others waiting.
#[inline(always)]
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

/// How a kernel that is written once moves its numbers: one after the other, or a register full.
pub trait Load: Copy {
    /// What it computes with.
    type Number: Machine;
    /// How many floats that is; a divisor of [`LANES`].
    const WIDTH: usize;
    /// From a slice of that length.
    fn load(self, from: &[f64]) -> Self::Number;
    /// To a slice of that length.
    fn store(self, number: Self::Number, to: &mut [f64]);
    /// From a slice of twice that length.
    fn load_single(self, from: &[f32]) -> [Self::Number; 2];
    /// Rounded, to a slice of twice that length.
    fn store_single(self, numbers: [Self::Number; 2], to: &mut [f32]);
    /// Makes columns of rows.
    fn transpose(self, tile: &mut [[f32; LANES]; LANES]);
}

/// One float.
#[derive(Clone, Copy, Debug)]
pub(crate) struct One;

impl Load for One {
    type Number = f64;
    const WIDTH: usize = 1;
    #[inline(always)]
    fn load(self, from: &[f64]) -> f64 {
        from[0]
    }
    #[inline(always)]
    fn store(self, number: f64, to: &mut [f64]) {
        to[0] = number;
    }
    #[inline(always)]
    fn load_single(self, from: &[f32]) -> [f64; 2] {
        [f64::from(from[0]), f64::from(from[1])]
    }
    #[inline(always)]
    fn store_single(self, numbers: [f64; 2], to: &mut [f32]) {
        to.copy_from_slice(&numbers.map(|x| x as f32));
    }
    #[inline(always)]
    fn transpose(self, tile: &mut [[f32; LANES]; LANES]) {
        let rows = *tile;
        for (i, row) in rows.iter().enumerate() {
            for (column, x) in tile.iter_mut().zip(row) {
                column[i] = *x;
            }
        }
    }
}

/// As many as a register holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Several<S>(pub(crate) S);

impl<S: Simd> Load for Several<S> {
    type Number = NativeLane<S>;
    const WIDTH: usize = NativeLane::<S>::WIDTH;
    #[inline(always)]
    fn load(self, from: &[f64]) -> NativeLane<S> {
        NativeLane::from_slice(self.0, from)
    }
    #[inline(always)]
    fn store(self, number: NativeLane<S>, to: &mut [f64]) {
        number.store(to);
    }
    #[inline(always)]
    fn load_single(self, from: &[f32]) -> [NativeLane<S>; 2] {
        let (low, high) = S::f32s::from_slice(self.0, from).widen();
        [Lane(low, PhantomData), Lane(high, PhantomData)]
    }
    #[inline(always)]
    fn store_single(self, numbers: [NativeLane<S>; 2], to: &mut [f32]) {
        numbers[0].0.narrow(numbers[1].0).store_slice(to);
    }
    #[inline(always)]
    fn transpose(self, tile: &mut [[f32; LANES]; LANES]) {
        // Three times what a shuffle of cards does: row i meets row i + 4, numbers alternate.
        let mut rows = [f32x8::splat(self.0, 0.0); LANES];
        for (row, from) in rows.iter_mut().zip(tile.iter()) {
            *row = f32x8::from_slice(self.0, from);
        }
        for _ in 0..3 {
            let before = rows;
            for i in 0..LANES / 2 {
                let (low, high) = self.0.interleave_f32x8(before[i], before[i + LANES / 2]);
                (rows[2 * i], rows[2 * i + 1]) = (low, high);
            }
        }
        for (out, row) in tile.iter_mut().zip(&rows) {
            row.store_slice(out);
        }
    }
}

/// Floats in one vector `V` (by default eight) of the vector kind `S`.
#[derive(Clone, Copy)]
pub struct Lane<S: Simd, V = f64x8<S>>(V, PhantomData<S>);

/// As many floats as a register of `S` holds.
pub type NativeLane<S> = Lane<S, <S as Simd>::f64s>;

/// A comparison of lanes.
#[derive(Clone, Copy)]
pub struct LaneMask<S: Simd, V: Floats<S>>(V::Mask);

/// A vector of `f64`.
pub trait Floats<S: Simd>: SimdFloat<S, Element = f64> {}
impl<S: Simd, V: SimdFloat<S, Element = f64>> Floats<S> for V {}

impl<S: Simd> Lane<S> {
    /// The first [`LANES`] elements of a slice.
    #[inline(always)]
    pub fn load(simd: S, from: &[f64; LANES]) -> Self {
        Lane(f64x8::simd_from(simd, *from), PhantomData)
    }
    /// All elements the same.
    #[inline(always)]
    pub fn splat(simd: S, value: f64) -> Self {
        Lane(f64x8::splat(simd, value), PhantomData)
    }
}

impl<S: Simd, V: Floats<S>> Lane<S, V> {
    /// How many floats it holds.
    pub const WIDTH: usize = V::LEN;

    /// From a slice of its width.
    #[inline(always)]
    pub fn from_slice(simd: S, from: &[f64]) -> Self {
        Lane(V::from_slice(simd, from), PhantomData)
    }
    /// Back to memory, to a slice of its width.
    #[inline(always)]
    pub fn store(self, to: &mut [f64]) {
        self.0.store_slice(to);
    }
    #[inline(always)]
    fn of(self, c: f64) -> V {
        V::splat(self.0.token(), c)
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident),*) => {$(
        impl<S: Simd, V: Floats<S>> $trait for Lane<S, V> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self { Lane(self.0.$method(other.0), PhantomData) }
        }
        impl<S: Simd, V: Floats<S>> $trait<f64> for Lane<S, V> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self { Lane(self.0.$method(self.of(other)), PhantomData) }
        }
    )*};
}
operator!(Add add, Sub sub, Mul mul, Div div);

impl<S: Simd, V: Floats<S>> Neg for Lane<S, V> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Lane(-self.0, PhantomData)
    }
}
impl<S: Simd, V: Floats<S>> BitAnd for LaneMask<S, V> {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        LaneMask(self.0 & other.0)
    }
}
impl<S: Simd, V: Floats<S>> BitOr for LaneMask<S, V> {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        LaneMask(self.0 | other.0)
    }
}
impl<S: Simd, V: Floats<S>> Not for LaneMask<S, V> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        LaneMask(!self.0)
    }
}

impl<S: Simd, V: Floats<S>> Real for Lane<S, V> {
    type Mask = LaneMask<S, V>;
    #[inline(always)]
    fn lit(self, c: f64) -> Self {
        Lane(self.of(c), PhantomData)
    }
    #[inline(always)]
    fn lit2(self, c: [f64; 2]) -> Self {
        Lane(self.of(c[0]), PhantomData)
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
        Lane(mask.0.select(yes.0, no.0), PhantomData)
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        // The fused form on every level: the plain one is unfused on some, and the bits would differ.
        Lane(self.0.mul_add_precise(a.0, b.0), PhantomData)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Lane(self.0.abs(), PhantomData)
    }
    // One instruction, which takes its second operand where the first is not larger or not a number: the same as the
    // comparison and the choice of `Real::max`. Tests compare the levels.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Lane(other.0.max(self.0), PhantomData)
    }
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Lane(other.0.min(self.0), PhantomData)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Lane(self.0.sqrt(), PhantomData)
    }
    #[inline(always)]
    fn exp(self) -> Self {
        Self::call_plain(Function::Exp, self)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        Self::call_plain(Function::ExpM1, self)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        Self::call_plain(Function::Ln, self)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        Self::call_plain(Function::Ln1p, self)
    }
    // The same bits as in a vector; but a compiler moves what is done to single floats out of loops also where it stands
    // behind a branch.
    #[inline(always)]
    fn inverse_ln(self, base: f64) -> Self {
        self.lit(base.inverse_ln(base))
    }
}

impl<S: Simd, V: Floats<S>> Machine for Lane<S, V> {
    #[inline(always)]
    fn round(self) -> Self {
        Lane(self.0.round_ties_even(), PhantomData)
    }
    #[inline(always)]
    fn power_of_two(self) -> Self {
        (self + INTEGER_SHIFT).power_of_shifted()
    }
    #[inline(always)]
    fn power_of_shifted(self) -> Self {
        Lane(V::from_bits(self.0.to_bits() << 52), PhantomData)
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let simd = self.0.token();
        let splat = |bits: u64| V::Bits::splat(simd, bits);
        let bits = self.0.to_bits() - splat(SQRT_HALF_BITS);
        let fraction = (bits & splat(FRACTION_BITS)) + splat(SQRT_HALF_BITS);
        // An arithmetic shift and a conversion of 64-bit integers are slow before AVX-512; the exponent (a small
        // integer, made non-negative for a logical shift) is moved through the bits of a float instead, as in
        // `power_of_two`.
        let biased = (bits + splat(1024 << 52)) >> 52;
        let exponent = V::from_bits(biased + splat(TWO_52.to_bits()));
        (Lane(V::from_bits(fraction), PhantomData), Lane(exponent - self.of(TWO_52 + 1024.0), PhantomData))
    }
    #[inline(always)]
    fn quotient_power(self, other: Self) -> (Self, Self) {
        let simd = self.0.token();
        let splat = |bits: u64| V::Bits::splat(simd, bits);
        let bits = self.0.to_bits() - other.0.to_bits() + splat(BIAS_AND_HALF);
        let power = V::from_bits(bits & splat(!FRACTION_BITS));
        // The exponent moves through the bits of a float, as in `split`.
        let exponent = V::from_bits((bits >> 52) + splat(TWO_52.to_bits()));
        (Lane(power, PhantomData), Lane(exponent - self.of(EXPONENT_OF_BITS), PhantomData))
    }
    #[inline(always)]
    fn finite(self) -> Self::Mask {
        LaneMask(self.0.abs().simd_le(self.of(f64::MAX)))
    }
    #[inline(always)]
    fn add_bits(self, other: Self) -> Self {
        Lane(V::from_bits(self.0.to_bits() + other.0.to_bits()), PhantomData)
    }
    #[inline(always)]
    fn or_bits(self, other: Self) -> Self {
        Lane(V::from_bits(self.0.to_bits() | other.0.to_bits()), PhantomData)
    }
    #[inline(always)]
    fn differing_bits(self, other: Self) -> Self {
        Lane(V::from_bits(self.0.to_bits() ^ other.0.to_bits()), PhantomData)
    }
    #[inline(always)]
    fn bits_of(mask: Self::Mask) -> u64 {
        mask.0.to_bitmask()
    }
    #[inline(never)]
    fn call(function: Function, x: Twofold<Self>) -> Twofold<Self> {
        // Out of line there is no caller to take the vector instructions from: they are enabled again here.
        x.high.0.token().vectorize(
            #[inline(always)]
            || elementary::twofold(function, x),
        )
    }
    #[cfg_attr(debug_assertions, inline(never))]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn call_plain(function: Function, x: Self) -> Self {
        if cfg!(not(debug_assertions)) {
            return elementary::plain(function, x);
        }
        x.0.token().vectorize(
            #[inline(always)]
            || elementary::plain(function, x),
        )
    }
}
