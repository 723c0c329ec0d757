//! The sentences of recommendations: what links are called, what they are good for, and the facts
//! that reasons name.

use crate::links::facts::{ClientFacts, ItemFacts, PriceFacts, SubscriptionFacts};
use crate::links::possible::last_plan;
use crate::links::types::{LinkPurpose, LinkRequest};
use chrono::{DateTime, Utc};

/// "Pay invoice 0042 (120.00 EUR)"
pub(in crate::links) fn title(facts: &ClientFacts, request: &LinkRequest) -> String {
    let plan = || plan(facts, request);
    let price = || sold(facts, request);
    match request.purpose {
        LinkPurpose::PortalHome => "Open the portal".into(),
        LinkPurpose::LoginPage => "Send the portal's login page".into(),
        LinkPurpose::UpdatePaymentMethod => "Replace the card".into(),
        LinkPurpose::UpdateDetails => "Change billing details".into(),
        LinkPurpose::Cancel => format!("Cancel {}", plan()),
        LinkPurpose::Pause => format!("Pause {}", plan()),
        LinkPurpose::ChangePlan => format!("Change {} to another plan", plan()),
        LinkPurpose::ConfirmPlan => match price() {
            Some(price) => format!("Confirm the change from {} to {}", plan(), price.plan),
            None => format!("Confirm the change of {}", plan()),
        },
        LinkPurpose::PayInvoice => format!("Pay {}", invoice(facts, request)),
        LinkPurpose::Checkout => match price() {
            Some(price) => format!("Check out {} ({})", price.plan, price.words),
            None => "Check out a plan".into(),
        },
        LinkPurpose::PaymentLink => match price() {
            Some(price) => format!("Payment link for {} ({})", price.plan, price.words),
            None => "Payment link".into(),
        },
        LinkPurpose::SetUpCard => "Add a card".into(),
    }
}

/// One sentence: what the link does for the client.
pub(super) fn good_for(facts: &ClientFacts, request: &LinkRequest) -> String {
    let plan = || plan(facts, request);
    match request.purpose {
        LinkPurpose::PortalHome => "Everything that the client's portal settings allow, at once and here: with the client on the telephone, or at this screen.".into(),
        LinkPurpose::LoginPage => format!(
            "The portal to keep: the client opens it at any time with a code sent to {}.",
            request.customer.as_deref().and_then(|id| facts.customer(id)).and_then(|c| c.email.as_deref()).unwrap_or("their email"),
        ),
        LinkPurpose::UpdatePaymentMethod => "Leads straight to a new card or account, which pays from then on.".into(),
        LinkPurpose::UpdateDetails => "Leads straight to name, address and tax ID, as they stand on invoices.".into(),
        LinkPurpose::Cancel if facts.portal.settings.cancel.immediately => format!("Leads straight to cancelling {}, which ends it at once.", plan()),
        LinkPurpose::Cancel => format!("Leads straight to cancelling {}, which runs to the end of the paid period.", plan()),
        LinkPurpose::Pause => format!("Leads straight to pausing {} instead of cancelling it.", plan()),
        LinkPurpose::ChangePlan => format!("Leads straight to the plans that {} can be changed to.", plan()),
        LinkPurpose::ConfirmPlan => "The change is prepared; the client sees what it costs and only has to confirm.".into(),
        LinkPurpose::PayInvoice => "The invoice's own page: the client pays it there, with whatever card.".into(),
        LinkPurpose::Checkout => match facts.running().next() {
            Some(running) => format!("Sells a further subscription beside {}, to this same customer.", running.plan()),
            None => "Sells it to this same customer, so nothing is doubled in Stripe.".into(),
        },
        LinkPurpose::PaymentLink => match facts.payer() {
            Some(_) => "A page that lasts and that anybody can buy on; Stripe makes a new customer of whoever does.".into(),
            None => "A page that lasts and that anybody can buy on; Stripe makes a customer of whoever does.".into(),
        },
        LinkPurpose::SetUpCard => "Keeps a card without charging it; making it the one that pays is up to you.".into(),
    }
}

fn plan(facts: &ClientFacts, request: &LinkRequest) -> String {
    let id = request.subscription.as_deref();
    let found = facts
        .subscriptions
        .iter()
        .find(|s| Some(s.id.as_str()) == id);
    found.map_or_else(|| "the subscription".into(), SubscriptionFacts::plan)
}

fn invoice(facts: &ClientFacts, request: &LinkRequest) -> String {
    let id = request.invoice.as_deref();
    let found = facts.invoices.iter().find(|i| Some(i.id.as_str()) == id);
    found.map_or_else(|| "the open invoice".into(), |invoice| invoice.words())
}

