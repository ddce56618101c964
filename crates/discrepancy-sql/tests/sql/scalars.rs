//! One value for each row.

use crate::{column, error, numbers};
use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, ListArray, RecordBatch};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Float32Type, Float64Type};
use discrepancy::catalog::{self, Measure};
use discrepancy::rows::Target;
use discrepancy_sql::{FunctionKind, documentation};
use std::sync::Arc;

fn pointwise(spec: &str, prediction: f64, target: f64) -> f64 {
    match catalog::find(spec).unwrap() {
        Measure::Pointwise(loss) => loss.at(prediction, target)[0],
        other => panic!("{other:?}"),
    }
}

#[test]
fn values_are_the_librarys() {
    for (z, y) in [(0.3, 1.0), (-2.5, 0.0), (7.25, 1.0)] {
        let query = format!("SELECT focal(CAST({z} AS DOUBLE), CAST({y} AS DOUBLE), 0.75, 1.5)");
        assert_eq!(numbers(&query), [Some(pointwise("focal:alpha=0.75,gamma=1.5", z, y))]);
        let query = format!("SELECT sigmoid_focal(CAST({z} AS DOUBLE), CAST({y} AS INT), 'none')");
        assert_eq!(numbers(&query), [Some(pointwise("focal:alpha=none", z, y))]);
    }
}

#[test]
fn single_precision_stays_single() {
    let result = column("SELECT logistic(arrow_cast(0.3, 'Float32'), 1)");
    assert_eq!(*result.data_type(), DataType::Float32);
    let Measure::Pointwise(loss) = catalog::find("logistic").unwrap() else { panic!() };
    let batch = discrepancy::batch::Evaluation::new(loss.as_ref(), &[0.3_f32], &[1.0]).unwrap();
    assert_eq!(result.as_primitive::<Float32Type>().value(0), batch.values().unwrap()[0]);
}

#[test]
fn null_gives_null() {
    let query = "SELECT absolute(z, y) FROM (VALUES (1.0, 3.0), (NULL, 1.0), (1.0, NULL)) AS t(z, y)";
    assert_eq!(numbers(query), [Some(2.0), None, None]);
    assert_eq!(numbers("SELECT absolute(NULL, 1.0)"), [None]);
    assert_eq!(numbers("SELECT manhattan(NULL, [1.0])"), [None]);
}

#[test]
fn errors_name_row_and_value() {
    let message = error("SELECT hinge(z, y) FROM (VALUES (0.5, 1.0), (0.5, 0.0)) AS t(z, y)");
    assert!(message.contains("hinge: `target` at index 1 is 0,") && message.contains("-1 or 1"), "{message}");
    let message = error("SELECT absolute(CAST('NaN' AS DOUBLE), 1.0)");
    assert!(message.contains("NaN"), "{message}");
    let message = error("SELECT absolute(CAST('inf' AS DOUBLE), CAST('inf' AS DOUBLE))");
    assert!(message.contains("a pair with a limit"), "{message}");
    let message = error("SELECT absolute(9007199254740993, 1)");
    assert!(message.contains("9007199254740993"), "{message}");
    let message = error("SELECT focal(0.5, 1, 2.0)");
    assert!(message.contains("`alpha` is 2,"), "{message}");
    let message = error("SELECT focal(0.5)");
    assert!(message.contains("prediction, target, alpha, gamma"), "{message}");
    let message = error("SELECT focal(z, 1, z) FROM (VALUES (0.5), (0.25)) AS t(z)");
    assert!(message.contains("literal"), "{message}");
    let message = error("SELECT absolute('1', 2)");
    assert!(message.contains("cast it"), "{message}");
}

#[test]
fn lists_are_rows() {
    let Measure::Row(loss) = catalog::find("softmax_cross_entropy").unwrap() else { panic!() };
    let row = [0.5, -1.0, 2.0];
    let label = loss.value(&row, Target::Label(2)).unwrap();
    assert_eq!(numbers("SELECT softmax_cross_entropy([0.5, -1.0, 2.0], 2)"), [Some(label)]);
    let fixed = "arrow_cast([0.5, -1.0, 2.0], 'FixedSizeList(3, Float32)')";
    let single = column(&format!("SELECT softmax_cross_entropy({fixed}, 2)"));
    assert_eq!(single.as_primitive::<Float32Type>().value(0), label as f32);
    let soft = loss.value(&row, Target::Probabilities(&[0.25, 0.25, 0.5])).unwrap();
    assert_eq!(numbers("SELECT softmax_cross_entropy([0.5, -1.0, 2.0], [0.25, 0.25, 0.5])"), [Some(soft)]);
    assert_eq!(numbers("SELECT euclidean([0.0, 3.0], [4.0, 0.0])"), [Some(5.0)]);
    let message = error("SELECT softmax_cross_entropy([0.5, -1.0], y) FROM (VALUES (1), (2)) AS t(y)");
    assert!(message.contains("row 1") && message.contains('2'), "{message}");
    let message = error("SELECT softmax_cross_entropy([0.5, -1.0], -1)");
    assert!(message.contains("-1"), "{message}");
}

