//! Invoice items: what the next invoice of a customer charges besides.

use serde_json::{Map, Value, json};

use super::invoices::draft::{self, Line, Origin};
use super::{Edit, balance, customers, merge_metadata};
use crate::error::ApiError;
use crate::list;
use crate::registry::Kind;
use crate::state::State;

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "amount",
        "currency",
        "customer",
        "customer_account",
        "description",
        "invoice",
        "metadata",
        "period",
        "pricing",
        "quantity",
    ])?;
    let invoice = edit.named(Kind::Invoice, "invoice")?;
    let customer = edit
        .named(Kind::Customer, "customer")?
        .or(edit.named(Kind::Customer, "customer_account")?)
        .ok_or_else(|| ApiError::missing_parameter("customer"))?;
    let draft = invoice.map(|place| edit.state.store.value(Kind::Invoice, place));
    if let Some(draft) = draft.as_ref().filter(|draft| draft["status"] != "draft") {
        let message = format!(
            "This invoice is no longer editable: its status is `{}`.",
            draft["status"].as_str().unwrap_or_default()
        );
        return Err(ApiError::bad_request(message).code("invoice_not_editable"));
    }
    let price = edit.named(Kind::Price, "pricing/price")?;
    let price = price.map(|place| edit.state.store.value(Kind::Price, place));
    let quantity = edit.value("quantity").and_then(Value::as_i64).unwrap_or(1);
    let (amount, currency) = amount(edit, price.as_ref(), draft.as_ref(), quantity)?;
    let now = edit.state.now();
    let day = |name: &str| {
        edit.value("period")
            .map_or(json!(now), |period| period[name].clone())
    };
    let facts = Facts {
        customer,
        amount,
        currency: &currency,
        description: edit.value("description").cloned().unwrap_or_default(),
        invoice: draft
            .as_ref()
            .map_or(Value::Null, |draft| draft["id"].clone()),
        period: (day("start"), day("end")),
        price: price.as_ref(),
        quantity,
        subscription_item: None,
    };
    let mut item = shape(edit.state, facts);
    merge_metadata(&mut item, edit.value("metadata"));
    let cause = edit.cause.clone();
    let place = edit.state.store.end(Kind::InvoiceItem);
    let item = edit
        .state
        .add(Kind::InvoiceItem, item, "invoiceitem.created", &cause);
    customers::settle_currency(edit.state, customer, &item["currency"], &cause);
    if let (Some(at), Some(mut draft)) = (invoice, draft) {
        draft::add_line(edit.state, &mut draft, at, line(edit.state, place));
        draft::add_up(edit.state, &mut draft);
        edit.state
            .change(Kind::Invoice, at, "invoice.updated", &cause, |kept| {
                *kept = draft
            });
    }
    Ok(item)
}

/// What differs between invoice items.
pub struct Facts<'a> {
    pub customer: u32,
    pub amount: i64,
    pub currency: &'a str,
    pub description: Value,
    pub invoice: Value,
    /// Its start and its end.
    pub period: (Value, Value),
    /// As the API shows it.
    pub price: Option<&'a Value>,
    pub quantity: i64,
    /// What a proration is for.
    pub subscription_item: Option<&'a Value>,
}

pub fn shape(state: &State, facts: Facts<'_>) -> Value {
    let owner = state.store.value(Kind::Customer, facts.customer);
    let pricing = facts.price.map(|price| {
        json!({
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"]
        })
    });
    let parent = facts.subscription_item.map(|item| {
        json!({
            "subscription_details": {
                "subscription": item["subscription"], "subscription_item": item["id"]
            },
            "type": "subscription_details"
        })
    });
    json!({
        "id": state.store.next_id(Kind::InvoiceItem),
        "object": "invoiceitem",
        "amount": facts.amount,
        "currency": facts.currency,
        "customer": owner["id"],
        "customer_account": owner["customer_account"],
        "date": state.now(),
        "description": facts.description,
        "discountable": facts.subscription_item.is_none(),
        "discounts": [],
        "invoice": facts.invoice,
        "livemode": false,
        "metadata": {},
        "parent": parent,
        "period": {"end": facts.period.1, "start": facts.period.0},
        "pricing": pricing,
        "proration": facts.subscription_item.is_some(),
        "quantity": facts.quantity,
        "quantity_decimal": facts.quantity.to_string(),
        "tax_rates": [],
        "test_clock": null
    })
}

