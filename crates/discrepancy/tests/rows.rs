//! Row losses, penalties and heads against arbitrary precision.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::batch::{HeadEvaluation, Reduction, RowEvaluation};
use discrepancy::catalog::{Measure, entries, find};
use discrepancy::heads::{Head, HeadInput, HeadResult, LargeMarginSoftmax, LinearSoftmaxCrossEntropy};
use discrepancy::penalties::{ElasticNet, L1, L2, Penalty};
use discrepancy::rows::{HessianKind, MulticlassZeroOne, RowLoss, RowTargets, SoftmaxCrossEntropy};
use discrepancy::rows::{SmoothingOver, Target, softmax};
use discrepancy::sums::ExactSum;
use discrepancy::{ErrorKind, rows};

/// Distance in units of the last place of the wanted number.
fn near(got: f64, want: f64) {
    let ulp = f64::from_bits(want.abs().to_bits() + 1) - want.abs();
    assert!((got - want).abs() <= 2.0 * ulp, "got {got:e}, want {want:e}");
}

fn all_near(got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len());
    got.iter().zip(want).for_each(|(g, w)| near(*g, *w));
}

fn row(spec: &str, row: &[f64], target: Target<'_>) -> (f64, Vec<f64>) {
    let Measure::Row(loss) = find(spec).unwrap() else { panic!("{spec} is no row loss") };
    let mut gradient = vec![0.0; row.len()];
    let value = loss.value_and_gradient(row, target, &mut gradient).unwrap();
    assert_eq!(value, loss.value(row, target).unwrap());
    (value, gradient)
}

fn check(spec: &str, scores: &[f64], target: Target<'_>, value: f64, gradient: &[f64]) {
    let (v, g) = row(spec, scores, target);
    near(v, value);
    all_near(&g, gradient);
    assert!(spec.contains("z_loss") || g.iter().sum::<f64>().abs() < 1e-15);
}

const Z: [f64; 3] = [1.5, -0.25, 3.0];

#[test]
fn matches_arbitrary_precision() {
    let g = [-0.8231798178925557, 0.030726740326436432, 0.7924530775661193];
    check("softmax_cross_entropy", &Z, Target::Label(0), 1.7326219831020326, &g);
    let g = [0.18663468299451294, 0.04746576977646014, 0.7720952143133385];
    let spec = "softmax_cross_entropy:temperature=2,label_smoothing=0.125,z_loss=0.5";
    check(spec, &Z, Target::Probabilities(&[0.5, 0.25, 0.25]), 3.319802858420442, &g);
    let g = [-0.24424418782351584, 0.009116875283346771, 0.23512731254016905];
    check("multiclass_focal:gamma=2.5,alpha=[0.25 1 1]", &Z, Target::Label(0), 0.26630579337344196, &g);
    let g = [8.279626111383496e-20, 2.2506357205008785e-19, -3.078598331639228e-19];
    check("softmax_focal:gamma=0.5", &[0.0, 1.0, 30.0], Target::Label(2), 2.0523988877599613e-19, &g);
}

#[test]
fn confident_rows_keep_their_digits() {
    let g = [-4.346052892147257e-08, 4.1399375388612836e-08, 2.061153532859731e-09];
    for target in [Target::Label(0), Target::Probabilities(&[1.0, 0.0, 0.0])] {
        check("softmax_cross_entropy", &[17.0, 0.0, -3.0], target, 4.346052986588138e-08, &g);
    }
    let g = [-8.533047625744065e-17, 8.533047625744065e-17];
    check("softmax_cross_entropy", &[37.0, 0.0], Target::Label(0), 8.533047625744066e-17, &g);
    let (v, g) = row("softmax_cross_entropy", &[1e308, -1e308], Target::Label(1));
    assert_eq!((v, g), (f64::INFINITY, vec![1.0, -1.0]));
}

#[test]
fn infinite_logits() {
    let (v, g) = row("softmax_cross_entropy", &[0.0, f64::NEG_INFINITY, 0.0], Target::Label(0));
    near(v, std::f64::consts::LN_2);
    assert_eq!(g, [-0.5, 0.0, 0.5]);
    let (v, g) = row("softmax_cross_entropy", &[0.0, f64::NEG_INFINITY], Target::Label(1));
    assert_eq!((v, g), (f64::INFINITY, vec![1.0, -1.0]));
    let loss = SoftmaxCrossEntropy::default();
    for bad in [f64::NAN, f64::INFINITY] {
        let error = loss.value(&[0.0, bad], Target::Label(0)).unwrap_err();
        assert_eq!((error.kind(), error.index()), (ErrorKind::NonFinite, Some(1)));
    }
    assert_eq!(loss.value(&[f64::NEG_INFINITY; 2], Target::Label(0)).unwrap_err().kind(), ErrorKind::NonFinite);
}

