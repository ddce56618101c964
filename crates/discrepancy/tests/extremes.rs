//! What cancels beyond 256 bits, or leaves the range of floats on the way: the right number, or an error that says so.
//!
//! True values are from mpmath with 1500 digits, of the exact floats, rounded to the nearest `f64`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::ErrorKind;
use discrepancy::batch::{Evaluation, HeadEvaluation, Reduction, RowEvaluation};
use discrepancy::catalog::{self, Measure};
use discrepancy::distances::PairFunction;
use discrepancy::losses::PointwiseLoss;
use discrepancy::rows::{RowLoss, RowState, RowTargets, Target};
use discrepancy::samples::SampleStatistic;
use discrepancy::transport::{optimal_transport, stored_in};
use discrepancy::tuples::TupleLoss;

fn pointwise(spec: &str) -> Box<dyn PointwiseLoss> {
    let Measure::Pointwise(loss) = catalog::find(spec).unwrap() else { panic!("{spec}") };
    loss
}
fn row(spec: &str) -> Box<dyn RowLoss> {
    let Measure::Row(loss) = catalog::find(spec).unwrap() else { panic!("{spec}") };
    loss
}
fn tuple(spec: &str) -> Box<dyn TupleLoss> {
    let Measure::Tuple(loss) = catalog::find(spec).unwrap() else { panic!("{spec}") };
    loss
}
fn pair(spec: &str) -> Box<dyn PairFunction> {
    let Measure::Pair(pair) = catalog::find(spec).unwrap() else { panic!("{spec}") };
    pair
}
fn sample(spec: &str) -> Box<dyn SampleStatistic> {
    let Measure::Sample(statistic) = catalog::find(spec).unwrap() else { panic!("{spec}") };
    statistic
}

fn near(found: f64, wanted: f64, what: &str) {
    let ulp = (wanted.abs().next_up() - wanted.abs()).max(f64::from_bits(1));
    assert!((found - wanted).abs() <= ulp || found == wanted, "{what}: {found} is not {wanted}");
}

#[test]
fn focal_losses_of_probabilities_have_their_limits() {
    for (p, gamma, slope, curvature) in [
        (0.75, 0.5, -0.9543487391184476, 2.9801914106519938),
        (1.0 - f64::EPSILON / 2.0, 0.5, -1.5805068191585264e-08, 71179699.21818869),
        (0.25, 0.25, -4.152450192609735, 16.941259947037857),
        // 0 <- (γ + 1) q^γ, and γ (γ + 1) q^(γ-1) -> infinity.
        (1.0, 0.5, 0.0, f64::INFINITY),
        (1.0, 0.01, 0.0, f64::INFINITY),
        (0.0, 0.5, f64::NEG_INFINITY, f64::INFINITY),
    ] {
        for (p, y, sign) in [(p, 1.0, 1.0), (1.0 - p, 0.0, -1.0)] {
            let loss = pointwise(&format!("focal_from_probabilities:alpha=none,gamma={gamma}"));
            let found = Evaluation::new(&*loss, &[p], &[y]).unwrap().value_gradient_hessian().unwrap();
            near(found.gradient[0], sign * slope, &format!("slope at {p}, {y}, {gamma}"));
            near(found.hessian[0], curvature, &format!("curvature at {p}, {y}, {gamma}"));
        }
    }
    for gamma in ["0", "0.5", "1", "1.5", "2", "3"] {
        // A class that weighs nothing costs nothing.
        let loss = pointwise(&format!("focal_from_probabilities:alpha=1,gamma={gamma}"));
        let found = Evaluation::new(&*loss, &[0.0, 1.0, 0.5], &[0.0; 3]).unwrap().value_gradient_hessian().unwrap();
        for column in [found.value, found.gradient, found.hessian] {
            assert!(column.iter().all(|x| *x == 0.0), "{gamma}: {column:?}");
        }
        let loss = pointwise(&format!("focal_from_probabilities:gamma={gamma}"));
        let found =
            Evaluation::new(&*loss, &[0.0, 1.0, 0.0, 1.0], &[0.0, 0.0, 1.0, 1.0]).unwrap().value_gradient_hessian();
        let found = found.unwrap();
        for column in [found.value, found.gradient, found.hessian] {
            assert!(!column.iter().any(|x: &f64| x.is_nan()), "{gamma}: {column:?}");
        }
    }
}

