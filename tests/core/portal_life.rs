//! Portal settings over time: asked for twice, lost on the way, switched off, and copied elsewhere.

use crate::portal_studio::{everything, simple};
use crate::world::{Watch, World, add, other_agency};
use chrono::{TimeDelta, Utc};
use portico_core::journal::{self, Change, LinkKind, PortalRule, PortalRuleConditions};
use portico_core::portal::{self, PortalSettings};
use portico_core::stripe::resource::PORTAL_CONFIGURATIONS;
use portico_core::words::BillingState;
use portico_core::{Error, links};
use serde_json::json;

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
    let done = links::UNDER_WAY.as_secs().cast_signed();
    for (after, pending) in [(60, 3), (done + 1, 0), (4000, 0)] {
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
    let all = everything(&world.workspace).await;
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