fn sold<'f>(facts: &'f ClientFacts, request: &LinkRequest) -> Option<&'f PriceFacts> {
    let id = request.price.as_deref()?;
    let sold = facts.sold.iter().map(|price| &**price);
    let own = facts.subscriptions.iter().flat_map(|s| &s.items);
    sold.chain(own.map(|item: &ItemFacts| &*item.price))
        .find(|price| price.id == id)
}

/// What to sell: the plan that ended last, while it is still sold, else the smallest in the
/// client's currency.
pub(super) fn sale(facts: &ClientFacts) -> Option<&PriceFacts> {
    let last = last_plan(facts).and_then(|last| facts.sold.iter().find(|p| p.id == last.id));
    let billed = facts.payer().and_then(|customer| facts.currency(customer));
    let fits = |price: &PriceFacts| billed.is_none_or(|currency| price.currency == currency);
    last.into_iter()
        .chain(&facts.sold)
        .map(|price| &**price)
        .find(|price| fits(price))
}

/// What a checkout would sell, and that it can be something else.
pub(super) fn sells(facts: &ClientFacts) -> String {
    let last = last_plan(facts);
    match (sale(facts), last) {
        (Some(price), Some(last)) if price.id == last.id => {
            format!("A checkout starts the same plan again ({}).", price.words)
        }
        (Some(price), Some(last)) => format!(
            "{} is not sold any more; a checkout can start {} ({}) instead, or another plan.",
            last.plan, price.plan, price.words
        ),
        (Some(price), None) => format!(
            "A checkout starts {} ({}), or another plan that you choose.",
            price.plan, price.words
        ),
        (None, _) => "There is no active plan in the client's currency to sell, either.".into(),
    }
}

/// " on 3 March 2026", or nothing where the day is not known.
pub(super) fn on(facts: &ClientFacts, at: Option<DateTime<Utc>>) -> String {
    at.map(|at| format!(" on {}", facts.day(at)))
        .unwrap_or_default()
}

pub(super) fn until(facts: &ClientFacts, at: Option<DateTime<Utc>>) -> String {
    at.map(|at| format!(" until {}", facts.day(at)))
        .unwrap_or_default()
}

pub(super) fn due(facts: &ClientFacts, at: Option<DateTime<Utc>>) -> String {
    at.map(|at| format!(", due on {}", facts.day(at)))
        .unwrap_or_default()
}

/// Until when the first payment can be made, to the minute: it is a matter of hours.
pub(super) fn lapses(facts: &ClientFacts, at: DateTime<Utc>) -> String {
    let there = at.with_timezone(&facts.zone).format("%-d %B %Y, %H:%M");
    match at > facts.now {
        true => format!(", and Stripe lets it lapse at {there}"),
        false => format!(", and Stripe lets it lapse (from {there} on)"),
    }
}

/// "Visa •••• 4242"
pub(super) fn card(facts: &ClientFacts, subscription: Option<&SubscriptionFacts>) -> String {
    let method = subscription.and_then(|s| facts.method_of(s));
    method.map_or_else(|| "The card".into(), |method| method.label.clone())
}

/// "October 2026"
pub(super) fn expiry(facts: &ClientFacts, subscription: Option<&SubscriptionFacts>) -> String {
    let method = subscription.and_then(|s| facts.method_of(s));
    method.map(|method| method.expires()).unwrap_or_default()
}

pub(super) fn expired(facts: &ClientFacts, subscription: Option<&SubscriptionFacts>) -> String {
    format!(" in {}", expiry(facts, subscription))
}

/// "Studio monthly, Care yearly"
pub(super) fn plans(facts: &ClientFacts) -> String {
    facts
        .running()
        .map(SubscriptionFacts::plan)
        .collect::<Vec<_>>()
        .join(", ")
}

/// How a subscription stands of which nothing else is to be said.
pub(super) fn standing(facts: &ClientFacts, subscription: Option<&SubscriptionFacts>) -> String {
    let Some(subscription) = subscription else {
        return "runs".into();
    };
    match subscription.status.as_str() {
        "active" => {
            let renews = subscription
                .renews
                .map(|at| format!(" and renews on {}", facts.day(at)));
            format!("runs{}", renews.unwrap_or_default())
        }
        "trialing" => format!("is in its trial{}", until(facts, subscription.trial_end)),
        "past_due" => "runs, and its payment is late".into(),
        _ => "is in a state of Stripe's that this version of Portico does not know".into(),
    }
}

/// With a capital letter, to begin a sentence.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
