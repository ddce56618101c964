//! `discrepancy score`, as it is typed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod agreement;
mod forms;
mod messages;
mod page;
mod storage;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a command wrote and how it ended.
struct Done {
    stdout: String,
    stderr: String,
    code: i32,
}

/// Runs `discrepancy score` with these words in a folder.
fn score_in(folder: &Path, words: &[&str]) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_discrepancy")).arg("score").args(words).current_dir(folder).output();
    let output = output.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code().unwrap() }
}

/// Runs it where the example data are; it must succeed and say nothing beside.
fn score(words: &[&str]) -> String {
    let done = score_in(&examples(), words);
    assert_eq!((done.stderr.as_str(), done.code), ("", 0), "{words:?}");
    done.stdout
}

/// The result as JSON.
fn json(words: &[&str]) -> Value {
    serde_json::from_str(&score(&[words, &["--format", "json"]].concat())).unwrap()
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data")
}

/// Writes a text file.
fn put(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
