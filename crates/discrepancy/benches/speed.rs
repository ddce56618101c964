//! `cargo bench --bench speed [NAME…]`: value and gradient of every pointwise loss, beside the time that memory needs.
//!
//! `limit` is what a copy past the caches takes for the bytes that the operation must read and write once, measured in
//! the same run in turn with it. Figures are medians.
#![allow(clippy::unwrap_used, reason = "a benchmark may stop")]

mod support;

use discrepancy::batch::{Element, Evaluation, Reduction};
use discrepancy::catalog::{self, DataDomain, Measure};
use discrepancy::losses::PointwiseLoss;
use support::{Copy, median, time};

const N: usize = 10_000_000;
const ROUNDS: usize = 9;

fn numbers(n: usize, domain: &DataDomain, seed: u64, spread: f64) -> Vec<f64> {
    let mut state = seed;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let uniform = (state >> 11) as f64 / (1_u64 << 53) as f64;
            match domain {
                DataDomain::Signs => {
                    if uniform < 0.5 {
                        -1.0
                    } else {
                        1.0
                    }
                }
                DataDomain::Binary => f64::from(u8::from(uniform < 0.5)),
                DataDomain::Within(i) => i.low + uniform * (i.high - i.low),
                _ => (uniform - 0.5) * spread,
            }
        })
        .collect()
}

fn bench<E: Element>(loss: &dyn PointwiseLoss, copy: &mut Copy) {
    let narrow = |x: Vec<f64>| x.into_iter().map(E::narrow).collect::<Vec<E>>();
    let z = narrow(numbers(N, &loss.entry().prediction, 1, 16.0));
    // Targets of classes, where a fraction is allowed too.
    let targets = if loss.entry().target == DataDomain::UNIT { DataDomain::Binary } else { loss.entry().target };
    let y = narrow(numbers(N, &targets, 2, 16.0));
    let (mut v, mut g) = (vec![E::default(); N], vec![E::default(); N]);
    let batch = Evaluation::new(loss, &z, &y).unwrap();
    let (mut rows, mut step, mut mean, mut limit) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        limit.push(copy.seconds_per_byte());
        if loss.differentiable() {
            rows.push(time(|| batch.value_and_gradient_into(&mut v, &mut g).unwrap()));
            step.push(time(|| {
                let _ = batch.reduce_and_gradient_into(Reduction::Mean, &mut g).unwrap();
            }));
        } else {
            rows.push(time(|| batch.values_into(&mut v).unwrap()));
        }
        mean.push(time(|| {
            let _ = batch.mean().unwrap();
        }));
    }
    let (byte, size) = (median(limit), (N * size_of::<E>()) as f64);
    let arrays = if loss.differentiable() { 4.0 } else { 3.0 };
    print!("{:<36}{:<5}", loss.spec(), E::NAME);
    for (times, arrays) in [(rows, arrays), (step, 3.0), (mean, 2.0)] {
        if times.is_empty() {
            print!("{:>18}", "");
        } else {
            let seconds = median(times);
            print!("{:>9.2} ms{:>5.2} ×", seconds * 1e3, seconds / (byte * size * arrays));
        }
    }
    println!("{:>8.1} GB/s", 1e-9 / byte);
}

fn main() {
    let names: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    println!(
        "{N} elements, {} threads; time and × limit of value and gradient, mean with gradient, mean; speed of the copy",
        rayon::current_num_threads()
    );
    let mut copy = Copy::new();
    copy.seconds_per_byte();
    for entry in catalog::entries() {
        let Measure::Pointwise(loss) = entry.make(&entry.defaults()).unwrap() else { continue };
        if names.is_empty() || names.iter().any(|name| entry.name.contains(name.as_str())) {
            bench::<f32>(&*loss, &mut copy);
            if !names.is_empty() {
                bench::<f64>(&*loss, &mut copy);
            }
        }
    }
}
