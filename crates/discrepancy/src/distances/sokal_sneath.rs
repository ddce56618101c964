use super::Distance;
use super::pair::{Gradients, Pair};
use super::truth::{Truth, share};
use crate::catalog::DataDomain;
use crate::error::Result;

crate::entry! {
    /// Sokal–Sneath distance of truth values: of what is true in either row the differences, counted twice.
    ///
    /// Numbers other than 0 are true. Two rows without anything true are 0 apart, as all equal rows.
    SokalSneath("sokal_sneath") in Distance as Pair {}
    aliases: ["sokalsneath"];
    formula: r"\frac{2 \, \#[a_i \ne b_i]}{\#[a_i \wedge b_i] + 2 \, \#[a_i \ne b_i]}";
    prediction: DataDomain::Truth;
    target: DataDomain::Truth;
    properties: [Symmetric, NonNegative, Bounded, Metric, NotDifferentiable];
    source: "Sokal, Sneath 1963, Principles of Numerical Taxonomy";
    reference: [
        "": [[1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]] => [0.8571428571428571];
    ];
}

impl Distance for SokalSneath {
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let truth = Truth::of(pair, gradients.as_ref())?;
        let twice = truth.unequal() * 2.0;
        Ok(share(twice, truth.both + twice))
    }
}
