//! Every kind of bad input to every entry: the error's kind, argument, index and value, and the whole message, as
//! committed in `bad_input.txt`. With `DISCREPANCY_WRITE_SNAPSHOTS=1` the file is written anew, to be reviewed as a
//! difference.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::Result;
use discrepancy::batch::{
    Evaluation, HeadEvaluation, MapEvaluation, NanPolicy, PairEvaluation, PenaltyEvaluation, RowEvaluation,
    TupleEvaluation, array, map_rows,
};
use discrepancy::catalog::{self, DataDomain, Entry, Family, Measure, Value};
use discrepancy::distances::{PairFunction, condensed, hamming_bits, hamming_labels, nearest, pairwise_bits};
use discrepancy::heads::Head;
use discrepancy::penalties::Penalty;
use discrepancy::rows::{HessianKind, RowLoss, RowMap, RowTargets};
use discrepancy::sequences::{SequenceInput, SequenceLoss};
use discrepancy::tuples::TupleLoss;
use std::fmt::Write;

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

/// The lines of the snapshot.
struct Snapshot(String);

impl Snapshot {
    fn heading(&mut self, what: &str) {
        writeln!(self.0, "\n# {what}").unwrap();
    }
    fn add<T: std::fmt::Debug>(&mut self, case: &str, result: Result<T>) {
        match result {
            Ok(value) => writeln!(self.0, "{case}\n    {value:?}").unwrap(),
            Err(error) => {
                let index = error.index().map_or_else(|| "-".to_owned(), |index| index.to_string());
                let value = error.offending_value().unwrap_or("-");
                writeln!(
                    self.0,
                    "{case}\n    {:?} | {} | {index} | {value}\n    {error}",
                    error.kind(),
                    error.argument()
                )
                .unwrap();
            }
        }
    }
}

/// Every parameter at values outside its domain.
fn parameters(snapshot: &mut Snapshot, entry: &'static Entry) {
    for parameter in entry.parameters {
        let list = Value::List(vec![1.0, -1.0]);
        for value in [Value::Number(NAN), Value::Number(-1.0), list, Value::Word("other")] {
            let mut arguments = entry.defaults();
            let set = entry.set(&mut arguments, parameter.name, value.clone());
            if set.is_err() {
                snapshot.add(&format!("{} = {value}", parameter.name), set);
            }
        }
        let spec = format!("{}:{}=1e", entry.name, parameter.name);
        snapshot.add(&spec, catalog::find(&spec).map(|_| ()));
    }
    let spec = format!("{}:no_such_parameter=1", entry.name);
    snapshot.add(&spec, catalog::find(&spec).map(|_| ()));
}

