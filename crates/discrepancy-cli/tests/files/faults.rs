//! What cannot be read as it is written is an error of one line, with its place.

use crate::write::{KINDS, put, store};
use crate::{errors, mean, run};

/// A column that one of several files has not got, whatever their kind, is never averaged without it.
#[test]
fn a_column_that_is_missing_somewhere() {
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let x = [Some(1.0)];
        store(folder.path(), &format!("d/a.{kind}"), &[("target", &x), ("pred", &x)]);
        store(folder.path(), &format!("d/b.{kind}"), &[("target", &x), ("other", &x)]);
        for error in errors(folder.path(), "d") {
            assert!(error.contains(&format!("d/b.{kind}: no column `pred`; columns: ")), "{kind}: {error}");
        }
        // What nobody asks for may be missing.
        let done = run(folder.path(), &["sql", "SELECT count(*) AS n, sum(target) AS s FROM 'd'", "--format", "csv"]);
        assert!(done.stdout == "n,s\n2,2.0\n" || done.stdout == "n,s\n2,2\n", "{kind}: {done:?}");
    }
}

/// Numbers that no float is.
#[test]
fn numbers_that_cannot_be_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let cases =
        [("9007199254740993", "integers in"), ("1e400", "numbers"), ("-1e400", "numbers"), ("1e-400", "numbers")];
    for (i, (number, allowed)) in cases.into_iter().enumerate() {
        // A fraction before it, so that the column is one of floats.
        put(path, &format!("n{i}.csv"), format!("target,pred\n1,0.5\n1,{number}\n"));
        put(path, &format!("n{i}.tsv"), format!("target\tpred\n1\t0.5\n1\t{number}\n"));
        put(
            path,
            &format!("n{i}.json"),
            format!("{{\"target\": 1, \"pred\": 0.5}}\n{{\"target\": 1, \"pred\": {number}}}\n"),
        );
        put(
            path,
            &format!("n{i}.list.json"),
            format!("[{{\"target\": 1, \"pred\": 0.5}}, {{\"target\": 1, \"pred\": {number}}}]"),
        );
        for end in ["csv", "tsv", "json", "list.json"] {
            for error in errors(path, &format!("n{i}.{end}")) {
                assert!(error.contains(&format!("n{i}.{end}, row 2")) && error.contains("`pred`"), "{error}");
                assert!(error.contains(allowed), "{error}");
                assert_eq!(error.contains("(line 3)"), end.ends_with('v'), "{error}");
            }
        }
        let done = run(path, &["distance", &format!("n{i}.csv"), "--metric", "euclidean"]);
        assert!(done.code == 1 && done.stderr.contains("row 2 (line 3): column `pred`"), "{done:?}");
    }
    // Alone such an integer is exact, until a loss needs a float.
    put(path, "n.csv", "target,pred\n1,9007199254740993\n");
    for error in errors(path, "n.csv") {
        assert!(error.contains("9007199254740993") && error.contains("9007199254740992"), "{error}");
    }
    put(path, "good.csv", "target,pred\n9007199254740992,9007199254740994.0\n");
    assert_eq!(mean(path, "good.csv", "absolute"), 2.0);
}

/// Quotes where none may stand, wherever they are.
#[test]
fn malformed_csv() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let cases = [
        ("pred,target,s\n1,2,\"a\n3,4,b\n", "line 2: a quote is opened and never closed"),
        ("pred,target,s\n1,2,a\n\"2\"3,4,b\n5,6,c\n", "line 3: a quoted value is followed by `3`"),
        ("pred,target,s\n1,2,\"a\"b\"\n", "line 2: a quoted value is followed by `b`"),
        ("pred,target,\"s\n1,2,a\n", "line 1: a quote is opened and never closed"),
    ];
    for (text, what) in cases {
        put(path, "f.csv", text);
        put(path, "f.tsv", text.replace(',', "\t"));
        for file in ["f.csv", "f.tsv"] {
            for error in errors(path, file) {
                assert!(error.contains(&format!("{file}, {what}")), "{error}");
            }
            let done = run(path, &["distance", file, "--metric", "euclidean", "--columns", "pred,target"]);
            assert!(done.code == 1 && done.stderr.contains(&format!("{file}, {what}")), "{done:?}");
        }
    }
}

