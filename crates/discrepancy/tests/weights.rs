//! Weights that are all a power of two larger leave every mean, its gradients and its standard error as they are: sums of weights
//! are exact, and so are their quotients, also where neither the sums nor the products are in the range of floats.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::ErrorKind;
use discrepancy::batch::{Element, Evaluation, HeadEvaluation, Reduction, RowEvaluation, TupleEvaluation};
use discrepancy::catalog::{self, Measure};
use discrepancy::heads::Head;
use discrepancy::losses::PointwiseLoss;
use discrepancy::rows::{RowLoss, RowTargets};
use discrepancy::sums::Moments;
use discrepancy::tuples::TupleLoss;

/// Products with these are exact, and their sum is no power of two.
const WEIGHTS: [f64; 4] = [1.0, 2.0, 0.0, 4.0];
/// Powers that lead to subnormals, to the largest floats, and beyond them in sums.
const POWERS: [i32; 6] = [-1074, -1022, -600, 600, 1000, 1021];

fn times(weights: &[f64], power: i32) -> Vec<f64> {
    let half = 2f64.powi(power / 2);
    weights.iter().map(|w| w * half * 2f64.powi(power - power / 2)).collect()
}

/// What must not change: mean, gradient, standard error.
type Step = (f64, Vec<f64>, Option<f64>);

/// Rows of `f64` whose weights no float holds go one by one, with fewer roundings than the kernel: both are within 2 ULP.
fn close(name: &str, found: &Step, wanted: &Step, power: i32) {
    let numbers = |step: &Step| step.1.iter().copied().chain([step.0]).chain(step.2).collect::<Vec<f64>>();
    let (found, wanted) = (numbers(found), numbers(wanted));
    assert_eq!(found.len(), wanted.len(), "{name}");
    for (a, b) in found.iter().zip(&wanted) {
        // A standard error is the root of a difference of the values.
        let allowed = 16.0 * f64::EPSILON * a.abs().max(b.abs());
        assert!((a - b).abs() <= allowed, "{name}, weights times 2^{power}: {a:e} for {b:e}");
    }
}

fn same(name: &str, found: &Step, wanted: &Step, power: i32) {
    assert_eq!(found, wanted, "{name}, weights times 2^{power}");
    assert!(found.0.is_finite() && found.1.iter().all(|g| g.is_finite()), "{name}: {found:?}");
}

fn pointwise(loss: &dyn PointwiseLoss, z: &[f64], y: &[f64], weights: &[f64]) -> Step {
    let batch = Evaluation::new(loss, z, y).unwrap().weights(weights).unwrap();
    let mut gradient = vec![0.0; z.len()];
    let mean = if loss.differentiable() {
        batch.reduce_and_gradient_into(Reduction::Mean, &mut gradient).unwrap()
    } else {
        batch.mean().unwrap()
    };
    (mean, gradient, batch.moments().unwrap().standard_error())
}

fn rows<E: Element>(loss: &dyn RowLoss, z: &[E], targets: RowTargets<'_, E>, weights: Option<&[E]>) -> Step {
    let mut batch = RowEvaluation::new(loss, z, 3, targets).unwrap();
    if let Some(weights) = weights {
        batch = batch.weights(weights).unwrap();
    }
    let mut gradient = vec![E::default(); z.len()];
    // Some losses have no gradient.
    let mean = match batch.reduce_and_gradient_into(Reduction::Mean, &mut gradient) {
        Err(error) if error.kind() == ErrorKind::NotDifferentiable => batch.mean().unwrap(),
        found => found.unwrap(),
    };
    assert_eq!(batch.mean().unwrap(), mean);
    (mean, gradient.iter().map(|g| g.widen()).collect(), batch.moments().unwrap().standard_error())
}

fn tuple(loss: &dyn TupleLoss, inputs: &[&[f64]], target: Option<&[f64]>, weights: &[f64]) -> Step {
    let width = inputs[0].len() / weights.len();
    let batch = TupleEvaluation::new(loss, inputs, width, target).unwrap().weights(weights).unwrap();
    let mut gradients = vec![vec![0.0; inputs[0].len()]; inputs.len()];
    let mut slots: Vec<&mut [f64]> = gradients.iter_mut().map(Vec::as_mut_slice).collect();
    let mean = batch.reduce_and_gradients_into(Reduction::Mean, &mut slots).unwrap();
    (mean, gradients.concat(), batch.moments().unwrap().standard_error())
}

/// Four rows made from the inputs of an example, which are legal for the entry.
fn four(column: &[f64]) -> Vec<f64> {
    column.repeat(4)
}

