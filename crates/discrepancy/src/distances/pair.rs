//! What all distances share: checked input, exact differences, exact scaling by powers of two.

use crate::error::{Error, ErrorKind, Result};
use crate::number::{Level, Real, Twofold};

/// The number distances are computed in.
pub(crate) type Wide = Twofold<f64>;

/// Exactly `x`.
pub(crate) fn wide(x: f64) -> Wide {
    Twofold::from(x)
}

/// Two rows as they are given.
#[derive(Clone, Copy, Debug)]
pub struct PairInput<'a, N = f64> {
    /// The first row; of a divergence the reference.
    pub a: &'a [N],
    /// The second row, of the same length.
    pub b: &'a [N],
    /// A non-negative weight for each coordinate (a frequency: 2 counts as the coordinate twice). Distances only.
    pub weights: Option<&'a [f64]>,
    /// The spacing at 1 of the type the numbers were stored in: distributions sum to 1 within `8 n ε`.
    pub epsilon: f64,
    /// The vectors in use; the bits are the same.
    pub level: Level,
    /// What will be read next, as long as the rows, or nothing: memory may fetch it meanwhile.
    pub next: [&'a [N]; 2],
}

impl<'a> PairInput<'a> {
    /// Two rows of `f64` without weights.
    #[must_use]
    pub fn new(a: &'a [f64], b: &'a [f64]) -> Self {
        PairInput { a, b, weights: None, epsilon: f64::EPSILON, level: Level::best(), next: [&[]; 2] }
    }
}

/// Two rows of one length, finite, perhaps with a weight for each coordinate.
pub(crate) struct Pair<'a> {
    pub(crate) function: &'static str,
    pub(crate) a: &'a [f64],
    pub(crate) b: &'a [f64],
    weights: Option<&'a [f64]>,
    /// The power of two that weights are divided by where sums of them could leave the range; even, mostly 0.
    pub(crate) weight_exponent: i32,
}

/// Where the gradients with respect to both rows go.
#[derive(Debug)]
pub struct Gradients<'a, N = f64> {
    /// With respect to the first row.
    pub a: &'a mut [N],
    /// With respect to the second row.
    pub b: &'a mut [N],
}

impl Gradients<'_> {
    /// Both must have the rows' length.
    pub(crate) fn check(&self, function: &str, wanted: usize) -> Result<()> {
        length(function, "gradient_a", self.a.len(), wanted)?;
        length(function, "gradient_b", self.b.len(), wanted)
    }
    /// For a function of the difference: `g` for the first row, `-g` for the second.
    pub(crate) fn opposite(&mut self, index: usize, g: f64) {
        // 0 - g, so that zero stays a positive zero.
        (self.a[index], self.b[index]) = (g, 0.0 - g);
    }
}

