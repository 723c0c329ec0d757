//! The items of subscriptions: what a subscription's own requests do to them, and requests of theirs.

use serde_json::{Map, Value, json};

use super::super::{Edit, catalogue, merge_metadata};
use crate::error::ApiError;
use crate::ids;
use crate::objects::subscription::ITEMS;
use crate::population::after;
use crate::registry::Kind;

const FIELDS: [&str; 4] = ["metadata", "price", "proration_behavior", "quantity"];

/// When a period of a price that begins now ends.
pub fn period_end(price: &Value, start: i64) -> i64 {
    let recurring = &price["recurring"];
    let interval = recurring["interval"].as_str().unwrap_or("month");
    let count = recurring["interval_count"].as_u64().unwrap_or(1);
    i64::from(after(start as u32, (interval, count as u32), 1))
}

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let known: Vec<&str> = FIELDS.iter().chain(&["subscription"]).copied().collect();
    edit.only(&known)?;
    let place = edit
        .named(Kind::Subscription, "subscription")?
        .ok_or_else(|| ApiError::missing_parameter("subscription"))?;
    let items = change(edit, place, Map::new())?;
    Ok(items.last().cloned().unwrap_or_default())
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&FIELDS)?;
    let (place, id) = target(edit)?;
    let named = Map::from_iter([("id".to_owned(), json!(id))]);
    let items = change(edit, place, named)?;
    let item = items.into_iter().find(|item| item["id"] == id);
    Ok(item.unwrap_or_default())
}

pub fn delete(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["proration_behavior"])?;
    let (place, id) = target(edit)?;
    let named = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("deleted".to_owned(), json!(true)),
    ]);
    change(edit, place, named)?;
    Ok(json!({"id": id, "object": "subscription_item", "deleted": true}))
}

/// The subscription of the item that the path names, and the item's id.
fn target(edit: &Edit<'_>) -> Result<(u32, String), ApiError> {
    let id = edit.ids.first().copied().unwrap_or_default().to_owned();
    let item = edit.state.store.get(Kind::SubscriptionItem, &id);
    let subscription = item.as_ref().and_then(|item| item["subscription"].as_str());
    let place = subscription.and_then(|id| edit.state.store.find(Kind::Subscription, id));
    let place = place.ok_or_else(|| ApiError::no_such("subscription_item", &id, "id"))?;
    Ok((place, id))
}

/// Carries one item's change out on its subscription; gives the items that it then has.
fn change(
    edit: &mut Edit<'_>,
    place: u32,
    named: Map<String, Value>,
) -> Result<Vec<Value>, ApiError> {
    let mut item = named;
    for name in ["metadata", "price", "quantity"] {
        if let Some(given) = edit.value(name) {
            item.insert(name.to_owned(), given.clone());
        }
    }
    let mut subscription = edit.state.store.value(Kind::Subscription, place);
    super::refuse_ended(&subscription)?;
    let before = subscription.clone();
    set(edit, place, &mut subscription, &[Value::Object(item)])?;
    let kept = super::keep_changed(edit, place, &before, subscription);
    Ok(kept["items"]["data"]
        .as_array()
        .cloned()
        .unwrap_or_default())
}

/// The same items with a price in the place of each `price_data`.
pub fn with_own_prices(edit: &mut Edit<'_>, given: &[Value]) -> Result<Vec<Value>, ApiError> {
    let mut priced = given.to_vec();
    for (number, item) in priced.iter_mut().enumerate() {
        let Some(data) = item
            .as_object_mut()
            .and_then(|item| item.remove("price_data"))
        else {
            continue;
        };
        let product = data["product"].as_str().unwrap_or_default();
        if edit.state.store.find(Kind::Product, product).is_none() {
            let at = format!("items[{number}][price_data][product]");
            return Err(ApiError::no_such("product", product, &at));
        }
        item["price"] = catalogue::inline_price(edit, &data)?["id"].clone();
    }
    Ok(priced)
}

