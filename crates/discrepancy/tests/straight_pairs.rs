//! Pairs of rows in single precision go straight through vectors, give what the careful forms give, and the same bits at
//! every level.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

mod support;

use discrepancy::batch::PairEvaluation;
use discrepancy::catalog::{self, DataDomain, Measure, Property};
use discrepancy::distances::{Gradients, PairFunction, PairInput};
use discrepancy::number::Level;
use support::{Exact, F32, ulps};

/// Entries whose formula is no function of a few sums.
const CAREFUL_ONLY: [&str; 10] = [
    "standardized_euclidean",
    "mahalanobis",
    "bray_curtis",
    "canberra",
    "jaccard",
    "dice",
    "rogers_tanimoto",
    "russell_rao",
    "sokal_sneath",
    "yule",
];

/// Entries whose gradients are not computed so yet, or do not exist.
const VALUES_ONLY: [&str; 5] = ["chebyshev", "minkowski", "cosine", "pearson", "hamming"];

fn metrics() -> Vec<Box<dyn PairFunction>> {
    let pairs: Vec<_> = catalog::entries()
        .flat_map(|entry| {
            let bases = entry.parameters.iter().filter(|p| p.name == "base").map(|_| format!("{}:base=2", entry.name));
            let more = entry.parameters.iter().filter(|p| p.name == "generalized");
            let more = more.map(|_| format!("{}:generalized=true", entry.name));
            std::iter::once(entry.name.to_owned()).chain(bases).chain(more)
        })
        .filter_map(|spec| match catalog::find(&spec) {
            Ok(Measure::Pair(metric)) if !CAREFUL_ONLY.contains(&metric.entry().name) => Some(metric),
            _ => None,
        })
        .collect();
    assert!(pairs.len() >= 13);
    pairs
}

struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1_u64 << 24) as f64
    }
    /// Multiples of 2^-20 whose sum is 1, exactly; `zeros` of ten are 0.
    fn distribution(&mut self, width: usize, zeros: f64) -> Vec<f32> {
        let mut left = f64::from(1 << 20);
        let mut row = Vec::new();
        for _ in 0..width {
            let part = if self.next() * 10.0 < zeros { 0.0 } else { (self.next() * left * 4.0 / width as f64).floor() };
            let part = if zeros == 0.0 { part.max(1.0) } else { part }.min(left);
            row.push(part);
            left -= part;
        }
        row[width - 1] += left;
        row.iter().map(|x| (x / f64::from(1 << 20)) as f32).collect()
    }
    fn row(&mut self, domain: &DataDomain, width: usize, zeros: f64) -> Vec<f32> {
        match domain {
            DataDomain::Probabilities => self.distribution(width, zeros),
            _ => (0..width).map(|_| ((self.next() - 0.5) * 8.0) as f32).collect(),
        }
    }
}

fn straight(metric: &dyn PairFunction, a: &[f32], b: &[f32], level: Level) -> Option<(f64, Vec<f32>, Vec<f32>)> {
    let input = PairInput { a, b, weights: None, epsilon: f64::from(f32::EPSILON), level, next: [&[]; 2] };
    let (mut by_a, mut by_b) = (vec![0.0; a.len()], vec![0.0; b.len()]);
    let value = metric.straight(input, Some(Gradients { a: &mut by_a, b: &mut by_b }))?;
    assert_eq!(Some(value.to_bits()), metric.straight(input, None).map(f64::to_bits), "without gradients");
    Some((value, by_a, by_b))
}

/// Within 0.51 ULP of a number that is right to some 52 bits.
fn close(found: f32, wanted: f64) -> bool {
    f64::from(found) == wanted || ulps(f64::from(found), &Exact::of(wanted), F32) <= 0.51
}

