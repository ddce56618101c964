//! Laws over rows, heads, penalties, distances and divergences. Entries and their declared properties come from the
//! catalogue; only identities between two entries name them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::batch::{
    Element, HeadEvaluation, NanPolicy, PairEvaluation, PenaltyEvaluation, RowEvaluation, RowResults, map_rows,
};
use discrepancy::catalog::{self, Entry, Family, Measure, Property, Value};
use discrepancy::distances::{PairFunction, condensed, nearest, pairwise, rowwise};
use discrepancy::heads::{Head, HeadInput};
use discrepancy::losses::PointwiseLoss;
use discrepancy::penalties::Penalty;
use discrepancy::rows::{HessianKind, RowLoss, RowTargets, Target};
use discrepancy::sums::ExactSum;
use discrepancy::{Error, ErrorKind, Result};
use half::{bf16, f16};

// ---- what there is ----

const FAMILIES: [Family; 5] = [Family::Row, Family::Head, Family::Penalty, Family::Distance, Family::Divergence];

fn entries() -> impl Iterator<Item = &'static Entry> {
    catalog::entries().filter(|entry| FAMILIES.contains(&entry.family))
}

/// The entry with its defaults, and with each parameter in turn at each of some values of its domain. Lists have `size`
/// numbers; with `even` all the same.
fn variants(entry: &'static Entry, size: usize, even: bool) -> Vec<Measure> {
    let list = |scale: f64| (0..size).map(|i| if even { scale } else { scale + 0.75 * i as f64 }).collect();
    let mut all = vec![entry.defaults()];
    for parameter in entry.parameters {
        let domain = &parameter.domain;
        let numbers = [0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 7.0, 500.0];
        let words = domain.words.iter().map(|word| Value::Word(word));
        let numbers = numbers.iter().map(|x| if domain.list { Value::List(list(*x)) } else { Value::Number(*x) });
        for value in words.chain(numbers).filter(|value| parameter.check(entry.name, value).is_ok()) {
            let mut arguments = entry.defaults();
            entry.set(&mut arguments, parameter.name, value).unwrap();
            all.push(arguments);
        }
    }
    all.iter().map(|arguments| entry.make(arguments).unwrap()).collect()
}

fn row_losses(size: usize, even: bool) -> Vec<Box<dyn RowLoss>> {
    let all = entries().flat_map(|entry| variants(entry, size, even));
    all.filter_map(|measure| if let Measure::Row(loss) = measure { Some(loss) } else { None }).collect()
}
fn penalties() -> Vec<Box<dyn Penalty>> {
    let all = entries().flat_map(|entry| variants(entry, 1, true));
    all.filter_map(|measure| if let Measure::Penalty(penalty) = measure { Some(penalty) } else { None }).collect()
}
fn heads(size: usize) -> Vec<Box<dyn Head>> {
    let all = entries().flat_map(|entry| variants(entry, size, false));
    all.filter_map(|measure| if let Measure::Head(head) = measure { Some(head) } else { None }).collect()
}
/// Distances and divergences that act on rows of `size` numbers.
fn pairs(size: usize, even: bool) -> Vec<Box<dyn PairFunction>> {
    let all = entries().flat_map(|entry| variants(entry, size, even));
    let pairs = all.filter_map(|measure| if let Measure::Pair(pair) = measure { Some(pair) } else { None });
    // A list of one number a coordinate is needed where there is such a parameter.
    #[allow(clippy::borrowed_box, reason = "what a filter is given")]
    let fits = |pair: &Box<dyn PairFunction>| {
        let (a, b) = (&vectors(&**pair, size)[0], &vectors(&**pair, size)[1]);
        !matches!(pair.value(a, b), Err(error) if pair.entry().parameter(error.argument()).is_some())
    };
    pairs.filter(fits).collect()
}

fn pair(spec: &str) -> Box<dyn PairFunction> {
    match catalog::find(spec) {
        Ok(Measure::Pair(pair)) => pair,
        other => panic!("{spec}: {other:?}"),
    }
}
fn row_loss(spec: &str) -> Box<dyn RowLoss> {
    match catalog::find(spec) {
        Ok(Measure::Row(loss)) => loss,
        other => panic!("{spec}: {other:?}"),
    }
}
fn pointwise(spec: &str) -> Box<dyn PointwiseLoss> {
    match catalog::find(spec) {
        Ok(Measure::Pointwise(loss)) => loss,
        other => panic!("{spec}: {other:?}"),
    }
}

// ---- data ----

/// A sequence of numbers in [0, 1), the same on every machine.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
    fn vector(&mut self, size: usize, low: f64, high: f64) -> Vec<f64> {
        (0..size).map(|_| low + (high - low) * self.next()).collect()
    }
    /// Multiples of 1/256 that sum to exactly 1, some of them 0.
    fn probabilities(&mut self, size: usize) -> Vec<f64> {
        let mut counts = vec![0; size];
        let kept = 1 + (self.next() * size as f64) as usize;
        (0..256).for_each(|_| counts[(self.next() * kept as f64) as usize] += 1);
        let turn = (self.next() * size as f64) as usize;
        counts.rotate_right(turn);
        counts.iter().map(|count| f64::from(*count) / 256.0).collect()
    }
}

/// Legal rows of so many numbers: ordinary, offset, near each other, large, small, sparse.
fn vectors(pair: &dyn PairFunction, size: usize) -> Vec<Vec<f64>> {
    let mut sequence = Sequence(size as u64);
    if pair.entry().family == Family::Divergence {
        let mut all: Vec<Vec<f64>> = (0..8).map(|_| sequence.probabilities(size)).collect();
        all.push(vec![1.0 / size as f64; size]);
        all.push((0..size).map(|i| f64::from(u8::from(i == 0))).collect());
        // Within rounding of each other, and of sum 1.
        let mut near = all[0].clone();
        if let Some(x) = near.iter_mut().find(|x| **x > 0.0) {
            *x *= 1.0 + f64::EPSILON;
        }
        all.push(near);
        return all;
    }
    if pair.entry().prediction == catalog::DataDomain::Truth {
        let mut all: Vec<Vec<f64>> =
            [0, 1].iter().map(|even| (0..size).map(|i| f64::from(u8::from(i % 2 == *even))).collect()).collect();
        all.extend((0..8).map(|_| sequence.vector(size, -1.0, 1.0).iter().map(|x| x.max(0.0)).collect()));
        all.extend([vec![0.0; size], vec![-2.0; size]]);
        return all;
    }
    let base = sequence.vector(size, -3.0, 3.0);
    let mut all = vec![base.clone(), sequence.vector(size, -3.0, 3.0), sequence.vector(size, 0.0, 1e-3)];
    all.push(base.iter().map(|x| x * (1.0 + f64::EPSILON)).collect());
    all.push(base.iter().enumerate().map(|(i, x)| x + 1e-9 * i as f64).collect());
    all.push(base.iter().map(|x| x + 1e8).collect());
    all.push(base.iter().map(|x| (x + 1e8) + 1e-7).collect());
    all.push(base.iter().map(|x| x * 1e150).collect());
    all.push(base.iter().map(|x| x * 1e-150).collect());
    all.push((0..size).map(|i| f64::from(u8::from(i % 2 == 0))).collect());
    all
}

/// Rows of scores, or of probabilities where the loss takes these.
fn rows(loss: &dyn RowLoss, size: usize) -> Vec<Vec<f64>> {
    let mut sequence = Sequence(7 + size as u64);
    if loss.entry().prediction == catalog::DataDomain::Probabilities {
        let mut all: Vec<Vec<f64>> = (0..6).map(|_| sequence.probabilities(size)).collect();
        all.push(vec![1.0 / size as f64; size]);
        return all;
    }
    let mut all: Vec<Vec<f64>> = (0..4).map(|_| sequence.vector(size, -4.0, 4.0)).collect();
    all.push(all[0].iter().enumerate().map(|(i, x)| if i == 0 { 30.0 } else { *x }).collect());
    all.push(all[0].iter().map(|x| x * 40.0).collect());
    all.push(vec![2.0; size]);
    all
}

