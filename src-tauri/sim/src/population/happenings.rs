//! The events of the last 30 days, worked out from the rows.

use super::generate::{DAY, HOUR, Rows};
use super::rows::{Event, Invoice, InvoiceStatus, NONE, Occasion, Scenario};

/// Stripe lists events for 30 days.
pub const KEPT: u32 = 30 * DAY;

pub fn last_month(rows: &Rows, now: u32) -> Vec<Event> {
    let mut events = Vec::new();
    let mut happened = |created: u32, occasion: Occasion, place: usize| {
        if created + KEPT > now && created <= now {
            events.push(Event {
                created,
                occasion,
                place: place as u32,
            });
        }
    };
    for (place, row) in rows.customers.iter().enumerate() {
        happened(row.created, Occasion::CustomerCreated, place);
    }
    for (place, row) in rows.subscriptions.iter().enumerate() {
        happened(row.created, Occasion::SubscriptionCreated, place);
        if row.scenario == Scenario::Canceled {
            happened(row.stopped, Occasion::SubscriptionDeleted, place);
        }
    }
    for (place, row) in rows.invoices.iter().enumerate() {
        happened(row.created, Occasion::InvoiceCreated, place);
        let finalized = finalized_at(row, now);
        match row.status {
            InvoiceStatus::Draft => continue,
            InvoiceStatus::Open if row.attempts > 0 => {
                happened(finalized + 1, Occasion::InvoicePaymentFailed, place);
            }
            InvoiceStatus::Open => {}
            InvoiceStatus::Paid => happened(settled_at(row, now), Occasion::InvoicePaid, place),
            InvoiceStatus::Void => happened(settled_at(row, now), Occasion::InvoiceVoided, place),
            InvoiceStatus::Uncollectible => {
                happened(settled_at(row, now), Occasion::InvoiceUncollectible, place);
            }
        }
        happened(finalized, Occasion::InvoiceFinalized, place);
    }
    events.sort_by_key(|event| (event.created, event.occasion, event.place));
    events
}

/// A subscription's first invoice and those written by hand are finalised at once, the others after
/// the hour that Stripe leaves for changes.
pub fn finalized_at(row: &Invoice, now: u32) -> u32 {
    let wait = if row.subscription == NONE || row.cycle == 0 {
        0
    } else {
        HOUR
    };
    (row.created + wait).min(now)
}

/// When it was paid, voided or given up.
pub fn settled_at(row: &Invoice, now: u32) -> u32 {
    let finalized = finalized_at(row, now);
    let settled = match row.status {
        InvoiceStatus::Draft | InvoiceStatus::Open => 0,
        InvoiceStatus::Paid if row.due == 0 => finalized + 3,
        InvoiceStatus::Paid => finalized + (row.due - row.created) / 2,
        InvoiceStatus::Void => finalized + 30,
        InvoiceStatus::Uncollectible => finalized + 21 * DAY,
    };
    settled.min(now)
}
