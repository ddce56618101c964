//! `discrepancy show` explains every entry, in text, as JSON and as a picture.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::catalog::{self, Measure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn show(arguments: &[&str], columns: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_discrepancy"));
    command.arg("show").args(arguments).env("COLUMNS", columns).output().unwrap()
}

fn text(arguments: &[&str]) -> String {
    let output = show(arguments, "80");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&text(&[&["--format", "json"], arguments].concat())).unwrap()
}

/// Exit code and message of what must fail.
fn failure(arguments: &[&str]) -> (i32, String) {
    let output = show(arguments, "80");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message.lines().count(), 1, "{message}");
    (output.status.code().unwrap(), message)
}

/// A folder of its own for each test: they run at once, and the files of two may have one name.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn file(folder: &tempfile::TempDir, name: &str) -> (PathBuf, String) {
    let path = folder.path().join(name);
    (path.clone(), path.to_str().unwrap().to_owned())
}

#[test]
fn every_entry_is_explained_and_drawn() {
    let folder = folder();
    for entry in catalog::entries() {
        let (path, svg) = file(&folder, &format!("{}.svg", entry.name));
        let page = text(&[entry.name, "--svg", &svg]);
        assert!(!page.contains(['\u{1b}', '\\']), "{page}");
        // Lines are wrapped; words are not.
        for line in page.lines().filter(|line| line.split_whitespace().count() > 2) {
            assert!(line.chars().filter(|c| *c != '\u{304}').count() <= 80, "{}: {line}", entry.name);
        }
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<String>>().join(" ");
        let said = words(&page);
        assert!(said.starts_with(entry.name) && said.contains(&words(entry.summary()).replace('`', "")), "{page}");
        assert!(said.contains(&words(entry.source)), "{page}");
        for parameter in entry.parameters {
            assert!(said.contains(&format!("{}={}", parameter.name, parameter.default)), "{page}");
        }
        for property in entry.properties {
            assert!(said.contains(property.meaning()), "{page}");
        }
        assert!(page.contains('┤') && page.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)), "no plot: {page}");
        let svg = std::fs::read_to_string(path).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{}", entry.name);
        assert!(svg.matches("<path").count() > 1, "{}: nothing is drawn", entry.name);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{}", entry.name);
    }
}

/// The numbers of all curves in order, as they are written: the reader of JSON may round them.
fn coordinates(document: &str) -> Vec<Option<f64>> {
    let (_, curves) = document.split_once("\"panels\"").unwrap();
    let tokens = curves.lines().map(|line| line.trim().trim_end_matches(','));
    let number = |token: &str| match token {
        "null" => Some(None),
        "\"inf\"" => Some(Some(f64::INFINITY)),
        "\"-inf\"" => Some(Some(f64::NEG_INFINITY)),
        other => other.parse::<f64>().ok().map(Some),
    };
    tokens.filter_map(number).collect()
}

#[test]
fn json_has_the_curves_and_they_are_those_of_the_library() {
    let mut compared = 0;
    for entry in catalog::entries() {
        let document = text(&["--format", "json", entry.name]);
        let found: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(found["name"], entry.name);
        assert_eq!(found["spec"], entry.name);
        let panels = found["curves"]["panels"].as_array().unwrap();
        let coordinates = coordinates(&document);
        let mut points = coordinates.chunks(2).map(|point| (point[0].unwrap(), point[1]));
        let Measure::Pointwise(loss) = entry.make(&entry.defaults()).unwrap() else {
            assert!(points.filter(|(_, y)| y.is_some()).count() > 50, "{}", entry.name);
            continue;
        };
        assert_eq!(panels.len(), if loss.differentiable() { 3 } else { 1 });
        // Curves are over the prediction at the targets 1 and 0, or at 0 where any number is a target.
        let targets: &[f64] = match panels[0]["curves"].as_array().unwrap().len() {
            2 => &[1.0, 0.0],
            _ if entry.target == catalog::DataDomain::Real => &[0.0],
            _ => &[1.0],
        };
        for (order, panel) in panels.iter().enumerate() {
            for (curve, target) in targets.iter().enumerate() {
                let count = panel["curves"][curve]["points"].as_array().unwrap().len();
                for (x, found) in points.by_ref().take(count) {
                    let wanted = loss.at(x, *target)[order];
                    let same = found.map_or(wanted.is_nan(), |found| found.to_bits() == wanted.to_bits());
                    assert!(same, "{} at {x}: {found:?}, wanted {wanted}", entry.name);
                    compared += 1;
                }
            }
        }
        assert_eq!(points.next(), None);
    }
    assert!(compared > 5000);
}

