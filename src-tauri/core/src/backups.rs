//! Copies of the journal: made daily and on request, checked when made, and put back when needed.

use crate::{
    Clock, Error, Result,
    db::{self, BACKUPS, FilesLock, JOURNAL, Store, with_suffix},
    events::{Announcer, Topic},
    ids::WorkspaceId,
    journal::{self, Author, Change, Erasure},
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::Serialize;
use specta::Type;
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};

/// Older ones make way for new ones.
const KEPT: usize = 14;
const EVERY: TimeDelta = TimeDelta::days(1);
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

/// The backups, newest first.
pub async fn list(store: &Store) -> Result<Vec<Backup>> {
    list_in(&store.folder).await
}

/// As [`list`], for a workspace whose journal does not open.
pub async fn list_in(folder: &Path) -> Result<Vec<Backup>> {
    let mut backups = Vec::new();
    for name in names(folder)? {
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
    prune(&store.folder)?;
    store
        .announcer
        .announce(Some(&store.workspace), [Topic::Backups]);
    describe(&store.folder, &name).await
}

/// Makes a backup unless there is one of the last day.
pub async fn make_if_due(store: &Store) -> Result<Option<Backup>> {
    let newest = names(&store.folder)?.first().and_then(|name| made_at(name));
    if newest.is_some_and(|newest| store.clock.now() - newest < EVERY) {
        return Ok(None);
    }
    make(store).await.map(Some)
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
) -> Result<Store> {
    if !names(&folder)?.iter().any(|known| known == name) {
        return Err(Error::NotFound(format!("There is no backup {name}.")));
    }
    let backup = folder.join(BACKUPS).join(name);
    check(&backup).await?;
    {
        let opening = FilesLock::opening(&folder).await?;
        opening.alone()?;
        let erasures = keep_present(&folder, &clock).await?;
        let staged = stage(&folder, name, author, &clock, &erasures).await?;
        put_in_place(&folder, &staged)?;
    }
    let store = Store::open(workspace, folder, announcer, clock).await?;
    journal::catch_up(&store).await?;
    store.announcer.announce(Some(&store.workspace), Topic::ALL);
    Ok(store)
}

/// Keeps what is about to be replaced; answers the erasures it holds.
async fn keep_present(folder: &Path, clock: &Clock) -> Result<Vec<Erasure>> {
    let path = folder.join(JOURNAL);
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
        copied?;
        checkpointed?;
        erasures
    };
    match kept.await {
        Err(Error::DatabaseDamaged { detail, .. }) => {
            let aside = db::copy_aside(&path, clock)?;
            tracing::warn!(%detail, aside = %aside.display(), "a damaged journal is replaced");
            Ok(Vec::new())
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

/// Copies the connected journal into the backups and checks the copy.
async fn copy(journal: &mut SqliteConnection, folder: &Path, clock: &Clock) -> Result<String> {
    let name = db::backup_name(folder, clock);
    let path = folder.join(BACKUPS).join(&name);
    let copied = async {
        db::copy_database(journal, &path).await?;
        check(&path).await
    };
    match copied.await {
        Ok(()) => Ok(name),
        Err(error) => {
            remove_database(&path)?;
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
    let entries = sqlx::query_scalar("SELECT count(*) FROM entries")
        .fetch_one(&mut copy)
        .await?;
    copy.close().await?;
    Ok(Backup {
        name: name.to_owned(),
        at: made_at(name).unwrap_or_default(),
        bytes,
        entries,
    })
}

/// Names of the backups, newest first: they sort by the time in them.
fn names(folder: &Path) -> Result<Vec<String>> {
    let folder = folder.join(BACKUPS);
    let files = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files.map_err(Error::io(format!("Could not read {}", folder.display())))?,
    };
    let mut names: Vec<String> = files
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .filter(|name| made_at(name).is_some())
        .collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}

fn prune(folder: &Path) -> Result<()> {
    names(folder)?
        .iter()
        .skip(KEPT)
        .try_for_each(|name| remove_database(&folder.join(BACKUPS).join(name)))
}

fn made_at(name: &str) -> Option<DateTime<Utc>> {
    let time = name.strip_prefix("journal-")?.strip_suffix(".db")?;
    let time = NaiveDateTime::parse_from_str(time, db::FILE_TIME).ok()?;
    Some(time.and_utc())
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
