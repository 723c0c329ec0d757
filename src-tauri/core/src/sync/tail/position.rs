//! Where the tail stands, and what it could not follow.

use super::fetch::Failed;
use super::gaps;
use super::subject::Subject;
use crate::Result;
use crate::db::Store;
use crate::mirror::Cause;
use crate::stripe::resource::PAYMENT_METHODS;
use crate::sync::cards;
use sqlx::{QueryBuilder, Row, Sqlite};

#[derive(Debug, Clone)]
pub(super) struct Position {
    pub cursor: Option<String>,
    /// Not known of the event that a filling began with.
    pub cursor_created: Option<i64>,
    /// By Stripe's clock, unix seconds.
    pub tailed_to: i64,
}

/// `None` until a filling has begun.
///
/// A tail begins where the first filling did: its newest event was saved before the first list, so
/// whatever changed later is told of by a later event. For the same reason a filling that came to
/// its end moves the tail forward to where it began, never back: what the skipped events told of was
/// listed after them.
pub(super) async fn read(store: &Store) -> Result<Option<Position>> {
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    cards::forget_skipped(&mut tx, super::OVERLAP).await?;
    sqlx::query(
        "UPDATE tail_state SET cursor = f.newest_event, cursor_created = NULL, tailed_to = f.newest_event_time
         FROM sync_state f WHERE f.newest_event_time IS NOT NULL
             AND (tailed_to IS NULL OR (f.finished AND f.newest_event_time > tailed_to))",
    )
    .execute(&mut *tx)
    .await?;
    gaps::close_covered(&mut tx, store.clock.millis()).await?;
    let row = sqlx::query("SELECT cursor, cursor_created, tailed_to FROM tail_state")
        .fetch_one(&mut *tx)
        .await?;
    let position = match row.try_get(2)? {
        Some(tailed_to) => Some(Position {
            cursor: row.try_get(0)?,
            cursor_created: row.try_get(1)?,
            tailed_to,
        }),
        None => None,
    };
    tx.commit().await?;
    Ok(position)
}

/// Of these events those that are not stored yet, in their order.
pub(super) async fn unseen(store: &Store, ids: &[&str]) -> Result<Vec<String>> {
    let ids = serde_json::Value::from_iter(ids.iter().copied()).to_string();
    Ok(sqlx::query_scalar(
        "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM seen_events) ORDER BY key",
    )
    .bind(ids)
    .fetch_all(&store.reader)
    .await?)
}

/// Of what the key may not read that of which the mirror has an older state: it would stay so.
pub(super) async fn known(store: &Store, withheld: Vec<Failed>) -> Result<Vec<Failed>> {
    let mut known = Vec::new();
    for failed in withheld {
        let here: i64 = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM ")
            .push(failed.subject.resource)
            .push(" WHERE deleted = 0 AND id = ")
            .push_bind(&failed.subject.id)
            .build_query_scalar()
            .fetch_one(&store.reader)
            .await?;
        if here > 0 {
            known.push(failed);
        } else if failed.subject.resource == PAYMENT_METHODS.name {
            // Whoever attached it has one more than was listed.
            cards::forget_listings(&mut *store.writer.acquire().await?).await?;
        }
    }
    Ok(known)
}

/// Parked objects whose time has come.
pub(super) async fn due(store: &Store) -> Result<Vec<(Subject, Cause)>> {
    let rows = sqlx::query(
        // What lies further ahead than the longest wait was written under a clock set back since.
        "SELECT object, resource, event, event_type, event_created, request, idempotency_key FROM parked
         WHERE next_try_at <= ?1 OR next_try_at > ?1 + 6 * 3600 * 1000",
    )
    .bind(store.clock.millis())
    .fetch_all(&store.reader)
    .await?;
    let mut due = Vec::with_capacity(rows.len());
    for row in rows {
        let name: String = row.try_get(1)?;
        let Some(resource) = crate::stripe::resource::ALL
            .into_iter()
            .find(|resource| resource.name == name)
        else {
            continue;
        };
        let subject = Subject {
            resource: resource.name,
            id: row.try_get(0)?,
        };
        let cause = Cause {
            event: row.try_get(2)?,
            kind: row.try_get(3)?,
            created: row.try_get(4)?,
            request: row.try_get(5)?,
            idempotency_key: row.try_get(6)?,
        };
        due.push((subject, cause));
    }
    Ok(due)
}

/// Writes down that the events from `from` to `to` are missing, and goes on after them at `cursor`:
/// what comes now is not to wait until a filling has made up for them.
pub(super) async fn skip(
    store: &Store,
    from: i64,
    to: i64,
    cursor: Option<(String, i64)>,
    words: &str,
) -> Result<()> {
    let (cursor, created) = cursor.unzip();
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    // The filling lists everything but them.
    cards::forget_listings(&mut tx).await?;
    sqlx::query("INSERT INTO gaps (begins, ends, words, noticed_at) VALUES (?, ?, ?, ?)")
        .bind(from)
        .bind(to)
        .bind(words)
        .bind(store.clock.millis())
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "UPDATE tail_state SET cursor = ?, cursor_created = ?, tailed_to = ?, problem = NULL",
    )
    .bind(cursor)
    .bind(created)
    .bind(to)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}
