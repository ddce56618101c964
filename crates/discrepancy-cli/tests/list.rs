//! `discrepancy list` says what the catalogue has: all of it, in every form.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::catalog::{self, Entry, Family};
use serde_json::Value;
use std::process::{Command, Output};

fn list(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_discrepancy"));
    command.arg("list").args(arguments).env("COLUMNS", "80").output().unwrap()
}

fn text(arguments: &[&str]) -> String {
    let output = list(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str]) -> Vec<Value> {
    let arguments = [arguments, &["--format", "json"]].concat();
    serde_json::from_str(&text(&arguments)).unwrap()
}

#[test]
fn json_has_every_entry_with_all_that_the_catalogue_knows() {
    let all = json(&[]);
    let entries: Vec<&Entry> = catalog::entries().collect();
    assert_eq!(all.len(), entries.len());
    for (found, entry) in all.iter().zip(entries) {
        let name = entry.name;
        assert_eq!(found["name"], name);
        assert_eq!(found["family"], entry.family.name());
        assert_eq!(found["summary"], entry.summary());
        assert_eq!(found["formula"], entry.formula);
        assert_eq!(found["source"], entry.source);
        assert_eq!(found["aliases"], serde_json::json!(entry.aliases), "{name}");
        assert_eq!(found["prediction"]["domain"], entry.prediction.to_string(), "{name}");
        assert_eq!(found["target"]["domain"], entry.target.to_string(), "{name}");
        assert_eq!(found["accuracy_ulp"]["f64"], entry.accuracy().f64, "{name}");
        assert_eq!(found["properties"].as_array().unwrap().len(), entry.properties.len(), "{name}");
        let parameters = found["parameters"].as_array().unwrap();
        assert_eq!(parameters.len(), entry.parameters.len());
        for (parameter, wanted) in parameters.iter().zip(entry.parameters) {
            assert_eq!(parameter["name"], wanted.name);
            assert_eq!(parameter["domain"], wanted.domain.to_string());
            // The default, written as JSON, is read back as the default.
            let default = match &parameter["default"] {
                Value::String(word) => word.clone(),
                Value::Array(list) => list.iter().map(Value::to_string).collect::<Vec<String>>().join(" "),
                number => number.to_string(),
            };
            assert_eq!(wanted.parse(name, &default).unwrap(), wanted.default, "{name}, {}", wanted.name);
        }
    }
}

#[test]
fn derivatives_and_functions_of_sql_are_those_that_exist() {
    let functions = discrepancy_sql::documentation();
    let mut named = 0;
    for (found, entry) in json(&[]).iter().zip(catalog::entries()) {
        let none = entry.is(catalog::Property::NotDifferentiable);
        assert_eq!(found["derivatives"].as_array().unwrap().is_empty(), none, "{}", entry.name);
        for signature in found["sql"].as_array().unwrap() {
            let signature = signature.as_str().unwrap();
            let function = functions.iter().find(|function| function.signature == signature).unwrap();
            assert!(function.name.ends_with(entry.name), "{signature} is not of {}", entry.name);
            named += 1;
        }
    }
    assert_eq!(named, functions.len(), "a function of SQL belongs to no entry");
}

#[test]
fn the_table_names_entries_parameters_and_aliases_within_its_width() {
    let table = text(&[]);
    assert!(!table.contains('\u{1b}'), "escape sequences in a pipe");
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for entry in catalog::entries() {
        assert!(table.contains(&format!(" {} ", entry.name)), "{}", entry.name);
        for parameter in entry.parameters {
            assert!(table.contains(&format!("{} = {}", parameter.name, parameter.default)), "{}", entry.name);
        }
        assert!(entry.aliases.iter().all(|alias| table.contains(alias)), "{}", entry.name);
    }
}

#[test]
fn a_family_can_be_chosen() {
    let mut counted = 0;
    for family in Family::ALL {
        let found = json(&["--family", family.name()]);
        assert!(found.iter().all(|entry| entry["family"] == family.name()));
        counted += found.len();
    }
    assert_eq!(counted, catalog::entries().count());
}

#[test]
fn an_unknown_family_is_wrong_usage_and_the_families_are_listed() {
    let output = list(&["--family", "distances"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    for family in Family::ALL {
        assert!(message.contains(family.name()), "{message}");
    }
}
