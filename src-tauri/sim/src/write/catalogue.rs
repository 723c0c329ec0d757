//! What the agency sells: products and their prices.

use serde_json::{Value, json};

use super::{Edit, balance, merge_metadata};
use crate::error::ApiError;
use crate::registry::Kind;

const PRODUCT_FIELDS: [&str; 9] = [
    "active",
    "description",
    "images",
    "marketing_features",
    "metadata",
    "name",
    "shippable",
    "statement_descriptor",
    "unit_label",
];

pub fn create_product(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let others = ["default_price_data", "id", "type", "url"];
    let known: Vec<&str> = PRODUCT_FIELDS.iter().chain(&others).copied().collect();
    edit.only(&known)?;
    let given = Value::Object(edit.params.clone());
    let product = new_product(edit, &given)?;
    let Some(mut price) = edit.value("default_price_data").cloned() else {
        return Ok(product);
    };
    price["product"] = product["id"].clone();
    let price = new_price(edit, &price)?;
    let id = product["id"].as_str().unwrap_or_default();
    let place = edit.state.store.find(Kind::Product, id).unwrap_or_default();
    let cause = edit.cause.clone();
    let event = "product.updated";
    Ok(edit
        .state
        .change(Kind::Product, place, event, &cause, |product| {
            product["default_price"] = price["id"].clone();
        }))
}

fn new_product(edit: &mut Edit<'_>, given: &Value) -> Result<Value, ApiError> {
    let id = given["id"].as_str().map(str::to_owned);
    if let Some(id) = id
        .as_deref()
        .filter(|id| edit.state.store.place(Kind::Product, id).is_some())
    {
        let message = format!("Product already exists: {id}");
        return Err(ApiError::bad_request(message)
            .code("resource_already_exists")
            .param("id"));
    }
    let now = edit.state.now();
    let mut product = json!({
        "id": id.unwrap_or_else(|| edit.state.store.next_id(Kind::Product)),
        "object": "product",
        "active": true,
        "created": now,
        "default_price": null,
        "description": null,
        "images": [],
        "livemode": false,
        "marketing_features": [],
        "metadata": {},
        "name": null,
        "package_dimensions": null,
        "shippable": null,
        "statement_descriptor": null,
        "tax_code": null,
        "tax_details": null,
        "type": "service",
        "unit_label": null,
        "updated": now,
        "url": null
    });
    for (name, value) in given.as_object().into_iter().flatten() {
        match name.as_str() {
            "default_price_data" | "expand" | "id" => {}
            "metadata" => merge_metadata(&mut product, Some(value)),
            _ => product[name.as_str()] = value.clone(),
        }
    }
    let cause = edit.cause.clone();
    Ok(edit
        .state
        .add(Kind::Product, product, "product.created", &cause))
}

pub fn update_product(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let others = ["default_price", "url"];
    let known: Vec<&str> = PRODUCT_FIELDS.iter().chain(&others).copied().collect();
    edit.only(&known)?;
    let place = edit.target(Kind::Product)?;
    edit.named(Kind::Price, "default_price")?;
    let now = edit.state.now();
    edit.params.insert("updated".to_owned(), json!(now));
    edit.change(Kind::Product, place, "product.updated")
}

pub fn delete_product(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let place = edit.target(Kind::Product)?;
    let product = edit.state.store.value(Kind::Product, place);
    let store = &edit.state.store;
    let used = (0..store.end(Kind::Price)).any(|price| {
        store
            .field(Kind::Price, price, "/product")
            .is_some_and(|id| *id == product["id"])
    });
    if used {
        return Err(ApiError::bad_request(
            "This product cannot be deleted because it has one or more user-created prices.",
        ));
    }
    Ok(removed(edit, Kind::Product, place, "product.deleted"))
}

/// Takes an object away and tells of it; gives the answer to a DELETE.
pub fn removed(edit: &mut Edit<'_>, kind: Kind, place: u32, event: &str) -> Value {
    let object = edit.state.store.value(kind, place);
    let cause = edit.cause.clone();
    edit.state.store.remove(kind, place);
    let gone = json!({"id": object["id"], "object": kind.object(), "deleted": true});
    edit.state.tell(event, object, None, &cause);
    gone
}

pub fn create_price(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "active",
        "billing_scheme",
        "currency",
        "lookup_key",
        "metadata",
        "nickname",
        "product",
        "product_data",
        "recurring",
        "tax_behavior",
        "tiers",
        "tiers_mode",
        "transfer_lookup_key",
        "unit_amount",
        "unit_amount_decimal",
    ])?;
    let mut given = Value::Object(edit.params.clone());
    if let Some(product) = edit.value("product_data").cloned() {
        given["product"] = new_product(edit, &product)?["id"].clone();
    }
    edit.named(Kind::Product, "product")?;
    new_price(edit, &given)
}

