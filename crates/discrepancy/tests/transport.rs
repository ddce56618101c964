//! Transport: against brute force, exact fractions and laws over the whole family.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use discrepancy::catalog::{self, Family, Measure, Property};
use discrepancy::samples::SampleStatistic;
use discrepancy::transport::{
    Ground, OptimalTransport, Sinkhorn, SinkhornDivergence, TransportGradient, TransportPlan, Wasserstein,
    optimal_transport,
};
use discrepancy::{ErrorKind, Result};

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
    fn many(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.uniform()).collect()
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

/// All entries of the family, with default parameters and with others that their parameters allow.
fn family() -> Vec<Box<dyn SampleStatistic>> {
    let mut all = Vec::new();
    for entry in catalog::entries().filter(|entry| entry.family == Family::Transport) {
        let mut specs = vec![entry.name.to_owned()];
        for parameter in entry.parameters {
            specs.extend(parameter.domain.words.iter().map(|word| format!("{}:{}={word}", entry.name, parameter.name)));
            let numbers = [2.0, 2.5, 3.0].into_iter().filter(|x| parameter.check("", &(*x).into()).is_ok());
            // Whole numbers and tolerances decide when to stop, not what is computed.
            if parameter.domain.interval.is_some_and(|i| !i.whole && i.high > 1.0) {
                specs.extend(numbers.map(|x| format!("{}:{}={x}", entry.name, parameter.name)));
            }
        }
        for spec in specs {
            match catalog::find(&spec).unwrap() {
                Measure::Sample(statistic) => all.push(statistic),
                other => panic!("{spec} is {other:?}"),
            }
        }
    }
    // A word may be the default.
    let mut seen = std::collections::HashSet::new();
    all.retain(|statistic| seen.insert(statistic.spec()));
    assert!(all.len() >= 10, "the catalogue has shrunk");
    all
}

/// The dimensions that an entry can do, up to 2.
fn dimensions(statistic: &dyn SampleStatistic) -> Vec<usize> {
    let can = |d: &usize| {
        let result = statistic.value(&vec![0.5; *d], &vec![1.5; *d], *d);
        result.map_err(|error| assert_eq!(error.kind(), ErrorKind::Unsupported)).is_ok()
    };
    let dimensions: Vec<usize> = [1, 2].into_iter().filter(can).collect();
    assert_eq!(dimensions[0], 1);
    dimensions
}

fn close(got: f64, wanted: f64, ulps: f64) -> bool {
    (got - wanted).abs() <= ulps * f64::EPSILON * wanted.abs()
}

/// The rows of a sample in another order.
fn shuffled(rows: &[f64], dimension: usize, random: &mut Random) -> Vec<f64> {
    let mut rows: Vec<&[f64]> = rows.chunks(dimension).collect();
    (1..rows.len()).for_each(|i| rows.swap(i, random.below(i + 1)));
    rows.concat()
}

#[test]
fn order_of_rows_and_of_samples_does_not_show() {
    let mut random = Random(2);
    for statistic in family() {
        for d in dimensions(&*statistic) {
            let (x, y) = (random.many(7 * d), random.many(5 * d));
            let value = statistic.value(&x, &y, d).unwrap();
            assert!(value > 0.0, "{}", statistic.spec());
            let again = statistic.value(&shuffled(&x, d, &mut random), &shuffled(&y, d, &mut random), d).unwrap();
            assert_eq!(value, again, "{} in {d} dimensions", statistic.spec());
            let turned = statistic.value(&y, &x, d).unwrap();
            assert!(close(turned, value, 1.0), "{}: {value} {turned}", statistic.spec());
        }
    }
}

