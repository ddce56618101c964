//! The forms of the output.

use crate::{json, put, score, score_in};

#[test]
fn segments_in_order_and_the_total_last() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "f.csv", "s,t,y,z\n10,x,1,1\n9,\"a,b\",2,1\n,x,3,1\nb,<i>,4,1\n9,\"a,b\",,1\n\"a|b\",x,6,1\n");
    let run = |format| {
        let words = ["f.csv", "--target", "y", "--prediction", "z", "--by", "s", "--by", "t", "--loss", "absolute"];
        let done = score_in(folder.path(), &[&words[..], &["--format", format]].concat());
        assert_eq!((done.stderr.as_str(), done.code), ("", 0));
        done.stdout
    };
    let csv = "scope,s,t,rows,skipped,loss,mean,standard_error,low,high,interval\n\
               segment,9,\"a,b\",1,1,absolute,1.0,,,,log-normal\n\
               segment,10,x,1,0,absolute,0.0,,,,log-normal\n\
               segment,a|b,x,1,0,absolute,5.0,,,,log-normal\n\
               segment,b,<i>,1,0,absolute,3.0,,,,log-normal\n\
               segment,,x,1,0,absolute,2.0,,,,log-normal\n\
               total,,,5,1,absolute,2.2,";
    assert!(run("csv").starts_with(csv), "{}", run("csv"));
    let found: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
    let keys: Vec<_> =
        found["segments"].as_array().unwrap().iter().map(|segment| segment["by"]["s"].as_str()).collect();
    assert_eq!(keys, [Some("9"), Some("10"), Some("a|b"), Some("b"), None]);
    assert_eq!(
        (&found["rows"], &found["total"]["rows"], &found["total"]["skipped"]),
        (&6.into(), &5.into(), &1.into())
    );
    let table = run("table");
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("Target `y`: numbers.") && lines[1].starts_with("5 rows; 1 more left out"), "{table}");
    assert!(lines[lines.len() - 2].starts_with(" total"), "{table}");
    assert!(
        table.contains(" NULL") && run("markdown").contains("| a\\|b | x | 1 | 0 | absolute | 5.00000 | – | – | – |")
    );
}

/// An infinite mean is a result: a probability of 0 for what happened.
#[test]
fn infinities_are_told() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "f.csv", "y,p\n1,0\n0,0.5\n");
    let run = |format| {
        let words = ["f.csv", "--target", "y", "--probability", "p", "--loss", "log_loss", "--format", format];
        score_in(folder.path(), &words).stdout
    };
    assert!(run("json").contains("\"mean\": \"inf\",\n        \"standard_error\": null"), "{}", run("json"));
    assert!(run("csv").contains(",inf,,,,log-normal\n"), "{}", run("csv"));
}

#[test]
fn the_kind_is_named() {
    assert_eq!(json(&["cancer.csv", "--target", "target", "--logits", "logit"])["kind"], "two classes");
    assert_eq!(json(&["digits.csv", "--target", "target", "--logits", "logit_*"])["kind"], "many classes");
    assert_eq!(json(&["diabetes.csv", "--target", "target", "--prediction", "prediction"])["kind"], "numbers");
    let listed = json(&[
        "digits.csv",
        "--target",
        "target",
        "--logits",
        "logit_0,logit_1,logit_2,logit_3,logit_4,logit_5,logit_6,logit_7,logit_8,logit_9",
    ]);
    assert_eq!(listed, json(&["digits.csv", "--target", "target", "--logits", "logit_*"]));
    let table = score(&["cancer.csv", "--target", "target", "--logits", "logit", "--by", "segment"]);
    assert!(
        table.starts_with("Target `target`: two classes (positive: 1, negative: 0). Logits: `logit`.\n"),
        "{table}"
    );
}

/// Columns may be called as results are, in any case and with any characters.
#[test]
fn columns_by_any_name() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "f.csv", "rows,moments_0,bin,Read ME.\"x\"\n0,0.5,u,a\n1,0.25,v,b\n,1e300,v,b\n");
    let by = "Read ME.\"x\"";
    let words = ["f.csv", "--target", "rows", "--probability", "moments_0", "--by", "bin", "--by", "rows", "--by", by];
    let page = folder.path().join("p.html");
    let words = [&words[..], &["--report", page.to_str().unwrap(), "--format", "csv", "--loss", "brier"]].concat();
    let done = score_in(folder.path(), &words);
    assert_eq!((done.stderr.as_str(), done.code), ("", 0));
    let lines: Vec<&str> = done.stdout.lines().collect();
    assert_eq!(
        lines[0],
        "scope,bin,rows,\"Read ME.\"\"x\"\"\",rows,skipped,loss,mean,standard_error,low,high,interval"
    );
    assert_eq!(
        lines[1..4],
        [
            "segment,u,0,a,1,0,brier,0.25,,,,log-normal",
            "segment,v,1,b,1,0,brier,0.5625,,,,log-normal",
            "segment,v,,b,0,1,brier,,,,,log-normal",
        ]
    );
}
