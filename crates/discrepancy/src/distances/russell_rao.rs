use super::Distance;
use super::pair::{Gradients, Pair};
use super::truth::{Truth, share};
use crate::catalog::DataDomain;
use crate::error::Result;

crate::entry! {
    /// Russell–Rao dissimilarity of truth values: the share of coordinates that are not true in both rows.
    ///
    /// Numbers other than 0 are true. A row is not 0 apart from itself, unless all of it is true.
    RussellRao("russell_rao") in Distance as Pair {}
    aliases: ["russellrao"];
    formula: r"\frac1n \left(n - \#[a_i \wedge b_i]\right)";
    prediction: DataDomain::Truth;
    target: DataDomain::Truth;
    properties: [Symmetric, NonNegative, Bounded, NotDifferentiable];
    source: "Russell, Rao 1940, Journal of the Malaria Institute of India 3";
    reference: [
        "": [[1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]] => [0.8333333333333334];
    ];
}

impl Distance for RussellRao {
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let truth = Truth::of(pair, gradients.as_ref())?;
        let rest = truth.unequal() + truth.neither;
        Ok(share(rest, truth.both + rest))
    }
}
