//! Backups of the journal: made, checked, rotated, and put back whole or not at all.

use crate::desk::{
    ada, add_client_with_note, client_added, count, dump, note_written, open, open_at, shell,
    workspace,
};
use chrono::{DateTime, TimeDelta, Utc};
use portico_core::{
    Clock, Error, Result, backups,
    db::{JOURNAL, MIRROR, Store},
    events::Announcer,
    ids::ClientId,
    journal::{self, Change},
    mirror::{self, Page},
    stripe::resource::CUSTOMERS,
};
use serde_json::json;
use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

async fn restore(folder: &Path, name: &str) -> Result<Store> {
    backups::restore(
        workspace(),
        folder.to_owned(),
        name,
        &ada(),
        Announcer::default(),
        Clock::system(),
    )
    .await
    .map(|(store, _)| store)
}

async fn notes(store: &Store) -> Vec<String> {
    sqlx::query_scalar("SELECT text FROM notes ORDER BY text")
        .fetch_all(&store.reader)
        .await
        .unwrap()
}

fn files_starting(folder: &Path, start: &str) -> usize {
    fs::read_dir(folder)
        .unwrap()
        .filter(|file| {
            let name = file.as_ref().unwrap().file_name();
            name.to_str().unwrap().starts_with(start)
        })
        .count()
}

#[tokio::test]
async fn backups_are_daily_and_the_newest_fourteen_stay() {
    let folder = tempfile::tempdir().unwrap();
    let now = Arc::new(Mutex::new(
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000),
    ));
    let clock = Clock::from_fn({
        let now = now.clone();
        move || *now.lock().unwrap()
    });
    let store = open_at(folder.path(), clock).await.unwrap();
    add_client_with_note(&store, "first").await;
    let mut made = Vec::new();
    for _ in 0..20 {
        made.push(backups::make_if_due(&store).await.unwrap().unwrap());
        *now.lock().unwrap() += TimeDelta::hours(23);
        assert_eq!(backups::make_if_due(&store).await.unwrap(), None);
        *now.lock().unwrap() += TimeDelta::hours(1);
    }
    made.reverse();
    made.truncate(14);
    assert_eq!(backups::list(&store).await.unwrap(), made);
    assert_eq!(made[0].at, *now.lock().unwrap() - TimeDelta::days(1));
    assert_eq!(made[0].entries, 2);
    assert_eq!(files_starting(&folder.path().join("backups"), ""), 14);
}

#[tokio::test]
async fn restoring_brings_back_the_journal_and_keeps_the_present_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&store, "in the backup").await;
    let backup = backups::make(&store).await.unwrap();
    let later = note_written(&client, "after the backup");
    journal::append(&store, &ada(), later).await.unwrap();
    store.close().await;

    let store = restore(folder.path(), &backup.name).await.unwrap();
    assert_eq!(notes(&store).await, ["in the backup"]);
    let told = count(
        &store,
        "SELECT count(*) FROM timeline WHERE kind = 'backup_restored'",
    );
    assert_eq!(told.await, 1);
    let verification = journal::verify(&store).await.unwrap();
    assert_eq!((verification.entries, verification.problem), (3, None));
    let restored = dump(&store).await;
    journal::rebuild(&store).await.unwrap();
    assert_eq!(dump(&store).await, restored);

    let kept = backups::list(&store).await.unwrap();
    assert_eq!(kept.len(), 2);
    store.close().await;
    let store = restore(folder.path(), &kept[0].name).await.unwrap();
    assert_eq!(notes(&store).await, ["after the backup", "in the backup"]);
}

#[tokio::test]
async fn a_damaged_journal_is_restored_and_kept_beside() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    add_client_with_note(&store, "in the backup").await;
    let backup = backups::make(&store).await.unwrap();
    store.close().await;
    fs::write(folder.path().join(JOURNAL), [0x5a; 20_000]).unwrap();
    assert!(open(folder.path()).await.is_err());
    assert_eq!(
        backups::list_in(folder.path()).await.unwrap(),
        std::slice::from_ref(&backup)
    );

    let store = restore(folder.path(), &backup.name).await.unwrap();
    assert_eq!(notes(&store).await, ["in the backup"]);
    assert_eq!(files_starting(folder.path(), "journal.db.damaged-"), 1);
}

