//! Follows Stripe's events: what they tell of is fetched and stored together with how far they were
//! read.

mod fetch;
mod parked;
mod position;
mod step;
mod subject;

use super::{killpoint, plant, record, state};
use crate::Result;
use crate::db::Store;
use crate::mirror::{self, Applied, Cause};
use crate::stripe::events::{self, Event, Span};
use crate::stripe::{Client, listing::Reading};
use futures_util::FutureExt;
pub(crate) use parked::{give_up, parked_event, retry};
use position::Position;
use std::{collections::HashMap, sync::Arc};
use step::Step;
use subject::{Meaning, Subject};

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
        let polled = self.catch_up(store).await;
        if let Err(error) = &polled {
            record::poll_failed(store, &error.to_string()).await?;
        }
        super::filling::announce(store);
        polled
    }

    async fn catch_up(&self, store: &Store) -> Result<Polled> {
        let Some(position) = position::read(store).await? else {
            return Ok(Polled::default());
        };
        let from = position.tailed_to - OVERLAP;
        let window = Span {
            from: Some(from),
            ..Span::default()
        };
        let first = events::page(&self.client, &window).await?;
        let now = match first.date {
            Some(date) => date.timestamp(),
            None => first
                .events
                .first()
                .map_or(position.tailed_to, |event| event.created),
        };
        if now - position.tailed_to > KEPT {
            return self.lose(store, &position, now).await;
        }
        // The last event read must be among those of its time. Where it is not, Stripe may have gone back
        // to an earlier state, and tells of nothing that was undone.
        let expected = position
            .cursor
            .as_ref()
            .filter(|_| position.cursor_created.is_some_and(|at| at >= from));
        let vanished =
            expected.is_some_and(|last| first.events.iter().all(|event| event.id != *last));
        if first.has_more || vanished {
            return self.walk(store, &position, now).await;
        }
        let advance = Advance {
            cursor: first.events.first().map(place),
            tailed_to: Some(now),
            retries: true,
        };
        let oldest_first = first.events.into_iter().rev().collect();
        self.step(store, oldest_first, advance).await
    }

    /// Forward from the cursor, each page committed by itself.
    async fn walk(&self, store: &Store, position: &Position, now: i64) -> Result<Polled> {
        let mut polled = Polled::default();
        let mut cursor = position.cursor.clone();
        while let Some(after) = cursor {
            let span = Span {
                after: Some(&after),
                ..Span::default()
            };
            let page = match events::page(&self.client, &span).await {
                Err(error) if super::reconcile::is_gone(&error) => {
                    let recent = |created: i64| now - created < KEPT;
                    // An event that Stripe should still have: the account's data were wiped.
                    if position.cursor_created.is_some_and(recent) {
                        return self.lose(store, position, now).await;
                    }
                    // It is too old to be kept, while all later ones are within the window.
                    polled.add(self.take(store, position.tailed_to - OVERLAP).await?);
                    break;
                }
                page => page?,
            };
            let Some(newest) = page.events.first() else {
                break;
            };
            let advance = Advance {
                cursor: Some(place(newest)),
                ..Advance::default()
            };
            cursor = page.has_more.then(|| newest.id.clone());
            let oldest_first = page.events.into_iter().rev().collect();
            polled.add(self.step(store, oldest_first, advance).await?);
        }
        if position.cursor.is_none() {
            polled.add(self.take(store, position.tailed_to - OVERLAP).await?);
        }
        // What appeared late beside the last position, and beside this one.
        let late = Span {
            from: Some(position.tailed_to - OVERLAP),
            to: Some(position.tailed_to),
            ..Span::default()
        };
        let mut events = self.read_back(late).await?;
        let latest = Span {
            from: Some(now - OVERLAP),
            ..Span::default()
        };
        events.extend(self.read_back(latest).await?);
        let advance = Advance {
            tailed_to: Some(now),
            retries: true,
            ..Advance::default()
        };
        polled.add(self.step(store, events, advance).await?);
        Ok(polled)
    }

    /// Everything since `from`, where no cursor leads.
    async fn take(&self, store: &Store, from: i64) -> Result<Polled> {
        let span = Span {
            from: Some(from),
            ..Span::default()
        };
        let mut polled = Polled::default();
        for events in self.read_back(span).await?.chunks(100) {
            let advance = Advance {
                cursor: events.last().map(place),
                ..Advance::default()
            };
            polled.add(self.step(store, events.to_vec(), advance).await?);
        }
        Ok(polled)
    }

    /// A span of the stream, oldest first.
    async fn read_back(&self, span: Span<'_>) -> Result<Vec<Event>> {
        let mut events: Vec<Event> = Vec::new();
        loop {
            let last = events.last().map(|event| event.id.clone());
            let span = Span {
                before: last.as_deref(),
                ..span.clone()
            };
            let page = events::page(&self.client, &span).await?;
            events.extend(page.events);
            if !page.has_more {
                events.reverse();
                return Ok(events);
            }
        }
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
        let fetched = fetch::fetch(&self.client, &self.readings, &store.clock, wanted).await?;
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

    async fn lose(&self, store: &Store, position: &Position, now: i64) -> Result<Polled> {
        let away = now - position.tailed_to;
        let words = if away > KEPT {
            format!(
                "Portico was away for {}. Stripe keeps 30 days of events, so everything is compared with Stripe again.",
                super::words::span(away)
            )
        } else {
            "Stripe no longer knows the event that Portico had come to, so everything is compared with Stripe again."
                .to_owned()
        };
        position::open_gap(store, position.tailed_to, now, &words).await?;
        Ok(Polled {
            gap: true,
            ..Polled::default()
        })
    }
}

fn place(event: &Event) -> (String, i64) {
    (event.id.clone(), event.created)
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

/// That events are missing, and the filling that makes up for them has not begun.
pub async fn gap_is_uncovered(store: &Store) -> Result<bool> {
    let uncovered: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM gaps, sync_state WHERE closed_at IS NULL
             AND coalesce(newest_event_time, 0) < ends",
    )
    .fetch_one(&store.reader)
    .await?;
    Ok(uncovered > 0)
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
