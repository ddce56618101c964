use super::{Head, HeadResult, Wide, check_scores, dot, round, shape};
use crate::catalog::{Arguments, DataDomain, Domain, Entry, Interval, Value};
use crate::error::Result;
use crate::rows::shares::Shares;
use crate::rows::{SoftmaxCrossEntropy, Target};

crate::entry! {
    /// Softmax cross entropy over a linear layer `z = W x + b`, with all gradients in one call.
    ///
    /// `∂l/∂z = p - y`, `∂l/∂W = (p - y) xᵀ`, `∂l/∂b = p - y`, `∂l/∂x = Wᵀ (p - y)`. Logits live one row at a time.
    LinearSoftmaxCrossEntropy("linear_softmax_cross_entropy") in Head as Head {
        /// The logits are divided by it.
        temperature: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
        /// How much of the target is spread evenly over all classes.
        label_smoothing: f64 = Value::Number(0.0), Domain::number(Interval::from(0.0, 1.0));
        /// The weight of the squared log-partition.
        z_loss: f64 = Value::Number(0.0), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["linear_cross_entropy"];
    formula: r"-\ln \operatorname{softmax}(W x + b)_y";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Wijmans, Huval, Hertzberg, Koltun, Krähenbühl 2024, arXiv:2411.09009";
}

impl Head for LinearSoftmaxCrossEntropy {
    fn entry(&self) -> &'static Entry {
        Self::ENTRY
    }
    fn arguments(&self) -> Arguments {
        self.parameter_values()
    }
    fn evaluate(&self, x: &[f64], weights: &[f64], bias: Option<&[f64]>, labels: &[usize]) -> Result<HeadResult> {
        let name = Self::ENTRY.name;
        let (width, classes) = shape(name, x, weights, bias, labels)?;
        let loss = SoftmaxCrossEntropy::new(self.temperature, self.label_smoothing, self.z_loss)?;
        let zero = Wide::from(0.0);
        let (mut dw, mut db) = (vec![zero; weights.len()], vec![zero; bias.map_or(0, <[f64]>::len)]);
        let (mut value, mut dx) = (Vec::with_capacity(labels.len()), Vec::with_capacity(x.len()));
        for (i, (x, &label)) in x.chunks(width).zip(labels).enumerate() {
            let score = |(c, w): (usize, &[f64])| dot(w, x).plus(bias.map_or(0.0, |b| b[c]));
            let scores: Vec<Wide> = weights.chunks(width).enumerate().map(score).collect();
            check_scores(name, &scores, i)?;
            let shares = Shares::of_scores(name, &scores, self.temperature)?;
            value.push(loss.value_of(&shares, Target::Label(label)));
            let mut dx_row = vec![zero; width];
            for c in 0..classes {
                let slope = loss.slope_of(&shares, Target::Label(label), c);
                for d in 0..width {
                    dw[c * width + d] = dw[c * width + d] + slope * x[d];
                    dx_row[d] = dx_row[d] + slope * weights[c * width + d];
                }
                if let Some(db) = db.get_mut(c) {
                    *db = *db + slope;
                }
            }
            dx.extend(round(&dx_row));
        }
        Ok(HeadResult { value, dx, dw: round(&dw), db: round(&db) })
    }
}
