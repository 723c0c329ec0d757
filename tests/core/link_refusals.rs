//! What keeps a link from leaving: what is another's, who is no contact, what changed meanwhile.

use crate::agency::only;
use crate::link_story::{Story, ask, issue_every_kind, owing};
use crate::world::{World, add, options_in, other_agency};
use portico_core::clients;
use portico_core::journal::Delivery;
use portico_core::links::{self, CheckOutcome, LinkPurpose, LinkQuery, LinkRequest};
use portico_core::portal::{self, PortalSettings};
use portico_core::stripe::permissions::wanted;
use portico_core::{Core, Error};
use serde_json::{Value, json};
use stripe_sim::{Options, Sim};

/// Deleted in Stripe and not heard of here: found out at the click.
#[tokio::test]
async fn a_customer_that_is_gone_is_told_with_what_to_do_and_read_again() {
    let story = Story::begin().await;
    let world = &story.world;
    let customer = story.page.customers[0].clone();
    world.sim.control().delete(&customer.id).unwrap();
    let home = ask(LinkPurpose::PortalHome, Delivery::Open);
    let refused = story.issue(&home).await.unwrap_err();
    let name = customer.name.unwrap();
    let told = format!("{name} was deleted in Stripe, so no link can act for it any more.");
    assert!(matches!(refused, Error::LinkNotPossible(_)), "{refused:?}");
    assert!(refused.to_string().starts_with(&told), "{refused}");
    assert!(refused.to_string().contains("Link another customer"));
    let page = world.page(&story.page.row.id).await;
    assert_eq!(page.row.word.label, "Deleted in Stripe");
    assert!(page.warnings[0].contains("no portal can be opened"));
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

/// What the page that asks for a key lists is enough for all that is done with links.
#[tokio::test]
async fn a_key_with_the_permissions_asked_for_makes_every_kind_of_link() {
    let sim = Sim::start(Options::default()).await.unwrap();
    let slugs: Vec<String> = wanted().into_iter().map(|row| row.slug).collect();
    sim.control().set_permissions(only(&slugs.join(",")));
    let folder = tempfile::tempdir().unwrap();
    let core = Core::open(options_in(folder.path().into())).unwrap();
    core.set_staff("Ada Lovelace", None).await.unwrap();
    let added = add(&core, sim.restricted_key(), sim.url(), "Restricted").await;
    let workspace = core.workspace(&added.id).await.unwrap();
    workspace.sync_and_wait(|_| {}).await.unwrap();
    issue_every_kind(&workspace).await;
}
