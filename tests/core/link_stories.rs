//! Each kind of link from the request to its result: issued, used by a person on Stripe's page, and
//! seen in the log.

use crate::browser::with_browser;
use crate::world::{Watch, World, other_agency};
use chrono::{TimeDelta, Utc};
use portico_core::clients::{self, ClientPage};
use portico_core::journal::Delivery;
use portico_core::links::{
    self, CheckOutcome, IssuedLink, LinkPurpose, LinkQuery, LinkRequest, LinkRow,
};
use portico_core::portal::{self, OfferedProduct, PauseDuration, PortalSettings};
use portico_core::words::BillingState;
use portico_core::{Error, Result};
use serde_json::{Value, json};

const CARD: &str = "number=5555+5555+5555+4444&exp_month=7&exp_year=31&cvc=123";

fn ask(purpose: LinkPurpose, delivery: Delivery) -> LinkRequest {
    LinkRequest {
        warnings_seen: true,
        ..LinkRequest::new(purpose, delivery)
    }
}

/// A client with one simple plan, another price of whose product is offered in the portal.
struct Story {
    world: World,
    page: ClientPage,
    watch: Watch,
    other_price: String,
}

impl Story {
    async fn begin() -> Self {
        let watch = Watch::at(Utc::now());
        let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
        world.sim.control().set_clock(Utc::now()).unwrap();
        world.fill().await;
        let (page, other_price) = switchable(&world).await;
        let customer = page.customers[0].id.clone();
        let email = json!({"email": "nobody-else@example.com"});
        world.change(&page.row.id, &customer, email).await;
        let product = world
            .sim
            .control()
            .object(&page.subscriptions[0].items[0].price)
            .unwrap();
        let offered = OfferedProduct {
            product: product["product"].as_str().unwrap().into(),
            prices: vec![
                page.subscriptions[0].items[0].price.clone(),
                other_price.clone(),
            ],
            ..OfferedProduct::default()
        };
        let saved = portal::save(&world.workspace, None, &everything(offered)).await;
        portal::save_rules(&world.workspace, Vec::new(), Some(saved.unwrap().id))
            .await
            .unwrap();
        let page = world.page(&page.row.id).await;
        watch.set(Utc::now());
        Self {
            world,
            page,
            watch,
            other_price,
        }
    }

    /// Later than whatever happened before: Stripe's events carry whole seconds.
    async fn issue(&self, request: &LinkRequest) -> Result<IssuedLink> {
        let control = self.world.sim.control();
        control.advance_clock(TimeDelta::seconds(10)).unwrap();
        self.watch
            .set(control.now().max(self.world.workspace.clock().now()));
        links::issue(&self.world.workspace, &self.page.row.id, request).await
    }

    /// The address as it would be pasted.
    async fn copied(&self, purpose: LinkPurpose) -> String {
        let issued = self.issue(&ask(purpose, Delivery::Copy)).await;
        issued
            .unwrap_or_else(|error| panic!("{purpose:?}: {error}"))
            .url
            .unwrap()
    }

    async fn newest(&self) -> LinkRow {
        let client = self.page.row.id.clone();
        clients::refresh(&self.world.workspace, &client)
            .await
            .unwrap();
        self.log(LinkQuery {
            client: Some(client),
            limit: 10,
            ..LinkQuery::default()
        })
        .await
        .into_iter()
        .find(|row| !row.elsewhere)
        .unwrap()
    }

    async fn log(&self, query: LinkQuery) -> Vec<LinkRow> {
        links::list(&self.world.workspace, &query)
            .await
            .unwrap()
            .rows
    }

    fn subscription(&self) -> &str {
        &self.page.subscriptions[0].id
    }
}

