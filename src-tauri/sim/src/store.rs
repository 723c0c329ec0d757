//! Everything the account holds: rows of the population, and over them what requests have changed.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};

use crate::ids;
use crate::objects::{catalogue, customer, discount, event, invoice, payment_method, subscription};
use crate::population::rows::{InvoiceStatus, Occasion};
use crate::population::{Population, rows};
use crate::registry::{KINDS, Kind};

pub struct Store {
    pub population: Population,
    /// Where hosted invoices live.
    pages: String,
    shelves: [Shelf; KINDS],
}

/// The objects of one kind. Places below the population's count are its rows; the list order is the
/// order of places, oldest first.
#[derive(Default)]
struct Shelf {
    next: u32,
    /// Objects that a request has made or changed, whole.
    documents: HashMap<u32, Value>,
    /// Places of documents whose id does not tell it.
    places: HashMap<String, u32>,
    removed: HashSet<u32>,
}

impl Store {
    pub fn new(population: Population, pages: String) -> Self {
        let mut store = Self {
            population,
            pages,
            shelves: Default::default(),
        };
        for kind in Kind::ALL {
            store.shelves[kind as usize].next = store.row_count(kind);
        }
        let deleted = store
            .population
            .customers
            .iter()
            .enumerate()
            .filter(|(_, row)| row.deleted);
        let deleted = deleted.map(|(place, _)| place as u32).collect();
        store.shelves[Kind::Customer as usize].removed = deleted;
        store.stock_catalogue();
        store
    }

    /// The few objects that are not worth a row.
    fn stock_catalogue(&mut self) {
        let created = self.population.catalogue_created();
        let ids = self.population.ids;
        let mut redeemed = vec![0; crate::population::coupons::COUPONS.len()];
        for row in &self.population.subscriptions {
            if let Some(count) = redeemed.get_mut(row.coupon as usize) {
                *count += 1;
            }
        }
        for place in 0..crate::population::catalogue::PRODUCTS.len() as u32 {
            self.insert(
                Kind::Product,
                to_value(&catalogue::product(&ids, place, created)),
            );
        }
        for place in 0..catalogue::price_count() {
            self.insert(
                Kind::Price,
                to_value(&catalogue::price(&ids, place, created)),
            );
        }
        for (place, times) in redeemed.into_iter().enumerate() {
            self.insert(
                Kind::Coupon,
                to_value(&catalogue::coupon(place as u32, created, times)),
            );
        }
    }

    fn row_count(&self, kind: Kind) -> u32 {
        let population = &self.population;
        let count = match kind {
            Kind::Customer => population.customers.len(),
            Kind::PaymentMethod => population.payment_methods.len(),
            Kind::Subscription => population.subscriptions.len(),
            Kind::Invoice => population.invoices.len(),
            Kind::Event => population.events.len(),
            _ => 0,
        };
        count as u32
    }

    /// One more than the newest object's place.
    pub fn end(&self, kind: Kind) -> u32 {
        self.shelves[kind as usize].next
    }

    pub fn is_removed(&self, kind: Kind, place: u32) -> bool {
        self.shelves[kind as usize].removed.contains(&place)
    }

    /// The place of an object, also of one that was deleted.
    pub fn place(&self, kind: Kind, id: &str) -> Option<u32> {
        if let Some(place) = self.shelves[kind as usize].places.get(id) {
            return Some(*place);
        }
        let place = self.population.ids.place(kind.form()?, id)?;
        (place < self.row_count(kind)).then_some(place)
    }

    /// The place of an object that is still there.
    pub fn find(&self, kind: Kind, id: &str) -> Option<u32> {
        self.place(kind, id)
            .filter(|place| !self.is_removed(kind, *place))
    }

    pub fn document(&self, kind: Kind, place: u32) -> Option<&Value> {
        self.shelves[kind as usize].documents.get(&place)
    }

    /// The places that requests added or that were added at the start, without rows.
    pub fn added(&self, kind: Kind) -> std::ops::Range<u32> {
        self.row_count(kind)..self.end(kind)
    }

    pub fn next_id(&self, kind: Kind) -> String {
        kind.form().map_or_else(String::new, |form| {
            self.population.ids.id(form, self.end(kind))
        })
    }

    /// Adds a new object as the newest of its kind.
    pub fn insert(&mut self, kind: Kind, object: Value) {
        let shelf = &mut self.shelves[kind as usize];
        if let Some(id) = object["id"].as_str() {
            shelf.places.insert(id.to_owned(), shelf.next);
        }
        shelf.documents.insert(shelf.next, object);
        shelf.next += 1;
    }

    pub fn replace(&mut self, kind: Kind, place: u32, object: Value) {
        self.shelves[kind as usize].documents.insert(place, object);
    }