#[test]
fn errors() {
    let loss = SoftmaxCrossEntropy::default();
    let error = loss.value(&Z, Target::Label(3)).unwrap_err();
    assert_eq!((error.kind(), error.offending_value()), (ErrorKind::Domain, Some("3")));
    let error = loss.value(&Z, Target::Probabilities(&[0.5, 0.25, 0.5])).unwrap_err();
    assert!(error.to_string().contains("row sum of 1.25"), "{error}");
    let error = MulticlassZeroOne::new().unwrap().value_and_gradient(&Z, Target::Label(0), &mut [0.0; 3]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotDifferentiable);
    assert_eq!(MulticlassZeroOne::default().value(&[1.0, 1.0], Target::Label(0)).unwrap(), 0.0);
    let targets = RowTargets::Labels { labels: &[0, -1], ignore_index: None };
    let error = RowEvaluation::new(&loss, &[0.0; 4], 2, targets).unwrap().values().unwrap_err();
    assert_eq!((error.index(), error.offending_value()), (Some(1), Some("-1")));
}

#[test]
fn ignored_rows_contribute_nothing() {
    let loss = SoftmaxCrossEntropy::default();
    let targets = RowTargets::Labels { labels: &[0, -100, 2], ignore_index: Some(-100) };
    let rows = [Z, [f64::NAN; 3], Z].concat();
    let batch = RowEvaluation::new(&loss, &rows, 3, targets).unwrap();
    let (first, last) = (loss.value(&Z, Target::Label(0)).unwrap(), loss.value(&Z, Target::Label(2)).unwrap());
    let results = batch.value_and_gradient().unwrap();
    assert_eq!(results.value, [first, 0.0, last]);
    assert_eq!(results.gradient[3..6], [0.0; 3]);
    assert_eq!((batch.moments().unwrap().count(), batch.mean().unwrap()), (2, (first + last) / 2.0));
    let targets = RowTargets::Labels { labels: &[7, 7, 7], ignore_index: Some(7) };
    let nothing = RowEvaluation::new(&loss, &rows, 3, targets).unwrap();
    assert_eq!(nothing.sum().unwrap(), 0.0);
    assert_eq!(nothing.mean().unwrap_err().kind(), ErrorKind::NoContributingRows);
}

