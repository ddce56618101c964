//! What the page is told are the library's own numbers, for every entry, and wrong questions are answered with an error.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::catalog::{self, Entry, Family, Measure};
use discrepancy::heads::{Head, HeadInput, LargeMarginSoftmax};
use discrepancy::losses::PointwiseLoss;
use discrepancy::rows::RowTargets;
use serde_json::{Value as Json, json};

fn ask(question: &Json) -> Json {
    let answer: Json = serde_json::from_str(&discrepancy_explorer::answer(&question.to_string())).unwrap();
    assert!(answer.get("answer").is_some(), "{question}: {answer}");
    answer["answer"].clone()
}

fn float(x: &Json) -> f64 {
    x.as_f64().unwrap_or_else(|| x.as_str().unwrap().parse().unwrap())
}

fn pointwise() -> impl Iterator<Item = (&'static Entry, Box<dyn PointwiseLoss>)> {
    catalog::entries().filter(|entry| entry.family == Family::Pointwise).map(|entry| {
        let Measure::Pointwise(loss) = entry.make(&entry.defaults()).unwrap() else { panic!("{}", entry.name) };
        (entry, loss)
    })
}

/// Targets and predictions of the entry's domains.
fn among(domain: &catalog::DataDomain, numbers: &[f64]) -> Vec<f64> {
    numbers.iter().copied().filter(|x| domain.contains(*x)).collect()
}

