//! The hash chain: its format, what it notices, and what survives an erasure.

use crate::desk::{ada, add_client_with_note, count, dump, note_written, open, shell};
use portico_core::{
    Error,
    db::{JOURNAL, MIRROR, Store},
    ids::{ClientId, ContactId, LinkId},
    journal::{self, Change, ContactDetails, LinkKind},
};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::fs;

const DROP_TRIGGERS: &str = "DROP TRIGGER entries_stay_as_they_are;
    DROP TRIGGER entries_are_never_deleted; DROP TRIGGER entries_are_never_replaced;
    DROP TRIGGER bodies_stay_as_they_are; DROP TRIGGER bodies_are_never_replaced;
    PRAGMA synchronous = OFF;";

async fn problem(store: &Store) -> Option<String> {
    journal::verify(store).await.unwrap().problem
}

async fn bytes_of(file: &mut SqliteConnection, table: &str, column: &str, seq: i64) -> Vec<u8> {
    let query = format!("SELECT CAST({column} AS BLOB) FROM {table} WHERE seq = ?");
    sqlx::query_scalar(AssertSqlSafe(query))
        .bind(seq)
        .fetch_one(file)
        .await
        .unwrap()
}

async fn set_bytes(
    file: &mut SqliteConnection,
    (table, column, kind): (&str, &str, &str),
    seq: i64,
    bytes: Vec<u8>,
) {
    let query = format!("UPDATE {table} SET {column} = CAST(? AS {kind}) WHERE seq = ?");
    sqlx::query(AssertSqlSafe(query))
        .bind(bytes)
        .bind(seq)
        .execute(file)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_change_of_any_byte_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    add_client_with_note(&store, "first").await;
    let mut file = shell(&folder.path().join(JOURNAL)).await;
    sqlx::raw_sql(DROP_TRIGGERS)
        .execute(&mut file)
        .await
        .unwrap();
    let mut tried = 0;
    for place in [
        ("entries", "id", "TEXT"),
        ("entries", "at", "INTEGER"),
        ("entries", "actor", "TEXT"),
        ("entries", "device", "TEXT"),
        ("entries", "header", "TEXT"),
        ("entries", "prev_hash", "BLOB"),
        ("entries", "body_hash", "BLOB"),
        ("entries", "hash", "BLOB"),
        ("bodies", "salt", "BLOB"),
        ("bodies", "body", "TEXT"),
    ] {
        let whole = bytes_of(&mut file, place.0, place.1, 1).await;
        for byte in 0..whole.len() {
            let mut changed = whole.clone();
            changed[byte] ^= 1;
            set_bytes(&mut file, place, 1, changed).await;
            let found = problem(&store).await;
            assert!(
                found.is_some_and(|p| p.starts_with("Entry 1 ")),
                "{place:?} {byte}"
            );
            tried += 1;
        }
        set_bytes(&mut file, place, 1, whole).await;
        assert_eq!(problem(&store).await, None);
    }
    assert!(tried > 400, "{tried}");
}

#[tokio::test]
async fn missing_foreign_and_silently_erased_entries_are_found() {
    for (tampering, expected) in [
        ("DELETE FROM entries WHERE seq = 1", "Entry 2 "),
        ("UPDATE entries SET seq = 9 WHERE seq = 2", "Entry 9 "),
        ("DELETE FROM bodies WHERE seq = 2", "Entry 2 "),
        (
            "INSERT INTO bodies SELECT 9, salt, body FROM bodies WHERE seq = 1",
            "Entry 9 ",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await.unwrap();
        add_client_with_note(&store, "first").await;
        let mut file = shell(&folder.path().join(JOURNAL)).await;
        sqlx::raw_sql(DROP_TRIGGERS)
            .execute(&mut file)
            .await
            .unwrap();
        sqlx::query(tampering).execute(&mut file).await.unwrap();
        let found = problem(&store).await;
        assert!(
            found.as_ref().is_some_and(|p| p.starts_with(expected)),
            "{tampering}: {found:?}"
        );
    }
}

/// Appends as the format says, without the product's code: what any later build must verify.
async fn append_by_hand(file: &mut SqliteConnection, body: &str) -> i64 {
    let (last, prev_hash): (i64, Vec<u8>) =
        sqlx::query_as("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1")
            .fetch_one(&mut *file)
            .await
            .unwrap();
    let seq = last + 1;
    let header = format!(
        r#"{{"seq":{seq},"id":"en_hand","at":1770000000000,"actor":"rule:tidy","device":"dv_other"}}"#
    );
    let salt = [7u8; 32];
    let body_hash = Sha256::digest([&salt[..], body.as_bytes()].concat());
    let hash = Sha256::digest([&prev_hash[..], header.as_bytes(), &body_hash[..]].concat());
    sqlx::query("INSERT INTO entries VALUES (?, 'en_hand', 1770000000000, 'rule:tidy', 'dv_other', ?, ?, ?, ?)")
        .bind(seq)
        .bind(header)
        .bind(prev_hash)
        .bind(body_hash.to_vec())
        .bind(hash.to_vec())
        .execute(&mut *file)
        .await
        .unwrap();
    sqlx::query("INSERT INTO bodies VALUES (?, ?, ?)")
        .bind(seq)
        .bind(&salt[..])
        .bind(body)
        .execute(file)
        .await
        .unwrap();
    seq
}

#[tokio::test]
async fn an_unknown_kind_is_kept_skipped_and_noted() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&store, "first").await;
    let mut file = shell(&folder.path().join(JOURNAL)).await;
    let unknown = append_by_hand(&mut file, r#"{"kind":"client_praised","stars":5}"#).await;
    journal::append(&store, &ada(), note_written(&client, "second"))
        .await
        .unwrap();

    let skipped: (i64, String) = sqlx::query_as("SELECT seq, reason FROM journal_skipped")
        .fetch_one(&store.reader)
        .await
        .unwrap();
    assert_eq!(skipped.0, unknown);
    assert!(skipped.1.contains("client_praised"), "{}", skipped.1);
    assert_eq!(count(&store, "SELECT count(*) FROM notes").await, 2);
    let verification = journal::verify(&store).await.unwrap();
    assert_eq!((verification.entries, verification.problem), (4, None));
}

