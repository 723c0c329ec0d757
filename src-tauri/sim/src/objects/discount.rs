//! `discount`: a coupon at work on a subscription or one of its invoices.

use serde::Serialize;

use super::Null;
use crate::ids;
use crate::population::coupons::COUPONS;
use crate::population::rows::NO_COUPON;
use crate::population::{Population, after};

#[derive(Serialize, Default)]
pub struct Discount {
    id: String,
    object: &'static str,
    checkout_session: Null,
    customer: Option<String>,
    customer_account: Option<String>,
    end: Option<u32>,
    invoice: Null,
    invoice_item: Null,
    promotion_code: Null,
    source: Source,
    start: u32,
    subscription: Option<String>,
    subscription_item: Null,
}

#[derive(Serialize, Default)]
struct Source {
    coupon: &'static str,
    #[serde(rename = "type")]
    type_: &'static str,
}

/// When the discount of a subscription runs out, if it ever does.
pub fn end(population: &Population, subscription: u32) -> Option<u32> {
    let row = population.subscriptions.get(subscription as usize)?;
    let months = COUPONS.get(row.coupon as usize)?.months?;
    Some(after(row.created, ("month", 1), months))
}

/// The discount of a subscription; its id is made from the subscription's place.
pub fn discount(population: &Population, subscription: u32) -> Option<Discount> {
    let row = population.subscriptions.get(subscription as usize)?;
    if row.coupon == NO_COUPON {
        return None;
    }
    let coupon = &COUPONS[row.coupon as usize];
    Some(Discount {
        id: population.ids.id(ids::DISCOUNT, subscription),
        object: "discount",
        customer: Some(population.ids.id(ids::CUSTOMER, row.customer)),
        customer_account: population.customer_account(row.customer),
        end: end(population, subscription),
        source: Source {
            coupon: coupon.id,
            type_: "coupon",
        },
        start: row.created,
        subscription: Some(population.ids.id(ids::SUBSCRIPTION, subscription)),
        ..Discount::default()
    })
}
