//! `test`: every check of the project as a named part, one after the other, all of them each time.

use std::process::Command;
use std::time::Instant;

use xtask::process::find_program;

use crate::build::{self, FLAVOUR};
use crate::conform;
use crate::report::{self, Counts, Dialect, Report};
use crate::setup::{self, Purpose};

struct Part {
    name: &'static str,
    check: fn() -> Counts,
}

const PARTS: &[Part] = &[
    Part {
        name: "fmt",
        check: || whole(build::cargo("fmt").args(["--all", "--check"])),
    },
    Part {
        name: "biome+tsc",
        check: || whole(npm().args(["run", "check"])),
    },
    Part {
        name: "vitest",
        check: || report::run(Dialect::Vitest, npm().args(["run", "test"])),
    },
    Part {
        name: "build+clippy",
        check: compile,
    },
    Part {
        name: "unit",
        check: || rust(&["--lib", "--bins"]),
    },
    Part {
        name: "core",
        check: || waiting(&["--test", "core"], "3"),
    },
    Part {
        name: "simulator",
        check: || rust(&["--test", "api"]),
    },
    Part {
        name: "terminal",
        check: || waiting(&["--test", "terminal"], "4"),
    },
    Part {
        name: "ipc",
        check: || rust(&["--test", "ipc"]),
    },
    Part {
        name: "desktop",
        check: desktop,
    },
    Part {
        name: "sdk",
        check: conform::sdk,
    },
    Part {
        name: "filling",
        check: conform::filling,
    },
    Part {
        name: "windows",
        check: windows,
    },
];

/// The integration test programs that the parts above run.
const TEST_TARGETS: &[&str] = &["core", "api", "terminal", "ipc", "desktop"];

pub fn run(arguments: &[String]) -> Result<(), String> {
    let chosen = only(arguments)?;
    let setting_up = Instant::now();
    setup::prepare(Purpose::Test)?;
    build::page()?;
    println!("set up in {:.1} s", setting_up.elapsed().as_secs_f64());

    let mut report = Report::default();
    for part in chosen {
        println!("\n== {}", part.name);
        let started = Instant::now();
        let counts = (part.check)();
        report.enter(part.name, counts, started.elapsed());
    }
    report.close()
}

/// The parts named by `--only PART`, which may be repeated; without it, all.
fn only(arguments: &[String]) -> Result<Vec<&'static Part>, String> {
    let known = || {
        let names: Vec<_> = PARTS.iter().map(|part| part.name).collect();
        names.join(", ")
    };
    let mut wanted = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word != "--only" {
            return Err(format!(
                "test takes --only PART, not {word:?}. Parts: {}",
                known()
            ));
        }
        let name = words.next().map_or("", String::as_str);
        if !PARTS.iter().any(|part| part.name == name) {
            return Err(format!("there is no part {name:?}. Parts: {}", known()));
        }
        wanted.push(name);
    }
    Ok(PARTS
        .iter()
        .filter(|part| wanted.is_empty() || wanted.contains(&part.name))
        .collect())
}

fn whole(command: &mut Command) -> Counts {
    report::run(Dialect::Whole, command)
}

fn npm() -> Command {
    build::npm(&build::root().join("ui"))
}

fn rust(targets: &[&str]) -> Counts {
    report::run(Dialect::Libtest, &mut tests(targets))
}

/// Tests that wait for processes and answers more than they compute: more of them at a time than the
/// two cores that CI has.
fn waiting(targets: &[&str], at_once: &str) -> Counts {
    report::run(
        Dialect::Libtest,
        tests(targets).env("RUST_TEST_THREADS", at_once),
    )
}

fn tests(targets: &[&str]) -> Command {
    let mut command = build::linting_cargo("test");
    command.args(FLAVOUR).args(targets).arg("--no-fail-fast");
    command
}

/// Its stories start the terminal too, which cargo does not build for them by itself.
fn desktop() -> Counts {
    match build::programs(false) {
        Ok(_) => rust(&["--test", "desktop"]),
        Err(error) => {
            println!("{error}");
            Counts::FAILED
        }
    }
}

/// Compiles and lints everything, and makes sure that no test program is left out of the parts.
fn compile() -> Counts {
    if find_program(&["clippy-driver"]).is_none() {
        println!("Nothing can be linted without clippy: run `rustup component add clippy`.");
        return Counts::FAILED;
    }
    // The tests start programs of other packages, which cargo does not build for them by itself.
    let programs = match build::programs(false) {
        Ok(_) => Counts::PASSED,
        Err(error) => {
            println!("{error}");
            Counts::FAILED
        }
    };
    let (tests, lines) = report::run_and_read(
        Dialect::Compiler,
        build::linting_cargo("test")
            .args(FLAVOUR)
            .args(["--all-targets", "--no-run"]),
    );
    let strangers: Vec<_> = lines
        .iter()
        .filter_map(|line| integration_test(line))
        .filter(|name| !TEST_TARGETS.contains(name))
        .collect();
    let counts = programs.add(tests);
    if strangers.is_empty() {
        return counts;
    }
    println!("No part runs these tests; add them to src-tauri/xtask/src/parts.rs: {strangers:?}");
    counts.add(Counts::FAILED)
}

/// The target's name in cargo's `  Executable tests/ipc.rs (target/debug/deps/ipc-0123abcd)`.
fn integration_test(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("Executable ")?;
    if rest.starts_with("unittests ") {
        return None;
    }
    let program = rest.split_once(" (")?.1.trim_end_matches(')');
    let file = program.rsplit(['/', '\\']).next()?;
    Some(file.rsplit_once('-')?.0)
}

const WINDOWS: &str = "x86_64-pc-windows-gnu";

/// Type-checks what has no window for Windows, where this machine can.
fn windows() -> Counts {
    let installed = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WINDOWS])
        .output()
        .is_ok_and(|output| {
            let folder = String::from_utf8_lossy(&output.stdout);
            std::path::Path::new(folder.trim()).is_dir()
        });
    if !installed || find_program(&["x86_64-w64-mingw32-gcc"]).is_none() {
        println!(
            "Not checked for Windows here: it takes `rustup target add {WINDOWS}` and the package gcc-mingw-w64-x86-64."
        );
        return Counts::default();
    }
    whole(build::cargo("check").args(["--target", WINDOWS]).args([
        "-p",
        "portico-core",
        "-p",
        "portico-cli",
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_read_from_what_cargo_prints() {
        assert_eq!(
            integration_test("  Executable tests/ipc.rs (target/debug/deps/ipc-0a1b2c)"),
            Some("ipc")
        );
        assert_eq!(
            integration_test(
                "  Executable unittests src/lib.rs (target/debug/deps/portico_lib-0a1b)"
            ),
            None
        );
        assert_eq!(integration_test("    Finished `test` profile in 3s"), None);
    }

    #[test]
    fn only_takes_known_parts() {
        let only_ui = ["--only", "vitest", "--only", "fmt"].map(str::to_owned);
        let names: Vec<_> = only(&only_ui).unwrap().iter().map(|p| p.name).collect();
        assert_eq!(names, ["fmt", "vitest"]);
        assert_eq!(only(&[]).unwrap().len(), PARTS.len());
        assert!(only(&["--only".to_owned(), "everything".to_owned()]).is_err());
        assert!(only(&["vitest".to_owned()]).is_err());
    }
}
