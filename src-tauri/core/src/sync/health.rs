//! What the sync health page and the frame's freshness mark show: how current the local copy is, at
//! which cost, and what stands in the way.

use super::ResourceState;
use crate::ids::ClientId;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// The mark in the window's frame: whether what is on screen is what Stripe has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Freshness {
    pub level: FreshnessLevel,
    /// One short sentence, e.g. "Up to date, checked just now".
    pub words: String,
    /// When Stripe was last asked for news and everything it told was stored.
    pub checked_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FreshnessLevel {
    /// Nothing was read yet, or the first filling is not whole.
    Filling,
    Fresh,
    /// News is being fetched, or a comparison runs.
    CatchingUp,
    /// Checked longer ago than it should be, or something is parked.
    Behind,
    /// Stripe cannot be asked now: offline, no key, refused.
    Stopped,
}

/// Everything on the sync health page.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SyncHealth {
    pub freshness: Freshness,
    pub polling: Polling,
    pub resources: Vec<ResourceHealth>,
    pub allowance: Allowance,
    /// The last failures, newest first, each once with how often it came.
    pub problems: Vec<SyncProblem>,
    pub parked: Vec<Parked>,
    /// Event types that nothing here mirrors, most frequent first.
    pub unknown_events: Vec<UnknownEvents>,
    /// Times that the event stream did not cover, newest first.
    pub gaps: Vec<Gap>,
    /// Comparisons with Stripe, newest first.
    pub comparisons: Vec<Comparison>,
}

/// How often Stripe is asked for news now, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Polling {
    pub every_seconds: u32,
    /// E.g. "every minute while Portico is in use".
    pub why: String,
    pub next_at: Option<DateTime<Utc>>,
    /// From the newest event that was stored to when it was: how late news arrived last time.
    pub lag_seconds: Option<u32>,
    /// Another process of this computer asks.
    pub elsewhere: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ResourceHealth {
    pub name: String,
    pub label: String,
    pub state: ResourceState,
    pub rows: u32,
    /// When it was last listed whole.
    pub listed_at: Option<DateTime<Utc>>,
    /// When an object of it last changed here.
    pub changed_at: Option<DateTime<Utc>>,
    /// Why it is skipped, lacks something, or failed.
    pub message: Option<String>,
}

/// Stripe's read allowance (an average of 500 GETs per transaction over 30 days, at least 10,000 a
/// month) as far as this computer uses it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Allowance {
    /// GETs sent from this computer in the last 30 days.
    pub used: u32,
    /// What 30 days would come to at the pace of the last days.
    pub projected: u32,
    pub allowed: u32,
    /// Transactions of the last 30 days that `allowed` is computed from.
    pub transactions: u32,
    /// The same in a sentence.
    pub words: String,
    /// GETs a day, oldest first, at most 30.
    pub days: Vec<DayReads>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct DayReads {
    pub day: NaiveDate,
    pub reads: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SyncProblem {
    pub at: DateTime<Utc>,
    /// In words, with Stripe's request id where there is one.
    pub words: String,
    pub times: u32,
}

/// An object whose news could not be fetched; tried again by itself, later and later.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Parked {
    /// Names it in `retry_parked` and `ignore_parked`.
    pub id: String,
    /// Stripe's id of the object.
    pub object: String,
    /// What it is, e.g. "Subscription".
    pub label: String,
    /// Whose it is, where that is known here.
    pub client: Option<ParkedClient>,
    /// The type of the event that told of it.
    pub event: String,
    pub error: String,
    pub attempts: u32,
    pub since: DateTime<Utc>,
    pub next_try_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ParkedClient {
    pub id: ClientId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct UnknownEvents {
    pub event: String,
    pub count: u32,
    pub last_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Gap {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Why, and what was done about it.
    pub words: String,
    /// When a comparison covered it.
    pub closed_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ComparisonKind {
    /// Customers, subscriptions and open invoices, by itself at night.
    Nightly,
    /// Everything.
    Full,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Comparison {
    pub kind: ComparisonKind,
    pub started_at: DateTime<Utc>,
    /// Empty while it runs, or where it was cut off.
    pub ended_at: Option<DateTime<Utc>>,
    pub requests: u32,
    pub added: u32,
    pub changed: u32,
    pub gone: u32,
    /// E.g. "Everything that was listed is as Stripe has it" or "2 invoices had changed unnoticed".
    pub words: String,
}