#[test]
fn a_power_of_two_in_the_weights_of_rows_changes_nothing() {
    let mut seen = 0;
    for entry in catalog::entries() {
        for example in entry.reference {
            let measure = catalog::find(&example.spec(entry)).unwrap();
            let name = example.line(entry);
            let step = |weights: &[f64]| -> Option<Step> {
                Some(match (&measure, example.inputs) {
                    (Measure::Pointwise(loss), [z, y]) => pointwise(&**loss, &four(z), &four(y), weights),
                    (Measure::Tuple(loss), inputs) => {
                        let (inputs, target) = inputs.split_at(loss.signature().inputs.len());
                        let inputs: Vec<Vec<f64>> = inputs.iter().map(|input| four(input)).collect();
                        let slices: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
                        let target = target.first().map(|target| four(target));
                        tuple(&**loss, &slices, target.as_deref(), weights)
                    }
                    (Measure::Row(loss), _) if !example.parameters.contains('[') => {
                        let z = [0.25, 0.5, 0.25].repeat(4);
                        let targets = RowTargets::labels(&[0, 1, 2, 0]);
                        rows(&**loss, &z, targets, Some(weights))
                    }
                    _ => return None,
                })
            };
            let Some(plain) = step(&WEIGHTS) else { continue };
            seen += 1;
            for power in POWERS {
                let found = step(&times(&WEIGHTS, power)).unwrap();
                if matches!(measure, Measure::Row(_)) {
                    close(&name, &found, &plain, power);
                } else {
                    same(&name, &found, &plain, power);
                }
            }
        }
    }
    assert!(seen > 60, "{seen}");
}

/// Losses of rows whose mean divides by the weights of the classes, with these weights.
fn weighing(list: &[f64], more: &str) -> (Box<dyn RowLoss>, Box<dyn Head>) {
    let list: Vec<String> = list.iter().map(|w| format!("{w:e}")).collect();
    let find = |name: &str| catalog::find(&format!("{name}:class_weight=[{}]{more}", list.join(" "))).unwrap();
    match (find("softmax_cross_entropy"), find("linear_softmax_cross_entropy")) {
        (Measure::Row(loss), Measure::Head(head)) => (loss, head),
        _ => unreachable!("a row loss and a head"),
    }
}

const SCORES: [f64; 12] = [0.0, 1.0, 0.5, 2.0, -1.0, 0.25, 0.0, 0.0, 3.0, -2.0, 0.5, 0.5];

fn head(head: &dyn Head, targets: RowTargets<'_>) -> Step {
    // The layer hands its features on.
    let layer = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let batch = HeadEvaluation::new(head, &SCORES, &layer, 3, targets).unwrap().exact(true).bias(&[0.0; 3]).unwrap();
    let (mean, all) = batch.with_scores().reduce_and_gradients(Reduction::Mean).unwrap();
    let gradients = [all.gradient_x, all.gradient_weights, all.gradient_bias, all.gradient_scores];
    (mean, gradients.concat(), None)
}

#[test]
fn a_power_of_two_in_the_weights_of_classes_changes_nothing() {
    let labels = RowTargets::labels(&[0, 1, 2, 1]);
    let soft = [0.5, 0.25, 0.25, 0.0, 1.0, 0.0, 0.125, 0.125, 0.75, 0.0, 0.5, 0.5];
    for targets in [labels, RowTargets::Probabilities(&soft)] {
        for more in ["", ",label_smoothing=0.25", ",temperature=2"] {
            let weights = [1.0, 2.0, 4.0];
            let (loss, of_head) = weighing(&weights, more);
            let (plain, plain_head) = (rows(&*loss, &SCORES, targets, None), head(&*of_head, targets));
            for power in POWERS {
                let (loss, of_head) = weighing(&times(&weights, power), more);
                close(&loss.spec(), &rows(&*loss, &SCORES, targets, None), &plain, power);
                same(&of_head.spec(), &head(&*of_head, targets), &plain_head, power);
                // In single precision kernels compute what is ordinary, and the formula what is not.
                let single = SCORES.map(|x| x as f32);
                let soft = soft.map(|x| x as f32);
                let targets = match targets {
                    RowTargets::Labels { labels, .. } => RowTargets::labels(labels),
                    RowTargets::Probabilities(_) => RowTargets::Probabilities(&soft),
                };
                let found = rows(&*loss, &single, targets, None);
                let near = |a: f64, b: f64| (a - b).abs() <= f64::from(f32::EPSILON) * b.abs();
                assert!(near(found.0, plain.0), "{}: {} {}", loss.spec(), found.0, plain.0);
                assert!(found.1.iter().zip(&plain.1).all(|(a, b)| near(*a, *b)), "{}", loss.spec());
            }
        }
    }
}

