//! Keeps the tables that the journal builds in step with it: forward entry by entry, or all anew.

use super::{
    apply,
    chain::{self, Content, StoredEntry},
};
use crate::{
    Error, Result, client_rows,
    db::{MIRROR, Store},
    events::Topic,
    ids::ClientId,
};
use sqlx::{FromRow, SqliteConnection};
use std::collections::BTreeSet;

/// Raised whenever `apply` or `tables.sql` would make other tables from the same entries.
const PROJECTION_VERSION: i64 = 2;

const TABLES: &str = include_str!("tables.sql");

#[derive(Debug, FromRow)]
struct State {
    applied_seq: i64,
    applied_hash: Vec<u8>,
    projection_version: i64,
}

/// Applies what is not applied yet; builds all tables anew where this build makes other ones than
/// the last, knows entries that the last one skipped, or the journal was replaced.
pub async fn catch_up(store: &Store) -> Result<()> {
    let mut journal = store.journal.acquire().await?;
    let mut tables = store.writer.acquire().await?;
    let replay = match state(&mut tables).await? {
        Some(state) => {
            !continues(&mut journal, &state).await?
                || knows_skipped(&mut journal, &mut tables).await?
        }
        None => false,
    };
    drop(tables);
    let topics = if replay {
        replay_all(&mut journal, store).await?
    } else {
        advance(&mut journal, store).await?
    };
    store.announcer.announce(Some(&store.workspace), topics);
    Ok(())
}

/// Drops the tables that the journal builds and replays it.
pub async fn rebuild(store: &Store) -> Result<()> {
    let mut journal = store.journal.acquire().await?;
    let topics = replay_all(&mut journal, store).await?;
    store.announcer.announce(Some(&store.workspace), topics);
    Ok(())
}

/// Applies the entries after the last applied one, in one transaction with the note of how far
/// it came; answers which topics that changed.
pub(super) async fn advance(
    journal: &mut SqliteConnection,
    store: &Store,
) -> Result<BTreeSet<Topic>> {
    let mut tables = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    let from = match state(&mut tables).await? {
        Some(state) if state.projection_version == PROJECTION_VERSION => state.applied_seq,
        Some(state) if state.projection_version > PROJECTION_VERSION => {
            return Err(Error::DatabaseNewer(store.folder.join(MIRROR)));
        }
        _ => {
            drop(tables);
            return replay_all(journal, store).await;
        }
    };
    let news = apply_after(journal, &mut tables, from).await?;
    if news.applied == from {
        return Ok(news.topics);
    }
    client_rows::refresh(&mut tables, &Vec::from_iter(news.clients)).await?;
    tables.commit().await?;
    Ok(news.topics)
}

async fn replay_all(journal: &mut SqliteConnection, store: &Store) -> Result<BTreeSet<Topic>> {
    let mut tables = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    start_over(&mut tables).await?;
    apply_after(journal, &mut tables, 0).await?;
    client_rows::refresh_all(&mut tables).await?;
    tables.commit().await?;
    Ok(Topic::ALL.into())
}

async fn start_over(tables: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(TABLES).execute(&mut *tables).await?;
    sqlx::query("DELETE FROM journal_skipped")
        .execute(&mut *tables)
        .await?;
    sqlx::query(
        "INSERT OR REPLACE INTO journal_state (one, applied_seq, applied_hash, projection_version)
         VALUES (1, 0, x'', ?)",
    )
    .bind(PROJECTION_VERSION)
    .execute(tables)
    .await?;
    Ok(())
}

/// What the applied entries changed.
#[derive(Debug, Default)]
struct News {
    applied: i64,
    topics: BTreeSet<Topic>,
    clients: BTreeSet<ClientId>,
}

async fn apply_after(
    journal: &mut SqliteConnection,
    tables: &mut SqliteConnection,
    from: i64,
) -> Result<News> {
    let mut news = News {
        applied: from,
        ..News::default()
    };
    loop {
        let chunk = chain::read_after(journal, news.applied).await?;
        let Some(last) = chunk.last() else {
            return Ok(news);
        };
        for stored in &chunk {
            apply_one(tables, stored, &mut news).await?;
        }
        news.applied = last.seq;
        sqlx::query("UPDATE journal_state SET applied_seq = ?, applied_hash = ?")
            .bind(last.seq)
            .bind(&last.hash)
            .execute(&mut *tables)
            .await?;
    }
}

async fn apply_one(
    tables: &mut SqliteConnection,
    stored: &StoredEntry,
    news: &mut News,
) -> Result<()> {
    match stored.content()? {
        Content::Known { entry, body } => {
            apply::entry(tables, &entry, &body).await?;
            news.topics.extend([Topic::Timeline, entry.change.topic()]);
            news.clients.extend(entry.change.clients());
        }
        Content::Erased => {}
        Content::Unknown { reason } => {
            tracing::warn!(seq = stored.seq, %reason, "a journal entry is not known to this build");
            sqlx::query("INSERT INTO journal_skipped (seq, reason) VALUES (?, ?)")
                .bind(stored.seq)
                .bind(reason)
                .execute(tables)
                .await?;
        }
    }
    Ok(())
}

async fn state(tables: &mut SqliteConnection) -> Result<Option<State>> {
    Ok(
        sqlx::query_as("SELECT applied_seq, applied_hash, projection_version FROM journal_state")
            .fetch_optional(tables)
            .await?,
    )
}

/// Whether the journal still holds the entry that was applied last.
async fn continues(journal: &mut SqliteConnection, state: &State) -> Result<bool> {
    let hash: Option<Vec<u8>> = sqlx::query_scalar("SELECT hash FROM entries WHERE seq = ?")
        .bind(state.applied_seq)
        .fetch_optional(journal)
        .await?;
    Ok(state.applied_seq == 0 || hash.as_ref() == Some(&state.applied_hash))
}

async fn knows_skipped(
    journal: &mut SqliteConnection,
    tables: &mut SqliteConnection,
) -> Result<bool> {
    let skipped: Vec<i64> = sqlx::query_scalar("SELECT seq FROM journal_skipped")
        .fetch_all(tables)
        .await?;
    for seq in skipped {
        if chain::read_one(journal, seq).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
