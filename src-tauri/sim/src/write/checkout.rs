//! Checkout sessions and payment links: what is sold, to whom, until when.

use serde_json::{Map, Value, json};

use super::{Edit, merge_metadata, overlay};
use crate::error::ApiError;
use crate::ids;
use crate::objects::checkout::{
    LinkFacts, SessionFacts, item, link_url, payment_link_of, session_of, url,
};
use crate::objects::setup_intent::setup_intent;
use crate::population::DAY;
use crate::registry::Kind;
use crate::state::State;

/// Stripe's bounds for how long a session stays open.
const SHORTEST: i64 = 30 * 60;
const LONGEST: i64 = DAY as i64;
/// Parameters that the session shows as they were given.
const SHOWN: [&str; 9] = [
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "locale",
    "payment_method_collection",
    "submit_type",
    "tax_id_collection",
];
/// Parameters for what the session leads to, which are kept aside; the session does not show them.
const TAKEN: [&str; 4] = [
    "customer_update",
    "payment_intent_data",
    "subscription_data",
    "ui_mode",
];

pub fn create_session(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let others = [
        "currency",
        "customer",
        "expires_at",
        "line_items",
        "metadata",
        "mode",
        "success_url",
    ];
    let known: Vec<&str> = SHOWN.iter().chain(&TAKEN).chain(&others).copied().collect();
    edit.only(&known)?;
    if edit
        .text("ui_mode")
        .is_some_and(|mode| mode != "hosted_page")
    {
        return Err(edit.lacks("ui_mode other than hosted_page"));
    }
    let mode = edit
        .text("mode")
        .ok_or_else(|| ApiError::missing_parameter("mode"))?
        .to_owned();
    let now = edit.state.now();
    let expires_at = edit
        .value("expires_at")
        .and_then(Value::as_i64)
        .unwrap_or(now + LONGEST);
    if !(now + SHORTEST..=now + LONGEST).contains(&expires_at) {
        return Err(ApiError::bad_request(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
        )
        .param("expires_at"));
    }
    if edit.value("success_url").is_none() {
        return Err(ApiError::missing_parameter("success_url"));
    }
    let customer = edit.named(Kind::Customer, "customer")?;
    let owner = customer.map(|place| edit.state.store.value(Kind::Customer, place));
    let owner = owner.unwrap_or_default();
    let items = items(edit, mode == "subscription")?;
    if items.is_empty() == (mode != "setup") {
        return Err(ApiError::missing_parameter("line_items"));
    }
    let total: i64 = items
        .iter()
        .filter_map(|item| item["amount_total"].as_i64())
        .sum();
    let sells = !items.is_empty();
    let currency = items.first().map(|item| item["currency"].clone());
    let currency = currency
        .as_ref()
        .and_then(Value::as_str)
        .or(edit.text("currency"));
    let id = edit.state.store.next_id(Kind::CheckoutSession);
    let mut session = session_of(SessionFacts {
        amount_subtotal: sells.then_some(total),
        amount_total: sells.then_some(total),
        created: now,
        currency: currency.map(str::to_owned),
        customer: owner["id"].clone(),
        customer_account: owner["customer_account"].clone(),
        expires_at,
        payment_status: if mode == "setup" {
            "no_payment_required"
        } else {
            "unpaid"
        },
        mode,
        status: "open",
        success_url: edit.value("success_url").cloned().unwrap_or_default(),
        url: Some(url(&edit.state.pages, &id)),
        id: id.clone(),
        ..SessionFacts::default()
    });
    if session["mode"] == "setup" {
        session["setup_intent"] = begin_setup(edit, &owner);
    }
    for name in SHOWN {
        if let Some(given) = edit.value(name) {
            session[name] = given.clone();
        }
    }
    if let Some(collection) = session
        .get_mut("tax_id_collection")
        .and_then(Value::as_object_mut)
    {
        collection.entry("required").or_insert(json!("never"));
    }
    merge_metadata(&mut session, edit.value("metadata"));
    let data: Map<String, Value> = edit
        .params
        .iter()
        .filter(|(name, _)| TAKEN.contains(&name.as_str()))
        .map(|(name, given)| (name.clone(), given.clone()))
        .collect();
    edit.state.store.keep_aside(&id, Value::Object(data));
    keep(edit.state, &session, items);
    Ok(session)
}

