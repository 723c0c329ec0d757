//! The portal's flows that act on one subscription: which can be, and what Stripe would say.

use super::{about, nobody, offered};
use crate::links::facts::{
    ClientFacts, CustomerFacts, ItemFacts, Pause, PriceFacts, SubscriptionFacts,
};
use crate::links::types::{LinkPurpose, LinkRequest};
use crate::portal::OfferedProduct;

/// Chooses the subscription that was left out, and answers whose it is.
pub(super) fn owner<'f>(
    facts: &'f ClientFacts,
    full: &mut LinkRequest,
    named: Option<&'f CustomerFacts>,
) -> Result<Option<&'f CustomerFacts>, String> {
    let subscription = match &full.subscription {
        Some(id) => facts
            .subscriptions
            .iter()
            .find(|subscription| subscription.id == *id)
            .ok_or_else(|| format!("{id} does not belong to {} in this workspace.", facts.name))?,
        None => only(facts, full, named)?,
    };
    if named.is_some_and(|customer| customer.id != subscription.customer) {
        return Err(about(
            subscription,
            "belongs to another customer of this client.",
        ));
    }
    full.subscription = Some(subscription.id.clone());
    let owner = facts.customer(&subscription.customer);
    Ok(owner.filter(|customer| !customer.deleted))
}

/// The one subscription that it can be.
fn only<'f>(
    facts: &'f ClientFacts,
    full: &LinkRequest,
    named: Option<&CustomerFacts>,
) -> Result<&'f SubscriptionFacts, String> {
    if named.is_none() && facts.payer().is_none() {
        return Err(nobody(facts));
    }
    let all = || {
        facts
            .subscriptions
            .iter()
            .filter(|s| named.is_none_or(|customer| customer.id == s.customer))
    };
    let fits: Vec<_> = all().filter(|s| fits(facts, full, s).is_ok()).collect();
    match fits.as_slice() {
        [one] => Ok(*one),
        [] => {
            // What stands in the way of the newest is what the person wants to know.
            let newest = all().next().ok_or("This client has no subscription.")?;
            fits_or_why(facts, full, newest)
        }
        several => {
            let plans: Vec<String> = several
                .iter()
                .map(|s| format!("{} ({})", s.plan(), s.id))
                .collect();
            Err(format!("Say which subscription: {}.", plans.join(", ")))
        }
    }
}

fn fits_or_why<'f>(
    facts: &ClientFacts,
    full: &LinkRequest,
    subscription: &'f SubscriptionFacts,
) -> Result<&'f SubscriptionFacts, String> {
    fits(facts, full, subscription).map(|_| subscription)
}

/// Checks the chosen subscription, and fills in what the flow needs besides.
pub(super) fn flow(facts: &ClientFacts, full: &mut LinkRequest) -> Result<(), String> {
    let id = full.subscription.as_deref().unwrap_or_default();
    let subscription = facts.subscriptions.iter().find(|s| s.id == id);
    let subscription = subscription.ok_or("This client has no subscription.")?;
    if let Some(change) = fits(facts, full, subscription)? {
        full.price = Some(change.price);
        full.quantity = change.quantity;
    }
    Ok(())
}

/// What a change of plan comes to.
struct Change {
    price: String,
    quantity: Option<u32>,
}

