//! The portal obeys its configuration and its session's flow: cancelling, pausing, one's own details.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::browser::{
    CARD, configuration, customer, led_to, made, now, open, price, session, submit, subscriber,
    told, url,
};
use crate::client::{Client, id, number};

const CANCEL: &str = "features[subscription_cancel][enabled]=true";
const PAUSE: &str = "features[subscription_pause][enabled]=true";
const REASONS: &str = "&features[subscription_cancel][cancellation_reason][enabled]=true\
    &features[subscription_cancel][cancellation_reason][options][0]=unused";

fn flow(kind: &str, subscription: &Value) -> String {
    format!(
        "&flow_data[type]={kind}&flow_data[{kind}][subscription]={}",
        id(subscription)
    )
}

fn form(subscription: &Value) -> String {
    format!("subscription={}", id(subscription))
}

#[tokio::test]
async fn who_accepts_the_offer_stays_with_a_discount() {
    let client = Client::ordinary().await;
    let price = price(&client, 5000, "month").await;
    let subscription = subscriber(&client, &price, "&discounts[0][coupon]=PARTNER10").await;
    let more = format!(
        "{}&flow_data[subscription_cancel][retention][type]=coupon_offer\
         &flow_data[subscription_cancel][retention][coupon_offer][coupon]=LAUNCH25",
        flow("subscription_cancel", &subscription)
    );
    let session = session(&client, CANCEL, customer(&subscription), &more).await;
    let page = open(&client, url(&session)).await.text;
    assert!(
        page.contains("Launch, 25 % once") && page.contains("Cancel plan"),
        "{page}"
    );
    let accepted = submit(
        &client,
        &format!("{}/offer", url(&session)),
        &form(&subscription),
    )
    .await;
    assert!(
        accepted.text.contains("Your discount was added."),
        "{}",
        accepted.text
    );
    let path = format!("/v1/subscriptions/{}?expand[]=discounts", id(&subscription));
    let kept = client.get(&path).await.json();
    assert_eq!(
        (&kept["status"], &kept["cancel_at"]),
        (&json!("active"), &Value::Null)
    );
    let coupons: Vec<&Value> = kept["discounts"]
        .as_array()
        .expect("discounts")
        .iter()
        .map(|discount| &discount["source"]["coupon"])
        .collect();
    assert_eq!(coupons, ["PARTNER10", "LAUNCH25"]);
    let told = told(&client, 3).await;
    assert!(told.iter().any(|one| one == "customer.discount.created"));
}

#[tokio::test]
async fn reasons_are_asked_for_only_where_that_is_switched_on() {
    let client = Client::ordinary().await;
    let price = price(&client, 5000, "month").await;
    let subscription = subscriber(&client, &price, "").await;
    let silent = session(&client, CANCEL, customer(&subscription), "").await;
    let page = open(&client, url(&silent)).await.text;
    assert!(page.contains("Cancel plan") && !page.contains("name=\"feedback\""));
    let given = format!("{}&feedback=unused&comment=Bye", form(&subscription));
    submit(&client, &format!("{}/cancel", url(&silent)), &given).await;
    let ended = now(&client, &subscription).await;
    assert!(ended["cancel_at"].is_i64());
    assert_eq!(ended["cancellation_details"]["feedback"], Value::Null);
    submit(&client, &format!("{}/keep", url(&silent)), &given).await;

    let asking = format!("{CANCEL}{REASONS}");
    let asking = session(&client, &asking, customer(&subscription), "").await;
    let page = open(&client, url(&asking)).await.text;
    assert!(page.contains("value=\"unused\"") && !page.contains("too_expensive"));
    let other = format!("{}&feedback=too_expensive", form(&subscription));
    let cancel = format!("{}/cancel", url(&asking));
    let refused = submit(&client, &cancel, &other).await;
    assert!(refused.text.contains("cannot be chosen here"));
    submit(&client, &cancel, &given).await;
    let ended = now(&client, &subscription).await;
    assert_eq!(
        (
            &ended["cancellation_details"]["feedback"],
            &ended["cancellation_details"]["comment"]
        ),
        (&json!("unused"), &json!("Bye"))
    );
}

#[tokio::test]
async fn cancelling_at_once_gives_back_what_is_left_where_that_is_set() {
    let client = Client::ordinary().await;
    let price = price(&client, 5000, "month").await;
    let subscription = subscriber(&client, &price, "").await;
    let control = client.sim.control();
    control.advance_clock(TimeDelta::days(10)).expect("later");
    let features = format!(
        "{CANCEL}&features[subscription_cancel][mode]=immediately\
         &features[subscription_cancel][proration_behavior]=create_prorations"
    );
    let session = session(&client, &features, customer(&subscription), "").await;
    assert!(
        open(&client, url(&session))
            .await
            .text
            .contains("would end at once")
    );
    submit(
        &client,
        &format!("{}/cancel", url(&session)),
        &form(&subscription),
    )
    .await;
    assert_eq!(now(&client, &subscription).await["status"], "canceled");
    let items = format!(
        "/v1/invoiceitems?customer={}&pending=true",
        customer(&subscription)
    );
    let items = client.all(&items).await;
    let credit = number(&items[0], "/amount");
    assert!((-5000..-3000).contains(&credit), "{credit}");
}

