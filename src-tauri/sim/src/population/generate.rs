//! Fills the rows: 24 months of an agency that grows, every state of billing among them.

use chrono::{DateTime, Datelike, Months, Utc};

use super::catalogue::{self, PLANS};
use super::people;
use super::rows::{
    Customer, Invoice, InvoiceStatus, NO_COUPON, NO_PLAN, NONE, PaymentMethod, Scenario,
    Subscription,
};
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

pub fn rows(seed: u64, count: u32, now: u32) -> Rows {
    let mut customers = customers(seed, count, now);
    let payment_methods = payment_methods(seed, &mut customers, now);
    let mut subscriptions = subscriptions(seed, &mut customers, &payment_methods, now);
    let invoices = invoices(seed, &customers, &mut subscriptions, now);
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

/// 1.2 subscriptions for each customer: most have one, some none, a few several.
fn subscription_counts(seed: u64, customers: usize) -> Vec<u32> {
    let mut counts: Vec<u32> = (0..customers as u32)
        .map(
            |place| match Dice::new(seed, "subscriptions", place).below(100) {
                0..=11 => 0,
                12..=76 => 1,
                77..=92 => 2,
                93..=97 => 3,
                _ => 5,
            },
        )
        .collect();
    let target = customers as i64 * 12 / 10;
    let mut excess = i64::from(counts.iter().sum::<u32>()) - target;
    for count in &mut counts {
        if excess > 0 && *count > 1 {
            *count -= 1;
            excess -= 1;
        } else if excess < 0 && *count == 1 {
            *count += 1;
            excess += 1;
        }
    }
    counts
}

fn subscriptions(
    seed: u64,
    customers: &mut [Customer],
    methods: &[PaymentMethod],
    now: u32,
) -> Vec<Subscription> {
    let mut second_method = vec![false; customers.len()];
    for (place, method) in methods.iter().enumerate() {
        let customer = method.customer as usize;
        second_method[customer] |= customers[customer].default_method != place as u32;
    }
    let counts = subscription_counts(seed, customers.len());
    let mut subscriptions = Vec::with_capacity(customers.len() * 12 / 10);
    for (place, count) in counts.into_iter().enumerate() {
        let mut all_ended = true;
        for _ in 0..count {
            let ordinal = subscriptions.len() as u32;
            let mut row = subscription(seed, ordinal, place as u32, &customers[place], now);
            row.own_method = second_method[place] && row.scenario == Scenario::Active;
            all_ended &= row.scenario.ended();
            customers[place].delinquent |=
                matches!(row.scenario, Scenario::PastDue | Scenario::Unpaid);
            subscriptions.push(row);
        }
        // Deleting a customer cancels what it had, so only such a customer can be gone.
        customers[place].deleted = all_ended && place % 9 == 4;
    }
    subscriptions.sort_by_key(|row: &Subscription| row.created);
    subscriptions
}

fn subscription(
    seed: u64,
    ordinal: u32,
    place: u32,
    customer: &Customer,
    now: u32,
) -> Subscription {
    let mut dice = Dice::new(seed, "subscription", ordinal);
    let scenario = Scenario::of(ordinal);
    let plan = plan(&mut dice, scenario);
    let age = now - customer.created;
    let start_after =
        |dice: &mut Dice, limit: u32| customer.created + dice.below(limit.min(age - HOUR));
    let start_before =
        |dice: &mut Dice, low: u32, high: u32| now - dice.between(low.min(age), high.min(age));
    let created = match scenario {
        Scenario::Trialing => start_before(&mut dice, HOUR, 12 * DAY),
        Scenario::Incomplete => start_before(&mut dice, HOUR, 22 * HOUR),
        Scenario::IncompleteExpired => start_before(&mut dice, DAY, 40 * DAY),
        Scenario::PausedAfterTrial => start_before(&mut dice, 15 * DAY, 60 * DAY),
        _ => start_after(&mut dice, 30 * DAY),
    };
    let every = PLANS[plan as usize].every.unwrap_or(("month", 1));
    let ran = now - created;
    let stopped = match scenario {
        Scenario::Canceled | Scenario::PausedOnRequest => created + dice.below(ran.max(1)),
        Scenario::IncompleteExpired => created + (23 * HOUR).min(ran),
        Scenario::CancelAt | Scenario::CancelAtPeriodEnd => now - dice.below((20 * DAY).min(ran)),
        Scenario::PausedAfterTrial => created + (14 * DAY).min(ran),
        _ => 0,
    };
    let trial_end = match scenario {
        Scenario::Trialing => created + 14 * DAY,
        Scenario::PausedAfterTrial => stopped,
        _ => 0,
    };
    // A trial is a period of its own; afterwards periods count from the start.
    let (period_start, period_end) = if trial_end > 0 {
        (created, trial_end)
    } else {
        let until = if stopped > 0
            && !matches!(scenario, Scenario::CancelAt | Scenario::CancelAtPeriodEnd)
        {
            stopped
        } else {
            now
        };
        let mut cycle = 0;
        while after(created, every, cycle + 1) <= until {
            cycle += 1;
        }
        (
            after(created, every, cycle),
            after(created, every, cycle + 1),
        )
    };
    let addon = match PLANS[plan as usize].every {
        Some(("month", 1)) if dice.percent(18) => dice.pick(&[
            catalogue::HOSTING_TIERED,
            catalogue::TRAFFIC,
            catalogue::DOMAIN,
            catalogue::SEATS,
        ]),
        _ => NO_PLAN,
    };
    Subscription {
        created,
        customer: place,
        period_start,
        period_end,
        stopped,
        trial_end,
        latest_invoice: NONE,
        quantity: quantity(&mut dice, plan),
        plan,
        addon: if addon == plan { NO_PLAN } else { addon },
        coupon: coupon(&mut dice, customer.currency),
        scenario,
        own_method: false,
    }
}

fn plan(dice: &mut Dice, scenario: Scenario) -> u8 {
    use catalogue as c;
    // Stripe's retries last weeks, so what fails now was billed this month.
    if matches!(scenario, Scenario::PastDue | Scenario::Unpaid) {
        return dice.pick(&[c::CARE_S, c::CARE_L, c::SEATS, c::HOSTING_TIERED]);
    }
    match dice.below(200) {
        0..=47 => c::CARE_S_YEARLY,
        48..=75 => c::CARE_L_YEARLY,
        76..=95 => c::SEATS_YEARLY,
        96..=103 => c::DOMAIN,
        104..=123 => c::RETAINER_QUARTERLY,
        124..=145 => c::CARE_S,
        146..=159 => c::CARE_L,
        160..=167 => c::RETAINER,
        168..=177 => c::SEATS,
        178..=184 => c::HOSTING_TIERED,
        185..=190 => c::NEWSLETTER_TIERED,
        191..=194 => c::TRAFFIC,
        195..=198 => c::CARE_S_OLD,
        _ => c::CARE_WEEKLY,
    }
}

fn quantity(dice: &mut Dice, plan: u8) -> u32 {
    match plan {
        catalogue::SEATS | catalogue::SEATS_YEARLY => dice.between(2, 40),
        catalogue::HOSTING_TIERED => dice.between(1, 32),
        catalogue::NEWSLETTER_TIERED => dice.between(3, 150) * 100,
        _ => 1,
    }
}

fn coupon(dice: &mut Dice, currency: u8) -> u8 {
    if !dice.percent(9) {
        return NO_COUPON;
    }
    // Coupons of a fixed amount are in euro.
    let choices: &[u8] = if currency == 0 {
        &[0, 1, 2, 3, 4]
    } else {
        &[0, 1, 2, 4]
    };
    dice.pick(choices)
}

fn invoices(
    seed: u64,
    customers: &[Customer],
    subscriptions: &mut [Subscription],
    now: u32,
) -> Vec<Invoice> {
    let target = customers.len() * 5;
    let mut invoices = Vec::with_capacity(target);
    for (place, row) in subscriptions.iter().enumerate() {
        recurring(seed, place as u32, row, now, &mut invoices);
    }
    // What is missing to five for each customer was written by hand.
    for ordinal in invoices.len()..target {
        invoices.push(by_hand(seed, ordinal as u32, customers, now));
    }
    invoices.sort_by_key(|row| row.created);
    let mut sequences = vec![0_u16; customers.len()];
    for (place, row) in invoices.iter_mut().enumerate() {
        let sequence = &mut sequences[row.customer as usize];
        *sequence += 1;
        row.sequence = *sequence;
        if row.subscription != NONE {
            subscriptions[row.subscription as usize].latest_invoice = place as u32;
        }
    }
    invoices
}

/// One invoice at the start of each period until the current one.
fn recurring(seed: u64, place: u32, row: &Subscription, now: u32, invoices: &mut Vec<Invoice>) {
    let every = PLANS[row.plan as usize].every.unwrap_or(("month", 1));
    let mut dice = Dice::new(seed, "cycles", place);
    let mut cycle = 0;
    let mut start = row.created;
    while start <= row.period_start {
        let next = if row.trial_end > 0 {
            row.trial_end
        } else {
            after(row.created, every, cycle + 1)
        };
        let last = next > row.period_start;
        let due = if row.scenario == Scenario::SendInvoice {
            start + dice.pick(&[14, 30]) * DAY
        } else {
            0
        };
        let (status, attempts) = if last {
            last_status(&mut dice, row.scenario, now, due)
        } else {
            match dice.below(200) {
                0 => (InvoiceStatus::Void, 1),
                1 => (InvoiceStatus::Uncollectible, 4),
                _ => (InvoiceStatus::Paid, 1),
            }
        };
        invoices.push(Invoice {
            created: start,
            customer: row.customer,
            subscription: place,
            cycle,
            period_end: next,
            units: dice.between(20, 900),
            due,
            sequence: 0,
            attempts,
            status,
        });
        cycle += 1;
        start = next;
    }
}

fn last_status(dice: &mut Dice, scenario: Scenario, now: u32, due: u32) -> (InvoiceStatus, u8) {
    match scenario {
        Scenario::PastDue => (InvoiceStatus::Open, dice.between(1, 3) as u8),
        Scenario::Unpaid => (InvoiceStatus::Open, 4),
        Scenario::Incomplete => (InvoiceStatus::Open, 1),
        Scenario::IncompleteExpired => (InvoiceStatus::Void, 1),
        Scenario::SendInvoice if due > now || dice.percent(60) => (InvoiceStatus::Open, 0),
        Scenario::CollectionDraft => (InvoiceStatus::Draft, 0),
        Scenario::CollectionVoid => (InvoiceStatus::Void, 0),
        Scenario::CollectionUncollectible => (InvoiceStatus::Uncollectible, 0),
        Scenario::Canceled if dice.percent(25) => (InvoiceStatus::Uncollectible, 4),
        _ => (InvoiceStatus::Paid, 1),
    }
}

fn by_hand(seed: u64, ordinal: u32, customers: &[Customer], now: u32) -> Invoice {
    let mut dice = Dice::new(seed, "by hand", ordinal);
    let customer = dice.below(customers.len() as u32);
    let created = now - dice.below(now - customers[customer as usize].created);
    let status = match ordinal % 25 {
        0 | 1 => InvoiceStatus::Open,
        2 => InvoiceStatus::Draft,
        3 => InvoiceStatus::Void,
        4 => InvoiceStatus::Uncollectible,
        _ => InvoiceStatus::Paid,
    };
    Invoice {
        created,
        customer,
        subscription: NONE,
        cycle: 0,
        period_end: created,
        units: dice.between(1, 12),
        due: created + dice.pick(&[14, 30]) * DAY,
        sequence: 0,
        attempts: 0,
        status,
    }
}
