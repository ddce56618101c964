//! The same rows in other files: the same bytes of output.

use crate::{examples, put, score_in};
use datafusion::arrow::ipc::writer::FileWriter;
use datafusion::dataframe::{DataFrame, DataFrameWriteOptions};
use datafusion::prelude::{CsvReadOptions, SessionConfig, SessionContext};
use std::fs::File;
use std::path::Path;

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

/// An example file in the engine, its rows in another order.
async fn shuffled(name: &str) -> DataFrame {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
    let path = examples().join(name);
    context.register_csv("t", path.to_str().unwrap(), CsvReadOptions::new()).await.unwrap();
    // 7919 is prime and larger than any of the files.
    context.sql("SELECT * FROM t ORDER BY (\"row\" + 3) * 7919 % 1801, \"row\"").await.unwrap()
}

/// Writes the example as one file of a kind and as seven shuffled Parquet parts.
fn store(folder: &Path, name: &str) {
    block(async {
        let whole = folder.join("whole.parquet");
        let options = DataFrameWriteOptions::new;
        shuffled(name).await.write_parquet(whole.to_str().unwrap(), options(), None).await.unwrap();
        shuffled(name).await.write_json(folder.join("whole.json").to_str().unwrap(), options(), None).await.unwrap();
        let batches = shuffled(name).await.collect().await.unwrap();
        let arrow = File::create(folder.join("whole.arrow")).unwrap();
        let mut writer = FileWriter::try_new(arrow, &batches[0].schema()).unwrap();
        batches.iter().for_each(|batch| writer.write(batch).unwrap());
        writer.finish().unwrap();
        let parts = folder.join("parts");
        std::fs::create_dir(&parts).unwrap();
        let rows = shuffled(name).await.count().await.unwrap().div_ceil(7);
        for part in 0..7 {
            let path = parts.join(format!("part-{}.parquet", (part * 3) % 7));
            let slice = shuffled(name).await.limit(part * rows, Some(rows)).unwrap();
            slice.write_parquet(path.to_str().unwrap(), options(), None).await.unwrap();
        }
    });
    let context = folder.join("whole.csv");
    std::fs::copy(examples().join(name), context).unwrap();
}

#[test]
fn the_same_bytes_for_any_storage_and_number_of_threads() {
    let calls: [(&str, &[&str]); 4] = [
        ("cancer.csv", &["--target", "target", "--logits", "logit", "--by", "segment"]),
        ("cancer.csv", &["--target", "target", "--probability", "probability", "--by", "target", "--weight", "row"]),
        ("diabetes.csv", &["--target", "target", "--prediction", "prediction", "--by", "segment"]),
        ("digits.csv", &["--target", "target", "--logits", "logit_*", "--by", "segment", "--by", "target"]),
    ];
    for (name, words) in calls {
        let folder = tempfile::tempdir().unwrap();
        store(folder.path(), name);
        let run = |file: &str, threads: &str| {
            let words = [&[file], words, &["--threads", threads, "--format", "json"]].concat();
            let done = score_in(folder.path(), &words);
            assert_eq!((done.stderr.as_str(), done.code), ("", 0), "{words:?}");
            done.stdout
        };
        let expected = run("whole.csv", "1");
        for file in ["whole.csv", "whole.parquet", "whole.arrow", "whole.json", "parts", "parts/*.parquet"] {
            for threads in ["1", "8"] {
                assert_eq!(run(file, threads), expected, "{file} on {threads} threads");
            }
        }
    }
}

/// Every kind and compression of text that is known.
#[test]
fn compressed_text_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--target", "target", "--logits", "logit", "--format", "json"];
    let expected = crate::score(&[&["cancer.csv"], &words[..]].concat());
    let text = std::fs::read_to_string(examples().join("cancer.csv")).unwrap();
    put(folder.path(), "cancer.tsv", text.replace(',', "\t"));
    block(async {
        use datafusion::common::parsers::CompressionTypeVariant as Compression;
        use datafusion::config::{CsvOptions, JsonOptions};
        let ends = [
            (Compression::GZIP, "gz"),
            (Compression::BZIP2, "bz2"),
            (Compression::XZ, "xz"),
            (Compression::ZSTD, "zst"),
        ];
        for (compression, end) in ends {
            let path = |kind| folder.path().join(format!("cancer.{kind}.{end}")).to_str().unwrap().to_owned();
            let (csv, json) = (
                CsvOptions::default().with_compression(compression).with_has_header(true),
                JsonOptions { compression, ..JsonOptions::default() },
            );
            let options = || DataFrameWriteOptions::new().with_single_file_output(true);
            shuffled("cancer.csv").await.write_csv(&path("csv"), options(), Some(csv)).await.unwrap();
            shuffled("cancer.csv").await.write_json(&path("json"), options(), Some(json)).await.unwrap();
        }
    });
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let done = score_in(folder.path(), &[&[name.as_str()], &words[..]].concat());
        assert_eq!((done.stdout.as_str(), done.stderr.as_str()), (expected.as_str(), ""), "{name}");
        files += 1;
    }
    assert_eq!(files, 9);
}

/// A value with a line end inside, where files are parted at line ends.
#[test]
fn values_may_have_line_ends_inside() {
    let folder = tempfile::tempdir().unwrap();
    // Large enough that the engine parts the file: some 11 MB.
    let rows: String = (0..110_000).map(|i| format!("\"{}\",{i},0\n", "\n".repeat(90))).collect();
    put(folder.path(), "f.csv", format!("s,z,y\n{rows}"));
    let run = |threads| {
        score_in(
            folder.path(),
            &["f.csv", "--target", "y", "--prediction", "z", "--by", "s", "--format", "json", "--threads", threads],
        )
    };
    let (one, several) = (run("1"), run("4"));
    assert_eq!((one.code, one.stderr.as_str(), one.stdout.len()), (0, "", several.stdout.len()));
    assert_eq!(one.stdout, several.stdout);
}

/// Objects in one list, lists as predictions, numbers that only later have a fraction, names that only later come.
#[test]
fn json_in_several_forms() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..1500)
        .map(|i| {
            let late = if i > 1200 { ", \"w\": 0.5, \"s\": \"late\"" } else { "" };
            format!("{{\"z\": [{i}, {}, 3], \"y\": {}{late}}}", if i > 1100 { "0.25" } else { "1" }, i % 3)
        })
        .collect();
    put(folder.path(), "lines.jsonl", rows.join("\n"));
    put(folder.path(), "list.json", format!("\n [{}]", rows.join(",\n")));
    let run = |file| {
        let words = [file, "--target", "y", "--logits", "z", "--weight", "w", "--by", "s", "--format", "json"];
        let done = score_in(folder.path(), &words);
        assert_eq!((done.stderr.as_str(), done.code), ("", 0));
        done.stdout
    };
    let lines = run("lines.jsonl");
    assert!(lines.contains("\"rows\": 299,\n") && lines.contains("\"skipped\": 1201"), "{lines}");
    assert_eq!(run("list.json"), lines);
}