#[tokio::test]
async fn a_kind_skipped_by_an_older_build_is_replayed_by_one_that_knows_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    add_client_with_note(&store, "first").await;
    let complete = dump(&store).await;
    store.close().await;
    // As a build without notes leaves it.
    sqlx::raw_sql(
        "DELETE FROM notes; DELETE FROM timeline WHERE seq = 2;
         INSERT INTO journal_skipped VALUES (2, 'unknown variant `note_written`')",
    )
    .execute(&mut shell(&folder.path().join(MIRROR)).await)
    .await
    .unwrap();
    let store = open(folder.path()).await.unwrap();
    assert_eq!(dump(&store).await, complete);
}

#[tokio::test]
async fn tables_of_an_older_projection_are_built_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    add_client_with_note(&store, "first").await;
    let complete = dump(&store).await;
    store.close().await;
    sqlx::raw_sql("DROP TABLE notes; UPDATE journal_state SET projection_version = 0")
        .execute(&mut shell(&folder.path().join(MIRROR)).await)
        .await
        .unwrap();
    let store = open(folder.path()).await.unwrap();
    assert_eq!(dump(&store).await, complete);
}

#[tokio::test]
async fn an_erased_client_is_gone_from_both_files_and_the_chain_still_verifies() {
    const SECRET: &str = "never to be found again";
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let kept = add_client_with_note(&store, "stays").await;
    let client = add_client_with_note(&store, SECRET).await;
    let alias = ClientId::of_customer("cus_7");
    for change in [
        Change::CustomerLinked {
            client: client.clone(),
            customer: "cus_7".into(),
        },
        note_written(&alias, SECRET),
        Change::ContactAdded {
            contact: ContactId::new(),
            client: client.clone(),
            details: ContactDetails {
                name: SECRET.into(),
                ..ContactDetails::default()
            },
        },
        Change::LinkRequested {
            link: LinkId::new(),
            client: client.clone(),
            customer: Some("cus_7".into()),
            link_kind: LinkKind::PortalOpened,
            configuration: None,
            invoice: None,
            idempotency_key: None,
            details: portico_core::journal::LinkDetails::default(),
        },
        note_written(&kept, "stays too"),
    ] {
        journal::append(&store, &ada(), change).await.unwrap();
    }
    let refused = journal::erase_client(&store, &ada(), alias).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    journal::erase_client(&store, &ada(), client.clone())
        .await
        .unwrap();

    let verification = journal::verify(&store).await.unwrap();
    assert_eq!((verification.entries, verification.erased), (10, 6));
    assert_eq!(verification.problem, None);
    assert_eq!(journal::pending(&store).await.unwrap(), []);
    let after = dump(&store).await;
    assert!(!after.iter().any(|row| row.contains(SECRET)));
    assert_eq!(count(&store, "SELECT count(*) FROM notes").await, 2);
    journal::rebuild(&store).await.unwrap();
    assert_eq!(dump(&store).await, after);

    // The id may come back to life; what it was stays gone.
    let again = journal::erase_client(&store, &ada(), ClientId::from("cl_nobody")).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    store.close().await;
    for file in [JOURNAL, MIRROR] {
        let bytes = fs::read(folder.path().join(file)).unwrap();
        let found = bytes
            .windows(SECRET.len())
            .any(|window| window == SECRET.as_bytes());
        assert!(!found, "{file}");
    }
}