/// Hard and soft targets of so many classes.
fn soft_targets(size: usize) -> Vec<Vec<f64>> {
    let mut sequence = Sequence(11 + size as u64);
    (0..3).map(|_| sequence.probabilities(size)).collect()
}

/// Whether a row sums to exactly 1.
fn exact(row: &[f64]) -> bool {
    let mut sum = ExactSum::new();
    row.iter().chain(&[-1.0]).for_each(|x| sum.add(*x));
    sum.to_f64() == 0.0
}

fn ulp(x: f64) -> f64 {
    f64::from_bits(x.abs().to_bits() + 1) - x.abs()
}
fn within(found: f64, wanted: f64, ulps: f64) -> bool {
    found == wanted || (found - wanted).abs() <= ulps * ulp(wanted)
}

fn value(loss: &dyn RowLoss, row: &[f64], target: Target<'_>) -> f64 {
    loss.value(row, target).unwrap_or_else(|error| panic!("{}: {error}", loss.spec()))
}
fn gradient(loss: &dyn RowLoss, row: &[f64], target: Target<'_>) -> Vec<f64> {
    let mut gradient = vec![0.0; row.len()];
    loss.value_and_gradient(row, target, &mut gradient).unwrap_or_else(|error| panic!("{}: {error}", loss.spec()));
    gradient
}
/// The same of a batch of this row alone.
fn alone(loss: &dyn RowLoss, row: &[f64], label: usize) -> RowResults<f64> {
    let labels = [label as i64];
    let batch = RowEvaluation::new(loss, row, row.len(), RowTargets::labels(&labels)).unwrap();
    if differentiable(loss.entry()) {
        return batch.value_and_gradient().unwrap();
    }
    RowResults { value: batch.values().unwrap(), gradient: Vec::new() }
}
fn differentiable(entry: &Entry) -> bool {
    !entry.is(Property::NotDifferentiable)
}

// ---- distances and divergences ----

#[test]
fn equal_rows_are_nothing_apart_and_no_row_is_less() {
    for size in [1, 2, 3, 5, 17] {
        for pair in pairs(size, false) {
            // Rows that sum to 1 only nearly may be as little apart from themselves.
            let legal = |row: &&Vec<f64>| pair.entry().family != Family::Divergence || exact(row);
            let all = vectors(&*pair, size);
            for x in all.iter().filter(legal) {
                // A vector without an angle is no distance apart from anything.
                let Ok(own) = pair.value(x, x) else { continue };
                let others: Vec<f64> = all.iter().filter(legal).filter_map(|y| pair.value(x, y).ok()).collect();
                // Zero and the least of all; or (an overlap, say) 1 and the most of all.
                let distance = own.to_bits() == 0 && others.iter().all(|d| *d >= 0.0);
                let overlap = own == 1.0 && others.iter().all(|s| *s <= 1.0);
                // Or, of truth values, the share that is not true in both: what is false does not make rows alike.
                let truth = pair.entry().prediction == catalog::DataDomain::Truth;
                let unlike = truth && !pair.entry().is(Property::Metric) && others.iter().all(|d| *d >= own);
                assert!(distance || overlap || unlike, "{} of {x:?} with itself is {own:e}", pair.spec());
            }
        }
    }
}

/// The first declared property that a distance or divergence contradicts on the sample points.
fn contradiction_of_pair(pair: &dyn PairFunction, size: usize, properties: &[Property]) -> Option<Property> {
    let rows = vectors(pair, size);
    let f = |x: &[f64], y: &[f64]| pair.value(x, y).ok();
    #[allow(clippy::type_complexity, reason = "a law of two rows and their distance")]
    let all = |law: &dyn Fn(&[f64], &[f64], f64) -> bool| {
        rows.iter().all(|x| rows.iter().all(|y| f(x, y).is_none_or(|d| law(x, y, d))))
    };
    let slack = 1.0 + 4.0 * f64::EPSILON;
    properties.iter().copied().find(|property| {
        let holds = match property {
            Property::Symmetric => all(&|x, y, d| f(y, x).is_some_and(|e| e.to_bits() == d.to_bits())),
            Property::NonNegative => all(&|_, _, d| d >= 0.0 && d.is_sign_positive()),
            Property::Bounded => all(&|_, _, d| d <= 2.0 * slack),
            Property::Metric => all(&|x, y, d| {
                let triangle = |z: &Vec<f64>| match (f(x, z), f(y, z)) {
                    (Some(xz), Some(yz)) => xz <= (d + yz) * slack && d <= (xz + yz) * slack,
                    _ => true,
                };
                rows.iter().all(triangle)
            }),
            Property::Convex => all(&|x, y, d| {
                let below_chord = |z: &Vec<f64>| {
                    let middle: Vec<f64> = x.iter().zip(z).map(|(x, z)| x / 2.0 + z / 2.0).collect();
                    // Where halving rounds, the middle is not exactly the middle.
                    let mut rounded = x
                        .iter()
                        .zip(z)
                        .zip(&middle)
                        .map(|((x, z), m)| m - x / 2.0 != z / 2.0 || m - z / 2.0 != x / 2.0);
                    if rounded.any(|r| r) {
                        return true;
                    }
                    match (f(&middle, y), f(z, y)) {
                        (Some(m), Some(e)) if m.is_finite() && d.is_finite() && e.is_finite() => {
                            m <= d / 2.0 + e / 2.0 + 2.0 * (ulp(d) + ulp(e) + ulp(m))
                        }
                        _ => true,
                    }
                };
                rows.iter().all(below_chord)
            }),
            Property::Lipschitz => all(&|x, y, _| {
                let (mut a, mut b) = (vec![0.0; size], vec![0.0; size]);
                let value = pair.value_and_gradient(x, y, &mut a, &mut b);
                value.is_ok() && a.iter().chain(&b).all(|g| g.abs() <= 4.0)
            }),
            Property::NotDifferentiable => {
                let (mut a, mut b) = (vec![0.0; size], vec![0.0; size]);
                let result = pair.value_and_gradient(&rows[0], &rows[1], &mut a, &mut b);
                matches!(result, Err(error) if error.kind() == ErrorKind::NotDifferentiable)
            }
            _ => true,
        };
        !holds
    })
}

#[test]
fn pairs_have_their_declared_properties_and_wrong_ones_are_caught() {
    let testable = [
        Property::Symmetric,
        Property::NonNegative,
        Property::Bounded,
        Property::Metric,
        Property::Convex,
        Property::Lipschitz,
        Property::NotDifferentiable,
    ];
    let mut caught = 0;
    for size in [2, 3, 6] {
        for pair in pairs(size, false) {
            let declared = pair.entry().properties;
            // In another base a divergence has another bound.
            let scaled = pair.spec().contains("base=") || pair.spec().contains("variances=");
            let kept: Vec<Property> = declared.iter().copied().filter(|p| !scaled || *p != Property::Bounded).collect();
            assert_eq!(contradiction_of_pair(&*pair, size, &kept), None, "{} declares what it is not", pair.spec());
            let planted = testable.iter().filter(|p| !declared.contains(p));
            caught += planted.filter(|p| contradiction_of_pair(&*pair, size, &[**p]).is_some()).count();
        }
    }
    println!("{caught} planted declarations were caught");
    assert!(caught >= 100, "only {caught} planted declarations were caught");
}

