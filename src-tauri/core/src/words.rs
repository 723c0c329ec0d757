//! The one hand-written table from Stripe's states to the words that people read.

use serde::{Deserialize, Serialize};
use specta::Type;

/// How a word should look: calm, or asking for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Good,
    Info,
    Warn,
    Bad,
    Neutral,
}

/// A state in the user's words. `code` is ours and stable; `hint` explains it in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Word {
    pub code: String,
    pub label: String,
    pub hint: String,
    pub tone: Tone,
}

pub(crate) fn word(code: &str, label: &str, tone: Tone, hint: &str) -> Word {
    Word {
        code: code.into(),
        label: label.into(),
        hint: hint.into(),
        tone,
    }
}

/// What Stripe added after this build: shown honestly instead of guessed.
fn unknown(raw: &str) -> Word {
    word(
        "unknown",
        "New state in Stripe",
        Tone::Neutral,
        &format!(
            "Stripe calls this “{raw}”, which this version of Portico does not know. Open it in Stripe to see what it means."
        ),
    )
}

/// How a client stands, from all of its subscriptions and invoices: one closed list.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum BillingState {
    Unpaid,
    PaymentLate,
    InvoiceOverdue,
    AwaitingFirstPayment,
    Unknown,
    Paused,
    Ending,
    Trial,
    Active,
    OneOff,
    Ended,
    NoBilling,
    Deleted,
}

impl BillingState {
    /// Most urgent first, which is also the order of sorting by state.
    pub const ALL: [BillingState; 13] = [
        BillingState::Unpaid,
        BillingState::PaymentLate,
        BillingState::InvoiceOverdue,
        BillingState::AwaitingFirstPayment,
        BillingState::Unknown,
        BillingState::Paused,
        BillingState::Ending,
        BillingState::Trial,
        BillingState::Active,
        BillingState::OneOff,
        BillingState::Ended,
        BillingState::NoBilling,
        BillingState::Deleted,
    ];

    /// The number under which tables hold it; also its rank in sorting.
    pub fn rank(self) -> i64 {
        Self::ALL
            .iter()
            .position(|s| *s == self)
            .unwrap_or_default() as i64
    }

    pub fn from_rank(rank: i64) -> Self {
        usize::try_from(rank)
            .ok()
            .and_then(|i| Self::ALL.get(i).copied())
            .unwrap_or(BillingState::Unknown)
    }

    pub fn word(self) -> Word {
        use BillingState::*;
        match self {
            Unpaid => word(
                "unpaid",
                "Unpaid",
                Tone::Bad,
                "Stripe gave up collecting; the service is not paid for.",
            ),
            PaymentLate => word(
                "payment_late",
                "Payment late",
                Tone::Bad,
                "The last charge failed; Stripe keeps trying.",
            ),
            InvoiceOverdue => word(
                "invoice_overdue",
                "Invoice overdue",
                Tone::Bad,
                "An invoice is open past its due date.",
            ),
            AwaitingFirstPayment => word(
                "awaiting_first_payment",
                "First payment due",
                Tone::Warn,
                "Signed up, but the first invoice is not paid yet; after 23 hours Stripe lets it lapse.",
            ),
            Unknown => unknown("a subscription state"),
            Paused => word(
                "paused",
                "Paused",
                Tone::Warn,
                "At least one subscription is on hold and none is running.",
            ),
            Ending => word(
                "ending",
                "Ending",
                Tone::Warn,
                "A cancellation is scheduled; it runs until then.",
            ),
            Trial => word(
                "trial",
                "Trial",
                Tone::Info,
                "In a trial; nothing has been charged yet.",
            ),
            Active => word("active", "Active", Tone::Good, "Subscribed and paid up."),
            OneOff => word(
                "one_off",
                "One-off",
                Tone::Neutral,
                "Has invoices but never had a subscription.",
            ),
            Ended => word(
                "ended",
                "Ended",
                Tone::Neutral,
                "Had a subscription; none is running now.",
            ),
            NoBilling => word(
                "no_billing",
                "No billing yet",
                Tone::Neutral,
                "Neither a subscription nor an invoice so far.",
            ),
            Deleted => word(
                "deleted",
                "Deleted in Stripe",
                Tone::Neutral,
                "The customer was deleted in Stripe; history stays here.",
            ),
        }
    }
}

/// Of a client whose subscriptions or invoices the key may not read.
pub fn not_read() -> Word {
    word(
        "not_read",
        "Not read",
        Tone::Neutral,
        "The key may not read this client's subscriptions or invoices, so how it stands is not known.",
    )
}

/// Of a client while the first reading goes on.
pub fn not_read_yet() -> Word {
    word(
        "not_read_yet",
        "Not read yet",
        Tone::Neutral,
        "Subscriptions and invoices are still being read from Stripe.",
    )
}

