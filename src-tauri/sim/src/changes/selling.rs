//! Changes of what is sold and how: the catalogue, checkouts, links, the portal.

use serde_json::{Value, json};

use super::{Attempt, Transition};
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::write::cards::NewCard;
use crate::write::purchases::{self, Buyer};

pub const TRANSITIONS: &[Transition] = &[
    ("product_created", product_created),
    ("product_renamed", product_renamed),
    ("product_deleted", product_deleted),
    ("price_created", price_created),
    ("price_retired", price_retired),
    ("coupon_created", coupon_created),
    ("coupon_deleted", coupon_deleted),
    ("promotion_code_created", promotion_code_created),
    ("promotion_code_switched", promotion_code_switched),
    ("checkout_opened", checkout_opened),
    ("checkout_completed", checkout_completed),
    ("checkout_expired", checkout_expired),
    ("payment_link_switched", payment_link_switched),
    ("portal_configuration_created", portal_created),
    ("portal_configuration_edited", portal_edited),
    ("payout_made", payout_made),
];

fn product_created(attempt: &mut Attempt<'_>) -> Option<()> {
    let form = format!("name=Product+{}", attempt.below(10_000));
    attempt.call("POST /v1/products", &[], &form).map(|_| ())
}

/// One that nothing was ever sold of.
fn product_deleted(attempt: &mut Attempt<'_>) -> Option<()> {
    let store = &attempt.state.store;
    let priced: Vec<Value> = (0..store.end(Kind::Price))
        .filter_map(|place| store.field(Kind::Price, place, "/product"))
        .map(|product| product.into_owned())
        .collect();
    let product = attempt.pick(Kind::Product, |product| !priced.contains(&product["id"]))?;
    attempt.call_on("DELETE /v1/products/{}", &product, "")
}

fn product_renamed(attempt: &mut Attempt<'_>) -> Option<()> {
    let product = attempt.pick(Kind::Product, |_| true)?;
    let form = format!("name=Product+{}", attempt.below(10_000));
    attempt.call_on("POST /v1/products/{}", &product, &form)
}

fn price_created(attempt: &mut Attempt<'_>) -> Option<()> {
    let product = attempt.pick(Kind::Product, |product| product["active"] == true)?;
    let form = format!(
        "product={}&currency=eur&unit_amount={}&recurring[interval]=month",
        product["id"].as_str()?,
        100 + attempt.below(50_000)
    );
    attempt.call("POST /v1/prices", &[], &form).map(|_| ())
}

fn price_retired(attempt: &mut Attempt<'_>) -> Option<()> {
    // The population's stay, or there would soon be nothing to sell.
    let stock = crate::objects::catalogue::price_count();
    let store = &attempt.state.store;
    let place = (stock..store.end(Kind::Price))
        .find(|place| store.value(Kind::Price, *place)["active"] == true)?;
    let price = store.value(Kind::Price, place);
    attempt.call_on("POST /v1/prices/{}", &price, "active=false")
}

fn coupon_created(attempt: &mut Attempt<'_>) -> Option<()> {
    let percent = 1 + attempt.below(99);
    let duration = attempt.one_of(&["once", "forever"])?;
    let form = format!("percent_off={percent}&duration={duration}");
    attempt.call("POST /v1/coupons", &[], &form).map(|_| ())
}

/// Whoever has it keeps it.
fn coupon_deleted(attempt: &mut Attempt<'_>) -> Option<()> {
    let coupon = attempt.pick(Kind::Coupon, |_| true)?;
    attempt.call_on("DELETE /v1/coupons/{}", &coupon, "")
}

fn promotion_code_created(attempt: &mut Attempt<'_>) -> Option<()> {
    let coupon = attempt.pick(Kind::Coupon, |coupon| coupon["valid"] == true)?;
    let form = format!(
        "promotion[type]=coupon&promotion[coupon]={}&code=CODE{}",
        coupon["id"].as_str()?,
        attempt.below(1_000_000)
    );
    attempt
        .call("POST /v1/promotion_codes", &[], &form)
        .map(|_| ())
}

fn switched(attempt: &mut Attempt<'_>, kind: Kind, call: &str) -> Option<()> {
    let object = attempt.pick(kind, |_| true)?;
    let form = format!("active={}", object["active"] != true);
    attempt.call_on(call, &object, &form)
}

fn promotion_code_switched(attempt: &mut Attempt<'_>) -> Option<()> {
    switched(attempt, Kind::PromotionCode, "POST /v1/promotion_codes/{}")
}

fn payment_link_switched(attempt: &mut Attempt<'_>) -> Option<()> {
    switched(attempt, Kind::PaymentLink, "POST /v1/payment_links/{}")
}

fn checkout_opened(attempt: &mut Attempt<'_>) -> Option<()> {
    let customer = attempt.customer()?;
    let price = attempt.pick(Kind::Price, |price| {
        let fits = customer["currency"].is_null() || price["currency"] == customer["currency"];
        fits && price["active"] == true
            && price["unit_amount"].is_i64()
            && price.pointer("/recurring/usage_type") == Some(&json!("licensed"))
    })?;
    let form = format!(
        "mode=subscription&customer={}&line_items[0][price]={}&line_items[0][quantity]=1&success_url=https://example.com",
        customer["id"].as_str()?,
        price["id"].as_str()?
    );
    attempt
        .call("POST /v1/checkout/sessions", &[], &form)
        .map(|_| ())
}

/// The client pays: there is a card, a subscription, and the session is over.
fn checkout_completed(attempt: &mut Attempt<'_>) -> Option<()> {
    let session = attempt.pick(Kind::CheckoutSession, |session| {
        session["status"] == "open"
            && session["mode"] == "subscription"
            && session["customer"].is_string()
    })?;
    let place = attempt
        .state
        .store
        .find(Kind::CheckoutSession, session["id"].as_str()?)?;
    let card = NewCard::read("4242424242424242", "12", "2044", "123", (2026, 1)).ok()?;
    let (buyer, cause) = (Buyer::default(), Cause::default());
    purchases::complete(attempt.state, place, &buyer, &card, &cause).ok()?;
    Some(())
}

fn checkout_expired(attempt: &mut Attempt<'_>) -> Option<()> {
    let session = attempt.pick(Kind::CheckoutSession, |session| session["status"] == "open")?;
    let call = "POST /v1/checkout/sessions/{}/expire";
    attempt.call_on(call, &session, "")
}

fn portal_created(attempt: &mut Attempt<'_>) -> Option<()> {
    let call = "POST /v1/billing_portal/configurations";
    let form = "features[invoice_history][enabled]=true";
    attempt.call(call, &[], form).map(|_| ())
}

fn portal_edited(attempt: &mut Attempt<'_>) -> Option<()> {
    let configuration = attempt.pick(Kind::PortalConfiguration, |_| true)?;
    let call = "POST /v1/billing_portal/configurations/{}";
    let form = format!(
        "business_profile[headline]=Headline+{}",
        attempt.below(10_000)
    );
    attempt.call_on(call, &configuration, &form)
}

fn payout_made(attempt: &mut Attempt<'_>) -> Option<()> {
    let form = format!("amount={}&currency=eur", 100 + attempt.below(10_000));
    attempt.call("POST /v1/payouts", &[], &form).map(|_| ())
}
