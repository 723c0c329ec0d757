//! Whether Stripe would make a link: fills in what was left out, or says why it would refuse.

mod sale;
mod subscription;

use super::facts::{ClientFacts, CustomerFacts, InvoiceFacts, SubscriptionFacts, login_page};
use super::lifetime::lifetime;
use super::types::{LinkPurpose, LinkRequest};
use crate::journal::Delivery;

/// The request with everything filled in; or one sentence for a person.
pub(super) fn possible(facts: &ClientFacts, request: &LinkRequest) -> Result<LinkRequest, String> {
    let mut full = request.clone();
    let named = named_customer(facts, request)?;
    let customer = match request.purpose {
        LinkPurpose::PayInvoice => return pay(facts, full, named),
        LinkPurpose::PaymentLink => {
            sale::link(facts, &mut full)?;
            named.or_else(|| facts.payer())
        }
        purpose => {
            let chosen = match purpose {
                LinkPurpose::Cancel
                | LinkPurpose::Pause
                | LinkPurpose::ChangePlan
                | LinkPurpose::ConfirmPlan => subscription::owner(facts, &mut full, named)?,
                _ => named.or_else(|| facts.payer()),
            };
            let customer = chosen.ok_or_else(|| nobody(facts))?;
            full.customer = Some(customer.id.clone());
            for_customer(facts, &mut full, customer)?;
            Some(customer)
        }
    };
    leaves(facts, full, customer)
}

fn for_customer(
    facts: &ClientFacts,
    full: &mut LinkRequest,
    customer: &CustomerFacts,
) -> Result<(), String> {
    let settings = &facts.portal.settings;
    match full.purpose {
        LinkPurpose::Checkout => sale::checkout(facts, full, customer),
        LinkPurpose::SetUpCard => sale::set_up(facts, customer),
        purpose => {
            portal_permitted(facts)?;
            match purpose {
                LinkPurpose::LoginPage => {
                    login_page(customer)?;
                    if !settings.login_page {
                        return Err(format!(
                            "The login page of the portal settings “{}” is switched off. Switch it on in the portal studio, or open the portal from here.",
                            facts.portal.words.name
                        ));
                    }
                    Ok(())
                }
                LinkPurpose::UpdatePaymentMethod => offered(
                    facts,
                    settings.payment_method_update.enabled,
                    "replace their payment method",
                ),
                LinkPurpose::UpdateDetails => {
                    let details = &settings.customer_update;
                    offered(
                        facts,
                        details.enabled && !details.allowed.is_empty(),
                        "change their billing details",
                    )
                }
                LinkPurpose::Cancel
                | LinkPurpose::Pause
                | LinkPurpose::ChangePlan
                | LinkPurpose::ConfirmPlan => subscription::flow(facts, full),
                _ => Ok(()),
            }
        }
    }
}

/// The customer that was asked for, or the one of the subscription that was: both must be this
/// client's.
fn named_customer<'f>(
    facts: &'f ClientFacts,
    request: &LinkRequest,
) -> Result<Option<&'f CustomerFacts>, String> {
    let Some(id) = &request.customer else {
        return Ok(None);
    };
    let customer = facts
        .customer(id)
        .ok_or_else(|| format!("{id} does not belong to {} in this workspace.", facts.name))?;
    if customer.deleted {
        return Err(format!(
            "{} was deleted in Stripe, so no link can act for it any more.",
            customer.words()
        ));
    }
    Ok(Some(customer))
}

fn nobody(facts: &ClientFacts) -> String {
    if facts.customers.is_empty() {
        "This client is not in Stripe yet. Link a Stripe customer on the client's page first, or send a payment link.".into()
    } else {
        "This client's customer was deleted in Stripe, so no link can act for it any more. Link another customer on the client's page, or send a payment link.".into()
    }
}

