//! The explorer: the library behind one function, [`answer`], and the page that asks it.
//!
//! The page holds no formula. It sends a question in JSON and draws what comes back:
//!
//! ```
//! let question = r#"{"ask": "point", "spec": "squared", "prediction": 3, "target": 1}"#;
//! let answer = discrepancy_explorer::answer(question);
//! assert!(answer.contains(r#""exact":[4.0,4.0,2.0]"#), "{answer}");
//! ```
//!
//! Compiled to `wasm32-unknown-unknown` it is what the page carries inside; natively it is what tests compare the page with.
//! Numbers are the shortest texts that read back as the same floats; what JSON has no number for is the text `inf`, `-inf` or
//! `nan`.

#[cfg(target_arch = "wasm32")]
mod abi;
mod catalogue;
mod distributions;
mod fit;
mod loss;
mod margin;
mod number;
mod points;
mod softmax;

use discrepancy::{Error, Result};
use serde::Serialize;
use serde_json::{Value as Json, from_value, json};

pub use catalogue::digest;

/// The page, in one file that needs nothing else.
#[cfg(not(target_arch = "wasm32"))]
pub const PAGE: &str = include_str!("../explorer.html");

/// What may be asked.
enum Question {
    Catalogue,
    Curve(loss::Curve),
    Point(loss::Point),
    Softmax(softmax::Question),
    Points(points::Question),
    Ball(points::Ball),
    Distributions(distributions::Question),
    Margin(margin::Question),
    Fit(fit::Question),
}

/// What the names of questions are.
const ASKED: [&str; 9] = ["catalogue", "curve", "point", "softmax", "points", "ball", "distributions", "margin", "fit"];

/// By hand: an enumeration with a tag does not read numbers where `serde_json` keeps all their digits, as it does in a program
/// that also reads files.
fn read(question: &str) -> serde_json::Result<Question> {
    let question: Json = serde_json::from_str(question)?;
    let Some(name) = question.get("ask").and_then(Json::as_str).map(str::to_owned) else {
        return Err(serde::de::Error::missing_field("ask"));
    };
    Ok(match name.as_str() {
        "catalogue" => Question::Catalogue,
        "curve" => Question::Curve(from_value(question)?),
        "point" => Question::Point(from_value(question)?),
        "softmax" => Question::Softmax(from_value(question)?),
        "points" => Question::Points(from_value(question)?),
        "ball" => Question::Ball(from_value(question)?),
        "distributions" => Question::Distributions(from_value(question)?),
        "margin" => Question::Margin(from_value(question)?),
        "fit" => Question::Fit(from_value(question)?),
        name => return Err(serde::de::Error::unknown_variant(name, &ASKED)),
    })
}

/// Answers a question: `{"answer": …}`, or `{"error": …, "near": […]}`.
#[must_use]
pub fn answer(question: &str) -> String {
    let answered = match read(question) {
        Ok(question) => ask(question),
        Err(error) => return json!({ "error": error.to_string(), "near": [] }).to_string(),
    };
    match answered {
        Ok(answer) => json!({ "answer": answer }).to_string(),
        Err(error) => json!({ "error": error.to_string(), "near": error.near_names() }).to_string(),
    }
}

fn ask(question: Question) -> Result<Json> {
    match question {
        Question::Catalogue => written(catalogue::catalogue()),
        Question::Curve(curve) => written(curve.answer()?),
        Question::Point(point) => written(point.answer()?),
        Question::Softmax(question) => written(question.answer()?),
        Question::Points(question) => written(question.answer()?),
        Question::Ball(ball) => written(ball.answer()?),
        Question::Distributions(question) => written(question.answer()?),
        Question::Margin(question) => written(question.answer()?),
        Question::Fit(question) => written(question.answer()?),
    }
}

fn written(answer: impl Serialize) -> Result<Json> {
    let failed = |error: serde_json::Error| {
        Error::new(discrepancy::ErrorKind::Unsupported, "explorer", "answer", error.to_string())
    };
    serde_json::to_value(answer).map_err(failed)
}
