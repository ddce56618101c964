use super::shares::{Shares, Wide, check_length, check_target, settle, wide};
use super::{RowLoss, Target};
use crate::catalog::{Arguments, DataDomain, Domain, Entry, Interval, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::number::Real;

crate::entry! {
    /// Focal loss of a row of logits: softmax cross entropy in which easy rows count little.
    ///
    /// With `gamma=0` and no weights it is softmax cross entropy. It is not convex. For a row of target probabilities
    /// it is the mean over the classes.
    SoftmaxFocal("softmax_focal") in Row as Row {
        /// How strongly easy rows are weighed down.
        gamma: f64 = Value::Number(2.0), Domain::number(Interval::from(0.0, f64::INFINITY));
        /// A weight for each class; an empty list weighs all by 1.
        alpha: Vec<f64> = Value::List(Vec::new()), Domain::list(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["multiclass_focal"];
    formula: r"-\alpha_y (1 - p_y)^\gamma \ln p_y, \quad p = \operatorname{softmax}(z)";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [OnceDifferentiable, NonNegative, ClassificationCalibrated];
    source: "Lin, Goyal, Girshick, He, Dollár 2017, arXiv:1708.02002";
}

impl SoftmaxFocal {
    fn prepare(&self, row: &[f64], target: Target<'_>, epsilon: f64) -> Result<Shares> {
        let name = Self::ENTRY.name;
        check_target(name, row.len(), target, epsilon)?;
        if !self.alpha.is_empty() && self.alpha.len() != row.len() {
            let allowed = format!("no weights or one for each of {} classes", row.len());
            return Err(Error::new(ErrorKind::Shape, name, "alpha", allowed).value(self.alpha.len()));
        }
        Shares::new(name, row, 1.0)
    }
    /// The target's probability of class k times the weight of the class.
    fn weight(&self, target: Target<'_>, k: usize) -> Wide {
        Wide::product(target.probability(k), self.alpha.get(k).copied().unwrap_or(1.0))
    }
    fn value_of(&self, shares: &Shares, target: Target<'_>) -> f64 {
        let mut sum = wide(0.0);
        for k in 0..shares.weight.len() {
            let weight = self.weight(target, k);
            if weight.high != 0.0 {
                let easiness = shares.complement(k).power(self.gamma) * weight;
                sum = sum + shares.surprise(k).weighted(easiness);
            }
        }
        settle(sum, || f64::INFINITY)
    }
    fn write_gradient(&self, shares: &Shares, target: Target<'_>, gradient: &mut [f64]) {
        let mut slopes = vec![wide(0.0); gradient.len()];
        for k in 0..gradient.len() {
            let weight = self.weight(target, k);
            let others = shares.others(k);
            // Where nothing is left for the other classes, all derivatives vanish.
            if weight.high == 0.0 || others.high == 0.0 {
                continue;
            }
            // With q = 1 - p_k, s = -ln p_k: ∂/∂ln p_k of q^γ s is -q^(γ-1) (γ p s + q), and
            // ∂ln p_k/∂z_i = δ - p_i, which is q for k itself; p_i/q is a quotient of weights, at most 1.
            let (p, q) = (shares.probability(k), shares.complement(k));
            let inner = shares.surprise(k).weighted(p) * self.gamma + q;
            let force = inner * q.power(self.gamma) * weight;
            for (i, slope) in slopes.iter_mut().enumerate() {
                *slope = if i == k { *slope - force } else { *slope + force * (shares.weight[i] / others) };
            }
        }
        for (slot, slope) in gradient.iter_mut().zip(&slopes) {
            *slot = slope.round_to_machine();
        }
    }
}

impl RowLoss for SoftmaxFocal {
    fn entry(&self) -> &'static Entry {
        Self::ENTRY
    }
    fn arguments(&self) -> Arguments {
        self.parameter_values()
    }
    fn evaluate(
        &self,
        row: &[f64],
        target: Target<'_>,
        epsilon: f64,
        gradient: Option<&mut [f64]>,
    ) -> Result<f64> {
        let shares = self.prepare(row, target, epsilon)?;
        if let Some(gradient) = gradient {
            check_length(Self::ENTRY.name, "gradient", gradient.len(), row.len())?;
            self.write_gradient(&shares, target, gradient);
        }
        Ok(self.value_of(&shares, target))
    }
}
