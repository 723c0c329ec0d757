//! Portal configurations: kept as Stripe keeps them, and refused as Stripe refuses them.

use serde_json::{Value, json};

use crate::browser::{configuration, made, price};
use crate::client::{Client, id};

const PATH: &str = "/v1/billing_portal/configurations";
const BASE: &str = "features[invoice_history][enabled]=true";

fn products(prices: &[&Value]) -> String {
    let mut form = "&features[subscription_update][enabled]=true".to_owned();
    for (number, price) in prices.iter().enumerate() {
        let at = format!("features[subscription_update][products][{number}]");
        let product = price["product"].as_str().expect("a product");
        form += &format!("&{at}[product]={product}&{at}[prices][0]={}", id(price));
    }
    form
}

#[tokio::test]
async fn every_feature_is_read_back_as_it_was_given() {
    let client = Client::ordinary().await;
    let (monthly, yearly) = (
        price(&client, 1900, "month").await,
        price(&client, 19_000, "year").await,
    );
    let form = format!(
        "name=Enterprise&metadata[portico]=enterprise&default_return_url=https://studio.example\
         &business_profile[headline]=Welcome&business_profile[privacy_policy_url]=https://studio.example/p\
         &business_profile[terms_of_service_url]=https://studio.example/t&login_page[enabled]=true\
         &features[customer_update][enabled]=true&features[customer_update][allowed_updates][0]=email\
         &features[customer_update][allowed_updates][1]=tax_id\
         &features[payment_method_update][enabled]=true\
         &features[payment_method_update][payment_method_configuration]=pmc_1\
         &features[subscription_cancel][enabled]=true&features[subscription_cancel][mode]=immediately\
         &features[subscription_cancel][proration_behavior]=create_prorations\
         &features[subscription_cancel][cancellation_reason][enabled]=true\
         &features[subscription_cancel][cancellation_reason][options][0]=unused\
         &features[subscription_cancel][cancellation_reason][feedback_options][0]=fbo_1\
         &features[subscription_pause][enabled]=true\
         &features[subscription_pause][duration][type]=interval_options\
         &features[subscription_pause][duration][interval_options][0][interval]=month\
         &features[subscription_pause][duration][interval_options][1][interval]=week\
         &features[subscription_pause][duration][interval_options][1][interval_count]=6\
         &features[subscription_update][default_allowed_updates][0]=price\
         &features[subscription_update][proration_behavior]=always_invoice\
         &features[subscription_update][billing_cycle_anchor]=now\
         &features[subscription_update][trial_update_behavior]=continue_trial\
         &features[subscription_update][schedule_at_period_end][conditions][0][type]=shortening_interval\
         {}&features[subscription_update][products][0][adjustable_quantity][enabled]=true\
         &features[subscription_update][products][0][adjustable_quantity][maximum]=9",
        products(&[&monthly, &yearly])
    );
    let made = configuration(&client, &form).await;
    let features = &made["features"];
    assert_eq!(
        features["subscription_pause"],
        json!({"enabled": true, "duration": {"type": "interval_options", "interval_options": [
            {"interval": "month", "interval_count": 1}, {"interval": "week", "interval_count": 6}
        ]}})
    );
    assert_eq!(
        features["subscription_update"],
        json!({
            "billing_cycle_anchor": "now", "default_allowed_updates": ["price"], "enabled": true,
            "proration_behavior": "always_invoice",
            "schedule_at_period_end": {"conditions": [{"type": "shortening_interval"}]},
            "trial_update_behavior": "continue_trial"
        }),
        "products are shown only where they are asked for"
    );
    assert_eq!(
        features["subscription_cancel"]["cancellation_reason"],
        json!({"enabled": true, "feedback_options": ["fbo_1"], "options": ["unused"]})
    );
    assert_eq!(
        features["payment_method_update"]["payment_method_configuration"],
        "pmc_1"
    );
    assert_eq!(made["name"], "Enterprise");
    let path = format!("{PATH}/{}", id(&made));
    assert_eq!(client.get(&path).await.json(), made);
    let asked = format!("{path}?expand[]=features.subscription_update.products");
    let shown = client.get(&asked).await.json();
    let offered = &shown["features"]["subscription_update"]["products"];
    assert_eq!(
        *offered,
        json!([
            {"adjustable_quantity": {"enabled": true, "maximum": 9, "minimum": 1},
             "prices": [id(&monthly)], "product": monthly["product"]},
            {"adjustable_quantity": {"enabled": false, "maximum": null, "minimum": 1},
             "prices": [id(&yearly)], "product": yearly["product"]}
        ])
    );
    let asked = format!("{PATH}?expand[]=data.features.subscription_update.products");
    let listed = client.first(&asked).await;
    assert_eq!(listed, shown);
}

