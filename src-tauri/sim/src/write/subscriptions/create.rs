//! A new subscription with its first invoice.

use serde_json::{Value, json};

use super::super::charges::decline_of;
use super::super::invoices::collect;
use super::super::invoices::draft::{self, Draft, Line, Origin};
use super::super::{Edit, customers, merge_metadata, payment_methods};
use super::discounts::{self, Given};
use super::items;
use crate::error::ApiError;
use crate::objects::event::Cause;
use crate::population::DAY;
use crate::registry::Kind;
use crate::state::State;

/// What a new subscription is made of.
pub struct Start {
    pub customer: u32,
    /// Its items as the API shows them.
    pub items: Vec<Value>,
    pub trial_end: Option<i64>,
    pub collection_method: String,
    pub days_until_due: Option<i64>,
    pub default_payment_method: Value,
    pub payment_behavior: String,
    pub discounts: Vec<Given>,
    pub description: Value,
    pub metadata: Value,
    /// The id of the schedule that it comes from, or null.
    pub schedule: Value,
    pub missing_payment_method: String,
}

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "billing_mode",
        "cancel_at_period_end",
        "collection_method",
        "currency",
        "customer",
        "customer_account",
        "days_until_due",
        "default_payment_method",
        "description",
        "discounts",
        "items",
        "metadata",
        "off_session",
        "payment_behavior",
        "proration_behavior",
        "trial_end",
        "trial_period_days",
        "trial_settings",
    ])?;
    let customer = edit
        .named(Kind::Customer, "customer")?
        .or(edit.named(Kind::Customer, "customer_account")?)
        .ok_or_else(|| ApiError::missing_parameter("customer"))?;
    if edit.text("billing_mode/type") == Some("classic") {
        return Err(edit.lacks("billing_mode[type]=classic"));
    }
    let place = edit.state.store.end(Kind::Subscription);
    let given = edit.value("items").and_then(Value::as_array).cloned();
    let given = given.ok_or_else(|| ApiError::missing_parameter("items"))?;
    let given = items::with_own_prices(edit, &given)?;
    let currency = first_currency(edit, &given)?;
    let mut drawn = json!({"currency": currency, "items": {"data": []}});
    items::set(edit, place, &mut drawn, &given)?;
    let method = payment_methods::given(edit, "default_payment_method")?;
    let text = |name: &str, other: &str| edit.text(name).unwrap_or(other).to_owned();
    let start = Start {
        customer,
        items: drawn["items"]["data"]
            .as_array()
            .cloned()
            .unwrap_or_default(),
        trial_end: trial_end(edit)?,
        collection_method: text("collection_method", "charge_automatically"),
        days_until_due: edit.value("days_until_due").and_then(Value::as_i64),
        default_payment_method: method
            .map(|method| method["id"].clone())
            .unwrap_or_default(),
        payment_behavior: text("payment_behavior", "allow_incomplete"),
        discounts: discounts::given(edit)?.unwrap_or_default(),
        description: edit.value("description").cloned().unwrap_or_default(),
        metadata: edit.value("metadata").cloned().unwrap_or_default(),
        schedule: Value::Null,
        missing_payment_method: text(
            "trial_settings/end_behavior/missing_payment_method",
            "create_invoice",
        ),
    };
    let cause = edit.cause.clone();
    let ends = edit.value("cancel_at_period_end") == Some(&json!(true));
    let subscription = start_checked(edit.state, start, &cause)?;
    if !ends {
        return Ok(subscription);
    }
    let now = edit.state.now();
    let mut subscription = edit.state.store.value(Kind::Subscription, place);
    super::cancel_at_end(&mut subscription, true, now);
    let event = "customer.subscription.updated";
    Ok(edit
        .state
        .change(Kind::Subscription, place, event, &cause, |kept| {
            *kept = subscription
        }))
}

fn first_currency(edit: &Edit<'_>, given: &[Value]) -> Result<Value, ApiError> {
    let id = given.first().and_then(|item| item["price"].as_str());
    let id = id.ok_or_else(|| ApiError::missing_parameter("items[0][price]"))?;
    let price = edit.state.store.get(Kind::Price, id);
    let price = price.ok_or_else(|| ApiError::no_such("price", id, "items[0][price]"))?;
    if price["recurring"].is_null() {
        let message = "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.";
        return Err(ApiError::bad_request(message).param("items[0][price]"));
    }
    Ok(price["currency"].clone())
}

