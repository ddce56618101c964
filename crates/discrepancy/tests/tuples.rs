//! Losses of several inputs: laws over all of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::batch::{Element, NanPolicy, Reduction, TupleEvaluation, array};
use discrepancy::catalog::{self, Domain, Family, Measure, Value};
use discrepancy::distances::{Cosine, Euclidean, PairFunction};
use discrepancy::number::{Level, Long};
use discrepancy::tuples::TupleLoss;
use ndarray::Array2;

fn loss(spec: &str) -> Box<dyn TupleLoss> {
    match catalog::find(spec) {
        Ok(Measure::Tuple(loss)) => loss,
        other => panic!("{spec} is {other:?}"),
    }
}

/// Every entry with its defaults, with each flag turned, and with other values of each number.
fn losses() -> Vec<Box<dyn TupleLoss>> {
    let mut all = Vec::new();
    for entry in catalog::entries().filter(|entry| entry.family == Family::Tuple) {
        all.push(loss(entry.name));
        for parameter in entry.parameters {
            let values: Vec<Value> = if parameter.domain == Domain::flag() {
                vec![Value::Word("true")]
            } else {
                [0.0, 0.25, 1.0, 1.5, 3.0, f64::INFINITY].map(Value::Number).to_vec()
            };
            for value in values {
                let mut arguments = entry.defaults();
                if entry.set(&mut arguments, parameter.name, value).is_ok() {
                    all.push(loss(&entry.spec(&arguments)));
                }
            }
        }
    }
    assert!(all.len() > 15);
    all
}

/// Numbers from nothing but integers: multiples of 2^-8 between −4 and 4, those of odd seeds positive.
fn numbers(count: usize, seed: usize) -> Vec<f64> {
    let mut state = seed as u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 2048
    };
    (0..count).map(|_| (next() as f64 - 1024.0) / 256.0).map(|x| if x == 0.0 { 0.5 } else { x }).collect()
}

/// Inputs and targets of so many rows, in their domains.
fn data<E: Element>(loss: &dyn TupleLoss, rows: usize, width: usize) -> (Vec<Vec<E>>, Option<Vec<E>>) {
    let narrow = |x: f64| E::narrow(x);
    let signature = loss.signature();
    let inputs = signature.inputs.iter().enumerate().map(|(i, input)| {
        let legal = |x: f64| if input.domain.contains(x) { x } else { -x };
        numbers(rows * width, i + 1).into_iter().map(legal).map(narrow).collect()
    });
    let target = signature.target.map(|domain| {
        let legal = |x: f64| if domain.contains(x) { x } else { x.signum() };
        numbers(rows, 77).into_iter().map(legal).map(narrow).collect()
    });
    (inputs.collect(), target)
}

fn width(loss: &dyn TupleLoss) -> usize {
    if loss.signature().vectors { 5 } else { 1 }
}

fn slices<E>(inputs: &[Vec<E>]) -> Vec<&[E]> {
    inputs.iter().map(Vec::as_slice).collect()
}

#[test]
fn gradients_are_the_slopes_of_the_value() {
    for loss in losses() {
        let width = width(&*loss);
        let (inputs, target) = data::<f64>(&*loss, 20, width);
        let mut slopes = 0;
        for row in 0..20 {
            let own: Vec<Vec<f64>> = inputs.iter().map(|input| input[row * width..][..width].to_vec()).collect();
            let target = target.as_ref().map(|target| target[row]);
            let (_, gradients) = loss.value_and_gradients(&slices(&own), target).unwrap();
            for (k, gradient) in gradients.iter().enumerate() {
                for (i, slope) in gradient.iter().enumerate() {
                    // Inputs are short numbers, so that these are exact; the error of the difference is about h².
                    let h = 2f64.powi(-40);
                    let at = |h: f64| {
                        let mut moved = own.clone();
                        moved[k][i] += h;
                        loss.truth(&slices(&moved), target).unwrap()
                    };
                    let difference = ((at(h) - at(-h)) / Long::from(2.0 * h)).to_f64();
                    let error = (difference - slope).abs();
                    assert!(error <= 1e-12 * slope.abs(), "{} {k} {i}: {slope} {difference}", loss.spec());
                    slopes += usize::from(*slope != 0.0);
                }
            }
        }
        assert!(slopes > 0, "{} has no slopes here", loss.spec());
    }
}

