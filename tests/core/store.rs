//! The two files of a workspace: how they open, and what happens when one is damaged or too new.

use crate::desk::{self, ada, add_client_with_note, count, note_written, open, shell};
use portico_core::{
    Clock, Error,
    db::{BackgroundLock, JOURNAL, MIRROR, Store},
    events::Topic,
    journal,
};
use sqlx::Connection;
use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
};

#[cfg(unix)]
#[tokio::test]
async fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("ws_test");
    let store = open(&folder).await.unwrap();
    add_client_with_note(&store, "hello").await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let mut seen = 0;
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 6, "both files with their logs and indexes: {seen}");
}

#[tokio::test]
async fn the_readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let written = sqlx::query("DELETE FROM clients")
        .execute(&store.reader)
        .await;
    assert!(written.unwrap_err().to_string().contains("readonly"));
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_and_left_alone() {
    for file in [JOURNAL, MIRROR] {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).await.unwrap().close().await;
        let path = folder.path().join(file);
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'of tomorrow', 1, x'00', 1)",
        )
        .execute(&mut shell(&path).await)
        .await
        .unwrap();
        match open(folder.path()).await {
            Err(Error::DatabaseNewer(refused)) => assert_eq!(refused, path),
            other => panic!("{file}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn tables_built_by_a_newer_version_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.unwrap().close().await;
    sqlx::query("UPDATE journal_state SET projection_version = 9999")
        .execute(&mut shell(&folder.path().join(MIRROR)).await)
        .await
        .unwrap();
    let refused = open(folder.path()).await;
    assert!(
        matches!(refused, Err(Error::DatabaseNewer(_))),
        "{refused:?}"
    );
}

fn damage(path: &Path) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all(&[0x5a; 8192]).unwrap();
}

/// Overwrites the first page of one table.
async fn damage_table(path: &Path, table: &str) {
    let mut shell = shell(path).await;
    // A reader that closed last has left the table in the log beside the file.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut shell)
        .await
        .unwrap();
    let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_master WHERE name = ?")
        .bind(table)
        .fetch_one(&mut shell)
        .await
        .unwrap();
    let size: i64 = sqlx::query_scalar("PRAGMA page_size")
        .fetch_one(&mut shell)
        .await
        .unwrap();
    shell.close().await.unwrap();
    let [page, size] = [page - 1, size].map(|number| usize::try_from(number).unwrap());
    let mut bytes = fs::read(path).unwrap();
    bytes[page * size..][..size].fill(0xa5);
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_mirror_is_set_aside_and_rebuilt_from_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    assert_eq!(store.mirror_set_aside, None);
    add_client_with_note(&store, "kept").await;
    let before = desk::dump(&store).await;
    store.close().await;
    damage(&folder.path().join(MIRROR));

    let store = open(folder.path()).await.unwrap();
    assert!(store.mirror_set_aside.is_some());
    assert_eq!(desk::dump(&store).await, before);
    let aside = fs::read_dir(folder.path())
        .unwrap()
        .filter_map(|file| file.unwrap().file_name().into_string().ok())
        .find(|name| name.starts_with("portico.db.damaged-"));
    assert!(aside.is_some());
    store.close().await;
    assert_eq!(open(folder.path()).await.unwrap().mirror_set_aside, None);
}

#[tokio::test]
async fn a_page_damaged_in_the_middle_of_the_mirror_is_found_by_a_check_and_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    add_client_with_note(&store, "kept").await;
    let before = desk::dump(&store).await;
    store.check_mirror().await.unwrap();
    store.close().await;
    damage_table(&folder.path().join(MIRROR), "products").await;

    let store = open(folder.path()).await.unwrap();
    assert!(
        store.mirror_set_aside.is_none(),
        "the damage is where an opening does not look"
    );
    let checked = store.check_mirror().await;
    assert!(
        matches!(checked, Err(Error::DatabaseDamaged { .. })),
        "{checked:?}"
    );
    store.close().await;
    for rebuilt in [true, false] {
        let store = open(folder.path()).await.unwrap();
        assert_eq!(store.mirror_set_aside.is_some(), rebuilt);
        assert_eq!(desk::dump(&store).await, before);
        store.close().await;
    }
}

#[tokio::test]
async fn a_damaged_mirror_stays_while_another_process_has_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await.unwrap();
    // The log would still repair the file's first page.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&first.writer)
        .await
        .unwrap();
    damage(&folder.path().join(MIRROR));
    let second = open(folder.path()).await;
    assert!(matches!(second, Err(Error::Conflict(_))), "{second:?}");
    first.close().await;
    assert!(
        open(folder.path())
            .await
            .unwrap()
            .mirror_set_aside
            .is_some()
    );
}