#[test]
fn powers_of_two_change_no_digit() {
    for size in [2, 3, 5] {
        let distances: Vec<_> =
            pairs(size, false).into_iter().filter(|p| p.entry().family == Family::Distance).collect();
        assert!(distances.len() > 9);
        for pair in distances {
            let rows = vectors(&*pair, size);
            let scaled =
                |k: i32| rows.iter().map(move |row| row.iter().map(|x| x * 2f64.powi(k)).collect::<Vec<f64>>());
            // The degree is seen at one point; then it must hold at all.
            let at = |k: i32| pair.value(&scaled(k).next().unwrap(), &scaled(k).nth(1).unwrap()).unwrap();
            let degree = (at(1) / at(0)).log2();
            assert_eq!(degree, degree.round(), "{} is not homogeneous", pair.spec());
            for k in [-400, -30, -1, 1, 30, 400] {
                let scaled: Vec<Vec<f64>> = scaled(k).collect();
                for (i, x) in rows.iter().enumerate() {
                    for (j, y) in rows.iter().enumerate() {
                        let Ok(d) = pair.value(x, y) else { continue };
                        let power = 2f64.powi(k * degree as i32 / 2);
                        let wanted = d * power * 2f64.powi(k * degree as i32 - k * degree as i32 / 2);
                        let lost = |row: &[f64]| row.iter().any(|x| *x != 0.0 && !x.is_normal());
                        if wanted.is_normal() && !lost(&scaled[i]) && !lost(&scaled[j]) {
                            let found = pair.value(&scaled[i], &scaled[j]).unwrap();
                            assert_eq!(found.to_bits(), wanted.to_bits(), "{} at 2^{k}: {x:?} {y:?}", pair.spec());
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn the_order_of_coordinates_does_not_matter() {
    for size in [2, 5, 16] {
        for pair in pairs(size, true) {
            for x in vectors(&*pair, size) {
                for y in vectors(&*pair, size) {
                    let Ok(d) = pair.value(&x, &y) else { continue };
                    let turned = |row: &[f64]| row.iter().rev().copied().collect::<Vec<f64>>();
                    let found = pair.value(&turned(&x), &turned(&y)).unwrap();
                    assert!(within(found, d, 1.0), "{} reversed: {found:e}, {d:e}", pair.spec());
                }
            }
        }
        for loss in row_losses(size, true) {
            for row in rows(&*loss, size) {
                let label = size / 2;
                let turned: Vec<f64> = row.iter().rev().copied().collect();
                let (a, b) = (Target::Label(label), Target::Label(size - 1 - label));
                // Of equal largest scores the first counts where only the largest counts.
                if differentiable(loss.entry()) {
                    assert!(within(value(&*loss, &turned, b), value(&*loss, &row, a), 1.0), "{}", loss.spec());
                    for (g, h) in gradient(&*loss, &turned, b).iter().rev().zip(gradient(&*loss, &row, a)) {
                        assert!(within(*g, h, 1.0), "{}: {g:e} {h:e}", loss.spec());
                    }
                }
            }
        }
    }
}

#[test]
fn shifts_that_are_exact_change_no_digit() {
    // Multiples of 1/256, so that sums with whole numbers are exact.
    let coarse = |row: &[f64]| row.iter().map(|x| (x * 256.0).round() / 256.0).collect::<Vec<f64>>();
    let (mut invariant, size) = (std::collections::BTreeSet::new(), 4);
    for loss in row_losses(size, false) {
        for (target, row) in rows(&*loss, size).iter().enumerate() {
            let (row, target) = (coarse(row), Target::Label(target % size));
            let shifted = |by: f64| row.iter().map(|x| x + by).collect::<Vec<f64>>();
            let Ok(near) = loss.value(&shifted(0.0625), target) else { continue };
            let found = value(&*loss, &row, target);
            if !within(near, found, 1e3) {
                continue;
            }
            invariant.insert(loss.entry().name);
            for by in [-1024.0, 1.0, 1e6] {
                let spec = loss.spec();
                assert_eq!(value(&*loss, &shifted(by), target).to_bits(), found.to_bits(), "{spec} shifted by {by}");
                if differentiable(loss.entry()) {
                    let (g, h) = (gradient(&*loss, &shifted(by), target), gradient(&*loss, &row, target));
                    assert_eq!(g, h, "{spec} shifted by {by}");
                    // What does not see a shift has slopes that sum to 0, here up to the rounding of each.
                    let mut sum = ExactSum::new();
                    g.iter().for_each(|g| sum.add(*g));
                    let largest = g.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
                    let allowed = ulp(largest) * size as f64 * 0.51;
                    assert!(sum.to_f64().abs() <= allowed, "{spec}: slopes sum to {:e}", sum.to_f64());
                }
            }
        }
    }
    assert!(invariant.len() >= 3, "only {invariant:?} were invariant");
    let pearson = pair("pearson");
    for x in vectors(&*pearson, 5).iter().map(|x| coarse(x)).filter(|x| x.iter().all(|x| x.abs() < 10.0)) {
        let y = [1.0, 2.5, -3.25, 0.0, 7.0];
        let shifted: Vec<f64> = x.iter().map(|x| x + 1e6).collect();
        if let Ok(d) = pearson.value(&x, &y) {
            assert!(within(pearson.value(&shifted, &y).unwrap(), d, 1.0));
        }
    }
    for entry in entries() {
        for map in variants(entry, size, true) {
            let Measure::Map(map) = map else { continue };
            let (mut a, mut b) = ([0.0; 4], [0.0; 4]);
            map.apply(&[0.5, -2.25, 3.0, 0.0], &mut a).unwrap();
            map.apply(&[1000.5, 997.75, 1003.0, 1000.0], &mut b).unwrap();
            assert_eq!(a, b, "{}", map.spec());
        }
    }
}

#[test]
fn merging_classes_never_adds_to_a_divergence() {
    for spec in ["kl_divergence", "jensen_shannon", "jensen_shannon_distance", "hellinger", "bhattacharyya"] {
        let pair = pair(spec);
        let rows: Vec<Vec<f64>> = vectors(&*pair, 6).into_iter().filter(|row| exact(row)).collect();
        for p in &rows {
            for q in &rows {
                let merged = |row: &[f64]| [row[0] + row[1], row[2] + row[3] + row[4], row[5]];
                let fine = pair.value(p, q).unwrap();
                let coarse = pair.value(&merged(p), &merged(q)).unwrap();
                assert!(coarse <= fine + 4.0 * ulp(fine) || fine == f64::INFINITY, "{spec}");
            }
        }
    }
}

#[test]
fn bounds_are_exact() {
    let ln_2 = std::f64::consts::LN_2;
    for (spec, bound) in [
        ("jensen_shannon", ln_2),
        ("jensen_shannon:base=2", 1.0),
        ("jensen_shannon_distance", 0.832_554_611_157_697_8),
        ("hellinger", 1.0),
        ("bhattacharyya_coefficient", 1.0),
        ("cosine", 2.0),
        ("pearson", 2.0),
        ("hamming", 1.0),
    ] {
        let pair = pair(spec);
        for size in [2, 3, 9] {
            // Rows that sum to a little more than 1 may pass the bound by as little.
            let legal = |row: &Vec<f64>| pair.entry().family != Family::Divergence || exact(row);
            let rows: Vec<Vec<f64>> = vectors(&*pair, size).into_iter().filter(legal).collect();
            for x in &rows {
                for y in &rows {
                    let opposite: Vec<f64> = y.iter().map(|y| -y).collect();
                    for d in [pair.value(x, y), pair.value(x, &opposite)].into_iter().flatten() {
                        assert!((0.0..=bound).contains(&d), "{spec} is {d:e}");
                    }
                }
            }
        }
    }
    assert_eq!(pair("jensen_shannon").value(&[1.0, 0.0], &[0.0, 1.0]).unwrap(), ln_2);
    assert_eq!(pair("hellinger").value(&[1.0, 0.0], &[0.0, 1.0]).unwrap(), 1.0);
    assert_eq!(pair("cosine").value(&[1.0, 3.0], &[-2.0, -6.0]).unwrap(), 2.0);
}

#[test]
fn weights_are_repetitions() {
    let size = 4;
    for pair in pairs(size, true).iter().filter(|pair| pair.entry().family == Family::Distance) {
        // A list of one number a coordinate would have to be repeated too.
        if pair.entry().parameters.iter().any(|p| p.domain.list) {
            continue;
        }
        let repeat = |row: &[f64]| [row[0], row[0], row[2], row[2], row[2], row[3]];
        for x in vectors(&**pair, size) {
            for y in vectors(&**pair, size) {
                let batch = || PairEvaluation::new(&**pair, &x, &y, size).unwrap();
                let Ok(plain) = pair.value(&x, &y) else { continue };
                assert_eq!(batch().weights(&[1.0; 4]).unwrap().rowwise().unwrap(), [plain]);
                let Ok(repeated) = pair.value(&repeat(&x), &repeat(&y)) else { continue };
                let weighted = batch().weights(&[2.0, 0.0, 3.0, 1.0]).unwrap();
                let found = weighted.rowwise().unwrap()[0];
                assert!(within(found, repeated, 1.0), "{}: {found:e} {repeated:e}", pair.spec());
                if !differentiable(pair.entry()) {
                    continue;
                }
                let (mut a, mut b) = ([0.0; 6], [0.0; 6]);
                pair.value_and_gradient(&repeat(&x), &repeat(&y), &mut a, &mut b).unwrap();
                let all = weighted.rowwise_with_gradients().unwrap();
                assert_eq!(all.value, [found]);
                for (gradient, repeated) in [(all.gradient_a, a), (all.gradient_b, b)] {
                    let wanted = [repeated[0] + repeated[1], 0.0, repeated[2] + repeated[3] + repeated[4], repeated[5]];
                    let shared =
                        pair.entry().is(Property::Lipschitz) && wanted.iter().map(|g| g.abs()).sum::<f64>() <= 1.0;
                    for (g, w) in gradient.iter().zip(wanted) {
                        // The largest difference alone has a slope, whatever its weight; ties share it.
                        assert!(within(*g, w, 4.0) || shared, "{}: {g:e} {w:e}", pair.spec());
                    }
                }
                // Weights beyond the range of their sum.
                let k = 2f64.powi(1022);
                let huge = batch().weights(&[k, k, k, k]).unwrap().rowwise().unwrap()[0];
                assert!(!huge.is_nan(), "{}", pair.spec());
            }
        }
    }
}

#[test]
fn matrices_hold_what_single_pairs_give() {
    let size = 3;
    for pair in pairs(size, false) {
        let rows: Vec<Vec<f64>> = vectors(&*pair, size);
        let usable = |x: &Vec<f64>| rows.iter().all(|y| pair.value(x, y).is_ok_and(|d| d.is_finite()));
        let rows: Vec<Vec<f64>> = rows.iter().filter(|x| usable(x)).cloned().collect();
        let (flat, n) = (rows.concat(), rows.len());
        let one = |i: usize, j: usize| pair.value(&rows[i], &rows[j]).unwrap();
        let matrix = pairwise(&*pair, &flat, &flat, size).unwrap();
        let upper = condensed(&*pair, &flat, size).unwrap();
        let mut k = 0;
        for i in 0..n {
            for j in 0..n {
                assert_eq!(matrix[i * n + j].to_bits(), one(i, j).to_bits(), "{}", pair.spec());
                if i < j {
                    assert_eq!(upper[k].to_bits(), one(i, j).to_bits(), "{}", pair.spec());
                    k += 1;
                }
            }
        }
        assert_eq!(k, upper.len());
        assert_eq!(rowwise(&*pair, &flat, &flat, size).unwrap(), (0..n).map(|i| one(i, i)).collect::<Vec<f64>>());
        let found = nearest(&*pair, &flat, &flat, size, n).unwrap();
        for (i, found) in found.chunks(n.max(1)).enumerate() {
            let mut wanted: Vec<(usize, f64)> = (0..n).map(|j| (j, one(i, j))).collect();
            wanted.sort_by(|x, y| x.1.total_cmp(&y.1).then(x.0.cmp(&y.0)));
            assert_eq!(found, wanted, "{}", pair.spec());
        }
        if !differentiable(pair.entry()) || n == 0 {
            continue;
        }
        let upstream: Vec<f64> = (0..n * n).map(|k| f64::from((k % 3) as u8) - 1.0).collect();
        let batch = PairEvaluation::new(&*pair, &flat, &flat, size).unwrap();
        let all = batch.matrix_with_gradients(&upstream).unwrap();
        assert_eq!(all.value, matrix);
        for i in 0..n {
            let (mut a, mut b) = (vec![0.0; size], vec![0.0; size]);
            let mut sums = vec![ExactSum::new(); size];
            for j in 0..n {
                pair.value_and_gradient(&rows[i], &rows[j], &mut a, &mut b).unwrap();
                sums.iter_mut().zip(&a).for_each(|(sum, g)| sum.add_product(upstream[i * n + j], *g));
            }
            for (found, sum) in all.gradient_a[i * size..].iter().zip(&sums) {
                let sum = sum.to_f64();
                assert!(within(*found, sum, 1.0) || (found - sum).abs() < 1e-300 || sum.is_nan(), "{}", pair.spec());
            }
        }
    }
}

// ---- gradients ----

/// The derivative of `f` at 0 by central differences, extrapolated three times: right to some 1e-11 where f is smooth.
fn slope(f: impl Fn(f64) -> f64, h: f64) -> f64 {
    let d = |h: f64| (f(h) - f(-h)) / (2.0 * h);
    let mut row: Vec<f64> = (0..4).map(|k| d(h / 2f64.powi(k))).collect();
    for level in 1..4 {
        let power = 4f64.powi(level);
        row = row.windows(2).map(|w| (power * w[1] - w[0]) / (power - 1.0)).collect();
    }
    row[0]
}
fn near(found: f64, wanted: f64, scale: f64, what: &str) {
    let error = (found - wanted).abs();
    assert!(error <= 1e-8 * (wanted.abs() + scale), "{what}: formula {wanted:e}, differences {found:e}");
}
fn moved(row: &[f64], i: usize, h: f64) -> Vec<f64> {
    row.iter().enumerate().map(|(j, x)| if i == j { x + h } else { *x }).collect()
}

#[test]
fn gradients_are_those_of_the_values_by_extrapolated_differences() {
    let size = 3;
    let mut compared = 0;
    for loss in row_losses(size, false).iter().filter(|loss| differentiable(loss.entry())) {
        // Rows of probabilities leave their domain when one of them moves.
        if loss.entry().prediction == catalog::DataDomain::Probabilities {
            continue;
        }
        let soft = soft_targets(size);
        let targets = (0..size).map(Target::Label).chain(soft.iter().map(|y| Target::Probabilities(y)));
        for target in targets {
            for row in rows(&**loss, size).iter().take(4) {
                let g = gradient(&**loss, row, target);
                let scale = g.iter().fold(1e-3, |m: f64, g| m.max(g.abs()));
                for i in 0..size {
                    let at = |width: f64| slope(|h| value(&**loss, &moved(row, i, h), target), width);
                    let d = at(0.0625);
                    // Near a kink, differences of two widths disagree.
                    let kinked =
                        !loss.entry().is(Property::TwiceDifferentiable) && (d - at(0.001)).abs() > 1e-8 * scale;
                    if kinked {
                        continue;
                    }
                    near(d, g[i], scale, &loss.spec());
                    compared += 1;
                    if let Ok(diagonal) = loss.hessian_diagonal(row, target, f64::EPSILON, HessianKind::Exact) {
                        let d = slope(|h| gradient(&**loss, &moved(row, i, h), target)[i], 0.0625);
                        near(d, diagonal[i], scale, &loss.spec());
                    }
                }
            }
        }
    }
    for pair in pairs(size, false).iter().filter(|pair| differentiable(pair.entry())) {
        let (x, y) = ([1.0, 2.5, -3.25], [0.25, 7.0, 0.5]);
        let (x, y) = if pair.entry().family == Family::Divergence {
            // Only rows that are normalised, or need not be, stay legal when one number moves.
            if !pair.spec().contains("normalize=true") && !pair.spec().contains("generalized=true") {
                continue;
            }
            ([0.25, 0.125, 0.625], [0.5, 0.25, 0.25])
        } else {
            (x, y)
        };
        let (mut a, mut b) = (vec![0.0; size], vec![0.0; size]);
        pair.value_and_gradient(&x, &y, &mut a, &mut b).unwrap();
        let scale = a.iter().chain(&b).fold(0.0, |m: f64, g| m.max(g.abs()));
        for i in 0..size {
            near(slope(|h| pair.value(&moved(&x, i, h), &y).unwrap(), 0.001), a[i], scale, &pair.spec());
            near(slope(|h| pair.value(&x, &moved(&y, i, h)).unwrap(), 0.001), b[i], scale, &pair.spec());
            compared += 2;
        }
    }
    for penalty in penalties() {
        let w = [1.5, -0.25, 3.0];
        let g = penalty.gradient(&w).unwrap();
        for (i, g) in g.iter().enumerate() {
            near(slope(|h| penalty.value(&moved(&w, i, h)).unwrap(), 0.0625), *g, 1e-3, &penalty.spec());
            compared += 1;
        }
        // The proximal point is a stationary one: its subgradient points back to w.
        let step = 0.125;
        let x = penalty.proximal(&w, step).unwrap();
        for ((x, w), g) in x.iter().zip(w).zip(penalty.gradient(&x).unwrap()) {
            assert!(*x == 0.0 || (g + (x - w) / step).abs() <= 1e-12 * (1.0 + g.abs()), "{}", penalty.spec());
        }
    }
    let (x, w, b) = ([1.0, -0.5, 0.75, 2.0], [0.25, 1.0, -0.75, 0.5, 2.0, -1.0], [0.1, 0.2, 0.3]);
    for head in heads(size) {
        let labels = [1, 0];
        let base = HeadInput { scores: true, exact: true, ..HeadInput::new(&x, &w, RowTargets::labels(&labels)) };
        // Only some layers have a bias.
        let biased = HeadInput { bias: Some(&b), ..base };
        let input = if head.evaluate(biased).is_ok() { biased } else { base };
        let result = head.evaluate(input).unwrap();
        let sum = |input: HeadInput<'_>| head.evaluate(input).unwrap().value.iter().sum::<f64>();
        for i in 0..4 {
            let d = slope(|h| sum(HeadInput { x: &moved(&x, i, h), ..input }), 0.01);
            near(d, result.gradient_x[i], 1.0, &head.spec());
        }
        for i in 0..6 {
            let d = slope(|h| sum(HeadInput { weights: &moved(&w, i, h), ..input }), 0.01);
            near(d, result.gradient_weights[i], 1.0, &head.spec());
        }
        for i in 0..result.gradient_bias.len() {
            let d = slope(|h| sum(HeadInput { bias: Some(&moved(&b, i, h)), ..input }), 0.01);
            near(d, result.gradient_bias[i], 1.0, &head.spec());
            let slopes: f64 = (0..2).map(|row| result.gradient_scores[row * 3 + i]).sum();
            assert!(within(slopes, result.gradient_bias[i], 8.0), "{}", head.spec());
        }
        compared += 10;
    }
    assert!(compared > 500, "only {compared} gradients were compared");
}

// ---- identities between entries ----

#[test]
fn entries_that_are_the_same_function_agree() {
    for size in [1, 2, 5] {
        for (a, b, ulps) in [("minkowski:p=1", "manhattan", 0.0), ("minkowski:p=2", "euclidean", 0.0)] {
            let (a, b) = (pair(a), pair(b));
            for x in vectors(&*a, size) {
                for y in vectors(&*a, size) {
                    assert!(within(a.value(&x, &y).unwrap(), b.value(&x, &y).unwrap(), ulps), "{}", a.spec());
                }
            }
        }
    }
    let (kl, ce) = (pair("kl_divergence"), row_loss("cross_entropy"));
    let (js, root) = (pair("jensen_shannon"), pair("jensen_shannon_distance"));
    let (hellinger, overlap, minus_log) = (pair("hellinger"), pair("bhattacharyya_coefficient"), pair("bhattacharyya"));
    for p in vectors(&*kl, 4) {
        for q in vectors(&*kl, 4) {
            let (cross, own) = (value(&*ce, &q, Target::Probabilities(&p)), value(&*ce, &p, Target::Probabilities(&p)));
            let d = kl.value(&p, &q).unwrap();
            assert!(d == cross - own || (d - (cross - own)).abs() <= 4.0 * f64::EPSILON * (cross + own));
            assert!(within(root.value(&p, &q).unwrap().powi(2), js.value(&p, &q).unwrap(), 3.0));
            let (h, c) = (hellinger.value(&p, &q).unwrap(), overlap.value(&p, &q).unwrap());
            assert!((h * h - (1.0 - c)).abs() <= 8.0 * f64::EPSILON, "{h} {c}");
            assert!((minus_log.value(&p, &q).unwrap() + c.ln()).abs() <= 8.0 * f64::EPSILON || c == 0.0);
        }
    }
    let softmax = row_loss("softmax_cross_entropy");
    let binary = pointwise("binary_cross_entropy_with_logits");
    for z in [-800.0, -40.0, -17.5, -1.0, -1e-9, 0.0, 0.3, 5.0, 36.7, 745.0] {
        for (y, label) in [(1.0, 0), (0.0, 1)] {
            let [v, g, h] = binary.at(z, y);
            let row = [z, 0.0];
            assert!(within(value(&*softmax, &row, Target::Label(label)), v, 1.0), "{z} {y}");
            assert!(within(gradient(&*softmax, &row, Target::Label(label))[0], g, 1.0), "{z} {y}");
            let kind = HessianKind::Exact;
            let diagonal = softmax.hessian_diagonal(&row, Target::Label(label), f64::EPSILON, kind).unwrap();
            assert!(within(diagonal[0], h, 1.0), "{z} {y}: {} {h}", diagonal[0]);
        }
    }
    let focal = row_loss("softmax_focal:gamma=0");
    for size in [1, 2, 5] {
        let soft = soft_targets(size);
        for target in (0..size).map(Target::Label).chain(soft.iter().map(|y| Target::Probabilities(y))) {
            for row in rows(&*softmax, size) {
                let (a, b) = (value(&*focal, &row, target), value(&*softmax, &row, target));
                let (g, h) = (gradient(&*focal, &row, target), gradient(&*softmax, &row, target));
                if let Target::Label(_) = target {
                    assert_eq!(a.to_bits(), b.to_bits(), "focal with gamma 0 of {row:?}: {a:e} {b:e}");
                    assert_eq!(g, h, "focal with gamma 0 of {row:?}");
                }
                assert!(within(a, b, 1.0));
                g.iter().zip(&h).for_each(|(g, h)| assert!(within(*g, *h, 1.0), "{row:?}: {g:e} {h:e}"));
            }
        }
    }
    let penalty = |spec: &str| match catalog::find(spec) {
        Ok(Measure::Penalty(penalty)) => penalty,
        other => panic!("{spec}: {other:?}"),
    };
    let w = [1.5, -0.1, 1e-8, 3e20];
    for (a, b) in [("elastic_net:l1_ratio=1", "l1"), ("elastic_net:l1_ratio=0,lambda=2", "l2")] {
        let (a, b) = (penalty(a), penalty(b));
        assert_eq!(a.value(&w).unwrap(), b.value(&w).unwrap());
        assert_eq!(a.gradient(&w).unwrap(), b.gradient(&w).unwrap());
        assert_eq!(a.proximal(&w, 0.3).unwrap(), b.proximal(&w, 0.3).unwrap());
    }
    let head = |spec: &str| match catalog::find(spec) {
        Ok(Measure::Head(head)) => head,
        other => panic!("{spec}: {other:?}"),
    };
    let (linear, margin) = (head("linear_softmax_cross_entropy"), head("large_margin_softmax:margin=1,lambda=0"));
    let (labels, row) = ([2], [0.5, -1.25, 3.0]);
    let identity = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let input = HeadInput { scores: true, exact: true, ..HeadInput::new(&row, &identity, RowTargets::labels(&labels)) };
    let (a, b) = (linear.evaluate(input).unwrap(), margin.evaluate(input).unwrap());
    assert_eq!(a.value[0], value(&*softmax, &row, Target::Label(2)));
    assert_eq!(a.gradient_x, gradient(&*softmax, &row, Target::Label(2)));
    assert_eq!(a.gradient_scores, a.gradient_x);
    assert!(within(a.value[0], b.value[0], 1.0));
    let all = |r: &discrepancy::heads::HeadResult| [r.gradient_x.clone(), r.gradient_weights.clone()].concat();
    all(&a).iter().zip(all(&b)).for_each(|(a, b)| assert!(within(*a, b, 1.0), "{a:e} {b:e}"));
}

// ---- rows ----

/// The first declared property that a row loss contradicts on the sample points.
fn contradiction_of_loss(loss: &dyn RowLoss, size: usize, properties: &[Property]) -> Option<Property> {
    let rows = rows(loss, size);
    let labels = || (0..size).map(Target::Label);
    let slack = 1.0 + 4.0 * f64::EPSILON;
    properties.iter().copied().find(|property| {
        let holds = match property {
            Property::NonNegative => rows.iter().all(|row| labels().all(|y| value(loss, row, y) >= 0.0)),
            Property::Bounded => rows.iter().all(|row| labels().all(|y| value(loss, row, y) <= 2.0)),
            Property::Convex => rows.iter().all(|a| {
                rows.iter().all(|b| {
                    let middle: Vec<f64> = a.iter().zip(b).map(|(a, b)| a / 2.0 + b / 2.0).collect();
                    labels()
                        .all(|y| value(loss, &middle, y) <= (value(loss, a, y) / 2.0 + value(loss, b, y) / 2.0) * slack)
                })
            }),
            Property::StrictlyProper => soft_targets(size).iter().all(|truth| {
                // The expected loss under the truth is least for the truth itself.
                let expected = |row: &[f64]| {
                    let terms = truth.iter().enumerate().filter(|(_, p)| **p > 0.0);
                    terms.map(|(j, p)| p * value(loss, row, Target::Label(j))).sum::<f64>()
                };
                let probabilities = loss.entry().prediction == catalog::DataDomain::Probabilities;
                let best: Vec<f64> = truth.iter().map(|p| if probabilities { *p } else { p.ln() }).collect();
                rows.iter().all(|row| expected(&best) <= expected(row) * slack)
            }),
            Property::NotDifferentiable => {
                let mut gradient = vec![0.0; size];
                let result = loss.value_and_gradient(&rows[0], Target::Label(0), &mut gradient);
                matches!(result, Err(error) if error.kind() == ErrorKind::NotDifferentiable)
            }
            _ => true,
        };
        !holds
    })
}

#[test]
fn row_losses_and_penalties_have_their_declared_properties_and_wrong_ones_are_caught() {
    let testable = [
        Property::NonNegative,
        Property::Bounded,
        Property::Convex,
        Property::StrictlyProper,
        Property::NotDifferentiable,
    ];
    let mut caught = 0;
    for size in [2, 4] {
        for loss in row_losses(size, false) {
            let declared = loss.entry().properties;
            // Smoothed, weighted or tempered on purpose, a loss is proper for another truth.
            let plain = loss.spec() == loss.entry().name;
            let kept: Vec<Property> =
                declared.iter().copied().filter(|p| plain || *p != Property::StrictlyProper).collect();
            assert_eq!(contradiction_of_loss(&*loss, size, &kept), None, "{} declares what it is not", loss.spec());
            let planted = testable.iter().filter(|p| !declared.contains(p));
            caught += planted.filter(|p| contradiction_of_loss(&*loss, size, &[**p]).is_some()).count();
        }
    }
    println!("{caught} planted declarations were caught");
    assert!(caught >= 50, "only {caught} planted declarations were caught");
    let vectors = [[1.0, -2.0, 0.0], [0.5, 0.25, 1e-9], [-3.0, 1e5, 2.0]];
    for penalty in penalties() {
        let f = |w: &[f64; 3]| penalty.value(w).unwrap();
        for a in &vectors {
            let is = |property| penalty.entry().is(property);
            assert!(!is(Property::NonNegative) || f(a) >= 0.0, "{}", penalty.spec());
            assert!(!is(Property::Symmetric) || f(a) == f(&a.map(|x| -x)), "{}", penalty.spec());
            for b in &vectors {
                let middle: [f64; 3] = std::array::from_fn(|i| a[i] / 2.0 + b[i] / 2.0);
                let chord = f(a) / 2.0 + f(b) / 2.0;
                assert!(
                    !is(Property::Convex) || f(&middle) <= chord * (1.0 + 4.0 * f64::EPSILON),
                    "{}",
                    penalty.spec()
                );
            }
        }
    }
    for head in heads(3).iter().filter(|head| head.entry().is(Property::NonNegative)) {
        let labels = [2];
        let input = HeadInput::new(&[1.0, -3.0], &[0.5, 0.25, -2.0, 1.0, 3.0, -0.75], RowTargets::labels(&labels));
        assert!(head.evaluate(input).unwrap().value[0] >= 0.0, "{}", head.spec());
    }
}

// ---- batches ----

/// One result for each number of threads, all the same.
fn on_threads<T: PartialEq + std::fmt::Debug + Send>(what: &str, run: impl Fn() -> T + Sync) -> T {
    let pools = [1, 2, 3, 7, 16].map(|n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap());
    let results = pools.map(|pool| pool.install(&run));
    assert!(results.iter().all(|result| *result == results[0]), "{what} depends on threads");
    let [first, ..] = results;
    first
}

/// In bits, since equal numbers may differ in the sign of zero.
fn bits<E: Element>(numbers: &[E]) -> Vec<u64> {
    numbers.iter().map(|x| x.widen().to_bits()).collect()
}

#[test]
fn a_row_alone_is_a_row_in_a_batch_on_any_number_of_threads() {
    let size = 3;
    for loss in row_losses(size, false) {
        let spec = loss.spec();
        let base = rows(&*loss, size);
        let flat: Vec<f64> = base.iter().cycle().take(40).flatten().copied().collect();
        let labels: Vec<i64> = (0..40).map(|i| i % 3).collect();
        let batch = RowEvaluation::new(&*loss, &flat, size, RowTargets::labels(&labels)).unwrap();
        let values = on_threads(&spec, || bits(&batch.values().unwrap()));
        on_threads(&spec, || batch.moments().unwrap().to_bytes());
        let gradients = differentiable(loss.entry()).then(|| {
            on_threads(&spec, || {
                let results = batch.value_and_gradient().unwrap();
                assert_eq!(bits(&results.value), values, "{spec}");
                bits(&results.gradient)
            })
        });
        for (i, row) in flat.chunks(size).enumerate() {
            let alone = alone(&*loss, row, i % 3);
            assert_eq!(alone.value[0].to_bits(), values[i], "{spec} row {i}");
            if let Some(gradients) = &gradients {
                assert_eq!(bits(&alone.gradient), gradients[i * size..(i + 1) * size], "{spec} row {i}");
            }
        }
    }
    for pair in pairs(size, false) {
        let rows = vectors(&*pair, size);
        let rows: Vec<f64> = rows.iter().filter(|x| pair.value(x, x).is_ok()).flatten().copied().collect();
        on_threads(&pair.spec(), || pairwise(&*pair, &rows, &rows, size).ok().map(|d| bits(&d)));
        on_threads(&pair.spec(), || nearest(&*pair, &rows, &rows, size, 2).ok());
        let batch = PairEvaluation::new(&*pair, &rows, &rows, size).unwrap();
        on_threads(&pair.spec(), || batch.rowwise_with_gradients().ok().map(|r| bits(&r.gradient_a)));
    }
    for head in heads(size) {
        let mut sequence = Sequence(5);
        let (x, w) = (sequence.vector(100 * 2, -2.0, 2.0), sequence.vector(size * 2, -2.0, 2.0));
        let labels: Vec<i64> = (0..100).map(|i| i % 3).collect();
        let all = on_threads(&head.spec(), || {
            HeadEvaluation::new(&*head, &x, &w, 2, RowTargets::labels(&labels)).unwrap().evaluate().unwrap()
        });
        for i in [0, 31, 32, 99] {
            let label = [labels[i]];
            let alone = HeadEvaluation::new(&*head, &x[2 * i..2 * i + 2], &w, 2, RowTargets::labels(&label));
            let alone = alone.unwrap().evaluate().unwrap();
            assert_eq!((alone.value[0], &alone.gradient_x[..]), (all.value[i], &all.gradient_x[2 * i..2 * i + 2]));
        }
    }
}

#[test]
fn every_ragged_length_works() {
    let mut sequence = Sequence(1);
    for n in 0..=130 {
        let labels: Vec<i64> = (0..n as i64).map(|i| i % 2).collect();
        let scores = sequence.vector(2 * n, -3.0, 3.0);
        let loss = row_loss("softmax_cross_entropy");
        let batch = RowEvaluation::new(&*loss, &scores, 2, RowTargets::labels(&labels)).unwrap();
        let values = batch.values().unwrap();
        let alone = |i: usize| alone(&*loss, &scores[2 * i..2 * i + 2], i % 2).value[0];
        assert_eq!(values, (0..n).map(alone).collect::<Vec<f64>>());
        let mut sum = ExactSum::new();
        values.iter().for_each(|v| sum.add(*v));
        assert_eq!(batch.sum().unwrap(), sum.to_f64());
        match batch.mean() {
            Ok(mean) => assert!(within(mean, sum.to_f64() / n as f64, 1.0)),
            Err(error) => assert_eq!((error.kind(), n), (ErrorKind::NoContributingRows, 0)),
        }
        // Rows of n numbers: what repeats a row adds nothing to a mean of squares but its factor.
        if n > 0 {
            for spec in ["squared_euclidean", "manhattan"] {
                let (x, y) = (sequence.vector(n, -3.0, 3.0), sequence.vector(n, -3.0, 3.0));
                let twice = |row: &[f64]| [row, row].concat();
                let metric = pair(spec);
                let (one, two) = (metric.value(&x, &y).unwrap(), metric.value(&twice(&x), &twice(&y)).unwrap());
                assert_eq!(two, 2.0 * one, "{spec} of {n} numbers");
            }
            let row = sequence.vector(n, -3.0, 3.0);
            let slopes: f64 = gradient(&*loss, &row, Target::Label(n - 1)).iter().sum();
            assert!(slopes.abs() < 1e-15, "{n} classes");
        }
    }
}

/// Every door gives, in a narrower storage type, the numbers that are right for it.
fn storage<E: Element>(tolerance: f64) {
    let size = 3;
    let narrow = |row: &[f64]| row.iter().map(|x| E::narrow(*x)).collect::<Vec<E>>();
    let check = |found: &[E], wanted: &[f64], what: &str| {
        assert_eq!(found.len(), wanted.len());
        for (f, w) in found.iter().zip(wanted) {
            let stored = E::narrow(*w).widen();
            let error = (f.widen() - w).abs();
            // Near the smallest numbers and beyond the largest the spacing is another.
            let edge = stored.is_infinite() || stored.abs() < 1e-4 * tolerance;
            // In `f64`, both may be off.
            let allowed = if E::NARROW { 0.51 } else { 2.5 };
            assert!(error <= allowed * E::EPSILON * w.abs() || (edge && f.widen() == stored), "{what}: {f} {w:e}");
        }
    };
    for loss in row_losses(size, false) {
        for row in rows(&*loss, size) {
            let stored = narrow(&row);
            let wide: Vec<f64> = stored.iter().map(|x| x.widen()).collect();
            let batch = RowEvaluation::new(&*loss, &stored, size, RowTargets::labels(&[1])).unwrap();
            let mut slopes = vec![0.0; size];
            let target = Target::Label(1);
            let Ok(v) = loss.evaluate(&wide, target, E::EPSILON, None) else { continue };
            check(&batch.values().unwrap(), &[v], &loss.spec());
            if differentiable(loss.entry()) {
                loss.evaluate(&wide, target, E::EPSILON, Some(&mut slopes)).unwrap();
                check(&batch.value_and_gradient().unwrap().gradient, &slopes, &loss.spec());
            }
        }
    }
    for pair in pairs(size, false).iter().filter(|pair| pair.entry().family == Family::Distance) {
        let rows = vectors(&**pair, size);
        for (x, y) in rows.iter().zip(rows.iter().skip(1)).take(2) {
            let (x, y) = (narrow(x), narrow(y));
            let wide = |row: &[E]| row.iter().map(|x| x.widen()).collect::<Vec<f64>>();
            let found = PairEvaluation::new(&**pair, &x, &y, size).unwrap().matrix().unwrap();
            check(&found, &[pair.value(&wide(&x), &wide(&y)).unwrap()], &pair.spec());
        }
    }
    for penalty in penalties() {
        let batch = PenaltyEvaluation::new(&*penalty, &narrow(&[0.5, -1.25, 0.0]));
        check(&batch.gradient().unwrap(), &penalty.gradient(&[0.5, -1.25, 0.0]).unwrap(), &penalty.spec());
    }
    let p = map_rows(&discrepancy::rows::softmax::Softmax::default(), &narrow(&[0.5, 0.5]), 2).unwrap();
    assert_eq!(p, narrow(&[0.5, 0.5]));
}

#[test]
fn narrower_storage_types_get_the_nearest_numbers() {
    storage::<f64>(f64::MIN_POSITIVE);
    storage::<f32>(f64::from(f32::MIN_POSITIVE) * 1e4);
    storage::<bf16>(f64::from(f32::MIN_POSITIVE) * 1e4);
    storage::<f16>(1.0);
}

#[test]
fn pairs_with_nan_are_nan_where_it_is_propagated() {
    fn law<E: Element + PartialEq>(pair: &dyn PairFunction, size: usize, nan: E) {
        let spec = pair.spec();
        // Rows that have a distance from each other, and from themselves.
        let all = vectors(pair, size);
        let good = |x: &&Vec<f64>| all.iter().take(4).all(|y| pair.value(x, y).is_ok() && pair.value(y, x).is_ok());
        let rows: Vec<&Vec<f64>> = all.iter().take(4).filter(good).collect();
        assert!(rows.len() >= 2, "{spec}");
        let narrow =
            |rows: &[&Vec<f64>]| rows.iter().flat_map(|row| row.iter()).map(|x| E::narrow(*x)).collect::<Vec<E>>();
        let (x, y) = (narrow(&[rows[0], rows[1], rows[0]]), narrow(&[rows[1], rows[0], rows[0]]));
        let (mut broken_x, mut broken_y) = (x.clone(), y.clone());
        broken_x[size] = nan;
        broken_y[3 * size - 1] = nan;
        let whole = PairEvaluation::new(pair, &x, &y, size).unwrap();
        let batch = PairEvaluation::new(pair, &broken_x, &broken_y, size).unwrap();
        assert_eq!(batch.rowwise().unwrap_err().index(), Some(size), "{spec}");
        assert_eq!(batch.matrix().unwrap_err().index(), Some(3 * size - 1), "{spec}");
        assert_eq!(batch.clone().nan(NanPolicy::Omit).unwrap_err().argument(), "nan", "{spec}");
        let batch = batch.nan(NanPolicy::Propagate).unwrap();
        let (Ok(values), Ok(matrix)) = (whole.rowwise(), whole.matrix()) else { panic!("{spec}") };
        let same = |found: &[E], expected: &[E], is_nan: &dyn Fn(usize) -> bool| {
            for (k, (found, expected)) in found.iter().zip(expected).enumerate() {
                assert!(if is_nan(k) { found.widen().is_nan() } else { found == expected }, "{spec} at {k}");
            }
        };
        same(&batch.rowwise().unwrap(), &values, &|i| i > 0);
        same(&batch.matrix().unwrap(), &matrix, &|k| k / 3 == 1 || k % 3 == 2);
        if let Ok(gradients) = whole.rowwise_with_gradients() {
            let found = batch.rowwise_with_gradients().unwrap();
            same(&found.value, &gradients.value, &|i| i > 0);
            same(&found.gradient_a, &gradients.gradient_a, &|k| k >= size);
            same(&found.gradient_b, &gradients.gradient_b, &|k| k >= size);
        }
        let nearest = batch.nearest(3).unwrap();
        assert!(nearest[2].0 == 2 && nearest[2].1.widen().is_nan(), "{spec}");
    }
    for size in [4, 33] {
        for pair in pairs(size, true) {
            law(&*pair, size, f32::NAN);
            law(&*pair, size, f64::NAN);
        }
    }
}

#[test]
fn weights_of_rows_are_repetitions_and_nan_follows_the_policy() {
    for spec in ["softmax_cross_entropy:class_weight=[0.5 2]", "softmax_cross_entropy", "softmax_focal"] {
        let loss = row_loss(spec);
        let scores = [1.0, 0.5, -2.0, 3.0, f64::NAN, 0.0];
        let labels = [0, 1, 1];
        let two = RowEvaluation::new(&*loss, &scores[..4], 2, RowTargets::labels(&labels[..2])).unwrap();
        let repeated = [&scores[..2], &scores[..2], &scores[2..4]].concat();
        let repeated = RowEvaluation::new(&*loss, &repeated, 2, RowTargets::labels(&[0, 0, 1])).unwrap();
        let weighted = two.weights(&[2.0, 1.0]).unwrap();
        assert_eq!(weighted.mean().unwrap(), repeated.mean().unwrap());
        assert_eq!(weighted.sum().unwrap(), repeated.sum().unwrap());
        let dropped = two.weights(&[0.0, 1.0]).unwrap();
        let rest = RowEvaluation::new(&*loss, &scores[2..4], 2, RowTargets::labels(&[1])).unwrap();
        assert_eq!((dropped.mean().unwrap(), dropped.sum().unwrap()), (rest.mean().unwrap(), rest.sum().unwrap()));
        assert_eq!(two.weights(&[0.0, 0.0]).unwrap().mean().unwrap_err().kind(), ErrorKind::NoContributingRows);
        let three = RowEvaluation::new(&*loss, &scores, 2, RowTargets::labels(&labels)).unwrap();
        assert_eq!(three.values().unwrap_err().index(), Some(4));
        assert_eq!(three.mean().unwrap_err().index(), Some(4));
        let omit = three.nan(NanPolicy::Omit);
        assert_eq!(omit.mean().unwrap(), two.mean().unwrap());
        assert!(omit.values().unwrap()[2].is_nan());
        let propagate = three.nan(NanPolicy::Propagate);
        assert!(propagate.mean().unwrap().is_nan());
        let results = propagate.value_and_gradient().unwrap();
        assert!(results.gradient[4..].iter().all(|g| g.is_nan()) && results.value[..2] == two.values().unwrap());
    }
}

// ---- special values ----

const SPECIAL: [f64; 13] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    f64::MIN_POSITIVE,
    -f64::MIN_POSITIVE,
    1.0,
    -1.0,
    f64::MAX,
    f64::MIN,
];

/// Numbers without NaN, or an error that says what is wrong.
fn limit_or_error(entry: &Entry, inputs: &[f64], result: Result<Vec<f64>>) {
    match result {
        Ok(numbers) => {
            assert!(!numbers.iter().any(|x| x.is_nan()), "{} of {inputs:?} is {numbers:?}", entry.name);
            assert!(!inputs.iter().any(|x| x.is_nan()), "{} ignored a NaN in {inputs:?}", entry.name);
        }
        Err(error) => named(entry, inputs, &error),
    }
}
fn named(entry: &Entry, inputs: &[f64], error: &Error) {
    assert_eq!(error.function(), entry.name);
    assert!(!error.argument().is_empty() && !error.allowed().is_empty(), "{error}");
    let allowed = [ErrorKind::NonFinite, ErrorKind::Domain, ErrorKind::NotDifferentiable];
    assert!(allowed.contains(&error.kind()), "{} of {inputs:?}: {error}", entry.name);
}

#[test]
fn special_values_give_a_limit_or_a_named_error() {
    let size = 2;
    for s in SPECIAL {
        for t in SPECIAL {
            for loss in row_losses(size, false) {
                for row in [[s, t], [t, 0.5], [1.0, s]] {
                    for target in [Target::Label(0), Target::Label(1), Target::Probabilities(&[0.25, 0.75])] {
                        limit_or_error(loss.entry(), &row, loss.value(&row, target).map(|v| vec![v]));
                        let mut gradient = vec![0.0; size];
                        let result = loss.value_and_gradient(&row, target, &mut gradient);
                        limit_or_error(loss.entry(), &row, result.map(|v| [vec![v], gradient].concat()));
                    }
                }
                let y = [s, t];
                limit_or_error(loss.entry(), &y, loss.value(&[0.5, 0.5], Target::Probabilities(&y)).map(|v| vec![v]));
            }
            for pair in pairs(size, false) {
                for (x, y) in [([s, 1.0], [t, -1.0]), ([s, t], [1.0, 0.5]), ([0.0, s], [0.0, t]), ([s, s], [t, t])] {
                    let inputs = [x, y].concat();
                    limit_or_error(pair.entry(), &inputs, pair.value(&x, &y).map(|v| vec![v]));
                    let (mut a, mut b) = (vec![0.0; size], vec![0.0; size]);
                    let result = pair.value_and_gradient(&x, &y, &mut a, &mut b);
                    limit_or_error(pair.entry(), &inputs, result.map(|v| [vec![v], a, b].concat()));
                }
            }
            for penalty in penalties() {
                let w = [s, t];
                limit_or_error(penalty.entry(), &w, penalty.value(&w).map(|v| vec![v]));
                limit_or_error(penalty.entry(), &w, penalty.gradient(&w));
                limit_or_error(penalty.entry(), &w, penalty.proximal(&w, 0.5));
            }
            for head in heads(size) {
                let (x, w, labels) = ([s], [t, 1.0], [0]);
                let input = HeadInput { exact: true, ..HeadInput::new(&x, &w, RowTargets::labels(&labels)) };
                let flat = |r: discrepancy::heads::HeadResult| [r.value, r.gradient_x, r.gradient_weights].concat();
                limit_or_error(head.entry(), &[s, t], head.evaluate(input).map(flat));
            }
        }
    }
}

// ---- the catalogue ----

#[test]
fn every_file_with_an_entry_is_in_the_list_of_its_family() {
    let source = format!("{}/src", env!("CARGO_MANIFEST_DIR"));
    let mut files = 0;
    for family in ["rows", "heads", "penalties", "distances", "divergences"] {
        let list = std::fs::read_to_string(format!("{source}/{family}.rs")).unwrap();
        for file in std::fs::read_dir(format!("{source}/{family}")).unwrap() {
            let path = file.unwrap().path();
            if !std::fs::read_to_string(&path).unwrap().contains("crate::entry!") {
                continue;
            }
            let stem = path.file_stem().unwrap().to_str().unwrap();
            assert!(list.contains(&format!("{stem}::")), "{family}/{stem}.rs is not in the list of {family}.rs");
            files += 1;
        }
    }
    assert_eq!(files, entries().count(), "an entry has no file of its own");
}