fn amount(
    edit: &Edit<'_>,
    price: Option<&Value>,
    draft: Option<&Value>,
    quantity: i64,
) -> Result<(i64, String), ApiError> {
    if let Some(price) = price {
        let each = price["unit_amount"]
            .as_i64()
            .ok_or_else(|| edit.lacks("pricing[price] with a price that is not per unit"))?;
        let currency = price["currency"].as_str().unwrap_or_default().to_owned();
        return Ok((each * quantity, currency));
    }
    let amount = edit.value("amount").and_then(Value::as_i64);
    let amount = amount.ok_or_else(|| ApiError::missing_parameter("amount"))?;
    let currency = edit
        .text("currency")
        .or(draft.and_then(|draft| draft["currency"].as_str()))
        .ok_or_else(|| ApiError::missing_parameter("currency"))?;
    Ok((amount, balance::currency(currency)?.code.to_owned()))
}

/// The line that an item becomes.
pub fn line(state: &State, place: u32) -> Line {
    line_of(state, &state.store.value(Kind::InvoiceItem, place))
}

/// The same for an item as the API shows it.
pub fn line_of(state: &State, item: &Value) -> Line {
    let price = item.pointer("/pricing/price_details/price");
    let price = price.and_then(|id| state.store.get(Kind::Price, id.as_str()?));
    let day = |name: &str| item["period"][name].as_i64().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let origin = match item.pointer("/parent/subscription_details") {
        Some(details) => Origin::SubscriptionItem {
            item: text(&details["subscription_item"]),
            subscription: text(&details["subscription"]),
            proration: true,
        },
        None => Origin::InvoiceItem(text(&item["id"])),
    };
    Line {
        description: item["description"].clone(),
        amount: item["amount"].as_i64().unwrap_or_default(),
        quantity: item["quantity"].as_i64().unwrap_or(1),
        price: price.unwrap_or_default(),
        period: (day("start"), day("end")),
        origin,
    }
}

/// What waits for the next invoice of a customer in this currency.
pub fn pending(state: &State, customer: u32, currency: &str) -> Vec<u32> {
    let params = Map::from_iter([
        ("pending".to_owned(), json!(true)),
        ("limit".to_owned(), json!(100)),
    ]);
    let page = list::page(state, Kind::InvoiceItem, &params, Some(customer));
    let places = page.map(|page| page.places).unwrap_or_default();
    let fits = |place: &u32| {
        let own = state.store.field(Kind::InvoiceItem, *place, "/currency");
        own.is_some_and(|own| *own == currency)
    };
    places.into_iter().rev().filter(fits).collect()
}

/// Stripe tells of an item's creation and deletion alone.
pub fn put_on(state: &mut State, place: u32, invoice: &str) {
    let mut item = state.store.value(Kind::InvoiceItem, place);
    item["invoice"] = json!(invoice);
    state.store.replace(Kind::InvoiceItem, place, item);
}

pub fn delete(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let place = edit.target(Kind::InvoiceItem)?;
    let item = edit.state.store.value(Kind::InvoiceItem, place);
    let cause = edit.cause.clone();
    let invoice = item["invoice"]
        .as_str()
        .and_then(|id| edit.state.store.find(Kind::Invoice, id));
    if let Some(at) = invoice {
        let mut draft = edit.state.store.value(Kind::Invoice, at);
        if draft["status"] != "draft" {
            return Err(ApiError::bad_request(
                "You can't delete an invoice item that is on an invoice which was finalized.",
            ));
        }
        if let Value::Array(lines) = &mut draft["lines"]["data"] {
            let pointer = "/parent/invoice_item_details/invoice_item";
            lines.retain(|line| line.pointer(pointer) != Some(&item["id"]));
        }
        draft::add_up(edit.state, &mut draft);
        edit.state
            .change(Kind::Invoice, at, "invoice.updated", &cause, |kept| {
                *kept = draft
            });
    }
    edit.state.store.remove(Kind::InvoiceItem, place);
    edit.state
        .tell("invoiceitem.deleted", item.clone(), None, &cause);
    Ok(json!({"id": item["id"], "object": "invoiceitem", "deleted": true}))
}
