use super::Distance;
use super::pair::{Gradients, Pair};
use super::termwise::{Shape, Sums, Termwise, termwise};
use super::truth::{Truth, share, terms, truth};
use crate::catalog::DataDomain;
use crate::error::Result;
use crate::number::Real;

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

truth!(Dice);

impl Dice {
    #[inline(always)]
    fn of<R: Real>(truth: &Truth<R>) -> R {
        share(truth.unequal(), truth.both * 2.0 + truth.unequal())
    }
}
