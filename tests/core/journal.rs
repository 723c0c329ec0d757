//! The journal: appended and applied, never forked, caught up after a crash, never edited.

use crate::desk::{
    ada, add_client_with_note, client_added, count, dump, note_written, open, open_at, shell,
};
use futures_util::FutureExt;
use portico_core::{
    Clock, Error,
    db::{JOURNAL, MIRROR},
    events::Topic,
    ids::{ClientId, LinkId, StaffId},
    journal::{self, Change, LinkKind, LinkResult},
};
use std::{
    fs,
    path::Path,
    process::{Child, Command},
};

#[tokio::test]
async fn an_appended_change_is_in_the_tables_in_the_chain_and_announced() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let mut changes = store.announcer.subscribe();
    let client = ClientId::new();
    let entry = journal::append(&store, &ada(), client_added(&client, "Ärmel & Söhne"))
        .await
        .unwrap();
    assert_eq!(entry.seq, 1);
    let changed = changes.next().await.unwrap();
    assert_eq!(changed.topics, [Topic::Clients, Topic::Timeline].into());

    let (name, by_hand): (String, bool) =
        sqlx::query_as("SELECT name, by_hand FROM clients WHERE id = ?")
            .bind(client.as_str())
            .fetch_one(&store.reader)
            .await
            .unwrap();
    assert_eq!((name.as_str(), by_hand), ("Ärmel & Söhne", true));
    let listed = count(
        &store,
        "SELECT count(*) FROM client_row WHERE name = 'Ärmel & Söhne'",
    );
    assert_eq!(listed.await, 1);

    let verification = journal::verify(&store).await.unwrap();
    assert_eq!((verification.entries, verification.problem), (1, None));
}

#[tokio::test]
async fn hostile_text_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let hostile = format!(
        "<script>\0'\"; DROP TABLE notes;--\u{202e}{}",
        "ü".repeat(1 << 20)
    );
    add_client_with_note(&store, &hostile).await;
    journal::rebuild(&store).await.unwrap();
    let text: String = sqlx::query_scalar("SELECT text FROM notes")
        .fetch_one(&store.reader)
        .await
        .unwrap();
    assert!(text == hostile);
    assert_eq!(journal::verify(&store).await.unwrap().problem, None);
}

#[tokio::test]
async fn a_refused_change_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&store, "first").await;
    let before = dump(&store).await;
    let refused =
        journal::append_checked(&store, &ada(), note_written(&client, "second"), |tables| {
            async move {
                let notes: i64 = sqlx::query_scalar("SELECT count(*) FROM notes")
                    .fetch_one(tables)
                    .await?;
                Err(Error::Conflict(format!("{notes} is enough")))
            }
            .boxed()
        })
        .await;
    assert_eq!(refused.unwrap_err().to_string(), "1 is enough");
    assert_eq!(dump(&store).await, before);
    assert_eq!(journal::verify(&store).await.unwrap().entries, 2);
}

#[tokio::test]
async fn contradictions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&store, "first").await;
    let other = add_client_with_note(&store, "first").await;
    let link = |client: &ClientId, customer: &str| Change::CustomerLinked {
        client: client.clone(),
        customer: customer.into(),
    };
    let archived = || Change::ClientArchived {
        client: client.clone(),
    };
    let nobody = ClientId::from("cl_nobody");
    for change in [archived(), link(&client, "cus_1")] {
        journal::append(&store, &ada(), change).await.unwrap();
    }
    for (change, expected) in [
        (archived(), "already archived"),
        (client_added(&client, "again"), "already added"),
        (note_written(&nobody, "?"), "does not exist"),
        (link(&client, "cus_1"), "already linked"),
        (link(&other, "cus_1"), "already linked"),
        (
            link(&ClientId::of_customer("cus_1"), "cus_2"),
            "linked to another client",
        ),
        (
            Change::CustomerUnlinked {
                client: other.clone(),
                customer: "cus_1".into(),
            },
            "not linked",
        ),
        (
            Change::ClientUnarchived {
                client: other.clone(),
            },
            "not archived",
        ),
        (
            Change::LinkFinished {
                link: LinkId::new(),
                client: other.clone(),
                result: LinkResult::Opened,
                message: None,
                object: None,
                lives_until: None,
            },
            "never begun",
        ),
    ] {
        let refused = journal::append(&store, &ada(), change).await.unwrap_err();
        assert!(refused.to_string().contains(expected), "{refused}");
    }
    assert_eq!(journal::verify(&store).await.unwrap().entries, 6);
}

#[tokio::test]
async fn edits_of_entries_are_refused_by_the_file_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    add_client_with_note(&store, "first").await;
    let mut file = shell(&folder.path().join(JOURNAL)).await;
    for edit in [
        "UPDATE entries SET actor = 'st_eve' WHERE seq = 1",
        "DELETE FROM entries WHERE seq = 2",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE seq = 1",
        "UPDATE bodies SET body = '{}' WHERE seq = 1",
        "INSERT OR REPLACE INTO bodies SELECT seq, salt, '{}' FROM bodies WHERE seq = 1",
    ] {
        let refused = sqlx::query(edit).execute(&mut file).await.unwrap_err();
        assert!(refused.to_string().contains("never"), "{edit}: {refused}");
    }
}

