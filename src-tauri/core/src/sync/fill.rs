//! Lists everything: several readers on ranges of the lists, one writer that stores what arrives.

use super::{
    cards,
    comparison::{self, Comparison},
    filling::{Mode, announce},
    health::ComparisonKind,
    held, killpoint,
    plan::{Next, Plan},
    plant, ranges,
    reconcile::bury_unlisted,
    state::{self, Lack, Meter},
    tail,
};
use crate::db::Store;
use crate::mirror::{self, Batch, Page};
use crate::stripe::{
    Client, events,
    listing::{self, Reading},
    resource,
};
use crate::{Error, Result};
use chrono::TimeDelta;
use futures_util::future::try_join_all;
use std::{
    future::pending,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{Notify, mpsc, watch};

/// Pages that one transaction takes, and that wait for it at most: where Stripe is not what a filling
/// waits for, fewer and larger transactions write each page of an index less often.
const BATCH: usize = 32;
/// Of those at most so many whose clients show at once: who searches meanwhile waits until all that one
/// transaction changed is looked through.
const SHOWN_AT_ONCE: usize = 16;
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// Reads what is left to read, and says what keeps it from being whole, if anything does. After
/// that, as after an error, the filling can be resumed.
pub(super) async fn fill(
    store: &Store,
    client: &Client,
    mode: Mode,
    meter: &Meter,
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
    let (pages, arrived) = mpsc::channel(BATCH);
    let work = Work {
        store,
        client,
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
        problems: Mutex::default(),
    };
    let read = async {
        let readers = try_join_all((0..client.lanes()).map(|_| work.read(pages.clone())));
        let read = tokio::select! {
            read = readers => read.map(drop),
            () = is_set(cancelled.clone()) => Err(Error::Cancelled),
            // The writer failed, and says so itself: readers that wait for each other would do so for ever.
            () = pages.closed() => Ok(()),
        };
        // The writer ends when the last sender is gone, after storing what arrived.
        drop(pages);
        read
    };
    let (read, written) = tokio::join!(read, work.write(meter, comparison, arrived));
    // A writer that failed is the cause of readers that could not hand over.
    written?;
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

/// What the readers share.
struct Work<'a> {
    store: &'a Store,
    client: &'a Client,
    readings: Vec<Reading>,
    /// How many left-out expansions of each resource are written down.
    noted: Vec<AtomicUsize>,
    plan: Mutex<Plan>,
    /// Held while deciding what to read next, so that no two readers split the same range.
    turn: tokio::sync::Mutex<()>,
    /// A range moved or ended: there may be something to split, or nothing left.
    changed: Notify,
    problems: Mutex<Vec<String>>,
}

impl Work<'_> {
    async fn read(&self, pages: mpsc::Sender<Batch>) -> Result<()> {
        loop {
            let changed = self.changed.notified();
            let turn = self.turn.lock().await;
            let next = lock(&self.plan).next();
            let index = match next {
                Next::Read(index) => index,
                Next::Split { index, at } => {
                    let whole = lock(&self.plan).ranges[index].clone();
                    killpoint::passed("before_split");
                    let id = ranges::split(self.store, &whole, at).await?;
                    killpoint::passed("after_split");
                    lock(&self.plan).divide(index, at, id)
                }
                Next::Wait => {
                    drop(turn);
                    changed.await;
                    continue;
                }
                Next::Finished => return Ok(()),
            };
            drop(turn);
            let read = self.read_range(index, &pages).await;
            self.changed.notify_waiters();
            read?;
        }
    }

    async fn read_range(&self, index: usize, pages: &mpsc::Sender<Batch>) -> Result<()> {
        let resource = lock(&self.plan).ranges[index].resource;
        let reading = &self.readings[resource];
        loop {
            let filter = {
                let plan = lock(&self.plan);
                if plan.is_stopped(resource) {
                    return Ok(());
                }
                plan.ranges[index].filter()
            };
            let mut page = match reading.listed(self.client, &filter).await {
                Ok(page) if page.objects.is_empty() && page.has_more => {
                    let empty = Error::UnreadableAnswer("it promised more and sent nothing".into());
                    return self.give_up(resource, empty).await;
                }
                Ok(page) => page,
                Err(error) if is_lost_cursor(&error) => {
                    lock(&self.plan).lose_cursor(index);
                    continue;
                }
                Err(error) => return self.give_up(resource, error).await,
            };
            self.note_dropped(resource).await?;
            if !reading.dropped().is_empty() {
                let mut objects = page.objects.to_values();
                held::complete(self.store, reading, &mut objects).await?;
                page.objects = objects.into();
            }
            let progress = lock(&self.plan).advance(index, &page.objects, page.has_more);
            let done = progress.done;
            if plant::drops_page() {
                page.objects.clear();
            }
            let page = Page {
                progress: Some(progress),
                ..Page::listed(reading.resource, page.objects, page.asked_at)
            };
            let batch = mirror::prepare(vec![page]).await?;
            if pages.send(batch).await.is_err() || done {
                return Ok(());
            }
            self.changed.notify_waiters();
        }
    }

    async fn write(
        &self,
        meter: &Meter,
        comparison: Option<Comparison>,
        mut arrived: mpsc::Receiver<Batch>,
    ) -> Result<()> {
        let store = self.store;
        let mut waiting: Vec<Batch> = Vec::with_capacity(BATCH);
        let mut told = Instant::now();
        let mut settling = true;
        while !waiting.is_empty() || arrived.recv_many(&mut waiting, BATCH).await > 0 {
            let later = waiting.split_off(together(&waiting));
            let batch = std::mem::replace(&mut waiting, later);
            killpoint::passed("before_apply");
            comparison::apply(store, comparison, batch, Vec::new()).await?;
            killpoint::passed("after_apply");
            // What client rows are made of comes before the longest lists, which readers go on with.
            if settling && self.client_rows_can_be_composed() {
                settling = mirror::settle_some(store).await?;
            }
            if told.elapsed() >= TELL_EVERY {
                meter.note(store).await?;
                told = Instant::now();
                announce(store);
            }
        }
        Ok(())
    }

    /// Whether everything was read that they show.
    fn client_rows_can_be_composed(&self) -> bool {
        let plan = lock(&self.plan);
        let mut shown = resource::LISTED
            .iter()
            .enumerate()
            .filter(|(_, resource)| mirror::is_shown(resource));
        shown.all(|(place, _)| plan.is_listed(place))
    }

    /// Nothing more is read of this resource now. The others go on, unless the error is about more
    /// than this resource.
    async fn give_up(&self, resource: usize, error: Error) -> Result<()> {
        let (lack, message) = match error {
            Error::PermissionMissing { slug, .. } => (Lack::NotPermitted, listing::refused(&slug)),
            Error::Stripe { .. } | Error::RateLimited { .. } | Error::UnreadableAnswer(_) => {
                (Lack::Failed, error.to_string())
            }
            error => return Err(error),
        };
        if lock(&self.plan).stop(resource) {
            let resource = self.readings[resource].resource;
            state::note(self.store, resource.name, lack, &message).await?;
            if lack == Lack::Failed {
                lock(&self.problems).push(format!("{}: {message}", resource.label));
            }
            announce(self.store);
        }
        Ok(())
    }

    /// Writes down what may not come along, before the first row without it is stored.
    async fn note_dropped(&self, resource: usize) -> Result<()> {
        let reading = &self.readings[resource];
        let dropped = reading.dropped();
        if self.noted[resource].swap(dropped.len(), Ordering::Relaxed) == dropped.len() {
            return Ok(());
        }
        let message = reading.left_out();
        state::note(self.store, reading.resource.name, Lack::Limited, &message).await
    }
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

/// How many of these go into one transaction.
fn together(waiting: &[Batch]) -> usize {
    let mut shown = waiting
        .iter()
        .enumerate()
        .filter(|(_, batch)| batch.shows_at_once());
    shown
        .nth(SHOWN_AT_ONCE)
        .map_or(waiting.len(), |(place, _)| place)
}

/// Stripe says that the object to continue after does not exist: it was deleted meanwhile.
fn is_lost_cursor(error: &Error) -> bool {
    matches!(error, Error::Stripe { code: Some(code), param: Some(param), .. }
        if code == "resource_missing" && param == "starting_after")
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