fn row(snapshot: &mut Snapshot, loss: &dyn RowLoss) {
    let probabilities = loss.entry().prediction == DataDomain::Probabilities;
    let good = if probabilities { [0.5, 0.5, 0.25, 0.75] } else { [0.5, -1.0, 2.0, 0.0] };
    let run = |rows: &[f64], targets: RowTargets<'_>| RowEvaluation::new(loss, rows, 2, targets)?.values();
    let labels = RowTargets::labels(&[0, 1]);
    let with = |place: usize, x: f64| {
        let mut rows = good;
        rows[place] = x;
        rows
    };
    snapshot.add("a NaN among the scores", run(&with(3, NAN), labels));
    snapshot.add("+inf among the scores", run(&with(3, INF), labels));
    snapshot.add("a row of -inf", run(&[0.5, 0.5, -INF, -INF], labels));
    snapshot.add("scores that sum to 1.5", run(&with(2, 0.75), labels));
    snapshot.add("a negative score", run(&with(2, -0.25), labels));
    snapshot.add("a score of 3", run(&with(2, 3.0), labels));
    snapshot.add("a label below the classes", run(&good, RowTargets::labels(&[0, -1])));
    snapshot.add("-100, which nobody asked to be ignored", run(&good, RowTargets::labels(&[0, -100])));
    snapshot.add("a label beyond the classes", run(&good, RowTargets::labels(&[0, 2])));
    snapshot.add("a NaN among soft targets", run(&good, RowTargets::Probabilities(&[0.5, 0.5, NAN, 0.5])));
    snapshot.add("a negative soft target", run(&good, RowTargets::Probabilities(&[0.5, 0.5, -0.5, 1.5])));
    snapshot.add("a soft target above 1", run(&good, RowTargets::Probabilities(&[0.5, 0.5, 0.0, 7.0])));
    snapshot.add("soft targets that sum to 1.25", run(&good, RowTargets::Probabilities(&[0.5, 0.5, 0.5, 0.75])));
    snapshot.add("no classes", RowEvaluation::new(loss, &good, 0, labels).map(|_| ()));
    snapshot.add("half a row", run(&good[..3], labels));
    snapshot.add("one label for two rows", run(&good, RowTargets::labels(&[0])));
    snapshot.add("soft targets of one row for two", run(&good, RowTargets::Probabilities(&[0.5, 0.5])));
    let batch = RowEvaluation::new(loss, &good, 2, labels).unwrap();
    snapshot.add("one weight for two rows", batch.weights(&[1.0]).map(|_| ()));
    snapshot.add("a negative weight", batch.weights(&[1.0, -2.0]).map(|_| ()));
    snapshot.add("a NaN weight", batch.weights(&[NAN, 1.0]).map(|_| ()));
    snapshot.add("an infinite weight", batch.weights(&[1.0, INF]).map(|_| ()));
    snapshot.add("the mean under weights of 0", batch.weights(&[0.0, 0.0]).unwrap().mean());
    let ignored = RowTargets::Labels { labels: &[5, 5], ignore_index: Some(5) };
    snapshot.add("the mean of ignored rows", RowEvaluation::new(loss, &good, 2, ignored).unwrap().mean());
    let nothing = RowEvaluation::new(loss, &[0.0; 0], 2, RowTargets::labels(&[])).unwrap();
    snapshot.add("the mean of no rows", nothing.mean());
    snapshot.add("the sum of no rows", nothing.sum());
    let short = batch.value_and_gradient_into(&mut [0.0; 2], &mut [0.0; 3]);
    snapshot.add("too short a slice for the gradient", short);
    snapshot.add("the gradient", batch.value_and_gradient().map(|_| "is there"));
    snapshot.add("the Hessian", batch.hessian_diagonal(HessianKind::Exact).map(|_| "is there"));
    snapshot.add("logsumexp", batch.logsumexp().map(|_| "is there"));
    // Weights of classes, one too many.
    for parameter in loss.entry().parameters.iter().filter(|parameter| parameter.domain.list) {
        let mut arguments = loss.entry().defaults();
        loss.entry().set(&mut arguments, parameter.name, Value::List(vec![1.0, 2.0, 3.0])).unwrap();
        let Measure::Row(weighted) = loss.entry().make(&arguments).unwrap() else { panic!() };
        let result = RowEvaluation::new(&*weighted, &good, 2, labels).unwrap().values();
        snapshot.add(&format!("{} of three classes for two", parameter.name), result);
    }
}

fn map(snapshot: &mut Snapshot, map: &dyn RowMap) {
    snapshot.add("a NaN", map_rows(map, &[0.0, 1.0, NAN, 1.0], 2));
    snapshot.add("+inf", map_rows(map, &[0.0, 1.0, 1.0, INF], 2));
    snapshot.add("a row of -inf", map_rows(map, &[0.0, 1.0, -INF, -INF], 2));
    snapshot.add("half a row", map_rows(map, &[0.0; 3], 2));
    snapshot.add("no classes", map_rows(map, &[0.0; 3], 0));
    snapshot.add("too short a result", map.apply(&[0.0; 3], &mut [0.0; 2]));
    let batch = MapEvaluation::new(map, &[0.0, 1.0, 2.0, 3.0], 2).unwrap();
    snapshot.add("too short a slice for the images", batch.images_into(&mut [0.0; 2]));
    snapshot.add("too short a vector", batch.jacobian_vector_product(&[0.0; 2]));
    snapshot.add("a NaN in the vector", batch.vector_jacobian_product(&[0.0, 0.0, 0.0, NAN]));
    snapshot.add("an infinity in the vector", batch.jacobian_vector_product(&[0.0, 0.0, INF, 0.0]));
    let (scores, v) = (ndarray::arr2(&[[1.0, 2.0]]), ndarray::arr2(&[[1.0], [2.0]]));
    snapshot.add("a vector of another shape", array::jacobian_vector_product(map, scores.view(), v.view()));
}

