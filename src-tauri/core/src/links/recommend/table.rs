//! The table: what is looked for in a client, in which order, and what is sent then.

use super::subject::{
    Subject, client, expired, expires_soon, invoice, keeps_until, misled, subscription,
};
use super::words;
use crate::links::facts::{ClientFacts, Pause, SubscriptionFacts};
use crate::links::types::LinkPurpose::{self, ChangePlan, Checkout, ConfirmPlan};
use crate::links::types::LinkPurpose::{LoginPage, PayInvoice, PaymentLink, PortalHome};
use crate::links::types::LinkPurpose::{SetUpCard, UpdatePaymentMethod};

pub(super) struct Row {
    /// Stable; `Recommendation::rule`.
    pub id: &'static str,
    /// What of the client it is about; none where the row does not hold.
    when: for<'f> fn(&'f ClientFacts) -> Option<Subject<'f>>,
    /// Best first: the first that Stripe would make is recommended.
    pub send: &'static [LinkPurpose],
    pub reason: fn(&ClientFacts, &Subject<'_>) -> String,
}

/// The first row that holds. What asks for money comes first, then what will fail soon, then how
/// the client's contract is; whoever buys nothing now comes last.
pub(super) fn decide(facts: &ClientFacts) -> (&'static Row, Subject<'_>) {
    let held = TABLE
        .iter()
        .find_map(|row| (row.when)(facts).map(|subject| (row, subject)));
    held.unwrap_or((&NOTHING_YET, Subject::default()))
}

#[cfg(test)]
pub(super) fn ids() -> impl Iterator<Item = &'static str> {
    TABLE.iter().chain([&NOTHING_YET]).map(|row| row.id)
}

