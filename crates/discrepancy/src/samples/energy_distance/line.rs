//! Points on a line: sums of the distances of all pairs from sorted points, exactly.
//!
//! A point counts in the sum of all distances as often as there are points on its left, less those on its right. So the
//! sums over pairs are sums over points, times whole numbers, in a time that sorting takes.

use super::{Pull, Side, Sums};
use crate::number::Twofold;
use crate::stop;
use crate::sums::{ExactSum, Fixed};

/// The bits of a sum of weights that is taken as a whole number.
const BITS: i32 = 120;
/// The bits that are taken out of a whole number at a time: times a weight they are two floats.
const PIECE: u32 = 43;

/// Points from left to right, and their weights in whole units.
struct Sorted {
    /// Where each of them came from.
    order: Vec<usize>,
    points: Vec<f64>,
    units: Vec<i128>,
    /// A unit is 2^exponent.
    exponent: i32,
}

/// The weight on the left of each sorted point less that on its right: of its own side, and of the other.
struct Ranks {
    own: Vec<i128>,
    other: Vec<i128>,
}

impl Sorted {
    /// `None` where the weights differ too much to be whole numbers.
    fn new(side: &Side<'_>) -> Option<Sorted> {
        let exponent = side.weights.as_ref().map_or(0, |weights| lowest_bit(weights));
        let bits = (usize::BITS - side.count.leading_zeros()) as i32;
        // The largest weight is below 2.
        if bits + 1 - exponent > BITS {
            return None;
        }
        let mut order: Vec<usize> = (0..side.count).collect();
        stop::sort_by(&mut order, |i, j| side.points[*i].total_cmp(&side.points[*j]).then(i.cmp(j)));
        let points = order.iter().map(|i| side.points[*i]).collect();
        let unit = |i: &usize| (side.weight(*i) * 2.0_f64.powi(-exponent)) as i128;
        let units = order.iter().map(unit).collect();
        Some(Sorted { order, points, units, exponent })
    }

    fn ranks(&self, beside: &Sorted) -> Ranks {
        let sum = |units: &[i128]| units.iter().sum::<i128>();
        let (total, total_beside) = (sum(&self.units), sum(&beside.units));
        let (mut own, mut other) = (Vec::with_capacity(self.points.len()), Vec::with_capacity(self.points.len()));
        let (mut start, mut left, mut place, mut left_beside) = (0, 0, 0, 0);
        for same in self.points.chunk_by(|x, y| x == y) {
            stop::look_at(start);
            let here = sum(&self.units[start..start + same.len()]);
            start += same.len();
            while place < beside.points.len() && beside.points[place] < same[0] {
                left_beside += beside.units[place];
                place += 1;
            }
            let equal = beside.points[place..].iter().take_while(|y| **y == same[0]).count();
            let here_beside = sum(&beside.units[place..place + equal]);
            own.extend(same.iter().map(|_| 2 * left + here - total));
            other.extend(same.iter().map(|_| 2 * left_beside + here_beside - total_beside));
            left += here;
        }
        Ranks { own, other }
    }

    /// `Σ w x rank`, where the ranks are in units of 2^exponent.
    fn add(&self, side: &Side<'_>, ranks: &[i128], exponent: i32, sum: &mut ExactSum) {
        for (place, ((x, rank), i)) in self.points.iter().zip(ranks).zip(&self.order).enumerate() {
            stop::look_at(place);
            let (mut rest, mut power) = (rank.unsigned_abs(), exponent);
            while rest != 0 {
                let piece = (rest & ((1 << PIECE) - 1)) as f64 * 2.0_f64.powi(power) * rank.signum() as f64;
                let product = Twofold::product(piece, side.weight(*i));
                sum.add_product(product.high, *x);
                if product.low != 0.0 {
                    sum.add_product(product.low, *x);
                }
                (rest, power) = (rest >> PIECE, power + PIECE as i32);
            }
        }
    }
}

/// The exponent of the lowest bit of any weight; the largest weight is near 1.
fn lowest_bit(weights: &[f64]) -> i32 {
    let positive = weights.iter().filter(|w| **w > 0.0);
    let lowest = |w: &f64| {
        let (field, fraction) = ((w.to_bits() >> 52) as i32, w.to_bits() & ((1 << 52) - 1));
        field - 1075 + if fraction == 0 { 52 } else { fraction.trailing_zeros() as i32 }
    };
    positive.map(lowest).min().unwrap_or(0).min(0)
}

/// The sums of the distances, exactly.
pub(super) fn sums(x: &Side<'_>, y: &Side<'_>) -> Option<Sums> {
    let (first, second) = (Sorted::new(x)?, Sorted::new(y)?);
    stop::look();
    let (mut all, both) = ([ExactSum::new(), ExactSum::new(), ExactSum::new()], [(&first, x), (&second, y)]);
    for (k, (sorted, side)) in both.into_iter().enumerate() {
        let (beside, _) = both[1 - k];
        let ranks = sorted.ranks(beside);
        stop::look();
        sorted.add(side, &ranks.own, sorted.exponent, &mut all[k]);
        stop::look();
        sorted.add(side, &ranks.other, beside.exponent, &mut all[2]);
    }
    Sums::new(&all)
}

/// What pulls at each point of the first side.
pub(super) fn pulls(x: &Side<'_>, y: &Side<'_>) -> Option<Vec<Pull>> {
    let (first, second) = (Sorted::new(x)?, Sorted::new(y)?);
    let ranks = first.ranks(&second);
    let mut pulls = vec![None; x.count];
    for (k, i) in first.order.iter().enumerate() {
        stop::look_at(k);
        let (own, other) = (Fixed::units(ranks.own[k], first.exponent), Fixed::units(ranks.other[k], second.exponent));
        pulls[*i] = Some(Pull { own, other });
    }
    pulls.into_iter().collect()
}
