//! Long work looks whether its result is still wanted: work that is given up before it begins is given up at its first look, and
//! what is begun again afterwards is as if nothing had been.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::batch::{MapEvaluation, RowEvaluation, TupleEvaluation};
use discrepancy::catalog::{self, Measure};
use discrepancy::rows::{RowState, RowTargets, Target};
use discrepancy::stop::Stop;

const LENGTH: usize = 1 << 14;

fn numbers(factor: usize) -> Vec<f64> {
    (0..LENGTH).map(|i| (i * factor % 10_007) as f64 / 1000.0).collect()
}

fn is_heard<T>(what: &str, work: impl Fn() -> T) {
    let stop = Stop::new();
    stop.raise();
    assert!(stop.run(&work).is_none(), "{what} does not look");
    assert!(Stop::new().run(&work).is_some(), "{what}");
}

#[test]
fn single_rows_of_many_numbers_are_given_up() {
    let (x, y, z) = (numbers(7), numbers(31), numbers(101));
    let probabilities = vec![1.0 / LENGTH as f64; LENGTH];
    let mut seen = 0;
    for spec in [
        "softmax_cross_entropy",
        "softmax_focal",
        "multi_margin",
        "multilabel_margin",
        "multilabel_soft_margin",
        "softmax",
        "log_softmax",
        "triplet:p=3.3",
        "triplet:p=1.5,swap=true",
        "minkowski:p=3.3",
        "wasserstein",
        "wasserstein:order=2.5",
        "energy_distance",
    ] {
        match catalog::find(spec).unwrap() {
            Measure::Row(loss) => {
                let target = Target::Probabilities(&probabilities);
                let value = || loss.value_and_gradient(&x, target, &mut vec![0.0; LENGTH]);
                is_heard(spec, value);
                let targets = RowTargets::Probabilities(&probabilities);
                is_heard(spec, || RowEvaluation::new(&*loss, &x, LENGTH, targets).unwrap().values());
            }
            Measure::Map(map) => {
                is_heard(spec, || map.apply(&x, &mut vec![0.0; LENGTH]));
                is_heard(spec, || MapEvaluation::new(&*map, &x, LENGTH).unwrap().images());
            }
            Measure::Tuple(loss) => {
                is_heard(spec, || {
                    let batch = TupleEvaluation::new(&*loss, &[&x, &y, &z], LENGTH, None).unwrap();
                    batch.value_and_gradients()
                });
            }
            Measure::Pair(pair) => is_heard(spec, || pair.value(&x, &y)),
            Measure::Sample(statistic) => {
                is_heard(spec, || statistic.value(&x, &y, 1));
                is_heard(spec, || statistic.gradient(&x, &y, 1));
                is_heard(spec, || statistic.permutation_test(&x[..50], &y[..50], 1, 100, 0));
            }
            _ => panic!("{spec}"),
        }
        seen += 1;
    }
    assert_eq!(seen, 13);
}

#[test]
fn permutation_tests_are_given_up() {
    let (x, y) = (numbers(7), numbers(31));
    for entry in catalog::entries() {
        let Ok(Measure::Sample(statistic)) = catalog::find(entry.name) else { continue };
        for dimension in [1, 2] {
            if statistic.value(&x[..6], &y[..6], dimension).is_ok() {
                is_heard(entry.name, || statistic.permutation_test(&x[..6], &y[..6], dimension, 5, 0));
            }
        }
    }
}

#[test]
fn a_state_that_is_given_up_is_what_it_was() {
    let mut state = RowState::new();
    state.push(&[1.0, 2.0], None).unwrap();
    let before = state.to_bytes();
    let stop = Stop::new();
    stop.raise();
    assert!(stop.run(|| state.push(&numbers(7), Some(3))).is_none());
    assert_eq!(state.to_bytes(), before);
    let all = numbers(7);
    state.push(&all, Some(3)).unwrap();
    assert!(stop.run(|| state.gradient(&all, Some(3), &mut vec![0.0; LENGTH])).is_none());
}
