//! One value for each group, the same bits however the rows are parted and ordered.

use crate::{error, numbers, run};
use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array, Int32Array, RecordBatch};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::datasource::MemTable;
use discrepancy::sums::Moments;
use std::sync::Arc;

/// Rows `(group, prediction, target, weight)` of very different sizes.
fn rows() -> Vec<(i32, f64, f64, f64)> {
    let row = |i: i32| {
        let size = 10_f64.powi(i % 23 - 11);
        (i % 7, f64::from(i * 37 % 101 - 50) * size, f64::from(i * 53 % 89) / 7.0, f64::from(i % 5) / 3.0)
    };
    (0..2000).map(row).collect()
}

fn batch(rows: &[(i32, f64, f64, f64)]) -> RecordBatch {
    let floats = |pick: fn(&(i32, f64, f64, f64)) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(rows.iter().map(pick)))
    };
    let group: ArrayRef = Arc::new(Int32Array::from_iter_values(rows.iter().map(|r| r.0)));
    RecordBatch::try_from_iter([("g", group), ("z", floats(|r| r.1)), ("y", floats(|r| r.2)), ("w", floats(|r| r.3))])
        .unwrap()
}

/// The bits of all aggregates of all groups.
fn bits(rows: &[(i32, f64, f64, f64)], parts: usize, threads: usize) -> Vec<Vec<u64>> {
    let session = discrepancy_sql::session(threads);
    let partitions: Vec<Vec<RecordBatch>> = rows.chunks(rows.len().div_ceil(parts)).map(|c| vec![batch(c)]).collect();
    let table = MemTable::try_new(partitions[0][0].schema(), partitions).unwrap();
    session.register_table("t", Arc::new(table)).unwrap();
    let values = "mean_squared(z, y), sum_squared(z, y), stderr_squared(z, y), \
                  weighted_mean_squared(z, y, w), weighted_stderr_squared(z, y, w), mean_absolute(z, y)";
    let mut all = Vec::new();
    for query in [format!("SELECT {values} FROM t GROUP BY g ORDER BY g"), format!("SELECT {values} FROM t")] {
        for batch in run(&session, &query).unwrap() {
            for column in batch.columns() {
                all.push(column.as_primitive::<Float64Type>().values().iter().map(|x| x.to_bits()).collect());
            }
        }
    }
    all
}

#[test]
fn the_same_bits_for_any_partitions_and_order() {
    let mut rows = rows();
    let expected = bits(&rows, 1, 1);
    let mut moments = Moments::new();
    rows.iter().filter(|r| r.0 == 0).for_each(|r| {
        let loss = discrepancy::losses::Squared::default();
        moments.push(discrepancy::losses::PointwiseLoss::at(&loss, r.1, r.2)[0]);
    });
    assert_eq!(expected[0][0], moments.mean().unwrap().to_bits());
    assert_eq!(expected[2][0], moments.standard_error().unwrap().to_bits());
    assert_eq!(bits(&rows, 8, 8), expected);
    rows.reverse();
    assert_eq!(bits(&rows, 3, 8), expected);
    // 2000 and 777 have no common factor: every row once, far apart.
    let shuffled: Vec<_> = (0..rows.len()).map(|i| rows[i * 777 % rows.len()]).collect();
    assert_eq!(bits(&shuffled, 8, 2), expected);
}

#[test]
fn null_rows_are_skipped_and_nothing_is_null() {
    let table = "(VALUES (1.0, 3.0), (NULL, 1.0), (1.0, 2.0)) AS t(z, y)";
    assert_eq!(numbers(&format!("SELECT mean_absolute(z, y) FROM {table}")), [Some(1.5)]);
    assert_eq!(numbers(&format!("SELECT sum_mae(z, y) FILTER (WHERE y > 2) FROM {table}")), [Some(2.0)]);
    assert_eq!(numbers(&format!("SELECT mean_absolute(z, y) FROM {table} WHERE y > 5")), [None]);
    assert_eq!(numbers(&format!("SELECT stderr_absolute(z, y) FROM {table} WHERE y > 2")), [None]);
}

#[test]
fn parameters_and_errors() {
    let table = "(VALUES (0.5, 1.0), (2.0, 0.0)) AS t(z, y)";
    let plain = numbers(&format!("SELECT avg(focal(z, y, 'none', 0)) FROM {table}"))[0].unwrap();
    let exact = numbers(&format!("SELECT mean_focal(z, y, 'none', 0) FROM {table}"))[0].unwrap();
    assert!((plain - exact).abs() < 1e-15);
    let message = error(&format!("SELECT mean_hinge(z, y) FROM {table}"));
    assert!(message.contains("`target` at index 1 is 0,"), "{message}");
    let message = error(&format!("SELECT weighted_mean_absolute(z, y, -z) FROM {table}"));
    assert!(message.contains("`weight` at index 0 is -0.5,"), "{message}");
}

#[test]
fn means_over_lists() {
    let table = "(VALUES ([0.0, 0.0], 1), ([0.0, 0.0], 0)) AS t(s, y)";
    let mean = numbers(&format!("SELECT mean_softmax_cross_entropy(s, y) FROM {table}"));
    assert_eq!(mean, [Some(std::f64::consts::LN_2)]);
    assert_eq!(numbers("SELECT mean_euclidean([0.0, 3.0], [4.0, 0.0])"), [Some(5.0)]);
}
