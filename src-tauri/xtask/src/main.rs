//! `cargo xtask start | test | bench`: set-up and checks in one place, the same for people and for CI.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a terminal program speaks by printing"
)]

mod bench;
mod build;
mod conform;
mod parts;
mod report;
mod setup;
mod simulator;
mod soak;
mod start;
mod window;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask start [--screenshot FILE] [ARGS…]   set up, build, and open the console on the demo workspace
                                                (ARGS are passed on to it)
cargo xtask test [--only PART]…                 set up and run every check
cargo xtask bench                               set up and measure a release build; prints one JSON document
cargo xtask bench --window                      of that only what is measured on the real window
cargo xtask bench --soak                        1,000 random histories and 200 kills; says how often what occurred";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    let outcome = match arguments.first().map(String::as_str) {
        Some("start") => start::run(rest),
        Some("test") => parts::run(rest),
        Some("bench") => bench::run(rest),
        Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("there is no command {other:?}\n\n{HELP}")),
        None => Err(HELP.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
