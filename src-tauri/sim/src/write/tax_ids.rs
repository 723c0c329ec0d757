//! Tax ids of customers: create and delete.

use serde_json::{Value, json};

use super::{Edit, catalogue::removed};
use crate::error::ApiError;
use crate::objects::event::Cause;
use crate::objects::tax_id::{TaxIdFacts, tax_id_of};
use crate::registry::Kind;
use crate::state::State;

/// Below `/v1/customers/{}`.
pub fn create_for_customer(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["type", "value"])?;
    let customer = edit.target(Kind::Customer)?;
    made(edit, customer)
}

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["owner", "type", "value"])?;
    if edit.text("owner/type") != Some("customer") {
        return Err(edit.lacks("owner other than a customer"));
    }
    let customer = edit
        .named(Kind::Customer, "owner/customer")?
        .ok_or_else(|| ApiError::missing_parameter("owner[customer]"))?;
    made(edit, customer)
}

fn made(edit: &mut Edit<'_>, customer: u32) -> Result<Value, ApiError> {
    let text = |name: &str| edit.text(name).unwrap_or_default().to_owned();
    let (type_, value) = (text("type"), text("value"));
    if value
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .count()
        < 5
    {
        let message = format!("Invalid value for {type_}.");
        return Err(ApiError::bad_request(message)
            .code("tax_id_invalid")
            .param("value"));
    }
    let cause = edit.cause.clone();
    Ok(add(edit.state, customer, (&type_, &value), &cause))
}

pub fn add(state: &mut State, customer: u32, (type_, value): (&str, &str), cause: &Cause) -> Value {
    let owner = state.store.value(Kind::Customer, customer);
    let tax_id = tax_id_of(TaxIdFacts {
        id: state.store.next_id(Kind::TaxId),
        created: state.now(),
        customer: owner["id"].as_str().unwrap_or_default(),
        customer_account: owner["customer_account"].as_str(),
        type_,
        value,
    });
    state.add(Kind::TaxId, tax_id, "customer.tax_id.created", cause)
}

/// Below `/v1/customers/{}`.
pub fn delete_of_customer(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let customer = edit.target(Kind::Customer)?;
    let id = edit.ids.get(1).copied().unwrap_or_default();
    let place = edit.state.store.find(Kind::TaxId, id);
    let own = place.filter(|place| edit.state.store.owner(Kind::TaxId, *place) == Some(customer));
    let place = own.ok_or_else(|| ApiError::no_such("tax_id", id, "id"))?;
    Ok(removed(edit, Kind::TaxId, place, "customer.tax_id.deleted"))
}

pub fn delete(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let place = edit.target(Kind::TaxId)?;
    Ok(removed(edit, Kind::TaxId, place, "customer.tax_id.deleted"))
}

/// What deleting a customer does.
pub fn remove_all(state: &mut State, customer: u32, cause: &Cause) {
    let params = serde_json::Map::from_iter([("limit".to_owned(), json!(100))]);
    let page = crate::list::page(state, Kind::TaxId, &params, Some(customer));
    for place in page.map(|page| page.places).unwrap_or_default() {
        let tax_id = state.store.value(Kind::TaxId, place);
        state.store.remove(Kind::TaxId, place);
        state.tell("customer.tax_id.deleted", tax_id, None, cause);
    }
}
