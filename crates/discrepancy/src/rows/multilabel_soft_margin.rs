use super::margins::each_class;
use super::shares::{check_classes, check_length, check_scores};
use super::{HessianKind, RowLoss, Target};
use crate::batch::block::BLOCK;
use crate::batch::elements::{Left, Place, Rows};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::losses::{BinaryCrossEntropyWithLogits, Loss, PointwiseLoss};
use crate::number::careful::{Careful, deepening, settled};
use crate::number::{Level, Twofold};
use crate::sums::ExactSum;

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

impl MultilabelSoftMargin {
    /// The same of classes that weigh 1, by the kernel of the loss of one class; what it does not certify is computed alone.
    fn straight(&self, row: &[f64], y: &[f64], epsilon: f64, mut gradient: Option<&mut [f64]>) -> Result<f64> {
        let (loss, classes) = (one(), row.len());
        let share = Twofold::from(1.0) / classes as f64;
        let (mut sum, mut left) = (ExactSum::new(), Left::default());
        let (mut values, mut slopes) = ([0.0; BLOCK], [0.0; BLOCK]);
        for start in (0..classes).step_by(BLOCK) {
            crate::stop::look();
            let count = BLOCK.min(classes - start);
            let (z, y) = (&row[start..][..count], &y[start..][..count]);
            let wanted = if gradient.is_some() { count } else { 0 };
            let place = |wide| Place { wide, narrow: &mut [] };
            loss.doubles(
                Level::best(),
                Rows {
                    prediction: z,
                    target: y,
                    next: [&[]; 2],
                    value: place(&mut values[..count]),
                    gradient: place(&mut slopes[..wanted]),
                    hessian: Place::default(),
                    factor: [share.high, share.low],
                    sum: None,
                    left: &mut left,
                },
            );
            for (j, orders) in left.iter() {
                if orders & 1 != 0 {
                    let mut value = deepening!(epsilon, |R| Ok(loss.value(R::of(z[j]), R::of(y[j]))));
                    values[j] = settled!(value, |value| *value)?;
                }
                if orders & 2 != 0 {
                    let mut slope = deepening!(epsilon, |R| Ok(self.share(classes, j, loss.derivative(R::of(z[j]), R::of(y[j])))));
                    slopes[j] = settled!(slope, |slope| *slope)?;
                }
            }
            values[..count].iter().for_each(|value| sum.add(*value));
            if let Some(gradient) = &mut gradient {
                gradient[start..][..count].copy_from_slice(&slopes[..count]);
            }
        }
        let high = sum.to_f64();
        if !high.is_finite() {
            return Ok(high);
        }
        sum.add(-high);
        Ok((Twofold::new(high, sum.to_f64()) / classes as f64).round_to_machine())
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
        if let Some(gradient) = &gradient {
            check_length(Self::ENTRY.name, "gradient", gradient.len(), classes)?;
        }
        if self.class_weight.is_empty() {
            return self.straight(row, &y, epsilon, gradient);
        }
        if let Some(gradient) = gradient {
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
