//! What the account holds: how much, how plausible, and the same each time.

use std::collections::BTreeSet;

use serde_json::Value;
use stripe_sim::Options;

use crate::client::{Client, id, number, options};

#[tokio::test]
async fn seed_and_time_decide_every_byte() {
    let paths = [
        "/v1/customers",
        "/v1/subscriptions?status=all",
        "/v1/invoices",
        "/v1/events",
        "/v1/prices",
        "/v1/tax_ids",
        "/v1/subscription_schedules",
        "/v1/charges",
        "/v1/disputes",
        "/v1/credit_notes",
        "/v1/balance_transactions",
        "/v1/payouts",
        "/v1/checkout/sessions",
        "/v1/payment_links",
    ];
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let client = Client::start(Options { seed, ..options() }).await;
        let mut text = String::new();
        for path in paths {
            let joint = if path.contains('?') { '&' } else { '?' };
            text += &client.get(&format!("{path}{joint}limit=100")).await.text;
        }
        // Hosted pages have a port of their own each time.
        runs.push(text.replace(client.sim.pages_url(), "PAGES"));
    }
    assert!(runs[0] == runs[1], "two runs of one seed differ");
    assert!(runs[0] != runs[2], "two seeds give the same");
}

#[tokio::test]
async fn there_is_as_much_as_was_asked_for() {
    let client = Client::start(Options {
        customers: 2_000,
        ..options()
    })
    .await;
    assert_eq!(client.all("/v1/customers").await.len(), 2_000);
    assert_eq!(
        client.all("/v1/subscriptions?status=all").await.len(),
        2_400
    );
    assert_eq!(client.all("/v1/invoices").await.len(), 10_000);
}

#[tokio::test]
async fn one_customer_and_none_are_possible() {
    for customers in [0, 1] {
        let client = Client::start(Options {
            customers,
            ..options()
        })
        .await;
        assert_eq!(client.all("/v1/customers").await.len(), customers as usize);
        client.all("/v1/invoices").await;
    }
}

#[tokio::test]
async fn amounts_of_invoices_add_up() {
    let client = Client::ordinary().await;
    let (mut discounted, mut taxed) = (0, 0);
    for invoice in client.all("/v1/invoices").await {
        let sum = |pointer: &str, field: &str| -> i64 {
            let list = invoice
                .pointer(pointer)
                .and_then(Value::as_array)
                .expect("a list");
            list.iter().map(|entry| number(entry, field)).sum()
        };
        let of = |name: &str| number(&invoice, name);
        let discount = sum("/total_discount_amounts", "/amount");
        let tax = sum("/total_taxes", "/amount");
        assert_eq!(sum("/lines/data", "/amount"), of("/subtotal"));
        assert_eq!(of("/subtotal") - discount + tax, of("/total"));
        let due = if invoice["status"] == "void" {
            0
        } else {
            of("/amount_due") - of("/amount_paid")
        };
        assert_eq!(of("/amount_remaining"), due);
        let lines = invoice["lines"]["data"].as_array().expect("lines");
        let inner = |list: &str| -> i64 {
            let entries = lines
                .iter()
                .flat_map(|line| line[list].as_array().expect("a list"));
            entries.map(|entry| number(entry, "/amount")).sum()
        };
        assert_eq!(inner("discount_amounts"), discount);
        assert_eq!(inner("taxes"), tax);
        if invoice["status"] == "paid" {
            assert_eq!(of("/amount_remaining"), 0);
            assert!(invoice["status_transitions"]["paid_at"].is_i64());
        }
        let step = match invoice["currency"].as_str() {
            Some("kwd") => 10,
            Some("isk") => 100,
            _ => 1,
        };
        assert_eq!(of("/total") % step, 0, "{}", invoice["currency"]);
        assert_eq!(invoice["number"].is_null(), invoice["status"] == "draft");
        assert_eq!(
            invoice["hosted_invoice_url"].is_null(),
            invoice["status"] == "draft"
        );
        discounted += i64::from(discount > 0);
        taxed += i64::from(tax > 0);
    }
    assert!(discounted > 0 && taxed > 0);
}

