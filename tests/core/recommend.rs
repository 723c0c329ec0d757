//! Over a whole agency: every client gets a recommendation, and every link that is suggested is made.

use crate::agency;
use crate::world::{World, add, options_in};
use portico_core::clients::{self, ClientQuery};
use portico_core::links::{self, LinkPurpose, SuggestedLink};
use portico_core::portal::{self, OfferedProduct, PortalSettings};
use portico_core::stripe::resource::PRICES;
use portico_core::stripe::{Client, Pace, Params};
use portico_core::{Clock, Core, Error};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use stripe_sim::Sim;

impl World {
    /// Portal settings with everything on, and every plan in euros to change to, for every client.
    async fn generous_portal(&self) -> String {
        let mut products: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for id in self.listed(&PRICES).await {
            let price = self.sim.control().object(&id).unwrap();
            let switchable = price["currency"] == "eur"
                && price["active"] == true
                && price["recurring"]["usage_type"] == "licensed";
            if switchable {
                let product = price["product"].as_str().unwrap().to_owned();
                products.entry(product).or_default().push(id);
            }
        }
        let mut settings = PortalSettings {
            name: "Everything".into(),
            login_page: true,
            invoice_history: true,
            ..PortalSettings::default()
        };
        settings.customer_update.enabled = true;
        settings.customer_update.allowed = vec!["email".into(), "address".into()];
        settings.payment_method_update.enabled = true;
        settings.cancel.enabled = true;
        settings.pause.enabled = true;
        settings.pause.indefinite = true;
        settings.update.enabled = true;
        settings.update.allowed = vec!["price".into()];
        let offered = products
            .into_iter()
            .map(|(product, prices)| OfferedProduct {
                product,
                prices,
                ..OfferedProduct::default()
            });
        settings.update.products = offered.collect();
        let made = portal::save(&self.workspace, None, &settings)
            .await
            .unwrap();
        portal::save_rules(&self.workspace, Vec::new(), Some(made.id.clone()))
            .await
            .unwrap();
        made.id
    }
}

/// Asks the simulator for what is suggested, as Stripe would be asked.
async fn ask(stripe: &Client, portal: &str, link: &SuggestedLink, key: &str) -> Result<(), Error> {
    let request = &link.request;
    let customer = request.customer.as_deref().unwrap_or_default();
    let named = match customer.starts_with("acct_") {
        true => "customer_account",
        false => "customer",
    };
    let sold = |params: Params| {
        params
            .with("line_items[0][price]", request.price.as_deref().unwrap())
            .maybe("line_items[0][quantity]", request.quantity)
    };
    let flow = match request.purpose {
        LinkPurpose::PortalHome | LinkPurpose::LoginPage => None,
        LinkPurpose::UpdatePaymentMethod => Some("payment_method_update"),
        LinkPurpose::UpdateDetails => Some("customer_update"),
        LinkPurpose::Cancel => Some("subscription_cancel"),
        LinkPurpose::Pause => Some("subscription_pause"),
        LinkPurpose::ChangePlan => Some("subscription_update"),
        LinkPurpose::ConfirmPlan => Some("subscription_update_confirm"),
        LinkPurpose::PayInvoice => {
            let path = format!("/v1/invoices/{}", request.invoice.as_deref().unwrap());
            let invoice = stripe.get(&path, &Params::new()).await?.body;
            assert_eq!(invoice["status"], "open", "{link:#?}");
            assert!(invoice["hosted_invoice_url"].is_string(), "{link:#?}");
            return Ok(());
        }
        LinkPurpose::Checkout => {
            let params = sold(Params::new().with(named, customer))
                .with("mode", "subscription")
                .with("success_url", "https://agency.example");
            return stripe
                .post("/v1/checkout/sessions", &params, key)
                .await
                .map(drop);
        }
        LinkPurpose::SetUpCard => {
            let params = Params::new()
                .with(named, customer)
                .with("mode", "setup")
                .with("currency", "eur")
                .with("success_url", "https://agency.example");
            return stripe
                .post("/v1/checkout/sessions", &params, key)
                .await
                .map(drop);
        }
        LinkPurpose::PaymentLink => {
            let params = sold(Params::new());
            return stripe
                .post("/v1/payment_links", &params, key)
                .await
                .map(drop);
        }
    };
    let mut params = Params::new()
        .with(named, customer)
        .with("configuration", portal)
        .maybe("flow_data[type]", flow);
    if let (Some(flow), Some(subscription)) = (flow, &request.subscription) {
        params = params.with(format!("flow_data[{flow}][subscription]"), subscription);
        if request.purpose == LinkPurpose::ConfirmPlan {
            let path = format!("/v1/subscriptions/{subscription}");
            let items = stripe.get(&path, &Params::new()).await?.body;
            let item = items.pointer("/items/data/0/id").and_then(Value::as_str);
            let at = format!("flow_data[{flow}][items][0]");
            params = params
                .with(format!("{at}[id]"), item.unwrap())
                .with(format!("{at}[price]"), request.price.as_deref().unwrap())
                .maybe(&format!("{at}[quantity]"), request.quantity);
        }
    }
    stripe
        .post("/v1/billing_portal/sessions", &params, key)
        .await
        .map(drop)
}

