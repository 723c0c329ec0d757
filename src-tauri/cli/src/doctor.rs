//! `doctor`: whether everything that Portico needs is in order, and what to do where it is not.

use crate::failure::Failure;
use crate::output::columns;
use crate::session::{Session, passphrase};
use portico_core::secrets::{Keychain, KeychainState};
use portico_core::stripe::permissions::ProbeResult;
use portico_core::sync::SyncPhase;
use portico_core::workspaces::{KeyState, Workspace, WorkspaceSummary};
use portico_core::{Result, db, journal, log};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Serialize)]
struct Check {
    /// `keychain`, `ws_…/journal`
    id: String,
    level: Level,
    message: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Good,
    /// Works, with less than it could.
    Limited,
    Bad,
}

impl Check {
    fn new(id: impl Into<String>, level: Level, message: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            level,
            message: message.into(),
        }
    }
}

pub async fn run(session: &Session<'_>) -> std::result::Result<(), Failure> {
    let folder = &session.options.data_folder;
    let mut checks = vec![data_folder(folder)];
    checks.extend(permissions(folder));
    checks.push(keychain(&session.options.keychain_service).await);
    checks.push(sqlite().await);
    let notices = session.core.notices()?;
    checks.extend(
        notices
            .into_iter()
            .map(|notice| Check::new("files", Level::Bad, notice)),
    );
    for workspace in session.core.workspaces()? {
        checks.extend(check_workspace(session, &workspace).await);
    }
    session.output.show(&checks, || describe(&checks))?;
    let bad = checks.iter().filter(|check| check.level == Level::Bad);
    match bad.count() {
        0 => Ok(()),
        1 => Err(Failure::said("One thing is not in order.")),
        count => Err(Failure::said(format!("{count} things are not in order."))),
    }
}

fn describe(checks: &[Check]) -> String {
    let rows = checks.iter().map(|check| {
        let level = match check.level {
            Level::Good => "ok",
            Level::Limited => "limited",
            Level::Bad => "BAD",
        };
        [level.into(), check.id.clone(), check.message.clone()]
    });
    columns(["", "CHECK", ""], rows)
}

fn data_folder(folder: &Path) -> Check {
    let id = "data_folder";
    match tempfile::NamedTempFile::new_in(folder) {
        Ok(_) => Check::new(id, Level::Good, folder.display().to_string()),
        Err(error) => {
            let message = format!(
                "{} cannot be written ({error}). Check its owner and free space.",
                folder.display()
            );
            Check::new(id, Level::Bad, message)
        }
    }
}

/// Nobody else on this computer may look into the data.
#[cfg(unix)]
fn permissions(folder: &Path) -> Option<Check> {
    use std::os::unix::fs::PermissionsExt;

    let mut open = Vec::new();
    let looked = walk(folder, &mut |path, metadata| {
        if !metadata.is_symlink() && metadata.permissions().mode() & 0o077 != 0 {
            open.push(path.to_owned());
        }
    });
    let id = "permissions";
    Some(match (looked, open.first()) {
        (Err(error), _) => {
            let message = format!("The data folder could not be looked through: {error}.");
            Check::new(id, Level::Bad, message)
        }
        (Ok(()), None) => Check::new(id, Level::Good, "Only you can read the data folder."),
        (Ok(()), Some(first)) => {
            let message = format!(
                "{} of its files can be read by other people, {} for one. Run: chmod -R go= '{}'",
                open.len(),
                first.display(),
                folder.display()
            );
            Check::new(id, Level::Bad, message)
        }
    })
}

/// Windows keeps a person's application data from others by where it lies.
#[cfg(not(unix))]
fn permissions(_: &Path) -> Option<Check> {
    None
}