/// Data and parameters with which every entry of a family can be called.
fn call(entry: &catalog::Entry) -> Option<String> {
    let parameters: String = entry
        .parameters
        .iter()
        .map(|p| match &p.default {
            catalog::Value::Number(x) if x.is_finite() => format!(", {x}"),
            other => format!(", '{other}'"),
        })
        .collect();
    let data = match entry.make(&entry.defaults()).unwrap() {
        Measure::Pointwise(_) => {
            let inside = [0.5, 1.0, 2.0, 0.0].into_iter().find(|x| entry.prediction.contains(*x)).unwrap();
            format!("CAST({inside} AS DOUBLE), 1.0")
        }
        Measure::Row(_) => "[0.25, 0.75], 1".to_owned(),
        Measure::Pair(_) => "[0.25, 0.75], [0.375, 0.625]".to_owned(),
        Measure::Penalty(_) => "[0.25, 0.75]".to_owned(),
        Measure::Sample(_) => "[0.25, 0.75, 0.5], [0.375, 0.625]".to_owned(),
        // Maps give rows (below); heads take matrices.
        _ => return None,
    };
    Some(format!("({data}{parameters})"))
}

#[test]
fn every_entry_is_callable_by_every_name() {
    let described = documentation();
    for entry in catalog::entries() {
        let Some(call) = call(entry) else { continue };
        let function = described.iter().find(|f| f.name == entry.name).unwrap();
        for name in std::iter::once(&function.name).chain(&function.aliases) {
            // A list parameter without a default length cannot be guessed: its own check must answer.
            let list = entry.parameters.iter().any(|p| p.domain.list);
            let query = format!("SELECT {name}{call}");
            if list {
                let message = crate::run(&discrepancy_sql::session(1), &query)
                    .map_or_else(|e| e.to_string(), |_| entry.name.into());
                assert!(message.contains(entry.name), "{message}");
            } else {
                assert!(numbers(&query)[0].is_some(), "{query}");
            }
        }
        assert_eq!(function.kind, FunctionKind::Scalar);
        assert_eq!(function.parameters.len(), entry.parameters.len());
    }
}

#[test]
fn samples_are_lists_of_any_length() {
    let far = numbers("SELECT wasserstein([0.0, 3.0], [5.0, 6.0, 8.0, 1.0])");
    let Measure::Sample(statistic) = catalog::find("wasserstein").unwrap() else { panic!() };
    assert_eq!(far, [Some(statistic.value(&[0.0, 3.0], &[5.0, 6.0, 8.0, 1.0], 1).unwrap())]);
    assert_eq!(numbers("SELECT emd([0.0, 3.0], [5.0, 6.0, 8.0, 1.0])"), far);
    assert_eq!(numbers("SELECT wasserstein(NULL, [1.0])"), [None]);
    let message = error("SELECT wasserstein([0.0], arrow_cast([], 'List(Float64)'))");
    assert!(message.contains("row 0") && message.contains("`y`"), "{message}");
}

#[test]
fn maps_give_lists() {
    let result = column("SELECT softmax(s) FROM (VALUES ([1.0, 1.0]), (NULL)) AS t(s)");
    let rows = result.as_list::<i32>();
    assert_eq!(rows.value(0).as_primitive::<datafusion::arrow::datatypes::Float64Type>().values(), &[0.5, 0.5]);
    assert!(datafusion::arrow::array::Array::is_null(rows, 1));
}

/// Decimals are read as their text would be.
#[test]
fn decimals_are_the_nearest_floats() {
    let same = "squared(CAST(0.1 AS DECIMAL(5, 3)), CAST(3 AS DECIMAL(20, 0))) = squared(0.1, 3.0)";
    let query = format!("SELECT CAST({same} AS DOUBLE), mean_squared(CAST(0.1 AS DECIMAL(5, 3)), 3.0)");
    assert_eq!(numbers(&query), [Some(1.0)]);
}

