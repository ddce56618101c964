//! 256 bits and an exponent without end: the last resort of [`Guarded`](super::Guarded) where two floats are too few.
//!
//! Some thousand times slower than a float, so it only computes the few elements in which nearly everything cancels or a
//! step in between leaves the range of `f64`. Operations truncate; each is right to some 250 bits, the elementary
//! functions to some 230. Infinities and NaN follow IEEE 754.

use super::Real;
use super::constants::LN2_LIMBS;
use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// The significand, least limb first; the highest bit is set.
type Limbs = [u64; 4];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Zero,
    /// `limbs · 2^(exponent - 256)`, in [2^(exponent-1), 2^exponent).
    Finite,
    Infinite,
    Nan,
}

/// A number of 256 bits.
#[derive(Clone, Copy, Debug)]
pub struct Long {
    kind: Kind,
    negative: bool,
    exponent: i64,
    limbs: Limbs,
}

const ZERO: Long = Long { kind: Kind::Zero, negative: false, exponent: 0, limbs: [0; 4] };
const NAN: Long = Long { kind: Kind::Nan, ..ZERO };
const INFINITY: Long = Long { kind: Kind::Infinite, ..ZERO };
const LN2: Long = Long { kind: Kind::Finite, negative: false, exponent: 0, limbs: LN2_LIMBS };

/// Beyond this many binary digits a number is an infinity to every formula here.
const FAR: i64 = 1 << 50;

fn compare(a: &Limbs, b: &Limbs) -> Ordering {
    a.iter().rev().cmp(b.iter().rev())
}
/// `a + b` and the carry.
fn sum(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (mut out, mut carry) = ([0; 4], false);
    for i in 0..4 {
        let (x, c1) = a[i].overflowing_add(b[i]);
        let (x, c2) = x.overflowing_add(u64::from(carry));
        (out[i], carry) = (x, c1 | c2);
    }
    (out, carry)
}
/// `a - b` for `a >= b`.
fn difference(a: &Limbs, b: &Limbs) -> Limbs {
    let (mut out, mut borrow) = ([0; 4], false);
    for i in 0..4 {
        let (x, b1) = a[i].overflowing_sub(b[i]);
        let (x, b2) = x.overflowing_sub(u64::from(borrow));
        (out[i], borrow) = (x, b1 | b2);
    }
    out
}
/// `a / 2^shift`, truncated.
fn right(a: &Limbs, shift: u64) -> Limbs {
    let (whole, part) = ((shift / 64) as usize, shift % 64);
    std::array::from_fn(|i| {
        let limb = |i: usize| a.get(i).copied().unwrap_or(0);
        let (low, high) = (limb(i + whole), limb(i + whole + 1));
        if part == 0 { low } else { low >> part | high << (64 - part) }
    })
}
/// `a · 2^shift`, what leaves at the top is lost.
fn left(a: &Limbs, shift: u64) -> Limbs {
    let (whole, part) = ((shift / 64) as usize, shift % 64);
    std::array::from_fn(|i| {
        let limb = |i: Option<usize>| i.map_or(0, |i| a[i]);
        let (high, low) = (limb(i.checked_sub(whole)), limb(i.checked_sub(whole + 1)));
        if part == 0 { high } else { high << part | low >> (64 - part) }
    })
}
fn leading_zeros(a: &Limbs) -> u64 {
    let mut zeros = 0;
    for limb in a.iter().rev() {
        zeros += u64::from(limb.leading_zeros());
        if *limb != 0 {
            break;
        }
    }
    zeros
}

impl Long {
    fn finite(negative: bool, exponent: i64, limbs: Limbs) -> Long {
        let zeros = leading_zeros(&limbs);
        if zeros == 256 {
            return ZERO;
        }
        let exponent = exponent - zeros as i64;
        if exponent > FAR {
            return Long { negative, ..INFINITY };
        }
        if exponent < -FAR {
            return Long { negative, ..ZERO };
        }
        Long { kind: Kind::Finite, negative, exponent, limbs: left(&limbs, zeros) }
    }

