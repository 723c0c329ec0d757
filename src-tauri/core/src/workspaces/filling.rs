//! A workspace's filling: begun here or in the process that runs the background.

use super::workspace::Workspace;
use crate::db::BackgroundLock;
use crate::events::Topic;
use crate::stripe::Client;
use crate::sync::{self, Mode, Request, SyncCost, SyncPhase, SyncStatus};
use crate::{Error, Result};
use chrono::TimeDelta;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How often the terminal's progress is brought up to date at least.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Workspace {
    /// The right to run the background, if no other process has it.
    pub(crate) async fn lock(&self) -> Result<Option<Arc<BackgroundLock>>> {
        let held = self
            .background
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if held.is_some() {
            return Ok(held);
        }
        let Some(lock) = BackgroundLock::try_acquire(&self.store.folder)? else {
            return Ok(None);
        };
        sync::take_over(&self.store, &lock).await?;
        let lock = Arc::new(lock);
        *self
            .background
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&lock));
        Ok(Some(lock))
    }

    pub async fn sync_status(&self) -> Result<SyncStatus> {
        sync::status(&self.store).await
    }

    pub async fn sync_cost(&self) -> Result<SyncCost> {
        sync::cost(&self.store).await
    }

    /// Whether this process is filling the mirror now.
    pub fn is_filling(&self) -> bool {
        let filling = self.filling.lock().unwrap_or_else(PoisonError::into_inner);
        filling.as_ref().is_some_and(|filling| !filling.has_ended())
    }

    /// Lists everything again, here or in the process that runs the background.
    pub async fn sync_now(&self) -> Result<()> {
        self.fill(Mode::Fresh).await
    }

    /// Continues an unfinished filling.
    pub async fn resume_sync(&self) -> Result<()> {
        self.fill(Mode::Resume).await
    }

    async fn fill(&self, mode: Mode) -> Result<()> {
        let _alone = self
            .busy("filling".into())
            .ok_or_else(|| Error::Conflict("Reading from Stripe is just beginning.".into()))?;
        let Some(lock) = self.lock().await? else {
            // Whoever holds the lock reads, and its commits announce themselves here.
            sync::ask_holder(&self.store, Request::Fill).await?;
            return Ok(());
        };
        let client = self.stripe().await?;
        let filling = sync::start(&self.store, &client, mode, lock).await?;
        *self.filling.lock().unwrap_or_else(PoisonError::into_inner) = Some(filling);
        Ok(())
    }

    /// Reads again what the key could not read: once a day, and at once with another key.
    pub(crate) async fn retry_lacking(&self) -> Result<()> {
        let client = self.stripe().await?.in_background();
        let since = (self.clock().now() - TimeDelta::days(1)).timestamp_millis();
        self.retry_lacking_since(&client, since).await
    }

    /// The same because a person asks whether there is anything new.
    pub(crate) async fn look_for_permissions(&self) -> Result<()> {
        if self.is_filling() {
            return Ok(());
        }
        let client = self.stripe().await?;
        self.retry_lacking_since(&client, i64::MAX).await
    }

    async fn retry_lacking_since(&self, client: &Client, since: i64) -> Result<()> {
        if !sync::lacking_is_due(&self.store, client.key(), since).await? {
            return Ok(());
        }
        let Some(lock) = self.lock().await? else {
            return Ok(());
        };
        if let Some(filling) = self.checked(sync::retry_lacking(&self.store, client, lock).await)? {
            *self.filling.lock().unwrap_or_else(PoisonError::into_inner) = Some(filling);
        }
        Ok(())
    }

    /// Lists everything and waits for the end, giving each state on the way to `progress`; for the
    /// terminal.
    pub async fn sync_and_wait(&self, progress: impl FnMut(&SyncStatus)) -> Result<SyncStatus> {
        self.read_and_wait(Request::Fill, progress).await
    }

    pub(super) async fn read_and_wait(
        &self,
        request: Request,
        mut progress: impl FnMut(&SyncStatus),
    ) -> Result<SyncStatus> {
        if self.lock().await?.is_none() {
            let asked = sync::ask_holder(&self.store, request).await?;
            return asked.ended(&self.store, progress).await;
        }
        let mut changes = self.store.announcer.subscribe();
        match request {
            Request::Compare => self.compare().await?,
            _ => self.sync_now().await?,
        }
        loop {
            let status = self.sync_status().await?;
            progress(&status);
            if !self.is_filling() {
                return self.sync_status().await;
            }
            let told = async {
                while changes
                    .next()
                    .await
                    .is_some_and(|changed| !changed.topics.contains(&Topic::Sync))
                {}
            };
            // What arrived just before Stripe paused is not announced, so it is looked for as well.
            let _ = tokio::time::timeout(LOOK_EVERY, told).await;
        }
    }

    /// Ends the filling of this process, if there is one, and waits for its end.
    pub(super) async fn end_filling(&self) {
        let filling = self
            .filling
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(filling) = filling {
            filling.cancel();
            filling.ended().await;
        }
    }

    pub(super) fn holds_background(&self) -> bool {
        let held = self
            .background
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        held.is_some()
    }

    /// Stops the filling of this process; what was read stays.
    pub async fn cancel_sync(&self) -> Result<()> {
        let status = self.sync_status().await?;
        let filling = self.filling.lock().unwrap_or_else(PoisonError::into_inner);
        match (filling.as_ref(), status.phase) {
            (Some(filling), _) if !filling.has_ended() => {
                filling.cancel();
                Ok(())
            }
            (_, SyncPhase::RunningElsewhere) => Err(Error::Conflict(
                "Another Portico on this computer is reading from Stripe; stop it there.".into(),
            )),
            _ => Ok(()),
        }
    }
}
