//! What people type by mistake or on purpose: kept whole, or refused with a reason and nothing half done.

use crate::world::{World, add, options_in};
use portico_core::clients;
use portico_core::ids::ClientId;
use portico_core::journal::{ClientDetails, ContactDetails};
use portico_core::stripe::resource::CUSTOMERS;
use portico_core::{Core, Error};
use serde_json::json;
use stripe_sim::Sim;

fn named(name: &str) -> ClientDetails {
    ClientDetails {
        name: Some(name.into()),
        ..ClientDetails::default()
    }
}

#[tokio::test]
async fn each_act_is_one_entry_with_its_actor() {
    let world = World::new().await;
    let w = &world.workspace;
    let mut entries = world.entries().await;
    let mut one_more = async |what: &str| {
        let now = world.entries().await;
        assert_eq!(now, entries + 1, "{what}");
        entries = now;
    };
    let client = clients::add(w, named("Someone")).await.unwrap();
    one_more("add").await;
    clients::edit(w, &client, named("Someone else"))
        .await
        .unwrap();
    one_more("edit").await;
    let details = ContactDetails {
        name: "Zoë".into(),
        ..Default::default()
    };
    let contact = clients::add_contact(w, &client, details.clone())
        .await
        .unwrap();
    one_more("add contact").await;
    clients::edit_contact(w, &client, &contact, details)
        .await
        .unwrap();
    one_more("edit contact").await;
    clients::remove_contact(w, &client, &contact).await.unwrap();
    one_more("remove contact").await;
    let note = clients::write_note(w, &client, "Hello".into())
        .await
        .unwrap();
    one_more("write note").await;
    clients::edit_note(w, &client, &note, "Hello again".into())
        .await
        .unwrap();
    one_more("edit note").await;
    clients::remove_note(w, &client, &note).await.unwrap();
    one_more("remove note").await;
    clients::archive(w, &client).await.unwrap();
    one_more("archive").await;
    assert!(matches!(
        clients::archive(w, &client).await,
        Err(Error::Conflict(_))
    ));
    clients::unarchive(w, &client).await.unwrap();
    one_more("unarchive").await;
    assert!(matches!(
        clients::edit_note(w, &client, &note, "Gone".into()).await,
        Err(Error::NotFound(_))
    ));
    let unknown = clients::edit(w, &ClientId::from("cl_nobody"), named("X")).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
    let timeline = clients::timeline(w, &client, None).await.unwrap();
    assert_eq!(timeline.entries.len(), 10);
    assert!(
        timeline
            .entries
            .iter()
            .all(|entry| entry.actor == "Ada Lovelace" && entry.source == "journal")
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_nothing_is_kept() {
    let world = World::new().await;
    let client = clients::add(&world.workspace, named("Someone"))
        .await
        .unwrap();
    let entries = world.entries().await;
    let long = "a".repeat(1_000_000);
    let with = |change: fn(&mut ClientDetails, String), value: &str| {
        let mut details = named("Fine");
        change(&mut details, value.to_owned());
        details
    };
    for (details, field) in [
        (with(|d, v| d.name = Some(v), " \u{0}\u{7} "), "name"),
        (with(|d, v| d.name = Some(v), &long), "name"),
        (with(|d, v| d.email = Some(v), "nobody"), "email"),
        (with(|d, v| d.email = Some(v), "a b@example.com"), "email"),
        (with(|d, v| d.email = Some(v), "@example.com"), "email"),
        (
            with(|d, v| d.phone = Some(v), "4242 4242 4242 4242"),
            "phone",
        ),
        (
            with(|d, v| d.company = Some(v), "Card 5555-5555-5555-4444"),
            "company",
        ),
    ] {
        let refused = clients::add(&world.workspace, details).await;
        assert!(
            matches!(&refused, Err(Error::Invalid { field: said, .. }) if *said == field),
            "{field}: {refused:?}"
        );
    }
    let nameless = clients::add_contact(&world.workspace, &client, ContactDetails::default()).await;
    assert!(
        matches!(nameless, Err(Error::Invalid { field: "name", .. })),
        "{nameless:?}"
    );
    for text in ["   ", "\u{0}", long.as_str()] {
        let refused = clients::write_note(&world.workspace, &client, text.into()).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "text", .. })));
    }
    assert_eq!(world.entries().await, entries);
    assert_eq!(
        world.page(&client).await.details.name.as_deref(),
        Some("Someone")
    );
}

