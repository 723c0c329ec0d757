//! Search as one types: every client by every name it has, however it is written or pasted.

use crate::world::World;
use portico_core::client_rows::fold;
use portico_core::clients::{self, ClientQuery};
use portico_core::journal::{ClientDetails, ContactDetails};
use portico_core::stripe::resource::CUSTOMERS;
use serde_json::json;

fn named(name: &str) -> ClientDetails {
    ClientDetails {
        name: Some(name.into()),
        ..ClientDetails::default()
    }
}

#[tokio::test]
async fn every_beginning_of_every_name_finds_its_client() {
    let world = World::filled().await;
    for name in [
        "24-7 Media",
        "3 Mobile",
        "1.000 Dinge",
        "O'Brien & Sons",
        "Müller-Lüdenscheidt",
        "ß-Fabrik",
        "+49 Agentur",
    ] {
        clients::add(&world.workspace, named(name)).await.unwrap();
    }
    for row in world.all().await {
        let letters: Vec<char> = row.name.chars().collect();
        for length in 1..=letters.len() {
            let typed: String = letters[..length].iter().collect();
            if fold(&typed).is_empty() {
                continue;
            }
            let found = world.search(&typed).await;
            assert!(
                found.contains(&row.id.to_string()),
                "{typed:?} does not find {:?}",
                row.name
            );
        }
    }
}

#[tokio::test]
async fn accents_scripts_case_and_order_do_not_matter() {
    let world = World::new().await;
    for (name, typed) in [
        (
            "Søren Kierkegård",
            vec!["soren", "SØREN", "kierkegard soren", "kierkegård"],
        ),
        ("Łódź Studio", vec!["lodz", "łódź", "studio lodz", "LODZ"]),
        ("Weiß & Groß", vec!["weiss", "weiß", "gross weiss", "WEISS"]),
        (
            "Café Noël",
            vec!["cafe noel", "noël", "Cafe\u{301} Noe\u{308}l"],
        ),
        ("北京设计", vec!["北京", "bei jing", "设计"]),
        ("田中 太郎", vec!["田中", "太郎 田中"]),
        ("شركة النور", vec!["شركة", "النور شركة"]),
        ("Αθήνα Σχέδιο", vec!["αθήνα", "σχεδιο αθηνα"]),
    ] {
        let id = clients::add(&world.workspace, named(name)).await.unwrap();
        for typed in typed {
            assert!(
                world.search(typed).await.contains(&id.to_string()),
                "{typed:?} does not find {name:?}"
            );
        }
        let folded = fold(name);
        assert!(
            world.search(&folded).await.contains(&id.to_string()),
            "{folded:?} does not find {name:?}"
        );
    }
}

#[tokio::test]
async fn everything_that_is_known_of_a_client_finds_it() {
    let world = World::new().await;
    let id = clients::add(
        &world.workspace,
        ClientDetails {
            name: Some("Quill".into()),
            email: Some("Pay.Me+bills@quill.example".into()),
            phone: Some("+49 (030) 123-45 67".into()),
            company: Some("Feather Holding".into()),
        },
    )
    .await
    .unwrap();
    let contact = ContactDetails {
        name: "Zoë Zimmermann".into(),
        email: Some("zoe@elsewhere.example".into()),
        phone: Some("0171 / 555 0 123".into()),
        role: None,
    };
    clients::add_contact(&world.workspace, &id, contact)
        .await
        .unwrap();
    for typed in [
        "pay.me+bills@quill.example",
        "PAY.ME",
        "quill.example",
        "+49 030 1234567",
        "0301234567",
        "030-1234 567",
        "(030) 12345",
        "feather",
        "holding quill",
        "zoe",
        "zimmermann",
        "zoe@elsewhere",
        "01715550123",
        "0171 5550 123",
        id.as_str(),
    ] {
        assert_eq!(world.search(typed).await, [id.to_string()], "{typed:?}");
    }
    assert!(world.search("nobody at all").await.is_empty());
    assert!(
        world.search("quill nobody").await.is_empty(),
        "every word counts"
    );
}

