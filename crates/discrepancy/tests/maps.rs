//! Maps of many rows and their Jacobians give what the formula gives row by row, with the same bits everywhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

mod support;

use discrepancy::batch::{Element, MapEvaluation, NanPolicy, array};
use discrepancy::catalog::{self, Measure};
use discrepancy::number::Level;
use discrepancy::rows::{Product, RowMap, log_softmax, softmax};
use half::{bf16, f16};
use ndarray::{ArrayView2, s};
use support::{Exact, F32, F64, Format, ulps};

const F16: Format = Format { bits: 11, smallest: -24, largest: 15 };
const BF16: Format = Format { bits: 8, smallest: -133, largest: 127 };
const CLASSES: [usize; 13] = [1, 2, 3, 8, 10, 63, 64, 65, 127, 128, 131, 272, 1000];
const ROWS: usize = 21;

/// All maps, at two temperatures.
fn maps() -> Vec<Box<dyn RowMap>> {
    let specs = catalog::entries().flat_map(|entry| [entry.name.to_owned(), format!("{}:temperature=0.7", entry.name)]);
    let maps: Vec<Box<dyn RowMap>> = specs
        .filter_map(|spec| match catalog::find(&spec) {
            Ok(Measure::Map(map)) => Some(map),
            _ => None,
        })
        .collect();
    assert_eq!(maps.len(), 4);
    maps
}

/// Numbers between -0.5 and 0.5.
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1 << 24) as f64 - 0.5
    }
}

/// Rows of scores, with ties, masks, offsets and confident rows.
fn scores<E: Element>(classes: usize) -> Vec<E> {
    let (mut next, mut all) = (numbers(7), Vec::new());
    for row in 0..ROWS {
        let (spread, offset) = [(8.0, 0.0), (60.0, 0.0), (1.0, 500.0), (400.0, -3.0)][row % 4];
        let start = all.len();
        all.extend((0..classes).map(|_| E::narrow(next() * spread + offset)));
        match row % 7 {
            5 if classes > 1 => all[start + row % classes] = E::narrow(f64::NEG_INFINITY),
            6 => all[start + row % classes] = all[start],
            _ => {}
        }
    }
    all
}

/// A vector for each row: any, of one class, all the same but for their last bits, nearly the probabilities.
fn vectors<E: Element>(scores: &[E], classes: usize) -> Vec<E> {
    let (mut next, mut all) = (numbers(11), Vec::new());
    for (i, row) in scores.chunks(classes).enumerate() {
        let row: Vec<f64> = row.iter().map(|x| x.widen()).collect();
        let p = softmax::softmax(&row, 1.0).unwrap();
        all.extend((0..classes).map(|j| {
            E::narrow(match i % 5 {
                0 => next() * 4.0,
                1 => f64::from(u8::from(j == i % classes)),
                2 => 3.0 + next() * E::EPSILON * 8.0,
                3 => p[j] * 3.0,
                _ => next() * f64::exp2(next() * 20.0),
            })
        }));
    }
    all
}

/// Images and both products of a batch.
type Results<E> = [Vec<E>; 3];

fn results<E: Element>(batch: &MapEvaluation<'_, E>, v: &[E]) -> discrepancy::Result<Results<E>> {
    Ok([batch.images()?, batch.jacobian_vector_product(v)?, batch.vector_jacobian_product(v)?])
}

/// The same of a row by itself, in `f64`.
fn alone(map: &dyn RowMap, row: &[f64], v: &[f64]) -> Results<f64> {
    let mut all = [vec![0.0; row.len()], vec![0.0; row.len()], vec![0.0; row.len()]];
    map.apply(row, &mut all[0]).unwrap();
    map.product(Product::JacobianVector, row, v, f64::EPSILON, &mut all[1]).unwrap();
    map.product(Product::VectorJacobian, row, v, f64::EPSILON, &mut all[2]).unwrap();
    all
}

