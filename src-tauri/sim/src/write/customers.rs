//! Customers: create, update, delete.

use serde_json::{Value, json};

use super::{Edit, merge_metadata, overlay};
use crate::error::ApiError;
use crate::objects::customer::invoice_prefix;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::state::State;

const FIELDS: [&str; 10] = [
    "business_name",
    "description",
    "email",
    "individual_name",
    "invoice_prefix",
    "name",
    "next_invoice_sequence",
    "phone",
    "preferred_locales",
    "tax_exempt",
];
const OTHERS: [&str; 5] = [
    "address",
    "balance",
    "invoice_settings",
    "metadata",
    "shipping",
];

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let tax_ids = edit.params.remove("tax_id_data");
    let method = super::payment_methods::given(edit, "payment_method")?;
    let given = edit.params.remove("payment_method");
    // A test token that stands for both is one card.
    let settings = edit.params.get_mut("invoice_settings");
    let default = settings
        .and_then(|settings| settings.get_mut("default_payment_method"))
        .filter(|default| given.as_ref() == Some(*default));
    let is_default = default.map(Value::take).is_some();
    edit.named(Kind::TestClock, "test_clock")?;
    let clock = edit.params.remove("test_clock").unwrap_or_default();
    check(edit, None)?;
    let place = edit.state.store.end(Kind::Customer);
    let mut customer = json!({
        "id": edit.state.store.next_id(Kind::Customer),
        "object": "customer",
        "address": null,
        "balance": 0,
        "created": edit.state.now(),
        "currency": null,
        "customer_account": null,
        "default_source": null,
        "delinquent": false,
        "description": null,
        "discount": null,
        "email": null,
        "invoice_prefix": invoice_prefix(&edit.state.store.population, place),
        "invoice_settings": {
            "custom_fields": null,
            "default_payment_method": null,
            "footer": null,
            "rendering_options": null
        },
        "livemode": false,
        "metadata": {},
        "name": null,
        "next_invoice_sequence": 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": clock
    });
    apply(edit, &mut customer);
    if let (true, Some(method)) = (is_default, &method) {
        customer["invoice_settings"]["default_payment_method"] = method["id"].clone();
    }
    let cause = edit.cause.clone();
    let customer = edit
        .state
        .add(Kind::Customer, customer, "customer.created", &cause);
    for tax_id in tax_ids.iter().filter_map(Value::as_array).flatten() {
        let text = |name: &str| tax_id[name].as_str().unwrap_or_default();
        let tax_id = (text("type"), text("value"));
        super::tax_ids::add(edit.state, place, tax_id, &cause);
    }
    if let Some(method) = method {
        let id = method["id"].as_str().unwrap_or_default();
        let found = edit.state.store.find(Kind::PaymentMethod, id);
        super::payment_methods::attach_to(edit, found.unwrap_or_default(), Some(place))?;
    }
    Ok(customer)
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let place = edit.target(Kind::Customer)?;
    check(edit, Some(place))?;
    let mut customer = edit.state.store.value(Kind::Customer, place);
    apply(edit, &mut customer);
    let cause = edit.cause.clone();
    Ok(edit
        .state
        .change(Kind::Customer, place, "customer.updated", &cause, |kept| {
            *kept = customer
        }))
}

pub fn delete(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let place = edit.target(Kind::Customer)?;
    let cause = edit.cause.clone();
    let customer = delete_with_subscriptions(edit.state, place, &cause);
    Ok(json!({"id": customer["id"], "object": "customer", "deleted": true}))
}

pub fn delete_with_subscriptions(state: &mut State, place: u32, cause: &Cause) -> Value {
    let customer = state.store.value(Kind::Customer, place);
    super::subscriptions::cancel_all(state, place, cause);
    super::payment_methods::detach_all(state, place, cause);
    super::tax_ids::remove_all(state, place, cause);
    state.store.remove(Kind::Customer, place);
    state.tell("customer.deleted", customer.clone(), None, cause);
    customer
}

/// A customer's currency is that of its first subscription or invoice item.
pub fn settle_currency(state: &mut State, customer: u32, currency: &Value, cause: &Cause) {
    let event = "customer.updated";
    state.change(Kind::Customer, customer, event, cause, |customer| {
        if customer["currency"].is_null() {
            customer["currency"] = currency.clone();
        }
    });
}

/// Everything that can be refused, before anything is changed.
fn check(edit: &Edit<'_>, place: Option<u32>) -> Result<(), ApiError> {
    let known: Vec<&str> = FIELDS.iter().chain(&OTHERS).copied().collect();
    edit.only(&known)?;
    if let Some(email) = edit.text("email").filter(|email| !email.contains('@')) {
        let message = format!("Invalid email address: {email}");
        return Err(ApiError::bad_request(message)
            .code("email_invalid")
            .param("email"));
    }
    let pointer = "invoice_settings/default_payment_method";
    if let Some(method) = edit.named(Kind::PaymentMethod, pointer)? {
        let owner = edit
            .state
            .store
            .field(Kind::PaymentMethod, method, "/customer");
        let owner = owner
            .as_deref()
            .and_then(Value::as_str)
            .and_then(|id| edit.state.store.find(Kind::Customer, id));
        if owner.is_none() || owner != place {
            let message = "The customer does not have a payment method with the ID \
                           you gave. The payment method must be attached to the customer.";
            return Err(ApiError::bad_request(message)
                .code("resource_missing")
                .param("invoice_settings[default_payment_method]"));
        }
    }
    Ok(())
}

fn apply(edit: &Edit<'_>, customer: &mut Value) {
    let empty_address = json!({
        "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null
    });
    for (name, given) in &edit.params {
        match name.as_str() {
            "expand" => {}
            "metadata" => merge_metadata(customer, Some(given)),
            // The two legal names are left out where there are none.
            "business_name" | "individual_name" if given.is_null() => {
                if let Value::Object(customer) = customer {
                    customer.remove(name);
                }
            }
            "tax_exempt" if given.is_null() => customer["tax_exempt"] = json!("none"),
            "preferred_locales" if given.is_null() => customer["preferred_locales"] = json!([]),
            "address" if given.is_object() => {
                if customer["address"].is_null() {
                    customer["address"] = empty_address.clone();
                }
                overlay(&mut customer["address"], given);
            }
            "shipping" if given.is_object() => {
                customer["shipping"] = json!({"address": empty_address, "name": "", "phone": null});
                overlay(&mut customer["shipping"], given);
            }
            _ => overlay(&mut customer[name.as_str()], given),
        }
    }
}
