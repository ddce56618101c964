//! Exponential and logarithm: plain and twofold, and short where that is enough.
//!
//! Short results are right to 42 bits; they feed results stored in `f32`, which need 32 of them. Plain results are
//! within 3 ULP of `f64` and keep subnormals. Twofold results are right to 96 bits. Every step is an addition, a multiplication,
//! a fused multiply-add or a bit operation, so every processor gives the same bits.

use super::constants::{INVERSE_FACTORIAL, LN2_REST};
use super::guarded::power;
use super::lane::INTEGER_SHIFT;
use super::{Compensated, Function, Machine, Real, Twofold};

const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// ln 2 in three parts; the first has 21 trailing zero bits, so that k times it is exact.
const LN2_HIGH: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
const LN2_MIDDLE: f64 = f64::from_bits(0x3DEA_39EF_3579_3C76);
const LN2_LOW: f64 = LN2_REST;
/// ln 2 to some 130 bits: the sum of these.
pub(crate) const LN_2: [f64; 3] = [LN2_HIGH, LN2_MIDDLE, LN2_LOW];

/// Beyond these, exp is infinite or zero; they keep the scale factors in range.
const EXP_MAX: f64 = 710.0;
const EXP_MIN: f64 = -746.0;

/// `self * 2^k` for integral k in [-2000, 2000], rounded once at the end.
#[inline(always)]
pub(super) fn scale<M: Machine>(x: M, k: M) -> M {
    // In two steps, because 2^k itself may be out of range where x 2^k is not.
    let half = (k * 0.5).round();
    x * half.power_of_two() * (k - half).power_of_two()
}

/// `x` moved into the range where scaling works; NaN stays NaN.
#[inline(always)]
fn bounded<M: Machine>(x: M) -> M {
    let x = M::when(x.lt(x.lit(EXP_MIN)), x.lit(EXP_MIN), x);
    M::when(x.lit(EXP_MAX).lt(x), x.lit(EXP_MAX), x)
}

/// k and r with `x = k ln 2 + r`, |r| <= 0.347.
#[inline(always)]
fn reduce<M: Machine>(x: M) -> (M, M) {
    let k = (x * LOG2_E).round();
    let r = k.mul_add(k.lit(-LN2_HIGH), x);
    (k, k.mul_add(k.lit(-LN2_MIDDLE), r))
}

// ---- short: for results of 24 bits or fewer ----

/// `(e^r - 1 - r)/r²` on |r| <= ln 2/2 by Remez' exchange: e^r is right to 2^-45.8.
const SHORT_EXP: [f64; 8] = [
    0.499_999_999_996_643_1,
    0.166_666_666_672_651_87,
    0.041_666_666_962_244_71,
    0.008_333_333_095_098_384,
    0.001_388_881_114_428_894,
    0.000_198_415_390_808_967_68,
    2.488_081_004_463_560_2e-5,
    2.749_306_831_913_771e-6,
];
/// The least exponent whose power is a normal number, and the largest.
pub(crate) const SHORT_EXP_MIN: f64 = -708.0;
const SHORT_EXP_MAX: f64 = 709.0;

/// `e^x` between the two, right to 2^-43; it is 1 at 0, exactly.
#[inline(always)]
pub(crate) fn exp_of_normal_short<M: Machine>(x: M) -> M {
    // The sum ends in the rounded exponent, in the place from where a shift makes a power of it.
    let shifted = x.mul_add(x.lit(LOG2_E), x.lit(INTEGER_SHIFT));
    let r = (shifted - INTEGER_SHIFT).mul_add(x.lit(-std::f64::consts::LN_2), x);
    let q = (polynomial(r, &SHORT_EXP) * r).mul_add(r, r);
    let power = shifted.power_of_shifted();
    q.mul_add(power, power)
}

/// Even and odd powers apart where there are many: each step waits for the one before, and two chains of half the length
/// are done in half the time.
#[inline(always)]
fn polynomial<M: Machine>(x: M, coefficients: &[f64]) -> M {
    if coefficients.len() < 8 {
        return chain(x, x, coefficients, 1);
    }
    let square = x * x;
    chain(x, square, &coefficients[1..], 2).mul_add(x, chain(x, square, coefficients, 2))
}

