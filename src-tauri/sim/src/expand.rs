//! `expand[]`: ids become the objects they name, and what is left out unless asked for is put in.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::ids;
use crate::list;
use crate::objects::List;
use crate::registry::Kind;
use crate::state::State;
use crate::store::to_value;

const DEEPEST: usize = 4;

/// What a field that can be expanded holds.
#[derive(Clone, Copy)]
enum Field {
    /// The id of such an object, or a list of ids.
    Names(Kind),
    /// Nothing, in everything the simulator makes.
    Nothing,
    /// Something that is left out unless asked for.
    Sublist(Kind),
    EmptyList,
    Tiers,
    ConfirmationSecret,
}

fn field(object: &str, path: &str) -> Option<Field> {
    use Field::{ConfirmationSecret, EmptyList, Names, Nothing, Sublist, Tiers};
    Some(match (object, path) {
        ("customer", "invoice_settings.default_payment_method") => Names(Kind::PaymentMethod),
        ("customer", "subscriptions") => Sublist(Kind::Subscription),
        ("customer", "tax_ids" | "sources") => EmptyList,
        ("customer", "default_source" | "test_clock" | "cash_balance") => Nothing,
        ("subscription", "latest_invoice") => Names(Kind::Invoice),
        ("subscription" | "invoice", "discounts") => Names(Kind::Discount),
        ("subscription" | "invoice", "default_payment_method") => Names(Kind::PaymentMethod),
        (
            "subscription",
            "application"
            | "default_source"
            | "on_behalf_of"
            | "pending_setup_intent"
            | "schedule"
            | "test_clock",
        ) => Nothing,
        ("subscription_item", "discounts") => Nothing,
        ("price" | "plan", "product") => Names(Kind::Product),
        ("price" | "plan", "tiers") => Tiers,
        ("price", "currency_options") => Nothing,
        ("product", "default_price") => Names(Kind::Price),
        ("product", "tax_code") => Nothing,
        ("coupon", "applies_to" | "currency_options") => Nothing,
        ("discount", "source.coupon") => Names(Kind::Coupon),
        ("discount", "promotion_code") => Nothing,
        ("subscription" | "invoice" | "discount" | "payment_method", "customer") => {
            Names(Kind::Customer)
        }
        ("invoice", "parent.subscription_details.subscription") => Names(Kind::Subscription),
        (
            "invoice" | "line_item",
            "total_discount_amounts.discount" | "discount_amounts.discount",
        ) => Names(Kind::Discount),
        ("invoice", "payments") => Sublist(Kind::InvoicePayment),
        ("invoice", "confirmation_secret") => ConfirmationSecret,
        (
            "invoice",
            "application" | "default_source" | "latest_revision" | "on_behalf_of" | "test_clock",
        ) => Nothing,
        ("line_item", "pricing.price_details.price") => Names(Kind::Price),
        ("line_item", "subscription") => Names(Kind::Subscription),
        ("line_item", "discounts") => Nothing,
        ("invoice_payment", "invoice") => Names(Kind::Invoice),
        ("billing_portal.session", "configuration") => Names(Kind::PortalConfiguration),
        ("billing_portal.configuration", "application") => Nothing,
        _ => return None,
    })
}

pub struct Expansion<'a> {
    pub state: &'a State,
    /// Refuses what the key may not read.
    pub may_read: &'a dyn Fn(Kind) -> Result<(), ApiError>,
}

