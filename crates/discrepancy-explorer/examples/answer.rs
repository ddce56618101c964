//! Answers questions from stdin, one a line: what the page's tests compare it with.

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for question in std::io::stdin().lock().lines() {
        writeln!(out, "{}", discrepancy_explorer::answer(&question?))?;
    }
    Ok(())
}
