//! `ACCURACY.md`: our columns from the tables, the peers' and the exhaustive ones from files of results.

use crate::found::Found;
use crate::support::Format;
use discrepancy::catalog::{self, Family};
use std::collections::BTreeMap;
use std::fmt::Write;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const HEAD: &str = "\
# Accuracy

<!-- Made by `cargo xtask accuracy`; a test fails when it is stale. Do not edit. -->

Every entry of the catalogue, held against values of 121 bits that an arbitrary-precision program computed from the exact
floats (`reference/README.md`). Errors are in units in the last place (ULP) of the true value in the type that the result is
stored in, gradual underflow counted: 0.5 is a perfect result.

- **Bound**: what the library promises and what the tests hold it to. One clause: where a result is below 2⁻¹⁰⁰ of its largest
  input term, the error is at most 1 ULP of the result and 2⁻¹⁰⁰ of that term. *By the clause* counts the numbers that need it.
- **Worst**: the largest error found, and where: parameters and inputs in hexadecimal, or the line of the table under
  `reference/tables/` where they are long. The points include those that `cargo xtask search` found by climbing on the bits.
- **Peers**: what others make of the same inputs in the same type, at their default options. Where a peer has the function only
  for some of the parameters, it is held to those points, and their number is given. *No digit*: the error is as large as the
  result (8.4e6 ULP in `f32`, 4.5e15 in `f64`) or larger. ∞: NaN, or an infinity where there is a number, or the other way round.
- **Heads** are held to it where they are asked for `exact`. By default their products of matrices carry a rounding that their
  documentation states and `tests/heads.rs` holds them to.
";

/// Results of a file of tab-separated lines, with its comments.
struct Lines {
    comments: Vec<String>,
    lines: Vec<Vec<String>>,
}

fn lines(path: &str) -> Lines {
    let text = std::fs::read_to_string(format!("{ROOT}/{path}")).unwrap_or_default();
    let (comments, lines): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
    Lines {
        comments: comments.iter().map(|line| line.trim_start_matches(['#', ' ']).to_owned()).collect(),
        lines: lines.iter().map(|line| line.split('\t').map(str::to_owned).collect()).collect(),
    }
}

/// An error, short; as large as the result itself, it leaves no digit.
fn short(ulps: f64, format: Format) -> String {
    match ulps {
        x if x.is_infinite() => "∞".to_owned(),
        x if x >= 2f64.powi(format.bits as i32 - 1) => "no digit".to_owned(),
        0.0 => "0".to_owned(),
        x if x < 1000.0 => format!("{x:.2}"),
        x => format!("{x:.1e}"),
    }
}

/// Whole numbers with thin groups.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Inputs of so many numbers are written out.
const SHORT: usize = 4;

fn place(found: &Found) -> String {
    let Some(place) = &found.at else { return String::new() };
    let parameters = place.spec.split_once(':').map(|(_, rest)| rest).unwrap_or_default();
    let numbers: usize = place.inputs.iter().map(|input| input.split(' ').count()).sum();
    let file = format!("{}.{}", found.table, found.format.name());
    let mut text = String::new();
    if !parameters.is_empty() {
        write!(text, "`{parameters}` ").unwrap();
    }
    if numbers > SHORT {
        write!(text, "[line {}](reference/tables/{file}.txt#L{})", place.line, place.line).unwrap();
    } else {
        let list = |input: &String| {
            if input.contains(' ') { format!("[{}]", input.replace(' ', ", ")) } else { input.clone() }
        };
        write!(text, "`{}`", place.inputs.iter().map(list).collect::<Vec<String>>().join(", ")).unwrap();
    }
    text
}

/// Peer, points and worst error, by table with type and output.
type Peers = BTreeMap<(String, String), Vec<(String, usize, f64)>>;

