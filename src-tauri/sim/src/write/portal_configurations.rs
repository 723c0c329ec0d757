//! Portal configurations: create and update.

use serde_json::{Value, json};

use super::{Edit, merge_metadata, overlay, portal_rules};
use crate::error::ApiError;
use crate::ids;
use crate::registry::Kind;

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
    let offered = apply(edit, &mut configuration).unwrap_or_default();
    portal_rules::check(edit, &configuration, &offered)?;
    let id = configuration["id"].as_str().unwrap_or_default();
    edit.state.store.leave_out(id, offered);
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
    let before = edit.state.store.value(Kind::PortalConfiguration, place);
    let id = before["id"].as_str().unwrap_or_default();
    let offered_before = edit.state.store.offered(id).to_vec();
    let mut configuration = before.clone();
    let offered = apply(edit, &mut configuration).unwrap_or_else(|| offered_before.clone());
    portal_rules::check(edit, &configuration, &offered)?;
    configuration["updated"] = json!(edit.state.now());
    let event = "billing_portal.configuration.updated";
    let cause = edit.cause.clone();
    let changed = offered != offered_before;
    edit.state.store.leave_out(id, offered);
    // Nothing that an event shows tells of other products within the same second.
    if changed && configuration == before {
        let unseen = Some(json!({}));
        edit.state.tell(event, before.clone(), unseen, &cause);
    }
    Ok(edit
        .state
        .change(Kind::PortalConfiguration, place, event, &cause, |kept| {
            *kept = configuration
        }))
}

/// Sets what was given; answers with the products to offer where the request names some.
fn apply(edit: &Edit<'_>, configuration: &mut Value) -> Option<Vec<Value>> {
    let mut offered = None;
    for (name, given) in &edit.params {
        match name.as_str() {
            "expand" => {}
            "metadata" => merge_metadata(configuration, Some(given)),
            "features" => {
                let mut given = given.clone();
                // Stripe leaves the products out of its answers unless asked for.
                offered = given
                    .get_mut("subscription_update")
                    .and_then(Value::as_object_mut)
                    .and_then(|update| update.remove("products"));
                overlay(&mut configuration["features"], &given);
            }
            _ => overlay(&mut configuration[name.as_str()], given),
        }
    }
    fill_up(&mut configuration["features"]);
    let place = edit.state.store.place(
        Kind::PortalConfiguration,
        configuration["id"].as_str().unwrap_or_default(),
    );
    let place = place.unwrap_or_else(|| edit.state.store.end(Kind::PortalConfiguration));
    let id = edit.state.id_of(ids::PORTAL_LOGIN, place);
    let enabled = configuration["login_page"]["enabled"] == true;
    configuration["login_page"]["url"] =
        json!(enabled.then(|| format!("{}/p/login/{id}", edit.state.pages)));
    offered.map(|list| {
        let list = list.as_array().cloned().unwrap_or_default();
        list.into_iter().map(with_quantity).collect()
    })
}

/// What a request may leave out or send empty.
fn fill_up(features: &mut Value) {
    for list in [
        "/customer_update/allowed_updates",
        "/subscription_cancel/cancellation_reason/options",
        "/subscription_update/default_allowed_updates",
    ] {
        // An empty value stands for an empty list.
        if let Some(value) = features.pointer_mut(list).filter(|value| value.is_null()) {
            *value = json!([]);
        }
    }
    if features["subscription_cancel"]["proration_behavior"].is_null() {
        features["subscription_cancel"]["proration_behavior"] = json!("none");
    }
    let duration = &mut features["subscription_pause"]["duration"];
    let indefinite = duration["type"] == "indefinite";
    let options = duration["interval_options"].as_array().cloned();
    let mut options = options.filter(|_| !indefinite).unwrap_or_default();
    if options.is_empty() && !indefinite {
        options.push(json!({"interval": "month"}));
    }
    for option in &mut options {
        if option["interval_count"].is_null() {
            option["interval_count"] = json!(1);
        }
    }
    duration["interval_options"] = json!(options);
}

fn with_quantity(mut product: Value) -> Value {
    let mut quantity = json!({"enabled": false, "maximum": null, "minimum": 1});
    overlay(
        &mut quantity,
        product.get("adjustable_quantity").unwrap_or(&json!({})),
    );
    product["adjustable_quantity"] = quantity;
    product
}