#[test]
fn moving_both_samples_changes_nothing() {
    let mut random = Random(3);
    for statistic in family() {
        for d in dimensions(&*statistic) {
            // Few bits, so that moving is exact.
            let mut short = |n: usize| random.many(n).into_iter().map(|x| (x * 1024.0).floor()).collect::<Vec<f64>>();
            let (x, y) = (short(6 * d), short(6 * d));
            let moved = |rows: &[f64]| rows.iter().map(|x| x / 1024.0 + 5.0).collect::<Vec<f64>>();
            let scaled = |rows: &[f64]| rows.iter().map(|x| x / 1024.0).collect::<Vec<f64>>();
            let value = statistic.value(&scaled(&x), &scaled(&y), d).unwrap();
            assert_eq!(statistic.value(&moved(&x), &moved(&y), d).unwrap(), value, "{}", statistic.spec());
        }
    }
}

#[test]
fn scaling_by_a_power_of_two_is_exact() {
    let mut random = Random(4);
    for k in [-900, -300, -3, 2, 300, 400] {
        let factor = 2f64.powi(k);
        let (x, y) = (random.many(8), random.many(6));
        let scaled = |rows: &[f64]| rows.iter().map(|x| x * factor).collect::<Vec<f64>>();
        for order in [1.0, 2.0, 3.5] {
            let w = Wasserstein::new(order).unwrap();
            assert_eq!(w.value(&scaled(&x), &scaled(&y), 1).unwrap(), w.value(&x, &y, 1).unwrap() * factor);
        }
        for (ground, factor, power) in
            [(Ground::Euclidean, factor, k), (Ground::SquaredEuclidean, factor * factor, 2 * k)]
        {
            if power.abs() > 960 {
                continue;
            }
            let exact = OptimalTransport::new(ground).unwrap();
            assert_eq!(exact.value(&scaled(&x), &scaled(&y), 2).unwrap(), exact.value(&x, &y, 2).unwrap() * factor);
            let sinkhorn = |epsilon: f64, x: &[f64], y: &[f64]| {
                SinkhornDivergence::new(epsilon, ground, 1e-18, 500_u32)
                    .unwrap()
                    .value_and_gradient(x, None, y, None, 2)
            };
            let (small, large) = (sinkhorn(0.25, &x, &y).unwrap(), sinkhorn(0.25 * factor, &scaled(&x), &scaled(&y)));
            assert_eq!(large.unwrap().value, small.value * factor, "{ground:?} 2^{k}");
        }
    }
}

#[test]
fn metrics_obey_the_triangle_inequality() {
    let mut random = Random(5);
    let metrics: Vec<_> = family().into_iter().filter(|s| s.entry().is(Property::Metric)).collect();
    assert!(metrics.len() >= 3);
    for metric in metrics {
        for _ in 0..50 {
            let (n, m) = (1 + random.below(6), 1 + random.below(6));
            let (x, y, z) = (random.many(n), random.many(4), random.many(m));
            let [xz, xy, yz] = [(&x, &z), (&x, &y), (&y, &z)].map(|(a, b)| metric.value(a, b, 1).unwrap());
            assert!(xz <= (xy + yz) * (1.0 + 4.0 * f64::EPSILON), "{}: {xz} > {xy} + {yz}", metric.spec());
            assert_eq!(metric.value(&x, &shuffled(&x, 1, &mut random), 1).unwrap(), 0.0);
        }
    }
}

#[test]
fn on_a_line_sorting_and_the_simplex_method_agree() {
    let mut random = Random(6);
    for _ in 0..50 {
        let (n, m) = (1 + random.below(9), 1 + random.below(9));
        let (x, y) = (random.many(n), random.many(m));
        let line = Wasserstein::new(1.0).unwrap().value(&x, &y, 1).unwrap();
        let exact = OptimalTransport::new(Ground::Euclidean).unwrap().value(&x, &y, 1).unwrap();
        assert!(close(exact, line, 2.0), "{exact} {line}");
        let line = Wasserstein::new(2.0).unwrap().value(&x, &y, 1).unwrap();
        let exact = OptimalTransport::new(Ground::SquaredEuclidean).unwrap().value(&x, &y, 1).unwrap();
        assert!(close(exact, line * line, 4.0), "{exact} {}", line * line);
    }
}

