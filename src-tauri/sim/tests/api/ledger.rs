//! Money that had moved before the start: what the objects say of each other adds up.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use stripe_sim::Options;

use crate::client::{Client, id, number, options};

fn by_id(objects: &[Value]) -> BTreeMap<&str, &Value> {
    objects.iter().map(|object| (id(object), object)).collect()
}

async fn everything() -> Client {
    Client::start(Options {
        customers: 400,
        ..options()
    })
    .await
}

#[tokio::test]
async fn every_paid_invoice_has_its_charge_and_no_other() {
    let client = everything().await;
    let invoices = client.all("/v1/invoices").await;
    let charges = client.all("/v1/charges").await;
    let charges = by_id(&charges);
    let intents = client.all("/v1/payment_intents").await;
    let intents = by_id(&intents);
    let payments = client.all("/v1/invoice_payments").await;
    let (mut paid, mut failed) = (0, 0);
    let of_invoice: BTreeMap<&str, &Value> = payments
        .iter()
        .map(|payment| (payment["invoice"].as_str().expect("an invoice"), payment))
        .collect();
    assert_eq!(of_invoice.len(), payments.len());
    for invoice in &invoices {
        let asked = invoice["status"] != "draft" && number(invoice, "/total") > 0;
        let payment = of_invoice.get(id(invoice));
        assert_eq!(asked, payment.is_some(), "{invoice}");
        let Some(payment) = payment else { continue };
        let intent = payment["payment"]["payment_intent"]
            .as_str()
            .expect("an intent");
        let intent = intents[intent];
        assert_eq!(intent["amount"], invoice["total"]);
        let Some(charge) = intent["latest_charge"].as_str() else {
            assert_eq!(invoice["attempt_count"], 0, "{invoice}");
            continue;
        };
        let charge = charges[charge];
        assert_eq!(
            charge["paid"],
            json!(invoice["status"] == "paid"),
            "{invoice}"
        );
        assert_eq!(charge["amount"], invoice["total"]);
        if charge["paid"] == true {
            paid += 1;
            assert_eq!(charge["failure_code"], Value::Null);
        } else {
            failed += 1;
            assert!(charge["failure_message"].is_string());
        }
    }
    assert!(paid > 500 && failed > 20, "{paid} paid, {failed} failed");
}

#[tokio::test]
async fn the_balance_is_what_moved_it() {
    let client = everything().await;
    let movements = client.all("/v1/balance_transactions").await;
    let sources: BTreeSet<&str> = movements
        .iter()
        .map(|movement| movement["source"].as_str().expect("a source"))
        .collect();
    for path in ["/v1/refunds", "/v1/disputes", "/v1/payouts"] {
        for object in client.all(path).await {
            assert!(sources.contains(id(&object)), "{object}");
        }
    }
    for charge in client.all("/v1/charges").await {
        let moved = !charge["balance_transaction"].is_null();
        assert_eq!(charge["paid"], json!(moved));
        assert_eq!(moved, sources.contains(id(&charge)));
    }
    let mut paid_out = 0;
    for payout in client.all("/v1/payouts").await {
        let path = format!("/v1/balance_transactions?payout={}", id(&payout));
        let moved = client.all(&path).await;
        let net: i64 = moved
            .iter()
            .filter(|movement| {
                !movement["source"]
                    .as_str()
                    .expect("a source")
                    .starts_with("po_")
            })
            .map(|movement| number(movement, "/net"))
            .sum();
        assert_eq!(net, number(&payout, "/amount"));
        paid_out += moved.len();
    }
    assert!(paid_out > 500, "{paid_out}");
}

#[tokio::test]
async fn lists_by_what_an_object_names_find_it() {
    let client = everything().await;
    // (list, filter, field)
    let named = [
        ("charges", "customer", "customer"),
        ("charges", "payment_intent", "payment_intent"),
        ("payment_intents", "customer", "customer"),
        ("refunds", "charge", "charge"),
        ("refunds", "payment_intent", "payment_intent"),
        ("disputes", "charge", "charge"),
        ("credit_notes", "invoice", "invoice"),
        ("credit_notes", "customer", "customer"),
        ("balance_transactions", "source", "source"),
        ("invoice_payments", "invoice", "invoice"),
        ("subscription_schedules", "customer", "customer"),
        ("checkout/sessions", "subscription", "subscription"),
        ("checkout/sessions", "customer", "customer"),
        ("promotion_codes", "coupon", "promotion/coupon"),
    ];
    for (list, filter, field) in named {
        let every = client.all(&format!("/v1/{list}")).await;
        let value = |object: &Value| object.pointer(&format!("/{field}")).cloned();
        let wanted = every
            .iter()
            .filter_map(|object| value(object)?.as_str().map(str::to_owned));
        let wanted: BTreeSet<String> = wanted.collect();
        for name in wanted.iter().take(20) {
            let found = client.all(&format!("/v1/{list}?{filter}={name}")).await;
            let expected: Vec<&Value> = every
                .iter()
                .filter(|object| value(object) == Some(json!(name)))
                .collect();
            assert_eq!(
                found.iter().collect::<Vec<_>>(),
                expected,
                "{list} by {filter}"
            );
        }
        assert!(!wanted.is_empty(), "{list} by {filter}");
    }
}
