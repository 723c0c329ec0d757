//! Opens SQLite files the way this product needs them: private, migrated, checked for their age.

use super::{
    BACKUPS, JOURNAL, MIRROR,
    disk::{
        backup_name, backup_names, create_private_file, create_private_file_unless_there,
        make_private_folder, remove, set_aside,
    },
    is_damage,
    lock::OpeningLock,
    name_damage,
};
use crate::{Clock, Error, Result};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

static JOURNAL_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/journal");
static MIRROR_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/portico");

/// Longest wait for another process's write transaction.
const BUSY: Duration = Duration::from_secs(10);
const READERS: u32 = 4;

/// Beside a `portico.db` that was found damaged while it was open.
const MIRROR_DAMAGED: &str = "portico.db.damaged";

/// SQLite before this can corrupt a WAL database that one connection writes while another
/// checkpoints, which is what a pool does.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// Opens `journal.db`, copied to the backups first if it is about to be migrated.
pub(crate) async fn open_journal(folder: &Path, clock: &Clock) -> Result<SqlitePool> {
    let path = folder.join(JOURNAL);
    // The journal is made first, so a mirror without one means that it was lost.
    if !path.exists() && folder.join(MIRROR).exists() {
        return Err(damaged_journal(&path, "it is missing".into()));
    }
    let pool = open_writer(&path, writing(&path, SqliteSynchronous::Full, "ON"))
        .await
        .map_err(|error| explain_journal_damage(&path, error))?;
    let prepared = prepare_journal(&pool, folder, clock, &JOURNAL_MIGRATIONS).await;
    if let Err(error) = prepared {
        pool.close().await;
        return Err(explain_journal_damage(&path, error));
    }
    Ok(pool)
}

async fn prepare_journal(
    pool: &SqlitePool,
    folder: &Path,
    clock: &Clock,
    migrations: &Migrator,
) -> Result<()> {
    let path = folder.join(JOURNAL);
    let mut connection = pool.acquire().await?;
    assert_sqlite_version(&mut connection).await?;
    // The whole file: it is small, and a fault found late is one that backups carry on.
    check_structure(&mut connection, &path).await?;
    if has_pending_migrations(&mut connection, migrations).await? {
        let copy = folder.join(BACKUPS).join(backup_name(folder, clock));
        copy_database(&mut connection, &copy).await?;
    }
    migrate(&mut connection, migrations, &path).await
}

/// Opens `portico.db` for writing; one that is damaged is set aside, where the second value says,
/// and started anew.
pub(super) async fn open_or_rebuild_mirror(
    folder: &Path,
    clock: &Clock,
    opening: &OpeningLock,
) -> Result<(SqlitePool, Option<PathBuf>)> {
    let path = folder.join(MIRROR);
    let mark = folder.join(MIRROR_DAMAGED);
    let opened = if mark.exists() {
        Err(Error::DatabaseDamaged {
            path: path.clone(),
            detail: "found while it was open".into(),
        })
    } else {
        open_mirror(&path).await
    };
    match opened {
        Err(Error::DatabaseDamaged { detail, .. }) => {
            opening.alone()?;
            let aside = set_aside(&path, clock)?;
            tracing::warn!(%detail, aside = %aside.display(), "portico.db is damaged and rebuilt");
            let mirror = open_mirror(&path).await?;
            remove(&mark)?;
            Ok((mirror, Some(aside)))
        }
        opened => Ok((opened?, None)),
    }
}

async fn open_mirror(path: &Path) -> Result<SqlitePool> {
    // FAST overwrites erased bytes where that costs no further page, which a filling would feel.
    let options = writing(path, SqliteSynchronous::Normal, "FAST")
        // Of a new file: most objects take a fifth of the usual 4 KiB, which leaves much of a page empty.
        .page_size(8192)
        // In KiB: what belongs to a customer comes in no order, so a filling touches pages all over
        // those indexes.
        .pragma("cache_size", "-32768")
        // In pages: what is checkpointed less often is copied to the file less often.
        .pragma("wal_autocheckpoint", "16000");
    let pool = open_writer(path, options).await?;
    let migrated = async {
        let mut connection = pool.acquire().await?;
        migrate(&mut connection, &MIRROR_MIGRATIONS, path).await
    }
    .await;
    match migrated {
        Ok(()) => Ok(pool),
        Err(error) => {
            pool.close().await;
            Err(error)
        }
    }
}

/// Has the next opening set `portico.db` aside.
pub(super) fn mark_mirror_damaged(folder: &Path) -> Result<()> {
    create_private_file(&folder.join(MIRROR_DAMAGED)).map(drop)
}

pub(super) async fn open_mirror_readers(folder: &Path) -> Result<SqlitePool> {
    let path = folder.join(MIRROR);
    lasting_pool(READERS)
        .connect_with(read_only(&path).statement_cache_capacity(256))
        .await
        .map_err(name_damage(&path))
}

fn writing(
    path: &Path,
    synchronous: SqliteSynchronous,
    secure_delete: &'static str,
) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .busy_timeout(BUSY)
        .foreign_keys(false)
        // What is erased must not linger in free pages.
        .pragma("secure_delete", secure_delete)
}

async fn open_writer(path: &Path, options: SqliteConnectOptions) -> Result<SqlitePool> {
    create_private_file_unless_there(path)?;
    lasting_pool(1)
        .connect_with(options)
        .await
        .map_err(name_damage(path))
}