    /// Exactly `x`.
    #[must_use]
    pub fn from(x: f64) -> Long {
        let negative = x.is_sign_negative();
        if x.is_nan() {
            return NAN;
        }
        if x.is_infinite() {
            return Long { negative, ..INFINITY };
        }
        if x == 0.0 {
            return Long { negative, ..ZERO };
        }
        let bits = x.abs().to_bits();
        let (field, fraction) = ((bits >> 52) as i64, bits & ((1 << 52) - 1));
        let (mantissa, exponent) = if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
        Long::finite(negative, exponent + 256, [mantissa, 0, 0, 0])
    }

    /// The nearest `f64`, ties to even, gradual underflow and overflow as in IEEE 754.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        let magnitude = match self.kind {
            Kind::Nan => return f64::NAN,
            Kind::Zero => 0.0,
            Kind::Infinite => f64::INFINITY,
            Kind::Finite if self.exponent > 1024 => f64::INFINITY,
            Kind::Finite if self.exponent < -1074 => 0.0,
            Kind::Finite => {
                // How many bits of the significand the format keeps here: 53, fewer below the normal range.
                let kept = (self.exponent + 1074).clamp(0, 53) as u64;
                let drop = 256 - kept;
                let head = if kept == 0 { 0 } else { right(&self.limbs, drop)[0] };
                // The first bit that is dropped, and whether any behind it is set.
                let first = right(&self.limbs, drop - 1)[0] & 1 == 1;
                let behind = left(&self.limbs, kept + 1) != [0; 4];
                let head = head + u64::from(first && (behind || head & 1 == 1));
                // Both steps are exact, or overflow to infinity where they should.
                let exponent = self.exponent - kept as i64;
                let half = (exponent / 2) as i32;
                head as f64 * power(half) * power((exponent - i64::from(half)) as i32)
            }
        };
        if self.negative { -magnitude } else { magnitude }
    }

    fn is_negative_number(self) -> bool {
        self.negative && self.kind != Kind::Zero
    }

    /// `self · 2^k`.
    pub(crate) fn scaled(self, k: i64) -> Long {
        if self.kind == Kind::Finite { Long::finite(self.negative, self.exponent + k, self.limbs) } else { self }
    }

    /// `self / n`.
    fn over(self, n: u64) -> Long {
        let (mut out, mut rest) = ([0; 4], 0_u128);
        for i in (0..4).rev() {
            let part = rest << 64 | u128::from(self.limbs[i]);
            out[i] = (part / u128::from(n)) as u64;
            rest = part % u128::from(n);
        }
        if self.kind == Kind::Finite { Long::finite(self.negative, self.exponent, out) } else { self }
    }

    fn ordering(self, other: Long) -> Option<Ordering> {
        if self.kind == Kind::Nan || other.kind == Kind::Nan {
            return None;
        }
        let sign = |x: Long| {
            if x.kind == Kind::Zero {
                0
            } else if x.negative {
                -1
            } else {
                1
            }
        };
        let order = sign(self).cmp(&sign(other));
        if order != Ordering::Equal || self.kind == Kind::Zero {
            return Some(order);
        }
        let rank = |x: Long| if x.kind == Kind::Infinite { i64::MAX } else { x.exponent };
        let magnitude = rank(self).cmp(&rank(other)).then_with(|| compare(&self.limbs, &other.limbs));
        Some(if self.negative { magnitude.reverse() } else { magnitude })
    }

    /// `exp(r) - 1` for |r| < 1/2, without cancellation.
    fn exp_m1_reduced(self) -> Long {
        // Taylor's series of r/2^16, then e^(2t) - 1 = (e^t - 1)(e^t + 1), sixteen times.
        const HALVINGS: i64 = 16;
        let t = self.scaled(-HALVINGS);
        let mut sum = Long::from(1.0);
        for n in (2..=15).rev() {
            sum = Long::from(1.0) + (t * sum).over(n);
        }
        let mut e = t * sum;
        for _ in 0..HALVINGS {
            e = e * (e + 2.0);
        }
        e
    }

    /// The integer nearest `self / ln 2`, and what remains; `None` where the exponential is out of any range.
    fn reduced(self) -> Option<(i64, Long)> {
        if self.exponent > 48 {
            return None;
        }
        let k = (self.to_f64() * std::f64::consts::LOG2_E).round_ties_even();
        Some((k as i64, self - LN2 * k))
    }

    fn beyond(self, at_minus_infinity: Long) -> Long {
        match self.kind {
            Kind::Nan => NAN,
            _ if self.negative => at_minus_infinity,
            _ => INFINITY,
        }
    }
}

