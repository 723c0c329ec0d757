//! The desktop binary; everything else is in the library, so that tests can reach it.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::io::Write;
use std::process::ExitCode;

/// Reading from Stripe allocates millions of small strings on several threads, which the system's
/// allocator is slow at and never gives back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(code) = portico_core::wire::run_if_asked() {
        return code;
    }
    match portico_lib::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell if standard error is closed, so a failed write is let go.
            let _ = writeln!(std::io::stderr(), "Portico could not start: {error}");
            ExitCode::FAILURE
        }
    }
}
