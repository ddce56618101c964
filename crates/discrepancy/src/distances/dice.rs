use super::Distance;
use super::pair::{Gradients, Pair};
use super::truth::{Truth, share};
use crate::catalog::DataDomain;
use crate::error::Result;

crate::entry! {
    /// Dice dissimilarity of truth values: the differences, relative to all that is true in the two rows.
    ///
    /// Numbers other than 0 are true. Two rows without anything true are 0 apart, as all equal rows. It is no metric.
    Dice("dice") in Distance as Pair {}
    aliases: ["sorensen"];
    formula: r"\frac{\#[a_i \ne b_i]}{2 \, \#[a_i \wedge b_i] + \#[a_i \ne b_i]}";
    prediction: DataDomain::Truth;
    target: DataDomain::Truth;
    properties: [Symmetric, NonNegative, Bounded, NotDifferentiable];
    source: "Dice 1945, doi:10.2307/1932409";
    reference: [
        "": [[1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]] => [0.6];
    ];
}

impl Distance for Dice {
    fn compute(&self, pair: &Pair<'_>, gradients: Option<Gradients<'_>>) -> Result<f64> {
        let truth = Truth::of(pair, gradients.as_ref())?;
        Ok(share(truth.unequal(), truth.both * 2.0 + truth.unequal()))
    }
}
