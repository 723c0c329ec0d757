//! The flows of portal sessions: what a client is sent to do, and when the portal lets them.

use serde_json::{Map, Value, json};

use super::Edit;
use crate::error::ApiError;
use crate::registry::Kind;

const LONGEST_MESSAGE: usize = 500;

/// What `flow_data` asks for, as a session shows it.
pub fn flow(edit: &Edit<'_>, customer: u32, configuration: &Value) -> Result<Value, ApiError> {
    let Some(given) = edit.value("flow_data").filter(|given| given.is_object()) else {
        return Ok(Value::Null);
    };
    let kind = given["type"].as_str().unwrap_or_default();
    let feature = feature(kind);
    if configuration["features"][feature]["enabled"] != true {
        let message = format!(
            "You cannot use flow_data with type `{kind}` because `features.{feature}` is disabled in your portal configuration."
        );
        return Err(ApiError::bad_request(message).param("flow_data[type]"));
    }
    let mut flow = Map::from_iter([
        ("after_completion".to_owned(), after_completion(given)?),
        ("subscription_cancel".to_owned(), Value::Null),
        ("subscription_pause".to_owned(), Value::Null),
        ("subscription_update".to_owned(), Value::Null),
        ("subscription_update_confirm".to_owned(), Value::Null),
        ("customer_update".to_owned(), Value::Null),
        ("type".to_owned(), json!(kind)),
    ]);
    let details = match kind {
        "payment_method_update" => return Ok(Value::Object(flow)),
        "customer_update" => json!({}),
        _ => subscription_flow(edit, customer, configuration, kind)?,
    };
    flow.insert(kind.to_owned(), details);
    Ok(Value::Object(flow))
}

fn after_completion(given: &Value) -> Result<Value, ApiError> {
    let after = &given["after_completion"];
    let kind = after["type"].as_str().unwrap_or("portal_homepage");
    let (mut hosted, mut redirect) = (Value::Null, Value::Null);
    match kind {
        "redirect" => {
            let url = after
                .pointer("/redirect/return_url")
                .filter(|url| url.is_string());
            let missing =
                || ApiError::missing_parameter("flow_data[after_completion][redirect][return_url]");
            redirect = json!({"return_url": url.ok_or_else(missing)?});
        }
        "hosted_confirmation" => {
            let message = after
                .pointer("/hosted_confirmation/custom_message")
                .cloned()
                .unwrap_or_default();
            let length = message.as_str().map_or(0, |text| text.chars().count());
            if length > LONGEST_MESSAGE {
                let at = "flow_data[after_completion][hosted_confirmation][custom_message]";
                let message =
                    format!("Invalid string: must be at most {LONGEST_MESSAGE} characters");
                return Err(ApiError::bad_request(message).param(at));
            }
            hosted = json!({ "custom_message": message });
        }
        _ => {}
    }
    Ok(json!({"hosted_confirmation": hosted, "redirect": redirect, "type": kind}))
}

/// The flows that act on one subscription.
fn subscription_flow(
    edit: &Edit<'_>,
    customer: u32,
    configuration: &Value,
    kind: &str,
) -> Result<Value, ApiError> {
    let at = format!("flow_data[{kind}][subscription]");
    let details = edit
        .value("flow_data")
        .map(|given| given[kind].clone())
        .unwrap_or_default();
    let id = details["subscription"]
        .as_str()
        .ok_or_else(|| ApiError::missing_parameter(&at))?;
    let store = &edit.state.store;
    let place = store
        .find(Kind::Subscription, id)
        .ok_or_else(|| ApiError::no_such("subscription", id, &at))?;
    let subscription = store.value(Kind::Subscription, place);
    let owner = subscription["customer"]
        .as_str()
        .and_then(|id| store.find(Kind::Customer, id));
    if owner != Some(customer) {
        return Err(ApiError::no_such("subscription", id, &at));
    }
    if let Some(reason) = refusal(&subscription, feature(kind)) {
        let message = format!("The subscription `{id}` cannot be used with `{kind}`: {reason}.");
        return Err(ApiError::bad_request(message).param(&at));
    }
    match kind {
        "subscription_cancel" => {
            let retention = retention(edit, &details)?;
            Ok(json!({"retention": retention, "subscription": id}))
        }
        "subscription_update_confirm" => confirm(edit, &details, &subscription, configuration),
        _ => Ok(json!({ "subscription": id })),
    }
}

