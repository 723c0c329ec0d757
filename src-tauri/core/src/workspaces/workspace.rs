//! One open workspace: its files, its key, and what every feature needs of it.

use super::files::{self, DeskFile, WorkspaceFile};
use super::key::KeyHolder;
use super::live_wire::LiveWire;
use super::news::Following;
use super::types::{KeyState, WorkspaceSummary};
use crate::client_rows::search::Index;
use crate::db::{BackgroundLock, Store};
use crate::ids::{ClientId, DeviceId};
use crate::journal::{self, Actor, Author, Change};
use crate::secrets::{STRIPE_KEY, Secret, SecretFile, WEBHOOK_SECRET};
use crate::stripe::{Client, permissions};
use crate::sync::{self, Filling, health::Allowance};
use crate::wire::Programs;
use crate::{Clock, Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak, atomic::AtomicBool};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// An open workspace. Everything that touches one goes through it.
pub struct Workspace {
    pub(crate) file: RwLock<WorkspaceFile>,
    pub(crate) store: Store,
    pub(crate) key: Arc<KeyHolder>,
    pub(crate) desk: Arc<RwLock<DeskFile>>,
    pub(crate) search: Index,
    pub(crate) downloads: PathBuf,
    pub(crate) loopback: bool,
    /// What runs now and must not run twice.
    pub(crate) busy: Arc<Mutex<HashSet<String>>>,
    /// Clients whose portal was opened here, and when: they may come back changed.
    pub(crate) visited: Mutex<HashMap<ClientId, DateTime<Utc>>>,
    /// The client whose account and mode were compared with the workspace's.
    pub(crate) identified: Mutex<Weak<Client>>,
    pub(crate) filling: Mutex<Option<Filling>>,
    /// Held by the one process that runs the background.
    pub(crate) background: Mutex<Option<Arc<BackgroundLock>>>,
    pub(crate) background_task: Mutex<Option<AbortHandle>>,
    /// Held while Stripe is asked for news.
    pub(crate) following: tokio::sync::Mutex<Following>,
    pub(crate) wake: Arc<Notify>,
    pub(crate) live_wire: LiveWire,
    pub(crate) programs: Programs,
    /// Whether a person works with Portico now.
    pub(crate) in_use: Arc<AtomicBool>,
}

/// Frees what it stands for when dropped, also by a panic or a cancelled call.
pub struct Busy {
    what: String,
    all: Arc<Mutex<HashSet<String>>>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.what);
    }
}

impl Workspace {
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn clock(&self) -> &Clock {
        &self.store.clock
    }

    pub fn search(&self) -> &Index {
        &self.search
    }

    /// Where exports go.
    pub fn downloads(&self) -> &PathBuf {
        &self.downloads
    }

