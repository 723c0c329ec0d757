//! Replaying any history into empty tables makes the tables that were built step by step.

use crate::desk::{ada, dump, dump_derived, open};
use portico_core::{
    Error,
    db::{MIRROR, Store},
    ids::{ClientId, ContactId, LinkId, NoteId, SegmentId, StaffId},
    journal::{
        self, Change, ClientDetails, ContactDetails, LinkKind, LinkResult, PortalRule,
        PortalRuleConditions, SecretStoreKind,
    },
};
use portico_core::{
    mirror::{self, Page},
    stripe::resource,
};
use proptest::{prelude::*, sample::select};
use std::fs;

/// Few of each, so that changes meet.
const CLIENTS: [&str; 5] = ["cl_hand1", "cl_hand2", "cl_one", "cl_two", "cl_three"];
const CUSTOMERS: [&str; 3] = ["cus_one", "cus_two", "cus_three"];
const OTHERS: [&str; 3] = ["1", "2", "3"];

#[derive(Debug, Clone)]
enum Act {
    Append(Box<Change>),
    Erase(ClientId),
}

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,12}"
}

fn details() -> impl Strategy<Value = ClientDetails> {
    (proptest::option::of(text()), proptest::option::of(text())).prop_map(|(name, email)| {
        ClientDetails {
            name,
            email,
            ..ClientDetails::default()
        }
    })
}

fn change() -> impl Strategy<Value = Change> {
    let shape = (
        0..28_u8,
        select(&CLIENTS[..]),
        select(&CUSTOMERS[..]),
        select(&OTHERS[..]),
    );
    (shape, details(), text()).prop_map(|((shape, client, customer, other), details, text)| {
        let client = ClientId::from(client);
        let contact = ContactId::from(other);
        let note = NoteId::from(other);
        let link = LinkId::from(other);
        let person = ContactDetails {
            name: text.clone(),
            ..ContactDetails::default()
        };
        match shape {
            0..3 => Change::ClientAdded { client, details },
            3 => Change::ClientEdited { client, details },
            4 => Change::ClientArchived { client },
            5 => Change::ClientUnarchived { client },
            6 | 7 => Change::CustomerLinked {
                client,
                customer: customer.into(),
            },
            8 => Change::CustomerUnlinked {
                client,
                customer: customer.into(),
            },
            9 => Change::ContactAdded {
                contact,
                client,
                details: person,
            },
            10 => Change::ContactEdited {
                contact,
                client,
                details: person,
            },
            11 => Change::ContactRemoved { contact, client },
            12 => Change::NoteWritten { note, client, text },
            13 => Change::NoteEdited { note, client, text },
            14 => Change::NoteRemoved { note, client },
            15 => Change::LinkRequested {
                link,
                client,
                customer: Some(customer.into()),
                link_kind: LinkKind::InvoicePage,
                configuration: None,
                invoice: Some(text),
                idempotency_key: None,
                details: portico_core::journal::LinkDetails::default(),
            },
            16 => Change::LinkFinished {
                link,
                client,
                result: LinkResult::Failed,
                message: Some(text),
                object: None,
                lives_until: None,
            },
            17 => Change::PortalConfigurationRequested {
                idempotency_key: format!("key_{other}"),
                configuration: None,
                settings: None,
                active: None,
            },
            18 => Change::PortalConfigurationFinished {
                idempotency_key: format!("key_{other}"),
                configuration: None,
                message: Some(text),
            },
            19 => Change::SegmentSaved {
                segment: SegmentId::from(other),
                name: text,
                description: None,
            },
            20 => Change::SegmentRemoved {
                segment: SegmentId::from(other),
            },
            21 => Change::ClientSegmentSet {
                client,
                segment: Some(SegmentId::from(other)),
            },
            22 => Change::PortalRulesSaved {
                rules: vec![PortalRule {
                    id: "pr_one".into(),
                    name: text,
                    when: PortalRuleConditions {
                        segments: vec![SegmentId::from(other)],
                        ..PortalRuleConditions::default()
                    },
                    configuration: "bpc_one".into(),
                }],
                otherwise: None,
            },
            23 => Change::ClientPortalSet {
                client,
                configuration: Some(text),
            },
            24 => Change::PortalMatrixReviewed { next_in_days: 90 },
            25 => Change::CustomerPreferred {
                client,
                customer: Some(customer.into()),
            },
            26 => Change::DuplicatesDismissed {
                customers: CUSTOMERS.map(str::to_owned).to_vec(),
            },
            _ => Change::StaffIntroduced {
                staff: StaffId::from(other),
                name: text,
                email: None,
            },
        }
    })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        15 => change().prop_map(|change| Act::Append(Box::new(change))),
        1 => select(&CLIENTS[..]).prop_map(|client| Act::Erase(client.into())),
    ]
}

