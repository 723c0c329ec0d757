//! `bench`: measures a release build and prints one JSON document.

pub fn run(_: &[String]) -> Result<(), String> {
    Err("not measured yet".to_owned())
}