fn head(snapshot: &mut Snapshot, head: &dyn Head) {
    let (x, weights) = ([1.0, 2.0, 3.0, 4.0], [0.5, 0.0, 0.0, 0.5, 1.0, 1.0]);
    let labels = RowTargets::labels(&[0, 2]);
    let run = |x: &[f64], weights: &[f64], targets: RowTargets<'_>| {
        HeadEvaluation::new(head, x, weights, 2, targets)?.exact(true).evaluate().map(|result| result.value)
    };
    snapshot.add("a NaN in x", run(&[1.0, 2.0, NAN, 4.0], &weights, labels));
    snapshot.add("an infinity in the weights", run(&x, &[0.5, 0.0, 0.0, INF, 1.0, 1.0], labels));
    snapshot.add("products beyond f64", run(&[1.0, 2.0, 1e200, 1e200], &[1e200; 6], labels));
    snapshot.add("a label below the classes", run(&x, &weights, RowTargets::labels(&[0, -1])));
    snapshot.add("a label beyond the classes", run(&x, &weights, RowTargets::labels(&[3, 0])));
    snapshot.add("one label for two rows", run(&x, &weights, RowTargets::labels(&[0])));
    snapshot.add("no rows", run(&[], &weights, RowTargets::labels(&[])));
    snapshot.add("half a row of weights", run(&x, &weights[..5], labels));
    snapshot.add("no classes", run(&x, &[], labels));
    snapshot.add("no features", HeadEvaluation::new(head, &x, &weights, 0, labels).map(|_| ()));
    let soft = [0.5, 0.5, 0.0, 0.25, 0.25, 0.5];
    snapshot.add("soft targets", run(&x, &weights, RowTargets::Probabilities(&soft)));
    let wrong = [0.5, 0.5, 0.0, 0.25, 0.25, 1.5];
    snapshot.add("soft targets that sum to 2", run(&x, &weights, RowTargets::Probabilities(&wrong)));
    let batch = HeadEvaluation::new(head, &x, &weights, 2, labels).unwrap();
    snapshot.add("two biases for three classes", batch.bias(&[0.0; 2]).map(|_| ()));
    snapshot.add("a NaN in the bias", batch.bias(&[0.0, NAN, 0.0]).unwrap().evaluate().map(|r| r.value));
}

fn penalty(snapshot: &mut Snapshot, penalty: &dyn Penalty) {
    let batch = |weights: &[f64]| PenaltyEvaluation::new(penalty, weights);
    snapshot.add("a NaN", batch(&[1.0, NAN]).value());
    snapshot.add("an infinity", batch(&[1.0, -INF]).gradient());
    for step in [0.0, -1.0, NAN, INF] {
        snapshot.add(&format!("a step of {step}"), batch(&[1.0]).proximal(step));
    }
    snapshot.add("no weights", batch(&[]).value());
}

fn sequence(snapshot: &mut Snapshot, loss: &dyn SequenceLoss) {
    let rows = [-0.5, -1.0, -0.25, -2.0];
    let with = |place: usize, x: f64| {
        let mut rows = rows;
        rows[place] = x;
        rows
    };
    let run =
        |rows: &[f64], classes: usize, labels: &[usize]| loss.evaluate(SequenceInput::new(rows, classes, labels), None);
    snapshot.add("a NaN among the logarithms", run(&with(2, NAN), 2, &[1]));
    snapshot.add("+inf among the logarithms", run(&with(2, INF), 2, &[1]));
    snapshot.add("half a row", run(&rows[..3], 2, &[1]));
    snapshot.add("no steps", run(&[], 2, &[1]));
    snapshot.add("no classes", run(&rows, 0, &[]));
    snapshot.add("a label beyond the classes", run(&rows, 2, &[2]));
    snapshot.add("the blank among the labels", run(&rows, 2, &[1, 0]));
    snapshot.add("too many labels", run(&rows, 2, &[1, 1]));
    snapshot.add("no labels", run(&rows, 2, &[]));
    let mut gradient = [0.0; 3];
    let short = loss.evaluate(SequenceInput::new(&rows, 2, &[1]), Some(&mut gradient));
    snapshot.add("too short a slice for a gradient", short);
    let mut gradient = [0.0; 4];
    let impossible = loss.evaluate(SequenceInput::new(&rows, 2, &[1, 1]), Some(&mut gradient));
    snapshot.add("the gradient of too many labels", impossible);
}