#[tokio::test]
async fn card_numbers_are_refused_however_they_are_written_and_other_figures_are_not() {
    let world = World::new().await;
    let client = clients::add(&world.workspace, named("Someone"))
        .await
        .unwrap();
    for card in [
        "4242424242424242",
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "4242\u{a0}4242\u{a0}4242\u{a0}4242",
        "4242 4242 4242 4242 12/27",
        "4242 4242 4242 4242 exp 12/27 cvc 123",
        "card: 4242424242424242 123",
        "378282246310005",
        "3782 822463 10005",
        "new: 5555 5555 5555 4444, old: 1",
        "12/27 4000056655665556",
        "6011 1111 1111 1117",
    ] {
        let refused = clients::write_note(&world.workspace, &client, card.into()).await;
        assert!(
            matches!(&refused, Err(Error::Invalid { field: "text", message }) if message.contains("card number")),
            "{card}: {refused:?}"
        );
    }
    for fine in [
        "+49 30 1234567",
        "Invoice 7D3F8A2B-0001",
        "4242 4242 4242 4243",
        "Order 4111 of 2026",
        "1790000000000",
        "Call 0171 5550123 at 10:30",
    ] {
        clients::write_note(&world.workspace, &client, fine.into())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn hostile_texts_stay_what_was_typed() {
    let world = World::new().await;
    for name in [
        "<script>alert(1)</script>",
        "'; DROP TABLE clients; --",
        "\u{202e}txet desrever",
        "שלום עולם",
        "👩‍👩‍👧‍👦 Family",
        "%s %n {} {{0}}",
        "Robert\u{301}",
        "a\"b\\c/d",
        "NULL",
        "C:\\CON",
        "=1+1",
    ] {
        let client = clients::add(&world.workspace, named(name)).await.unwrap();
        clients::write_note(&world.workspace, &client, format!("{name}\n\tsecond line"))
            .await
            .unwrap();
        let page = world.page(&client).await;
        assert_eq!(
            (page.row.name.as_str(), page.notes[0].text.as_str()),
            (name, format!("{name}\n\tsecond line").as_str())
        );
        world.search(name).await;
    }
    let client = clients::add(
        &world.workspace,
        named("Bell\u{7} Nul\u{0} Esc\u{1b}[31m\nline"),
    )
    .await
    .unwrap();
    assert_eq!(world.page(&client).await.row.name, "Bell Nul Esc[31m line");
    let most = "ü".repeat(20_000);
    clients::write_note(&world.workspace, &client, most.clone())
        .await
        .unwrap();
    assert_eq!(world.page(&client).await.notes[0].text, most);
    for typed in [
        "%",
        "_",
        "\"",
        "'",
        "\\",
        "*",
        "(((",
        "\u{0}",
        &"x".repeat(100_000),
        "🦀",
        "a b c d e f g h i j k",
    ] {
        world.search(typed).await;
    }
}

#[tokio::test]
async fn nobody_acts_without_a_name() {
    let sim = Sim::start(stripe_sim::Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let core = Core::open(options_in(folder.path().into())).unwrap();
    let summary = add(&core, sim.secret_key(), sim.url(), "Nobody's").await;
    let workspace = core.workspace(&summary.id).await.unwrap();
    assert!(matches!(
        clients::add(&workspace, named("X")).await,
        Err(Error::StaffNeeded)
    ));
    assert!(matches!(
        core.remove_key(&summary.id).await,
        Err(Error::StaffNeeded)
    ));
    assert!(matches!(
        core.set_time_zone(&summary.id, "Europe/Paris").await,
        Err(Error::StaffNeeded)
    ));
    assert!(matches!(
        core.set_staff("  ", None).await,
        Err(Error::Invalid { field: "name", .. })
    ));
    assert!(matches!(
        core.set_staff("Ada", Some("nowhere")).await,
        Err(Error::Invalid { field: "email", .. })
    ));
    core.set_staff("Ada", None).await.unwrap();
    clients::add(&workspace, named("X")).await.unwrap();
}

#[tokio::test]
async fn names_from_stripe_are_tamed_before_they_stand_beside_other_text() {
    let world = World::new().await;
    let endless = "x".repeat(1_000_000);
    let customer = |id: &str, name: &str, email: Option<&str>| json!({"id": id, "object": "customer", "name": name, "email": email, "created": 1_700_000_000});
    let customers = vec![
        customer("cus_nul", "\u{0}\u{200b}\u{202e}", Some("nul@example.com")),
        customer("cus_none", "\u{0} \u{7}", None),
        customer("cus_turn", "\u{202e}gpj\u{2069} eve", None),
        customer("cus_rows", "One\r\n\tTwo", None),
        customer("cus_long", &endless, None),
        customer("cus_fine", "👩‍👩‍👧‍👦 وشركاه Ünï", None),
    ];
    world.mirror(&CUSTOMERS, customers).await;
    let cut = format!("{}…", "x".repeat(200));
    for (id, name) in [
        ("cl_nul", "nul@example.com"),
        ("cl_none", "cus_none"),
        ("cl_turn", "gpj eve"),
        ("cl_rows", "One Two"),
        ("cl_long", cut.as_str()),
        ("cl_fine", "👩‍👩‍👧‍👦 وشركاه Ünï"),
    ] {
        let page = world.page(&ClientId::from(id)).await;
        assert_eq!(page.row.name, name, "{id}");
        let seen = page.customers[0].name.as_deref();
        assert!(seen.is_none_or(|seen| seen == name), "{id}: {seen:?}");
    }
    // What a rename says on the timeline is as short.
    let fine = customer("cus_long", "Short", None);
    world.mirror(&CUSTOMERS, vec![fine]).await;
    let renamed = ClientId::from("cl_long");
    let timeline = clients::timeline(&world.workspace, &renamed, None).await;
    let told = timeline.unwrap().entries.remove(0).text;
    assert_eq!(told, format!("Name changed from {cut} to Short"));
}
