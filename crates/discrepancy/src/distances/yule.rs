use super::Distance;
use super::pair::{Gradients, Pair};
use super::termwise::{Shape, Sums, Termwise, termwise};
use super::truth::{Truth, share, terms, truth};
use crate::catalog::DataDomain;
use crate::error::Result;
use crate::number::Real;

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

truth!(Yule);

impl Yule {
    #[inline(always)]
    fn of<R: Real>(truth: &Truth<R>) -> R {
        let zero = truth.both.lit(0.0);
        // Over the product of the two, so that small weights do not underflow.
        let odds = (truth.both / truth.first) * (truth.neither / truth.second);
        let nothing = truth.first.same(zero) | truth.second.same(zero);
        R::when(nothing, zero, share(zero.lit(2.0), odds + 1.0))
    }
}