    /// Two added objects change places.
    pub fn swap(&mut self, kind: Kind, one: u32, other: u32) {
        let shelf = &mut self.shelves[kind as usize];
        let (first, second) = (shelf.documents.remove(&one), shelf.documents.remove(&other));
        for (place, object) in [(other, first), (one, second)] {
            let Some(object) = object else { continue };
            if let Some(id) = object["id"].as_str() {
                shelf.places.insert(id.to_owned(), place);
            }
            shelf.documents.insert(place, object);
        }
    }

    pub fn remove(&mut self, kind: Kind, place: u32) {
        self.shelves[kind as usize].removed.insert(place);
    }

    pub fn value(&self, kind: Kind, place: u32) -> Value {
        if let Some(document) = self.document(kind, place) {
            return document.clone();
        }
        let population = &self.population;
        match kind {
            Kind::Customer => to_value(&customer::customer(population, place)),
            Kind::PaymentMethod => to_value(&payment_method::payment_method(population, place)),
            Kind::Subscription => to_value(&subscription::subscription(population, place)),
            Kind::Invoice => to_value(&self.invoice(place)),
            Kind::Event => self.event(place),
            _ => Value::Null,
        }
    }

    /// Writes the object's JSON; for a row without the detour over a tree.
    pub fn write(&self, kind: Kind, place: u32, out: &mut Vec<u8>) {
        let population = &self.population;
        match (kind, self.document(kind, place)) {
            (_, Some(document)) => write_json(document, out),
            (Kind::Customer, _) => write_json(&customer::customer(population, place), out),
            (Kind::PaymentMethod, _) => {
                write_json(&payment_method::payment_method(population, place), out)
            }
            (Kind::Subscription, _) => {
                write_json(&subscription::subscription(population, place), out)
            }
            (Kind::Invoice, _) => write_json(&self.invoice(place), out),
            _ => write_json(&self.value(kind, place), out),
        }
    }

    fn invoice(&self, place: u32) -> invoice::Invoice {
        let row = &self.population.invoices[place as usize];
        invoice::invoice(&self.population, place, row, &self.pages)
    }

    fn event(&self, place: u32) -> Value {
        let row = &self.population.events[place as usize];
        let object = match row.occasion {
            Occasion::CustomerCreated => to_value(&customer::customer(&self.population, row.place)),
            Occasion::SubscriptionCreated | Occasion::SubscriptionDeleted => {
                to_value(&subscription::subscription(&self.population, row.place))
            }
            occasion => to_value(&self.invoice_at(occasion, row.place)),
        };
        let id = self.population.ids.id(ids::EVENT, place);
        let cause = event::Cause::default();
        event::event(
            &id,
            row.occasion.type_name(),
            i64::from(row.created),
            object,
            None,
            &cause,
        )
    }

    /// The invoice as it was when that happened to it.
    fn invoice_at(&self, occasion: Occasion, place: u32) -> invoice::Invoice {
        let mut row = self.population.invoices[place as usize];
        match occasion {
            Occasion::InvoiceCreated => {
                row = rows::Invoice {
                    status: InvoiceStatus::Draft,
                    attempts: 0,
                    ..row
                }
            }
            Occasion::InvoiceFinalized => {
                row = rows::Invoice {
                    status: InvoiceStatus::Open,
                    attempts: 0,
                    ..row
                }
            }
            _ => {}
        }
        invoice::invoice(&self.population, place, &row, &self.pages)
    }

    pub fn created(&self, kind: Kind, place: u32) -> i64 {
        if let Some(document) = self.document(kind, place) {
            return document["created"].as_i64().unwrap_or_default();
        }
        let (place, population) = (place as usize, &self.population);
        i64::from(match kind {
            Kind::Customer => population.customers[place].created,
            Kind::PaymentMethod => population.payment_methods[place].created,
            Kind::Subscription => population.subscriptions[place].created,
            Kind::Invoice => population.invoices[place].created,
            Kind::Event => population.events[place].created,
            _ => 0,
        })
    }

