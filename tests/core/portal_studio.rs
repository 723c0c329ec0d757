//! The portal studio against a whole Stripe: what is saved is read back equal, once, and only ours.

use crate::agency;
use crate::world::World;
use portico_core::journal;
use portico_core::portal::{
    self, CancelFeature, CustomerUpdateFeature, OfferedProduct, PauseDuration, PauseFeature,
    PaymentMethodFeature, PortalConfigurationRow, PortalSettings, UpdateFeature,
};
use portico_core::stripe::Pace;
use portico_core::{Clock, Error};
use serde_json::{Value, json};

impl World {
    /// Every active configuration that Stripe has.
    pub async fn in_stripe(&self) -> Vec<Value> {
        let key = self.sim.secret_key();
        let client = agency::client(&self.sim, key, Pace::UNLIMITED, Clock::system());
        let listed = portico_core::stripe::portal::active_configurations(&client);
        listed.await.unwrap().0
    }

    pub async fn row(&self, id: &str) -> PortalConfigurationRow {
        let rows = portal::configurations(&self.workspace).await.unwrap();
        rows.into_iter().find(|row| row.id == id).unwrap()
    }

    /// How many changes were sent to Stripe since the requests were last forgotten.
    pub fn sent(&self) -> usize {
        let requests = self.sim.control().requests();
        requests.iter().filter(|one| one.method == "POST").count()
    }

    async fn last_outcome(&self) -> Value {
        let body: String = sqlx::query_scalar(
            "SELECT body FROM timeline WHERE kind = 'portal_configuration_finished' ORDER BY seq DESC LIMIT 1",
        )
        .fetch_one(&self.workspace.store().reader)
        .await
        .unwrap();
        serde_json::from_str(&body).unwrap()
    }
}

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Products of the account with the prices that clients may switch to.
pub async fn offers(world: &World) -> Vec<OfferedProduct> {
    let choices = portal::choices(&world.workspace).await.unwrap();
    let offers = choices
        .products
        .into_iter()
        .filter(|product| product.active);
    let offers = offers.map(|product| {
        let fit = product.prices.into_iter().filter(|price| price.switchable);
        OfferedProduct {
            product: product.id,
            prices: fit.map(|price| price.id).collect(),
            ..OfferedProduct::default()
        }
    });
    offers.filter(|offer| !offer.prices.is_empty()).collect()
}

pub fn simple(name: &str) -> PortalSettings {
    PortalSettings {
        name: name.into(),
        invoice_history: true,
        ..PortalSettings::default()
    }
    .normalised()
}

