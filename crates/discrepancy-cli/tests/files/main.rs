//! `score` and `sql` read files through one door: each law here holds for both, over every kind of file.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod faults;
mod forms;
mod outputs;
mod sizes;
mod write;

use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a command wrote and how it ended.
#[derive(Debug)]
struct Done {
    stdout: String,
    stderr: String,
    code: i32,
}

/// Runs `discrepancy` in a folder, with this on standard input.
fn run_with(folder: &Path, words: &[&str], input: &[u8]) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_discrepancy"));
    command.args(words).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that does not read hangs up.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code().unwrap_or(-1) }
}

fn run(folder: &Path, words: &[&str]) -> Done {
    run_with(folder, words, b"")
}

/// The mean of a loss of `pred` and `target`, by `score` and by `sql`, which must agree to the bit.
fn mean(folder: &Path, file: &str, loss: &str) -> f64 {
    let words = ["score", file, "--target", "target", "--prediction", "pred", "--loss", loss, "--format", "json"];
    let done = run(folder, &words);
    assert_eq!(done.code, 0, "{file}: {}", done.stderr);
    let found: Value = serde_json::from_str(&done.stdout).unwrap();
    let scored = found["total"]["losses"][loss]["mean"].as_f64().unwrap();
    let query = format!("SELECT mean_{loss}(pred, target) AS mean FROM '{file}'");
    let done = run(folder, &["sql", &query, "--format", "json"]);
    assert_eq!(done.code, 0, "{file}: {}", done.stderr);
    let found: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(found[0]["mean"].as_f64(), Some(scored), "{file}");
    scored
}

/// The errors of both, each in one line.
fn errors(folder: &Path, file: &str) -> [String; 2] {
    let query = format!("SELECT mean_squared(pred, target) FROM '{file}'");
    let calls: [&[&str]; 2] =
        [&["score", file, "--target", "target", "--prediction", "pred", "--loss", "squared"], &["sql", &query]];
    calls.map(|words| {
        let done = run(folder, words);
        assert!(done.code == 1 || done.code == 2, "{file}: {done:?}");
        assert_eq!((done.stdout.as_str(), done.stderr.lines().count()), ("", 1), "{file}: {}", done.stderr);
        assert!(!done.stderr.contains("unwrap()"), "{}", done.stderr);
        done.stderr
    })
}