/// Why the portal does not let a client do this with a subscription; nothing where it does.
pub fn refusal(subscription: &Value, feature: &str) -> Option<String> {
    let status = subscription["status"].as_str().unwrap_or_default();
    let items = subscription["items"]["data"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let cancelling =
        subscription["cancel_at_period_end"] == true || !subscription["cancel_at"].is_null();
    let metered = |item: &Value| item["price"]["recurring"]["usage_type"] == "metered";
    let reason = match feature {
        _ if matches!(status, "canceled" | "incomplete" | "incomplete_expired") => {
            return Some(format!("its status is `{status}`"));
        }
        _ if !subscription["schedule"].is_null() => "it is attached to a subscription schedule",
        "subscription_cancel" if cancelling => "it is already set to be canceled",
        "subscription_cancel" => return None,
        _ if items.len() != 1 => "it has multiple items",
        _ if items.iter().any(metered) => "it has usage-based billing",
        _ if subscription["collection_method"] == "send_invoice" => {
            "its collection method is `send_invoice`"
        }
        "subscription_pause" if status != "active" => {
            return Some(format!("its status is `{status}`"));
        }
        "subscription_pause" if subscription["billing_mode"]["type"] != "flexible" => {
            "its billing mode is not `flexible`"
        }
        _ => return None,
    };
    Some(reason.to_owned())
}

/// The feature of a configuration that a flow takes.
pub fn feature(flow: &str) -> &str {
    match flow {
        "subscription_update_confirm" => "subscription_update",
        other => other,
    }
}

fn retention(edit: &Edit<'_>, details: &Value) -> Result<Value, ApiError> {
    let at = "flow_data[subscription_cancel][retention][coupon_offer][coupon]";
    let Some(coupon) = details
        .pointer("/retention/coupon_offer/coupon")
        .and_then(Value::as_str)
    else {
        return Ok(Value::Null);
    };
    edit.state
        .store
        .find(Kind::Coupon, coupon)
        .ok_or_else(|| ApiError::no_such("coupon", coupon, at))?;
    Ok(json!({"coupon_offer": {"coupon": coupon}, "type": "coupon_offer"}))
}

/// A change of plan that the client only has to confirm.
fn confirm(
    edit: &Edit<'_>,
    details: &Value,
    subscription: &Value,
    configuration: &Value,
) -> Result<Value, ApiError> {
    let at = "flow_data[subscription_update_confirm][items]";
    let item = &subscription["items"]["data"][0];
    let given = details["items"].as_array().map_or(&[][..], Vec::as_slice);
    let [change] = given else {
        return Err(ApiError::bad_request("Exactly one item can be updated.").param(at));
    };
    let id = change["id"].as_str().unwrap_or_default();
    if item["id"] != id {
        return Err(ApiError::no_such(
            "subscription_item",
            id,
            &format!("{at}[0][id]"),
        ));
    }
    if let Some(price) = change["price"].as_str() {
        let offered = edit
            .state
            .store
            .offered(configuration["id"].as_str().unwrap_or_default());
        if !offered.iter().any(|product| offers(product, price)) {
            let message = format!(
                "The price `{price}` is not in the portal configuration's `features[subscription_update][products]`."
            );
            return Err(ApiError::bad_request(message).param(format!("{at}[0][price]")));
        }
    }
    let mut shown = json!({"id": id, "price": change.get("price").unwrap_or(&item["price"]["id"])});
    if let Some(quantity) = change.get("quantity").or_else(|| item.get("quantity")) {
        shown["quantity"] = quantity.clone();
    }
    let discounts = confirm_discounts(edit, details)?;
    Ok(json!({"discounts": discounts, "items": [shown], "subscription": details["subscription"]}))
}

/// Does a product of a configuration offer this price?
pub fn offers(product: &Value, price: &str) -> bool {
    let prices = product["prices"].as_array();
    prices.is_some_and(|prices| prices.iter().any(|offered| offered == price))
}

/// Stripe takes one discount here.
fn confirm_discounts(edit: &Edit<'_>, details: &Value) -> Result<Value, ApiError> {
    let at = "flow_data[subscription_update_confirm][discounts]";
    let Some(given) = details["discounts"].as_array() else {
        return Ok(Value::Null);
    };
    if given.len() > 1 {
        return Err(ApiError::bad_request("Only one discount can be given.").param(at));
    }
    let shown = given.iter().enumerate().map(|(number, one)| {
        for (kind, name) in [
            (Kind::Coupon, "coupon"),
            (Kind::PromotionCode, "promotion_code"),
        ] {
            if let Some(id) = one[name].as_str()
                && edit.state.store.find(kind, id).is_none()
            {
                return Err(ApiError::no_such(
                    name,
                    id,
                    &format!("{at}[{number}][{name}]"),
                ));
            }
        }
        Ok(json!({"coupon": one["coupon"], "promotion_code": one["promotion_code"]}))
    });
    shown.collect()
}
