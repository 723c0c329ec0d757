//! Sentences about a subscription: plan, quantity, trial, pauses, cancellation, discounts, payment.

use super::catalogue::{self, Names, items};
use super::{Line, day, from_to, line, seconds, text};
use crate::words::{self, Tone};
use serde_json::Value;

pub(super) fn lines(before: &Value, after: &Value, names: &Names) -> Vec<Line> {
    let mut lines = plans(before, after, names);
    lines.extend(trial(before, after, names));
    lines.extend(cancellation(before, after, names));
    lines.extend(collection_pause(before, after, names));
    lines.extend(status(before, after));
    lines.extend(discounts(before, after, names));
    lines.extend(from_to(
        "Payment method of the subscription",
        names.method_at(before, "/default_payment_method"),
        names.method_at(after, "/default_payment_method"),
    ));
    let method = |subscription: &Value| match subscription["collection_method"].as_str() {
        Some("charge_automatically") => Some("charged automatically".to_owned()),
        Some("send_invoice") => Some("by invoice".to_owned()),
        _ => None,
    };
    if method(before).is_some() && method(after).is_some() {
        lines.extend(from_to("Collection", method(before), method(after)));
    }
    lines
}

fn plans(before: &Value, after: &Value, names: &Names) -> Vec<Line> {
    let price = |item: &Value| item["price"]["id"].as_str().map(str::to_owned);
    let same =
        |all: &Value, item: &Value| items(all).find(|other| other["id"] == item["id"]).cloned();
    let changed = |from: &Value, to: &Value| {
        let (from, to) = (names.plan(from), names.plan(to));
        line(Tone::Info, format!("Plan changed from {from} to {to}"))
    };
    let mut lines = Vec::new();
    let mut added: Vec<&Value> = Vec::new();
    for item in items(after) {
        let Some(former) = same(before, item) else {
            added.push(item);
            continue;
        };
        if price(&former) != price(item) {
            lines.extend(changed(&former, item));
        }
        let quantity = |item: &Value| {
            item["quantity"]
                .as_i64()
                .map(|quantity| quantity.to_string())
        };
        let what = format!("Quantity of {}", names.plan(item));
        lines.extend(from_to(&what, quantity(&former), quantity(item)));
    }
    let removed: Vec<&Value> = items(before)
        .filter(|item| same(after, item).is_none())
        .collect();
    // One in the place of another is what a change of plan looks like to some programs.
    if let ([from], [to]) = (removed.as_slice(), added.as_slice()) {
        lines.extend(changed(from, to));
        return lines;
    }
    for item in added {
        lines.extend(line(Tone::Info, format!("{} was added", names.plan(item))));
    }
    for item in removed {
        lines.extend(line(
            Tone::Warn,
            format!("{} was removed", names.plan(item)),
        ));
    }
    lines
}

fn trial(before: &Value, after: &Value, names: &Names) -> Option<Line> {
    let end = |subscription: &Value| seconds(subscription, "/trial_end");
    let day = |end: i64| day(end, names.zone);
    match (end(before), end(after)) {
        (Some(from), Some(to)) if from < to => line(
            Tone::Info,
            format!("Trial extended from {} to {}", day(from), day(to)),
        ),
        (Some(from), Some(to)) if from > to && after["status"] == "trialing" => line(
            Tone::Info,
            format!("Trial shortened from {} to {}", day(from), day(to)),
        ),
        (None, Some(to)) => line(Tone::Info, format!("A trial began, until {}", day(to))),
        _ => None,
    }
}

/// When it will end: flexible subscriptions say so by date, classic ones by the end of the period.
fn ends(subscription: &Value) -> Option<i64> {
    seconds(subscription, "/cancel_at").or_else(|| {
        let period_end = items(subscription).filter_map(|item| item["current_period_end"].as_i64());
        (subscription["cancel_at_period_end"] == true).then(|| period_end.min().unwrap_or_default())
    })
}

fn cancellation(before: &Value, after: &Value, names: &Names) -> Option<Line> {
    // That it ended is a line of its own.
    if after["status"] == "canceled" {
        return None;
    }
    match (ends(before), ends(after)) {
        (None, Some(at)) => line(
            Tone::Warn,
            format!(
                "Cancellation scheduled for {}{}",
                day(at, names.zone),
                reason(after)
            ),
        ),
        (Some(_), None) => line(Tone::Good, "The scheduled cancellation was undone"),
        // With a new period its end moves along.
        (Some(from), Some(to)) if from != to && after["cancel_at_period_end"] != true => line(
            Tone::Warn,
            format!(
                "The scheduled cancellation moved from {} to {}",
                day(from, names.zone),
                day(to, names.zone)
            ),
        ),
        _ => None,
    }
}