#[tokio::test]
async fn every_link_that_is_suggested_to_anybody_is_made() {
    let world = World::filled().await;
    let own = links::create_configuration(&world.workspace).await.unwrap();
    let own = own.id.unwrap();
    let key = world.sim.secret_key();
    let stripe = agency::client(&world.sim, key, Pace::UNLIMITED, Clock::system());
    let mut rules = BTreeSet::new();
    let mut purposes = BTreeSet::new();
    let mut asked = 0;
    for generous in [false, true] {
        let portal = match generous {
            true => world.generous_portal().await,
            false => own.clone(),
        };
        for row in world.all().await {
            let made = links::recommend(&world.workspace, &row.id).await.unwrap();
            for link in made.link.iter().chain(&made.alternatives) {
                asked += 1;
                let answer = ask(&stripe, &portal, link, &format!("suggested-{asked}")).await;
                assert!(answer.is_ok(), "{}: {answer:?} to {link:#?}", row.name);
                purposes.insert(link.request.purpose);
            }
            rules.insert(made.rule);
        }
    }
    // An agency in which nothing happens would prove little.
    assert!(rules.len() >= 15, "{rules:?}");
    assert_eq!(purposes.len(), 12, "{purposes:?}");
}

/// What is recommended leaves as it is, whatever the reason was.
#[tokio::test]
async fn what_is_recommended_passes_the_check_before_it_leaves() {
    let world = World::filled().await;
    world.generous_portal().await;
    let mut rules = BTreeSet::new();
    for row in world.all().await {
        let made = links::recommend(&world.workspace, &row.id).await.unwrap();
        let Some(link) = made.link.filter(|_| rules.insert(made.rule.clone())) else {
            continue;
        };
        let checked = links::check(&world.workspace, &row.id, &link.request)
            .await
            .unwrap();
        assert!(checked.may_leave, "{}: {:#?}", made.rule, checked.checks);
        assert_eq!(checked.title, link.title);
        assert_eq!(checked.lifetime, link.lifetime);
    }
    assert!(rules.len() >= 15, "{rules:?}");
}

#[tokio::test]
async fn a_key_that_may_not_use_the_portal_gets_no_link_to_it() {
    let sim = Sim::start(stripe_sim::Options::default()).await.unwrap();
    let slugs = "rak_customer_read,rak_subscription_read,rak_invoice_read,rak_product_read,rak_plan_read,\
                 rak_event_read,rak_checkout_session_write,rak_bucket_payment_links_read";
    sim.control().set_permissions(agency::only(slugs));
    let folder = tempfile::tempdir().unwrap();
    let core = Core::open(options_in(folder.path().into())).unwrap();
    core.set_staff("Ada Lovelace", None).await.unwrap();
    let summary = add(&core, sim.restricted_key(), sim.url(), "Limited").await;
    let limited = core.workspace(&summary.id).await.unwrap();
    limited.sync_and_wait(|_| {}).await.unwrap();
    let query = ClientQuery {
        limit: 500,
        ..ClientQuery::default()
    };
    let mut lacking = 0;
    for row in clients::list(&limited, &query).await.unwrap().rows {
        let made = links::recommend(&limited, &row.id).await.unwrap();
        for link in made.link.iter().chain(&made.alternatives) {
            let fine = matches!(
                link.request.purpose,
                LinkPurpose::PayInvoice
                    | LinkPurpose::Checkout
                    | LinkPurpose::SetUpCard
                    | LinkPurpose::PaymentLink
            );
            assert!(fine, "{link:#?}");
        }
        if made.rule == "key_lacks_permission" {
            assert!(
                made.link.is_none() && made.reason.contains("rak_customer_portal_write"),
                "{}",
                made.reason
            );
            lacking += 1;
        }
    }
    assert!(lacking > 10, "{lacking}");
}
