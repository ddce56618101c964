//! Plain `f64` as a number: the reference, and the path of processors without wide vectors.

use super::{Function, Machine, Real, Twofold, elementary};

impl Real for f64 {
    type Mask = bool;
    #[inline(always)]
    fn lit(self, c: f64) -> f64 {
        c
    }
    #[inline(always)]
    fn lit2(self, c: [f64; 2]) -> f64 {
        c[0]
    }
    #[inline(always)]
    fn le(self, other: f64) -> bool {
        self <= other
    }
    #[inline(always)]
    fn lt(self, other: f64) -> bool {
        self < other
    }
    #[inline(always)]
    fn same(self, other: f64) -> bool {
        self == other
    }
    #[inline(always)]
    fn when(mask: bool, yes: f64, no: f64) -> f64 {
        // Without a branch: formulas are hundreds of choices, and a compiler's time grows with the square of their number.
        std::hint::select_unpredictable(mask, yes, no)
    }
    #[inline(always)]
    fn mul_add(self, a: f64, b: f64) -> f64 {
        f64::mul_add(self, a, b)
    }
    #[inline(always)]
    fn abs(self) -> f64 {
        f64::abs(self)
    }
    #[inline(always)]
    fn sqrt(self) -> f64 {
        f64::sqrt(self)
    }
    // Never the platform's own functions: they differ from machine to machine.
    #[inline(always)]
    fn exp(self) -> f64 {
        Self::call_plain(Function::Exp, self)
    }
    #[inline(always)]
    fn exp_m1(self) -> f64 {
        Self::call_plain(Function::ExpM1, self)
    }
    #[inline(always)]
    fn ln(self) -> f64 {
        Self::call_plain(Function::Ln, self)
    }
    #[inline(always)]
    fn ln_1p(self) -> f64 {
        Self::call_plain(Function::Ln1p, self)
    }
}

impl Machine for f64 {
    #[inline(always)]
    fn round(self) -> f64 {
        self.round_ties_even()
    }
    #[inline(always)]
    fn power_of_two(self) -> f64 {
        (self + super::lane::INTEGER_SHIFT).power_of_shifted()
    }
    #[inline(always)]
    fn power_of_shifted(self) -> f64 {
        // The shift drops all but the low bits.
        f64::from_bits(self.to_bits() << 52)
    }
    #[inline(always)]
    fn split(self) -> (f64, f64) {
        let bits = self.to_bits().wrapping_sub(super::lane::SQRT_HALF_BITS);
        let exponent = (bits as i64) >> 52;
        (f64::from_bits((bits & super::lane::FRACTION_BITS).wrapping_add(super::lane::SQRT_HALF_BITS)), exponent as f64)
    }
    #[inline(always)]
    fn quotient_power(self, other: f64) -> (f64, f64) {
        use super::lane::{BIAS_AND_HALF, EXPONENT_OF_BITS, FRACTION_BITS, TWO_52};
        let bits = self.to_bits().wrapping_sub(other.to_bits()).wrapping_add(BIAS_AND_HALF);
        let power = f64::from_bits(bits & !FRACTION_BITS);
        (power, f64::from_bits((bits >> 52) + TWO_52.to_bits()) - EXPONENT_OF_BITS)
    }
    #[inline(always)]
    fn finite(self) -> bool {
        self.abs() <= f64::MAX
    }
    #[inline(always)]
    fn add_bits(self, other: f64) -> f64 {
        f64::from_bits(self.to_bits().wrapping_add(other.to_bits()))
    }
    #[inline(always)]
    fn or_bits(self, other: f64) -> f64 {
        f64::from_bits(self.to_bits() | other.to_bits())
    }
    #[inline(always)]
    fn differing_bits(self, other: f64) -> f64 {
        f64::from_bits(self.to_bits() ^ other.to_bits())
    }
    #[inline(always)]
    fn bits_of(mask: bool) -> u64 {
        u64::from(mask)
    }
    #[inline(never)]
    fn call(function: Function, x: Twofold<f64>) -> Twofold<f64> {
        elementary::twofold(function, x)
    }
    #[cfg_attr(debug_assertions, inline(never))]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn call_plain(function: Function, x: f64) -> f64 {
        elementary::plain(function, x)
    }
}
