//! Portico in a terminal.
fn main() {}
