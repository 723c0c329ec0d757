//! Sends whole test runs through a judge that knows Stripe's published types, between client and simulator.
//!
//! The judge is a separate project in `../shared/stripe-conform`. Where it is absent the same tests
//! run without it, and one line says so; `PORTICO_REQUIRE_CONFORM=1` makes its absence a failure.

use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use xtask::process::Running;

use crate::build::{self, FLAVOUR};
use crate::report::{self, Counts, Dialect};
use crate::setup;

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
    let mut simulator = Simulator::start(&target.join("debug/stripe-sim"))?;
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

/// A running simulator, and where its API is reached: directly or through the judge.
struct Simulator {
    _process: Running,
    url: String,
    control_url: String,
    secret_key: String,
    restricted_key: String,
}

impl Simulator {
    fn start(program: &PathBuf) -> io::Result<Self> {
        let mut process = Running::start(
            "stripe-sim",
            Command::new(program)
                .args(["--port", "0"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped()),
        )?;
        let line = process
            .stdout_lines()?
            .wait_for(READY_WITHIN, |line| line.starts_with('{'))?;
        let field = |name| {
            json_string(&line, name)
                .map(str::to_owned)
                .ok_or_else(|| io::Error::other(format!("stripe-sim states no {name}: {line}")))
        };
        Ok(Self {
            url: field("url")?,
            control_url: field("control_url")?,
            secret_key: field("secret_key")?,
            restricted_key: field("restricted_key")?,
            _process: process,
        })
    }

    /// Tells a command where this simulator is and which keys it takes.
    fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("STRIPE_SIM_URL", &self.url)
            .env("STRIPE_SIM_CONTROL_URL", &self.control_url)
            .env("STRIPE_SIM_SECRET_KEY", &self.secret_key)
            .env("STRIPE_SIM_RESTRICTED_KEY", &self.restricted_key)
    }
}

/// The value of a string field in the simulator's flat JSON line, whose values need no escapes.
fn json_string<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("\"{name}\""))?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    value
        .strip_prefix('"')?
        .split_once('"')
        .map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::json_string;

    #[test]
    fn fields_are_read_from_the_simulator_s_line() {
        let line = r#"{"url":"http://127.0.0.1:1", "control_url": "http://127.0.0.1:2","n":3}"#;
        assert_eq!(json_string(line, "url"), Some("http://127.0.0.1:1"));
        assert_eq!(json_string(line, "control_url"), Some("http://127.0.0.1:2"));
        assert_eq!(json_string(line, "n"), None);
        assert_eq!(json_string(line, "absent"), None);
    }
}
