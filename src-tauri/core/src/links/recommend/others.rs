//! The other links that Stripe would make for a client, each with what it is good for.

use super::suggest;
use crate::journal::Delivery;
use crate::links::facts::{ClientFacts, CustomerFacts};
use crate::links::lifetime::lifetime;
use crate::links::possible::{offers, possible};
use crate::links::types::{LinkPurpose, LinkRequest, SuggestedLink};

/// Of one kind, e.g. open invoices: more than that are found on the client's page.
const OF_A_KIND: usize = 5;

pub(super) fn others(facts: &ClientFacts, chosen: Option<&SuggestedLink>) -> Vec<SuggestedLink> {
    let chosen = chosen.map(|link| subject(&link.request));
    let wishes = wishes(facts).into_iter();
    wishes
        .filter_map(|wish| possible(facts, &wish).ok())
        .filter(|full| Some(subject(full)) != chosen)
        .map(|full| suggest(facts, full))
        .collect()
}

/// What tells one link from another of its kind.
fn subject(request: &LinkRequest) -> [Option<&str>; 4] {
    [
        Some(request.purpose.label()),
        request.subscription.as_deref(),
        request.invoice.as_deref(),
        request.price.as_deref(),
    ]
}

/// Everything that could be wished for, in the order of the screen: to look, to pay, to change, to
/// leave, to buy.
fn wishes(facts: &ClientFacts) -> Vec<LinkRequest> {
    use LinkPurpose::*;
    let payer = facts.payer();
    let wish = |purpose| LinkRequest::new(purpose, delivery(facts, purpose, payer));
    let mut wishes = vec![wish(PortalHome), wish(LoginPage)];
    for invoice in facts.open_invoices().take(OF_A_KIND) {
        wishes.push(LinkRequest {
            invoice: Some(invoice.id.clone()),
            ..wish(PayInvoice)
        });
    }
    wishes.extend([
        wish(UpdatePaymentMethod),
        wish(SetUpCard),
        wish(UpdateDetails),
    ]);
    for subscription in facts.running().take(OF_A_KIND) {
        let owner = facts.customer(&subscription.customer);
        let about = |purpose| LinkRequest {
            subscription: Some(subscription.id.clone()),
            ..LinkRequest::new(purpose, delivery(facts, purpose, owner))
        };
        wishes.push(about(ChangePlan));
        let item = subscription.items.first();
        let offers = item.into_iter().flat_map(|item| offers(facts, item));
        wishes.extend(offers.take(OF_A_KIND).map(|(_, price)| LinkRequest {
            price: Some(price.id.clone()),
            ..about(ConfirmPlan)
        }));
        wishes.extend([about(Pause), about(Cancel)]);
    }
    let price = super::words::sale(facts).map(|price| price.id.clone());
    wishes.extend([Checkout, PaymentLink].map(|purpose| LinkRequest {
        price: price.clone(),
        ..wish(purpose)
    }));
    wishes
}

/// How a link leaves unless somebody chooses: to the client where it can, else here.
pub(super) fn delivery(
    facts: &ClientFacts,
    purpose: LinkPurpose,
    customer: Option<&CustomerFacts>,
) -> Delivery {
    let email = customer.and_then(|customer| customer.email.as_ref());
    let deliveries = lifetime(purpose, email.is_some()).deliveries;
    let reachable = email.or(facts.email.as_ref()).is_some();
    let wanted = deliveries
        .iter()
        .find(|delivery| reachable || **delivery != Delivery::Mail);
    wanted.copied().unwrap_or(Delivery::Open)
}
