//! `expand[]`: ids become the objects they name, and what is left out unless asked for is put in.

mod fields;
mod node;
mod table;

use serde_json::{Map, Value, json};

use self::fields::{Field, Step};
use self::node::Members;
pub use self::node::Node;
use crate::error::ApiError;
use crate::list;
use crate::objects::payment_intent;
use crate::registry::Kind;
use crate::state::State;

const DEEPEST: usize = 4;

/// Refuses what the key may not read.
pub type MayRead<'a> = &'a dyn Fn(Kind) -> Result<(), ApiError>;

/// The checked paths of one request.
pub struct Expansion(Vec<Vec<Step>>);

impl Expansion {
    /// Checks every path against the types and the key, also where nothing will be found to expand.
    pub fn read(
        params: &Map<String, Value>,
        object: &'static str,
        of_list: bool,
        may_read: MayRead<'_>,
    ) -> Result<Self, ApiError> {
        let paths = params
            .get("expand")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let mut read = Vec::new();
        for path in paths.filter_map(Value::as_str) {
            let names: Vec<&str> = path.split('.').collect();
            if names.len() > DEEPEST {
                let message = format!(
                    "You cannot expand more than {DEEPEST} levels of a property. You tried to expand {path}."
                );
                return Err(ApiError::bad_request(message).param("expand"));
            }
            let within = if of_list {
                names.strip_prefix(&["data"])
            } else {
                Some(&names[..])
            };
            let steps = within
                .and_then(|names| fields::steps(object, names))
                .ok_or_else(|| {
                    ApiError::bad_request(format!("This property cannot be expanded ({path})."))
                        .param("expand")
                })?;
            for step in &steps {
                match step.field {
                    Some(Field::Names(kind) | Field::Sublist(kind) | Field::Sold(kind)) => {
                        may_read(kind)?;
                    }
                    Some(Field::NamesOneOf(kinds)) => {
                        kinds.iter().try_for_each(|kind| may_read(*kind))?
                    }
                    _ => {}
                }
            }
            read.push(steps);
        }
        Ok(Self(read))
    }

    /// Expands one object.
    pub fn apply(&self, state: &State, node: &mut Node) {
        for steps in &self.0 {
            walk(state, node, steps, "");
        }
    }
}

/// `within` is the id of the object that a part without one belongs to.
fn walk(state: &State, node: &mut Node, steps: &[Step], within: &str) {
    let Some((step, rest)) = steps.split_first() else {
        return;
    };
    node.open();
    match node {
        Node::List(members) => members
            .iter_mut()
            .for_each(|member| walk(state, member, steps, within)),
        Node::Map(map) => {
            let own = map.get("id").and_then(Node::as_string);
            let id = own.as_deref().unwrap_or(within);
            if let Some(field) = step.field {
                fill(state, map, &step.name, field, id);
            }
            if let Some(next) = map.get_mut(&step.name) {
                walk(state, next, rest, id);
            }
        }
        Node::Text(_) => {}
    }
}

fn fill(state: &State, map: &mut Members, name: &str, field: Field, id: &str) {
    // What is left of a deleted object has nothing that could come along.
    if map.contains("deleted") {
        return;
    }
    let text = |key: &str| map.get(key).and_then(Node::as_string).unwrap_or_default();
    let put_in = match field {
        Field::Nothing | Field::Holds(_) | Field::Lists(_) => return,
        Field::Names(kind) => {
            if let Some(names) = map.get_mut(name) {
                resolve(state, names, &[kind]);
            }
            return;
        }
        Field::NamesOneOf(kinds) => {
            if let Some(names) = map.get_mut(name) {
                resolve(state, names, kinds);
            }
            return;
        }
        Field::Sublist(_) | Field::Sold(_) | Field::EmptyList if map.contains(name) => return,
        Field::Sublist(Kind::InvoicePayment) => belonging(
            state,
            Kind::InvoicePayment,
            "invoice",
            id,
            "/v1/invoice_payments",
        ),
        Field::Sublist(Kind::Refund) => {
            let url = format!("/v1/charges/{id}/refunds");
            belonging(state, Kind::Refund, "charge", id, &url)
        }
        Field::Sold(kind) => sold(state, kind, id),
        Field::Sublist(kind) => sublist(state, kind, id),
        Field::EmptyList => Node::list(Vec::new(), false, &format!("/v1/customers/{id}/{name}")),
        Field::Offered => Node::of(&json!(state.store.offered(id))),
        Field::Tiers => match state.store.tiers(id) {
            Some(tiers) => Node::of(&tiers),
            None => return,
        },
        Field::ConfirmationSecret if text("status") == "open" => {
            let invoice = Map::from_iter([("invoice".to_owned(), json!(id))]);
            let page = list::page(state, Kind::InvoicePayment, &invoice, None);
            let payment = page.ok().and_then(|page| page.places.first().copied());
            let pointer = "/payment/payment_intent";
            let intent = payment
                .and_then(|place| state.store.field(Kind::InvoicePayment, place, pointer))
                .and_then(|intent| Some(payment_intent::client_secret(intent.as_str()?)));
            intent.map_or_else(Node::null, |secret| {
                Node::of(&json!({"client_secret": secret, "type": "payment_intent"}))
            })
        }
        Field::ConfirmationSecret => Node::null(),
    };
    map.insert(name, put_in);
}

fn resolve(state: &State, names: &mut Node, kinds: &[Kind]) {
    names.open();
    match names {
        Node::List(members) => members
            .iter_mut()
            .for_each(|member| resolve(state, member, kinds)),
        Node::Text(_) => {
            let object = names
                .as_string()
                .and_then(|id| kinds.iter().find_map(|kind| state.store.text(*kind, &id)));
            if let Some(object) = object {
                *names = Node::text(object);
            }
        }
        // Another path has expanded it already.
        Node::Map(_) => {}
    }
}

/// A list that belongs to an object, found as its own endpoint would find it.
fn belonging(state: &State, kind: Kind, name: &str, id: &str, url: &str) -> Node {
    let params = Map::from_iter([(name.to_owned(), Value::from(id))]);
    let page = list::page(state, kind, &params, None);
    let (places, has_more) = page.map_or((Vec::new(), false), |page| (page.places, page.has_more));
    let members = places.into_iter().map(|place| {
        let mut out = Vec::new();
        state.store.write(kind, place, &mut out);
        Node::text(out).sorted()
    });
    Node::list(members.collect(), has_more, url)
}

fn sold(state: &State, kind: Kind, id: &str) -> Node {
    let items = state.store.sold(kind, id);
    let path = match kind {
        Kind::PaymentLink => "payment_links",
        _ => "checkout/sessions",
    };
    Node::list(
        items.iter().map(Node::of).collect(),
        false,
        &format!("/v1/{path}/{id}/line_items"),
    )
}

fn sublist(state: &State, kind: Kind, customer: &str) -> Node {
    let owner = state.store.find(Kind::Customer, customer);
    let page = owner.and_then(|owner| list::page(state, kind, &Map::new(), Some(owner)).ok());
    let (places, has_more) = page.map_or((Vec::new(), false), |page| (page.places, page.has_more));
    let members = places
        .into_iter()
        .map(|place| Node::of(&state.store.value(kind, place)))
        .collect();
    Node::list(
        members,
        has_more,
        &format!("/v1/customers/{customer}/{}s", kind.object()),
    )
}
