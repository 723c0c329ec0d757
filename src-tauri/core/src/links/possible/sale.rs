//! What sells a client something: a checkout, a payment link, and the page that only keeps a card.

use super::permitted;
use crate::links::facts::{ClientFacts, CustomerFacts, PriceFacts};
use crate::links::types::LinkRequest;

const CHECKOUT: [&str; 3] = [
    "rak_checkout_session_write",
    "rak_checkout_session_read",
    "rak_bucket_checkout_read",
];
const LINKS: [&str; 2] = [
    "rak_bucket_payment_links_write",
    "rak_bucket_payment_links_read",
];

/// A first or next plan, for this customer.
pub(super) fn checkout(
    facts: &ClientFacts,
    full: &mut LinkRequest,
    customer: &CustomerFacts,
) -> Result<(), String> {
    permitted(facts, &CHECKOUT, "make checkouts")?;
    let price = sold(facts, full)?;
    let billed = facts.currency(customer);
    // Stripe bills a customer in one currency.
    if billed.is_some_and(|currency| currency != price.currency) {
        return Err(format!(
            "{} is in {}, and this customer is billed in {}.",
            price.plan,
            price.currency.to_uppercase(),
            billed.unwrap_or_default().to_uppercase()
        ));
    }
    fill(full, price);
    Ok(())
}

/// A page where whoever opens it can buy.
pub(super) fn link(facts: &ClientFacts, full: &mut LinkRequest) -> Result<(), String> {
    let price = sold(facts, full)?;
    // One that exists is only looked up; else it has to be made.
    let needed: &[&str] = match facts.payment_links.contains(&price.id) && full.quantity.is_none() {
        true => &LINKS[1..],
        false => &LINKS,
    };
    permitted(facts, needed, "use payment links")?;
    fill(full, price);
    Ok(())
}

/// Stripe wants to know the currency of what the card will be charged with later.
pub(super) fn set_up(facts: &ClientFacts, customer: &CustomerFacts) -> Result<(), String> {
    permitted(facts, &CHECKOUT, "make checkouts")?;
    match facts.currency(customer) {
        Some(_) => Ok(()),
        None => Err("Nothing tells in what currency this client will be billed, and Stripe wants to know before it keeps a card.".into()),
    }
}

fn fill(full: &mut LinkRequest, price: &PriceFacts) {
    full.price = Some(price.id.clone());
    // What is billed by usage takes no quantity.
    full.quantity = (!price.metered).then(|| full.quantity.unwrap_or(1));
}

/// The price that was asked for; else that of the plan that ended last, if it is still sold; else
/// the only one there is.
fn sold<'f>(facts: &'f ClientFacts, full: &LinkRequest) -> Result<&'f PriceFacts, String> {
    let find = |id: &str| facts.sold.iter().find(|price| price.id == id);
    if let Some(id) = &full.price {
        return find(id).map(|price| &**price).ok_or_else(|| {
            format!("{id} cannot be sold to this client: it is archived, not recurring, or in a currency that the client is not billed in.")
        });
    }
    let last = last_plan(facts).and_then(|price| find(&price.id));
    match (last, facts.sold.as_slice()) {
        (Some(last), _) => Ok(last),
        (None, [only]) => Ok(only),
        (None, []) => Err(
            "There is no plan to sell: no active recurring price in a currency of this client."
                .into(),
        ),
        (None, _) => Err("Say which plan to sell.".into()),
    }
}

/// What the client had last, where that was one thing.
pub(in crate::links) fn last_plan(facts: &ClientFacts) -> Option<&PriceFacts> {
    let ended = facts.subscriptions.iter().find(|s| s.is_over())?;
    match ended.items.as_slice() {
        [item] => Some(&item.price),
        _ => None,
    }
}
