//! `cargo xtask instructions`: the instructions that the hot kernels take for a number, compared with those on file.
//!
//! Times are different on every machine and in every minute; a count of instructions is not. Valgrind has no AVX-512,
//! so what is counted is the AVX2 level, on one thread. A count that grew by more than 3 % fails, for a kernel may
//! lose its vectors, or a call creep in, without any result being wrong. Calls are counted too: a vector of a kernel makes
//! none, only blocks and rows do, and numbers that are computed again in 256 bits. Each derivative is asked for together with
//! what comes before it, so the file also shows what they share: an exponential is there once.

use super::{benchmark, root};
use std::fmt::Write;
use std::process::{Command, Stdio};

const FILE: &str = "crates/discrepancy/benches/instructions.txt";
/// What a count may grow by: other versions of the C library copy memory differently.
const MORE: f64 = 1.03;
/// The same of calls: a vector has four numbers, so a call of each would be a quarter of one more.
const MORE_CALLS: f64 = 0.1;
const HEAD: &str = "\
# Instructions for each number, at the AVX2 level on one thread: entry, type and shape of the inputs, `soft` where targets
# are probabilities, output, count; and calls for each number.
# Written by `cargo xtask instructions --write`, checked by `cargo xtask instructions`.
";

/// Counts, and compares or writes.
pub(super) fn instructions(rest: &[&str]) -> Result<(), String> {
    let found = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        // A guard that lets everything pass where it cannot look would be none.
        return Err("instructions are counted by valgrind, which is not installed (Debian: apt-get install valgrind)"
            .to_owned());
    }
    let counts = counts()?;
    let path = root().join(FILE);
    if rest.contains(&"--write") {
        let lines = counts.iter().fold(HEAD.to_owned(), |mut lines, Count { kernel, instructions, calls }| {
            let _ = writeln!(lines, "{kernel} {instructions:.2} {calls:.2}");
            lines
        });
        return std::fs::write(&path, lines).map_err(|error| format!("{FILE}: {error}"));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{FILE}: {error}"))?;
    let mut known: Vec<(&str, [f64; 2])> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let count = |count: &str| count.parse::<f64>().map_err(|error| format!("{FILE}: {line}: {error}"));
        let mut words = line.rsplitn(3, ' ');
        let (Some(calls), Some(instructions), Some(kernel)) = (words.next(), words.next(), words.next()) else {
            return Err(format!("{FILE}: {line}: two counts expected"));
        };
        known.push((kernel, [count(instructions)?, count(calls)?]));
    }
    let mut failures = Vec::new();
    for Count { kernel, instructions, calls } in &counts {
        let Some((_, [before, calls_before])) = known.iter().find(|(known, _)| known == kernel) else {
            failures.push(format!("{kernel} is not on file"));
            continue;
        };
        let more = (1000.0 * (instructions / before - 1.0)).round() / 10.0 + 0.0;
        println!("{kernel:<62}{instructions:>9.2}{more:>+8.1} %{calls:>9.3} calls");
        if *instructions > before * MORE {
            failures.push(format!("{kernel} takes {instructions:.2} instructions for a number, {before} before"));
        }
        if *calls > calls_before * MORE + MORE_CALLS {
            failures.push(format!("{kernel} makes {calls:.2} calls for a number, {calls_before} before"));
        }
    }
    let gone = known.iter().filter(|(kernel, _)| !counts.iter().any(|found| found.kernel == *kernel));
    failures.extend(gone.map(|(kernel, _)| format!("{kernel} is on file, but there is no such kernel")));
    if failures.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nif this is meant: cargo xtask instructions --write", failures.join("\n")))
}

/// What a kernel takes for each number.
struct Count {
    kernel: String,
    instructions: f64,
    calls: f64,
}

/// Each kernel of `speed --count`.
fn counts() -> Result<Vec<Count>, String> {
    let program = benchmark()?;
    let folder = std::env::temp_dir().join(format!("discrepancy-instructions-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let counted = run(&program, &folder);
    let _ = std::fs::remove_dir_all(&folder);
    counted
}

fn run(program: &str, folder: &std::path::Path) -> Result<Vec<Count>, String> {
    let out = folder.join("out");
    let output = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind", &format!("--callgrind-out-file={}", out.display())])
        // A count of its own for each call of this function of the benchmark.
        .args(["--zero-before=speed::counted_work", "--dump-after=speed::counted_work", program, "--count"])
        .env("DISCREPANCY_LEVEL", "avx2")
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    if !output.status.success() {
        return Err(format!("valgrind: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines();
    let level = lines.next().unwrap_or_default();
    if level != "Avx2" {
        return Err(format!("the counts on file are those of the AVX2 level, this machine has {level}"));
    }
    let mut counts = Vec::new();
    for (i, line) in lines.enumerate() {
        let path = format!("{}.{}", out.display(), i + 1);
        let dump = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let total =
            dump.lines().find_map(|line| line.strip_prefix("summary: ")).and_then(|sum| sum.parse::<f64>().ok());
        let numbers = line.rsplit_once(' ').and_then(|(kernel, numbers)| Some((kernel, numbers.parse::<f64>().ok()?)));
        let (Some(total), Some((kernel, numbers))) = (total, numbers) else {
            return Err(format!("valgrind: no count in {path} for {line}"));
        };
        let calls: f64 =
            dump.lines().filter_map(|line| line.strip_prefix("calls=")?.split(' ').next()?.parse::<f64>().ok()).sum();
        counts.push(Count { kernel: kernel.to_owned(), instructions: total / numbers, calls: calls / numbers });
    }
    if counts.is_empty() { Err("nothing was counted".to_owned()) } else { Ok(counts) }
}