impl<'a> Pair<'a> {
    /// Checks lengths, emptiness, finiteness and weights.
    pub(crate) fn new(function: &'static str, input: PairInput<'a>) -> Result<Pair<'a>> {
        let PairInput { a, b, weights, .. } = input;
        length(function, "b", b.len(), a.len())?;
        if a.is_empty() {
            return Err(Error::new(ErrorKind::NoContributingRows, function, "a", "at least one number"));
        }
        finite(function, "a", a)?;
        finite(function, "b", b)?;
        if let Some(weights) = weights {
            length(function, "weights", weights.len(), a.len())?;
            finite(function, "weights", weights)?;
            if let Some((index, w)) = weights.iter().enumerate().find(|(_, w)| **w < 0.0) {
                return Err(Error::new(ErrorKind::Domain, function, "weights", "non-negative numbers")
                    .at(index)
                    .value(w));
            }
            if weights.iter().all(|w| *w == 0.0) {
                return Err(Error::new(ErrorKind::NoContributingRows, function, "weights", "one positive weight"));
            }
        }
        let most = weights.map_or(1.0, |w| w.iter().fold(0.0, |m: f64, w| m.max(*w)));
        let weight_exponent = Some(exponent(most)).filter(|k| k.abs() > 400).map_or(0, |k| k - k % 2);
        Ok(Pair { function, a, b, weights, weight_exponent })
    }
    /// Whether coordinates have weights.
    pub(crate) fn weighted(&self) -> bool {
        self.weights.is_some()
    }
    /// The weight of a coordinate.
    pub(crate) fn weight(&self, index: usize) -> f64 {
        self.weights.map_or(1.0, |w| w[index])
    }
    /// The weight of a coordinate over `2^weight_exponent`: the largest is in range, what is lost is nothing beside it.
    pub(crate) fn scaled_weight(&self, index: usize) -> f64 {
        if self.weight_exponent == 0 { self.weight(index) } else { scaled(self.weight(index), -self.weight_exponent) }
    }
    /// `(a - b) / 2^exponent` of one coordinate, exact, near 1.
    pub(crate) fn difference(&self, index: usize) -> (Wide, i32) {
        let (a, b) = (self.a[index], self.b[index]);
        let k = exponent(a.abs().max(b.abs()));
        let d = Twofold::sum(scaled(a, -k), -scaled(b, -k));
        let rest = exponent(d.high);
        (scaled_wide(d, -rest), k + rest)
    }
    /// `(a - b) / 2^exponent`, exact, the largest of weight above 0 near 1.
    pub(crate) fn differences(&self) -> (Vec<Wide>, i32) {
        let pairs = || self.a.iter().zip(self.b);
        // A difference beyond the largest float is halved twice first; beside it, lost subnormals do not count.
        let shift = if pairs().all(|(a, b)| (a - b).abs() <= f64::MAX / 2.0) { 1.0 } else { 0.25 };
        let mut d: Vec<Wide> = pairs().map(|(a, b)| Twofold::sum(a * shift, -b * shift)).collect();
        if let Some(weights) = self.weights {
            // What has no weight must not set the scale.
            d.iter_mut().zip(weights).filter(|(_, w)| **w == 0.0).for_each(|(d, _)| *d = wide(0.0));
        }
        let exponent = normalise(&mut d);
        (d, if shift == 1.0 { exponent } else { exponent + 2 })
    }
}

/// Lengths must be equal.
pub(crate) fn length(function: &str, argument: &str, found: usize, wanted: usize) -> Result<()> {
    if found == wanted {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Shape, function, argument, format!("length {wanted}")).value(found))
}

/// No NaN, no infinity.
pub(crate) fn finite(function: &str, argument: &str, row: &[f64]) -> Result<()> {
    match row.iter().enumerate().find(|(_, x)| !x.is_finite()) {
        None => Ok(()),
        Some((index, x)) => {
            Err(Error::new(ErrorKind::NonFinite, function, argument, "finite numbers").at(index).value(x))
        }
    }
}

/// `floor(log2 |x|)`; 0 for 0.
pub(crate) fn exponent(x: f64) -> i32 {
    if x == 0.0 {
        return 0;
    }
    let (x, shift) = if x.abs() < f64::MIN_POSITIVE { (x * 18_014_398_509_481_984.0, 54) } else { (x, 0) };
    ((x.to_bits() >> 52) & 0x7FF) as i32 - 1023 - shift
}

/// `x · 2^k`.
pub(crate) fn scaled(mut x: f64, mut k: i32) -> f64 {
    let power = |k: i32| f64::from_bits(((k + 1023) as u64) << 52);
    while k > 1000 {
        (x, k) = (x * power(1000), k - 1000);
    }
    while k < -1000 {
        (x, k) = (x * power(-1000), k + 1000);
    }
    x * power(k)
}

/// `x · 2^k`, both parts.
pub(crate) fn scaled_wide(x: Wide, k: i32) -> Wide {
    Twofold::new(scaled(x.high, k), scaled(x.low, k))
}

/// Divides by the power of two that brings the largest near 1; gives its exponent.
pub(crate) fn normalise(row: &mut [Wide]) -> i32 {
    let largest = row.iter().fold(0.0, |m: f64, x| m.max(x.high.abs()));
    let k = exponent(largest);
    row.iter_mut().for_each(|x| *x = scaled_wide(*x, -k));
    k
}

/// The sum of some numbers.
pub(crate) fn total(terms: impl Iterator<Item = Wide>) -> Wide {
    terms.fold(wide(0.0), |sum, term| sum + term)
}

/// The square, the same for `x` and `-x` to the last bit.
pub(crate) fn square(x: Wide) -> Wide {
    Real::square(x)
}
