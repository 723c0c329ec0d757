//! The duplicate doctor: what looks like one client, and what staff make of it.

use crate::world::World;
use portico_core::clients::{self, DuplicateGroup, DuplicateKind};
use portico_core::ids::ClientId;
use portico_core::links;
use portico_core::stripe::resource::{CUSTOMERS, SUBSCRIPTIONS};
use portico_core::{Error, journal::ClientDetails};
use serde_json::{Value, json};

/// A customer of ours beside those of the agency, as Stripe would tell of it.
fn customer(id: &str, name: &str, email: Option<&str>, tax_id: Option<&str>) -> Value {
    let tax_ids: Vec<Value> = tax_id
        .map(|value| {
            json!({"id": format!("txi_{id}"), "object": "tax_id", "customer": id, "type": "eu_vat", "value": value})
        })
        .into_iter()
        .collect();
    json!({
        "id": id, "object": "customer", "name": name, "email": email, "created": 1_700_000_000,
        "tax_ids": {"object": "list", "data": tax_ids, "has_more": false},
    })
}

fn running(id: &str, customer: &str) -> Value {
    json!({
        "id": id, "object": "subscription", "customer": customer, "status": "active", "currency": "eur",
        "created": 1_700_000_000, "items": {"object": "list", "data": [], "has_more": false},
    })
}

impl World {
    /// The groups with one of these customers, by what is said of them.
    async fn groups_of(&self, customers: &[&str]) -> Vec<DuplicateGroup> {
        let all = clients::duplicates(&self.workspace).await.unwrap();
        assert_eq!(all.total as usize, all.groups.len());
        let theirs = |group: &DuplicateGroup| {
            let mut own = group.customers.iter();
            own.any(|customer| customers.contains(&customer.customer.as_str()))
        };
        all.groups
            .into_iter()
            .filter(|group| theirs(group))
            .collect()
    }

    async fn with_customers(customers: Vec<Value>) -> Self {
        let world = Self::new().await;
        world.mirror(&CUSTOMERS, customers).await;
        world
    }
}

