//! Lists everything: several readers on ranges of the lists, one writer that stores what arrives.

mod read;
mod write;

use super::{
    cards,
    comparison::{self, Comparison},
    filling::Mode,
    health::ComparisonKind,
    killpoint,
    plan::Plan,
    ranges,
    reconcile::bury_unlisted,
    state::{self, Meter},
    tail,
};
use crate::db::Store;
use crate::mirror;
use crate::stripe::{Client, events, listing::Reading, resource};
use crate::{Error, Result};
use chrono::TimeDelta;
use std::{
    future::pending,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::{JoinError, JoinSet},
};

/// Reads what is left to read, and says what keeps it from being whole, if anything does. After
/// that, as after an error, the filling can be resumed.
pub(super) async fn fill(
    store: &Store,
    client: &Client,
    mode: Mode,
    meter: &Arc<Meter>,
    cancelled: watch::Receiver<bool>,
) -> Result<Option<String>> {
    let prepared = tokio::select! {
        prepared = prepare(store, client, mode) => prepared,
        () = is_set(cancelled.clone()) => Err(Error::Cancelled),
    };
    if !prepared? {
        return Ok(None);
    }
    let comparison = comparison::of_filling(store).await?;
    let readings = resource::LISTED
        .into_iter()
        .map(Reading::of)
        .collect::<Result<Vec<_>>>()?;
    let ranges = ranges::open(store).await?;
    let ranged = resource::LISTED.iter().map(|resource| resource.ranged);
    let (pages, arrived) = mpsc::channel(write::BATCH);
    let work = Arc::new(Work {
        store: store.clone(),
        client: client.clone(),
        comparison,
        noted: readings.iter().map(|_| AtomicUsize::new(0)).collect(),
        readings,
        plan: Mutex::new(Plan::new(
            ranges,
            ranged,
            client.endpoint_lanes(),
            client.endpoint_lanes() >= client.lanes(),
        )),
        turn: tokio::sync::Mutex::default(),
        changed: Notify::new(),
        stored: Notify::new(),
        has_ended: AtomicBool::default(),
        problems: Mutex::default(),
    });
    // Tasks of their own: while an answer is taken apart, the writer's next statement need not wait.
    let writer = tokio::spawn(Arc::clone(&work).write(Arc::clone(meter), arrived));
    let mut readers = JoinSet::new();
    for _ in 0..client.lanes() {
        readers.spawn(Arc::clone(&work).read(pages.clone()));
    }
    let mut deleted = JoinSet::new();
    deleted.spawn(Arc::clone(&work).ask_for_deleted());
    let read = tokio::select! {
        read = all(&mut readers) => read,
        () = is_set(cancelled.clone()) => Err(Error::Cancelled),
        // The writer failed, and says so itself: readers that wait for each other would do so for ever.
        () = pages.closed() => Ok(()),
    };
    readers.shutdown().await;
    // The writer ends when the last sender is gone, after storing what arrived.
    drop(pages);
    // A writer that failed is the cause of readers that could not hand over.
    writer.await.map_err(broke_off)??;
    if read.is_ok() {
        work.has_ended.store(true, Ordering::Relaxed);
        work.stored.notify_one();
        tokio::select! {
            _ = deleted.join_next() => {}
            () = is_set(cancelled.clone()) => {}
        }
    }
    drop(deleted);
    // Also of a reading that broke off: what arrived is shown.
    mirror::settle(store).await?;
    read?;
    let problem = lock(&work.problems).first().cloned();
    if problem.is_none() {
        tokio::select! {
            buried = bury(store, client, &work.readings, comparison) => buried?,
            () = is_set(cancelled) => return Err(Error::Cancelled),
        }
    }
    Ok(problem)
}

/// Whether there is something to read.
async fn prepare(store: &Store, client: &Client, mode: Mode) -> Result<bool> {
    let before = state::read(store).await?;
    // One that began in the future did so before the clock was set back: by its time nothing that is
    // read now would count as read.
    let began = before.started_at.filter(|at| *at <= store.clock.millis());
    if mode == Mode::Resume && began.is_some() && !tail::gap_needs_filling(store).await? {
        state::reopen(store, client.key()).await?;
        return Ok(!state::read(store).await?.finished);
    }
    let newest = match events::newest(client).await {
        // The tail will begin at this time instead of at an event.
        Err(Error::PermissionMissing { .. }) => events::Newest {
            id: None,
            // This computer's clock may be hours ahead of Stripe's.
            date: Some(store.clock.now() - TimeDelta::days(1)),
        },
        newest => newest?,
    };
    state::begin(store, client.key(), &newest).await?;
    if before.completed_at.is_some()
        && let Some(started_at) = state::read(store).await?.started_at
    {
        comparison::begin(store, ComparisonKind::Full, started_at).await?;
    }
    killpoint::passed("begun");
    Ok(true)
}

/// What the readers and the writer share.
struct Work {
    store: Store,
    client: Client,
    comparison: Option<Comparison>,
    readings: Vec<Reading>,
    /// How many left-out expansions of each resource are written down.
    noted: Vec<AtomicUsize>,
    plan: Mutex<Plan>,
    /// Held while deciding what to read next, so that no two readers split the same range.
    turn: tokio::sync::Mutex<()>,
    /// A range moved or ended: there may be something to split, or nothing left.
    changed: Notify,
    /// Something was stored.
    stored: Notify,
    /// No more is read.
    has_ended: AtomicBool,
    problems: Mutex<Vec<String>>,
}

/// What is known here and was not listed is asked for, and buried if gone.
async fn bury(
    store: &Store,
    client: &Client,
    readings: &[Reading],
    comparison: Option<Comparison>,
) -> Result<()> {
    let Some(started_at) = state::read(store).await?.started_at else {
        return Ok(());
    };
    let begun = ranges::begun(store).await?;
    let since = |name: &str| begun.get(name).copied().unwrap_or(started_at);
    let refused = state::not_permitted(store).await?;
    for reading in readings {
        let name = reading.resource.name;
        if !refused.iter().any(|refused| refused == name) {
            bury_unlisted(store, client, reading, since(name), "", comparison).await?;
        }
    }
    let with_customers = since(resource::CUSTOMERS.name);
    match cards::compare(store, client, with_customers, comparison).await {
        Err(Error::PermissionMissing { .. }) => {}
        compared => compared?,
    }
    mirror::restore_gone(store).await
}

/// Waits for all of them; the first error ends it.
async fn all(readers: &mut JoinSet<Result<()>>) -> Result<()> {
    while let Some(read) = readers.join_next().await {
        read.map_err(broke_off)??;
    }
    Ok(())
}

fn broke_off(error: JoinError) -> Error {
    Error::Internal(format!("reading from Stripe broke off: {error}"))
}

async fn is_set(mut flag: watch::Receiver<bool>) {
    if flag.wait_for(|set| *set).await.is_err() {
        // Nobody is left who could set it.
        pending::<()>().await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
