use super::shares::{Shares, check_classes, check_length, check_target};
use super::{RowLoss, Target};
use crate::catalog::{Arguments, DataDomain, Domain, Entry, Interval, Value};
use crate::error::Result;
use crate::number::Long;
use crate::number::careful::{Careful, Checked, Deepening, settled};

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
    reference: [
        "": [[1.0, 2.0, 3.0], [2.0]] => [0.04567779896788489];
        "gamma=0": [[17.0, 0.0], [0.0]] => [4.139937633089748e-08];
    ];
}

impl SoftmaxFocal {
    fn check(&self, row: &[f64], target: Target<'_>, epsilon: f64) -> Result<()> {
        check_target(Self::ENTRY.name, row.len(), target, epsilon)?;
        check_classes(Self::ENTRY.name, "alpha", self.alpha.len(), row.len())
    }
    /// The target's probability of class k times the weight of the class.
    fn pull<R: Careful>(&self, target: Target<'_>, k: usize) -> R {
        R::of(target.probability(k)) * self.alpha.get(k).copied().unwrap_or(1.0)
    }
    fn value_of<R: Careful>(&self, shares: &Shares<R>, target: Target<'_>) -> R {
        let mut sum = R::of(0.0);
        for k in 0..shares.classes() {
            let pull: R = self.pull(target, k);
            if !pull.is_zero() {
                let easiness = shares.complement(k).power(self.gamma) * pull;
                sum = sum + shares.surprise(k).weighted(easiness);
            }
        }
        sum
    }
    /// The row taken apart, with the force of each class that has a target.
    fn prepare<R: Careful>(&self, row: &[f64], target: Target<'_>) -> Result<(Shares<R>, Vec<Force<R>>)> {
        let shares = Shares::new(Self::ENTRY.name, row, 1.0)?;
        let forces = (0..row.len()).filter_map(|class| {
            let (pull, others): (R, R) = (self.pull(target, class), shares.others(class));
            // Where nothing is left for the other classes, all derivatives vanish.
            if pull.is_zero() || others.is_zero() {
                return None;
            }
            // With q = 1 - p_k, s = -ln p_k, the derivative of q^γ s by ln p_k is -q^(γ-1) (γ p s + q).
            let (p, q) = (shares.probability(class), shares.complement(class));
            let inner = shares.surprise(class).weighted(p) * self.gamma + q;
            Some(Force { class, force: inner * q.power(self.gamma) * pull, others })
        });
        let forces = forces.collect();
        Ok((shares, forces))
    }
    fn slope_of<R: Careful>(shares: &Shares<R>, forces: &[Force<R>], i: usize) -> R {
        forces.iter().fold(R::of(0.0), |slope, Force { class, force, others }| {
            // ∂ln p_k/∂z_i = δ - p_i, which is q for k itself; p_i/q is a quotient of weights, at most 1.
            let share = if i == *class { R::of(-1.0) } else { shares.weight[i] / *others };
            slope + *force * share
        })
    }
}

/// How strongly a class with a target pulls at the scores.
struct Force<R> {
    class: usize,
    force: R,
    /// The weights of all other classes.
    others: R,
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
        self.check(row, target, epsilon)?;
        let deep = || self.prepare::<Long>(row, target);
        let mut parts = Deepening::new(self.prepare::<Checked>(row, target)?, deep, epsilon);
        if let Some(gradient) = gradient {
            check_length(Self::ENTRY.name, "gradient", gradient.len(), row.len())?;
            for (i, slot) in gradient.iter_mut().enumerate() {
                *slot = settled!(parts, |(shares, forces)| Self::slope_of(shares, forces, i))?;
            }
        }
        settled!(parts, |(shares, _)| self.value_of(shares, target))
    }
}
