//! Billing over time: what happens by itself when the clock moves.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use stripe_sim::{AfterRetries, Options};

use crate::client::{Client, id, number, options};

pub const DAY: i64 = 86_400;

impl Client {
    async fn subscription(&self, subscription: &Value) -> Value {
        let path = format!("/v1/subscriptions/{}", id(subscription));
        self.get(&path).await.json()
    }

    pub async fn invoice_of(&self, subscription: &Value) -> Value {
        let path = format!("/v1/subscriptions/{}", id(subscription));
        let invoice = self.get(&path).await.json()["latest_invoice"].clone();
        let invoice = invoice.as_str().expect("an invoice").to_owned();
        self.get(&format!("/v1/invoices/{invoice}")).await.json()
    }

    pub fn move_to(&self, at: i64) {
        let at = DateTime::from_timestamp(at, 0).expect("a time");
        self.sim.control().set_clock(at).expect("forward");
    }

    /// Types of what was told of an object or of what names it, oldest first.
    async fn told(&self, about: &Value) -> Vec<String> {
        let mut events = self.all("/v1/events").await;
        events.reverse();
        let names = |event: &&Value| event["data"]["object"].to_string().contains(id(about));
        let kinds = events.iter().filter(names);
        kinds
            .map(|event| event["type"].as_str().expect("a type").to_owned())
            .collect()
    }
}

pub fn period_end(subscription: &Value) -> i64 {
    number(subscription, "/items/data/0/current_period_end")
}

/// One that renews by itself: charged to the customer's card, one monthly item, no discount.
pub async fn ordinary(client: &Client) -> Value {
    let all = client.all("/v1/subscriptions?status=active").await;
    let plain = |subscription: &&Value| {
        subscription["collection_method"] == "charge_automatically"
            && subscription["cancel_at"].is_null()
            && subscription["pause_collection"].is_null()
            && subscription["schedule"].is_null()
            && subscription["discounts"] == json!([])
            && subscription["default_payment_method"].is_null()
            && subscription["items"]["data"].as_array().map(Vec::len) == Some(1)
            && subscription.pointer("/items/data/0/price/recurring/usage_type")
                == Some(&json!("licensed"))
            && subscription.pointer("/items/data/0/price/billing_scheme")
                == Some(&json!("per_unit"))
    };
    for candidate in all.iter().filter(plain) {
        let customer = candidate["customer"].as_str().expect("a customer");
        let customer = client.get(&format!("/v1/customers/{customer}")).await;
        let customer = customer.json();
        let card = &customer["invoice_settings"]["default_payment_method"];
        if card.is_string() && customer["balance"] == 0 {
            return candidate.clone();
        }
    }
    panic!("no ordinary subscription");
}

/// Makes the bank refuse what the subscription is charged to.
async fn refuse(client: &Client, subscription: &Value) -> String {
    let customer = subscription["customer"].as_str().expect("a customer");
    let customer = client
        .get(&format!("/v1/customers/{customer}"))
        .await
        .json();
    let card = customer["invoice_settings"]["default_payment_method"]
        .as_str()
        .expect("a card");
    let control = client.sim.control();
    control
        .update(
            card,
            &json!({"metadata": {"decline": "insufficient_funds"}}),
        )
        .expect("a change");
    card.to_owned()
}

#[tokio::test]
async fn a_subscription_renews_and_its_invoice_is_paid_an_hour_later() {
    let client = Client::ordinary().await;
    let before = ordinary(&client).await;
    let end = period_end(&before);
    client.move_to(end + 10);
    let renewed = client.subscription(&before).await;
    let item = &renewed["items"]["data"][0];
    assert_eq!(item["current_period_start"], end);
    assert!(number(item, "/current_period_end") > end + 6 * DAY);
    let draft = client.invoice_of(&before).await;
    assert_eq!(draft["status"], "draft");
    assert_eq!(draft["billing_reason"], "subscription_cycle");
    assert_eq!(draft["created"], end);
    let expected = number(item, "/price/unit_amount") * number(item, "/quantity");
    assert_eq!(number(&draft, "/lines/data/0/amount"), expected);
    assert_eq!(
        number(&draft, "/lines/data/0/period/start"),
        number(item, "/current_period_start")
    );
    client.move_to(end + 3_700);
    let paid = client.invoice_of(&before).await;
    assert_eq!(
        (&paid["status"], &paid["id"]),
        (&json!("paid"), &draft["id"])
    );
    assert_eq!(paid["amount_paid"], paid["total"]);
    assert_eq!(number(&paid, "/status_transitions/paid_at"), end + 3_600);
    // Its number continues the customer's.
    assert!(
        paid["number"]
            .as_str()
            .is_some_and(|number| number.contains('-'))
    );
    let payment = client
        .first(&format!("/v1/invoice_payments?invoice={}", id(&paid)))
        .await;
    assert_eq!(payment["status"], "paid");
    let told = client.told(&paid).await;
    let order = [
        "invoice.created",
        "customer.subscription.updated",
        "invoice.finalized",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
    ];
    let places: Vec<usize> = order
        .iter()
        .map(|kind| told.iter().position(|told| told == kind).expect(kind))
        .collect();
    assert!(places.is_sorted(), "{told:?}");
    let event = client.first("/v1/events?type=invoice.paid").await;
    assert_eq!(
        event["request"],
        json!({"id": null, "idempotency_key": null})
    );
}

