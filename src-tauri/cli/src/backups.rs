//! `backup` and `restore`

use crate::failure::Failure;
use crate::output::columns;
use crate::session::Session;
use portico_core::backups;
use serde::Serialize;
use std::path::Path;

#[derive(clap::Args)]
pub struct Backup {
    /// List the backups instead of making one
    #[arg(long)]
    list: bool,
}

#[derive(clap::Args)]
pub struct Restore {
    /// The name of a backup, as `backup --list` shows it
    name: String,
}

/// A backup by its `id`, as every list and object of the terminal has one.
#[derive(Serialize)]
struct Identified<'a> {
    id: &'a str,
    #[serde(flatten)]
    backup: &'a backups::Backup,
}

impl<'a> From<&'a backups::Backup> for Identified<'a> {
    fn from(backup: &'a backups::Backup) -> Self {
        Self {
            id: &backup.name,
            backup,
        }
    }
}

pub async fn backup(session: &Session<'_>, command: Backup) -> Result<(), Failure> {
    if command.list {
        // Without opening the workspace: they are wanted where it does not open.
        let all = session.core.backups(&session.chosen()?.id).await?;
        let documents: Vec<_> = all.iter().map(Identified::from).collect();
        session.output.show(&documents, || describe(&all))?;
        return Ok(());
    }
    let workspace = session.workspace().await?;
    let made = backups::make(workspace.store()).await?;
    session.output.show(&Identified::from(&made), || {
        format!(
            "Backed up {} entries ({} bytes) as {}.",
            made.entries, made.bytes, made.name
        )
    })?;
    Ok(())
}

fn describe(all: &[backups::Backup]) -> String {
    if all.is_empty() {
        return "There is no backup yet: portico-cli backup".into();
    }
    let rows = all.iter().map(|backup| {
        [
            backup.name.clone(),
            backup
                .at
                .with_timezone(&chrono::Local)
                .format("%Y-%m-%d %H:%M")
                .to_string(),
            backup.entries.to_string(),
            backup.bytes.to_string(),
        ]
    });
    columns(["NAME", "MADE", "ENTRIES", "BYTES"], rows)
}

#[derive(Serialize)]
struct Restored<'a> {
    id: &'a str,
    workspace: String,
    /// What became of the journal that was there.
    replaced: String,
}

pub async fn restore(session: &Session<'_>, command: Restore) -> Result<(), Failure> {
    let workspace = session.chosen()?;
    session.introduce().await?;
    // A path is understood too; the backup is still taken from the workspace's own folder.
    let name = Path::new(&command.name)
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let replaced = session.core.restore_backup(&workspace.id, name).await?;
    let restored = Restored {
        id: name,
        workspace: workspace.id.to_string(),
        replaced: replaced.to_string(),
    };
    session.output.show(&restored, || {
        format!("{} goes on with {name}. {replaced}", workspace.name)
    })?;
    Ok(())
}