    /// A field by its JSON pointer; for what lists filter by, without rendering the row.
    pub fn field(&self, kind: Kind, place: u32, pointer: &str) -> Option<Cow<'_, Value>> {
        if let Some(document) = self.document(kind, place) {
            return document.pointer(pointer).map(Cow::Borrowed);
        }
        let population = &self.population;
        let quick = match (kind, pointer) {
            (Kind::Customer, "/email") => json!(population.email(place)),
            (Kind::Subscription, "/status") => {
                json!(population.subscriptions[place as usize].scenario.status())
            }
            (Kind::Subscription, "/collection_method") => {
                json!(subscription::collection_method(
                    &population.subscriptions[place as usize]
                ))
            }
            (Kind::Invoice, "/status") => json!(population.invoices[place as usize].status.text()),
            (Kind::Invoice, "/collection_method") => {
                json!(invoice::collection_method(
                    &population.invoices[place as usize]
                ))
            }
            (Kind::Invoice, "/due_date") => {
                let due = population.invoices[place as usize].due;
                json!((due > 0).then_some(due))
            }
            (Kind::Event, "/type") => json!(population.events[place as usize].occasion.type_name()),
            _ => {
                return self
                    .value(kind, place)
                    .pointer(pointer)
                    .cloned()
                    .map(Cow::Owned);
            }
        };
        Some(Cow::Owned(quick))
    }

    /// The customer that an object belongs to.
    pub fn owner(&self, kind: Kind, place: u32) -> Option<u32> {
        if let Some(document) = self.document(kind, place) {
            let id = document["customer"]
                .as_str()
                .or(document["customer_account"].as_str())?;
            return self.place(Kind::Customer, id).or_else(|| self.customer(id));
        }
        let (place, population) = (place as usize, &self.population);
        Some(match kind {
            Kind::PaymentMethod => {
                let customer = population.payment_methods[place].customer;
                return (!population.customers[customer as usize].deleted).then_some(customer);
            }
            Kind::Subscription => population.subscriptions[place].customer,
            Kind::Invoice => population.invoices[place].customer,
            _ => return None,
        })
    }

    /// The places of what requests have made or changed.
    pub fn touched(&self, kind: Kind) -> impl Iterator<Item = u32> {
        self.shelves[kind as usize].documents.keys().copied()
    }

    /// The rows that belong to a customer, if this kind is kept by customer.
    pub fn rows_of(&self, kind: Kind, customer: u32) -> Option<&[u32]> {
        if customer >= self.row_count(Kind::Customer) {
            return Some(&[]);
        }
        match kind {
            Kind::PaymentMethod => Some(self.population.payment_methods_of(customer)),
            Kind::Subscription => Some(self.population.subscriptions_of(customer)),
            Kind::Invoice => Some(self.population.invoices_of(customer)),
            _ => None,
        }
    }

    /// An object by id, whichever kind; a deleted one as its stub.
    pub fn get(&self, kind: Kind, id: &str) -> Option<Value> {
        let population = &self.population;
        match kind {
            Kind::SubscriptionItem => self.item(id),
            Kind::Discount => {
                let place = population.ids.place(ids::DISCOUNT, id)?;
                discount::discount(population, place).map(|discount| to_value(&discount))
            }
            Kind::InvoicePayment => {
                let place = population.ids.place(ids::INVOICE_PAYMENT, id)?;
                invoice::invoice_payment(population, place).map(|payment| to_value(&payment))
            }
            _ => {
                let place = self.place(kind, id)?;
                Some(if self.is_removed(kind, place) {
                    json!({"id": id, "object": kind.object(), "deleted": true})
                } else {
                    self.value(kind, place)
                })
            }
        }
    }

    /// The JSON of an object by id, as `get` gives it.
    pub fn text(&self, kind: Kind, id: &str) -> Option<Vec<u8>> {
        let Some(place) = self.find(kind, id) else {
            return Some(self.get(kind, id)?.to_string().into_bytes());
        };
        let mut out = Vec::new();
        self.write(kind, place, &mut out);
        Some(out)
    }

    /// Items live in their subscription.
    fn item(&self, id: &str) -> Option<Value> {
        let place = self.population.ids.place(ids::SUBSCRIPTION_ITEM, id)? / subscription::ITEMS;
        if place >= self.end(Kind::Subscription) {
            return None;
        }
        let subscription = self.value(Kind::Subscription, place);
        let items = subscription["items"]["data"].as_array()?;
        items.iter().find(|item| item["id"] == id).cloned()
    }

    /// A customer by its own id or by the account id of Accounts v2.
    pub fn customer(&self, id: &str) -> Option<u32> {
        match self.population.ids.place(ids::CUSTOMER_ACCOUNT, id) {
            Some(place) => {
                let known = place < self.row_count(Kind::Customer)
                    && self.population.customers[place as usize].is_account;
                (known && !self.is_removed(Kind::Customer, place)).then_some(place)
            }
            None => self.find(Kind::Customer, id),
        }
    }
}

fn write_json(object: &impl Serialize, out: &mut Vec<u8>) {
    // Writing to memory fails for non-text keys only, and there are none.
    let written = serde_json::to_writer(out, object);
    debug_assert!(written.is_ok());
}

/// See `write_json`: the shapes have text keys only.
pub fn to_value(object: &impl Serialize) -> Value {
    serde_json::to_value(object).unwrap_or_default()
}
