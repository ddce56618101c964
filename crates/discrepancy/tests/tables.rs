//! Rows, maps, heads, penalties, distances and divergences against the reference tables: every number of every case.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

mod support;

use discrepancy::catalog::{self, Arguments, Entry, Family, Measure, Value};
use discrepancy::distances::{Gradients, PairInput};
use discrepancy::rows::{HessianKind, Target};
use rayon::prelude::*;
use support::{Case, Exact, F32, F64, Format, ulps};

const FAMILIES: [Family; 5] = [Family::Row, Family::Head, Family::Penalty, Family::Distance, Family::Divergence];

struct Storage {
    name: &'static str,
    format: Format,
    epsilon: f64,
}

const STORAGES: [Storage; 2] = [
    Storage { name: "f32", format: F32, epsilon: f32::EPSILON as f64 },
    Storage { name: "f64", format: F64, epsilon: f64::EPSILON },
];

/// The names of the inputs and of the outputs, from the comment lines.
fn columns(table: &str) -> (Vec<String>, Vec<String>) {
    let path = format!("{}/../../reference/tables/{table}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let list = |start: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(start)).unwrap();
        // A comma in parentheses is part of a name.
        let mut depth = 0;
        let parts = line.split(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ',' && depth == 0
        });
        parts.map(|name| name.trim().to_owned()).collect()
    };
    (list("# inputs: "), list("# outputs: "))
}

/// The tables of the families, as (table without the storage type, family).
fn tables() -> Vec<(String, Family)> {
    let folder = format!("{}/../../reference/tables", env!("CARGO_MANIFEST_DIR"));
    let mut tables = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let Some(table) = file.strip_suffix(".f32.txt") else { continue };
        // `name.variant`: the same entry with other inputs.
        let name = table.split('.').next().unwrap();
        match catalog::entry(name) {
            Ok(entry) if FAMILIES.contains(&entry.family) => tables.push((table.to_owned(), entry.family)),
            _ => {}
        }
    }
    tables.sort();
    tables
}

/// The entry and the parameter values of a spec.
fn spec(spec: &str) -> (&'static Entry, Arguments) {
    match catalog::find(spec).unwrap() {
        Measure::Row(loss) => (loss.entry(), loss.arguments()),
        Measure::Map(map) => (map.entry(), map.arguments()),
        Measure::Head(head) => (head.entry(), head.arguments()),
        Measure::Penalty(penalty) => (penalty.entry(), penalty.arguments()),
        Measure::Pair(pair) => (pair.entry(), pair.arguments()),
        other => panic!("{spec}: {other:?}"),
    }
}

/// What the spec names, with the inputs that are parameters (variances, say) put in.
fn measure(case: &Case, inputs: &[String]) -> Measure {
    let (entry, mut arguments) = spec(&case.spec);
    for (name, input) in inputs.iter().zip(&case.inputs) {
        if entry.parameter(name).is_some() {
            entry.set(&mut arguments, name, Value::List(input.clone())).unwrap();
        }
    }
    entry.make(&arguments).unwrap()
}

/// All outputs of a case that the entry has, in the table's order.
fn compute(case: &Case, inputs: &[String], outputs: &[String], epsilon: f64) -> discrepancy::Result<Vec<Vec<f64>>> {
    let data = &case.inputs;
    let asked = |output: &str| outputs.iter().any(|name| name.starts_with(output));
    let labelled = inputs.last().unwrap() == "label";
    let label = |column: usize| data[column][0] as usize;
    match measure(case, inputs) {
        Measure::Map(map) => {
            let mut out = vec![0.0; data[0].len()];
            map.apply(&data[0], &mut out)?;
            Ok(vec![out])
        }
        Measure::Row(loss) => {
            let row = &data[0];
            let target = if labelled { Target::Label(label(1)) } else { Target::Probabilities(&data[1]) };
            let mut gradient = vec![0.0; row.len()];
            let value = loss.evaluate(row, target, epsilon, Some(&mut gradient))?;
            assert_eq!(value.to_bits(), loss.evaluate(row, target, epsilon, None)?.to_bits(), "line {}", case.line);
            let mut results = vec![vec![value], gradient];
            if asked("diagonal") {
                results.push(loss.hessian_diagonal(row, target, epsilon, HessianKind::Exact)?);
            }
            if asked("logsumexp") {
                results.push(vec![loss.logsumexp(row)?]);
            }
            Ok(results)
        }
        Measure::Head(head) => {
            let bias = (data.len() == 4).then(|| data[2].as_slice());
            let result = head.evaluate(&data[0], &data[1], bias, &[label(data.len() - 1)])?;
            let mut results = vec![result.value, result.dx, result.dw];
            results.extend(bias.map(|_| result.db));
            Ok(results)
        }
        Measure::Penalty(penalty) => {
            let weights = &data[0];
            let value = penalty.value(weights)?;
            Ok(vec![vec![value], penalty.gradient(weights)?, penalty.proximal(weights, 0.5)?])
        }
        Measure::Pair(pair) => {
            let (mut a, mut b) = (vec![0.0; data[0].len()], vec![0.0; data[0].len()]);
            let input = PairInput { epsilon, ..PairInput::new(&data[0], &data[1]) };
            let value = pair.evaluate(input, None)?;
            if !asked("gradient") {
                return Ok(vec![vec![value]]);
            }
            let with_gradients = pair.evaluate(input, Some(Gradients { a: &mut a, b: &mut b }))?;
            assert_eq!(value.to_bits(), with_gradients.to_bits(), "line {}", case.line);
            Ok(vec![vec![value], a, b])
        }
        other => panic!("{}: {other:?}", case.spec),
    }
}

