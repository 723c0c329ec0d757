//! Journals that removed workspaces left behind: found again by account and mode.

use super::Core;
use crate::Result;
use crate::db::{self, JOURNAL};
use crate::ids::WorkspaceId;
use crate::workspaces::KeptJournal;
use chrono::DateTime;
use std::path::Path;

impl Core {
    /// The newest journal of this account and mode that belongs to no workspace now.
    pub(super) async fn kept_journal(
        &self,
        account: &str,
        livemode: bool,
    ) -> Result<Option<KeptJournal>> {
        let mut newest: Option<KeptJournal> = None;
        for (folder, file) in self.folders()? {
            let path = folder.join(JOURNAL);
            // One whose `workspace.toml` cannot be read is a workspace all the same.
            if !matches!(file, Ok(None)) || !path.exists() {
                continue;
            }
            match told(&path, &folder, account, livemode).await {
                Ok(Some(kept)) if newest.as_ref().is_none_or(|best| best.until < kept.until) => {
                    newest = Some(kept);
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "a journal that was kept cannot be read"),
            }
        }
        Ok(newest)
    }
}

/// What the journal says of itself, if it is this account's.
async fn told(
    path: &Path,
    folder: &Path,
    account: &str,
    livemode: bool,
) -> Result<Option<KeptJournal>> {
    let Some(id) = folder.file_name().and_then(|name| name.to_str()) else {
        return Ok(None);
    };
    let mut journal = db::open_read_only(path).await?;
    let ours: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM bodies WHERE json_valid(body) AND body ->> 'kind' = 'workspace_added'
             AND body ->> 'account' = ? AND body ->> 'livemode' = ?)",
    )
    .bind(account)
    .bind(livemode)
    .fetch_one(&mut journal)
    .await?;
    let (entries, until): (u32, Option<i64>) =
        sqlx::query_as("SELECT count(*), max(at) FROM entries")
            .fetch_one(&mut journal)
            .await?;
    sqlx::Connection::close(journal).await?;
    let until = until.and_then(DateTime::from_timestamp_millis);
    Ok(until.filter(|_| ours).map(|until| KeptJournal {
        workspace: WorkspaceId::from(id),
        entries,
        until,
    }))
}
