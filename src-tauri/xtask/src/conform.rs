//! Sends whole test runs through a judge that knows Stripe's published types, between client and simulator.
//!
//! The judge is a separate project in `../shared/stripe-conform`. Where it is absent the same tests
//! run without it, and one line says so; `PORTICO_REQUIRE_CONFORM=1` makes its absence a failure.

use std::env;
use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use xtask::process::Running;

use crate::build::{self, FLAVOUR};
use crate::report::{self, Counts, Dialect};
use crate::setup;
use crate::simulator::Simulator;

const READY_WITHIN: Duration = Duration::from_secs(30);

/// Stripe's official SDK and CLI drive the simulator.
pub fn sdk() -> Counts {
    let folder = build::root().join("tests/sdk");
    if let Err(error) = setup::node_modules(&folder) {
        println!("{error}");
        return Counts::FAILED;
    }
    judged("sdk", |simulator| {
        report::run(
            Dialect::NodeTap,
            simulator
                .tell(&mut Command::new("node"))
                // One file after the other: each looks at the events that it has caused.
                .args(["--test", "--test-reporter=tap", "--test-concurrency=1"])
                .arg(&folder),
        )
    })
}

/// The core's own client fills a mirror: the tests of core whose names hold `conform`.
pub fn filling() -> Counts {
    judged("filling", |simulator| {
        report::run(
            Dialect::Libtest,
            simulator
                .tell(&mut build::linting_cargo("test"))
                .env("PORTICO_CONFORM_URL", &simulator.url)
                .args(FLAVOUR)
                .args(["--test", "core", "conform"]),
        )
    })
}

fn judged(name: &str, check: impl FnOnce(&Simulator) -> Counts) -> Counts {
    through_the_judge(name, check).unwrap_or_else(|error| {
        println!("{error}");
        Counts::FAILED
    })
}

fn through_the_judge(name: &str, check: impl FnOnce(&Simulator) -> Counts) -> io::Result<Counts> {
    let target = build::target().map_err(io::Error::other)?;
    let mut simulator = Simulator::start(&target.join("debug/stripe-sim"), &[])?;
    let program = build::root().join("../shared/stripe-conform/bin/stripe-conform.mjs");
    if !program.is_file() {
        let required = env::var_os("PORTICO_REQUIRE_CONFORM").is_some_and(|value| value == "1");
        println!(
            "Not judged against Stripe's published types: there is no {}",
            program.display()
        );
        let absent = if required {
            Counts::FAILED
        } else {
            Counts::default()
        };
        return Ok(check(&simulator).add(absent));
    }
    let log = target.join(format!("conform-{name}.jsonl"));
    // The judge appends, so what an earlier run left would be told again.
    match fs::remove_file(&log) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut judge = Running::start(
        "stripe-conform",
        Command::new("node")
            .arg(program)
            .args(["proxy", "--port", "0", "--extra", "error"])
            .args(["--target", &simulator.url])
            .arg("--log")
            .arg(&log)
            .stdin(Stdio::null())
            .stdout(Stdio::piped()),
    )?;
    let ready = judge
        .stdout_lines()?
        .wait_for(READY_WITHIN, |line| line.contains(" on http://"))?;
    if let Some((_, url)) = ready.rsplit_once(' ') {
        simulator.url = url.to_owned();
    }
    let counts = check(&simulator);
    if judge.terminate()?.success() {
        return Ok(counts.add(Counts::PASSED));
    }
    println!(
        "Traffic broke Stripe's published types; all of it is in {}:",
        log.display()
    );
    for violation in fs::read_to_string(&log)?.lines().take(20) {
        println!("  {violation}");
    }
    Ok(counts.add(Counts::FAILED))
}