fn new_price(edit: &mut Edit<'_>, given: &Value) -> Result<Value, ApiError> {
    let currency = balance::currency(given["currency"].as_str().unwrap_or_default())?;
    if given["product"].is_null() {
        return Err(ApiError::missing_parameter("product"));
    }
    let tiered = given["billing_scheme"] == "tiered";
    let decimal = decimal_of(given);
    if decimal.is_none() && !tiered {
        return Err(ApiError::missing_parameter("unit_amount"));
    }
    let whole = decimal.as_deref().and_then(|text| text.parse::<i64>().ok());
    let key = given["lookup_key"].as_str().map(str::to_owned);
    if let Some(key) = &key {
        take_key(edit, key, given["transfer_lookup_key"] == true)?;
    }
    let recurring = given
        .get("recurring")
        .filter(|recurring| recurring.is_object());
    let recurring = recurring.map(|recurring| {
        json!({
            "interval": recurring["interval"],
            "interval_count": recurring["interval_count"].as_i64().unwrap_or(1),
            "meter": recurring["meter"],
            "trial_period_days": null,
            "usage_type": recurring["usage_type"].as_str().unwrap_or("licensed")
        })
    });
    let mut price = json!({
        "id": edit.state.store.next_id(Kind::Price),
        "object": "price",
        "active": given["active"] != false,
        "billing_scheme": if tiered { "tiered" } else { "per_unit" },
        "created": edit.state.now(),
        "currency": currency.code,
        "custom_unit_amount": null,
        "livemode": false,
        "lookup_key": key,
        "metadata": {},
        "nickname": given["nickname"],
        "product": given["product"],
        "recurring": recurring,
        "tax_behavior": given["tax_behavior"].as_str().unwrap_or("unspecified"),
        "tiers_mode": given["tiers_mode"],
        "transform_quantity": null,
        "type": if recurring.is_some() { "recurring" } else { "one_time" },
        "unit_amount": whole,
        "unit_amount_decimal": decimal
    });
    merge_metadata(&mut price, given.get("metadata"));
    if tiered {
        let tiers = given["tiers"]
            .as_array()
            .ok_or_else(|| ApiError::missing_parameter("tiers"))?;
        let id = price["id"].as_str().unwrap_or_default().to_owned();
        let tiers = tiers.iter().map(tier).collect();
        edit.state.store.leave_out(&id, tiers);
    }
    let cause = edit.cause.clone();
    Ok(edit.state.add(Kind::Price, price, "price.created", &cause))
}

/// The price of a `price_data`: it can be asked for by its id, and sold no second time.
pub fn inline_price(edit: &mut Edit<'_>, given: &Value) -> Result<Value, ApiError> {
    let mut given = given.clone();
    given["active"] = json!(false);
    let price = new_price(edit, &given)?;
    edit.state
        .store
        .set_inline(price["id"].as_str().unwrap_or_default());
    Ok(price)
}

/// Decimals are texts in Stripe's answers.
fn decimal_of(given: &Value) -> Option<String> {
    match (&given["unit_amount"], &given["unit_amount_decimal"]) {
        (Value::Number(amount), _) => Some(amount.to_string()),
        (_, Value::Number(amount)) => {
            let text = format!("{:.12}", amount.as_f64().unwrap_or_default());
            Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
        }
        _ => None,
    }
}

fn tier(given: &Value) -> Value {
    let up_to = given["up_to"]
        .as_i64()
        .or_else(|| given["up_to"].as_str()?.parse().ok());
    json!({
        "flat_amount": given["flat_amount"],
        "flat_amount_decimal": given["flat_amount"].as_i64().map(|amount| amount.to_string()),
        "unit_amount": given["unit_amount"],
        "unit_amount_decimal": decimal_of(given),
        "up_to": up_to
    })
}

/// A lookup key belongs to one price; another gives it up only if the request says so.
fn take_key(edit: &mut Edit<'_>, key: &str, transfer: bool) -> Result<(), ApiError> {
    let store = &edit.state.store;
    let holder = (0..store.end(Kind::Price)).find(|place| {
        store
            .field(Kind::Price, *place, "/lookup_key")
            .is_some_and(|own| *own == key)
    });
    let Some(holder) = holder else { return Ok(()) };
    if !transfer {
        let message = format!("A price (`{key}`) already uses that lookup key.");
        return Err(ApiError::bad_request(message)
            .code("resource_already_exists")
            .param("lookup_key"));
    }
    let cause = edit.cause.clone();
    edit.state
        .change(Kind::Price, holder, "price.updated", &cause, |price| {
            price["lookup_key"] = Value::Null;
        });
    Ok(())
}

pub fn update_price(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "active",
        "lookup_key",
        "metadata",
        "nickname",
        "tax_behavior",
        "transfer_lookup_key",
    ])?;
    let place = edit.target(Kind::Price)?;
    let transfer = edit.params.remove("transfer_lookup_key") == Some(json!(true));
    let own = edit.state.store.value(Kind::Price, place)["lookup_key"].clone();
    let key = edit
        .text("lookup_key")
        .filter(|key| own != **key)
        .map(str::to_owned);
    if let Some(key) = key {
        take_key(edit, &key, transfer)?;
    }
    edit.change(Kind::Price, place, "price.updated")
}