async fn mirror_customers(store: &Store) {
    let objects = CUSTOMERS
        .map(|id| serde_json::json!({"id": id, "object": "customer", "name": id, "created": 1}));
    let page = Page::of(&resource::CUSTOMERS, objects.into(), 1);
    let applied = mirror::apply(store, vec![page]).await.unwrap();
    assert_eq!(applied.written, CUSTOMERS.len());
}

/// Performs the acts as far as they are allowed, then compares the tables with their replay.
async fn replay_equals(acts: Vec<Act>) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    sqlx::query("PRAGMA synchronous = OFF")
        .execute(&store.journal)
        .await
        .unwrap();
    mirror_customers(&store).await;
    let mut done = 0;
    for act in acts {
        let entry = match act {
            Act::Append(change) => journal::append(&store, &ada(), *change).await,
            Act::Erase(client) => journal::erase_client(&store, &ada(), client).await,
        };
        match entry {
            Ok(_) => done += 1,
            Err(Error::Conflict(_) | Error::NotFound(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    let built = dump(&store).await;
    let derived = dump_derived(&store).await;
    journal::rebuild(&store).await.unwrap();
    assert_eq!(dump(&store).await, built);
    assert_eq!(dump_derived(&store).await, derived);
    let verification = journal::verify(&store).await.unwrap();
    assert_eq!(
        (verification.entries as usize, verification.problem),
        (done, None)
    );
    store.close().await;

    fs::remove_file(folder.path().join(MIRROR)).unwrap();
    let store = open(folder.path()).await.unwrap();
    assert_eq!(dump(&store).await, built);
    done
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_history_replays_to_the_same_tables(acts in prop::collection::vec(act(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(replay_equals(acts));
    }
}

#[tokio::test]
async fn a_history_of_every_kind_replays_to_the_same_tables() {
    let client = ClientId::from("cl_hand1");
    let person = ContactDetails {
        name: "Grace".into(),
        ..ContactDetails::default()
    };
    let contact = || ContactId::from("co_1");
    let note = || NoteId::from("no_1");
    let link = || LinkId::from("ln_1");
    let acts = [
        Change::WorkspaceAdded {
            account: "acct_1".into(),
            livemode: false,
        },
        Change::StaffIntroduced {
            staff: "st_ada".into(),
            name: "Ada".into(),
            email: None,
        },
        Change::KeyStored {
            restricted: true,
            last4: "1234".into(),
            store: SecretStoreKind::File,
        },
        Change::KeyRemoved,
        Change::TimeZoneSet {
            time_zone: "Europe/Vienna".into(),
        },
        Change::ClientAdded {
            client: client.clone(),
            details: ClientDetails::default(),
        },
        Change::ClientEdited {
            client: client.clone(),
            details: ClientDetails::default(),
        },
        Change::ClientArchived {
            client: client.clone(),
        },
        Change::ClientUnarchived {
            client: client.clone(),
        },
        Change::CustomerLinked {
            client: client.clone(),
            customer: "cus_one".into(),
        },
        Change::CustomerLinked {
            client: client.clone(),
            customer: "cus_two".into(),
        },
        Change::CustomerUnlinked {
            client: client.clone(),
            customer: "cus_one".into(),
        },
        Change::ContactAdded {
            contact: contact(),
            client: client.clone(),
            details: person.clone(),
        },
        Change::ContactEdited {
            contact: contact(),
            client: client.clone(),
            details: person,
        },
        Change::ContactRemoved {
            contact: contact(),
            client: client.clone(),
        },
        Change::NoteWritten {
            note: note(),
            client: client.clone(),
            text: "a".into(),
        },
        Change::NoteEdited {
            note: note(),
            client: client.clone(),
            text: "b".into(),
        },
        Change::NoteRemoved {
            note: note(),
            client: client.clone(),
        },
        Change::LinkRequested {
            link: link(),
            client: client.clone(),
            customer: None,
            link_kind: LinkKind::PortalMail,
            configuration: Some("bpc_1".into()),
            invoice: None,
            idempotency_key: None,
            details: portico_core::journal::LinkDetails::default(),
        },
        Change::LinkFinished {
            link: link(),
            client: client.clone(),
            result: LinkResult::Prepared,
            message: None,
            object: None,
            lives_until: None,
        },
        Change::PortalConfigurationRequested {
            idempotency_key: "key".into(),
            configuration: None,
            settings: None,
            active: None,
        },
        Change::PortalConfigurationFinished {
            idempotency_key: "key".into(),
            configuration: Some("bpc_1".into()),
            message: None,
        },
        Change::BackupRestored {
            backup: "journal-x.db".into(),
            entries: 3,
        },
    ];
    let expected = acts.len() + 1;
    let acts = acts
        .into_iter()
        .map(|change| Act::Append(Box::new(change)))
        .chain([Act::Erase(client)]);
    assert_eq!(replay_equals(acts.collect()).await, expected);
}
