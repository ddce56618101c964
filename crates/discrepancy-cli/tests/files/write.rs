//! The same rows in files of every kind.

use datafusion::arrow::array::{ArrayRef, Float64Array, RecordBatch};
use datafusion::arrow::ipc::writer::FileWriter;
use datafusion::parquet::arrow::ArrowWriter;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Every ending that a file of rows may have.
pub(crate) const KINDS: [&str; 10] =
    ["csv", "tsv", "json", "jsonl", "ndjson", "list.json", "parquet", "arrow", "feather", "ipc"];

/// Writes a text file.
pub(crate) fn put(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Writes columns of numbers, `None` for NULL, into a file of the kind that its name ends in.
pub(crate) fn store(folder: &Path, name: &str, columns: &[(&str, &[Option<f64>])]) {
    let rows = columns[0].1.len();
    let text = |x: Option<f64>, null: &str| x.map_or_else(|| null.to_owned(), |x| x.to_string());
    let parted = |by: &str| {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let line = |row: usize| columns.iter().map(|(_, values)| text(values[row], "")).collect::<Vec<_>>().join(by);
        std::iter::once(names.join(by)).chain((0..rows).map(line)).map(|line| line + "\n").collect::<String>()
    };
    let object = |row: usize| {
        let member = |(name, values): &(&str, &[Option<f64>])| format!("\"{name}\": {}", text(values[row], "null"));
        format!("{{{}}}", columns.iter().map(member).collect::<Vec<_>>().join(", "))
    };
    let objects: Vec<String> = (0..rows).map(object).collect();
    let batch = || {
        let array = |values: &[Option<f64>]| -> ArrayRef { Arc::new(Float64Array::from(values.to_vec())) };
        RecordBatch::try_from_iter(columns.iter().map(|(name, values)| (*name, array(values)))).unwrap()
    };
    // A folder may be named after a kind too.
    let file = name.rsplit_once('/').map_or(name, |(_, file)| file);
    match file.split_once('.').unwrap().1 {
        "csv" => put(folder, name, parted(",")),
        "tsv" => put(folder, name, parted("\t")),
        "list.json" => put(folder, name, format!("[{}]\n", objects.join(",\n"))),
        "json" | "jsonl" | "ndjson" => put(folder, name, objects.join("\n")),
        "parquet" => {
            std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            let file = File::create(folder.join(name)).unwrap();
            let mut writer = ArrowWriter::try_new(file, batch().schema(), None).unwrap();
            writer.write(&batch()).unwrap();
            writer.close().unwrap();
        }
        _ => {
            std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            let mut writer = FileWriter::try_new(File::create(folder.join(name)).unwrap(), &batch().schema()).unwrap();
            writer.write(&batch()).unwrap();
            writer.finish().unwrap();
        }
    }
}
