//! The result as text.

use super::interval::Interval;
use super::plan::{Answer, Question};
use super::summary::{Estimate, Segment};
use crate::output::{Align, Format, Table, exact, json_number, quoted, short};
use serde_json::{Map, Value, json};

/// The result in a format.
pub(super) fn text(question: &Question, answer: &Answer, format: Format) -> String {
    match format {
        Format::Table => {
            format!("{}\n\n{}", heading(question, answer).join("\n"), table(question, answer, true).text())
        }
        Format::Markdown => {
            format!("{}\n\n{}", heading(question, answer).join("  \n"), table(question, answer, false).markdown())
        }
        Format::Csv => tidy(question, answer).csv(),
        Format::Json => format!("{:#}\n", json(question, answer)),
    }
}

/// What was scored and how, in a few lines.
pub(super) fn heading(question: &Question, answer: &Answer) -> Vec<String> {
    let quote = |names: &[String]| match names {
        [one] => format!("`{one}`"),
        [first, .., last] => format!("`{first}` … `{last}`"),
        [] => String::new(),
    };
    let mut target = format!("Target `{}`: {}", question.target, question.task.kind());
    if question.task.two_classes() {
        let value = |values: &[String]| values.first().cloned().unwrap_or_else(|| "none".to_owned());
        target += &format!(" (positive: {}, negative: {})", value(&answer.positive), value(&answer.negative));
    } else if question.task.many_classes() {
        target += &format!(" ({} of them)", classes(question, answer));
    }
    let form = question.task.form();
    let weight = question.weight.as_ref().map_or(String::new(), |name| format!(" Weights: `{name}`."));
    let names: Vec<&str> = question.losses.iter().map(|loss| loss.spec.as_str()).collect();
    let skipped = match answer.total.skipped {
        0 => String::new(),
        skipped => format!("; {skipped} more left out for a NULL"),
    };
    vec![
        format!("{target}. {}{}: {}.{weight}", form[..1].to_uppercase(), &form[1..], quote(&question.prediction)),
        format!("{} rows{skipped}. Losses: {}.", answer.total.rows, names.join(", ")),
        intervals(question),
    ]
}

/// How the intervals are made.
fn intervals(question: &Question) -> String {
    let kinds = [
        (Interval::Wilson, "Wilson's"),
        (Interval::LogNormal, "normal for the logarithm of the mean"),
        (Interval::Normal, "normal"),
    ];
    let used = kinds.map(|(kind, what)| {
        let losses = question.losses.iter().filter(|loss| Interval::of(loss.entry) == kind);
        let names: Vec<&str> = losses.map(|loss| loss.spec.as_str()).collect();
        (what, names)
    });
    let used: Vec<&(&str, Vec<&str>)> = used.iter().filter(|(_, names)| !names.is_empty()).collect();
    let list: Vec<String> = match used.as_slice() {
        [(what, _)] => vec![(*what).to_owned()],
        several => several.iter().map(|(what, names)| format!("{what} ({})", names.join(", "))).collect(),
    };
    format!("95 % intervals: {}.", list.join("; "))
}

/// How many classes the predictions have.
fn classes(question: &Question, answer: &Answer) -> i64 {
    answer.lengths.first().copied().unwrap_or(question.prediction.len() as i64)
}

/// The segments, then the total; with one or no column of segments, the total has a name.
fn lines<'a>(question: &Question, answer: &'a Answer) -> Vec<(Vec<String>, &'a Segment)> {
    let cell = |value: &Option<String>| value.clone().unwrap_or_else(|| "NULL".to_owned());
    let segments = answer.segments.iter().map(|segment| (segment.key.iter().map(cell).collect(), segment));
    let mut total = vec![String::new(); question.by.len()];
    total.first_mut().into_iter().for_each(|first| "total".clone_into(first));
    segments.chain([(total, &answer.total)]).collect()
}

