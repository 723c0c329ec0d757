//! The population: everything the account holds before anybody has asked for a change.

pub mod bill;
pub mod catalogue;
mod countries;
pub mod coupons;
pub mod currencies;
pub mod engagements;
mod generate;
mod happenings;
mod index;
pub mod ledger;
pub mod people;
pub mod rows;

pub use generate::{DAY, after};
pub use happenings::{KEPT, finalized_at, settled_at};

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::ids::{self, Ids};
use currencies::{CURRENCIES, Currency};
use engagements::{Schedule, Session, TaxId};
use index::Index;
use ledger::Ledger;
use people::Person;
use rows::{Customer, Event, Invoice, NONE, PaymentMethod, Subscription};

pub struct Population {
    pub seed: u64,
    /// When it was made; every time in it is at or before this.
    pub now: u32,
    pub ids: Ids,
    pub account: String,
    pub customers: Vec<Customer>,
    pub payment_methods: Vec<PaymentMethod>,
    pub subscriptions: Vec<Subscription>,
    pub invoices: Vec<Invoice>,
    pub events: Vec<Event>,
    pub tax_ids: Vec<TaxId>,
    pub schedules: Vec<Schedule>,
    pub sessions: Vec<Session>,
    pub ledger: Ledger,
    /// Drawn when first asked for: whoever is listed stands on many invoices.
    people: Box<[OnceLock<Person>]>,
    schedule_of: HashMap<u32, u32>,
    tax_ids_of: Index,
    methods_of: Index,
    subscriptions_of: Index,
    invoices_of: Index,
}

impl Population {
    pub fn new(seed: u64, customers: u32, now: u32) -> Self {
        let ids = Ids::new(seed);
        let rows = generate::rows(seed, customers, now);
        let count = rows.customers.len();
        let events = happenings::last_month(&rows, now);
        let schedules = engagements::schedules(seed, &rows.subscriptions, now);
        let sessions = engagements::sessions(seed, &rows.subscriptions, now);
        let tax_ids = engagements::tax_ids(seed, &rows.customers);
        let mut population = Self {
            seed,
            now,
            ids,
            account: ids.id(ids::ACCOUNT, 0),
            methods_of: Index::new(count, rows.payment_methods.iter().map(|row| row.customer)),
            subscriptions_of: Index::new(count, rows.subscriptions.iter().map(|row| row.customer)),
            invoices_of: Index::new(count, rows.invoices.iter().map(|row| row.customer)),
            customers: rows.customers,
            payment_methods: rows.payment_methods,
            subscriptions: rows.subscriptions,
            invoices: rows.invoices,
            events,
            sessions,
            schedule_of: (0..)
                .zip(&schedules)
                .map(|(place, row)| (row.subscription, place))
                .collect(),
            tax_ids_of: Index::new(count, tax_ids.iter().map(|row| row.customer)),
            tax_ids,
            schedules,
            ledger: Ledger::empty(),
            people: std::iter::repeat_with(OnceLock::new).take(count).collect(),
        };
        population.ledger = Ledger::of(&population);
        population
    }

    pub fn person(&self, customer: u32) -> &Person {
        self.people[customer as usize].get_or_init(|| people::person(self.seed, customer))
    }

    pub fn currency(&self, customer: u32) -> &'static Currency {
        &CURRENCIES[self.customers[customer as usize].currency as usize]
    }

    /// The address on file, which may be another customer's, or missing.
    pub fn email(&self, customer: u32) -> Option<String> {
        let row = &self.customers[customer as usize];
        if !row.has_email {
            return None;
        }
        let owner = if row.same_email_as == NONE {
            customer
        } else {
            row.same_email_as
        };
        Some(self.person(owner).email.clone())
    }

    /// The id that an Accounts v2 customer has besides its customer id.
    pub fn customer_account(&self, customer: u32) -> Option<String> {
        self.customers[customer as usize]
            .is_account
            .then(|| self.ids.id(ids::CUSTOMER_ACCOUNT, customer))
    }

    /// Products and prices were there before the first customer.
    pub fn catalogue_created(&self) -> u32 {
        self.now - 760 * DAY
    }

    /// The schedule that a subscription has or had.
    pub fn schedule_of(&self, subscription: u32) -> Option<u32> {
        self.schedule_of.get(&subscription).copied()
    }

    pub fn tax_ids_of(&self, customer: u32) -> &[u32] {
        self.tax_ids_of.of(customer)
    }

    pub fn payment_methods_of(&self, customer: u32) -> &[u32] {
        self.methods_of.of(customer)
    }

    pub fn subscriptions_of(&self, customer: u32) -> &[u32] {
        self.subscriptions_of.of(customer)
    }

    pub fn invoices_of(&self, customer: u32) -> &[u32] {
        self.invoices_of.of(customer)
    }
}