fn trial_end(edit: &Edit<'_>) -> Result<Option<i64>, ApiError> {
    let now = edit.state.now();
    let days = edit.value("trial_period_days").and_then(Value::as_i64);
    let end = match edit.value("trial_end") {
        None => {
            return Ok(days
                .filter(|days| *days > 0)
                .map(|days| now + days * i64::from(DAY)));
        }
        Some(end) if *end == "now" => return Ok(None),
        Some(end) => end.as_i64().or_else(|| end.as_str()?.parse().ok()),
    };
    end.filter(|end| *end > now).map(Some).ok_or_else(|| {
        ApiError::bad_request("`trial_end` must be in the future.").param("trial_end")
    })
}

/// Refuses what Stripe refuses before there is a subscription.
fn start_checked(state: &mut State, start: Start, cause: &Cause) -> Result<Value, ApiError> {
    if start.collection_method == "send_invoice" {
        if start.days_until_due.is_none() {
            return Err(ApiError::missing_parameter("days_until_due"));
        }
        return self::start(state, start, cause);
    }
    let method = method_of(state, &start);
    let due_now = start.trial_end.is_none() && start.items.iter().any(|item| amount(item) > 0);
    if due_now && start.payment_behavior != "default_incomplete" {
        let Some(method) = method else {
            return Err(ApiError::bad_request(
                "This customer has no attached payment source or default payment method. Please consider adding a \
                 default payment method.",
            )
            .code("resource_missing"));
        };
        if let (Some(decline), "error_if_incomplete") =
            (decline_of(&method), start.payment_behavior.as_str())
        {
            return Err(ApiError::card(decline, None, None));
        }
    }
    self::start(state, start, cause)
}

fn method_of(state: &State, start: &Start) -> Option<Value> {
    match start.default_payment_method.as_str() {
        Some(id) => state.store.get(Kind::PaymentMethod, id),
        None => payment_methods::default_of(state, start.customer),
    }
}

/// What an item costs each period.
pub fn amount(item: &Value) -> i64 {
    let each = item["price"]["unit_amount"].as_i64().unwrap_or_default();
    each * item["quantity"].as_i64().unwrap_or_default()
}

