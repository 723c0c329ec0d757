//! The writer of a filling, and what is done beside it with what is stored.

use super::{Work, lock};
use crate::Result;
use crate::mirror::{self, Batch};
use crate::stripe::resource;
use crate::sync::{
    comparison, filling::announce, killpoint, ranges, reconcile::ask_for_payers, state::Meter,
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// Pages that one transaction takes, and that wait for it at most: where Stripe is not what a filling
/// waits for, fewer and larger transactions write each page of an index less often.
pub(super) const BATCH: usize = 32;
/// Of those at most so many whose clients show at once: who searches meanwhile waits until all that one
/// transaction changed is looked through.
const SHOWN_AT_ONCE: usize = 16;
/// So many times as long as composing client rows took, it is not done again while more of what they
/// show is to come: most would be composed anew.
const SETTLING_RESTS: u32 = 8;
/// Looking for customers that were deleted takes as long as looking at all of them.
const DELETED_EVERY: Duration = Duration::from_secs(2);
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(500);

impl Work {
    pub(super) async fn write(
        self: Arc<Self>,
        meter: Arc<Meter>,
        mut arrived: mpsc::Receiver<Batch>,
    ) -> Result<()> {
        let store = &self.store;
        let mut waiting: Vec<Batch> = Vec::with_capacity(BATCH);
        let (mut told, mut rested) = (Instant::now(), Instant::now());
        // Whether client rows are to be composed: at all, and since something was stored.
        let (mut settling, mut unsettled) = (true, false);
        loop {
            if waiting.is_empty() {
                let came = tokio::select! {
                    biased;
                    came = arrived.recv_many(&mut waiting, BATCH) => came,
                    // Where Stripe is what a filling waits for, what has come is shown meanwhile.
                    () = sleep_until(rested), if unsettled => {
                        let began = Instant::now();
                        unsettled = mirror::settle_some(store).await?;
                        rested = Instant::now() + began.elapsed() * SETTLING_RESTS;
                        continue;
                    }
                };
                if came == 0 {
                    return Ok(());
                }
            }
            let later = waiting.split_off(together(&waiting));
            let batch = std::mem::replace(&mut waiting, later);
            killpoint::passed("before_apply");
            comparison::apply(store, self.comparison, batch, Vec::new()).await?;
            killpoint::passed("after_apply");
            self.stored.notify_one();
            // What client rows are made of comes before the longest lists, which readers go on with.
            if settling && self.client_rows_can_be_composed() {
                settling = mirror::settle_some(store).await?;
            }
            unsettled = settling;
            if told.elapsed() >= TELL_EVERY {
                meter.note(store).await?;
                told = Instant::now();
                announce(store);
            }
        }
    }

    /// Deleted customers are in no list, while what they bought is. Those known so far are asked for
    /// while longer lists are read, once all customers are stored and whenever another list is.
    pub(super) async fn ask_for_deleted(self: Arc<Self>) {
        let (mut lists, mut asked_at) = (0, None::<Instant>);
        loop {
            self.stored.notified().await;
            if self.has_ended.load(Ordering::Relaxed) {
                return;
            }
            if asked_at.is_some_and(|at| at.elapsed() < DELETED_EVERY) {
                continue;
            }
            let Ok(stored) = ranges::stored(&self.store).await else {
                return;
            };
            let customers = resource::CUSTOMERS.name;
            if stored.len() > lists && stored.iter().any(|name| name == customers) {
                (lists, asked_at) = (stored.len(), Some(Instant::now()));
                // At the end all are asked for that are missing; what fails is told there.
                let reading = self
                    .readings
                    .iter()
                    .find(|it| it.resource.name == customers);
                let Some(reading) = reading else { return };
                let asked = ask_for_payers(&self.store, &self.client, reading, self.comparison);
                if asked.await.is_err() {
                    return;
                }
            }
        }
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
