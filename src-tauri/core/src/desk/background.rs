//! What a workspace does by itself while it is open, in one process of the computer at a time.

use crate::backups::{self, Backup};
use crate::db::Store;
use crate::sync::{self, Request, SyncPhase};
use crate::workspaces::{KeyState, Poller, Turn, Workspace, live_wire};
use crate::{Core, Result, links};
use backon::{BackoffBuilder, ExponentialBuilder};
use chrono::TimeDelta;
use std::ops::ControlFlow;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// The kernel frees the background of a process that died without a word to the others.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// After it broke off the background begins again, later and later, up to the longest wait.
const FIRST_RESTART: Duration = Duration::from_secs(5);
const LONGEST_RESTART: Duration = Duration::from_secs(600);

/// How often it is looked whether a backup is due, by the clock: the computer may have slept.
const BACKUP_LOOK: TimeDelta = TimeDelta::hours(1);
const CLOCK_LOOK: Duration = Duration::from_secs(5);

/// How often what was read from Stripe is counted into the allowance.
const COUNT_EVERY: Duration = Duration::from_secs(5);

/// Keeps count of the reads that this process sends for the workspace, whoever runs the background.
pub(super) fn count_reads(workspace: &Arc<Workspace>) {
    let weak = Arc::downgrade(workspace);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(COUNT_EVERY).await;
            let Some(here) = weak.upgrade() else { return };
            if here.store().writer.is_closed() {
                return;
            }
            if let Err(error) = here.note_reads().await {
                tracing::warn!(%error, "reads of Stripe could not be counted");
            }
        }
    });
}

/// Starts it; it ends with the workspace.
pub(super) fn run(workspace: &Arc<Workspace>) {
    let weak = Arc::downgrade(workspace);
    let task = tokio::spawn(async move {
        let mut waits = ExponentialBuilder::default()
            .with_min_delay(FIRST_RESTART)
            .with_max_delay(LONGEST_RESTART)
            .without_max_times()
            .build();
        loop {
            let ended = match our_turn(&weak).await {
                Ok(Some(here)) => tokio::select! {
                    ended = background(&weak, here) => ended,
                    () = back_up(&weak) => Ok(()),
                    () = live_wire::keep(&weak) => Ok(()),
                },
                ended => ended.map(drop),
            };
            let (Err(error), Some(here)) = (ended, weak.upgrade()) else {
                return;
            };
            tracing::warn!(%error, "the background of a workspace broke off");
            let words = format!("Portico's own work on this workspace broke off. {error}");
            if let Err(error) = sync::stopped(here.store(), &words).await {
                tracing::warn!(%error, "nobody could be told that it broke off");
            }
            drop(here);
            tokio::time::sleep(waits.next().unwrap_or(LONGEST_RESTART)).await;
        }
    });
    workspace.ends_with_it(task.abort_handle());
}

/// A backup whenever one is due, until the workspace is closed. One that fails stops nothing else.
async fn back_up(workspace: &Weak<Workspace>) {
    while let Some(here) = workspace.upgrade() {
        let store = here.store();
        if store.writer.is_closed() {
            return;
        }
        tell_of_failed(backups::make_if_due(store).await, store).await;
        let (clock, looked) = (here.clock().clone(), here.clock().now());
        drop(here);
        while (clock.now() - looked).abs() < BACKUP_LOOK {
            tokio::time::sleep(CLOCK_LOOK).await;
        }
    }
}

/// A backup that nobody asked for is missed by nobody either, unless it is shown.
pub(super) async fn tell_of_failed(backup: Result<Option<Backup>>, store: &Store) {
    let Err(error) = backup else { return };
    tracing::error!(%error, "no backup of the journal was made");
    let words = format!("No backup of the journal was made. {error}");
    if let Err(error) = sync::note_problem(store, &words).await {
        tracing::warn!(%error, "nobody could be told of it");
    }
}