#[test]
fn minkowski_keeps_slopes_of_differences_of_all_sizes() {
    let minkowski = pair("minkowski:p=1.01");
    let (a, zero) = ([1e-160, 1e170], [0.0, 0.0]);
    let (mut by_a, mut by_b) = ([0.0; 2], [0.0; 2]);
    let value = minkowski.value_and_gradient(&a, &zero, &mut by_a, &mut by_b).unwrap();
    near(value, 1e170, "value");
    for (found, wanted) in by_a.iter().zip([0.000501187233627269, 1.0]) {
        near(*found, wanted, "slope");
    }
    assert!(by_a.iter().zip(&by_b).all(|(a, b)| *a == -b));
    // Weights that make up for what a difference lacks.
    near(minkowski.value_weighted(&a, &zero, &[1e300, 1e-300]).unwrap(), 1.070786704986389e137, "weighted");
}

#[test]
fn cosines_of_products_that_cancel() {
    let (a, b) = ([1e70, 1e70, 1.0], [1e70, -1e70, 1.0]);
    let loss = tuple("cosine_embedding");
    near(loss.value(&[&a, &b], Some(-1.0)).unwrap(), 4.9999999999999993e-141, "cosine");
}

#[test]
fn energy_distances_far_from_the_origin() {
    let (x, y) = ([0.0, 0.0, 1e200, 0.0], [0.0, 1.0, 1e200, 0.0]);
    for alpha in ["1", "0.5", "1.5", "2"] {
        let spec = format!("energy_distance:alpha={alpha}");
        match sample(&spec).value(&x, &y, 2) {
            Ok(value) => near(value, 0.5, &spec),
            // Powers of such distances have no place among floats.
            Err(error) => assert!(error.kind() == ErrorKind::NonFinite && ["1.5", "2"].contains(&alpha), "{error}"),
        }
        // Equal samples are 0 apart, also as other lists of points.
        let twice = [x, x].concat();
        if alpha != "2" && alpha != "1.5" {
            assert_eq!(sample(&spec).value(&x, &twice, 2).unwrap(), 0.0, "{spec}");
            assert!(sample(&spec).gradient(&x, &twice, 2).unwrap().iter().all(|g| *g == 0.0), "{spec}");
        }
    }
    let near_points = ([0.0, 0.0, 1e70, 0.0], [0.0, 1.0, 1e70, 0.0]);
    for alpha in ["0.5", "1", "1.5", "2"] {
        let spec = format!("energy_distance:alpha={alpha}");
        near(sample(&spec).value(&near_points.0, &near_points.1, 2).unwrap(), 0.5, &spec);
    }
}

#[test]
fn heads_whose_scores_cancel() {
    let Measure::Head(head) = catalog::find("linear_softmax_cross_entropy").unwrap() else { unreachable!() };
    // Scores of 1e100 that are 1 apart: ln(1 + 1/e), and 1/(1 + e).
    let (x, weights) = ([1e50, 1.0], [1e50, 1.0, 1e50, 0.0]);
    let batch = HeadEvaluation::new(&*head, &x, &weights, 2, RowTargets::labels(&[0])).unwrap();
    let batch = batch.exact(true).with_scores();
    let (value, all) = batch.reduce_and_gradients(Reduction::Mean).unwrap();
    let (wanted, p) = (0.3132616875182228, 0.2689414213699951);
    near(value, wanted, "value");
    for (found, wanted) in all.gradient_scores.iter().zip([-p, p]) {
        near(*found, wanted, "by scores");
    }
    for (found, wanted) in all.gradient_x.iter().zip([0.0, -p]) {
        near(*found, wanted, "by x");
    }
    // A score that is no sum of products is told by 256 bits or not at all.
    let Measure::Head(angular) = catalog::find("large_margin_softmax:margin=2").unwrap() else { unreachable!() };
    let batch = HeadEvaluation::new(&*angular, &x, &weights, 2, RowTargets::labels(&[0]));
    match batch.unwrap().evaluate() {
        Ok(all) => assert!(f64::is_finite(all.value[0])),
        Err(error) => assert_eq!(error.kind(), ErrorKind::NonFinite),
    }
}

#[test]
fn states_of_rows_are_merged_as_a_whole_or_not_at_all() {
    let mut state = RowState::new();
    state.push(&[1.0, 2.0], Some(0)).unwrap();
    let before = state.to_bytes();
    for (scores, label) in [(vec![0.5, f64::NAN], None), (vec![0.5, 1.0], Some(1)), (vec![0.5], Some(3))] {
        assert!(state.push(&scores, label).is_err());
        assert_eq!(state.to_bytes(), before, "{scores:?} {label:?}");
    }
    let part = |label: Option<usize>| {
        let mut part = RowState::new();
        part.push(&[0.5, 0.25], label).unwrap();
        part
    };
    let mut rows = vec![part(None), part(Some(0)), part(None)];
    let kept = rows.clone();
    let error = RowState::merge_all(&mut rows, &[part(Some(1)), part(Some(1)), part(None)]).unwrap_err();
    assert_eq!((error.index(), &rows), (Some(1), &kept));
    assert!(RowState::merge_all(&mut rows, &kept[..2]).is_err() && rows == kept);
    RowState::merge_all(&mut rows, &[part(Some(1)), part(None), part(None)]).unwrap();
    assert!(rows[0].value().is_ok());
}