#[test]
fn values_and_gradients_are_the_truth_rounded_once() {
    for loss in losses() {
        let width = width(&*loss);
        let (inputs, target) = data::<f64>(&*loss, 100, width);
        let batch = TupleEvaluation::new(&*loss, &slices(&inputs), width, target.as_deref()).unwrap();
        for (row, value) in batch.values().unwrap().iter().enumerate() {
            let own: Vec<&[f64]> = inputs.iter().map(|input| &input[row * width..][..width]).collect();
            let truth = loss.truth(&own, target.as_ref().map(|target| target[row])).unwrap();
            let error = (truth - *value).to_f64().abs();
            assert!(error <= 0.51 * f64::EPSILON * value.abs(), "{}: {value} {error:e}", loss.spec());
        }
    }
}

#[test]
fn the_bits_do_not_depend_on_level_threads_or_strides() {
    fn check<E: Element>(loss: &dyn TupleLoss) {
        let (rows, width) = (1500, width(loss));
        let (inputs, target) = data::<E>(loss, rows, width);
        let batch = || TupleEvaluation::new(loss, &slices(&inputs), width, target.as_deref()).unwrap();
        let (all, sum) = (batch().value_and_gradients().unwrap(), batch().sum().unwrap());
        for level in Level::available() {
            assert_eq!(batch().level(level).value_and_gradients().unwrap(), all, "{} {level:?}", loss.spec());
        }
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let (found, total) = pool.install(|| (batch().value_and_gradients().unwrap(), batch().sum().unwrap()));
            assert!(found == all && total.to_bits() == sum.to_bits(), "{} {threads}", loss.spec());
        }
        let columns: Vec<Array2<E>> = inputs
            .iter()
            .map(|input| {
                Array2::from_shape_vec((rows, width), input.clone()).unwrap().t().as_standard_layout().to_owned()
            })
            .collect();
        let target = target.as_ref().map(|target| target.as_slice().into());
        let turned = array::tuples(loss, columns.iter().map(|columns| columns.t()), target).unwrap();
        assert_eq!(turned.value_and_gradients().unwrap(), all, "{}", loss.spec());
    }
    for loss in losses() {
        check::<f32>(&*loss);
        check::<f64>(&*loss);
    }
}

#[test]
fn sums_are_those_of_the_values_and_gradients_are_weighted() {
    for loss in losses() {
        let (rows, width) = (700, width(&*loss));
        let (inputs, target) = data::<f64>(&*loss, rows, width);
        let weights: Vec<f64> = (0..rows).map(|i| (i % 4) as f64).collect();
        let batch = || TupleEvaluation::new(&*loss, &slices(&inputs), width, target.as_deref()).unwrap();
        let all = batch().value_and_gradients().unwrap();
        let (mut plain, mut weighted) = (discrepancy::sums::Moments::new(), discrepancy::sums::Moments::new());
        for (value, weight) in all.value.iter().zip(&weights) {
            plain.push(*value);
            weighted.push_weighted(*value, *weight);
        }
        assert_eq!(batch().mean().unwrap(), plain.mean().unwrap());
        assert_eq!(batch().moments().unwrap(), plain);
        let batch = batch().weights(&weights).unwrap();
        let mut gradients = vec![vec![f64::NAN; rows * width]; inputs.len()];
        for reduction in [Reduction::Mean, Reduction::MeanByCount, Reduction::Sum] {
            let mut slots: Vec<&mut [f64]> = gradients.iter_mut().map(Vec::as_mut_slice).collect();
            let found = batch.reduce_and_gradients_into(reduction, &mut slots).unwrap();
            let (wanted, divisor) = match reduction {
                Reduction::Mean => (weighted.mean().unwrap(), weights.iter().sum()),
                Reduction::MeanByCount => (weighted.mean_by_count().unwrap(), rows as f64),
                Reduction::Sum => (weighted.sum(), 1.0),
            };
            assert_eq!(found, wanted, "{}", loss.spec());
            for (gradient, own) in gradients.iter().zip(&all.gradients) {
                for (i, (g, own)) in gradient.iter().zip(own).enumerate() {
                    let wanted = own * weights[i / width] / divisor;
                    assert!((g - wanted).abs() <= f64::EPSILON * wanted.abs(), "{}: {g} {wanted}", loss.spec());
                }
            }
        }
    }
}

