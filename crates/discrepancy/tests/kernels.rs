//! The kernels of rows with labels give what the formula gives row by row, with the same bits everywhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

mod support;

use discrepancy::batch::{Element, NanPolicy, Reduction, RowEvaluation};
use discrepancy::catalog::{self, Measure};
use discrepancy::number::Level;
use discrepancy::rows::{RowLoss, RowTargets, Target};
use half::{bf16, f16};
use support::{Exact, F32, F64, Format, ulps};

const F16: Format = Format { bits: 11, smallest: -24, largest: 15 };
const BF16: Format = Format { bits: 8, smallest: -133, largest: 127 };

/// The losses that have kernels, with parameters that change what they compute.
fn losses(classes: usize) -> Vec<Box<dyn RowLoss>> {
    let mut losses: Vec<Box<dyn RowLoss>> = Vec::new();
    for entry in catalog::entries() {
        let mut specs = vec![entry.name.to_owned()];
        for parameter in entry.parameters {
            let values: &[&str] = match (parameter.name, parameter.domain.list) {
                (_, true) => &["weights"],
                ("temperature", _) => &["0.5", "3"],
                ("gamma", _) => &["0", "0.5"],
                ("z_loss", _) => &["0.25"],
                ("label_smoothing", _) => &["0.1", "0.5,smoothing_over=others"],
                _ => &[],
            };
            let weights: Vec<String> = (0..classes).map(|j| format!("{}", (j % 3) as f64 * 0.5)).collect();
            specs.extend(values.iter().map(|value| {
                let value = if *value == "weights" { format!("[{}]", weights.join(" ")) } else { (*value).to_owned() };
                format!("{}:{}={value}", entry.name, parameter.name)
            }));
        }
        for spec in specs {
            if let Ok(Measure::Row(loss)) = catalog::find(&spec)
                && (loss.labelled().is_some() || loss.spread().is_some())
                && (classes > 1 || !spec.contains("others"))
            {
                losses.push(loss);
            }
        }
    }
    assert!(losses.len() >= 6);
    losses
}

/// Scores of all kinds: ordinary, confident, masked, tied, far from zero.
fn scores(rows: usize, classes: usize) -> Vec<f64> {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1 << 24) as f64
    };
    let mut all = Vec::new();
    for row in 0..rows {
        let (spread, offset) = [(8.0, 0.0), (60.0, 0.0), (1.0, 500.0), (400.0, -3.0)][row % 4];
        let start = all.len();
        all.extend((0..classes).map(|_| (next() - 0.5) * spread + offset));
        let masked = row % classes;
        match row % 7 {
            5 => all[start + masked] = f64::NEG_INFINITY,
            6 => all[start + masked] = all[start],
            _ => {}
        }
    }
    all
}

/// Rows of probabilities: of all sizes, of one class, with zeros, near what softmax makes of the scores.
fn targets<E: Element>(scores: &[E], classes: usize) -> Vec<E> {
    let mut all = Vec::new();
    for (i, row) in scores.chunks(classes).enumerate() {
        let row: Vec<f64> = row.iter().map(|x| x.widen()).collect();
        let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weight = |j: usize| match i % 5 {
            0 => ((i * 31 + j * 17) % 23) as f64 + 0.125,
            1 => f64::from(u8::from(j == i % classes)),
            2 => ((i + j) % 3) as f64 + f64::from(u8::from(classes < 3)),
            // Nothing is left of the digits of a difference.
            _ => (row[j] - most).exp(),
        };
        let sum: f64 = (0..classes).map(weight).sum();
        let mut y: Vec<E> = (0..classes).map(|j| E::narrow(weight(j) / sum)).collect();
        // What rounding left goes where most is.
        let top = (0..classes).max_by(|a, b| y[*a].widen().total_cmp(&y[*b].widen())).unwrap();
        let rest: f64 = (0..classes).filter(|j| *j != top).map(|j| y[j].widen()).sum();
        y[top] = E::narrow(1.0 - rest);
        all.extend(y);
    }
    all
}

/// What is promised; where results are as long as the truth that they are compared with, that is rounded too.
fn allowed(format: Format) -> f64 {
    if format.name() == F64.name() { 2.5 } else { 0.51 }
}

