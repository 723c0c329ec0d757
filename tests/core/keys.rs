//! A key's way in: checked, kept, refused by Stripe, replaced, removed.

use crate::world::{PASSPHRASE, World, options_in, other_agency};
use portico_core::clients::{self, ClientQuery};
use portico_core::secrets::Secret;
use portico_core::workspaces::{KeepKeyIn, KeyState};
use portico_core::{Core, Error, Options};

fn in_file(passphrase: &str) -> KeepKeyIn {
    KeepKeyIn::File {
        passphrase: passphrase.into(),
    }
}

#[tokio::test]
async fn an_account_is_added_once_also_by_two_clicks() {
    let world = World::new().await;
    let check = world
        .core
        .check_key(Secret::new(world.sim.secret_key()), Some(world.sim.url()))
        .await
        .unwrap();
    assert_eq!(check.existing, Some(world.workspace.summary().id));
    let twice = world
        .core
        .add_workspace(&check.check, "Again", in_file("long enough"))
        .await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");

    let sim = other_agency().await;
    let check = async || {
        world
            .core
            .check_key(Secret::new(sim.secret_key()), Some(sim.url()))
            .await
            .unwrap()
            .check
    };
    let (one, two) = (check().await, check().await);
    let (first, second) = tokio::join!(
        world
            .core
            .add_workspace(&one, "One", in_file("long enough")),
        world
            .core
            .add_workspace(&two, "Two", in_file("long enough"))
    );
    let refused = match (first, second) {
        (Ok(_), refused) | (refused, Ok(_)) => refused,
        neither => panic!("{neither:?}"),
    };
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    assert_eq!(world.core.workspaces().unwrap().len(), 2);
}

#[tokio::test]
async fn the_address_of_stripe_is_fixed_and_never_gets_a_live_key_if_it_is_here() {
    let world = World::new().await;
    let elsewhere = Core::open(Options {
        api_base: Some("http://127.0.0.1:9".into()),
        ..options_in(world.folder.path().into())
    })
    .unwrap();
    let opened = elsewhere
        .workspace(&world.workspace.summary().id)
        .await
        .map(drop);
    assert!(
        matches!(&opened, Err(Error::Conflict(why)) if why.contains("PORTICO_STRIPE_API_BASE")),
        "{opened:?}"
    );
    world.sim.control().reset_requests();
    let live = Secret::new(["sk", "live", "51Nobodys0Key0AtAll0000000000"].join("_"));
    let refused = world.core.check_key(live, Some(world.sim.url())).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    assert!(world.sim.control().requests().is_empty());
    let remote = world
        .core
        .check_key(
            Secret::new(world.sim.secret_key()),
            Some("https://stripe.example"),
        )
        .await;
    assert!(
        matches!(
            remote,
            Err(Error::Invalid {
                field: "api_base",
                ..
            })
        ),
        "{remote:?}"
    );
}

#[tokio::test]
async fn a_refused_key_keeps_everything_readable_until_another_takes_its_place() {
    let world = World::filled().await;
    let client = world.all().await[0].id.clone();
    let total = world.all().await.len();
    let (fresh, _) = world.sim.control().roll_keys();
    let refused = clients::refresh(&world.workspace, &client).await;
    assert!(matches!(refused, Err(Error::KeyRefused(_))), "{refused:?}");
    assert!(matches!(
        world.workspace.key_state().await,
        KeyState::Refused { .. }
    ));
    assert_eq!(world.all().await.len(), total);
    let id = world.workspace.summary().id;
    let check = world
        .core
        .check_key(Secret::new(&fresh), Some(world.sim.url()))
        .await
        .unwrap();
    let state = world
        .core
        .replace_key(&id, &check.check, in_file("another passphrase"))
        .await
        .unwrap();
    assert!(
        matches!(&state, KeyState::Ready { last4, .. } if fresh.ends_with(last4)),
        "{state:?}"
    );
    clients::refresh(&world.workspace, &client).await.unwrap();
}