fn bits<E: Element>(results: &Results<E>) -> Vec<u64> {
    results.iter().flatten().map(|x| x.widen().to_bits()).collect()
}

fn check<E: Element>(format: Format, allowed: f64) {
    for classes in CLASSES {
        let scores: Vec<E> = scores(classes);
        let v = vectors(&scores, classes);
        for map in maps() {
            let batch = MapEvaluation::new(&*map, &scores, classes).unwrap();
            let all = results(&batch, &v).unwrap();
            let mut row_by_row: Results<E> = Default::default();
            for (i, (row, own)) in scores.chunks(classes).zip(v.chunks(classes)).enumerate() {
                let single = results(&MapEvaluation::new(&*map, row, classes).unwrap(), own).unwrap();
                row_by_row.iter_mut().zip(single).for_each(|(all, one)| all.extend(one));
                let wide = |x: &[E]| x.iter().map(|x| x.widen()).collect::<Vec<f64>>();
                let truth = alone(&*map, &wide(row), &wide(own));
                for (kind, (all, truth)) in all.iter().zip(truth).enumerate() {
                    for (got, truth) in all[i * classes..].iter().zip(truth) {
                        let error = ulps(got.widen(), &Exact::of(truth), format);
                        assert!(error <= allowed, "{} {kind} of {classes}, row {i}: {got} for {truth}", map.spec());
                    }
                }
            }
            assert!(bits(&row_by_row) == bits(&all), "{} of {classes}, row by row", map.spec());
            for level in Level::available() {
                assert!(bits(&results(&batch.level(level), &v).unwrap()) == bits(&all), "{classes} at {level:?}");
            }
            let mut place = scores.clone();
            MapEvaluation::images_in_place(&*map, &mut place, classes).unwrap();
            assert!(place == all[0], "{} of {classes} in place", map.spec());
        }
    }
}

#[test]
fn rows_of_singles_are_what_the_formula_gives() {
    check::<f32>(F32, 0.51);
}

#[test]
fn rows_of_narrow_types_are_what_the_formula_gives() {
    check::<f16>(F16, 0.51);
    check::<bf16>(BF16, 0.51);
}

#[test]
fn rows_of_doubles_are_what_the_formula_gives() {
    // Each of the two is within 2.
    check::<f64>(F64, 2.5);
}

#[test]
fn products_are_those_with_the_whole_jacobian() {
    let mut next = numbers(3);
    for temperature in [1.0, 2.0] {
        for _ in 0..50 {
            let (row, v): (Vec<f64>, Vec<f64>) = (0..5).map(|_| (next() * 8.0, next())).unzip();
            let map = softmax::Softmax::new(temperature).unwrap();
            let log_map = log_softmax::LogSoftmax::new(temperature).unwrap();
            let cases: [(&dyn RowMap, Vec<f64>); 2] = [
                (&map, softmax::jacobian(&row, temperature).unwrap()),
                (&log_map, log_softmax::jacobian(&row, temperature).unwrap()),
            ];
            for (map, jacobian) in cases {
                let [_, forward, backward] = alone(map, &row, &v);
                for i in 0..5 {
                    // The terms are right to half a unit each; their sums cancel.
                    let (mut along, mut across, mut size) = (0.0, 0.0, f64::MIN_POSITIVE);
                    for j in 0..5 {
                        along += jacobian[5 * i + j] * v[j];
                        across += jacobian[5 * j + i] * v[j];
                        size += (jacobian[5 * i + j] * v[j]).abs() + (jacobian[5 * j + i] * v[j]).abs();
                    }
                    assert!((along - forward[i]).abs() <= 8.0 * f64::EPSILON * size, "{}", map.spec());
                    assert!((across - backward[i]).abs() <= 8.0 * f64::EPSILON * size, "{}", map.spec());
                }
            }
        }
    }
}

