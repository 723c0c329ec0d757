//! `stripe listen` as a child: the Stripe CLI, where it is installed, forwards each event to the
//! listener as it happens.

use super::{
    guard::guarded,
    listener::{Listener, token},
    signature::{Gate, Refusal},
};
use crate::secrets::Secret;
use crate::{Clock, Error, Result};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
    time::Instant,
};

/// Between two starts: doubled after each that did not last, up to a few minutes.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// A run that lasted this long was a good one.
const GOOD_RUN: Duration = Duration::from_secs(60);
/// `> Ready! You are using Stripe API Version …`
const READY: &str = "Ready!";
/// The CLI asks Stripe for the secret.
const SECRET_WITHIN: Duration = Duration::from_secs(60);

/// What is needed to run it.
pub struct StripeCli {
    pub program: PathBuf,
    /// One of Portico's own binaries, which ends the CLI with us.
    pub guard: PathBuf,
    pub key: Secret,
    pub livemode: bool,
    /// A simulator's address; Stripe's own where there is none.
    pub base: Option<String>,
    pub clock: Clock,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CliState {
    Starting,
    Listening,
    /// Starts again by itself, later.
    Failed(String),
}

impl StripeCli {
    /// Keeps it running until this is dropped.
    pub async fn run(
        self,
        hear: impl Fn(Result<(), Refusal>) + Send + Sync + 'static,
        state: watch::Sender<CliState>,
    ) -> std::convert::Infallible {
        let hear = Arc::new(hear);
        let mut wait = FIRST_WAIT;
        loop {
            state.send_replace(CliState::Starting);
            let started = Instant::now();
            let Err(error) = self.listen(Arc::clone(&hear), &state).await;
            tracing::warn!(%error, "stripe listen ended");
            state.send_replace(CliState::Failed(error.to_string()));
            if started.elapsed() >= GOOD_RUN {
                wait = FIRST_WAIT;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn listen(
        &self,
        hear: Arc<impl Fn(Result<(), Refusal>) + Send + Sync + 'static>,
        state: &watch::Sender<CliState>,
    ) -> Result<std::convert::Infallible> {
        let gate = Gate::new([self.secret().await?], self.livemode, self.clock.clone())
            .map_err(|refusal| Error::Internal(refusal.to_string()))?;
        let delivered = state.clone();
        let heard = move |delivery: Result<(), Refusal>| {
            if delivery.is_ok() {
                delivered.send_replace(CliState::Listening);
            }
            hear(delivery);
        };
        let listener = Listener::open(0, &token(), gate, heard).await?;
        let mut listening = self.command(&["--forward-to", &listener.url()]);
        let mut child = spawn(&mut listening, &self.program)?;
        // Waiting would close it, and the guard end the program.
        let _stdin = child.stdin.take();
        let ready = || {
            state.send_replace(CliState::Listening);
        };
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let (_, _, ended) = tokio::join!(log(out, &ready), log(err, &ready), child.wait());
        let ended = ended.map_err(Error::io("The Stripe CLI could not be waited for"))?;
        Err(Error::Conflict(format!(
            "The Stripe CLI ended ({ended}). It is started again by itself; the log has its words."
        )))
    }

    /// The secret with which the CLI signs what it forwards.
    async fn secret(&self) -> Result<Secret> {
        let mut asking = self.command(&["--print-secret"]);
        let mut child = spawn(&mut asking, &self.program)?;
        // Waiting would close it, and the guard end the program.
        let _stdin = child.stdin.take();
        let no_secret = || {
            Error::Conflict(
                "The Stripe CLI gave no signing secret. Run `stripe listen --print-secret` in a terminal to see why.".into(),
            )
        };
        let output = tokio::time::timeout(SECRET_WITHIN, child.wait_with_output())
            .await
            .map_err(|_| no_secret())?
            .map_err(Error::io("The Stripe CLI could not be waited for"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.split_whitespace()
            .find(|word| word.starts_with("whsec_"))
            .map(Secret::new)
            .ok_or_else(no_secret)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = guarded(&self.guard, &self.program);
        command.arg("listen").args(arguments);
        if self.livemode {
            command.arg("--live");
        }
        if let Some(base) = &self.base {
            // A simulator's key is not for Stripe to see.
            command.args(["--api-base", base]);
        }
        command
            .args(["--color", "off"])
            // An argument would be seen in the list of processes.
            .env("STRIPE_API_KEY", self.key.expose())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

fn spawn(command: &mut Command, program: &Path) -> Result<Child> {
    let failed = format!("{} could not be started", program.display());
    command.spawn().map_err(Error::io(failed))
}

/// What the CLI says goes into the log, which masks what looks like a secret; it says when it is
/// connected.
async fn log(output: Option<impl AsyncRead + Unpin>, ready: &impl Fn()) {
    let Some(output) = output else { return };
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line.contains(READY) {
            ready();
        }
        tracing::info!(line, "stripe listen");
    }
}
