//! `discrepancy distance` gives the numbers of the library, whatever the files are; bad input gets a clear line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

mod files;
mod messages;

use discrepancy::catalog::{self, Entry, Measure, Value};
use discrepancy::distances::{PairFunction, condensed, nearest, pairwise, rowwise};
use files::{csv, lists_parquet, npy, parquet, read_npy};
use std::path::Path;
use std::process::{Command, Output};

fn distance(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_discrepancy"));
    command.arg("distance").args(arguments).current_dir(folder).env("COLUMNS", "100").output().unwrap()
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = distance(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const WIDTH: usize = 4;

/// Rows of probabilities that every function of two rows takes: exact in f32, some equal in places, none constant.
fn rows(count: usize, seed: usize) -> Vec<f64> {
    let row = |i: usize| {
        let parts = [3 + (i * 7 + seed) % 40, 5 + (i * 13) % 30, 11, 0];
        let rest = 256 - parts.iter().sum::<usize>();
        [parts[0], parts[1], parts[2], rest].map(|part| part as f64 / 256.0)
    };
    (0..count).flat_map(row).collect()
}

/// The entry with default parameters, and numbers in lists that have to be as long as the rows, or as their square.
fn spec(entry: &Entry) -> String {
    let filled = |numbers: Vec<f64>| {
        let mut arguments = entry.defaults();
        arguments.0.iter_mut().filter(|value| **value == Value::List(Vec::new())).for_each(|value| {
            *value = Value::List(numbers.clone());
        });
        arguments
    };
    let vector = filled((1..=WIDTH).map(|i| i as f64 / 2.0).collect());
    let (a, b) = (rows(1, 0), rows(1, 3));
    let too_short = matches!(entry.make(&vector), Ok(Measure::Pair(pair)) if pair.value(&a, &b).is_err());
    let matrix = (0..WIDTH * WIDTH).map(|i| if i.is_multiple_of(WIDTH + 1) { 1.5 } else { 0.25 });
    entry.spec(&if too_short { filled(matrix.collect()) } else { vector })
}

fn pairs() -> Vec<(String, Box<dyn PairFunction>)> {
    let all: Vec<_> = catalog::entries()
        .filter_map(|entry| match catalog::find(&spec(entry)) {
            Ok(Measure::Pair(pair)) => Some((spec(entry), pair)),
            _ => None,
        })
        .collect();
    assert!(all.len() >= 15, "the catalogue has shrunk");
    all
}

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

/// The numbers of a CSV text behind its header, of all columns or of one.
fn numbers(text: &str, column: Option<usize>) -> Vec<f64> {
    let cells = |line: &str| line.split(',').map(|cell| cell.parse().unwrap()).collect::<Vec<f64>>();
    let rows = text.lines().skip(1).map(cells);
    rows.flat_map(|row| column.map_or(row.clone(), |column| vec![row[column]])).collect()
}

#[test]
fn matrices_are_the_librarys_to_the_bit_from_and_to_every_kind_of_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (a, b) = (rows(7, 0), rows(5, 3));
    npy(&folder.join("a.npy"), "<f8", &[7, WIDTH], false, &a);
    npy(&folder.join("af.npy"), "<f8", &[7, WIDTH], true, &a);
    npy(&folder.join("ab.npy"), ">f8", &[7, WIDTH], false, &a);
    npy(&folder.join("b.npy"), "<f8", &[5, WIDTH], false, &b);
    csv(&folder.join("a.csv"), WIDTH, &a);
    csv(&folder.join("b.csv"), WIDTH, &b);
    parquet(&folder.join("a.parquet"), WIDTH, &a, false);
    parquet(&folder.join("b.parquet"), WIDTH, &b, false);
    lists_parquet(&folder.join("l.parquet"), WIDTH, &a);
    for (spec, metric) in pairs() {
        let wanted = bits(&pairwise(metric.as_ref(), &a, &b, WIDTH).unwrap());
        for [first, second, out] in [
            ["a.npy", "b.npy", "d.npy"],
            ["af.npy", "b.csv", "d.csv"],
            ["ab.npy", "b.parquet", "d.parquet"],
            ["a.csv", "b.npy", "d.npy"],
            ["a.parquet", "b.csv", "d.csv"],
            ["l.parquet", "b.npy", "d.npy"],
        ] {
            let printed = done(folder, &[first, second, "--metric", &spec, "--out", out]);
            assert!(printed.is_empty());
            let out = folder.join(out);
            let found = match out.extension().unwrap().to_str().unwrap() {
                "npy" => {
                    let (header, numbers) = read_npy(&out);
                    assert!(header.contains("'<f8'") && header.contains("(7, 5)"), "{header}");
                    numbers
                }
                "csv" => numbers(&std::fs::read_to_string(&out).unwrap(), None),
                _ => files::read_parquet(&out),
            };
            assert_eq!(bits(&found), wanted, "{spec} from {first} and {second} to {}", out.display());
        }
        assert_eq!(bits(&numbers(&done(folder, &["a.npy", "b.npy", "--metric", &spec]), None)), wanted, "{spec}");
    }
}

#[test]
fn f32_in_gives_f32_out_rounded_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (a, b) = (rows(4, 1), rows(3, 2));
    npy(&folder.join("a.npy"), "<f4", &[4, WIDTH], false, &a);
    parquet(&folder.join("b.parquet"), WIDTH, &b, true);
    npy(&folder.join("b.npy"), "<f8", &[3, WIDTH], false, &b);
    for (spec, metric) in pairs() {
        let wanted = pairwise(metric.as_ref(), &a, &b, WIDTH).unwrap();
        let rounded: Vec<f64> = wanted.iter().map(|x| f64::from(*x as f32)).collect();
        done(folder, &["a.npy", "b.parquet", "--metric", &spec, "--out", "d.npy"]);
        let (header, found) = read_npy(&folder.join("d.npy"));
        assert!(header.contains("'<f4'"), "{header}");
        assert_eq!(bits(&found), bits(&rounded), "{spec}");
        // One file of f64 is enough to keep all digits.
        done(folder, &["a.npy", "b.npy", "--metric", &spec, "--out", "d.npy"]);
        assert_eq!(bits(&read_npy(&folder.join("d.npy")).1), bits(&wanted), "{spec}");
    }
}

