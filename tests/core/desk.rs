//! A workspace on a real disk, opened as a process does at its start, for the tests of this crate.

use portico_core::{
    Clock, Result,
    db::Store,
    events::Announcer,
    ids::{ClientId, DeviceId, NoteId, StaffId, WorkspaceId},
    journal::{self, Actor, Author, Change, ClientDetails},
};
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::Path;

pub async fn open(folder: &Path) -> Result<Store> {
    open_at(folder, Clock::system()).await
}

pub async fn open_at(folder: &Path, clock: Clock) -> Result<Store> {
    let store = Store::open(workspace(), folder.to_owned(), Announcer::default(), clock).await?;
    journal::catch_up(&store).await?;
    Ok(store)
}

pub fn workspace() -> WorkspaceId {
    WorkspaceId::from("ws_test")
}

pub fn ada() -> Author {
    Author {
        actor: Actor::Staff(StaffId::from("st_ada")),
        device: DeviceId::from("dv_desk"),
    }
}

pub fn client_added(client: &ClientId, name: &str) -> Change {
    Change::ClientAdded {
        client: client.clone(),
        details: ClientDetails {
            name: Some(name.into()),
            ..ClientDetails::default()
        },
    }
}

pub fn note_written(client: &ClientId, text: &str) -> Change {
    Change::NoteWritten {
        note: NoteId::new(),
        client: client.clone(),
        text: text.into(),
    }
}

/// Adds a client with one note; answers its id.
pub async fn add_client_with_note(store: &Store, note: &str) -> ClientId {
    let client = ClientId::new();
    for change in [
        client_added(&client, "Ärmel & Söhne"),
        note_written(&client, note),
    ] {
        journal::append(store, &ada(), change).await.unwrap();
    }
    client
}

pub async fn count(store: &Store, query: &'static str) -> i64 {
    sqlx::query_scalar(query)
        .fetch_one(&store.reader)
        .await
        .unwrap()
}

/// A connection beside the product's own, as somebody with a SQLite shell has it.
pub async fn shell(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .connect()
        .await
        .unwrap()
}

/// Everything built from the journal, row by row.
pub async fn dump(store: &Store) -> Vec<String> {
    let tables = [
        "clients",
        "client_customers",
        "client_aliases",
        "contacts",
        "notes",
        "staff",
        "segments",
        "portal_rules",
        "portal_policy",
        "duplicates_dismissed",
        "links",
        "open_effects",
        "timeline",
        "journal_skipped",
        "journal_state",
    ];
    dump_tables(store, &tables).await
}

/// What is derived from the journal's tables and the mirror's.
pub async fn dump_derived(store: &Store) -> Vec<String> {
    dump_tables(store, &["client_row", "client_amounts", "payers"]).await
}

async fn dump_tables(store: &Store, tables: &[&str]) -> Vec<String> {
    let mut dump = Vec::new();
    for table in tables {
        // `revision` counts refreshes, of which a replay needs fewer.
        let columns: String = sqlx::query_scalar(
            "SELECT group_concat(iif(type = 'BLOB', 'hex(' || name || ')', name))
             FROM pragma_table_info(?) WHERE name <> 'revision'",
        )
        .bind(*table)
        .fetch_one(&store.reader)
        .await
        .unwrap();
        let query = format!("SELECT '{table} ' || json_array({columns}) FROM {table} ORDER BY 1");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_all(&store.reader)
            .await
            .unwrap();
        dump.extend(rows);
    }
    dump
}