    /// Whether its Stripe is a simulator on this computer.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    pub fn summary(&self) -> WorkspaceSummary {
        self.file().summary(&self.store.folder)
    }

    /// Decides day boundaries; UTC where the stored name is unknown to this build.
    pub fn time_zone(&self) -> chrono_tz::Tz {
        self.file().time_zone.parse().unwrap_or(chrono_tz::UTC)
    }

    pub fn device(&self) -> DeviceId {
        self.desk
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .device
            .clone()
    }

    /// Who acts here, introduced to the journal at the first act.
    pub async fn author(&self) -> Result<Author> {
        let DeskFile { device, staff } = self
            .desk
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let staff = staff.ok_or(Error::StaffNeeded)?;
        let author = Author {
            actor: Actor::Staff(staff.id.clone()),
            device,
        };
        let known: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM staff WHERE id = ? AND name = ? AND email IS ?")
                .bind(staff.id.as_str())
                .bind(&staff.name)
                .bind(&staff.email)
                .fetch_optional(&self.store.reader)
                .await?;
        if known.is_none() {
            let introduction = Change::StaffIntroduced {
                staff: staff.id,
                name: staff.name,
                email: staff.email,
            };
            journal::append(&self.store, &author, introduction).await?;
        }
        Ok(author)
    }

    /// The person at this computer, if one was chosen.
    pub fn staff_name(&self) -> Option<String> {
        let desk = self.desk.read().unwrap_or_else(PoisonError::into_inner);
        desk.staff.as_ref().map(|staff| staff.name.clone())
    }

    /// A claim on something that must not run twice at once; none while another holds it.
    pub fn busy(&self, what: String) -> Option<Busy> {
        let fresh = self
            .busy
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(what.clone());
        fresh.then(|| Busy {
            what,
            all: Arc::clone(&self.busy),
        })
    }

    pub async fn key_state(&self) -> KeyState {
        self.key.state().await
    }

    pub async fn retry_key(&self) -> KeyState {
        let kept = self.file().key.clone();
        self.key.retry(kept.as_ref());
        self.key.state().await
    }

    pub fn cancel_key_prompt(&self) {
        self.key.cancel();
    }

    /// Opens the key file for this run.
    pub async fn unlock_key_file(&self, passphrase: Secret) -> Result<KeyState> {
        let file = SecretFile::in_folder(&self.store.folder);
        let mut named = file.open(&passphrase).await?;
        let secret = named.remove(STRIPE_KEY).ok_or_else(|| {
            Error::SecretStore(
                "The key file holds no Stripe key. Add the key again in Settings.".into(),
            )
        })?;
        let signing = named.remove(WEBHOOK_SECRET);
        self.live_wire.hold(&self.file().live_wire, signing);
        self.key.install(&secret, journal::SecretStoreKind::File)?;
        Ok(self.key.state().await)
    }

    /// The client for reading.
    pub async fn stripe(&self) -> Result<Arc<Client>> {
        self.key.client().await
    }

    /// The client for writing: once for each key, account and mode are compared with the workspace's.
    pub async fn stripe_for_writing(&self) -> Result<Arc<Client>> {
        let client = self.stripe().await?;
        let identified = || {
            self.identified
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let known = identified().ptr_eq(&Arc::downgrade(&client));
        if !known {
            let account = permissions::account(&client).await?;
            let file = self.file();
            if client.key().livemode != file.livemode || account.as_ref() != Some(&file.account) {
                return Err(Error::NotYours(format!(
                    "The key belongs to another Stripe account or mode than {}. Nothing was sent. Put the right key in Settings.",
                    file.name
                )));
            }
            *identified() = Arc::downgrade(&client);
        }
        Ok(client)
    }

    /// Remembers that this client's portal is open in the browser.
    pub fn visits_portal(&self, client: ClientId) {
        let mut visited = self.visited.lock().unwrap_or_else(PoisonError::into_inner);
        visited.insert(client, self.clock().now());
    }

    /// Clients whose portal may still be in use: a session ends an hour after its last click.
    pub fn in_portal(&self) -> Vec<ClientId> {
        let since = self.clock().now() - TimeDelta::hours(1);
        let mut visited = self.visited.lock().unwrap_or_else(PoisonError::into_inner);
        visited.retain(|_, at| *at > since);
        visited.keys().cloned().collect()
    }

    /// Passes an outcome on, noticing when Stripe refused the key.
    pub fn checked<T>(&self, outcome: Result<T>) -> Result<T> {
        if let Err(Error::KeyRefused(message)) = &outcome {
            self.key.refused(message);
        }
        outcome
    }

    /// Aborts the task when the workspace is stopped.
    pub(crate) fn ends_with_it(&self, task: AbortHandle) {
        *self
            .background_task
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(task);
    }

    /// Writes down how much of Stripe's read allowance was used.
    pub async fn note_reads(&self) -> Result<()> {
        sync::note_reads(&self.store, self.key.reads()).await
    }

    /// How this computer stands with Stripe's read allowance.
    pub async fn allowance(&self) -> Result<Allowance> {
        self.note_reads().await?;
        sync::allowance(&self.store).await
    }

    /// Ends everything that runs by itself and closes the files.
    pub(crate) async fn stop(&self) {
        if let Some(task) = self
            .background_task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            task.abort();
        }
        self.end_filling().await;
        self.background
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Err(error) = self.note_reads().await {
            tracing::warn!(%error, "the last reads were not counted");
        }
        self.store.close().await;
    }

    /// What the present key may do.
    pub async fn key_report(&self) -> Result<permissions::KeyReport> {
        let client = self.stripe().await?;
        self.checked(permissions::probe(&client).await)
    }

    pub(crate) fn file(&self) -> WorkspaceFile {
        self.file
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes up what another process wrote to `workspace.toml`.
    pub(crate) fn reread_file(&self) -> WorkspaceFile {
        match files::read::<WorkspaceFile>(&self.store.folder.join(files::WORKSPACE)) {
            Ok(Some(file)) => {
                *self.file.write().unwrap_or_else(PoisonError::into_inner) = file.clone();
                file
            }
            // Gone or damaged: what was read before still says what this is.
            Ok(None) => self.file(),
            Err(error) => {
                tracing::warn!(%error, "the workspace's settings were not read again");
                self.file()
            }
        }
    }

    /// Changes `workspace.toml` on disk, then here.
    pub(crate) fn change_file(&self, change: impl FnOnce(&mut WorkspaceFile)) -> Result<()> {
        let mut file = self.reread_file();
        change(&mut file);
        files::write(&self.store.folder.join(files::WORKSPACE), &file)?;
        *self.file.write().unwrap_or_else(PoisonError::into_inner) = file;
        Ok(())
    }
}