#[test]
fn rows_with_nan_may_be_kept_or_left_out() {
    for loss in losses() {
        let (rows, width) = (30, width(&*loss));
        let (mut inputs, mut target) = data::<f64>(&*loss, rows, width);
        let whole = TupleEvaluation::new(&*loss, &slices(&inputs), width, target.as_deref());
        let whole = whole.unwrap().value_and_gradients().unwrap();
        inputs[1][7 * width] = f64::NAN;
        let mut lost = vec![7];
        if let Some(target) = &mut target {
            target[9] = f64::NAN;
            lost.push(9);
        }
        let batch = || TupleEvaluation::new(&*loss, &slices(&inputs), width, target.as_deref()).unwrap();
        assert_eq!(batch().values().unwrap_err().index(), Some(7 * width));
        let found = batch().nan(NanPolicy::Propagate).value_and_gradients().unwrap();
        let mut left = discrepancy::sums::Moments::new();
        for row in 0..rows {
            let of = |gradients: &[Vec<f64>]| -> Vec<f64> {
                gradients.iter().flat_map(|gradient| gradient[row * width..][..width].to_vec()).collect()
            };
            if lost.contains(&row) {
                assert!(found.value[row].is_nan() && of(&found.gradients).iter().all(|g| g.is_nan()));
            } else {
                assert_eq!((found.value[row], of(&found.gradients)), (whole.value[row], of(&whole.gradients)));
                left.push(whole.value[row]);
            }
        }
        assert!(batch().nan(NanPolicy::Propagate).mean().unwrap().is_nan());
        assert_eq!(batch().nan(NanPolicy::Omit).mean().unwrap(), left.mean().unwrap(), "{}", loss.spec());
    }
}

#[test]
fn inputs_that_play_the_same_part_may_change_places() {
    let mut turned_round = 0;
    for loss in losses() {
        let width = width(&*loss);
        let (inputs, target) = data::<f64>(&*loss, 50, width);
        let evaluate = |inputs: &[&[f64]], target: &[f64]| {
            TupleEvaluation::new(&*loss, inputs, width, Some(target)).unwrap().value_and_gradients().unwrap()
        };
        let (Some(target), [a, b]) = (target, inputs.as_slice()) else { continue };
        let turned: Vec<f64> = match loss.entry().name {
            "margin_ranking" => target.iter().map(|y| -y).collect(),
            "cosine_embedding" => target.clone(),
            _ => continue,
        };
        let (one, other) = (evaluate(&[a, b], &target), evaluate(&[b, a], &turned));
        assert_eq!(one.value, other.value, "{}", loss.spec());
        assert_eq!(one.gradients, [other.gradients[1].clone(), other.gradients[0].clone()], "{}", loss.spec());
        turned_round += 1;
    }
    assert!(turned_round > 4, "{turned_round}");
}

#[test]
fn what_an_input_moves_the_others_move_back() {
    for loss in losses().iter().filter(|loss| loss.entry().name == "triplet") {
        // Only differences count, so that all slopes of a coordinate sum to 0.
        let (inputs, _) = data::<f64>(&**loss, 100, 5);
        let all = TupleEvaluation::new(&**loss, &slices(&inputs), 5, None).unwrap().value_and_gradients().unwrap();
        for i in 0..500 {
            let slopes = [0, 1, 2].map(|k| all.gradients[k][i]);
            let size = slopes.iter().fold(0.0, |most: f64, slope| most.max(slope.abs()));
            assert!(slopes.iter().sum::<f64>().abs() <= 4.0 * f64::EPSILON * size, "{}: {slopes:?}", loss.spec());
        }
        assert!(all.value.iter().any(|value| *value > 0.0));
    }
}

