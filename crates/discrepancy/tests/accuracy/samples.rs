//! The tables of transport and of two-sample statistics, through the catalogue.

use crate::found::Found;
use crate::support::{Case, Exact, Format, columns, table};
use discrepancy::catalog::{Measure, Value, find};
use discrepancy::samples::SampleStatistic;
use discrepancy::transport::{Ground, Sinkhorn};

fn make(spec: &str) -> Box<dyn SampleStatistic> {
    match find(spec).unwrap_or_else(|error| panic!("{spec}: {error}")) {
        Measure::Sample(statistic) => statistic,
        other => panic!("{spec} is {other:?}"),
    }
}

/// The largest of the terms that a result is made of.
#[derive(Clone, Copy, Debug)]
enum Terms {
    /// None is larger than the result.
    None,
    /// A result below 2^-100 of it may be wrong by 2^-100 of it.
    Of(f64),
    /// Any result may: terms with the masses of a plan that was solved for are known only so well.
    OfPlan(f64),
}

/// The exponent of what the clause allows a result beside the bound: 2^-100 of the largest of its terms, where it is
/// below that.
fn beneath(truth: &Exact, terms: Terms) -> Option<i64> {
    let (largest, wherever) = match terms {
        Terms::None => return None,
        Terms::Of(largest) => (largest, false),
        Terms::OfPlan(largest) => (largest, true),
    };
    let beneath = Exact::of(largest).binade()? - 100;
    (wherever || truth.binade().is_none_or(|binade| binade < beneath)).then_some(beneath)
}

/// The outputs of a case in the table's order, with the terms of each.
type Results = Vec<(Vec<f64>, Terms)>;

/// What one table shows, output by output.
pub fn measure(name: &str, format: Format) -> Vec<Found> {
    let of: fn(&Case) -> Results = match name {
        "wasserstein" => wasserstein,
        "optimal_transport" => optimal_transport,
        "maximum_mean_discrepancy" => maximum_mean_discrepancy,
        "energy_distance" => energy_distance,
        "sinkhorn" => sinkhorn,
        "sinkhorn_divergence" => sinkhorn_divergence,
        _ => panic!("{name}: say here how its table is computed"),
    };
    let full = format!("{name}.{}", format.name());
    let cases = table(&full);
    assert!(cases.len() >= 500, "{full} has only {} cases", cases.len());
    let outputs = columns(&full).1;
    let mut all: Vec<Found> = outputs.iter().map(|output| Found::new(name, format, output)).collect();
    for case in &cases {
        for ((found, (got, terms)), truth) in all.iter_mut().zip(of(case)).zip(&case.outputs) {
            if truth.is_empty() {
                continue;
            }
            assert_eq!(got.len(), truth.len(), "{full} line {}: {}", case.line, found.output);
            for (got, truth) in got.into_iter().zip(truth) {
                let stored = if format.name() == "f32" { f64::from(got as f32) } else { got };
                found.compare(case, stored, truth, beneath(truth, terms));
            }
        }
    }
    all
}

fn wasserstein(case: &Case) -> Results {
    let [a, a_weights, b, b_weights] = &case.inputs[..] else { panic!() };
    let distance = make(&case.spec);
    let value = distance.value_weighted(a, Some(a_weights), b, Some(b_weights), 1).unwrap();
    let gradient = distance.gradient_weighted(a, Some(a_weights), b, Some(b_weights), 1).unwrap();
    vec![(vec![value], Terms::None), (gradient, Terms::Of(1.0))]
}

fn optimal_transport(case: &Case) -> Results {
    let [cost, a, b] = &case.inputs[..] else { panic!() };
    vec![(vec![make(&case.spec).value_of_costs(cost, a, b).unwrap()], Terms::None)]
}

fn maximum_mean_discrepancy(case: &Case) -> Results {
    let [x, y, dimension] = &case.inputs[..] else { panic!() };
    let (mmd, dimension) = (make(&case.spec), dimension[0] as usize);
    // Kernels are at most 1, and so are their slopes, over the bandwidth.
    let value = mmd.value(x, y, dimension).unwrap();
    vec![(vec![value], Terms::Of(1.0)), (mmd.gradient(x, y, dimension).unwrap(), Terms::Of(2.0))]
}

fn energy_distance(case: &Case) -> Results {
    let [x, x_weights, y, y_weights, dimension] = &case.inputs[..] else { panic!() };
    let (energy, dimension) = (make(&case.spec), dimension[0] as usize);
    // The unbiased estimator takes no weights; where all are 1, none are needed.
    let given = |all: &Vec<f64>| (!case.spec.contains("unbiased")).then(|| all.clone());
    let (x_weights, y_weights) = (given(x_weights), given(y_weights));
    let (x_weights, y_weights) = (x_weights.as_deref(), y_weights.as_deref());
    let value = energy.value_weighted(x, x_weights, y, y_weights, dimension).unwrap();
    let gradient = energy.gradient_weighted(x, x_weights, y, y_weights, dimension).unwrap();
    vec![(vec![value], Terms::None), (gradient, Terms::None)]
}

fn sinkhorn(case: &Case) -> Results {
    let [cost, a, b] = &case.inputs[..] else { panic!() };
    let statistic = make(&case.spec);
    let Value::Number(epsilon) = statistic.arguments().0[0] else { panic!() };
    let plan = Sinkhorn::new(epsilon, Ground::Euclidean, 1e-18, 20_000_u32).unwrap().solve(cost, a, b);
    let plan = plan.unwrap_or_else(|error| panic!("line {}: {error}", case.line));
    assert_eq!(plan.regularised, statistic.value_of_costs(cost, a, b).unwrap());
    let exact = make("optimal_transport").value_of_costs(cost, a, b).unwrap();
    assert!(plan.lower <= exact && exact <= plan.upper, "line {}: {} {exact} {}", case.line, plan.lower, plan.upper);
    vec![(vec![plan.cost], Terms::None), (vec![plan.regularised], Terms::None)]
}

fn sinkhorn_divergence(case: &Case) -> Results {
    let [x, x_weights, y, y_weights, dimension] = &case.inputs[..] else { panic!() };
    let (statistic, dimension) = (make(&case.spec), dimension[0] as usize);
    let (x, y) = ((x, Some(&x_weights[..])), (y, Some(&y_weights[..])));
    let value = statistic.value_weighted(x.0, x.1, y.0, y.1, dimension).unwrap();
    let gradient = statistic.gradient_weighted(x.0, x.1, y.0, y.1, dimension).unwrap();
    let sinkhorn = make(&case.spec.replace("sinkhorn_divergence", "sinkhorn"));
    let terms = [(x, y), (x, x), (y, y)].map(|(a, b)| sinkhorn.value_weighted(a.0, a.1, b.0, b.1, dimension).unwrap());
    // What a point is pulled with, at most: its weight times the slope of the cost.
    let far = 2.0 * largest(x.0).max(largest(y.0));
    let slope = if case.spec.contains("squared") { 2.0 * far } else { 1.0 };
    let pull = largest(x_weights) * slope;
    vec![(vec![value], Terms::Of(largest(&terms))), (gradient, Terms::OfPlan(pull)), (terms.to_vec(), Terms::None)]
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, x| largest.max(x.abs()))
}
