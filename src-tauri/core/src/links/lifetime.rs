//! How long each kind of link works, and by what it may leave: told before anybody relies on it.

use super::types::{Lifetime, LinkPurpose};
use crate::journal::Delivery::{self, Copy, Mail, Open};

const SESSION: &str = "5 minutes when unused, then 1 hour after the last click";

/// `recoverable`: the customer has an email with which an expired session can be opened again.
pub(super) fn lifetime(purpose: LinkPurpose, recoverable: bool) -> Lifetime {
    use LinkPurpose::*;
    match purpose {
        PortalHome => only_opened(
            "Its address lets in whoever holds it, and is dead 5 minutes later. To send the portal, send its login page.",
        ),
        LoginPage => sendable("As long as the login page is on", &[Mail, Copy]),
        UpdatePaymentMethod | UpdateDetails | Cancel | Pause | ChangePlan | ConfirmPlan
            if recoverable =>
        {
            sendable(
                "Opens at once for 5 minutes; after that the client proves the email first",
                &[Mail, Copy, Open],
            )
        }
        UpdatePaymentMethod | UpdateDetails | Cancel | Pause | ChangePlan | ConfirmPlan => {
            only_opened(
                "It is dead 5 minutes later, and without an email in Stripe the client cannot open it again.",
            )
        }
        PayInvoice => sendable(
            "At least 10 days: its address is fetched at that moment",
            &[Mail, Copy, Open],
        ),
        Checkout | SetUpCard => sendable(
            "24 hours; after that it has to be made anew",
            &[Mail, Copy, Open],
        ),
        PaymentLink => sendable("Until it is switched off", &[Mail, Copy, Open]),
    }
}

fn only_opened(because: &str) -> Lifetime {
    Lifetime {
        words: SESSION.into(),
        deliveries: vec![Open],
        not_mailed_because: Some(because.into()),
    }
}

fn sendable(words: &str, deliveries: &[Delivery]) -> Lifetime {
    Lifetime {
        words: words.into(),
        deliveries: deliveries.to_vec(),
        not_mailed_because: None,
    }
}
