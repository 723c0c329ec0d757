//! What a part of the checks came to: read from what its programs print, added up at the end.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    /// Ignored, skipped or to do: a promise nobody checked, so it counts against the whole.
    pub skipped: u32,
}

impl Counts {
    pub const PASSED: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
    pub const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };

    pub fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }

    fn total(self) -> u32 {
        self.passed + self.failed + self.skipped
    }
}

/// Whose words a part's counts are read from.
#[derive(Clone, Copy)]
pub enum Dialect {
    /// One check that passes or fails as a whole: a formatter, a linter, a type checker.
    Whole,
    /// The same, where a warning is a failure too: cargo tells of those it had before, as well.
    Compiler,
    /// Rust's test runner.
    Libtest,
    Vitest,
    /// `node --test` with its tap reporter.
    NodeTap,
}

/// Runs a command in full view and reads its counts from what it printed.
pub fn run(dialect: Dialect, command: &mut Command) -> Counts {
    run_and_read(dialect, command).0
}

/// As [`run`], with the lines that were printed.
pub fn run_and_read(dialect: Dialect, command: &mut Command) -> (Counts, Vec<String>) {
    println!("$ {}", words(command));
    match stream(command) {
        Ok((status, lines)) => (judge(dialect, status.success(), &lines), lines),
        Err(error) => {
            println!("It could not be run: {error}");
            (Counts::FAILED, Vec::new())
        }
    }
}

/// What a person would type; `Debug` would spell out every changed variable too.
pub fn words(command: &Command) -> String {
    // Cargo is called by its full path, which nobody types.
    let program = Path::new(command.get_program()).file_name();
    program
        .into_iter()
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn judge(dialect: Dialect, success: bool, lines: &[String]) -> Counts {
    let counts = lines
        .iter()
        .filter_map(|line| match dialect {
            Dialect::Whole => None,
            Dialect::Compiler => warned(line).then_some(Counts::FAILED),
            Dialect::Libtest => libtest(line),
            Dialect::Vitest => vitest(line),
            Dialect::NodeTap => node_tap(line),
        })
        .fold(Counts::default(), Counts::add);
    match (success, dialect) {
        (true, Dialect::Whole) => Counts::PASSED,
        (true, Dialect::Compiler) if counts.failed == 0 => Counts::PASSED,
        (true, _) if counts.total() == 0 => {
            println!("This part ran no test at all, which counts as a failure.");
            Counts::FAILED
        }
        // It did not compile, crashed or was killed: no count says so.
        (false, _) if counts.failed == 0 => counts.add(Counts::FAILED),
        _ => counts,
    }
}

/// Both streams in one, as they come; the child's own buffering decides their order.
fn stream(command: &mut Command) -> std::io::Result<(ExitStatus, Vec<String>)> {
    let mut child = command
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (sender, receiver) = mpsc::channel();
    let pipes: [Option<Box<dyn std::io::Read + Send>>; 2] = [
        child.stdout.take().map(|pipe| Box::new(pipe) as _),
        child.stderr.take().map(|pipe| Box::new(pipe) as _),
    ];
    for pipe in pipes.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                line.clear();
                if sender.send(text).is_err() {
                    break;
                }
            }
        });
    }
    drop(sender);
    let lines = receiver.iter().inspect(|line| println!("{line}")).collect();
    Ok((child.wait()?, lines))
}

/// ``warning: `portico-core` (lib) generated 2 warnings``, cargo's sum for each crate of the workspace.
fn warned(line: &str) -> bool {
    line.starts_with("warning: `") && line.contains(") generated ")
}

/// `test result: ok. 12 passed; 0 failed; 1 ignored; …`, and a line for each ignored test.
fn libtest(line: &str) -> Option<Counts> {
    if let Some((_, reason)) = line.split_once(" ... ignored") {
        // Half of another test, which starts it as a process of its own, is no test by itself.
        let half = reason.starts_with(", the other process of ");
        return Some(Counts {
            skipped: u32::from(!half),
            ..Counts::default()
        });
    }
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut found = Counts::default();
    for part in counts.split("; ") {
        match counted(part) {
            Some((n, "passed")) => found.passed = n,
            Some((n, "failed")) => found.failed = n,
            _ => {}
        }
    }
    Some(found)
}

