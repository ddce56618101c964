//! The explorer: the library compiled for WebAssembly, the page built around it, and its tests in a browser.

use crate::{root, run};
use std::path::Path;
use std::process::Command;

const FOLDER: &str = "crates/discrepancy-explorer";
const TARGET: &str = "wasm32-unknown-unknown";
/// Beside what others build: small code is another kind of build.
const BUILD: &str = "target/explorer";

/// With `--test` the page that is there is tested in Chromium; else it is made again.
pub(crate) fn explorer(rest: &[&str]) -> Result<(), String> {
    packages()?;
    if rest.contains(&"--test") {
        let answers = ["test", "--package", "discrepancy-explorer"];
        run("cargo", &answers, &[])?;
        run("cargo", &["build", "--package", "discrepancy-explorer", "--example", "answer"], &[])?;
        let program = crate::target().join("debug/examples/answer");
        let program = program.to_string_lossy().into_owned();
        return npm(&["test"], &[("EXPLORER_ANSWER", &program)]);
    }
    compile()?;
    let module = root().join(BUILD).join(TARGET).join("explorer/discrepancy_explorer.wasm");
    let module = module.to_string_lossy().into_owned();
    npm(&["run", "build"], &[("EXPLORER_WASM", &module)])?;
    let (built, page) = (root().join(FOLDER).join("page/dist/index.html"), root().join(FOLDER).join("explorer.html"));
    std::fs::copy(&built, &page).map_err(|error| format!("{}: {error}", built.display()))?;
    println!("{}", page.display());
    Ok(())
}

/// `WASM_CARGO` is another Cargo for the target, with its arguments, where rustup's has it not.
fn compile() -> Result<(), String> {
    let cargo = std::env::var("WASM_CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let words: Vec<&str> = cargo.split_whitespace().collect();
    let (program, first) = words.split_first().ok_or("WASM_CARGO names no program")?;
    let build = [
        "rustc",
        "--profile",
        "explorer",
        "--target",
        TARGET,
        "--target-dir",
        BUILD,
        "--package",
        "discrepancy-explorer",
        "--lib",
        "--crate-type",
        "cdylib",
    ];
    run(program, &[first, &build].concat(), &[])
}

/// The packages of the page, in the versions of its lock file.
fn packages() -> Result<(), String> {
    let folder = root().join(FOLDER).join("page");
    let (lock, installed) = (folder.join("package-lock.json"), folder.join("node_modules/.package-lock.json"));
    let changed = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
    if changed(&installed) < changed(&lock) {
        npm(&["ci", "--no-audit", "--no-fund"], &[])?;
    }
    Ok(())
}

fn npm(arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    println!("+ npm {}", arguments.join(" "));
    let done = Command::new("npm")
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(root().join(FOLDER).join("page"))
        .status()
        .map_err(|error| format!("npm: {error}"))?;
    if done.success() { Ok(()) } else { Err(format!("npm {}: {done}", arguments.join(" "))) }
}
