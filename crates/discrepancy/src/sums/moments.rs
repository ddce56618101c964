//! What a mean, a sum and a standard error need, exactly and mergeable.

use super::exact::{ExactSum, round, round_short, rounded_product};
use crate::error::{Error, ErrorKind, Result};
use num_bigint::BigInt;

/// Exact sums of row values, weighted or not.
///
/// Partial results of threads, files or machines are merged with [`Moments::merge`] in any order and give the same
/// bits. The standard error of a weighted mean m is `√(n/(n−1) Σ w²(l−m)²) / Σ w` (Cochran 1977), with `w l`
/// rounded once per row; unweighted it is s/√n.
///
/// ```
/// use discrepancy::sums::Moments;
/// let mut left = Moments::new();
/// let mut right = Moments::new();
/// left.push(1.0);
/// right.push(2.0);
/// right.push(4.0);
/// left.merge(&right);
/// assert_eq!(left.sum(), 7.0);
/// assert_eq!(left.mean()?, 7.0 / 3.0);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    count: u64,
    sum: ExactSum,
    squares: ExactSum,
    /// Only where a weight other than 1 was met; till then Σ w = Σ w² = n and Σ a w = Σ l.
    weighted: Option<Box<Weighted>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Weighted {
    /// Σ w.
    weights: ExactSum,
    /// Σ a w, with a = w l rounded.
    cross: ExactSum,
    /// Σ w².
    weight_squares: ExactSum,
}

const MAGIC: [u8; 4] = *b"dcM1";

/// A quotient or root of integers as a float, rounded once.
pub(super) fn quotient(numerator: &BigInt, denominator: &BigInt, exponent: i64) -> f64 {
    // 128 bits of quotient leave the rounding to what is cut off, which `sticky` remembers.
    let shift = (128 + denominator.bits() as i64 - numerator.bits() as i64).max(0);
    let scaled = numerator << shift as u64;
    let (q, r) = (&scaled / denominator, &scaled % denominator);
    round(&q, exponent - shift, r.sign() != num_bigint::Sign::NoSign)
}

/// The same of integers that fit in registers.
fn short_quotient(numerator: i128, denominator: u64, exponent: i64) -> Option<f64> {
    let magnitude = numerator.unsigned_abs();
    if magnitude == 0 {
        return Some(0.0);
    }
    // 127 bits over 64 leave more than a float has.
    let shift = magnitude.leading_zeros();
    let (scaled, denominator) = (magnitude << shift, u128::from(denominator));
    let rounded = round_short(scaled / denominator, exponent - i64::from(shift), scaled % denominator != 0)?;
    Some(if numerator < 0 { -rounded } else { rounded })
}

impl Moments {
    /// No rows.
    #[must_use]
    pub fn new() -> Self {
        Moments::default()
    }

    /// So many rows of weight 1 whose sum is known, without the squares.
    pub(crate) fn of_sum(count: u64, sum: ExactSum) -> Self {
        Moments { count, sum, ..Moments::new() }
    }

    /// Adds a row of weight 1.
    pub fn push(&mut self, value: f64) {
        if self.weighted.is_some() {
            return self.push_weighted(value, 1.0);
        }
        self.count += 1;
        self.sum.add(value);
        self.squares.add_product(value, value);
    }

    /// Adds rows of weight 1.
    pub fn push_slice(&mut self, values: &[f64]) {
        if self.weighted.is_some() {
            return values.iter().for_each(|value| self.push(*value));
        }
        self.count += values.len() as u64;
        self.sum.add_slice(values);
        self.squares.add_products(values, values);
    }

    /// The same without the squares, for those who want no standard error.
    pub(crate) fn push_slice_first(&mut self, values: &[f64]) {
        if self.weighted.is_some() {
            return self.push_slice(values);
        }
        self.count += values.len() as u64;
        self.sum.add_slice(values);
    }

    /// Adds rows of these finite, non-negative weights, one for each value.
    pub fn push_weighted_slice(&mut self, values: &[f64], weights: &[f64]) {
        debug_assert_eq!(values.len(), weights.len());
        // A weight of 0 wins over any value, which the sums of products do not know.
        if weights.contains(&0.0) {
            return values.iter().zip(weights).for_each(|(value, weight)| self.push_weighted(*value, *weight));
        }
        let products: Vec<f64> = values.iter().zip(weights).map(|(value, weight)| weight * value).collect();
        // Products beyond the range of floats have a power of two of their own.
        if products.iter().zip(values).any(|(product, value)| !product.is_normal() && *value != 0.0) {
            return values.iter().zip(weights).for_each(|(value, weight)| self.push_weighted(*value, *weight));
        }
        let weighted = Self::promote(&mut self.weighted, self.count, &self.sum);
        self.count += values.len() as u64;
        weighted.weights.add_slice(weights);
        weighted.weight_squares.add_products(weights, weights);
        self.sum.add_products(weights, values);
        self.squares.add_products(&products, &products);
        weighted.cross.add_products(&products, weights);
    }

