//! What a developer types: `cargo xtask help`.

mod explorer;
mod growth;
mod instructions;

use explorer::explorer;
use growth::growth;
use instructions::instructions;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const HELP: &str = "\
cargo xtask test        all tests of all crates, and the reference tables against arbitrary precision, scikit-learn's means
cargo xtask reference   the reference tables, made again; --check compares instead of writing
cargo xtask bench       value and gradient of losses beside the time that memory needs; names, shapes, outputs choose;
                        --peers measures PyTorch, JAX, SciPy and POT in turn with it and writes BENCHMARKS.md, then does
                        what --wide and --score do;
                        --wide measures the Python package, every entry beside the function that its user has today;
                        --score measures the command beside DuckDB and Polars, on a file of 20 million predictions;
                        --python builds and installs the Python package and measures it beside the library
cargo xtask instructions
                        the instructions of the hot kernels, compared with those on file; --write writes them
cargo xtask growth      how the cost of every entry grows with each dimension of its input, in instructions; names choose
cargo xtask accuracy    ACCURACY.md, made again; --peers measures the peers anew, --check compares instead of writing
cargo xtask search      climbs to the inputs where losses err most, for --minutes M; names choose; then make the reference anew
cargo xtask exhaustive  elementary functions and losses over all f32 inputs; names choose, --list shows them with their times
cargo xtask python      the Python package: built, installed in an environment of its own, its tests and types; --generate writes
                        what is made from the catalogue, --all has the libraries of the adapters, other words go to pytest
