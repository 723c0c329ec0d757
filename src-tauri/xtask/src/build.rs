//! Where things lie and how they are built; every cargo call goes through here.
//!
//! Cargo compiles a crate anew for every set of features, and that set depends on which packages
//! were named. So everything is always built with the same words ([`FLAVOUR`]), and the window and the
//! tests share one dependency graph.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use xtask::process::find_program;

use crate::report::words;

/// See the module's comment. `custom-protocol` embeds the built page, so that no server is needed.
pub const FLAVOUR: &[&str] = &["--workspace", "--features", "portico/custom-protocol"];

/// The workspace's root.
pub fn root() -> &'static Path {
    // src-tauri/xtask is two folders down; `ancestors` of an absolute path has them.
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap_or(Path::new("."))
}

/// Cargo's target folder: this program itself was built into `<target>/debug`.
pub fn target() -> Result<PathBuf, String> {
    let program = env::current_exe().map_err(|error| format!("where am I? {error}"))?;
    program
        .ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .ok_or_else(|| format!("{} is not in a cargo target folder", program.display()))
}

pub fn cargo(subcommand: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).arg(subcommand);
    // Set by `cargo run` for this program; build scripts that watch them would run again each time.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        }) {
            command.env_remove(name);
        }
    }
    command
}

/// Cargo with clippy as the compiler of this workspace's own crates: a debug build lints as it goes.
///
/// `cargo clippy` would check every dependency a second time, which takes minutes on a fresh machine.
pub fn linting_cargo(subcommand: &str) -> Command {
    let mut command = cargo(subcommand);
    if let Some(clippy) = find_program(&["clippy-driver"]) {
        command.env("RUSTC_WORKSPACE_WRAPPER", clippy);
    }
    command
}

pub fn npm(folder: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(folder);
    command
}

/// Runs a command in full view; its failure is this one's.
pub fn succeed(command: &mut Command, advice: &str) -> Result<(), String> {
    let words = words(command);
    let status = command
        .status()
        .map_err(|error| format!("`{words}` could not be started: {error}. {advice}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "`{words}` failed ({status}); its reason is above. {advice}"
        ))
    }
}

/// Builds ui/dist unless it is newer than everything it is made of.
///
/// Writing the same page again would make cargo embed it again, which costs far more than looking.
pub fn page() -> Result<(), String> {
    let ui = root().join("ui");
    let built = modified(&ui.join("dist/index.html"));
    if built.is_some_and(|built| newest(&ui).is_some_and(|source| source <= built)) {
        return Ok(());
    }
    succeed(npm(&ui).args(["run", "build"]), "")
}

fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return modified(path);
    }
    let made_elsewhere = ["node_modules", "dist"].map(OsStr::new);
    fs::read_dir(path)
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| !made_elsewhere.contains(&entry.file_name().as_os_str()))
        .filter_map(|entry| newest(&entry.path()))
        .max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// Builds the programs (the window, the terminal, the simulator) and says which folder holds them.
pub fn programs(release: bool) -> Result<PathBuf, String> {
    page()?;
    let mut command = if release {
        cargo("build")
    } else {
        linting_cargo("build")
    };
    // The running xtask cannot be overwritten on Windows, and nobody needs another one.
    command.args(FLAVOUR).args(["--bins", "--exclude", "xtask"]);
    if release {
        command.arg("--release");
    } else {
        // With a test among the targets, cargo counts the features that tests ask of shared crates.
        // Without one, the tests would compile a hundred of them again.
        command.args(["--test", "ipc"]);
    }
    succeed(&mut command, "")?;
    Ok(target()?.join(if release { "release" } else { "debug" }))
}
