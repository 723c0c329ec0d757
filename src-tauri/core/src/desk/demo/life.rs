//! The running simulator of the sample agency: saved soon after each change, and kept at this computer's time.

use crate::Clock;
use crate::workspaces::Workspace;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Weak;
use std::time::Duration;
use stripe_sim::{Control, ControlError, Sim};
use tokio::task::{JoinSet, spawn_blocking};

/// Changes come in bursts; a kill loses at most this much.
const SAVE_AFTER: Duration = Duration::from_secs(1);
/// How often what has become due is billed.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The simulator answers nobody while its clock is moved, so it is moved by so much at a time.
const STEP: TimeDelta = TimeDelta::hours(1);

/// Ends with the process, unsaved changes with it, unless it is ended.
pub(crate) struct Life {
    sim: Sim,
    tasks: JoinSet<()>,
}

impl Life {
    pub fn begin(sim: Sim, clock: Clock, workspace: Weak<Workspace>) -> Self {
        let mut tasks = JoinSet::new();
        tasks.spawn(keep_saved(sim.control()));
        tasks.spawn(follow_time(sim.control(), clock, workspace));
        Self { sim, tasks }
    }

    /// Saves everything and waits until the ports are free.
    pub async fn end(mut self) {
        self.tasks.shutdown().await;
        self.sim.shutdown().await;
    }
}

/// At once for a start: a state that is loaded twice would give out the same ids twice.
async fn keep_saved(control: Control) {
    let mut changes = control.changes();
    loop {
        changes.mark_unchanged();
        let door = control.clone();
        if let Ok(Err(error)) = spawn_blocking(move || door.save()).await {
            tracing::warn!(%error, "the sample agency was not saved");
        }
        if changes.changed().await.is_err() {
            return;
        }
        tokio::time::sleep(SAVE_AFTER).await;
    }
}

async fn follow_time(control: Control, clock: Clock, workspace: Weak<Workspace>) {
    loop {
        let changes = control.changes();
        if let Err(error) = catch_up(&control, clock.now()).await {
            tracing::warn!(%error, "the sample agency's clock was not moved");
        }
        if changes.has_changed().unwrap_or(false)
            && let Some(here) = workspace.upgrade()
        {
            here.wake_tail();
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn catch_up(control: &Control, now: DateTime<Utc>) -> Result<(), ControlError> {
    let mut shown = control.now();
    while shown < now {
        shown = now.min(shown + STEP);
        let door = control.clone();
        // It runs by itself too, and may be there already.
        let moved = spawn_blocking(move || {
            if shown > door.now() {
                door.set_clock(shown)
            } else {
                Ok(())
            }
        });
        moved
            .await
            .map_err(|error| ControlError(error.to_string()))??;
    }
    Ok(())
}