/// `      Tests  1 failed | 11 passed | 2 skipped (14)`
fn vitest(line: &str) -> Option<Counts> {
    let counts = line.trim_start().strip_prefix("Tests  ")?;
    let mut found = Counts::default();
    for part in counts.split_once(" (")?.0.split(" | ") {
        match counted(part)? {
            (n, "passed") => found.passed = n,
            (n, "failed") => found.failed = n,
            (n, "skipped" | "todo") => found.skipped += n,
            _ => return None,
        }
    }
    Some(found)
}

/// `# pass 5`, one line for each kind.
fn node_tap(line: &str) -> Option<Counts> {
    let (kind, n) = line.strip_prefix("# ")?.split_once(' ')?;
    let n = n.parse().ok()?;
    let mut found = Counts::default();
    match kind {
        "pass" => found.passed = n,
        "fail" | "cancelled" => found.failed = n,
        "skipped" | "todo" => found.skipped = n,
        _ => return None,
    }
    Some(found)
}

fn counted(part: &str) -> Option<(u32, &str)> {
    let (n, kind) = part.trim().split_once(' ')?;
    Some((n.parse().ok()?, kind))
}

/// Every part's result, printed at the end in the order they ran.
#[derive(Default)]
pub struct Report {
    rows: Vec<(&'static str, Counts, Duration)>,
}

impl Report {
    pub fn enter(&mut self, part: &'static str, counts: Counts, took: Duration) {
        self.rows.push((part, counts, took));
    }

    /// Prints the table and the closing line; an error when anything failed or was skipped.
    pub fn close(self) -> Result<(), String> {
        println!(
            "\n{:<12} {:>7} {:>7} {:>8} {:>8}",
            "part", "passed", "failed", "skipped", "seconds"
        );
        let mut sum = Counts::default();
        for (part, counts, took) in &self.rows {
            println!(
                "{part:<12} {:>7} {:>7} {:>8} {:>8.1}",
                counts.passed,
                counts.failed,
                counts.skipped,
                took.as_secs_f64()
            );
            sum = sum.add(*counts);
        }
        if sum.skipped > 0 {
            println!(
                "A skipped or ignored test counts as a failed one: make it run, or take it out."
            );
        }
        println!("{} passed, {} failed", sum.passed, sum.failed + sum.skipped);
        if sum.failed + sum.skipped > 0 {
            Err(String::new())
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u32, failed: u32, skipped: u32) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn every_runner_s_words_are_understood() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.5s";
        assert_eq!(libtest(line), Some(counts(12, 2, 0)));
        assert_eq!(
            libtest("test a::b ... ignored, too slow"),
            Some(counts(0, 0, 1))
        );
        assert_eq!(libtest("test a::b ... ignored"), Some(counts(0, 0, 1)));
        let half = "test a::c ... ignored, the other process of a_is_killed";
        assert_eq!(libtest(half), Some(counts(0, 0, 0)));
        assert_eq!(
            vitest("      Tests  11 passed (11)"),
            Some(counts(11, 0, 0))
        );
        assert_eq!(
            vitest("      Tests  1 failed | 11 passed | 2 skipped | 1 todo (15)"),
            Some(counts(11, 1, 3))
        );
        assert_eq!(vitest(" Test Files  3 passed (3)"), None);
        assert_eq!(node_tap("# pass 5"), Some(counts(5, 0, 0)));
        assert_eq!(node_tap("# cancelled 2"), Some(counts(0, 2, 0)));
        assert_eq!(node_tap("# duration_ms 12"), None);
    }

    #[test]
    fn a_part_cannot_pass_by_saying_nothing() {
        let nothing = &["Finished".to_owned()];
        assert_eq!(judge(Dialect::Libtest, true, nothing), counts(0, 1, 0));
        assert_eq!(judge(Dialect::Libtest, false, nothing), counts(0, 1, 0));
        assert_eq!(judge(Dialect::Whole, true, nothing), counts(1, 0, 0));
    }

    #[test]
    fn a_warning_fails_what_compiled() {
        let clean = &["    Finished `test` profile in 3s".to_owned()];
        assert_eq!(judge(Dialect::Compiler, true, clean), Counts::PASSED);
        assert_eq!(judge(Dialect::Compiler, false, clean), Counts::FAILED);
        let lint = &["warning: `portico-core` (lib) generated 2 warnings".to_owned()];
        assert_eq!(judge(Dialect::Compiler, true, lint), Counts::FAILED);
    }

    #[test]
    fn a_crash_after_passing_tests_is_a_failure() {
        let some = &["test result: ok. 3 passed; 0 failed; 0 ignored".to_owned()];
        assert_eq!(judge(Dialect::Libtest, false, some), counts(3, 1, 0));
    }
}
