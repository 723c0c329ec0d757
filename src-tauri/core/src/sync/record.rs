//! What the sync health page tells later: failures, whole listings, and when Stripe is asked next.

use super::{comparison, state, tail};
use crate::Result;
use crate::db::Store;
use crate::stripe::KeyKind;
use std::time::Duration;

/// How the sentence begins that tells of a damaged copy of Stripe.
const COPY_LOST: &str = "The copy of Stripe was damaged";

/// Failures that are remembered.
const KEPT: i64 = 20;

/// Shows a failure on the sync health page.
pub async fn note_problem(store: &Store, words: &str) -> Result<()> {
    problem(store, words).await?;
    super::filling::announce(store);
    Ok(())
}

/// As [`note_problem`], where no news comes until a poll succeeds.
pub async fn stopped(store: &Store, words: &str) -> Result<()> {
    poll_failed(store, words).await?;
    super::filling::announce(store);
    Ok(())
}

/// Tells that this store's copy of Stripe was damaged and begun anew, if it was.
pub async fn tell_of_lost_copy(store: &Store) -> Result<()> {
    let Some(aside) = &store.mirror_set_aside else {
        return Ok(());
    };
    let words = format!(
        "{COPY_LOST}. It was set aside as {}, and everything has to be read from Stripe again; nothing of yours was lost.",
        aside.display()
    );
    note_problem(store, &words).await
}

/// Whether the last filling came to its end, so that what is not here is not in Stripe.
pub async fn is_whole(store: &Store) -> Result<bool> {
    Ok(sqlx::query_scalar("SELECT finished FROM sync_state")
        .fetch_one(&store.reader)
        .await?)
}

/// Whether the last filling ended because a person wanted it to: it does not begin again by itself.
pub async fn was_stopped(store: &Store) -> Result<bool> {
    Ok(state::read(store).await?.stopped)
}

/// What stopped the last filling, or why there is nothing yet although there once was.
pub(super) async fn in_the_way(store: &Store, state: &state::State) -> Result<Option<String>> {
    if state.problem.is_some() || state.completed_at.is_some() {
        return Ok(state.problem.clone());
    }
    Ok(sqlx::query_scalar(
        "SELECT words FROM sync_problems WHERE same LIKE ? || '%' ORDER BY at DESC",
    )
    .bind(COPY_LOST)
    .fetch_optional(&store.reader)
    .await?)
}

/// Stripe could not be asked for news.
pub(super) async fn poll_failed(store: &Store, words: &str) -> Result<()> {
    sqlx::query("UPDATE tail_state SET problem = ?")
        .bind(words)
        .execute(&store.writer)
        .await?;
    problem(store, words).await
}

/// Remembers a failure; the same one again counts up.
pub(super) async fn problem(store: &Store, words: &str) -> Result<()> {
    // Each failure has a request of its own.
    let same = words.split(" (request ").next().unwrap_or(words);
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(
        "INSERT INTO sync_problems (same, words, at, times) VALUES (?, ?, ?, 1) ON CONFLICT (same) \
         DO UPDATE SET words = excluded.words, at = excluded.at, times = times + 1",
    )
    .bind(same)
    .bind(words)
    .bind(store.clock.millis())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "DELETE FROM sync_problems WHERE same NOT IN (SELECT same FROM sync_problems ORDER BY at DESC LIMIT ?)",
    )
    .bind(KEPT)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// A filling ended, whole or not; `stopped`: because a person wanted it to.
pub(super) async fn filling_ended(
    store: &Store,
    problem_words: Option<&str>,
    stopped: bool,
) -> Result<()> {
    let state = state::read(store).await?;
    if let Some(comparison) = comparison::of_filling(store).await? {
        comparison::end(store, comparison, state.requests, problem_words).await?;
    }
    sqlx::query(
        "INSERT INTO resource_listings (name, listed_at)
         SELECT resource, ? FROM fill_ranges GROUP BY resource
         HAVING min(done) AND resource NOT IN (SELECT name FROM sync_resources WHERE state IN ('not_permitted', 'failed'))
         ON CONFLICT (name) DO UPDATE SET listed_at = excluded.listed_at",
    )
    .bind(store.clock.millis())
    .execute(&store.writer)
    .await?;
    tail::close_covered(&mut *store.writer.acquire().await?, store.clock.millis()).await?;
    match problem_words {
        Some(_) if stopped => tail::note_stopped(store).await,
        Some(words) => problem(store, words).await,
        None => {
            // It stays among the last failures, and no longer explains what is missing.
            sqlx::query(
                "UPDATE sync_problems SET same = 'settled: ' || same WHERE same LIKE ? || '%'",
            )
            .bind(COPY_LOST)
            .execute(&store.writer)
            .await?;
            Ok(())
        }
    }
}

/// How often Stripe is asked now, and why, for whoever shows it.
pub async fn next_poll(store: &Store, every: Duration, why: &str, next: Duration) -> Result<()> {
    let next = i64::try_from(next.as_millis()).unwrap_or(i64::MAX);
    sqlx::query("UPDATE tail_state SET every_seconds = ?, why = ?, next_at = ?")
        .bind(i64::try_from(every.as_secs()).unwrap_or(i64::MAX))
        .bind(why)
        .bind(store.clock.millis().saturating_add(next))
        .execute(&store.writer)
        .await?;
    Ok(())
}

/// Whether what the key may not read has not been asked for since `since` with this key; then it
/// is written down as asked.
pub async fn lacking_is_due(store: &Store, key: &KeyKind, since: i64) -> Result<bool> {
    let now = store.clock.millis();
    let due = sqlx::query(
        "UPDATE tail_state SET lacking_tried_at = ?1, lacking_tried_key = ?2
         WHERE lacking_tried_key IS NOT ?2 OR coalesce(lacking_tried_at, 0) < ?3 OR lacking_tried_at > ?1",
    )
    .bind(now)
    .bind(state::name_of(key))
    .bind(since)
    .execute(&store.writer)
    .await?;
    Ok(due.rows_affected() > 0)
}
