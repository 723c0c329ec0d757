//! Every change of an object is told by an event, and the last one shows it as it now is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::client::{Client, id};

/// Lists that a mirror keeps; Stripe tells of all their changes but a session's creation.
const MIRRORED: [&str; 17] = [
    "customers",
    "products",
    "prices",
    "coupons",
    "promotion_codes",
    "payment_methods",
    "tax_ids",
    "subscriptions?status=all",
    "subscription_schedules",
    "invoices",
    "credit_notes",
    "charges",
    "refunds",
    "disputes",
    "payouts",
    "payment_links",
    "billing_portal/configurations",
];

async fn snapshot(client: &Client) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for list in MIRRORED {
        for object in client.all(&format!("/v1/{list}")).await {
            found.insert(id(&object).to_owned(), object);
        }
    }
    found
}

/// Asks for a change that must succeed, `{name}` standing for the id of an earlier answer.
async fn ask(client: &Client, made: &BTreeMap<&str, String>, call: &str) -> String {
    let mut call = call.to_owned();
    for (name, id) in made {
        call = call.replace(&format!("{{{name}}}"), id);
    }
    let (method, rest) = call.split_once(' ').expect("a method");
    let (path, form) = rest.split_once(' ').unwrap_or((rest, ""));
    let answer = match method {
        "DELETE" => client.delete(&format!("/v1/{path}")).await,
        _ => client.post(&format!("/v1/{path}"), form).await,
    };
    assert_eq!(answer.status, 200, "{call}: {}", answer.text);
    id(&answer.json()).to_owned()
}