#[tokio::test]
async fn a_refused_card_is_tried_four_times_and_then_the_subscription_ends() {
    let client = Client::ordinary().await;
    let subscription = ordinary(&client).await;
    refuse(&client, &subscription).await;
    let first = period_end(&subscription) + 3_600;
    client.move_to(first + 10);
    let failed = client.invoice_of(&subscription).await;
    assert_eq!(
        (&failed["status"], number(&failed, "/attempt_count")),
        (&json!("open"), 1)
    );
    assert_eq!(number(&failed, "/next_payment_attempt"), first + 3 * DAY);
    assert_eq!(
        client.subscription(&subscription).await["status"],
        "past_due"
    );
    let customer = subscription["customer"].as_str().expect("a customer");
    let customer = format!("/v1/customers/{customer}");
    assert_eq!(client.get(&customer).await.json()["delinquent"], true);
    for (days, count) in [(3, 2), (8, 3)] {
        client.move_to(first + days * DAY + 10);
        let failed = client.invoice_of(&subscription).await;
        assert_eq!(number(&failed, "/attempt_count"), count);
    }
    client.move_to(first + 15 * DAY + 10);
    let ended = client.subscription(&subscription).await;
    assert_eq!(ended["status"], "canceled");
    assert_eq!(ended["cancellation_details"]["reason"], "payment_failed");
    assert_eq!(number(&ended, "/ended_at"), first + 15 * DAY);
    let failed = client.invoice_of(&subscription).await;
    assert_eq!(failed["next_payment_attempt"], Value::Null);
    let told = client.told(&failed).await;
    let failures = told.iter().filter(|kind| *kind == "invoice.payment_failed");
    assert_eq!(failures.count(), 4);
}

#[tokio::test]
async fn a_card_that_is_replaced_in_time_brings_the_subscription_back() {
    let client = Client::start(Options {
        after_retries: AfterRetries::Unpaid,
        ..options()
    })
    .await;
    let subscription = ordinary(&client).await;
    let card = refuse(&client, &subscription).await;
    let first = period_end(&subscription) + 3_600;
    client.move_to(first + 10);
    assert_eq!(
        client.subscription(&subscription).await["status"],
        "past_due"
    );
    let control = client.sim.control();
    control
        .update(&card, &json!({"metadata": {"decline": null}}))
        .expect("a change");
    client.move_to(first + 3 * DAY + 10);
    assert_eq!(client.subscription(&subscription).await["status"], "active");
    assert_eq!(client.invoice_of(&subscription).await["status"], "paid");
    // The next one is not paid at all, and this account then keeps the subscription.
    refuse(&client, &subscription).await;
    let next = period_end(&client.subscription(&subscription).await) + 3_600;
    client.move_to(next + 15 * DAY + 10);
    assert_eq!(client.subscription(&subscription).await["status"], "unpaid");
}

#[tokio::test]
async fn a_trial_is_warned_of_and_ends_in_an_invoice_or_a_pause() {
    let client = Client::start(Options {
        customers: 400,
        ..options()
    })
    .await;
    let (mut billed, mut paused) = (0, 0);
    let trials = client.all("/v1/subscriptions?status=trialing").await;
    for trial in &trials {
        if number(trial, "/trial_end") % 2 == 0 {
            let control = client.sim.control();
            let pauses =
                json!({"trial_settings": {"end_behavior": {"missing_payment_method": "pause"}}});
            control.update(id(trial), &pauses).expect("a change");
        }
    }
    client
        .sim
        .control()
        .advance_clock(TimeDelta::days(15))
        .expect("forward");
    for trial in &trials {
        let now = client.subscription(trial).await;
        let told = client.told(trial).await;
        let warned = told
            .iter()
            .any(|kind| kind == "customer.subscription.trial_will_end");
        let start = number(trial, "/trial_end") - 3 * DAY;
        assert_eq!(warned, start > client_start(), "{told:?}");
        if now["status"] == "paused" {
            paused += 1;
            assert!(told.contains(&"customer.subscription.paused".to_owned()));
        } else {
            billed += 1;
            assert_eq!(now["billing_cycle_anchor"], trial["trial_end"]);
            assert!(period_end(&now) > number(trial, "/trial_end"));
            assert_ne!(now["latest_invoice"], trial["latest_invoice"]);
        }
    }
    assert!(billed > 0 && paused + billed == trials.len());
}

