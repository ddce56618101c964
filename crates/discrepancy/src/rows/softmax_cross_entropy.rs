use super::shares::{Shares, Wide, check_length, check_target, settle, wide};
use super::{RowLoss, Target};
use crate::catalog::{Arguments, DataDomain, Domain, Entry, Interval, Value};
use crate::error::Result;
use crate::number::Real;

crate::entry! {
    /// Softmax cross entropy of a row of logits: minus the logarithm of the true class's probability.
    ///
    /// Exact in both tails: logits `[17, 0]` with label 0 cost 4.14e-8, not 0, and the gradient of the true class is
    /// minus the sum of the other probabilities. A logit of minus infinity is a class that cannot be.
    SoftmaxCrossEntropy("softmax_cross_entropy") in Row as Row {
        /// T: the logits are divided by it.
        temperature: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
        /// How much of the target is spread evenly over all classes.
        label_smoothing: f64 = Value::Number(0.0), Domain::number(Interval::from(0.0, 1.0));
        /// The weight of the squared log-partition `(ln Σ e^z)²`, which keeps logits from drifting.
        z_loss: f64 = Value::Number(0.0), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["categorical_cross_entropy", "multinomial_logistic", "softmax_loss"];
    formula: r"-\sum_i y_i \ln \frac{e^{z_i / T}}{\sum_k e^{z_k / T}} + \zeta \left(\ln \sum_k e^{z_k / T}\right)^2";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [OnceDifferentiable, TwiceDifferentiable, NonNegative, StrictlyProper, ClassificationCalibrated];
    source: "Bridle 1990, doi:10.1007/978-3-642-76153-9_28";
}

/// Which second derivatives are meant; boosting libraries differ, so they have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HessianKind {
    /// `p (1 - p)`, the diagonal of the exact Hessian (scikit-learn).
    Exact,
    /// The Gauss–Newton or Fisher matrix: `p (1 - p)` too, for softmax with cross entropy is a matching pair; of the
    /// `z_loss` it keeps only the squared gradient.
    GaussNewton,
    /// `2 p (1 - p)`, a diagonal that bounds the whole matrix (Gershgorin): XGBoost until August 2026.
    /// LightGBM takes `K/(K - 1) p (1 - p)`, which is this one only for two classes.
    Majorizer,
    /// `|p - y|`: XGBoost since September 2026.
    Absolute,
}

impl SoftmaxCrossEntropy {
    /// `ln Σ e^(x/T)`, without overflow.
    pub fn logsumexp(&self, row: &[f64]) -> Result<f64> {
        let shares = Shares::new(Self::ENTRY.name, row, self.temperature)?;
        Ok(settle(shares.logsumexp(), || shares.largest.high))
    }

    /// The diagonal of the Hessian in the logits, or what stands for it.
    pub fn hessian_diagonal(&self, row: &[f64], target: Target<'_>, kind: HessianKind) -> Result<Vec<f64>> {
        check_target(Self::ENTRY.name, row.len(), target)?;
        let shares = Shares::new(Self::ENTRY.name, row, self.temperature)?;
        let (own, partition) = self.curvatures(&shares, kind == HessianKind::GaussNewton);
        let diagonal = |j: usize| {
            let p = shares.probability(j);
            let exact = p * shares.complement(j) * own + p * p * partition;
            match kind {
                HessianKind::Exact | HessianKind::GaussNewton => self.per_square(exact),
                HessianKind::Majorizer => self.per_square(exact * 2.0),
                HessianKind::Absolute => self.residual(&shares, target, j).abs(),
            }
        };
        Ok((0..row.len()).map(|j| diagonal(j).round_to_machine()).collect())
    }

    /// The Hessian `diag(p) - p pᵀ` (over T²), C×C, row by row.
    pub fn hessian(&self, row: &[f64]) -> Result<Vec<f64>> {
        let shares = Shares::new(Self::ENTRY.name, row, self.temperature)?;
        let (own, partition) = self.curvatures(&shares, false);
        let classes = row.len();
        let p: Vec<Wide> = (0..classes).map(|j| shares.probability(j)).collect();
        let mut matrix = Vec::with_capacity(classes * classes);
        for i in 0..classes {
            for j in 0..classes {
                let softmax = if i == j { p[i] * shares.complement(i) } else { -(p[i] * p[j]) };
                matrix.push(self.per_square(softmax * own + p[i] * p[j] * partition).round_to_machine());
            }
        }
        Ok(matrix)
    }

