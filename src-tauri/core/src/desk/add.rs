//! Adding and removing workspaces, and their time zone.

use super::Core;
use crate::db::{JOURNAL, make_private_folder};
use crate::events::Topic;
use crate::ids::WorkspaceId;
use crate::journal::{self, Change};
use crate::workspaces::files::{self, KeptKey, WorkspaceFile};
use crate::workspaces::{KeepKeyIn, WorkspaceSummary};
use crate::{Error, Result};
use std::path::Path;

impl Core {
    /// Makes a workspace of a held key. The key is stored before the workspace appears, so that a
    /// crash leaves no workspace without one.
    pub async fn add_workspace(
        &self,
        check: &str,
        name: &str,
        keep: KeepKeyIn,
    ) -> Result<WorkspaceSummary> {
        self.add_workspace_with(check, name, keep, false).await
    }

    /// As [`Core::add_workspace`]; `kept_journal` goes on with the one that was kept of this account
    /// and mode, as the check has told of it.
    pub async fn add_workspace_with(
        &self,
        check: &str,
        name: &str,
        keep: KeepKeyIn,
        kept_journal: bool,
    ) -> Result<WorkspaceSummary> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Error::invalid(
                "name",
                "Give the workspace a name of at most 100 characters.",
            ));
        }
        let held = self.with_held(check, |held| {
            (
                held.secret.clone(),
                held.base.clone(),
                held.report.clone(),
                held.account.clone(),
            )
        })?;
        let (secret, base, report, account) = held;
        // Until the new one is listed: of two additions at once the second must find the first.
        let mut open = self.0.open.lock().await;
        if let Some(existing) = self.existing(&account, report.livemode)? {
            return Err(Error::Conflict(format!(
                "This account is already the workspace {existing} in this mode. Open it, or replace its key in its Settings."
            )));
        }
        let kept = match kept_journal {
            true => self.kept_journal(&account, report.livemode).await?,
            false => None,
        };
        if kept_journal && kept.is_none() {
            return Err(Error::NotFound(
                "The journal that was kept is not there any more. Add the workspace with a new one.".into(),
            ));
        }
        let goes_on = kept.is_some();
        let id = kept.map_or_else(WorkspaceId::new, |kept| kept.workspace);
        let folder = self.folder(&id);
        make_private_folder(&folder)?;
        let key = match self.keep(&id, &folder, &secret, &keep, &report, None).await {
            Ok(key) => key,
            Err(error) => {
                if !goes_on {
                    let _ = std::fs::remove_dir_all(&folder);
                }
                return Err(error);
            }
        };
        let file = WorkspaceFile {
            id: id.clone(),
            name: name.to_owned(),
            account: account.clone(),
            livemode: report.livemode,
            demo: false,
            time_zone: zone(report.time_zone.as_deref()),
            api_base: base.is_loopback().then(|| base.as_str().to_owned()),
            key: Some(key.clone()),
            live_wire: Default::default(),
        };
        files::write(&folder.join(files::WORKSPACE), &file)?;
        let workspace = self.open_workspace(folder, file).await?;
        workspace.key.install(&secret, key.store)?;
        open.insert(id.clone(), std::sync::Arc::clone(&workspace));
        drop(open);
        self.discard_key_check(check);
        // Without a chosen person the workspace is still added; the journal then begins later.
        if let Ok(author) = workspace.author().await {
            // A journal that is gone on with says so already.
            if !goes_on {
                let added = Change::WorkspaceAdded {
                    account,
                    livemode: report.livemode,
                };
                journal::append(workspace.store(), &author, added).await?;
            }
            let KeptKey {
                restricted,
                last4,
                store,
            } = key;
            journal::append(
                workspace.store(),
                &author,
                Change::KeyStored {
                    restricted,
                    last4,
                    store,
                },
            )
            .await?;
        }
        self.0.announcer.announce(None, [Topic::Workspaces]);
        Ok(workspace.summary())
    }

    /// Deletes the workspace's key and mirror. The journal and its backups stay, unless the
    /// workspace's name is typed.
    pub async fn remove_workspace(&self, id: &WorkspaceId, typed_name: Option<&str>) -> Result<()> {
        // Without opening it: one that does not open is the first that somebody wants to be rid of.
        let (folder, file) = self.file(id)?;
        let with_journal = match typed_name.map(str::trim).filter(|typed| !typed.is_empty()) {
            Some(typed) if typed == file.name => true,
            Some(_) => {
                let message = format!(
                    "To delete the journal too, type “{}” exactly; leave it empty to keep the journal.",
                    file.name
                );
                return Err(Error::invalid("typed_name", message));
            }
            None => false,
        };
        #[cfg(feature = "demo")]
        self.end_simulator_of(id).await;
        let mut open = self.0.open.lock().await;
        if let Some(workspace) = open.remove(id) {
            workspace.stop().await;
        }
        self.forget(id, &folder, file.key.as_ref()).await?;
        let failed = Error::io("The workspace's files could not be deleted");
        if with_journal {
            std::fs::remove_dir_all(&folder).map_err(failed)?;
        } else {
            keep_journal_only(&folder).map_err(failed)?;
        }
        self.0.announcer.announce(None, [Topic::Workspaces]);
        Ok(())
    }

    /// Sets the time zone that decides day boundaries.
    pub async fn set_time_zone(
        &self,
        id: &WorkspaceId,
        time_zone: &str,
    ) -> Result<WorkspaceSummary> {
        let zone: chrono_tz::Tz = time_zone.parse().map_err(|_| {
            Error::invalid(
                "time_zone",
                format!("{time_zone} is no time zone; choose one like Europe/Berlin."),
            )
        })?;
        let workspace = self.workspace(id).await?;
        let author = workspace.author().await?;
        journal::append(
            workspace.store(),
            &author,
            Change::TimeZoneSet {
                time_zone: zone.name().into(),
            },
        )
        .await?;
        workspace.change_file(|file| file.time_zone = zone.name().into())?;
        self.0.announcer.announce(
            Some(id),
            [Topic::Workspaces, Topic::Clients, Topic::Invoices],
        );
        Ok(workspace.summary())
    }
}

/// The account's zone, else the computer's, else UTC.
pub(super) fn zone(of_account: Option<&str>) -> String {
    let known = |name: &str| name.parse::<chrono_tz::Tz>().is_ok();
    let of_computer = iana_time_zone::get_timezone().ok();
    of_account
        .filter(|name| known(name))
        .or(of_computer.as_deref().filter(|name| known(name)))
        .unwrap_or("UTC")
        .to_owned()
}

/// The journal, its side files and backups outlive the workspace.
fn keep_journal_only(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(JOURNAL) || name == crate::db::BACKUPS {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