/// A polynomial in `power`, of every `step`th coefficient.
#[inline(always)]
fn chain<M: Machine>(like: M, power: M, coefficients: &[f64], step: usize) -> M {
    let mut place = (coefficients.len() - 1) / step * step;
    let mut sum = like.lit(coefficients[place]);
    while place > 0 {
        place -= step;
        sum = sum.mul_add(power, like.lit(coefficients[place]));
    }
    sum
}

/// `e^x` for x <= 0 and results of 24 bits: right to 2^-43, and 0 below 2^-1021.
#[inline(always)]
pub(super) fn exp_nonpositive_short<M: Machine>(x: M) -> M {
    M::when(x.lt(x.lit(SHORT_EXP_MIN)), x.lit(0.0), exp_of_normal_short(x))
}

/// The same for any x.
#[inline(always)]
pub(super) fn exp_short<M: Machine>(x: M) -> M {
    M::when(x.lit(SHORT_EXP_MAX).lt(x), x.lit(f64::INFINITY), exp_nonpositive_short(x))
}

/// `ln(1 + x)/x` on [0, 1] by Remez' exchange, right to 2^-43.5.
const SHORT_LN_1P: [f64; 16] = [
    0.999_999_999_999_921_3,
    -0.499_999_999_958_781_14,
    0.333_333_329_734_267_55,
    -0.249_999_875_132_938_28,
    0.199_997_710_441_608_9,
    -0.166_641_073_012_383_04,
    0.142_667_321_737_623_17,
    -0.124_013_012_852_307_74,
    0.107_372_932_022_740_77,
    -0.089_389_352_974_323_8,
    0.067_802_787_742_145_93,
    -0.043_833_239_328_688_41,
    0.022_414_456_345_326_548,
    -0.008_294_398_733_606_581,
    0.001_944_266_627_711_781_7,
    -0.000_214_672_098_425_190_67,
];

/// `ln(1 + x)` for 0 <= x <= 1 and results of 24 bits: right to 2^-43. No division, which would cost as much.
#[inline(always)]
pub(super) fn ln_1p_unit_short<M: Machine>(x: M) -> M {
    x * polynomial(x, &SHORT_LN_1P)
}

/// `2 artanh(s) / s` by powers of s², |s| <= 0.2004, by Remez' exchange: right to 2^-49.
const SHORT_ARTANH: [f64; 7] = [
    2.000_000_000_000_003,
    0.666_666_666_659_016_5,
    0.400_000_003_035_409_95,
    0.285_713_834_679_704_07,
    0.222_254_057_866_658_08,
    0.180_670_446_895_191_6,
    0.174_105_964_150_083_95,
];

/// `ln(p/q)` of positive normal numbers whose quotient is in range, right to 2^-46, next to 1 too. One division.
#[inline(always)]
pub(super) fn ln_quotient_short<M: Machine>(p: M, q: M) -> M {
    let (power, k) = p.quotient_power(q);
    // The difference is exact: neither is more than twice the other.
    let q = q * power;
    let s = (p - q) / (p + q);
    let log = s * polynomial(s * s, &SHORT_ARTANH);
    // Unless k is 0, it is the larger part: its quotient with the other is 1.7 at least.
    k.mul_add(k.lit(std::f64::consts::LN_2), log)
}

/// `(e^r - 1 - r)/r²` on |r| <= ln 2/2 by Remez' exchange: e^r is right to 2^-57.9.
const NORMAL_EXP: [f64; 10] = [
    0.500_000_000_000_001_1,
    0.166_666_666_666_664_1,
    0.041_666_666_666_529_73,
    0.008_333_333_333_495_003,
    0.001_388_888_894_375_891,
    0.000_198_412_695_057_136_7,
    2.480_149_295_061_905_4e-5,
    2.755_758_686_126_941_7e-6,
    2.763_030_593_332_016e-7,
    2.499_999_988_703_6e-8,
];