#[test]
fn gradients_are_central_differences() {
    let mut random = Random(8);
    for statistic in family() {
        for d in dimensions(&*statistic) {
            let (x, y) = (random.many(4 * d), random.many(5 * d));
            let gradient = statistic.gradient(&x, &y, d).unwrap();
            let largest = gradient.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
            for i in 0..x.len() {
                let at = |h: f64| {
                    let mut x = x.clone();
                    x[i] += h;
                    statistic.value(&x, &y, d).unwrap()
                };
                let h = 2f64.powi(-17);
                let slope = (at(h) - at(-h)) / (2.0 * h);
                assert!(
                    (slope - gradient[i]).abs() <= 1e-6 * largest,
                    "{} {i}: {slope} {}",
                    statistic.spec(),
                    gradient[i]
                );
            }
        }
    }
}

/// Of the second points, and of the weights of both.
type Function<'a> = &'a dyn Fn(&[f64], &[f64], &[f64]) -> Result<TransportGradient>;

#[test]
fn gradients_of_weights_and_of_the_second_sample_are_central_differences() {
    let mut random = Random(9);
    let (x, y) = (random.many(6), random.many(8));
    // One point of each side weighs nothing yet.
    let (a, b) = ([0.5, 0.25, 0.0], [0.125, 0.25, 0.375, 0.0]);
    let sinkhorn = Sinkhorn::new(0.125, Ground::SquaredEuclidean, 1e-18, 1000_u32).unwrap();
    let divergence = SinkhornDivergence::new(0.125, Ground::Euclidean, 1e-18, 1000_u32).unwrap();
    let functions: [Function<'_>; 2] =
        [&|y, a, b| sinkhorn.value_and_gradient(&x, Some(a), y, Some(b), 2), &|y, a, b| {
            divergence.value_and_gradient(&x, Some(a), y, Some(b), 2)
        }];
    for (which, function) in functions.iter().enumerate() {
        let gradient = function(&y, &a, &b).unwrap();
        let h = 2f64.powi(-20);
        // From the first point of each side to every other: both keep their weight.
        for k in 1..3 {
            let at = |h: f64| {
                let mut a = a;
                (a[0], a[k]) = (a[0] - h, a[k] + h);
                function(&y, &a, &b).unwrap().value
            };
            let slope = if a[k] > 0.0 {
                (at(h) - at(-h)) / (2.0 * h)
            } else {
                (4.0 * at(h) - at(2.0 * h) - 3.0 * at(0.0)) / (2.0 * h)
            };
            let wanted = gradient.x_weights[k] - gradient.x_weights[0];
            assert!((slope - wanted).abs() < 2e-5, "{which} weight {k}: {slope} {wanted}");
        }
        // Both sides grow.
        let at = |h: f64| {
            let (mut a, mut b) = (a, b);
            (a[1], b[2]) = (a[1] + h, b[2] + h);
            function(&y, &a, &b).unwrap().value
        };
        let (slope, wanted) = ((at(h) - at(-h)) / (2.0 * h), gradient.x_weights[1] + gradient.y_weights[2]);
        assert!((slope - wanted).abs() < 1e-8, "{which}: {slope} {wanted}");
        for i in 0..y.len() {
            let at = |h: f64| {
                let mut y = y.clone();
                y[i] += h;
                function(&y, &a, &b).unwrap().value
            };
            let slope = (at(h) - at(-h)) / (2.0 * h);
            assert!((slope - gradient.y[i]).abs() < 1e-9, "{which} {i}: {slope} {}", gradient.y[i]);
        }
    }
}

#[test]
fn the_certificate_brackets_the_optimum() {
    let mut random = Random(10);
    for round in 0..60 {
        let (n, m) = (1 + random.below(12), 1 + random.below(12));
        let offset = if round % 3 == 0 { -3.0 } else { 0.0 };
        let cost: Vec<f64> = random.many(n * m).into_iter().map(|c| c * 5.0 + offset).collect();
        let mut weights = |n: usize| {
            let w = random.many(n);
            let total: f64 = w.iter().sum();
            w.into_iter().map(|w| w / total * 3.0).collect::<Vec<f64>>()
        };
        let (a, b) = (weights(n), weights(m));
        let exact = optimal_transport(&cost, &a, &b).unwrap().cost;
        for epsilon in [1.0, 0.1, 1e-2, 1e-3, 1e-4] {
            let sinkhorn = Sinkhorn::new(epsilon, Ground::Euclidean, 1e-18, 2000_u32).unwrap();
            let plan = sinkhorn.solve(&cost, &a, &b).unwrap();
            assert!(plan.marginal_error <= 1e-18);
            assert!(plan.lower <= exact && exact <= plan.upper, "{} {exact} {}", plan.lower, plan.upper);
            // Entropy is not negative, and at most that of independence.
            assert!(plan.cost >= exact - 1e-14 * 15.0 && plan.regularised >= plan.cost - 1e-14 * 15.0);
            assert!(plan.upper - exact <= 3.0 * epsilon * 12_f64.ln() + 1e-11, "{epsilon}: {} {exact}", plan.upper);
            let matrix = plan.matrix();
            for (row, a) in matrix.chunks(m).zip(&a) {
                assert!((row.iter().sum::<f64>() - a).abs() <= 1e-15 * 3.0 + 1e-14 * a);
            }
            let value: f64 = matrix.iter().zip(&cost).map(|(p, c)| p * c).sum();
            assert!((value - plan.cost).abs() <= 1e-13 * 15.0);
            // Too few passes: the error brackets the optimum too.
            let sinkhorn = Sinkhorn::new(epsilon, Ground::Euclidean, 1e-18, 2_u32).unwrap();
            if let Err(error) = sinkhorn.solve(&cost, &a, &b) {
                assert_eq!(error.kind(), ErrorKind::NotConverged);
                let certificate = error.certificate().unwrap();
                assert!(certificate.lower <= exact && exact <= certificate.upper, "{error} {exact}");
            }
        }
    }
}

/// Costs and weights of any magnitude, signs and zeros among them, and ε down to 2^-40 of the largest cost.
#[test]
fn wild_problems_are_solved_or_say_how_far_they_came() {
    let mut random = Random(15);
    let (mut solved, mut given_up) = (0, 0);
    for round in 0..300 {
        let (n, m) = (1 + random.below(6), 1 + random.below(6));
        let (base, spread) = ([0, -200, 200][round % 3], [0, 1, 10, 300][round % 4]);
        let mut wild = |count: usize, base: i32, spread: i32, sign: f64| -> Vec<f64> {
            let mut number = || {
                let exponent = (f64::from(base) + (random.uniform() - 0.5) * f64::from(spread)).min(295.0);
                let sign = if random.uniform() < 0.3 { sign } else { 1.0 };
                10f64.powf(exponent) * (0.5 + random.uniform()) * sign
            };
            (0..count).map(|_| number()).collect()
        };
        let cost = wild(n * m, base, spread, [1.0, -1.0][round % 2]);
        let (mut a, mut b) = (wild(n, 0, spread / 4, 0.0), wild(m, 0, spread / 4, 0.0));
        (a[0], b[0]) = (a[0].max(0.1), b[0].max(0.1));
        let totals: [f64; 2] = [a.iter().sum(), b.iter().sum()];
        a.iter_mut().for_each(|w| *w /= totals[0]);
        b.iter_mut().for_each(|w| *w /= totals[1]);
        let exact = optimal_transport(&cost, &a, &b).unwrap();
        let largest = cost.iter().fold(0.0_f64, |largest, c| largest.max(c.abs()));
        let epsilon = largest * 10f64.powf(1.0 - 12.5 * random.uniform());
        let [lower, upper] = match Sinkhorn::new(epsilon, Ground::Euclidean, 1e-18, 500_u32)
            .unwrap()
            .solve(&cost, &a, &b)
        {
            Ok(plan) => {
                solved += 1;
                assert!(plan.row_potentials.iter().chain(&plan.column_potentials).all(|f| f.is_finite()), "{plan:?}");
                [plan.lower, plan.upper]
            }
            Err(error) => {
                given_up += 1;
                let certificate = error.certificate().unwrap();
                [certificate.lower, certificate.upper]
            }
        };
        assert!(lower <= exact.cost && exact.lower <= upper, "{round}: {lower} {exact:?} {upper}");
    }
    assert!(given_up < solved / 10, "{given_up} of {solved}");
}

#[test]
fn nearly_no_entropy_converges() {
    // 50 × 50 random costs with a 10,000th of the largest cost: plain Sinkhorn is far from converged after 10,000
    // iterations, or underflows.
    let mut random = Random(11);
    let (cost, ones) = (random.many(2500), vec![0.02; 50]);
    let exact = optimal_transport(&cost, &ones, &ones).unwrap().cost;
    let mut before = f64::INFINITY;
    for epsilon in [1e-2, 1e-3, 1e-4, 1e-5, 1e-6] {
        let plan =
            Sinkhorn::new(epsilon, Ground::Euclidean, 1e-18, 1000_u32).unwrap().solve(&cost, &ones, &ones).unwrap();
        assert!(plan.iterations < 300 && plan.cost < before && plan.cost >= exact, "{plan:?}");
        before = plan.cost;
    }
    assert!(before - exact < 1e-6, "{before} {exact}");
}

#[test]
fn the_divergence_is_zero_for_equal_samples_only() {
    let mut random = Random(12);
    for ground in [Ground::Euclidean, Ground::SquaredEuclidean] {
        for epsilon in [0.01, 0.3] {
            let divergence = SinkhornDivergence::new(epsilon, ground, 1e-18, 2000_u32).unwrap();
            let x = random.many(12);
            assert_eq!(divergence.value(&x, &shuffled(&x, 2, &mut random), 2).unwrap(), 0.0);
            let mut before = f64::INFINITY;
            for k in [1, 4, 10, 20, 30] {
                let y: Vec<f64> = x.iter().map(|x| x + (random.uniform() - 0.5) * 2f64.powi(-k)).collect();
                let value = divergence.value(&x, &y, 2).unwrap();
                assert!(value > 0.0 && value < before, "{ground:?} {epsilon} 2^-{k}: {value}");
                before = value;
            }
            // Equal weights are what no weights are.
            let weighted = divergence.value_weighted(&x, Some(&[0.5; 6]), &x[2..], Some(&[0.6; 5]), 2).unwrap();
            let plain = divergence.value(&x, &x[2..], 2).unwrap();
            assert!(close(weighted, 3.0 * plain, 8.0), "{weighted} {plain}");
        }
    }
}

#[test]
fn threads_do_not_show() {
    let mut random = Random(13);
    // Enough entries for more than one thread.
    let (x, y) = (random.many(260), random.many(264));
    let results = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut bits = Vec::new();
            for statistic in family().into_iter().filter(|s| s.spec() == s.entry().name) {
                let d = *dimensions(&*statistic).last().unwrap();
                bits.push(statistic.value(&x, &y, d).unwrap().to_bits());
                bits.extend(statistic.gradient(&x, &y, d).unwrap().into_iter().map(f64::to_bits));
            }
            bits
        })
    };
    let one = results(1);
    for threads in [2, 3, 7] {
        assert!(results(threads) == one, "{threads} threads");
    }
}

