//! Heads by products of matrices: how far from the exact form they may be, and that nothing but the numbers decides their bits.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::batch::{Element, HeadEvaluation, Reduction};
use discrepancy::catalog::{self, Family, Measure};
use discrepancy::heads::{Head, HeadInput, HeadResult};
use discrepancy::number::Level;
use discrepancy::rows::RowTargets;
use half::bf16;

struct Sequence(u64);

impl Sequence {
    /// Between −1 and 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
    fn numbers<E: Element>(&mut self, count: usize, scale: f64, offset: f64) -> Vec<E> {
        (0..count).map(|_| E::narrow(offset + scale * self.next())).collect()
    }
}

/// A batch, and what its head is told of it.
struct Case<E> {
    head: Box<dyn Head>,
    temperature: f64,
    z_loss: f64,
    /// What a row weighs at most.
    weight: f64,
    x: Vec<E>,
    w: Vec<E>,
    bias: Option<Vec<E>>,
    labels: Vec<i64>,
    soft: Option<Vec<E>>,
    features: usize,
    classes: usize,
}

impl<E: Element> Case<E> {
    fn batch(&self) -> HeadEvaluation<'_, E> {
        let targets = match &self.soft {
            Some(soft) => RowTargets::Probabilities(soft),
            None => RowTargets::Labels { labels: &self.labels, ignore_index: Some(-7) },
        };
        let batch = HeadEvaluation::new(&*self.head, &self.x, &self.w, self.features, targets).unwrap().with_scores();
        match &self.bias {
            Some(bias) => batch.bias(bias).unwrap(),
            None => batch,
        }
    }
}

/// Options of heads, as many as there are for the classes: those that a head does not have are left out.
fn options(classes: usize) -> Vec<(String, f64, f64, f64)> {
    let weights: Vec<_> = (0..classes).map(|c| ["0.5", "2", "1.25"][c % 3]).collect();
    let weights = format!("[{}]", weights.join(" "));
    vec![
        (String::new(), 1.0, 0.0, 1.0),
        (":temperature=0.5".into(), 0.5, 0.0, 1.0),
        (":label_smoothing=0.1".into(), 1.0, 0.0, 1.0),
        (":z_loss=0.01".into(), 1.0, 0.01, 1.0),
        (":margin=1".into(), 1.0, 0.0, 1.0),
        (format!(":class_weight={weights}"), 1.0, 0.0, 2.0),
        (format!(":class_weight={weights},label_smoothing=0.25,temperature=3"), 3.0, 0.0, 2.0),
    ]
}

/// All heads in all options over batches of this shape: of features near 0 and, few, near an offset.
fn cases<E: Element>((rows, features, classes): (usize, usize, usize), offset: f64, each: &mut dyn FnMut(&Case<E>)) {
    for entry in catalog::entries().filter(|entry| entry.family == Family::Head) {
        for (option, temperature, z_loss, weight) in options(classes) {
            for kind in 0..3 {
                let Ok(Measure::Head(head)) = catalog::find(&format!("{}{option}", entry.name)) else {
                    assert!(!option.is_empty(), "{} has defaults", entry.name);
                    continue;
                };
                let mut sequence = Sequence((rows * 31 + features * 7 + classes + kind) as u64);
                let scale = 4.0 / (features as f64).sqrt();
                let soft = (kind == 2).then(|| {
                    let rows = (0..rows).flat_map(|i| {
                        // Multiples of 2^-6, which all types hold: most for one class, some for another.
                        (0..classes).map(move |c| {
                            let (most, some) = (c == i % classes, c == (3 * i + 1) % classes);
                            E::narrow(f64::from(u8::from(most)) * 0.75 + f64::from(u8::from(some)) * 0.25)
                        })
                    });
                    rows.collect()
                });
                let case = Case {
                    head,
                    temperature,
                    z_loss,
                    weight,
                    x: sequence.numbers(rows * features, scale, offset),
                    w: sequence.numbers(classes * features, 1.0, 0.0),
                    bias: (kind == 1).then(|| sequence.numbers(classes, 1.0, 0.5)),
                    labels: (0..rows).map(|i| if i % 5 == 3 { -7 } else { (i * 7 % classes) as i64 }).collect(),
                    soft,
                    features,
                    classes,
                };
                // Heads that take no bias or no probabilities.
                if kind == 0 || case.takes() {
                    each(&case);
                }
            }
        }
    }
}

impl<E: Element> Case<E> {
    fn takes(&self) -> bool {
        self.batch().exact(true).evaluate().is_ok()
    }
}

const SHAPES: [(usize, usize, usize); 7] =
    [(1, 1, 1), (3, 1, 2), (5, 7, 3), (9, 16, 16), (33, 17, 130), (70, 33, 129), (3, 300, 40)];

/// Holds each number to its bound, and a rounding of either.
fn within(what: &str, plain: &[f64], exact: &[f64], bound: &[f64]) {
    assert_eq!((plain.len(), exact.len()), (bound.len(), bound.len()), "{what}");
    for (i, ((plain, exact), bound)) in plain.iter().zip(exact).zip(bound).enumerate() {
        let (off, bound) = ((plain - exact).abs(), bound + f64::EPSILON * exact.abs() + 1e-300);
        assert!(off <= bound, "{what} {i}: {plain:e}, exactly {exact:e}, off by {off:e} of {bound:e}");
    }
}

