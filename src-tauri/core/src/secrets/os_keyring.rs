//! The keychain of macOS (Keychain Services) and Windows (Credential Manager), through `keyring`.

use super::keychain::PromptOpen;
use super::{KeychainState, Secret, SecretError};
use keyring::{Entry, Error};
use std::time::Duration;
use tokio::sync::watch;
use zeroize::Zeroizing;

/// These systems do not tell that their dialog is open; a call that takes longer is waiting for it.
const PROMPT_AFTER: Duration = Duration::from_millis(300);

pub(super) async fn state() -> KeychainState {
    match tokio::task::spawn_blocking(Entry::store_status).await {
        Ok(Ok(())) => KeychainState::Ready,
        Ok(Err(error)) => KeychainState::Absent {
            why: error.to_string(),
        },
        Err(error) => KeychainState::Absent {
            why: error.to_string(),
        },
    }
}

pub(super) async fn get(
    service: &str,
    account: &str,
    prompt: &watch::Sender<bool>,
) -> Result<Option<Secret>, SecretError> {
    let read = call(service, account, prompt, |entry| entry.get_password()).await;
    match read {
        Ok(text) => Ok(Some(Secret::new(text))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

pub(super) async fn set(
    service: &str,
    account: &str,
    secret: &Secret,
    prompt: &watch::Sender<bool>,
) -> Result<(), SecretError> {
    let secret = Zeroizing::new(secret.expose().to_owned());
    call(service, account, prompt, move |entry| {
        entry.set_password(&secret)
    })
    .await
    .map_err(failed)
}

pub(super) async fn delete(
    service: &str,
    account: &str,
    prompt: &watch::Sender<bool>,
) -> Result<(), SecretError> {
    match call(service, account, prompt, |entry| entry.delete_credential()).await {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

/// Runs the call on a thread of its own: it blocks while a dialog is open. A caller that gives up
/// leaves that thread behind, which holds nothing that another call needs.
async fn call<T: Send + 'static>(
    service: &str,
    account: &str,
    prompt: &watch::Sender<bool>,
    act: impl FnOnce(Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (service, account) = (service.to_owned(), account.to_owned());
    let mut running = tokio::task::spawn_blocking(move || act(Entry::new(&service, &account)?));
    let finished = match tokio::time::timeout(PROMPT_AFTER, &mut running).await {
        Ok(finished) => finished,
        Err(_) => {
            let _open = PromptOpen::new(prompt);
            running.await
        }
    };
    finished.unwrap_or_else(|crash| Err(Error::PlatformFailure(Box::new(crash))))
}

fn failed(error: Error) -> SecretError {
    match error {
        Error::NoStorageAccess(_) => SecretError::Locked,
        Error::NoDefaultStore => SecretError::Absent {
            why: error.to_string(),
        },
        other => SecretError::Keychain(other.to_string()),
    }
}
