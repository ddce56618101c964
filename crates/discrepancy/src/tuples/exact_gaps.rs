//! Differences of norms and of their slopes in whole numbers: for distances that agree beyond 256 bits.

use super::norm::Order;
use crate::number::guarded::power;
use crate::number::{Long, Real};
use crate::sums::Fixed;
use num_bigint::BigInt;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Two vectors whose difference is measured.
pub(super) type Ends<'a> = (&'a [f64], &'a [f64]);

/// What 256 bits do not tell from 0, beside what cancelled.
const LOST: f64 = power(-190);
/// Sums of powers up to this one are whole numbers of bearable length.
const WHOLE_POWERS: f64 = 16.0;

fn difference(order: Order, (a, b): Ends<'_>, i: usize) -> Fixed {
    let d = Fixed::of_float(a[i]).minus(&Fixed::of_float(b[i]));
    d.plus(&Fixed::of_float(order.offset))
}

fn differences(order: Order, ends: Ends<'_>) -> Vec<Fixed> {
    (0..ends.0.len()).map(|i| difference(order, ends, i)).collect()
}

fn sign(x: &Fixed) -> f64 {
    if x.is_zero() {
        0.0
    } else if x.is_positive() {
        1.0
    } else {
        -1.0
    }
}

fn size(x: &Fixed) -> Fixed {
    if sign(x) < 0.0 { x.negative() } else { x.clone() }
}

fn largest(sizes: &[Fixed]) -> Fixed {
    sizes.iter().fold(Fixed::zero(), |most, x| if x.minus(&most).is_positive() { x.clone() } else { most })
}

/// `Σ |d|^p` for a whole power.
fn powers(sizes: &[Fixed], p: u32) -> Fixed {
    let power = |x: &Fixed| (1..p).fold(x.clone(), |power, _| power.times(x));
    sizes.iter().fold(Fixed::zero(), |sum, x| sum.plus(&power(x)))
}

/// The sizes that one has and the other has not.
fn unshared(first: &[Fixed], second: &[Fixed]) -> [Vec<Fixed>; 2] {
    let mut counts: HashMap<(BigInt, i64), (Fixed, i64)> = HashMap::new();
    for (sizes, step) in [(first, 1), (second, -1)] {
        for x in sizes {
            counts.entry(x.key()).or_insert_with(|| (x.clone(), 0)).1 += step;
        }
    }
    let mut all = [Vec::new(), Vec::new()];
    for (x, count) in counts.into_values() {
        let side = &mut all[usize::from(count < 0)];
        side.extend(std::iter::repeat_n(x, count.unsigned_abs() as usize));
    }
    all
}

/// `|d| - |e| + margin` of two differences, `None` where neither whole numbers nor 256 bits tell it.
pub(super) fn gap(order: Order, d: Ends<'_>, e: Ends<'_>, margin: f64) -> Option<Long> {
    let [d, e] = [d, e].map(|ends| differences(order, ends).iter().map(size).collect::<Vec<Fixed>>());
    let m = Fixed::of_float(margin);
    let square = |x: &Fixed| x.times(x);
    if order.p == 1.0 || order.p == f64::INFINITY {
        let norm = |sizes: &[Fixed]| if order.p == 1.0 { powers(sizes, 1) } else { largest(sizes) };
        let (s, t) = (norm(&d), norm(&e));
        let (s, t) = if order.squared { (square(&s), square(&t)) } else { (s, t) };
        return Some(s.minus(&t).plus(&m).to_long());
    }
    if order.p == 2.0 {
        let (s, t) = (powers(&d, 2), powers(&e, 2));
        let rest = s.minus(&t);
        if order.squared {
            return Some(rest.plus(&m).to_long());
        }
        let (root, other) = (s.to_long().sqrt(), t.to_long().sqrt());
        // √s + m - √t = (s - t + m² + 2 m √s) / (√s + m + √t)
        let sum = root + other + margin;
        if sum.same(Long::from(0.0)) {
            return Some(sum);
        }
        let whole = rest.plus(&square(&m));
        let twice = root * (2.0 * margin);
        if sign(&whole) >= 0.0 {
            return Some((whole.to_long() + twice) / sum);
        }
        let squares = square(&m).times(&s).times(&Fixed::units(4, 0)).minus(&square(&whole));
        return Some(squares.to_long() / (twice - whole.to_long()) / sum);
    }
    let p = order.p;
    let Apart { s, t, rest } = Apart::of(p, &d, &e)?;
    let zero = Long::from(0.0);
    let factor = if order.squared { 2.0 } else { 1.0 };
    let root = |x: Long| if x.same(zero) { x } else { (x.ln() * factor / p).exp() };
    // t^(1/p) ((1 + rest/t)^(1/p) - 1)
    let apart = if rest.same(zero) {
        zero
    } else if s.same(zero) || t.same(zero) {
        root(s) - root(t)
    } else {
        root(t) * ((rest / t).ln_1p() * factor / p).exp_m1()
    };
    let found = apart + margin;
    let told = apart.same(zero) || margin == 0.0 || !Real::abs(found).lt(Long::from(margin) * LOST);
    told.then_some(found)
}

