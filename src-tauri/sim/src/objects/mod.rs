//! The shapes of Stripe's objects at API version 2026-10-28.endive, one file for each.
//!
//! Rows are written through these structs; an object that a request has changed is kept as JSON.

pub mod account;
pub mod balance_transaction;
pub mod catalogue;
pub mod charge;
pub mod checkout;
pub mod credit_note;
pub mod customer;
pub mod discount;
pub mod event;
pub mod invoice;
pub mod invoice_line;
pub mod payment_intent;
pub mod payment_method;
pub mod payout;
pub mod refund;
pub mod setup_intent;
pub mod subscription;
pub mod subscription_schedule;
pub mod tax_id;

use std::collections::BTreeMap;

use serde::Serialize;

/// A field that is null in everything the simulator makes.
pub type Null = ();
/// A list that is empty in everything the simulator makes.
pub type Empty = [(); 0];

pub type Metadata = BTreeMap<&'static str, String>;

#[derive(Serialize, Default)]
pub struct Address {
    pub city: Option<&'static str>,
    pub country: Option<&'static str>,
    pub line1: Option<String>,
    pub line2: Null,
    pub postal_code: Option<&'static str>,
    pub state: Null,
}

/// A sublist that is whole in one page.
#[derive(Serialize)]
pub struct List<T> {
    pub object: &'static str,
    pub data: Vec<T>,
    pub has_more: bool,
    pub url: String,
}

impl<T> List<T> {
    pub fn whole(data: Vec<T>, url: String) -> Self {
        Self {
            object: "list",
            has_more: false,
            data,
            url,
        }
    }
}

#[derive(Serialize)]
pub struct TypeOnly {
    #[serde(rename = "type")]
    pub type_: &'static str,
}

pub const SELF: TypeOnly = TypeOnly { type_: "self" };