/// ": too expensive (“We hired somebody”)"; empty where nobody said why.
pub(in crate::clients) fn reason(subscription: &Value) -> String {
    let details = &subscription["cancellation_details"];
    let feedback = details["feedback"]
        .as_str()
        .map(words::cancellation_feedback);
    let reason = details["reason"]
        .as_str()
        .and_then(words::cancellation_reason);
    let comment = text(details, "/comment").map(|comment| format!("“{comment}”"));
    match (feedback.or(reason), comment) {
        (Some(why), Some(comment)) => format!(": {why} ({comment})"),
        (Some(why), None) => format!(": {why}"),
        (None, Some(comment)) => format!(": {comment}"),
        (None, None) => String::new(),
    }
}

fn collection_pause(before: &Value, after: &Value, names: &Names) -> Option<Line> {
    let paused = |subscription: &Value| !subscription["pause_collection"].is_null();
    match (paused(before), paused(after)) {
        (false, true) => {
            let until = seconds(after, "/pause_collection/resumes_at")
                .map(|at| format!(" until {}", day(at, names.zone)));
            let until = until.unwrap_or_default();
            line(
                Tone::Warn,
                format!(
                    "Collection paused{until}: the subscription runs on, its invoices are not collected"
                ),
            )
        }
        (true, false) => line(Tone::Good, "Collection resumed"),
        _ => None,
    }
}

fn status(before: &Value, after: &Value) -> Option<Line> {
    let (from, to) = (before["status"].as_str()?, after["status"].as_str()?);
    match (from, to) {
        (from, to) if from == to => None,
        // A line of its own, from the mirror.
        (_, "canceled") => None,
        ("trialing", "active") => line(Tone::Good, "The trial ended and the subscription runs"),
        ("paused", "active" | "trialing") => line(Tone::Good, "The subscription was resumed"),
        ("incomplete", "active") => line(Tone::Good, "The first payment was made"),
        ("past_due" | "unpaid", "active") => line(Tone::Good, "The subscription is paid up again"),
        (_, "paused") => {
            let why = after
                .pointer(words::PAUSE_REASON)
                .and_then(Value::as_str)
                .map_or_else(
                    || words::subscription(to, false, false),
                    words::pause_reason,
                );
            line(why.tone, format!("The subscription rests: {}", why.label))
        }
        (_, to) => {
            let word = words::subscription(to, false, false);
            line(
                word.tone,
                format!("The subscription became: {}", word.label),
            )
        }
    }
}

fn discounts(before: &Value, after: &Value, names: &Names) -> Vec<Line> {
    let words = |subscription: &Value| -> Vec<String> {
        let discounts = catalogue::discounts(subscription).into_iter();
        discounts
            .map(|mut discount| {
                let coupon = discount
                    .coupon
                    .as_ref()
                    .and_then(|id| names.coupons.get(id));
                if let Some(coupon) = coupon {
                    discount.complete(coupon);
                }
                discount.words()
            })
            .collect()
    };
    let (before, after) = (words(before), words(after));
    let added = after.iter().filter(|words| !before.contains(words));
    let removed = before.iter().filter(|words| !after.contains(words));
    added
        .filter_map(|words| line(Tone::Info, format!("Discount added: {words}")))
        .chain(removed.filter_map(|words| line(Tone::Warn, format!("Discount ended: {words}"))))
        .collect()
}

pub(super) fn schedule(before: &Value, after: &Value) -> Vec<Line> {
    if before["status"] == after["status"] {
        return Vec::new();
    }
    let told = match after["status"].as_str() {
        Some("canceled") => line(Tone::Warn, "The scheduled changes were cancelled"),
        Some("released") => line(
            Tone::Info,
            "The scheduled changes were called off; the subscription goes on as it is",
        ),
        Some("completed") => line(Tone::Info, "The scheduled changes are all made"),
        Some("active") => line(Tone::Info, "The scheduled changes began"),
        _ => None,
    };
    told.into_iter().collect()
}
