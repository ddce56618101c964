//! What can be read, and as what.

use crate::write::{KINDS, put, store};
use crate::{mean, run, run_with};
use serde_json::Value;

/// Files of a folder may have their columns in any order, and be of any two kinds.
#[test]
fn columns_are_found_by_name() {
    let (pred, target) = ([Some(1.0), Some(2.5)], [Some(2.0), Some(4.0)]);
    let (more_pred, more_target) = ([Some(-3.0)], [Some(1.0)]);
    // With 0.9 above and 0.1 below: (0.9 + 0.9 * 1.5 + 0.9 * 4) / 3; crosswise it would be less.
    let right = (0.9 + 0.9 * 1.5 + 0.9 * 4.0) / 3.0;
    for (i, kind) in KINDS.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let other = KINDS[(i + 3) % KINDS.len()];
        for second in [*kind, other] {
            let name = format!("d{second}");
            store(folder.path(), &format!("{name}/a.{kind}"), &[("target", &target), ("pred", &pred)]);
            store(folder.path(), &format!("{name}/b.{second}"), &[("pred", &more_pred), ("target", &more_target)]);
            let query = format!("SELECT mean_quantile(pred, target, 0.9) AS mean FROM '{name}'");
            let done = run(folder.path(), &["sql", &query, "--format", "json"]);
            let found: Value = serde_json::from_str(&done.stdout).unwrap_or_default();
            let by_sql = found[0]["mean"].as_f64().unwrap_or(f64::NAN);
            assert!((by_sql - right).abs() < 1e-15 * right, "{kind} and {second}: {by_sql}, {}", done.stderr);
            assert_eq!(mean(folder.path(), &name, "squared"), (1.0 + 2.25 + 16.0) / 3.0, "{kind} and {second}");
        }
    }
}

/// A value that comes after thousands of others, or after thousands of NULLs, decides as much as the first.
#[test]
fn types_are_those_of_all_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for kind in ["csv", "tsv", "json", "list.json", "jsonl"] {
        let nulls: Vec<Option<f64>> = std::iter::repeat_n(None, 2000).chain([Some(1.0); 5]).collect();
        let ones: Vec<Option<f64>> = std::iter::repeat_n(Some(1.0), 2000).chain([Some(2.0); 5]).collect();
        store(path, &format!("late.{kind}"), &[("target", &nulls), ("pred", &ones)]);
        assert_eq!(mean(path, &format!("late.{kind}"), "squared"), 1.0, "{kind}");
        let whole: Vec<Option<f64>> = std::iter::repeat_n(Some(2.0), 3000).chain([Some(2.5)]).collect();
        let zeros = vec![Some(0.0); 3001];
        store(path, &format!("fraction.{kind}"), &[("target", &zeros), ("pred", &whole)]);
        assert_eq!(mean(path, &format!("fraction.{kind}"), "absolute"), (6000.0 + 2.5) / 3001.0, "{kind}");
    }
    // So do the files of a folder.
    put(path, "parts/a.csv", "target,pred\n1,2\n");
    put(path, "parts/b.csv", "target,pred\n1.5,2.5\n");
    assert_eq!(mean(path, "parts", "absolute"), 1.0);
}

/// Large files are read in pieces: the same rows, with line ends inside values too.
#[test]
fn pieces_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "note,target,pred\n".to_owned();
    for i in 0..120_000 {
        text += &format!("\"{}\n{}\",{i},{}\n", "x".repeat(100), "y\"\"".repeat(25), i + i % 3);
    }
    assert!(text.len() > 20 << 20);
    put(folder.path(), "large.csv", text);
    assert_eq!(mean(folder.path(), "large.csv", "absolute"), 1.0);
}