    /// Adds a row of a finite, non-negative weight. A weight of 0 counts as a row but adds nothing, whatever the value.
    pub fn push_weighted(&mut self, value: f64, weight: f64) {
        self.push_times((value, 0), (1.0, 0), weight);
    }

    /// Adds a row whose value carries a factor already (its class's weight, say), with a further weight: a mean divides
    /// by the sum of the products of the two. A weight of 0 counts as a row but adds nothing, whatever the value.
    pub fn push_carrying(&mut self, value: f64, carried: f64, weight: f64) {
        self.push_times((value, 0), (carried, 0), weight);
    }

    /// The same of a value and a factor times powers of two, which may be beyond the range of floats.
    pub(crate) fn push_times(&mut self, (value, power): (f64, i64), (carried, own): (f64, i64), weight: f64) {
        let weighted = Self::promote(&mut self.weighted, self.count, &self.sum);
        self.count += 1;
        if weight == 0.0 {
            return;
        }
        let ((product, p), (whole, w)) = (rounded_product(weight, value), rounded_product(weight, carried));
        let (p, w) = (p + power, w + own);
        weighted.weights.add_product_times(weight, carried, own);
        weighted.weight_squares.add_product_times(whole, whole, 2 * w);
        self.sum.add_product_times(weight, value, power);
        self.squares.add_product_times(product, product, 2 * p);
        weighted.cross.add_product_times(product, whole, p + w);
    }

