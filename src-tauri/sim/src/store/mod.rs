//! Everything the account holds: rows of the population, and over them what requests have changed.

mod digest;
mod rows;
mod saved;
mod stock;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::ids;
use crate::objects::{catalogue, checkout, subscription};
use crate::population::Population;
use crate::registry::{KINDS, Kind};

/// Ids of events are apart for this many events of one run.
const LIFE_BITS: u32 = 24;

pub struct Store {
    pub population: Population,
    /// Where hosted invoices live.
    pages: String,
    shelves: [Shelf; KINDS],
    /// Lists that an object leaves out unless asked for, by its id: what a session or a link sells,
    /// a price's tiers, what a portal configuration offers. Those of rows follow from the row.
    left_out: HashMap<String, Vec<Value>>,
    /// How often a saved state was loaded before.
    pub lives: u32,
    changed: watch::Sender<()>,
    /// Events before this place were forgotten.
    events_from: u32,
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
            left_out: HashMap::new(),
            lives: 0,
            changed: watch::Sender::default(),
            events_from: 0,
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
        store.stock();
        store
    }

    fn row_count(&self, kind: Kind) -> u32 {
        rows::count(&self.population, kind)
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
        // A client may have read events that were never saved; it must not take others for the same.
        let life = match kind {
            Kind::Event => self.lives << LIFE_BITS,
            _ => 0,
        };
        kind.form().map_or_else(String::new, |form| {
            self.population
                .ids
                .id(form, self.end(kind).wrapping_add(life))
        })
    }

    /// Tells of every change from now on.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Adds a new object as the newest of its kind.
    pub fn insert(&mut self, kind: Kind, object: Value) {
        let shelf = &mut self.shelves[kind as usize];
        if let Some(id) = object["id"].as_str() {
            shelf.places.insert(id.to_owned(), shelf.next);
        }
        shelf.documents.insert(shelf.next, object);
        shelf.next += 1;
        self.changed.send_replace(());
    }

    pub fn replace(&mut self, kind: Kind, place: u32, object: Value) {
        self.changed.send_replace(());
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
        self.changed.send_replace(());
        self.shelves[kind as usize].removed.insert(place);
    }

    pub fn value(&self, kind: Kind, place: u32) -> Value {
        match self.document(kind, place) {
            Some(document) => document.clone(),
            None => to_value(&rows::row(&self.population, &self.pages, kind, place)),
        }
    }

    /// Writes the object's JSON; for a row without the detour over a tree.
    pub fn write(&self, kind: Kind, place: u32, out: &mut Vec<u8>) {
        match self.document(kind, place) {
            Some(document) => write_json(document, out),
            None => write_json(&rows::row(&self.population, &self.pages, kind, place), out),
        }
    }

    pub fn created(&self, kind: Kind, place: u32) -> i64 {
        match self.document(kind, place) {
            // Invoice items call it their date.
            Some(document) => document["created"]
                .as_i64()
                .or(document["date"].as_i64())
                .unwrap_or_default(),
            // A forgotten event.
            None if place >= self.row_count(kind) => 0,
            None => i64::from(rows::created(&self.population, kind, place)),
        }
    }

    /// Lets go of events that nobody can ask for any more: they would be most of what there is.
    pub fn forget_events(&mut self, before: i64) {
        let first = self.row_count(Kind::Event).max(self.events_from);
        let mut place = first;
        while place < self.end(Kind::Event) && self.created(Kind::Event, place) < before {
            let shelf = &mut self.shelves[Kind::Event as usize];
            let forgotten = shelf.documents.remove(&place);
            if let Some(id) = forgotten.as_ref().and_then(|event| event["id"].as_str()) {
                shelf.places.remove(id);
            }
            place += 1;
        }
        self.events_from = place;
    }

    /// A field by its JSON pointer; for what lists filter by, without rendering the row.
    pub fn field(&self, kind: Kind, place: u32, pointer: &str) -> Option<Cow<'_, Value>> {
        if let Some(document) = self.document(kind, place) {
            return document.pointer(pointer).map(Cow::Borrowed);
        }
        let quick = rows::field(&self.population, kind, place, pointer);
        quick
            .or_else(|| self.value(kind, place).pointer(pointer).cloned())
            .map(Cow::Owned)
    }

    /// The customer that an object belongs to.
    pub fn owner(&self, kind: Kind, place: u32) -> Option<u32> {
        let Some(document) = self.document(kind, place) else {
            return rows::owner(&self.population, kind, place);
        };
        let id = document["customer"]
            .as_str()
            .or(document["customer_account"].as_str())?;
        self.place(Kind::Customer, id).or_else(|| self.customer(id))
    }

    /// The payout that a balance transaction went with.
    pub fn paid_out_with(&self, place: u32) -> Option<u32> {
        let row = self.population.ledger.movements.get(place as usize)?;
        (row.payout != crate::population::rows::NONE).then_some(row.payout)
    }

    /// Keeps a list that the object of this id leaves out unless asked for.
    pub fn leave_out(&mut self, id: &str, list: Vec<Value>) {
        self.left_out.insert(id.to_owned(), list);
    }

    /// A price that was made within a request for something else: no list shows it.
    pub fn set_inline(&mut self, price: &str) {
        self.leave_out(&format!("{price}/inline"), Vec::new());
    }

    pub fn is_inline(&self, price: u32) -> bool {
        self.document(Kind::Price, price)
            .and_then(|price| price["id"].as_str())
            .is_some_and(|id| self.left_out.contains_key(&format!("{id}/inline")))
    }

    /// Keeps what a checkout session is to make, which no answer of the API shows.
    pub fn keep_aside(&mut self, session: &str, data: Value) {
        self.leave_out(&format!("{session}/data"), vec![data]);
    }

    pub fn kept_aside(&self, session: &str) -> Value {
        let kept = self.left_out.get(&format!("{session}/data"));
        kept.and_then(|data| data.first())
            .cloned()
            .unwrap_or_default()
    }

    /// The tiers of a price, if it has any.
    pub fn tiers(&self, price: &str) -> Option<Value> {
        if let Some(tiers) = self.left_out.get(price) {
            return Some(json!(tiers));
        }
        let place = self.place(Kind::Price, price)?;
        let (_, tiers) = (place < catalogue::price_count()).then(|| catalogue::tiers(place))??;
        Some(to_value(&tiers))
    }

    /// What a session or a link sells.
    pub fn sold(&self, kind: Kind, id: &str) -> Vec<Value> {
        if let Some(items) = self.left_out.get(id) {
            return items.clone();
        }
        let row = self
            .place(kind, id)
            .filter(|place| *place < self.row_count(kind));
        match (kind, row) {
            (Kind::CheckoutSession, Some(place)) => {
                checkout::session_items(&self.population, place)
            }
            _ => Vec::new(),
        }
    }

    /// The products that a portal configuration offers to switch to.
    pub fn offered(&self, configuration: &str) -> &[Value] {
        self.left_out
            .get(configuration)
            .map_or(&[][..], Vec::as_slice)
    }

    /// The places of what requests have made or changed.
    pub fn touched(&self, kind: Kind) -> impl Iterator<Item = u32> {
        self.shelves[kind as usize].documents.keys().copied()
    }

    /// The rows that belong to a customer, if this kind is kept by customer.
    pub fn rows_of(&self, kind: Kind, customer: u32) -> Option<Vec<u32>> {
        if customer >= self.row_count(Kind::Customer) {
            return Some(Vec::new());
        }
        rows::of_customer(&self.population, kind, customer)
    }

    /// The few rows that can have what a list asks for, where an index tells.
    pub fn rows_with(&self, kind: Kind, params: &Map<String, Value>) -> Option<Vec<u32>> {
        rows::with(&self.population, kind, params)
    }

    /// An object by id, whichever kind; a deleted one as its stub.
    pub fn get(&self, kind: Kind, id: &str) -> Option<Value> {
        match kind {
            Kind::SubscriptionItem => self.item(id),
            _ => {
                let place = self.place(kind, id)?;
                if !self.is_removed(kind, place) {
                    // Not every subscription's place has a discount.
                    return Some(self.value(kind, place)).filter(|object| !object.is_null());
                }
                // Of everything that can be deleted, only customers answer afterwards.
                (kind == Kind::Customer)
                    .then(|| json!({"id": id, "object": kind.object(), "deleted": true}))
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