/// `e^x` between [`SHORT_EXP_MIN`] and 709, right to 2^-51; it is 1 at 0, exactly.
#[inline(always)]
pub(crate) fn exp_of_normal<M: Machine>(x: M) -> M {
    let shifted = x.mul_add(x.lit(LOG2_E), x.lit(INTEGER_SHIFT));
    let k = shifted - INTEGER_SHIFT;
    let r = k.mul_add(k.lit(-LN2_MIDDLE), k.mul_add(k.lit(-LN2_HIGH), x));
    let q = (polynomial(r, &NORMAL_EXP) * r).mul_add(r, r);
    let power = shifted.power_of_shifted();
    q.mul_add(power, power)
}

// ---- compensated: for results of 53 bits ----

/// `(e^r - 1 - r - r²/2 - r³/6)/r⁴` on |r| <= ln 2/2 by Remez' exchange: e^r is right to 2^-63.
const PAIR_EXP: [f64; 9] = [
    0.041_666_666_666_666_685,
    0.008_333_333_333_327_161,
    0.001_388_888_888_887_153_4,
    0.000_198_412_698_754_063_2,
    2.480_158_735_381_151e-5,
    2.755_725_294_803_345e-6,
    2.755_724_723_045_031e-7,
    2.510_647_627_354_042_6e-8,
    2.092_332_364_331_887_5e-9,
];
/// One sixth and two thirds.
const SIXTH: [f64; 2] = [1.0 / 6.0, 9.251_858_538_542_97e-18];
const TWO_THIRDS: [f64; 2] = [2.0 / 3.0, 3.700_743_415_417_188e-17];
/// Beyond it, tails and products come near the ends of the range.
const PAIR_EXP_MAX: f64 = 620.0;

/// `e^r - 1` and `2^k`, for `x = k ln 2 + r`; the tail is NaN where the two are not to be used.
#[inline(always)]
fn pair_exp_parts<M: Machine>(x: Compensated<M>) -> (Compensated<M>, M) {
    let shifted = x.head.mul_add(x.head.lit(LOG2_E), x.head.lit(INTEGER_SHIFT));
    let k = shifted - INTEGER_SHIFT;
    let wide = k.mul_add(k.lit(-LN2_HIGH), x.head);
    // Rounded at 2^-76 at most.
    let part = k * LN2_MIDDLE;
    let r = wide - part;
    let r_tail = ((wide - r) - part) + x.tail;
    let square = r * r;
    let square_tail = r.mul_add(r, -square);
    let cube = square * r;
    let cube_tail = square_tail.mul_add(r, square.mul_add(r, -cube));
    let third = cube * SIXTH[0];
    let third_tail = cube.mul_add(r.lit(SIXTH[0]), -third) + cube.mul_add(r.lit(SIXTH[1]), cube_tail * SIXTH[0]);
    let inner = Compensated::ordered_sum(square * 0.5, third);
    let sum = Compensated::ordered_sum(r, inner.head);
    let rest = polynomial(r, &PAIR_EXP).mul_add(square * square, square_tail.mul_add(r.lit(0.5), third_tail));
    // The derivative of e^r is what it is itself.
    let tail = (sum.tail + (inner.tail + rest)) + r_tail.mul_add(sum.head + rest, r_tail);
    let legal = x.head.abs().le(x.head.lit(PAIR_EXP_MAX));
    // The tail holds whole terms of the series: into the head with what fits there.
    let e = Compensated::ordered_sum(sum.head, tail);
    (Compensated::new(e.head, M::when(legal, e.tail, tail.lit(f64::NAN))), shifted.power_of_shifted())
}

/// `e^x`, right to 2^-61.
#[inline(always)]
pub(super) fn pair_exp<M: Machine>(x: Compensated<M>) -> Compensated<M> {
    let (e, power) = pair_exp_parts(x);
    let sum = Compensated::ordered_sum(power.lit(1.0), e.head);
    Compensated::new(sum.head * power, (sum.tail + e.tail) * power)
}

/// How far [`pair_exp_long`] may be off, relative.
pub(crate) const PAIR_EXP_LONG: f64 = power(-70);

