//! Time of any entry of the catalogue, beside the time that memory needs.
//!
//! `cargo bench --bench speed -- [NAME | SHAPE | TYPE | OUTPUT]…` prints a table. A name chooses the entries that contain
//! it, without one all losses are measured; a shape (`1000x64`), types (`f32`, `f64`) and outputs (`value`, `gradient`, …)
//! stand in for the usual ones.
//! `limit` is what a copy past the caches takes for the bytes that the operation must read and write once, measured in
//! turn with it in the same run. Figures are medians, of ratios the medians of pairs.
//!
//! `--serve` answers on standard input and output, so that others can be measured in turn with it; see `serve`.
//! `--count` runs each kernel once on one thread, for a counter of instructions; see `cargo xtask instructions`.
#![allow(clippy::unwrap_used, reason = "a benchmark may stop")]

mod support;

use discrepancy::catalog::{self, Entry, Family, Measure};
use discrepancy::number::Level;
use std::io::{BufRead, Write};
use support::{Case, Copy, OUTPUTS, Output, Shape, TYPES, Targets, case, median, point, takes_soft, time};

/// Where nobody says otherwise.
fn usual_shapes(family: Family) -> Vec<Shape> {
    match family {
        Family::Pointwise => vec![vec![10_000_000]],
        Family::Row => vec![vec![4096, 32_000], vec![65_536, 1000], vec![1_000_000, 64], vec![1_000_000, 10]],
        Family::Distance | Family::Divergence => vec![vec![65_536, 100], vec![500, 500, 128]],
        Family::Transport | Family::Sample => vec![vec![1000, 1]],
        Family::Head | Family::Sequence | Family::Tuple | Family::Penalty => Vec::new(),
    }
}

fn shape(text: &str) -> Option<Shape> {
    text.split('x').map(|side| side.parse().ok().filter(|side| *side > 0)).collect()
}

/// What an output is called.
fn name(output: Output) -> &'static str {
    OUTPUTS.iter().find(|(_, known)| *known == output).map_or("", |(name, _)| *name)
}

fn output(text: &str) -> Option<Output> {
    OUTPUTS.iter().find(|(name, _)| *name == text).map(|(_, output)| *output)
}

/// The seconds of one run, without what it takes to give back the results of the run before.
fn seconds(case: &mut dyn Case, output: Output) -> f64 {
    case.forget();
    time(|| case.run(output))
}

fn table(chosen: &[String]) {
    let mut names: Vec<&str> = Vec::new();
    let (mut shapes, mut types, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
    for word in chosen {
        if let Some(shape) = shape(word) {
            shapes.push(shape);
        } else if let Some(output) = output(word) {
            outputs.push(output);
        } else if TYPES.contains(&word.as_str()) {
            types.push(word.as_str());
        } else {
            names.push(word);
        }
    }
    if types.is_empty() {
        types.push(TYPES[0]);
    }
    let asked = !outputs.is_empty();
    if !asked {
        outputs = vec![Output::Value, Output::Gradient, Output::Step, Output::Mean];
    }
    println!("{} threads, {:?}", rayon::current_num_threads(), Level::best());
    println!("{:<36}{:<5}{:<15}{:<10}{:>10}{:>12}{:>10}", "entry", "type", "shape", "output", "ms", "GB/s", "× limit");
    let mut copy = Copy::new();
    let wanted = |entry: &&Entry| {
        let losses = matches!(entry.family, Family::Pointwise | Family::Row);
        if names.is_empty() { losses } else { names.iter().any(|name| entry.name.contains(name)) }
    };
    for entry in catalog::entries().filter(wanted) {
        let shapes = if shapes.is_empty() { usual_shapes(entry.family) } else { shapes.clone() };
        for shape in &shapes {
            for dtype in &types {
                // Shapes of one kind mean nothing to another.
                let Ok(measure) = entry.make(&entry.defaults()) else { continue };
                let Ok(mut case) = case(measure, shape, dtype, Targets::Hard) else { continue };
                // The value alone is of interest where there is no gradient.
                let mut measured = case.outputs();
                let gradients = measured.contains(&Output::Gradient);
                measured.retain(|output| outputs.contains(output) && (asked || !gradients || *output != Output::Value));
                lines(&mut *case, &measured, &mut copy, &format!("{:<36}{dtype:<5}{:<15}", entry.name, sides(shape)));
            }
        }
    }
}

fn sides(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join("x")
}

/// Measures outputs in turn with the copy, nine times or for three seconds.
fn lines(case: &mut dyn Case, outputs: &[Output], copy: &mut Copy, head: &str) {
    let mut times = vec![Vec::new(); outputs.len()];
    let mut limits = Vec::new();
    let mut spent = 0.0;
    while limits.len() < 9 && (spent < 3.0 || limits.len() < 3) {
        limits.push(copy.seconds_per_byte());
        for (output, times) in outputs.iter().zip(&mut times) {
            times.push(seconds(case, *output));
            spent += times.last().unwrap();
        }
    }
    for (output, times) in outputs.iter().zip(times) {
        let bytes = case.bytes(*output) as f64;
        let ratios = times.iter().zip(&limits).map(|(time, limit)| time / (bytes * limit)).collect();
        let time = median(times);
        let name = name(*output);
        println!("{head}{name:<10}{:>10.2}{:>12.1}{:>10.2}", time * 1e3, 1e-9 * bytes / time, median(ratios));
    }
}

/// Answers each line of standard input with one line:
///
/// | question | answer |
/// |---|---|
/// | `about` | threads and level |
/// | `copy` | seconds for each byte of the copy |
/// | `case SPEC SHAPE TYPE [FOLDER]` | the outputs it has; its inputs go to raw files `0` and `1` of the folder |
/// | `bytes OUTPUT` | the bytes that the case must read and write once |
/// | `run OUTPUT` | seconds of one run of the case |
/// | `mean` | the mean of the values that the last run left |
/// | `point SPEC TYPE NUMBERS NUMBERS` | value and first coordinate of the gradient at one prediction and target, `1,-2` say |
///
/// or with `error: …`.
fn serve() {
    let mut copy = Copy::new();
    let mut current: Option<Box<dyn Case>> = None;
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let answer = answer(&line, &mut copy, &mut current).unwrap_or_else(|message| format!("error: {message}"));
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}").and_then(|()| out.flush()).unwrap();
    }
}

