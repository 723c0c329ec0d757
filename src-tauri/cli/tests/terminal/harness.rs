//! A data folder, a Stripe, and the binary run against both.

use age::scrypt::{Identity, Recipient};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};
use stripe_sim::{Options, Sim};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

pub const PASSPHRASE: &str = "correct horse battery";

/// A computer without a keychain, so that keys go to the file; the keychain has tests of its own.
pub struct Terminal {
    pub home: TempDir,
    pub sim: Sim,
    environment: Vec<(&'static str, String)>,
}

impl Terminal {
    /// Nothing is set up yet.
    pub async fn new() -> Self {
        Self::with(Options {
            customers: 60,
            ..Options::default()
        })
        .await
    }

    pub async fn with(options: Options) -> Self {
        let sim = Sim::start(options).await.unwrap();
        let home = TempDir::new().unwrap();
        let browser = home.path().join("browser");
        std::fs::write(
            &browser,
            format!(
                "#!/bin/sh\necho \"$1\" >> '{}'\n",
                home.path().join("opened").display()
            ),
        )
        .unwrap();
        make_executable(&browser);
        let environment = vec![
            ("PORTICO_PASSPHRASE", PASSPHRASE.to_owned()),
            ("BROWSER", browser.display().to_string()),
        ];
        Self {
            home,
            sim,
            environment,
        }
    }

    /// A workspace has been added and everything read.
    pub async fn filled() -> Self {
        let terminal = Self::new().await;
        let added = terminal.add("Agency").await;
        lighten(Path::new(added["folder"].as_str().unwrap()));
        terminal.json(&["sync"]).await;
        terminal
    }

    pub fn without_passphrase(mut self) -> Self {
        self.set("PORTICO_PASSPHRASE", "");
        self
    }

    pub fn set(&mut self, name: &'static str, value: &str) {
        self.environment.retain(|(known, _)| *known != name);
        self.environment.push((name, value.to_owned()));
    }

    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub async fn add(&self, name: &str) -> Value {
        let added = self
            .run_with(&self.add_arguments(name, true), self.sim.secret_key())
            .await;
        parsed(&succeeded(added))
    }

    pub fn add_arguments<'a>(&'a self, name: &'a str, json: bool) -> Vec<&'a str> {
        let mut arguments = vec![
            "workspace",
            "add",
            name,
            "--key-stdin",
            "--api-base",
            self.sim.url(),
        ];
        if json {
            arguments.push("--json");
        }
        arguments
    }

    /// Runs a command that must succeed; its standard output.
    pub async fn text(&self, arguments: &[&str]) -> String {
        succeeded(self.run(arguments).await)
    }

    /// Runs a command that must succeed with `--json`; its one document.
    pub async fn json(&self, arguments: &[&str]) -> Value {
        parsed(&self.text(&[arguments, &["--json"]].concat()).await)
    }

    /// Runs a command that must fail; its sentence.
    pub async fn refused(&self, arguments: &[&str]) -> String {
        sentence(self.run(arguments).await)
    }

    pub async fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, "").await
    }

    pub async fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        child.wait_with_output().await.unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portico-cli"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.home.path())
            .env("PORTICO_DATA_DIR", self.data())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// The addresses that the browser was asked to open, once there are `count`: it is started in
    /// the background, and the command does not wait for it.
    pub async fn opened(&self, count: usize) -> Vec<String> {
        let path = self.home.path().join("opened");
        let start = Instant::now();
        let mut looks = tokio::time::interval(Duration::from_millis(50));
        loop {
            let opened = std::fs::read_to_string(&path).unwrap_or_default();
            let opened: Vec<_> = opened.lines().map(str::to_owned).collect();
            if opened.len() >= count {
                return opened;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{opened:?}");
            looks.tick().await;
        }
    }

    /// Every file below the data folder.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.data()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found
    }
}

/// Locks the file of secrets anew with the same passphrase, so that opening it costs next to nothing:
/// each command here opens it, and what that should cost is a question for the core's tests.
fn lighten(folder: &Path) {
    let path = folder.join("secrets.age");
    let mut identity = Identity::new(PASSPHRASE.into());
    // Without it, a computer that is busy right now refuses what it locked itself.
    identity.set_max_work_factor(20);
    let secrets = age::decrypt(&identity, &std::fs::read(&path).unwrap()).unwrap();
    let mut recipient = Recipient::new(PASSPHRASE.into());
    recipient.set_work_factor(4);
    std::fs::write(path, age::encrypt(&recipient, &secrets).unwrap()).unwrap();
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

pub fn succeeded(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one sentence on standard error of a command that failed.
pub fn sentence(output: Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert!(
        said.trim_end().ends_with(['.', '?']) || said.contains("portico-cli "),
        "{said}"
    );
    said
}

pub fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