/// `e^x`, right to 2^-70: for sums of which little is left. The tail is NaN where [`pair_exp`]'s is.
#[inline(always)]
pub(crate) fn pair_exp_long<M: Machine>(x: Compensated<M>) -> Compensated<M> {
    let shifted = x.head.mul_add(x.head.lit(LOG2_E), x.head.lit(INTEGER_SHIFT));
    let k = shifted - INTEGER_SHIFT;
    let wide = k.mul_add(k.lit(-LN2_HIGH), x.head);
    let part = k * LN2_MIDDLE;
    let part_tail = k.mul_add(k.lit(LN2_MIDDLE), -part) + k * LN2_LOW;
    let r = wide - part;
    // In order: what one float is enough for sees the head alone.
    let Compensated { head: r, tail: r_tail } = Compensated::ordered_sum(r, ((wide - r) - part) + (x.tail - part_tail));
    // From r⁶/6! on one float is enough.
    let mut rest = r.lit(INVERSE_FACTORIAL[17][0]);
    for n in (6..17).rev() {
        rest = rest.mul_add(r, r.lit(INVERSE_FACTORIAL[n][0]));
    }
    let mut sum = Compensated::new(rest, rest.lit(0.0));
    for [head, tail] in INVERSE_FACTORIAL[..6].iter().rev() {
        let product = sum.head * r;
        let rest = sum.head.mul_add(r, -product);
        let rest = sum.head.mul_add(r_tail, sum.tail.mul_add(r, rest));
        let s = Compensated::ordered_sum(r.lit(*head), product);
        sum = Compensated::new(s.head, s.tail + (rest + *tail));
    }
    let (sum, power) = (Compensated::ordered_sum(sum.head, sum.tail), shifted.power_of_shifted());
    let legal = x.head.abs().le(x.head.lit(PAIR_EXP_MAX));
    Compensated::new(sum.head * power, M::when(legal, sum.tail * power, r.lit(f64::NAN)))
}

/// `e^x - 1`, right to 2^-59.
#[inline(always)]
pub(super) fn pair_exp_m1<M: Machine>(x: Compensated<M>) -> Compensated<M> {
    let (e, power) = pair_exp_parts(x);
    let bracket = Compensated::from(power) - 1.0;
    Compensated::new(e.head * power, e.tail * power) + bracket
}

/// `(2 artanh(s)/s - 2 - 2 s²/3)/s⁴` by powers of s², |s| <= 0.2, by Remez' exchange: a logarithm is right to 2^-69.
const PAIR_ARTANH: [f64; 8] = [
    0.399_999_999_999_997_2,
    0.285_714_285_715_798_7,
    0.222_222_221_907_934_4,
    0.181_818_215_670_002_11,
    0.153_844_045_903_513_05,
    0.133_412_029_623_966_53,
    0.115_914_812_526_102_63,
    0.125_768_309_074_903_72,
];

/// `2 artanh(s)` of a quotient `s = numerator/denominator` of at most 0.2, right to 2^-61, plus `k ln 2` of an integer k.
#[inline(always)]
fn pair_artanh<M: Machine>(numerator: Compensated<M>, denominator: Compensated<M>, k: M) -> Compensated<M> {
    let s = numerator / denominator;
    let beyond = pair_artanh_beyond(s);
    let sum = Compensated::ordered_sum(s.head + s.head, beyond.head);
    let log = Compensated::ordered_sum(k * LN2_HIGH, sum.head);
    let tail = sum.tail + (beyond.tail + (s.tail + s.tail));
    Compensated::ordered_sum(log.head, k.mul_add(k.lit(LN2_MIDDLE), log.tail + tail))
}

/// `2 artanh(s) - 2 s`; the head is the first term of the series alone.
#[inline(always)]
fn pair_artanh_beyond<M: Machine>(s: Compensated<M>) -> Compensated<M> {
    let twice_tail = s.tail + s.tail;
    let square = s.head * s.head;
    let square_tail = s.head.mul_add(s.head, -square);
    let cube = square * s.head;
    let cube_tail = square_tail.mul_add(s.head, square.mul_add(s.head, -cube));
    let third = cube * TWO_THIRDS[0];
    let third_tail = cube.mul_add(s.head.lit(TWO_THIRDS[0]), -third)
        + cube.mul_add(s.head.lit(TWO_THIRDS[1]), cube_tail * TWO_THIRDS[0]);
    let fourth = square * square;
    // The derivative of 2 artanh(s) is 2 (1 + s² + s⁴ + …).
    let slope = twice_tail * (square + fourth);
    let rest = (polynomial(square, &PAIR_ARTANH) * s.head).mul_add(fourth, third_tail);
    Compensated::new(third, rest + slope)
}