#[tokio::test]
async fn a_replacement_that_fails_leaves_the_present_key() {
    let world = World::filled().await;
    let id = world.workspace.summary().id;
    let before = world.workspace.key_state().await;
    let sim = other_agency().await;
    let foreign = world
        .core
        .check_key(Secret::new(sim.secret_key()), Some(sim.url()))
        .await
        .unwrap();
    let refused = world
        .core
        .replace_key(&id, &foreign.check, in_file("long enough"))
        .await;
    assert!(
        matches!(refused, Err(Error::Invalid { field: "key", .. })),
        "{refused:?}"
    );
    let own = world
        .core
        .check_key(Secret::new(world.sim.secret_key()), Some(world.sim.url()))
        .await
        .unwrap();
    let refused = world.core.replace_key(&id, &own.check, in_file("")).await;
    assert!(matches!(refused, Err(Error::SecretStore(_))), "{refused:?}");
    assert_eq!(world.workspace.key_state().await, before);
    world
        .workspace
        .unlock_key_file(Secret::new(PASSPHRASE))
        .await
        .expect("the file is as it was");
}

#[tokio::test]
async fn the_passphrase_opens_the_key_at_the_next_start() {
    let world = World::filled().await;
    let id = world.workspace.summary().id;
    world.workspace.store().close().await;
    let World {
        sim,
        core,
        folder,
        workspace,
    } = world;
    drop((core, workspace));
    let core = Core::open(options_in(folder.path().into())).unwrap();
    let workspace = core.workspace(&id).await.unwrap();
    assert_eq!(workspace.key_state().await, KeyState::FileLocked);
    let wrong = workspace.unlock_key_file(Secret::new("not this one")).await;
    assert!(matches!(wrong, Err(Error::WrongPassphrase)), "{wrong:?}");
    assert!(matches!(
        workspace.stripe().await,
        Err(Error::SecretStore(_))
    ));
    let state = workspace
        .unlock_key_file(Secret::new(PASSPHRASE))
        .await
        .unwrap();
    assert!(
        matches!(&state, KeyState::Ready { last4, .. } if sim.secret_key().ends_with(last4)),
        "{state:?}"
    );

    assert_eq!(core.remove_key(&id).await.unwrap(), KeyState::Removed);
    assert!(matches!(workspace.stripe().await, Err(Error::KeyMissing)));
    assert!(!workspace.store().folder.join("secrets.age").exists());
    assert!(
        clients::list(
            &workspace,
            &ClientQuery {
                limit: 5,
                ..Default::default()
            }
        )
        .await
        .unwrap()
        .total
            > 100
    );
}

/// The webview gets these answers as JSON; none may carry what it could never be made to forget.
#[tokio::test]
async fn no_answer_carries_the_key_or_its_passphrase() {
    let world = World::filled().await;
    let key = world.sim.secret_key().to_owned();
    let id = world.workspace.summary().id;
    let row = world.all().await.swap_remove(0);
    let mut answers = Vec::new();
    let mut answer = |name: &'static str, json: serde_json::Result<String>| {
        answers.push((name, json.unwrap()));
    };
    let check = async || {
        let check = world
            .core
            .check_key(Secret::new(key.clone()), Some(world.sim.url()));
        check.await.unwrap()
    };
    let first = check().await;
    answer("check_key", serde_json::to_string(&first));
    let held = world.core.key_check(&first.check).await.unwrap();
    answer("key_check", serde_json::to_string(&held));
    let replaced = world
        .core
        .replace_key(&id, &first.check, in_file(PASSPHRASE))
        .await
        .unwrap();
    answer("replace_key", serde_json::to_string(&replaced));
    answer(
        "get_client",
        serde_json::to_string(&world.page(&row.id).await),
    );
    answer(
        "list_clients",
        serde_json::to_string(&world.find(&ClientQuery::default()).await),
    );
    let report = world.workspace.key_report().await.unwrap();
    answer("key_report", serde_json::to_string(&report));
    world.core.remove_workspace(&id, None).await.unwrap();
    let second = check().await;
    let added = world
        .core
        .add_workspace(&second.check, "Again", in_file(PASSPHRASE))
        .await
        .unwrap();
    answer("add_workspace", serde_json::to_string(&added));
    answer(
        "desk",
        serde_json::to_string(&world.core.desk().await.unwrap()),
    );
    answer(
        "diagnostics",
        serde_json::to_string(&world.core.diagnostics().await.unwrap()),
    );
    for (name, json) in answers {
        assert!(json.len() > 20, "{name}: {json}");
        for canary in [key.as_str(), &key["sk_test_".len()..], PASSPHRASE] {
            assert!(!json.contains(canary), "{name} answers {canary}");
        }
    }
}