/// Numbers of permutations that nobody can mean are an error of one line; many are no matter of memory.
#[test]
fn permutations_are_counted_and_not_kept() {
    for spec in ["energy_distance", "maximum_mean_discrepancy", "wasserstein", "energy_distance:alpha=1.5"] {
        let statistic = sample(spec);
        for permutations in [1 << 40, 1 << 62, usize::MAX] {
            let error = statistic.permutation_test(&[0.0, 1.0], &[2.0, 3.0], 1, permutations, 0).unwrap_err();
            assert_eq!((error.kind(), error.argument()), (ErrorKind::Domain, "permutations"), "{spec}");
            assert_eq!(error.to_string().lines().count(), 1);
        }
        // More than are held at a time, and the same bits as if they were.
        let test = statistic.permutation_test(&[0.0, 1.0], &[2.0, 3.0], 1, 2500, 7).unwrap();
        let reached = test.p_value * 2501.0;
        assert!(
            (reached - reached.round()).abs() < 1e-6 && test.p_value > 0.2 && test.p_value < 0.5,
            "{spec} {test:?}"
        );
    }
}

/// `Σ u_i v_j max(0, μ - x_i + x_j)^p / C` pair by pair, of numbers whose sums are exact.
fn margins(row: &[f64], u: &[f64], v: &[f64], margin: f64, p: i32) -> (f64, Vec<f64>) {
    let (mut value, mut slopes) = (0.0, vec![0.0; row.len()]);
    for i in 0..row.len() {
        for j in (0..row.len()).filter(|j| *j != i) {
            let (weight, missing) = (u[i] * v[j], margin - row[i] + row[j]);
            if missing > 0.0 {
                value += weight * missing.powi(p);
                let slope = weight * if p == 1 { 1.0 } else { 2.0 * missing };
                slopes[i] -= slope;
                slopes[j] += slope;
            }
        }
    }
    let classes = row.len() as f64;
    (value / classes, slopes.iter().map(|slope| slope / classes).collect())
}

#[test]
fn margins_of_many_pairs_are_those_of_each() {
    // Quarters and eighths, with ties; sums of them are exact.
    let mut state = 1_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for classes in [2, 3, 8, 16] {
        for round in 0..40 {
            let scores: Vec<f64> = (0..classes).map(|_| next(24) as f64 / 4.0 - 3.0).collect();
            let mut y = vec![0.0; classes];
            (0..8).for_each(|_| y[next(classes as u64) as usize] += 0.125);
            let (margin, p) = ([0.0, 0.5, 1.0, 4.0][round % 4], 1 + round as i32 % 2);
            let weights: Vec<f64> = (0..classes).map(|_| next(5) as f64 / 2.0).collect();
            let list: Vec<String> = weights.iter().map(f64::to_string).collect();
            let loss = row(&format!("multi_margin:p={p},margin={margin},class_weight=[{}]", list.join(" ")));
            let mut gradient = vec![0.0; classes];
            let value = loss.value_and_gradient(&scores, Target::Probabilities(&y), &mut gradient).unwrap();
            let u: Vec<f64> = y.iter().zip(&weights).map(|(y, w)| y * w).collect();
            let wanted = margins(&scores, &u, &vec![1.0; classes], margin, p);
            assert_eq!((value, gradient), wanted, "{scores:?} {y:?} {}", loss.spec());
            let y: Vec<f64> = (0..classes).map(|_| next(5) as f64 / 4.0).collect();
            let mut gradient = vec![0.0; classes];
            let loss = row("multilabel_margin");
            let value = loss.value_and_gradient(&scores, Target::Probabilities(&y), &mut gradient).unwrap();
            let less: Vec<f64> = y.iter().map(|y| 1.0 - y).collect();
            assert_eq!((value, gradient), margins(&scores, &y, &less, 1.0, 1), "{scores:?} {y:?}");
        }
    }
}

