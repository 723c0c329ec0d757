//! How current the local copy is, in the words of the sync health page and the frame's mark.

use super::health::{
    Comparison, ComparisonKind, Freshness, FreshnessLevel, Gap, Polling, ResourceHealth,
    SyncHealth, SyncProblem, UnknownEvents,
};
use super::words::{counted, span};
use super::{SyncPhase, cards, comparison, parked, projection, state};
use crate::Result;
use crate::db::Store;
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::collections::HashMap;

/// How often Stripe is asked where nobody has said it yet, seconds.
const USUAL: i64 = 600;

/// The one row of `tail_state`, as far as it is shown.
struct Shown {
    polled_at: Option<i64>,
    lag: Option<i64>,
    problem: Option<String>,
    every: i64,
    why: Option<String>,
    next_at: Option<i64>,
}

async fn shown(store: &Store) -> Result<Shown> {
    let row =
        sqlx::query("SELECT polled_at, lag, problem, every_seconds, why, next_at FROM tail_state")
            .fetch_one(&store.reader)
            .await?;
    Ok(Shown {
        polled_at: row.try_get(0)?,
        lag: row.try_get(1)?,
        problem: row.try_get(2)?,
        every: row.try_get::<Option<i64>, _>(3)?.unwrap_or(USUAL),
        why: row.try_get(4)?,
        next_at: row.try_get(5)?,
    })
}

/// `no_key` is why Stripe cannot be asked at all, if so.
pub async fn freshness(store: &Store, no_key: Option<&str>) -> Result<Freshness> {
    let tail = shown(store).await?;
    let state = state::read(store).await?;
    let phase = state::phase(store, &state)?;
    let (parked, gap): (i64, Option<i64>) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM parked), (SELECT min(begins) FROM gaps WHERE closed_at IS NULL)",
    )
    .fetch_one(&store.reader)
    .await?;
    let age = tail
        .polled_at
        .map(|at| (store.clock.millis() - at).max(0) / 1000);
    let ago = match age {
        None => None,
        Some(age) if age < 5 => Some("just now".to_owned()),
        // A mark that changed with every second would be drawn anew all day, for nobody.
        Some(age) if age < 60 => Some("less than a minute ago".to_owned()),
        Some(age) => Some(format!("{} ago", span(age))),
    };
    let checked = match &ago {
        None => "never checked since it was read".to_owned(),
        Some(ago) => format!("checked {ago}"),
    };
    let first = state.completed_at.is_none();
    let running = matches!(phase, SyncPhase::Running | SyncPhase::RunningElsewhere);
    let (level, words) = if let Some(no_key) = no_key {
        (
            FreshnessLevel::Stopped,
            format!("Stripe cannot be asked: {no_key}"),
        )
    } else if running && first {
        (
            FreshnessLevel::Filling,
            "Everything is being read from Stripe".to_owned(),
        )
    } else if first {
        let words = match phase {
            SyncPhase::Never => "Nothing has been read from Stripe yet",
            _ => "Not everything has been read from Stripe yet",
        };
        (FreshnessLevel::Filling, words.to_owned())
    } else if running {
        (
            FreshnessLevel::CatchingUp,
            "Everything is being compared with Stripe".to_owned(),
        )
    } else if tail.problem.is_some() {
        let answered = match ago {
            None => "it has not answered since everything was read".to_owned(),
            Some(ago) => format!("it last answered {ago}"),
        };
        (
            FreshnessLevel::Stopped,
            format!("Stripe cannot be asked for news now; {answered}"),
        )
    } else if let Some(begins) = gap {
        (FreshnessLevel::Behind, missing(begins, &state))
    } else if parked > 0 {
        let waiting = counted(parked, "change");
        (
            FreshnessLevel::Behind,
            format!("{waiting} could not be fetched; {checked}"),
        )
    } else if age.is_none_or(|age| age > 2 * tail.every + 60) {
        (FreshnessLevel::Behind, capital(&checked))
    } else {
        (FreshnessLevel::Fresh, format!("Up to date, {checked}"))
    };
    Ok(Freshness {
        level,
        words,
        checked_at: tail.polled_at.and_then(DateTime::from_timestamp_millis),
    })
}

/// Events are missing, and nothing makes up for them at this moment.
fn missing(since: i64, state: &state::State) -> String {
    let since = DateTime::from_timestamp(since, 0)
        .unwrap_or_default()
        .format("%-d %B");
    if state.stopped {
        return format!(
            "The comparison was stopped; changes since {since} may be missing. Resume it"
        );
    }
    format!("Changes since {since} may be missing; everything is compared with Stripe soon")
}

/// `elsewhere`: another process of this computer runs the background.
pub async fn health(store: &Store, no_key: Option<&str>, elsewhere: bool) -> Result<SyncHealth> {
    let tail = shown(store).await?;
    Ok(SyncHealth {
        freshness: freshness(store, no_key).await?,
        polling: Polling {
            every_seconds: small(tail.every),
            why: tail
                .why
                .unwrap_or_else(|| "while a window or `sync --watch` is open".to_owned()),
            // One that has passed says only that nobody could ask.
            next_at: tail
                .next_at
                .filter(|at| no_key.is_none() && *at >= store.clock.millis())
                .and_then(DateTime::from_timestamp_millis),
            lag_seconds: tail.lag.map(small),
            elsewhere,
        },
        resources: resources(store).await?,
        allowance: projection::allowance(store).await?,
        problems: problems(store).await?,
        parked: parked::all(store).await?,
        unknown_events: unknown_events(store).await?,
        gaps: gaps(store).await?,
        comparisons: comparisons(store).await?,
    })
}

