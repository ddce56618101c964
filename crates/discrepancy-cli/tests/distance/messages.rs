//! Every bad input gives one line that names what is wrong, and leaves nothing behind. The lines are kept in
//! `messages.txt`; to write them anew set the environment variable `DISCREPANCY_SNAPSHOTS`, and read the difference.

use crate::distance;
use crate::files::{columns_parquet, elements, npy, npy_bytes};
use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, ListArray, StringArray};
use datafusion::arrow::datatypes::Float64Type;
use discrepancy::catalog::{self, Measure};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// All files that the calls read.
fn files(folder: &Path) {
    let texts: [(&str, &[u8]); 17] = [
        ("good.csv", b"x,y\n1,2\n3,4\n"),
        ("other.csv", b"x,y\n1,2\n3,5\n6,1\n"),
        ("crossed.csv", b"y,x\n1,2\n3,4\n"),
        ("wide.csv", b"x,y,z\n1,2,3\n"),
        ("text.csv", b"id,x\na,1\nb,2\n"),
        ("gap.csv", b"x,y\n1,2\n\n3,\n"),
        ("nan.csv", b"x,y\n1,2\n3,NaN\n"),
        ("huge.csv", b"x,y\n1e400,2\n"),
        ("ragged.csv", b"x,y\n1,2\n3,4,5\n"),
        ("bytes.csv", b"x,y\n1,\xff\n"),
        ("numbers.csv", b"1,2\n3,4\n"),
        ("twice.csv", b"x,x\n1,2\n"),
        ("empty.csv", b""),
        ("header.csv", b"x,y\n"),
        ("zeros.csv", b"x,y\n1,2\n0,0\n"),
        ("probabilities.csv", b"p,q\n0.5,0.5\n0.25,0.5\n1.25,-0.25\n"),
        ("notes.txt", b"nothing"),
    ];
    for (name, bytes) in texts {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let array = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    let good = npy_bytes("'<f8'", &[2, 2], false, &elements("<f8", &[1.0, 2.0, 3.0, 4.0]));
    array("good.npy", &good);
    array("truncated.npy", &good[..good.len() - 3]);
    array("trailing.npy", &[good.as_slice(), b"more"].concat());
    array("short.npy", &good[..7]);
    array("cut.npy", &good[..40]);
    array("magic.npy", b"NUMPY and so on");
    array("version.npy", &[b"\x93NUMPY\x09\x00", &good[8..]].concat());
    let mut garbled = good.clone();
    garbled[11..18].copy_from_slice(b"'dtype'");
    array("garbled.npy", &garbled);
    array("terabytes.npy", &npy_bytes("'<f8'", &[1_000_000, 1_000_000], false, &[0; 64]));
    array("overflow.npy", &npy_bytes("'<f8'", &[1 << 40, 1 << 40], false, &[0; 64]));
    array("object.npy", &npy_bytes("'|O'", &[2, 2], false, &[0; 32]));
    array("complex.npy", &npy_bytes("'<c16'", &[1, 2], false, &[0; 32]));
    array("records.npy", &npy_bytes("[('x', '<f8')]", &[2], false, &[0; 16]));
    array("scalar.npy", &npy_bytes("'<f8'", &[], false, &[0; 8]));
    array("cube.npy", &npy_bytes("'<f8'", &[1, 1, 1], false, &[0; 8]));
    array("empty.npy", &npy_bytes("'<f8'", &[0, 3], false, &[]));
    npy(&folder.join("nan.npy"), "<f8", &[2, 2], true, &[1.0, 2.0, f64::INFINITY, f64::NAN]);
    npy(&folder.join("integer.npy"), "<i8", &[1, 2], false, &[1.0, 9_007_199_254_740_994.0]);
    npy(&folder.join("many.npy"), "|u1", &[3_000_000], false, &vec![1.0; 3_000_000]);
    let floats = |values: &[f64]| -> ArrayRef { Arc::new(Float64Array::from(values.to_vec())) };
    let file = |name: &str, columns| columns_parquet(&folder.join(name), columns);
    file("good.parquet", vec![("x", floats(&[1.0, 3.0])), ("y", floats(&[2.0, 4.0]))]);
    file("nan.parquet", vec![("x", floats(&[1.0, f64::NAN]))]);
    file("text.parquet", vec![("id", Arc::new(StringArray::from(vec!["a", "b"]))), ("x", floats(&[1.0, 2.0]))]);
    file("null.parquet", vec![("x", Arc::new(Float64Array::from(vec![Some(1.0), None])))]);
    file("integer.parquet", vec![("x", Arc::new(Int64Array::from(vec![1, 9_007_199_254_740_994])))]);
    let lists = vec![Some(vec![Some(1.0), Some(2.0)]), Some(vec![Some(1.0)])];
    file("lists.parquet", vec![("v", Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(lists)))]);
    let good = std::fs::read(folder.join("good.parquet")).unwrap();
    array("truncated.parquet", &good[..good.len() - 20]);
    array("damaged.parquet", &[&good[..8], &[0xff; 60], &good[68..]].concat());
    std::fs::create_dir(folder.join("folder")).unwrap();
}

