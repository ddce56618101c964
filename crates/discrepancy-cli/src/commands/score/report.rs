//! The page of `--report`: one file, which needs nothing else and no script.

mod html;
mod plots;

use super::input::Input;
use super::interval::wilson;
use super::plan::{Answer, Question};
use super::summary::{Bin, Segment};
use super::write::{heading, table};
use crate::output::{Align, Table, escape, short};
use html::Html;

/// At most so many segments are drawn; the table has all.
const DRAWN: usize = 30;

/// The page.
pub(super) fn page(question: &Question, input: &Input, answer: &Answer) -> String {
    let mut page = Html::new(&format!("Score of {}", question.target));
    page.element(
        "h1",
        &format!(
            "How far <code>{}</code> is from <code>{}</code>",
            names(&question.prediction),
            escape(&question.target)
        ),
    );
    let lines: Vec<String> = heading(question, answer).iter().map(|line| code(line)).collect();
    page.element("p class=\"lead\"", &lines.join("<br>"));
    page.element("p class=\"files\"", &files(input));
    cards(&mut page, question, answer);
    if !answer.segments.is_empty() {
        segments(&mut page, question, answer);
    }
    spread(&mut page, question, answer);
    if let Some(bins) = answer.details.as_ref().and_then(|details| details.calibration.as_deref()) {
        calibration(&mut page, question, bins);
    }
    numbers(&mut page, question, answer);
    page.end()
}

fn names(columns: &[String]) -> String {
    match columns {
        [first, .., last] => format!("{} … {}", escape(first), escape(last)),
        _ => escape(&columns.join("")),
    }
}