/// Files that are not whole, or whose rows do not fit their columns; a byte order mark and other line ends are no fault.
#[test]
fn files_that_do_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let cases = [
        ("pred,target,s\n1,2\n", "f.csv, line 2: a row of length 2; allowed: 3, the number of columns"),
        ("pred,target\n1,2\n1,2,3\n", "f.csv, line 3: a row of length 3; allowed: 2, the number of columns"),
        ("pred,target,pred\n1,2,3\n", "f.csv: there are two columns `pred`"),
        ("", "f.csv: the file is empty"),
        ("\n\n", "f.csv: there is no line with the names of columns"),
    ];
    for (text, what) in cases {
        put(path, "f.csv", text);
        for error in errors(path, "f.csv") {
            assert!(error.contains(what), "{text:?}: {error}");
        }
    }
    for (name, what) in [("none.csv", "none.csv: no such file"), ("text.txt", "text.txt: unknown kind of file")] {
        put(path, "text.txt", "pred,target\n1,2\n");
        for error in errors(path, name) {
            assert!(error.contains(what), "{error}");
        }
    }
    for file in ["liar.csv.gz", "liar.parquet", "liar.arrow"] {
        put(path, file, "pred,target\n1,2\n");
        for error in errors(path, file) {
            assert!(error.contains(&format!("{file}: ")), "{error}");
        }
    }
    put(path, "bytes.csv", b"pred,target,s\n1,2,\xe9\n");
    for error in errors(path, "bytes.csv") {
        assert!(error.contains("bytes.csv, line 2: bytes that are not text; allowed: UTF-8"), "{error}");
    }
    put(path, "mark.csv", "\u{feff}pred,target\r\n1,3\r\n");
    assert_eq!(mean(path, "mark.csv", "absolute"), 2.0);
    // Text where numbers are needed: with its place where the need is known, by its type where it is not.
    put(path, "text.csv", "pred,target\n1,2\nN/A,2\n");
    let [scored, asked] = errors(path, "text.csv");
    assert!(scored.contains("text.csv, row 2 (line 3): column `pred` is \"N/A\"; allowed: numbers"), "{scored}");
    assert!(asked.contains("`prediction` is of type text; allowed: floats"), "{asked}");
}

#[test]
fn malformed_json() {
    let folder = tempfile::tempdir().unwrap();
    let one = "{\"pred\": 1, \"target\": 2}";
    let cases = [
        (format!("[{one}"), "row 2: not JSON: EOF"),
        (format!("[{one},"), "row 2: not JSON: EOF"),
        (format!("[{one}][{one}]"), "row 2: not JSON: trailing characters"),
        (format!("[{one}]garbage"), "row 2: not JSON: trailing characters"),
        (format!("[{one},]"), "row 2: not JSON: trailing comma"),
        (format!("{one}\n{{\"pred\": 1"), "row 2: not JSON: EOF"),
        (format!("{one}\ngarbage"), "row 2: not JSON"),
        (format!("{one}\n[1]"), "row 2: not JSON: invalid type"),
        ("{\"pred\": 1, \"pred\": 3, \"target\": 2}".to_owned(), "row 1: two values of `pred`"),
    ];
    for (text, what) in cases {
        put(folder.path(), "f.json", &text);
        for error in errors(folder.path(), "f.json") {
            assert!(error.contains(&format!("f.json, {what}")), "{text}: {error}");
        }
    }
}

/// Links in circles end, and what is linked is read once.
#[cfg(unix)]
#[test]
fn links() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    store(path, "d/in/a.csv", &[("target", &[Some(0.0)]), ("pred", &[Some(1.0)])]);
    store(path, "d/in/b.csv", &[("target", &[Some(0.0)]), ("pred", &[Some(3.0)])]);
    symlink("..", path.join("d/in/up")).unwrap();
    symlink("b.csv", path.join("d/in/0.csv")).unwrap();
    std::fs::hard_link(path.join("d/in/b.csv"), path.join("d/c.csv")).unwrap();
    assert_eq!(mean(path, "d", "absolute"), 2.0);
    let done = run(path, &["score", "d/c.csv", "d/in/b.csv", "--target", "target", "--prediction", "pred"]);
    assert!(done.code == 2 && done.stderr.contains("one file is named twice"), "{done:?}");
}
