//! The tables that say how far the mirror is filled: what a filling writes there, what others read.

use super::{ResourceProgress, ResourceState, SyncPhase, SyncStatus, ranges};
use crate::db::{BackgroundLock, Store};
use crate::stripe::{Client, KeyKind, events::Newest, resource};
use crate::{Error, Result};
use chrono::DateTime;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use std::{
    collections::HashMap,
    sync::atomic::{AtomicU64, Ordering},
};

/// What a resource lacks, as stored in `sync_resources.state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// Something may not come along.
    Limited,
    NotPermitted,
    Failed,
    /// What Stripe no longer lists is not all looked after.
    Behind,
}

impl Lack {
    fn stored(self) -> &'static str {
        match self {
            Lack::Limited => "limited",
            Lack::NotPermitted => "not_permitted",
            Lack::Failed => "failed",
            Lack::Behind => "behind",
        }
    }
}

/// Counts the requests of a filling into its row, and its reads into the allowance.
pub(super) struct Meter {
    client: Client,
    noted: AtomicU64,
}

impl Meter {
    pub fn of(client: &Client) -> Self {
        Self {
            client: client.clone(),
            noted: AtomicU64::new(client.spent()),
        }
    }

    pub async fn note(&self, store: &Store) -> Result<()> {
        let spent = self.client.spent();
        let more = spent - self.noted.swap(spent, Ordering::Relaxed);
        sqlx::query("UPDATE sync_state SET requests = requests + ?")
            .bind(i64::try_from(more).unwrap_or(i64::MAX))
            .execute(&store.writer)
            .await?;
        super::note_reads(store, self.client.reads()).await
    }
}

/// The one row of `sync_state`.
pub(super) struct State {
    pub running: bool,
    pub process: Option<i64>,
    pub key: Option<String>,
    pub started_at: Option<i64>,
    pub finished: bool,
    pub completed_at: Option<i64>,
    pub requests: i64,
    pub problem: Option<String>,
    /// The last one ended because a person wanted it to, and none began since.
    pub stopped: bool,
}

pub(super) async fn read(store: &Store) -> Result<State> {
    let row = sqlx::query(
        "SELECT running, process, key, started_at, finished, completed_at, requests, problem,
             problem IS NOT NULL AND stopped_at IS NOT NULL FROM sync_state",
    )
    .fetch_one(&store.reader)
    .await?;
    Ok(State {
        running: row.try_get(0)?,
        process: row.try_get(1)?,
        key: row.try_get(2)?,
        started_at: row.try_get(3)?,
        finished: row.try_get(4)?,
        completed_at: row.try_get(5)?,
        requests: row.try_get(6)?,
        problem: row.try_get(7)?,
        stopped: row.try_get(8)?,
    })
}

/// Clears what a process that was ended in the middle left behind. To be called with the lock just
/// taken: nobody else can be running then.
pub async fn take_over(store: &Store, _held: &BackgroundLock) -> Result<()> {
    sqlx::query("UPDATE sync_state SET running = 0 WHERE running = 1")
        .execute(&store.writer)
        .await?;
    Ok(())
}

/// Marks the filling as running, so that no second one starts.
pub(super) async fn claim(store: &Store) -> Result<()> {
    let claimed = sqlx::query("UPDATE sync_state SET running = 1, process = ? WHERE running = 0")
        .bind(i64::from(std::process::id()))
        .execute(&store.writer)
        .await?;
    if claimed.rows_affected() == 1 {
        return Ok(());
    }
    Err(Error::Conflict(
        "Portico is reading from Stripe already.".to_owned(),
    ))
}

