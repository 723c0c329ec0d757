//! The live wire switched on and off: what is delivered here is in the mirror without waiting for
//! the next poll, and off is off.
#![cfg(unix)]

use crate::wire::header;
use crate::world::{PASSPHRASE, World, add, files_under, options_in, until};
use chrono::Utc;
use portico_core::{
    Core, Error, Options,
    journal::LiveWireKind,
    secrets::Secret,
    stripe::resource,
    sync::health::FreshnessLevel,
    wire::Programs,
    workspaces::{KeepKeyIn, LiveWirePhase, LiveWireState, Workspace},
};
use serde_json::json;
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};
use tokio::net::{TcpListener, TcpStream};

const OF_THE_CLI: &str = "whsec_ofTheStripeCliAlone0123456789";
const OF_THE_RELAY: &str = "whsec_ofTheRelayAlone0123456789abc";

/// In place of Portico's guard, whose own story the terminal's tests tell.
const GUARD: &str = "#!/bin/sh\nshift\nexec \"$@\"\n";

/// Tells its version and its secret; otherwise notes where it is to deliver, and goes on until its
/// input ends.
const STAND_IN: &str = r#"#!/bin/sh
cd "$(dirname "$0")"
case "$*" in
--version) echo "stripe version 1.99.0" ;;
*--print-secret*) echo whsec_ofTheStripeCliAlone0123456789 ;;
*) echo "$3 $$ $STRIPE_API_KEY $*" > told.new; mv told.new told; echo "> Ready! You are using it"; exec cat > /dev/null ;;
esac
"#;

fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
    let program = folder.join(name);
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    program
}

/// A window on a filled workspace that asks Stripe every ten minutes, so within the patience of `until`
/// only because it was woken.
struct Desk {
    world: World,
    folder: tempfile::TempDir,
    programs: tempfile::TempDir,
    core: Core,
    here: Arc<Workspace>,
    customer: String,
}

fn options(folder: &Path, programs: &Path) -> Options {
    Options {
        background: true,
        programs: Programs {
            path: programs.into(),
            guard: programs.join("guard"),
        },
        ..options_in(folder.into())
    }
}

impl Desk {
    async fn new() -> Self {
        let world = World::new().await;
        let (folder, programs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        program(programs.path(), "guard", GUARD);
        let core = Core::open(options(folder.path(), programs.path())).unwrap();
        core.set_staff("Ada", None).await.unwrap();
        let added = add(&core, world.sim.secret_key(), world.sim.url(), "Agency").await;
        let here = core.workspace(&added.id).await.unwrap();
        until("it is filled", || async {
            here.freshness().await.unwrap().level == FreshnessLevel::Fresh
        })
        .await;
        let customer = world.listed(&resource::CUSTOMERS).await.swap_remove(0);
        Self {
            world,
            folder,
            programs,
            core,
            here,
            customer,
        }
    }

    async fn state(&self) -> LiveWireState {
        self.here.live_wire_state().await.unwrap()
    }

    async fn is(&self, phase: LiveWirePhase) {
        until(&format!("{phase:?}"), || async {
            self.state().await.phase == phase
        })
        .await;
    }

    async fn switch(&self, kind: LiveWireKind, port: Option<u16>) -> Result<LiveWireState, Error> {
        self.here.set_live_wire(kind, port).await
    }

    /// What the Stripe CLI was told: the address, its process, the key, all arguments.
    async fn told(&self) -> Vec<String> {
        let told = self.programs.path().join("told");
        until("the Stripe CLI runs", || async { told.exists() }).await;
        let told = std::fs::read_to_string(told).unwrap();
        told.split_whitespace().map(str::to_owned).collect()
    }

    async fn renamed_in_stripe(&self, name: &str) {
        let changes = json!({"name": name});
        self.world
            .sim
            .control()
            .update(&self.customer, &changes)
            .unwrap();
    }

    async fn is_here(&self, name: &str) {
        until("the change is in the mirror", || async {
            let found: Option<String> =
                sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
                    .bind(&self.customer)
                    .fetch_one(&self.here.store().reader)
                    .await
                    .unwrap();
            found.as_deref() == Some(name)
        })
        .await;
    }

    async fn entries(&self, kind: &str) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM timeline WHERE kind = ?")
            .bind(kind)
            .fetch_one(&self.here.store().reader)
            .await
            .unwrap()
    }

