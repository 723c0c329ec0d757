//! What Stripe takes, and what then surprises a client or the agency.

use super::super::catalogue::{Catalogue, Price};
use super::super::in_use::InUse;
use super::super::types::*;
use super::Findings;
use std::collections::BTreeSet;

pub(super) fn look(
    found: &mut Findings,
    settings: &PortalSettings,
    catalogue: &Catalogue,
    in_use: &InUse,
) {
    page(found, settings, in_use);
    if settings.cancel.enabled && settings.cancel.immediately && settings.cancel.proration == "none"
    {
        found.surprising(
            "cancel.proration",
            "Who cancels loses at once what is paid for the rest of the period, and nothing is credited.",
        );
    }
    if settings.pause.enabled {
        found.note(
            "pause",
            "Pausing shows only in Stripe's redesigned portal. Look at the portal once to see whether your account has it.",
        );
    }
    if settings.update.enabled {
        switching(found, &settings.update, catalogue, in_use);
    }
}

fn page(found: &mut Findings, settings: &PortalSettings, in_use: &InUse) {
    if !settings.login_page && in_use.durable_links > 0 {
        let links = match in_use.durable_links {
            1 => "1 link".to_owned(),
            links => format!("{links} links"),
        };
        found.surprising(
            "login_page",
            format!("{links} to the login page were handed out and do not work while it is off."),
        );
    }
    if let Some(users) = in_use.sentence().filter(|_| in_use.inactive) {
        found.surprising(
            "name",
            format!("It is switched off in Stripe although it is in use: {users}."),
        );
    }
    if settings.privacy_policy_url.is_empty() || settings.terms_of_service_url.is_empty() {
        let (field, lacking) = match (
            settings.privacy_policy_url.is_empty(),
            settings.terms_of_service_url.is_empty(),
        ) {
            (true, true) => ("privacy_policy_url", "your privacy policy and your terms"),
            (true, false) => ("privacy_policy_url", "your privacy policy"),
            _ => ("terms_of_service_url", "your terms"),
        };
        found.note(field, format!("The portal does not link to {lacking}."));
    }
    if settings.default_return_url.is_empty() {
        found.note(
            "default_return_url",
            "The portal has no link back to your site.",
        );
    }
}

fn switching(found: &mut Findings, update: &UpdateFeature, catalogue: &Catalogue, in_use: &InUse) {
    let prices: Vec<&Price> = update
        .products
        .iter()
        .flat_map(|offer| &offer.prices)
        .filter_map(|id| catalogue.prices.get(id))
        .collect();
    let all = |what: fn(&Price) -> &str| -> BTreeSet<&str> {
        prices.iter().map(|price| what(price)).collect()
    };
    let taxes = all(|price| &price.tax_behavior);
    if taxes.contains("unspecified") {
        found.surprising(
            "update.products",
            "A price does not say whether tax is included, and the portal refuses to switch to or from it. Set its tax behaviour in Stripe.",
        );
    }
    if taxes.len() > 1 {
        found.surprising(
            "update.products",
            "Some prices include tax and others do not, and clients cannot switch between them.",
        );
    }
    let currencies = all(|price| &price.currency);
    if currencies.len() > 1 {
        let named: Vec<String> = currencies.iter().map(|code| code.to_uppercase()).collect();
        found.surprising(
            "update.products",
            format!(
                "The prices are in {}; a client is offered only those in its own currency.",
                named.join(", ")
            ),
        );
    }
    let rhythms = all(|price| &price.rhythm);
    if rhythms.len() > 1 && update.proration == "none" {
        let named: Vec<&str> = rhythms.into_iter().collect();
        found.surprising(
            "update.proration",
            format!(
                "Clients can switch between {} plans without proration: what they paid for the rest of the old period is not credited.",
                named.join(" and ")
            ),
        );
    }
    let may = |what: &str| update.allowed.iter().any(|allowed| allowed == what);
    if may("quantity")
        && !update
            .products
            .iter()
            .any(|offer| offer.adjustable_quantity)
    {
        found.surprising(
            "update.allowed",
            "Clients may change the quantity, yet no product has a quantity that can be changed.",
        );
    }
    match in_use.multi_item {
        0 => {}
        count => found.surprising(
            "update",
            format!(
                "{count} running {} several items; in the portal these can only be cancelled.",
                if count == 1 {
                    "subscription has"
                } else {
                    "subscriptions have"
                }
            ),
        ),
    }
    if update.trial == "end_trial" {
        found.note(
            "update.trial",
            "Who switches while on trial ends the trial and is charged at once.",
        );
    }
}
