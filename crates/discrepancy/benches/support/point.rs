//! What an entry says at one point: for comparison with what others say there.

use discrepancy::Result;
use discrepancy::batch::{Element, Evaluation, PairEvaluation, RowEvaluation};
use discrepancy::catalog::Measure;
use discrepancy::rows::RowTargets;

/// Value and first coordinate of the gradient; the target of a row is its label.
pub fn point(measure: Measure, dtype: &str, first: &[f64], second: &[f64]) -> std::result::Result<String, String> {
    match dtype {
        "f32" => typed::<f32>(measure, first, second),
        _ => typed::<f64>(measure, first, second),
    }
    .map_err(|error| error.to_string())
}

fn typed<E: Element>(measure: Measure, first: &[f64], second: &[f64]) -> Result<String> {
    let narrow = |numbers: &[f64]| numbers.iter().map(|x| E::narrow(*x)).collect::<Vec<E>>();
    let (a, b) = (narrow(first), narrow(second));
    let (value, gradient) = match measure {
        Measure::Pointwise(loss) => {
            let results = Evaluation::new(&*loss, &a, &b)?.value_and_gradient()?;
            (results.value, results.gradient)
        }
        Measure::Row(loss) => {
            let labels: Vec<i64> = second.iter().map(|label| *label as i64).collect();
            let batch = RowEvaluation::new(&*loss, &a, a.len(), RowTargets::labels(&labels))?;
            let results = batch.value_and_gradient()?;
            (results.value, results.gradient)
        }
        Measure::Pair(metric) => {
            let pairs = PairEvaluation::new(&*metric, &a, &b, a.len())?;
            let results = pairs.rowwise_with_gradients()?;
            (results.value, results.gradient_a)
        }
        _ => (Vec::new(), Vec::new()),
    };
    let first = |numbers: &[E]| numbers.first().map_or(f64::NAN, |x| x.widen());
    Ok(format!("{} {}", first(&value), first(&gradient)))
}
