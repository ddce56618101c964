use super::{Penalty, sums};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::Result;
use crate::number::Twofold;

crate::entry! {
    /// The sum of squared weights (ridge, weight decay): shrinks all weights in proportion.
    ///
    /// Without the factor one half that some texts have; the gradient is `2 λ w`.
    L2("l2") in Penalty as Penalty {
        /// The factor of the sum.
        lambda: f64 = Value::Number(1.0), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["ridge", "l2_penalty"];
    formula: r"\lambda \sum_i w_i^2";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, OnceDifferentiable, TwiceDifferentiable, NonNegative];
    source: "Hoerl, Kennard 1970, doi:10.1080/00401706.1970.10488634";
    reference: [
        "": [[1.0, -2.0, 3.0]] => [14.0];
    ];
}

impl Penalty for L2 {
    crate::identity!();
    fn value(&self, weights: &[f64]) -> Result<f64> {
        sums::check(Self::ENTRY.name, weights)?;
        Ok(sums::squares(weights, Twofold::from(self.lambda)).round())
    }
    fn gradient(&self, weights: &[f64]) -> Result<Vec<f64>> {
        sums::check(Self::ENTRY.name, weights)?;
        // The lesser of the two is doubled, which is exact unless the product is beyond `f64` anyway.
        let slope = |w: f64| if w.abs() < self.lambda { self.lambda * (w * 2.0) } else { self.lambda * 2.0 * w };
        Ok(sums::each(weights, slope))
    }
    fn proximal(&self, weights: &[f64], step: f64) -> Result<Vec<f64>> {
        sums::check(Self::ENTRY.name, weights)?;
        sums::check_step(Self::ENTRY.name, step)?;
        let shrink = Twofold::product(self.lambda, step) * 2.0 + 1.0;
        Ok(sums::each(weights, |w| sums::soften(w, Twofold::from(0.0), shrink)))
    }
}
