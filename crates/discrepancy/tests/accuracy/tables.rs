//! The tables of losses, maps, heads, penalties, distances and divergences: every number of every case.

use crate::found::Found;
use crate::support::{self, Case, Exact, Format};
use discrepancy::ErrorKind;
use discrepancy::batch::{
    Element, Evaluation, HeadEvaluation, MapEvaluation, PairEvaluation, PenaltyEvaluation, RowEvaluation, RowResults,
    TupleEvaluation,
};
use discrepancy::catalog::{self, Arguments, Entry, Measure, Property, Value};
use discrepancy::rows::{HessianKind, RowTargets};
use discrepancy::sequences::SequenceInput;

/// The entry and the parameter values of a spec.
fn spec(spec: &str) -> (&'static Entry, Arguments) {
    match catalog::find(spec).unwrap() {
        Measure::Pointwise(loss) => (loss.entry(), loss.arguments()),
        Measure::Row(loss) => (loss.entry(), loss.arguments()),
        Measure::Map(map) => (map.entry(), map.arguments()),
        Measure::Head(head) => (head.entry(), head.arguments()),
        Measure::Penalty(penalty) => (penalty.entry(), penalty.arguments()),
        Measure::Pair(pair) => (pair.entry(), pair.arguments()),
        Measure::Sequence(loss) => (loss.entry(), loss.arguments()),
        Measure::Tuple(loss) => (loss.entry(), loss.arguments()),
        other => panic!("{spec}: {other:?}"),
    }
}

/// What the spec names, with the inputs that are parameters (variances, say) put in.
fn measured(case: &Case, inputs: &[String]) -> Measure {
    let (entry, mut arguments) = spec(&case.spec);
    for (name, input) in inputs.iter().zip(&case.inputs) {
        if entry.parameter(name).is_some() {
            entry.set(&mut arguments, name, Value::List(input.clone())).unwrap();
        }
    }
    entry.make(&arguments).unwrap()
}

/// All outputs of a case that the entry has, in the table's order, computed and stored in the table's type.
pub fn compute<E: Element>(case: &Case, inputs: &[String], outputs: &[String]) -> discrepancy::Result<Vec<Vec<f64>>> {
    let data: Vec<Vec<E>> = case.inputs.iter().map(|input| input.iter().map(|x| E::narrow(*x)).collect()).collect();
    let asked = |output: &str| outputs.iter().any(|name| name.starts_with(output));
    let label = [case.inputs.last().unwrap()[0] as i64];
    let labelled = inputs.last().unwrap() == "label";
    let results = match measured(case, inputs) {
        Measure::Pointwise(loss) => {
            let batch = Evaluation::new(&*loss, &data[0], &data[1])?;
            if loss.differentiable() {
                let all = batch.value_gradient_hessian()?;
                assert_eq!(all.value, batch.values()?, "line {}", case.line);
                vec![all.value, all.gradient, all.hessian]
            } else {
                vec![batch.values()?]
            }
        }
        Measure::Map(map) => {
            let batch = MapEvaluation::new(&*map, &data[0], data[0].len())?;
            match data.get(1) {
                Some(v) => vec![batch.jacobian_vector_product(v)?, batch.vector_jacobian_product(v)?],
                None => vec![batch.images()?],
            }
        }
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
            let batch =
                HeadEvaluation::new(&*head, &data[0], &data[1], data[0].len(), RowTargets::labels(&label))?.exact(true);
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
        Measure::Sequence(loss) => {
            let rows: Vec<f64> = data[0].iter().map(|x| x.widen()).collect();
            let labels: Vec<usize> = case.inputs[2].iter().map(|label| *label as usize).collect();
            let input = SequenceInput::new(&rows, case.inputs[1][0] as usize, &labels);
            let input = SequenceInput { epsilon: E::EPSILON, ..input };
            let (value, mut gradient) = (loss.evaluate(input, None)?, vec![0.0; rows.len()]);
            if value.is_finite() {
                assert_eq!(loss.evaluate(input, Some(&mut gradient))?, value, "line {}", case.line);
            } else {
                // Labels that no path spells.
                let error = loss.evaluate(input, Some(&mut gradient)).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::NotDifferentiable, "line {}", case.line);
                gradient.clear();
            }
            vec![vec![E::narrow(value)], gradient.iter().map(|g| E::narrow(*g)).collect()]
        }
        Measure::Tuple(loss) => {
            let count = loss.signature().inputs.len();
            let inputs: Vec<&[E]> = data[..count].iter().map(Vec::as_slice).collect();
            let target = data.get(count).map(Vec::as_slice);
            let batch = TupleEvaluation::new(&*loss, &inputs, inputs[0].len(), target)?;
            let all = batch.value_and_gradients()?;
            assert_eq!(all.value, batch.values()?, "line {}", case.line);
            [vec![all.value], all.gradients].concat()
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

/// What one table shows, output by output.
pub fn measure(table: &str, format: Format) -> Vec<Found> {
    let name = format!("{table}.{}", format.name());
    let cases = support::table(&name);
    assert!(cases.len() >= 500, "{name} has only {} cases", cases.len());
    let (inputs, outputs) = support::columns(&name);
    let mut all: Vec<Found> = outputs.iter().map(|output| Found::new(table, format, output)).collect();
    for case in &cases {
        let results = match format.name() {
            "f32" => compute::<f32>(case, &inputs, &outputs),
            _ => compute::<f64>(case, &inputs, &outputs),
        };
        let results = match results {
            Ok(results) => results,
            Err(error) => {
                all[0].failures.push(format!("{name} line {}: {error}", case.line));
                continue;
            }
        };
        assert_eq!(results.len(), outputs.len(), "{name}: outputs");
        // Of the largest input term; every formula has a 1, or probabilities, beside its inputs.
        let exponent = case.inputs.iter().flatten().filter_map(|x| Exact::of(*x).binade()).max().unwrap_or(0).max(0);
        for ((found, mut result), truth) in all.iter_mut().zip(results).zip(&case.outputs) {
            if truth.is_empty() {
                continue;
            }
            assert_eq!(result.len(), truth.len(), "{name} line {}: {}", case.line, found.output);
            if found.output.starts_with("gradient") {
                gather_ties(&name, &mut result);
            }
            for (got, truth) in result.iter().zip(truth) {
                // The clause of GOALS for results far below the terms they are made of.
                let far = truth.binade().is_some_and(|binade| binade < exponent - 100);
                found.compare(case, *got, truth, far.then_some(exponent - 100));
            }
        }
    }
    all
}