#[tokio::test]
async fn what_is_sent_empty_is_unset() {
    let client = Client::ordinary().await;
    let form = format!(
        "{BASE}&name=A&metadata[a]=1&metadata[b]=2&business_profile[headline]=Hello&login_page[enabled]=true\
         &default_return_url=https://studio.example&features[customer_update][enabled]=true\
         &features[customer_update][allowed_updates][0]=email"
    );
    let first = configuration(&client, &form).await;
    let path = format!("{PATH}/{}", id(&first));
    let form = "name=&metadata[a]=&business_profile[headline]=&default_return_url=&login_page[enabled]=false\
                &features[customer_update][enabled]=true&features[customer_update][allowed_updates]=";
    let unset = made(&client, &path, form).await;
    assert_eq!(unset["name"], Value::Null);
    assert_eq!(unset["metadata"], json!({"b": "2"}));
    assert_eq!(unset["business_profile"]["headline"], Value::Null);
    assert_eq!(unset["default_return_url"], Value::Null);
    assert_eq!(unset["login_page"], json!({"enabled": false, "url": null}));
    assert_eq!(
        unset["features"]["customer_update"]["allowed_updates"],
        json!([])
    );
    // What the request did not speak of stayed.
    assert_eq!(unset["features"]["invoice_history"]["enabled"], true);
    let again = made(&client, &path, "login_page[enabled]=true").await;
    assert!(again["login_page"]["url"].is_string());
    let retired = made(&client, &path, "active=false").await;
    assert_eq!(retired["active"], false);
}

#[tokio::test]
async fn what_stripe_refuses_is_refused_with_its_parameter() {
    let client = Client::ordinary().await;
    let monthly = price(&client, 1900, "month").await;
    let other = price(&client, 2900, "month").await;
    let inactive = price(&client, 3900, "month").await;
    made(
        &client,
        &format!("/v1/prices/{}", id(&inactive)),
        "active=false",
    )
    .await;
    let prices = client.all("/v1/prices?active=true").await;
    let metered = prices
        .iter()
        .find(|price| price["recurring"]["usage_type"] == "metered")
        .expect("a metered price");
    let once = prices
        .iter()
        .find(|price| price["type"] == "one_time")
        .expect("a one-time price");
    let at = "features[subscription_update][products]";
    let foreign = format!(
        "&features[subscription_update][enabled]=true&{at}[0][product]={}&{at}[0][prices][0]={}",
        monthly["product"].as_str().expect("a product"),
        id(&other)
    );
    let eleven = products(&[&monthly; 11]);
    let bounds = format!(
        "{}&{at}[0][adjustable_quantity][enabled]=true&{at}[0][adjustable_quantity][minimum]=5\
         &{at}[0][adjustable_quantity][maximum]=2",
        products(&[&monthly])
    );
    let option = "features[subscription_pause][duration][interval_options][0]";
    let pause = |interval: &str, count: i64| {
        format!(
            "&features[subscription_pause][duration][type]=interval_options&{option}[interval]={interval}\
             &{option}[interval_count]={count}"
        )
    };
    let proration = "features[subscription_cancel][proration_behavior]";
    let cancel = |behaviour: &str| {
        format!("&features[subscription_cancel][enabled]=true&{proration}={behaviour}")
    };
    let cases = [
        (
            format!("&business_profile[headline]={}", "x".repeat(61)),
            "business_profile[headline]".to_owned(),
        ),
        (format!("&name={}", "x".repeat(257)), "name".to_owned()),
        (
            "&default_return_url=studio".to_owned(),
            "default_return_url".to_owned(),
        ),
        (
            "&business_profile[privacy_policy_url]=javascript:alert".to_owned(),
            "business_profile[privacy_policy_url]".to_owned(),
        ),
        (cancel("always_invoice"), proration.to_owned()),
        (cancel("create_prorations"), proration.to_owned()),
        (pause("month", 37), format!("{option}[interval_count]")),
        (pause("day", 0), format!("{option}[interval_count]")),
        (foreign, at.to_owned()),
        (eleven, at.to_owned()),
        (products(&[&inactive]), at.to_owned()),
        (products(&[metered]), at.to_owned()),
        (products(&[once]), at.to_owned()),
        (bounds, format!("{at}[0][adjustable_quantity]")),
    ];
    let known = configuration(&client, BASE).await;
    let update = format!("{PATH}/{}", id(&known));
    for (form, param) in cases {
        for path in [PATH, &update] {
            let refused = client.post(path, &format!("{BASE}{form}")).await;
            assert_eq!(refused.status, 400, "{form}: {}", refused.text);
            assert_eq!(refused.refusal().2, param, "{form}");
        }
    }
    assert_eq!(client.get(&update).await.json(), known, "nothing was kept");
    let fits = format!("{BASE}{}&name={}", pause("year", 3), "x".repeat(256));
    configuration(&client, &fits).await;
}

#[tokio::test]
async fn the_default_stays_active() {
    let client = Client::ordinary().await;
    let made = configuration(&client, BASE).await;
    let control = client.sim.control();
    // Only the Dashboard makes one the default.
    control
        .update(id(&made), &json!({"is_default": true}))
        .expect("the default");
    let path = format!("{PATH}/{}", id(&made));
    let refused = client.post(&path, "active=false").await;
    assert_eq!(
        (refused.status, refused.refusal().2.as_str()),
        (400, "active")
    );
}

#[tokio::test]
async fn other_products_are_told_of_though_no_event_shows_them() {
    let client = Client::ordinary().await;
    let (one, other) = (
        price(&client, 1900, "month").await,
        price(&client, 2900, "month").await,
    );
    let first = configuration(&client, &format!("{BASE}{}", products(&[&one]))).await;
    let path = format!("{PATH}/{}", id(&first));
    for price in [&other, &one] {
        made(&client, &path, products(&[price]).trim_start_matches('&')).await;
    }
    let told = client
        .all("/v1/events?type=billing_portal.configuration.updated")
        .await;
    assert_eq!(told.len(), 2);
    let features = &told[0]["data"]["object"]["features"];
    assert!(features["subscription_update"].get("products").is_none());
}