    /// The Hessian times a vector, without the matrix.
    pub fn hessian_product(&self, row: &[f64], v: &[f64]) -> Result<Vec<f64>> {
        check_length(Self::ENTRY.name, "v", v.len(), row.len())?;
        let shares = Shares::new(Self::ENTRY.name, row, self.temperature)?;
        let (own, partition) = self.curvatures(&shares, false);
        let (product, mean) = super::softmax::product(&shares, v);
        let entry = |(j, x): (usize, Wide)| self.per_square(x * own + shares.probability(j) * mean * partition);
        Ok(product.into_iter().enumerate().map(|x| entry(x).round_to_machine()).collect())
    }

    /// The factors of `diag(p) - p pᵀ` and of `p pᵀ`.
    fn curvatures(&self, shares: &Shares, gauss_newton: bool) -> (Wide, Wide) {
        if self.z_loss == 0.0 {
            return (wide(1.0), wide(0.0));
        }
        let twice = wide(self.z_loss) * 2.0;
        let own = if gauss_newton { wide(1.0) } else { shares.logsumexp() * twice + 1.0 };
        (own, twice)
    }

    /// Over T².
    fn per_square(&self, x: Wide) -> Wide {
        if self.temperature == 1.0 { x } else { x / self.temperature / self.temperature }
    }

    /// The smoothed target of class j, and one minus it.
    fn smoothed(&self, target: Target<'_>, j: usize, classes: usize) -> (Wide, Wide) {
        let y = target.probability(j);
        let (y, miss) = (wide(y), Wide::sum(1.0, -y));
        if self.label_smoothing == 0.0 {
            return (y, miss);
        }
        let (keep, count) = (Wide::sum(1.0, -self.label_smoothing), classes as f64);
        let spread = wide(self.label_smoothing) / count;
        (keep * y + spread, keep * miss + spread * (count - 1.0))
    }

    fn residual(&self, shares: &Shares, target: Target<'_>, j: usize) -> Wide {
        let (y, miss) = self.smoothed(target, j, shares.weight.len());
        shares.residual(j, y, miss)
    }

    /// The value for scores that are taken apart already.
    pub(crate) fn value_of(&self, shares: &Shares, target: Target<'_>) -> f64 {
        let classes = shares.weight.len();
        let mut sum = wide(0.0);
        for j in 0..classes {
            let (y, _) = self.smoothed(target, j, classes);
            if y.high != 0.0 {
                sum = sum + shares.surprise(j) * y;
            }
        }
        if self.z_loss != 0.0 {
            sum = sum + shares.logsumexp().square() * self.z_loss;
        }
        // Nothing is negative, so what is not finite is infinite.
        settle(sum, || f64::INFINITY)
    }

    /// The derivative with respect to score j, before rounding.
    pub(crate) fn slope_of(&self, shares: &Shares, target: Target<'_>, j: usize) -> Wide {
        let mut slope = self.residual(shares, target, j);
        if self.z_loss != 0.0 {
            slope = slope + shares.probability(j) * shares.logsumexp() * self.z_loss * 2.0;
        }
        if self.temperature == 1.0 { slope } else { slope / self.temperature }
    }

    /// The same in plain precision, for results beyond `f64`.
    fn plain_slope(&self, shares: &Shares, target: Target<'_>, j: usize) -> f64 {
        let pull = shares.probability(j).high * shares.largest.high * self.z_loss * 2.0;
        (self.residual(shares, target, j).high + if pull.is_nan() { 0.0 } else { pull }) / self.temperature
    }
}

impl RowLoss for SoftmaxCrossEntropy {
    fn entry(&self) -> &'static Entry {
        Self::ENTRY
    }
    fn arguments(&self) -> Arguments {
        self.parameter_values()
    }
    fn value(&self, row: &[f64], target: Target<'_>) -> Result<f64> {
        check_target(Self::ENTRY.name, row.len(), target)?;
        Ok(self.value_of(&Shares::new(Self::ENTRY.name, row, self.temperature)?, target))
    }
    fn value_and_gradient(&self, row: &[f64], target: Target<'_>, gradient: &mut [f64]) -> Result<f64> {
        check_length(Self::ENTRY.name, "gradient", gradient.len(), row.len())?;
        check_target(Self::ENTRY.name, row.len(), target)?;
        let shares = Shares::new(Self::ENTRY.name, row, self.temperature)?;
        for (j, slot) in gradient.iter_mut().enumerate() {
            *slot = settle(self.slope_of(&shares, target, j), || self.plain_slope(&shares, target, j));
        }
        Ok(self.value_of(&shares, target))
    }
}