/// Whether the flow works for this subscription.
fn fits(
    facts: &ClientFacts,
    request: &LinkRequest,
    subscription: &SubscriptionFacts,
) -> Result<Option<Change>, String> {
    let settings = &facts.portal.settings;
    // Stripe keeps its hands off what never began or is over.
    if subscription.is_over() {
        return Err(about(subscription, "is over."));
    }
    if subscription.is_incomplete() {
        return Err(about(
            subscription,
            "has not begun: its first invoice is not paid yet.",
        ));
    }
    let no_change = if request.purpose == LinkPurpose::Cancel {
        offered(facts, settings.cancel.enabled, "cancel")
    } else if request.purpose == LinkPurpose::Pause {
        offered(facts, settings.pause.enabled, "pause")
    } else {
        offered(facts, settings.update.enabled, "change their plan")
    };
    no_change?;
    if let Some(ends) = subscription.ends {
        let when = format!("ends on {} already.", facts.day(ends));
        return Err(about(subscription, &when));
    }
    if subscription.scheduled {
        return Err(about(
            subscription,
            "has a change scheduled, and the portal leaves such a subscription alone.",
        ));
    }
    match request.purpose {
        LinkPurpose::Cancel => {
            coupon(facts, request, subscription)?;
            Ok(None)
        }
        LinkPurpose::Pause => {
            simple(subscription)?;
            running(subscription)?;
            Ok(None)
        }
        LinkPurpose::ConfirmPlan => {
            let item = simple(subscription)?;
            running(subscription)?;
            Ok(Some(confirmed(facts, request, subscription, item)?))
        }
        _ => {
            let item = simple(subscription)?;
            running(subscription)?;
            something_to_change(facts, subscription, item)?;
            Ok(None)
        }
    }
}

/// Of subscriptions with several items, by usage or paid by invoice, the portal can only cancel.
fn simple(subscription: &SubscriptionFacts) -> Result<&ItemFacts, String> {
    let only_cancelled = |what: &str| {
        Err(about(
            subscription,
            &format!("{what}; the portal can only cancel such a subscription."),
        ))
    };
    if subscription.by_invoice {
        return only_cancelled("is paid by invoice");
    }
    if subscription.is_metered() {
        return only_cancelled("is billed by usage");
    }
    match subscription.items.as_slice() {
        [item] => Ok(item),
        _ => only_cancelled("has several items"),
    }
}

fn running(subscription: &SubscriptionFacts) -> Result<(), String> {
    match (subscription.pause, subscription.status.as_str()) {
        (Some(Pause::Collection { .. }), _) => Err(about(
            subscription,
            "is paused: its invoices are not collected now.",
        )),
        (Some(_), _) => Err(about(
            subscription,
            "is paused; it has to be resumed first.",
        )),
        (None, "active" | "trialing" | "past_due") => Ok(()),
        (None, "unpaid") => Err(about(
            subscription,
            "is unpaid; its open invoice has to be paid first.",
        )),
        (None, _) => Err(about(
            subscription,
            "is in a state that this version of Portico does not know.",
        )),
    }
}

fn coupon(
    facts: &ClientFacts,
    request: &LinkRequest,
    subscription: &SubscriptionFacts,
) -> Result<(), String> {
    let Some(id) = &request.coupon else {
        return Ok(());
    };
    let coupon = facts.coupons.iter().find(|coupon| coupon.id == *id);
    let coupon = coupon.ok_or_else(|| {
        format!("The coupon {id} cannot be redeemed any more. Offer another one, or none.")
    })?;
    match &coupon.currency {
        Some(currency) if *currency != subscription.currency => Err(format!(
            "The coupon {id} takes off an amount in {}, and {} is billed in {}.",
            currency.to_uppercase(),
            subscription.plan(),
            subscription.currency.to_uppercase()
        )),
        _ => Ok(()),
    }
}

/// The prices that the portal's settings offer instead of this item's.
pub(in crate::links) fn offers<'f>(
    facts: &'f ClientFacts,
    item: &'f ItemFacts,
) -> impl Iterator<Item = (&'f OfferedProduct, &'f PriceFacts)> {
    let products = facts.portal.settings.update.products.iter();
    products
        .flat_map(|product| product.prices.iter().map(move |price| (product, price)))
        .filter_map(|(product, id)| {
            let price = facts.sold.iter().find(|price| price.id == *id)?;
            Some((product, &**price))
        })
        .filter(|(_, price)| price.id != item.price.id && fits_item(price, item).is_ok())
}

