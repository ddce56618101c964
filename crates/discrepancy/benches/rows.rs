//! `cargo bench --bench rows [NAME…]`: value and gradient of every loss of rows with labels, beside the time that memory
//! needs. Figures are medians; `limit` is a copy past the caches of the bytes that are read and written once.
#![allow(clippy::unwrap_used, reason = "a benchmark may stop")]

mod support;

use discrepancy::batch::RowEvaluation;
use discrepancy::catalog::{self, DataDomain, Measure, Property};
use discrepancy::rows::{RowLoss, RowTargets};
use support::{Copy, median, time};

/// Rows and classes.
const SHAPES: [(usize, usize); 4] = [(4096, 32_000), (65_536, 1000), (1_000_000, 64), (1_000_000, 10)];
const ROUNDS: usize = 5;

fn bench(loss: &dyn RowLoss, copy: &mut Copy) {
    for (rows, classes) in SHAPES {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 24) as f32
        };
        let mut scores: Vec<f32> = (0..rows * classes).map(|_| 16.0 * next() - 8.0).collect();
        if loss.entry().prediction == DataDomain::Probabilities {
            for row in scores.chunks_mut(classes) {
                let sum: f64 = row.iter().map(|x| f64::from(x.exp())).sum();
                row.iter_mut().for_each(|x| *x = (f64::from(x.exp()) / sum) as f32);
            }
        }
        let labels: Vec<i64> = (0..rows).map(|_| (next() * classes as f32) as i64 % classes as i64).collect();
        let batch = RowEvaluation::new(loss, &scores, classes, RowTargets::labels(&labels)).unwrap();
        let (mut value, mut gradient) = (vec![0.0_f32; rows], vec![0.0_f32; rows * classes]);
        let (mut both, mut mean, mut limit) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            limit.push(copy.seconds_per_byte());
            if !loss.entry().is(Property::NotDifferentiable) {
                both.push(time(|| batch.value_and_gradient_into(&mut value, &mut gradient).unwrap()));
            }
            mean.push(time(|| {
                let _ = batch.mean().unwrap();
            }));
        }
        let byte = median(limit);
        print!("{:<24}{rows:>9} × {classes:<7}", loss.spec());
        let size = (rows * classes * 4) as f64;
        for (times, bytes) in [(both, 2.0 * size), (mean, size)] {
            if times.is_empty() {
                print!("{:>22}", "");
            } else {
                let seconds = median(times);
                print!("{:>11.1} ms{:>6.2} ×", seconds * 1e3, seconds / (byte * (bytes + (rows * 12) as f64)));
            }
        }
        println!("{:>8.1} GB/s", 1e-9 / byte);
    }
}

fn main() {
    let names: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    println!(
        "f32, {} threads; time and × limit of value and gradient, mean; speed of the copy",
        rayon::current_num_threads()
    );
    let mut copy = Copy::new();
    copy.seconds_per_byte();
    for entry in catalog::entries() {
        let Measure::Row(loss) = entry.make(&entry.defaults()).unwrap() else { continue };
        if names.is_empty() || names.iter().any(|name| entry.name.contains(name.as_str())) {
            bench(&*loss, &mut copy);
        }
    }
}