/// Does to a subscription's items what a request says.
pub fn set(
    edit: &Edit<'_>,
    place: u32,
    subscription: &mut Value,
    given: &[Value],
) -> Result<(), ApiError> {
    let store = &edit.state.store;
    let Value::Array(mut items) = subscription["items"]["data"].take() else {
        return Ok(());
    };
    for (number, change) in given.iter().enumerate() {
        let at = |name: &str| format!("items[{number}][{name}]");
        let known = ["deleted", "id", "metadata", "price", "quantity"];
        if let Some(name) = change
            .as_object()
            .and_then(|map| map.keys().find(|name| !known.contains(&name.as_str())))
        {
            return Err(edit.lacks(&at(name)));
        }
        let price = change["price"].as_str().map(|id| {
            let found = store
                .find(Kind::Price, id)
                .map(|place| store.value(Kind::Price, place));
            found.ok_or_else(|| ApiError::no_such("price", id, &at("price")))
        });
        let price = price.transpose()?;
        if let Some(price) = price
            .as_ref()
            .filter(|price| price["currency"] != subscription["currency"])
        {
            let message = format!(
                "The price specified only supports `{}`. This doesn't match the expected currency: `{}`.",
                price["currency"].as_str().unwrap_or_default(),
                subscription["currency"].as_str().unwrap_or_default()
            );
            return Err(ApiError::bad_request(message).param(at("price")));
        }
        let place_of = |id: &str| items.iter().position(|item| item["id"] == id);
        let position = match change["id"].as_str() {
            Some(id) => {
                place_of(id).ok_or_else(|| ApiError::no_such("subscription_item", id, &at("id")))?
            }
            None => {
                let price = price
                    .as_ref()
                    .ok_or_else(|| ApiError::missing_parameter(&at("price")))?;
                items.push(new_item(edit, place, &items, price));
                items.len() - 1
            }
        };
        if change["deleted"] == true {
            items.remove(position);
            continue;
        }
        let item = &mut items[position];
        if let Some(price) = price {
            item["plan"] = plan_of(&price);
            item["price"] = price;
        }
        if let Some(quantity) = change.get("quantity") {
            item["quantity"] = quantity.clone();
        }
        merge_metadata(item, change.get("metadata"));
    }
    if items.is_empty() {
        return Err(
            ApiError::bad_request("A subscription must have at least one active plan.")
                .param("items"),
        );
    }
    subscription["items"]["data"] = Value::Array(items);
    Ok(())
}

/// Takes the place after the last one that the subscription has used.
pub fn new_item(edit: &Edit<'_>, subscription: u32, items: &[Value], price: &Value) -> Value {
    let ids = edit.state.store.population.ids;
    let used = items
        .iter()
        .filter_map(|item| ids.place(ids::SUBSCRIPTION_ITEM, item["id"].as_str()?));
    let number = used
        .map(|place| place % ITEMS)
        .max()
        .map_or(0, |last| last + 1);
    let now = edit.state.now();
    let first = items.first();
    let (start, end) = first.map_or_else(
        || (json!(now), json!(period_end(price, now))),
        |first| {
            (
                first["current_period_start"].clone(),
                first["current_period_end"].clone(),
            )
        },
    );
    let metered = price["recurring"]["usage_type"] == "metered";
    let mut item = json!({
        "id": ids.id(ids::SUBSCRIPTION_ITEM, subscription * ITEMS + number),
        "object": "subscription_item",
        "billing_thresholds": null,
        "created": now,
        "current_period_end": end,
        "current_period_start": start,
        "current_trial": null,
        "discounts": [],
        "metadata": {},
        "plan": plan_of(price),
        "price": price,
        "subscription": ids.id(ids::SUBSCRIPTION, subscription),
        "tax_rates": []
    });
    if !metered {
        item["quantity"] = json!(1);
    }
    item
}

/// The older shape of a price.
pub fn plan_of(price: &Value) -> Value {
    let recurring = &price["recurring"];
    let mut plan = Map::new();
    for name in [
        "id",
        "active",
        "billing_scheme",
        "created",
        "currency",
        "livemode",
        "metadata",
        "nickname",
        "product",
        "tiers_mode",
    ] {
        plan.insert(name.to_owned(), price[name].clone());
    }
    for name in [
        "interval",
        "interval_count",
        "meter",
        "trial_period_days",
        "usage_type",
    ] {
        plan.insert(name.to_owned(), recurring[name].clone());
    }
    plan.insert("object".to_owned(), json!("plan"));
    plan.insert("amount".to_owned(), price["unit_amount"].clone());
    plan.insert(
        "amount_decimal".to_owned(),
        price["unit_amount_decimal"].clone(),
    );
    plan.insert(
        "transform_usage".to_owned(),
        price["transform_quantity"].clone(),
    );
    Value::Object(plan)
}
