//! The worked examples beside the formulas hold for every entry.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

mod support;

use discrepancy::batch::{
    Evaluation, HeadEvaluation, PairEvaluation, PenaltyEvaluation, RowEvaluation, TupleEvaluation, map_rows,
};
use discrepancy::catalog::{self, Measure, ReferenceRow};
use discrepancy::rows::RowTargets;
use discrepancy::sequences::SequenceInput;
use support::{Exact, F64, ulps};

/// What the library makes of the inputs of an example.
fn compute(measure: &Measure, row: &ReferenceRow) -> discrepancy::Result<Vec<f64>> {
    let labels = || [row.inputs.last().unwrap()[0] as i64];
    Ok(match (measure, row.inputs) {
        (Measure::Pointwise(loss), [prediction, target]) => Evaluation::new(&**loss, prediction, target)?.values()?,
        (Measure::Row(loss), [scores, _]) => {
            RowEvaluation::new(&**loss, scores, scores.len(), RowTargets::labels(&labels()))?.values()?
        }
        (Measure::Map(map), [scores]) => map_rows(&**map, scores, scores.len())?,
        (Measure::Head(head), [x, weights, _]) => {
            HeadEvaluation::new(&**head, x, weights, x.len(), RowTargets::labels(&labels()))?
                .exact(true)
                .evaluate()?
                .value
        }
        (Measure::Sequence(loss), [rows @ .., labels]) => {
            let labels: Vec<usize> = labels.iter().map(|label| *label as usize).collect();
            vec![loss.evaluate(SequenceInput::new(&rows.concat(), rows[0].len(), &labels), None)?]
        }
        (Measure::Tuple(loss), inputs) => {
            let (inputs, target) = inputs.split_at(loss.signature().inputs.len());
            TupleEvaluation::new(&**loss, inputs, inputs[0].len(), target.first().copied())?.values()?
        }
        (Measure::Penalty(penalty), [weights]) => vec![PenaltyEvaluation::new(&**penalty, weights).value()?],
        (Measure::Pair(pair), [a, b]) => PairEvaluation::new(&**pair, a, b, a.len())?.rowwise()?,
        (Measure::Sample(statistic), [x, y]) => vec![statistic.value(x, y, 1)?],
        other => panic!("no shape for {other:?}"),
    })
}

#[test]
fn the_examples_of_every_entry_hold() {
    for entry in catalog::entries() {
        assert!(!entry.reference.is_empty(), "{} has no example beside its formula", entry.name);
        let bound = entry.accuracy().f64 + 0.5; // the example itself is rounded
        for row in entry.reference {
            let measure = catalog::find(&row.spec(entry)).unwrap();
            let result = compute(&measure, row).unwrap_or_else(|error| panic!("{}: {error}", row.line(entry)));
            assert_eq!(result.len(), row.value.len(), "{}", row.line(entry));
            for (got, truth) in result.iter().zip(row.value) {
                let error = ulps(*got, &Exact::of(*truth), F64);
                assert!(error <= bound, "{}, but the library gives {got}", row.line(entry));
            }
        }
    }
}