#[tokio::test]
async fn subscriptions_agree_with_their_invoices_and_customers() {
    let client = Client::ordinary().await;
    let invoices = client.all("/v1/invoices").await;
    let customers = client.all("/v1/customers").await;
    for subscription in client.all("/v1/subscriptions?status=all").await {
        let own = invoices.iter().filter(|invoice| {
            invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
        });
        let newest = own
            .max_by_key(|invoice| number(invoice, "/created"))
            .expect("an invoice");
        assert_eq!(subscription["latest_invoice"], newest["id"]);
        let wanted = match subscription["status"].as_str() {
            Some("past_due" | "unpaid" | "incomplete") => Some("open"),
            Some("incomplete_expired") => Some("void"),
            _ => None,
        };
        assert!(
            wanted.is_none_or(|wanted| newest["status"] == wanted),
            "{subscription}"
        );
        let customer = customers
            .iter()
            .find(|customer| customer["id"] == subscription["customer"]);
        let Some(customer) = customer else {
            assert!(matches!(
                subscription["status"].as_str(),
                Some("canceled" | "incomplete_expired")
            ));
            continue;
        };
        assert_eq!(customer["currency"], subscription["currency"]);
        assert!(number(&subscription, "/created") >= number(customer, "/created"));
        let items = subscription["items"]["data"].as_array().expect("items");
        assert!(
            items
                .iter()
                .all(|item| item["price"]["currency"] == subscription["currency"])
        );
        assert!(items.iter().all(|item| item["quantity"].is_null() == (item["plan"]["usage_type"] == "metered")));
    }
}

#[tokio::test]
async fn the_untidiness_of_real_life_is_there() {
    let client = Client::start(Options {
        customers: 600,
        ..options()
    })
    .await;
    let customers = client.all("/v1/customers").await;
    let emails: Vec<&str> = customers
        .iter()
        .filter_map(|customer| customer["email"].as_str())
        .collect();
    assert!(emails.len() < customers.len(), "nobody lacks an address");
    assert!(
        emails.iter().collect::<BTreeSet<_>>().len() < emails.len(),
        "no address twice"
    );
    assert!(
        customers
            .iter()
            .any(|customer| number(customer, "/balance") < 0)
    );
    assert!(
        customers
            .iter()
            .any(|customer| customer["delinquent"] == true)
    );
    let methods = client.all("/v1/payment_methods").await;
    assert!(methods.iter().any(|method| method["type"] == "sepa_debit"));
    let this_month =
        |method: &&Value| method["card"]["exp_year"] == 2026 && method["card"]["exp_month"] == 11;
    assert!(
        methods.iter().any(|method| this_month(&method)),
        "no card is about to run out"
    );
    let subscriptions = client.all("/v1/subscriptions?status=all").await;
    let has = |what: &str, fits: &dyn Fn(&Value) -> bool| {
        assert!(subscriptions.iter().any(fits), "{what}");
    };
    for behavior in ["void", "keep_as_draft", "mark_uncollectible"] {
        has(behavior, &|one| {
            one["pause_collection"]["behavior"] == behavior
        });
    }
    for kind in ["trial_end_without_payment_method", "pause_requested"] {
        has(kind, &|one| {
            one["status_details"]["paused"]["subscription"]["type"] == kind
        });
    }
    has("classic cancelling", &|one| {
        one["cancel_at_period_end"] == true
    });
    has("flexible cancelling", &|one| {
        one["cancel_at_period_end"] == false && one["cancel_at"].is_i64()
    });
    has("two items of different intervals", &|one| {
        one["items"]["data"][1]["current_period_end"].is_i64()
            && one["items"]["data"][0]["current_period_end"]
                != one["items"]["data"][1]["current_period_end"]
    });
    has("a card of its own", &|one| {
        one["default_payment_method"].is_string()
    });
    let now = 1_795_219_200;
    let invoices = client.all("/v1/invoices").await;
    assert!(invoices.iter().any(
        |one| one["status"] == "open" && one["due_date"].as_i64().is_some_and(|due| due < now)
    ));
    for object in customers
        .iter()
        .chain(&subscriptions)
        .chain(&invoices)
        .chain(&methods)
    {
        assert!(
            (now - 731 * 86_400..=now).contains(&number(object, "/created")),
            "{}",
            id(object)
        );
    }
}

#[tokio::test]
async fn customers_of_accounts_v2_are_found_by_either_id() {
    let client = Client::ordinary().await;
    let customers = client.all("/v1/customers").await;
    let customer = customers
        .iter()
        .find(|customer| customer["customer_account"].is_string())
        .expect("one");
    let (own, account) = (
        id(customer),
        customer["customer_account"].as_str().expect("an id"),
    );
    let invoices = client
        .all(&format!("/v1/invoices?customer_account={account}"))
        .await;
    assert!(!invoices.is_empty());
    assert_eq!(
        invoices,
        client.all(&format!("/v1/invoices?customer={own}")).await
    );
    assert!(
        invoices
            .iter()
            .all(|invoice| invoice["customer"].is_null() && invoice["customer_account"] == account)
    );
    for subscription in client
        .all(&format!(
            "/v1/subscriptions?customer_account={account}&status=all"
        ))
        .await
    {
        assert_eq!(
            (&subscription["customer"], &subscription["customer_account"]),
            (&customer["id"], &customer["customer_account"])
        );
    }
}
