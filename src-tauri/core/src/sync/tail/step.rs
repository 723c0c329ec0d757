//! One step of the tail: what events brought, committed together with how far they were read.

use super::fetch::Failed;
use crate::Result;
use crate::stripe::events::Event;
use crate::sync::state::{Lack, note_in};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::BTreeMap;

/// The first wait before a parked object is tried again; doubled each time.
const FIRST_RETRY: i64 = 60_000;
const LAST_RETRY: i64 = 6 * 3_600_000;
/// Events that can come once more are remembered at least this long, seconds.
const REMEMBERED: i64 = 2 * super::OVERLAP;

#[derive(Default)]
pub(super) struct Step {
    /// Unix milliseconds.
    pub now: i64,
    /// The newest event by the list's order.
    pub cursor: Option<(String, i64)>,
    /// Set when everything until then is stored with this step.
    pub tailed_to: Option<i64>,
    pub lag: Option<i64>,
    pub seen: Vec<(String, i64)>,
    /// How often and when last, by type.
    pub unknown: BTreeMap<String, (i64, i64)>,
    pub sessions: Vec<Event>,
    pub settled: Vec<String>,
    pub failed: Vec<Failed>,
    pub lacking: BTreeMap<&'static str, (Lack, String)>,
}

impl Step {
    pub async fn write(&self, tx: &mut SqliteConnection) -> Result<()> {
        self.remember(tx).await?;
        for (kind, (count, last)) in &self.unknown {
            sqlx::query(
                "INSERT INTO unknown_events (type, count, last) VALUES (?, ?, ?) ON CONFLICT (type) \
                 DO UPDATE SET count = count + excluded.count, last = max(last, excluded.last)",
            )
            .bind(kind)
            .bind(count)
            .bind(last)
            .execute(&mut *tx)
            .await?;
        }
        for event in &self.sessions {
            sqlx::query(
                "INSERT OR IGNORE INTO portal_sessions_seen (id, created, payer, configuration) VALUES (?, ?, ?, ?)",
            )
            .bind(&event.about.id)
            .bind(event.created)
            .bind(&event.about.customer)
            .bind(&event.about.configuration)
            .execute(&mut *tx)
            .await?;
        }
        for object in &self.settled {
            sqlx::query("DELETE FROM parked WHERE object = ?")
                .bind(object)
                .execute(&mut *tx)
                .await?;
        }
        for failed in &self.failed {
            park(tx, failed, self.now).await?;
        }
        for (resource, (lack, message)) in &self.lacking {
            note_in(tx, resource, *lack, message).await?;
        }
        self.advance(tx).await
    }

    async fn remember(&self, tx: &mut SqliteConnection) -> Result<()> {
        for chunk in self.seen.chunks(1000) {
            QueryBuilder::<Sqlite>::new("INSERT OR IGNORE INTO seen_events (id, created) ")
                .push_values(chunk, |mut values, (id, created)| {
                    values.push_bind(id).push_bind(created);
                })
                .build()
                .execute(&mut *tx)
                .await?;
        }
        Ok(())
    }

    async fn advance(&self, tx: &mut SqliteConnection) -> Result<()> {
        if let Some((cursor, created)) = &self.cursor {
            sqlx::query("UPDATE tail_state SET cursor = ?, cursor_created = ?")
                .bind(cursor)
                .bind(created)
                .execute(&mut *tx)
                .await?;
        }
        if let Some(tailed_to) = self.tailed_to {
            sqlx::query(
                "UPDATE tail_state SET tailed_to = ?1, polled_at = ?2, lag = coalesce(?3, lag), problem = NULL",
            )
            .bind(tailed_to)
            .bind(self.now)
            .bind(self.lag)
            .execute(&mut *tx)
            .await?;
            sqlx::query("DELETE FROM seen_events WHERE created < ?")
                .bind(tailed_to - REMEMBERED)
                .execute(&mut *tx)
                .await?;
        }
        Ok(())
    }
}

async fn park(tx: &mut SqliteConnection, failed: &Failed, now: i64) -> Result<()> {
    let Failed {
        subject,
        cause,
        error,
    } = failed;
    sqlx::query(
        "INSERT INTO parked (object, resource, event, event_type, event_created, request, idempotency_key, error,
             attempts, since, next_try_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?9 + ?10)
         ON CONFLICT (object) DO UPDATE SET event = excluded.event, event_type = excluded.event_type,
             event_created = excluded.event_created, request = excluded.request,
             idempotency_key = excluded.idempotency_key, error = excluded.error, attempts = attempts + 1,
             next_try_at = ?9 + min(?10 << min(attempts, 16), ?11)",
    )
    .bind(&subject.id)
    .bind(subject.resource)
    .bind(&cause.event)
    .bind(&cause.kind)
    .bind(cause.created)
    .bind(&cause.request)
    .bind(&cause.idempotency_key)
    .bind(error)
    .bind(now)
    .bind(FIRST_RETRY)
    .bind(LAST_RETRY)
    .execute(tx)
    .await?;
    Ok(())
}