/// `2^k` for k in [-1022, 1023].
fn power(k: i32) -> f64 {
    f64::from_bits(((i64::from(k) + 1023) as u64) << 52)
}

impl Neg for Long {
    type Output = Long;
    fn neg(self) -> Long {
        Long { negative: !self.negative, ..self }
    }
}
impl Add for Long {
    type Output = Long;
    fn add(self, other: Long) -> Long {
        match (self.kind, other.kind) {
            (Kind::Nan, _) | (_, Kind::Nan) => return NAN,
            (Kind::Infinite, Kind::Infinite) if self.negative != other.negative => return NAN,
            (Kind::Infinite, _) => return self,
            (_, Kind::Infinite) => return other,
            (Kind::Zero, Kind::Zero) => return Long { negative: self.negative && other.negative, ..ZERO },
            (Kind::Zero, _) => return other,
            (_, Kind::Zero) => return self,
            _ => {}
        }
        let larger = (self.exponent, self.limbs[3]) >= (other.exponent, other.limbs[3]);
        let swap = if larger && self.exponent == other.exponent {
            compare(&self.limbs, &other.limbs) == Ordering::Less
        } else {
            !larger
        };
        let (a, b) = if swap { (other, self) } else { (self, other) };
        let shift = (a.exponent - b.exponent) as u64;
        if shift >= 256 {
            return a;
        }
        let aligned = right(&b.limbs, shift);
        if a.negative != b.negative {
            return Long::finite(a.negative, a.exponent, difference(&a.limbs, &aligned));
        }
        let (limbs, carry) = sum(&a.limbs, &aligned);
        if !carry {
            return Long::finite(a.negative, a.exponent, limbs);
        }
        let mut limbs = right(&limbs, 1);
        limbs[3] |= 1 << 63;
        Long::finite(a.negative, a.exponent + 1, limbs)
    }
}
impl Sub for Long {
    type Output = Long;
    fn sub(self, other: Long) -> Long {
        self + -other
    }
}
impl Mul for Long {
    type Output = Long;
    fn mul(self, other: Long) -> Long {
        let negative = self.negative != other.negative;
        match (self.kind, other.kind) {
            (Kind::Nan, _) | (_, Kind::Nan) | (Kind::Infinite, Kind::Zero) | (Kind::Zero, Kind::Infinite) => {
                return NAN;
            }
            (Kind::Infinite, _) | (_, Kind::Infinite) => return Long { negative, ..INFINITY },
            (Kind::Zero, _) | (_, Kind::Zero) => return Long { negative, ..ZERO },
            _ => {}
        }
        let mut wide = [0_u64; 8];
        for i in 0..4 {
            let mut carry = 0_u128;
            for j in 0..4 {
                let part = u128::from(self.limbs[i]) * u128::from(other.limbs[j]) + u128::from(wide[i + j]) + carry;
                wide[i + j] = part as u64;
                carry = part >> 64;
            }
            wide[i + 4] = carry as u64;
        }
        // The product has 511 or 512 bits: one more is taken along where the highest is not set.
        let exponent = self.exponent + other.exponent;
        let high = [wide[4], wide[5], wide[6], wide[7]];
        if wide[7] >> 63 == 1 {
            return Long::finite(negative, exponent, high);
        }
        let mut shifted = left(&high, 1);
        shifted[0] |= wide[3] >> 63;
        Long::finite(negative, exponent - 1, shifted)
    }
}
impl Div for Long {
    type Output = Long;
    fn div(self, other: Long) -> Long {
        let negative = self.negative != other.negative;
        match (self.kind, other.kind) {
            (Kind::Nan, _) | (_, Kind::Nan) | (Kind::Infinite, Kind::Infinite) | (Kind::Zero, Kind::Zero) => {
                return NAN;
            }
            (Kind::Infinite, _) | (_, Kind::Zero) => return Long { negative, ..INFINITY },
            (Kind::Zero, _) | (_, Kind::Infinite) => return Long { negative, ..ZERO },
            _ => {}
        }
        // Newton's method for the reciprocal of the significand, in [1, 2): each step doubles the right bits.
        let divisor = Long { exponent: 1, negative: false, ..other };
        let mut reciprocal = Long::from(1.0 / divisor.to_f64());
        for _ in 0..3 {
            reciprocal = reciprocal + reciprocal * (Long::from(1.0) - divisor * reciprocal);
        }
        let dividend = Long { exponent: 1, negative: false, ..self };
        let quotient = dividend * reciprocal;
        // What the last truncations lost, so that exact quotients come out exact.
        let quotient = quotient + (dividend - quotient * divisor) * reciprocal;
        let scaled = quotient.scaled(self.exponent - other.exponent);
        Long { negative: scaled.negative != negative, ..scaled }
    }
}
macro_rules! with_constant {
    ($($trait:ident $method:ident),*) => {$(
        impl $trait<f64> for Long {
            type Output = Long;
            fn $method(self, constant: f64) -> Long { self.$method(Long::from(constant)) }
        }
    )*};
}
with_constant!(Add add, Sub sub, Mul mul, Div div);