/// One line for each loss of each segment; repeated cells are left empty if `sparse`.
pub(super) fn table(question: &Question, answer: &Answer, sparse: bool) -> Table {
    let left = |name: &String| (name.clone(), Align::Left);
    let right = |name: &str| (name.to_owned(), Align::Right);
    let skipped = answer.total.skipped > 0;
    let columns = question.by.iter().map(left).chain([right("rows")]).chain(skipped.then(|| right("left out")));
    let measures = [right("mean"), right("std. error"), right("95 % from"), right("to")];
    let mut table = Table::new(columns.chain([("loss".to_owned(), Align::Left)]).chain(measures));
    for (key, segment) in lines(question, answer) {
        for (which, loss) in question.losses.iter().enumerate() {
            let mut cells = key.clone();
            cells.push(segment.rows.to_string());
            cells.extend(skipped.then(|| segment.skipped.to_string()));
            if sparse && which > 0 {
                cells.iter_mut().for_each(String::clear);
            }
            cells.push(loss.spec.clone());
            let missing = || "–".to_owned();
            cells.extend(numbers(question.estimate(segment, which)).map(|x| x.map_or_else(missing, short)));
            table.push(cells);
        }
    }
    table
}

fn numbers(estimate: Estimate) -> [Option<f64>; 4] {
    let (low, high) = estimate.interval.unzip();
    [estimate.mean, estimate.standard_error, low, high]
}

/// One line for each loss of each segment, with all digits; `scope` tells segments from the total.
fn tidy(question: &Question, answer: &Answer) -> Table {
    let name = |name: &str| (name.to_owned(), Align::Left);
    let columns = question.by.iter().map(|by| (by.clone(), Align::Left));
    let measures = ["rows", "skipped", "loss", "mean", "standard_error", "low", "high", "interval"].map(name);
    let mut table = Table::new([name("scope")].into_iter().chain(columns).chain(measures));
    let segments = answer.segments.iter().map(|segment| ("segment", segment));
    for (scope, segment) in segments.chain([("total", &answer.total)]) {
        for (which, loss) in question.losses.iter().enumerate() {
            let mut cells = vec![scope.to_owned()];
            let key = segment.key.iter().map(|value| value.as_deref().map(quoted).unwrap_or_default());
            cells.extend(key);
            cells.resize(1 + question.by.len(), String::new());
            cells.extend([segment.rows.to_string(), segment.skipped.to_string(), quoted(&loss.spec)]);
            cells.extend(numbers(question.estimate(segment, which)).map(|x| x.map(exact).unwrap_or_default()));
            cells.push(Interval::of(loss.entry).name().to_owned());
            table.push(cells);
        }
    }
    table
}

/// Everything, with all digits. Nothing in it depends on how the rows are stored.
fn json(question: &Question, answer: &Answer) -> Value {
    let number = |x: Option<f64>| x.map_or(Value::Null, json_number);
    let losses = |segment: &Segment| {
        let one = |(which, loss): (usize, &super::task::Loss)| {
            let [mean, standard_error, low, high] = numbers(question.estimate(segment, which)).map(number);
            let interval = Interval::of(loss.entry).name();
            let value = json!({
                "mean": mean, "standard_error": standard_error, "low": low, "high": high, "interval": interval
            });
            (loss.spec.clone(), value)
        };
        question.losses.iter().enumerate().map(one).collect::<Map<String, Value>>()
    };
    let segment = |segment: &Segment| {
        let key: Map<String, Value> = question.by.iter().cloned().zip(segment.key.iter().map(|v| json!(v))).collect();
        json!({ "by": key, "rows": segment.rows, "skipped": segment.skipped, "losses": losses(segment) })
    };
    let total = &answer.total;
    let mut target = Map::from_iter([("column".to_owned(), json!(question.target))]);
    if question.task.two_classes() {
        target.insert("positive".to_owned(), json!(answer.positive.first()));
        target.insert("negative".to_owned(), json!(answer.negative.first()));
    } else if question.task.many_classes() {
        target.insert("classes".to_owned(), json!(classes(question, answer)));
    }
    json!({
        "kind": question.task.kind(),
        "target": target,
        question.task.form(): question.prediction,
        "weight": question.weight,
        "rows": total.rows + total.skipped,
        "losses": question.losses.iter().map(|loss| loss.spec.as_str()).collect::<Vec<_>>(),
        "segments": answer.segments.iter().map(segment).collect::<Vec<_>>(),
        "total": { "rows": total.rows, "skipped": total.skipped, "losses": losses(total) },
    })
}
