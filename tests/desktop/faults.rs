//! What goes wrong at a click: each has its own sentence, and nothing of the page is lost.

use serde_json::json;
use stripe_sim::Fault;

use crate::agency::{Agency, CLIENT};
use crate::harness::eventually;

const PORTAL: &str = "/v1/billing_portal/sessions";

#[tokio::test]
async fn whatever_stripe_answers_to_a_click_is_told_and_the_page_stays() {
    let agency = Agency::filled().await;
    let (app, control) = (&agency.app, agency.sim.control());
    agency.opens_client(CLIENT).await;
    app.click("button", "Open portal").await;
    agency.sets_up_the_portal().await;
    app.opened_url(1).await;
    for (fault, sentence) in [
        (Fault::Status(500), "Stripe has a problem of its own"),
        (Fault::Status(429), "Stripe asks to slow down"),
        (Fault::Html, "HTML instead of JSON"),
    ] {
        control.fail_next_on(PORTAL, u32::MAX, fault);
        app.click("button", "Open portal").await;
        app.see(sentence).await;
        control.clear_faults();
        app.find("heading", CLIENT).await;
    }
    app.screenshot("failed_clicks").await;

    // A name as hostile as Stripe lets it be.
    let client = app.script("return location.hash", &[]).await;
    let client = client.as_str().and_then(|hash| hash.rsplit('/').next());
    let customer = client.expect("a client's page").replacen("cl_", "cus_", 1);
    let name = format!("<script>\u{202e}\u{0}{}", "x".repeat(100_000));
    let hostile = json!({ "name": name, "business_name": name });
    control.update(&customer, &hostile).expect("a new name");
    app.click("button", "Refresh this client").await;
    let tamed = format!("<script>{}…", "x".repeat(192));
    app.find("heading", &tamed).await;
    let button = app.find("button", "Open portal").await;
    let (x, _, width, _) = button.rectangle().await.expect("a button");
    let window = app.script("return window.innerWidth", &[]).await;
    assert!(x + width <= window.as_f64().expect("a width"));
    app.screenshot("hostile_name").await;

    control.delete(&customer).expect("a customer");
    app.click("button", "Open portal").await;
    app.see("was deleted in Stripe, so no link can act for it any more")
        .await;
    let disabled = eventually(async || {
        let button = app.find("button", "Open portal").await;
        (!button.is_enabled().await.ok()?).then_some(())
    });
    assert!(disabled.await.is_some(), "a portal is still offered");
    app.see("no portal can be opened for it").await;
    app.screenshot("deleted_customer").await;
    agency.close().await;
}
