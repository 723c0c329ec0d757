//! `line_item`: what an invoice charges for.

use serde::Serialize;

use super::{Empty, Metadata, Null};
use crate::ids;
use crate::population::Population;
use crate::population::bill::{Bill, Line};
use crate::population::catalogue::{PLANS, PRODUCTS};
use crate::population::rows::{Invoice, NONE};

/// Places between the lines of one invoice and those of the next.
pub const LINES: u32 = 64;

#[derive(Serialize, Default)]
pub struct LineItem {
    id: String,
    object: &'static str,
    amount: i64,
    currency: &'static str,
    description: Option<String>,
    discount_amounts: Vec<DiscountAmount>,
    discountable: bool,
    discounts: Empty,
    invoice: String,
    livemode: bool,
    metadata: Metadata,
    parent: Option<Parent>,
    period: Period,
    pretax_credit_amounts: Vec<PretaxCredit>,
    pricing: Option<Pricing>,
    quantity: i64,
    quantity_decimal: String,
    subscription: Option<String>,
    subtotal: i64,
    taxes: Vec<Tax>,
}

#[derive(Serialize)]
pub struct DiscountAmount {
    pub amount: i64,
    pub discount: String,
}

#[derive(Serialize)]
pub struct PretaxCredit {
    pub amount: i64,
    pub discount: String,
    #[serde(rename = "type")]
    pub type_: &'static str,
}

#[derive(Serialize)]
pub struct Tax {
    pub amount: i64,
    pub tax_behavior: &'static str,
    pub tax_rate_details: TaxRateDetails,
    pub taxability_reason: &'static str,
    pub taxable_amount: i64,
    #[serde(rename = "type")]
    pub type_: &'static str,
}

#[derive(Serialize)]
pub struct TaxRateDetails {
    tax_rate: String,
}

#[derive(Serialize, Default)]
struct Parent {
    invoice_item_details: Option<InvoiceItemDetails>,
    subscription_item_details: Option<SubscriptionItemDetails>,
    #[serde(rename = "type")]
    type_: &'static str,
}

#[derive(Serialize)]
struct InvoiceItemDetails {
    invoice_item: String,
    proration: bool,
    proration_details: ProrationDetails,
    subscription: Null,
}

#[derive(Serialize)]
struct SubscriptionItemDetails {
    invoice_item: Null,
    proration: bool,
    proration_details: ProrationDetails,
    subscription: String,
    subscription_item: String,
}

#[derive(Serialize, Default)]
struct ProrationDetails {
    credited_items: Null,
}

#[derive(Serialize, Default)]
struct Period {
    end: u32,
    start: u32,
}

#[derive(Serialize)]
struct Pricing {
    price_details: PriceDetails,
    #[serde(rename = "type")]
    type_: &'static str,
    unit_amount_decimal: Option<String>,
}

#[derive(Serialize)]
struct PriceDetails {
    price: String,
    product: String,
}

pub fn tax(population: &Population, amount: i64, taxable_amount: i64) -> Tax {
    Tax {
        amount,
        tax_behavior: "exclusive",
        tax_rate_details: TaxRateDetails {
            tax_rate: population.ids.id(ids::TAX_RATE, 0),
        },
        taxability_reason: "standard_rated",
        taxable_amount,
        type_: "tax_rate_details",
    }
}

pub fn lines(
    population: &Population,
    place: u32,
    row: &Invoice,
    bill: &Bill,
    id: &str,
) -> Vec<LineItem> {
    let one = |(number, line)| {
        line_item(
            population,
            place * LINES + number as u32,
            row,
            (bill, line),
            id,
        )
    };
    bill.lines.iter().enumerate().map(one).collect()
}

fn line_item(
    population: &Population,
    line_place: u32,
    row: &Invoice,
    (bill, line): (&Bill, &Line),
    invoice: &str,
) -> LineItem {
    let plan = &PLANS[line.plan as usize];
    let product = &PRODUCTS[plan.product as usize];
    let discount = (line.discount > 0).then(|| population.ids.id(ids::DISCOUNT, row.subscription));
    let amounts = discount.iter().map(|id| DiscountAmount {
        amount: line.discount,
        discount: id.clone(),
    });
    let credits = discount.iter().map(|id| PretaxCredit {
        amount: line.discount,
        discount: id.clone(),
        type_: "discount",
    });
    let (parent, subscription) = if row.subscription == NONE {
        let details = InvoiceItemDetails {
            invoice_item: population.ids.id(ids::INVOICE_ITEM, line_place),
            proration: false,
            proration_details: ProrationDetails::default(),
            subscription: (),
        };
        (
            Parent {
                type_: "invoice_item_details",
                invoice_item_details: Some(details),
                ..Parent::default()
            },
            None,
        )
    } else {
        let subscription = population.ids.id(ids::SUBSCRIPTION, row.subscription);
        let item = row.subscription * super::subscription::ITEMS + line.item;
        let details = SubscriptionItemDetails {
            invoice_item: (),
            proration: false,
            proration_details: ProrationDetails::default(),
            subscription: subscription.clone(),
            subscription_item: population.ids.id(ids::SUBSCRIPTION_ITEM, item),
        };
        (
            Parent {
                type_: "subscription_item_details",
                subscription_item_details: Some(details),
                ..Parent::default()
            },
            Some(subscription),
        )
    };
    let every = plan
        .every
        .map_or_else(String::new, |(interval, count)| match count {
            1 => format!(" / {interval}"),
            _ => format!(" / every {count} {interval}s"),
        });
    LineItem {
        id: population.ids.id(ids::INVOICE_LINE, line_place),
        object: "line_item",
        amount: line.amount,
        currency: population.currency(row.customer).code,
        description: Some(format!("{} × {}{every}", line.quantity, product.name)),
        discount_amounts: amounts.collect(),
        discountable: true,
        invoice: invoice.to_owned(),
        parent: Some(parent),
        period: Period {
            start: line.period.0,
            end: line.period.1,
        },
        pretax_credit_amounts: credits.collect(),
        pricing: Some(Pricing {
            price_details: PriceDetails {
                price: population.ids.id(ids::PRICE, line.price),
                product: population.ids.id(ids::PRODUCT, u32::from(plan.product)),
            },
            type_: "price_details",
            unit_amount_decimal: super::catalogue::unit_amount(line.price).1,
        }),
        quantity: line.quantity,
        quantity_decimal: line.quantity.to_string(),
        subscription,
        subtotal: line.amount,
        taxes: if bill.taxed {
            vec![tax(population, line.tax, line.amount - line.discount)]
        } else {
            Vec::new()
        },
        ..LineItem::default()
    }
}