#[tokio::test]
async fn a_damaged_or_lost_journal_says_what_to_do() {
    type Spoil = fn(&Path);
    let spoil: [(Spoil, bool); 3] = [
        (damage, true),
        (|path| fs::remove_file(path).unwrap(), true),
        (damage, false),
    ];
    for (spoil, backed_up) in spoil {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await.unwrap();
        add_client_with_note(&store, "kept").await;
        let advice = match backed_up {
            true => {
                let backup = portico_core::backups::make(&store).await.unwrap();
                format!("`portico-cli restore {}`", backup.name)
            }
            false => "there is no backup here".to_owned(),
        };
        store.close().await;
        spoil(&folder.path().join(JOURNAL));
        match open(folder.path()).await {
            Err(error @ Error::DatabaseDamaged { .. }) => {
                assert!(error.to_string().contains(&advice), "{error}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_page_damaged_in_the_middle_of_the_journal_is_found_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&store, "first").await;
    for _ in 0..50 {
        let note = note_written(&client, &"x".repeat(1000));
        journal::append(&store, &ada(), note).await.unwrap();
    }
    store.close().await;
    damage_table(&folder.path().join(JOURNAL), "bodies").await;
    let opened = open(folder.path()).await;
    assert!(
        matches!(opened, Err(Error::DatabaseDamaged { .. })),
        "{opened:?}"
    );
}

/// Lets SQLite refuse any further page, as a full disk does.
async fn fill_disk(pool: &sqlx::SqlitePool, full: bool) {
    let most = if full {
        "PRAGMA max_page_count = 1"
    } else {
        "PRAGMA max_page_count = 1000000"
    };
    sqlx::query(most).execute(pool).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_the_entry_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&store, "before").await;
    let long = "x".repeat(100_000);

    fill_disk(&store.journal, true).await;
    let refused = journal::append(&store, &ada(), note_written(&client, &long)).await;
    assert!(matches!(refused, Err(Error::DiskFull)), "{refused:?}");
    assert_eq!(journal::verify(&store).await.unwrap().entries, 2);

    fill_disk(&store.journal, false).await;
    journal::append(&store, &ada(), note_written(&client, &long))
        .await
        .unwrap();
    let verification = journal::verify(&store).await.unwrap();
    assert_eq!((verification.entries, verification.problem), (3, None));
}

#[tokio::test]
async fn an_entry_that_could_not_be_applied_for_want_of_space_is_applied_later() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&store, "before").await;
    let long = "x".repeat(100_000);

    fill_disk(&store.writer, true).await;
    journal::append(&store, &ada(), note_written(&client, &long))
        .await
        .unwrap();
    assert_eq!(count(&store, "SELECT count(*) FROM notes").await, 1);

    // The limit ended with its connection; the disk is as full as before.
    fill_disk(&store.writer, true).await;
    let refused = journal::append(&store, &ada(), note_written(&client, "after")).await;
    assert!(matches!(refused, Err(Error::DiskFull)), "{refused:?}");

    fill_disk(&store.writer, false).await;
    journal::append(&store, &ada(), note_written(&client, "after"))
        .await
        .unwrap();
    assert_eq!(count(&store, "SELECT count(*) FROM notes").await, 3);
}

#[tokio::test]
async fn what_another_process_commits_is_announced() {
    let folder = tempfile::tempdir().unwrap();
    let here = open(folder.path()).await.unwrap();
    let mut changes = here.announcer.subscribe();
    // Its connections are to SQLite what another process's are.
    let there = open(folder.path()).await.unwrap();
    let own = add_client_with_note(&here, "own").await;
    while changes.next().await.unwrap().topics.len() != 2 {}
    journal::append(&there, &ada(), note_written(&own, "foreign"))
        .await
        .unwrap();
    loop {
        let changed = changes.next().await.unwrap();
        if changed.topics == Topic::ALL.into() {
            break;
        }
    }
    assert_eq!(count(&here, "SELECT count(*) FROM notes").await, 2);
}

#[test]
fn the_background_lock_is_freed_when_its_process_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "store::holds_the_background_lock",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env("PORTICO_TEST_FOLDER", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = Vec::new();
    let mut stdout = child.stdout.take().unwrap();
    while !said.ends_with(b"HELD\n") {
        let mut byte = [0];
        assert_eq!(stdout.read(&mut byte).unwrap(), 1, "the child ended early");
        said.push(byte[0]);
    }
    assert!(
        BackgroundLock::try_acquire(folder.path())
            .unwrap()
            .is_none()
    );
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        BackgroundLock::try_acquire(folder.path())
            .unwrap()
            .is_some()
    );
}

#[test]
#[ignore = "the other process of the_background_lock_is_freed_when_its_process_is_killed"]
fn holds_the_background_lock() {
    let folder = std::env::var_os("PORTICO_TEST_FOLDER").unwrap();
    let lock = BackgroundLock::try_acquire(Path::new(&folder)).unwrap();
    assert!(lock.is_some());
    std::io::stdout().write_all(b"HELD\n").unwrap();
    // Until killed: nothing is ever written to it.
    std::io::stdin().read_exact(&mut [0]).unwrap();
}

#[tokio::test]
async fn a_closed_store_answers_with_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let store: Store = desk::open_at(folder.path(), Clock::system()).await.unwrap();
    let client = add_client_with_note(&store, "before").await;
    store.clone().close().await;
    let refused = journal::append(&store, &ada(), note_written(&client, "after")).await;
    assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
}