/// The bound that the documentation states, in plain floats, and a little more for them; says whether there is a difference.
fn near<E: Element>(case: &Case<E>) -> bool {
    // What is stored in fewer bits is looked at before it is rounded to them.
    let wide = |numbers: &[E]| numbers.iter().map(|x| x.widen()).collect::<Vec<f64>>();
    let (all_x, all_w, soft) = (wide(&case.x), wide(&case.w), case.soft.as_deref().map(wide));
    let bias = case.bias.as_deref().map(wide);
    let targets = match &soft {
        Some(soft) => RowTargets::Probabilities(soft),
        None => RowTargets::Labels { labels: &case.labels, ignore_index: Some(-7) },
    };
    let input = HeadInput { bias: bias.as_deref(), scores: true, ..HeadInput::new(&all_x, &all_w, targets) };
    let plain = case.head.evaluate(HeadInput { epsilon: E::EPSILON, ..input }).unwrap();
    let exact = case.head.evaluate(HeadInput { exact: true, ..input }).unwrap();
    if plain == exact {
        return false;
    }
    let (d, classes, rows) = (case.features, case.classes, case.x.len() / case.features);
    let x = |i: usize, k: usize| all_x[i * d + k];
    let w = |c: usize, k: usize| all_w[c * d + k];
    let chains = 2.0_f64.powi(-48);
    let unit = if E::NARROW { chains } else { (d * d) as f64 * 2.0_f64.powi(-105) };
    let slopes = &exact.gradient_scores;
    let (mut of_value, mut of_slopes) = (vec![0.0; rows], vec![0.0; rows * classes]);
    let rounding = 2.0_f64.powi(-51);
    for i in 0..rows {
        if case.soft.is_none() && case.labels[i] == -7 {
            continue;
        }
        let bias = |c: usize| bias.as_ref().map_or(0.0, |bias| bias[c]);
        let scores: Vec<f64> = (0..classes).map(|c| bias(c) + (0..d).map(|k| x(i, k) * w(c, k)).sum::<f64>()).collect();
        let size = |c: usize| bias(c).abs() + (0..d).map(|k| (x(i, k) * w(c, k)).abs()).sum::<f64>();
        let sizes = (0..classes).map(size).fold(0.0, f64::max);
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Without a penalty only differences are rounded.
        let delta = |c: usize| {
            let rounded = if case.z_loss == 0.0 { top - scores[c] } else { scores[c].abs() };
            unit * sizes + rounding * rounded
        };
        let weights: Vec<f64> = scores.iter().map(|s| ((s - top) / case.temperature).exp()).collect();
        let total: f64 = weights.iter().sum();
        let mean: f64 = weights.iter().enumerate().map(|(c, w)| w / total * delta(c)).sum();
        let log = (total.ln() + top / case.temperature).abs();
        let drift = 1.0 + case.z_loss * 2.0 * (log + 1.0);
        for c in 0..classes {
            let p = weights[c] / total;
            let own = case.weight * drift * 1.1 * 2.0 * (delta(c) + mean) / case.temperature * p;
            of_slopes[i * classes + c] = own / case.temperature + rounding * slopes[i * classes + c].abs();
        }
        let worst = match &soft {
            Some(y) => (0..classes).map(|c| y[i * classes + c] * delta(c)).sum::<f64>(),
            None => delta(case.labels[i] as usize),
        };
        // Smoothed labels ask for all scores.
        let all = (0..classes).map(delta).sum::<f64>() / classes as f64;
        of_value[i] =
            case.weight * drift * 1.1 * (worst + all + mean) / case.temperature + rounding * exact.value[i].abs();
    }
    let (mut of_x, mut of_w, mut of_bias) = (vec![0.0; rows * d], vec![0.0; classes * d], vec![0.0; classes]);
    for i in 0..rows {
        for c in 0..classes {
            let (slope, off) = (slopes[i * classes + c].abs(), of_slopes[i * classes + c]);
            let term = off + chains * 1.1 * slope;
            of_bias[c] += term;
            for k in 0..d {
                of_x[i * d + k] += term * w(c, k).abs();
                of_w[c * d + k] += term * x(i, k).abs();
            }
        }
    }
    if case.bias.is_none() {
        of_bias.clear();
    }
    let spec = case.head.spec();
    let what = |name: &str| format!("{spec} {} {rows}×{d}→{classes} {name}", E::NAME);
    within(&what("value"), &plain.value, &exact.value, &of_value);
    within(&what("scores"), &plain.gradient_scores, &exact.gradient_scores, &of_slopes);
    within(&what("x"), &plain.gradient_x, &exact.gradient_x, &of_x);
    within(&what("weights"), &plain.gradient_weights, &exact.gradient_weights, &of_w);
    within(&what("bias"), &plain.gradient_bias, &exact.gradient_bias, &of_bias);
    true
}