/// Tables name the subgradient that they hold where several are right; the library takes the one of least norm
/// (its documented convention), which shares 1 evenly among ties.
fn gather_ties(table: &str, result: &mut [f64]) {
    let path = format!("{}/../../reference/tables/{table}.txt", env!("CARGO_MANIFEST_DIR"));
    let first = "else the sign at the first coordinate of the largest difference";
    if !std::fs::read_to_string(path).unwrap().contains(first) {
        return;
    }
    let ties: f64 = result.iter().map(|g| g.abs()).sum();
    if let Some(first) = result.iter().position(|g| *g != 0.0) {
        let sign = result[first].signum();
        result.fill(0.0);
        result[first] = sign * ties;
    }
}

/// ULP in the table's storage type that GOALS promises.
fn bound(storage: &str, entry: &Entry, family: Family) -> f64 {
    let polynomial = family == Family::Penalty
        || (family == Family::Distance && entry.is(catalog::Property::Metric) && entry.parameters.is_empty());
    match (storage, polynomial) {
        ("f32", _) => 0.51,
        (_, true) => 1.0,
        (_, false) => 2.0,
    }
}

/// The exponent of the unit in the last place.
fn last_place(truth: &Exact, format: Format) -> i64 {
    (truth.binade().unwrap_or(format.smallest) - format.bits + 1).max(format.smallest)
}

#[derive(Default)]
struct Worst {
    ulps: f64,
    what: String,
    numbers: usize,
    /// How many numbers are only right by the clause for results far below their input terms.
    clause: usize,
    failures: Vec<String>,
}

fn check(table: &str, storage: &Storage, family: Family) -> Worst {
    let name = format!("{table}.{}", storage.name);
    let cases = support::table(&name);
    assert!(cases.len() >= 500, "{name} has only {} cases", cases.len());
    let (inputs, outputs) = columns(&name);
    let mut worst = Worst::default();
    for case in &cases {
        let entry = spec(&case.spec).0;
        let bound = bound(storage.name, entry, family);
        let results = match compute(case, &inputs, &outputs, storage.epsilon) {
            Ok(results) => results,
            Err(error) => {
                worst.failures.push(format!("{name} line {}: {error}", case.line));
                continue;
            }
        };
        assert_eq!(results.len(), outputs.len(), "{name}: outputs");
        // Of the largest input term; every formula has a 1, or probabilities, beside its inputs.
        let exponent = case.inputs.iter().flatten().filter_map(|x| Exact::of(*x).binade()).max().unwrap_or(0).max(0);
        for ((output, mut result), truth) in outputs.iter().zip(results).zip(&case.outputs) {
            if truth.is_empty() {
                continue;
            }
            assert_eq!(result.len(), truth.len(), "{name} line {}: {output}", case.line);
            if output.starts_with("gradient") {
                gather_ties(&name, &mut result);
            }
            for (i, (got, truth)) in result.iter().zip(truth).enumerate() {
                worst.numbers += 1;
                let got = if storage.name == "f32" { f64::from(*got as f32) } else { *got };
                let error = ulps(got, truth, storage.format);
                // The clause of GOALS for results far below the terms they are made of.
                let far = truth.binade().is_some_and(|binade| binade < exponent - 100);
                let allowed = if far {
                    1.0 + 2f64.powi(((exponent - 100) - last_place(truth, storage.format)) as i32)
                } else {
                    bound
                };
                worst.clause += usize::from(error > bound && error <= allowed);
                let what = || {
                    let truth = truth.to_f64();
                    format!(
                        "{name} line {} {}: {output}[{i}] {got:e}, true {truth:e}: {error:.3}",
                        case.line, case.spec
                    )
                };
                if error > allowed {
                    worst.failures.push(what());
                } else if error <= bound && error > worst.ulps {
                    (worst.ulps, worst.what) = (error, what());
                }
            }
        }
    }
    worst
}

#[test]
fn reference_tables_hold_within_the_stated_bounds() {
    let tables = tables();
    assert!(tables.len() >= 24, "tables are missing");
    let work: Vec<(&str, Family, &Storage)> =
        tables.iter().flat_map(|(table, family)| STORAGES.iter().map(move |s| (table.as_str(), *family, s))).collect();
    let results: Vec<Worst> = work.par_iter().map(|(table, family, storage)| check(table, storage, *family)).collect();
    let mut failures = Vec::new();
    for ((table, _, storage), worst) in work.iter().zip(&results) {
        let Worst { numbers, clause, failures: wrong, ulps, what } = worst;
        let name = storage.name;
        println!(
            "{table}.{name}: {numbers} numbers, {clause} by the clause, {} failures, worst {ulps:.4} ({what})",
            wrong.len()
        );
        failures.extend(worst.failures.iter().cloned());
    }
    let numbers: usize = results.iter().map(|worst| worst.numbers).sum();
    println!("{numbers} reference numbers");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