fn check_spread<E: Element>(format: Format) {
    for classes in CLASSES {
        let rows = 21;
        let mut scores: Vec<E> = scores(rows, classes).into_iter().map(E::narrow).collect();
        if classes == 1 {
            scores.iter_mut().for_each(|x| *x = E::narrow(x.widen().max(-1e4)));
        }
        let targets = targets(&scores, classes);
        for loss in losses(classes).into_iter().filter(|loss| loss.spread().is_some()) {
            let batch = |level: Level| {
                let batch = RowEvaluation::new(&*loss, &scores, classes, RowTargets::Probabilities(&targets)).unwrap();
                batch.level(level)
            };
            let results = batch(Level::best()).value_and_gradient().unwrap();
            let mut step = vec![E::default(); scores.len()];
            let sum = batch(Level::best()).reduce_and_gradient_into(Reduction::Sum, &mut step).unwrap();
            assert_eq!(sum.to_bits(), batch(Level::best()).sum().unwrap().to_bits(), "{}", loss.spec());
            assert!(step == results.gradient, "{}", loss.spec());
            for (i, (row, target)) in scores.chunks(classes).zip(targets.chunks(classes)).enumerate() {
                let row: Vec<f64> = row.iter().map(|x| x.widen()).collect();
                let target: Vec<f64> = target.iter().map(|x| x.widen()).collect();
                let mut gradient = vec![0.0; classes];
                // In two floats, whatever the batch was stored in: its rows of probabilities sum to 1 less exactly.
                let truth = loss.truth(&row, Target::Probabilities(&target), E::EPSILON).unwrap();
                let value = truth[0][0].to_f64();
                gradient.iter_mut().zip(&truth[1]).for_each(|(out, g)| *out = g.to_f64());
                let got = std::iter::once(&results.value[i]).chain(&results.gradient[i * classes..(i + 1) * classes]);
                for (k, (got, truth)) in got.zip(std::iter::once(&value).chain(&gradient)).enumerate() {
                    let error = ulps(got.widen(), &Exact::of(*truth), format);
                    assert!(error <= allowed(format), "{} of {classes}, row {i}, {k}: {got} for {truth}", loss.spec());
                }
            }
            let bits = |level: Level| {
                let results = batch(level).value_and_gradient().unwrap();
                assert_eq!(results.value, batch(level).values().unwrap());
                let numbers = results.value.iter().chain(&results.gradient).map(|x| x.widen().to_bits());
                (numbers.collect::<Vec<u64>>(), batch(level).moments().unwrap().to_bytes())
            };
            let scalar = bits(Level::Scalar);
            for level in Level::available() {
                assert!(bits(level) == scalar, "{} of {classes} at {level:?}", loss.spec());
            }
            for i in 0..rows {
                let row = i * classes..(i + 1) * classes;
                let one = RowTargets::Probabilities(&targets[row.clone()]);
                let alone = RowEvaluation::new(&*loss, &scores[row.clone()], classes, one).unwrap();
                let alone = alone.value_and_gradient().unwrap();
                assert_eq!(alone.value[0], results.value[i], "{} of {classes}, row {i}", loss.spec());
                assert!(alone.gradient == results.gradient[row], "{} of {classes}, row {i}", loss.spec());
            }
        }
    }
}

#[test]
fn kernels_of_rows_of_probabilities_give_what_the_formula_gives() {
    check_spread::<f64>(F64);
    check_spread::<f32>(F32);
    check_spread::<f16>(F16);
    check_spread::<bf16>(BF16);
}

#[test]
fn targets_that_are_no_probabilities_are_told_apart() {
    for classes in [3, 200] {
        let scores: Vec<f32> = scores(16, classes).into_iter().map(|x| x as f32).collect();
        let good = targets(&scores, classes);
        for loss in losses(classes).into_iter().filter(|loss| loss.spread().is_some()) {
            for wrong in [-0.25, f32::NAN, 1.5, f32::INFINITY, 1e-3] {
                let mut targets = good.clone();
                targets[8 * classes + 2] += wrong;
                let batch = RowEvaluation::new(&*loss, &scores, classes, RowTargets::Probabilities(&targets)).unwrap();
                for error in [batch.mean().unwrap_err(), batch.value_and_gradient().unwrap_err()] {
                    assert_eq!((error.argument(), error.index().map(|i| i / classes)), ("target", Some(8)), "{error}");
                }
            }
        }
    }
}

const CLASSES: [usize; 13] = [1, 2, 3, 8, 10, 63, 64, 65, 96, 97, 128, 131, 1000];