/// A subscription's status in words; `pausing` is whether `pause_collection` is set.
pub fn subscription(status: &str, ending: bool, pausing: bool) -> Word {
    match status {
        "active" | "trialing" if pausing => word(
            "collection_paused",
            "Collection paused",
            Tone::Warn,
            "The subscription runs on, but its invoices are not collected.",
        ),
        "active" | "trialing" if ending => BillingState::Ending.word(),
        "active" => BillingState::Active.word(),
        "trialing" => BillingState::Trial.word(),
        "past_due" => BillingState::PaymentLate.word(),
        "unpaid" => BillingState::Unpaid.word(),
        "incomplete" => BillingState::AwaitingFirstPayment.word(),
        "incomplete_expired" => word(
            "lapsed",
            "Lapsed",
            Tone::Neutral,
            "The first payment was never made, so Stripe let the subscription lapse.",
        ),
        "paused" => word(
            "paused",
            "Paused",
            Tone::Warn,
            "On hold: no invoices are made until it is resumed.",
        ),
        "canceled" => word("ended", "Ended", Tone::Neutral, "Cancelled and over."),
        other => unknown(other),
    }
}

/// Where a subscription says why it rests: `paused.type` itself only names what is paused.
pub(crate) const PAUSE_REASON: &str = "/status_details/paused/subscription/type";

/// Why a subscription rests, from [`PAUSE_REASON`].
pub fn pause_reason(reason: &str) -> Word {
    match reason {
        "pause_requested" => word(
            "pause_requested",
            "Paused on request",
            Tone::Warn,
            "Somebody paused it on purpose.",
        ),
        "trial_end_without_payment_method" => word(
            "trial_ended_without_card",
            "Trial ended without a card",
            Tone::Warn,
            "The trial ended and there was no way to charge, so Stripe paused it.",
        ),
        "first_payment_failure" | "final_payment_failure" => word(
            "paused_after_failed_payment",
            "Paused after a failed payment",
            Tone::Bad,
            "Stripe paused it because a payment failed.",
        ),
        "system" => word(
            "paused_by_stripe",
            "Paused by Stripe",
            Tone::Warn,
            "Stripe paused it.",
        ),
        other => unknown(other),
    }
}

/// An invoice's status in words; `overdue` is decided by the reader's now.
pub fn invoice(status: &str, overdue: bool) -> Word {
    match status {
        "draft" => word(
            "draft",
            "Draft",
            Tone::Neutral,
            "Not final yet; the client cannot see it.",
        ),
        "open" if overdue => word("overdue", "Overdue", Tone::Bad, "Open past its due date."),
        "open" => word(
            "open",
            "Open",
            Tone::Info,
            "Sent or being collected; not paid yet.",
        ),
        "paid" => word("paid", "Paid", Tone::Good, "Nothing left to pay."),
        "uncollectible" => word(
            "uncollectible",
            "Written off",
            Tone::Bad,
            "Marked as uncollectible; it can still be paid.",
        ),
        "void" => word(
            "void",
            "Void",
            Tone::Neutral,
            "Cancelled as if it had never been issued.",
        ),
        other => unknown(other),
    }
}

pub fn card_expired() -> Word {
    word(
        "expired",
        "Expired",
        Tone::Bad,
        "The month on the card is over; the next charge will fail.",
    )
}

pub fn card_expires_soon() -> Word {
    word(
        "expires_soon",
        "Expires soon",
        Tone::Warn,
        "Good until the end of this or next month; ask for a new one.",
    )
}

/// What a client gave as the reason for leaving, from `cancellation_details.feedback`.
pub fn cancellation_feedback(feedback: &str) -> &'static str {
    match feedback {
        "too_expensive" => "too expensive",
        "missing_features" => "something was missing",
        "switched_service" => "changed to another service",
        "unused" => "did not use it enough",
        "customer_service" => "unhappy with the support",
        "too_complex" => "too complicated",
        "low_quality" => "unhappy with the quality",
        "other" => "another reason",
        _ => "a reason that this version of Portico does not know",
    }
}

/// Why a subscription is cancelled, from `cancellation_details.reason`, where that says more than
/// that somebody asked for it.
pub fn cancellation_reason(reason: &str) -> Option<&'static str> {
    match reason {
        "payment_failed" => Some("payments failed"),
        "payment_disputed" => Some("a payment was disputed"),
        "canceled_by_retention_policy" => Some("the account's rules for late payment"),
        _ => None,
    }
}

/// Why a payer wants a payment back, from a dispute's `reason`.
pub fn dispute_reason(reason: &str) -> &'static str {
    match reason {
        "fraudulent" => "they say they did not make the payment",
        "duplicate" => "they say they paid twice",
        "product_not_received" => "they say they received nothing",
        "product_unacceptable" => "they are not satisfied",
        "subscription_canceled" => "they say they had cancelled",
        "credit_not_processed" => "they say a refund never came",
        "unrecognized" => "they do not recognise the payment",
        _ => "the bank gave no particular reason",
    }
}
