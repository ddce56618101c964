//! Results go where they were sent, and nowhere else.
#![cfg(unix)]

use crate::run;
use crate::write::put;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::Command;

/// The calls that write this file, without its name.
const CALLS: [(&str, &[&str]); 3] = [
    ("report.html", &["score", "f.csv", "--target", "y", "--prediction", "z", "--loss", "squared", "--report"]),
    ("picture.svg", &["show", "squared", "--svg"]),
    ("d.csv", &["distance", "f.csv", "--metric", "euclidean", "--out"]),
];

fn files(folder: &Path) {
    put(folder, "f.csv", "y,z\n0,1\n1,3\n");
}

#[test]
fn links_are_followed_and_pipes_written_through() {
    for (name, words) in CALLS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        files(path);
        let write = |to: &str| run(path, &[words, &[to]].concat());
        assert_eq!(write(name).code, 0, "{name}");
        let right = std::fs::read(path.join(name)).unwrap();
        std::fs::create_dir(path.join("far")).unwrap();
        let link = format!("link-{name}");
        symlink(format!("far/{name}"), path.join(&link)).unwrap();
        for _ in 0..2 {
            // To nothing yet, then to a file.
            assert_eq!(write(&link).code, 0, "{name}");
            assert!(path.join(&link).is_symlink() && std::fs::read(path.join("far").join(name)).unwrap() == right);
        }
        let pipe = format!("pipe-{name}");
        assert!(Command::new("mkfifo").arg(path.join(&pipe)).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = path.join(&pipe);
            move || std::fs::read(pipe).unwrap()
        });
        assert_eq!(write(&pipe).code, 0, "{name}");
        assert_eq!(reader.join().unwrap(), right);
        assert!(path.join(&pipe).symlink_metadata().unwrap().file_type().is_fifo());
        // A full disk, under a name with the right ending.
        let full = format!("full-{name}");
        symlink("/dev/full", path.join(&full)).unwrap();
        let done = write(&full);
        assert!(done.code == 1 && done.stderr.contains("cannot write"), "{name}: {done:?}");
        assert!(path.join(&full).is_symlink());
        let hidden = std::fs::read_dir(path)
            .unwrap()
            .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
        assert_eq!(hidden.count(), 0, "{name}");
    }
}

#[test]
fn inputs_are_never_overwritten() {
    for (name, words) in CALLS.iter().filter(|(_, words)| words[0] != "show") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        files(path);
        let before = std::fs::read(path.join("f.csv")).unwrap();
        let end = name.rsplit_once('.').unwrap().1;
        let (hard, soft) = (format!("hard.{end}"), format!("soft.{end}"));
        std::fs::hard_link(path.join("f.csv"), path.join(&hard)).unwrap();
        symlink("f.csv", path.join(&soft)).unwrap();
        for to in [&hard, &soft] {
            let done = run(path, &[words, &[to.as_str()][..]].concat());
            assert!(done.code == 2 && done.stderr.contains("would overwrite a file that is read"), "{to}: {done:?}");
            assert_eq!(std::fs::read(path.join("f.csv")).unwrap(), before);
        }
    }
}

/// Help that cannot be written is no help.
#[test]
fn full_standard_output() {
    for words in [&["--help"][..], &["score", "--help"], &["--version"], &["list"], &["sql", "SELECT 1"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_discrepancy")).args(words).stdout(full).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && stderr.starts_with("error: stdout"), "{words:?}: {stderr}");
    }
}

/// Stopped while it reads a stream or writes a result, a command ends at once and leaves no temporary file.
#[test]
fn nothing_is_left_by_who_is_stopped() {
    use std::io::Write;
    use std::process::Stdio;
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let calls: [&[&str]; 2] = [
            &["score", "-", "--target", "y", "--prediction", "z"],
            &["sql", "SELECT mean_squared(z, y) FROM '/dev/stdin'"],
        ];
        for words in calls {
            let mut command = Command::new(env!("CARGO_BIN_EXE_discrepancy"));
            command.args(words).current_dir(path).env("TMPDIR", path).stdin(Stdio::piped()).stdout(Stdio::null());
            let mut child = command.spawn().unwrap();
            // An open pipe: it waits for more.
            let mut input = child.stdin.take().unwrap();
            input.write_all(b"y,z\n0,1\n").unwrap();
            let left = || std::fs::read_dir(path).unwrap().count();
            for _ in 0..1000 {
                if left() > 0 {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            assert_eq!(left(), 1, "{words:?}: the stream is kept somewhere else");
            let sent = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
            assert!(sent.success());
            assert_eq!(child.wait().unwrap().code(), Some(code), "{words:?}");
            assert_eq!(left(), 0, "{words:?}");
            drop(input);
        }
    }
}
