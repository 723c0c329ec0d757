//! Comparisons with Stripe: what a listing found that no event had told of.

use super::health::ComparisonKind;
use crate::Result;
use crate::db::Store;
use crate::mirror::{self, Applied, Batch, Gone};
use chrono::{DateTime, Utc};
use futures_util::FutureExt;

/// A comparison that runs; what is stored through it is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison(i64);

pub(super) fn stored(kind: ComparisonKind) -> &'static str {
    match kind {
        ComparisonKind::Nightly => "nightly",
        ComparisonKind::Full => "full",
    }
}

/// Begins one; of a kind only the newest can still come to its end.
pub(super) async fn begin(
    store: &Store,
    kind: ComparisonKind,
    started_at: i64,
) -> Result<Comparison> {
    let id =
        sqlx::query_scalar("INSERT INTO comparisons (kind, started_at) VALUES (?, ?) RETURNING id")
            .bind(stored(kind))
            .bind(started_at)
            .fetch_one(&store.writer)
            .await?;
    Ok(Comparison(id))
}

/// The one that the present filling is, also after it was interrupted; none for a first filling,
/// which has nothing to compare with.
pub(super) async fn of_filling(store: &Store) -> Result<Option<Comparison>> {
    let id = sqlx::query_scalar(
        "SELECT id FROM comparisons JOIN sync_state USING (started_at)
         WHERE kind = 'full' AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
    )
    .fetch_optional(&store.reader)
    .await?;
    Ok(id.map(Comparison))
}

/// Stores what a listing brought; the counts are committed with it.
pub(super) async fn apply(
    store: &Store,
    comparison: Option<Comparison>,
    batches: Vec<Batch>,
    gone: Vec<Gone>,
) -> Result<Applied> {
    let Some(Comparison(id)) = comparison else {
        return mirror::apply_with(store, batches, gone, |_, _| {
            std::future::ready(Ok(())).boxed()
        })
        .await;
    };
    mirror::apply_with(store, batches, gone, move |tx, applied| {
        async move {
            let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
            sqlx::query(
                "UPDATE comparisons SET added = added + ?, changed = changed + ?, gone = gone + ? WHERE id = ?",
            )
            .bind(count(applied.added))
            .bind(count(applied.changed()))
            .bind(count(applied.gone))
            .bind(id)
            .execute(tx)
            .await?;
            Ok(())
        }
        .boxed()
    })
    .await
}

/// Writes down how it ended; with a problem it stays open, for it may be resumed.
pub(super) async fn end(
    store: &Store,
    Comparison(id): Comparison,
    requests: i64,
    problem: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "UPDATE comparisons SET requests = ?2, problem = ?3, ended_at = iif(?3 IS NULL, ?4, NULL) WHERE id = ?1",
    )
    .bind(id)
    .bind(requests)
    .bind(problem)
    .bind(store.clock.millis())
    .execute(&store.writer)
    .await?;
    Ok(())
}

/// When the last of each kind came to its end; a filling that was whole counts as full, and so does
/// one that a person stopped: it is not to begin again at once.
pub async fn last_comparisons(
    store: &Store,
) -> Result<(Option<DateTime<Utc>>, Option<DateTime<Utc>>)> {
    let (nightly, full): (Option<i64>, Option<i64>) = sqlx::query_as(
        "SELECT (SELECT max(ended_at) FROM comparisons WHERE kind = 'nightly'),
             max(coalesce(completed_at, stopped_at), coalesce(stopped_at, completed_at)) FROM sync_state",
    )
    .fetch_one(&store.reader)
    .await?;
    let time = |at: Option<i64>| at.and_then(DateTime::from_timestamp_millis);
    Ok((time(nightly), time(full)))
}
