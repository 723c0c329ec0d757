//! Measures the real window under a virtual display: its start, its memory, what it spends when idle.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use xtask::headless::{Bus, Keychain, Screen};
use xtask::process::Running;
use xtask::usage::{processor_seconds_of_all, proportional_memory};

use crate::simulator::Simulator;
use crate::start::{PAINTED, PAINTED_WITHIN, on_screen};

/// As many clients as a large agency has.
const CUSTOMERS: &str = "2000";
/// After the first list, until nothing of the start is left to do; at first the sample agency is read.
const SETTLING: Duration = Duration::from_secs(40);
/// How long the window is left alone.
const IDLE: Duration = Duration::from_secs(30);
/// An odd number, so that the median is one of the measured starts.
const STARTS: usize = 5;

#[derive(Default)]
pub struct Window {
    starts_ms: Vec<u128>,
    /// Of a window that nobody has used for [`SETTLING`].
    pss_kb: u64,
    idle_cpu_percent: f64,
}

impl Window {
    fn median(&self) -> u128 {
        let mut sorted = self.starts_ms.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }

    /// The fields of a JSON object, without its braces.
    pub fn fields(&self) -> String {
        format!(
            "\"start_to_first_list_ms\": {{\"median\": {}, \"all\": {:?}}}, \"memory_pss_kb\": {}, \"idle_cpu_percent\": {:.2}",
            self.median(),
            self.starts_ms,
            self.pss_kb,
            self.idle_cpu_percent
        )
    }
}

/// The desktop that the window is measured on: a screen, a bus, a keychain on it.
struct Desk {
    screen: Screen,
    _keychain: Keychain,
    bus: Bus,
    data: PathBuf,
    runtime: PathBuf,
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Only the keychain's socket is in it; a folder that stays does no harm.
        let _ = fs::remove_dir_all(&self.runtime);
    }
}

impl Desk {
    fn start(folder: &Path) -> io::Result<Self> {
        // An empty disk: what an earlier bench left would flatter or burden this one.
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir_all(folder)?,
        }
        let bus = Bus::start(folder)?;
        // A socket's path may only be short.
        let runtime = std::env::temp_dir().join(format!("portico-bench-{}", std::process::id()));
        fs::create_dir_all(&runtime)?;
        Ok(Self {
            screen: Screen::start(1280, 800)?,
            _keychain: Keychain::unlocked(&bus, &folder.join("home"), &runtime)?,
            bus,
            data: folder.join("data"),
            runtime,
        })
    }

    fn open(&self, programs: &Path, arguments: &[&str]) -> io::Result<(Running, Duration)> {
        let mut command = Command::new(programs.join("portico"));
        on_screen(&mut command, &self.screen, &self.bus)
            .args(arguments)
            .env("PORTICO_DATA_DIR", &self.data)
            .stdout(Stdio::null());
        let started = Instant::now();
        let mut portico = Running::start("portico", &mut command)?;
        portico
            .stderr_lines()?
            .wait_for(PAINTED_WITHIN, |line| line == PAINTED)?;
        Ok((portico, started.elapsed()))
    }

    fn terminal(&self, programs: &Path, arguments: &[&str], input: &str) -> io::Result<()> {
        let mut command = Command::new(programs.join("portico-cli"));
        command
            .args(arguments)
            .env("PORTICO_DATA_DIR", &self.data)
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus.address())
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        let mut terminal = Running::start("portico-cli", &mut command)?;
        if let Some(mut pipe) = terminal.child().stdin.take() {
            pipe.write_all(input.as_bytes())?;
        }
        let status = terminal.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!(
                "portico-cli {arguments:?} failed: {status}"
            )))
        }
    }

    fn measure(&self, programs: &Path, arguments: &[&str]) -> io::Result<Window> {
        // The first start fills the disk's cache; what people meet daily is a warm one.
        let (first, _) = self.open(programs, arguments)?;
        std::thread::sleep(SETTLING);
        drop(first);
        let mut window = Window::default();
        for number in 1..=STARTS {
            let (portico, took) = self.open(programs, arguments)?;
            window.starts_ms.push(took.as_millis());
            if number == STARTS {
                std::thread::sleep(SETTLING);
                let before = processor_seconds_of_all(portico.id());
                std::thread::sleep(IDLE);
                let spent = processor_seconds_of_all(portico.id()) - before;
                window.idle_cpu_percent = spent / IDLE.as_secs_f64() * 100.0;
                window.pss_kb = proportional_memory(portico.id())?;
            }
        }
        Ok(window)
    }
}

/// The window on an agency whose Stripe is elsewhere, with its key in the keychain and its mirror filled.
pub fn of_an_agency(programs: &Path, folder: &Path) -> io::Result<Window> {
    let desk = Desk::start(folder)?;
    let stripe = Simulator::start(&programs.join("stripe-sim"), &["--customers", CUSTOMERS])?;
    let add = [
        "workspace",
        "add",
        "Agency",
        "--key-stdin",
        "--api-base",
        &stripe.url,
    ];
    desk.terminal(programs, &add, &stripe.secret_key)?;
    desk.terminal(programs, &["sync"], "")?;
    desk.measure(programs, &[])
}

/// The window on the sample agency, whose simulator is inside the same process.
pub fn of_the_sample(programs: &Path, folder: &Path) -> io::Result<Window> {
    Desk::start(folder)?.measure(programs, &["--demo"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_one_of_the_starts() {
        let window = Window {
            starts_ms: vec![500, 410, 430, 990, 420],
            ..Window::default()
        };
        assert_eq!(window.median(), 430);
    }
}
