//! Pausing subscriptions and letting them go on.

use serde_json::{Value, json};

use super::super::Edit;
use crate::billing;
use crate::error::ApiError;
use crate::registry::Kind;

pub fn pause(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["type"])?;
    let place = edit.target(Kind::Subscription)?;
    let subscription = edit.state.store.value(Kind::Subscription, place);
    let refused = if subscription["status"] != "active" {
        "Only active subscriptions can be paused."
    } else if !subscription["schedule"].is_null() {
        "A subscription that is attached to a schedule cannot be paused."
    } else if subscription["billing_mode"]["type"] != "flexible" {
        "Only subscriptions with `billing_mode[type]=flexible` can be paused."
    } else {
        let now = edit.state.now();
        let cause = edit.cause.clone();
        let event = "customer.subscription.paused";
        return Ok(edit
            .state
            .change(Kind::Subscription, place, event, &cause, |subscription| {
                subscription["status"] = json!("paused");
                subscription["status_details"] = json!({"paused": {
                    "subscription": {"type": "pause_requested"},
                    "transitioned_at": now,
                    "type": "subscription"
                }});
            }));
    };
    Err(ApiError::bad_request(refused))
}

/// Unless asked to leave the billing cycle as it was, a new one begins and is billed at once.
pub fn resume(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["billing_cycle_anchor"])?;
    let place = edit.target(Kind::Subscription)?;
    let status = edit.state.store.field(Kind::Subscription, place, "/status");
    if status.is_none_or(|status| *status != "paused") {
        return Err(ApiError::bad_request(
            "Only paused subscriptions can be resumed.",
        ));
    }
    let anew = edit.text("billing_cycle_anchor/type") != Some("unchanged");
    let cause = edit.cause.clone();
    billing::resume(edit.state, place, anew, &cause);
    Ok(edit.state.store.value(Kind::Subscription, place))
}