fn check<E: Element>(format: Format) {
    for classes in CLASSES {
        let rows = 21;
        let scores: Vec<E> = scores(rows, classes).into_iter().map(E::narrow).collect();
        let labels: Vec<i64> = (0..rows as i64).map(|i| if i == 9 { -1 } else { i * i % classes as i64 }).collect();
        let targets = RowTargets::Labels { labels: &labels, ignore_index: Some(-1) };
        for loss in losses(classes) {
            let batch = RowEvaluation::new(&*loss, &scores, classes, targets).unwrap();
            let Ok(results) = batch.value_and_gradient() else {
                // A row of minus infinities alone.
                assert_eq!(classes, 1, "{}", loss.spec());
                continue;
            };
            for (i, row) in scores.chunks(classes).enumerate() {
                let row: Vec<f64> = row.iter().map(|x| x.widen()).collect();
                let mut gradient = vec![0.0; classes];
                let value = match usize::try_from(labels[i]) {
                    Ok(label) => loss.value_and_gradient(&row, Target::Label(label), &mut gradient).unwrap(),
                    Err(_) => 0.0,
                };
                let got = std::iter::once(&results.value[i]).chain(&results.gradient[i * classes..(i + 1) * classes]);
                for (k, (got, truth)) in got.zip(std::iter::once(&value).chain(&gradient)).enumerate() {
                    let error = ulps(got.widen(), &Exact::of(*truth), format);
                    assert!(error <= allowed(format), "{} of {classes}, row {i}, {k}: {got} for {truth}", loss.spec());
                }
            }
            let bits = |level: Level| {
                let batch = RowEvaluation::new(&*loss, &scores, classes, targets).unwrap().level(level);
                let results = batch.value_and_gradient().unwrap();
                assert_eq!(results.value, batch.values().unwrap());
                let numbers = results.value.iter().chain(&results.gradient).map(|x| x.widen().to_bits());
                (numbers.collect::<Vec<u64>>(), batch.moments().unwrap().to_bytes())
            };
            let scalar = bits(Level::Scalar);
            for level in Level::available() {
                assert!(bits(level) == scalar, "{} of {classes} at {level:?}", loss.spec());
            }
            for i in 0..rows {
                let one = RowTargets::Labels { labels: &labels[i..=i], ignore_index: Some(-1) };
                let alone = RowEvaluation::new(&*loss, &scores[i * classes..(i + 1) * classes], classes, one).unwrap();
                assert_eq!(alone.values().unwrap()[0], results.value[i], "{} of {classes}, row {i}", loss.spec());
            }
        }
    }
}

#[test]
fn kernels_of_rows_give_what_the_formula_gives() {
    check::<f64>(F64);
    check::<f32>(F32);
    check::<f16>(F16);
    check::<bf16>(BF16);
}

#[test]
fn rows_that_a_kernel_cannot_settle_are_computed_one_by_one() {
    for classes in [3, 100] {
        for loss in losses(classes) {
            let mut scores: Vec<f32> = scores(16, classes).into_iter().map(|x| x as f32).collect();
            let labels = [1_i64; 16];
            let before = RowEvaluation::new(&*loss, &scores, classes, RowTargets::labels(&labels)).unwrap();
            let before = before.value_and_gradient().unwrap();
            scores[5 * classes + 2] = f32::NAN;
            let batch = RowEvaluation::new(&*loss, &scores, classes, RowTargets::labels(&labels)).unwrap();
            let error = batch.values().unwrap_err();
            assert_eq!((error.argument(), error.index()), ("prediction", Some(5 * classes + 2)), "{error}");
            let after = batch.nan(NanPolicy::Propagate).value_and_gradient().unwrap();
            assert!(after.value[5].is_nan() && after.gradient[5 * classes].is_nan());
            for i in (0..16).filter(|i| *i != 5) {
                assert_eq!(after.value[i], before.value[i]);
                let row = i * classes..(i + 1) * classes;
                assert_eq!(after.gradient[row.clone()], before.gradient[row]);
            }
            scores[5 * classes + 2] = f32::INFINITY;
            let batch = RowEvaluation::new(&*loss, &scores, classes, RowTargets::labels(&labels)).unwrap();
            assert_eq!(batch.mean().unwrap_err().index(), Some(5 * classes + 2));
            let wrong = [classes as i64; 16];
            let batch = RowEvaluation::new(&*loss, &scores[..2 * classes], classes, RowTargets::labels(&wrong[..2]));
            assert_eq!(batch.unwrap().values().unwrap_err().argument(), "target");
        }
    }
}

