//! Transport: against brute force, exact fractions and the laws of a metric.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use discrepancy::transport::{TransportPlan, optimal_transport};

/// A small generator, so that every run sees the same numbers.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        x ^ (x >> 29)
    }
    /// Uniform in [0, 1).
    fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
    fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }
}

/// The least Σ cost over all permutations.
fn brute_force(cost: &[f64], n: usize) -> f64 {
    fn go(cost: &[f64], n: usize, row: usize, used: usize, so_far: f64) -> f64 {
        if row == n {
            return so_far;
        }
        let free = (0..n).filter(|j| used & (1 << j) == 0);
        free.map(|j| go(cost, n, row + 1, used | 1 << j, so_far + cost[row * n + j])).fold(f64::INFINITY, f64::min)
    }
    go(cost, n, 0, 0, 0.0)
}

/// Everything a plan promises.
fn check(plan: &TransportPlan, cost: &[f64], a: &[f64], b: &[f64]) {
    let m = b.len();
    let total: f64 = a.iter().sum();
    let (mut rows, mut columns) = (vec![0.0; a.len()], vec![0.0; m]);
    let mut sum = 0.0;
    for &(i, j, flow) in &plan.plan {
        assert!(flow > 0.0);
        rows[i] += flow;
        columns[j] += flow;
        sum += flow * cost[i * m + j];
    }
    assert!(plan.plan.len() < a.len() + m);
    for (got, want) in rows.iter().chain(&columns).zip(a.iter().chain(b)) {
        assert!((got - want).abs() <= 1e-14 * total, "{got} {want}");
    }
    let scale = cost.iter().fold(0.0_f64, |s, c| s.max(c.abs())) * total;
    assert!((plan.cost - sum).abs() <= 1e-14 * scale);
    assert!(plan.gap >= 0.0 && plan.lower <= plan.cost && plan.lower.next_up() >= plan.cost, "{plan:?}");
    for (i, u) in plan.row_potentials.iter().enumerate() {
        for (j, v) in plan.column_potentials.iter().enumerate() {
            // u <= cost - v, decided exactly because the difference is rounded monotonically.
            assert!(*u <= (cost[i * m + j] - v).next_up(), "({i}, {j}): {u} + {v} > {}", cost[i * m + j]);
        }
    }
    let dual: f64 =
        plan.row_potentials.iter().zip(a).chain(plan.column_potentials.iter().zip(b)).map(|(p, w)| p * w).sum();
    assert!((dual - plan.cost).abs() <= 1e-12 * scale, "{dual} {}", plan.cost);
}

#[test]
fn uniform_weights_give_the_best_permutation() {
    let mut random = Random(1);
    for round in 0..200 {
        let n = 1 + round % 6;
        // Small whole costs, so that there are many ties and sums are exact.
        let cost: Vec<f64> =
            (0..n * n).map(|_| random.below(if round % 2 == 0 { 4 } else { 1000 }) as f64 - 1.0).collect();
        let ones = vec![1.0; n];
        let plan = optimal_transport(&cost, &ones, &ones).unwrap();
        assert_eq!(plan.cost, brute_force(&cost, n), "{cost:?}");
        check(&plan, &cost, &ones, &ones);
    }
}