fn answer(question: &str, copy: &mut Copy, current: &mut Option<Box<dyn Case>>) -> Result<String, String> {
    let words: Vec<&str> = question.split_whitespace().collect();
    match (words.as_slice(), &mut *current) {
        (["about"], _) => Ok(format!("{} threads, {:?}", rayon::current_num_threads(), Level::best())),
        (["copy"], _) => Ok(copy.seconds_per_byte().to_string()),
        (["case", spec, sides, dtype, folder @ ..], _) => {
            // Two large cases need not fit into memory at once.
            *current = None;
            let measure = catalog::find(spec).map_err(|error| error.to_string())?;
            let case = case(measure, &shape(sides).ok_or(format!("no shape: {sides}"))?, dtype, Targets::Hard)?;
            if let [folder] = folder {
                let folder = std::path::Path::new(folder);
                for (i, input) in case.inputs().iter().enumerate() {
                    std::fs::write(folder.join(i.to_string()), input).map_err(|error| error.to_string())?;
                }
            }
            let outputs: Vec<&str> = case.outputs().into_iter().map(name).collect();
            *current = Some(case);
            Ok(outputs.join(" "))
        }
        ([what @ ("bytes" | "run"), word], Some(case)) => {
            let output = output(word).filter(|output| case.outputs().contains(output));
            let output = output.ok_or(format!("the case has no {word}"))?;
            let bytes = *what == "bytes";
            Ok(if bytes { case.bytes(output).to_string() } else { seconds(&mut **case, output).to_string() })
        }
        (["point", spec, dtype, first, second], _) => {
            let measure = catalog::find(spec).map_err(|error| error.to_string())?;
            let numbers = |text: &str| text.split(',').map(str::parse).collect::<Result<Vec<f64>, _>>();
            let both = numbers(first).and_then(|first| Ok((first, numbers(second)?)));
            let (first, second) = both.map_err(|error| format!("{question}: {error}"))?;
            point(measure, dtype, &first, &second)
        }
        (["mean"], Some(case)) => Ok(case.mean().to_string()),
        _ => Err(format!("not understood, or no case yet: {question}")),
    }
}

/// What is between entering and leaving this is counted.
#[inline(never)]
fn counted_work(case: &mut dyn Case, output: Output) {
    case.run(output);
    std::hint::black_box(case);
}

/// Runs each kernel that an entry has, of both types, with hard and soft targets, and says of each what it was and how many
/// numbers it took.
fn count() {
    const NUMBERS: usize = 100_000;
    // Here and nowhere else: another thread would count when it looks for work.
    rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global().unwrap();
    println!("{:?}", Level::best());
    for entry in catalog::entries() {
        let shapes = match entry.make(&entry.defaults()) {
            Ok(Measure::Pointwise(_)) => vec![vec![NUMBERS]],
            Ok(Measure::Row(loss)) if loss.labelled().is_some() => {
                // Side by side, and along the row.
                [10, 1000].map(|classes| vec![NUMBERS / classes, classes]).to_vec()
            }
            // Not what needs data of its own, such as variances.
            Ok(Measure::Pair(metric)) if metric.value(&[1e-3; 1000], &[1e-3; 1000]).is_ok() => {
                vec![vec![NUMBERS / 1000, 1000]]
            }
            _ => continue,
        };
        for shape in shapes {
            for dtype in TYPES {
                for targets in [Targets::Hard, Targets::Soft] {
                    let measure = entry.make(&entry.defaults()).unwrap();
                    if targets == Targets::Soft && !takes_soft(&measure) {
                        continue;
                    }
                    let soft = if targets == Targets::Soft { " soft" } else { "" };
                    let mut case = case(measure, &shape, dtype, targets).unwrap();
                    for output in case.outputs() {
                        if !matches!(output, Output::Value | Output::Gradient | Output::Hessian) {
                            continue;
                        }
                        // What is done once in a process does not count.
                        case.run(output);
                        counted_work(&mut *case, output);
                        println!("{} {dtype} {}{soft} {} {NUMBERS}", entry.name, sides(&shape), name(output));
                    }
                }
            }
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("--serve") => serve(),
        Some("--count") => count(),
        _ => table(&arguments),
    }
}