pub async fn everything(world: &World) -> PortalSettings {
    let mut products = offers(world).await;
    products.truncate(10);
    products[0].adjustable_quantity = true;
    (products[0].minimum, products[0].maximum) = (Some(2), Some(50));
    PortalSettings {
        name: "Everything".into(),
        headline: "Your plan & invoices — all of it".into(),
        privacy_policy_url: "https://agency.example/privacy?a=1&b=2".into(),
        terms_of_service_url: "https://agency.example/terms".into(),
        default_return_url: "https://agency.example/back".into(),
        login_page: true,
        invoice_history: true,
        customer_update: CustomerUpdateFeature {
            enabled: true,
            allowed: texts(&["tax_id", "shipping", "email", "name", "phone", "address"]),
        },
        payment_method_update: PaymentMethodFeature {
            enabled: true,
            configuration: Some("pmc_1Custom".into()),
        },
        cancel: CancelFeature {
            enabled: true,
            immediately: true,
            proration: "create_prorations".into(),
            ask_reason: true,
            reasons: texts(&["other", "too_expensive"]),
        },
        pause: PauseFeature {
            enabled: true,
            indefinite: false,
            durations: [("month", 3), ("week", 2), ("year", 3)]
                .map(|(interval, count)| PauseDuration {
                    interval: interval.into(),
                    count,
                })
                .into(),
        },
        update: UpdateFeature {
            enabled: true,
            allowed: texts(&["promotion_code", "quantity", "price"]),
            products,
            proration: "always_invoice".into(),
            billing_cycle_anchor: "now".into(),
            at_period_end: texts(&["shortening_interval", "decreasing_item_amount"]),
            trial: "continue_trial".into(),
        },
        metadata: [("team", "north"), ("note", "ä & ö")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    }
}

#[tokio::test]
async fn every_feature_on_and_off_is_read_back_equal() {
    let world = World::filled().await;
    let all = everything(&world).await;
    let saved = portal::save(&world.workspace, None, &all).await.unwrap();
    assert_eq!((saved.reused, &saved.differences[..]), (false, &[][..]));
    let row = world.row(&saved.id).await;
    assert_eq!(row.settings, all.normalised());
    assert!(row.login_page_url.is_some() && row.active && !row.portico);
    assert_eq!(row.allows.len(), 8, "{:?}", row.allows);

    // Everything that can be empty is, and what was there is gone.
    for settings in [simple(""), all.clone(), simple("Little"), all.clone()] {
        let changed = portal::save(&world.workspace, Some(&saved.id), &settings)
            .await
            .unwrap();
        assert_eq!(
            (&changed.id, &changed.differences[..]),
            (&saved.id, &[][..])
        );
        let row = world.row(&saved.id).await;
        assert_eq!(row.settings, settings.normalised());
        assert_eq!(row.login_page_url.is_some(), settings.login_page);
    }
    assert_eq!(world.in_stripe().await.len(), 1);
    let nameless = portal::save(&world.workspace, None, &simple(""))
        .await
        .unwrap();
    assert!(world.row(&nameless.id).await.label.contains(&nameless.id));
}

/// Of a feature that is off nothing but that is sent, and nothing that is empty on making one.
#[tokio::test]
async fn nothing_is_sent_by_accident() {
    let world = World::filled().await;
    let mut settings = simple("Bare");
    settings.cancel.proration = "always_invoice".into();
    settings.pause.durations = vec![PauseDuration::default()];
    world.sim.control().reset_requests();
    let saved = portal::save(&world.workspace, None, &settings)
        .await
        .unwrap();
    let requests = world.sim.control().requests();
    let sent = requests.iter().find(|one| one.method == "POST").unwrap();
    let kept = world.in_stripe().await.remove(0);
    assert_eq!(kept["features"]["subscription_pause"]["enabled"], false);
    assert!(sent.idempotency_key.is_some());
    assert_eq!(saved.differences, Vec::<String>::new());
    let row = world.row(&saved.id).await;
    assert_eq!(row.settings, simple("Bare"));
}

#[tokio::test]
async fn an_equal_configuration_is_used_again() {
    let world = World::filled().await;
    let settings = simple("Standard");
    let first = portal::save(&world.workspace, None, &settings)
        .await
        .unwrap();
    world.sim.control().reset_requests();
    let mut same = settings.clone();
    // What is off may say what it likes.
    same.cancel.reasons = texts(&["unused"]);
    let second = portal::save(&world.workspace, None, &same).await.unwrap();
    let unchanged = portal::save(&world.workspace, Some(&first.id), &same)
        .await
        .unwrap();
    assert!(second.reused && unchanged.reused);
    assert_eq!((&second.id, &unchanged.id), (&first.id, &first.id));
    assert_eq!(world.sent(), 0);
    let other = portal::save(&world.workspace, None, &simple("Other"))
        .await
        .unwrap();
    assert!(!other.reused && other.id != first.id, "the name counts");

    // One that somebody changed in the Dashboard, or that is off, is not equal.
    let changed = json!({"business_profile": {"headline": "By hand"}});
    world.sim.control().update(&first.id, &changed).unwrap();
    let third = portal::save(&world.workspace, None, &settings)
        .await
        .unwrap();
    assert!(!third.reused && third.id != first.id);
    portal::set_active(&world.workspace, &third.id, false)
        .await
        .unwrap();
    let fourth = portal::save(&world.workspace, None, &settings)
        .await
        .unwrap();
    assert!(!fourth.reused && fourth.id != third.id);
}

#[tokio::test]
async fn what_stripe_would_refuse_is_not_sent() {
    let world = World::filled().await;
    world.sim.control().reset_requests();
    let mut settings = simple("Standard");
    settings.headline = "h".repeat(61);
    settings.cancel.enabled = true;
    settings.cancel.ask_reason = true;
    let entries = world.entries().await;
    match portal::save(&world.workspace, None, &settings).await {
        Err(Error::Invalid { field, message }) => {
            assert_eq!(field, "headline");
            assert!(
                message.contains("60") && message.contains("reason"),
                "{message}"
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!((world.sent(), world.entries().await), (0, entries));
}

#[tokio::test]
async fn a_foreign_configuration_is_refused_in_core_and_journaled() {
    let world = World::filled().await;
    world.sim.control().reset_requests();
    let foreign = "bpc_1OfSomebodyElse";
    let workspace = &world.workspace;
    let saved = portal::save(workspace, Some(foreign), &simple("Mine")).await;
    assert!(matches!(saved, Err(Error::NotYours(_))), "{saved:?}");
    let outcome = world.last_outcome().await;
    assert!(outcome["message"].as_str().unwrap().contains(foreign));
    for active in [true, false] {
        let switched = portal::set_active(workspace, foreign, active).await;
        assert!(matches!(switched, Err(Error::NotYours(_))), "{switched:?}");
    }
    let looked = portal::lint(workspace, &simple("Mine"), Some(foreign)).await;
    assert!(matches!(looked, Err(Error::NotYours(_))), "{looked:?}");
    assert_eq!(world.sim.control().requests().len(), 0);
    let journaled: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM timeline WHERE kind LIKE 'portal_configuration_%'",
    )
    .fetch_one(&workspace.store().reader)
    .await
    .unwrap();
    assert_eq!(journaled, 6);
    assert_eq!(journal::pending(workspace.store()).await.unwrap(), []);
}