    /// No secret in any file, and no key; the key file is encrypted.
    fn keeps_quiet(&self) {
        let key = self.world.sim.secret_key();
        for (path, bytes) in files_under(self.folder.path()) {
            for secret in [OF_THE_CLI, OF_THE_RELAY, key] {
                let found = bytes
                    .windows(secret.len())
                    .any(|part| part == secret.as_bytes());
                assert!(!found, "{} holds a secret", path.display());
            }
        }
    }
}

/// Delivers an event as Stripe or its CLI does; what is answered.
async fn deliver(address: &str, secret: &str, livemode: bool) -> u16 {
    let event = json!({"id": "evt_1", "object": "event", "livemode": livemode}).to_string();
    let signature = header(secret, Utc::now().timestamp(), event.as_bytes());
    let sent = reqwest::Client::new()
        .post(address)
        .header("stripe-signature", signature)
        .body(event)
        .send();
    sent.await.unwrap().status().as_u16()
}

async fn is_closed(address: &str) {
    let socket = address.trim_start_matches("http://");
    let socket = socket.split('/').next().unwrap();
    until("the port is closed", || async {
        TcpStream::connect(socket).await.is_err()
    })
    .await;
}

fn is_alive(pid: &str) -> bool {
    let asked = Command::new("kill")
        .args(["-0", pid])
        .stderr(Stdio::null())
        .status();
    asked.unwrap().success()
}