/// The tail is NaN for numbers that are neither 0 nor positive and well inside the range.
#[inline(always)]
fn positive_or_nan<M: Machine>(x: M, log: Compensated<M>) -> Compensated<M> {
    let zero = x.lit(0.0);
    let legal = x.lit(f64::MIN_POSITIVE).le(x) & x.le(x.lit(PAIR_LN_MAX));
    let tail = M::when(legal, log.tail, M::when(x.same(zero), zero, x.lit(f64::NAN)));
    Compensated::new(M::when(x.same(zero), x.lit(f64::NEG_INFINITY), log.head), tail)
}

/// Larger numbers have no power of two that scales them to 1.
const PAIR_LN_MAX: f64 = 1e300;

/// Of `head + tail`, whose power of two is k, the part beyond 1; and its logarithm.
#[inline(always)]
fn pair_log_of<M: Machine>(rest: Compensated<M>, k: M) -> Compensated<M> {
    // 2 artanh((m - 1)/(m + 1))
    let denominator = Compensated::ordered_sum(rest.head.lit(2.0), rest.head);
    pair_artanh(rest, Compensated::new(denominator.head, denominator.tail + rest.tail), k)
}

/// `ln x`, right to 2^-61.
#[inline(always)]
pub(super) fn pair_ln<M: Machine>(x: Compensated<M>) -> Compensated<M> {
    let (m, k) = x.head.split();
    let rest = Compensated::new(m - 1.0, x.tail * (-k).power_of_two());
    positive_or_nan(x.head, pair_log_of(rest, k))
}

/// `ln(1 + x)`, right to 2^-61.
#[inline(always)]
pub(super) fn pair_ln_1p<M: Machine>(x: Compensated<M>) -> Compensated<M> {
    let u = x + 1.0;
    let (m, k) = u.head.split();
    let rest = Compensated::new(m - 1.0, u.tail * (-k).power_of_two());
    // Near 1, what it is more than 1 is x itself.
    let rest = Compensated::when(k.same(k.lit(0.0)), x, rest);
    positive_or_nan(u.head, pair_log_of(rest, k))
}

/// `ln(1 + x) - x`, right to 2^-58 next to 0 too. With `s = x/(2 + x)` it is `-x s + (2 artanh(s) - 2 s)`, where the first term is the
/// larger by far.
#[inline(always)]
pub(super) fn pair_log1p_minus<M: Machine>(x: Compensated<M>) -> Compensated<M> {
    let u = x + 1.0;
    let (m, k) = u.head.split();
    let near = k.same(k.lit(0.0));
    let rest = Compensated::when(near, x, Compensated::new(m - 1.0, u.tail * (-k).power_of_two()));
    let denominator = Compensated::ordered_sum(k.lit(2.0), rest.head);
    let s = rest / Compensated::new(denominator.head, denominator.tail + rest.tail);
    let beyond = pair_artanh_beyond(s);
    let first = -(x * s);
    let log = Compensated::ordered_sum(k * LN2_HIGH, s.head + s.head);
    let log = Compensated::ordered_sum(log.head, k.mul_add(k.lit(LN2_MIDDLE), log.tail + (s.tail + s.tail)));
    positive_or_nan(u.head, Compensated::when(near, first, log - x) + beyond)
}

/// `ln(1 + x)` for 0 <= x <= 1, right to 2^-61.
#[inline(always)]
pub(super) fn ln_1p_of_unit<M: Machine>(x: Compensated<M>) -> Compensated<M> {
    // From ½ on the logarithm of (1 + x)/2, whose quotient is (x - 1)/(x + 3).
    let (zero, one) = (x.head.lit(0.0), x.head.lit(1.0));
    let large = one.lit(0.5).le(x.head);
    let numerator = x.head - M::when(large, one, zero);
    let addend = M::when(large, one.lit(3.0), one.lit(2.0));
    let denominator = Compensated::ordered_sum(addend, x.head);
    pair_artanh(
        Compensated::new(numerator, x.tail),
        Compensated::new(denominator.head, denominator.tail + x.tail),
        M::when(large, one, zero),
    )
}