#[test]
fn folders_name_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for kind in KINDS {
        for (region, x) in [("01", 1.0), ("02", 2.0)] {
            let name = format!("{kind}/region={region}/year=2026/part.{kind}");
            store(path, &name, &[("target", &[Some(0.0)]), ("pred", &[Some(x)])]);
        }
        let words =
            ["--target", "target", "--prediction", "pred", "--by", "region", "--loss", "absolute", "--format", "csv"];
        let done = run(path, &[&["score", kind], &words[..]].concat());
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{kind}");
        let lines: Vec<&str> = done.stdout.lines().skip(1).collect();
        assert!(lines[0].starts_with("segment,01,1,0,absolute,1.0"), "{kind}: {}", done.stdout);
        assert!(lines[1].starts_with("segment,02,1,0,absolute,2.0"), "{kind}: {}", done.stdout);
        let query = format!(
            "SELECT region, year + 1 AS next, mean_absolute(pred, target) AS m FROM '{kind}' GROUP BY region, year ORDER BY region"
        );
        let done = run(path, &["sql", &query, "--format", "csv"]);
        assert_eq!(done.stdout, "region,next,m\n01,2027,1.0\n02,2027,2.0\n", "{kind}: {}", done.stderr);
    }
}

/// `;` between values, and then a comma in numbers; a point is no decimal point in such a file.
#[test]
fn semicolons_and_decimal_commas() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    put(path, "point.csv", "target;pred\n0.5;1\n0.25;1\n");
    put(path, "comma.csv", "target;pred\n0,5;1\n0,25;1\n");
    put(path, "tabs.csv", "target\tpred\n0,5\t1\n0,25\t1\n");
    put(path, "quoted.csv", "\"target\";\"pred\"\n\"0,5\";1\n0,25;1\n");
    for file in ["point.csv", "comma.csv", "tabs.csv", "quoted.csv"] {
        assert_eq!(mean(path, file, "absolute"), 0.625, "{file}");
    }
    put(path, "both.csv", "target;pred\n0,5;1.234\n0,25;1\n");
    let found = crate::errors(path, "both.csv");
    assert!(found[0].contains("both.csv, row 1 (line 2): column `pred` is \"1.234\""), "{found:?}");
}

#[test]
fn classes_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    put(path, "pets.csv", "y,p_dog,p_cat\ncat,0.25,0.75\ndog,0.5,0.5\n");
    put(path, "plain.csv", "y,a,b\ncat,0.25,0.75\ndog,0.5,0.5\n");
    put(path, "numbers.csv", "y,a,b\n1,0.25,0.75\n0,0.5,0.5\n");
    put(path, "lists.json", "{\"y\": \"cat\", \"p\": [0.25, 0.75]}\n{\"y\": \"dog\", \"p\": [0.5, 0.5]}\n");
    let score = |words: &[&str]| {
        let done =
            run(path, &[&["score"], words, &["--target", "y", "--loss", "cross_entropy", "--format", "json"]].concat());
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{words:?}");
        let found: Value = serde_json::from_str(&done.stdout).unwrap();
        found["total"]["losses"]["cross_entropy"]["mean"].as_f64().unwrap()
    };
    let right = score(&["numbers.csv", "--probability", "a,b"]);
    assert_eq!(score(&["pets.csv", "--probability", "p_*"]), right);
    assert_eq!(score(&["plain.csv", "--probability", "a,b", "--classes", "dog,cat"]), right);
    assert_eq!(score(&["lists.json", "--probability", "p", "--classes", "dog,cat"]), right);
    assert_eq!(score(&["numbers.csv", "--probability", "a,b", "--classes", "0,1"]), right);
    put(path, "bird.csv", "y,p_dog,p_cat\ncat,0.25,0.75\nbird,0.5,0.5\n");
    let done = run(path, &["score", "bird.csv", "--target", "y", "--probability", "p_*"]);
    assert!(done.stderr.contains("row 2 (line 3): column `y` is bird; allowed: dog, cat"), "{}", done.stderr);
    let done = run(path, &["score", "lists.json", "--target", "y", "--probability", "p"]);
    assert!(done.stderr.contains("--classes"), "{}", done.stderr);
    put(path, "two.csv", "y,z\ncat,1\ndog,2\n");
    let done = run(path, &["score", "two.csv", "--target", "y", "--logits", "z", "--positive", "bird"]);
    assert!(done.stderr.contains("bird") && done.stderr.contains("cat, dog"), "{}", done.stderr);
}

