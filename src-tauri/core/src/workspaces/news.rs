//! What a workspace learns from Stripe without being filled: news, comparisons, and how fresh it is.

use super::types::KeyState;
use super::workspace::Workspace;
use crate::db::BackgroundLock;
use crate::journal::{self, Change};
use crate::stripe::Client;
use crate::sync::health::{Freshness, SyncHealth};
use crate::sync::{self, Polled, Request, SyncStatus, Tail};
use crate::{Error, Result, mirror};
use std::sync::{Arc, Weak};

/// The tail under the present key.
#[derive(Debug, Default)]
pub(crate) struct Following {
    client: Weak<Client>,
    tail: Option<Tail>,
}

impl Following {
    fn with(&mut self, client: &Arc<Client>) -> &Tail {
        if !self.client.ptr_eq(&Arc::downgrade(client)) {
            self.client = Arc::downgrade(client);
            self.tail = None;
        }
        self.tail.get_or_insert_with(|| Tail::new(client))
    }
}

impl Workspace {
    pub async fn freshness(&self) -> Result<Freshness> {
        sync::freshness(&self.store, self.no_key().await).await
    }

    pub async fn sync_health(&self) -> Result<SyncHealth> {
        self.note_reads().await?;
        let elsewhere = self.runs_elsewhere()?;
        sync::sync_health(&self.store, self.no_key().await, elsewhere).await
    }

    /// Whether another process runs the background.
    pub(crate) fn runs_elsewhere(&self) -> Result<bool> {
        Ok(!self.holds_background() && BackgroundLock::try_acquire(&self.store.folder)?.is_none())
    }

    /// Why Stripe cannot be asked at all, if so.
    pub(crate) async fn no_key(&self) -> Option<&'static str> {
        match self.key_state().await {
            KeyState::Ready { .. } => None,
            KeyState::Refused { .. } => Some("it refused the key"),
            KeyState::Removed => Some("there is no key on this computer"),
            KeyState::KeychainAbsent { .. } => Some("there is no keychain"),
            KeyState::KeychainLocked | KeyState::KeychainWaiting => Some("the keychain is locked"),
            KeyState::KeychainLost => Some("the keychain no longer has the key"),
            KeyState::FileLocked => Some("the key file waits for its passphrase"),
        }
    }

    /// Takes the background for this process, if no other has it; it is kept until the workspace is
    /// closed.
    pub async fn claim_background(&self) -> Result<bool> {
        Ok(self.lock().await?.is_some())
    }

    /// Asks Stripe for news once, in this process, which must run the background.
    pub(crate) async fn poll(&self) -> Result<Polled> {
        let client = self.stripe().await?;
        let mut following = self.following.lock().await;
        self.checked(following.with(&client).poll(&self.store).await)
    }

    /// Has whoever runs the background ask Stripe for news at once.
    pub fn wake_tail(&self) {
        self.wake.notify_one();
    }

    /// Asks Stripe for news now, here or in the process that runs the background.
    pub async fn check_now(&self) -> Result<()> {
        if self.lock().await?.is_none() {
            return Request::Poll.leave(&self.store).await;
        }
        if self.is_filling() {
            return Ok(());
        }
        self.poll().await?;
        self.look_for_permissions().await
    }

    /// Compares everything with Stripe, because a person asks for it.
    pub async fn compare_now(&self) -> Result<()> {
        self.journal(Change::ComparisonStarted).await?;
        self.compare().await
    }

    /// As [`Workspace::compare_now`], waiting for the end; for the terminal.
    pub async fn compare_and_wait(&self, progress: impl FnMut(&SyncStatus)) -> Result<SyncStatus> {
        self.journal(Change::ComparisonStarted).await?;
        self.read_and_wait(Request::Compare, progress).await
    }

    /// News first, so that what differs afterwards is what no event had told of.
    pub(crate) async fn compare(&self) -> Result<()> {
        if self.lock().await?.is_none() {
            return Request::Compare.leave(&self.store).await;
        }
        if !self.is_filling() {
            match self.poll().await {
                // Without events a comparison is all the more needed.
                Err(Error::PermissionMissing { .. }) | Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        self.sync_now().await
    }

    /// Empties the mirror and reads everything again; the journal and the history stay.
    pub async fn rebuild_mirror(&self) -> Result<()> {
        // Without a key the mirror would stay empty.
        self.stripe().await?;
        self.journal(Change::MirrorRebuilt).await?;
        self.rebuild().await
    }

    pub(crate) async fn rebuild(&self) -> Result<()> {
        if self.lock().await?.is_none() {
            return Request::Rebuild.leave(&self.store).await;
        }
        self.end_filling().await;
        {
            let _quiet = self.following.lock().await;
            mirror::clear(&self.store).await?;
            sync::forget(&self.store).await?;
        }
        self.sync_now().await
    }

    /// Tries a parked object again now.
    pub async fn retry_parked(&self, id: &str) -> Result<()> {
        sync::retry(&self.store, id).await?;
        self.check_now().await
    }

    /// Gives a parked object up.
    pub async fn ignore_parked(&self, id: &str) -> Result<()> {
        let event = sync::parked_event(&self.store, id).await?;
        let object = id.to_owned();
        self.journal(Change::NewsGivenUp { object, event }).await?;
        sync::give_up(&self.store, id).await
    }

    pub(super) async fn journal(&self, change: Change) -> Result<()> {
        let author = self.author().await?;
        journal::append(&self.store, &author, change).await?;
        Ok(())
    }
}