impl Real for Long {
    type Mask = bool;
    fn lit(self, c: f64) -> Long {
        Long::from(c)
    }
    fn lit2(self, c: [f64; 2]) -> Long {
        Long::from(c[0]) + c[1]
    }
    fn le(self, other: Long) -> bool {
        self.ordering(other).is_some_and(Ordering::is_le)
    }
    fn lt(self, other: Long) -> bool {
        self.ordering(other).is_some_and(Ordering::is_lt)
    }
    fn same(self, other: Long) -> bool {
        self.ordering(other).is_some_and(Ordering::is_eq)
    }
    fn when(mask: bool, yes: Long, no: Long) -> Long {
        if mask { yes } else { no }
    }
    fn mul_add(self, a: Long, b: Long) -> Long {
        self * a + b
    }
    fn abs(self) -> Long {
        Long { negative: false, ..self }
    }
    fn sqrt(self) -> Long {
        if self.kind != Kind::Finite {
            return if self.is_negative_number() { NAN } else { self };
        }
        if self.negative {
            return NAN;
        }
        // A significand in [1/2, 2) and an even exponent.
        let odd = self.exponent.rem_euclid(2);
        let significand = Long { exponent: odd, ..self };
        let mut root = Long::from(significand.to_f64().sqrt());
        for _ in 0..3 {
            root = (root + significand / root).scaled(-1);
        }
        root.scaled((self.exponent - odd) / 2)
    }
    fn exp(self) -> Long {
        match (self.kind, self.reduced()) {
            (Kind::Zero, _) => Long::from(1.0),
            (Kind::Finite, Some((k, r))) => (r.exp_m1_reduced() + 1.0).scaled(k),
            _ => self.beyond(ZERO),
        }
    }
    fn exp_m1(self) -> Long {
        match (self.kind, self.reduced()) {
            (Kind::Zero, _) => self,
            (Kind::Finite, Some((0, r))) => r.exp_m1_reduced(),
            (Kind::Finite, Some((k, r))) => (r.exp_m1_reduced() + 1.0).scaled(k) - 1.0,
            _ => self.beyond(Long::from(-1.0)),
        }
    }
    fn ln(self) -> Long {
        match self.kind {
            Kind::Zero => -INFINITY,
            _ if self.negative => NAN,
            Kind::Finite => {
                // A significand in [3/4, 3/2).
                let significand = Long { exponent: 0, ..self };
                let (k, significand) = if significand.lt(Long::from(0.75)) {
                    (self.exponent - 1, significand.scaled(1))
                } else {
                    (self.exponent, significand)
                };
                LN2 * k as f64 + (significand - 1.0).ln_1p()
            }
            _ => self,
        }
    }
    fn ln_1p(self) -> Long {
        let t = self;
        match t.kind {
            Kind::Finite if t.abs().le(Long::from(0.5)) => {
                if t.exponent < -90 {
                    // t - t²/2 + t³/3: the next term is below the last bit.
                    return t - t * t * (Long::from(0.5) - t.over(3));
                }
                // Halley's method on expm1(y) = t: each step triples the right bits.
                let mut y = Long::from(super::elementary::ln_1p(t.to_f64()));
                for _ in 0..2 {
                    let e = Real::exp_m1(y);
                    y = y + (t - e) / (t + e + 2.0) * 2.0;
                }
                y
            }
            Kind::Finite => (t + 1.0).ln(),
            Kind::Infinite if t.negative => NAN,
            _ => t,
        }
    }
    // The short series of the other numbers end at 106 bits; here there are bits to spare for the direct forms.
    fn log1p_minus(self) -> Long {
        let t = self;
        if t.kind == Kind::Finite && t.exponent < -60 {
            return t * t * (t.over(3) - 0.5 - t * t.over(4));
        }
        -t.outgrowing(t.ln_1p())
    }
    fn phi(self) -> Long {
        let t = self;
        if t.kind == Kind::Finite && t.exponent < -60 {
            return t * t * (Long::from(0.5) - t.over(6) + t * t.over(12));
        }
        t.ln_1p().weighted(t + 1.0) - t
    }
    fn psi(self) -> Long {
        let d = Real::abs(self);
        if d.kind == Kind::Finite && d.exponent < -60 {
            let s = d * d;
            return s * (Long::from(1.0) + s.over(6) + s * s.over(15));
        }
        let one = Long::from(1.0);
        d.ln_1p().weighted(one + d) + (-d).ln_1p().weighted(one - d)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> Vec<f64> {
        let mut all =
            vec![0.0, 5e-324, 1e-310, f64::MIN_POSITIVE, 1e-200, 1e-17, 0.1, 0.5, 0.75, 1.0, 1.5, 3.0, 1e9, 1e200];
        all.extend([f64::MAX, f64::INFINITY, 1.0 + f64::EPSILON, 1.0 - f64::EPSILON / 2.0, 700.0, 36.7]);
        all.iter().flat_map(|x| [*x, -*x]).collect()
    }
    fn same(a: f64, b: f64) -> bool {
        a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
    }

    #[test]
    fn arithmetic_rounded_once_is_that_of_the_processor() {
        for x in numbers() {
            assert!(same(Long::from(x).to_f64(), x), "{x}");
            assert!(same(Real::sqrt(Long::from(x)).to_f64(), x.sqrt()), "√{x}");
            for y in numbers() {
                let (a, b) = (Long::from(x), Long::from(y));
                for (name, got, want) in
                    [("+", a + b, x + y), ("-", a - b, x - y), ("*", a * b, x * y), ("/", a / b, x / y)]
                {
                    // An underflow to zero keeps its sign in both.
                    assert!(same(got.to_f64(), want), "{x} {name} {y}: {} is not {want}", got.to_f64());
                }
                assert_eq!((a.lt(b), a.le(b), a.same(b)), (x < y, x <= y, x == y), "{x} {y}");
            }
        }
    }

    #[test]
    fn functions_are_inverses_to_220_bits() {
        for x in [1e-300, 1e-30, 1e-20, 1e-9, 0.01, 0.4, 0.5, 0.7, 1.0, 5.0, 300.0, 1e6] {
            for x in [x, -x] {
                let x = Long::from(x);
                let close = |a: Long, b: Long| ((a - b) / b).abs().to_f64() < power(-220);
                assert!(close(x.exp_m1().ln_1p(), x) || x.lt(Long::from(-20.0)), "{}", x.to_f64());
                assert!(close(x.exp() * (-x).exp(), Long::from(1.0)), "{}", x.to_f64());
                assert!(close(x.exp().ln(), x) || x.abs().lt(Long::from(1e-6)), "{}", x.to_f64());
            }
        }
    }

    #[test]
    fn limits_are_exact() {
        let at = |x: f64| Long::from(x);
        let infinity = f64::INFINITY;
        assert_eq!([at(infinity).exp().to_f64(), at(-infinity).exp().to_f64()], [infinity, 0.0]);
        assert_eq!([at(-infinity).exp_m1().to_f64(), at(0.0).ln().to_f64()], [-1.0, -infinity]);
        assert_eq!([at(-1.0).ln_1p().to_f64(), at(infinity).ln_1p().to_f64()], [-infinity, infinity]);
        assert!(at(-1.0).ln().to_f64().is_nan() && at(-2.0).ln_1p().to_f64().is_nan());
        assert_eq!([at(1e300).exp().to_f64(), at(-1e300).exp().to_f64()], [infinity, 0.0]);
    }
}