/// The id of the setup intent that a session's card will be kept by.
fn begin_setup(edit: &mut Edit<'_>, owner: &Value) -> Value {
    let id = edit.state.store.next_id(Kind::SetupIntent);
    let intent = setup_intent(&id, edit.state.now(), owner);
    let (cause, event) = (edit.cause.clone(), "setup_intent.created");
    edit.state.add(Kind::SetupIntent, intent, event, &cause);
    json!(id)
}

/// Stripe tells of no session's creation.
fn keep(state: &mut State, session: &Value, items: Vec<Value>) {
    let place = state.store.end(Kind::CheckoutSession);
    state.store.insert(Kind::CheckoutSession, session.clone());
    state.plan(Kind::CheckoutSession, place);
    let id = session["id"].as_str().unwrap_or_default();
    state.store.leave_out(id, items);
}

/// What a payment link does for everybody who follows it.
pub fn open_from_link(state: &mut State, link: &Value, client_reference_id: Value) -> Value {
    let now = state.now();
    let sold = state
        .store
        .sold(Kind::PaymentLink, link["id"].as_str().unwrap_or_default());
    let total: i64 = sold
        .iter()
        .filter_map(|item| item["amount_total"].as_i64())
        .sum();
    let recurring = sold.iter().any(|item| item["price"]["type"] == "recurring");
    let id = state.store.next_id(Kind::CheckoutSession);
    let mut session = session_of(SessionFacts {
        amount_subtotal: Some(total),
        amount_total: Some(total),
        created: now,
        currency: link["currency"].as_str().map(str::to_owned),
        expires_at: now + LONGEST,
        payment_status: "unpaid",
        mode: if recurring { "subscription" } else { "payment" }.to_owned(),
        status: "open",
        url: Some(url(&state.pages, &id)),
        id,
        ..SessionFacts::default()
    });
    session["payment_link"] = link["id"].clone();
    session["client_reference_id"] = client_reference_id;
    session["metadata"] = link["metadata"].clone();
    keep(state, &session, sold);
    session
}

/// The items that a request names, each with its price.
fn items(edit: &mut Edit<'_>, recurring: bool) -> Result<Vec<Value>, ApiError> {
    let given = edit.value("line_items").and_then(Value::as_array).cloned();
    let mut items = Vec::new();
    for (number, line) in given.into_iter().flatten().enumerate() {
        let at = |name: &str| format!("line_items[{number}][{name}]");
        let known = ["price", "quantity", "adjustable_quantity"];
        let unknown = line
            .as_object()
            .and_then(|line| line.keys().find(|name| !known.contains(&name.as_str())));
        if let Some(name) = unknown {
            return Err(edit.lacks(&at(name)));
        }
        let price = line["price"].as_str();
        let price = price.ok_or_else(|| ApiError::missing_parameter(&at("price")))?;
        let store = &edit.state.store;
        let place = store
            .find(Kind::Price, price)
            .ok_or_else(|| ApiError::no_such("price", price, &at("price")))?;
        let price = store.value(Kind::Price, place);
        if price["type"] == "recurring" && !recurring {
            return Err(ApiError::bad_request(
                "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
            )
            .param(at("price")));
        }
        let quantity = line["quantity"].as_i64().unwrap_or(1);
        let amount = price["unit_amount"].as_i64().unwrap_or_default() * quantity;
        let product = price["product"]
            .as_str()
            .and_then(|id| store.get(Kind::Product, id));
        let name = product
            .map(|product| product["name"].clone())
            .unwrap_or_default();
        let mut item = item(
            &store.next_id(Kind::LineItem),
            &price,
            &name,
            quantity,
            amount,
        );
        if let Some(adjustable) = line.get("adjustable_quantity") {
            item["adjustable_quantity"] =
                json!({"enabled": false, "maximum": null, "minimum": null});
            overlay(&mut item["adjustable_quantity"], adjustable);
        }
        edit.state.store.insert(Kind::LineItem, item.clone());
        items.push(item);
    }
    Ok(items)
}

