//! Fills the rows: 24 months of an agency that grows, every state of billing among them.

mod invoices;
mod subscriptions;

use chrono::{DateTime, Datelike, Months, Utc};

use self::invoices::invoices;
use self::subscriptions::subscriptions;
use super::people;
use super::rows::{Customer, Invoice, NONE, PaymentMethod, Subscription};
use crate::random::Dice;

pub const HOUR: u32 = 3_600;
pub const DAY: u32 = 86_400;
const HISTORY: u32 = 730 * DAY;

pub struct Rows {
    pub customers: Vec<Customer>,
    pub payment_methods: Vec<PaymentMethod>,
    pub subscriptions: Vec<Subscription>,
    pub invoices: Vec<Invoice>,
}

/// `count` customers that are there, 1.2 subscriptions and five invoices for each, and besides them
/// one in a hundred that was deleted.
pub fn rows(seed: u64, count: u32, now: u32) -> Rows {
    let mut customers = customers(seed, count + count / 100, now);
    let payment_methods = payment_methods(seed, &mut customers, now);
    let mut subscriptions = subscriptions(seed, &mut customers, &payment_methods, count, now);
    let invoices = invoices(seed, &customers, &mut subscriptions, count, now);
    Rows {
        customers,
        payment_methods,
        subscriptions,
        invoices,
    }
}

/// `count` steps of a plan's interval after `from`.
pub fn after(from: u32, (interval, step): (&str, u32), count: u32) -> u32 {
    let months = match interval {
        "day" => return from + count * step * DAY,
        "week" => return from + count * step * 7 * DAY,
        "year" => 12,
        _ => 1,
    };
    DateTime::<Utc>::from_timestamp(i64::from(from), 0)
        .and_then(|at| at.checked_add_months(Months::new(months * step * count)))
        .map_or(from, |at| at.timestamp() as u32)
}

fn customers(seed: u64, count: u32, now: u32) -> Vec<Customer> {
    (0..count)
        .map(|place| {
            let mut dice = Dice::new(seed, "customer", place);
            // Newer customers are denser: the agency grows.
            let share = (f64::from(place) / f64::from(count)).sqrt();
            let created = now - HISTORY - 3 * HOUR + (share * f64::from(HISTORY)) as u32;
            let same_email_as = if place > 0 && dice.percent(3) {
                dice.below(place)
            } else {
                NONE
            };
            Customer {
                created,
                same_email_as,
                balance: match dice.below(100) {
                    0..=2 => -(dice.between(1, 40) as i32 * 500),
                    3 => dice.between(1, 10) as i32 * 500,
                    _ => 0,
                },
                default_method: NONE,
                currency: people::country(seed, place).currency,
                has_email: !dice.percent(2),
                is_account: place % 33 == 17,
                deleted: false,
                delinquent: false,
            }
        })
        .collect()
}

fn payment_methods(seed: u64, customers: &mut [Customer], now: u32) -> Vec<PaymentMethod> {
    let today = DateTime::<Utc>::from_timestamp(i64::from(now), 0).unwrap_or_default();
    let this_month = today.year() as u32 * 12 + today.month0();
    let mut methods = Vec::with_capacity(customers.len() * 11 / 10);
    for (place, customer) in customers.iter().enumerate() {
        let mut dice = Dice::new(seed, "methods", place as u32);
        let amount = match dice.below(100) {
            0..=5 => 0,
            6..=87 => 1,
            _ => 2,
        };
        for _ in 0..amount {
            let expiry = this_month
                + match dice.below(100) {
                    0..=2 => 0,
                    3..=7 => dice.between(1, 2),
                    _ => dice.between(3, 54),
                };
            // Two in a hundred have run out already.
            let expiry = if dice.percent(2) {
                this_month - dice.between(1, 6)
            } else {
                expiry
            };
            methods.push(PaymentMethod {
                created: (customer.created + dice.between(60, 2 * HOUR)).min(now - 60),
                customer: place as u32,
                exp_year: (expiry / 12) as u16,
                exp_month: (expiry % 12 + 1) as u8,
                is_sepa: customer.currency == 0 && dice.percent(12),
            });
        }
    }
    methods.sort_by_key(|method| method.created);
    for (place, method) in methods.iter().enumerate() {
        let default = &mut customers[method.customer as usize].default_method;
        if *default == NONE {
            *default = place as u32;
        }
    }
    methods
}
