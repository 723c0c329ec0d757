//! `bench --soak`: the property tests and the kills in the numbers that take hours.
//!
//! In a debug build: only there can a process be killed at a place in the code.

use crate::build::{self, FLAVOUR};
use crate::setup::{self, Purpose};

const HISTORIES: &str = "1000";
const KILLS: &str = "200";

pub fn run() -> Result<(), String> {
    setup::prepare(Purpose::Build)?;
    for (target, tests, number) in [
        ("core", "histories::", ("PORTICO_HISTORIES", HISTORIES)),
        ("terminal", "kills::", ("PORTICO_KILLS", KILLS)),
    ] {
        let mut soak = build::linting_cargo("test");
        soak.args(FLAVOUR)
            .args(["--test", target, tests, "--", "--nocapture"])
            .env(number.0, number.1);
        build::succeed(&mut soak, "The seeds that failed are named above.")?;
    }
    Ok(())
}