#[tokio::test]
async fn pasted_ids_and_beginnings_of_invoice_numbers_find_whose_they_are() {
    let world = World::filled().await;
    let mut tried = 0;
    for row in world.all().await {
        let page = world.page(&row.id).await;
        let (Some(subscription), Some(method)) =
            (page.subscriptions.first(), page.payment_methods.first())
        else {
            continue;
        };
        let Some(invoice) = page
            .invoices
            .iter()
            .find(|invoice| invoice.number.is_some())
        else {
            continue;
        };
        let number = invoice.number.clone().unwrap();
        let ids = [
            page.customers[0].id.clone(),
            row.id.to_string(),
            subscription.id.clone(),
            subscription.items[0].id.clone(),
            method.id.clone(),
            invoice.id.clone(),
            number.clone(),
            number[..8].to_owned(),
            number[..5].to_owned(),
            number[..3].to_owned(),
            number.to_lowercase(),
            format!("  {number} "),
        ];
        for typed in ids {
            assert!(
                world.search(&typed).await.contains(&row.id.to_string()),
                "{typed:?} does not find {:?}",
                row.name
            );
        }
        tried += 1;
    }
    assert!(tried > 20);
}

#[tokio::test]
async fn what_just_changed_is_found_at_once_and_only_by_its_new_name() {
    let world = World::filled().await;
    assert!(world.search("xylophone").await.is_empty());
    let id = clients::add(&world.workspace, named("Xylophone"))
        .await
        .unwrap();
    assert_eq!(world.search("xylophone").await, [id.to_string()]);
    clients::edit(&world.workspace, &id, named("Glockenspiel"))
        .await
        .unwrap();
    assert!(world.search("xylophone").await.is_empty());
    assert_eq!(world.search("glocken").await, [id.to_string()]);
    world.mirror(&CUSTOMERS, vec![json!({"id": "cus_new", "object": "customer", "name": "Brandneu AG", "created": 1_800_000_000})]).await;
    assert_eq!(world.search("brandneu").await, ["cl_new"]);
    world.mirror(&CUSTOMERS, vec![json!({"id": "cus_new", "object": "customer", "name": "Altbekannt AG", "created": 1_800_000_000})]).await;
    assert!(world.search("brandneu").await.is_empty());
    assert_eq!(world.search("altbekannt").await, ["cl_new"]);
}

#[tokio::test]
async fn names_that_begin_so_come_first() {
    let world = World::new().await;
    for name in ["Blue Marble", "Marble & Co", "Submarble", "Marbles"] {
        clients::add(&world.workspace, named(name)).await.unwrap();
    }
    let rows = world
        .find(&ClientQuery {
            search: "marble".into(),
            ..ClientQuery::default()
        })
        .await
        .rows;
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(
        names,
        ["Marble & Co", "Marbles", "Blue Marble", "Submarble"]
    );
}

#[tokio::test]
async fn a_search_with_filters_shows_what_passes_both() {
    let world = World::filled().await;
    let all = world
        .find(&ClientQuery {
            search: "a".into(),
            ..ClientQuery::default()
        })
        .await
        .rows;
    for state in portico_core::words::BillingState::ALL {
        let query = ClientQuery {
            search: "a".into(),
            states: vec![state],
            ..ClientQuery::default()
        };
        let list = world.find(&query).await;
        let mut expected: Vec<String> = all
            .iter()
            .filter(|row| row.state == state)
            .map(|row| row.id.to_string())
            .collect();
        let mut found: Vec<String> = list.rows.iter().map(|row| row.id.to_string()).collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{state:?}");
        assert_eq!(list.total as usize, expected.len());
    }
    // Windows of the best matches, too, put together are the whole.
    let part = |offset| ClientQuery {
        search: "a".into(),
        offset,
        limit: 10,
        ..ClientQuery::default()
    };
    let mut parts = Vec::new();
    while parts.len() < all.len() {
        parts.extend(
            clients::list(&world.workspace, &part(parts.len() as u32))
                .await
                .unwrap()
                .rows,
        );
    }
    assert_eq!(parts, all);
}

#[tokio::test]
async fn search_works_during_a_filling_and_says_that_more_may_come() {
    let world = World::with(
        stripe_sim::Options {
            latency_ms: Some((40, 60)),
            ..Default::default()
        },
        portico_core::Clock::system(),
    )
    .await;
    let query = ClientQuery {
        search: "early bird".into(),
        ..ClientQuery::default()
    };
    let id = clients::add(&world.workspace, named("Early Bird"))
        .await
        .unwrap();
    let mut changes = world.core.subscribe();
    world.workspace.sync_now().await.unwrap();
    let during = world.find(&query).await;
    assert!(during.search_building);
    assert_eq!(during.rows[0].id, id);
    while world.workspace.is_filling() {
        changes.next().await;
    }
    let after = world.find(&query).await;
    assert!(!after.search_building);
    assert_eq!(after.rows.len(), 1);
}
