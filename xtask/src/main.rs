//! What a developer types: `cargo xtask help`.
fn main() {}
