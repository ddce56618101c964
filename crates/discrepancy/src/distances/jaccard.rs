use super::Distance;
use super::pair::{Gradients, Pair};
use super::truth::{Truth, share};
use crate::catalog::DataDomain;
use crate::error::Result;

crate::entry! {
    /// Jaccard distance of truth values: of what is true in either row, the share that is not true in both.
    ///
    /// Numbers other than 0 are true. Two rows without anything true are 0 apart, as all equal rows.
    Jaccard("jaccard") in Distance as Pair {}
    aliases: [];
    formula: r"\frac{\#[a_i \ne b_i]}{\#[a_i \vee b_i]}";
    prediction: DataDomain::Truth;
    target: DataDomain::Truth;
    properties: [Symmetric, NonNegative, Bounded, Metric, NotDifferentiable];
    source: "Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x";
    reference: [
        "": [[1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]] => [0.75];
    ];
}

impl Distance for Jaccard {
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let truth = Truth::of(pair, gradients.as_ref())?;
        Ok(share(truth.unequal(), truth.both + truth.unequal()))
    }
}