#[test]
fn a_weight_below_the_range_of_floats_may_be_lifted_into_it() {
    // e^-1028 is 0 as a float; times 1e190 it is not.
    let (row, v) = ([2056.0, 0.0, 2056.0], [0.0, 1e190, -4.0]);
    let map = softmax::Softmax::new(2.0).unwrap();
    for product in [Product::JacobianVector, Product::VectorJacobian] {
        let mut out = [0.0; 3];
        map.product(product, &row, &v, f64::EPSILON, &mut out).unwrap();
        assert!(out[1] > 1e-300, "{out:?}");
        for (got, truth) in out.iter().zip(map.product_truth(product, &row, &v).unwrap()) {
            assert!(ulps(*got, &Exact::of_long(truth).unwrap(), F64) <= 0.51, "{out:?}");
        }
    }
}

#[test]
fn probabilities_sum_to_one_and_logarithms_are_theirs() {
    for classes in CLASSES {
        let scores: Vec<f64> = scores(classes);
        for row in scores.chunks(classes) {
            let (p, logs) = (softmax::softmax(row, 1.0).unwrap(), log_softmax::log_softmax(row, 1.0).unwrap());
            let sum: f64 = p.iter().sum();
            assert!((sum - 1.0).abs() <= f64::EPSILON * classes as f64, "a sum of {sum}");
            for (p, log) in p.iter().zip(&logs) {
                assert!(*log <= 0.0);
                if *p == 0.0 {
                    assert!(*log < -745.0, "{log:e}");
                    continue;
                }
                // The logarithm of a rounded probability is off by its relative error.
                let lost = f64::EPSILON * (1.0 + log.abs()) + 2f64.powi(-1074) / p;
                assert!((p.ln() - log).abs() <= lost, "ln {p:e} = {:e}, not {log:e}", p.ln());
            }
        }
    }
}

#[test]
fn all_results_have_the_same_bits_wherever_they_are_stored() {
    // More than the caches hold, so that they are stored past them; and columns, whose rows are in pieces.
    let (rows, classes) = (2200, 1000);
    let mut next = numbers(5);
    let scores: Vec<f32> = (0..rows * classes).map(|_| (next() * 16.0) as f32).collect();
    let v: Vec<f32> = (0..rows * classes).map(|_| next() as f32).collect();
    let turned = |x: &[f32]| {
        let view = ArrayView2::from_shape((rows, classes), x).unwrap();
        view.t().as_standard_layout().into_owned()
    };
    let (columns, columns_of_v) = (turned(&scores), turned(&v));
    for map in maps() {
        let all = results(&MapEvaluation::new(&*map, &scores, classes).unwrap(), &v).unwrap();
        let mut place = scores.clone();
        MapEvaluation::images_in_place(&*map, &mut place, classes).unwrap();
        assert!(place == all[0]);
        let range = 777 * classes..780 * classes;
        let part = MapEvaluation::new(&*map, &scores[range.clone()], classes).unwrap();
        let part = results(&part, &v[range.clone()]).unwrap();
        let cut = s![.., 777..780];
        let (x, own) = (columns.slice(cut), columns_of_v.slice(cut));
        let strided = [
            array::map_rows(&*map, x.t()).unwrap(),
            array::jacobian_vector_product(&*map, x.t(), own.t()).unwrap(),
            array::vector_jacobian_product(&*map, x.t(), own.t()).unwrap(),
        ];
        for ((all, part), strided) in all.iter().zip(part).zip(strided) {
            assert!(part == all[range.clone()] && strided.iter().eq(&part), "{}", map.spec());
        }
    }
}

