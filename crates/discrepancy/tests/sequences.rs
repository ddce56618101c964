//! Losses of sequences: reference tables, and laws over all of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

mod support;

use discrepancy::batch::Element;
use discrepancy::catalog::{self, Family, Measure};
use discrepancy::sequences::{SequenceInput, SequenceLoss};
use support::{F32, F64, Format, ulps};

fn loss(spec: &str) -> Box<dyn SequenceLoss> {
    match catalog::find(spec) {
        Ok(Measure::Sequence(loss)) => loss,
        other => panic!("{spec} is {other:?}"),
    }
}

fn losses() -> Vec<Box<dyn SequenceLoss>> {
    catalog::entries().filter(|entry| entry.family == Family::Sequence).map(|entry| loss(entry.name)).collect()
}

fn whole(numbers: &[f64]) -> Vec<usize> {
    numbers.iter().map(|x| *x as usize).collect()
}

fn check<E: Element>(table: &str, format: Format, bound: f64) {
    let cases = support::table(table);
    assert!(cases.len() >= 500, "{table}");
    let mut worst = 0.0;
    for case in &cases {
        let (labels, classes) = (whole(&case.inputs[2]), case.inputs[1][0] as usize);
        let input = SequenceInput { epsilon: E::EPSILON, ..SequenceInput::new(&case.inputs[0], classes, &labels) };
        let loss = loss(&case.spec);
        let mut results = vec![loss.evaluate(input, None).unwrap()];
        let mut gradient = vec![0.0; case.inputs[0].len()];
        match loss.evaluate(input, Some(&mut gradient)) {
            Ok(value) => assert_eq!(value.to_bits(), results[0].to_bits()),
            Err(error) => assert!(case.outputs[1].is_empty(), "{table} line {}: {error}", case.line),
        }
        results.extend(case.outputs[1].iter().zip(&gradient).map(|(_, slope)| *slope));
        for (got, truth) in results.iter().zip(case.outputs.iter().flatten()) {
            let error = ulps(E::narrow(*got).widen(), truth, format);
            assert!(error <= bound, "{table} line {}: {got:e} instead of {:e}, {error} ULP", case.line, truth.to_f64());
            worst = error.max(worst);
        }
    }
    println!("{table}: worst {worst:.4}");
}

#[test]
fn reference_tables_hold_within_the_stated_bounds() {
    for loss in losses() {
        let (name, accuracy) = (loss.entry().name, loss.entry().accuracy());
        check::<f32>(&format!("{name}.f32"), F32, accuracy.f32);
        check::<f64>(&format!("{name}.f64"), F64, accuracy.f64);
    }
}

/// Logarithms of rows of probabilities, from nothing but integers.
fn rows(steps: usize, classes: usize) -> Vec<f64> {
    let share = |t: usize, k: usize| 1.0 + ((t * 7 + k * k * 5) % 11) as f64;
    let row = |t: usize| {
        let total: f64 = (0..classes).map(|k| share(t, k)).sum();
        (0..classes).map(move |k| (share(t, k) / total).ln())
    };
    (0..steps).flat_map(row).collect()
}

/// All sequences of at most so many labels from 1 on.
fn sequences(longest: usize, classes: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    let mut last = all.clone();
    for _ in 0..longest {
        let longer = |start: &Vec<usize>| (1..classes).map(|label| [&start[..], &[label]].concat()).collect::<Vec<_>>();
        last = last.iter().flat_map(longer).collect();
        all.extend(last.clone());
    }
    all
}

#[test]
fn the_probabilities_of_all_sequences_sum_to_1() {
    for loss in losses() {
        for (steps, classes) in [(1, 2), (3, 3), (5, 3)] {
            let rows = rows(steps, classes);
            let cost = |labels: &Vec<usize>| loss.evaluate(SequenceInput::new(&rows, classes, labels), None).unwrap();
            let sum: f64 = sequences(steps, classes).iter().map(|labels| (-cost(labels)).exp()).sum();
            assert!((sum - 1.0).abs() < 1e-13, "{}: {sum}", loss.spec());
        }
    }
}

#[test]
fn every_step_uses_one_class_and_time_may_run_backwards() {
    for loss in losses() {
        let (steps, classes, labels) = (6, 4, [2, 2, 1]);
        let rows = rows(steps, classes);
        let mut gradient = vec![0.0; rows.len()];
        let value = loss.evaluate(SequenceInput::new(&rows, classes, &labels), Some(&mut gradient)).unwrap();
        for slopes in gradient.chunks(classes) {
            let sum: f64 = slopes.iter().sum();
            assert!((sum + 1.0).abs() < 4.0 * f64::EPSILON && slopes.iter().all(|slope| *slope <= 0.0), "{slopes:?}");
        }
        let turned: Vec<f64> = rows.chunks(classes).rev().flatten().copied().collect();
        let backwards = loss.evaluate(SequenceInput::new(&turned, classes, &[1, 2, 2]), None).unwrap();
        assert!((value - backwards).abs() <= 2.0 * f64::EPSILON * value, "{value} {backwards}");
    }
}

#[test]
fn long_sequences_neither_overflow_nor_underflow() {
    for loss in losses() {
        // A thousand steps of which each is e^-50 likely.
        let rows = vec![-50.0; 3000];
        let labels: Vec<usize> = (0..100).map(|i| 1 + i % 2).collect();
        let input = SequenceInput { epsilon: f64::from(f32::EPSILON), ..SequenceInput::new(&rows, 3, &labels) };
        let mut gradient = vec![0.0; rows.len()];
        let value = loss.evaluate(input, Some(&mut gradient)).unwrap();
        assert!(value > 40_000.0 && value < 50_000.0 && gradient.iter().all(|slope| slope.is_finite()), "{value}");
    }
}