pub(super) static TABLE: [Row; 28] = [
    Row {
        id: "no_customer",
        when: |f| client(f.customers.is_empty()),
        send: &[PaymentLink],
        reason: |_, _| {
            "This client is not in Stripe yet, so there is no portal. Whoever buys by a payment link becomes a customer there.".into()
        },
    },
    Row {
        id: "deleted_customer",
        when: |f| client(f.payer().is_none()),
        send: &[PaymentLink],
        reason: |_, _| {
            "The customer was deleted in Stripe, and no portal opens for it any more. Whoever buys by a payment link becomes a new customer.".into()
        },
    },
    Row {
        id: "incomplete",
        when: |f| subscription(f, |s| s.is_incomplete()),
        send: &[PayInvoice],
        reason: |f, s| {
            format!(
                "{} has not begun: its first payment was never made{}. The open invoice's page takes it.",
                s.plan(),
                s.subscription
                    .and_then(SubscriptionFacts::lapses)
                    .map(|lapses| words::lapses(f, lapses))
                    .unwrap_or_default(),
            )
        },
    },
    Row {
        id: "requires_action",
        when: |f| invoice(f, |i| i.needs_confirming),
        send: &[PayInvoice],
        reason: |_, s| {
            format!(
                "The client's bank wants them to confirm the payment of {}; they do that on its page.",
                s.bill()
            )
        },
    },
    Row {
        id: "unpaid",
        when: |f| subscription(f, |s| s.status == "unpaid"),
        send: &[PayInvoice, UpdatePaymentMethod, SetUpCard],
        reason: |_, s| {
            format!(
                "Stripe gave up collecting for {}, so a new card alone changes nothing: {} has to be paid.",
                s.plan(),
                s.bill()
            )
        },
    },
    Row {
        id: "past_due",
        when: |f| subscription(f, |s| s.status == "past_due" && !s.by_invoice),
        send: &[UpdatePaymentMethod, PayInvoice, SetUpCard],
        reason: |f, s| match expired(f, s.subscription) {
            Some(card) => format!(
                "The last charge for {} failed, and {} expired in {}. With a new card Stripe charges by itself.",
                s.plan(),
                card.label,
                card.expires()
            ),
            None => format!(
                "The last charge for {} failed, and Stripe keeps trying. A card that works settles {}.",
                s.plan(),
                s.bill()
            ),
        },
    },
    Row {
        id: "invoice_overdue",
        when: |f| invoice(f, |i| i.is_overdue(f.now)),
        send: &[PayInvoice],
        reason: |f, s| {
            format!(
                "{} was due{} and is not paid.",
                words::capital(&s.bill()),
                words::on(f, s.invoice.and_then(|i| i.due))
            )
        },
    },
    Row {
        id: "invoice_to_pay",
        when: |f| invoice(f, |i| i.sent || f.running().next().is_none()),
        send: &[PayInvoice],
        reason: |f, s| {
            format!(
                "The client pays by invoice, and {} is open{}.",
                s.bill(),
                words::due(f, s.invoice.and_then(|i| i.due))
            )
        },
    },
    Row {
        id: "key_lacks_permission",
        when: |f| client(f.running().next().is_some() && f.lacks(&PORTAL).is_some()),
        // Nothing of what a running client needs goes without the portal.
        send: &[PortalHome],
        reason: |_, _| "What this client needs is in the customer portal.".into(),
    },
    Row {
        id: "paused_without_card",
        when: |f| subscription(f, |s| s.pause == Some(Pause::NoCard)),
        send: &[UpdatePaymentMethod, SetUpCard],
        reason: |_, s| {
            format!(
                "The trial of {} ended and there was nothing to charge, so Stripe paused it. With a card it can be resumed.",
                s.plan()
            )
        },
    },
    Row {
        id: "paused_after_failed_payment",
        when: |f| subscription(f, |s| s.pause == Some(Pause::FailedPayment)),
        send: &[UpdatePaymentMethod, PayInvoice, SetUpCard],
        reason: |_, s| {
            format!(
                "Stripe paused {} because a payment failed. With a card that works it can be resumed.",
                s.plan()
            )
        },
    },
    Row {
        id: "paused_on_request",
        when: |f| subscription(f, |s| s.pause == Some(Pause::OnRequest)),
        send: &[LoginPage, PortalHome],
        reason: |_, s| {
            format!(
                "{} is paused: no invoices are made until it is resumed. The portal shows the client where it stands.",
                s.plan()
            )
        },
    },
    Row {
        id: "collection_paused",
        when: |f| subscription(f, |s| matches!(s.pause, Some(Pause::Collection { .. }))),
        send: &[PortalHome],
        reason: |f, s| {
            format!(
                "{} runs on, but its invoices are not collected{}: there is nothing to pay now.",
                s.plan(),
                words::until(f, s.resumes())
            )
        },
    },
    Row {
        id: "card_expired",
        when: |f| subscription(f, |s| expired(f, Some(s)).is_some()),
        send: &[UpdatePaymentMethod, SetUpCard],
        reason: |f, s| {
            format!(
                "{} expired{}, so the next charge for {} will fail.",
                words::card(f, s.subscription),
                words::expired(f, s.subscription),
                s.plan()
            )
        },
    },
    Row {
        id: "trial_without_card",
        when: |f| {
            subscription(f, |s| {
                s.status == "trialing" && !s.by_invoice && s.ends.is_none() && !f.can_charge(s)
            })
        },
        send: &[UpdatePaymentMethod, SetUpCard],
        reason: |f, s| {
            format!(
                "The trial of {} ends{}, and there is nothing to charge then.",
                s.plan(),
                words::on(f, s.subscription.and_then(|s| s.trial_end))
            )
        },
    },
    Row {
        id: "card_expires_soon",
        when: |f| subscription(f, |s| expires_soon(f, s)),
        send: &[UpdatePaymentMethod, SetUpCard],
        reason: |f, s| {
            format!(
                "{} is good until the end of {}. A new one keeps {} paid.",
                words::card(f, s.subscription),
                words::expiry(f, s.subscription),
                s.plan()
            )
        },
    },
    Row {
        id: "ending",
        when: |f| subscription(f, |s| s.ends.is_some()),
        send: &[LoginPage, PortalHome],
        reason: |f, s| {
            format!(
                "{} ends{}. Until then the client can take that back in the portal.",
                s.plan(),
                words::on(f, s.subscription.and_then(|s| s.ends))
            )
        },
    },
    Row {
        id: "no_email",
        when: |f| {
            client(f.running().next().is_some() && f.payer().is_some_and(|c| c.email.is_none()))
        },
        send: &[PortalHome],
        reason: |_, _| {
            "This client has no email in Stripe, so the login page cannot recognise them: open the portal from here.".into()
        },
    },
    Row {
        id: "duplicate_email",
        when: |f| client(f.running().next().is_some() && misled(f).is_some()),
        send: &[PortalHome],
        reason: |f, _| {
            format!(
                "The login page would open {} instead, which has the same email: open the portal from here.",
                misled(f).unwrap_or("another customer")
            )
        },
    },
    Row {
        id: "several_subscriptions",
        when: |f| client(f.running().count() > 1),
        send: &[PortalHome],
        reason: |f, _| {
            format!(
                "{} subscriptions are running ({}). In the portal the client sees them all, and chooses there.",
                f.running().count(),
                words::plans(f)
            )
        },
    },
    Row {
        id: "scheduled_change",
        when: |f| subscription(f, |s| s.scheduled),
        send: &[PortalHome],
        reason: |_, s| {
            format!(
                "{} has a change scheduled, so the client can neither change nor cancel it in the portal; card, details and invoices are there.",
                s.plan()
            )
        },
    },
    Row {
        id: "metered",
        when: |f| subscription(f, SubscriptionFacts::is_metered),
        send: &[PortalHome],
        reason: |_, s| {
            format!(
                "{} is billed by usage: in the portal the client can cancel it at most; card, details and invoices are there.",
                s.plan()
            )
        },
    },
    Row {
        id: "multi_item",
        when: |f| subscription(f, |s| s.items.len() > 1),
        send: &[PortalHome],
        reason: |_, s| {
            format!(
                "{} are one subscription: in the portal the client can cancel it at most; card, details and invoices are there.",
                s.plan()
            )
        },
    },
    Row {
        id: "annual_first_months",
        when: |f| {
            subscription(f, |s| {
                s.is_yearly()
                    && !f.portal.settings.update.enabled
                    && keeps_until(f, s).is_some_and(|until| f.today() < until)
            })
        },
        send: &[PortalHome],
        reason: |f, s| {
            format!(
                "{} began{} and is in its first six months: until {} the client's portal does not change plans.",
                s.plan(),
                words::on(f, s.subscription.and_then(|s| s.started)),
                s.subscription
                    .and_then(|s| keeps_until(f, s))
                    .map(|day| day.format("%-d %B %Y").to_string())
                    .unwrap_or_default(),
            )
        },
    },
    Row {
        id: "restricted_portal",
        when: |f| {
            subscription(f, |_| {
                !f.portal.settings.cancel.enabled && !f.portal.settings.update.enabled
            })
        },
        send: &[PortalHome],
        reason: |f, s| {
            format!(
                "With the portal settings “{}” this client neither changes nor cancels {}; that goes through you. Card, details and invoices are in the portal.",
                f.portal.words.name,
                s.plan()
            )
        },
    },
    Row {
        id: "archived_price",
        when: |f| subscription(f, |s| s.items.iter().any(|item| !item.price.active)),
        send: &[ConfirmPlan, ChangePlan, PortalHome],
        reason: |_, s| {
            format!(
                "{} is archived: it goes on, and nobody can be sold it again. The client may change to a plan of today.",
                s.plan()
            )
        },
    },
    Row {
        id: "running",
        when: |f| subscription(f, |_| true),
        send: &[PortalHome],
        reason: |f, s| {
            format!(
                "{} {}. Open the portal now, or send its login page.",
                s.plan(),
                words::standing(f, s.subscription)
            )
        },
    },
    Row {
        id: "ended",
        when: |f| f.subscriptions.first().map(Subject::of),
        send: &[Checkout, PaymentLink],
        reason: |f, s| {
            format!(
                "{} ended and nothing runs now. {}",
                s.plan(),
                words::sells(f)
            )
        },
    },
];

/// The last row: it holds for whoever no other row holds for.
static NOTHING_YET: Row = Row {
    id: "no_subscription",
    when: |_| {
        Some(Subject {
            subscription: None,
            invoice: None,
        })
    },
    send: &[Checkout, PaymentLink],
    reason: |f, _| {
        format!(
            "This client never had a subscription, so the portal would be empty. {}",
            words::sells(f)
        )
    },
};

const PORTAL: [&str; 2] = ["rak_customer_portal_write", "rak_customer_portal_read"];