pub fn client_start() -> i64 {
    options().now.expect("a time").timestamp()
}

#[tokio::test]
async fn what_was_asked_for_comes_at_its_time() {
    let client = Client::ordinary().await;
    let all = client.all("/v1/subscriptions").await;
    let find = |fits: &dyn Fn(&Value) -> bool| all.iter().find(|one| fits(one)).cloned();
    let cancelling = find(&|one| one["cancel_at"].is_i64() && one["status"] == "active");
    let cancelling = cancelling.expect("one that is to end");
    let incomplete = find(&|one| one["status"] == "incomplete").expect("an unpaid first invoice");
    let resuming = find(&|one| one["pause_collection"]["resumes_at"].is_i64());
    let resuming = resuming.expect("one that resumes");
    client.move_to(number(&incomplete, "/created") + 23 * 3_600 + 5);
    let expired = client.subscription(&incomplete).await;
    assert_eq!(expired["status"], "incomplete_expired");
    assert_eq!(client.invoice_of(&incomplete).await["status"], "void");
    let now = client.sim.control().now().timestamp();
    let end = number(&cancelling, "/cancel_at");
    client.move_to(end.max(now) + 5);
    let ended = client.subscription(&cancelling).await;
    assert_eq!(
        (&ended["status"], number(&ended, "/ended_at")),
        (&json!("canceled"), end)
    );
    assert_eq!(ended["canceled_at"], cancelling["canceled_at"]);
    let now = client.sim.control().now().timestamp();
    client.move_to(number(&resuming, "/pause_collection/resumes_at").max(now) + 5);
    let resumed = client.subscription(&resuming).await;
    assert_eq!(resumed["pause_collection"], Value::Null);
}

#[tokio::test]
async fn invoices_that_are_sent_fall_due() {
    let client = Client::ordinary().await;
    let path = "/v1/invoices?status=open&collection_method=send_invoice";
    let now = client.sim.control().now().timestamp();
    let sent = client.all(path).await;
    let sent = sent
        .iter()
        .find(|invoice| number(invoice, "/due_date") > now && !invoice["parent"].is_null())
        .expect("one that is not due yet");
    client.move_to(number(sent, "/due_date") + 5);
    let told = client.told(sent).await;
    assert!(told.contains(&"invoice.overdue".to_owned()), "{told:?}");
    let subscription = sent["parent"]["subscription_details"]["subscription"]
        .as_str()
        .expect("a subscription");
    let subscription = client
        .get(&format!("/v1/subscriptions/{subscription}"))
        .await
        .json();
    assert_eq!(subscription["status"], "past_due");
}

#[tokio::test]
async fn collection_that_is_paused_bills_and_does_not_charge() {
    let client = Client::ordinary().await;
    let subscription = ordinary(&client).await;
    for (behaviour, status) in [
        ("void", "void"),
        ("mark_uncollectible", "uncollectible"),
        ("keep_as_draft", "draft"),
    ] {
        let path = format!("/v1/subscriptions/{}", id(&subscription));
        let form = format!("pause_collection[behavior]={behaviour}");
        assert_eq!(client.post(&path, &form).await.status, 200);
        let end = period_end(&client.subscription(&subscription).await);
        client.move_to(end + 3_700);
        let invoice = client.invoice_of(&subscription).await;
        assert_eq!(invoice["status"], status, "{behaviour}");
        assert_eq!(invoice["amount_paid"], 0);
        assert_eq!(client.subscription(&subscription).await["status"], "active");
    }
}

#[tokio::test]
async fn a_schedule_changes_the_plan_before_it_renews() {
    let client = Client::start(Options {
        customers: 600,
        ..options()
    })
    .await;
    let schedules = client.all("/v1/subscription_schedules").await;
    let schedule = schedules
        .iter()
        .filter(|schedule| schedule["status"] == "active")
        .min_by_key(|schedule| number(schedule, "/current_phase/end_date"))
        .expect("one that runs");
    let path = format!("/v1/subscription_schedules/{}", id(schedule));
    let change = number(schedule, "/current_phase/end_date");
    client.move_to(change + 5);
    let subscription = schedule["subscription"].as_str().expect("a subscription");
    let subscription = format!("/v1/subscriptions/{subscription}");
    let changed = client.get(&subscription).await.json();
    let planned = &schedule["phases"][1]["items"][0]["price"];
    assert_eq!(changed["items"]["data"][0]["price"]["id"], *planned);
    let invoice = client.invoice_of(&changed).await;
    assert_eq!(
        invoice["lines"]["data"][0]["pricing"]["price_details"]["price"],
        *planned
    );
    let end = number(schedule, "/phases/1/end_date");
    client.move_to(end + 5);
    let over = client.get(&path).await.json();
    assert_eq!(over["status"], "completed");
    assert_eq!(
        client.get(&subscription).await.json()["schedule"],
        Value::Null
    );
}
