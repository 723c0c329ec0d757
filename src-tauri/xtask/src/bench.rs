//! `bench`: measures a release build and prints one JSON document on standard output.
//!
//! Starting and memory are measured here, on the real window under a virtual display. What needs no
//! window is measured by core's own bench program, whose document becomes the key `core`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use xtask::headless::{Bus, Screen};
use xtask::process::Running;

use crate::build::{self, FLAVOUR};
use crate::setup::{self, Purpose};
use crate::soak;
use crate::start::{PAINTED, PAINTED_WITHIN, on_screen};

/// After the first list, until nothing of the start is left to do; at first the sample agency is read.
const SETTLING: Duration = Duration::from_secs(40);
/// How long the window is left alone.
const IDLE: Duration = Duration::from_secs(30);
/// Linux counts processor time for programs in these, whatever the kernel's own rate is.
const TICKS_PER_SECOND: f64 = 100.0;

/// An odd number, so that the median is one of the measured starts.
const STARTS: usize = 5;

pub fn run(arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => measure(),
        [soak] if soak == "--soak" => soak::run(),
        [word, ..] => Err(format!("bench takes --soak or nothing, so not {word:?}")),
    }
}

fn measure() -> Result<(), String> {
    setup::prepare(Purpose::Capture)?;
    let programs = build::programs(true)?;
    let folder = build::target()?.join("bench");
    let window = window(&programs, &folder).map_err(|error| format!("the window: {error}"))?;
    // Core's bench takes many minutes, and its failure would take these with it.
    eprintln!(
        "so far: start {} ms, {} kB, {:.2} % of a processor when idle",
        window.median(),
        window.pss_kb,
        window.idle_cpu_percent
    );
    let core = core(&programs)?;
    let sizes = ["portico", "portico-cli", "stripe-sim"].map(|name| {
        let size = fs::metadata(programs.join(name)).map_or(0, |file| file.len());
        format!("\"{name}\": {size}")
    });
    println!(
        "{{\n  \"start_to_first_list_ms\": {{\"median\": {}, \"all\": {:?}}},\n  \"memory_pss_kb\": {},\n  \"idle_cpu_percent\": {:.2},\n  \"program_bytes\": {{{}}},\n  \"core\": {}\n}}",
        window.median(),
        window.starts_ms,
        window.pss_kb,
        window.idle_cpu_percent,
        sizes.join(", "),
        core.trim()
    );
    Ok(())
}

struct Window {
    starts_ms: Vec<u128>,
    pss_kb: u64,
    idle_cpu_percent: f64,
}

impl Window {
    fn median(&self) -> u128 {
        let mut sorted = self.starts_ms.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }
}

fn window(programs: &Path, folder: &Path) -> io::Result<Window> {
    // An empty disk: what an earlier bench left would flatter or burden this one.
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(folder)?,
    }
    let screen = Screen::start(1280, 800)?;
    let bus = Bus::start(folder)?;
    let start = || -> io::Result<(Running, Duration)> {
        let mut command = Command::new(programs.join("portico"));
        on_screen(&mut command, &screen, &bus)
            .arg("--demo")
            .env("PORTICO_DATA_DIR", folder)
            .stdout(Stdio::null());
        let started = Instant::now();
        let mut portico = Running::start("portico", &mut command)?;
        portico
            .stderr_lines()?
            .wait_for(PAINTED_WITHIN, |line| line == PAINTED)?;
        Ok((portico, started.elapsed()))
    };
    // The first start fills the workspace and the disk cache; what people meet daily is a warm one.
    let (first, _) = start()?;
    std::thread::sleep(SETTLING);
    drop(first);
    let mut starts_ms = Vec::with_capacity(STARTS);
    let (mut pss_kb, mut idle_cpu_percent) = (0, 0.0);
    for number in 1..=STARTS {
        let (portico, took) = start()?;
        starts_ms.push(took.as_millis());
        pss_kb = proportional_memory(portico.id())?;
        if number == STARTS {
            std::thread::sleep(SETTLING);
            let before = ticks(portico.id());
            std::thread::sleep(IDLE);
            let spent = ticks(portico.id()).saturating_sub(before);
            idle_cpu_percent = spent as f64 / TICKS_PER_SECOND / IDLE.as_secs_f64() * 100.0;
        }
    }
    Ok(Window {
        starts_ms,
        pss_kb,
        idle_cpu_percent,
    })
}

/// The proportional set size of a process and everything it started, in kB: shared pages are split
/// among those who share them, so the webview's libraries are not counted several times.
fn proportional_memory(root: u32) -> io::Result<u64> {
    let mut sum = pages_of(root)?;
    let mut waiting = children(root);
    while let Some(pid) = waiting.pop() {
        match pages_of(pid) {
            Ok(pages) => sum += pages,
            // It was listed, and ended before it was read.
            Err(_) if has_ended(pid) => continue,
            Err(error) => return Err(error),
        }
        waiting.extend(children(pid));
    }
    Ok(sum)
}

fn pages_of(pid: u32) -> io::Result<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).map_err(|error| {
        // The app is marked not dumpable, which hides its pages from everyone but root.
        io::Error::new(
            error.kind(),
            format!("the memory of process {pid} cannot be read ({error}); run the bench as root"),
        )
    })?;
    pss(&rollup).ok_or_else(|| io::Error::other(format!("process {pid} states no Pss")))
}

/// Gone, or a zombie that only its parent has still to notice: it has no pages any more.
fn has_ended(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| {
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']))
    })
}

/// The processes that its threads started; a thread may end while they are listed.
fn children(pid: u32) -> Vec<u32> {
    fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|listed| {
            listed
                .split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<u32>>()
        })
        .collect()
}

/// The processor time of a process and everything it started that still runs.
fn ticks(root: u32) -> u64 {
    let mut sum = 0;
    let mut waiting = vec![root];
    while let Some(pid) = waiting.pop() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        sum += processor_time(&stat).unwrap_or(0);
        waiting.extend(children(pid));
    }
    sum
}

/// `utime` and `stime`, the 14th and 15th field; the second, a name, may contain spaces.
fn processor_time(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

fn pss(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// The document that core's bench prints; it starts the simulator itself (`PORTICO_STRIPE_SIM`), as a
/// process of its own.
fn core(programs: &Path) -> Result<String, String> {
    let source = build::root().join("src-tauri/core/benches/core.rs");
    if !source.is_file() {
        eprintln!(
            "Only the window was measured: there is no {}",
            source.display()
        );
        return Ok("null".to_owned());
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_one_of_the_starts() {
        let window = Window {
            starts_ms: vec![500, 410, 430, 990, 420],
            pss_kb: 0,
            idle_cpu_percent: 0.0,
        };
        assert_eq!(window.median(), 430);
    }

    #[test]
    fn processor_time_is_the_14th_and_15th_field() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194304 100 0 0 0 42 8 3 1 20 0 9 0";
        assert_eq!(processor_time(stat), Some(50));
        assert_eq!(processor_time(""), None);
    }

    #[test]
    fn proportional_memory_is_read_from_the_kernel_s_words() {
        let rollup =
            "7f00-7fff ---p [rollup]\nRss:  99 kB\nPss:            12345 kB\nPss_Anon: 7 kB\n";
        assert_eq!(pss(rollup), Some(12345));
        assert_eq!(pss("Rss: 1 kB"), None);
        // Other tests of this program start and end processes meanwhile.
        assert!(proportional_memory(std::process::id()).unwrap() > 0);
        assert!(has_ended(u32::MAX - 1));
        assert!(!has_ended(std::process::id()));
    }
}