async fn resources(store: &Store) -> Result<Vec<ResourceHealth>> {
    let known: HashMap<String, (Option<i64>, Option<i64>)> = sqlx::query_as(
        "SELECT name, max(listed_at), max(changed_at) FROM
             (SELECT name, listed_at, NULL AS changed_at FROM resource_listings
              UNION ALL SELECT name, NULL, changed_at FROM resource_changes) GROUP BY name",
    )
    .fetch_all(&store.reader)
    .await?
    .into_iter()
    .map(|(name, listed, changed)| (name, (listed, changed)))
    .collect();
    let status = state::status(store).await?;
    let resources = status.resources.into_iter().map(|resource| {
        let (listed, changed) = known.get(&resource.name).copied().unwrap_or_default();
        ResourceHealth {
            listed_at: listed.and_then(DateTime::from_timestamp_millis),
            changed_at: changed.and_then(DateTime::from_timestamp_millis),
            name: resource.name,
            label: resource.label,
            state: resource.state,
            rows: resource.rows,
            message: resource.message,
        }
    });
    let mut resources: Vec<ResourceHealth> = resources.collect();
    resources.push(cards::health(store).await?);
    Ok(resources)
}

async fn problems(store: &Store) -> Result<Vec<SyncProblem>> {
    let rows = sqlx::query("SELECT at, words, times FROM sync_problems ORDER BY at DESC, same")
        .fetch_all(&store.reader)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(SyncProblem {
                at: millis(row, 0)?,
                words: row.try_get(1)?,
                times: small(row.try_get(2)?),
            })
        })
        .collect()
}

async fn unknown_events(store: &Store) -> Result<Vec<UnknownEvents>> {
    let rows =
        sqlx::query("SELECT type, count, last FROM unknown_events ORDER BY count DESC, type")
            .fetch_all(&store.reader)
            .await?;
    rows.iter()
        .map(|row| {
            Ok(UnknownEvents {
                event: row.try_get(0)?,
                count: small(row.try_get(1)?),
                last_at: seconds(row, 2)?,
            })
        })
        .collect()
}

async fn gaps(store: &Store) -> Result<Vec<Gap>> {
    let rows =
        sqlx::query("SELECT begins, ends, words, closed_at FROM gaps ORDER BY id DESC LIMIT 20")
            .fetch_all(&store.reader)
            .await?;
    rows.iter()
        .map(|row| {
            let closed: Option<i64> = row.try_get(3)?;
            Ok(Gap {
                from: seconds(row, 0)?,
                to: seconds(row, 1)?,
                words: row.try_get(2)?,
                closed_at: closed.and_then(DateTime::from_timestamp_millis),
            })
        })
        .collect()
}

async fn comparisons(store: &Store) -> Result<Vec<Comparison>> {
    let rows = sqlx::query(
        "SELECT kind, started_at, ended_at, requests, added, changed, gone, problem
         FROM comparisons ORDER BY id DESC LIMIT 20",
    )
    .fetch_all(&store.reader)
    .await?;
    rows.iter()
        .map(|row| {
            let kind = match row.try_get::<&str, _>(0)? {
                name if name == comparison::stored(ComparisonKind::Nightly) => {
                    ComparisonKind::Nightly
                }
                _ => ComparisonKind::Full,
            };
            let ended: Option<i64> = row.try_get(2)?;
            let counts: [i64; 3] = [row.try_get(4)?, row.try_get(5)?, row.try_get(6)?];
            let problem: Option<String> = row.try_get(7)?;
            let words = match (ended, problem) {
                (_, Some(problem)) => format!("It did not come to its end: {problem}"),
                (None, None) => "It has not come to its end.".to_owned(),
                (Some(_), None) => differences(counts),
            };
            Ok(Comparison {
                kind,
                started_at: millis(row, 1)?,
                ended_at: ended.and_then(DateTime::from_timestamp_millis),
                requests: small(row.try_get(3)?),
                added: small(counts[0]),
                changed: small(counts[1]),
                gone: small(counts[2]),
                words,
            })
        })
        .collect()
}

fn differences([added, changed, gone]: [i64; 3]) -> String {
    let found: Vec<String> = [
        (added, "missing here"),
        (changed, "changed in Stripe"),
        (gone, "gone from Stripe"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if found.is_empty() {
        return "Everything that was listed is as Stripe has it.".to_owned();
    }
    let all = counted(added + changed + gone, "difference");
    format!("Repaired {all}: {}.", found.join(", "))
}

pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

pub(super) fn millis(row: &SqliteRow, column: usize) -> Result<DateTime<Utc>> {
    Ok(DateTime::from_timestamp_millis(row.try_get(column)?).unwrap_or_default())
}

fn seconds(row: &SqliteRow, column: usize) -> Result<DateTime<Utc>> {
    Ok(DateTime::from_timestamp(row.try_get(column)?, 0).unwrap_or_default())
}

pub(super) fn small(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}
