//! Forgets a client for good: the bodies of its entries go, the chain over them stays.

use super::{Author, Change, Entry, apply_committed, chain, projection, validate};
use crate::{Result, db::Store, ids::ClientId};
use sqlx::{Connection, SqliteConnection};

/// Deletes what the journal holds about the client under each of its ids, and journals that it
/// did. Backups keep it until they are rotated out; restoring one erases it again.
pub async fn erase_client(store: &Store, author: &Author, client: ClientId) -> Result<Entry> {
    let mut connection = store.journal.acquire().await?;
    let mut journal = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut topics = projection::advance(&mut journal, store).await?;
    let ids = {
        let mut tables = store.reader.acquire().await?;
        let intent = Change::ClientErased {
            client: client.clone(),
            entries: Vec::new(),
        };
        validate::change(&mut tables, &intent).await?;
        ids_of(&mut tables, &client).await?
    };
    let entry = erase_bodies(&mut journal, author, store.clock.millis(), client, &ids).await?;
    journal.commit().await?;
    // Until a checkpoint, the write-ahead log still holds the pages as they were.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut *connection)
        .await?;
    topics.extend(apply_committed(&mut connection, store).await);
    store.announcer.announce(Some(&store.workspace), topics);
    Ok(entry)
}

async fn ids_of(tables: &mut SqliteConnection, client: &ClientId) -> Result<Vec<String>> {
    let mut ids: Vec<String> =
        sqlx::query_scalar("SELECT alias FROM client_aliases WHERE client = ? ORDER BY alias")
            .bind(client.as_str())
            .fetch_all(tables)
            .await?;
    ids.push(client.as_str().to_owned());
    Ok(ids)
}

async fn erase_bodies(
    journal: &mut SqliteConnection,
    author: &Author,
    at: i64,
    client: ClientId,
    ids: &[String],
) -> Result<Entry> {
    // Of unknown kinds too, which name their client in the same place.
    let entries: Vec<i64> = sqlx::query_scalar(
        "SELECT seq FROM bodies
         WHERE body ->> '$.client' IN (SELECT value FROM json_each(?))
           AND body ->> '$.kind' <> 'client_erased'
         ORDER BY seq",
    )
    .bind(serde_json::to_string(ids)?)
    .fetch_all(&mut *journal)
    .await?;
    sqlx::query("DELETE FROM bodies WHERE seq IN (SELECT value FROM json_each(?))")
        .bind(serde_json::to_string(&entries)?)
        .execute(&mut *journal)
        .await?;
    chain::write(
        journal,
        author,
        at,
        Change::ClientErased { client, entries },
    )
    .await
}