#[test]
fn parameter_values_count() {
    let entry =
        catalog::entries().find(|entry| entry.parameters.iter().any(|p| p.domain.interval.is_some() && !p.domain.list));
    let entry = entry.unwrap();
    let parameter = entry.parameters.iter().find(|p| p.domain.interval.is_some()).unwrap();
    let value = [0.75, 1.5, 2.0].into_iter().find(|x| parameter.domain.interval.unwrap().contains(*x)).unwrap();
    let spec = format!("{}:{}={value}", entry.name, parameter.name);
    assert_eq!(json(&[&spec])["values"][parameter.name], value);
    assert_ne!(json(&[&spec])["curves"], json(&[entry.name])["curves"], "{spec}");
    assert!(text(&[&spec]).contains(&format!("{value} (default {})", parameter.default)));
}

#[test]
fn several_entries_share_one_picture_if_they_share_an_axis() {
    let folder = folder();
    let names = |wanted: fn(&Measure) -> bool| {
        let fits = |entry: &&catalog::Entry| entry.make(&entry.defaults()).is_ok_and(|measure| wanted(&measure));
        catalog::entries().filter(fits).map(|entry| entry.name).collect::<Vec<&str>>()
    };
    let penalties = names(|measure| matches!(measure, Measure::Penalty(_)));
    let (path, svg) = file(&folder, "together.svg");
    text(&[penalties.as_slice(), &["--svg", &svg]].concat());
    let drawn = std::fs::read_to_string(path).unwrap();
    assert!(penalties.iter().all(|name| drawn.contains(name)));
    // A penalty and a map have no axis in common.
    let maps = names(|measure| matches!(measure, Measure::Map(_)));
    let (path, svg) = file(&folder, "apart.svg");
    let (code, message) = failure(&[penalties[0], maps[0], "--svg", &svg]);
    assert_eq!(code, 2);
    assert!(message.contains("share no axis"), "{message}");
    assert!(!path.exists());
    assert_eq!(json(&penalties).as_array().unwrap().len(), penalties.len());
}

#[test]
fn what_is_typed_wrongly_is_named() {
    let known = catalog::entries().find(|entry| !entry.parameters.is_empty()).unwrap();
    let parameter = known.parameters[0].name;
    let misspelt = format!("{}x", &known.name[..known.name.len() - 1]);
    let (code, message) = failure(&[&misspelt]);
    assert_eq!(code, 2);
    assert!(message.contains(&misspelt) && message.contains(&format!("did you mean {}", known.name)), "{message}");
    let (code, message) = failure(&[&format!("{}:{parameter}x=1", known.name)]);
    assert_eq!(code, 2);
    assert!(message.contains(&format!("did you mean {parameter}")), "{message}");
    let (code, message) = failure(&[&format!("{}:{parameter}=many", known.name)]);
    assert_eq!(code, 2);
    assert!(message.contains(&known.parameters[0].domain.to_string()), "{message}");
    assert_eq!(show(&[], "80").status.code(), Some(2));
}

#[test]
fn a_picture_that_cannot_be_written_is_a_failure() {
    let folder = folder();
    let entry = catalog::entries().next().unwrap().name;
    let (path, svg) = file(&folder, "nowhere/picture.svg");
    let (code, message) = failure(&[entry, "--svg", &svg]);
    assert_eq!(code, 1);
    assert!(message.contains("nowhere/picture.svg"), "{message}");
    assert!(!path.exists());
}

#[test]
fn the_examples_of_the_help_run() {
    let folder = folder();
    let mut run = 0;
    for command in ["list", "show"] {
        let discrepancy = |arguments: &[&str]| {
            let mut discrepancy = Command::new(env!("CARGO_BIN_EXE_discrepancy"));
            discrepancy.args(arguments).current_dir(folder.path()).output().unwrap()
        };
        let help = String::from_utf8(discrepancy(&[command, "--help"]).stdout).unwrap();
        for example in help.lines().filter_map(|line| line.strip_prefix("  discrepancy ")) {
            let arguments: Vec<&str> = example.split(" | ").next().unwrap().split(' ').collect();
            let output = discrepancy(&arguments);
            assert!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
            run += 1;
        }
    }
    assert!(run >= 6);
}

#[test]
fn the_pictures_of_the_documentation_are_current() {
    let folder = folder();
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
    let list = std::fs::read_to_string(pictures.join("list.txt")).unwrap();
    let mut drawn = 0;
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let (name, specs) = line.split_once(": ").unwrap();
        let (path, svg) = file(&folder, name);
        let specs: Vec<&str> = specs.split_whitespace().collect();
        text(&[specs.as_slice(), &["--format", "json", "--svg", &svg]].concat());
        let same = std::fs::read(path).unwrap() == std::fs::read(pictures.join(name)).unwrap();
        assert!(same, "docs/pictures/{name} is not what `discrepancy show` draws: run `cargo xtask pictures`");
        drawn += 1;
    }
    assert!(drawn > 0);
}