// ---- plain ----

/// `exp(r) - 1` for |r| <= 0.347.
#[inline(always)]
fn exp_m1_reduced<M: Machine>(r: M) -> M {
    let mut sum = r.lit(INVERSE_FACTORIAL[14][0]);
    for n in (2..14).rev() {
        sum = sum.mul_add(r, r.lit(INVERSE_FACTORIAL[n][0]));
    }
    (sum * r).mul_add(r, r)
}

#[inline(always)]
pub(super) fn exp<M: Machine>(x: M) -> M {
    let (k, r) = reduce(bounded(x));
    scale(exp_m1_reduced(r) + 1.0, k)
}

#[inline(always)]
pub(super) fn exp_m1<M: Machine>(x: M) -> M {
    let (k, r) = reduce(bounded(M::when(x.lt(x.lit(-45.0)), x.lit(-45.0), x)));
    let e = exp_m1_reduced(r);
    // 2^k e + (2^k - 1), the bracket first where it is the larger part.
    scale(e + (x.lit(1.0) - (-k).max(k.lit(-1000.0)).power_of_two()), k)
}

/// `2 artanh(s) / s = 2 Σ s^2n / (2n+1)` with |s| <= 0.1716.
#[inline(always)]
fn artanh_series<M: Machine>(s: M) -> M {
    let t = s * s;
    let mut sum = t.lit(2.0 / 25.0);
    for n in (0..12).rev() {
        sum = sum.mul_add(t, t.lit(2.0 / f64::from(2 * n + 1)));
    }
    sum
}

#[inline(always)]
pub(super) fn ln<M: Machine>(x: M) -> M {
    let zero = x.lit(0.0);
    // Subnormals are scaled up first, so that their bits can be read.
    let tiny = x.lt(x.lit(f64::MIN_POSITIVE));
    let (m, e) = M::when(tiny, x * TWO_54, x).split();
    let e = M::when(tiny, e - 54.0, e);
    let f = m - 1.0;
    let s = f / (f + 2.0);
    let log = e.mul_add(e.lit(LN2_HIGH), e.mul_add(e.lit(LN2_MIDDLE), s * artanh_series(s)));
    let log = M::when(x.finite(), log, x);
    let log = M::when(x.same(zero), x.lit(f64::NEG_INFINITY), log);
    M::when(x.lt(zero), x.lit(f64::NAN), log)
}

const TWO_54: f64 = 18_014_398_509_481_984.0;

#[inline(always)]
pub(super) fn ln_1p<M: Machine>(x: M) -> M {
    // As `ln` of 1 + x; but where that is near 1, what it is more than 1 is x itself, unrounded.
    let u = x + 1.0;
    let (m, e) = u.split();
    let f = M::when(e.same(e.lit(0.0)), x, m - 1.0);
    let s = f / (f + 2.0);
    let log = e.mul_add(e.lit(LN2_HIGH), e.mul_add(e.lit(LN2_MIDDLE), s * artanh_series(s)));
    let zero = u.lit(0.0);
    let log = M::when(u.finite(), log, u);
    let log = M::when(u.same(zero), u.lit(f64::NEG_INFINITY), log);
    M::when(u.lt(zero), u.lit(f64::NAN), log)
}

/// `Σ_{n>=0} (-t)^n / (n + first)`: the tail of ln(1+t)/t.
#[inline(always)]
pub(super) fn alternating<R: Real>(t: R, first: u32) -> R {
    let mut sum = t.lit(1.0) / f64::from(first + 8);
    for n in (0..8).rev() {
        sum = t.lit(1.0) / f64::from(first + n) - sum * t;
    }
    sum
}

