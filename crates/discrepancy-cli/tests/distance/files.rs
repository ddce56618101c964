//! Files for the tests, written and read without the code under test.

use datafusion::arrow::array::{ArrayRef, AsArray, FixedSizeListArray, Float32Array, Float64Array, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Float64Type};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// The bytes of an NPY file.
pub fn npy_bytes(descr: &str, shape: &[usize], fortran: bool, elements: &[u8]) -> Vec<u8> {
    let lengths: String = shape.iter().map(|length| format!("{length}, ")).collect();
    let order = if fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': ({lengths}), }}");
    while !(10 + header.len() + 1).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(elements);
    bytes
}

/// The numbers as elements of a type.
pub fn elements(descr: &str, numbers: &[f64]) -> Vec<u8> {
    let one = |x: f64| match descr {
        "<f8" => x.to_le_bytes().to_vec(),
        ">f8" => x.to_be_bytes().to_vec(),
        "<f4" => (x as f32).to_le_bytes().to_vec(),
        "<i2" => (x as i16).to_le_bytes().to_vec(),
        "<i8" => (x as i64).to_le_bytes().to_vec(),
        "|b1" | "|u1" => vec![x as u8],
        other => panic!("{other}"),
    };
    numbers.iter().flat_map(|x| one(*x)).collect()
}

/// An array; the numbers are given row by row.
pub fn npy(path: &Path, descr: &str, shape: &[usize], fortran: bool, numbers: &[f64]) {
    let ordered: Vec<f64> = match shape {
        [rows, columns] if fortran => (0..rows * columns).map(|i| numbers[i % rows * columns + i / rows]).collect(),
        _ => numbers.to_vec(),
    };
    std::fs::write(path, npy_bytes(&format!("'{descr}'"), shape, fortran, &elements(descr, &ordered))).unwrap();
}

/// The header of an array of floats (or of records of 8 bytes each), and its numbers.
pub fn read_npy(path: &Path) -> (String, Vec<f64>) {
    let bytes = std::fs::read(path).unwrap();
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!((10 + length) % 64, 0);
    let header = String::from_utf8(bytes[10..10 + length].to_vec()).unwrap();
    let data = &bytes[10 + length..];
    let numbers = if header.contains("'<f4'") {
        data.chunks_exact(4).map(|x| f64::from(f32::from_le_bytes(x.try_into().unwrap()))).collect()
    } else {
        data.chunks_exact(8).map(|x| f64::from_le_bytes(x.try_into().unwrap())).collect()
    };
    (header, numbers)
}

/// Columns c0, c1, …
pub fn csv(path: &Path, width: usize, numbers: &[f64]) {
    let line = |row: &[f64]| row.iter().map(f64::to_string).collect::<Vec<String>>().join(",");
    let names = (0..width).map(|i| format!("c{i}")).collect::<Vec<String>>().join(",");
    let lines: Vec<String> = std::iter::once(names).chain(numbers.chunks(width).map(line)).collect();
    std::fs::write(path, lines.join("\n")).unwrap();
}

fn write(path: &Path, columns: Vec<(String, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// Columns c0, c1, …
pub fn parquet(path: &Path, width: usize, numbers: &[f64], single: bool) {
    let column = |i: usize| -> (String, ArrayRef) {
        let column = numbers.iter().skip(i).step_by(width).copied();
        let array: ArrayRef = if single {
            Arc::new(column.map(|x| x as f32).collect::<Float32Array>())
        } else {
            Arc::new(column.collect::<Float64Array>())
        };
        (format!("c{i}"), array)
    };
    write(path, (0..width).map(column).collect());
}

/// One column of lists.
pub fn lists_parquet(path: &Path, width: usize, numbers: &[f64]) {
    let field = Arc::new(Field::new("item", DataType::Float64, true));
    let values = Arc::new(Float64Array::from(numbers.to_vec()));
    let lists = FixedSizeListArray::try_new(field, i32::try_from(width).unwrap(), values, None).unwrap();
    write(path, vec![("vector".to_owned(), Arc::new(lists))]);
}

/// Columns of any type.
pub fn columns_parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    write(path, columns.into_iter().map(|(name, array)| (name.to_owned(), array)).collect());
}

/// All numbers, row by row.
pub fn read_parquet(path: &Path) -> Vec<f64> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    let mut all = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let columns: Vec<ArrayRef> = batch.columns().iter().map(|c| cast(c, &DataType::Float64).unwrap()).collect();
        for row in 0..batch.num_rows() {
            all.extend(columns.iter().map(|column| column.as_primitive::<Float64Type>().value(row)));
        }
    }
    all
}