#[tokio::test]
async fn a_pause_ends_when_the_client_chose() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let price = price(&client, 5000, "month").await;
    let subscription = subscriber(&client, &price, "").await;
    let features = format!(
        "{PAUSE}&features[subscription_pause][duration][type]=interval_options\
         &features[subscription_pause][duration][interval_options][0][interval]=month\
         &features[subscription_pause][duration][interval_options][0][interval_count]=2"
    );
    let more = flow("subscription_pause", &subscription);
    let session = session(&client, &features, customer(&subscription), &more).await;
    let page = open(&client, url(&session)).await.text;
    assert!(
        page.contains("2 × month") && page.contains("Pause plan"),
        "{page}"
    );
    let pause = format!("{}/pause", url(&session));
    let unsaid = submit(&client, &pause, &form(&subscription)).await;
    assert!(
        unsaid.text.contains("how long the pause"),
        "{}",
        unsaid.text
    );
    let chosen = format!("{}&duration=0", form(&subscription));
    let paused = submit(&client, &pause, &chosen).await;
    assert!(paused.text.contains("is paused"), "{}", paused.text);
    let paused = now(&client, &subscription).await;
    assert_eq!(paused["status"], "paused");
    assert_eq!(
        paused["status_details"]["paused"]["subscription"]["type"],
        "pause_requested"
    );
    let invoices = format!("/v1/invoices?customer={}", customer(&subscription));
    let before = client.all(&invoices).await.len();
    control.advance_clock(TimeDelta::days(58)).expect("later");
    assert_eq!(now(&client, &subscription).await["status"], "paused");
    control.advance_clock(TimeDelta::days(4)).expect("later");
    let resumed = now(&client, &subscription).await;
    assert_eq!(resumed["status"], "active");
    assert!(resumed.get("status_details").is_none());
    let start = number(&resumed, "/items/data/0/current_period_start");
    assert!(
        start > control.now().timestamp() - 4 * 86_400,
        "a new period has begun"
    );
    let after = client.all(&invoices).await;
    assert_eq!(
        (after.len(), &after[0]["status"]),
        (before + 1, &json!("paid"))
    );
    let types = "/v1/events?type=customer.subscription.resumed";
    assert_eq!(
        client.first(types).await["data"]["object"]["id"],
        subscription["id"]
    );
}

#[tokio::test]
async fn a_pause_without_an_end_is_ended_on_the_homepage() {
    let client = Client::ordinary().await;
    let price = price(&client, 5000, "month").await;
    let subscription = subscriber(&client, &price, "").await;
    let features = format!("{PAUSE}&features[subscription_pause][duration][type]=indefinite");
    let session = session(&client, &features, customer(&subscription), "").await;
    let resume = format!("{}/resume", url(&session));
    let refused = submit(&client, &resume, &form(&subscription)).await;
    assert!(refused.text.contains("role=\"alert\""), "nothing to resume");
    let pause = format!("{}/pause", url(&session));
    let paused = submit(&client, &pause, &form(&subscription)).await;
    assert!(paused.text.contains("Resume plan"), "{}", paused.text);
    submit(&client, &resume, &form(&subscription)).await;
    assert_eq!(now(&client, &subscription).await["status"], "active");
}