/// What a crash left pending, an unfinished filling, and from then on Stripe's news and the requests
/// of other processes.
async fn background(workspace: &Weak<Workspace>, here: Arc<Workspace>) -> Result<()> {
    // Everything here needs the key; a person may still have to unlock it.
    let store = here.store().clone();
    let mut changes = store.announcer.subscribe();
    while !matches!(here.key_state().await, KeyState::Ready { .. }) {
        if changes.next().await.is_none() {
            return Ok(());
        }
    }
    let status = here.sync_status().await?;
    let unfinished = matches!(status.phase, SyncPhase::Never | SyncPhase::Unfinished);
    if unfinished
        && !here.is_filling()
        && let Err(error) = here.resume_sync().await
    {
        tracing::warn!(%error, "an unfinished filling could not be resumed");
    }
    let poller = Poller::new(&here);
    drop(here);
    let mut failing = false;
    let tell = |turn| {
        // Said once, not with every try.
        if let Turn::Failed(error) = &turn
            && !failing
        {
            tracing::warn!(%error, "Stripe could not be asked for news");
        }
        failing = match turn {
            Turn::Idle => failing,
            Turn::Polled(_) => false,
            Turn::Failed(_) => true,
        };
        ControlFlow::<()>::Continue(())
    };
    tokio::select! {
        ended = serve(workspace, &store) => ended,
        ended = settle(workspace) => ended,
        _ = follow(poller, tell) => Ok(()),
    }
}

/// Waits until no other process runs the background; `None` once the workspace is closed.
async fn our_turn(workspace: &Weak<Workspace>) -> Result<Option<Arc<Workspace>>> {
    loop {
        let Some(here) = workspace.upgrade() else {
            return Ok(None);
        };
        if here.lock().await?.is_some() {
            return Ok(Some(here));
        }
        drop(here);
        tokio::time::sleep(TRY_AGAIN_AFTER).await;
    }
}

/// Carries out what other processes ask for.
async fn serve(workspace: &Weak<Workspace>, store: &Store) -> Result<()> {
    loop {
        let request = sync::next_request(store).await?;
        let Some(here) = workspace.upgrade() else {
            return Ok(());
        };
        let served = match request {
            Request::Poll => {
                here.wake_tail();
                here.look_for_permissions().await
            }
            Request::Rebuild => here.rebuild().await,
            _ if here.is_filling() => Ok(()),
            Request::Compare => here.compare().await,
            Request::Fill => here.sync_now().await,
        };
        if let Err(error) = served {
            tracing::warn!(%error, ?request, "what another process asked for could not start");
        }
    }
}

/// Keeps up with Stripe, telling of each turn, until the workspace is closed or `tell` breaks it off.
async fn follow<T>(mut poller: Poller, mut tell: impl FnMut(Turn) -> ControlFlow<T>) -> Option<T> {
    while let Some(turn) = poller.turn().await {
        if let ControlFlow::Break(with) = tell(turn) {
            return Some(with);
        }
        poller.wait().await;
    }
    None
}

impl Core {
    /// Follows Stripe in this process as a window does, for the terminal: only where no other
    /// process has the background.
    pub async fn watch<T>(
        &self,
        workspace: &Arc<Workspace>,
        tell: impl FnMut(Turn) -> ControlFlow<T>,
    ) -> Result<Option<T>> {
        self.set_in_use(true);
        let weak = Arc::downgrade(workspace);
        tokio::select! {
            ended = serve(&weak, workspace.store()) => ended.map(|()| None),
            broken_off = follow(Poller::new(workspace).unattended(), tell) => Ok(broken_off),
            () = back_up(&weak) => Ok(None),
            () = live_wire::keep(&weak) => Ok(None),
        }
    }
}

/// Settles what crashes left behind: at once, and again when what was too young then has come of age.
async fn settle(workspace: &Weak<Workspace>) -> Result<()> {
    loop {
        let Some(here) = workspace.upgrade() else {
            return Ok(());
        };
        if let Err(error) = links::settle_pending(&here).await {
            tracing::warn!(%error, "what a crash left pending is not settled yet");
        }
        drop(here);
        tokio::time::sleep(links::UNDER_WAY).await;
    }
}
