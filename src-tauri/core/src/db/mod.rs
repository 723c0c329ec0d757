//! The two files of a workspace: `journal.db`, which matters, and `portico.db`, which can be rebuilt.

mod json;

pub use json::{pack, unpack};

use crate::{Clock, events::Announcer, ids::WorkspaceId};
use sqlx::SqlitePool;
use std::path::PathBuf;

/// The open files of one workspace, and what both doors need to write to them.
#[derive(Debug, Clone)]
pub struct Store {
    pub workspace: WorkspaceId,
    pub folder: PathBuf,
    /// `journal.db`: one connection, `synchronous=FULL`.
    pub journal: SqlitePool,
    /// `portico.db` for the two doors: one connection, so that writers queue instead of failing.
    pub writer: SqlitePool,
    /// `portico.db` for everybody else: read-only connections.
    pub reader: SqlitePool,
    pub announcer: Announcer,
    pub clock: Clock,
}
