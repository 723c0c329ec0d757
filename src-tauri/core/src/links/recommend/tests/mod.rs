//! The table, row by row, and at random: clients made of facts alone.

mod alternatives;
mod random;
mod refusals;
mod rows_of_bills;
mod rows_of_plans;

use super::decide;
use crate::links::facts::{
    ClientFacts, CouponFacts, CustomerFacts, InvoiceFacts, ItemFacts, MethodFacts, PriceFacts,
    SharedEmail, SubscriptionFacts,
};
use crate::links::types::{LinkPurpose, Recommendation, SuggestedLink};
use crate::money::Money;
use crate::portal::{Chosen, ChosenConfiguration, OfferedProduct, PortalSettings};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use std::sync::Arc;

const ZONE: chrono_tz::Tz = chrono_tz::Europe::Berlin;

/// A moment of the workspace's calendar, by UTC.
fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{text}:00Z"))
        .unwrap()
        .to_utc()
}

/// "Lumen Studio", billed monthly in euros with a good card, in a portal that allows everything.
fn lumen() -> ClientFacts {
    ClientFacts {
        now: at("2026-11-25T12:00"),
        zone: ZONE,
        name: "Lumen Studio".into(),
        email: Some("anna@lumen.example".into()),
        customers: vec![customer("cus_lumen")],
        subscriptions: vec![subscription("sub_care", "Care monthly")],
        invoices: Vec::new(),
        methods: vec![method("pm_card", 2029, 5)],
        portal: portal(&["price_care", "price_pro"]),
        coupons: vec![
            coupon("STAY", None),
            coupon("FIVE", Some("eur")),
            coupon("YEN", Some("jpy")),
        ],
        sold: vec![
            Arc::new(price("Care monthly")),
            Arc::new(price("Pro monthly")),
        ],
        payment_links: Vec::new(),
        lacking: Vec::new(),
    }
}

fn customer(id: &str) -> CustomerFacts {
    CustomerFacts {
        id: id.into(),
        name: Some("Lumen Studio GmbH".into()),
        email: Some("anna@lumen.example".into()),
        deleted: false,
        preferred: false,
        currency: Some("eur".into()),
        billed: Some(1),
        default_method: Some("pm_card".into()),
        has_source: false,
        shared: None,
    }
}

fn method(id: &str, year: i32, month: u32) -> MethodFacts {
    MethodFacts {
        id: id.into(),
        label: "Visa •••• 4242".into(),
        expiry: Some((year, month)),
    }
}

fn coupon(id: &str, currency: Option<&str>) -> CouponFacts {
    CouponFacts {
        id: id.into(),
        currency: currency.map(str::to_owned),
    }
}

/// `price_care` of "Care monthly", for 40 euros a month.
fn price(plan: &str) -> PriceFacts {
    let first = plan.split(' ').next().unwrap_or_default();
    PriceFacts {
        id: format!("price_{}", first.to_lowercase()),
        plan: plan.into(),
        words: "40.00 EUR per month".into(),
        product: Some(format!("prod_{}", first.to_lowercase())),
        active: true,
        recurring: true,
        metered: false,
        currency: "eur".into(),
        yearly: plan.ends_with("yearly"),
        monthly: Some(Decimal::from(4000)),
        tax_behavior: Some("exclusive".into()),
    }
}

fn subscription(id: &str, plan: &str) -> SubscriptionFacts {
    SubscriptionFacts {
        id: id.into(),
        customer: "cus_lumen".into(),
        status: "active".into(),
        currency: "eur".into(),
        items: vec![item(price(plan))],
        ends: None,
        pause: None,
        flexible: true,
        scheduled: false,
        by_invoice: false,
        started: Some(at("2025-01-10T09:00")),
        trial_end: None,
        renews: Some(at("2026-12-10T09:00")),
        default_method: None,
    }
}

fn item(price: PriceFacts) -> ItemFacts {
    ItemFacts {
        id: format!("si_{}", price.id),
        quantity: (!price.metered).then_some(1),
        price: Arc::new(price),
    }
}

/// Open, with 120 euros to pay, of the subscription `sub_care`.
fn invoice(number: &str) -> InvoiceFacts {
    InvoiceFacts {
        id: format!("in_{number}"),
        customer: "cus_lumen".into(),
        number: Some(number.into()),
        status: "open".into(),
        remaining: Money::new(12_000, "eur"),
        due: None,
        subscription: Some("sub_care".into()),
        sent: false,
        has_page: true,
        needs_confirming: false,
    }
}

/// Everything switched on, with these prices to change to.
fn portal(prices: &[&str]) -> Chosen {
    let mut settings = PortalSettings {
        login_page: true,
        invoice_history: true,
        ..PortalSettings::default()
    };
    settings.customer_update.enabled = true;
    settings.customer_update.allowed = vec!["email".into(), "address".into()];
    settings.payment_method_update.enabled = true;
    settings.cancel.enabled = true;
    settings.pause.enabled = true;
    settings.update.enabled = true;
    settings.update.allowed = vec!["price".into()];
    settings.update.products = prices
        .iter()
        .map(|price| OfferedProduct {
            product: price.replace("price", "prod"),
            prices: vec![(*price).to_owned()],
            ..OfferedProduct::default()
        })
        .collect();
    Chosen {
        active: true,
        foreign: false,
        login_page_url: Some("https://billing.stripe.com/p/login/x".into()),
        words: ChosenConfiguration {
            id: Some("bpc_standard".into()),
            name: "Standard".into(),
            because: "No rule holds for this client".into(),
        },
        settings,
    }
}

/// What the table says of Lumen Studio after this happened to it.
fn of(change: impl FnOnce(&mut ClientFacts)) -> Recommendation {
    let mut facts = lumen();
    change(&mut facts);
    decide(&facts)
}

fn purpose(recommendation: &Recommendation) -> Option<LinkPurpose> {
    recommendation
        .link
        .as_ref()
        .map(|link| link.request.purpose)
}

fn find(recommendation: &Recommendation, purpose: LinkPurpose) -> Option<&SuggestedLink> {
    recommendation
        .alternatives
        .iter()
        .find(|link| link.request.purpose == purpose)
}

fn shared(opens: Option<&str>) -> Option<SharedEmail> {
    Some(SharedEmail {
        customers: 2,
        opens: opens.map(str::to_owned),
    })
}

/// The row, what is sent, and facts that the reason must name.
#[track_caller]
fn expect(
    recommendation: &Recommendation,
    row: &str,
    sent: impl Into<Option<LinkPurpose>>,
    named: &[&str],
) {
    assert_eq!(recommendation.rule, row, "{recommendation:#?}");
    assert_eq!(purpose(recommendation), sent.into(), "{recommendation:#?}");
    for fact in named {
        assert!(
            recommendation.reason.contains(fact),
            "{fact}: {}",
            recommendation.reason
        );
    }
}
