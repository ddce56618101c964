use super::margins::each_class;
use super::shares::{check_classes, check_length, check_scores};
use super::{HessianKind, RowLoss, Target};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::losses::{BinaryCrossEntropyWithLogits, Loss};
use crate::number::careful::{Careful, deepening, settled};

crate::entry! {
    /// Multilabel soft margin loss: the binary cross entropy of each class's logit, averaged over the classes.
    ///
    /// The target is a row with a probability for each class, independent of the others'; a label means that class
    /// alone. PyTorch's `multilabel_soft_margin_loss`; class weights weigh the classes of a row, not the rows of a
    /// mean.
    MultilabelSoftMargin("multilabel_soft_margin") in Row as Row {
        /// A weight for each class; an empty list weighs all by 1.
        class_weight: Vec<f64> = Value::List(Vec::new()), Domain::list(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["multilabel_soft_margin_loss"];
    formula: r"\frac1C \sum_j w_j \left(y_j \operatorname{softplus}(-z_j) + (1 - y_j) \operatorname{softplus}(z_j)\right)";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [Convex, OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x";
    reference: [
        "": [[0.0, 0.0, 0.0], [1.0]] => [std::f64::consts::LN_2];
        "class_weight=[0 3]": [[5.0, -20.0], [0.0]] => [3.0917304304715715e-09];
    ];
}

impl MultilabelSoftMargin {
    fn check(&self, row: &[f64], target: Target<'_>) -> Result<Vec<f64>> {
        check_scores(Self::ENTRY.name, row)?;
        check_classes(Self::ENTRY.name, "class_weight", self.class_weight.len(), row.len())?;
        each_class(Self::ENTRY.name, row.len(), target)
    }
    /// What the formula of one logit gives for class j, with its share of the mean.
    fn share<R: Careful>(&self, classes: usize, j: usize, x: R) -> R {
        let weight = self.class_weight.get(j).copied().unwrap_or(1.0);
        x.weighted(R::of(weight)).over_number(classes as f64)
    }
}

/// The loss of one class.
fn one() -> BinaryCrossEntropyWithLogits {
    BinaryCrossEntropyWithLogits::default()
}

impl RowLoss for MultilabelSoftMargin {
    crate::identity!();
    fn evaluate(&self, row: &[f64], target: Target<'_>, epsilon: f64, gradient: Option<&mut [f64]>) -> Result<f64> {
        let y = self.check(row, target)?;
        let classes = row.len();
        if let Some(gradient) = gradient {
            check_length(Self::ENTRY.name, "gradient", gradient.len(), classes)?;
            for (j, slot) in gradient.iter_mut().enumerate() {
                let mut slope = deepening!(epsilon, |R| Ok(self.share(classes, j, one().derivative(R::of(row[j]), R::of(y[j])))));
                *slot = settled!(slope, |slope| *slope)?;
            }
        }
        let mut value = deepening!(epsilon, |R| Ok((0..classes).fold(R::of(0.0), |sum, j| {
            sum + self.share(classes, j, one().value(R::of(row[j]), R::of(y[j])))
        })));
        settled!(value, |value| *value)
    }
    fn hessian_diagonal(&self, row: &[f64], target: Target<'_>, epsilon: f64, kind: HessianKind) -> Result<Vec<f64>> {
        let y = self.check(row, target)?;
        if !matches!(kind, HessianKind::Exact | HessianKind::GaussNewton) {
            let allowed = "the exact diagonal, which is the whole matrix";
            return Err(Error::new(ErrorKind::Unsupported, Self::ENTRY.name, "hessian", allowed));
        }
        let diagonal = |j: usize| {
            let mut curvature =
                deepening!(epsilon, |R| Ok(self.share(row.len(), j, one().second_derivative(R::of(row[j]), R::of(y[j])))));
            settled!(curvature, |curvature| *curvature)
        };
        (0..row.len()).map(diagonal).collect()
    }
}
