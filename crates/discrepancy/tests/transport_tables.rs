//! The reference tables of transport and of two-sample statistics, through the catalogue.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use discrepancy::catalog::{Measure, Value, find};
use discrepancy::samples::SampleStatistic;
use discrepancy::transport::{Ground, Sinkhorn};
use support::{Case, Exact, F32, F64, Format, table, ulps};

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

/// The error beyond what a result so far below its terms may have: 2^-100 of the largest of them.
fn excess(got: f64, truth: &Exact, format: Format, terms: Terms) -> f64 {
    let (largest_term, wherever) = match terms {
        Terms::None => return ulps(got, truth, format),
        Terms::Of(largest) => (largest, false),
        Terms::OfPlan(largest) => (largest, true),
    };
    let error = ulps(got, truth, format);
    if largest_term == 0.0 {
        return error;
    }
    let Some(binade) = truth.binade() else {
        // An exact zero: what is left of the terms counts.
        return if got.abs() <= largest_term * 2f64.powi(-100) { 0.0 } else { error };
    };
    let step = (binade - format.bits + 1).max(format.smallest);
    let below = (largest_term.log2().floor() as i64) - 100;
    if wherever || binade < below {
        (error - 2f64.powi((below - step).clamp(-1000, 1000) as i32)).max(0.0)
    } else {
        error
    }
}

/// Runs all cases of both tables of an entry; `results` gives the outputs in the table's order, and the terms of
/// each.
fn check(name: &str, bounds: [f64; 2], results: impl Fn(&Case) -> Vec<(Vec<f64>, Terms)>) {
    for (dtype, format, bound) in [("f32", F32, bounds[0]), ("f64", F64, bounds[1])] {
        let cases = table(&format!("{name}.{dtype}"));
        assert!(cases.len() >= 500, "{name}.{dtype} has only {} cases", cases.len());
        let (mut points, mut worst) = (0, vec![(0.0, 0); 3]);
        for case in &cases {
            for (k, ((got, terms), truth)) in results(case).into_iter().zip(&case.outputs).enumerate() {
                if truth.is_empty() {
                    continue;
                }
                assert_eq!(got.len(), truth.len(), "line {}", case.line);
                points += got.len();
                for (got, truth) in got.into_iter().zip(truth) {
                    let stored = if dtype == "f32" { f64::from(got as f32) } else { got };
                    let error = excess(stored, truth, format, terms);
                    if error > worst[k].0 {
                        worst[k] = (error, case.line);
                    }
                }
            }
        }
        for (k, (error, line)) in worst.iter().enumerate().take(cases[0].outputs.len()) {
            println!("{name}.{dtype} output {k}: worst {error:.4} ULP of {bound} (line {line}); {points} points");
        }
        for (error, line) in worst {
            assert!(error <= bound, "{name}.{dtype} line {line}: {error} ULP");
        }
    }
}

#[test]
fn wasserstein() {
    check("wasserstein", [0.51, 2.0], |case| {
        let [a, a_weights, b, b_weights] = &case.inputs[..] else { panic!() };
        let distance = make(&case.spec);
        let value = distance.value_weighted(a, Some(a_weights), b, Some(b_weights), 1).unwrap();
        let gradient = distance.gradient_weighted(a, Some(a_weights), b, Some(b_weights), 1).unwrap();
        vec![(vec![value], Terms::None), (gradient, Terms::Of(1.0))]
    });
}

#[test]
fn optimal_transport() {
    check("optimal_transport", [0.51, 0.5], |case| {
        let [cost, a, b] = &case.inputs[..] else { panic!() };
        vec![(vec![make(&case.spec).value_of_costs(cost, a, b).unwrap()], Terms::None)]
    });
}

#[test]
fn maximum_mean_discrepancy() {
    check("maximum_mean_discrepancy", [0.51, 2.0], |case| {
        let [x, y, dimension] = &case.inputs[..] else { panic!() };
        let (mmd, dimension) = (make(&case.spec), dimension[0] as usize);
        // Kernels are at most 1, and so are their slopes, over the bandwidth.
        let value = mmd.value(x, y, dimension).unwrap();
        vec![(vec![value], Terms::Of(1.0)), (mmd.gradient(x, y, dimension).unwrap(), Terms::Of(2.0))]
    });
}

#[test]
fn sinkhorn() {
    check("sinkhorn", [0.51, 2.0], |case| {
        let [cost, a, b] = &case.inputs[..] else { panic!() };
        let statistic = make(&case.spec);
        let Value::Number(epsilon) = statistic.arguments().0[0] else { panic!() };
        let plan = Sinkhorn::new(epsilon, Ground::Euclidean, 1e-18, 20_000_u32).unwrap().solve(cost, a, b);
        let plan = plan.unwrap_or_else(|error| panic!("line {}: {error}", case.line));
        assert_eq!(plan.regularised, statistic.value_of_costs(cost, a, b).unwrap());
        let exact = make("optimal_transport").value_of_costs(cost, a, b).unwrap();
        assert!(
            plan.lower <= exact && exact <= plan.upper,
            "line {}: {} {exact} {}",
            case.line,
            plan.lower,
            plan.upper
        );
        vec![(vec![plan.cost], Terms::None), (vec![plan.regularised], Terms::None)]
    });
}

#[test]
fn sinkhorn_divergence() {
    check("sinkhorn_divergence", [0.51, 2.0], |case| {
        let [x, x_weights, y, y_weights, dimension] = &case.inputs[..] else { panic!() };
        let (statistic, dimension) = (make(&case.spec), dimension[0] as usize);
        let (x, y) = ((x, Some(&x_weights[..])), (y, Some(&y_weights[..])));
        let value = statistic.value_weighted(x.0, x.1, y.0, y.1, dimension).unwrap();
        let gradient = statistic.gradient_weighted(x.0, x.1, y.0, y.1, dimension).unwrap();
        let sinkhorn = make(&case.spec.replace("sinkhorn_divergence", "sinkhorn"));
        let terms =
            [(x, y), (x, x), (y, y)].map(|(a, b)| sinkhorn.value_weighted(a.0, a.1, b.0, b.1, dimension).unwrap());
        // What a point is pulled with, at most: its weight times the slope of the cost.
        let far = 2.0 * largest(x.0).max(largest(y.0));
        let slope = if case.spec.contains("squared") { 2.0 * far } else { 1.0 };
        let pull = largest(x_weights) * slope;
        vec![(vec![value], Terms::Of(largest(&terms))), (gradient, Terms::OfPlan(pull)), (terms.to_vec(), Terms::None)]
    });
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, x| largest.max(x.abs()))
}