/// Some client whose only plan is a plain one and has a sister price in the same currency.
async fn switchable(world: &World) -> (ClientPage, String) {
    let prices =
        sqlx::query_scalar::<_, String>("SELECT id FROM prices WHERE active = 1 ORDER BY id")
            .fetch_all(&world.workspace.store().reader)
            .await
            .unwrap();
    let price = |id: &str| world.sim.control().object(id).unwrap();
    for row in world.all().await {
        let page = world.page(&row.id).await;
        let ([customer], [subscription]) = (&page.customers[..], &page.subscriptions[..]) else {
            continue;
        };
        let stripes = world.sim.control().object(&subscription.id).unwrap();
        let plain = row.state == BillingState::Active
            && customer.id.starts_with("cus_")
            && subscription.items.len() == 1
            && stripes["schedule"].is_null()
            && stripes["billing_mode"]["type"] == "flexible"
            && stripes["collection_method"] == "charge_automatically";
        if !plain {
            continue;
        }
        let own = price(&subscription.items[0].price);
        if own["recurring"]["usage_type"] != "licensed" {
            continue;
        }
        let sister = prices.iter().find(|id| {
            let other = price(id);
            **id != subscription.items[0].price
                && other["product"] == own["product"]
                && other["currency"] == own["currency"]
                && other["recurring"]["usage_type"] == "licensed"
                && other["tax_behavior"] == own["tax_behavior"]
        });
        if let Some(sister) = sister {
            let sister = sister.clone();
            return (page, sister);
        }
    }
    panic!("the simulator made nobody with a plan that can be switched");
}

/// Somebody with an open invoice.
async fn owing(world: &World) -> ClientPage {
    for row in world.all().await {
        let pay = ask(LinkPurpose::PayInvoice, Delivery::Copy);
        if links::check(&world.workspace, &row.id, &pay)
            .await
            .unwrap()
            .may_leave
        {
            return world.page(&row.id).await;
        }
    }
    panic!("the simulator made nobody who owes anything");
}

fn everything(offered: OfferedProduct) -> PortalSettings {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let mut settings = PortalSettings {
        name: "Everything".into(),
        login_page: true,
        invoice_history: true,
        ..PortalSettings::default()
    };
    settings.payment_method_update.enabled = true;
    settings.customer_update.enabled = true;
    settings.customer_update.allowed = words(&["name", "email", "address", "phone"]);
    settings.cancel.enabled = true;
    settings.cancel.ask_reason = true;
    settings.cancel.reasons = words(&["unused", "too_expensive"]);
    settings.pause.enabled = true;
    settings.pause.durations = vec![PauseDuration {
        interval: "month".into(),
        count: 1,
    }];
    settings.update.enabled = true;
    settings.update.allowed = words(&["price"]);
    settings.update.proration = "none".into();
    settings.update.products = vec![offered];
    settings
}

async fn get(url: &str) -> String {
    let answer = reqwest::get(url).await.unwrap();
    assert!(answer.status().is_success(), "{url}: {}", answer.status());
    answer.text().await.unwrap()
}

async fn submit(url: &str, form: &str) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned())
        .send();
    answer.await.unwrap().text().await.unwrap()
}

#[track_caller]
fn used(row: &LinkRow, what: &str) {
    let outcome = row.outcome.as_ref();
    let outcome = outcome.unwrap_or_else(|| panic!("nothing came of {row:?}"));
    assert!(outcome.sentence.contains(what), "{}", outcome.sentence);
    assert_eq!(row.state.code, "used");
}

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
    used(&story.newest().await, "rests");
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
    story.watch.set(Utc::now() + TimeDelta::days(3));
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
async fn whatever_is_anothers_is_refused_and_journaled() {
    let story = Story::begin().await;
    let world = &story.world;
    let all = world.all().await;
    let other = all
        .iter()
        .find(|row| row.id != story.page.row.id && !row.customers.is_empty());
    let other = world.page(&other.unwrap().id).await;
    let theirs = World::filling(other_agency().await).await;
    let plain = PortalSettings {
        invoice_history: true,
        ..PortalSettings::default()
    };
    let foreign = portal::save(&theirs.workspace, None, &plain)
        .await
        .unwrap()
        .id;
    let home = || ask(LinkPurpose::PortalHome, Delivery::Open);
    world.sim.control().reset_requests();
    for (request, names) in [
        (
            LinkRequest {
                customer: Some(other.customers[0].id.clone()),
                ..home()
            },
            vec![other.row.name.clone(), story.page.row.name.clone()],
        ),
        (
            LinkRequest {
                customer: Some("cus_elsewhere".into()),
                ..home()
            },
            vec!["cus_elsewhere".into()],
        ),
        (
            LinkRequest {
                configuration: Some(foreign.clone()),
                ..home()
            },
            vec![foreign.clone()],
        ),
        (
            LinkRequest {
                subscription: Some("sub_elsewhere".into()),
                ..ask(LinkPurpose::Cancel, Delivery::Open)
            },
            vec!["sub_elsewhere".into()],
        ),
        (
            LinkRequest {
                invoice: Some("in_elsewhere".into()),
                ..ask(LinkPurpose::PayInvoice, Delivery::Copy)
            },
            vec!["in_elsewhere".into()],
        ),
    ] {
        let check = links::check(&world.workspace, &story.page.row.id, &request)
            .await
            .unwrap();
        assert!(!check.may_leave);
        let refused = story.issue(&request).await.unwrap_err();
        assert!(
            matches!(refused, Error::NotYours(_)),
            "{request:?}: {refused:?}"
        );
        for name in names {
            assert!(
                refused.to_string().contains(&name),
                "{refused} names {name}"
            );
        }
        let log = story
            .log(LinkQuery {
                limit: 1,
                ..LinkQuery::default()
            })
            .await;
        assert_eq!(log[0].result.code, "failed");
        assert_eq!(
            log[0].message.as_deref(),
            Some(refused.to_string().as_str())
        );
    }
    assert!(
        world.sim.control().requests().is_empty(),
        "Stripe was not even asked"
    );
}

