//! Set-up and checks in one place.
fn main() {}
