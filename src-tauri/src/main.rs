//! The desktop binary; everything is in the library.
fn main() {}
