//! Forgets a client for good: the bodies of its entries go, the chain over them stays.

use super::{Author, Change, Entry, apply_committed, chain, projection, validate};
use crate::{Result, db::Store, history, ids::ClientId};
use sqlx::{Connection, SqliteConnection};
use std::collections::BTreeMap;

/// Deletes what the journal holds about the client under each of its ids, and journals that it
/// did. Backups keep it until newer ones take their place; restoring one erases it again.
pub async fn erase_client(store: &Store, author: &Author, client: ClientId) -> Result<Entry> {
    let mut connection = store.journal.acquire().await?;
    let mut journal = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut topics = projection::advance(&mut journal, store).await?;
    let mut payers = payers_of(&ids_of(&mut journal, &client).await?);
    // Also the account of an Accounts v2 customer, which the mirror alone knows.
    let known: Vec<String> = sqlx::query_scalar("SELECT payer FROM payers WHERE client = ?")
        .bind(client.as_str())
        .fetch_all(&store.reader)
        .await?;
    payers.extend(known);
    payers.sort();
    payers.dedup();
    let forgotten = history::erase(&mut journal, &payers).await?;
    {
        let mut tables = store.reader.acquire().await?;
        validate::erasure(&mut tables, &client, forgotten).await?;
    }
    let entries = erase_bodies(&mut journal, &client).await?;
    let erased = Change::ClientErased {
        client,
        entries,
        payers,
    };
    let entry = chain::write(&mut journal, author, store.clock.millis(), erased).await?;
    journal.commit().await?;
    // Until a checkpoint, the write-ahead log still holds the pages as they were.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut *connection)
        .await?;
    topics.extend(apply_committed(&mut connection, store).await);
    store.announcer.announce(Some(&store.workspace), topics);
    Ok(entry)
}

/// An erasure in a journal.
pub(crate) struct Erasure {
    /// The id of its entry.
    entry: String,
    client: ClientId,
    payers: Vec<String>,
}

/// The erasures in a journal, oldest first.
pub(crate) async fn erasures(journal: &mut SqliteConnection) -> Result<Vec<Erasure>> {
    let erasures: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT id, body ->> '$.client', body ->> '$.payers' FROM entries JOIN bodies USING (seq)
         WHERE body ->> '$.kind' = 'client_erased' ORDER BY seq",
    )
    .fetch_all(journal)
    .await?;
    erasures
        .into_iter()
        .map(|(entry, client, payers)| {
            Ok(Erasure {
                entry,
                client: client.into(),
                payers: payers.map_or(Ok(Vec::new()), |payers| serde_json::from_str(&payers))?,
            })
        })
        .collect()
}

/// Repeats an erasure in a journal that may be older than it.
pub(crate) async fn erase_again(
    journal: &mut SqliteConnection,
    author: &Author,
    at: i64,
    erasure: &Erasure,
) -> Result<()> {
    let knows: Option<i64> = sqlx::query_scalar("SELECT 1 FROM entries WHERE id = ?")
        .bind(&erasure.entry)
        .fetch_optional(&mut *journal)
        .await?;
    if knows.is_some() {
        return Ok(());
    }
    let forgotten = history::erase(journal, &erasure.payers).await?;
    let entries = erase_bodies(journal, &erasure.client).await?;
    if forgotten || !entries.is_empty() {
        let erased = Change::ClientErased {
            client: erasure.client.clone(),
            entries,
            payers: erasure.payers.clone(),
        };
        chain::write(journal, author, at, erased).await?;
    }
    Ok(())
}

async fn erase_bodies(journal: &mut SqliteConnection, client: &ClientId) -> Result<Vec<i64>> {
    let ids = ids_of(journal, client).await?;
    // Of unknown kinds too, which name their client in the same place.
    let entries: Vec<i64> = sqlx::query_scalar(
        "SELECT seq FROM bodies
         WHERE body ->> '$.client' IN (SELECT value FROM json_each(?))
           AND body ->> '$.kind' <> 'client_erased'
         ORDER BY seq",
    )
    .bind(serde_json::to_string(&ids)?)
    .fetch_all(&mut *journal)
    .await?;
    sqlx::query("DELETE FROM bodies WHERE seq IN (SELECT value FROM json_each(?))")
        .bind(serde_json::to_string(&entries)?)
        .execute(journal)
        .await?;
    Ok(entries)
}

/// The payers that these ids are derived from.
fn payers_of(clients: &[ClientId]) -> Vec<String> {
    let rests = clients
        .iter()
        .filter_map(|client| client.as_str().strip_prefix(ClientId::PREFIX));
    rests
        .map(|rest| match rest.starts_with("acct_") {
            true => rest.to_owned(),
            false => format!("cus_{rest}"),
        })
        .collect()
}

/// The client's id and those of the customers linked to it. Read from the journal, not from the
/// tables: a journal about to be restored has none.
async fn ids_of(journal: &mut SqliteConnection, client: &ClientId) -> Result<Vec<ClientId>> {
    let steps: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT body ->> '$.customer', body ->> '$.client', body ->> '$.kind' = 'customer_linked'
         FROM bodies WHERE body ->> '$.kind' IN ('customer_linked', 'customer_unlinked')
         ORDER BY seq",
    )
    .fetch_all(journal)
    .await?;
    let mut linked = BTreeMap::new();
    for (customer, home, is_linked) in steps {
        linked.insert(customer, is_linked.then_some(home));
    }
    let aliases = linked
        .iter()
        .filter(|(_, home)| home.as_deref() == Some(client.as_str()))
        .map(|(customer, _)| ClientId::of_customer(customer));
    Ok(aliases.chain([client.clone()]).collect())
}
