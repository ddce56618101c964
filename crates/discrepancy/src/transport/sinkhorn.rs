//! Transport with entropy, on points or on any cost matrix.

use super::costs::Ground;
use super::entropic::{Plan, Problem, Settings, Solver, ascend};
use super::{Cloud, Transport};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::distances::pair::Wide;
use crate::error::Result;
use crate::samples;

/// Default and domain of ε, in Sinkhorn's divergence too.
pub(super) const EPSILON: (f64, Domain) = (0.05, Domain::number(Interval::closed(1e-300, 1e300)));
/// The same of the marginal error that is enough.
pub(super) const TOLERANCE: (f64, Domain) = (1e-18, Domain::number(Interval::from(1e-24, 1.0)));
/// The same of the number of passes.
pub(super) const PASSES: (f64, Domain) = (20000.0, Domain::number(Interval::whole(1.0, 4_294_967_295.0)));

crate::entry! {
    /// Transport with entropy (Sinkhorn): the cheapest plan, where spreading out is rewarded.
    ///
    /// P minimises ⟨P, C⟩ + ε KL(P | a bᵀ / m), m being the weight of either side; the value is that minimum. It is
    /// smooth in points and weights, unlike the optimum without entropy, to which it tends from above as ε goes to 0
    /// and which its certificate brackets. It is *not* 0 between equal samples: `sinkhorn_divergence` is. Solved in the
    /// log domain by lowering ε step by step, with Newton steps; values are right to the last digits once the marginals
    /// are met to `tolerance`, and otherwise the error `NotConverged` says how far it came.
    Sinkhorn("sinkhorn") in Transport as Sample {
        /// ε, in units of the cost: the smaller, the nearer to plain transport, and the longer it takes. A hundredth of
        /// the largest cost is quick, a ten-thousandth is hard; below 2^-40 of it is an error.
        epsilon: f64 = Value::Number(EPSILON.0), EPSILON.1;
        /// What it costs to move one unit between points: the Euclidean distance or its square.
        ground: Ground = Value::Word("euclidean"), Domain::words(&Ground::WORDS);
        /// The marginal error that is enough: the sum of what all columns miss, relative to the whole weight.
        tolerance: f64 = Value::Number(TOLERANCE.0), TOLERANCE.1;
        /// Passes over the costs, at most.
        max_iterations: u32 = Value::Number(PASSES.0), PASSES.1;
    }
    aliases: ["entropic_transport"];
    formula: r"\min_{P} \sum_{ij} P_{ij} C_{ij} + \varepsilon \, \mathrm{KL}(P | a b^T)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Symmetric, NonNegative, OnceDifferentiable];
    source: "Cuturi 2013, arXiv:1306.0895; Schmitzer 2019, doi:10.1137/16M1106018; Peyré, Cuturi 2019, chapter 4, doi:10.1561/2200000073";
    reference: [
        "epsilon=0.5": [[0.0], [1.0]] => [1.0];
        "epsilon=0.5": [[0.0, 1.0], [0.0, 1.0]] => [0.2831095847584864];
    ];
}

/// The result of [`Sinkhorn`], with its certificate.
#[derive(Debug)]
pub struct SinkhornPlan<'a> {
    problem: Problem<'a>,
    plan: Plan,
    /// ⟨P, C⟩.
    pub cost: f64,
    /// ⟨P, C⟩ + ε KL(P | a bᵀ / m), the minimum.
    pub regularised: f64,
    /// No plan costs more than this at least, entropy aside: the value of a feasible dual.
    pub lower: f64,
    /// A plan that meets the marginals costs this, entropy aside: that of P, rounded onto them.
    pub upper: f64,
    /// `upper - lower`.
    pub gap: f64,
    /// The sum of what all columns miss (or rows, where these are fewer), relative to the whole weight.
    pub marginal_error: f64,
    /// Passes over the costs.
    pub iterations: usize,
    /// f, the potentials of the rows, with Σ a f = Σ b g.
    pub row_potentials: Vec<f64>,
    /// g, the potentials of the columns.
    pub column_potentials: Vec<f64>,
}

