//! What a subscription's items cost for a period, as lines of an invoice.

use serde_json::{Value, json};

use crate::objects::catalogue::price_count;
use crate::population::after;
use crate::population::catalogue::PLANS;
use crate::population::currencies::CURRENCIES;
use crate::random::Dice;
use crate::registry::Kind;
use crate::state::State;
use crate::write::invoices::draft::{Line, Origin};

/// What so many of a price cost.
pub fn amount(state: &State, price: &Value, quantity: i64) -> i64 {
    let place = price["id"]
        .as_str()
        .and_then(|id| state.store.place(Kind::Price, id));
    if let Some(place) = place.filter(|place| *place < price_count()) {
        let (plan, currency) = (place as usize % PLANS.len(), place as usize / PLANS.len());
        return PLANS[plan].charge(&CURRENCIES[currency], quantity);
    }
    let each = price["unit_amount"].as_i64().map(|each| each as f64);
    let decimal = || price["unit_amount_decimal"].as_str()?.parse::<f64>().ok();
    (each.or_else(decimal).unwrap_or_default() * quantity as f64).round() as i64
}

/// The end of the period that begins at `start`, counted from the anchor.
pub fn period_end(price: &Value, anchor: i64, start: i64) -> Option<i64> {
    let interval = price["recurring"]["interval"].as_str()?;
    let step = price["recurring"]["interval_count"].as_u64()? as u32;
    let (anchor, start) = (u32::try_from(anchor).ok()?, u32::try_from(start).ok()?);
    // From the anchor each time: a month after 31 January is not a month after 28 February.
    let shortest = match interval {
        "day" => 86_400,
        "week" => 7 * 86_400,
        "year" => 365 * 86_400,
        _ => 28 * 86_400,
    };
    let longest = match interval {
        "month" => 31 * 86_400,
        "year" => 366 * 86_400,
        _ => shortest,
    };
    let first = start.saturating_sub(anchor) / (longest * step.max(1));
    let end = (first..)
        .map(|count| after(anchor, (interval, step.max(1)), count))
        .find(|end| *end > start)?;
    Some(i64::from(end))
}

pub fn is_metered(item: &Value) -> bool {
    item.pointer("/price/recurring/usage_type") == Some(&json!("metered"))
}

/// Units used in a period, drawn from the seed.
fn used(state: &State, item: &Value, start: i64) -> i64 {
    let ids = state.store.population.ids;
    let place = item["id"]
        .as_str()
        .and_then(|id| ids.place(crate::ids::SUBSCRIPTION_ITEM, id))
        .unwrap_or_default();
    let mut dice = Dice::new(
        state.store.population.seed,
        "usage",
        place.wrapping_mul(0x9e37_79b9) ^ start as u32,
    );
    i64::from(dice.between(20, 900))
}

/// The line of one item: in advance for the period, or for what was used in it.
pub fn line(state: &State, item: &Value, period: (i64, i64)) -> Line {
    let price = &item["price"];
    let quantity = if is_metered(item) {
        used(state, item, period.0)
    } else {
        item["quantity"].as_i64().unwrap_or(1)
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Line {
        description: json!(description(state, price, quantity)),
        amount: amount(state, price, quantity),
        quantity,
        price: price.clone(),
        period,
        origin: Origin::SubscriptionItem {
            item: text(&item["id"]),
            subscription: text(&item["subscription"]),
            proration: false,
        },
    }
}

fn description(state: &State, price: &Value, quantity: i64) -> String {
    let product = price["product"]
        .as_str()
        .and_then(|id| state.store.get(Kind::Product, id));
    let name = product
        .as_ref()
        .and_then(|product| product["name"].as_str())
        .unwrap_or("Product");
    let interval = price["recurring"]["interval"].as_str();
    let every =
        interval.map_or_else(
            String::new,
            |interval| match price["recurring"]["interval_count"].as_u64() {
                Some(count @ 2..) => format!(" / every {count} {interval}s"),
                _ => format!(" / {interval}"),
            },
        );
    format!("{quantity} × {name}{every}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_counted_from_the_anchor() {
        let monthly = json!({"recurring": {"interval": "month", "interval_count": 1}});
        let day = |text: &str| {
            let at = format!("{text}T10:00:00Z").parse::<chrono::DateTime<chrono::Utc>>();
            at.expect("a time").timestamp()
        };
        let anchor = day("2026-01-31");
        let mut start = anchor;
        let mut ends = Vec::new();
        for _ in 0..14 {
            start = period_end(&monthly, anchor, start).expect("an end");
            ends.push(start);
        }
        assert_eq!(ends[0], day("2026-02-28"));
        assert_eq!(ends[1], day("2026-03-31"));
        assert_eq!(ends[13], day("2027-03-31"));
        let weekly = json!({"recurring": {"interval": "week", "interval_count": 2}});
        let end = period_end(&weekly, anchor, anchor).expect("an end");
        assert_eq!(end - anchor, 14 * 86_400);
    }
}