/// The function itself; whoever calls it decides where it is compiled.
#[inline(always)]
pub(super) fn plain<M: Machine>(function: Function, x: M) -> M {
    match function {
        Function::Exp => exp(x),
        Function::ExpM1 => exp_m1(x),
        Function::Ln => ln(x),
        Function::Ln1p => ln_1p(x),
    }
}

// ---- twofold ----

/// The same in twofold precision.
#[inline(always)]
pub(super) fn twofold<M: Machine>(function: Function, x: Twofold<M>) -> Twofold<M> {
    match function {
        Function::Exp => exp_twofold(x),
        Function::ExpM1 => exp_m1_twofold(x),
        Function::Ln => ln_twofold(x),
        Function::Ln1p => ln_1p_twofold(x),
    }
}

/// Terms of the Taylor series that are summed in twofold precision; the rest fit in one float.
const TWOFOLD_TERMS: usize = 13;

#[inline(always)]
fn reduce_twofold<M: Machine>(x: Twofold<M>) -> (M, Twofold<M>) {
    let k = (x.high * LOG2_E).round();
    let r = x + Twofold::new(k * -LN2_HIGH, k.lit(0.0));
    let r = r + Twofold::product(k, k.lit(-LN2_MIDDLE));
    (k, r + Twofold::new(k * -LN2_LOW, k.lit(0.0)))
}

#[inline(always)]
fn exp_m1_reduced_twofold<M: Machine>(r: Twofold<M>) -> Twofold<M> {
    let h = r.high;
    let mut tail = h.lit(INVERSE_FACTORIAL[23][0]);
    for n in (TWOFOLD_TERMS..23).rev() {
        tail = tail.mul_add(h, h.lit(INVERSE_FACTORIAL[n][0]));
    }
    let mut sum = Twofold::new(tail, h.lit(0.0));
    for n in (1..TWOFOLD_TERMS).rev() {
        sum = sum * r + r.lit2(INVERSE_FACTORIAL[n]);
    }
    sum * r
}

#[inline(always)]
fn scale_twofold<M: Machine>(x: Twofold<M>, k: M) -> Twofold<M> {
    let half = (k * 0.5).round();
    let (p, q) = (half.power_of_two(), (k - half).power_of_two());
    Twofold::new(x.high * p * q, x.low * p * q)
}

#[inline(always)]
fn bounded_twofold<M: Machine>(x: Twofold<M>, least: f64) -> Twofold<M> {
    let zero = x.high.lit(0.0);
    let (below, above) = (x.high.lt(x.high.lit(least)), x.high.lit(EXP_MAX).lt(x.high));
    Twofold::new(
        M::when(below, x.high.lit(least), M::when(above, x.high.lit(EXP_MAX), x.high)),
        M::when(below | above, zero, x.low),
    )
}

#[inline(always)]
fn exp_twofold<M: Machine>(x: Twofold<M>) -> Twofold<M> {
    let (k, r) = reduce_twofold(bounded_twofold(x, EXP_MIN));
    let e = exp_m1_reduced_twofold(r);
    let result = scale_twofold(e + 1.0, k);
    // An overflown high part has no low part.
    Twofold::new(result.high, M::when(result.high.finite(), result.low, k.lit(0.0)))
}

#[inline(always)]
fn exp_m1_twofold<M: Machine>(x: Twofold<M>) -> Twofold<M> {
    // Below -100, e^x is beyond the 2^-106 that a twofold −1 can show.
    let (k, r) = reduce_twofold(bounded_twofold(x, -100.0));
    let e = exp_m1_reduced_twofold(r);
    let two_minus_k = (-k).max(k.lit(-1000.0)).power_of_two();
    let bracket = Twofold::sum(k.lit(1.0), -two_minus_k);
    let result = scale_twofold(e + bracket, k);
    Twofold::new(result.high, M::when(result.high.finite(), result.low, k.lit(0.0)))
}

