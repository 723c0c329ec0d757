//! What the rows of the table look for in a client: which subscription, which invoice, which card.

use super::{others, words};
use crate::links::facts::{ClientFacts, InvoiceFacts, MethodFacts, Pause, SubscriptionFacts};
use crate::links::types::LinkPurpose::{self, Cancel, ChangePlan, Checkout, ConfirmPlan};
use crate::links::types::LinkPurpose::{PayInvoice, PaymentLink, SetUpCard, UpdatePaymentMethod};
use crate::links::types::LinkRequest;
use chrono::{DateTime, Months, NaiveDate, Utc};

/// How long yearly clients are kept to the plan they began with.
const FIRST_MONTHS: Months = Months::new(6);

/// What a row is about: the client as a whole, one subscription, or one invoice.
#[derive(Clone, Copy, Default)]
pub(super) struct Subject<'f> {
    pub subscription: Option<&'f SubscriptionFacts>,
    pub invoice: Option<&'f InvoiceFacts>,
}

impl<'f> Subject<'f> {
    pub fn of(subscription: &'f SubscriptionFacts) -> Self {
        Self {
            subscription: Some(subscription),
            invoice: None,
        }
    }

    pub fn plan(&self) -> String {
        let plan = self.subscription.map(SubscriptionFacts::plan);
        plan.unwrap_or_else(|| "The subscription".into())
    }

    /// What has to be paid, as far as it is known.
    pub fn bill(&self) -> String {
        let known = self.invoice.map(InvoiceFacts::words);
        known.unwrap_or_else(|| "the open invoice".into())
    }

    pub fn resumes(&self) -> Option<DateTime<Utc>> {
        match self.subscription?.pause? {
            Pause::Collection { until } => until,
            _ => None,
        }
    }

    /// The link that is wished for.
    pub fn request(&self, facts: &ClientFacts, purpose: LinkPurpose) -> LinkRequest {
        let owner = self
            .subscription
            .and_then(|subscription| facts.customer(&subscription.customer))
            .filter(|customer| !customer.deleted)
            .or_else(|| facts.payer());
        let mut wish = LinkRequest::new(purpose, others::delivery(facts, purpose, owner));
        match purpose {
            PayInvoice => wish.invoice = self.invoice.map(|invoice| invoice.id.clone()),
            Checkout | PaymentLink => {
                wish.price = words::sale(facts).map(|price| price.id.clone());
            }
            Cancel | LinkPurpose::Pause | ChangePlan | ConfirmPlan => {
                wish.subscription = self.subscription.map(|s| s.id.clone());
            }
            // The card that pays is its subscription's customer's.
            UpdatePaymentMethod | SetUpCard => {
                wish.customer = owner.map(|customer| customer.id.clone());
            }
            _ => {}
        }
        wish
    }
}

pub(super) fn client<'f>(holds: bool) -> Option<Subject<'f>> {
    holds.then(Subject::default)
}

/// The newest subscription that is not over and of which this holds, with what is open of it.
pub(super) fn subscription(
    facts: &ClientFacts,
    holds: impl Fn(&SubscriptionFacts) -> bool,
) -> Option<Subject<'_>> {
    let mut live = facts.subscriptions.iter().filter(|s| !s.is_over());
    live.find(|s| holds(s)).map(|subscription| Subject {
        subscription: Some(subscription),
        invoice: facts
            .open_invoices()
            .find(|invoice| invoice.subscription.as_deref() == Some(&subscription.id)),
    })
}

/// The open invoice of which this holds that was due first.
pub(super) fn invoice(
    facts: &ClientFacts,
    holds: impl Fn(&InvoiceFacts) -> bool,
) -> Option<Subject<'_>> {
    let open = facts.open_invoices().filter(|invoice| holds(invoice));
    open.min_by_key(|invoice| invoice.due)
        .map(|invoice| Subject {
            subscription: None,
            invoice: Some(invoice),
        })
}

/// Months that the card is still good for which the subscription is charged to.
fn months_left(facts: &ClientFacts, subscription: &SubscriptionFacts) -> Option<i32> {
    if subscription.by_invoice || subscription.ends.is_some() {
        return None;
    }
    facts.method_of(subscription)?.months_left(facts.today())
}

pub(super) fn expired<'f>(
    facts: &'f ClientFacts,
    subscription: Option<&SubscriptionFacts>,
) -> Option<&'f MethodFacts> {
    let subscription = subscription?;
    months_left(facts, subscription).filter(|months| *months < 0)?;
    facts.method_of(subscription)
}

/// This month or the next is the card's last.
pub(super) fn expires_soon(facts: &ClientFacts, subscription: &SubscriptionFacts) -> bool {
    months_left(facts, subscription).is_some_and(|months| (0..=1).contains(&months))
}

/// Whom the login page would open instead of the client's customer.
pub(super) fn misled(facts: &ClientFacts) -> Option<&str> {
    facts.payer()?.shared.as_ref()?.opens.as_deref()
}

/// The day from which a yearly client's plan may change.
pub(super) fn keeps_until(
    facts: &ClientFacts,
    subscription: &SubscriptionFacts,
) -> Option<NaiveDate> {
    facts
        .date(subscription.started?)
        .checked_add_months(FIRST_MONTHS)
}
