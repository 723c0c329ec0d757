//! The keychain against a real GNOME Keyring.

use crate::session_bus::{Keyring, Session, on_bus};
use portico_core::secrets::{Keychain, KeychainState, Secret, SecretError, account};
use secret_service::{EncryptionType, SecretService};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PASSWORD: &str = "correct horse";
const SERVICE: &str = "dev.portico.console.test";

fn keychain() -> Keychain {
    Keychain::new(SERVICE)
}

/// What the person's own "lock" in Passwords and Keys does.
async fn lock() {
    let service = SecretService::connect(EncryptionType::Dh).await.unwrap();
    let collection = service.get_default_collection().await.unwrap();
    collection.lock().await.unwrap();
}

const FIND_DIALOG: [&str; 4] = ["search", "--onlyvisible", "--class", "gcr-prompter"];

fn xdotool(arguments: &[&str]) -> bool {
    let output = Command::new("xdotool").args(arguments).output();
    output
        .expect("the package xdotool is installed")
        .status
        .success()
}

/// Without a window manager the keyboard belongs to the window under the pointer.
fn point_at_the_dialog() -> bool {
    let point = ["mousemove", "--window", "%1", "100", "100"];
    xdotool(&[&FIND_DIALOG[..], &point[..]].concat())
}

fn type_the_password() {
    assert!(xdotool(&["type", "--delay", "40", PASSWORD]));
    assert!(xdotool(&["key", "Return"]));
}

/// Starts a call that has to ask the person, and returns once its dialog is on the screen.
async fn asking(
    keychain: &Arc<Keychain>,
    name: &str,
) -> tokio::task::JoinHandle<Result<Option<Secret>, SecretError>> {
    let mut light = keychain.watch_prompt();
    let (keychain, name) = (Arc::clone(keychain), name.to_owned());
    let call = tokio::spawn(async move { keychain.get(&name).await });
    light.wait_for(|open| *open).await.unwrap();
    let start = Instant::now();
    let mut looks = tokio::time::interval(Duration::from_millis(50));
    while !point_at_the_dialog() {
        if call.is_finished() {
            panic!("it ended without asking: {:?}", call.await);
        }
        assert!(start.elapsed() < Duration::from_secs(60), "no dialog came");
        looks.tick().await;
    }
    call
}

#[test]
fn keeps_reads_replaces_and_forgets() {
    let body = async {
        let _keyring = Keyring::unlocked(PASSWORD);
        let keychain = keychain();
        let (key, other) = (account("ws_1", "stripe_key"), account("ws_2", "stripe_key"));
        assert_eq!(keychain.state().await, KeychainState::Ready);
        assert_eq!(keychain.get(&key).await.unwrap(), None);
        keychain.set(&key, &Secret::new("sk_test_1")).await.unwrap();
        keychain
            .set(&other, &Secret::new("sk_test_2"))
            .await
            .unwrap();
        keychain.set(&key, &Secret::new("sk_test_3")).await.unwrap();
        let kept = keychain.get(&key).await.unwrap().unwrap();
        assert_eq!(kept.expose(), "sk_test_3");
        let elsewhere = Keychain::new("dev.portico.console.other");
        assert_eq!(elsewhere.get(&key).await.unwrap(), None);
        keychain.delete(&key).await.unwrap();
        assert_eq!(keychain.get(&key).await.unwrap(), None);
        keychain.delete(&key).await.unwrap();
        let untouched = keychain.get(&other).await.unwrap().unwrap();
        assert_eq!(untouched.expose(), "sk_test_2");
    };
    on_bus(
        "keychain::keeps_reads_replaces_and_forgets",
        Session::Bus,
        body,
    );
}

/// The attributes are the `keyring` crate's, so that other tools find the entry as they would.
#[test]
fn the_entry_is_found_by_other_tools() {
    let body = async {
        let _keyring = Keyring::unlocked(PASSWORD);
        let key = account("ws_1", "stripe_key");
        keychain()
            .set(&key, &Secret::new("sk_test_1"))
            .await
            .unwrap();
        let service = SecretService::connect(EncryptionType::Dh).await.unwrap();
        let attributes = [("service", SERVICE), ("username", key.as_str())].into();
        let found = service.search_items(attributes).await.unwrap();
        assert_eq!(found.unlocked.len(), 1);
        assert_eq!(found.unlocked[0].get_secret().await.unwrap(), b"sk_test_1");
    };
    on_bus(
        "keychain::the_entry_is_found_by_other_tools",
        Session::Bus,
        body,
    );
}

#[test]
fn survives_a_restart_of_the_keychain() {
    let body = async {
        let keychain = keychain();
        let key = account("ws_1", "stripe_key");
        assert!(matches!(
            keychain.state().await,
            KeychainState::Absent { .. }
        ));
        let keyring = Keyring::unlocked(PASSWORD);
        keychain.set(&key, &Secret::new("sk_test_1")).await.unwrap();
        drop(keyring);
        assert!(matches!(
            keychain.get(&key).await,
            Err(SecretError::Absent { .. })
        ));
        let _keyring = Keyring::unlocked(PASSWORD);
        let kept = keychain.get(&key).await.unwrap().unwrap();
        assert_eq!(kept.expose(), "sk_test_1");
    };
    on_bus(
        "keychain::survives_a_restart_of_the_keychain",
        Session::Bus,
        body,
    );
}

