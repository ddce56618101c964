use super::shares::{check_scores, check_target};
use super::{RowLoss, Target};
use crate::catalog::{DataDomain};
use crate::error::{Error, ErrorKind, Result};

crate::entry! {
    /// Zero-one loss of a row of scores: 0 if the largest score is the true class's, else 1.
    ///
    /// Of several largest scores the first counts. For a row of target probabilities it is the probability of a miss.
    /// It has no derivative: asking for one is an error, never a row of zeros.
    MulticlassZeroOne("multiclass_zero_one") in Row as Row {}
    aliases: ["multiclass_error_rate"];
    formula: r"1 - y_{\operatorname{argmax} z}";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [NonNegative, Bounded, NotDifferentiable];
    source: "Hastie, Tibshirani, Friedman 2009, The Elements of Statistical Learning, 2.4";
    reference: [
        "": [[1.0, 3.0, 2.0], [1.0]] => [0.0];
        "": [[1.0, 3.0, 2.0], [0.0]] => [1.0];
    ];
}

impl RowLoss for MulticlassZeroOne {
    crate::identity!();
    fn evaluate(
        &self,
        row: &[f64],
        target: Target<'_>,
        epsilon: f64,
        gradient: Option<&mut [f64]>,
    ) -> Result<f64> {
        if gradient.is_some() {
            return Err(Error::new(ErrorKind::NotDifferentiable, Self::ENTRY.name, "gradient", "the value alone"));
        }
        check_scores(Self::ENTRY.name, row)?;
        check_target(Self::ENTRY.name, row.len(), target, epsilon)?;
        let mut top = 0;
        for (j, x) in row.iter().enumerate() {
            if *x > row[top] {
                top = j;
            }
        }
        Ok(1.0 - target.probability(top))
    }
}