/// Forgets the ranges of the last filling and begins a new one.
pub(super) async fn begin(store: &Store, key: &KeyKind, newest: &Newest) -> Result<()> {
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(
        "UPDATE sync_state SET key = ?, started_at = ?, finished = 0, newest_event = ?, newest_event_time = ?, requests = 0, problem = NULL",
    )
    .bind(name_of(key))
    .bind(store.clock.millis())
    .bind(&newest.id)
    .bind(newest.date.map(|date| date.timestamp()))
    .execute(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM fill_ranges")
        .execute(&mut *tx)
        .await?;
    sqlx::query("DELETE FROM sync_resources")
        .execute(&mut *tx)
        .await?;
    for resource in resource::LISTED {
        ranges::insert(&mut tx, resource, None).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Makes an unfinished filling ready to go on. With another key, what the former lacked is read
/// from its beginning.
pub(super) async fn reopen(store: &Store, key: &KeyKind) -> Result<()> {
    let former = read(store).await?.key;
    let now = store.clock.millis();
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("DELETE FROM sync_resources WHERE state = 'failed'")
        .execute(&mut *tx)
        .await?;
    if former.as_deref() != Some(&name_of(key)) {
        let lacking: Vec<String> = sqlx::query_scalar("DELETE FROM sync_resources RETURNING name")
            .fetch_all(&mut *tx)
            .await?;
        ranges::read_again(&mut tx, &lacking, now).await?;
    }
    // Begun before the clock was set back: nothing that is read now would count as read since.
    let ahead: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT resource FROM fill_ranges WHERE began_at > ?")
            .bind(now)
            .fetch_all(&mut *tx)
            .await?;
    ranges::read_again(&mut tx, &ahead, now).await?;
    sqlx::query("UPDATE sync_state SET key = ?, problem = NULL")
        .bind(name_of(key))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

pub(super) async fn note(store: &Store, resource: &str, lack: Lack, message: &str) -> Result<()> {
    note_in(&mut *store.writer.acquire().await?, resource, lack, message).await
}

pub(super) async fn note_in(
    tx: &mut SqliteConnection,
    resource: &str,
    lack: Lack,
    message: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO sync_resources (name, state, message) VALUES (?, ?, ?) \
         ON CONFLICT (name) DO UPDATE SET state = excluded.state, message = excluded.message",
    )
    .bind(resource)
    .bind(lack.stored())
    .bind(message)
    .execute(tx)
    .await?;
    Ok(())
}

/// The resources of which something may not come along.
pub(super) async fn limited(store: &Store) -> Result<Vec<String>> {
    Ok(
        sqlx::query_scalar("SELECT name FROM sync_resources WHERE state = 'limited'")
            .fetch_all(&store.reader)
            .await?,
    )
}

/// The resources that this filling may not read.
pub(super) async fn not_permitted(store: &Store) -> Result<Vec<String>> {
    Ok(
        sqlx::query_scalar("SELECT name FROM sync_resources WHERE state = 'not_permitted'")
            .fetch_all(&store.reader)
            .await?,
    )
}

/// The filling ended; `problem` is what keeps it from being whole, `stopped` that a person wanted it
/// so. What was read again by itself after everything was does not make the whole any newer.
pub(super) async fn end(store: &Store, problem: Option<&str>, stopped: bool) -> Result<()> {
    sqlx::query(
        "UPDATE sync_state SET running = 0, finished = ?1, problem = ?2,
             completed_at = iif(?1 AND coalesce(completed_at < started_at OR completed_at > ?3, 1), ?3, completed_at),
             stopped_at = iif(?4, ?3, NULL)",
    )
    .bind(problem.is_none())
    .bind(problem)
    .bind(store.clock.millis())
    .bind(stopped)
    .execute(&store.writer)
    .await?;
    Ok(())
}

/// How the local copy stands, whichever process fills it.
pub async fn status(store: &Store) -> Result<SyncStatus> {
    let state = read(store).await?;
    let phase = phase(store, &state)?;
    let lacks: HashMap<String, (String, String)> =
        sqlx::query_as("SELECT name, state, message FROM sync_resources")
            .fetch_all(&store.reader)
            .await?
            .into_iter()
            .map(|(name, state, message)| (name, (state, message)))
            .collect();
    let running = matches!(phase, SyncPhase::Running | SyncPhase::RunningElsewhere);
    let ranges: HashMap<String, (i64, i64, bool, bool)> = sqlx::query_as(
        "SELECT resource, sum(rows), sum(NOT done), max(starting_after IS NOT NULL OR done),
             max(began_at IS NOT NULL) FROM fill_ranges GROUP BY resource",
    )
    .fetch_all(&store.reader)
    .await?
    .into_iter()
    .map(|(name, rows, left, begun, again)| (name, (rows, left, begun, again)))
    .collect();
    let listed: Vec<String> = sqlx::query_scalar("SELECT name FROM resource_listings")
        .fetch_all(&store.reader)
        .await?;
    let progress: Vec<ResourceProgress> = resource::LISTED
        .iter()
        .map(|resource| {
            let (read, left, begun, again) = ranges
                .get(resource.name)
                .copied()
                .unwrap_or((0, 1, false, false));
            // What a comparison had not come to when it was stopped is here from before.
            let stands = !running && !again && listed.iter().any(|name| name == resource.name);
            let lack = lacks.get(resource.name);
            let state = match lack.map(|(state, _)| state.as_str()) {
                Some("not_permitted") => ResourceState::NotPermitted,
                Some("failed") => ResourceState::Failed,
                _ if left == 0 || stands => ResourceState::Done,
                _ if begun => ResourceState::Reading,
                _ => ResourceState::Waiting,
            };
            ResourceProgress {
                name: resource.name.to_owned(),
                label: resource.label.to_owned(),
                state,
                rows: small(read),
                message: lack.map(|(_, message)| message.clone()),
            }
        })
        .collect();
    // While it runs, how far it came; afterwards, what is here. Counting takes longer the more there is.
    let still = |it: &ResourceProgress| !running || it.state != ResourceState::Reading;
    let counted: Vec<bool> = progress.iter().map(still).collect();
    let counts = counts(store, &counted).await?;
    let resources = progress.into_iter().zip(counts).map(|(it, count)| {
        let rows = count.map_or(it.rows, small);
        ResourceProgress { rows, ..it }
    });
    Ok(SyncStatus {
        phase,
        resources: resources.collect(),
        completed_at: state.completed_at.and_then(DateTime::from_timestamp_millis),
        requests: small(state.requests),
        problem: super::record::in_the_way(store, &state).await?,
    })
}

pub(super) fn phase(store: &Store, state: &State) -> Result<SyncPhase> {
    if state.running {
        if state.process == Some(i64::from(std::process::id())) {
            return Ok(SyncPhase::Running);
        }
        // Whoever said so may have been ended; the kernel knows.
        if BackgroundLock::try_acquire(&store.folder)?.is_none() {
            return Ok(SyncPhase::RunningElsewhere);
        }
    }
    Ok(match (state.started_at, state.finished) {
        (None, _) => SyncPhase::Never,
        (_, true) => SyncPhase::Complete,
        _ => SyncPhase::Unfinished,
    })
}

/// Rows of each listed resource that is `counted`, from an index alone.
pub(super) async fn counts(store: &Store, counted: &[bool]) -> Result<Vec<Option<i64>>> {
    let mut query = QueryBuilder::<Sqlite>::new("");
    for (i, (resource, counted)) in resource::LISTED.iter().zip(counted).enumerate() {
        query.push(if i == 0 {
            "SELECT"
        } else {
            " UNION ALL SELECT"
        });
        if !counted {
            query.push(" NULL");
            continue;
        }
        query
            .push(" (SELECT count(*) FROM ")
            .push(resource.name)
            // A small index of its own; counting the others would read every row.
            .push(") - (SELECT count(*) FROM ")
            .push(resource.name)
            .push(" WHERE deleted = 1)");
    }
    Ok(query.build_query_scalar().fetch_all(&store.reader).await?)
}

pub(super) fn name_of(key: &KeyKind) -> String {
    let kind = if key.restricted { "rk" } else { "sk" };
    let mode = if key.livemode { "live" } else { "test" };
    format!("{kind}_{mode}_{}", key.last4)
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(if number < 0 { 0 } else { u32::MAX })
}
