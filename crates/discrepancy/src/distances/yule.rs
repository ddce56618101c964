use super::Distance;
use super::pair::{Gradients, Pair, wide};
use super::truth::{Truth, share};
use crate::catalog::DataDomain;
use crate::error::Result;

crate::entry! {
    /// Yule dissimilarity of truth values: 1 less their coefficient of association, from 0 to 2.
    ///
    /// Numbers other than 0 are true. It is 0 where no coordinate is true in the first row alone, or none in the
    /// second alone.
    Yule("yule") in Distance as Pair {}
    aliases: [];
    formula: r"\frac{2 \, \#[a_i \wedge \neg b_i] \, \#[\neg a_i \wedge b_i]}{\#[a_i \wedge b_i] \, \#[\neg a_i \wedge \neg b_i] + \#[a_i \wedge \neg b_i] \, \#[\neg a_i \wedge b_i]}";
    prediction: DataDomain::Truth;
    target: DataDomain::Truth;
    properties: [Symmetric, NonNegative, Bounded, NotDifferentiable];
    source: "Yule 1912, doi:10.2307/2340126";
    reference: [
        "": [[1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]] => [1.0];
    ];
}

impl Distance for Yule {
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let truth = Truth::of(pair, gradients.as_ref())?;
        if truth.first.high == 0.0 || truth.second.high == 0.0 {
            return Ok(0.0);
        }
        // Over the product of the two, so that small weights do not underflow.
        let odds = (truth.both / truth.first) * (truth.neither / truth.second);
        Ok(share(wide(2.0), odds + 1.0))
    }
}
