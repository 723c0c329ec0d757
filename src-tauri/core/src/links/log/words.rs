//! The log's words: what a kind of link is for, what became of an attempt, and how it stands now.

use crate::journal::{Delivery, LinkKind, LinkResult};
use crate::links::types::LinkPurpose;
use crate::words::{Tone, Word, word};

/// What a kind of link is for.
pub(super) fn purpose(kind: LinkKind) -> LinkPurpose {
    match kind {
        LinkKind::PortalOpened => LinkPurpose::PortalHome,
        LinkKind::PortalMail | LinkKind::PortalCopy => LinkPurpose::LoginPage,
        LinkKind::InvoicePage | LinkKind::InvoicePdf | LinkKind::PayInvoice => {
            LinkPurpose::PayInvoice
        }
        LinkKind::UpdatePaymentMethod => LinkPurpose::UpdatePaymentMethod,
        LinkKind::UpdateDetails => LinkPurpose::UpdateDetails,
        LinkKind::Cancel => LinkPurpose::Cancel,
        LinkKind::Pause => LinkPurpose::Pause,
        LinkKind::ChangePlan => LinkPurpose::ChangePlan,
        LinkKind::ConfirmPlan => LinkPurpose::ConfirmPlan,
        LinkKind::Checkout => LinkPurpose::Checkout,
        LinkKind::PaymentLink => LinkPurpose::PaymentLink,
        LinkKind::SetUpCard => LinkPurpose::SetUpCard,
    }
}

/// How it left; the older kinds say so themselves.
pub(super) fn delivery(kind: LinkKind, noted: Option<Delivery>) -> Delivery {
    noted.unwrap_or(match kind {
        LinkKind::PortalMail => Delivery::Mail,
        LinkKind::PortalCopy => Delivery::Copy,
        _ => Delivery::Open,
    })
}

/// What became of an attempt; none while it is under way.
pub(super) fn link_result(result: Option<LinkResult>) -> Word {
    match result {
        None => word(
            "under_way",
            "Under way",
            Tone::Info,
            "Being made right now.",
        ),
        Some(LinkResult::Opened) => word(
            "opened",
            "Opened",
            Tone::Good,
            "Handed to this computer's browser.",
        ),
        Some(LinkResult::Prepared) => word(
            "prepared",
            "Prepared",
            Tone::Good,
            "Handed over for sending; whether it was sent is not known.",
        ),
        Some(LinkResult::Failed) => word(
            "failed",
            "Failed",
            Tone::Bad,
            "Nothing left; the message says why.",
        ),
        Some(LinkResult::Interrupted) => word(
            "interrupted",
            "Interrupted",
            Tone::Warn,
            "Portico was ended in between; it was not tried again.",
        ),
    }
}

/// How a link that left stands now.
pub(super) fn state(standing: Standing) -> Word {
    match standing {
        Standing::Used => word(
            "used",
            "Used",
            Tone::Good,
            "Stripe tells of a change that it asked for.",
        ),
        Standing::Superseded => word(
            "superseded",
            "Superseded",
            Tone::Neutral,
            "A newer link of the same kind was made since.",
        ),
        Standing::Expired => word(
            "expired",
            "Expired",
            Tone::Warn,
            "It does not work any more; make it anew if it is still needed.",
        ),
        Standing::Fresh => word(
            "fresh",
            "Fresh",
            Tone::Info,
            "It still works, as far as Portico knows.",
        ),
        Standing::Elsewhere => word(
            "created_elsewhere",
            "Created",
            Tone::Neutral,
            "Made by Stripe's login page or by another program; whether anybody saw it is not known.",
        ),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Used,
    Superseded,
    Expired,
    Fresh,
    Elsewhere,
}