#[inline(always)]
fn ln_1p_twofold<M: Machine>(t: Twofold<M>) -> Twofold<M> {
    // One Newton step on expm1(y) = t from the plain logarithm squares its relative error.
    let y = Twofold::new(ln_1p(t.high), t.high.lit(0.0));
    let e = exp_m1_twofold(y);
    let step = (t - e) / (e + 1.0);
    // Second order: ln(1 + step) = step - step²/2.
    let refined = y + step - step * step * 0.5;
    // At −1 and infinity, and where the step is not a number, the plain result is the limit.
    let good = refined.high.finite() & y.high.finite();
    Twofold::new(M::when(good, refined.high, y.high), M::when(good, refined.low, y.high.lit(0.0)))
}

/// The logarithm of `2^k` times what it is the logarithm of.
#[inline(always)]
fn with_power<M: Machine>(log: Twofold<M>, k: M) -> Twofold<M> {
    log + Twofold::new(k * LN2_HIGH, k.lit(0.0))
        + Twofold::product(k, k.lit(LN2_MIDDLE))
        + Twofold::new(k * LN2_LOW, k.lit(0.0))
}

/// `ln(p/q)` of positive normal numbers whose quotient is in range, next to 1 too.
#[inline(always)]
pub(super) fn ln_quotient_twofold<M: Machine>(p: Twofold<M>, q: Twofold<M>) -> Twofold<M> {
    let (power, k) = p.high.quotient_power(q.high);
    let q = Twofold::new(q.high * power, q.low * power);
    with_power(M::call(Function::Ln1p, (p - q) / q), k)
}

#[inline(always)]
fn ln_twofold<M: Machine>(x: Twofold<M>) -> Twofold<M> {
    let tiny = x.high.lt(x.high.lit(1e-280));
    let factor = M::when(tiny, x.high.lit(TWO_54 * TWO_54), x.high.lit(1.0));
    let scaled = Twofold::new(x.high * factor, x.low * factor);
    let (_, e) = scaled.high.split();
    // Both parts are divided by the same power of two: exact.
    let m = scale_twofold(scaled, -e);
    let e = M::when(tiny, e - 108.0, e);
    let log = with_power(ln_1p_twofold(m - 1.0), e);
    let plain = ln(x.high);
    let good = plain.finite() & log.high.finite();
    Twofold::new(M::when(good, log.high, plain), M::when(good, log.low, plain.lit(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Approximate, Guarded, Long};

    fn relative(x: Compensated<f64>, truth: Long) -> f64 {
        ((Long::from(x.head) + x.tail - truth) / truth).abs().to_f64()
    }

    /// Numbers with tails, of all sizes and next to where pieces meet.
    fn numbers() -> impl Iterator<Item = Compensated<f64>> {
        let mut state = 7_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..60_000).map(move |i| {
            let x = match i % 5 {
                0 => next() - 0.5,
                1 => (next() - 0.5) * power(-(i % 60)),
                2 => next() * 30.0,
                3 => -next() * 0.999,
                _ => 0.3 + next() * 0.3,
            };
            Compensated::new(x, x * f64::EPSILON * (next() - 0.5) * 0.5)
        })
    }

    #[test]
    fn cancelling_functions_of_pairs_keep_their_bounds() {
        for x in numbers() {
            let truth = Long::from(x.head) + x.tail;
            let [minus, phi] = [truth.log1p_minus(), truth.phi()];
            let found = relative(x.log1p_minus(), minus);
            assert!(found <= <Compensated<f64> as Approximate<f64>>::LOG1P_MINUS, "log1p_minus at {x:?}: {found:e}");
            let guarded = Guarded::<_, f64>::exact(x);
            let bounded = [(guarded.log1p_minus(), minus), (guarded.phi(), phi)];
            for (found, truth) in bounded {
                let error = relative(found.value, truth) * truth.abs().to_f64();
                assert!(error <= found.error, "at {x:?}: {error:e} of {found:?}");
                assert!(found.error <= truth.abs().to_f64() * power(-53), "a bound that certifies nothing at {x:?}");
            }
        }
    }

    #[test]
    fn long_exponentials_of_pairs_keep_their_bound() {
        for x in numbers() {
            let x = Compensated::new(-x.head.abs() * 20.0, x.tail * 20.0);
            let found = relative(pair_exp_long(x), (Long::from(x.head) + x.tail).exp());
            assert!(found <= PAIR_EXP_LONG, "{x:?}: {found:e}");
        }
    }
}
