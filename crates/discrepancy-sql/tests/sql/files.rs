//! What the engine makes of files.

use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch};
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use datafusion::parquet::arrow::ArrowWriter;
use std::fs::File;
use std::sync::Arc;

/// What a Parquet file states about its values leaves out NaN; no query may believe it.
#[test]
fn nan_in_parquet_is_met() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nan.parquet");
    let values: ArrayRef = Arc::new(Float64Array::from(vec![0.5, f64::NAN, 0.5]));
    let batch = RecordBatch::try_from_iter([("z", values)]).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let session = discrepancy_sql::session(2);
    let run = |query: &str| crate::run(&session, &query.replace("FILE", &format!("'{}'", path.display())));
    let count = |query| run(query).unwrap()[0].column(0).as_primitive::<Int64Type>().value(0);
    assert_eq!(count("SELECT count(*) FROM FILE WHERE isnan(z)"), 1);
    assert_eq!(count("SELECT count(*) FROM FILE WHERE z > 100"), 1);
    assert_eq!(count("SELECT count(*) FROM FILE WHERE z = 0.5"), 2);
    let greatest = run("SELECT max(z) FROM FILE").unwrap();
    assert!(greatest[0].column(0).as_primitive::<Float64Type>().value(0).is_nan());
    let first = run("SELECT z FROM FILE ORDER BY z DESC LIMIT 1").unwrap();
    assert!(first[0].column(0).as_primitive::<Float64Type>().value(0).is_nan());
    let error = run("SELECT mean_squared(z, 1.0) FROM FILE").unwrap_err().to_string();
    assert!(error.contains("NaN"), "{error}");
}