/// The smallest and one of the largest floats beside each other; true values from mpmath: ln(1 + e), and e/(1 + e)/2.
#[test]
fn weights_of_all_sizes_beside_each_other() {
    let (value, slope) = (1.3132616875182228, 0.36552928931500245);
    let scores = [0.0, 1.0, 0.0, 1.0];
    let labels = RowTargets::labels(&[0, 0]);
    for list in [[5e-324, 5e-324], [5e-324, 1e308], [1e308, 5e-324], [1e308, 1e308], [1.0, 1e308]] {
        let spec = format!("softmax_cross_entropy:class_weight=[{:e} {:e}]", list[0], list[1]);
        let Measure::Row(loss) = catalog::find(&spec).unwrap() else { unreachable!() };
        for weights in [[1.0, 1.0], [1e308, 1e308], [5e-324, 5e-324]] {
            let batch = RowEvaluation::new(&*loss, &scores, 2, labels).unwrap().weights(&weights).unwrap();
            let mut gradient = [0.0; 4];
            let mean = batch.reduce_and_gradient_into(Reduction::Mean, &mut gradient).unwrap();
            assert_eq!((mean, gradient), (value, [-slope, slope, -slope, slope]), "{spec} {weights:?}");
        }
    }
    // A row that weighs next to nothing pulls at next to nothing.
    let Measure::Pointwise(squared) = catalog::find("squared").unwrap() else { unreachable!() };
    let batch = Evaluation::new(&*squared, &[1.0, 2.0, 1e300], &[0.0; 3]).unwrap();
    let batch = batch.weights(&[1e308, 1e308, 1e-300]).unwrap();
    let mut gradient = [0.0; 3];
    batch.reduce_and_gradient_into(Reduction::Mean, &mut gradient).unwrap();
    assert_eq!(gradient, [1.0, 2.0, 1e-308]);
}

#[test]
fn states_of_extreme_rows_merge_and_travel() {
    let rows = [(1e300, 1e308), (-1e300, 1e307), (5e-324, 5e-324), (2.0, 1.0)];
    let (mut one, mut parts) = (Moments::new(), Moments::new());
    for (value, weight) in rows {
        one.push_weighted(value, weight);
        let mut part = Moments::new();
        part.push_weighted_slice(&[value], &[weight]);
        parts.merge(&Moments::from_bytes(&part.to_bytes()).unwrap());
    }
    assert_eq!(one.to_bytes(), parts.to_bytes());
    // (1e308·1e300 - 1e307·1e300) / 1.1e308, as a fraction of the floats.
    assert_eq!(one.mean().unwrap(), 8.181818181818183e299);
    assert!(one.standard_error().unwrap().is_finite());
}

#[test]
fn a_gradient_alone_says_that_no_row_counts() {
    let none = |found: discrepancy::Result<()>| assert_eq!(found.unwrap_err().kind(), ErrorKind::NoContributingRows);
    let Measure::Pointwise(squared) = catalog::find("squared").unwrap() else { unreachable!() };
    let batch = Evaluation::new(&*squared, &[1.0, 2.0], &[0.0, 0.0]).unwrap().weights(&[0.0, 0.0]).unwrap();
    none(batch.divisor(Reduction::Mean).map(|_| ()));
    none(Evaluation::<f64>::new(&*squared, &[], &[]).unwrap().divisor(Reduction::MeanByCount).map(|_| ()));
    let Measure::Row(loss) = catalog::find("softmax_cross_entropy").unwrap() else { unreachable!() };
    let ignored = RowTargets::Labels { labels: &[7, 7], ignore_index: Some(7) };
    let batch = RowEvaluation::new(&*loss, &[0.0, 1.0, 0.0, 1.0], 2, ignored).unwrap();
    none(batch.divisor(Reduction::Mean).map(|_| ()));
    none(batch.divisor(Reduction::MeanByCount).map(|_| ()));
    let Measure::Tuple(loss) = catalog::find("margin_ranking").unwrap() else { unreachable!() };
    let batch = TupleEvaluation::new(&*loss, &[&[1.0], &[2.0]], 1, Some(&[1.0])).unwrap().weights(&[0.0]).unwrap();
    none(batch.divisor(Reduction::Mean).map(|_| ()));
    // A weight of 0 wins over a slope without end.
    let Measure::Pointwise(exponential) = catalog::find("exponential").unwrap() else { unreachable!() };
    let batch = Evaluation::new(&*exponential, &[-f64::INFINITY, 0.0], &[1.0, 1.0]).unwrap();
    let mut gradient = [f64::NAN; 2];
    batch.weights(&[0.0, 2.0]).unwrap().reduce_and_gradient_into(Reduction::Mean, &mut gradient).unwrap();
    assert_eq!(gradient.map(f64::abs), [0.0, 1.0]);
}

/// A mean or a sum of infinities of both signs has no limit: an error that says so, for every reduction.
#[test]
fn infinities_of_both_signs_are_an_error() {
    let Measure::Pointwise(loss) = catalog::find("hinge_embedding").unwrap() else { unreachable!() };
    let both = [f64::INFINITY, -f64::INFINITY];
    for weights in [[1.0, 1.0], [2.0, 3.0]] {
        let batch = Evaluation::new(&*loss, &both, &[1.0, 1.0]).unwrap().weights(&weights).unwrap();
        for reduction in [Reduction::Mean, Reduction::MeanByCount, Reduction::Sum] {
            assert_eq!(batch.reduce(reduction).unwrap_err().kind(), ErrorKind::NonFinite);
        }
    }
    let one = [both[0], 1.0];
    let batch = Evaluation::new(&*loss, &one, &[1.0, 1.0]).unwrap();
    assert_eq!(batch.mean().unwrap(), f64::INFINITY);
}