impl Expansion<'_> {
    pub fn all(
        &self,
        root: &mut Value,
        params: &serde_json::Map<String, Value>,
    ) -> Result<(), ApiError> {
        for path in params
            .get("expand")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let path = path.as_str().unwrap_or_default();
            let steps: Vec<&str> = path.split('.').collect();
            if steps.len() > DEEPEST {
                let message = format!(
                    "You cannot expand more than {DEEPEST} levels of a property. You tried to expand {path}."
                );
                return Err(ApiError::bad_request(message).param("expand"));
            }
            self.walk(root, "", "", &steps, path)?;
        }
        Ok(())
    }

    /// `object` is the type that `node` is in, `at` the path from there.
    fn walk(
        &self,
        node: &mut Value,
        object: &str,
        at: &str,
        steps: &[&str],
        path: &str,
    ) -> Result<(), ApiError> {
        if let Value::Array(members) = node {
            return members
                .iter_mut()
                .try_for_each(|member| self.walk(member, object, at, steps, path));
        }
        let Some((step, rest)) = steps.split_first() else {
            return Ok(());
        };
        if !node.is_object() {
            return Ok(());
        }
        let (object, at) = match node["object"].as_str() {
            Some(own) if own != "list" => (own.to_owned(), String::new()),
            _ => (object.to_owned(), at.to_owned()),
        };
        let at = match (*step, at.as_str()) {
            ("data", _) if node["object"] == "list" => at,
            (step, "") => step.to_owned(),
            (step, above) => format!("{above}.{step}"),
        };
        match field(&object, &at) {
            Some(field) => self.fill(node, step, field)?,
            // A step on the way is fine; one that ends here has nothing to expand.
            None if rest.is_empty() || node.get(*step).is_none() => {
                return Err(ApiError::bad_request(format!(
                    "This property cannot be expanded ({path})."
                ))
                .param("expand"));
            }
            None => {}
        }
        match node.get_mut(*step) {
            Some(next) => self.walk(next, &object, &at, rest, path),
            None => Ok(()),
        }
    }

    fn fill(&self, node: &mut Value, step: &str, field: Field) -> Result<(), ApiError> {
        match field {
            Field::Nothing => {}
            Field::Names(kind) => {
                (self.may_read)(kind)?;
                if let Some(names) = node.get_mut(step) {
                    self.resolve(names, kind);
                }
            }
            Field::Sublist(kind) => {
                (self.may_read)(kind)?;
                node[step] = self.sublist(node, kind)?;
            }
            Field::EmptyList => {
                let url = format!(
                    "/v1/customers/{}/{step}",
                    node["id"].as_str().unwrap_or_default()
                );
                node[step] = to_value(&List::<Value>::whole(Vec::new(), url));
            }
            Field::Tiers => {
                let place = node["id"]
                    .as_str()
                    .and_then(|id| self.state.store.place(Kind::Price, id));
                let tiers = place.and_then(crate::objects::catalogue::tiers);
                if let Some((_, tiers)) = tiers {
                    node[step] = to_value(&tiers);
                }
            }
            Field::ConfirmationSecret => {
                let store = &self.state.store;
                let place = node["id"]
                    .as_str()
                    .and_then(|id| store.place(Kind::Invoice, id));
                let intent = place.map(|place| store.population.ids.id(ids::PAYMENT_INTENT, place));
                node[step] = match intent {
                    Some(intent) if node["status"] == "open" => {
                        json!({"client_secret": format!("{intent}_secret_sim"), "type": "payment_intent"})
                    }
                    _ => Value::Null,
                };
            }
        }
        Ok(())
    }

    fn resolve(&self, names: &mut Value, kind: Kind) {
        match names {
            Value::Array(members) => members
                .iter_mut()
                .for_each(|member| self.resolve(member, kind)),
            Value::String(id) => {
                if let Some(object) = self.state.store.get(kind, id) {
                    *names = object;
                }
            }
            _ => {}
        }
    }

    fn sublist(&self, node: &Value, kind: Kind) -> Result<Value, ApiError> {
        let store = &self.state.store;
        let id = node["id"].as_str().unwrap_or_default();
        let (members, has_more, url) = if kind == Kind::InvoicePayment {
            let place = store.place(Kind::Invoice, id);
            let payment = place.map(|place| store.population.ids.id(ids::INVOICE_PAYMENT, place));
            let members = payment
                .and_then(|id| store.get(kind, &id))
                .into_iter()
                .collect();
            (members, false, "/v1/invoice_payments".to_owned())
        } else {
            let page = list::page(
                self.state,
                kind,
                &serde_json::Map::new(),
                store.find(Kind::Customer, id),
            )?;
            let members = page
                .places
                .iter()
                .map(|place| store.value(kind, *place))
                .collect();
            (
                members,
                page.has_more,
                format!("/v1/customers/{id}/{}s", kind.object()),
            )
        };
        Ok(to_value(&List {
            has_more,
            ..List::<Value>::whole(members, url)
        }))
    }
}