#[tokio::test]
async fn pending_effects_are_intentions_without_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let begun = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
    let store = open_at(folder.path(), Clock::from_fn(move || begun))
        .await
        .unwrap();
    let client = add_client_with_note(&store, "first").await;
    let link = LinkId::new();
    let requested = Change::LinkRequested {
        link: link.clone(),
        client: client.clone(),
        customer: Some("cus_1".into()),
        link_kind: LinkKind::PortalOpened,
        configuration: None,
        invoice: None,
        idempotency_key: Some("key-1".into()),
        details: portico_core::journal::LinkDetails::default(),
    };
    let configuration = Change::PortalConfigurationRequested {
        idempotency_key: "key-2".into(),
        configuration: None,
        settings: None,
        active: None,
    };
    for change in [requested.clone(), configuration.clone()] {
        journal::append(&store, &ada(), change).await.unwrap();
    }
    store.close().await;

    let later = begun + chrono::TimeDelta::minutes(7);
    let store = open_at(folder.path(), Clock::from_fn(move || later))
        .await
        .unwrap();
    let pending = journal::pending(&store).await.unwrap();
    let changes: Vec<&Change> = pending.iter().map(|p| &p.entry.change).collect();
    assert_eq!(changes, [&requested, &configuration]);
    assert!(
        pending
            .iter()
            .all(|p| p.age == chrono::TimeDelta::minutes(7))
    );

    let finished = Change::LinkFinished {
        link,
        client,
        result: LinkResult::Interrupted,
        message: None,
        object: None,
        lives_until: None,
    };
    let configured = Change::PortalConfigurationFinished {
        idempotency_key: "key-2".into(),
        configuration: Some("bpc_1".into()),
        message: None,
    };
    for change in [finished, configured] {
        journal::append(&store, &ada(), change).await.unwrap();
    }
    assert_eq!(journal::pending(&store).await.unwrap(), []);
}

#[tokio::test]
async fn an_entry_whose_process_died_before_applying_it_is_caught_up() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&store, "first").await;
    store.close().await;
    let behind = fs::read(folder.path().join(MIRROR)).unwrap();

    let store = open(folder.path()).await.unwrap();
    journal::append(&store, &ada(), note_written(&client, "second"))
        .await
        .unwrap();
    let complete = dump(&store).await;
    store.close().await;

    fs::write(folder.path().join(MIRROR), &behind).unwrap();
    let store = open(folder.path()).await.unwrap();
    assert_eq!(dump(&store).await, complete);
}

#[tokio::test]
async fn an_append_applies_first_what_another_process_left_unapplied() {
    let folder = tempfile::tempdir().unwrap();
    let here = open(folder.path()).await.unwrap();
    let there = open(folder.path()).await.unwrap();
    let client = add_client_with_note(&there, "theirs").await;
    let archived = Change::ClientArchived { client };
    journal::append(&there, &ada(), archived.clone())
        .await
        .unwrap();
    let refused = journal::append(&here, &ada(), archived).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
}

const APPENDS: usize = 40;

#[tokio::test]
async fn processes_that_append_at_once_never_fork_the_chain() {
    let folder = tempfile::tempdir().unwrap();
    // Two that also race to make the files.
    let others: Vec<Child> = (0..2)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args([
                    "journal::appends_as_another_process",
                    "--exact",
                    "--ignored",
                ])
                .env("PORTICO_TEST_FOLDER", folder.path())
                .spawn()
                .unwrap()
        })
        .collect();
    append_many(folder.path()).await;
    for mut other in others {
        assert!(other.wait().unwrap().success());
    }
    let store = open(folder.path()).await.unwrap();
    let verification = journal::verify(&store).await.unwrap();
    assert_eq!(verification.problem, None);
    assert_eq!(verification.entries as usize, 3 * APPENDS);
    let applied = count(&store, "SELECT count(*) FROM timeline").await;
    assert_eq!(applied as usize, 3 * APPENDS);
}

#[tokio::test]
#[ignore = "the other process of processes_that_append_at_once_never_fork_the_chain"]
async fn appends_as_another_process() {
    append_many(Path::new(&std::env::var_os("PORTICO_TEST_FOLDER").unwrap())).await;
}

async fn append_many(folder: &Path) {
    let store = open(folder).await.unwrap();
    for _ in 0..APPENDS {
        let introduced = Change::StaffIntroduced {
            staff: StaffId::new(),
            name: "Grace".into(),
            email: None,
        };
        journal::append(&store, &ada(), introduced).await.unwrap();
    }
}