    /// The weighted part, made from the unweighted rows so far.
    fn promote<'a>(weighted: &'a mut Option<Box<Weighted>>, count: u64, sum: &ExactSum) -> &'a mut Weighted {
        weighted.get_or_insert_with(|| {
            let mut ones = ExactSum::new();
            // In two halves, each exact as a float.
            ones.add((count >> 32) as f64 * 4_294_967_296.0);
            ones.add((count & 0xFFFF_FFFF) as f64);
            Box::new(Weighted { weights: ones.clone(), cross: sum.clone(), weight_squares: ones })
        })
    }

    /// Adds the rows of another partial result.
    pub fn merge(&mut self, other: &Moments) {
        if self.weighted.is_some() || other.weighted.is_some() {
            let mine = Self::promote(&mut self.weighted, self.count, &self.sum);
            let mut theirs = other.weighted.clone();
            let theirs = Self::promote(&mut theirs, other.count, &other.sum);
            mine.weights.merge(&theirs.weights);
            mine.cross.merge(&theirs.cross);
            mine.weight_squares.merge(&theirs.weight_squares);
        }
        self.count += other.count;
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
    }

    /// How many rows.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }
    /// Σ w l, rounded once.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.sum.to_f64()
    }
    /// Σ w, rounded once.
    #[must_use]
    pub fn weight_sum(&self) -> f64 {
        self.weighted.as_ref().map_or(self.count as f64, |w| w.weights.to_f64())
    }
    /// An error where the values hold infinities of both signs, so that neither sum nor mean has a limit.
    pub(crate) fn limit(&self) -> Result<()> {
        if self.sum.is_torn() {
            let error = Error::new(ErrorKind::NonFinite, "mean", "values", "infinities of one sign only");
            return Err(error.value("inf - inf"));
        }
        Ok(())
    }
    /// Σ w as an integer times a power of two.
    fn weight_integer(&self) -> (BigInt, i64) {
        self.weighted.as_ref().map_or((BigInt::from(self.count), 0), |w| w.weights.integer())
    }

    /// Σ w l / Σ w, rounded once. Infinities of both signs are an error.
    pub fn mean(&self) -> Result<f64> {
        if self.weighted.is_none() {
            return self.mean_by_count();
        }
        let (weights, exponent) = self.weight_integer();
        self.over(&weights, exponent)
    }
    /// Σ w l / n, rounded once.
    pub fn mean_by_count(&self) -> Result<f64> {
        if self.count > 0
            && self.sum.special().is_none()
            && let Some((sum, exponent)) = self.sum.short()
            && let Some(mean) = short_quotient(sum, self.count, exponent)
        {
            return Ok(mean);
        }
        self.over(&BigInt::from(self.count), 0)
    }
    fn over(&self, denominator: &BigInt, exponent: i64) -> Result<f64> {
        if denominator.sign() == num_bigint::Sign::NoSign {
            return Err(Error::new(ErrorKind::NoContributingRows, "mean", "rows", "rows of a positive weight"));
        }
        self.limit()?;
        if let Some(special) = self.sum.special() {
            return Ok(special);
        }
        let (numerator, e) = self.sum.integer();
        Ok(quotient(&numerator, denominator, e - exponent))
    }

    /// The root of the mean, rounded once: the root mean square where the values are squares.
    pub fn root_mean(&self) -> Result<f64> {
        let mean = self.mean()?;
        if !mean.is_finite() && self.sum.special().is_some() {
            return Ok(mean.sqrt());
        }
        let ((n, e), (d, f)) = (self.sum.integer(), self.weight_integer());
        Ok(root(&n, &d, e - f))
    }

    /// The standard error of the mean; `None` for fewer than two rows.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        if self.sum.special().or(self.squares.special()).is_some() {
            return Some(f64::NAN);
        }
        let (w, we) = self.weight_integer();
        if w.sign() == num_bigint::Sign::NoSign {
            return None;
        }
        let (s, se) = self.sum.integer();
        let (q, qe) = self.squares.integer();
        let ((c, ce), (v, ve)) = match &self.weighted {
            None => ((s.clone(), se), (BigInt::from(self.count), 0)),
            Some(weighted) => (weighted.cross.integer(), weighted.weight_squares.integer()),
        };
        // n/(n−1) · (Q − 2 (S/W) C + (S/W)² V) / W² = n (Q W² − 2 S C W + S² V) / ((n−1) W⁴)
        let terms = [(&q * &w * &w, qe + 2 * we), (-2 * &s * &c * &w, se + ce + we), (&s * &s * &v, 2 * se + ve)];
        let least = terms.iter().map(|(_, e)| *e).min().unwrap_or(0);
        let total: BigInt = terms.iter().map(|(m, e)| m << (e - least) as u64).sum();
        let numerator = total * self.count;
        let square = &w * &w;
        let denominator = &square * &square * (self.count - 1);
        if numerator.sign() != num_bigint::Sign::Plus {
            // Rounding w l may leave a variance of 0 a hair below it.
            return Some(0.0);
        }
        Some(root(&numerator, &denominator, least - 4 * we))
    }

    /// A versioned form for other processes: equal partial results give equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(u8::from(self.weighted.is_some()));
        out.extend(self.count.to_le_bytes());
        self.sum.to_bytes(&mut out);
        self.squares.to_bytes(&mut out);
        if let Some(w) = &self.weighted {
            for part in [&w.weights, &w.cross, &w.weight_squares] {
                part.to_bytes(&mut out);
            }
        }
        out
    }

    /// Reads what [`Moments::to_bytes`] wrote; anything else is [`ErrorKind::Corrupt`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let corrupt = |allowed: &str| Error::new(ErrorKind::Corrupt, "Moments", "bytes", allowed);
        let rest = bytes.strip_prefix(&MAGIC).ok_or_else(|| corrupt("state of version 1"))?;
        let (&[form], rest) = rest.split_first_chunk::<1>().ok_or_else(|| corrupt("complete state"))?;
        let (count, mut rest) = rest.split_first_chunk::<8>().ok_or_else(|| corrupt("complete state"))?;
        let mut moments = Moments { count: u64::from_le_bytes(*count), ..Moments::new() };
        moments.sum = ExactSum::from_bytes(&mut rest)?;
        moments.squares = ExactSum::from_bytes(&mut rest)?;
        moments.weighted = match form {
            0 => None,
            1 => Some(Box::new(Weighted {
                weights: ExactSum::from_bytes(&mut rest)?,
                cross: ExactSum::from_bytes(&mut rest)?,
                weight_squares: ExactSum::from_bytes(&mut rest)?,
            })),
            _ => return Err(corrupt("form 0 or 1")),
        };
        if rest.is_empty() { Ok(moments) } else { Err(corrupt("nothing behind the state")) }
    }
}

/// √(numerator / denominator · 2^exponent), rounded once.
pub(super) fn root(numerator: &BigInt, denominator: &BigInt, exponent: i64) -> f64 {
    // An even shift that leaves some 130 bits of root.
    let mut shift = (264 + denominator.bits() as i64 - numerator.bits() as i64).max(0);
    shift += (exponent - shift).rem_euclid(2);
    let scaled = numerator << shift as u64;
    let (q, r) = (&scaled / denominator, &scaled % denominator);
    let root = q.sqrt();
    let sticky = r.sign() != num_bigint::Sign::NoSign || &root * &root != q;
    round(&root, (exponent - shift) / 2, sticky)
}
