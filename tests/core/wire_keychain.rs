//! The relay's signing secret in a real keychain, beside the key.

use crate::session_bus::{Keyring, Session, on_bus};
use crate::world::{PASSPHRASE, options_in, until};
use portico_core::{
    Core, Options,
    journal::LiveWireKind,
    secrets::{Keychain, STRIPE_KEY, Secret, WEBHOOK_SECRET, account},
    workspaces::{KeepKeyIn, LiveWirePhase, Workspace},
};
use stripe_sim::Sim;
use tokio::net::TcpListener;

const SECRET: &str = "whsec_ofTheRelayAlone0123456789abc";

async fn listens(workspace: &Workspace) {
    until("it listens", || async {
        workspace.live_wire_state().await.unwrap().phase == LiveWirePhase::Running
    })
    .await;
}

#[test]
fn it_needs_no_person_at_the_next_start_and_moves_with_the_key() {
    let body = async {
        let _keyring = Keyring::unlocked("correct horse");
        let sim = Sim::start(stripe_sim::Options::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let options = || Options {
            background: true,
            ..options_in(folder.path().into())
        };
        let core = Core::open(options()).unwrap();
        core.set_staff("Ada", None).await.unwrap();
        let check = core.check_key(Secret::new(sim.secret_key()), Some(sim.url()));
        let check = check.await.unwrap().check;
        let added = core.add_workspace(&check, "Agency", KeepKeyIn::Keychain);
        let id = added.await.unwrap().id;
        let here = core.workspace(&id).await.unwrap();
        let stored = here.set_webhook_secret(Secret::new(SECRET), None);
        assert!(!stored.await.unwrap().passphrase_needed);
        let keychain = Keychain::new(options().keychain_service);
        let entry = async |name| keychain.get(&account(id.as_str(), name)).await.unwrap();
        assert_eq!(entry(WEBHOOK_SECRET).await.unwrap().expose(), SECRET);
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let on = here.set_live_wire(LiveWireKind::Relay, Some(port)).await;
        on.unwrap();
        listens(&here).await;
        drop((core, here));

        let core = Core::open(options()).unwrap();
        let here = core.workspace(&id).await.unwrap();
        listens(&here).await;
        let check = core.check_key(Secret::new(sim.secret_key()), Some(sim.url()));
        let check = check.await.unwrap().check;
        let keep = KeepKeyIn::File {
            passphrase: PASSPHRASE.into(),
        };
        core.replace_key(&id, &check, keep).await.unwrap();
        assert_eq!(entry(STRIPE_KEY).await, None);
        assert_eq!(entry(WEBHOOK_SECRET).await, None);
        let state = here.live_wire_state().await.unwrap();
        assert!(state.secret_stored && state.passphrase_needed, "{state:?}");
        listens(&here).await;
        let removed = here.remove_webhook_secret(Some(Secret::new(PASSPHRASE)));
        assert!(!removed.await.unwrap().secret_stored);
        until("nothing is taken unsigned", || async {
            let state = here.live_wire_state().await.unwrap();
            state.phase == LiveWirePhase::Waiting
        })
        .await;
    };
    on_bus(
        "wire_keychain::it_needs_no_person_at_the_next_start_and_moves_with_the_key",
        Session::Bus,
        body,
    );
}
