//! `cargo xtask growth`: how the cost of every entry grows with its input, counted in instructions and not timed.
//!
//! `examples/growth.rs` works on inputs of one, two and four times a size. What the second doubling adds, over what the first one
//! added, is the power that the cost grows by: constants cancel. A cost that grows faster than it is declared to fails.

use super::root;
use std::process::{Command, Stdio};

/// Logarithms of sorting, and elements that are computed again, on top of a power of two.
const SLACK: f64 = 1.35;

/// Counts, and compares.
pub(super) fn growth(names: &[&str]) -> Result<(), String> {
    let found = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        println!("skipped: instructions are counted by valgrind, which is not installed");
        return Ok(());
    }
    super::cargo(&["build", "--package", "discrepancy", "--example", "growth"])?;
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root().join("target"), Into::into);
    let folder = std::env::temp_dir().join(format!("discrepancy-growth-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let failures = count(&target.join("debug/examples/growth"), names, &folder);
    let _ = std::fs::remove_dir_all(&folder);
    match failures? {
        failures if failures.is_empty() => Ok(()),
        failures => Err(failures.join("\n")),
    }
}

fn count(program: &std::path::Path, names: &[&str], folder: &std::path::Path) -> Result<Vec<String>, String> {
    let out = folder.join("out");
    let output = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind", &format!("--callgrind-out-file={}", out.display())])
        .args(["--zero-before=growth::counted_work", "--dump-after=growth::counted_work"])
        .arg(program)
        .args(names)
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    if !output.status.success() {
        return Err(format!("valgrind: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let total = |i: usize| {
        let path = format!("{}.{}", out.display(), i + 1);
        let dump = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let total = dump.lines().find_map(|line| line.strip_prefix("summary: ")?.parse::<f64>().ok());
        total.ok_or_else(|| format!("valgrind: no count in {path}"))
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = text.lines().collect();
    let mut failures = Vec::new();
    for (group, lines) in lines.chunks_exact(3).enumerate() {
        let [one, two, four] = [total(3 * group)?, total(3 * group + 1)?, total(3 * group + 2)?];
        let words: Vec<&str> = lines[2].split(' ').collect();
        let [entry, what, power, size] = words[..] else { return Err(format!("growth: {}", lines[2])) };
        let power: f64 = power.parse().map_err(|_| format!("growth: {}", lines[2]))?;
        let grown = (four - two) / (two - one);
        println!("{entry:<36}{what:<26}{grown:>7.2}");
        // A cost that hardly grows at all has no power.
        let flat = four < 1.1 * one;
        if !(flat || grown < 2.0_f64.powf(power) * SLACK) {
            failures.push(format!(
                "{entry}: the cost of {size} {what} grows by {grown:.2} where it doubles, over {:.2}",
                2.0_f64.powf(power) * SLACK
            ));
        }
    }
    if lines.is_empty() { Err("nothing was counted".to_owned()) } else { Ok(failures) }
}