/// All numbers of the lists of this name, to the last bit, which the usual reading of JSON does not promise.
fn columns(answer: &str, name: &str) -> Vec<f64> {
    let mark = format!("\"{name}\":[");
    let lists = answer.split(&mark).skip(1).map(|rest| rest.split(']').next().unwrap());
    lists.flat_map(|list| list.split(',')).map(|x| x.trim_matches('"').parse().unwrap()).collect()
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

#[test]
fn curves_and_points_are_the_library_s_bits() {
    for (entry, loss) in pointwise() {
        let targets = among(&entry.target, &[-1.0, 0.0, 0.25, 1.0, 2.5]);
        assert!(!targets.is_empty(), "{}", entry.name);
        for target in targets {
            let text = discrepancy_explorer::answer(
                &json!({ "ask": "curve", "spec": entry.name, "target": target.to_string(), "low": -2, "high": 3, "steps": 20 })
                    .to_string(),
            );
            let [x, value, gradient, hessian] = ["x", "value", "gradient", "hessian"].map(|name| columns(&text, name));
            let checked = x.len();
            for (k, x) in x.iter().enumerate() {
                let wanted = if entry.prediction.contains(*x) { loss.at(*x, target) } else { [f64::NAN; 3] };
                for (order, found) in [&value, &gradient, &hessian].into_iter().enumerate() {
                    assert!(same(found[k], wanted[order]), "{}: {order} at {x}, {target}", entry.name);
                }
            }
            assert!(checked >= 20, "{}", entry.name);
            assert_eq!(text.matches("\"at\":").count(), loss.kinks().len(), "{}: kinks", entry.name);
            for x in among(&entry.prediction, &[-3.0, 0.5, 1.0, 17.0]) {
                let question =
                    json!({ "ask": "point", "spec": entry.name, "prediction": x, "target": target.to_string() });
                let exact = columns(&discrepancy_explorer::answer(&question.to_string()), "exact");
                let wanted = loss.at(x, target);
                (0..3).for_each(|k| assert!(same(exact[k], wanted[k]), "{} at {x}", entry.name));
            }
        }
    }
}

/// The textbook form is the same formula: where nothing cancels it agrees to four digits, and somewhere it loses all of them.
#[test]
fn the_textbook_form_is_the_same_formula() {
    let mut lost = 0;
    for (entry, loss) in pointwise() {
        for target in among(&entry.target, &[-1.0, 0.0, 1.0]) {
            for x in among(&entry.prediction, &[0.75, 0.4, 1.5]) {
                let (exact, textbook) = (loss.at(x, target), loss.textbook(x as f32, target as f32));
                let near = (f64::from(textbook[0]) - exact[0]).abs() <= 1e-3 * exact[0].abs() + 1e-6;
                assert!(near, "{} at {x}, {target}: {} and {}", entry.name, textbook[0], exact[0]);
            }
            for x in among(&entry.prediction, &[-20.0, 20.0]) {
                let (exact, textbook) = (loss.at(x, target), loss.textbook(x as f32, target as f32));
                lost += usize::from(textbook[0] == 0.0 && exact[0] != 0.0);
            }
        }
    }
    assert!(lost > 3, "{lost}");
}

#[test]
fn the_chain_rule_adds_up() {
    let question = json!({ "ask": "softmax", "logits": [2.0, 1.0, 0.1, -1.0], "target": [0.5, 0.5, 0.0, 0.0], "temperature": 0.7, "smoothing": 0.1, "gamma": 2.0 });
    let answer = ask(&question);
    for j in 0..4 {
        let gradient = float(&answer["gradient"][j]);
        let terms: f64 = answer["terms"][j].as_array().unwrap().iter().map(float).sum();
        assert!((terms - gradient).abs() <= 1e-14, "{j}: {terms} and {gradient}");
        let column: f64 = answer["jacobian"][j].as_array().unwrap().iter().map(float).sum();
        assert!(column.abs() <= 1e-15, "{j}: {column}");
        assert_eq!(answer["jacobian"][j][(j + 1) % 4], answer["jacobian"][(j + 1) % 4][j]);
    }
}

/// No line near the best one is better, for every loss of a residual.
#[test]
fn the_fitted_line_is_the_best_nearby() {
    let (x, y) = ([-4.0, -2.5, -1.0, 0.0, 1.5, 3.0, 4.5], [-2.1, -1.0, -0.7, 0.4, 0.6, 1.9, -3.5]);
    let mut fitted = 0;
    for (entry, loss) in pointwise() {
        let any = entry.prediction == catalog::DataDomain::Real;
        if loss.coupling() != discrepancy::losses::Coupling::Residual || !any {
            continue;
        }
        let line = ask(&json!({ "ask": "fit", "x": x, "y": y, "specs": [entry.name] }))[0].clone();
        let mean = |slope: f64, intercept: f64| -> f64 {
            x.iter().zip(y).map(|(x, y)| loss.at(slope * x + intercept, y)[0]).sum::<f64>() / 7.0
        };
        let (slope, intercept) = (float(&line["slope"]), float(&line["intercept"]));
        let best = mean(slope, intercept);
        for (a, b) in [
            (1e-3, 0.0),
            (-1e-3, 0.0),
            (0.0, 1e-3),
            (0.0, -1e-3),
            (1e-3, -1e-3),
            (-1e-3, 1e-3),
            (1e-3, 1e-3),
            (-1e-3, -1e-3),
        ] {
            assert!(mean(slope + a, intercept + b) >= best * (1.0 - 1e-12), "{}: {a}, {b}", entry.name);
        }
        fitted += 1;
    }
    assert!(fitted > 8);
}

/// ψ against the head that uses it: its loss against a class without weights is `ln(1 + e^-ψ)`.
#[test]
fn psi_is_that_of_the_head() {
    for margin in 1..=4_u32 {
        let head = LargeMarginSoftmax::new(margin, 0.0).unwrap();
        for k in 0..=16 {
            let angle = std::f64::consts::PI * f64::from(k) / 16.0;
            let answer = ask(
                &json!({ "ask": "margin", "margin": margin, "lambda": 0.0, "angle": angle, "between": 1.5, "length": 1.0, "steps": 8 }),
            );
            let psi = float(&answer["at"][0]);
            let x = [angle.cos(), angle.sin()];
            let weights = [1.0, 0.0, 0.0, 0.0];
            let loss = head.evaluate(HeadInput::new(&x, &weights, RowTargets::labels(&[0]))).unwrap().value[0];
            assert!((loss - (-psi).exp().ln_1p()).abs() <= 1e-13 * (1.0 + loss), "{margin}, {angle}");
        }
    }
}

#[test]
fn distributions_and_points_are_the_library_s() {
    let answer =
        ask(&json!({ "ask": "distributions", "p": [1.0, 1.0, 0.0, 2.0], "q": [0.0, 1.0, 1.0, 2.0], "order": 1.0 }));
    assert_eq!(float(&answer["wasserstein"]), 0.5);
    assert_eq!(float(&answer["cost"]), 0.5);
    let mass: f64 = answer["plan"].as_array().unwrap().iter().map(|step| float(&step[2])).sum();
    assert_eq!(mass, 1.0);
    assert_eq!(answer["divergences"].as_array().unwrap().len(), discrepancy::divergences::LIST.len());
    assert_eq!(answer["divergences"][0]["there"], json!("inf"));
    let rows = ask(&json!({ "ask": "points", "a": [0.0, 0.0], "b": [3.0, 4.0], "p": 1.0 }));
    for row in rows.as_array().unwrap() {
        let Measure::Pair(metric) = catalog::find(row["spec"].as_str().unwrap()).unwrap() else { panic!("{row}") };
        match metric.value(&[0.0, 0.0], &[3.0, 4.0]) {
            Ok(value) => assert!(same(float(&row["value"]), value), "{row}"),
            Err(error) => assert_eq!(row["error"], json!(error.to_string())),
        }
    }
    let ball = ask(&json!({ "ask": "ball", "spec": "manhattan", "steps": 8 }));
    let length: f64 = ball[1].as_array().unwrap().iter().map(|x| float(x).abs()).sum();
    assert!((length - 1.0).abs() <= f64::EPSILON, "{length}");
}

#[test]
fn wrong_questions_are_answered() {
    for (question, wanted) in [
        ("", "EOF"),
        ("{}", "ask"),
        (r#"{"ask": "curve", "spec": "focla", "target": 1, "low": 0, "high": 1, "steps": 4}"#, "focal"),
        (r#"{"ask": "curve", "spec": "focal:gamma=-1", "target": 1, "low": 0, "high": 1, "steps": 4}"#, "gamma"),
        (r#"{"ask": "curve", "spec": "focal", "target": 2, "low": 0, "high": 1, "steps": 4}"#, "target"),
        (r#"{"ask": "curve", "spec": "focal", "target": 1, "low": 1, "high": 0, "steps": 4}"#, "range"),
        (r#"{"ask": "curve", "spec": "focal", "target": 1, "low": 0, "high": 1, "steps": 100000000}"#, "range"),
        (r#"{"ask": "curve", "spec": "euclidean", "target": 1, "low": 0, "high": 1, "steps": 4}"#, "spec"),
        (r#"{"ask": "point", "spec": "brier", "prediction": 1.5, "target": 1}"#, "prediction"),
        (
            r#"{"ask": "softmax", "logits": [1, 2], "target": [0.5, 0.6], "temperature": 1, "smoothing": 0, "gamma": 2}"#,
            "1",
        ),
        (
            r#"{"ask": "softmax", "logits": [1, 2], "target": [1, 0], "temperature": 0, "smoothing": 0, "gamma": 2}"#,
            "temperature",
        ),
        (r#"{"ask": "distributions", "p": [0, 0], "q": [1, 1], "order": 1}"#, "p"),
        (r#"{"ask": "distributions", "p": [1, 1], "q": [1, 1], "order": 0.5}"#, "order"),
        (r#"{"ask": "fit", "x": [1], "y": [1], "specs": ["squared"]}"#, "points"),
        (r#"{"ask": "fit", "x": [1, 2], "y": [1, 2], "specs": ["hinge"]}"#, "residual"),
        (
            r#"{"ask": "margin", "margin": 99, "lambda": 0, "angle": 1, "between": 1, "length": 1, "steps": 9}"#,
            "margin",
        ),
    ] {
        let answer: Json = serde_json::from_str(&discrepancy_explorer::answer(question)).unwrap();
        let error = answer["error"].as_str().unwrap_or_else(|| panic!("{question}: {answer}"));
        let all = format!("{error} {}", answer["near"]);
        assert!(all.contains(wanted), "{question}: {all}");
    }
}
