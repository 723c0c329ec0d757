//! `subscription_schedule`: the phases that a subscription is to go through.

use serde_json::{Value, json};

use super::subscription::is_flexible;
use crate::ids;
use crate::population::catalogue::{PLANS, price_place};
use crate::population::engagements::ScheduleState;
use crate::population::{Population, after};

/// What a schedule says of every phase unless the phase says otherwise.
pub fn default_settings(collection_method: &str, default_payment_method: &Value) -> Value {
    json!({
        "application_fee_percent": null,
        "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null},
        "billing_cycle_anchor": "automatic",
        "billing_thresholds": null,
        "collection_method": collection_method,
        "default_payment_method": default_payment_method,
        "description": null,
        "invoice_settings": {
            "account_tax_ids": null,
            "custom_fields": null,
            "days_until_due": if collection_method == "send_invoice" { json!(14) } else { Value::Null },
            "description": null,
            "footer": null,
            "issuer": {"type": "self"}
        },
        "on_behalf_of": null,
        "transfer_data": null
    })
}

/// What differs between phases.
pub struct PhaseFacts {
    pub currency: String,
    pub items: Vec<Value>,
    pub start_date: i64,
    pub end_date: i64,
    pub trial_end: Option<i64>,
}

pub fn phase(facts: PhaseFacts) -> Value {
    json!({
        "add_invoice_items": [],
        "application_fee_percent": null,
        "billing_cycle_anchor": null,
        "billing_thresholds": null,
        "collection_method": null,
        "currency": facts.currency,
        "default_payment_method": null,
        "default_tax_rates": [],
        "description": null,
        "discounts": [],
        "end_date": facts.end_date,
        "invoice_settings": null,
        "items": facts.items,
        "metadata": {},
        "on_behalf_of": null,
        "proration_behavior": "create_prorations",
        "start_date": facts.start_date,
        "transfer_data": null,
        "trial_end": facts.trial_end
    })
}

pub fn phase_item(price: &str, quantity: Option<i64>) -> Value {
    let mut item = json!({
        "billing_thresholds": null,
        "discounts": [],
        "metadata": {},
        "plan": price,
        "price": price,
        "tax_rates": []
    });
    if let Some(quantity) = quantity {
        item["quantity"] = json!(quantity);
    }
    item
}

pub fn subscription_schedule(population: &Population, place: u32) -> Value {
    let row = &population.schedules[place as usize];
    let subscription = &population.subscriptions[row.subscription as usize];
    let currency = population.currency(subscription.customer);
    let item = |plan: u8| {
        let price = price_place(
            plan,
            population.customers[subscription.customer as usize].currency,
        );
        let quantity = i64::from(subscription.quantity);
        phase_item(&population.ids.id(ids::PRICE, price), Some(quantity))
    };
    let every = PLANS[row.next_plan as usize].every.unwrap_or(("month", 1));
    let change = subscription.period_end;
    let spans = [
        (subscription.plan, subscription.created, change),
        (row.next_plan, change, after(change, every, 1)),
    ];
    let phases = spans.map(|(plan, start, end)| {
        phase(PhaseFacts {
            currency: currency.code.to_owned(),
            items: vec![item(plan)],
            start_date: i64::from(start),
            end_date: i64::from(end),
            trial_end: None,
        })
    });
    let id = population.ids.id(ids::SUBSCRIPTION, row.subscription);
    let active = row.state == ScheduleState::Active;
    let released = row.state == ScheduleState::Released;
    let ended = row.created + 3_600;
    let flexible = is_flexible(population, row.subscription);
    json!({
        "id": population.ids.id(ids::SUBSCRIPTION_SCHEDULE, place),
        "object": "subscription_schedule",
        "application": null,
        "billing_mode": {
            "flexible": if flexible { json!({"proration_discounts": "included"}) } else { Value::Null },
            "type": if flexible { "flexible" } else { "classic" }
        },
        "canceled_at": (row.state == ScheduleState::Canceled).then_some(subscription.stopped.max(row.created)),
        "completed_at": null,
        "created": row.created,
        "current_phase": active.then(|| json!({"end_date": change, "start_date": subscription.created})),
        "customer": population.ids.id(ids::CUSTOMER, subscription.customer),
        "customer_account": population.customer_account(subscription.customer),
        "default_settings": default_settings("charge_automatically", &Value::Null),
        "end_behavior": "release",
        "livemode": false,
        "metadata": {},
        "pause_schedules": [],
        "phases": phases,
        "released_at": released.then_some(ended.min(population.now)),
        "released_subscription": released.then_some(&id),
        "status": match row.state {
            ScheduleState::Active => "active",
            ScheduleState::Released => "released",
            ScheduleState::Canceled => "canceled",
        },
        "subscription": (!released).then_some(&id),
        "test_clock": null
    })
}
