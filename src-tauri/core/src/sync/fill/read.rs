//! The readers of a filling: each takes a range of a list, or the older half of somebody else's.

use super::{Work, lock};
use crate::mirror::{self, Batch, Page};
use crate::stripe::listing;
use crate::sync::{
    filling::announce,
    held, killpoint,
    plan::Next,
    plant, ranges,
    state::{self, Lack},
};
use crate::{Error, Result};
use std::sync::{Arc, atomic::Ordering};
use tokio::sync::mpsc;

impl Work {
    pub(super) async fn read(self: Arc<Self>, pages: mpsc::Sender<Batch>) -> Result<()> {
        loop {
            let changed = self.changed.notified();
            let turn = self.turn.lock().await;
            let next = lock(&self.plan).next();
            let index = match next {
                Next::Read(index) => index,
                Next::Split { index, at } => {
                    let whole = lock(&self.plan).ranges[index].clone();
                    killpoint::passed("before_split");
                    let id = ranges::split(&self.store, &whole, at).await?;
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
            let mut page = match reading.listed(&self.client, &filter).await {
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
                held::complete(&self.store, reading, &mut objects).await?;
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
            state::note(&self.store, resource.name, lack, &message).await?;
            if lack == Lack::Failed {
                lock(&self.problems).push(format!("{}: {message}", resource.label));
            }
            announce(&self.store);
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
        state::note(&self.store, reading.resource.name, Lack::Limited, &message).await
    }
}

/// Stripe says that the object to continue after does not exist: it was deleted meanwhile.
fn is_lost_cursor(error: &Error) -> bool {
    matches!(error, Error::Stripe { code: Some(code), param: Some(param), .. }
        if code == "resource_missing" && param == "starting_after")
}
