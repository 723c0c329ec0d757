//! Portal sessions: create, with their flows.

use serde_json::{Map, Value, json};

use super::Edit;
use crate::error::ApiError;
use crate::ids;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::state::State;

const EVENT: &str = "billing_portal.session.created";
const NO_CONFIGURATION: &str = "No configuration provided and your test mode default configuration has not been \
    created. Provide a configuration or create your default by saving your customer portal settings in test mode at \
    https://dashboard.stripe.com/test/settings/billing/portal.";

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "after_expiration",
        "configuration",
        "customer",
        "customer_account",
        "flow_data",
        "locale",
        "return_url",
    ])?;
    let named = edit
        .named(Kind::Customer, "customer")?
        .or(edit.named(Kind::Customer, "customer_account")?);
    let customer = named.ok_or_else(|| ApiError::missing_parameter("customer"))?;
    let configuration = configuration(edit)?;
    let flow = flow(edit, customer, &configuration)?;
    let given = |name: &str| edit.params.get(name).cloned().unwrap_or_default();
    let mut session = session(edit.state, customer, &configuration);
    session["flow"] = flow;
    session["locale"] = given("locale");
    if let url @ Value::String(_) = given("return_url") {
        session["return_url"] = url;
    }
    if let Some(recovery) = edit
        .params
        .get("after_expiration")
        .filter(|given| given.is_object())
    {
        let until = recovery
            .pointer("/customer_login/expires_at")
            .cloned()
            .unwrap_or_default();
        session["after_expiration"] =
            json!({"customer_login": {"expires_at": until}, "type": "customer_login"});
    }
    Ok(edit
        .state
        .add(Kind::PortalSession, session, EVENT, &edit.cause))
}

/// A plain session, as the login page opens it.
pub fn open(state: &mut State, customer: u32, configuration: u32, cause: &Cause) -> Value {
    let configuration = state.store.value(Kind::PortalConfiguration, configuration);
    let session = session(state, customer, &configuration);
    state.add(Kind::PortalSession, session, EVENT, cause)
}

fn session(state: &State, customer: u32, configuration: &Value) -> Value {
    let owner = state.store.value(Kind::Customer, customer);
    let secret = state.id_of(ids::PORTAL_SECRET, state.store.end(Kind::PortalSession));
    json!({
        "id": state.store.next_id(Kind::PortalSession),
        "object": "billing_portal.session",
        "configuration": configuration["id"],
        "created": state.now(),
        "customer": owner["id"],
        "customer_account": owner["customer_account"],
        "flow": null,
        "livemode": false,
        "locale": null,
        "on_behalf_of": null,
        "return_url": configuration["default_return_url"],
        "url": format!("{}/p/session/{secret}", state.pages)
    })
}

/// The one that was named, or the default one.
fn configuration(edit: &Edit<'_>) -> Result<Value, ApiError> {
    let store = &edit.state.store;
    if let Some(place) = edit.named(Kind::PortalConfiguration, "configuration")? {
        let configuration = store.value(Kind::PortalConfiguration, place);
        return if configuration["active"] == true {
            Ok(configuration)
        } else {
            Err(
                ApiError::bad_request("The portal configuration is inactive and cannot be used.")
                    .param("configuration"),
            )
        };
    }
    let mut all = store
        .added(Kind::PortalConfiguration)
        .map(|place| store.value(Kind::PortalConfiguration, place));
    all.find(|configuration| configuration["is_default"] == true)
        .ok_or_else(|| ApiError::bad_request(NO_CONFIGURATION))
}

fn flow(edit: &Edit<'_>, customer: u32, configuration: &Value) -> Result<Value, ApiError> {
    let Some(given) = edit.value("flow_data").filter(|given| given.is_object()) else {
        return Ok(Value::Null);
    };
    let kind = given["type"].as_str().unwrap_or_default();
    let feature = match kind {
        "subscription_update_confirm" => "subscription_update",
        other => other,
    };
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
    let status = subscription["status"].as_str().unwrap_or_default();
    let refuse = |reason: &str| {
        Err(ApiError::bad_request(format!(
            "The subscription `{id}` cannot be used with `{kind}`: {reason}."
        ))
        .param(&at))
    };
    if matches!(status, "canceled" | "incomplete" | "incomplete_expired") {
        return refuse(&format!("its status is `{status}`"));
    }
    let cancelling =
        subscription["cancel_at_period_end"] == true || !subscription["cancel_at"].is_null();
    if kind == "subscription_cancel" {
        if cancelling {
            return refuse("it is already set to be canceled");
        }
        return Ok(json!({"retention": retention(edit, &details)?, "subscription": id}));
    }
    if kind == "subscription_pause" {
        return Ok(json!({ "subscription": id }));
    }
    let items = subscription["items"]["data"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if items.len() != 1 {
        return refuse("it has multiple items");
    }
    if items[0]["price"]["recurring"]["usage_type"] == "metered" {
        return refuse("it has usage-based billing");
    }
    if subscription["collection_method"] == "send_invoice" {
        return refuse("its collection method is `send_invoice`");
    }
    if kind == "subscription_update" {
        return Ok(json!({ "subscription": id }));
    }
    confirm(edit, &details, &items[0], configuration)
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
    item: &Value,
    configuration: &Value,
) -> Result<Value, ApiError> {
    let at = "flow_data[subscription_update_confirm][items]";
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
        let products = configuration["features"]["subscription_update"]["products"].as_array();
        let offered = products.into_iter().flatten().any(|product| {
            product["prices"]
                .as_array()
                .is_some_and(|prices| prices.iter().any(|offered| offered == price))
        });
        if !offered {
            let message = format!(
                "The price `{price}` is not in the portal configuration's `features[subscription_update][products]`."
            );
            return Err(ApiError::bad_request(message).param(format!("{at}[0][price]")));
        }
    }
    if details.get("discounts").is_some() {
        return Err(edit.lacks("flow_data[subscription_update_confirm][discounts]"));
    }
    let mut shown = json!({"id": id, "price": change.get("price").unwrap_or(&item["price"]["id"])});
    if let Some(quantity) = change.get("quantity").or_else(|| item.get("quantity")) {
        shown["quantity"] = quantity.clone();
    }
    Ok(json!({"discounts": null, "items": [shown], "subscription": details["subscription"]}))
}
