//! Copies of the journal: made daily and on request, checked when made, and put back when needed.

use crate::{
    Clock, Error, Result,
    db::{self, BACKUPS, FilesLock, JOURNAL, Store, with_suffix},
    events::{Announcer, Topic},
    ids::WorkspaceId,
    journal::{self, Author, Change, Erasure},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use specta::Type;
use sqlx::{Connection, SqliteConnection, SqliteExecutor};
use std::path::{Path, PathBuf};

/// Older ones make way for new ones.
const KEPT: usize = 14;
const EVERY: TimeDelta = TimeDelta::days(1);
/// One that is made on closing leaves the older ones their days.
const ON_CLOSING: TimeDelta = TimeDelta::hours(6);
/// Ends the name of a copy that is not whole yet.
const PART: &str = ".part";
const STAGED: &str = "journal.db.restoring";

/// One copy of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Backup {
    /// The file's name, to restore it by.
    pub name: String,
    pub at: DateTime<Utc>,
    #[specta(type = i32)]
    pub bytes: u64,
    pub entries: u32,
}

/// What became of the journal that a backup took the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replaced {
    /// It is a backup of this name now.
    BackedUp(String),
    /// It was damaged, and lies here.
    SetAside(PathBuf),
    /// There was none.
    Missing,
}

impl std::fmt::Display for Replaced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BackedUp(name) => {
                write!(
                    f,
                    "The journal that was there is among the backups now, as {name}."
                )
            }
            Self::SetAside(path) => {
                write!(f, "The damaged journal is kept as {}.", path.display())
            }
            Self::Missing => write!(f, "There was no journal in its place to keep."),
        }
    }
}

/// The backups, newest first.
pub async fn list(store: &Store) -> Result<Vec<Backup>> {
    list_in(&store.folder).await
}

/// As [`list`], for a workspace whose journal does not open.
pub async fn list_in(folder: &Path) -> Result<Vec<Backup>> {
    let mut backups = Vec::new();
    for name in db::backup_names(folder)? {
        match describe(folder, &name).await {
            Ok(backup) => backups.push(backup),
            // It cannot be restored either; the others can.
            Err(error) => tracing::warn!(%name, %error, "a backup cannot be read"),
        }
    }
    Ok(backups)
}

/// Copies the journal, checks the copy and lets the oldest go.
pub async fn make(store: &Store) -> Result<Backup> {
    let mut journal = db::open_read_only(&store.journal_path()).await?;
    let name = copy(&mut journal, &store.folder, &store.clock).await?;
    journal.close().await?;
    prune(&store.folder, &store.clock)?;
    store
        .announcer
        .announce(Some(&store.workspace), [Topic::Backups]);
    describe(&store.folder, &name).await
}

/// Makes a backup unless there is one of the last day, or nothing to lose yet.
pub async fn make_if_due(store: &Store) -> Result<Option<Backup>> {
    if newest_is_younger_than(store, EVERY)? || is_empty(store).await? {
        return Ok(None);
    }
    make(store).await.map(Some)
}

/// Makes a backup of what was written since the last one, for a process that is about to end.
pub async fn make_on_closing(store: &Store) -> Result<Option<Backup>> {
    if newest_is_younger_than(store, ON_CLOSING)? || is_empty(store).await? {
        return Ok(None);
    }
    if let Some(newest) = db::backup_names(&store.folder)?.first()
        && describe(&store.folder, newest).await?.entries == entries(&store.journal).await?
    {
        return Ok(None);
    }
    make(store).await.map(Some)
}

fn newest_is_younger_than(store: &Store, age: TimeDelta) -> Result<bool> {
    let names = db::backup_names(&store.folder)?;
    let newest = names.first().and_then(|name| db::backup_time(name));
    // One of the future was made under a clock that has been set back since.
    Ok(newest.is_some_and(|newest| (store.clock.now() - newest).abs() < age))
}

async fn is_empty(store: &Store) -> Result<bool> {
    let written: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM entries) OR EXISTS (SELECT 1 FROM object_changes)",
    )
    .fetch_one(&store.journal)
    .await?;
    Ok(!written)
}

async fn entries(journal: impl SqliteExecutor<'_>) -> Result<u32> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM entries")
        .fetch_one(journal)
        .await?)
}

/// Puts a backup in the journal's place and opens the workspace with it. The present journal is
/// kept: as a backup, or as it is if it is damaged. Every store of this workspace must be closed.
///
/// Clients erased since the backup was made are erased from it again.
pub async fn restore(
    workspace: WorkspaceId,
    folder: PathBuf,
    name: &str,
    author: &Author,
    announcer: Announcer,
    clock: Clock,
) -> Result<(Store, Replaced)> {
    let known = db::backup_names(&folder)?;
    if !known.iter().any(|known| known == name) {
        return Err(Error::NotFound(match known.first() {
            Some(newest) => format!("There is no backup {name}; the newest is {newest}."),
            None => format!("There is no backup {name}, and none of another name."),
        }));
    }
    let backup = folder.join(BACKUPS).join(name);
    check(&backup).await?;
    let replaced = {
        let opening = FilesLock::opening(&folder).await?;
        opening.alone()?;
        let (replaced, erasures) = keep_present(&folder, &clock).await?;
        let staged = stage(&folder, name, author, &clock, &erasures).await?;
        put_in_place(&folder, &staged)?;
        replaced
    };
    let store = Store::open(workspace, folder, announcer, clock).await?;
    journal::catch_up(&store).await?;
    store.announcer.announce(Some(&store.workspace), Topic::ALL);
    Ok((store, replaced))
}