/// What comes through a pipe has no name to tell its kind.
#[test]
fn standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for kind in ["csv", "json", "list.json", "parquet", "arrow"] {
        store(path, &format!("f.{kind}"), &[("target", &[Some(0.0), Some(1.0)]), ("pred", &[Some(0.5), Some(3.0)])]);
        let bytes = std::fs::read(path.join(format!("f.{kind}"))).unwrap();
        let words =
            ["score", "-", "--target", "target", "--prediction", "pred", "--loss", "absolute", "--format", "json"];
        let done = run_with(path, &words, &bytes);
        let found: Value = serde_json::from_str(&done.stdout).unwrap_or_default();
        assert_eq!(found["total"]["losses"]["absolute"]["mean"].as_f64(), Some(1.25), "{kind}: {}", done.stderr);
    }
}

/// True and false are the classes of every loss of two, as 1 and 0 or as 1 and -1.
#[test]
fn truth_values_are_targets() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "t.csv", "y,n,s,p\ntrue,1,1,0.25\nfalse,0,-1,0.75\n");
    let query = "SELECT mean_brier(p, y) = mean_brier(p, n) AS a, mean_hinge(p, y) = mean_hinge(p, s) AS b, \
                 mean_cross_entropy([p, 1 - p], y) = mean_cross_entropy([p, 1 - p], n) AS c FROM 't.csv'";
    let done = run(folder.path(), &["sql", query, "--format", "csv"]);
    assert_eq!(done.stdout, "a,b,c\ntrue,true,true\n", "{}", done.stderr);
}

/// Rows of probabilities may miss 1 by what rounding to their digits, or to their type, explains; not by more.
#[test]
fn probabilities_as_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    put(path, "six.csv", "y,p_0,p_1,p_2\n0,0.333333,0.333333,0.333333\n2,0.500000,0.250000,0.250000\n");
    put(path, "six.json", "{\"y\": 0, \"p\": [0.333333, 0.333333, 0.333333]}\n{\"y\": 2, \"p\": [0.5, 0.25, 0.25]}\n");
    put(path, "off.csv", "y,p_0,p_1,p_2\n0,0.333333,0.333333,0.333333\n2,0.500000,0.250000,0.250010\n");
    put(path, "long.csv", "y,p_0,p_1,p_2\n0,0.3333333333333333,0.3333333333333333,0.3333333333333333\n1,0.5,0.3,0.1\n");
    let right = ((1.0_f64 / 0.333_333).ln() + 4.0_f64.ln()) / 2.0;
    let score = |file: &str, columns: &str| {
        run(
            path,
            &["score", file, "--target", "y", "--probability", columns, "--loss", "cross_entropy", "--format", "json"],
        )
    };
    for (file, columns, list) in [("six.csv", "p_*", "[p_0, p_1, p_2]"), ("six.json", "p", "p")] {
        let done = score(file, columns);
        let found: Value = serde_json::from_str(&done.stdout).unwrap_or_default();
        let mean = found["total"]["losses"]["cross_entropy"]["mean"].as_f64().unwrap_or(f64::NAN);
        assert!((mean / right - 1.0).abs() < 1e-12, "{file}: {mean} for {right}, {}", done.stderr);
        let query =
            format!("SELECT mean_cross_entropy({list}, y) AS m, avg(cross_entropy({list}, y)) AS n FROM '{file}'");
        let done = run(path, &["sql", &query, "--format", "json"]);
        let found: Value = serde_json::from_str(&done.stdout).unwrap_or_default();
        assert_eq!(found[0]["m"].as_f64(), Some(mean), "{file}: {}", done.stderr);
    }
    for file in ["off.csv", "long.csv"] {
        let done = score(file, "p_*");
        assert!(done.stderr.contains("row 2 (line 3): columns `p_0` to `p_2` give a row sum of"), "{}", done.stderr);
        let query = format!("SELECT mean_cross_entropy([p_0, p_1, p_2], y) FROM '{file}'");
        let done = run(path, &["sql", &query]);
        assert!(done.code == 1 && done.stderr.contains("row sum"), "{done:?}");
    }
}