/// What stands between backticks, as code.
fn code(text: &str) -> String {
    let parts = escape(text);
    let parts = parts.split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

fn files(input: &Input) -> String {
    let files = input.table.files();
    let shown: Vec<String> = files.iter().take(3).map(|file| escape(file.name())).collect();
    let more = if files.len() > 3 { format!(" and {} more", files.len() - 3) } else { String::new() };
    format!("Read from {}{more}.", shown.join(", "))
}

/// The total of each loss.
fn cards(page: &mut Html, question: &Question, answer: &Answer) {
    page.open("section class=\"cards\"");
    for (which, loss) in question.losses.iter().enumerate() {
        let estimate = question.estimate(&answer.total, which);
        let mean = estimate.mean.map_or_else(|| "–".to_owned(), short);
        let interval = match estimate.interval {
            Some((low, high)) => format!("95 %: {} to {}", short(low), short(high)),
            None => "no interval".to_owned(),
        };
        page.open("div class=\"card\"");
        page.element("h3", &escape(&loss.spec));
        page.element("div class=\"mean\"", &mean);
        page.element("div class=\"interval\"", &interval);
        page.close("div");
    }
    page.close("section");
}

/// The name of a segment in plots, cut where there is no room for it.
fn label(segment: &Segment) -> String {
    let values: Vec<&str> = segment.key.iter().map(|value| value.as_deref().unwrap_or("NULL")).collect();
    let whole = values.join(" · ");
    if whole.chars().count() <= 28 { whole } else { whole.chars().take(27).chain(['…']).collect() }
}

fn segments(page: &mut Html, question: &Question, answer: &Answer) {
    // The largest ones, in their own order.
    let mut largest: Vec<usize> = (0..answer.segments.len()).collect();
    largest.sort_by_key(|i| std::cmp::Reverse(answer.segments[*i].rows));
    largest.truncate(DRAWN);
    largest.sort_unstable();
    let drawn: Vec<&Segment> = largest.iter().map(|i| &answer.segments[*i]).collect();
    page.element("h2", &format!("By {}", escape(&question.by.join(", "))));
    let left_out = match answer.segments.len() - drawn.len() {
        0 => String::new(),
        more => format!(" The {DRAWN} largest of {} segments are drawn; the table below has all.", DRAWN + more),
    };
    let note = "The mean of each segment with its 95 % interval; the broken line is the total.";
    page.element("p", &format!("{note}{left_out}"));
    page.open("section class=\"plots\"");
    for (which, loss) in question.losses.iter().enumerate() {
        let rows: Vec<(String, f64, f64, f64)> = drawn
            .iter()
            .filter_map(|segment| {
                let estimate = question.estimate(segment, which);
                let mean = estimate.mean.filter(|mean| mean.is_finite())?;
                let (low, high) = estimate.interval.unwrap_or((mean, mean));
                Some((label(segment), mean, low, high))
            })
            .collect();
        let total = question.estimate(&answer.total, which).mean.filter(|mean| mean.is_finite());
        if !rows.is_empty() {
            page.figure(&loss.spec, &plots::by_segment(&loss.spec, &rows, total));
        }
    }
    page.close("section");
}

fn spread(page: &mut Html, question: &Question, answer: &Answer) {
    let Some(details) = &answer.details else { return };
    page.element("h2", "How the losses of rows are spread");
    let note = "How many rows have which loss. Each row is counted once, whatever its weight; the counts are on a \
                logarithmic scale.";
    page.element("p", note);
    page.open("section class=\"plots\"");
    for (loss, histogram) in question.losses.iter().zip(&details.histograms) {
        if let Some(bins) = histogram.equal_bins() {
            page.figure(&loss.spec, &plots::histogram(&loss.spec, &bins));
            if bins.infinite > 0 {
                page.element("p", &format!("{} rows of {} are infinite.", bins.infinite, escape(&loss.spec)));
            }
        }
    }
    page.close("section");
}

/// What happened where a probability was predicted.
#[derive(Clone, Copy, Debug)]
struct Rate {
    /// The mean prediction.
    predicted: f64,
    /// The rate of the positive class.
    observed: f64,
    /// Its 95 % interval.
    interval: (f64, f64),
}

impl Rate {
    fn new(bin: &Bin, weighted: bool) -> Option<Rate> {
        let (predicted, observed) = (bin.predicted.mean().ok()?, bin.observed.mean().ok()?);
        let error = bin.observed.standard_error().filter(|_| weighted);
        Some(Rate { predicted, observed, interval: wilson(observed, error, bin.rows) })
    }
}

fn calibration(page: &mut Html, question: &Question, bins: &[Bin]) {
    page.element("h2", "Calibration");
    let of = if question.task.form() == "logits" { ", σ of the logit" } else { "" };
    let note = format!(
        "Rows in ten bins of equal width of the predicted probability{of}: the rate of the positive class that was \
         observed, with its 95 % interval, over the mean prediction. On the diagonal both are the same."
    );
    page.element("p", &note);
    let weighted = question.weight.is_some();
    let rates: Vec<Option<Rate>> = bins.iter().map(|bin| Rate::new(bin, weighted)).collect();
    page.open("section class=\"plots\"");
    page.figure("calibration", &plots::calibration(&rates.iter().flatten().copied().collect::<Vec<_>>()));
    page.figure("predicted probabilities", &plots::predictions(bins));
    page.close("section");
    let columns = ["bin", "rows", "mean prediction", "observed rate", "95 % from", "to"];
    let mut table = Table::new(columns.map(|name| (name.to_owned(), Align::Right)));
    for (i, (bin, rate)) in bins.iter().zip(&rates).enumerate() {
        let edge = |i: usize| i as f64 / bins.len() as f64;
        let mut cells = vec![format!("{} to {}", edge(i), edge(i + 1)), bin.rows.to_string()];
        match rate {
            Some(rate) => cells.extend([rate.predicted, rate.observed, rate.interval.0, rate.interval.1].map(short)),
            None => cells.resize(columns.len(), "–".to_owned()),
        }
        table.push(cells);
    }
    page.element("div class=\"wide\"", &table.html());
}

/// The table of the command.
fn numbers(page: &mut Html, question: &Question, answer: &Answer) {
    page.element("h2", "All numbers");
    let note = "The intervals are approximations for independent rows: Wilson's of a rate, normal for the logarithm of \
                a mean that cannot be negative, else normal. Sums are exact: the numbers have the same bits for any order of rows and any number of files and threads.";
    page.element("p", note);
    page.element("div class=\"wide\"", &table(question, answer, true).html());
}
