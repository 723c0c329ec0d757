//! Sentences about who pays: names, addresses, tax ids, and what they pay with.

use super::catalogue::{Names, method};
use super::{Line, from_to, line, text};
use crate::clients::billing::payment_method_words;
use crate::clients::page;
use crate::words::Tone;
use serde_json::Value;
use std::collections::BTreeSet;

/// Texts of a customer, and what they are called.
const TEXTS: [(&str, &str); 4] = [
    ("/name", "Name"),
    ("/business_name", "Company name"),
    ("/email", "Email"),
    ("/phone", "Phone number"),
];

pub(super) fn customer(before: &Value, after: &Value, names: &Names) -> Vec<Line> {
    let mut lines: Vec<Line> = TEXTS
        .into_iter()
        .filter_map(|(pointer, what)| from_to(what, text(before, pointer), text(after, pointer)))
        .collect();
    let address = |customer: &Value| {
        Some(page::address(&customer["address"]).join(", ")).filter(|address| !address.is_empty())
    };
    lines.extend(from_to("Address", address(before), address(after)));
    lines.extend(from_to(
        "Default payment method",
        names.method_at(before, "/invoice_settings/default_payment_method"),
        names.method_at(after, "/invoice_settings/default_payment_method"),
    ));
    if let (Some(before), Some(after)) = (tax_ids(before), tax_ids(after)) {
        lines.extend(
            after
                .difference(&before)
                .filter_map(|id| line(Tone::Info, format!("Tax ID {id} added"))),
        );
        lines.extend(
            before
                .difference(&after)
                .filter_map(|id| line(Tone::Warn, format!("Tax ID {id} removed"))),
        );
    }
    match (before["discount"].is_null(), after["discount"].is_null()) {
        (true, false) => lines.extend(line(Tone::Info, "A discount was given to the customer")),
        (false, true) => lines.extend(line(Tone::Warn, "The customer's discount ended")),
        _ => {}
    }
    lines
}

/// None where they did not come along.
pub(in crate::clients) fn tax_ids(customer: &Value) -> Option<BTreeSet<String>> {
    let ids = customer.pointer("/tax_ids/data")?.as_array()?;
    Some(
        ids.iter()
            .filter_map(|id| id["value"].as_str())
            .map(str::to_owned)
            .collect(),
    )
}

pub(super) fn payment_method(before: &Value, after: &Value) -> Vec<Line> {
    let belongs =
        |method: &Value| !method["customer"].is_null() || !method["customer_account"].is_null();
    let name = method(after);
    let moved = match (belongs(before), belongs(after)) {
        (true, false) => line(Tone::Warn, format!("{name} was removed")),
        (false, true) => line(Tone::Good, format!("{name} was added")),
        _ => None,
    };
    let expiry = |method: &Value| {
        payment_method_words(method)
            .1
            .map(|(year, month)| format!("{month:02}/{year}"))
    };
    let expiry = from_to(&format!("Expiry of {name}"), expiry(before), expiry(after));
    let renumbered = (method(before) != name)
        .then(|| line(Tone::Info, format!("{} became {name}", method(before))))
        .flatten();
    [moved, renumbered, expiry].into_iter().flatten().collect()
}
