//! The two files of a workspace: `journal.db`, which matters, and `portico.db`, which can be rebuilt.

mod disk;
mod files;
mod json;
mod lock;
mod watch;

pub(crate) use disk::{
    backup_name, backup_names, backup_time, copy_aside, make_private_folder, names_in, remove,
    with_suffix,
};
pub use files::open_read_only;
pub(crate) use files::{check_structure, copy_database, open_detached_journal, open_journal};
pub use json::{pack, pack_alone, unpack};
pub use lock::BackgroundLock;
pub(crate) use lock::FilesLock;

use crate::{Clock, Error, Result, events::Announcer, ids::WorkspaceId};
use sqlx::SqlitePool;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::task::AbortHandle;

/// The file that cannot be fetched again.
pub const JOURNAL: &str = "journal.db";
/// The file with everything one queries.
pub const MIRROR: &str = "portico.db";
/// Where copies of the journal are kept.
pub const BACKUPS: &str = "backups";

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
    /// Where `portico.db` was set aside because it was damaged; it is empty then, so a filling is
    /// needed.
    pub mirror_set_aside: Option<PathBuf>,
    hold: Arc<Hold>,
}

/// What lasts as long as any clone of the store does.
#[derive(Debug)]
struct Hold {
    files: FilesLock,
    watch: AbortHandle,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Store {
    /// Opens both files of the workspace, making what is not there yet. The journal is applied
    /// afterwards, by `journal::catch_up`.
    pub async fn open(
        workspace: WorkspaceId,
        folder: PathBuf,
        announcer: Announcer,
        clock: Clock,
    ) -> Result<Self> {
        disk::make_private_folder(&folder)?;
        // One process at a time, because opening may migrate a file or set one aside.
        let opening = FilesLock::opening(&folder).await?;

        let journal = files::open_journal(&folder, &clock).await?;
        let opened = files::open_or_rebuild_mirror(&folder, &clock, &opening).await;
        let (writer, mirror_set_aside) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                journal.close().await;
                return Err(error);
            }
        };
        let reader = files::open_mirror_readers(&folder).await?;

        let watch = watch::announce_foreign_commits(
            writer.clone(),
            with_suffix(&folder.join(MIRROR), "-wal"),
            announcer.clone(),
            workspace.clone(),
        );
        Ok(Self {
            workspace,
            folder,
            journal,
            writer,
            reader,
            announcer,
            clock,
            mirror_set_aside,
            hold: Arc::new(Hold {
                files: opening.opened()?,
                watch,
            }),
        })
    }

    /// Closes the files for every clone of this store; whoever still asks gets an error.
    pub async fn close(&self) {
        self.hold.watch.abort();
        self.reader.close().await;
        self.writer.close().await;
        self.journal.close().await;
        self.hold.files.release();
    }

    /// Reads all of `portico.db`; if it is damaged, the next opening rebuilds it. Takes as long as
    /// reading the file does, so it is for the background.
    pub async fn check_mirror(&self) -> Result<()> {
        let path = self.folder.join(MIRROR);
        let mut connection = open_read_only(&path).await?;
        let checked = check_structure(&mut connection, &path).await;
        if let Err(Error::DatabaseDamaged { .. }) = checked {
            files::mark_mirror_damaged(&self.folder)?;
        }
        checked
    }

    /// Passes on what a read of `portico.db` came to. Where SQLite met damage, the next opening
    /// rebuilds the file, and the person learns that.
    pub fn noticed<T>(&self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Err(Error::Database(error)) if is_damage(&error) => {
                files::mark_mirror_damaged(&self.folder)?;
                Err(Error::DatabaseDamaged {
                    path: self.folder.join(MIRROR),
                    detail: format!(
                        "{error}; start Portico again: it is then rebuilt from Stripe and the journal, and nothing is lost"
                    ),
                })
            }
            outcome => outcome,
        }
    }

    /// Where the journal lies, for reads on a connection of their own.
    pub fn journal_path(&self) -> PathBuf {
        self.folder.join(JOURNAL)
    }
}

/// Whether this is SQLite saying that a file is not what it wrote.
pub(crate) fn is_damage(error: &sqlx::Error) -> bool {
    // SQLITE_CORRUPT with its extended codes, and SQLITE_NOTADB: https://sqlite.org/rescode.html
    error
        .as_database_error()
        .and_then(|e| e.code())
        .and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

/// Names the file in an error that says it is damaged; any other error stays what it is.
pub(crate) fn name_damage(path: &Path) -> impl Fn(sqlx::Error) -> Error {
    let path = path.to_owned();
    move |error| {
        if is_damage(&error) {
            Error::DatabaseDamaged {
                path: path.clone(),
                detail: error.to_string(),
            }
        } else {
            error.into()
        }
    }
}
