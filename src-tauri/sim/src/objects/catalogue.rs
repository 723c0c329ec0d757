//! `product`, `price` and its older twin `plan`, `coupon`.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Empty, Metadata, Null};
use crate::ids::{self, Ids};
use crate::population::catalogue::{PLANS, PRODUCTS, Pricing, Tier, price_place};
use crate::population::coupons::{COUPONS, Reduction};
use crate::population::currencies::{CURRENCIES, Currency};

#[derive(Serialize, Default)]
pub struct Product {
    id: String,
    object: &'static str,
    active: bool,
    created: u32,
    default_price: Option<String>,
    description: &'static str,
    images: Empty,
    livemode: bool,
    marketing_features: Empty,
    metadata: Metadata,
    name: &'static str,
    package_dimensions: Null,
    shippable: Null,
    statement_descriptor: Null,
    tax_code: Null,
    tax_details: Null,
    #[serde(rename = "type")]
    type_: &'static str,
    unit_label: Option<&'static str>,
    updated: u32,
    url: Null,
}

pub fn product(ids: &Ids, place: u32, created: u32) -> Product {
    let product = &PRODUCTS[place as usize];
    let first = PLANS
        .iter()
        .position(|plan| u32::from(plan.product) == place);
    Product {
        id: ids.id(ids::PRODUCT, place),
        object: "product",
        active: true,
        created,
        default_price: first.map(|plan| ids.id(ids::PRICE, price_place(plan as u8, 0))),
        description: product.description,
        name: product.name,
        type_: "service",
        unit_label: product.unit_label,
        updated: created,
        ..Product::default()
    }
}

#[derive(Serialize, Default)]
pub struct Price {
    id: String,
    object: &'static str,
    active: bool,
    billing_scheme: &'static str,
    created: u32,
    currency: &'static str,
    custom_unit_amount: Null,
    livemode: bool,
    lookup_key: Option<String>,
    metadata: Metadata,
    nickname: &'static str,
    product: String,
    recurring: Option<Recurring>,
    tax_behavior: &'static str,
    tiers_mode: Option<&'static str>,
    transform_quantity: Null,
    #[serde(rename = "type")]
    type_: &'static str,
    unit_amount: Option<i64>,
    unit_amount_decimal: Option<String>,
}

#[derive(Serialize)]
struct Recurring {
    interval: &'static str,
    interval_count: u32,
    meter: Option<String>,
    trial_period_days: Null,
    usage_type: &'static str,
}

#[derive(Serialize)]
pub struct PriceTier {
    flat_amount: Option<i64>,
    flat_amount_decimal: Option<String>,
    unit_amount: Option<i64>,
    unit_amount_decimal: Option<String>,
    up_to: Option<i64>,
}

/// A price's place holds its plan and its currency.
fn parts(
    place: u32,
) -> (
    &'static crate::population::catalogue::Plan,
    &'static Currency,
) {
    let count = PLANS.len() as u32;
    (
        &PLANS[(place % count) as usize],
        &CURRENCIES[(place / count) as usize],
    )
}

pub fn price_count() -> u32 {
    (PLANS.len() * CURRENCIES.len()) as u32
}

pub fn price(ids: &Ids, place: u32, created: u32) -> Price {
    let (plan, currency) = parts(place);
    let (unit_amount, unit_amount_decimal) = unit_amount(place);
    Price {
        id: ids.id(ids::PRICE, place),
        object: "price",
        active: plan.active,
        billing_scheme: billing_scheme(&plan.pricing),
        created,
        currency: currency.code,
        lookup_key: plan
            .active
            .then(|| lookup_key(plan.nickname, currency.code)),
        nickname: plan.nickname,
        product: ids.id(ids::PRODUCT, u32::from(plan.product)),
        recurring: plan.every.map(|(interval, interval_count)| Recurring {
            interval,
            interval_count,
            meter: plan.is_metered().then(|| ids.id(ids::METER, 0)),
            trial_period_days: (),
            usage_type: usage_type(plan.is_metered()),
        }),
        tax_behavior: "exclusive",
        tiers_mode: tiers(place).map(|(mode, _)| mode),
        type_: if plan.every.is_some() {
            "recurring"
        } else {
            "one_time"
        },
        unit_amount,
        unit_amount_decimal,
        ..Price::default()
    }
}

fn lookup_key(nickname: &str, currency: &str) -> String {
    format!("{}_{currency}", nickname.to_lowercase().replace(' ', "_"))
}

fn billing_scheme(pricing: &Pricing) -> &'static str {
    match pricing {
        Pricing::Graduated(_) | Pricing::Volume(_) => "tiered",
        Pricing::PerUnit(_) | Pricing::Metered(_) => "per_unit",
    }
}

fn usage_type(metered: bool) -> &'static str {
    if metered { "metered" } else { "licensed" }
}