#[tokio::test]
async fn nothing_changes_silently() {
    let client = Client::ordinary().await;
    let before = snapshot(&client).await;
    let start = client.first("/v1/events").await;
    let mut made = BTreeMap::new();
    for (name, call) in [
        (
            "customer",
            "POST customers name=A&email=a@example.com&payment_method=pm_card_visa&tax_id_data[0][type]=eu_vat&tax_id_data[0][value]=DE123456789",
        ),
        (
            "card",
            "POST payment_methods type=card&card[token]=tok_mastercard",
        ),
        (
            "card",
            "POST payment_methods/{card}/attach customer={customer}",
        ),
        (
            "customer",
            "POST customers/{customer} invoice_settings[default_payment_method]={card}",
        ),
        (
            "card",
            "POST payment_methods/{card} card[exp_year]=2044&card[exp_month]=2",
        ),
        (
            "tax",
            "POST customers/{customer}/tax_ids type=gb_vat&value=GB123456789",
        ),
        ("tax", "DELETE customers/{customer}/tax_ids/{tax}"),
        ("product", "POST products name=Plan"),
        (
            "price",
            "POST prices product={product}&currency=eur&unit_amount=900&recurring[interval]=month&lookup_key=k",
        ),
        (
            "other",
            "POST prices product={product}&currency=eur&unit_amount=300&recurring[interval]=month&lookup_key=k&transfer_lookup_key=true",
        ),
        ("product", "POST products/{product} default_price={price}"),
        (
            "coupon",
            "POST coupons percent_off=10&duration=once&max_redemptions=1",
        ),
        (
            "code",
            "POST promotion_codes promotion[type]=coupon&promotion[coupon]={coupon}",
        ),
        (
            "sub",
            "POST subscriptions customer={customer}&items[0][price]={price}&discounts[0][promotion_code]={code}&metadata[a]=b",
        ),
        (
            "sub",
            "POST subscriptions/{sub} discounts=&cancel_at_period_end=true",
        ),
        (
            "item",
            "POST subscription_items subscription={sub}&price={other}&proration_behavior=none",
        ),
        (
            "item",
            "DELETE subscription_items/{item}?proration_behavior=none",
        ),
        (
            "schedule",
            "POST subscription_schedules from_subscription={sub}",
        ),
        ("schedule", "POST subscription_schedules/{schedule}/release"),
        (
            "later",
            "POST subscriptions customer={customer}&items[0][price]={price}&collection_method=send_invoice&days_until_due=3",
        ),
        (
            "begun",
            "POST subscription_schedules customer={customer}&start_date=now&phases[0][items][0][price]={price}",
        ),
        ("begun", "POST subscription_schedules/{begun}/cancel"),
        (
            "pending",
            "POST invoiceitems customer={customer}&amount=500&currency=eur",
        ),
        (
            "invoice",
            "POST invoices customer={customer}&description=D&metadata[a]=b&pending_invoice_items_behavior=include",
        ),
        (
            "line",
            "POST invoiceitems customer={customer}&invoice={invoice}&pricing[price]={price}",
        ),
        ("invoice", "POST invoices/{invoice} footer=F"),
        (
            "invoice",
            "POST invoices/{invoice}/finalize auto_advance=true",
        ),
        ("note", "POST credit_notes invoice={invoice}&amount=100"),
        ("note", "POST credit_notes/{note}/void"),
        ("invoice", "POST invoices/{invoice}/pay"),
        (
            "note",
            "POST credit_notes invoice={invoice}&refund_amount=100&memo=M&metadata[a]=b",
        ),
        ("note", "POST credit_notes/{note} memo=N"),
        ("outside", "POST invoices customer={customer}"),
        (
            "extra",
            "POST invoiceitems customer={customer}&invoice={outside}&amount=70&currency=eur",
        ),
        (
            "outside",
            "POST invoices/{outside}/pay paid_out_of_band=true",
        ),
        ("gone", "POST invoices customer={customer}"),
        ("gone", "DELETE invoices/{gone}"),
        (
            "charge",
            "POST charges amount=800&currency=usd&source=tok_visa&metadata[a]=b",
        ),
        (
            "refund",
            "POST refunds charge={charge}&amount=300&metadata[a]=b",
        ),
        ("refund", "POST refunds/{refund} metadata[a]=c"),
        (
            "disputed",
            "POST charges amount=800&currency=eur&source=tok_createDispute",
        ),
        ("payout", "POST payouts amount=100&currency=eur"),
        ("payout", "POST payouts/{payout}/cancel"),
        (
            "link",
            "POST payment_links line_items[0][price]={price}&line_items[0][quantity]=1&metadata[a]=b",
        ),
        ("link", "POST payment_links/{link} active=false"),
        (
            "portal",
            "POST billing_portal/configurations features[invoice_history][enabled]=true",
        ),
        ("coupon", "DELETE coupons/{coupon}"),
        ("card", "POST payment_methods/{card}/detach"),
        (
            "poor",
            "POST customers payment_method=pm_card_chargeCustomerFail",
        ),
        ("poor", "DELETE customers/{poor}"),
    ] {
        let id = ask(&client, &made, call).await;
        made.insert(name, id);
    }
    let dispute = client.first("/v1/disputes").await;
    client
        .post(
            &format!("/v1/disputes/{}", id(&dispute)),
            "evidence[product_description]=P",
        )
        .await;
    client
        .post(&format!("/v1/disputes/{}/close", id(&dispute)), "")
        .await;

    let after = snapshot(&client).await;
    let mut events = client.all("/v1/events").await;
    let known = events.iter().position(|event| event["id"] == start["id"]);
    events.truncate(known.expect("the event before"));
    let last = |name: &str| {
        events
            .iter()
            .find(|event| event["data"]["object"]["id"] == name)
    };
    let mut changed = BTreeMap::new();
    for (name, object) in &after {
        if before.get(name) != Some(object) {
            let event = last(name).unwrap_or_else(|| panic!("nothing told of {object}"));
            assert_eq!(event["data"]["object"], *object, "{}", event["type"]);
            *changed.entry(object["object"].to_string()).or_insert(0) += 1;
        }
    }
    for (name, object) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
        let event = last(name).unwrap_or_else(|| panic!("nothing told of {object}"));
        assert!(
            event["type"]
                .as_str()
                .is_some_and(|name| name.ends_with(".deleted"))
        );
    }
    // Coupons and configurations, of which nothing is left or one is new, are among them.
    assert!(changed.len() >= 14, "{changed:?}");
    assert!(
        events
            .iter()
            .all(|event| event["request"]["id"].is_string())
    );
}

#[tokio::test]
async fn a_change_in_the_dashboard_is_told_by_its_own_event() {
    let client = Client::ordinary().await;
    for (list, expected) in [
        ("disputes", "charge.dispute.updated"),
        ("tax_ids", "customer.tax_id.updated"),
        ("payouts", "payout.updated"),
        ("credit_notes", "credit_note.updated"),
        ("promotion_codes", "promotion_code.updated"),
        ("subscription_schedules", "subscription_schedule.updated"),
        ("payment_links", "payment_link.updated"),
        ("refunds", "refund.updated"),
        ("charges", "charge.updated"),
    ] {
        let object = client.first(&format!("/v1/{list}")).await;
        let control = client.sim.control();
        let changed = control.update(id(&object), &json!({"metadata": {"seen": "yes"}}));
        assert_eq!(changed.expect("a change")["metadata"]["seen"], "yes");
        let event = client.first("/v1/events").await;
        assert_eq!(event["type"], expected);
        assert_eq!(event["data"]["object"]["id"], object["id"]);
    }
    let tax_id = client.first("/v1/tax_ids").await;
    client.sim.control().delete(id(&tax_id)).expect("deleted");
    assert_eq!(
        client.first("/v1/events").await["type"],
        "customer.tax_id.deleted"
    );
    let gone = client.get(&format!("/v1/tax_ids/{}", id(&tax_id))).await;
    assert_eq!(gone.status, 404);
}
