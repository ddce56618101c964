//! The command `discrepancy`.
fn main() {}
