//! What an invoice says: its lines, and the sums that follow from them.

use super::Population;
use super::catalogue::{self, PLANS, price_place};
use super::coupons::COUPONS;
use super::currencies::CURRENCIES;
use super::rows::{Invoice, InvoiceStatus, NO_COUPON, NO_PLAN, NONE};

/// German value added tax, the account being in Germany.
pub const TAX_PERCENT: i64 = 19;

pub struct Line {
    pub plan: u8,
    pub price: u32,
    /// Which item of the subscription; 0 for an invoice written by hand.
    pub item: u32,
    pub quantity: i64,
    pub amount: i64,
    pub discount: i64,
    pub tax: i64,
    pub period: (u32, u32),
}

pub struct Bill {
    pub lines: Vec<Line>,
    pub subtotal: i64,
    pub discount: i64,
    pub tax: i64,
    pub total: i64,
    pub taxed: bool,
}

impl Bill {
    pub fn paid(&self, status: InvoiceStatus) -> i64 {
        if status == InvoiceStatus::Paid {
            self.total
        } else {
            0
        }
    }
}

pub fn bill(population: &Population, row: &Invoice) -> Bill {
    let customer = &population.customers[row.customer as usize];
    let currency = &CURRENCIES[customer.currency as usize];
    let taxed = super::people::country(population.seed, row.customer).code == "DE";
    let mut lines = Vec::with_capacity(2);
    let mut add = |plan: u8, item: u32, quantity: i64, free: bool, period: (u32, u32)| {
        let amount = if free {
            0
        } else {
            PLANS[plan as usize].charge(currency, quantity)
        };
        let price = price_place(plan, customer.currency);
        lines.push(Line {
            plan,
            price,
            item,
            quantity,
            amount,
            discount: 0,
            tax: 0,
            period,
        });
    };
    let mut coupon = None;
    if row.subscription == NONE {
        add(
            catalogue::PROJECT_DAY,
            0,
            i64::from(row.units),
            false,
            (row.created, row.created),
        );
    } else {
        let subscription = &population.subscriptions[row.subscription as usize];
        let period = (row.created, row.period_end);
        let free = subscription.trial_end > 0;
        let quantity = |plan: u8, licensed: u32| {
            i64::from(if PLANS[plan as usize].is_metered() {
                row.units
            } else {
                licensed
            })
        };
        add(
            subscription.plan,
            0,
            quantity(subscription.plan, subscription.quantity),
            free,
            period,
        );
        if subscription.addon != NO_PLAN && is_due(subscription.addon, row.cycle) {
            let end = addon_end(subscription.addon, row);
            let quantity = quantity(subscription.addon, addon_quantity(subscription.addon));
            add(subscription.addon, 1, quantity, free, (row.created, end));
        }
        let month = row.cycle * months(subscription.plan);
        coupon = (subscription.coupon != NO_COUPON)
            .then_some(subscription.coupon)
            .filter(|coupon| COUPONS[*coupon as usize].covers(month));
    }
    let subtotal = lines.iter().map(|line| line.amount).sum();
    let mut left = coupon.map_or(0, |coupon| COUPONS[coupon as usize].off(subtotal, currency));
    let discount = left;
    let last = lines.len() - 1;
    for (place, line) in lines.iter_mut().enumerate() {
        // Shared out by amount; the last line takes what rounding left.
        line.discount = if place == last {
            left
        } else {
            discount * line.amount / subtotal.max(1)
        };
        left -= line.discount;
        if taxed {
            line.tax = currency.round((line.amount - line.discount) * TAX_PERCENT, 100);
        }
    }
    let tax = lines.iter().map(|line| line.tax).sum();
    Bill {
        lines,
        subtotal,
        discount,
        tax,
        total: subtotal - discount + tax,
        taxed,
    }
}

/// How many units of an add-on a subscription has.
pub fn addon_quantity(plan: u8) -> u32 {
    match plan {
        catalogue::HOSTING_TIERED => 8,
        catalogue::SEATS => 3,
        _ => 1,
    }
}

/// A yearly add-on on a monthly subscription is billed every twelfth time.
fn is_due(addon: u8, cycle: u32) -> bool {
    months(addon) == 1 || cycle.is_multiple_of(12)
}

fn addon_end(addon: u8, row: &Invoice) -> u32 {
    match PLANS[addon as usize].every {
        Some(every @ ("year", _)) => super::after(row.created, every, 1),
        _ => row.period_end,
    }
}

fn months(plan: u8) -> u32 {
    match PLANS[plan as usize].every {
        Some(("year", step)) => 12 * step,
        Some(("month", step)) => step,
        _ => 1,
    }
}
