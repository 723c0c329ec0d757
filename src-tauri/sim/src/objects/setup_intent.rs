//! `setup_intent`: a card that is to be kept.

use serde_json::{Value, json};

use super::payment_intent::client_secret;

/// One that waits for its card; `customer` is as the API shows it, or null.
pub fn setup_intent(id: &str, created: i64, customer: &Value) -> Value {
    json!({
        "id": id,
        "object": "setup_intent",
        "allowed_payment_method_types": null,
        "application": null,
        "automatic_payment_methods": null,
        "cancellation_reason": null,
        "client_secret": client_secret(id),
        "created": created,
        "customer": customer["id"],
        "customer_account": customer["customer_account"],
        "description": null,
        "excluded_payment_method_types": null,
        "flow_directions": null,
        "last_setup_error": null,
        "latest_attempt": null,
        "livemode": false,
        "mandate": null,
        "metadata": {},
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": null,
        "payment_method_types": ["card"],
        "single_use_mandate": null,
        "status": "requires_payment_method",
        "usage": "off_session"
    })
}