/// Value and gradients between weighted points.
#[derive(Clone, Debug, PartialEq)]
pub struct TransportGradient {
    /// The value.
    pub value: f64,
    /// With respect to the coordinates of the first points.
    pub x: Vec<f64>,
    /// With respect to the coordinates of the second points.
    pub y: Vec<f64>,
    /// With respect to the weights of the first points: up to one constant for both sides, because both must weigh the
    /// same.
    pub x_weights: Vec<f64>,
    /// With respect to the weights of the second points.
    pub y_weights: Vec<f64>,
}

impl Sinkhorn {
    fn settings(&self) -> Settings {
        let (function, max_iterations) = (Self::ENTRY.name, self.max_iterations as usize);
        let Sinkhorn { epsilon, tolerance, .. } = *self;
        Settings { function, epsilon, tolerance, aim: tolerance, max_iterations }
    }

    /// Between weights `a` and `b` of the same total, by any matrix of costs: `a.len()` rows of `b.len()`.
    ///
    /// ```
    /// use discrepancy::transport::{Ground, Sinkhorn};
    /// let sinkhorn = Sinkhorn::new(0.5, Ground::Euclidean, 1e-18, 1000_u32)?;
    /// let (cost, a, b) = ([0.0, 1.0, 1.0, 0.0], [0.5, 0.5], [0.25, 0.75]);
    /// let plan = sinkhorn.solve(&cost, &a, &b)?;
    /// // Without entropy it is 0.25.
    /// assert!(plan.lower <= 0.25 && 0.25 <= plan.upper && plan.cost > 0.25);
    /// assert!(plan.regularised > plan.cost && plan.marginal_error < 1e-18);
    /// assert_eq!(plan.matrix().len(), 4);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn solve<'a>(&self, cost: &'a [f64], a: &[f64], b: &[f64]) -> Result<SinkhornPlan<'a>> {
        SinkhornPlan::new(Problem::of_costs(self.settings(), cost, a, b)?)
    }

    /// Between weighted points of `dimension` coordinates each; `None` weighs all points of a side the same.
    ///
    /// ```
    /// use discrepancy::transport::{Ground, Sinkhorn};
    /// let sinkhorn = Sinkhorn::new(0.1, Ground::SquaredEuclidean, 1e-12, 1000_u32)?;
    /// let plan = sinkhorn.between(&[0.0, 1.0], None, &[2.0, 3.0], None, 1)?;
    /// assert!(plan.lower <= 4.0 && 4.0 <= plan.upper);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn between(
        &self,
        x: &[f64],
        x_weights: Option<&[f64]>,
        y: &[f64],
        y_weights: Option<&[f64]>,
        dimension: usize,
    ) -> Result<SinkhornPlan<'static>> {
        let function = Self::ENTRY.name;
        let x = Cloud::new(function, ("x", "x_weights"), x, x_weights, dimension)?;
        let y = Cloud::new(function, ("y", "y_weights"), y, y_weights, dimension)?;
        SinkhornPlan::new(Problem::of_clouds(self.settings(), self.ground, &x, &y)?)
    }

    /// The minimum, and its gradients with respect to points and weights.
    ///
    /// ```
    /// use discrepancy::transport::{Ground, Sinkhorn};
    /// let sinkhorn = Sinkhorn::new(0.1, Ground::SquaredEuclidean, 1e-18, 1000_u32)?;
    /// let gradient = sinkhorn.value_and_gradient(&[0.0], None, &[3.0], None, 1)?;
    /// assert_eq!((gradient.value, gradient.x[0], gradient.y[0]), (9.0, -6.0, 6.0));
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
        let function = Self::ENTRY.name;
        let x = Cloud::new(function, ("x", "x_weights"), x, x_weights, dimension)?;
        let y = Cloud::new(function, ("y", "y_weights"), y, y_weights, dimension)?;
        let solved = self.solved(&x, &y, None, self.tolerance, true)?;
        Ok(TransportGradient::rounded(solved))
    }

    /// Value and, if asked for, gradients, before they are rounded; for this weight of either side, if it is not theirs,
    /// and with this marginal error where the bits allow it.
    pub(super) fn solved(
        &self,
        x: &Cloud<'_>,
        y: &Cloud<'_>,
        total: Option<Wide>,
        aim: f64,
        gradient: bool,
    ) -> Result<Solved> {
        let settings = Settings { aim: aim.min(self.tolerance), ..self.settings() };
        let problem = Problem::of_clouds(settings, self.ground, x, y)?;
        let problem = if let Some(total) = total { problem.with_total(total) } else { problem };
        let (plan, _) = ascend(&problem)?;
        let mut solved = Solved {
            value: plan.regularised(&problem),
            total: problem.total(),
            points: Default::default(),
            weights: Default::default(),
        };
        if gradient {
            solved.points = Solver::new(&problem).pulls(&plan, self.ground, x, y);
            solved.weights = plan.potentials(&problem);
        }
        Ok(solved)
    }
}

