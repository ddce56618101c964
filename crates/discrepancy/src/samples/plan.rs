//! A transport plan with its proof, whatever the method that found it.

/// What goes where, what it costs, and between which bounds the cheapest plan's cost lies.
///
/// ```
/// use discrepancy::samples::SampleStatistic;
/// use discrepancy::transport::OptimalTransport;
/// let plan = OptimalTransport::default().plan(&[0.0, 1.0], None, &[1.0, 2.0], None, 1)?;
/// assert_eq!((plan.cost, plan.lower, plan.upper), (1.0, 1.0, 1.0));
/// assert_eq!(plan.matrix.iter().sum::<f64>(), 1.0);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// `Σ P_ij C_ij`.
    pub cost: f64,
    /// What was minimised: the cost, or the cost with entropy.
    pub value: f64,
    /// No plan costs less: the value of a feasible dual.
    pub lower: f64,
    /// Some plan that meets the weights costs no more.
    pub upper: f64,
    /// P, a row for each point of the first side.
    pub matrix: Vec<f64>,
    /// Prices of the first side.
    pub row_potentials: Vec<f64>,
    /// Prices of the second side.
    pub column_potentials: Vec<f64>,
    /// What the weights are missed by, relative to the whole weight; 0 for exact methods.
    pub marginal_error: f64,
    /// Steps of the method.
    pub iterations: usize,
}