fn ids(group: &DuplicateGroup) -> Vec<&str> {
    let mut ids: Vec<&str> = group
        .customers
        .iter()
        .map(|c| c.customer.as_str())
        .collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn each_group_is_shown_once_by_what_is_surest() {
    let world = World::with_customers(vec![
        // One client by everything: its tax id says it best.
        customer(
            "cus_a1",
            "Lumen Studio GmbH",
            Some("Anna@lumen.example"),
            Some("DE 123 456 789"),
        ),
        customer(
            "cus_a2",
            "Lumen Studio",
            Some("anna@Lumen.example "),
            Some("DE123456789"),
        ),
        customer("cus_b1", "Bo", Some("bo@gmail.com"), None),
        customer("cus_b2", "Bo Nilsson", Some("BO@gmail.com"), None),
        customer("cus_c1", "Čapek & Søn s.r.o.", Some("c@one.example"), None),
        customer("cus_c2", "Capek  Son", Some("c@two.example"), None),
        customer("cus_d1", "Dora", Some("dora@gmail.com"), None),
        customer("cus_d2", "D. Ora", Some("dora+shop@gmail.com"), None),
        customer("cus_e1", "Eva", Some("eva@farm.example"), None),
        customer("cus_e2", "Emil", Some("emil@farm.example"), None),
        customer("cus_f1", "Alone", Some("f@gmail.com"), None),
        customer("cus_f2", "Without an email", None, None),
    ])
    .await;
    let found = clients::duplicates(&world.workspace).await.unwrap();
    let shown: Vec<_> = found
        .groups
        .iter()
        .map(|group| (group.kind, ids(group), group.why.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (
                DuplicateKind::TaxId,
                vec!["cus_a1", "cus_a2"],
                "The same tax ID, DE123456789"
            ),
            (
                DuplicateKind::Email,
                vec!["cus_b1", "cus_b2"],
                "The same email, bo@gmail.com"
            ),
            (
                DuplicateKind::PlusAddress,
                vec!["cus_d1", "cus_d2"],
                "The same mailbox, dora@gmail.com"
            ),
            (
                DuplicateKind::Name,
                vec!["cus_c1", "cus_c2"],
                "The same name, Čapek & Søn s.r.o."
            ),
            (
                DuplicateKind::Domain,
                vec!["cus_e1", "cus_e2"],
                "The same domain, farm.example"
            ),
        ]
    );
    // Archived and deleted ones are nobody's duplicates.
    let archived = ClientId::of_customer("cus_b2");
    clients::archive(&world.workspace, &archived).await.unwrap();
    world
        .mirror(
            &CUSTOMERS,
            vec![json!({"id": "cus_e2", "object": "customer", "deleted": true})],
        )
        .await;
    assert!(world.groups_of(&["cus_b1", "cus_e1"]).await.is_empty());
}

#[tokio::test]
async fn the_one_with_the_running_subscription_is_suggested_and_the_others_are_linked() {
    let twins = ["cus_g1", "cus_g2", "cus_g3"];
    let same = |id: &&str| customer(id, &format!("Twin {id}"), Some("g@lumen.example"), None);
    let world = World::with_customers(twins.iter().map(same).collect()).await;
    world
        .mirror(&SUBSCRIPTIONS, vec![running("sub_g2", "cus_g2")])
        .await;
    let [group] = &world.groups_of(&twins).await[..] else {
        panic!("one group")
    };
    let target = ClientId::of_customer("cus_g2");
    assert_eq!(
        (&group.suggested, group.customers[0].live_subscriptions),
        (&target, 1)
    );
    assert_eq!(
        group.suggestion,
        "Only Twin cus_g2 has a running subscription."
    );
    let opens: Vec<bool> = group.customers.iter().map(|c| c.login_page_opens).collect();
    assert_eq!(opens, [true, false, false]);

    let all = twins.map(str::to_owned);
    clients::link_duplicates(&world.workspace, &target, &all)
        .await
        .unwrap();
    // What is one client now is no duplicate; asked for again, nothing more happens.
    assert!(world.groups_of(&twins).await.is_empty());
    let entries = world.entries().await;
    clients::link_duplicates(&world.workspace, &target, &all)
        .await
        .unwrap();
    assert_eq!(world.entries().await, entries);
    assert_eq!(world.page(&target).await.customers.len(), 3);

    // Links act for the one that is billed, until another one is marked.
    let acts_for = async || {
        let made = links::recommend(&world.workspace, &target).await.unwrap();
        assert!(
            made.warnings.iter().any(|w| w.contains("2 more customers")),
            "{:?}",
            made.warnings
        );
        made.link.unwrap().request.customer.unwrap()
    };
    assert_eq!(acts_for().await, "cus_g2");
    let marked = Some("cus_g3".to_owned());
    clients::prefer_customer(&world.workspace, &target, marked)
        .await
        .unwrap();
    assert_eq!(acts_for().await, "cus_g3");
    clients::prefer_customer(&world.workspace, &target, None)
        .await
        .unwrap();
    assert_eq!(acts_for().await, "cus_g2");
    let foreign = clients::prefer_customer(&world.workspace, &target, Some("cus_x".into())).await;
    assert!(matches!(foreign, Err(Error::NotYours(_))), "{foreign:?}");
}

#[tokio::test]
async fn a_customer_that_cannot_be_linked_is_named_and_the_others_are_linked() {
    let three = ["cus_h1", "cus_h2", "cus_h3"];
    let same = |id: &&str| customer(id, id, Some("h@lumen.example"), None);
    let world = World::with_customers(three.iter().map(same).collect()).await;
    let other = ClientDetails {
        name: Some("Somebody else".into()),
        ..ClientDetails::default()
    };
    let other = clients::add(&world.workspace, other).await.unwrap();
    clients::link_customer(&world.workspace, &other, "cus_h2")
        .await
        .unwrap();
    let target = ClientId::of_customer("cus_h1");
    let linked =
        clients::link_duplicates(&world.workspace, &target, &three.map(str::to_owned)).await;
    let Err(Error::Conflict(why)) = linked else {
        panic!("{linked:?}")
    };
    assert!(
        why.starts_with("1 customer was linked, but not all. cus_h2: "),
        "{why}"
    );
    assert_eq!(
        world.page(&target).await.row.customers,
        ["cus_h1", "cus_h3"]
    );
}

#[tokio::test]
async fn what_was_dismissed_stays_away_until_somebody_new_joins() {
    let two = ["cus_k1", "cus_k2"];
    let same = |id: &&str| customer(id, &format!("Kin {id}"), Some("k@lumen.example"), None);
    let world = World::with_customers(two.iter().map(same).collect()).await;
    let key = world.groups_of(&two).await[0].key.clone();
    assert_eq!(world.groups_of(&two).await[0].key, key);
    let alone = clients::dismiss_duplicates(&world.workspace, vec!["cus_k1".into()]).await;
    assert!(matches!(alone, Err(Error::Invalid { .. })), "{alone:?}");
    let backwards = vec!["cus_k2".to_owned(), "cus_k1".to_owned()];
    clients::dismiss_duplicates(&world.workspace, backwards)
        .await
        .unwrap();
    assert!(world.groups_of(&two).await.is_empty());
    world.mirror(&CUSTOMERS, vec![same(&"cus_k3")]).await;
    let again = world.groups_of(&two).await;
    assert_eq!(ids(&again[0]), ["cus_k1", "cus_k2", "cus_k3"]);
    assert_ne!(again[0].key, key);
}

#[tokio::test]
async fn a_whole_agency_has_its_pairs_and_nobody_is_in_a_group_alone() {
    let world = World::filled().await;
    let found = clients::duplicates(&world.workspace).await.unwrap();
    assert!(!found.groups.is_empty());
    for group in &found.groups {
        let clients: std::collections::BTreeSet<_> = group
            .customers
            .iter()
            .map(|customer| &customer.client)
            .collect();
        assert!(
            clients.len() > 1 && clients.contains(&group.suggested),
            "{group:#?}"
        );
        assert!(!group.suggestion.is_empty());
    }
    let kinds: Vec<_> = found.groups.iter().map(|group| group.kind).collect();
    assert!(kinds.is_sorted(), "the surest first");
}
