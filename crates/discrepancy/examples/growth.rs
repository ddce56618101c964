//! Work of growing size, for `cargo xtask growth`: every entry on inputs of one, two and four times a size, along each of its
//! dimensions. What is between entering and leaving `counted_work` is counted by valgrind; each line names it.
//!
//! A line is: entry, what grows, the power that the count may grow by, size.
#![allow(clippy::unwrap_used, reason = "a program of the tests")]

use discrepancy::batch::{
    Evaluation, HeadEvaluation, MapEvaluation, PenaltyEvaluation, RowEvaluation, TupleEvaluation,
};
use discrepancy::catalog::{self, DataDomain, Entry, Measure};
use discrepancy::rows::RowTargets;
use discrepancy::sequences::SequenceInput;

/// Between entering and leaving this is one count.
#[inline(never)]
fn counted_work(work: &mut dyn FnMut()) {
    work();
}

/// Numbers in (0.05, 0.95), the same on every machine.
fn numbers(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        0.05 + 0.9 * (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..count).map(|_| next()).collect()
}

/// The same as rows that sum to 1.
fn probabilities(rows: usize, classes: usize, seed: u64) -> Vec<f64> {
    let mut all = numbers(rows * classes, seed);
    for row in all.chunks_mut(classes) {
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|p| *p /= sum);
    }
    all
}

fn repeated(numbers: &[f64], count: usize) -> Vec<f64> {
    numbers.iter().copied().cycle().take(count).collect()
}

/// Counts work of one, two and four times the size.
fn grow(entry: &Entry, what: &str, power: f64, size: usize, make: impl Fn(usize) -> Box<dyn FnMut()>) {
    for size in [size, 2 * size, 4 * size] {
        let mut work = make(size);
        // What is done once in a process does not count.
        work();
        counted_work(&mut *work);
        println!("{} {what} {power} {size}", entry.name);
    }
}

fn rows(entry: &'static Entry) {
    let loss = || if let Ok(Measure::Row(loss)) = entry.make(&entry.defaults()) { loss } else { unreachable!() };
    let work = |rows: usize, classes: usize, soft: bool| -> Box<dyn FnMut()> {
        let given = entry.prediction == DataDomain::Probabilities;
        let scores = if given { probabilities(rows, classes, 1) } else { numbers(rows * classes, 1) };
        let (y, labels) = (probabilities(rows, classes, 2), vec![1; rows]);
        let loss = loss();
        Box::new(move || {
            let targets = if soft { RowTargets::Probabilities(&y) } else { RowTargets::labels(&labels) };
            let batch = RowEvaluation::new(&*loss, &scores, classes, targets).unwrap();
            drop(batch.value_and_gradient().map_err(|_| batch.values()));
        })
    };
    grow(entry, "classes-of-labels", 1.0, 256, |size| work(1, size, false));
    grow(entry, "classes-of-probabilities", 1.0, 128, |size| work(1, size, true));
    grow(entry, "rows", 1.0, 256, |size| work(size, 4, true));
}

fn heads(entry: &'static Entry) {
    let head = || if let Ok(Measure::Head(head)) = entry.make(&entry.defaults()) { head } else { unreachable!() };
    let work = |rows: usize, classes: usize, width: usize| -> Box<dyn FnMut()> {
        let (x, weights, labels) = (numbers(rows * width, 1), numbers(classes * width, 2), vec![1; rows]);
        let head = head();
        Box::new(move || {
            let batch = HeadEvaluation::new(&*head, &x, &weights, width, RowTargets::labels(&labels)).unwrap();
            drop(batch.evaluate().unwrap());
        })
    };
    grow(entry, "rows", 1.0, 64, |size| work(size, 4, 4));
    grow(entry, "classes", 1.0, 64, |size| work(4, size, 4));
    grow(entry, "features", 1.0, 64, |size| work(4, 4, size));
}