/// Whether the portal switches from the item's price to this one.
fn fits_item(price: &PriceFacts, item: &ItemFacts) -> Result<(), String> {
    if price.metered {
        return Err(format!(
            "{} is billed by usage, and the portal does not switch to such a plan.",
            price.plan
        ));
    }
    if price.currency != item.price.currency {
        return Err(format!(
            "{} is in {}, and a subscription keeps its currency.",
            price.plan,
            price.currency.to_uppercase()
        ));
    }
    if price.tax_behavior.is_none() || price.tax_behavior != item.price.tax_behavior {
        return Err(format!(
            "{} and {} do not say the same of tax: both prices have to be inclusive, or both exclusive.",
            price.plan, item.price.plan
        ));
    }
    Ok(())
}

fn something_to_change(
    facts: &ClientFacts,
    subscription: &SubscriptionFacts,
    item: &ItemFacts,
) -> Result<(), String> {
    let update = &facts.portal.settings.update;
    let allows = |what: &str| update.allowed.iter().any(|allowed| allowed == what);
    let seats = allows("quantity")
        && own_product(facts, item).is_some_and(|product| product.adjustable_quantity);
    if seats || (allows("price") && offers(facts, item).next().is_some()) {
        return Ok(());
    }
    Err(format!(
        "The portal settings “{}” offer nothing that {} could change to.",
        facts.portal.words.name,
        subscription.plan()
    ))
}

fn own_product<'f>(facts: &'f ClientFacts, item: &ItemFacts) -> Option<&'f OfferedProduct> {
    let products = &facts.portal.settings.update.products;
    products
        .iter()
        .find(|product| product.prices.contains(&item.price.id))
}

/// The plan that was asked for, or the only other one; with the quantity of now.
fn confirmed(
    facts: &ClientFacts,
    request: &LinkRequest,
    subscription: &SubscriptionFacts,
    item: &ItemFacts,
) -> Result<Change, String> {
    let update = &facts.portal.settings.update;
    let allows = |what: &str| update.allowed.iter().any(|allowed| allowed == what);
    let quantity = request.quantity.or(item.quantity);
    let price = match &request.price {
        Some(price) => price.clone(),
        None => {
            let others: Vec<_> = offers(facts, item).map(|(_, price)| price).collect();
            match others.as_slice() {
                [only] => only.id.clone(),
                [] => {
                    return something_to_change(facts, subscription, item)
                        .and(Err("Say which plan the client should confirm.".into()));
                }
                several => {
                    let plans: Vec<_> = several.iter().map(|price| price.plan.as_str()).collect();
                    return Err(format!(
                        "Say which plan the client should confirm: {}.",
                        plans.join(", ")
                    ));
                }
            }
        }
    };
    let product = update
        .products
        .iter()
        .find(|product| product.prices.contains(&price));
    let product = product.ok_or_else(|| {
        format!(
            "The portal settings “{}” do not offer {}.",
            facts.portal.words.name,
            plan(facts, item, &price)
        )
    })?;
    if price != item.price.id {
        let offered = facts.sold.iter().find(|sold| sold.id == price);
        let offered = offered.ok_or_else(|| {
            format!(
                "{price} is not sold any more, or not in {}.",
                item.price.currency.to_uppercase()
            )
        })?;
        fits_item(offered, item)?;
        if !allows("price") {
            return Err(format!(
                "The portal settings “{}” do not let clients change to another price.",
                facts.portal.words.name
            ));
        }
    } else if quantity == item.quantity {
        return Err(format!(
            "{} is what the client has already.",
            item.price.plan
        ));
    }
    if quantity != item.quantity {
        let wanted = quantity.unwrap_or(1);
        let within = product.minimum.is_none_or(|least| wanted >= least)
            && product.maximum.is_none_or(|most| wanted <= most);
        if !(allows("quantity") && product.adjustable_quantity && within) {
            return Err(format!(
                "The portal settings “{}” do not let clients change to a quantity of {wanted}.",
                facts.portal.words.name
            ));
        }
    }
    Ok(Change { price, quantity })
}

/// The plan's name, where it is known.
fn plan(facts: &ClientFacts, item: &ItemFacts, price: &str) -> String {
    if item.price.id == price {
        return item.price.plan.clone();
    }
    let sold = facts.sold.iter().find(|sold| sold.id == price);
    sold.map_or_else(|| price.to_owned(), |sold| sold.plan.clone())
}
