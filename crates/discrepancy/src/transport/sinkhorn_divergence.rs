//! Transport with entropy, made a divergence.

use super::costs::Ground;
use super::sinkhorn::{EPSILON, PASSES, Sinkhorn, Solved, TOLERANCE, TransportGradient};
use super::{Cloud, Transport};
use crate::catalog::{DataDomain, Domain, Value};
use crate::distances::pair::{Wide, wide};
use crate::error::Result;
use crate::samples::unsupported;

crate::entry! {
    /// Sinkhorn divergence between two sets of points: transport with entropy, less what entropy alone costs.
    ///
    /// S(a, b) = W(a, b) − ½ W(a, a) − ½ W(b, b), with W the minimum that `sinkhorn` gives. It is 0 for equal samples
    /// and positive for all others, convex in each of the weights, and smooth; it tends to plain transport as ε goes to
    /// 0 and to the energy distance as it grows. What the three terms have in common cancels: the value is right to
    /// 2^-90 of W, so that it can be that far below 0 for samples that are nearly equal, and gradients to 2^-90 of what
    /// pulls at a point.
    SinkhornDivergence("sinkhorn_divergence") in Transport as Sample {
        /// ε, in units of the cost: see `sinkhorn`.
        epsilon: f64 = Value::Number(EPSILON.0), EPSILON.1;
        /// What it costs to move one unit: the Euclidean distance or its square.
        ground: Ground = Value::Word("euclidean"), Domain::words(&Ground::WORDS);
        /// The marginal error that is enough: see `sinkhorn`.
        tolerance: f64 = Value::Number(TOLERANCE.0), TOLERANCE.1;
        /// Passes over the costs, at most, for each of the three terms.
        max_iterations: u32 = Value::Number(PASSES.0), PASSES.1;
    }
    aliases: ["debiased_sinkhorn"];
    formula: r"W_\varepsilon(a, b) - \tfrac12 W_\varepsilon(a, a) - \tfrac12 W_\varepsilon(b, b)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric, NonNegative, OnceDifferentiable];
    source: "Feydy et al. 2019, arXiv:1810.08278; Genevay, Peyré, Cuturi 2018, arXiv:1706.00292";
    reference: [
        "epsilon=0.5": [[0.0], [1.0]] => [1.0];
        "epsilon=0.5": [[0.0, 1.0], [0.5, 0.5]] => [0.3584452076207568];
    ];
}

/// The marginal error that is sought, although `tolerance` is enough: what the three terms have in common cancels, what
/// they miss does not. Where points hang together by next to nothing, an error of 1e-18 is one of 1e-18 of the value.
const AIM: f64 = 1e-30;

impl SinkhornDivergence {
    /// The divergence, and its gradients with respect to points and weights.
    ///
    /// ```
    /// use discrepancy::transport::{Ground, SinkhornDivergence};
    /// let divergence = SinkhornDivergence::new(0.1, Ground::SquaredEuclidean, 1e-18, 1000_u32)?;
    /// let gradient = divergence.value_and_gradient(&[0.0, 2.0], None, &[1.0, 3.0], None, 1)?;
    /// assert_eq!((gradient.value, gradient.x), (1.0, vec![-1.0, -1.0]));
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn value_and_gradient(
        &self,
        x: &[f64],
        x_weights: Option<&[f64]>,
        y: &[f64],
        y_weights: Option<&[f64]>,
        dimension: usize,
    ) -> Result<TransportGradient> {
        let x = Cloud::new(Self::ENTRY.name, ("x", "x_weights"), x, x_weights, dimension)?;
        let y = Cloud::new(Self::ENTRY.name, ("y", "y_weights"), y, y_weights, dimension)?;
        Ok(TransportGradient::rounded(self.solved(&x, &y, true)?))
    }

    fn solved(&self, x: &Cloud<'_>, y: &Cloud<'_>, gradient: bool) -> Result<Solved> {
        let sinkhorn = Sinkhorn::new(self.epsilon, self.ground, self.tolerance, self.max_iterations)?;
        let solve = |x: &Cloud<'_>, y: &Cloud<'_>, total| {
            sinkhorn.solved(x, y, total, AIM, gradient).map_err(|error| error.within(Self::ENTRY.name))
        };
        let mut between = solve(x, y, None)?;
        // A side weighs the same in all three terms.
        let (of_x, of_y) = (solve(x, x, Some(between.total))?, solve(y, y, Some(between.total))?);
        between.value = between.value - (of_x.value + of_y.value) * wide(0.5);
        for (side, own) in [of_x, of_y].iter().enumerate() {
            // Both arguments of W(a, a) move together.
            let debias = |all: &mut Vec<Wide>, first: &[Wide], second: &[Wide]| {
                for ((g, first), second) in all.iter_mut().zip(first).zip(second) {
                    *g = *g - (*first + *second) * 0.5;
                }
            };
            debias(&mut between.points[side], &own.points[0], &own.points[1]);
            debias(&mut between.weights[side], &own.weights[0], &own.weights[1]);
        }
        Ok(between)
    }
}

impl Transport for SinkhornDivergence {
    fn value(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Result<f64> {
        Ok(self.solved(x, y, false)?.value.round_to_machine())
    }
    fn gradient(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Result<Vec<f64>> {
        Ok(TransportGradient::rounded(self.solved(x, y, true)?).x)
    }
    fn value_of_costs(&self, _: &[f64], _: &[f64], _: &[f64]) -> Result<f64> {
        Err(unsupported(Self::ENTRY, "cost", "points; the costs within each side count too"))
    }
}