pub fn update_session(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["metadata"])?;
    let place = edit.target(Kind::CheckoutSession)?;
    let mut session = edit.state.store.value(Kind::CheckoutSession, place);
    merge_metadata(&mut session, edit.value("metadata"));
    edit.state
        .store
        .replace(Kind::CheckoutSession, place, session.clone());
    Ok(session)
}

pub fn expire_session(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[])?;
    let place = edit.target(Kind::CheckoutSession)?;
    let status = edit
        .state
        .store
        .field(Kind::CheckoutSession, place, "/status");
    let status = status
        .as_deref()
        .and_then(Value::as_str)
        .unwrap_or_default();
    if status != "open" {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {status}."
        );
        return Err(ApiError::bad_request(message));
    }
    let cause = edit.cause.clone();
    let event = "checkout.session.expired";
    Ok(edit
        .state
        .change(Kind::CheckoutSession, place, event, &cause, |session| {
            session["status"] = json!("expired");
            session["url"] = Value::Null;
        }))
}

const LINK_FIELDS: [&str; 8] = [
    "active",
    "after_completion",
    "allow_promotion_codes",
    "billing_address_collection",
    "inactive_message",
    "metadata",
    "payment_method_collection",
    "tax_id_collection",
];

pub fn create_link(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let others = [
        "currency",
        "line_items",
        "phone_number_collection",
        "restrictions",
        "submit_type",
    ];
    let known: Vec<&str> = LINK_FIELDS.iter().chain(&others).copied().collect();
    edit.only(&known)?;
    let items = items(edit, true)?;
    let Some(first) = items.first() else {
        return Err(ApiError::missing_parameter("line_items"));
    };
    let id = edit.state.store.next_id(Kind::PaymentLink);
    let page = edit.state.store.end(Kind::PaymentLink);
    let page = edit.state.id_of(ids::PAYMENT_LINK_PAGE, page);
    let link = payment_link_of(LinkFacts {
        id: id.clone(),
        active: true,
        currency: first["currency"].clone(),
        recurring: items
            .iter()
            .any(|item| item["price"]["type"] == "recurring"),
        url: link_url(&edit.state.pages, &page),
    });
    let link = with_fields(edit, link);
    edit.state.store.leave_out(&id, items);
    let cause = edit.cause.clone();
    Ok(edit
        .state
        .add(Kind::PaymentLink, link, "payment_link.created", &cause))
}

pub fn update_link(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&LINK_FIELDS)?;
    let place = edit.target(Kind::PaymentLink)?;
    let link = with_fields(edit, edit.state.store.value(Kind::PaymentLink, place));
    let cause = edit.cause.clone();
    let event = "payment_link.updated";
    Ok(edit
        .state
        .change(Kind::PaymentLink, place, event, &cause, |kept| *kept = link))
}

fn with_fields(edit: &Edit<'_>, mut link: Value) -> Value {
    for (name, given) in &edit.params {
        match name.as_str() {
            "expand" | "line_items" => {}
            "metadata" => merge_metadata(&mut link, Some(given)),
            "after_completion" => {
                let kind = given["type"].as_str().unwrap_or("hosted_confirmation");
                let mut after = json!({"type": kind});
                after[kind] = given
                    .get(kind)
                    .cloned()
                    .unwrap_or_else(|| json!({"custom_message": null}));
                link[name] = after;
            }
            // How many it was used for is Stripe's to say.
            "restrictions" if given.is_object() => {
                link[name] = json!({"completed_sessions": {"count": 0, "limit": null}});
                overlay(&mut link[name], given);
            }
            "tax_id_collection" => overlay(&mut link[name.as_str()], given),
            _ => link[name.as_str()] = given.clone(),
        }
    }
    link
}