#[test]
fn long_rows_are_shared_by_threads_and_have_the_same_bits() {
    let classes = 200_000;
    let mut next = numbers(9);
    let scores: Vec<f32> = (0..classes).map(|_| (next() * 16.0) as f32).collect();
    let v: Vec<f32> = (0..classes).map(|_| next() as f32).collect();
    for map in maps() {
        let made = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| results(&MapEvaluation::new(&*map, &scores, classes).unwrap(), &v).unwrap())
        };
        let one = made(1);
        assert!(bits(&one) == bits(&made(3)), "{}", map.spec());
        let mut truth = vec![0.0; classes];
        let wide: Vec<f64> = scores.iter().map(|x| f64::from(*x)).collect();
        map.evaluate(&wide, f64::from(f32::EPSILON), &mut truth).unwrap();
        for (got, truth) in one[0].iter().zip(truth) {
            assert!(ulps(f64::from(*got), &Exact::of(truth), F32) <= 0.51);
        }
    }
}

#[test]
fn what_is_wrong_is_named_or_propagated() {
    for classes in [3, 200] {
        let scores: Vec<f32> = scores(classes);
        let v = vectors(&scores, classes);
        for map in maps() {
            let at = 8 * classes + 2;
            let before = results(&MapEvaluation::new(&*map, &scores, classes).unwrap(), &v).unwrap();
            for (wrong, propagates) in [(f32::NAN, true), (f32::INFINITY, false)] {
                let mut scores = scores.clone();
                scores[at] = wrong;
                let batch = MapEvaluation::new(&*map, &scores, classes).unwrap();
                for error in [
                    batch.images().unwrap_err(),
                    batch.jacobian_vector_product(&v).unwrap_err(),
                    batch.vector_jacobian_product(&v).unwrap_err(),
                    MapEvaluation::images_in_place(&*map, &mut scores.clone(), classes).unwrap_err(),
                ] {
                    assert_eq!((error.argument(), error.index()), ("prediction", Some(at)), "{error}");
                }
                let after = results(&batch.nan(NanPolicy::Propagate), &v);
                assert_eq!(after.is_ok(), propagates);
                compare(&before, &after.unwrap_or_default(), classes);
            }
            for wrong in [f32::NAN, f32::NEG_INFINITY] {
                let mut v = v.clone();
                v[at] = wrong;
                let batch = MapEvaluation::new(&*map, &scores, classes).unwrap();
                for error in [batch.jacobian_vector_product(&v), batch.vector_jacobian_product(&v)] {
                    let error = error.unwrap_err();
                    assert_eq!((error.argument(), error.index()), ("v", Some(at)), "{error}");
                }
                let mut after = results(&batch.nan(NanPolicy::Propagate), &v).unwrap();
                after[0].clear();
                compare(&before, &after, classes);
            }
            let batch = MapEvaluation::new(&*map, &scores, classes).unwrap();
            for error in [
                batch.images_into(&mut [0.0; 2]).unwrap_err(),
                batch.jacobian_vector_product(&v[classes..]).unwrap_err(),
                batch.vector_jacobian_product_into(&v, &mut [0.0; 2]).unwrap_err(),
            ] {
                assert_eq!(error.kind(), discrepancy::ErrorKind::Shape, "{error}");
            }
        }
    }
}

#[test]
fn a_single_score_that_is_infinite_is_an_error() {
    for map in maps() {
        for wrong in [f32::INFINITY, f32::NEG_INFINITY] {
            let scores = [0.5, wrong, 2.0];
            let batch = MapEvaluation::new(&*map, &scores, 1).unwrap();
            for error in [
                batch.images().unwrap_err(),
                batch.jacobian_vector_product(&[1.0; 3]).unwrap_err(),
                batch.vector_jacobian_product(&[1.0; 3]).unwrap_err(),
            ] {
                assert_eq!((error.argument(), error.index()), ("prediction", Some(1)), "{error}");
            }
        }
    }
}

/// Row 8 is all NaN, the others are as before.
fn compare(before: &Results<f32>, after: &Results<f32>, classes: usize) {
    for (before, after) in before.iter().zip(after) {
        for (i, (before, after)) in before.chunks(classes).zip(after.chunks(classes)).enumerate() {
            assert!(if i == 8 { after.iter().all(|x| x.is_nan()) } else { before == after }, "row {i}");
        }
    }
}