/// Connections that stay: a workspace is open for hours, and the writer's `data_version` and
/// prepared statements live with its connection.
fn lasting_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                // SQLite rolls back by itself when the disk is full, which sqlx does not notice:
                // that connection would refuse every further BEGIN. The ping waits for sqlx's
                // own rollback, queued when a transaction is dropped.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
}

/// Opens a copy of a journal that is to become one: migrated, and without companion files once
/// the connection is closed.
pub(crate) async fn open_detached_journal(path: &Path) -> Result<SqliteConnection> {
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .connect()
        .await
        .map_err(name_damage(path))?;
    migrate(&mut connection, &JOURNAL_MIGRATIONS, path).await?;
    Ok(connection)
}

/// A read-only connection of its own, for long reads that must not hold up the door.
pub async fn open_read_only(path: &Path) -> Result<SqliteConnection> {
    read_only(path).connect().await.map_err(name_damage(path))
}

fn read_only(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY)
        .foreign_keys(false)
}

/// Writes a compact copy of the connected database to a file that does not exist yet.
pub async fn copy_database(connection: &mut SqliteConnection, copy: &Path) -> Result<()> {
    if let Some(folder) = copy.parent() {
        make_private_folder(folder)?;
    }
    // VACUUM INTO fills an existing empty file, which is how the copy is private from the start.
    drop(create_private_file(copy)?);
    sqlx::query("VACUUM INTO ?")
        .bind(copy.to_string_lossy().into_owned())
        .execute(connection)
        .await?;
    File::open(copy)
        .and_then(|file| file.sync_all())
        .map_err(Error::io(format!("Could not save {}", copy.display())))
}

async fn migrate(
    connection: &mut SqliteConnection,
    migrations: &Migrator,
    path: &Path,
) -> Result<()> {
    // `run` takes whatever can be acquired, for which the compiler cannot show that the future is
    // `Send` for every lifetime; the window's commands need that.
    migrations
        .run_direct(None, connection, false)
        .await
        .map_err(|error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                name_damage(path)(error)
            }
            MigrateError::VersionMissing(_) => Error::DatabaseNewer(path.to_owned()),
            other => Error::Internal(format!("{}: {other}", path.display())),
        })
}

/// Whether a file that already has a schema is about to get a newer one.
async fn has_pending_migrations(
    connection: &mut SqliteConnection,
    migrations: &Migrator,
) -> Result<bool> {
    let known: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
    )
    .fetch_one(&mut *connection)
    .await?;
    if known == 0 {
        return Ok(false);
    }
    let applied: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await?;
    let newest = migrations.iter().map(|m| m.version).max();
    Ok(applied.is_some() && applied < newest)
}

async fn assert_sqlite_version(connection: &mut SqliteConnection) -> Result<()> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(connection)
        .await?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found: [u32; 3] = std::array::from_fn(|_| parts.next().unwrap_or(0));
    if found < OLDEST_SQLITE {
        return Err(Error::Internal(format!(
            "it was built with SQLite {version}, which can damage its files"
        )));
    }
    Ok(())
}

pub(crate) async fn check_structure(connection: &mut SqliteConnection, path: &Path) -> Result<()> {
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(connection)
        .await
        .map_err(name_damage(path))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(Error::DatabaseDamaged {
        path: path.to_owned(),
        detail: verdict,
    })
}

fn explain_journal_damage(path: &Path, error: Error) -> Error {
    match error {
        Error::DatabaseDamaged { detail, .. } => damaged_journal(path, detail),
        Error::Database(error) if is_damage(&error) => damaged_journal(path, error.to_string()),
        other => other,
    }
}

fn damaged_journal(path: &Path, detail: String) -> Error {
    let backups = path.parent().map(backup_names);
    let advice = match backups.and_then(Result::ok).unwrap_or_default().first() {
        Some(newest) => format!(
            "restore a backup, in Settings or with `portico-cli restore {newest}`: \
             the file that is there is kept"
        ),
        None => "there is no backup here; put back a copy of the file that you made yourself, \
                 or remove the workspace and add it anew"
            .to_owned(),
    };
    Error::DatabaseDamaged {
        path: path.to_owned(),
        detail: format!("{detail}; {advice}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{
        SqlSafeStr,
        migrate::{Migration, MigrationType},
    };

    #[tokio::test]
    async fn a_journal_is_copied_before_it_is_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::system();
        let pool = open_journal(folder.path(), &clock).await.unwrap();
        let backups = || std::fs::read_dir(folder.path().join(BACKUPS)).map_or(0, Iterator::count);
        assert_eq!(backups(), 0, "a new journal holds nothing to lose");

        let mut newer: Vec<Migration> = JOURNAL_MIGRATIONS.iter().cloned().collect();
        newer.push(Migration::new(
            i64::MAX,
            "later".into(),
            MigrationType::Simple,
            "CREATE TABLE later (id INTEGER PRIMARY KEY)".into_sql_str(),
            false,
        ));
        let newer = Migrator::with_migrations(newer);
        for _ in 0..2 {
            prepare_journal(&pool, folder.path(), &clock, &newer)
                .await
                .unwrap();
            assert_eq!(backups(), 1);
        }
        pool.close().await;

        let refused = open_journal(folder.path(), &clock).await;
        assert!(matches!(refused, Err(Error::DatabaseNewer(_))));
    }
}