#[test]
fn permutation_tests_find_what_is_there() {
    let mut random = Random(14);
    for statistic in family() {
        let d = *dimensions(&*statistic).last().unwrap();
        let (x, y) = (random.many(8 * d), random.many(8 * d));
        let far: Vec<f64> = y.iter().map(|y| y + 2.0).collect();
        let test = statistic.permutation_test(&x, &far, d, 19, 5).unwrap();
        assert_eq!(test, statistic.permutation_test(&x, &far, d, 19, 5).unwrap());
        assert_eq!((test.statistic, test.p_value), (statistic.value(&x, &far, d).unwrap(), 0.05));
        assert!(statistic.permutation_test(&x, &x, d, 19, 5).unwrap().p_value > 0.5, "{}", statistic.spec());
    }
}

#[test]
fn bad_input_is_a_typed_error() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    for statistic in family() {
        let name = statistic.entry().name;
        let kind = |x: &[f64], y: &[f64], d: usize| statistic.value(x, y, d).unwrap_err();
        for (x, y, d, wanted, argument) in [
            (&[][..], &[1.0][..], 1, ErrorKind::NoContributingRows, "x"),
            (&[1.0], &[], 1, ErrorKind::NoContributingRows, "y"),
            (&[1.0, nan], &[1.0], 1, ErrorKind::NonFinite, "x"),
            (&[1.0], &[1.0, -inf], 1, ErrorKind::NonFinite, "y"),
            (&[1.0], &[1.0], 0, ErrorKind::Shape, "dimension"),
            (&[1.0], &[1.0, 2.0], 2, ErrorKind::Shape, "x"),
        ] {
            let error = kind(x, y, d);
            assert_eq!((error.kind(), error.function(), error.argument()), (wanted, name, argument), "{error}");
            assert_eq!(statistic.gradient(x, y, d).unwrap_err(), error);
        }
        let two = [1.0, 2.0];
        for (weights, wanted, index) in [
            (&[1.0][..], ErrorKind::Shape, None),
            (&[1.0, -1.0], ErrorKind::Domain, Some(1)),
            (&[nan, 1.0], ErrorKind::NonFinite, Some(0)),
            (&[1.0, inf], ErrorKind::NonFinite, Some(1)),
            (&[0.0, 0.0], ErrorKind::Domain, None),
        ] {
            let error = statistic.value_weighted(&two, Some(weights), &two, None, 1).unwrap_err();
            assert_eq!((error.kind(), error.argument(), error.index()), (wanted, "x_weights", index), "{error}");
        }
        for parameter in statistic.entry().parameters {
            assert_eq!(
                catalog::find(&format!("{name}:{}=nonsense", parameter.name)).unwrap_err().kind(),
                ErrorKind::Parameter
            );
        }
    }
    let kind = |cost: &[f64], a: &[f64], b: &[f64]| optimal_transport(cost, a, b).unwrap_err().kind();
    let entropic = |cost: &[f64], a: &[f64], b: &[f64]| Sinkhorn::default().solve(cost, a, b).unwrap_err().kind();
    for kind in [&kind as &dyn Fn(&[f64], &[f64], &[f64]) -> ErrorKind, &entropic] {
        assert_eq!(kind(&[1.0], &[1.0, 1.0], &[2.0]), ErrorKind::Shape);
        assert_eq!(kind(&[1.0, nan], &[1.0, 1.0], &[2.0]), ErrorKind::NonFinite);
        assert_eq!(kind(&[1.0, 1e300], &[1.0, 1.0], &[2.0]), ErrorKind::Domain);
        assert_eq!(kind(&[1.0, 1.0], &[1.0, 1.0], &[3.0]), ErrorKind::Domain);
    }
    let tiny = Sinkhorn::new(1e-20, Ground::Euclidean, 1e-18, 10_u32).unwrap();
    assert_eq!(tiny.solve(&[1.0], &[1.0], &[1.0]).unwrap_err().kind(), ErrorKind::Parameter);
}
