//! A D-Bus session of one test's own, with GNOME Keyring on it and, where asked, a screen.
//!
//! The address of the bus is the environment of a process, so a test runs its body in a child:
//! `on_bus` starts this binary again for that one test.

use std::future::Future;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tempfile::TempDir;

/// Set in the child, where the body runs.
const INSIDE: &str = "PORTICO_TEST_ON_BUS";

/// Far above what any test takes, so that a hang fails instead of stopping the suite.
const GIVE_UP: Duration = Duration::from_secs(120);

#[derive(Clone, Copy, PartialEq)]
pub enum Session {
    /// No bus at all, as in a bare terminal or a container.
    None,
    /// A bus, but nothing that could show a dialog.
    Bus,
    /// A bus, a screen, and the program that shows the keychain's dialog on it.
    Desktop,
}

/// GNOME Keyring 42 aborts now and then while it asks, or fails to ask, for a password (seen on busy
/// machines); a mistake of Portico's fails every time.
const ATTEMPTS: usize = 3;

/// Runs `body` in a process whose session is as asked; `test` is the full name of the caller.
pub fn on_bus(test: &str, session: Session, body: impl Future<Output = ()>) {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime
            .block_on(async { tokio::time::timeout(GIVE_UP, body).await })
            .expect("the test hangs");
        return;
    }
    let mut said = String::new();
    for _ in 0..ATTEMPTS {
        match in_child(test, session) {
            Ok(()) => return,
            Err(output) => said.push_str(&output),
        }
    }
    panic!("{said}");
}

/// What the child said if it failed.
fn in_child(test: &str, session: Session) -> Result<(), String> {
    let home = TempDir::new().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("XDG_DATA_HOME")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    let screen = (session == Session::Desktop).then(Screen::start);
    if let Some(screen) = &screen {
        child.env("DISPLAY", &screen.display);
    }
    let bus = (session != Session::None).then(|| Bus::start(home.path(), screen.as_ref()));
    if let Some(bus) = &bus {
        child.env("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    }
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && said.contains("1 passed") {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{said}\n{errors}\n"))
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One screen at a time: several X servers that start at once may take the same display.
static ONLY_SCREEN: Mutex<()> = Mutex::new(());

struct Screen {
    display: String,
    _server: Running,
    _only: MutexGuard<'static, ()>,
}

impl Screen {
    fn start() -> Self {
        let only = ONLY_SCREEN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "800x600x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let number = first_line(&mut server);
        Self {
            display: format!(":{number}"),
            _server: Running(server),
            _only: only,
        }
    }
}

struct Bus {
    address: String,
    _daemon: Running,
}

impl Bus {
    /// The bus of the machine would start a keychain of its own accord; this one starts nothing
    /// but, where there is a screen, the dialog.
    fn start(home: &Path, screen: Option<&Screen>) -> Self {
        let services = home.join("dbus-services");
        std::fs::create_dir(&services).unwrap();
        let configuration = home.join("bus.conf");
        std::fs::write(
            &configuration,
            format!(
                r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
                     "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
                   <busconfig>
                     <type>session</type>
                     <listen>unix:dir={home}</listen>
                     <auth>EXTERNAL</auth>
                     <servicedir>{services}</servicedir>
                     <policy context="default">
                       <allow send_destination="*" eavesdrop="true"/>
                       <allow eavesdrop="true"/>
                       <allow own="*"/>
                     </policy>
                   </busconfig>"#,
                home = home.display(),
                services = services.display(),
            ),
        )
        .unwrap();
        let mut command = Command::new("dbus-daemon");
        command
            .arg(format!("--config-file={}", configuration.display()))
            .args(["--nofork", "--print-address=1"])
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env_remove("DISPLAY")
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(screen) = screen {
            command.env("DISPLAY", &screen.display);
            let dialog = "org.gnome.keyring.SystemPrompter.service";
            let installed = Path::new("/usr/share/dbus-1/services").join(dialog);
            std::fs::copy(installed, services.join(dialog)).expect("the package gcr is installed");
        }
        let mut daemon = command.spawn().unwrap();
        Self {
            address: first_line(&mut daemon),
            _daemon: Running(daemon),
        }
    }
}

/// GNOME Keyring on the bus of this process. Dropping it ends it; its files stay in `HOME`.
pub struct Keyring(#[expect(dead_code, reason = "held for its drop")] Running);

impl Keyring {
    /// As a login leaves it: started, and unlocked with the person's password.
    pub fn unlocked(password: &str) -> Self {
        Self::start(Some(password))
    }

    /// As an automatic login leaves it: started, and nobody gave it a password.
    pub fn never_unlocked() -> Self {
        Self::start(None)
    }

    fn start(password: Option<&str>) -> Self {
        let mut command = Command::new("gnome-keyring-daemon");
        command
            .args(["--foreground", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if password.is_some() {
            command.arg("--unlock");
        }
        let mut daemon = command.spawn().unwrap();
        let mut input = daemon.stdin.take().unwrap();
        input
            .write_all(password.unwrap_or_default().as_bytes())
            .unwrap();
        drop(input);
        let running = Running(daemon);
        let waited = Command::new("gdbus")
            .args([
                "wait",
                "--session",
                "--timeout",
                "60",
                "org.freedesktop.secrets",
            ])
            .status()
            .unwrap();
        assert!(waited.success(), "GNOME Keyring did not appear on the bus");
        Self(running)
    }
}

fn first_line(process: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    line.trim().to_owned()
}
