use super::labelled::{Answer, LabelFormula, Labelled, LabelledLoss};
use super::shares::{Shares, check_classes, check_length, check_target};
use super::{RowLoss, Target};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::Result;
use crate::number::{Long, Real};
use crate::number::careful::{Careful, deepening, settled};

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
    /// The row taken apart, with the answer for each class that has a target: a row of probabilities is the mean.
    fn prepare<R: Careful>(&self, row: &[f64], target: Target<'_>) -> Result<Prepared<R>> {
        let shares = Shares::new(Self::ENTRY.name, row, 1.0)?;
        let (classes, none) = (row.len(), R::of(0.0));
        let mut prepared = Prepared { value: none, own: vec![none; classes], pushed: vec![none; classes], shares };
        let mut others = vec![none; classes];
        for (class, (own, other)) in prepared.own.iter_mut().zip(&mut others).enumerate() {
            let pull: R = self.pull(target, class);
            if !pull.is_zero() {
                let answer = self.answer(prepared.shares.labelled(class), pull);
                prepared.value = prepared.value + answer.value;
                (*own, *other) = (answer.own, answer.other);
            }
        }
        // Sums over all classes but one, without taking it away again: what stands before it and what stands behind.
        let pushed = &mut prepared.pushed;
        let (mut before, mut behind) = (none, none);
        for i in 0..classes {
            let j = classes - 1 - i;
            (pushed[i], before) = (pushed[i] + before, before + others[i]);
            (pushed[j], behind) = (pushed[j] + behind, behind + others[j]);
        }
        Ok(prepared)
    }
}

/// A row, and what the losses of its classes with a target make of it together.
struct Prepared<R> {
    shares: Shares<R>,
    /// The value.
    value: R,
    /// By score: the derivative of the loss of that very class …
    own: Vec<R>,
    /// … and, over the score's weight, those of the losses of all other classes.
    pushed: Vec<R>,
}

impl<R: Careful> Prepared<R> {
    fn slope(&self, i: usize) -> R {
        self.own[i] + self.pushed[i] * self.shares.weight[i]
    }
}

impl LabelFormula for SoftmaxFocal {
    fn temperature(&self) -> f64 {
        1.0
    }
    fn class_weights(&self) -> &[f64] {
        &self.alpha
    }
    #[inline(always)]
    fn answer<R: Real>(&self, row: Labelled<R>, class_weight: R) -> Answer<R> {
        let (p, q) = (row.weight / row.total, row.others / row.total);
        let easiness = q.power(self.gamma) * class_weight;
        // With s = -ln p, the derivative of q^γ s by ln p is -q^(γ-1) (γ p s + q); that of ln p by the scores is q and
        // -w_j/Σw. Where nothing is left for the other classes, all derivatives vanish.
        let force = (row.surprise.weighted(p) * self.gamma + q) * easiness;
        let none = force.lit(0.0);
        let other = R::when(row.others.same(none), none, force / row.others);
        Answer { value: row.surprise.weighted(easiness), own: -force, other }
    }
}

impl RowLoss for SoftmaxFocal {
    crate::identity!();
    fn evaluate(
        &self,
        row: &[f64],
        target: Target<'_>,
        epsilon: f64,
        gradient: Option<&mut [f64]>,
    ) -> Result<f64> {
        self.check(row, target, epsilon)?;
        let mut parts = deepening!(epsilon, |R| self.prepare::<R>(row, target));
        if let Some(gradient) = gradient {
            check_length(Self::ENTRY.name, "gradient", gradient.len(), row.len())?;
            for (i, slot) in gradient.iter_mut().enumerate() {
                *slot = settled!(parts, |row| row.slope(i))?;
            }
        }
        settled!(parts, |row| row.value)
    }
    fn truth(&self, row: &[f64], target: Target<'_>, epsilon: f64) -> Result<[Vec<Long>; 3]> {
        self.check(row, target, epsilon)?;
        let prepared = self.prepare::<Long>(row, target)?;
        let gradient = (0..row.len()).map(|i| prepared.slope(i)).collect();
        Ok([vec![prepared.value], gradient, Vec::new()])
    }
    fn labelled(&self) -> Option<&dyn LabelledLoss> {
        Some(self)
    }
}
