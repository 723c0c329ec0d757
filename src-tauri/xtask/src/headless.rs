//! A desktop without a screen: a virtual X display, a private session bus and a real keychain on it.
//!
//! Each value owns its process and ends it when dropped. The bus starts nothing by itself (its
//! configuration names no service folders), so no daemon outlives the test that caused it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::process::{Running, succeeds};

const READY_WITHIN: Duration = Duration::from_secs(20);

/// A virtual X display.
pub struct Screen {
    server: Running,
    display: String,
}

impl Screen {
    pub fn start(width: u32, height: u32) -> io::Result<Self> {
        let mut server = Running::start(
            "Xvfb",
            Command::new("Xvfb")
                .args([
                    "-displayfd",
                    "1",
                    "-nolisten",
                    "tcp",
                    "-noreset",
                    "-screen",
                    "0",
                ])
                .arg(format!("{width}x{height}x24"))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let number = server
            .stdout_lines()?
            .wait_for(READY_WITHIN, |line| line.trim().parse::<u32>().is_ok())?;
        Ok(Self {
            server,
            display: format!(":{}", number.trim()),
        })
    }

    pub fn display(&self) -> &str {
        &self.display
    }

    pub fn id(&self) -> u32 {
        self.server.id()
    }

    /// Saves everything on the display as a PNG.
    pub fn capture(&self, file: &Path) -> io::Result<()> {
        let status = Command::new("import")
            .args(["-display", &self.display, "-window", "root"])
            .arg(file)
            .status()
            .map_err(|error| {
                io::Error::new(
                    error.kind(),
                    format!("import (package imagemagick) could not be started: {error}"),
                )
            })?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!(
                "import could not capture display {}: {status}",
                self.display
            )))
        }
    }
}

const BUS_CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A private session bus.
pub struct Bus {
    daemon: Running,
    address: String,
}

impl Bus {
    /// `folder` receives the bus's configuration.
    pub fn start(folder: &Path) -> io::Result<Self> {
        let config = folder.join("bus.conf");
        fs::write(&config, BUS_CONFIG)?;
        let mut daemon = Running::start(
            "dbus-daemon",
            Command::new("dbus-daemon")
                .args(["--nofork", "--nopidfile", "--print-address=1"])
                .arg(format!("--config-file={}", config.display()))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                // It complains about limits that only a system's bus may raise.
                .stderr(Stdio::null()),
        )?;
        let address = daemon
            .stdout_lines()?
            .wait_for(READY_WITHIN, |line| line.starts_with("unix:"))?;
        Ok(Self { daemon, address })
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn id(&self) -> u32 {
        self.daemon.id()
    }

    fn send(&self, destination: &str, path: &str, call: &[&str]) -> Command {
        let mut command = Command::new("dbus-send");
        command
            .args(["--session", "--print-reply", "--reply-timeout=5000"])
            .arg(format!("--dest={destination}"))
            .arg(path)
            .args(call)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        command
    }
}

/// A Secret Service (gnome-keyring) on a bus.
pub struct Keychain {
    daemon: Running,
    home: PathBuf,
}

impl Keychain {
    /// Starts the daemon with its collection open; it is created at the first start in `home`.
    /// `runtime` holds its socket, whose path must be short.
    pub fn unlocked(bus: &Bus, home: &Path, runtime: &Path) -> io::Result<Self> {
        let keychain = Self::start(bus, home, runtime, Some("a test's password"))?;
        let collection = [
            "org.freedesktop.DBus.Properties.Get",
            "string:org.freedesktop.Secret.Collection",
            "string:Locked",
        ];
        keychain.until("open its collection", || {
            bus.send(SECRETS, LOGIN, &collection)
                .output()
                .is_ok_and(|output| {
                    String::from_utf8_lossy(&output.stdout).contains("boolean false")
                })
        })?;
        Ok(keychain)
    }

    /// Starts the daemon as a login without a password leaves it: nobody has unlocked anything.
    pub fn never_unlocked(bus: &Bus, home: &Path, runtime: &Path) -> io::Result<Self> {
        Self::start(bus, home, runtime, None)
    }

    fn start(bus: &Bus, home: &Path, runtime: &Path, password: Option<&str>) -> io::Result<Self> {
        fs::create_dir_all(home)?;
        let mut command = Command::new("gnome-keyring-daemon");
        command
            .args(["--foreground", "--components=secrets"])
            .arg(format!("--control-directory={}", runtime.display()))
            .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
            .env("HOME", home)
            .env("XDG_DATA_HOME", home)
            .env("XDG_RUNTIME_DIR", runtime)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if password.is_some() {
            command.arg("--unlock");
        }
        let mut daemon = Running::start("gnome-keyring-daemon", &mut command)?;
        // The daemon reads the password to the end of its input, so the pipe is closed at once.
        if let Some(mut input) = daemon.child().stdin.take() {
            input.write_all(password.unwrap_or_default().as_bytes())?;
        }
        let keychain = Self {
            daemon,
            home: home.to_owned(),
        };
        keychain.until("appear on the bus", || {
            bus.send(
                "org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                &[
                    "org.freedesktop.DBus.NameHasOwner",
                    "string:org.freedesktop.secrets",
                ],
            )
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("boolean true"))
        })?;
        Ok(keychain)
    }

    /// Locks the collection, as a screen lock or a person in the keychain program does.
    pub fn lock(&self, bus: &Bus) -> io::Result<()> {
        let call = [
            "org.freedesktop.Secret.Service.Lock",
            &format!("array:objpath:{LOGIN}"),
        ];
        if succeeds(&mut bus.send(SECRETS, "/org/freedesktop/secrets", &call)) {
            Ok(())
        } else {
            Err(io::Error::other("the keychain refused to lock"))
        }
    }

    pub fn id(&self) -> u32 {
        self.daemon.id()
    }

    /// Where the collection's file lies; deleting it is how a keychain gets lost.
    pub fn home(&self) -> &Path {
        &self.home
    }

    fn until(&self, what: &str, mut done: impl FnMut() -> bool) -> io::Result<()> {
        let end = Instant::now() + READY_WITHIN;
        while !done() {
            if Instant::now() > end {
                return Err(io::Error::other(format!(
                    "gnome-keyring-daemon did not {what}"
                )));
            }
        }
        Ok(())
    }
}

const SECRETS: &str = "org.freedesktop.secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
