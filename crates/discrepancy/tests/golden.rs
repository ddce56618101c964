//! The same bits everywhere: a digest of the results of every entry, equal on any number of threads, at every vector
//! level and on every machine. After a change that is meant to change digits: `DISCREPANCY_WRITE_SNAPSHOTS=1`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::batch::{
    Element, Evaluation, HeadEvaluation, MapEvaluation, PairEvaluation, PenaltyEvaluation, Reduction, RowEvaluation,
    TupleEvaluation,
};
use discrepancy::catalog::{self, DataDomain, Entry, Family, Measure, Property};
use discrepancy::number::Level;
use discrepancy::rows::RowTargets;
use discrepancy::sequences::SequenceInput;
use std::process::Command;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden.txt");

/// Numbers in [0, 1) from nothing but integers.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
    /// Legal numbers of a domain.
    fn column<E: Element>(&mut self, domain: &DataDomain, n: usize) -> Vec<E> {
        let one = |x: f64| match domain {
            DataDomain::Signs => 2.0 * x.round() - 1.0,
            DataDomain::Binary | DataDomain::Truth => x.round(),
            DataDomain::Within(i) if i.low.is_finite() && i.high.is_finite() => i.low + x * (i.high - i.low),
            DataDomain::Within(i) if i.low.is_finite() => i.low + x * 24.0,
            _ => 24.0 * x - 12.0,
        };
        (0..n).map(|_| E::narrow(one(self.next()))).collect()
    }
    /// Rows that sum to 1 exactly: multiples of 2^-11, which even `bf16` holds where they are small.
    fn simplex<E: Element>(&mut self, width: usize) -> Vec<E> {
        let mut counts = vec![1_u32; width];
        for _ in width..2048 {
            counts[((self.next() * width as f64) as usize).min(width - 1)] += 1;
        }
        counts.into_iter().map(|count| E::narrow(f64::from(count) / 2048.0)).collect()
    }
}

