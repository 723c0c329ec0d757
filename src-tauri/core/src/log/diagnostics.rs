//! What a person sends along with a question: enough to help, and nothing of any client.

use super::redaction::Redaction;
use crate::{Error, Result};
use serde::Deserialize;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::collections::VecDeque;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// So many of each program's last lines.
const LINES: usize = 200;

/// Of `workspace.toml` only what may be shown to a stranger: its name may be an agency's.
#[derive(Deserialize)]
struct Shown {
    id: String,
    livemode: bool,
    #[serde(default)]
    demo: bool,
}

/// A text of the version, the system, the workspaces and the end of each log.
pub async fn diagnostics(data_dir: &Path) -> Result<String> {
    let sqlite = sqlite_version().await?;
    let data_dir = data_dir.to_owned();
    tokio::task::spawn_blocking(move || compose(&data_dir, &sqlite))
        .await
        .map_err(|crash| Error::Internal(crash.to_string()))?
}

fn compose(data_dir: &Path, sqlite: &str) -> Result<String> {
    let mut text = format!(
        "Portico {}\nSystem: {} ({})\nSQLite: {sqlite}\n",
        env!("CARGO_PKG_VERSION"),
        os_info::get(),
        std::env::consts::ARCH,
    );
    // Writing to a String cannot fail.
    let _ = writeln!(text, "Workspaces:");
    for folder in sorted_entries(&data_dir.join("workspaces")) {
        let _ = writeln!(text, "  {}", describe(&folder));
    }
    let redaction = Redaction::new()?;
    for path in sorted_entries(&super::folder(data_dir)) {
        if path.extension().is_some_and(|extension| extension == "log") {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let _ = writeln!(text, "\n{name}:");
            for line in last_lines(&path) {
                let _ = writeln!(text, "{}", redaction.apply(&line));
            }
        }
    }
    Ok(text)
}

fn describe(folder: &Path) -> String {
    let id = folder.file_name().unwrap_or_default().to_string_lossy();
    let read = std::fs::read_to_string(folder.join("workspace.toml"));
    // The reader's own message quotes the line it stumbled over.
    let shown = read
        .ok()
        .and_then(|text| toml::from_str::<Shown>(&text).ok());
    match shown {
        Some(shown) => {
            let mode = match (shown.demo, shown.livemode) {
                (true, _) => "sample data",
                (false, true) => "live",
                (false, false) => "test",
            };
            format!("{} ({mode})", shown.id)
        }
        None => format!("{id} (workspace.toml is missing or not readable)"),
    }
}

/// The end of the log, reaching back into the file put aside last where this one is short.
fn last_lines(path: &Path) -> VecDeque<String> {
    let mut lines = VecDeque::new();
    let mut older = path.as_os_str().to_owned();
    older.push(".1");
    for file in [PathBuf::from(older), path.to_owned()] {
        let content = std::fs::read(file).unwrap_or_default();
        for line in String::from_utf8_lossy(&content).lines() {
            if lines.len() == LINES {
                lines.pop_front();
            }
            lines.push_back(line.to_owned());
        }
    }
    lines
}

/// Empty where the folder is not there yet.
fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Of the SQLite that is built in.
pub async fn sqlite_version() -> Result<String> {
    let mut memory = SqliteConnectOptions::new()
        .in_memory(true)
        .connect()
        .await?;
    Ok(sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&mut memory)
        .await?)
}