fn tuple(snapshot: &mut Snapshot, loss: &dyn TupleLoss) {
    let signature = loss.signature();
    let (count, width) = (signature.inputs.len(), if signature.vectors { 2 } else { 1 });
    let numbers = [1.0, 2.0, 0.5, 3.0, 4.0, 0.25];
    let good: Vec<Vec<f64>> = (0..count).map(|i| numbers.iter().map(|x| x + i as f64).collect()).collect();
    let labels = vec![1.0; 6 / width];
    let target = signature.target.map(|_| labels.as_slice());
    let run = |inputs: &[Vec<f64>], width: usize, target: Option<&[f64]>| {
        let inputs: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
        TupleEvaluation::new(loss, &inputs, width, target)?.values()
    };
    for (i, input) in signature.inputs.iter().enumerate() {
        for x in [NAN, INF, -INF, 0.0, -1.0] {
            let mut inputs = good.clone();
            inputs[i][4] = x;
            snapshot.add(&format!("{x} in `{}`", input.name), run(&inputs, width, target));
        }
        let mut inputs = good.clone();
        inputs[i].truncate(2);
        snapshot.add(&format!("too few numbers in `{}`", input.name), run(&inputs, width, target));
        let mut inputs = good.clone();
        inputs[i][width..2 * width].fill(0.0);
        snapshot.add(&format!("a row of zeros in `{}`", input.name), run(&inputs, width, target));
    }
    snapshot.add("infinities without a limit", run(&vec![vec![INF; 6]; count], width, target));
    snapshot.add("one input", run(&good[..1], width, target));
    snapshot.add("an input too many", run(&[&good[..], &good[..1]].concat(), width, target));
    snapshot.add("rows of nothing", run(&good, 0, target));
    snapshot.add("rows of three", run(&good, 3, Some(&labels[..2]).filter(|_| signature.target.is_some())));
    snapshot.add("half a row", run(&good, 4, target));
    if signature.target.is_some() {
        snapshot.add("no targets", run(&good, width, None));
        snapshot.add("one target", run(&good, width, Some(&[1.0])));
        for x in [NAN, INF, 0.0] {
            let mut labels = labels.clone();
            labels[1] = x;
            snapshot.add(&format!("{x} among the targets"), run(&good, width, Some(&labels)));
        }
    } else {
        snapshot.add("targets", run(&good, width, Some(&labels)));
    }
    let inputs: Vec<&[f64]> = good.iter().map(Vec::as_slice).collect();
    let batch = || TupleEvaluation::new(loss, &inputs, width, target).unwrap();
    snapshot.add("one weight", batch().weights(&[1.0]).map(|_| ()));
    let (negative, weights) = (vec![-1.0; 6 / width], vec![0.0; 6 / width]);
    snapshot.add("a negative weight", batch().weights(&negative).map(|_| ()));
    snapshot.add("the mean under weights of 0", batch().weights(&weights).unwrap().mean());
    let nothing = vec![&[0.0; 0][..]; count];
    let nothing = TupleEvaluation::new(loss, &nothing, width, target.map(|_| &[0.0; 0][..])).unwrap();
    snapshot.add("the mean of no rows", nothing.mean());
    snapshot.add("too short a slice for the values", batch().value_and_gradients_into(&mut [0.0], &mut []));
    let mut short = vec![vec![0.0; 1]; count];
    let mut slices: Vec<&mut [f64]> = short.iter_mut().map(Vec::as_mut_slice).collect();
    snapshot.add(
        "too short a slice for a gradient",
        batch().value_and_gradients_into(&mut vec![0.0; 6 / width], &mut slices),
    );
    let rows: Vec<&[f64]> = good.iter().map(|row| &row[..width]).collect();
    snapshot.add("one row with two targets", loss.value(&rows[..1], Some(1.0)));
    snapshot.add("one row of nothing", loss.value(&vec![&[][..]; count], target.map(|_| 1.0)));
}