#[test]
fn margins_to_impossible_classes() {
    let inf = f64::INFINITY;
    for p in [1, 2] {
        let loss = row(&format!("multi_margin:p={p}"));
        let mut gradient = [0.0; 3];
        // Behind others an impossible class costs nothing …
        let value = loss.value_and_gradient(&[1.0, -inf, 0.5], Target::Probabilities(&[0.5, 0.0, 0.5]), &mut gradient);
        assert!(value.unwrap().is_finite() && gradient[1] == 0.0, "{gradient:?}");
        // … ahead of others everything.
        let value = loss.value_and_gradient(&[1.0, -inf, 0.5], Target::Probabilities(&[0.5, 0.5, 0.0]), &mut gradient);
        assert_eq!(value.unwrap(), inf);
        if p == 2 {
            assert_eq!(gradient, [inf, -inf, inf]);
        } else {
            assert!(gradient.iter().all(|g| g.is_finite()));
        }
    }
}

/// Ten thousand classes with a probability each: pairs would be a hundred million, with a vector of them.
#[test]
fn margins_of_ten_thousand_classes_hold_no_pairs() {
    let classes = 10_000;
    let scores: Vec<f64> = (0..classes).map(|i| f64::from(i * 37 % 101) / 64.0).collect();
    let y = vec![1.0 / f64::from(classes); classes as usize];
    for (loss, y) in [(row("multi_margin"), &y), (row("multilabel_margin"), &vec![0.5; classes as usize])] {
        let mut gradient = vec![0.0; classes as usize];
        let value = loss.value_and_gradient(&scores, Target::Probabilities(y), &mut gradient).unwrap();
        // What a score gains the others lose.
        let (sum, size): (f64, f64) = (gradient.iter().sum(), gradient.iter().map(|g| g.abs()).sum());
        assert!(value > 0.0 && value.is_finite() && size > 0.0, "{} {value}", loss.spec());
        assert!(sum.abs() < 1e-12 * size, "{} {sum} of {size}", loss.spec());
    }
}

/// Totals of weights are as exact as the type they were stored in.
#[test]
fn weights_stored_as_singles_are_equal_masses() {
    let (cost, a) = ([0.0, 1.0, 1.0, 0.0], [0.5, 0.5]);
    // Together 1 + 2⁻²⁵.
    let b = [f64::from(1.0_f32 / 3.0), f64::from(2.0_f32 / 3.0)];
    let specs = ["optimal_transport", "sinkhorn", "sinkhorn:epsilon=1"];
    for spec in specs {
        let statistic = sample(spec);
        assert_eq!(statistic.value_of_costs(&cost, &a, &b).unwrap_err().kind(), ErrorKind::Domain, "{spec}");
        let found = stored_in(f64::from(f32::EPSILON), || statistic.value_of_costs(&cost, &a, &b)).unwrap();
        assert!(found.is_finite());
        let points = ([0.0, 1.0], [0.0, 1.0]);
        let between = || statistic.value_weighted(&points.0, Some(&a), &points.1, Some(&b), 1);
        assert!(between().is_err() && stored_in(f64::from(f32::EPSILON), between).is_ok(), "{spec}");
    }
    // A wrong total stays one.
    let wrong = stored_in(f64::from(f32::EPSILON), || optimal_transport(&cost, &a, &[0.5, 0.5001]));
    assert_eq!(wrong.unwrap_err().kind(), ErrorKind::Domain);
    assert!(sample("wasserstein").value_weighted(&[0.0, 1.0], Some(&a), &[0.0, 1.0], Some(&b), 1).is_ok());
}

/// The exact cost lies between the bounds, which are neighbours or equal: a third of a cost that is no float.
#[test]
fn bounds_of_transport_are_rounded_outwards() {
    let third = 1.0 / 3.0;
    let mut apart = 0;
    for k in 1..40 {
        let cost = [f64::from(k) * third, 1.0, 1.0 + f64::from(k) / 7.0, f64::from(k) * 0.1];
        let plan = optimal_transport(&cost, &[0.1, 0.7], &[0.1, 0.7]).unwrap();
        assert!(plan.lower <= plan.cost && plan.cost <= plan.upper, "{plan:?}");
        assert!(plan.upper == plan.lower || plan.upper == plan.lower.next_up(), "{plan:?}");
        assert_eq!(plan.gap, plan.upper - plan.lower);
        apart += usize::from(plan.upper > plan.cost);
    }
    // Of those that are no floats some are rounded down to the cost, some up.
    assert!(apart > 5, "{apart}");
    let batch = RowEvaluation::new(&*row("multi_margin"), &[0.0, 1.0], 2, RowTargets::labels(&[0])).unwrap().mean();
    assert_eq!(batch.unwrap(), 1.0);
}
