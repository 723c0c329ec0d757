//! The portal studio against a whole Stripe: what is saved is read back equal, once, and only ours.

use crate::agency;
use crate::world::{Watch, World, add, other_agency};
use chrono::{TimeDelta, Utc};
use portico_core::journal::{self, Change, LinkKind, PortalRule, PortalRuleConditions};
use portico_core::portal::{
    self, CancelFeature, CustomerUpdateFeature, OfferedProduct, PauseDuration, PauseFeature,
    PaymentMethodFeature, PortalConfigurationRow, PortalSettings, UpdateFeature,
};
use portico_core::stripe::{Pace, resource::PORTAL_CONFIGURATIONS};
use portico_core::words::BillingState;
use portico_core::{Clock, Error, links};
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

async fn everything(world: &World) -> PortalSettings {
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

#[tokio::test]
async fn a_second_click_makes_no_second_configuration() {
    let world = World::filled().await;
    let settings = simple("Once");
    let (first, second) = tokio::join!(
        portal::save(&world.workspace, None, &settings),
        portal::save(&world.workspace, None, &settings),
    );
    for outcome in [&first, &second] {
        let fine = matches!(outcome, Ok(_) | Err(Error::Conflict(_)));
        assert!(fine, "{outcome:?}");
    }
    assert!(first.is_ok() || second.is_ok());
    assert_eq!(world.in_stripe().await.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_before_anything_else_is_sent() {
    let world = World::filled().await;
    let path = "/v1/billing_portal/configurations";
    let lose = || {
        world
            .sim
            .control()
            .fail_next_on(path, 20, stripe_sim::Fault::Drop)
    };
    lose();
    let lost = portal::save(&world.workspace, None, &simple("First")).await;
    assert!(matches!(lost, Err(Error::Offline(_))), "{lost:?}");
    world.sim.control().clear_faults();
    let first = portal::save(&world.workspace, None, &simple("First"))
        .await
        .unwrap();
    assert_eq!(world.in_stripe().await.len(), 1);

    // Lost once more, and then something else is wanted: the older one does not undo it later.
    let id = Some(first.id.as_str());
    world
        .sim
        .control()
        .fail_next_on(&format!("{path}/{}", first.id), 20, stripe_sim::Fault::Drop);
    let lost = portal::save(&world.workspace, id, &simple("Second")).await;
    assert!(matches!(lost, Err(Error::Offline(_))), "{lost:?}");
    world.sim.control().clear_faults();
    portal::save(&world.workspace, id, &simple("Third"))
        .await
        .unwrap();
    assert_eq!(world.row(&first.id).await.label, "Third");
    assert_eq!(journal::pending(world.workspace.store()).await.unwrap(), []);
}

#[tokio::test]
async fn what_a_crash_left_is_sent_again_with_its_key_or_looked_up() {
    let start = Utc::now();
    let watch = Watch::at(start);
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world.fill().await;
    let kept = portal::save(&world.workspace, None, &simple("Kept"))
        .await
        .unwrap();
    let author = world.workspace.author().await.unwrap();
    let wanted = async |key: &str, configuration: Option<&str>, settings, active| {
        let change = Change::PortalConfigurationRequested {
            idempotency_key: key.into(),
            configuration: configuration.map(str::to_owned),
            settings,
            active,
        };
        journal::append(world.workspace.store(), &author, change)
            .await
            .unwrap();
    };
    let json = |name: &str| Some(serde_json::to_value(simple(name)).unwrap());
    wanted("made", None, json("Made"), None).await;
    wanted("changed", Some(&kept.id), json("Changed"), None).await;
    wanted("switched", Some(&kept.id), None, Some(false)).await;
    world.sim.control().reset_requests();
    for (after, pending) in [(60, 3), (181, 0), (4000, 0)] {
        watch.set(start + TimeDelta::seconds(after));
        links::settle_pending(&world.workspace).await.unwrap();
        let left = journal::pending(world.workspace.store()).await.unwrap();
        assert_eq!(left.len(), pending, "after {after} seconds");
    }
    let sent: Vec<_> = world
        .sim
        .control()
        .requests()
        .into_iter()
        .filter_map(|request| request.idempotency_key)
        .collect();
    assert_eq!(sent, ["made", "changed", "switched"]);
    let row = world.row(&kept.id).await;
    assert_eq!((row.label.as_str(), row.active), ("Changed", false));

    // A day later Stripe has forgotten the keys: it is asked what there is, and nothing is sent.
    wanted("old made", None, json("Made"), None).await;
    wanted("old changed", Some(&kept.id), json("Nowhere"), None).await;
    wanted("old gone", Some("bpc_gone"), None, Some(true)).await;
    world.sim.control().reset_requests();
    watch.set(start + TimeDelta::hours(26));
    links::settle_pending(&world.workspace).await.unwrap();
    assert_eq!(journal::pending(world.workspace.store()).await.unwrap(), []);
    assert_eq!(world.sent(), 0);
    let outcomes: Vec<String> = sqlx::query_scalar(
        "SELECT json_extract(body, '$.idempotency_key') || ':' || (json_extract(body, '$.message') IS NULL)
         FROM timeline WHERE kind = 'portal_configuration_finished' ORDER BY seq DESC LIMIT 3",
    )
    .fetch_all(&world.workspace.store().reader)
    .await
    .unwrap();
    assert_eq!(outcomes, ["old gone:0", "old changed:0", "old made:1"]);
}

#[tokio::test]
async fn what_is_in_use_is_not_switched_off() {
    let world = World::filled().await;
    let workspace = &world.workspace;
    let id = portal::save(workspace, None, &simple("Used"))
        .await
        .unwrap()
        .id;
    let off = async || portal::set_active(workspace, &id, false).await;
    let refused = async |because: &str| match off().await {
        Err(Error::Conflict(message)) => assert!(message.contains(because), "{message}"),
        other => panic!("{other:?}"),
    };
    let rule = PortalRule {
        id: "pr_1".into(),
        name: "Everybody".into(),
        when: PortalRuleConditions::default(),
        configuration: id.clone(),
    };
    portal::save_rules(workspace, vec![rule], None)
        .await
        .unwrap();
    refused("“Everybody”").await;
    assert_eq!(world.row(&id).await.rules, ["Everybody"]);
    portal::save_rules(workspace, Vec::new(), Some(id.clone()))
        .await
        .unwrap();
    refused("no rule holds").await;
    portal::save_rules(workspace, Vec::new(), None)
        .await
        .unwrap();
    let client = world.client_in(BillingState::Active).await.row.id;
    portal::set_client_portal(workspace, &client, Some(id.clone()))
        .await
        .unwrap();
    refused("by hand for 1 client").await;
    portal::set_client_portal(workspace, &client, None)
        .await
        .unwrap();
    let default = json!({"is_default": true});
    world.sim.control().update(&id, &default).unwrap();
    let listed = world.in_stripe().await;
    world.mirror(&PORTAL_CONFIGURATIONS, listed).await;
    refused("default").await;
    let default = json!({"is_default": false});
    world.sim.control().update(&id, &default).unwrap();
    let listed = world.in_stripe().await;
    world.mirror(&PORTAL_CONFIGURATIONS, listed).await;

    off().await.unwrap();
    assert!(!world.row(&id).await.active);
    assert!(world.in_stripe().await.is_empty());
    portal::set_active(workspace, &id, true).await.unwrap();
    assert!(world.row(&id).await.active);

    // Portico's own is what clients get where nothing else is chosen.
    let own = links::create_configuration(workspace)
        .await
        .unwrap()
        .id
        .unwrap();
    let refused = portal::set_active(workspace, &own, false).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
}

#[tokio::test]
async fn switching_the_login_page_off_says_how_many_links_are_out() {
    let world = World::filled().await;
    let workspace = &world.workspace;
    let own = links::create_configuration(workspace)
        .await
        .unwrap()
        .id
        .unwrap();
    let page = world.client_in(BillingState::Active).await;
    let alone = json!({"email": "alone@example.com"});
    world
        .change(&page.row.id, &page.customers[0].id, alone)
        .await;
    links::prepare_portal(workspace, &page.row.id, None, LinkKind::PortalCopy)
        .await
        .unwrap();
    let mut settings = world.row(&own).await.settings;
    let said = async |settings: &PortalSettings| {
        let found = portal::lint(workspace, settings, Some(&own)).await.unwrap();
        found
            .iter()
            .any(|finding| finding.sentence.contains("1 link"))
    };
    assert!(!said(&settings).await);
    settings.login_page = false;
    assert!(said(&settings).await);

    // It is a surprise and no refusal, and Portico still knows its own afterwards.
    portal::save(workspace, Some(&own), &settings)
        .await
        .unwrap();
    let row = world.row(&own).await;
    assert!(row.portico && row.login_page_url.is_none());
    settings.login_page = true;
    portal::save(workspace, Some(&own), &settings)
        .await
        .unwrap();
    assert!(world.row(&own).await.login_page_url.is_some());
}

#[tokio::test]
async fn a_configuration_is_copied_to_another_account() {
    let world = World::filled().await;
    let here = &world.workspace;
    let sim = other_agency().await;
    let summary = add(&world.core, sim.secret_key(), sim.url(), "Live").await;
    let there = world.core.workspace(&summary.id).await.unwrap();
    there.sync_and_wait(|_| {}).await.unwrap();
    let all = everything(&world).await;
    let saved = portal::save(here, None, &all).await.unwrap();

    let within = portal::copy_plan(here, &saved.id, here).await;
    assert!(
        matches!(within, Err(Error::Invalid { field: "to", .. })),
        "{within:?}"
    );
    let foreign = portal::copy_plan(&there, &saved.id, here).await;
    assert!(matches!(foreign, Err(Error::NotYours(_))), "{foreign:?}");

    let plan = portal::copy_plan(here, &saved.id, &there).await.unwrap();
    let offered = |settings: &PortalSettings| -> Vec<String> {
        let products = settings.update.products.iter();
        products
            .flat_map(|product| product.prices.clone())
            .collect()
    };
    let (theirs, ours) = (offered(&plan.settings), offered(&all));
    assert!(!theirs.is_empty() && theirs.iter().all(|price| !ours.contains(price)));
    assert_eq!(plan.matched.len(), theirs.len(), "{:?}", plan.matched);
    // Besides the payment methods, which are never the same.
    assert_eq!(
        plan.missing.len() - 1,
        ours.len() - theirs.len(),
        "{:?}",
        plan.missing
    );
    assert!(plan.target.is_none() && plan.differences.is_empty());
    let found = portal::lint(&there, &plan.settings, None).await.unwrap();
    assert!(
        found
            .iter()
            .all(|one| one.severity != portal::Severity::Refused),
        "{found:?}"
    );
    let copied = portal::save(&there, None, &plan.settings).await.unwrap();
    assert!(copied.differences.is_empty(), "{copied:?}");

    // Once it is there, only what changed since is named.
    let again = portal::copy_plan(here, &saved.id, &there).await.unwrap();
    assert_eq!(again.target.as_deref(), Some(copied.id.as_str()));
    assert_eq!(again.differences, Vec::<String>::new());
    let mut other = all.clone();
    other.headline = "Another".into();
    portal::save(here, Some(&saved.id), &other).await.unwrap();
    let changed = portal::copy_plan(here, &saved.id, &there).await.unwrap();
    assert_eq!(changed.differences.len(), 1);
    assert!(
        changed.differences[0].starts_with("Headline")
            && changed.differences[0].ends_with("“Another”"),
        "{:?}",
        changed.differences
    );
    // And the other way round.
    let back = portal::copy_plan(&there, &copied.id, here).await.unwrap();
    assert_eq!(back.target.as_deref(), Some(saved.id.as_str()));
    assert_eq!(offered(&back.settings).len(), theirs.len());
}