/// Keeps what is about to be replaced; answers the erasures it holds.
async fn keep_present(folder: &Path, clock: &Clock) -> Result<(Replaced, Vec<Erasure>)> {
    let path = folder.join(JOURNAL);
    if !path.exists() {
        return Ok((Replaced::Missing, Vec::new()));
    }
    let kept = async {
        let pool = db::open_journal(folder, clock).await?;
        let mut journal = pool.acquire().await?;
        let copied = copy(&mut journal, folder, clock).await;
        let erasures = journal::erasures(&mut journal).await;
        // So that everything is in the one file, whose log is then removed.
        let checkpointed = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut *journal)
            .await;
        drop(journal);
        pool.close().await;
        checkpointed?;
        Ok((Replaced::BackedUp(copied?), erasures?))
    };
    match kept.await {
        Err(Error::DatabaseDamaged { detail, .. }) => {
            let aside = db::copy_aside(&path, clock)?;
            tracing::warn!(%detail, aside = %aside.display(), "a damaged journal is replaced");
            Ok((Replaced::SetAside(aside), Vec::new()))
        }
        kept => kept,
    }
}

/// Prepares the new journal beside the old one, complete with the entry that tells of it.
async fn stage(
    folder: &Path,
    name: &str,
    author: &Author,
    clock: &Clock,
    erasures: &[Erasure],
) -> Result<PathBuf> {
    let staged = folder.join(STAGED);
    remove_database(&staged)?;
    std::fs::copy(folder.join(BACKUPS).join(name), &staged)
        .map_err(Error::io("The backup could not be copied"))?;
    let mut journal = db::open_detached_journal(&staged).await?;
    let entries: i64 = sqlx::query_scalar("SELECT count(*) FROM entries")
        .fetch_one(&mut journal)
        .await?;
    let mut transaction = journal.begin().await?;
    let at = clock.millis();
    for erasure in erasures {
        journal::erase_again(&mut transaction, author, at, erasure).await?;
    }
    let restored = Change::BackupRestored {
        backup: name.to_owned(),
        entries: entries.unsigned_abs(),
    };
    journal::write_entry(&mut transaction, author, at, restored).await?;
    transaction.commit().await?;
    journal.close().await?;
    Ok(staged)
}

/// Nobody has the files open now. A crash before the rename leaves the old journal whole, one
/// after it the new one; the tables built from it follow when the workspace opens.
fn put_in_place(folder: &Path, staged: &Path) -> Result<()> {
    let journal = folder.join(JOURNAL);
    // SQLite would play the old file's log into the new one.
    for companion in ["-wal", "-shm"] {
        db::remove(&with_suffix(&journal, companion))?;
    }
    std::fs::rename(staged, &journal)
        .and_then(|()| sync_folder(folder))
        .map_err(Error::io("The backup could not be put in place"))
}

/// Copies the connected journal into the backups and checks the copy. Only a whole one gets the name
/// of a backup: a process may end in the middle.
async fn copy(journal: &mut SqliteConnection, folder: &Path, clock: &Clock) -> Result<String> {
    let name = db::backup_name(folder, clock);
    let path = folder.join(BACKUPS).join(&name);
    let part = with_suffix(&path, PART);
    let copied = async {
        db::copy_database(journal, &part).await?;
        check(&part).await?;
        std::fs::rename(&part, &path)
            .and_then(|()| sync_folder(&folder.join(BACKUPS)))
            .map_err(Error::io("The backup could not be named"))
    };
    match copied.await {
        Ok(()) => Ok(name),
        Err(error) => {
            remove_database(&part)?;
            // What is wrong with a fresh copy is wrong with the journal.
            Err(match error {
                Error::DatabaseDamaged { detail, .. } => Error::DatabaseDamaged {
                    path: folder.join(JOURNAL),
                    detail,
                },
                other => other,
            })
        }
    }
}

/// A whole file with a whole chain.
async fn check(path: &Path) -> Result<()> {
    let mut copy = db::open_read_only(path).await?;
    db::check_structure(&mut copy, path).await?;
    copy.close().await?;
    match journal::verify_file(path).await?.problem {
        None => Ok(()),
        Some(detail) => Err(Error::DatabaseDamaged {
            path: path.to_owned(),
            detail,
        }),
    }
}

async fn describe(folder: &Path, name: &str) -> Result<Backup> {
    let path = folder.join(BACKUPS).join(name);
    let bytes = std::fs::metadata(&path)
        .map_err(Error::io(format!("Could not read {}", path.display())))?
        .len();
    let mut copy = db::open_read_only(&path).await?;
    let entries = entries(&mut copy).await?;
    copy.close().await?;
    Ok(Backup {
        name: name.to_owned(),
        at: db::backup_time(name).unwrap_or_default(),
        bytes,
        entries,
    })
}

fn prune(folder: &Path, clock: &Clock) -> Result<()> {
    let unfinished = db::names_in(&folder.join(BACKUPS))?
        .into_iter()
        .filter(|name| {
            let made = name.strip_suffix(PART).and_then(db::backup_time);
            made.is_some_and(|made| clock.now() - made > EVERY)
        });
    db::backup_names(folder)?
        .into_iter()
        .skip(KEPT)
        .chain(unfinished)
        .try_for_each(|name| remove_database(&folder.join(BACKUPS).join(name)))
}

fn remove_database(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        db::remove(&with_suffix(path, suffix))?;
    }
    Ok(())
}

/// A rename lasts only once its folder is on the disk; Windows has no such call and needs none.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