#[test]
fn condensed_rowwise_and_nearest_are_the_librarys() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (a, b) = (rows(6, 0), rows(6, 5));
    npy(&folder.join("a.npy"), "<f8", &[6, WIDTH], false, &a);
    npy(&folder.join("b.npy"), "<f8", &[6, WIDTH], false, &b);
    for (spec, metric) in pairs() {
        let (metric, run) = (metric.as_ref(), |more: &[&str]| done(folder, &[&["--metric", &spec], more].concat()));
        let wanted = condensed(metric, &a, WIDTH).unwrap();
        let printed = run(&["a.npy", "--condensed"]);
        assert_eq!(bits(&numbers(&printed, Some(2))), bits(&wanted), "{spec}");
        let pairs: Vec<&str> = printed.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().0).collect();
        let all = (0..6).flat_map(|i| (i + 1..6).map(move |j| format!("{i},{j}"))).collect::<Vec<String>>();
        assert_eq!(pairs, all);
        run(&["a.npy", "--condensed", "--out", "c.npy"]);
        assert_eq!(bits(&read_npy(&folder.join("c.npy")).1), bits(&wanted), "{spec}");

        let wanted = rowwise(metric, &a, &b, WIDTH).unwrap();
        assert_eq!(bits(&numbers(&run(&["a.npy", "b.npy", "--rowwise"]), Some(1))), bits(&wanted), "{spec}");

        let wanted = nearest(metric, &a, &b, WIDTH, 2).unwrap();
        let printed = run(&["a.npy", "b.npy", "--nearest", "2"]);
        let distances: Vec<f64> = wanted.iter().map(|(_, distance)| *distance).collect();
        assert_eq!(bits(&numbers(&printed, Some(3))), bits(&distances), "{spec}");
        let indices: Vec<f64> = wanted.iter().map(|(index, _)| *index as f64).collect();
        assert_eq!(numbers(&printed, Some(2)), indices, "{spec}");
        run(&["a.npy", "b.npy", "--nearest", "2", "--out", "n.npy"]);
        let (header, records) = read_npy(&folder.join("n.npy"));
        assert!(header.contains("[('index', '<i8'), ('distance', '<f8')]") && header.contains("(6, 2)"), "{header}");
        assert_eq!(
            records.iter().map(|x| x.to_bits() as i64).step_by(2).collect::<Vec<i64>>(),
            indices.iter().map(|x| *x as i64).collect::<Vec<i64>>()
        );
        assert_eq!(bits(&records.iter().skip(1).step_by(2).copied().collect::<Vec<f64>>()), bits(&distances));
    }
    // Without B, a file is measured against itself.
    let euclid = &pairs()[0];
    let own = numbers(&done(folder, &["a.npy", "--metric", &euclid.0]), None);
    assert_eq!(bits(&own), bits(&pairwise(euclid.1.as_ref(), &a, &a, WIDTH).unwrap()));
}

