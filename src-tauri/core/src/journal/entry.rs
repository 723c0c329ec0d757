//! One line of the journal: who did what, when, and as which link of the chain.

use super::Change;
use crate::ids::{DeviceId, EntryId, StaffId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who acted and on which computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub actor: Actor,
    pub device: DeviceId,
}

/// A person, or a rule acting by itself; stored as `st_…` or `rule:<name>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Actor {
    Staff(StaffId),
    Rule(String),
}

const RULE: &str = "rule:";

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staff(staff) => staff.fmt(f),
            Self::Rule(name) => write!(f, "{RULE}{name}"),
        }
    }
}

impl From<String> for Actor {
    fn from(text: String) -> Self {
        match text.strip_prefix(RULE) {
            Some(name) => Self::Rule(name.to_owned()),
            None => Self::Staff(text.into()),
        }
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.to_string()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub seq: i64,
    pub id: EntryId,
    pub at: DateTime<Utc>,
    pub author: Author,
    pub change: Change,
}
