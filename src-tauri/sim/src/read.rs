//! Answers to GET: one object, or a page of them.

use serde_json::{Map, Value, json};

use crate::error::ApiError;
use crate::expand::{Expansion, MayRead, Node};
use crate::list;
use crate::objects::account;
use crate::registry::{Action, Call, Kind};
use crate::state::State;

pub struct Read<'a> {
    pub call: &'static Call,
    pub ids: Vec<&'a str>,
    pub params: Map<String, Value>,
    /// For the `url` of a list.
    pub path: &'a str,
    pub may_read: MayRead<'a>,
}

impl Read<'_> {
    pub fn answer(&self, state: &State) -> Result<Vec<u8>, ApiError> {
        let expansion = self.expansion()?;
        let mut node = match self.call.action {
            Action::List => self.list(state, None, &expansion)?,
            Action::ListOfCustomer => self.list(state, Some(self.owner(state)?), &expansion)?,
            Action::Account => Node::of(&self.account(state)?),
            Action::Retrieve => {
                let (kind, id) = (self.call.kind, self.id(0));
                let place = state.store.place(kind, id);
                let shown = place.is_none_or(|place| state.shows(kind, place));
                let found = state.store.text(kind, id).filter(|_| shown);
                Node::text(found.ok_or_else(|| ApiError::no_such(kind.object(), id, "id"))?)
            }
            Action::RetrieveOfCustomer => Node::of(&self.of_customer(state)?),
            Action::InvoiceLines => {
                let invoice = self.parent(state, Kind::Invoice, self.id(0), "id")?;
                self.sublist(state, &invoice["lines"], &expansion)?
            }
            Action::ItemsOfSubscription => {
                let id = self.params.get("subscription").and_then(Value::as_str);
                let id = id.unwrap_or_default();
                let subscription = self.parent(state, Kind::Subscription, id, "subscription")?;
                self.sublist(state, &subscription["items"], &expansion)?
            }
            Action::CreditNoteLines => {
                let note = self.parent(state, Kind::CreditNote, self.id(0), "id")?;
                self.sublist(state, &note["lines"], &expansion)?
            }
            Action::LineItems => {
                let (kind, id) = (self.call.kind, self.id(0));
                self.parent(state, kind, id, "id")?;
                self.sublist(
                    state,
                    &json!({"data": state.store.sold(kind, id)}),
                    &expansion,
                )?
            }
            Action::Write(_) => return Err(ApiError::lacks(self.call.call)),
        };
        if !self.answers_list() {
            expansion.apply(state, &mut node);
        }
        let mut out = Vec::with_capacity(node.len());
        node.write(&mut out);
        Ok(out)
    }

    fn id(&self, place: usize) -> &str {
        self.ids.get(place).copied().unwrap_or_default()
    }

    fn answers_list(&self) -> bool {
        !matches!(
            self.call.action,
            Action::Account | Action::Retrieve | Action::RetrieveOfCustomer
        )
    }

    fn expansion(&self) -> Result<Expansion, ApiError> {
        let object = match self.call.action {
            Action::InvoiceLines => "line_item",
            Action::CreditNoteLines => "credit_note_line_item",
            Action::LineItems => Kind::LineItem.object(),
            _ => self.call.kind.object(),
        };
        Expansion::read(&self.params, object, self.answers_list(), self.may_read)
    }

    fn list(
        &self,
        state: &State,
        owner: Option<u32>,
        expansion: &Expansion,
    ) -> Result<Node, ApiError> {
        let kind = self.call.kind;
        let page = list::page(state, kind, &self.params, owner)?;
        // This is what a first filling is made of: rows go straight to text.
        let object = |place: &u32| {
            let mut out = Vec::with_capacity(4096);
            state.store.write(kind, *place, &mut out);
            Node::text(out)
        };
        let members = page.places.iter().map(object);
        Ok(self.listed(state, members, page.has_more, expansion))
    }

    fn listed(
        &self,
        state: &State,
        members: impl Iterator<Item = Node>,
        has_more: bool,
        expansion: &Expansion,
    ) -> Node {
        let members = members.map(|mut member| {
            expansion.apply(state, &mut member);
            member
        });
        Node::list(members.collect(), has_more, self.path)
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
    fn sublist(
        &self,
        state: &State,
        whole: &Value,
        expansion: &Expansion,
    ) -> Result<Node, ApiError> {
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
        Ok(self.listed(state, shown.iter().map(Node::of), has_more, expansion))
    }
}