#[test]
fn results_that_are_stored_past_the_caches_are_the_same() {
    let (rows, classes) = (1100, 2000);
    let scores: Vec<f32> = scores(rows, classes).into_iter().map(|x| x as f32).collect();
    let labels: Vec<i64> = (0..rows as i64).collect();
    for loss in losses(classes) {
        let all = RowEvaluation::new(&*loss, &scores, classes, RowTargets::labels(&labels)).unwrap();
        let all = all.value_and_gradient().unwrap();
        for first in [0, 777] {
            let part = &scores[first * classes..(first + 3) * classes];
            let part =
                RowEvaluation::new(&*loss, part, classes, RowTargets::labels(&labels[first..first + 3])).unwrap();
            let part = part.value_and_gradient().unwrap();
            assert_eq!(part.value, all.value[first..first + 3], "{}", loss.spec());
            assert!(part.gradient == all.gradient[first * classes..(first + 3) * classes], "{}", loss.spec());
        }
    }
}

#[test]
fn a_training_step_is_the_mean_and_its_gradient() {
    for classes in [3, 100] {
        let rows = 37;
        let scores: Vec<f32> = scores(rows, classes).into_iter().map(|x| x as f32).collect();
        let labels: Vec<i64> = (0..rows as i64).map(|i| if i == 9 { -1 } else { i % classes as i64 }).collect();
        let targets = RowTargets::Labels { labels: &labels, ignore_index: Some(-1) };
        let weights: Vec<f32> = (0..rows).map(|i| (i % 4) as f32 * 0.5).collect();
        let named = catalog::entries().filter_map(|entry| match entry.make(&entry.defaults()).unwrap() {
            Measure::Row(loss) if entry.prediction == catalog::DataDomain::Real => Some(loss),
            _ => None,
        });
        for loss in losses(classes).into_iter().chain(named) {
            if loss.entry().is(catalog::Property::NotDifferentiable) {
                continue;
            }
            for reduction in [Reduction::Sum, Reduction::Mean, Reduction::MeanByCount] {
                let plain = RowEvaluation::new(&*loss, &scores, classes, targets).unwrap();
                let weighted = plain.weights(&weights).unwrap();
                for (batch, weights) in [(plain, None), (weighted, Some(&weights))] {
                    let weight = |i: usize| weights.map_or(1.0, |weights| f64::from(weights[i]));
                    let mut gradient = vec![0.0_f32; scores.len()];
                    let value = batch.reduce_and_gradient_into(reduction, &mut gradient).unwrap();
                    assert_eq!(value.to_bits(), batch.reduce(reduction).unwrap().to_bits(), "{}", loss.spec());
                    let carried = |i: usize| weight(i) * loss.weight(Target::Label(labels[i] as usize));
                    let counted = (0..rows).filter(|i| labels[*i] >= 0);
                    let divisor = match reduction {
                        Reduction::Sum => 1.0,
                        Reduction::Mean => counted.map(carried).sum(),
                        Reduction::MeanByCount => counted.count() as f64,
                    };
                    for (i, row) in scores.chunks(classes).enumerate().filter(|(i, _)| labels[*i] >= 0) {
                        let row: Vec<f64> = row.iter().map(|x| f64::from(*x)).collect();
                        let mut own = vec![0.0; classes];
                        loss.value_and_gradient(&row, Target::Label(labels[i] as usize), &mut own).unwrap();
                        for (got, own) in gradient[i * classes..].iter().zip(own) {
                            let error = ulps(f64::from(*got), &Exact::of(own * weight(i) / divisor), F32);
                            assert!(error <= 0.51, "{} {reduction:?} row {i}: {error}", loss.spec());
                        }
                    }
                    assert!(gradient[9 * classes..10 * classes].iter().all(|g| *g == 0.0), "an ignored row");
                    if weights.is_none() {
                        let mut place = scores.clone();
                        let again = RowEvaluation::gradient_in_place(&*loss, reduction, &mut place, classes, targets);
                        assert_eq!(again.unwrap().to_bits(), value.to_bits(), "{}", loss.spec());
                        assert_eq!(place, gradient, "{}", loss.spec());
                    }
                }
            }
        }
    }
    let mut scores = [0.0_f32; 6];
    let softmax = losses(2).remove(0);
    let wrong =
        RowEvaluation::gradient_in_place(&*softmax, Reduction::Sum, &mut scores, 2, RowTargets::labels(&[0, 0, 2]));
    assert_eq!(wrong.unwrap_err().index(), Some(2));
}
