use super::{HeadFormula, HeadRow, Layer, LossOfScores};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::distances::pair::scaled;
use crate::error::Result;
use crate::rows::shares::scaled_weights;
use crate::rows::{RowLoss, SmoothingOver, SoftmaxCrossEntropy, Target};
use crate::sums::Whole;

crate::entry! {
    /// Softmax cross entropy over a linear layer `z = W x + b`, with all gradients in one call.
    ///
    /// `∂l/∂z = p - y`, `∂l/∂W = (p - y) xᵀ`, `∂l/∂b = p - y`, `∂l/∂x = Wᵀ (p - y)`. The logits of a few rows live
    /// at a time. The parameters are those of `softmax_cross_entropy`.
    LinearSoftmaxCrossEntropy("linear_softmax_cross_entropy") in Head as Head {
        /// The logits are divided by it.
        temperature: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
        /// How much of the target is spread evenly over the classes.
        label_smoothing: f64 = Value::Number(0.0), Domain::number(Interval::from(0.0, 1.0));
        /// The weight of the squared log-partition.
        z_loss: f64 = Value::Number(0.0), Domain::number(Interval::from(0.0, f64::INFINITY));
        /// What the smoothed share is spread over: `all` classes or the `others`.
        smoothing_over: SmoothingOver = Value::Word("all"), Domain::words(&["all", "others"]);
        /// A weight for each class; an empty list weighs all by 1.
        class_weight: Vec<f64> = Value::List(Vec::new()), Domain::list(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["linear_cross_entropy"];
    formula: r"-\ln \operatorname{softmax}(W x + b)_y";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Wijmans, Huval, Hertzberg, Koltun, Krähenbühl 2024, arXiv:2411.09009";
    reference: [
        "": [[1.0, 2.0], [1.0, 0.0, 0.0, 1.0], [1.0]] => [0.3132616875182228];
        "": [[1.0, -1.0], [8.0, -9.0, 0.0, 0.0], [0.0]] => [4.139937633089748e-08];
    ];
}

impl LinearSoftmaxCrossEntropy {
    /// The loss of the scores.
    fn loss(&self) -> Result<SoftmaxCrossEntropy> {
        let weight = self.class_weight.clone();
        SoftmaxCrossEntropy::new(self.temperature, self.label_smoothing, self.z_loss, self.smoothing_over, weight)
    }
    pub(super) fn times_power(&self, power: i32, target: Target<'_>) -> Option<Self> {
        let alone = matches!(target, Target::Label(_)) && self.label_smoothing == 0.0;
        let (z_loss, class_weight) = (scaled(self.z_loss, power), scaled_weights(&self.class_weight, power, alone)?);
        z_loss.is_finite().then(|| LinearSoftmaxCrossEntropy { z_loss, class_weight, ..self.clone() })
    }
    pub(super) fn target_weight(&self, target: Target<'_>) -> f64 {
        self.loss().map_or(1.0, |loss| loss.weight(target))
    }
}

impl HeadFormula for LinearSoftmaxCrossEntropy {
    const BIAS: bool = true;

    fn row<R: Whole>(&self, layer: Layer<'_>, x: &[f64], target: Target<'_>) -> Result<HeadRow<R>> {
        let loss = self.loss()?;
        let shares = layer.shares::<R>(x, self.temperature, None)?;
        let pull = loss.pulls(layer.function, &shares, target)?;
        let slopes = (0..layer.classes()).map(|c| SoftmaxCrossEntropy::slope_of(&shares, &pull, c)).collect();
        // Probabilities sum to 1, so that only the drift of the scores is left.
        let total = match self.z_loss {
            0.0 => R::of(0.0),
            z_loss => (shares.logsumexp() * z_loss * 2.0).over_number(self.temperature),
        };
        Ok(HeadRow { value: SoftmaxCrossEntropy::value_of(&pull), slopes, total, special: None })
    }
    fn of_scores(&self) -> Option<LossOfScores> {
        // The log-partition itself counts only where it is penalised.
        Some(LossOfScores { loss: Box::new(self.loss().ok()?), of_differences: self.z_loss == 0.0 })
    }
}
