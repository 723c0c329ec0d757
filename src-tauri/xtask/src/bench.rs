//! `bench`: measures a release build and prints one JSON document on standard output.
//!
//! Starting and memory are measured here, on the real window under a virtual display. What needs no
//! window is measured by core's own bench program, whose document becomes the key `core`.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::build::{self, FLAVOUR};
use crate::setup::{self, Purpose};
use crate::{soak, window};

pub fn run(arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => measure(true),
        [only] if only == "--window" => measure(false),
        [soak] if soak == "--soak" => soak::run(),
        [word, ..] => Err(format!(
            "bench takes --window, --soak or nothing, so not {word:?}"
        )),
    }
}

fn measure(core_too: bool) -> Result<(), String> {
    setup::prepare(Purpose::Test)?;
    let programs = build::programs(true)?;
    let folder = build::target()?.join("bench");
    let of_the_window = |error| format!("the window: {error}");
    let agency = window::of_an_agency(&programs, &folder).map_err(of_the_window)?;
    let sample = window::of_the_sample(&programs, &folder).map_err(of_the_window)?;
    let sizes = ["portico", "portico-cli", "stripe-sim"].map(|name| {
        let size = fs::metadata(programs.join(name)).map_or(0, |file| file.len());
        format!("\"{name}\": {size}")
    });
    let window = format!(
        "{},\n  \"sample_agency\": {{{}}},\n  \"program_bytes\": {{{}}}",
        agency.fields(),
        sample.fields(),
        sizes.join(", ")
    );
    if !core_too {
        println!("{{\n  {window}\n}}");
        return Ok(());
    }
    // Core's bench takes many minutes, and its failure would take these with it.
    eprintln!("so far:\n  {window}");
    println!(
        "{{\n  {window},\n  \"core\": {}\n}}",
        core(&programs)?.trim()
    );
    Ok(())
}

/// The document that core's bench prints; it starts the simulator itself (`PORTICO_STRIPE_SIM`), as a
/// process of its own.
fn core(programs: &Path) -> Result<String, String> {
    let output = build::cargo("bench")
        .args(FLAVOUR)
        .args(["--bench", "core"])
        .env("PORTICO_STRIPE_SIM", programs.join("stripe-sim"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo bench could not be started: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "core's bench failed ({}); its reason is above",
            output.status
        ))
    }
}
