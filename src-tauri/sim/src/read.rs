//! Answers to GET: one object, or a page of them.

use serde_json::{Map, Value, json};

use crate::error::ApiError;
use crate::expand::Expansion;
use crate::ids;
use crate::list;
use crate::objects::{List, account};
use crate::registry::{Action, Call, Kind};
use crate::state::State;
use crate::store::to_value;

pub struct Read<'a> {
    pub call: &'static Call,
    pub ids: Vec<&'a str>,
    pub params: Map<String, Value>,
    /// For the `url` of a list.
    pub path: &'a str,
    pub may_read: &'a dyn Fn(Kind) -> Result<(), ApiError>,
}

impl Read<'_> {
    pub fn answer(&self, state: &State) -> Result<Vec<u8>, ApiError> {
        let mut object = match self.call.action {
            Action::List => return self.list(state, None),
            Action::ListOfCustomer => return self.list(state, Some(self.owner(state)?)),
            Action::Account => self.account(state)?,
            Action::Retrieve => {
                let id = self.id(0);
                let found = state.store.get(self.call.kind, id);
                found.ok_or_else(|| ApiError::no_such(self.call.kind.object(), id, "id"))?
            }
            Action::RetrieveOfCustomer => self.of_customer(state)?,
            Action::InvoiceLines => {
                self.sublist(&self.parent(state, Kind::Invoice, self.id(0), "id")?["lines"])?
            }
            Action::ItemsOfSubscription => {
                let id = self
                    .params
                    .get("subscription")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let subscription = self.parent(state, Kind::Subscription, id, "subscription")?;
                self.sublist(&subscription["items"])?
            }
            Action::PaymentsOfInvoice => self.payments(state)?,
            Action::Write(_) => return Err(ApiError::lacks(self.call.call)),
        };
        self.expand(state, &mut object)?;
        Ok(object.to_string().into_bytes())
    }

    fn id(&self, place: usize) -> &str {
        self.ids.get(place).copied().unwrap_or_default()
    }

    fn expand(&self, state: &State, object: &mut Value) -> Result<(), ApiError> {
        Expansion {
            state,
            may_read: self.may_read,
        }
        .all(object, &self.params)
    }

    fn list(&self, state: &State, owner: Option<u32>) -> Result<Vec<u8>, ApiError> {
        let kind = self.call.kind;
        let page = list::page(state, kind, &self.params, owner)?;
        if self.params.contains_key("expand") {
            let objects = page
                .places
                .iter()
                .map(|place| state.store.value(kind, *place))
                .collect();
            let mut list = List::<Value>::whole(objects, self.path.to_owned());
            list.has_more = page.has_more;
            let mut list = to_value(&list);
            self.expand(state, &mut list)?;
            return Ok(list.to_string().into_bytes());
        }
        // The common case, and the one that a first filling is made of: rows straight to text.
        let mut out = Vec::with_capacity(page.places.len() * 4096 + 128);
        out.extend_from_slice(b"{\"object\":\"list\",\"data\":[");
        for (number, place) in page.places.iter().enumerate() {
            if number > 0 {
                out.push(b',');
            }
            state.store.write(kind, *place, &mut out);
        }
        let tail = format!(
            "],\"has_more\":{},\"url\":{}}}",
            page.has_more,
            json!(self.path)
        );
        out.extend_from_slice(tail.as_bytes());
        Ok(out)
    }

    fn owner(&self, state: &State) -> Result<u32, ApiError> {
        let id = self.id(0);
        state
            .store
            .customer(id)
            .ok_or_else(|| ApiError::no_such("customer", id, "id"))
    }

    fn account(&self, state: &State) -> Result<Value, ApiError> {
        let population = &state.store.population;
        match self.ids.first() {
            Some(id) if *id != population.account => Err(ApiError::no_such("account", id, "id")),
            _ => Ok(account::account(
                &population.account,
                i64::from(population.catalogue_created()),
            )),
        }
    }

    fn of_customer(&self, state: &State) -> Result<Value, ApiError> {
        let owner = state.store.value(Kind::Customer, self.owner(state)?);
        let found = state.store.get(self.call.kind, self.id(1));
        let found = found.filter(|object| object["customer"] == owner["id"]);
        found.ok_or_else(|| ApiError::no_such(self.call.kind.object(), self.id(1), "id"))
    }

    fn parent(&self, state: &State, kind: Kind, id: &str, param: &str) -> Result<Value, ApiError> {
        let place = state.store.find(kind, id);
        place
            .map(|place| state.store.value(kind, place))
            .ok_or_else(|| ApiError::no_such(kind.object(), id, param))
    }

    /// A page of a list that its parent holds whole.
    fn sublist(&self, whole: &Value) -> Result<Value, ApiError> {
        let members = whole["data"].as_array().map_or(&[][..], Vec::as_slice);
        let position = |name: &str| {
            let Some(id) = self.params.get(name).and_then(Value::as_str) else {
                return Ok(None);
            };
            let found = members.iter().position(|member| member["id"] == id);
            found
                .map(Some)
                .ok_or_else(|| ApiError::no_such(self.call.kind.object(), id, name))
        };
        let limit = self
            .params
            .get("limit")
            .and_then(Value::as_i64)
            .unwrap_or(10)
            .clamp(1, 100) as usize;
        let start = position("starting_after")?.map_or(0, |place| place + 1);
        let end = position("ending_before")?
            .unwrap_or(members.len())
            .max(start);
        let shown = &members[start..end.min(start + limit)];
        let has_more = start + shown.len() < end;
        Ok(json!({"object": "list", "data": shown, "has_more": has_more, "url": self.path}))
    }

    fn payments(&self, state: &State) -> Result<Value, ApiError> {
        let known = ["invoice", "status", "expand", "limit"];
        if let Some(name) = self
            .params
            .keys()
            .find(|name| !known.contains(&name.as_str()))
        {
            return Err(ApiError::lacks(&format!(
                "the filter {name:?} of {}",
                self.call.call
            )));
        }
        let Some(id) = self.params.get("invoice").and_then(Value::as_str) else {
            return Err(ApiError::lacks(&format!(
                "{} without the parameter invoice",
                self.call.call
            )));
        };
        let place = state
            .store
            .find(Kind::Invoice, id)
            .ok_or_else(|| ApiError::no_such("invoice", id, "invoice"))?;
        let payment = state.store.get(
            Kind::InvoicePayment,
            &state.id_of(ids::INVOICE_PAYMENT, place),
        );
        let status = self.params.get("status");
        let fits = |payment: &Value| status.is_none_or(|status| payment["status"] == *status);
        let members: Vec<Value> = payment.into_iter().filter(fits).collect();
        Ok(to_value(&List::whole(members, self.path.to_owned())))
    }
}