/// Two sums of powers, and their difference.
struct Apart {
    s: Long,
    t: Long,
    rest: Long,
}

impl Apart {
    /// `None` where the difference is not told.
    fn of(p: f64, d: &[Fixed], e: &[Fixed]) -> Option<Apart> {
        let long = |sizes: &[Fixed]| sizes.iter().fold(Long::from(0.0), |sum, x| sum + x.to_long().power(p));
        let rest = if p.fract() == 0.0 && p <= WHOLE_POWERS {
            powers(d, p as u32).minus(&powers(e, p as u32)).to_long()
        } else {
            let [first, second] = unshared(d, e).map(|sizes| long(&sizes));
            let rest = first - second;
            if Real::abs(rest).lt((first + second) * LOST) {
                return None;
            }
            rest
        };
        Some(Apart { s: long(d), t: long(e), rest })
    }
}

/// A share of the slope of a norm by coordinate i of its first vector.
#[derive(Clone, Copy)]
pub(super) struct Share<'a> {
    pub(super) share: f64,
    pub(super) ends: Ends<'a>,
}

/// The sum of two such slopes, of which all that 256 bits hold has cancelled; `None` where that is not told.
pub(super) fn slopes(order: Order, shares: [Share<'_>; 2], i: usize) -> Option<Long> {
    let own = shares.map(|Share { share, ends }| difference(order, ends, i).times(&Fixed::of_float(share)));
    let sizes = shares.map(|Share { ends, .. }| differences(order, ends).iter().map(size).collect::<Vec<Fixed>>());
    let two = Fixed::units(2, 0);
    let signs = own.each_ref().map(sign);
    match order.p {
        2.0 if order.squared => Some(own[0].plus(&own[1]).times(&two).to_long()),
        2.0 => {
            // x/√X + y/√Y, of opposite signs: (x²Y - y²X) / (X Y) over x/√X - y/√Y.
            let squares = sizes.each_ref().map(|sizes| powers(sizes, 2));
            let part = |k: usize| {
                if own[k].is_zero() { Long::from(0.0) } else { own[k].to_long() / squares[k].to_long().sqrt() }
            };
            if signs[0] * signs[1] >= 0.0 {
                return Some(part(0) + part(1));
            }
            let [x, y] = own.each_ref().map(|x| x.times(x));
            let rest = x.times(&squares[1]).minus(&y.times(&squares[0])).to_long();
            Some(rest / squares[0].times(&squares[1]).to_long() / (part(0) - part(1)))
        }
        1.0 | f64::INFINITY if order.squared => {
            let norm = |k: usize| if order.p == 1.0 { powers(&sizes[k], 1) } else { largest(&sizes[k]) };
            let sharing = |k: usize| match order.p {
                1.0 => 1,
                _ => sizes[k].iter().filter(|x| x.minus(&norm(k)).is_zero()).count().max(1),
            };
            let counts = [sharing(0), sharing(1)].map(|count| Fixed::units(count as i128, 0));
            let term = |k: usize| {
                let pulls = order.p == 1.0 || size(&difference(order, shares[k].ends, i)).minus(&norm(k)).is_zero();
                let factor = Fixed::of_float(if pulls { signs[k] * shares[k].share.abs() } else { 0.0 });
                norm(k).times(&factor).times(&counts[1 - k])
            };
            Some(term(0).plus(&term(1)).times(&two).to_long() / counts[0].times(&counts[1]).to_long())
        }
        // Of differences of one size: |d|^(p-1) (s^q - t^q), with s and t the sums of powers.
        p => {
            let alike = own[0].plus(&own[1]).is_zero() && shares[0].share == -shares[1].share;
            let Apart { s, t, rest } = Apart::of(p, &sizes[0], &sizes[1])?;
            let zero = Long::from(0.0);
            if !alike || s.same(zero) || t.same(zero) {
                return None;
            }
            let (q, factor) = if order.squared { (2.0 - p, 2.0) } else { (1.0 - p, 1.0) };
            let size = Real::abs(difference(order, shares[0].ends, i).to_long());
            let power = t.ln() * q / p + size.ln() * (p - 1.0);
            let apart = ((rest / t).ln_1p() * q / p).exp_m1() * power.exp() * factor;
            Some(apart * (signs[0] * shares[0].share.abs()))
        }
    }
}

/// On which side of 0 a difference of norms is.
pub(super) fn side(gap: Long) -> Ordering {
    let zero = Long::from(0.0);
    if gap.lt(zero) {
        Ordering::Less
    } else if zero.lt(gap) {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}
