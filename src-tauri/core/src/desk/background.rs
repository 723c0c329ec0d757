//! What a workspace does by itself while it is open, in one process of the computer at a time.

use crate::db::Store;
use crate::sync::{self, Request, SyncPhase};
use crate::workspaces::{KeyState, Poller, Turn, Workspace, live_wire};
use crate::{Core, Result, backups, links};
use std::ops::ControlFlow;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// The kernel frees the background of a process that died without a word to the others.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(10);

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
        let ended = match our_turn(&weak).await {
            Ok(Some(here)) => tokio::select! {
                ended = background(&weak, here) => ended,
                () = live_wire::keep(&weak) => Ok(()),
            },
            ended => ended.map(drop),
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "the background of a workspace stopped");
        }
    });
    workspace.ends_with_it(task.abort_handle());
}

/// The daily backup, what a crash left pending, an unfinished filling, and from then on Stripe's
/// news and the requests of other processes.
async fn background(workspace: &Weak<Workspace>, here: Arc<Workspace>) -> Result<()> {
    backups::make_if_due(here.store()).await?;
    // Everything from here on needs the key; a person may still have to unlock it.
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
