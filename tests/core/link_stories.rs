//! Each kind of link from the request to its result: issued, used by a person on Stripe's page, and
//! seen in the log.

use crate::browser::with_browser;
use crate::link_story::{CARD, Story, ask, get, owing, submit, used};
use chrono::{TimeDelta, Utc};
use portico_core::Error;
use portico_core::clients;
use portico_core::journal::Delivery;
use portico_core::links::{self, LinkPurpose, LinkQuery, LinkRequest};
use portico_core::portal;
use serde_json::json;

#[tokio::test]
async fn every_flow_of_the_portal_is_seen_in_the_log() {
    let story = Story::begin().await;
    let id = story.subscription().to_owned();

    let url = story.copied(LinkPurpose::UpdatePaymentMethod).await;
    assert_eq!(story.newest().await.state.code, "fresh");
    assert!(
        get(&url).await.contains("name=\"cvc\""),
        "it lands on the card"
    );
    submit(&format!("{url}/card"), CARD).await;
    used(&story.newest().await, "Mastercard ending 4444");

    let url = story.copied(LinkPurpose::UpdateDetails).await;
    submit(&format!("{url}/details"), "name=Lumen+Ltd&phone=%2B4412345").await;
    used(&story.newest().await, "Phone number");

    let url = story.copied(LinkPurpose::ChangePlan).await;
    submit(
        &format!("{url}/update"),
        &format!("subscription={id}&price={}", story.other_price),
    )
    .await;
    used(&story.newest().await, "Plan changed from");

    let own = story.page.subscriptions[0].items[0].price.clone();
    let prepared = LinkRequest {
        price: Some(own.clone()),
        ..ask(LinkPurpose::ConfirmPlan, Delivery::Copy)
    };
    let url = story.issue(&prepared).await.unwrap().url.unwrap();
    submit(&format!("{url}/confirm"), &format!("subscription={id}")).await;
    used(&story.newest().await, "Plan changed from");

    let offer = LinkRequest {
        coupon: Some("LAUNCH25".into()),
        ..ask(LinkPurpose::Cancel, Delivery::Copy)
    };
    let url = story.issue(&offer).await.unwrap().url.unwrap();
    submit(&format!("{url}/offer"), &format!("subscription={id}")).await;
    used(&story.newest().await, "Discount added");

    let url = story.copied(LinkPurpose::Pause).await;
    let page = get(&url).await;
    assert!(page.contains("Pause"), "{page}");
    submit(
        &format!("{url}/pause"),
        &format!("subscription={id}&duration=0"),
    )
    .await;
    used(&story.newest().await, "rests: Paused on request");
    story
        .world
        .sim
        .control()
        .update(&id, &json!({"status": "active"}))
        .unwrap();
    story.newest().await;

    let url = story.copied(LinkPurpose::Cancel).await;
    submit(
        &format!("{url}/cancel"),
        &format!("subscription={id}&feedback=unused"),
    )
    .await;
    used(&story.newest().await, "Cancellation scheduled");
    // It is cancelling already, so Stripe would refuse another.
    let again = story.issue(&ask(LinkPurpose::Cancel, Delivery::Copy)).await;
    assert!(matches!(again, Err(Error::LinkNotPossible(_))), "{again:?}");
}

#[tokio::test]
async fn checkouts_payment_links_and_invoices_are_seen_in_the_log() {
    let story = Story::begin().await;
    let control = story.world.sim.control();

    let url = story.copied(LinkPurpose::SetUpCard).await;
    submit(&url, CARD).await;
    used(&story.newest().await, "Mastercard");

    let plan = LinkRequest {
        price: Some(story.other_price.clone()),
        ..ask(LinkPurpose::Checkout, Delivery::Copy)
    };
    let issued = story.issue(&plan).await.unwrap();
    let fresh = story.newest().await;
    assert_eq!(fresh.state.code, "fresh");
    let ends = fresh.lives_until.unwrap() - fresh.at;
    assert!(
        ends > TimeDelta::hours(23) && ends < TimeDelta::hours(25),
        "{ends}"
    );
    submit(issued.url.as_deref().unwrap(), CARD).await;
    story.world.workspace.check_now().await.unwrap();
    used(&story.newest().await, "The plan was started");

    let sold = LinkRequest {
        price: Some(story.other_price.clone()),
        ..ask(LinkPurpose::PaymentLink, Delivery::Copy)
    };
    let first = story.issue(&sold).await.unwrap().url.unwrap();
    let second = story.issue(&sold).await.unwrap().url.unwrap();
    assert_eq!(first, second, "what sells it already is used again");
    assert!(
        first.contains("prefilled_email=nobody-else%40example.com"),
        "{first}"
    );

    let open = owing(&story.world).await;
    let pay = ask(LinkPurpose::PayInvoice, Delivery::Copy);
    let issued = links::issue(&story.world.workspace, &open.row.id, &pay)
        .await
        .unwrap();
    submit(&format!("{}/pay", issued.url.unwrap()), CARD).await;
    clients::refresh(&story.world.workspace, &open.row.id)
        .await
        .unwrap();
    let log = story.log(LinkQuery {
        client: Some(open.row.id),
        limit: 5,
        ..LinkQuery::default()
    });
    used(&log.await[0], "was paid");
    assert!(control.requests().len() > 1);
}