#[test]
fn class_weights_and_smoothing_are_those_of_pytorch() {
    // torch.nn.CrossEntropyLoss(weight=w, label_smoothing=e): (1 - e) w_y l_y + e/C Σ w_c l_c, mean over Σ w_y.
    let (w, e) = ([0.5, 2.0, 1.25], 0.25);
    let plain = |label: usize| SoftmaxCrossEntropy::default().value(&Z, Target::Label(label)).unwrap();
    let spread: f64 = (0..3).map(|c| w[c] * plain(c)).sum::<f64>() * e / 3.0;
    let want = |label: usize| (1.0 - e) * w[label] * plain(label) + spread;
    let loss = SoftmaxCrossEntropy::new(1.0, e, 0.0, SmoothingOver::All, w).unwrap();
    let (rows, labels) = ([Z, Z, Z].concat(), [0, 1, 1]);
    let batch = RowEvaluation::new(&loss, &rows, 3, RowTargets::labels(&labels)).unwrap();
    for (value, label) in batch.values().unwrap().iter().zip(labels) {
        near(*value, want(label as usize));
    }
    near(batch.mean().unwrap(), (want(0) + 2.0 * want(1)) / (0.5 + 2.0 + 2.0));
    near(batch.reduce(Reduction::MeanByCount).unwrap(), (want(0) + 2.0 * want(1)) / 3.0);
    let soft = RowTargets::Probabilities(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
    let soft = RowEvaluation::new(&loss, &rows, 3, soft).unwrap();
    assert_eq!((soft.values().unwrap(), soft.mean().unwrap()), (batch.values().unwrap(), batch.mean().unwrap()));
    let doubled = batch.weights(&[2.0; 3]).unwrap();
    assert_eq!((doubled.mean().unwrap(), doubled.sum().unwrap()), (batch.mean().unwrap(), 2.0 * batch.sum().unwrap()));
    // Over the others: the true class keeps 1 - e, each other gets e/(C - 1).
    let others = SoftmaxCrossEntropy::new(1.0, e, 0.0, SmoothingOver::Others, []).unwrap();
    near(others.value(&Z, Target::Label(1)).unwrap(), 0.75 * plain(1) + 0.125 * (plain(0) + plain(2)));
}

#[test]
fn soft_heads_and_ignored_rows_agree_with_hard_ones() {
    let (x, w, b) = ([1.0, -0.5, 0.25, 2.0], [0.25, 1.0, -0.75, 0.5, 2.0, -1.0], [0.1, 0.2, 0.3]);
    for spec in ["linear_softmax_cross_entropy", "linear_softmax_cross_entropy:class_weight=[1 2 3],z_loss=0.5"] {
        let Measure::Head(head) = find(spec).unwrap() else { panic!("{spec}") };
        let labels = [1, 2];
        let hard = HeadInput {
            bias: Some(&b),
            scores: true,
            exact: true,
            ..HeadInput::new(&x, &w, RowTargets::labels(&labels))
        };
        let soft = RowTargets::Probabilities(&[0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let expected = head.evaluate(hard).unwrap();
        assert_eq!(head.evaluate(HeadInput { targets: soft, ..hard }).unwrap(), expected);
        let without_bias = HeadInput { bias: None, ..hard };
        assert_eq!(
            head.evaluate(HeadInput { targets: soft, ..without_bias }).unwrap(),
            head.evaluate(without_bias).unwrap()
        );
        let targets = RowTargets::Labels { labels: &[1, 9], ignore_index: Some(9) };
        let ignored = head.evaluate(HeadInput { targets, ..hard }).unwrap();
        let labels = [1];
        let alone = HeadInput { x: &x[..2], targets: RowTargets::labels(&labels), ..hard };
        let alone = head.evaluate(alone).unwrap();
        assert_eq!((ignored.value[0], ignored.value[1]), (alone.value[0], 0.0));
        assert_eq!((ignored.gradient_weights, ignored.gradient_bias), (alone.gradient_weights, alone.gradient_bias));
    }
}

#[test]
fn reduced_heads_have_gradients_of_the_reduced_value() {
    let (x, w) = (column(21, 0.3), column(12, -0.7));
    let soft: Vec<f64> = (0..28).map(|i| [0.5, 0.25, 0.25, 0.0][(i + i / 4) % 4]).collect();
    let labelled = RowTargets::Labels { labels: &[1, 9, 3, 0, 2, 9, 1], ignore_index: Some(9) };
    for (spec, counts) in [
        ("linear_softmax_cross_entropy", [1.0; 4]),
        ("linear_softmax_cross_entropy:class_weight=[1 2 0.75 3],label_smoothing=0.1", [1.0, 2.0, 0.75, 3.0]),
        ("large_margin_softmax:lambda=0.5", [1.0; 4]),
    ] {
        let Measure::Head(head) = find(spec).unwrap() else { panic!("{spec}") };
        for targets in [labelled, RowTargets::Probabilities(&soft)] {
            let weigh = |row: &[f64]| row.iter().zip(counts).map(|(y, count)| y * count).sum::<f64>();
            let own: Vec<f64> = match targets {
                RowTargets::Labels { labels, .. } => {
                    labels.iter().filter_map(|l| counts.get(*l as usize)).copied().collect()
                }
                RowTargets::Probabilities(_) if spec.starts_with("large") => continue,
                RowTargets::Probabilities(y) => y.chunks(4).map(weigh).collect(),
            };
            let batch = HeadEvaluation::new(&*head, &x, &w, 3, targets).unwrap().exact(true).with_scores();
            let rows = batch.evaluate().unwrap();
            for (reduction, divisor) in [
                (Reduction::Sum, 1.0),
                (Reduction::Mean, own.iter().sum::<f64>()),
                (Reduction::MeanByCount, own.len() as f64),
            ] {
                let (value, reduced) = batch.reduce_and_gradients(reduction).unwrap();
                let mut sum = ExactSum::new();
                rows.value.iter().for_each(|value| sum.add(*value));
                near(value, sum.to_f64() / divisor);
                assert_eq!(reduced.value, rows.value);
                let all = |r: &HeadResult| [&r.gradient_x[..], &r.gradient_weights, &r.gradient_scores].concat();
                let expected: Vec<f64> = all(&rows).iter().map(|g| g / divisor).collect();
                all_near(&all(&reduced), &expected);
            }
        }
    }
    let nothing = RowTargets::Labels { labels: &[9], ignore_index: Some(9) };
    let head = LinearSoftmaxCrossEntropy::default();
    let batch = HeadEvaluation::new(&head, &x[..3], &w, 3, nothing).unwrap();
    assert_eq!(batch.reduce_and_gradients(Reduction::Mean).unwrap_err().kind(), ErrorKind::NoContributingRows);
    assert_eq!(batch.reduce_and_gradients(Reduction::Sum).unwrap().1.gradient_weights, [0.0; 12]);
}

/// Numbers of both signs, no two the same.
fn column(count: usize, start: f64) -> Vec<f64> {
    (0..count).map(|i| ((i as f64) * 0.61 + start).sin() * 2.0).collect()
}

#[test]
fn second_derivatives_agree() {
    let loss = SoftmaxCrossEntropy::new(2.0, 0.0, 0.5, SmoothingOver::All, []).unwrap();
    let (matrix, v) = (loss.hessian(&Z, Target::Label(0)).unwrap(), [1.0, -2.0, 0.5]);
    let product = loss.hessian_product(&Z, Target::Label(0), &v).unwrap();
    let diagonal = loss.hessian_diagonal(&Z, Target::Label(0), f64::EPSILON, HessianKind::Exact).unwrap();
    for i in 0..3 {
        let sum: f64 = (0..3).map(|j| matrix[3 * i + j] * v[j]).sum();
        assert!((sum - product[i]).abs() < 1e-15);
        assert_eq!(diagonal[i], matrix[4 * i]);
    }
    let jacobian = softmax::jacobian(&Z, 1.0).unwrap();
    assert_eq!(jacobian, SoftmaxCrossEntropy::default().hessian(&Z, Target::Label(0)).unwrap());
    near(rows::log_softmax::log_softmax(&[17.0, 0.0, -3.0], 1.0).unwrap()[0], -4.346052986588138e-08);
}

#[test]
fn penalties() {
    let w = [3.0, -4.0, 0.0];
    assert_eq!(L1::new(0.5).unwrap().value(&w).unwrap(), 3.5);
    assert_eq!(L1::new(0.5).unwrap().proximal(&w, 7.0).unwrap(), [0.0, -0.5, 0.0]);
    assert_eq!(L2::new(0.5).unwrap().value(&w).unwrap(), 12.5);
    assert_eq!(L2::new(0.5).unwrap().proximal(&w, 1.0).unwrap(), [1.5, -2.0, 0.0]);
    near(L2::new(1e-300).unwrap().value(&[1e200]).unwrap(), 1e100);
    assert_eq!(L2::new(1e308).unwrap().value(&[1.0; 2]).unwrap(), f64::INFINITY);
    let net = ElasticNet::new(2.0, 0.25).unwrap();
    assert_eq!(net.value(&w).unwrap(), 2.0 * (0.25 * 7.0 + 0.375 * 25.0));
    assert_eq!(net.gradient(&w).unwrap(), [5.0, -6.5, 0.0]);
}

#[test]
fn heads() {
    let (x, w) = ([1.0, -0.5], [0.25, 1.0, -0.75, 0.5, 2.0, -1.0]);
    let labels = [1];
    let input = HeadInput { exact: true, ..HeadInput::new(&x, &w, RowTargets::labels(&labels)) };
    let margin = LargeMarginSoftmax::new(3_u32, 0.5).unwrap();
    let HeadResult { value, gradient_x, gradient_weights, .. } = margin.evaluate(input).unwrap();
    near(value[0], 6.210371707886257);
    all_near(&gradient_x, &[4.492409306845874, -2.9534658368536033]);
    let want =
        [0.059965966692727524, -0.029982983346363762, -3.835893961108878, 1.5242987794592726, 0.9380255425538254];
    all_near(&gradient_weights[..5], &want);
    let plain = LinearSoftmaxCrossEntropy::default();
    let linear = plain.evaluate(input).unwrap();
    let margin = LargeMarginSoftmax::new(1_u32, 0.0).unwrap().evaluate(input).unwrap();
    near(margin.value[0], linear.value[0]);
    all_near(&margin.gradient_weights, &linear.gradient_weights);
    // Lengths whose squares are beyond `f64`: the angle is a right one, and cos(3 · 90°) - 2 = -2.
    let (far, axes) = ([1e200, 0.0], [0.0, 1e-200, 1e-200, 0.0]);
    let labels = [0];
    let margin = LargeMarginSoftmax::new(3_u32, 0.0).unwrap();
    let far = margin.evaluate(HeadInput::new(&far, &axes, RowTargets::labels(&labels))).unwrap();
    near(far.value[0], 3.048587351573742);
    let with_bias = plain.evaluate(HeadInput { bias: Some(&[0.0; 3]), ..input }).unwrap();
    assert_eq!((with_bias.gradient_x, with_bias.gradient_bias.len()), (linear.gradient_x, 3));
}

#[test]
fn names_are_unique() {
    let mut names: Vec<&str> = entries().flat_map(|e| e.aliases.iter().copied().chain([e.name])).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    entries().for_each(|e| drop(e.make(&e.defaults()).unwrap()));
}
