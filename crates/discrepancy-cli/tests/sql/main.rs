//! `discrepancy sql`, as it is typed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use discrepancy::catalog;
use std::path::Path;
use std::process::Command;

/// What a query wrote to stdout and stderr, and its exit code.
fn sql(words: &[&str]) -> (String, String, i32) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data");
    let output = Command::new(env!("CARGO_BIN_EXE_discrepancy")).arg("sql").args(words).current_dir(folder).output();
    let output = output.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

/// The rows as JSON.
fn rows(query: &str) -> serde_json::Value {
    let (stdout, stderr, code) = sql(&[query, "--format", "json"]);
    assert_eq!((stderr.as_str(), code), ("", 0), "{query}");
    serde_json::from_str(&stdout).unwrap()
}

/// The aggregates of a query are the means of `discrepancy score`, to the last bit.
#[test]
fn the_same_numbers_as_score() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data");
    let words = [
        "score",
        "diabetes.csv",
        "--target",
        "target",
        "--prediction",
        "prediction",
        "--by",
        "segment",
        "--format",
        "json",
    ];
    let score = Command::new(env!("CARGO_BIN_EXE_discrepancy")).args(words).current_dir(folder).output().unwrap();
    let score: serde_json::Value = serde_json::from_slice(&score.stdout).unwrap();
    let names: Vec<&str> = score["losses"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let columns: Vec<String> = names
        .iter()
        .map(|name| {
            format!("mean_{name}(prediction, target) AS \"{name}\", stderr_{name}(prediction, target) AS \"e_{name}\"")
        })
        .collect();
    let query = format!("SELECT segment, {} FROM 'diabetes.csv' GROUP BY segment ORDER BY segment", columns.join(", "));
    for threads in ["1", "5"] {
        let (stdout, _, _) = sql(&[&query, "--format", "json", "--threads", threads]);
        let found: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        for (row, segment) in found.as_array().unwrap().iter().zip(score["segments"].as_array().unwrap()) {
            assert_eq!(row["segment"], segment["by"]["segment"]);
            for name in &names {
                assert_eq!(row[name], segment["losses"][name]["mean"]);
                assert_eq!(row[format!("e_{name}")], segment["losses"][name]["standard_error"]);
            }
        }
    }
}

/// Every loss of the catalogue is there under its name.
#[test]
fn every_loss_is_a_function() {
    let call = |entry: &catalog::Entry| match entry.make(&entry.defaults()).unwrap() {
        catalog::Measure::Pointwise(_) => Some(format!("{}(0.5, 1)", entry.name)),
        catalog::Measure::Row(_) => Some(format!("{}([0.5, 0.5], 1)", entry.name)),
        _ => None,
    };
    let calls: Vec<String> = catalog::entries().filter_map(call).collect();
    assert!(calls.len() > 15);
    let found = rows(&format!("SELECT {}", calls.join(", ")));
    assert!(found[0].as_object().unwrap().values().all(serde_json::Value::is_number), "{found}");
}

#[test]
fn values_of_all_kinds() {
    let query = "SELECT 0.1 AS x, CAST(0.1 AS FLOAT) AS narrow, 7 AS n, NULL AS nothing, [1.5, NULL] AS list, true AS yes, \
                 'a,\"b' AS text, '' AS empty, 1e308 * 10 AS inf, DATE '2026-01-02' AS day, 9007199254740993 AS large";
    let expected = serde_json::json!([{
        "x": 0.1, "narrow": 0.1, "n": 7, "nothing": null, "list": [1.5, null], "yes": true,
        "text": "a,\"b", "empty": "", "inf": "inf", "day": "2026-01-02", "large": 9_007_199_254_740_993_u64
    }]);
    assert_eq!(rows(query), expected);
    let (csv, _, _) = sql(&[query, "--format", "csv"]);
    let lines = "x,narrow,n,nothing,list,yes,text,empty,inf,day,large\n\
                 0.1,0.1,7,,\"[1.5,null]\",true,\"a,\"\"b\",\"\",inf,2026-01-02,9007199254740993\n";
    assert_eq!(csv, lines);
    let (table, _, _) = sql(&[query]);
    assert!(table.contains("NULL") && table.lines().count() == 4, "{table}");
    assert_eq!(rows("SELECT 1 AS x WHERE false"), serde_json::json!([]));
}

#[test]
fn errors_are_one_line() {
    let calls = [
        ("", "No SQL statements"),
        ("SELEC 1", "Expected"),
        ("SELECT 1; SELECT 2", "single SQL statement"),
        ("SELECT mean_hunge(1.0, 1.0)", "mean_hinge"),
        ("SELECT hinge(0.5, 2.0)", "hinge: `target` at index 0 is 2, which is outside its domain; allowed: -1 or 1"),
        ("SELECT focal(0.5, 1, 7.0)", "focal: `alpha` is 7"),
        ("SELECT softmax(1.0)", "softmax: `scores` is of type Float64; allowed: a list"),
        ("SELECT nothing FROM 'cancer.csv'", "nothing"),
        ("SELECT * FROM 'nothing.csv'", "nothing.csv: no such file"),
        ("SELECT * FROM nothing", "no table `nothing`"),
        ("SELECT * FROM 'README.md'", "README.md: unknown kind of file"),
        ("COPY (SELECT 1) TO 'never.csv'", "allowed: a query that reads"),
        ("CREATE TABLE t AS SELECT 1", "allowed: a query that reads"),
        ("SET a.b = 1", "allowed: a query that reads"),
        ("SELECT 1 AS x, 2 AS x", "x"),
    ];
    for (query, expected) in calls {
        let (stdout, stderr, code) = sql(&[query, "--format", "json"]);
        assert_eq!((stdout.as_str(), code, stderr.lines().count()), ("", 1, 1), "{query}: {stderr}");
        assert!(stderr.starts_with("error: ") && stderr.contains(expected), "{query}: {stderr}");
    }
    assert_eq!(sql(&[]).2, 2);
    assert_eq!(sql(&["SELECT 1", "--threads", "0"]).2, 2);
}
