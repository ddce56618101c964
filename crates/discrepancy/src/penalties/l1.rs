use super::{Penalty, sums};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::Result;
use crate::number::Twofold;

crate::entry! {
    /// The sum of absolute weights: makes small weights exactly zero.
    ///
    /// The gradient at 0 is 0, the subgradient of least norm; the proximal operator is soft thresholding.
    L1("l1") in Penalty as Penalty {
        /// The factor of the sum.
        lambda: f64 = Value::Number(1.0), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["lasso", "l1_penalty"];
    formula: r"\lambda \sum_i |w_i|";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, NonNegative];
    source: "Tibshirani 1996, doi:10.1111/j.2517-6161.1996.tb02080.x";
    reference: [
        "": [[1.0, -2.0, 3.0]] => [6.0];
        "lambda=0.5": [[1.0, -2.0, 3.0]] => [3.0];
    ];
}

impl Penalty for L1 {
    crate::identity!();
    fn value(&self, weights: &[f64]) -> Result<f64> {
        sums::check(Self::ENTRY.name, weights)?;
        Ok(sums::absolute(weights, Twofold::from(self.lambda)).round())
    }
    fn gradient(&self, weights: &[f64]) -> Result<Vec<f64>> {
        sums::check(Self::ENTRY.name, weights)?;
        Ok(sums::each(weights, |w| self.lambda * sums::sign(w)))
    }
    fn proximal(&self, weights: &[f64], step: f64) -> Result<Vec<f64>> {
        sums::check(Self::ENTRY.name, weights)?;
        sums::check_step(Self::ENTRY.name, step)?;
        let (threshold, one) = (Twofold::product(self.lambda, step), Twofold::from(1.0));
        Ok(sums::each(weights, |w| sums::soften(w, threshold, one)))
    }
}
