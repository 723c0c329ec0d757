//! What settings mean, in words: for clients, for the matrix, and where two of them differ.

use super::types::*;

/// What a configuration lets clients do, one short sentence each.
pub fn allows(settings: &PortalSettings) -> Vec<String> {
    let settings = &settings.normalised();
    let mut allows = Vec::new();
    if settings.invoice_history {
        allows.push("See and download their invoices".to_owned());
    }
    if settings.payment_method_update.enabled {
        allows.push("Add, replace and remove payment methods".to_owned());
    }
    if settings.customer_update.enabled {
        let updates = spelled(&settings.customer_update.allowed);
        allows.push(format!("Change their {updates}"));
    }
    if settings.cancel.enabled {
        allows.push(format!(
            "Cancel a subscription {}",
            ending(&settings.cancel)
        ));
    }
    if settings.pause.enabled {
        allows.push(format!("Pause a subscription {}", resting(&settings.pause)));
    }
    let update = &settings.update;
    let may = |what: &str| update.allowed.iter().any(|allowed| allowed == what);
    if update.enabled && may("price") {
        let prices = counted(prices(update), "price");
        allows.push(format!("Switch plans, among {prices}"));
    }
    if update.enabled && may("quantity") {
        allows.push("Change the quantity of a plan".to_owned());
    }
    if update.enabled && may("promotion_code") {
        allows.push("Enter a promotion code".to_owned());
    }
    allows
}

/// Every feature with what it lets clients do, for a cell: always the same labels in one order.
pub fn features(settings: &PortalSettings) -> Vec<(&'static str, String)> {
    let settings = &settings.normalised();
    let update = &settings.update;
    let cell = |enabled: bool, words: String| if enabled { words } else { "No".into() };
    vec![
        ("Invoices", yes(settings.invoice_history)),
        (
            "Payment method",
            yes(settings.payment_method_update.enabled),
        ),
        (
            "Billing details",
            cell(
                settings.customer_update.enabled,
                first_upper(&spelled(&settings.customer_update.allowed)),
            ),
        ),
        (
            "Cancel",
            cell(
                settings.cancel.enabled,
                first_upper(&ending(&settings.cancel)),
            ),
        ),
        (
            "Pause",
            cell(
                settings.pause.enabled,
                first_upper(&resting(&settings.pause)),
            ),
        ),
        (
            "Switch plans",
            cell(update.enabled, first_upper(&switching(update))),
        ),
        ("Login page", yes(settings.login_page)),
    ]
}

/// Where `after` is not as `before`: "Headline: “Your plan” → “Your invoices”".
pub fn differences(before: &PortalSettings, after: &PortalSettings) -> Vec<String> {
    let after = rows(&after.normalised());
    rows(&before.normalised())
        .into_iter()
        .zip(after)
        .filter(|(before, after)| before != after)
        .map(|((label, before), (_, after))| format!("{label}: {before} → {after}"))
        .collect()
}

/// Every setting with its value; always the same labels in one order.
fn rows(settings: &PortalSettings) -> Vec<(&'static str, String)> {
    let (cancel, pause, update) = (&settings.cancel, &settings.pause, &settings.update);
    let details = &settings.customer_update;
    let method = &settings.payment_method_update;
    let metadata = settings
        .metadata
        .iter()
        .map(|(key, value)| format!("{key} = {value}"));
    vec![
        ("Name", quoted(&settings.name)),
        ("Headline", quoted(&settings.headline)),
        ("Privacy policy", quoted(&settings.privacy_policy_url)),
        ("Terms of service", quoted(&settings.terms_of_service_url)),
        ("Return address", quoted(&settings.default_return_url)),
        ("Login page", yes(settings.login_page)),
        ("Invoices", yes(settings.invoice_history)),
        ("Billing details", yes(details.enabled)),
        ("Details to change", listed(&details.allowed)),
        ("Payment method", yes(method.enabled)),
        (
            "Payment methods offered",
            quoted(method.configuration.as_deref().unwrap_or_default()),
        ),
        ("Cancel", yes(cancel.enabled)),
        ("Cancel at once", yes(cancel.immediately)),
        ("Proration when cancelled", code(&cancel.proration)),
        ("Ask for a reason", yes(cancel.ask_reason)),
        ("Reasons", listed(&cancel.reasons)),
        ("Pause", yes(pause.enabled)),
        ("Pause without end", yes(pause.indefinite)),
        (
            "Durations of a pause",
            listed(&pause.durations.iter().map(lasting).collect::<Vec<_>>()),
        ),
        ("Switch plans", yes(update.enabled)),
        ("What may be switched", listed(&update.allowed)),
        (
            "Products",
            listed(&update.products.iter().map(offer).collect::<Vec<_>>()),
        ),
        ("Proration when switched", code(&update.proration)),
        ("Billing date", code(&update.billing_cycle_anchor)),
        (
            "Waits for the end of the period",
            listed(&update.at_period_end),
        ),
        ("Trial when switched", code(&update.trial)),
        ("Metadata", listed(&metadata.collect::<Vec<_>>())),
    ]
}

fn ending(cancel: &CancelFeature) -> String {
    let when = match (cancel.immediately, cancel.proration.as_str()) {
        (true, "create_prorations") => "at once, the rest of the period credited",
        (true, _) => "at once",
        (false, _) => "at the end of the paid period",
    };
    if cancel.ask_reason {
        format!("{when}, giving a reason")
    } else {
        when.to_owned()
    }
}

fn resting(pause: &PauseFeature) -> String {
    if pause.indefinite {
        return "for as long as they like".to_owned();
    }
    let durations: Vec<String> = pause.durations.iter().map(lasting).collect();
    format!("for {}", durations.join(" or "))
}

pub(super) fn lasting(duration: &PauseDuration) -> String {
    counted(duration.count as usize, &duration.interval)
}

fn switching(update: &UpdateFeature) -> String {
    let may = |what: &str| update.allowed.iter().any(|allowed| allowed == what);
    let mut parts = Vec::new();
    if may("price") {
        parts.push(counted(prices(update), "price"));
    }
    if may("quantity") {
        parts.push("quantity".to_owned());
    }
    if may("promotion_code") {
        parts.push("promotion code".to_owned());
    }
    parts.push(
        match update.proration.as_str() {
            "create_prorations" => "charged with the next invoice",
            "always_invoice" => "charged at once",
            _ => "without proration",
        }
        .to_owned(),
    );
    parts.join(", ")
}

fn prices(update: &UpdateFeature) -> usize {
    update.products.iter().map(|offer| offer.prices.len()).sum()
}

fn offer(offer: &OfferedProduct) -> String {
    let quantity = match (offer.adjustable_quantity, offer.minimum, offer.maximum) {
        (false, ..) => String::new(),
        (true, minimum, None) => format!(", {} or more", minimum.unwrap_or(1)),
        (true, minimum, Some(maximum)) => format!(", {} to {maximum}", minimum.unwrap_or(1)),
    };
    format!("{} ({}{quantity})", offer.product, offer.prices.join(", "))
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

fn spelled(names: &[String]) -> String {
    names
        .join(", ")
        .replace('_', " ")
        .replace("tax id", "tax ID")
}

fn yes(enabled: bool) -> String {
    if enabled { "Yes" } else { "No" }.to_owned()
}

fn quoted(text: &str) -> String {
    if text.is_empty() {
        "none".to_owned()
    } else {
        format!("“{text}”")
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn code(text: &str) -> String {
    if text.is_empty() { "none" } else { text }.replace('_', " ")
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