#[cfg(unix)]
fn walk(path: &Path, look: &mut impl FnMut(&Path, &std::fs::Metadata)) -> std::io::Result<()> {
    let metadata = match std::fs::symlink_metadata(path) {
        // SQLite's side files come and go.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    look(path, &metadata);
    if metadata.is_dir() {
        for entry in std::fs::read_dir(path)? {
            walk(&entry?.path(), look)?;
        }
    }
    Ok(())
}

async fn keychain(service: &str) -> Check {
    let id = "keychain";
    match Keychain::new(service).state().await {
        KeychainState::Ready => Check::new(id, Level::Good, "Unlocked."),
        KeychainState::Locked => Check::new(
            id,
            Level::Limited,
            "Locked; it will ask for its password when a key is needed.",
        ),
        KeychainState::Absent { why } => {
            let message = format!(
                "There is none ({why}). Keys can be kept in a file that PORTICO_PASSPHRASE protects."
            );
            Check::new(id, Level::Limited, message)
        }
    }
}

async fn sqlite() -> Check {
    match log::sqlite_version().await {
        Ok(version) => Check::new("sqlite", Level::Good, version),
        Err(error) => Check::new("sqlite", Level::Bad, error.to_string()),
    }
}

async fn check_workspace(session: &Session<'_>, summary: &WorkspaceSummary) -> Vec<Check> {
    let mut checks = vec![journal_chain(summary).await];
    let id = |what: &str| format!("{}/{what}", summary.id);
    match session.core.workspace(&summary.id).await {
        Err(error) => checks.push(Check::new(id("files"), Level::Bad, error.to_string())),
        Ok(workspace) => {
            let message = format!("{} opens.", summary.name);
            checks.push(Check::new(id("files"), Level::Good, message));
            checks.push(match copy(&workspace).await {
                Ok((level, message)) => Check::new(id("copy"), level, message),
                Err(error) => Check::new(id("copy"), Level::Bad, error.to_string()),
            });
            checks.push(match newest_backup(session, summary).await {
                Ok((level, message)) => Check::new(id("backups"), level, message),
                Err(error) => Check::new(id("backups"), Level::Bad, error.to_string()),
            });
            if !summary.demo {
                checks.push(match key(&workspace).await {
                    Ok((level, message)) => Check::new(id("key"), level, message),
                    Err(error) => Check::new(id("key"), Level::Bad, error.to_string()),
                });
            }
        }
    }
    checks
}

/// Whether what is shown of Stripe is whole.
async fn copy(workspace: &Workspace) -> Result<(Level, String)> {
    let status = workspace.sync_status().await?;
    Ok(match (status.phase, status.completed_at) {
        (SyncPhase::Complete, Some(at)) => (
            Level::Good,
            format!("Read whole from Stripe on {}.", at.format("%Y-%m-%d")),
        ),
        (SyncPhase::Running | SyncPhase::RunningElsewhere, _) => {
            (Level::Limited, "Stripe is being read now.".into())
        }
        _ => (
            Level::Limited,
            format!(
                "{} Run: portico-cli sync",
                status
                    .problem
                    .as_deref()
                    .unwrap_or("Not everything has been read from Stripe.")
            ),
        ),
    })
}

async fn newest_backup(
    session: &Session<'_>,
    summary: &WorkspaceSummary,
) -> Result<(Level, String)> {
    Ok(match session.core.backups(&summary.id).await?.first() {
        Some(newest) => (
            Level::Good,
            format!(
                "The newest is of {}.",
                newest.at.format("%Y-%m-%d %H:%M UTC")
            ),
        ),
        None => (
            Level::Limited,
            "There is none yet. Make one: portico-cli backup".into(),
        ),
    })
}

/// Read from the file, so that it is checked even where the workspace does not open.
async fn journal_chain(summary: &WorkspaceSummary) -> Check {
    let id = format!("{}/journal", summary.id);
    let path = PathBuf::from(&summary.folder).join(db::JOURNAL);
    match journal::verify_file(&path).await {
        Ok(verified) => match verified.problem {
            None => {
                let message = format!("{} entries, as they were written.", verified.entries);
                Check::new(id, Level::Good, message)
            }
            Some(problem) => Check::new(id, Level::Bad, problem),
        },
        Err(error) => Check::new(id, Level::Bad, error.to_string()),
    }
}

/// Does not wait for a dialog of the keychain: a check must end.
async fn key(workspace: &Workspace) -> Result<(Level, String)> {
    if workspace.key_state().await == KeyState::FileLocked {
        let Some(passphrase) = passphrase() else {
            let message = "In a file that waits for its passphrase; set PORTICO_PASSPHRASE.";
            return Ok((Level::Limited, message.into()));
        };
        workspace.unlock_key_file(passphrase).await?;
    }
    let report = workspace.key_report().await?;
    let missing: Vec<_> = report
        .permissions
        .iter()
        .filter(|row| row.result == ProbeResult::Missing)
        .map(|row| row.slug.as_str())
        .collect();
    let last4 = &report.last4;
    Ok(if missing.is_empty() {
        (
            Level::Good,
            format!("Stripe takes the key ending in {last4}."),
        )
    } else {
        let message = format!(
            "Stripe takes the key ending in {last4}, which lacks {}.",
            missing.join(", ")
        );
        (Level::Limited, message)
    })
}
