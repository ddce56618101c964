//! How long Sinkhorn takes: `cargo run --release -p discrepancy --example sinkhorn_speed`.
//!
//! One iteration of Sinkhorn reads each cost twice in other implementations; here one pass over the costs does both
//! halves of it with one exponential an entry, and is bound by these exponentials. Twofold passes, two or three at the
//! end, cost some twenty plain ones each.

use discrepancy::samples::permutation::SplitMix64;
use discrepancy::transport::{Ground, Sinkhorn, SinkhornDivergence};
use std::time::Instant;

fn uniform(random: &mut SplitMix64, count: usize) -> Vec<f64> {
    (0..count).map(|_| (random.next_bits() >> 11) as f64 / (1_u64 << 53) as f64).collect()
}

fn main() -> discrepancy::Result<()> {
    let mut random = SplitMix64(7);
    let largest = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(2000);
    for n in [50, 200, 1000, 2000, 5000].into_iter().filter(|n| *n <= largest) {
        let (x, y) = (uniform(&mut random, 2 * n), uniform(&mut random, 2 * n));
        let distance = |x: &[f64], y: &[f64]| (x[0] - y[0]).powi(2) + (x[1] - y[1]).powi(2);
        let cost: Vec<f64> = x.chunks(2).flat_map(|x| y.chunks(2).map(move |y| distance(x, y))).collect();
        let most = cost.iter().copied().fold(0.0, f64::max);
        let ones = vec![1.0; n];
        for epsilon in [0.1, 0.01, 0.001, 0.0001] {
            for tolerance in [1e-3, 1e-9, 1e-18] {
                let sinkhorn = Sinkhorn::new(epsilon * most, Ground::SquaredEuclidean, tolerance, 3000_u32)?;
                let start = Instant::now();
                let solved = sinkhorn.solve(&cost, &ones, &ones);
                let time = start.elapsed().as_secs_f64() * 1e3;
                print!("{n} points, epsilon {epsilon} of the largest cost, tolerance {tolerance:e}: {time:.1} ms, ");
                match solved {
                    Ok(plan) => println!(
                        "{} passes, error {:.1e}, cost {:.6}, in [{:.6}, {:.6}]",
                        plan.iterations,
                        plan.marginal_error,
                        plan.cost / n as f64,
                        plan.lower / n as f64,
                        plan.upper / n as f64
                    ),
                    Err(error) => println!("{error}"),
                }
            }
        }
        let divergence = SinkhornDivergence::new(0.01 * most, Ground::SquaredEuclidean, 1e-18, 3000_u32)?;
        let start = Instant::now();
        let gradient = divergence.value_and_gradient(&x, None, &y, None, 2)?;
        println!("    divergence {} with gradient: {:.1} ms", gradient.value, start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}