#[tokio::test]
async fn recipients_are_contacts_of_the_client() {
    let story = Story::begin().await;
    let world = &story.world;
    let all = world.all().await;
    let other = all
        .iter()
        .find(|row| row.id != story.page.row.id && !row.emails.is_empty())
        .unwrap();
    let to = |email: &str| LinkRequest {
        recipient: Some(email.into()),
        warnings_seen: false,
        ..ask(LinkPurpose::LoginPage, Delivery::Copy)
    };
    let refused = story
        .issue(&to(&other.emails[0]))
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains(&story.page.row.name), "{refused}");
    let unknown = story
        .issue(&to("who@example.org"))
        .await
        .unwrap_err()
        .to_string();
    assert!(unknown.contains("no contact of"), "{unknown}");

    let contact = portico_core::journal::ContactDetails {
        name: "Bea".into(),
        email: Some("Bea@books.example".into()),
        role: Some("Bookkeeping".into()),
        ..Default::default()
    };
    clients::add_contact(&world.workspace, &story.page.row.id, contact)
        .await
        .unwrap();
    let request = to("bea@books.example");
    let check = links::check(&world.workspace, &story.page.row.id, &request)
        .await
        .unwrap();
    let warnings: Vec<&str> = check
        .checks
        .iter()
        .filter(|check| check.outcome == CheckOutcome::Warning)
        .map(|check| check.sentence.as_str())
        .collect();
    assert!(warnings[0].contains("books.example") && warnings[0].contains("example.com"));
    assert!(check.may_leave && check.recipients.len() == 2);
    let unseen = story.issue(&request).await;
    assert!(matches!(unseen, Err(Error::Conflict(_))), "{unseen:?}");
    let seen = LinkRequest {
        warnings_seen: true,
        ..request
    };
    let sent = story.issue(&seen).await.unwrap();
    assert_eq!(sent.recipient.as_deref(), Some("Bea@books.example"));
}

#[tokio::test]
async fn what_changed_at_the_last_moment_stops_the_link() {
    let story = Story::begin().await;
    let world = &story.world;
    let control = world.sim.control();
    let plan = LinkRequest {
        price: Some(story.other_price.clone()),
        ..ask(LinkPurpose::Checkout, Delivery::Copy)
    };
    control
        .update(&story.other_price, &json!({"active": false}))
        .unwrap();
    let refused = story.issue(&plan).await.unwrap_err().to_string();
    assert!(refused.contains("archived"), "{refused}");

    let late = owing(world).await;
    let request = ask(LinkPurpose::PayInvoice, Delivery::Copy);
    let found = links::check(&world.workspace, &late.row.id, &request)
        .await
        .unwrap();
    let invoice = found.request.invoice.unwrap();
    control
        .update(&invoice, &json!({"status": "void"}))
        .unwrap();
    let refused = links::issue(&world.workspace, &late.row.id, &request).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("not open any more"), "{refused}");

    let chosen = portal::client_portal(&world.workspace, &story.page.row.id)
        .await
        .unwrap();
    let id = chosen.chosen.id.unwrap();
    let off: Value = json!({"active": false});
    control.update(&id, &off).unwrap();
    let refused = story.issue(&ask(LinkPurpose::Cancel, Delivery::Copy)).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("are switched off"), "{refused}");
}