/// The whole amount, if it is one, and its decimal text.
pub fn unit_amount(place: u32) -> (Option<i64>, Option<String>) {
    let (plan, currency) = parts(place);
    match plan.pricing {
        Pricing::PerUnit(cents) => {
            let amount = currency.amount(cents);
            (Some(amount), Some(amount.to_string()))
        }
        Pricing::Metered(thousandths) => {
            let amount = currency.thousandths(thousandths);
            let text = format!("{}.{:03}", amount / 1000, amount % 1000);
            let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
            ((amount % 1000 == 0).then_some(amount / 1000), Some(text))
        }
        Pricing::Graduated(_) | Pricing::Volume(_) => (None, None),
    }
}

/// What `expand[]=tiers` adds.
pub fn tiers(place: u32) -> Option<(&'static str, Vec<PriceTier>)> {
    let (plan, currency) = parts(place);
    let (mode, tiers) = match plan.pricing {
        Pricing::Graduated(tiers) => ("graduated", tiers),
        Pricing::Volume(tiers) => ("volume", tiers),
        Pricing::PerUnit(_) | Pricing::Metered(_) => return None,
    };
    let amount = |cents: i64| (cents != 0).then(|| currency.amount(cents));
    let shape = |tier: &Tier| PriceTier {
        flat_amount: amount(tier.flat),
        flat_amount_decimal: amount(tier.flat).map(|amount| amount.to_string()),
        unit_amount: Some(currency.amount(tier.unit)),
        unit_amount_decimal: Some(currency.amount(tier.unit).to_string()),
        up_to: tier.up_to,
    };
    Some((mode, tiers.iter().map(shape).collect()))
}

/// The shape that prices had before 2020; subscription items still carry both.
#[derive(Serialize, Default)]
pub struct Plan {
    id: String,
    object: &'static str,
    active: bool,
    amount: Option<i64>,
    amount_decimal: Option<String>,
    billing_scheme: &'static str,
    created: u32,
    currency: &'static str,
    interval: &'static str,
    interval_count: u32,
    livemode: bool,
    metadata: Metadata,
    meter: Option<String>,
    nickname: &'static str,
    product: String,
    tiers_mode: Option<&'static str>,
    transform_usage: Null,
    trial_period_days: Null,
    usage_type: &'static str,
}

pub fn plan(ids: &Ids, place: u32, created: u32) -> Plan {
    let (plan, currency) = parts(place);
    let (amount, amount_decimal) = unit_amount(place);
    let (interval, interval_count) = plan.every.unwrap_or(("month", 1));
    Plan {
        id: ids.id(ids::PRICE, place),
        object: "plan",
        active: plan.active,
        amount,
        amount_decimal,
        billing_scheme: billing_scheme(&plan.pricing),
        created,
        currency: currency.code,
        interval,
        interval_count,
        meter: plan.is_metered().then(|| ids.id(ids::METER, 0)),
        nickname: plan.nickname,
        product: ids.id(ids::PRODUCT, u32::from(plan.product)),
        tiers_mode: tiers(place).map(|(mode, _)| mode),
        usage_type: usage_type(plan.is_metered()),
        ..Plan::default()
    }
}

#[derive(Serialize, Default)]
pub struct Coupon {
    id: &'static str,
    object: &'static str,
    amount_off: Option<i64>,
    created: u32,
    currency: Option<&'static str>,
    duration: &'static str,
    duration_in_months: Option<u32>,
    livemode: bool,
    max_redemptions: Null,
    metadata: Metadata,
    name: &'static str,
    percent_off: Option<f64>,
    redeem_by: Option<u32>,
    times_redeemed: usize,
    valid: bool,
}

pub fn coupon(place: u32, created: u32, times_redeemed: usize) -> Coupon {
    let coupon = &COUPONS[place as usize];
    let (amount_off, percent_off) = match coupon.reduction {
        Reduction::Euro(cents) => (Some(cents), None),
        Reduction::PerMille(share) => (None, Some(share as f64 / 10.0)),
    };
    Coupon {
        id: coupon.id,
        object: "coupon",
        amount_off,
        created,
        currency: amount_off.map(|_| CURRENCIES[0].code),
        duration: coupon.duration,
        duration_in_months: coupon.months,
        name: coupon.name,
        percent_off,
        redeem_by: (!coupon.valid).then_some(created + 90 * crate::population::DAY),
        times_redeemed,
        valid: coupon.valid,
        ..Coupon::default()
    }
}

/// What differs between promotion codes.
pub struct PromotionFacts {
    pub id: String,
    pub active: bool,
    pub code: String,
    pub coupon: String,
    pub created: i64,
    pub times_redeemed: usize,
}

pub fn promotion_code(facts: PromotionFacts) -> Value {
    json!({
        "id": facts.id,
        "object": "promotion_code",
        "active": facts.active,
        "code": facts.code,
        "created": facts.created,
        "customer": null,
        "customer_account": null,
        "expires_at": null,
        "livemode": false,
        "max_redemptions": null,
        "metadata": {},
        "promotion": {"coupon": facts.coupon, "type": "coupon"},
        "restrictions": {"first_time_transaction": false, "minimum_amount": null, "minimum_amount_currency": null},
        "times_redeemed": facts.times_redeemed
    })
}
