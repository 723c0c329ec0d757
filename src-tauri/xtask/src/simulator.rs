//! A simulator of Stripe in a process of its own, to judge and to measure against.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use xtask::process::Running;

const READY_WITHIN: Duration = Duration::from_secs(30);

/// A running simulator, and where its API is reached: directly or through the judge.
pub struct Simulator {
    _process: Running,
    pub url: String,
    control_url: String,
    pub secret_key: String,
    restricted_key: String,
}

impl Simulator {
    pub fn start(program: &Path, options: &[&str]) -> io::Result<Self> {
        let mut process = Running::start(
            "stripe-sim",
            Command::new(program)
                .args(["--port", "0"])
                .args(options)
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
    pub fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
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
