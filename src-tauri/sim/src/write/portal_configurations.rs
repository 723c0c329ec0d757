//! Portal configurations: create and update.

use serde_json::{Value, json};

use super::{Edit, merge_metadata, overlay};
use crate::error::ApiError;
use crate::ids;
use crate::registry::Kind;

const MOST_PRODUCTS: usize = 10;
const PARAMETERS: [&str; 6] = [
    "business_profile",
    "default_return_url",
    "features",
    "login_page",
    "metadata",
    "name",
];

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&PARAMETERS)?;
    check(edit)?;
    if edit
        .value("features")
        .and_then(Value::as_object)
        .is_none_or(serde_json::Map::is_empty)
    {
        return Err(ApiError::missing_parameter("features"));
    }
    let now = edit.state.now();
    let mut configuration = json!({
        "id": edit.state.store.next_id(Kind::PortalConfiguration),
        "object": "billing_portal.configuration",
        "active": true,
        "application": null,
        "business_profile": {"headline": null, "privacy_policy_url": null, "terms_of_service_url": null},
        "created": now,
        "default_return_url": null,
        "features": {
            "customer_update": {"allowed_updates": [], "enabled": false},
            "invoice_history": {"enabled": false},
            "payment_method_update": {"enabled": false, "payment_method_configuration": null},
            "subscription_cancel": {
                "cancellation_reason": {"enabled": false, "feedback_options": null, "options": []},
                "enabled": false,
                "mode": "at_period_end",
                "proration_behavior": "none"
            },
            "subscription_pause": {
                "duration": {"interval_options": [{"interval": "month", "interval_count": 1}], "type": "interval_options"},
                "enabled": false
            },
            "subscription_update": {
                "billing_cycle_anchor": "unchanged",
                "default_allowed_updates": [],
                "enabled": false,
                "products": [],
                "proration_behavior": "none",
                "schedule_at_period_end": {"conditions": []},
                "trial_update_behavior": "end_trial"
            }
        },
        // Only the Dashboard makes a configuration the default.
        "is_default": false,
        "livemode": false,
        "login_page": {"enabled": false, "url": null},
        "metadata": {},
        "name": null,
        "updated": now
    });
    apply(edit, &mut configuration);
    Ok(edit.state.add(
        Kind::PortalConfiguration,
        configuration,
        "billing_portal.configuration.created",
        &edit.cause,
    ))
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let known: Vec<&str> = PARAMETERS.into_iter().chain(["active"]).collect();
    edit.only(&known)?;
    let place = edit.target(Kind::PortalConfiguration)?;
    check(edit)?;
    let mut configuration = edit.state.store.value(Kind::PortalConfiguration, place);
    apply(edit, &mut configuration);
    configuration["updated"] = json!(edit.state.now());
    let event = "billing_portal.configuration.updated";
    let cause = edit.cause.clone();
    Ok(edit
        .state
        .change(Kind::PortalConfiguration, place, event, &cause, |kept| {
            *kept = configuration
        }))
}

fn check(edit: &Edit<'_>) -> Result<(), ApiError> {
    let too_long = |pointer: &str, limit: usize| {
        edit.text(pointer)
            .filter(|text| text.chars().count() > limit)
            .map(|_| {
                ApiError::bad_request(format!(
                    "Invalid string: must be at most {limit} characters"
                ))
                .param(super::bracketed(pointer))
            })
    };
    if let Some(error) = too_long("business_profile/headline", 60).or_else(|| too_long("name", 256))
    {
        return Err(error);
    }
    if edit.text("features/subscription_cancel/proration_behavior") == Some("always_invoice") {
        let message = "`always_invoice` is not supported for `features[subscription_cancel][proration_behavior]`.";
        return Err(ApiError::bad_request(message)
            .param("features[subscription_cancel][proration_behavior]"));
    }
    check_products(edit)
}

fn check_products(edit: &Edit<'_>) -> Result<(), ApiError> {
    let at = "features[subscription_update][products]";
    let products = edit
        .value("features/subscription_update/products")
        .and_then(Value::as_array);
    let store = &edit.state.store;
    for (number, given) in products.into_iter().flatten().enumerate() {
        let product = given["product"].as_str().unwrap_or_default();
        if store.find(Kind::Product, product).is_none() {
            return Err(ApiError::no_such(
                "product",
                product,
                &format!("{at}[{number}][product]"),
            ));
        }
        for price in given["prices"].as_array().into_iter().flatten() {
            let id = price.as_str().unwrap_or_default();
            let place = store
                .find(Kind::Price, id)
                .ok_or_else(|| ApiError::no_such("price", id, at))?;
            let price = store.value(Kind::Price, place);
            let refused = if price["product"] != product {
                format!("The price `{id}` does not belong to the product `{product}`.")
            } else if price["active"] == false {
                format!("The price `{id}` is inactive and cannot be offered in the portal.")
            } else if price["recurring"]["usage_type"] == "metered" {
                format!("The price `{id}` is usage-based and cannot be offered in the portal.")
            } else {
                continue;
            };
            return Err(ApiError::bad_request(refused).param(at));
        }
    }
    if products.is_some_and(|products| products.len() > MOST_PRODUCTS) {
        let message = format!("You can offer at most {MOST_PRODUCTS} products in the portal.");
        return Err(ApiError::bad_request(message).param(at));
    }
    Ok(())
}

fn apply(edit: &Edit<'_>, configuration: &mut Value) {
    for (name, given) in &edit.params {
        match name.as_str() {
            "expand" => {}
            "metadata" => merge_metadata(configuration, Some(given)),
            _ => overlay(&mut configuration[name.as_str()], given),
        }
    }
    let features = &mut configuration["features"];
    for list in [
        "/customer_update/allowed_updates",
        "/subscription_update/default_allowed_updates",
        "/subscription_update/products",
    ] {
        // An empty value stands for an empty list.
        if let Some(value) = features.pointer_mut(list).filter(|value| value.is_null()) {
            *value = json!([]);
        }
    }
    for product in features["subscription_update"]["products"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        let mut quantity = json!({"enabled": false, "maximum": null, "minimum": 1});
        overlay(
            &mut quantity,
            product.get("adjustable_quantity").unwrap_or(&json!({})),
        );
        product["adjustable_quantity"] = quantity;
    }
    let place = edit.state.store.place(
        Kind::PortalConfiguration,
        configuration["id"].as_str().unwrap_or_default(),
    );
    let place = place.unwrap_or_else(|| edit.state.store.end(Kind::PortalConfiguration));
    let id = edit.state.id_of(ids::PORTAL_LOGIN, place);
    let enabled = configuration["login_page"]["enabled"] == true;
    configuration["login_page"]["url"] =
        json!(enabled.then(|| format!("{}/p/login/{id}", edit.state.pages)));
}