#[test]
fn heads_are_within_their_bound_of_the_exact_form() {
    // Nothing would be wrong if all went the exact way, only slow.
    let (mut single, mut double) = (0, 0);
    for shape in SHAPES {
        cases::<f32>(shape, 0.0, &mut |case| single += usize::from(near(case)));
        cases::<f64>(shape, 0.0, &mut |case| double += usize::from(near(case)));
    }
    assert!(single > 80 && double > 80, "{single} batches of f32 differ from the exact form, {double} of f64");
    cases::<bf16>((5, 7, 3), 0.0, &mut |case| {
        near(case);
    });
    // Scores that differ by little of their size.
    for offset in [1e4, 1e8] {
        cases::<f32>((7, 5, 4), offset, &mut |case| {
            near(case);
        });
        cases::<f64>((7, 5, 4), offset, &mut |case| {
            near(case);
        });
    }
}

fn bits<E: Element>(result: &HeadResult<E>) -> Vec<u64> {
    let all = [&result.value, &result.gradient_x, &result.gradient_weights, &result.gradient_bias];
    all.into_iter().chain([&result.gradient_scores]).flatten().map(|x| x.widen().to_bits()).collect()
}

fn same_bits<E: Element>(case: &Case<E>) {
    let expected = bits(&case.batch().evaluate().unwrap());
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for level in Level::available() {
            let found = pool.install(|| bits(&case.batch().level(level).evaluate().unwrap()));
            assert!(found == expected, "{} {}: {threads} threads, {level:?}", case.head.spec(), E::NAME);
        }
    }
}

#[test]
fn heads_have_the_same_bits_on_all_levels_and_any_number_of_threads() {
    for shape in [(1, 1, 1), (33, 17, 19), (70, 33, 129)] {
        cases::<f32>(shape, 0.0, &mut same_bits::<f32>);
        cases::<f64>(shape, 0.0, &mut same_bits::<f64>);
    }
}

#[test]
fn a_row_of_a_head_alone_is_the_row_in_a_batch_of_several_blocks() {
    // More scores than a block has.
    let (rows, classes) = (70, 1 << 14);
    let mut sequence = Sequence(7);
    let (x, w) = (sequence.numbers::<f32>(rows, 2.0, 0.0), sequence.numbers::<f32>(classes, 3.0, 0.0));
    let labels: Vec<i64> = (0..rows as i64).collect();
    let Ok(Measure::Head(head)) = catalog::find("linear_softmax_cross_entropy") else { unreachable!() };
    let batch = HeadEvaluation::new(&*head, &x, &w, 1, RowTargets::labels(&labels)).unwrap();
    let all = batch.with_scores().evaluate().unwrap();
    // With the sizes of their terms.
    let mut sums = vec![[0.0_f64; 2]; classes];
    for i in 0..rows {
        let own = HeadEvaluation::new(&*head, &x[i..=i], &w, 1, RowTargets::labels(&labels[i..=i])).unwrap();
        let own = own.with_scores().evaluate().unwrap();
        assert_eq!((own.value[0], own.gradient_x[0]), (all.value[i], all.gradient_x[i]), "row {i}");
        assert_eq!(own.gradient_scores, all.gradient_scores[i * classes..][..classes], "row {i}");
        for ([sum, size], g) in sums.iter_mut().zip(&own.gradient_scores) {
            let term = f64::from(*g) * f64::from(x[i]);
            (*sum, *size) = (*sum + term, *size + term.abs());
        }
    }
    assert_eq!(all.gradient_weights.len(), classes);
    for ([sum, size], found) in sums.iter().zip(&all.gradient_weights) {
        assert!((sum - f64::from(*found)).abs() <= f64::from(f32::EPSILON) * size, "{found} is not {sum}");
    }
}

#[test]
fn a_mean_has_the_gradients_of_the_sum_over_the_number_of_rows() {
    cases::<f64>((4, 7, 3), 0.0, &mut |case| {
        let whole = case.batch().evaluate().unwrap();
        let (value, mean) = case.batch().reduce_and_gradients(Reduction::MeanByCount).unwrap();
        let counted = if case.soft.is_some() { 4.0 } else { 3.0 };
        assert!((value - whole.value.iter().sum::<f64>() / counted).abs() <= 1e-15 * value.abs());
        for (mean, sum) in mean.gradient_weights.iter().zip(&whole.gradient_weights) {
            assert!((mean - sum / counted).abs() <= 2.0 * f64::EPSILON * mean.abs(), "{}", case.head.spec());
        }
    });
}

#[test]
fn a_batch_beyond_the_range_of_floats_goes_the_exact_way() {
    let Ok(Measure::Head(head)) = catalog::find("linear_softmax_cross_entropy") else { unreachable!() };
    // The scores of the second row are 0 exactly, of terms whose sizes are infinite.
    let (x, w) = ([1.0, 2.0, 1e200, -1e200], [1e150, 1e150, -1e150, -1e150]);
    let batch = HeadEvaluation::new(&*head, &x, &w, 2, RowTargets::labels(&[0, 1])).unwrap();
    assert_eq!(batch.evaluate().unwrap(), batch.exact(true).evaluate().unwrap());
}
