//! The numbers: against scikit-learn, against the library, against themselves.

use crate::json;
use discrepancy::catalog::{self, DataDomain, Family, Property};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn agrees_with_scikit_learn() {
    let mut found: BTreeMap<[&str; 3], Value> = BTreeMap::new();
    for line in include_str!("peers.txt").lines().filter(|line| !line.starts_with('#')) {
        let [file, option, columns, loss, segment, expected] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let result = found
            .entry([file, option, columns])
            .or_insert_with(|| json(&[file, "--target", "target", &format!("--{option}"), columns, "--by", "segment"]));
        let part = match segment {
            "total" => &result["total"],
            _ => result["segments"].as_array().unwrap().iter().find(|s| s["by"]["segment"] == segment).unwrap(),
        };
        let (mean, expected) = (part["losses"][loss]["mean"].as_f64().unwrap(), expected.parse::<f64>().unwrap());
        assert!((mean - expected).abs() <= 1e-14 * expected, "{line}: {mean}");
    }
    assert_eq!(found.len(), 5);
}

/// Without `--loss`, together the four kinds of predictions choose every pointwise and every row loss of the
/// catalogue that takes all numbers of its kind: what takes positive ones only has to be asked for.
#[test]
fn every_loss_of_the_catalogue_is_chosen_somewhere() {
    let folder = tempfile::tempdir().unwrap();
    crate::put(folder.path(), "p.csv", "y,p_0,p_1\n0,0.75,0.25\n1,0.5,0.5\n");
    let file = folder.path().join("p.csv");
    let file = file.to_str().unwrap();
    let calls: [&[&str]; 5] = [
        &["cancer.csv", "--target", "target", "--logits", "logit"],
        &["cancer.csv", "--target", "target", "--probability", "probability"],
        &["diabetes.csv", "--target", "target", "--prediction", "prediction"],
        &["digits.csv", "--target", "target", "--logits", "logit_*"],
        &[file, "--target", "y", "--probability", "p_*"],
    ];
    let mut chosen = BTreeSet::new();
    for call in calls {
        let found = json(call);
        for name in found["losses"].as_array().unwrap() {
            let mean = found["total"]["losses"][name.as_str().unwrap()]["mean"].as_f64().unwrap();
            let entry = catalog::entry(name.as_str().unwrap()).unwrap();
            assert!(mean.is_finite() && (mean >= 0.0 || !entry.is(Property::NonNegative)), "{name}: {mean}");
            chosen.insert(name.as_str().unwrap().to_owned());
        }
    }
    let maps = |name: &str| matches!(catalog::find(name), Ok(catalog::Measure::Map(_)));
    let narrow = |domain| matches!(domain, DataDomain::Within(_)) && domain != DataDomain::UNIT;
    let losses = catalog::entries().filter(|e| matches!(e.family, Family::Pointwise | Family::Row) && !maps(e.name));
    let losses = losses.filter(|e| !narrow(e.prediction) && !narrow(e.target));
    let expected: BTreeSet<String> = losses.map(|e| e.name.to_owned()).collect();
    assert_eq!(chosen, expected);
}

#[test]
fn weights_count_rows() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [(0.5, 1.0, 2), (2.0, 1.0, 3), (-1.0, 4.0, 1)];
    let mut weighted = "z,y,w\n".to_owned();
    let mut repeated = weighted.clone();
    for (z, y, w) in rows {
        weighted += &format!("{z},{y},{w}\n");
        repeated += &format!("{z},{y},1\n").repeat(w);
    }
    crate::put(folder.path(), "weighted.csv", weighted);
    crate::put(folder.path(), "repeated.csv", repeated);
    let run = |file: &str, words: &[&str]| -> Value {
        let words = [&[file, "--target", "y", "--prediction", "z", "--format", "json"], words].concat();
        serde_json::from_str(&crate::score_in(folder.path(), &words).stdout).unwrap()
    };
    let (weighted, repeated) = (run("weighted.csv", &["--weight", "w"]), run("repeated.csv", &[]));
    for loss in weighted["losses"].as_array().unwrap() {
        let mean = |found: &Value| found["total"]["losses"][loss.as_str().unwrap()]["mean"].clone();
        assert_eq!(mean(&weighted), mean(&repeated), "{loss}");
        assert_ne!(mean(&weighted), mean(&run("weighted.csv", &[])), "{loss}");
    }
}

/// Whatever the two classes are called.
#[test]
fn two_classes_by_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let outcomes = [true, false, false, true, true];
    let names = [
        ("1", "0", ""),
        ("1", "-1", ""),
        ("true", "false", ""),
        ("TRUE", "FALSE", ""),
        ("yes", "no", "yes"),
        ("1", "2", "1"),
        ("-3", "0.5", "-3"),
    ];
    let mut found = Vec::new();
    for (yes, no, positive) in names {
        let rows: String = outcomes
            .iter()
            .enumerate()
            .map(|(i, one)| format!("{},{}\n", f64::from(u8::try_from(i).unwrap()) - 1.5, if *one { yes } else { no }))
            .collect();
        crate::put(folder.path(), "f.csv", format!("z,y\n{rows}"));
        let mut words = vec!["f.csv", "--target", "y", "--logits", "z", "--format", "json"];
        if !positive.is_empty() {
            words.extend(["--positive", positive]);
        }
        let done = crate::score_in(folder.path(), &words);
        assert_eq!((done.stderr.as_str(), done.code), ("", 0), "{yes} {no}");
        let result: Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!(result["target"]["positive"].as_str().unwrap().to_lowercase(), yes.to_lowercase());
        assert_eq!(result["target"]["negative"].as_str().unwrap().to_lowercase(), no.to_lowercase());
        found.push(result["total"].clone());
    }
    assert!(found.iter().all(|total| *total == found[0]));
}