/// Makes the subscription and its first invoice, and takes the money if it is due.
pub fn start(state: &mut State, start: Start, cause: &Cause) -> Result<Value, ApiError> {
    let place = state.store.end(Kind::Subscription);
    let method = method_of(state, &start);
    let mut subscription = shape(state, &start);
    discounts::replace(state, &mut subscription, &start.discounts, cause);
    let invoice_id = state.store.next_id(Kind::Invoice);
    let now = state.now();
    let lines: Vec<Line> = start
        .items
        .iter()
        .map(|item| line(&subscription, item))
        .collect();
    let charged = start.collection_method == "charge_automatically";
    let due = lines.iter().map(|line| line.amount).sum::<i64>() > 0;
    let waits = start.payment_behavior == "default_incomplete";
    let refused = method
        .as_ref()
        .is_none_or(|method| decline_of(method).is_some());
    subscription["status"] = json!(
        match (start.trial_end, charged && due && (waits || refused)) {
            (Some(_), _) => "trialing",
            (None, true) => "incomplete",
            (None, false) => "active",
        }
    );
    subscription["latest_invoice"] = json!(invoice_id);
    let event = "customer.subscription.created";
    let subscription = state.add(Kind::Subscription, subscription, event, cause);
    // Told three days before a trial ends, or at once where it is shorter.
    if start
        .trial_end
        .is_some_and(|end| end <= now + 3 * i64::from(DAY))
    {
        let event = "customer.subscription.trial_will_end";
        state.tell(event, subscription.clone(), None, cause);
    }
    customers::settle_currency(state, start.customer, &subscription["currency"], cause);
    let days = start.days_until_due.unwrap_or_default();
    let draft = Draft {
        customer: start.customer,
        currency: subscription["currency"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        billing_reason: "subscription_create",
        collection_method: start.collection_method.clone(),
        due_date: (!charged).then_some(now + days * i64::from(DAY)),
        subscription: subscription.clone(),
        period: (now, now),
        auto_advance: true,
        fields: Value::Null,
    };
    let invoice = draft::open(state, draft, lines, cause);
    if charged {
        let finalized = collect::finalize(state, invoice, cause)?;
        if let (Some(method), "open", false) = (
            method,
            finalized["status"].as_str().unwrap_or_default(),
            waits,
        ) {
            // A refusal leaves the subscription incomplete; its events have told of it.
            collect::collect(state, invoice, &method, cause).ok();
        }
    }
    Ok(state.store.value(Kind::Subscription, place))
}

fn line(subscription: &Value, item: &Value) -> Line {
    let trial = subscription["trial_end"].as_i64();
    let period = |name: &str| item[name].as_i64().unwrap_or_default();
    let quantity = item["quantity"].as_i64().unwrap_or_default();
    let product = item["price"]["nickname"].as_str().unwrap_or("Subscription");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Line {
        description: json!(match trial {
            Some(_) => format!("Trial period for {product}"),
            None => format!("{quantity} × {product}"),
        }),
        amount: if trial.is_some() { 0 } else { amount(item) },
        quantity,
        price: item["price"].clone(),
        period: (period("current_period_start"), period("current_period_end")),
        origin: Origin::SubscriptionItem {
            item: text(&item["id"]),
            subscription: text(&subscription["id"]),
            proration: false,
        },
    }
}

fn shape(state: &State, start: &Start) -> Value {
    let now = state.now();
    let owner = state.store.value(Kind::Customer, start.customer);
    let id = state.store.next_id(Kind::Subscription);
    let mut items = start.items.clone();
    if let Some(end) = start.trial_end {
        for item in &mut items {
            item["current_period_end"] = json!(end);
        }
    }
    let currency = items.first().map(|item| item["price"]["currency"].clone());
    let url = format!("/v1/subscription_items?subscription={id}");
    let mut subscription = json!({
        "id": id,
        "object": "subscription",
        "application": null,
        "application_fee_percent": null,
        "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null},
        "billing_cycle_anchor": start.trial_end.unwrap_or(now),
        "billing_cycle_anchor_config": null,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        "billing_thresholds": null,
        "cancel_at": null,
        "cancel_at_period_end": false,
        "canceled_at": null,
        "cancellation_details": {"comment": null, "feedback": null, "feedback_option": null, "reason": null},
        "collection_method": start.collection_method,
        "created": now,
        "currency": currency,
        "customer": owner["id"],
        "customer_account": owner["customer_account"],
        "days_until_due": start.days_until_due,
        "default_payment_method": start.default_payment_method,
        "default_source": null,
        "default_tax_rates": [],
        "description": start.description,
        "discounts": [],
        "ended_at": null,
        "invoice_settings": {
            "account_tax_ids": null,
            "custom_fields": null,
            "description": null,
            "footer": null,
            "issuer": {"type": "self"}
        },
        "items": {"object": "list", "data": items, "has_more": false, "url": url},
        "latest_invoice": null,
        "livemode": false,
        "managed_payments": null,
        "metadata": {},
        "next_pending_invoice_item_invoice": null,
        "on_behalf_of": null,
        "pause_collection": null,
        "payment_settings": {
            "payment_method_options": null,
            "payment_method_types": null,
            "save_default_payment_method": "off"
        },
        "pending_invoice_item_interval": null,
        "pending_setup_intent": null,
        "pending_update": null,
        "schedule": start.schedule,
        "start_date": now,
        "status": "incomplete",
        "test_clock": null,
        "transfer_data": null,
        "trial_end": start.trial_end,
        "trial_settings": {
            "end_behavior": {
                "billing_cycle_anchor": null, "missing_payment_method": start.missing_payment_method
            }
        },
        "trial_start": start.trial_end.map(|_| now)
    });
    merge_metadata(&mut subscription, Some(&start.metadata));
    subscription
}
