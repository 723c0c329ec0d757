//! Follows Stripe's events: what they tell of is fetched and stored together with how far they were
//! read.

mod fetch;
mod gaps;
mod parked;
mod position;
mod step;
mod subject;
mod walk;

use super::{killpoint, plant, record, state};
use crate::Result;
use crate::db::Store;
use crate::mirror::{self, Applied, Cause};
use crate::stripe::events::Event;
use crate::stripe::{Client, listing::Reading};
use futures_util::FutureExt;
use std::{collections::HashMap, sync::Arc};
use step::Step;
use subject::{Meaning, Subject};

pub use gaps::gap_is_uncovered;
pub(super) use gaps::{close_covered, gap_needs_filling, note_stopped};
pub(crate) use parked::{give_up, parked_event, retry};

/// An event may appear in the list some time after its `created`; so much is read again, seconds.
pub(super) const OVERLAP: i64 = 600;
/// Stripe keeps events for 30 days; a day before that they count as lost, seconds.
const KEPT: i64 = 29 * 86_400;

/// Follows the events of one account under one key.
pub struct Tail {
    client: Client,
    /// They remember what the key may not read, so that it is not asked for each time.
    readings: Vec<Reading>,
}

/// What one poll came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Polled {
    /// Events that were new.
    pub events: usize,
    pub applied: Applied,
    /// Events are missing: everything has to be compared.
    pub gap: bool,
}

impl Polled {
    fn add(&mut self, more: Polled) {
        self.events += more.events;
        self.applied.received += more.applied.received;
        self.applied.written += more.applied.written;
        self.applied.added += more.applied.added;
        self.applied.gone += more.applied.gone;
    }
}

/// How far a step takes the tail.
#[derive(Default)]
struct Advance {
    cursor: Option<(String, i64)>,
    tailed_to: Option<i64>,
    /// Whether parked objects are tried along with it.
    retries: bool,
}

impl Tail {
    pub fn new(client: &Client) -> Self {
        Self {
            client: client.in_background(),
            readings: subject::readings(),
        }
    }

    /// Asks Stripe for news once and stores them. After an error nothing is lost: the next poll
    /// begins where this one did.
    pub async fn poll(&self, store: &Store) -> Result<Polled> {
        self.forget_regained(store).await?;
        let polled = self.catch_up(store).await;
        if let Err(error) = &polled {
            record::poll_failed(store, &error.to_string()).await?;
        }
        super::filling::announce(store);
        polled
    }

    /// What is no longer said to come only in part is asked for whole: the key may read it by now.
    async fn forget_regained(&self, store: &Store) -> Result<()> {
        let limited = state::limited(store).await?;
        for reading in &self.readings {
            if !limited.iter().any(|name| name == reading.resource.name) {
                reading.forget_dropped();
            }
        }
        Ok(())
    }

    /// Stores what these events, oldest first, tell of, and how far that leads.
    async fn step(&self, store: &Store, events: Vec<Event>, advance: Advance) -> Result<Polled> {
        let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
        let unseen = position::unseen(store, &ids).await?;
        let mut events: HashMap<String, Event> = events
            .into_iter()
            .map(|event| (event.id.clone(), event))
            .collect();
        let events: Vec<Event> = unseen.iter().filter_map(|id| events.remove(id)).collect();
        let mut step = Step {
            now: store.clock.millis(),
            cursor: advance.cursor,
            tailed_to: advance.tailed_to,
            ..Step::default()
        };
        if let (Some(now), Some(newest)) = (advance.tailed_to, events.last()) {
            step.lag = Some((now - newest.created).max(0));
        }
        let mut wanted: HashMap<Subject, Cause> = HashMap::new();
        if advance.retries {
            wanted.extend(position::due(store).await?);
        }
        let drops = !events.is_empty() && plant::drops_page();
        for event in &events {
            step.seen.push((event.id.clone(), event.created));
            match subject::meaning(event) {
                Meaning::Fetch(_) if drops => {}
                // One fetch for all that the events tell of an object; the newest names the cause.
                Meaning::Fetch(subjects) => {
                    wanted.extend(subjects.into_iter().map(|subject| (subject, cause(event))))
                }
                Meaning::PortalSession => step.sessions.push(event.clone()),
                Meaning::Forecast => {}
                Meaning::Unknown => {
                    let (count, last) = step.unknown.entry(event.kind.clone()).or_default();
                    *count += 1;
                    *last = event.created.max(*last);
                }
            }
        }
        // They are listed whole as soon as the key may read them.
        let refused = state::not_permitted(store).await?;
        wanted.retain(|subject, _| !refused.iter().any(|name| name == subject.resource));
        let polled = self.store(store, step, wanted).await?;
        Ok(Polled {
            events: events.len(),
            applied: polled,
            gap: false,
        })
    }

    async fn store(
        &self,
        store: &Store,
        mut step: Step,
        wanted: HashMap<Subject, Cause>,
    ) -> Result<Applied> {
        if plant::hurries_cursor() {
            let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
            step.write(&mut tx).await?;
            tx.commit().await?;
        }
        killpoint::passed("tail_before_fetch");
        let wanted = wanted.into_iter().collect();
        let fetched = fetch::fetch(store, &self.client, &self.readings, wanted).await?;
        killpoint::passed("tail_after_fetch");
        step.settled = fetched.settled;
        step.failed = fetched.failed;
        step.failed
            .extend(position::known(store, fetched.withheld).await?);
        step.lacking = fetched.lacking;
        let step = Arc::new(step);
        let batch = mirror::prepare(fetched.pages).await?;
        let applied = mirror::apply_with(store, vec![batch], fetched.gone, move |tx, _| {
            let step = Arc::clone(&step);
            async move {
                step.write(tx).await?;
                killpoint::passed("tail_before_commit");
                Ok(())
            }
            .boxed()
        })
        .await?;
        killpoint::passed("tail_after_commit");
        Ok(applied)
    }
}

fn cause(event: &Event) -> Cause {
    Cause {
        event: event.id.clone(),
        kind: event.kind.clone(),
        created: event.created,
        request: event.request.clone(),
        idempotency_key: event.idempotency_key.clone(),
    }
}

/// Forgets the tail of a mirror that was emptied; the next filling says where to begin.
pub(crate) async fn forget(store: &Store) -> Result<()> {
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    for sql in [
        "UPDATE tail_state SET cursor = NULL, cursor_created = NULL, tailed_to = NULL, lag = NULL",
        "DELETE FROM seen_events",
        "DELETE FROM parked",
        "DELETE FROM resource_listings",
        "UPDATE sync_state SET started_at = NULL, finished = 0, completed_at = NULL, newest_event = NULL, newest_event_time = NULL",
    ] {
        sqlx::query(sql).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

impl std::fmt::Debug for Tail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tail")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