fn others(entry: &'static Entry) {
    let make = || entry.make(&entry.defaults()).unwrap();
    match make() {
        Measure::Pointwise(_) => grow(entry, "rows", 1.0, 1024, |size| {
            let inputs = entry.reference[0].inputs;
            let (z, y) = (repeated(inputs[0], size), repeated(inputs[1], size));
            let Measure::Pointwise(loss) = make() else { unreachable!() };
            Box::new(move || {
                let batch = Evaluation::new(&*loss, &z, &y).unwrap();
                drop(batch.value_gradient_hessian().map_err(|_| batch.values()));
            })
        }),
        Measure::Map(_) => grow(entry, "classes", 1.0, 128, |size| {
            let (x, v) = (numbers(size, 1), numbers(size, 2));
            let Measure::Map(map) = make() else { unreachable!() };
            Box::new(move || {
                let batch = MapEvaluation::new(&*map, &x, size).unwrap();
                drop((batch.images().unwrap(), batch.jacobian_vector_product(&v).unwrap()));
                drop(batch.vector_jacobian_product(&v).unwrap());
            })
        }),
        Measure::Sequence(_) => {
            let work = |steps: usize, classes: usize, labels: usize| -> Box<dyn FnMut()> {
                let x: Vec<f64> = probabilities(steps, classes, 1).iter().map(|p| p.ln()).collect();
                let labels: Vec<usize> = (0..labels).map(|i| 1 + i % (classes - 1)).collect();
                let Measure::Sequence(loss) = make() else { unreachable!() };
                Box::new(move || {
                    let mut gradient = vec![0.0; x.len()];
                    loss.evaluate(SequenceInput::new(&x, classes, &labels), Some(&mut gradient)).unwrap();
                })
            };
            grow(entry, "steps", 1.0, 64, |size| work(size, 4, 8));
            grow(entry, "classes", 1.0, 64, |size| work(24, size, 4));
            grow(entry, "labels", 1.0, 16, |size| work(160, 4, size));
        }
        Measure::Tuple(loss) => {
            let (inputs, example) = (loss.signature().inputs.len(), entry.reference[0].inputs);
            let work = |rows: usize, width: usize| -> Box<dyn FnMut()> {
                let columns: Vec<Vec<f64>> = (0..inputs).map(|i| numbers(rows * width, i as u64 + 1)).collect();
                let target = example.get(inputs).map(|target| repeated(target, rows));
                let Measure::Tuple(loss) = make() else { unreachable!() };
                Box::new(move || {
                    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
                    let batch = TupleEvaluation::new(&*loss, &slices, width, target.as_deref()).unwrap();
                    drop(batch.value_and_gradients().unwrap());
                })
            };
            grow(entry, "rows", 1.0, 256, |size| work(size, if loss.signature().vectors { 4 } else { 1 }));
            if loss.signature().vectors {
                grow(entry, "coordinates", 1.0, 256, |size| work(2, size));
            }
        }
        Measure::Penalty(_) => grow(entry, "weights", 1.0, 1024, |size| {
            let weights = numbers(size, 1);
            let Measure::Penalty(penalty) = make() else { unreachable!() };
            Box::new(move || {
                let batch = PenaltyEvaluation::new(&*penalty, &weights);
                drop((batch.value().unwrap(), batch.gradient().unwrap()));
            })
        }),
        Measure::Pair(metric) => {
            // Not what needs data of its own, such as variances.
            if metric.value(&probabilities(1, 8, 1), &probabilities(1, 8, 2)).is_err() {
                return;
            }
            grow(entry, "coordinates", 1.0, 256, |size| {
                let (a, b) = (probabilities(1, size, 1), probabilities(1, size, 2));
                let Measure::Pair(metric) = make() else { unreachable!() };
                Box::new(move || {
                    let (mut by_a, mut by_b) = (vec![0.0; size], vec![0.0; size]);
                    if metric.value_and_gradient(&a, &b, &mut by_a, &mut by_b).is_err() {
                        metric.value(&a, &b).unwrap();
                    }
                })
            });
        }
        Measure::Sample(_) => {
            let work = |points: usize, dimension: usize| -> Box<dyn FnMut()> {
                let (x, y) = (numbers(points * dimension, 1), numbers(points * dimension, 2));
                let Measure::Sample(statistic) = make() else { unreachable!() };
                Box::new(move || {
                    statistic.value(&x, &y, dimension).unwrap();
                    drop(statistic.gradient(&x, &y, dimension));
                })
            };
            // Sorting on a line, all pairs in space; iterations of transport are not a matter of size alone.
            let line = matches!(entry.name, "energy_distance" | "wasserstein");
            if entry.name == "maximum_mean_discrepancy" || line {
                grow(entry, "points-on-a-line", if line { 1.0 } else { 2.0 }, 64, |size| work(size, 1));
            }
            if entry.name.ends_with("discrepancy") || entry.name == "energy_distance" {
                grow(entry, "coordinates", 1.0, 64, |size| work(6, size));
                grow(entry, "points", 2.0, 16, |size| work(size, 2));
            }
        }
        // Rows and heads have axes of their own.
        _ => {}
    }
}

fn main() {
    // Another thread would count when it looks for work.
    rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global().unwrap();
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    for entry in catalog::entries().filter(|entry| chosen.is_empty() || chosen.iter().any(|name| name == entry.name)) {
        match entry.make(&entry.defaults()) {
            Ok(Measure::Row(_)) => rows(entry),
            Ok(Measure::Head(_)) => heads(entry),
            Ok(_) => others(entry),
            // Data of its own is needed.
            Err(_) => {}
        }
    }
}
