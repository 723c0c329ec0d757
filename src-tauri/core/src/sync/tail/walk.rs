//! Which part of the event stream a poll reads: a window by time where that is little, else forward
//! from event to event.

use super::position::{self, Position};
use super::{Advance, KEPT, OVERLAP, Polled, Tail};
use crate::db::Store;
use crate::stripe::events::{self, Event, Page, Span};
use crate::sync::reconcile::is_gone;
use crate::sync::words;
use crate::{Error, Result};

/// Events that one step stores.
const TOGETHER: usize = 100;

impl Tail {
    pub(super) async fn catch_up(&self, store: &Store) -> Result<Polled> {
        let Some(position) = position::read(store).await? else {
            return Ok(Polled::default());
        };
        let first = events::page(&self.client, &window(&position)).await?;
        let now = match first.date {
            Some(date) => date.timestamp(),
            None => first
                .events
                .first()
                .map_or(position.tailed_to, |event| event.created),
        };
        if now - position.tailed_to > KEPT {
            return self.lose(store, &position, now, &first).await;
        }
        // Further back the stream is read page by page, each stored before the next is asked for.
        if first.has_more && now - position.tailed_to > OVERLAP {
            return self.walk(store, &position, now, first).await;
        }
        let events = self.read_back(window(&position), first.clone()).await?;
        if has_vanished(&position, &events) {
            return self.walk(store, &position, now, first).await;
        }
        self.take(store, events, now).await
    }

    /// Everything since the last position, in steps.
    async fn take(&self, store: &Store, events: Vec<Event>, now: i64) -> Result<Polled> {
        let mut polled = Polled::default();
        let mut steps = events.chunks(TOGETHER).peekable();
        loop {
            let events = steps.next().unwrap_or_default();
            let last = steps.peek().is_none();
            let advance = Advance {
                cursor: events.last().map(place),
                tailed_to: last.then_some(now),
                retries: last,
            };
            polled.add(self.step(store, events.to_vec(), advance).await?);
            if last {
                return Ok(polled);
            }
        }
    }

    /// Forward from the cursor, each page committed by itself.
    async fn walk(
        &self,
        store: &Store,
        position: &Position,
        now: i64,
        first: Page,
    ) -> Result<Polled> {
        let Some(mut after) = position.cursor.clone() else {
            let events = self.read_back(window(position), first).await?;
            return self.take(store, events, now).await;
        };
        let mut polled = Polled::default();
        loop {
            let span = Span {
                after: Some(&after),
                ..Span::default()
            };
            let page = match events::page(&self.client, &span).await {
                Err(error) if is_refused(&error) => {
                    let recent = |created: i64| now - created < KEPT;
                    // An event that Stripe should still have: the account's data were wiped.
                    if is_gone(&error) && position.cursor_created.is_some_and(recent) {
                        return self.lose(store, position, now, &first).await;
                    }
                    // It is too old to be kept, or refused for another reason, while all later ones
                    // are within the window.
                    let events = self.read_back(window(position), first).await?;
                    polled.add(self.take(store, events, now).await?);
                    return Ok(polled);
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
            after.clone_from(&newest.id);
            let more = page.has_more;
            let oldest_first = page.events.into_iter().rev().collect();
            polled.add(self.step(store, oldest_first, advance).await?);
            if !more {
                break;
            }
        }
        // What appeared late beside the last position, and beside this one.
        let late = Span {
            from: Some(position.tailed_to - OVERLAP),
            to: Some(position.tailed_to),
            ..Span::default()
        };
        let beside_then = events::page(&self.client, &late).await?;
        let mut events = self.read_back(late, beside_then).await?;
        let latest = Span {
            from: Some(now - OVERLAP),
            ..Span::default()
        };
        events.extend(self.read_back(latest, first).await?);
        let advance = Advance {
            tailed_to: Some(now),
            retries: true,
            ..Advance::default()
        };
        polled.add(self.step(store, events, advance).await?);
        Ok(polled)
    }

    /// A span of the stream, oldest first. `page` is its newest, and may reach further back.
    async fn read_back(&self, span: Span<'_>, mut page: Page) -> Result<Vec<Event>> {
        let mut events: Vec<Event> = Vec::new();
        loop {
            events.append(&mut page.events);
            if !page.has_more {
                events.reverse();
                return Ok(events);
            }
            let last = events.last().map(|event| event.id.clone());
            let span = Span {
                before: last.as_deref(),
                ..span.clone()
            };
            page = events::page(&self.client, &span).await?;
        }
    }

    async fn lose(
        &self,
        store: &Store,
        position: &Position,
        now: i64,
        newest: &Page,
    ) -> Result<Polled> {
        let away = now - position.tailed_to;
        let words = if away > KEPT {
            format!(
                "Portico was away for {}. Stripe keeps 30 days of events, so everything is compared with Stripe again.",
                words::span(away)
            )
        } else {
            "Stripe no longer knows the event that Portico had come to, so everything is compared with Stripe again."
                .to_owned()
        };
        let cursor = newest.events.first().map(place);
        position::skip(store, position.tailed_to, now, cursor, &words).await?;
        Ok(Polled {
            gap: true,
            ..Polled::default()
        })
    }
}

/// What a poll looks at first: everything since the last one, and what may have appeared late.
fn window(position: &Position) -> Span<'static> {
    Span {
        from: Some(position.tailed_to - OVERLAP),
        ..Span::default()
    }
}

/// The last event read must be among those of its time. Where it is not, Stripe may have gone back to
/// an earlier state, and tells of nothing that was undone.
fn has_vanished(position: &Position, events: &[Event]) -> bool {
    let from = position.tailed_to - OVERLAP;
    position
        .cursor
        .as_ref()
        .filter(|_| position.cursor_created.is_some_and(|at| at >= from))
        .is_some_and(|last| events.iter().all(|event| event.id != *last))
}

fn place(event: &Event) -> (String, i64) {
    (event.id.clone(), event.created)
}

/// Stripe does not take the cursor; that it is busy, or down, says nothing about it.
fn is_refused(error: &Error) -> bool {
    matches!(error, Error::Stripe { status, .. } if (400..500).contains(status))
}