/// FNV-1a of the bits.
fn digest<'a, E: Element>(numbers: impl IntoIterator<Item = &'a E>) -> String {
    let bytes = numbers.into_iter().flat_map(|x| x.widen().to_bits().to_le_bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{hash:016x}")
}

/// Digests of what the entry gives, by name.
fn results<E: Element>(entry: &'static Entry) -> Vec<(&'static str, String)> {
    let mut sequence = Sequence(entry.name.len() as u64);
    let differentiable = !entry.is(Property::NotDifferentiable);
    let mut arguments = entry.defaults();
    // A list of one number a coordinate, or of one a pair of coordinates: then more on the diagonal.
    for parameter in
        entry.parameters.iter().filter(|parameter| parameter.domain.list && entry.family == Family::Distance)
    {
        let one = (1..=37).map(f64::from).collect();
        let two = (0..37 * 37).map(|i| if i % 38 == 0 { 40.0 } else { f64::from(i % 3) - 1.0 }).collect();
        for list in [one, two] {
            let mut given = arguments.clone();
            let set = entry.set(&mut given, parameter.name, catalog::Value::List(list));
            if set.is_ok()
                && matches!(entry.make(&given).unwrap(), Measure::Pair(pair) if pair.value(&[1.0; 37], &[0.0; 37]).is_ok())
            {
                arguments = given;
            }
        }
    }
    match entry.make(&arguments).unwrap() {
        Measure::Pointwise(loss) => {
            let n = 20_000;
            let (z, y) = (sequence.column::<E>(&entry.prediction, n), sequence.column::<E>(&entry.target, n));
            let batch = Evaluation::new(&*loss, &z, &y).unwrap();
            let mean = [batch.reduce(Reduction::Mean).unwrap()];
            if !differentiable {
                return vec![("value", digest(&batch.values().unwrap())), ("mean", digest(&mean))];
            }
            let all = batch.value_gradient_hessian().unwrap();
            let all = [("value", all.value), ("gradient", all.gradient), ("hessian", all.hessian)];
            let mut digests: Vec<_> = all.iter().map(|(name, numbers)| (*name, digest(numbers))).collect();
            digests.push(("mean", digest(&mean)));
            digests
        }
        Measure::Row(loss) => [("10 classes", 10), ("100 classes", 100)]
            .into_iter()
            .map(|(name, classes)| {
                let rows = 50;
                let scores: Vec<E> = if entry.prediction == DataDomain::Probabilities {
                    (0..rows).flat_map(|_| sequence.simplex::<E>(classes)).collect()
                } else {
                    sequence.column(&entry.prediction, rows * classes)
                };
                let labels: Vec<i64> = (0..rows as i64).map(|i| i % classes as i64).collect();
                let batch = RowEvaluation::new(&*loss, &scores, classes, RowTargets::labels(&labels)).unwrap();
                let mean = E::narrow(batch.mean().unwrap());
                if !differentiable {
                    return (name, digest(batch.values().unwrap().iter().chain([&mean])));
                }
                let all = batch.value_and_gradient().unwrap();
                (name, digest(all.value.iter().chain(&all.gradient).chain([&mean])))
            })
            .collect(),
        Measure::Map(map) => {
            let scores = sequence.column::<E>(&DataDomain::Real, 500);
            let batch = MapEvaluation::new(&*map, &scores, 25).unwrap();
            let image = digest(&batch.images().unwrap());
            let v = sequence.column::<E>(&DataDomain::Real, 500);
            vec![
                ("image", image),
                ("Jacobian-vector product", digest(&batch.jacobian_vector_product(&v).unwrap())),
                ("vector-Jacobian product", digest(&batch.vector_jacobian_product(&v).unwrap())),
            ]
        }
        Measure::Head(head) => {
            let (x, w) = (sequence.column::<E>(&DataDomain::Real, 70), sequence.column::<E>(&DataDomain::UNIT, 35));
            let labels: Vec<i64> = (0..10).map(|i| i % 5).collect();
            let batch = HeadEvaluation::new(&*head, &x, &w, 7, RowTargets::labels(&labels)).unwrap();
            let (plain, exact) = (batch.evaluate().unwrap(), batch.exact(true).evaluate().unwrap());
            vec![
                ("value", digest(&exact.value)),
                ("gradient", digest(exact.gradient_x.iter().chain(&exact.gradient_weights))),
                ("value by plain products", digest(&plain.value)),
                ("gradient by plain products", digest(plain.gradient_x.iter().chain(&plain.gradient_weights))),
            ]
        }
        Measure::Sequence(loss) => {
            let rows: Vec<f64> = sequence
                .column::<E>(&DataDomain::UNIT, 120)
                .iter()
                .map(|x| E::narrow(-6.0 * x.widen()).widen())
                .collect();
            let input = SequenceInput { epsilon: E::EPSILON, ..SequenceInput::new(&rows, 6, &[1, 1, 5, 2, 3, 2]) };
            let mut gradient = vec![0.0; rows.len()];
            let value = loss.evaluate(input, Some(&mut gradient)).unwrap();
            let narrow = |x: &f64| E::narrow(*x);
            vec![
                ("value", digest(&[narrow(&value)])),
                ("gradient", digest(&gradient.iter().map(narrow).collect::<Vec<E>>())),
            ]
        }
        Measure::Tuple(loss) => {
            let signature = loss.signature();
            let (rows, width) = if signature.vectors { (200, 12) } else { (20_000, 1) };
            let mut column = |domain: &DataDomain, n: usize| sequence.column::<E>(domain, n);
            // Not 0 where that is not of the domain.
            let inputs: Vec<Vec<E>> = signature
                .inputs
                .iter()
                .map(|input| column(&input.domain, rows * width))
                .map(|numbers| numbers.iter().map(|x| if x.widen() == 0.0 { E::narrow(1.0) } else { *x }).collect())
                .collect();
            let inputs: Vec<&[E]> = inputs.iter().map(Vec::as_slice).collect();
            let target = signature.target.map(|domain| column(&domain, rows));
            let batch = TupleEvaluation::new(&*loss, &inputs, width, target.as_deref()).unwrap();
            let (mean, all) = ([batch.mean().unwrap()], batch.value_and_gradients().unwrap());
            vec![
                ("value", digest(&all.value)),
                ("gradient", digest(all.gradients.iter().flatten())),
                ("mean", digest(&mean)),
            ]
        }
        Measure::Penalty(penalty) => {
            let weights = sequence.column::<E>(&DataDomain::Real, 1000);
            let batch = PenaltyEvaluation::new(&*penalty, &weights);
            vec![("value", digest(&[batch.value().unwrap()])), ("gradient", digest(&batch.gradient().unwrap()))]
        }
        Measure::Pair(pair) => {
            let (rows, width) = (20, 37);
            let mut side = || -> Vec<E> {
                if entry.prediction == DataDomain::Probabilities {
                    (0..rows).flat_map(|_| sequence.simplex::<E>(width)).collect()
                } else {
                    sequence.column(&entry.prediction, rows * width)
                }
            };
            let (a, b) = (side(), side());
            let batch = PairEvaluation::new(&*pair, &a, &b, width).unwrap();
            let mut digests = vec![("value", digest(&batch.rowwise().unwrap()))];
            if differentiable {
                let all = batch.rowwise_with_gradients().unwrap();
                digests.push(("gradient", digest(all.gradient_a.iter().chain(&all.gradient_b))));
            }
            digests
        }
        Measure::Sample(statistic) => {
            let mut side = || -> Vec<f64> { (0..30).map(|_| E::narrow(sequence.next()).widen()).collect() };
            let (x, y) = (side(), side());
            vec![("value", digest(&[statistic.value(&x, &y, 1).unwrap()]))]
        }
        other => panic!("no golden results for {other:?}"),
    }
}

/// One line for each entry, type and kind of result.
fn golden() -> String {
    let mut lines = String::new();
    for entry in catalog::entries() {
        for (name, results) in [("f32", results::<f32>(entry)), ("f64", results::<f64>(entry))] {
            for (kind, digest) in results {
                lines.push_str(&format!("{} {name} {kind}: {digest}\n", entry.name));
            }
        }
    }
    lines
}

fn compare(found: &str, where_: &str) {
    let file = std::fs::read_to_string(PATH).unwrap_or_default();
    let other: Vec<&str> = found.lines().filter(|line| !file.lines().any(|known| known == *line)).collect();
    assert!(other.is_empty() && found.lines().count() == file.lines().count(), "{where_}: other bits in {other:#?}");
}

#[test]
fn results_have_the_golden_bits_on_any_number_of_threads() {
    if std::env::var_os("DISCREPANCY_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(PATH, golden()).unwrap();
    }
    for threads in [1, 2, 3, 7, 16] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        compare(&pool.install(golden), &format!("{threads} threads"));
    }
}

#[test]
fn results_have_the_golden_bits_at_every_level() {
    // The level is chosen once in a process.
    for level in ["scalar", "avx2", "avx512"] {
        let test = std::env::current_exe().unwrap();
        let mut test = Command::new(test);
        test.args(["--exact", "results_have_the_golden_bits_at_this_level", "--ignored"]);
        let output = test.env("DISCREPANCY_LEVEL", level).output().unwrap();
        assert!(output.status.success(), "{level}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
#[ignore = "run by results_have_the_golden_bits_at_every_level"]
fn results_have_the_golden_bits_at_this_level() {
    compare(&golden(), &format!("{:?}", Level::best()));
}