#[test]
fn one_side_alone_is_the_distance() {
    let (euclidean, cosine) = (Euclidean::default(), Cosine::default());
    let (a, b) = (numbers(5, 3), numbers(5, 4));
    // The negative is at the anchor: distance and margin are left.
    let triplet = loss("triplet:margin=0");
    assert_eq!(triplet.value(&[&a, &b, &a], None).unwrap(), euclidean.value(&a, &b).unwrap());
    assert_eq!(loss("cosine_embedding").value(&[&a, &b], Some(1.0)).unwrap(), cosine.value(&a, &b).unwrap());
}

#[test]
fn differences_of_nearly_equal_distances_keep_their_digits() {
    // √(n² + 1) - n = 1/(2n) - 1/(8n³) + …, of which a difference of two floats near 2^30 keeps nothing.
    let n = 2f64.powi(30);
    let inputs: [&[f64]; 3] = [&[0.0, 0.0], &[n, 1.0], &[n, 0.0]];
    let (value, by) = loss("triplet:margin=0").value_and_gradients(&inputs, None).unwrap();
    let (h, square) = (0.5 / n, 0.25 / (n * n));
    assert_eq!(value, h - h * square);
    // By the anchor n/n - n/√(n² + 1) = 1/(2n²) - …
    let wanted = 0.5 / (n * n) * (1.0 - 3.0 * square);
    assert!((by[0][0] - wanted).abs() <= f64::EPSILON * wanted, "{} {wanted}", by[0][0]);
    // A cosine that is beside the margin by less than a float of its size can tell.
    let (value, _) =
        loss("cosine_embedding").value_and_gradients(&[&[1.0, n], &[n, -1.0 + 2f64.powi(-50)]], Some(-1.0)).unwrap();
    assert_eq!(value, 2f64.powi(-80));
    // ln v + r²/v where both parts cancel: at r² = -v ln v.
    let (gaussian, inputs, target) = (loss("gaussian_nll"), [&[0.0][..], &[0.5]], Some(0.588_705_011_257_737_3));
    let (value, truth) = (gaussian.value(&inputs, target).unwrap(), gaussian.truth(&inputs, target).unwrap());
    assert!(value != 0.0 && value.abs() < 2f64.powi(-50), "{value:e} has not cancelled");
    assert!((truth - value).to_f64().abs() <= 0.51 * f64::EPSILON * value.abs(), "{value:e}");
}

#[test]
fn only_beyond_a_kink_there_is_a_gradient() {
    for (spec, inputs, target) in [
        ("margin_ranking:margin=0.5", vec![vec![1.0], vec![0.5]], Some(1.0)),
        ("cosine_embedding", vec![vec![1.0, 1.0], vec![1.0, -1.0]], Some(-1.0)),
        ("cosine_embedding:margin=1", vec![vec![1.0, 1.0], vec![2.0, 2.0]], Some(-1.0)),
        ("triplet", vec![vec![0.0, 0.0], vec![3.0, 4.0], vec![0.0, 6.0]], None),
        ("triplet:margin=0", vec![vec![0.0, 0.0], vec![1.0, 3.0], vec![3.0, -1.0]], None),
        ("triplet:margin=0,p=3", vec![vec![0.0; 3], vec![1.0, 3.0, 7.0], vec![7.0, 1.0, 3.0]], None),
    ] {
        let (value, gradients) = loss(spec).value_and_gradients(&slices(&inputs), target).unwrap();
        assert_eq!(value, 0.0, "{spec}");
        assert!(gradients.iter().flatten().all(|slope| *slope == 0.0 && slope.is_sign_positive()), "{spec}");
    }
    // Equal vectors: the distance pulls nowhere.
    let (value, gradients) = loss("triplet").value_and_gradients(&[&[1.0], &[1.0], &[1.0]], None).unwrap();
    assert_eq!((value, gradients), (1.0, vec![vec![0.0]; 3]));
}

#[test]
fn of_two_equal_distances_each_counts_by_half() {
    let inputs: [&[f64]; 3] = [&[0.0, 0.0], &[2.0, 0.0], &[1.0, 1.0]];
    let (value, by) = loss("triplet:swap=true,squared=true").value_and_gradients(&inputs, None).unwrap();
    assert_eq!(value, 3.0);
    // 4 - (|a - n|² + |p - n|²)/2 + 1
    assert_eq!(by, [vec![-3.0, 1.0], vec![3.0, 1.0], vec![0.0, -2.0]]);
}