#[tokio::test]
async fn clients_change_only_the_details_they_may() {
    let client = Client::ordinary().await;
    let path = "/v1/customers";
    let ada = made(&client, path, "name=Ada&email=ada@example.com&phone=1").await;
    let features = "features[customer_update][enabled]=true&features[customer_update][allowed_updates][0]=email\
                    &features[customer_update][allowed_updates][1]=address\
                    &features[customer_update][allowed_updates][2]=shipping\
                    &features[customer_update][allowed_updates][3]=tax_id";
    let session = session(
        &client,
        features,
        id(&ada),
        "&flow_data[type]=customer_update",
    )
    .await;
    let page = open(&client, url(&session)).await.text;
    assert!(
        page.contains("id=\"line1\"") && !page.contains("id=\"phone\""),
        "{page}"
    );
    let details = format!("{}/details", url(&session));
    let form = "name=Eve&phone=666&email=ada@studio.example&city=Bern&country=CH&shipping_line1=Gasse+1\
                &tax_id_type=ch_vat&tax_id_value=CHE-123.456.789+MWST";
    let saved = submit(&client, &details, form).await;
    assert!(
        saved.text.contains("Your details were saved."),
        "{}",
        saved.text
    );
    let after = client.get(&format!("{path}/{}", id(&ada))).await.json();
    assert_eq!(
        (&after["name"], &after["phone"], &after["email"]),
        (&json!("Ada"), &json!("1"), &json!("ada@studio.example"))
    );
    assert_eq!(after["address"]["city"], "Bern");
    assert_eq!(
        (
            &after["shipping"]["name"],
            &after["shipping"]["address"]["line1"]
        ),
        (&json!("Ada"), &json!("Gasse 1"))
    );
    let tax_ids = client.all(&format!("{path}/{}/tax_ids", id(&ada))).await;
    assert_eq!(tax_ids[0]["value"], "CHE-123.456.789 MWST");
    let refused = submit(&client, &details, "email=nowhere").await;
    assert!(
        refused.text.contains("Invalid email address"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn what_stripe_does_not_allow_has_no_flow_and_no_form() {
    let client = Client::ordinary().await;
    let (one, other) = (
        price(&client, 5000, "month").await,
        price(&client, 700, "month").await,
    );
    let several = subscriber(&client, &one, &format!("&items[1][price]={}", id(&other))).await;
    let sent = subscriber(
        &client,
        &one,
        "&collection_method=send_invoice&days_until_due=14",
    )
    .await;
    let scheduled = subscriber(&client, &one, "").await;
    let path = "/v1/subscription_schedules";
    made(
        &client,
        path,
        &format!("from_subscription={}", id(&scheduled)),
    )
    .await;
    let features = format!(
        "{CANCEL}&{PAUSE}&features[subscription_update][enabled]=true\
         &features[subscription_update][default_allowed_updates][0]=price"
    );
    let configuration = configuration(&client, &features).await;
    let cases = [
        (&several, "multiple items", true),
        (&sent, "send_invoice", true),
        (&scheduled, "schedule", false),
    ];
    for (subscription, words, cancels) in cases {
        let basis = format!(
            "customer={}&configuration={}",
            customer(subscription),
            id(&configuration)
        );
        let path = "/v1/billing_portal/sessions";
        for kind in ["subscription_update", "subscription_pause"] {
            let form = format!("{basis}{}", flow(kind, subscription));
            let refused = client.post(path, &form).await;
            assert!(
                refused.status == 400 && refused.message().contains(words),
                "{kind}: {}",
                refused.text
            );
        }
        let form = format!("{basis}{}", flow("subscription_cancel", subscription));
        let status = client.post(path, &form).await.status;
        assert_eq!(status == 200, cancels, "{words}");
        let session = made(&client, path, &basis).await;
        let page = open(&client, url(&session)).await.text;
        assert_eq!(page.contains("Cancel plan"), cancels, "{words}");
        assert!(!page.contains("Change plan") && !page.contains("Pause plan"));
        for action in ["update", "pause"] {
            let page = format!("{}/{action}", url(&session));
            let refused = submit(&client, &page, &form_of(subscription)).await;
            assert!(refused.text.contains(words), "{action}: {}", refused.text);
        }
        assert_eq!(
            now(&client, subscription).await["status"],
            subscription["status"]
        );
    }
}

fn form_of(subscription: &Value) -> String {
    format!("{}&duration=0", form(subscription))
}

#[tokio::test]
async fn a_flow_that_ends_elsewhere_lets_nothing_else_be_done() {
    let client = Client::ordinary().await;
    let price = price(&client, 5000, "month").await;
    let subscription = subscriber(&client, &price, "").await;
    let features = format!("{CANCEL}&features[payment_method_update][enabled]=true");
    let more = "&return_url=https://studio.example/back&flow_data[type]=payment_method_update\
                &flow_data[after_completion][type]=redirect\
                &flow_data[after_completion][redirect][return_url]=https://studio.example/thanks";
    let bound = session(&client, &features, customer(&subscription), more).await;
    let page = open(&client, url(&bound)).await.text;
    assert!(page.contains("https://studio.example/back") && !page.contains("Cancel plan"));
    let cancel = format!("{}/cancel", url(&bound));
    let to = led_to(&client, &cancel, &form(&subscription)).await;
    assert!(to.contains("error="), "{to}");
    assert_eq!(now(&client, &subscription).await["cancel_at"], Value::Null);
    let card = format!("{}/card", url(&bound));
    assert_eq!(
        led_to(&client, &card, CARD).await,
        "https://studio.example/thanks"
    );

    // One that ends on the homepage lets everything be done there.
    let more = "&flow_data[type]=payment_method_update";
    let free = session(&client, &features, customer(&subscription), more).await;
    let home = submit(&client, &format!("{}/card", url(&free)), CARD)
        .await
        .text;
    assert!(home.contains("Your card was replaced.") && home.contains("Cancel plan"));
}

#[tokio::test]
async fn the_page_shows_what_the_configuration_says_of_the_business() {
    let client = Client::ordinary().await;
    let customer = client.first("/v1/customers").await;
    let features = format!(
        "{CANCEL}&business_profile[headline]=Welcome+back&default_return_url=https://studio.example/home\
         &business_profile[privacy_policy_url]=https://studio.example/privacy"
    );
    let session = session(&client, &features, id(&customer), "").await;
    let page = open(&client, url(&session)).await.text;
    for shown in [
        "Welcome back",
        "https://studio.example/home",
        "https://studio.example/privacy",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains("id=\"invoices\"") && !page.contains("id=\"details\""));
}
