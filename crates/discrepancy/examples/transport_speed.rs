//! How long transport takes: `cargo run --release -p discrepancy --example transport_speed`.
//!
//! Exact transport is bound by the search for arcs that would make the plan cheaper (each looks at some √(n²) costs, and
//! the last search at all of them) and by changing the potentials of the subtree that a pivot moves. Wasserstein on a
//! line is bound by sorting.

use discrepancy::samples::permutation::SplitMix64;
use discrepancy::transport::{Ground, Wasserstein, earth_movers_distance, optimal_transport};
use std::time::Instant;

fn uniform(random: &mut SplitMix64, count: usize) -> Vec<f64> {
    (0..count).map(|_| (random.next_bits() >> 11) as f64 / (1_u64 << 53) as f64).collect()
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    result
}

fn main() -> discrepancy::Result<()> {
    let mut random = SplitMix64(7);
    for n in [1000, 2000, 4000] {
        let (x, y) = (uniform(&mut random, 2 * n), uniform(&mut random, 2 * n));
        let distance = |x: &[f64], y: &[f64]| (x[0] - y[0]).hypot(x[1] - y[1]);
        let cost: Vec<f64> = x.chunks(2).flat_map(|x| y.chunks(2).map(move |y| distance(x, y))).collect();
        let ones = vec![1.0; n];
        let plan = timed(&format!("plane, {n} points"), || optimal_transport(&cost, &ones, &ones))?;
        println!("    {} pivots, gap {}", plan.pivots, plan.gap);
        timed("    with the cost matrix", || earth_movers_distance(&x, &y, 2, None, None, Ground::Euclidean))?;
        let cost = uniform(&mut random, n * n);
        let plan = timed(&format!("random costs, {n} points"), || optimal_transport(&cost, &ones, &ones))?;
        println!("    {} pivots, gap {}", plan.pivots, plan.gap);
    }
    let n = 1_000_000;
    let (x, y) = (uniform(&mut random, n), uniform(&mut random, n));
    for order in [1.0, 2.0, 3.0] {
        let wasserstein = Wasserstein::new(order)?;
        timed(&format!("line, {n} points, order {order}"), || wasserstein.distance(&x, &y))?;
    }
    Ok(())
}