fn pair(snapshot: &mut Snapshot, metric: &dyn PairFunction) {
    let divergence = metric.entry().family == Family::Divergence;
    let (a, b) = if divergence {
        ([0.5, 0.5, 0.25, 0.75], [0.75, 0.25, 1.0, 0.0])
    } else {
        ([1.0, 2.0, 3.0, 5.0], [0.5, 0.25, -1.0, 2.0])
    };
    let with = |mut row: [f64; 4], place: usize, x: f64| {
        row[place] = x;
        row
    };
    let run = |a: &[f64], b: &[f64]| PairEvaluation::new(metric, a, b, 2)?.rowwise();
    snapshot.add("a NaN in the first rows", run(&with(a, 2, NAN), &b));
    snapshot.add("a NaN in the second rows", run(&a, &with(b, 3, NAN)));
    let left_out = PairEvaluation::new(metric, &a, &b, 2).and_then(|batch| batch.nan(NanPolicy::Omit));
    snapshot.add("rows with NaN left out", left_out.map(|_| ()));
    snapshot.add("an infinity in the second rows", run(&a, &with(b, 3, INF)));
    snapshot.add("a negative number in the first rows", run(&with(a, 2, -0.25), &b));
    snapshot.add("second rows of another sum", run(&a, &with(b, 2, 1.5)));
    snapshot.add("rows of zeros", run(&[0.5, 0.5, 0.0, 0.0], &b));
    snapshot.add("constant rows", run(&a, &[0.75, 0.25, 0.5, 0.5]));
    snapshot.add("one row against two", run(&a[..2], &b));
    snapshot.add("half a row", run(&a[..3], &b));
    snapshot.add("rows of nothing", PairEvaluation::new(metric, &a, &b, 0).map(|_| ()));
    snapshot.add("nothing against nothing", metric.value(&[], &[]));
    snapshot.add("rows of two lengths", metric.value(&a[..2], &b[..1]));
    let weighted = |weights: &[f64]| PairEvaluation::new(metric, &a, &b, 2)?.weights(weights)?.rowwise();
    snapshot.add("one weight for two coordinates", weighted(&[1.0]));
    snapshot.add("a negative weight", weighted(&[1.0, -1.0]));
    snapshot.add("a NaN weight", weighted(&[NAN, 1.0]));
    snapshot.add("weights of 0", weighted(&[0.0, 0.0]));
    let (mut by_a, mut by_b) = ([0.0; 2], [0.0; 1]);
    let result = metric.value_and_gradient(&a[..2], &b[..2], &mut by_a, &mut by_b);
    snapshot.add("too short a slice for a gradient", result);
    let gradients = PairEvaluation::new(metric, &a, &b, 2).unwrap().rowwise_with_gradients();
    snapshot.add("the gradients", gradients.map(|_| "are there"));
    snapshot.add("a NaN among points", nearest(metric, &a, &with(b, 1, NAN), 2, 1));
    snapshot.add("a NaN among queries", nearest(metric, &with(a, 1, NAN), &b, 2, 1));
    snapshot.add("three neighbours of two", nearest(metric, &a, &b, 2, 3));
    snapshot.add("a NaN in a condensed matrix", condensed(metric, &with(a, 3, NAN), 2));
    let upstream = PairEvaluation::new(metric, &a, &b, 2).unwrap();
    snapshot.add("too few upstream gradients", upstream.matrix_with_gradients(&[1.0]).map(|_| ()));
    let many = ndarray::arr1(&a[..2]);
    let many = many.broadcast((1 << 40, 2)).unwrap();
    snapshot.add("a matrix beyond memory", array::pairwise(metric, many, many).map(|_| ()));
}