/// Lists of single precision are held to the rounding of single precision, and give it, whatever the entry.
#[test]
fn lists_of_single_precision() {
    let thirds = "arrow_cast([0.33333334, 0.33333334, 0.33333334], 'List(Float32)')";
    for entry in catalog::entries() {
        let call = match entry.make(&entry.defaults()).unwrap() {
            Measure::Row(_) => format!("{}({thirds}, 1)", entry.name),
            Measure::Pair(_) if entry.parameters.iter().all(|p| !p.domain.list) => {
                format!("{}({thirds}, {thirds})", entry.name)
            }
            Measure::Penalty(_) => format!("{}({thirds})", entry.name),
            _ => continue,
        };
        if let Ok(found) = crate::run(&discrepancy_sql::session(1), &format!("SELECT {call}")) {
            assert_eq!(*found[0].column(0).data_type(), DataType::Float32, "{call}");
        } else {
            let message = error(&format!("SELECT {call}"));
            assert!(!message.contains("sum"), "{call}: {message}");
        }
    }
    // In double precision the same numbers do not sum to 1.
    let wide = "[0.3333333432674408, 0.3333333432674408, 0.3333333432674408]";
    assert!(error(&format!("SELECT cross_entropy({wide}, 1)")).contains("row sum"));
    assert_eq!(*column(&format!("SELECT softmax({thirds})")).data_type(), DataType::new_list(DataType::Float32, true));
}

/// A loss of rows has the bits of the library's evaluation of rows, in both types, alone and in sums, however long rows are.
#[test]
fn rows_have_the_bits_of_the_librarys_evaluation() {
    use discrepancy::batch::{Element, RowEvaluation};
    use discrepancy::rows::{RowLoss, RowTargets};
    fn check<E: Element>(loss: &dyn RowLoss, name: &str, data_type: &DataType) {
        // In and beyond the lengths that kernels have of their own; the seed is of no account.
        for classes in [2, 3, 10, 40] {
            let mut state = 7_u64;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((state >> 11) as f64) / ((1_u64 << 53) as f64)
            };
            let rows = 60;
            let sums = loss.entry().prediction == catalog::DataDomain::Probabilities;
            let scores: Vec<f64> = (0..rows)
                .flat_map(|_| {
                    let row: Vec<f64> =
                        (0..classes).map(|_| if sums { next() } else { 20.0 * next() - 10.0 }).collect();
                    let sum: f64 = if sums { row.iter().sum() } else { 1.0 };
                    row.into_iter().map(move |x| x / sum).collect::<Vec<_>>()
                })
                .map(|x| E::narrow(x).widen())
                .collect();
            let labels: Vec<i64> = (0..rows).map(|i| (i * 7 % classes) as i64).collect();
            let narrow: Vec<E> = scores.iter().map(|x| E::narrow(*x)).collect();
            let batch = RowEvaluation::new(loss, &narrow, classes, RowTargets::labels(&labels)).unwrap();
            let item = Arc::new(Field::new_list_field(DataType::Float64, true));
            let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(classes, rows));
            let list = ListArray::new(item, offsets, Arc::new(Float64Array::from(scores)), None);
            let columns: [(&str, ArrayRef); 2] = [
                ("z", cast(&list, &DataType::new_list(data_type.clone(), true)).unwrap()),
                ("y", Arc::new(Int64Array::from(labels.clone()))),
            ];
            let session = discrepancy_sql::session(1);
            session.register_batch("t", RecordBatch::try_from_iter(columns).unwrap()).unwrap();
            let query = format!("SELECT CAST({name}(z, y) AS DOUBLE) FROM t");
            let found = crate::run(&session, &query).unwrap();
            let found: Vec<f64> = found[0].column(0).as_primitive::<Float64Type>().values().to_vec();
            let right: Vec<f64> = batch.values().unwrap().iter().map(|x| x.widen()).collect();
            assert_eq!(found, right, "{name} of {classes} in {data_type}");
            let sum = crate::run(&session, &format!("SELECT sum_{name}(z, y) FROM t")).unwrap();
            let sum = sum[0].column(0).as_primitive::<Float64Type>().value(0);
            assert_eq!(sum, batch.sum().unwrap(), "the sum of {name} of {classes} in {data_type}");
        }
    }
    for entry in catalog::entries() {
        let Measure::Row(loss) = entry.make(&entry.defaults()).unwrap() else { continue };
        check::<f64>(loss.as_ref(), entry.name, &DataType::Float64);
        check::<f32>(loss.as_ref(), entry.name, &DataType::Float32);
    }
}
