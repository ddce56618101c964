//! Every bad input gives one line that names what is wrong. The lines are kept in `messages.txt`; to write them anew
//! set the environment variable `DISCREPANCY_SNAPSHOTS`, and read the difference.

use crate::{put, score_in};
use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use std::fmt::Write;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// A Parquet file of these columns.
fn parquet(folder: &Path, name: &str, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(folder.join(name)).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn floats(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// All files that the calls read.
fn files(folder: &Path) {
    let texts = [
        ("good.csv", "s,y,z,p\na,0,-1.5,0.25\nb,1,2.5,0.75\na,1,-0.5,0.5\n"),
        ("text.csv", "y,z\n0,1.5\n\n1,oops\n"),
        ("ragged.csv", "y,z\n0,1.5\n1,2.5,3.5\n"),
        ("short.csv", "y,z\n0,1.5\n1\n"),
        ("bytes.csv", "y,z\n0,1.5\n1,2.5\n"),
        ("twice.csv", "y,z,z\n0,1,2\n"),
        ("zero.csv", ""),
        ("header.csv", "y,z\n"),
        ("nulls.csv", "y,z\n0,\n,1.5\n"),
        ("probability.csv", "y,p\n0,0.5\n1,1.25\n"),
        ("nan.csv", "y,z\n0,0.5\n1,NaN\n"),
        ("infinite.csv", "y,z\n0.5,0.5\ninf,inf\n"),
        ("labels.csv", "y,z,p_0,p_1,p_2\n0,1,0.5,0.25,0.25\n3,2,0.5,0.25,0.25\n"),
        ("whole.csv", "y,p_0,p_1\n0,0.5,0.5\n0.5,0.25,0.75\n"),
        ("negative.csv", "y,p_0,p_1\n0,0.5,0.5\n-1,0.25,0.75\n"),
        ("sums.csv", "y,p_0,p_1\n0,0.5,0.5\n1,0.25,0.5\n"),
        ("scores.csv", "y,a_0,a_1\n0,0.5,0.5\n1,0.25,inf\n"),
        ("two.csv", "y,z\nyes,1\nno,2\n"),
        ("onetwo.csv", "y,z\n1,1\n2,2\n"),
        ("three.csv", "y,z\n1,1\n0,2\n-1,3\n"),
        ("names.csv", "y,z\nyes,1\nno,2\nmaybe,3\n"),
        ("weights.csv", "y,z,w\n0,1,1\n1,2,-1\n"),
        ("weightless.csv", "y,z,w\n0,1,0\n1,2,0\n"),
        ("other.csv", "y,q\n0,1\n"),
        ("torn.json", "{\"y\": 0, \"z\": 1}\n{\"y\": 1, \"z\": \n"),
        ("text.json", "{\"y\": 0, \"z\": 1}\n{\"y\": 1, \"z\": \"oops\"}\n"),
        ("uneven.json", "{\"y\": 0, \"z\": [1, 2]}\n{\"y\": 1, \"z\": [1, 2, 3]}\n"),
        ("list.json", "[{\"y\": 0, \"z\": 1}]"),
        ("notes.txt", "nothing"),
        ("folder/readme.txt", "nothing"),
        ("good.csv.gz", "not compressed"),
        ("torn.arrow", "ARROW1"),
    ];
    for (name, text) in texts {
        put(folder, name, text);
    }
    let late: String = (0..5000)
        .map(|i| format!("{},{}\n", i % 2, if i == 4321 { "oops".to_owned() } else { i.to_string() }))
        .collect();
    put(folder, "late.csv", format!("y,z\n{late}"));
    put(folder, "bytes.csv", b"y,z\n0,1.5\n1,\xff\n");
    parquet(folder, "good.parquet", vec![("y", floats(&[0.0, 1.0])), ("z", floats(&[0.5, 1.5]))]);
    parquet(folder, "other.parquet", vec![("y", floats(&[0.0, 1.0])), ("q", floats(&[0.5, 1.5]))]);
    parquet(folder, "text.parquet", vec![("y", floats(&[0.0])), ("z", Arc::new(StringArray::from(vec!["oops"])))]);
    parquet(folder, "nan.parquet", vec![("y", floats(&[0.0, 1.0])), ("z", floats(&[0.5, f64::NAN]))]);
    let large: ArrayRef = Arc::new(Int64Array::from(vec![1, (1 << 53) + 1]));
    parquet(folder, "large.parquet", vec![("y", floats(&[0.0, 1.0])), ("z", large)]);
    let whole = std::fs::read(folder.join("good.parquet")).unwrap();
    put(folder, "cut.parquet", &whole[..whole.len() / 2]);
    let mut flipped = CHECKSUMS.to_vec();
    flipped[600] ^= 0x10;
    put(folder, "flipped.parquet", flipped);
}

/// 64 rows with a checksum in each page, as pyarrow 26.0.1 writes them with `write_page_checksum`. The pages take the
/// bytes 4 to 841.
const CHECKSUMS: &[u8] = include_bytes!("checksums.parquet");

/// What is typed behind `discrepancy score`.
const CALLS: &[&str] = &[
    // What is typed.
    "good.csv",
    "good.csv --target y",
    "good.csv --target y --logits z --probability p",
    "good.csv --target y --logits z --threads 0",
    "good.csv --target y --logits z --format yaml",
    "good.csv --target y --logits z --loss focla",
    "good.csv --target y --logits z --loss focal:gama=2",
    "good.csv --target y --logits z --loss focal:gamma=-1",
    "good.csv --target y --logits z --loss focal:gamma",
    "good.csv --target y --logits z --loss hinge --loss hinge",
    "good.csv --target y --logits z --loss euclidean",
    "good.csv --target y --logits z --loss squared",
    "good.csv --target y --prediction z --loss hinge",
    "good.csv --target y --logits z --by s --by s",
    "good.csv --target y --prediction z --positive 1",
    "good.csv --target y --logits z --positive yes",
    "good.csv ./good.csv --target y --logits z",
    // Columns.
    "good.csv --target t --logits z",
    "good.csv --target y --logits zz",
    "good.csv --target y --logits z --by segment",
    "good.csv --target y --logits z,z",
    "labels.csv --target y --logits q_*",
    "labels.csv --target y --logits p*",
    "twice.csv --target y --logits z",
    // Files.
    "nothing.csv --target y --logits z",
    "nothing*.csv --target y --logits z",
    "notes.txt --target y --logits z",
    "folder --target y --logits z",
    "good.csv.gz --target y --logits z",
    "zero.csv --target y --logits z",
    "header.csv --target y --logits z",
    "nulls.csv --target y --logits z",
    "good.csv other.csv --target y --logits z",
    "good.parquet other.parquet --target y --logits z",
    "good.parquet text.parquet --target y --logits z",
    "text.json list.json --target y --logits z",
    "ragged.csv --target y --logits z",
    "short.csv --target y --logits z",
    "bytes.csv --target y --logits z",
    "cut.parquet --target y --logits z",
    "flipped.parquet --target y --logits z",
    "torn.arrow --target y --logits z",
    "torn.json --target y --logits z",
    "good.csv --target y --logits z --report nowhere/page.html",
    "good.csv --target y --logits z --report folder",
    "good.csv --target y --logits z --report good.csv",
    // Values.
    "text.csv --target y --logits z",
    "late.csv --target y --logits z",
    "good.csv --target s --prediction z",
    "text.json --target y --logits z",
    "text.parquet --target y --logits z",
    "nan.csv --target y --logits z",
    "nan.parquet --target y --logits z",
    "infinite.csv --target y --prediction z",
    "large.parquet --target y --logits z",
    "probability.csv --target y --probability p",
    "labels.csv --target y --logits p_*",
    "labels.csv --target y --probability p_*",
    "labels.csv --target y --logits z",
    "whole.csv --target y --logits p_*",
    "negative.csv --target y --logits p_*",
    "sums.csv --target y --probability p_*",
    "scores.csv --target y --logits a_*",
    "two.csv --target y --logits z",
    "onetwo.csv --target y --logits z",
    "three.csv --target y --logits z",
    "names.csv --target y --logits z",
    "names.csv --target y --logits z --positive yes",
    "weights.csv --target y --prediction z --weight w",
    "weightless.csv --target y --prediction z --weight w",
    "uneven.json --target y --logits z",
    "uneven.json --target y --prediction z",
];

#[test]
fn every_bad_input_is_named_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let before = listing(folder.path());
    let mut found = String::new();
    for call in CALLS {
        let words: Vec<&str> = call.split(' ').collect();
        let done = score_in(folder.path(), &words);
        assert_eq!(done.stdout, "", "{call}");
        // Of wrong usage the parser of arguments tells more in further lines.
        let message = done.stderr.lines().next().unwrap_or_default();
        assert!(message.starts_with("error: ") && message.len() < 600, "{call}: {message}");
        assert!(done.code == 2 || (done.code == 1 && done.stderr.lines().count() == 1), "{call}: {}", done.stderr);
        writeln!(found, "{call}\n  {}: {message}", done.code).unwrap();
    }
    assert_eq!(listing(folder.path()), before, "nothing is left behind");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/score/messages.txt");
    if std::env::var_os("DISCREPANCY_SNAPSHOTS").is_some() {
        std::fs::write(&kept, &found).unwrap();
    }
    let expected = std::fs::read_to_string(kept).unwrap_or_default();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Wherever a Parquet file is cut, and whichever bit is flipped: a result or one line, never anything else. Where pages
/// have checksums, the result is the right one.
#[test]
fn broken_parquet_never_breaks_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let run = |bytes: &[u8]| {
        put(folder.path(), "broken.parquet", bytes);
        let words = ["broken.parquet", "--target", "y", "--prediction", "z", "--threads", "2", "--format", "csv"];
        let done = score_in(folder.path(), &words);
        let lines = done.stderr.lines().count();
        assert!((done.code, lines) == (0, 0) || (done.code, lines) == (1, 1), "{}", done.stderr);
        assert!(done.code == 0 || done.stderr.starts_with("error: broken.parquet"), "{}", done.stderr);
        (done.code, done.stdout)
    };
    let (code, right) = run(CHECKSUMS);
    assert_eq!(code, 0);
    for part in 1..5 {
        assert_eq!(run(&CHECKSUMS[..CHECKSUMS.len() * part / 5]).0, 1);
    }
    // 29 is prime: all bits of bytes are met.
    for bit in (0..CHECKSUMS.len() * 8).step_by(29 * 8 + 1) {
        let mut flipped = CHECKSUMS.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let (code, found) = run(&flipped);
        assert!(code == 1 || bit / 8 >= 842 || found == right, "bit {bit} gave another result");
    }
}
