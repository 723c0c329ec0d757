//! What stories about links begin with: a client whose portal allows everything, and a person who
//! fills in Stripe's pages.

use crate::world::{Watch, World};
use chrono::{TimeDelta, Utc};
use portico_core::Result;
use portico_core::clients::{self, ClientPage, ClientQuery};
use portico_core::journal::Delivery;
use portico_core::links::{self, IssuedLink, LinkPurpose, LinkQuery, LinkRequest, LinkRow};
use portico_core::portal::{self, OfferedProduct, PauseDuration, PortalSettings};
use portico_core::words::BillingState;
use portico_core::workspaces::Workspace;
use serde_json::json;

pub const CARD: &str = "number=5555+5555+5555+4444&exp_month=7&exp_year=31&cvc=123";

pub fn ask(purpose: LinkPurpose, delivery: Delivery) -> LinkRequest {
    LinkRequest {
        warnings_seen: true,
        ..LinkRequest::new(purpose, delivery)
    }
}

/// A client with one simple plan, another price of whose product is offered in the portal.
pub struct Story {
    pub world: World,
    pub page: ClientPage,
    pub watch: Watch,
    pub other_price: String,
}

impl Story {
    pub async fn begin() -> Self {
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
    pub async fn issue(&self, request: &LinkRequest) -> Result<IssuedLink> {
        let control = self.world.sim.control();
        control.advance_clock(TimeDelta::seconds(10)).unwrap();
        self.watch
            .set(control.now().max(self.world.workspace.clock().now()));
        links::issue(&self.world.workspace, &self.page.row.id, request).await
    }

    /// The address as it would be pasted.
    pub async fn copied(&self, purpose: LinkPurpose) -> String {
        let issued = self.issue(&ask(purpose, Delivery::Copy)).await;
        issued
            .unwrap_or_else(|error| panic!("{purpose:?}: {error}"))
            .url
            .unwrap()
    }

    pub async fn newest(&self) -> LinkRow {
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

    pub async fn log(&self, query: LinkQuery) -> Vec<LinkRow> {
        links::list(&self.world.workspace, &query)
            .await
            .unwrap()
            .rows
    }

    pub fn subscription(&self) -> &str {
        &self.page.subscriptions[0].id
    }
}

/// Some client whose only plan is a plain one and has a sister price in the same currency.
pub async fn switchable(world: &World) -> (ClientPage, String) {
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
pub async fn owing(world: &World) -> ClientPage {
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

pub fn everything(offered: OfferedProduct) -> PortalSettings {
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

pub async fn get(url: &str) -> String {
    let answer = reqwest::get(url).await.unwrap();
    assert!(answer.status().is_success(), "{url}: {}", answer.status());
    answer.text().await.unwrap()
}

pub async fn submit(url: &str, form: &str) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned())
        .send();
    answer.await.unwrap().text().await.unwrap()
}

#[track_caller]
pub fn used(row: &LinkRow, what: &str) {
    let outcome = row.outcome.as_ref();
    let outcome = outcome.unwrap_or_else(|| panic!("nothing came of {row:?}"));
    assert!(outcome.sentence.contains(what), "{}", outcome.sentence);
    assert_eq!(row.state.code, "used");
}

/// Every kind of link under settings that allow everything, each for the first client that it is
/// possible for.
pub async fn issue_every_kind(workspace: &Workspace) {
    let all = crate::portal_studio::everything(workspace).await;
    let made = portal::save(workspace, None, &all).await.unwrap();
    portal::save_rules(workspace, Vec::new(), Some(made.id))
        .await
        .unwrap();
    let prices: Vec<String> =
        sqlx::query_scalar("SELECT id FROM prices WHERE active = 1 ORDER BY id")
            .fetch_all(&workspace.store().reader)
            .await
            .unwrap();
    let query = ClientQuery {
        limit: 500,
        ..ClientQuery::default()
    };
    let everybody = clients::list(workspace, &query).await.unwrap().rows;
    for purpose in [
        LinkPurpose::LoginPage,
        LinkPurpose::UpdatePaymentMethod,
        LinkPurpose::UpdateDetails,
        LinkPurpose::Cancel,
        LinkPurpose::Pause,
        LinkPurpose::ChangePlan,
        LinkPurpose::ConfirmPlan,
        LinkPurpose::PayInvoice,
        LinkPurpose::Checkout,
        LinkPurpose::PaymentLink,
        LinkPurpose::SetUpCard,
    ] {
        let prices: Vec<Option<&String>> = match purpose {
            LinkPurpose::ConfirmPlan | LinkPurpose::Checkout | LinkPurpose::PaymentLink => {
                prices.iter().map(Some).collect()
            }
            _ => vec![None],
        };
        let mut issued = false;
        'found: for client in &everybody {
            for price in &prices {
                let request = LinkRequest {
                    price: price.cloned(),
                    coupon: (purpose == LinkPurpose::Cancel).then(|| "LAUNCH25".into()),
                    warnings_seen: true,
                    ..LinkRequest::new(purpose, Delivery::Copy)
                };
                let found = links::check(workspace, &client.id, &request).await.unwrap();
                if found.may_leave {
                    let link = links::issue(workspace, &client.id, &request).await;
                    assert!(link.unwrap().url.is_some());
                    issued = true;
                    break 'found;
                }
            }
        }
        assert!(issued, "{purpose:?} is possible for nobody");
    }
}
