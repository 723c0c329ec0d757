//! Filling the mirror from Stripe: which ranges are still to be read, and how far it came.

mod cards;
mod comparison;
mod cost;
mod fill;
mod filling;
pub mod health;
mod held;
mod killpoint;
mod lacking;
mod nightly;
mod parked;
mod plan;
mod plant;
mod projection;
mod ranges;
mod reconcile;
mod record;
mod refresh;
mod report;
mod request;
mod state;
mod tail;
mod words;

pub use cards::{affords as affords_cards, look as look_for_cards, read_some as read_some_cards};
pub use comparison::last_comparisons;
pub use cost::cost;
pub use filling::{Filling, Mode, Outcome, start};
pub use lacking::retry_lacking;
pub use nightly::{nightly, nightly_cost};
pub use projection::{affords, allowance, note_reads, stretch};
pub use record::{
    is_whole, lacking_is_due, next_poll, note_problem, stopped, tell_of_lost_copy, was_stopped,
};
pub use refresh::refresh_client;
pub use report::{freshness, health as sync_health};
pub use request::{Asked, Request, ask_holder, next_request};
pub use state::{status, take_over};
pub use tail::{Polled, Tail, gap_is_uncovered};
pub(crate) use tail::{forget, give_up, parked_event, retry};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// How the local copy stands, for the frame of the window and the terminal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SyncStatus {
    pub phase: SyncPhase,
    pub resources: Vec<ResourceProgress>,
    /// When the last complete filling ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// Requests sent by the filling that runs or ran last.
    pub requests: u32,
    /// What stopped it, in words with the next step.
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// Nothing was ever read.
    Never,
    Running,
    /// Another process of this computer (terminal, second window) is at it.
    RunningElsewhere,
    /// Stopped by a person or a fault before everything was read; can be resumed.
    Unfinished,
    Complete,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ResourceProgress {
    pub name: String,
    pub label: String,
    pub state: ResourceState,
    pub rows: u32,
    /// Why it is skipped, lacks something, or failed.
    pub message: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ResourceState {
    Waiting,
    Reading,
    Done,
    /// The key may not read it.
    NotPermitted,
    Failed,
}

/// What listing everything again would cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SyncCost {
    /// Requests of the read allowance, from the rows known now.
    pub requests: u32,
    /// The same in a sentence.
    pub words: String,
}