#[test]
fn without_a_bus_it_is_absent() {
    let body = async {
        let keychain = keychain();
        assert!(matches!(
            keychain.state().await,
            KeychainState::Absent { .. }
        ));
        let error = keychain.get("ws_1/stripe_key").await.unwrap_err();
        assert!(matches!(error, SecretError::Absent { .. }), "{error}");
        assert!(
            error.to_string().contains("file protected by a passphrase"),
            "{error}"
        );
    };
    on_bus("keychain::without_a_bus_it_is_absent", Session::None, body);
}

#[test]
fn locked_without_a_screen_is_an_error_at_once() {
    let body = async {
        let _keyring = Keyring::unlocked(PASSWORD);
        let keychain = keychain();
        keychain.set("a", &Secret::new("sk_test_1")).await.unwrap();
        lock().await;
        assert_eq!(keychain.state().await, KeychainState::Locked);
        for attempt in [
            keychain.get("a").await.map(drop),
            keychain.set("a", &Secret::new("sk_test_2")).await,
            keychain.delete("a").await,
            keychain.get("never stored").await.map(drop),
        ] {
            assert!(matches!(attempt, Err(SecretError::Locked)), "{attempt:?}");
        }
    };
    on_bus(
        "keychain::locked_without_a_screen_is_an_error_at_once",
        Session::Bus,
        body,
    );
}

/// A key stored in an earlier session is behind a lock, not lost.
#[test]
fn a_keychain_that_nobody_unlocked_is_locked() {
    let body = async {
        let keychain = keychain();
        let earlier = Keyring::unlocked(PASSWORD);
        keychain.set("a", &Secret::new("sk_test_1")).await.unwrap();
        drop(earlier);
        let _keyring = Keyring::never_unlocked();
        assert_eq!(keychain.state().await, KeychainState::Locked);
        let read = keychain.get("a").await;
        assert!(matches!(read, Err(SecretError::Locked)), "{read:?}");
    };
    on_bus(
        "keychain::a_keychain_that_nobody_unlocked_is_locked",
        Session::Bus,
        body,
    );
}

/// On a computer where no keychain was ever made there is nothing to be lost or locked.
#[test]
fn a_keychain_never_made_is_empty_and_cannot_keep_without_a_screen() {
    let body = async {
        let _keyring = Keyring::never_unlocked();
        let keychain = keychain();
        assert_eq!(keychain.state().await, KeychainState::Ready);
        assert_eq!(keychain.get("a").await.unwrap(), None);
        let kept = keychain.set("a", &Secret::new("sk_test_1")).await;
        assert!(matches!(kept, Err(SecretError::Locked)), "{kept:?}");
    };
    on_bus(
        "keychain::a_keychain_never_made_is_empty_and_cannot_keep_without_a_screen",
        Session::Bus,
        body,
    );
}

#[test]
fn waits_for_the_dialog_and_reads_once_it_is_answered() {
    let body = async {
        let _keyring = Keyring::unlocked(PASSWORD);
        let keychain = Arc::new(keychain());
        keychain.set("a", &Secret::new("sk_test_1")).await.unwrap();
        lock().await;
        let call = asking(&keychain, "a").await;
        type_the_password();
        let read = call.await.unwrap().unwrap().unwrap();
        assert_eq!(read.expose(), "sk_test_1");
        assert!(!*keychain.watch_prompt().borrow());
    };
    on_bus(
        "keychain::waits_for_the_dialog_and_reads_once_it_is_answered",
        Session::Desktop,
        body,
    );
}

#[test]
fn a_dialog_closed_by_the_person_says_locked() {
    let body = async {
        let _keyring = Keyring::unlocked(PASSWORD);
        let keychain = Arc::new(keychain());
        keychain.set("a", &Secret::new("sk_test_1")).await.unwrap();
        lock().await;
        let call = asking(&keychain, "a").await;
        assert!(xdotool(&["key", "Escape"]));
        let read = call.await.unwrap();
        assert!(matches!(read, Err(SecretError::Locked)), "{read:?}");
        assert_eq!(keychain.state().await, KeychainState::Locked);
    };
    on_bus(
        "keychain::a_dialog_closed_by_the_person_says_locked",
        Session::Desktop,
        body,
    );
}

#[test]
fn a_cancelled_call_holds_no_other_back() {
    let body = async {
        let _keyring = Keyring::unlocked(PASSWORD);
        let keychain = Arc::new(keychain());
        keychain.set("a", &Secret::new("sk_test_1")).await.unwrap();
        lock().await;
        let given_up = asking(&keychain, "a").await;
        given_up.abort();
        let mut light = keychain.watch_prompt();
        light.wait_for(|open| !*open).await.unwrap();
        assert_eq!(keychain.state().await, KeychainState::Locked);
        // Its dialog still stands; what the person types there serves the next call.
        let next = asking(&keychain, "a").await;
        type_the_password();
        assert!(next.await.unwrap().unwrap().is_some());
    };
    on_bus(
        "keychain::a_cancelled_call_holds_no_other_back",
        Session::Desktop,
        body,
    );
}