#[test]
fn statistics_of_two_samples_are_the_librarys() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // One column: some statistics are of numbers on a line.
    let (a, b) = ([0.5, 2.0, -1.0, 3.25, 0.0, 1.0], [1.5, 4.0, 2.0, 2.5, -0.25, 1.0]);
    npy(&folder.join("a.npy"), "<f8", &[6], false, &a);
    csv(&folder.join("b.csv"), 1, &b);
    let mut compared = 0;
    for entry in catalog::entries() {
        let Ok(Measure::Sample(statistic)) = entry.make(&entry.defaults()) else { continue };
        let Ok(wanted) = statistic.value(&a, &b, 1) else { continue };
        let printed = done(folder, &["a.npy", "b.csv", "--metric", entry.name]);
        assert_eq!(bits(&numbers(&printed, None)), [wanted.to_bits()], "{}", entry.name);
        let printed = done(folder, &["a.npy", "b.csv", "--metric", entry.name, "--permutations", "19", "--seed", "7"]);
        let test = statistic.permutation_test(&a, &b, 1, 19, 7).unwrap();
        assert_eq!(bits(&numbers(&printed, None)), bits(&[test.statistic, test.p_value]), "{}", entry.name);
        compared += 1;
    }
    assert!(compared > 0);
}

#[test]
fn columns_can_be_chosen_and_put_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("a.csv"), "name,x,y\nn,1,2\nm,3,5\n").unwrap();
    std::fs::write(folder.join("b.tsv"), "y\tx\n2\t4\n").unwrap();
    std::fs::write(folder.join("c.csv"), "1,2\n3,5\n").unwrap();
    npy(&folder.join("i.npy"), "<i2", &[1, 3], false, &[4.0, 0.0, 2.0]);
    let metric = pairs()[0].0.clone();
    let run = |more: &[&str]| numbers(&done(folder, &[&["--metric", &metric], more].concat()), None);
    // (1, 2) and (3, 5) from (4, 2)
    let wanted = [3.0, 10.0_f64.sqrt()];
    assert_eq!(run(&["a.csv", "b.tsv", "--columns", "x,y"]), wanted);
    assert_eq!(run(&["c.csv", "i.npy", "--no-header", "--columns", "1,2"]), [13.0_f64.sqrt(), 26.0_f64.sqrt()]);
    assert_eq!(run(&["a.csv", "--columns", "y"]), [0.0, 3.0, 3.0, 0.0]);
}

#[test]
fn a_table_shows_the_first_rows_and_says_how_many_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    npy(&folder.join("a.npy"), "<f8", &[30, WIDTH], false, &rows(30, 0));
    let table = done(folder, &["a.npy", "--metric", &pairs()[0].0, "--format", "table"]);
    assert!(table.contains("30 rows of 30 columns, of which 20 of 4 are shown"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    assert!(!table.contains('\u{1b}'));
}

#[test]
fn probabilities_stored_in_f32_sum_to_1_as_well_as_f32_can() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let rows = [0.1, 0.2, 0.3, 0.4, 0.7, 0.1, 0.1, 0.1];
    npy(&folder.join("p.npy"), "<f4", &[2, WIDTH], false, &rows);
    let narrow = rows.map(|x| x as f32);
    let divergences =
        pairs().into_iter().filter(|(_, pair)| pair.entry().prediction == catalog::DataDomain::Probabilities);
    let mut compared = 0;
    for (spec, metric) in divergences {
        done(folder, &["p.npy", "--metric", &spec, "--out", "d.npy"]);
        let wanted: Vec<f64> =
            pairwise(metric.as_ref(), &narrow, &narrow, WIDTH).unwrap().into_iter().map(f64::from).collect();
        assert_eq!(bits(&read_npy(&folder.join("d.npy")).1), bits(&wanted), "{spec}");
        compared += 1;
    }
    assert!(compared > 0);
}
