//! Rows, maps, heads, penalties, distances and divergences against the reference tables: every number of every case.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

mod support;

use discrepancy::ErrorKind;
use discrepancy::batch::{
    Element, HeadEvaluation, PairEvaluation, PenaltyEvaluation, RowEvaluation, RowResults, map_rows,
};
use discrepancy::catalog::{self, Arguments, Entry, Family, Measure, Property, Value};
use discrepancy::rows::{HessianKind, RowTargets};
use rayon::prelude::*;
use support::{Case, Exact, F32, F64, Format, ulps};

const FAMILIES: [Family; 5] = [Family::Row, Family::Head, Family::Penalty, Family::Distance, Family::Divergence];

struct Storage {
    name: &'static str,
    format: Format,
}

const STORAGES: [Storage; 2] = [Storage { name: "f32", format: F32 }, Storage { name: "f64", format: F64 }];

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

/// The tables of the families, without the storage type.
fn tables() -> Vec<String> {
    let folder = format!("{}/../../reference/tables", env!("CARGO_MANIFEST_DIR"));
    let mut tables = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let Some(table) = file.strip_suffix(".f32.txt") else { continue };
        // `name.variant`: the same entry with other inputs.
        let name = table.split('.').next().unwrap();
        match catalog::entry(name) {
            Ok(entry) if FAMILIES.contains(&entry.family) => tables.push(table.to_owned()),
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

/// All outputs of a case that the entry has, in the table's order, computed and stored in the table's type.
fn compute<E: Element>(case: &Case, inputs: &[String], outputs: &[String]) -> discrepancy::Result<Vec<Vec<f64>>> {
    let data: Vec<Vec<E>> = case.inputs.iter().map(|input| input.iter().map(|x| E::narrow(*x)).collect()).collect();
    let asked = |output: &str| outputs.iter().any(|name| name.starts_with(output));
    let label = [case.inputs.last().unwrap()[0] as i64];
    let labelled = inputs.last().unwrap() == "label";
    let results = match measure(case, inputs) {
        Measure::Map(map) => vec![map_rows(&*map, &data[0], data[0].len())?],
        Measure::Row(loss) => {
            let targets = if labelled { RowTargets::labels(&label) } else { RowTargets::Probabilities(&data[1]) };
            let batch = RowEvaluation::new(&*loss, &data[0], data[0].len(), targets)?;
            let mut results = vec![batch.values()?];
            let both = batch.value_and_gradient();
            if asked("gradient") {
                let RowResults { value, gradient } = both?;
                assert_eq!(value, results[0], "line {}", case.line);
                results.push(gradient);
            } else {
                // No gradient in the table: there is none.
                assert!(loss.entry().is(Property::NotDifferentiable), "{}", case.spec);
                assert_eq!(both.unwrap_err().kind(), ErrorKind::NotDifferentiable, "line {}", case.line);
            }
            if asked("diagonal") {
                results.push(batch.hessian_diagonal(HessianKind::Exact)?);
            }
            if asked("logsumexp") {
                results.push(batch.logsumexp()?);
            }
            results
        }
        Measure::Head(head) => {
            let batch = HeadEvaluation::new(&*head, &data[0], &data[1], data[0].len(), RowTargets::labels(&label))?;
            let batch = if data.len() == 4 { batch.bias(&data[2])? } else { batch };
            let result = batch.evaluate()?;
            let mut results = vec![result.value, result.gradient_x, result.gradient_weights];
            results.extend((data.len() == 4).then_some(result.gradient_bias));
            results
        }
        Measure::Penalty(penalty) => {
            let batch = PenaltyEvaluation::new(&*penalty, &data[0]);
            vec![vec![E::narrow(batch.value()?)], batch.gradient()?, batch.proximal(0.5)?]
        }
        Measure::Pair(pair) => {
            let batch = PairEvaluation::new(&*pair, &data[0], &data[1], data[0].len())?;
            let value = batch.rowwise()?;
            if asked("gradient") {
                let results = batch.rowwise_with_gradients()?;
                assert_eq!(value, results.value, "line {}", case.line);
                vec![value, results.gradient_a, results.gradient_b]
            } else {
                vec![value]
            }
        }
        other => panic!("{}: {other:?}", case.spec),
    };
    Ok(results.iter().map(|result| result.iter().map(|x| x.widen()).collect()).collect())
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

fn check<E: Element>(table: &str, storage: &Storage) -> Worst {
    let name = format!("{table}.{}", storage.name);
    let cases = support::table(&name);
    assert!(cases.len() >= 500, "{name} has only {} cases", cases.len());
    let (inputs, outputs) = columns(&name);
    let mut worst = Worst::default();
    for case in &cases {
        let entry = spec(&case.spec).0;
        let accuracy = entry.accuracy();
        let bound = if storage.name == "f32" { accuracy.f32 } else { accuracy.f64 };
        let results = match compute::<E>(case, &inputs, &outputs) {
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
                let error = ulps(*got, truth, storage.format);
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
    let work: Vec<(&str, &Storage)> =
        tables.iter().flat_map(|table| STORAGES.iter().map(move |storage| (table.as_str(), storage))).collect();
    let check = |(table, storage): &(&str, &Storage)| match storage.name {
        "f32" => check::<f32>(table, storage),
        _ => check::<f64>(table, storage),
    };
    let results: Vec<Worst> = work.par_iter().map(check).collect();
    let mut failures = Vec::new();
    for ((table, storage), worst) in work.iter().zip(&results) {
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
