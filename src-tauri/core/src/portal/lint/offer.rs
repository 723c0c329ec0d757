//! What Stripe would refuse of the plans that clients may switch to.

use super::super::catalogue::Catalogue;
use super::super::types::*;
use super::{ALLOWED, CONDITIONS, Findings};
use std::collections::BTreeSet;

const MOST_PRODUCTS: usize = 10;
const PRODUCTS: &str = "update.products";

pub(super) fn refused(found: &mut Findings, update: &UpdateFeature, catalogue: &Catalogue) {
    if !update.enabled {
        return;
    }
    if update.allowed.is_empty() {
        found.refused(
            "update.allowed",
            "Say what clients may change of a plan: its price, its quantity, or a promotion code.",
        );
    }
    found.names("update.allowed", &update.allowed, &ALLOWED);
    let prorations = ["none", "create_prorations", "always_invoice"];
    found.names("update.proration", [&update.proration], &prorations);
    let anchors = ["unchanged", "now"];
    let anchor = &update.billing_cycle_anchor;
    found.names("update.billing_cycle_anchor", [anchor], &anchors);
    found.names("update.at_period_end", &update.at_period_end, &CONDITIONS);
    let trials = ["end_trial", "continue_trial"];
    found.names("update.trial", [&update.trial], &trials);
    if update.products.is_empty() {
        found.refused(
            PRODUCTS,
            "Name the plans that clients may switch to, or switch that off.",
        );
    }
    if update.products.len() > MOST_PRODUCTS {
        found.refused(
            PRODUCTS,
            format!(
                "The portal offers {MOST_PRODUCTS} products at most; these are {}.",
                update.products.len()
            ),
        );
    }
    let mut seen = BTreeSet::new();
    for offer in &update.products {
        if !seen.insert(&offer.product) {
            let name = catalogue.product_name(&offer.product);
            found.refused(PRODUCTS, format!("{name} is offered twice."));
        }
        product(found, offer, catalogue);
    }
}

fn product(found: &mut Findings, offer: &OfferedProduct, catalogue: &Catalogue) {
    let name = catalogue.product_name(&offer.product);
    match catalogue.products.get(&offer.product) {
        Some(product) if !product.active => {
            found.refused(PRODUCTS, format!("{name} is archived in Stripe."));
        }
        None if !catalogue.products.is_empty() => {
            found.refused(PRODUCTS, unknown(&offer.product));
        }
        _ => {}
    }
    if offer.prices.is_empty() {
        found.refused(PRODUCTS, format!("Choose a price of {name} at least."));
    }
    if offer.minimum == Some(0) {
        found.refused(
            PRODUCTS,
            format!("The least quantity of {name} must be 1 or more."),
        );
    }
    if let (Some(minimum), Some(maximum)) = (offer.minimum, offer.maximum)
        && minimum > maximum
    {
        found.refused(
            PRODUCTS,
            format!("The most of {name} ({maximum}) is less than the least ({minimum})."),
        );
    }
    let mut seen = BTreeSet::new();
    for id in &offer.prices {
        if !seen.insert(id) {
            let label = catalogue.label(id);
            found.refused(PRODUCTS, format!("{label} is offered twice."));
        }
        price(found, offer, id, catalogue);
    }
}

fn price(found: &mut Findings, offer: &OfferedProduct, id: &str, catalogue: &Catalogue) {
    let Some(price) = catalogue.prices.get(id) else {
        // A key that may not list prices leaves the catalogue empty: then Stripe decides.
        if !catalogue.prices.is_empty() {
            found.refused(PRODUCTS, unknown(id));
        }
        return;
    };
    let label = catalogue.label(id);
    if price.product != offer.product {
        let name = catalogue.product_name(&offer.product);
        found.refused(PRODUCTS, format!("{label} is no price of {name}."));
    }
    if let Some(why) = price.unfit() {
        found.refused(
            PRODUCTS,
            format!("Clients cannot switch to {label}: {why}."),
        );
    }
}

fn unknown(id: &str) -> String {
    format!("{id} is not in this Stripe account, or was not read yet. Check it, or sync first.")
}
