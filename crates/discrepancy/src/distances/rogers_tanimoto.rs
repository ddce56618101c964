use super::Distance;
use super::pair::{Gradients, Pair};
use super::truth::{Truth, share};
use crate::catalog::DataDomain;
use crate::error::Result;

crate::entry! {
    /// Rogers–Tanimoto distance of truth values: the differences, counted twice, relative to all coordinates.
    ///
    /// Numbers other than 0 are true.
    RogersTanimoto("rogers_tanimoto") in Distance as Pair {}
    aliases: ["rogerstanimoto"];
    formula: r"\frac{2 \, \#[a_i \ne b_i]}{\#[a_i = b_i] + 2 \, \#[a_i \ne b_i]}";
    prediction: DataDomain::Truth;
    target: DataDomain::Truth;
    properties: [Symmetric, NonNegative, Bounded, Metric, NotDifferentiable];
    source: "Rogers, Tanimoto 1960, doi:10.1126/science.132.3434.1115";
    reference: [
        "": [[1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]] => [0.6666666666666666];
    ];
}

impl Distance for RogersTanimoto {
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let truth = Truth::of(pair, gradients.as_ref())?;
        let twice = truth.unequal() * 2.0;
        Ok(share(twice, truth.both + truth.neither + twice))
    }
}