fn field(refused: Result<LiveWireState, Error>) -> &'static str {
    match refused {
        Err(Error::Invalid { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_stripe_cli_brings_a_change_before_the_next_poll_until_it_is_switched_off() {
    let desk = Desk::new().await;
    let off = desk.state().await;
    assert_eq!(
        (off.kind, off.phase),
        (LiveWireKind::None, LiveWirePhase::Off)
    );
    let missing = off.stripe_cli.problem.unwrap();
    assert!(missing.contains("Install it"), "{missing}");
    let refused = desk.switch(LiveWireKind::StripeCli, None).await;
    assert_eq!(refused.unwrap_err().to_string(), missing);

    program(desk.programs.path(), "stripe", STAND_IN);
    let on = desk.switch(LiveWireKind::StripeCli, None).await.unwrap();
    assert_eq!(on.stripe_cli.version.as_deref(), Some("1.99.0"));
    desk.is(LiveWirePhase::Running).await;
    let told = desk.told().await;
    let (address, pid, key, arguments) = (&told[0], &told[1], &told[2], told[3..].join(" "));
    assert_eq!(key, desk.world.sim.secret_key());
    assert!(!arguments.contains(key.as_str()), "{arguments}");
    // A simulator's key is not for Stripe to see.
    let base = format!("--api-base {}", desk.world.sim.url());
    assert!(
        arguments.contains(base.trim_end_matches('/')),
        "{arguments}"
    );

    desk.renamed_in_stripe("Delivered").await;
    assert_eq!(deliver(address, OF_THE_CLI, false).await, 200);
    desk.is_here("Delivered").await;
    let state = desk.state().await;
    assert_eq!((state.delivered, state.refusal), (1, None));
    assert!(state.delivered_at.is_some());

    assert_eq!(deliver(address, OF_THE_CLI, true).await, 400);
    assert_eq!(deliver(address, OF_THE_RELAY, false).await, 400);
    let state = desk.state().await;
    assert_eq!(state.refusal.as_deref(), Some("no signature fits"));
    assert_eq!(state.delivered, 1);

    let off = desk.switch(LiveWireKind::None, None).await.unwrap();
    assert_eq!(off.phase, LiveWirePhase::Off);
    is_closed(address).await;
    until("the Stripe CLI is gone", || async { !is_alive(pid) }).await;
    assert_eq!(desk.entries("live_wire_set").await, 2);
    desk.keeps_quiet();
}

#[tokio::test]
async fn a_relay_needs_its_secret_and_a_port_and_ends_with_the_key() {
    let desk = Desk::new().await;
    let secret = Secret::new(OF_THE_RELAY);
    let passphrase = || Some(Secret::new(PASSPHRASE));
    assert_eq!(
        field(desk.switch(LiveWireKind::Relay, None).await),
        "secret"
    );
    for wrong in [
        "",
        "whsec_",
        "whsec_tooShort",
        "rk_test_1234567890123456",
        "whsec_of the house of 1",
    ] {
        let refused = desk
            .here
            .set_webhook_secret(Secret::new(wrong), passphrase());
        assert_eq!(field(refused.await), "secret", "{wrong}");
    }
    let refused = desk.here.set_webhook_secret(secret.clone(), None).await;
    assert_eq!(field(refused), "passphrase");
    let refused = desk
        .here
        .set_webhook_secret(secret.clone(), Some(Secret::new("another passphrase")));
    assert!(matches!(refused.await, Err(Error::WrongPassphrase)));
    assert!(!desk.state().await.secret_stored);
    let stored = desk
        .here
        .set_webhook_secret(secret.clone(), passphrase())
        .await;
    assert!(stored.unwrap().secret_stored);

    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let relay = |port| desk.switch(LiveWireKind::Relay, Some(port));
    assert_eq!(field(relay(80).await), "port");
    assert_eq!(field(relay(port).await), "port");
    drop(taken);
    let address = relay(port).await.unwrap().address.unwrap();
    assert!(
        address.starts_with(&format!("http://127.0.0.1:{port}/")),
        "{address}"
    );
    desk.is(LiveWirePhase::Running).await;
    desk.renamed_in_stripe("Passed on").await;
    assert_eq!(deliver(&address, OF_THE_RELAY, false).await, 200);
    desk.is_here("Passed on").await;
    assert_eq!(deliver(&address, OF_THE_RELAY, true).await, 400);
    let refusal = desk.state().await.refusal.unwrap();
    assert!(refusal.contains("other mode"), "{refusal}");
    desk.keeps_quiet();

    // It moves with the key, here to a file with another passphrase.
    let id = desk.here.store().workspace.clone();
    let sim = &desk.world.sim;
    let check = desk
        .core
        .check_key(Secret::new(sim.secret_key()), Some(sim.url()));
    let check = check.await.unwrap().check;
    let another = "another long passphrase";
    let keep = KeepKeyIn::File {
        passphrase: another.into(),
    };
    desk.core.replace_key(&id, &check, keep).await.unwrap();
    desk.here
        .unlock_key_file(Secret::new(another))
        .await
        .unwrap();
    assert!(desk.state().await.secret_stored);
    desk.is(LiveWirePhase::Running).await;
    assert_eq!(deliver(&address, OF_THE_RELAY, false).await, 200);

    desk.core.remove_key(&id).await.unwrap();
    desk.is(LiveWirePhase::Waiting).await;
    is_closed(&address).await;
    let state = desk.state().await;
    assert!(state.problem.unwrap().contains("there is no key"));
    assert!(!state.secret_stored, "it rested beside the key");
    for (kind, times) in [
        ("live_wire_set", 1),
        ("webhook_secret_stored", 1),
        ("webhook_secret_removed", 1),
    ] {
        assert_eq!(desk.entries(kind).await, times, "{kind}");
    }
}

/// Another process of the same workspace decides; the one with the background carries it out, and
/// after a restart it goes on once the key file is opened.
#[tokio::test]
async fn what_a_second_window_decides_the_first_one_runs_and_a_restart_goes_on_with() {
    let desk = Desk::new().await;
    program(desk.programs.path(), "stripe", STAND_IN);
    let id = desk.here.store().workspace.clone();
    let second = Core::open(options(desk.folder.path(), desk.programs.path())).unwrap();
    let there = second.workspace(&id).await.unwrap();
    there
        .unlock_key_file(Secret::new(PASSPHRASE))
        .await
        .unwrap();
    let state = there.set_live_wire(LiveWireKind::StripeCli, None).await;
    assert_eq!(state.unwrap().phase, LiveWirePhase::Elsewhere);
    desk.is(LiveWirePhase::Running).await;
    let pid = desk.told().await.swap_remove(1);
    there.set_live_wire(LiveWireKind::None, None).await.unwrap();
    until("the first ends it", || async { !is_alive(&pid) }).await;

    let stored = desk
        .here
        .set_webhook_secret(Secret::new(OF_THE_RELAY), Some(Secret::new(PASSPHRASE)));
    stored.await.unwrap();
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let on = desk.switch(LiveWireKind::Relay, Some(port)).await.unwrap();
    let address = on.address.unwrap();
    desk.is(LiveWirePhase::Running).await;
    drop((second, there));
    let Desk {
        world: _world,
        folder,
        programs,
        core,
        here,
        ..
    } = desk;
    drop((core, here));
    is_closed(&address).await;

    let again = Core::open(options(folder.path(), programs.path())).unwrap();
    let here = again.workspace(&id).await.unwrap();
    until("it waits for the key", || async {
        let state = here.live_wire_state().await.unwrap();
        state.phase == LiveWirePhase::Waiting
    })
    .await;
    here.unlock_key_file(Secret::new(PASSPHRASE)).await.unwrap();
    until("it listens again", || async {
        here.live_wire_state().await.unwrap().phase == LiveWirePhase::Running
    })
    .await;
    assert_eq!(deliver(&address, OF_THE_RELAY, false).await, 200);
}