#[test]
fn straight_results_are_right_and_have_the_same_bits_at_every_level() {
    let mut sequence = Sequence(3);
    for metric in metrics() {
        let mut taken = 0;
        for case in 0..60 {
            let (width, zeros) = ([1, 2, 7, 16, 33, 250, 1000][case % 7], if case % 3 == 0 { 4.0 } else { 0.0 });
            let entry = metric.entry();
            let a = sequence.row(&entry.prediction, width, zeros);
            let b = if case % 10 == 9 { a.clone() } else { sequence.row(&entry.target, width, zeros) };
            let wide = |row: &[f32]| row.iter().map(|x| f64::from(*x)).collect::<Vec<f64>>();
            let (a64, b64) = (wide(&a), wide(&b));
            let (mut by_a, mut by_b) = (vec![0.0; width], vec![0.0; width]);
            let truth = metric.value_and_gradient(&a64, &b64, &mut by_a, &mut by_b);
            let results: Vec<_> =
                Level::available().into_iter().map(|level| straight(&*metric, &a, &b, level)).collect();
            for other in &results[1..] {
                let bits = |r: &Option<(f64, Vec<f32>, Vec<f32>)>| {
                    let all = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                    r.as_ref().map(|(value, a, b)| (value.to_bits(), all(a), all(b)))
                };
                assert_eq!(bits(other), bits(&results[0]), "{} {case}", metric.spec());
            }
            let Some((value, in_a, in_b)) = &results[0] else { continue };
            taken += 1;
            assert!(close(*value as f32, truth.unwrap()), "{} {case}: {value:e}", metric.spec());
            for (found, wanted) in in_a.iter().zip(&by_a).chain(in_b.iter().zip(&by_b)) {
                assert!(close(*found, *wanted), "{} {case}: {found:e}, not {wanted:e}", metric.spec());
            }
        }
        let expected = if VALUES_ONLY.contains(&metric.entry().name) { 0..1 } else { 20..61 };
        assert!(expected.contains(&taken), "{}: {taken} of 60", metric.spec());
    }
}

#[test]
fn ordinary_values_go_straight_through() {
    let mut sequence = Sequence(5);
    for metric in metrics() {
        for width in [9, 100, 1000] {
            let entry = metric.entry();
            let (a, b) = (sequence.row(&entry.prediction, width, 0.0), sequence.row(&entry.target, width, 0.0));
            let input =
                PairInput { a: &a[..], b: &b, weights: None, epsilon: 1e-7, level: Level::best(), next: [&[]; 2] };
            assert!(metric.straight(input, None).is_some(), "{} of {width}", metric.spec());
        }
    }
}

#[test]
fn all_ways_to_a_gradient_give_the_same_bits() {
    let mut sequence = Sequence(9);
    for metric in metrics().into_iter().filter(|metric| !metric.entry().is(Property::NotDifferentiable)) {
        let (width, rows) = (90, 5);
        let entry = metric.entry();
        let mut fill = |domain| (0..rows).flat_map(|_| sequence.row(domain, width, 1.0)).collect::<Vec<f32>>();
        let (a, b) = (fill(&entry.prediction), fill(&entry.target));
        let pairs = PairEvaluation::new(&*metric, &a, &b, width).unwrap();
        let results = pairs.rowwise_with_gradients().unwrap();
        assert_eq!(results.value, pairs.rowwise().unwrap(), "{}", metric.spec());
        let diagonal: Vec<f32> = pairs.matrix().unwrap().into_iter().step_by(rows + 1).collect();
        assert_eq!(results.value, diagonal, "{}", metric.spec());
        // The same rows in `f64`, computed as for `f32`.
        for row in 0..rows {
            let wide = |x: &[f32]| x[row * width..][..width].iter().map(|x| f64::from(*x)).collect::<Vec<f64>>();
            let (x, y) = (wide(&a), wide(&b));
            let (mut by_x, mut by_y) = (vec![0.0; width], vec![0.0; width]);
            let input = PairInput { epsilon: f64::from(f32::EPSILON), ..PairInput::new(&x, &y) };
            metric.evaluate(input, Some(Gradients { a: &mut by_x, b: &mut by_y })).unwrap();
            let found = results.gradient_a[row * width..].iter().zip(&by_x);
            for (found, wanted) in found.chain(results.gradient_b[row * width..].iter().zip(&by_y)) {
                assert_eq!(found.to_bits(), (*wanted as f32).to_bits(), "{}: {wanted:e}", metric.spec());
            }
        }
    }
}