#[test]
fn a_mailed_link_works_a_day_later_and_says_what_it_asks_for() {
    with_browser(
        "link_stories::a_mailed_link_works_a_day_later_and_says_what_it_asks_for",
        |browser| async move {
            let story = Story::begin().await;
            let issued = story
                .issue(&ask(LinkPurpose::UpdatePaymentMethod, Delivery::Mail))
                .await
                .unwrap();
            assert_eq!(issued.url, None, "a session's address is not told");
            let mail = browser.opened(1).await.remove(0);
            assert!(
                mail.starts_with("mailto:nobody-else@example.com?"),
                "{mail}"
            );
            let body = mail
                .replace("%0D%0A", "\n")
                .replace("%3A", ":")
                .replace("%2F", "/");
            let url = body
                .lines()
                .find(|line| line.starts_with("http"))
                .unwrap()
                .to_owned();

            let control = story.world.sim.control();
            control.advance_clock(TimeDelta::hours(24)).unwrap();
            story.watch.set(Utc::now() + TimeDelta::hours(24));
            assert!(get(&url).await.contains("has expired"));
            submit(&format!("{url}/recover"), "email=nobody-else@example.com").await;
            let code = control.login_codes()["nobody-else@example.com"].clone();
            let form = format!("email=nobody-else@example.com&code={code}");
            let portal = submit(&format!("{url}/recover/code"), &form).await;
            assert!(
                portal.contains("name=\"cvc\""),
                "it lands where it was meant to: {portal}"
            );
            assert_eq!(story.newest().await.state.code, "fresh");

            // The portal that is opened at once is not mailed, and says why.
            let refused = story
                .issue(&ask(LinkPurpose::PortalHome, Delivery::Mail))
                .await;
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains("5 minutes later"), "{refused}");
            assert_eq!(browser.opened(1).await.len(), 1);
            assert_no_address(&story, &url).await;
        },
    );
}

/// The secret part of a session's address is in no file of the workspace.
async fn assert_no_address(story: &Story, url: &str) {
    let secret = url.rsplit('/').next().unwrap().as_bytes();
    for (path, bytes) in crate::world::files_under(story.world.folder.path()) {
        let found = bytes.windows(secret.len()).any(|part| part == secret);
        assert!(!found, "{} holds a session's address", path.display());
    }
}

#[tokio::test]
async fn what_is_not_acted_on_is_a_list_until_something_comes_of_it() {
    let story = Story::begin().await;
    let url = story.copied(LinkPurpose::UpdatePaymentMethod).await;
    story.copied(LinkPurpose::UpdateDetails).await;
    let stale = |days| LinkQuery {
        not_acted_on_days: Some(days),
        limit: 50,
        ..LinkQuery::default()
    };
    assert_eq!(story.log(stale(3)).await, []);
    story
        .watch
        .set(Utc::now() + TimeDelta::days(3) + TimeDelta::hours(1));
    let waiting = story.log(stale(3)).await;
    let purposes: Vec<_> = waiting.iter().map(|row| row.purpose).collect();
    assert_eq!(
        purposes,
        [LinkPurpose::UpdateDetails, LinkPurpose::UpdatePaymentMethod]
    );

    submit(&format!("{url}/card"), CARD).await;
    story.newest().await;
    // Asked for anew, the older one is superseded.
    let renewal = waiting[0].renewal.clone().unwrap();
    story
        .issue(&LinkRequest {
            warnings_seen: true,
            ..renewal
        })
        .await
        .unwrap();
    assert_eq!(story.log(stale(3)).await, []);
    let log = story
        .log(LinkQuery {
            limit: 50,
            ..LinkQuery::default()
        })
        .await;
    let old = log.iter().find(|row| row.id == waiting[0].id).unwrap();
    assert_eq!(old.state.code, "superseded");
}

#[tokio::test]
async fn sessions_that_others_made_are_in_the_log_too() {
    let story = Story::begin().await;
    let world = &story.world;
    let made = story.copied(LinkPurpose::UpdatePaymentMethod).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let customer = &story.page.customers[0].id;
    let chosen = portal::client_portal(&world.workspace, &story.page.row.id)
        .await
        .unwrap();
    let configuration = chosen.chosen.id.unwrap();
    let other = http
        .post(format!("{}/v1/billing_portal/sessions", world.sim.url()))
        .bearer_auth(world.sim.secret_key())
        .header("stripe-version", portico_core::stripe::VERSION)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("customer={customer}&configuration={configuration}"))
        .send();
    assert!(other.await.unwrap().status().is_success());
    world.workspace.check_now().await.unwrap();
    let query = LinkQuery {
        limit: 10,
        ..LinkQuery::default()
    };
    let log = story.log(query).await;
    assert_eq!(log.len(), 2, "ours is not there twice: {log:?}");
    let other = log.iter().find(|row| row.elsewhere).unwrap();
    assert_eq!(
        (other.state.label.as_str(), &other.renewal),
        ("Created", &None)
    );
    assert!(!made.is_empty());
    let stale = LinkQuery {
        not_acted_on_days: Some(0),
        limit: 10,
        ..LinkQuery::default()
    };
    assert_eq!(
        story.log(stale).await.len(),
        1,
        "nobody can renew another's"
    );
}