/// A portal session is written, whatever it shows.
fn portal_permitted(facts: &ClientFacts) -> Result<(), String> {
    permitted(
        facts,
        &["rak_customer_portal_write", "rak_customer_portal_read"],
        "open the customer portal",
    )
}

/// `permissions`: what it takes, and what it takes as well because writing includes reading.
fn permitted(facts: &ClientFacts, permissions: &[&'static str], what: &str) -> Result<(), String> {
    match (facts.lacks(permissions), permissions.first()) {
        (Some(_), Some(wanted)) => Err(format!(
            "The key may not {what}. Add the permission `{wanted}` to it in Stripe."
        )),
        _ => Ok(()),
    }
}

/// A flow is refused unless the configuration has its feature on.
fn offered(facts: &ClientFacts, on: bool, what: &str) -> Result<(), String> {
    if on {
        return Ok(());
    }
    Err(format!(
        "The portal settings “{}” do not let clients {what}. Switch that on in the portal studio, or choose other settings for this client.",
        facts.portal.words.name
    ))
}

/// The invoice that was asked for, else the newest that is open.
fn pay(
    facts: &ClientFacts,
    mut full: LinkRequest,
    named: Option<&CustomerFacts>,
) -> Result<LinkRequest, String> {
    permitted(facts, &["rak_invoice_read"], "read invoices")?;
    let invoice = match &full.invoice {
        Some(id) => {
            let found = facts.invoices.iter().find(|invoice| invoice.id == *id);
            let invoice = found
                .ok_or_else(|| format!("{id} is no invoice of {} that can be paid.", facts.name))?;
            payable(invoice)?;
            invoice
        }
        None => facts
            .open_invoices()
            .find(|invoice| named.is_none_or(|customer| customer.id == invoice.customer))
            .ok_or("No invoice of this client is open, so there is nothing to pay.")?,
    };
    if named.is_some_and(|customer| customer.id != invoice.customer) {
        return Err(format!(
            "{} was issued to another customer of {}.",
            invoice.words(),
            facts.name
        ));
    }
    full.customer = Some(invoice.customer.clone());
    full.invoice = Some(invoice.id.clone());
    let customer = facts.customer(&invoice.customer);
    leaves(facts, full, customer)
}

fn payable(invoice: &InvoiceFacts) -> Result<(), String> {
    if invoice.is_payable() {
        return Ok(());
    }
    let why = match invoice.status.as_str() {
        "paid" => "it is paid already",
        "void" => "it was cancelled",
        "uncollectible" => "it was written off",
        "draft" => "it is a draft, which the client cannot see yet",
        "open" if invoice.remaining.amount <= 0 => "nothing is left to pay on it",
        "open" => "it has no page yet",
        _ => "it is not open",
    };
    let name = invoice.number.as_deref().unwrap_or(&invoice.id);
    Err(format!("Invoice {name} cannot be paid: {why}."))
}

/// Whether it may leave as asked, and to whom.
fn leaves(
    facts: &ClientFacts,
    mut full: LinkRequest,
    customer: Option<&CustomerFacts>,
) -> Result<LinkRequest, String> {
    let email = customer.and_then(|customer| customer.email.as_ref());
    let life = lifetime(full.purpose, email.is_some());
    if !life.deliveries.contains(&full.delivery) {
        return Err(life.not_mailed_because.unwrap_or_else(|| {
            "This link is for the client: send it as a message, or copy it.".into()
        }));
    }
    if full.delivery == Delivery::Mail && full.recipient.is_none() {
        full.recipient = email.or(facts.email.as_ref()).cloned();
        if full.recipient.is_none() {
            return Err(
                "No email of this client is known. Add a contact with one, or copy the link."
                    .into(),
            );
        }
    }
    Ok(full)
}

/// "Studio monthly ends on 3 May 2026", for sentences about one subscription.
fn about(subscription: &SubscriptionFacts, what: &str) -> String {
    format!("{} {what}", subscription.plan())
}