/// A value and its gradients in twofold precision.
#[derive(Debug)]
pub(super) struct Solved {
    pub(super) value: Wide,
    /// The weight of either side.
    pub(super) total: Wide,
    /// With respect to the points of both sides.
    pub(super) points: [Vec<Wide>; 2],
    /// With respect to the weights of both sides.
    pub(super) weights: [Vec<Wide>; 2],
}

impl TransportGradient {
    pub(super) fn rounded(solved: Solved) -> Self {
        let round = |values: Vec<Wide>| values.into_iter().map(Wide::round_to_machine).collect();
        let ([x, y], [x_weights, y_weights]) = (solved.points.map(round), solved.weights.map(round));
        TransportGradient { value: solved.value.round_to_machine(), x, y, x_weights, y_weights }
    }
}

impl<'a> SinkhornPlan<'a> {
    fn new(problem: Problem<'a>) -> Result<Self> {
        let (plan, bounds) = ascend(&problem)?;
        let round = |values: Vec<Wide>| values.into_iter().map(Wide::round_to_machine).collect();
        let [row_potentials, column_potentials] = plan.potentials(&problem).map(round);
        Ok(SinkhornPlan {
            cost: plan.cost(&problem).round_to_machine(),
            regularised: plan.regularised(&problem).round_to_machine(),
            lower: bounds.lower,
            upper: bounds.upper,
            gap: bounds.upper - bounds.lower,
            marginal_error: plan.error,
            iterations: plan.iterations,
            row_potentials,
            column_potentials,
            problem,
            plan,
        })
    }

    /// The plan P, row after row; it is made anew by each call.
    #[must_use]
    pub fn matrix(&self) -> Vec<f64> {
        Solver::new(&self.problem).matrix(&self.plan)
    }
}

impl SinkhornPlan<'_> {
    /// With the plan as a matrix.
    fn spread(self) -> samples::Plan {
        samples::Plan {
            matrix: self.matrix(),
            cost: self.cost,
            value: self.regularised,
            lower: self.lower,
            upper: self.upper,
            row_potentials: self.row_potentials,
            column_potentials: self.column_potentials,
            marginal_error: self.marginal_error,
            iterations: self.iterations,
        }
    }
}

impl Transport for Sinkhorn {
    fn value(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Result<f64> {
        Ok(self.solved(x, y, None, self.tolerance, false)?.value.round_to_machine())
    }
    fn gradient(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Result<Vec<f64>> {
        Ok(TransportGradient::rounded(self.solved(x, y, None, self.tolerance, true)?).x)
    }
    fn value_of_costs(&self, cost: &[f64], a: &[f64], b: &[f64]) -> Result<f64> {
        Ok(self.solve(cost, a, b)?.regularised)
    }
    const HAS_PLAN: bool = true;
    fn plan(&self, x: &Cloud<'_>, y: &Cloud<'_>) -> Option<Result<samples::Plan>> {
        let problem = Problem::of_clouds(self.settings(), self.ground, x, y);
        Some(problem.and_then(SinkhornPlan::new).map(SinkhornPlan::spread))
    }
    fn plan_of_costs(&self, cost: &[f64], a: &[f64], b: &[f64]) -> Option<Result<samples::Plan>> {
        Some(self.solve(cost, a, b).map(SinkhornPlan::spread))
    }
}