/// One call a line.
const CALLS: &str = "
good.csv other.csv --metric euclidian
good.csv other.csv --metric minkowski:q=3
good.csv other.csv --metric minkowski:p=0.5
good.csv other.csv --metric minkowski:3
good.csv other.csv --metric hinge
good.csv other.csv --metric softmax
good.csv other.csv --metric euclidean --permutations 9
good.csv other.csv --metric mmd --nearest 1
good.csv --metric mmd
good.csv other.csv --metric standardized_euclidean
good.csv other.csv --metric euclidean --rowwise
good.csv other.csv --metric euclidean --nearest 4
good.csv wide.csv --metric euclidean
good.csv crossed.csv --metric euclidean
good.csv --metric euclidean --columns x,z
twice.csv --metric euclidean --columns x
missing.csv --metric euclidean
notes.txt --metric euclidean
folder --metric euclidean
folder.csv --metric euclidean
text.csv --metric euclidean
gap.csv --metric euclidean
nan.csv --metric euclidean
huge.csv --metric euclidean
ragged.csv --metric euclidean
bytes.csv --metric euclidean
numbers.csv --metric euclidean
empty.csv --metric euclidean
header.csv --metric euclidean
good.csv zeros.csv --metric cosine
zeros.csv --metric cosine --condensed
probabilities.csv --metric hellinger
good.csv probabilities.csv --metric kl:normalize=true
truncated.npy --metric euclidean
trailing.npy --metric euclidean
short.npy --metric euclidean
cut.npy --metric euclidean
magic.npy --metric euclidean
version.npy --metric euclidean
garbled.npy --metric euclidean
terabytes.npy --metric euclidean
overflow.npy --metric euclidean
object.npy --metric euclidean
complex.npy --metric euclidean
records.npy --metric euclidean
scalar.npy --metric euclidean
cube.npy --metric euclidean
empty.npy --metric euclidean
nan.npy --metric euclidean
integer.npy --metric euclidean
good.npy --metric euclidean --columns 0
many.npy --metric euclidean
many.npy --metric euclidean --condensed --out d.npy
nan.parquet --metric euclidean
text.parquet --metric euclidean
null.parquet --metric euclidean
integer.parquet --metric euclidean
lists.parquet --metric euclidean
truncated.parquet --metric euclidean
damaged.parquet --metric euclidean
good.csv --metric euclidean --out d.xlsx
good.csv --metric euclidean --out d.tsv
good.csv --metric euclidean --out nowhere/d.npy
good.csv --metric euclidean --out folder.npy
";

type Fits = fn(&Measure) -> bool;

/// The names of the entries that are computed so.
fn names(fits: Fits) -> String {
    let fitting = catalog::entries().filter(|entry| entry.make(&entry.defaults()).is_ok_and(|measure| fits(&measure)));
    fitting.map(|entry| entry.name).collect::<Vec<&str>>().join(", ")
}

/// Free memory is not the same twice, and the catalogue grows.
fn steady(message: &str) -> String {
    let mut steady = match message.split_once("; ") {
        Some((need, rest)) if rest.trim_end().ends_with(" are free") => format!("{need}; … are free\n"),
        _ => message.to_owned(),
    };
    let lists: [(&str, Fits); 3] = [
        ("(all functions of rows and of samples)", |measure| matches!(measure, Measure::Pair(_) | Measure::Sample(_))),
        ("(all functions of rows)", |measure| matches!(measure, Measure::Pair(_))),
        ("(all functions of samples)", |measure| matches!(measure, Measure::Sample(_))),
    ];
    for (what, fits) in lists {
        steady = steady.replace(&format!("; allowed: {}\n", names(fits)), &format!("; allowed: {what}\n"));
    }
    steady
}

#[test]
fn bad_input_is_named_in_one_line_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    files(folder);
    for name in ["folder.csv", "folder.npy"] {
        std::fs::create_dir(folder.join(name)).unwrap();
    }
    let there = || {
        let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = there();
    let mut lines = String::new();
    for call in CALLS.lines().filter(|call| !call.is_empty()) {
        let output = distance(folder, &call.split(' ').collect::<Vec<&str>>());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(output.stdout.is_empty(), "{call}");
        assert_eq!(message.lines().count(), 1, "{call}: {message}");
        assert!(!message.contains("panicked"), "{call}: {message}");
        write!(lines, "$ {call}\n{}: {}\n", output.status.code().unwrap(), steady(&message)).unwrap();
    }
    assert_eq!(there(), before);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/distance/messages.txt");
    if std::env::var_os("DISCREPANCY_SNAPSHOTS").is_some() {
        std::fs::write(&kept, &lines).unwrap();
    }
    let kept = std::fs::read_to_string(kept).unwrap_or_default();
    for (found, wanted) in lines.lines().zip(kept.lines()) {
        assert_eq!(found, wanted);
    }
    assert_eq!(lines.len(), kept.len());
}

#[test]
fn a_full_disk_is_a_failure() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), "x\n1\n2\n").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_discrepancy"));
    command.args(["distance", "a.csv", "--metric", "manhattan"]).current_dir(folder.path());
    let output = command.stdout(std::fs::File::create(full).unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: stdout: "));
}
