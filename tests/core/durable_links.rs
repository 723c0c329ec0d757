//! The portal's configuration and login page: made once, handed out, settled after a crash.

use crate::browser::with_browser;
use crate::links::{SESSIONS, ready};
use crate::world::{PASSPHRASE, Watch, World, options_in};
use chrono::{TimeDelta, Utc};
use portico_core::ids::LinkId;
use portico_core::journal::{self, Change, LinkKind};
use portico_core::secrets::Secret;
use portico_core::words::BillingState;
use portico_core::{Core, Error, clients, links};
use serde_json::json;

const CONFIGURATIONS: &str = "POST /v1/billing_portal/configurations";

#[tokio::test]
async fn the_configuration_is_asked_for_made_once_and_found_again() {
    let world = World::filled().await;
    let client = world.client_in(BillingState::Active).await.row.id;
    let needed = links::open_portal(&world.workspace, &client, None).await;
    assert!(
        matches!(needed, Err(Error::PortalConfigurationNeeded)),
        "{needed:?}"
    );
    assert_eq!(world.asked(SESSIONS), 0);
    let planned = links::configuration(&world.workspace).await.unwrap();
    assert!(
        planned.id.is_none() && planned.allows.len() >= 4,
        "{planned:?}"
    );

    // Two processes at once.
    let other = Core::open(options_in(world.folder.path().into())).unwrap();
    let other = other
        .workspace(&world.workspace.summary().id)
        .await
        .unwrap();
    other
        .unlock_key_file(Secret::new(PASSPHRASE))
        .await
        .unwrap();
    let (first, second) = tokio::join!(
        links::create_configuration(&world.workspace),
        links::create_configuration(&other)
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.id, second.id);
    assert_eq!(
        first.allows, planned.allows,
        "what was announced is what is allowed"
    );
    assert!(first.login_page.is_some());
    assert_eq!(world.configurations().await.len(), 1);
    assert!(
        journal::pending(world.workspace.store())
            .await
            .unwrap()
            .is_empty()
    );

    // Another computer with another folder finds it.
    let elsewhere = tempfile::tempdir().unwrap();
    let core = Core::open(options_in(elsewhere.path().into())).unwrap();
    core.set_staff("Bob", None).await.unwrap();
    let summary =
        crate::world::add(&core, world.sim.secret_key(), world.sim.url(), "Elsewhere").await;
    let found = links::create_configuration(&core.workspace(&summary.id).await.unwrap())
        .await
        .unwrap();
    assert_eq!(found.id, first.id);
    assert_eq!(world.configurations().await.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_configuration() {
    let world = World::filled().await;
    world.sim.control().fail_next_on(
        "/v1/billing_portal/configurations",
        20,
        stripe_sim::Fault::Drop,
    );
    let failed = links::create_configuration(&world.workspace).await;
    assert!(matches!(failed, Err(Error::Offline(_))), "{failed:?}");
    world.sim.control().clear_faults();
    let made = links::create_configuration(&world.workspace).await.unwrap();
    assert!(made.id.is_some());
    assert_eq!(world.configurations().await.len(), 1);
}

#[test]
fn the_durable_link_carries_the_email_and_never_a_session() {
    with_browser(
        "durable_links::the_durable_link_carries_the_email_and_never_a_session",
        |browser| async move {
            let (world, page) = ready().await;
            let (client, customer) = (&page.row.id, page.customers[0].id.as_str());
            world
                .change(client, customer, json!({"email": "ann+bills@example.com"}))
                .await;
            let copied =
                links::prepare_portal(&world.workspace, client, None, LinkKind::PortalCopy)
                    .await
                    .unwrap();
            assert!(
                copied
                    .url
                    .ends_with("?prefilled_email=ann%2Bbills%40example.com"),
                "{}",
                copied.url
            );
            assert!(copied.url.contains("/p/login/"));
            assert!(browser.opened(0).await.is_empty());
            links::prepare_portal(&world.workspace, client, None, LinkKind::PortalMail)
                .await
                .unwrap();
            let mail = browser.opened(1).await.remove(0);
            assert!(
                mail.starts_with("mailto:ann%2Bbills@example.com?subject=Your%20billing%20page"),
                "{mail}"
            );
            let letter = url::Url::parse(&mail).unwrap();
            let body = letter.query_pairs().find(|(name, _)| name == "body");
            let body = body.unwrap().1.replace('\r', "");
            let row = world.page(client).await.row;
            assert!(
                body.starts_with(&format!("Hello {},\n", row.name)),
                "{body}"
            );
            assert!(
                body.trim_end()
                    .ends_with("Kind regards\nAda Lovelace\nTest agency"),
                "{body}"
            );
            assert!(!mail.contains('+') && mail.contains("%252Bbills"), "{mail}");
            assert_eq!(world.asked(SESSIONS), 0);
            let log = world.log().await;
            assert!(
                log.len() == 2 && log.iter().all(|row| row.result.label == "Prepared"),
                "{log:?}"
            );

            let prepare = async || {
                links::prepare_portal(&world.workspace, client, None, LinkKind::PortalCopy).await
            };
            let refused = |outcome: Result<links::PreparedLink, Error>, why: &str| match outcome {
                Err(Error::LinkNotPossible(message)) => assert!(message.contains(why), "{message}"),
                other => panic!("{other:?}"),
            };
            // A newer customer with an active subscription and the same email is whom Stripe would open.
            let newest = world
                .listed(&portico_core::stripe::resource::CUSTOMERS)
                .await
                .len();
            assert!(newest > 1);
            let twin = world.twin_of(&page).await;
            world
                .change(
                    &twin.row.id,
                    &twin.customers[0].id,
                    json!({"email": "Ann+Bills@example.com"}),
                )
                .await;
            let (newer, older) = if twin.customers[0].created > page.customers[0].created {
                (&twin, &page)
            } else {
                (&page, &twin)
            };
            refused(
                links::prepare_portal(&world.workspace, &older.row.id, None, LinkKind::PortalCopy)
                    .await,
                "would open",
            );
            let warned =
                links::prepare_portal(&world.workspace, &newer.row.id, None, LinkKind::PortalCopy)
                    .await
                    .unwrap();
            assert_eq!(warned.warnings.len(), 1, "{warned:?}");
            let warnings = world.page(client).await.warnings;
            assert!(
                warnings
                    .iter()
                    .any(|warning| warning.contains("is also used by")),
                "{warnings:?}"
            );

            world
                .change(client, customer, json!({"email": "alone@example.com"}))
                .await;
            let configuration = world.configurations().await[0]["id"]
                .as_str()
                .unwrap()
                .to_owned();
            world
                .sim
                .control()
                .update(
                    &configuration,
                    &json!({"login_page": {"enabled": false, "url": null}}),
                )
                .unwrap();
            refused(prepare().await, "switched off");
            world.change(client, customer, json!({"email": null})).await;
            refused(prepare().await, "no email");
            let warnings = world.page(client).await.warnings;
            assert!(
                warnings.iter().any(|warning| warning.contains("No email")),
                "{warnings:?}"
            );
            world.sim.control().delete(customer).unwrap();
            clients::refresh(&world.workspace, client).await.unwrap();
            refused(prepare().await, "deleted");
            let failed = world
                .log()
                .await
                .into_iter()
                .filter(|row| row.result.label == "Failed")
                .count();
            assert_eq!(failed, 4);
        },
    );
}

#[tokio::test]
async fn what_a_crash_left_pending_is_settled_once_it_cannot_be_under_way() {
    let start = Utc::now();
    let watch = Watch::at(start);
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world.fill().await;
    let client = world.client_in(BillingState::Active).await.row.id;
    let author = world.workspace.author().await.unwrap();
    let requested = Change::LinkRequested {
        link: LinkId::new(),
        client: client.clone(),
        customer: None,
        link_kind: LinkKind::PortalOpened,
        configuration: None,
        invoice: None,
        idempotency_key: Some("session-key".into()),
        details: portico_core::journal::LinkDetails::default(),
    };
    let wanted = Change::PortalConfigurationRequested {
        idempotency_key: "configuration-key".into(),
        configuration: None,
        settings: None,
        active: None,
    };
    for change in [requested, wanted] {
        journal::append(world.workspace.store(), &author, change)
            .await
            .unwrap();
    }
    world.sim.control().reset_requests();
    let done = links::UNDER_WAY.as_secs().cast_signed();
    for (after, pending) in [(60, 2), (done - 1, 2), (done + 1, 0), (4000, 0)] {
        watch.set(start + TimeDelta::seconds(after));
        links::settle_pending(&world.workspace).await.unwrap();
        let left = journal::pending(world.workspace.store()).await.unwrap();
        assert_eq!(left.len(), pending, "after {after} seconds");
    }
    let log = world.log().await;
    assert_eq!(
        (log.len(), log[0].result.label.as_str()),
        (1, "Interrupted")
    );
    assert_eq!(
        world.asked(SESSIONS),
        0,
        "a portal is never opened by itself"
    );
    let sent: Vec<_> = world
        .sim
        .control()
        .requests()
        .into_iter()
        .filter(|request| request.method == "POST")
        .collect();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        sent[0].idempotency_key.as_deref(),
        Some("configuration-key")
    );
    assert_eq!(world.asked(CONFIGURATIONS), 1);
}