#[tokio::test]
async fn a_tampered_journal_is_neither_backed_up_nor_restored() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    add_client_with_note(&store, "first").await;
    let backup = backups::make(&store).await.unwrap();
    let backup_path = folder.path().join("backups").join(&backup.name);
    for path in [store.journal_path(), backup_path] {
        sqlx::raw_sql("DROP TRIGGER bodies_stay_as_they_are; UPDATE bodies SET body = '{}'")
            .execute(&mut shell(&path).await)
            .await
            .unwrap();
    }
    let refused = backups::make(&store).await.unwrap_err().to_string();
    assert!(
        refused.contains("journal.db is damaged (Entry 1"),
        "{refused}"
    );
    assert_eq!(backups::list(&store).await.unwrap().len(), 1);
    store.close().await;
    let refused = restore(folder.path(), &backup.name).await;
    assert!(
        matches!(refused, Err(Error::DatabaseDamaged { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn nothing_is_restored_while_another_process_has_the_workspace_open() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&store, "in the backup").await;
    let backup = backups::make(&store).await.unwrap();
    let refused = restore(folder.path(), &backup.name).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    journal::append(&store, &ada(), note_written(&client, "still there"))
        .await
        .unwrap();
    assert_eq!(notes(&store).await, ["in the backup", "still there"]);
}

#[tokio::test]
async fn only_backups_can_be_restored() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.unwrap().close().await;
    for name in ["../portico.db", "journal-20260101T000000.000Z.db", ""] {
        let refused = restore(folder.path(), name).await;
        assert!(
            matches!(refused, Err(Error::NotFound(_))),
            "{name}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_client_erased_since_the_backup_stays_erased() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let erased = add_client_with_note(&store, "forget me").await;
    add_client_with_note(&store, "keep me").await;
    let linked = Change::CustomerLinked {
        client: erased.clone(),
        customer: "cus_9".into(),
    };
    journal::append(&store, &ada(), linked).await.unwrap();
    let alias = ClientId::of_customer("cus_9");
    journal::append(&store, &ada(), note_written(&alias, "forget me too"))
        .await
        .unwrap();
    // What its customer was before is in the backup too.
    for (asked_at, email) in [(1, "old@example.com"), (2, "new@example.com")] {
        let customer = json!({"id": "cus_9", "object": "customer", "email": email});
        let page = Page::of(&CUSTOMERS, vec![customer], asked_at);
        mirror::apply(&store, vec![page]).await.unwrap();
    }
    let kept = async |store: &Store| -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM object_changes")
            .fetch_one(&store.journal)
            .await
            .unwrap()
    };
    assert_eq!(kept(&store).await, 2);
    let backup = backups::make(&store).await.unwrap();
    journal::erase_client(&store, &ada(), erased).await.unwrap();
    assert_eq!(kept(&store).await, 0);
    store.close().await;

    let store = restore(folder.path(), &backup.name).await.unwrap();
    assert_eq!(notes(&store).await, ["keep me"]);
    let verification = journal::verify(&store).await.unwrap();
    assert_eq!((verification.erased, verification.problem), (4, None));
    assert_eq!(kept(&store).await, 0);
    store.close().await;
    let bytes = fs::read(folder.path().join(JOURNAL)).unwrap();
    assert!(!bytes.windows(9).any(|window| window == b"forget me"));
}

/// What a crash can leave: the new journal prepared but not in place, or in place with the tables
/// of the old one.
#[tokio::test]
async fn a_restore_that_was_cut_off_leaves_one_journal_or_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&store, "in the backup").await;
    let backup = backups::make(&store).await.unwrap();
    journal::append(&store, &ada(), client_added(&ClientId::new(), "later"))
        .await
        .unwrap();
    journal::append(&store, &ada(), note_written(&client, "later"))
        .await
        .unwrap();
    let before = dump(&store).await;
    store.close().await;

    fs::write(folder.path().join("journal.db.restoring"), [0x5a; 5000]).unwrap();
    let store = open(folder.path()).await.unwrap();
    assert_eq!(dump(&store).await, before);
    store.close().await;
    let old_tables = fs::read(folder.path().join(MIRROR)).unwrap();

    let store = restore(folder.path(), &backup.name).await.unwrap();
    let after = dump(&store).await;
    store.close().await;
    fs::write(folder.path().join(MIRROR), old_tables).unwrap();
    let store = open(folder.path()).await.unwrap();
    assert_eq!(dump(&store).await, after);
    assert_eq!(notes(&store).await, ["in the backup"]);
}
