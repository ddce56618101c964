//! `discrepancy explore` writes or serves the page, and says what is wrong.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

fn explore(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_discrepancy"));
    command.arg("explore").args(arguments);
    command
}

#[test]
fn a_file_holds_the_whole_page() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let output = explore(&["focal:gamma=3", "--lang", "zh", "--out", file.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.contains("\"#loss?spec=focal:gamma=3&lang=zh\"") && page.contains("catalogue-digest"));
}

/// A server that ends with the test, however that ends: what waits for its output would wait for ever.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_page_is_served_on_this_machine_s_own_address() {
    let mut served = Served(explore(&["--no-open", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(served.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let get = |path: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        // Long answers come in pieces, whose ends may cut a letter in two.
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    let (page, missing) = (get("/"), get("/elsewhere"));
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("catalogue-digest"), "{}", &page[..200.min(page.len())]);
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
}

#[test]
fn what_cannot_be_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, code, wanted) in [
        (vec!["focla", "--no-open"], 2, "focal"),
        (vec!["focal:gamma=-1", "--no-open"], 2, "gamma"),
        (vec!["euclidean", "--no-open"], 2, "pointwise"),
        (vec!["--out", folder.path().to_str().unwrap()], 2, "folder"),
        (vec!["--out", "/nowhere/at/all/page.html"], 1, "cannot write"),
        (vec!["--no-open", "--port", &port], 1, "--port"),
    ] {
        let output = explore(&arguments).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {message}");
        assert!(message.contains(wanted) && message.lines().count() == 1, "{arguments:?}: {message}");
    }
}