fn snapshot() -> String {
    let mut snapshot =
        Snapshot("# Made by tests/bad_input.rs. Each case: kind | argument | index | value, and the message.\n".into());
    for entry in catalog::entries()
        .filter(|entry| !matches!(entry.family, Family::Pointwise | Family::Transport | Family::Sample))
    {
        snapshot.heading(entry.name);
        parameters(&mut snapshot, entry);
        let mut arguments = entry.defaults();
        // Where a list of one number a coordinate is needed, first without, then with it.
        let lists: Vec<&str> = entry.parameters.iter().filter(|p| p.domain.list).map(|p| p.name).collect();
        if let (Family::Distance, &[list]) = (entry.family, lists.as_slice()) {
            let Ok(Measure::Pair(metric)) = entry.make(&arguments) else { panic!("{}", entry.name) };
            snapshot.add(&format!("no {list}"), metric.value(&[1.0, 2.0], &[1.0, 2.0]));
            let zero = entry.set(&mut arguments, list, Value::List(vec![1.0, 0.0]));
            snapshot.add(&format!("a zero in {list}"), zero);
            // Or of one number a pair of coordinates.
            for numbers in [vec![1.0, 0.0, 0.0, 2.0], vec![1.0, 2.0]] {
                let mut given = arguments.clone();
                let set = entry.set(&mut given, list, Value::List(numbers));
                if set.is_ok()
                    && matches!(entry.make(&given).unwrap(), Measure::Pair(pair) if pair.value(&[1.0, 2.0], &[1.0, 2.0]).is_ok())
                {
                    arguments = given;
                }
            }
        }
        match entry.make(&arguments).unwrap() {
            Measure::Row(loss) => row(&mut snapshot, &*loss),
            Measure::Map(a_map) => map(&mut snapshot, &*a_map),
            Measure::Head(a_head) => head(&mut snapshot, &*a_head),
            Measure::Sequence(loss) => sequence(&mut snapshot, &*loss),
            Measure::Tuple(loss) => tuple(&mut snapshot, &*loss),
            Measure::Penalty(a_penalty) => penalty(&mut snapshot, &*a_penalty),
            Measure::Pair(metric) => pair(&mut snapshot, &*metric),
            other => panic!("{other:?}"),
        }
    }
    snapshot.heading("packed bits and labels");
    snapshot.add("no bits", hamming_bits::<u64>(&[], &[], 0));
    snapshot.add("too few words", hamming_bits(&[0_u8], &[0, 0], 12));
    snapshot.add("half a row of words", pairwise_bits(&[0_u8; 3], &[0; 2], 12));
    snapshot.add("no labels", hamming_labels::<u8>(&[], &[]));
    snapshot.add("labels of two lengths", hamming_labels(&[1], &[1, 2]));
    snapshot.heading("names");
    snapshot.add("an unknown name", catalog::find("euclidian").map(|_| ()));
    snapshot.add("a parameter without a value", catalog::find("minkowski:p").map(|_| ()));
    snapshot.heading("arrays");
    let loss = discrepancy::losses::Squared::default();
    let (z, y) = (ndarray::arr2(&[[1.0, 2.0]]), ndarray::arr2(&[[1.0], [2.0]]));
    snapshot.add("arrays of two shapes, which are not broadcast", array::values(&loss, z.view(), y.view()));
    snapshot.add("slices of two lengths", Evaluation::new(&loss, &[1.0, 2.0], &[1.0]).map(|_| ()));
    snapshot.0
}

#[test]
fn bad_input_gives_the_documented_errors() {
    let path = format!("{}/tests/bad_input.txt", env!("CARGO_MANIFEST_DIR"));
    let found = snapshot();
    if std::env::var_os("DISCREPANCY_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    for (line, (found, wanted)) in found.lines().zip(wanted.lines()).enumerate() {
        assert_eq!(found, wanted, "{path}, line {}", line + 1);
    }
    assert_eq!(found.lines().count(), wanted.lines().count(), "{path} has lines of its own");
}
