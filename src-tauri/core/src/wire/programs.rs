//! Other programs of this computer that Portico may run.

use crate::{Error, Result};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::process::Command;

const VERSION_WITHIN: Duration = Duration::from_secs(10);

/// Where they are looked for.
#[derive(Debug, Clone)]
pub struct Programs {
    /// `PATH`.
    pub path: OsString,
    /// One of Portico's own binaries, which ends what it runs when Portico is gone.
    pub guard: PathBuf,
}

impl Programs {
    pub fn of_system() -> Self {
        let mut folders: Vec<PathBuf> = std::env::var_os("PATH")
            .map(|path| std::env::split_paths(&path).collect())
            .unwrap_or_default();
        if cfg!(target_os = "macos") {
            // A program started from the Finder does not get the PATH of a shell.
            folders.extend(["/opt/homebrew/bin", "/usr/local/bin"].map(PathBuf::from));
        }
        Self {
            path: std::env::join_paths(folders).unwrap_or_default(),
            guard: std::env::current_exe().unwrap_or_default(),
        }
    }

    /// Where the Stripe CLI is, if it is installed.
    pub fn stripe_cli(&self) -> Option<PathBuf> {
        let name = format!("stripe{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(&self.path)
            .map(|folder| folder.join(&name))
            .find(|program| program.is_file())
    }
}

/// The version that the Stripe CLI gives itself. (`stripe version` also asks the network for a
/// newer one.)
pub async fn version(program: &Path) -> Result<String> {
    let unusable = |why: String| {
        Error::Conflict(format!(
            "{} does not say its version ({why}). Install the Stripe CLI anew.",
            program.display()
        ))
    };
    let asking = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(VERSION_WITHIN, asking)
        .await
        .map_err(|_| unusable("it does not answer".into()))?
        .map_err(|error| unusable(error.to_string()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let version = said
        .lines()
        .find_map(|line| line.strip_prefix("stripe version "));
    version
        .map(|version| version.trim().to_owned())
        .ok_or_else(|| unusable(output.status.to_string()))
}