cargo xtask explorer    the explorer's page, made again: needs Node and the target wasm32-unknown-unknown; --test tests it in Chromium
cargo xtask pictures    the pictures of docs/pictures, drawn again
cargo xtask ci          what must be green before a change lands: formatting, lints, documentation, tests
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    let done = match arguments.first().map(String::as_str) {
        Some("test") => test(&rest, &[]),
        Some("reference") => reference(&rest),
        Some("accuracy") => accuracy(&rest),
        Some("search") => example("search", &rest),
        Some("exhaustive") => example("exhaustive", &rest),
        Some("python") => package(&rest),
        Some("bench") => bench(&rest),
        Some("instructions") => instructions(&rest),
        Some("growth") => growth(&rest),
        Some("explorer") => explorer(&rest),
        Some("pictures") => pictures(),
        Some("ci") => ci(),
        _ => {
            print!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

fn run(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let program = program.as_ref();
    let shown = format!("{} {}", program.to_string_lossy(), arguments.join(" "));
    println!("+ {shown}");
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(root())
        .status()
        .map_err(|error| format!("{shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} failed")) }
}

fn cargo(arguments: &[&str]) -> Result<(), String> {
    run("cargo", arguments, &[])
}

/// All tests, or those whose names are in `rest`; `package_options` are those of [`package`].
fn test(rest: &[&str], package_options: &[&str]) -> Result<(), String> {
    cargo(&[&["test", "--workspace"], rest].concat())?;
    if !rest.is_empty() {
        // Some tests were chosen by name.
        return Ok(());
    }
    // An entry without a table has no witness but itself.
    // Of the workspace, as above: alone the library would be compiled again, for other features of what it stands on.
    cargo(&["test", "--workspace", "--test", "conformance", "--", "--ignored"])?;
    reference(&["--self-test"])?;
    reference(&["--check"])?;
    // What users have today gives the same means.
    python("examples/data", &["agree.py"])?;
    package(package_options)
}

fn reference(rest: &[&str]) -> Result<(), String> {
    python("reference", &[&["generate.py"], rest].concat())
}

/// `ACCURACY.md` is written by the test that holds it to be current, from the tables and from files of results.
fn accuracy(rest: &[&str]) -> Result<(), String> {
    if rest.contains(&"--peers") {
        python("reference/peers", &["measure.py"])?;
    }
    let write: &[(&str, &str)] = if rest.contains(&"--check") { &[] } else { &[("DISCREPANCY_WRITE_SNAPSHOTS", "1")] };
    run("cargo", &["test", "--package", "discrepancy", "--test", "accuracy"], write)
}

/// A program of the library that computes for long.
fn example(name: &str, rest: &[&str]) -> Result<(), String> {
    cargo(&[&["run", "--release", "--package", "discrepancy", "--example", name, "--"], rest].concat())
}

/// Runs a script of a folder in the folder's own virtual environment, with its pinned packages.
fn python(folder: &str, script: &[&str]) -> Result<(), String> {
    let venv = root().join(folder).join(".venv");
    let python = venv.join("bin/python");
    let requirements = format!("{folder}/requirements.txt");
    // What was installed when the environment was made, or last brought up to date.
    let (wanted, installed) = (root().join(&requirements), venv.join("requirements.txt"));
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let packages = read(&wanted)?;
    if !python.exists() {
        run("python3", &["-m", "venv", &venv.to_string_lossy()], &[])?;
    }
    if read(&installed).ok().as_ref() != Some(&packages) {
        run(&python, &["-m", "pip", "install", "--quiet", "-r", &requirements], &[])?;
        std::fs::write(&installed, packages).map_err(|error| format!("{}: {error}", installed.display()))?;
    }
    let path = format!("{folder}/{}", script[0]);
    run(&python, &[&[path.as_str()], &script[1..]].concat(), &[])
}

/// Where Cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

const PACKAGE: &str = "crates/discrepancy-python";

/// The environment of the Python package, beside what Cargo builds, so that it outlives a clone if that does.
fn environment() -> PathBuf {
    target().join("python")
}

/// Runs pip there.
fn pip(arguments: &[&str]) -> Result<(), String> {
    let bin = environment().join("bin");
    // What builds the package is found where it was just installed.
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    run(bin.join("python"), &[&["-m", "pip", "--quiet"], arguments].concat(), &[("PATH", path.as_str())])
}

/// Builds the Python package and installs it as its users get it, `pip install .`; gives the environment's Python.
fn install() -> Result<PathBuf, String> {
    let python = environment().join("bin/python");
    if !python.exists() {
        run("python3", &["-m", "venv", &environment().to_string_lossy()], &[])?;
    }
    pip(&["install", "--requirement", &format!("{PACKAGE}/requirements.txt")])?;
    reinstall()?;
    Ok(python)
}

fn reinstall() -> Result<(), String> {
    pip(&["install", "--no-build-isolation", "--no-deps", "--force-reinstall", "."])
}

/// The Python package, installed, and its tests.
fn package(rest: &[&str]) -> Result<(), String> {
    let (generate, all) = (rest.contains(&"--generate"), rest.contains(&"--all"));
    let python = install()?;
    if all {
        pip(&["install", "--requirement", &format!("{PACKAGE}/requirements-all.txt")])?;
    }
    if generate {
        run(&python, &[&format!("{PACKAGE}/generate.py")], &[])?;
        reinstall()?;
    }
    let tests: Vec<&str> = rest.iter().copied().filter(|word| !["--generate", "--all"].contains(word)).collect();
    run(&python, &[&["-m", "pytest"], tests.as_slice()].concat(), &[])?;
    run(&python, &["-m", "mypy", "--package", "discrepancy"], &[])?;
    run(&python, &["-m", "mypy", "examples/python", &format!("{PACKAGE}/generate.py")], &[])?;
    // The stubs say what the code does.
    let aliases = format!("{PACKAGE}/stubtest.txt");
    run(
        &python,
        &[
            "-m",
            "mypy.stubtest",
            "discrepancy",
            "--allowlist",
            &aliases,
            "--ignore-unused-allowlist",
            "--mypy-config-file",
            "pyproject.toml",
        ],
        &[],
    )
}

/// The benchmark, or that of others in turn with it: with `--peers`, `--wide`, `--score`, `--python`.
fn bench(rest: &[&str]) -> Result<(), String> {
    let words = |flag: &str| -> Option<Vec<&str>> {
        rest.contains(&flag).then(|| rest.iter().copied().filter(|word| *word != flag).collect())
    };
    if let Some(words) = words("--python") {
        let program = benchmark()?;
        return run(install()?, &[&["benchmarks/package.py", &program], &words[..]].concat(), &[]);
    }
    if let Some(words) = words("--wide") {
        return wide(&words);
    }
    if let Some(words) = words("--score") {
        return score(&words);
    }
    let Some(words) = words("--peers") else {
        return cargo(&[BENCH, &["--"], rest].concat());
    };
    let program = benchmark()?;
    python("benchmarks", &[&["peers.py", "--program", &program], &words[..]].concat())?;
    if words.contains(&"--only") {
        // Some works were chosen by their titles.
        return Ok(());
    }
    // Both are measured, even if one has a row without figures.
    let done = [wide(&words), score(&words)];
    done.into_iter().collect()
}

/// The Python package and its peers in one environment, which is that of the package.
fn beside() -> Result<PathBuf, String> {
    let python = install()?;
    pip(&["install", "--requirement", "benchmarks/requirements.txt"])?;
    Ok(python)
}

fn wide(words: &[&str]) -> Result<(), String> {
    run(beside()?, &[&["benchmarks/wide.py"], words].concat(), &[])
}

/// The command, built as its users have it.
fn score(words: &[&str]) -> Result<(), String> {
    cargo(&["build", "--release", "--package", "discrepancy-cli"])?;
    let program = target().join("release/discrepancy");
    python("benchmarks", &[&["score.py", "--program", &program.to_string_lossy()], words].concat())
}

const BENCH: &[&str] = &["bench", "--package", "discrepancy", "--bench", "speed"];

/// Builds the benchmark and says where it is.
fn benchmark() -> Result<String, String> {
    let arguments = [BENCH, &["--no-run", "--message-format=json-render-diagnostics"]].concat();
    println!("+ cargo {}", arguments.join(" "));
    let built = Command::new("cargo")
        .args(arguments)
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo bench: {error}"))?;
    let text = String::from_utf8_lossy(&built.stdout);
    let program = text.lines().rev().find_map(|line| line.split_once("\"executable\":\"")?.1.split('"').next());
    match program {
        Some(program) if built.status.success() => Ok(program.to_owned()),
        _ => Err("the benchmark was not built".to_owned()),
    }
}

/// Draws what `docs/pictures/list.txt` lists: a file, a colon, and what `discrepancy show` is to draw.
fn pictures() -> Result<(), String> {
    let folder = root().join("docs/pictures");
    let list = std::fs::read_to_string(folder.join("list.txt")).map_err(|error| format!("list.txt: {error}"))?;
    for line in list.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let (file, specs) = line.split_once(':').ok_or_else(|| format!("list.txt: {line}: `file: specs` expected"))?;
        let specs: Vec<&str> = specs.split_whitespace().collect();
        let out = format!("docs/pictures/{}", file.trim());
        let show = ["run", "--quiet", "--package", "discrepancy-cli", "--", "show", "--format", "json", "--svg", &out];
        let drawn = Command::new("cargo").args(show).args(specs).current_dir(root()).stdout(Stdio::null()).status();
        if !drawn.map_err(|error| format!("{file}: {error}"))?.success() {
            return Err(format!("{file}: not drawn"));
        }
        println!("{out}");
    }
    Ok(())
}

fn ci() -> Result<(), String> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])?;
    run("cargo", &["doc", "--workspace", "--no-deps"], &[("RUSTDOCFLAGS", "--deny warnings")])?;
    // With the libraries of the adapters: what needs none of them is among these tests.
    test(&[], &["--all"])?;
    // The guard of instructions waits for its file: kernels and the cases that are counted are new (`cargo xtask instructions --write`).
    Ok(())
}