/// The peers of a table's output.
fn peers(found: &Found, results: &Peers) -> String {
    let key = (format!("{}.{}", found.table, found.format.name()), found.output.clone());
    let of = |(peer, points, ulps): &(String, usize, f64)| {
        let part = if *points == found.points { String::new() } else { format!(" ({})", grouped(*points)) };
        format!("{peer} {}{part}", short(*ulps, found.format))
    };
    results.get(&key).map(|list| list.iter().map(of).collect::<Vec<String>>().join(", ")).unwrap_or_default()
}

fn render(all: &[Found]) -> String {
    let mut page = HEAD.to_owned();
    let peer_file = lines("reference/peers/results.txt");
    let mut results = Peers::new();
    for line in &peer_file.lines {
        let [table, output, peer, points, ulps] = &line[..] else { panic!("reference/peers/results.txt: {line:?}") };
        let result = (peer.clone(), points.parse().unwrap(), ulps.parse().unwrap());
        results.entry((table.clone(), output.clone())).or_default().push(result);
    }
    if !peer_file.comments.is_empty() {
        writeln!(page, "\nPeers: {}.", peer_file.comments.join("; ")).unwrap();
    }
    let points: usize = all.iter().map(|found| found.points).sum();
    writeln!(page, "\n{} numbers in all.", grouped(points)).unwrap();
    for family in Family::ALL {
        let of_family = |found: &&Found| catalog::entry(found.entry).unwrap().family == family;
        let mine: Vec<&Found> = all.iter().filter(of_family).collect();
        if mine.is_empty() {
            continue;
        }
        writeln!(page, "\n## {}\n", title(family)).unwrap();
        writeln!(page, "| table | output | type | points | bound | worst | at | peers |").unwrap();
        writeln!(page, "|---|---|---|--:|--:|--:|---|---|").unwrap();
        for found in mine {
            let clause = if found.clause == 0 { String::new() } else { format!(" ({} by the clause)", found.clause) };
            writeln!(
                page,
                "| `{}` | {} | {} | {}{clause} | {} | {:.4} | {} | {} |",
                found.table,
                found.output,
                found.format.name(),
                grouped(found.points),
                found.bound,
                found.worst,
                place(found),
                peers(found, &results)
            )
            .unwrap();
        }
    }
    page.push_str(&exhaustive());
    page
}

fn title(family: Family) -> String {
    let name = family.name();
    name[..1].to_uppercase() + &name[1..]
}

const EXHAUSTIVE: &str = "
## Exhaustive

What `cargo xtask exhaustive` found over the 2³² patterns of bits of `f32`, all of them that are finite and in the function's domain
where nothing else is said: results rounded to `f32` against twofold precision. *Before rounding* is the relative error of the
kernel itself, as a power of two, where `f32` has normal numbers.

| function | inputs | worst, ULP of `f32` | at | before rounding |
|---|---|--:|---|--:|
";

fn exhaustive() -> String {
    let results = lines("reference/exhaustive.txt").lines;
    if results.is_empty() {
        return String::new();
    }
    let row = |line: &Vec<String>| {
        let [function, inputs, worst, at, relative] = &line[..] else { panic!("reference/exhaustive.txt: {line:?}") };
        let (count, beyond) =
            inputs.split_once(',').map_or((&inputs[..], String::new()), |(n, rest)| (n, format!(",{rest}")));
        let inputs = grouped(count.parse().unwrap()) + &beyond;
        format!("| `{function}` | {inputs} | {worst} | `{at}` | {relative} |\n")
    };
    EXHAUSTIVE.to_owned() + &results.iter().map(row).collect::<String>()
}

/// Compares the page with what is there, or writes it.
pub fn check(all: &[Found]) {
    let (path, page) = (format!("{ROOT}/ACCURACY.md"), render(all));
    if std::env::var_os("DISCREPANCY_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(path, page).unwrap();
        return;
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    for (i, (a, b)) in there.lines().zip(page.lines()).enumerate() {
        assert_eq!(a, b, "ACCURACY.md line {}: run cargo xtask accuracy", i + 1);
    }
    assert_eq!(there.lines().count(), page.lines().count(), "ACCURACY.md: run cargo xtask accuracy");
}
