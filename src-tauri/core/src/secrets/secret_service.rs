//! The keychain of Linux: the freedesktop Secret Service, spoken over D-Bus.
//!
//! Spoken directly, because the `keyring` crate's Linux store (which uses this same library, and
//! whose items ours are, attribute for attribute) keeps one connection for the process and holds
//! its mutex while a password dialog is open: one dialog left alone would block every later call,
//! and a keychain restarted, or started later than Portico, would stay unreachable. A connection
//! per call costs milliseconds.
//!
//! The dialog of a cancelled call stays on the screen until the person answers it. The protocol has
//! a `Dismiss` for that, but GNOME Keyring 42.1 aborts on it (measured), keys and all.

use super::keychain::PromptOpen;
use super::{KeychainState, Secret, SecretError};
use secret_service::{Collection, EncryptionType, Error, Item, SecretService};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;
use zeroize::Zeroizing;

/// D-Bus starts the keychain at the first call; one that is installed but broken never answers.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

pub(super) async fn state() -> KeychainState {
    let looked = async {
        let secrets = connect().await?;
        match default_collection(&secrets).await? {
            Some(collection) => collection.is_locked().await.map_err(failed),
            // A keychain nobody has used yet: nothing is locked, the first `set` creates one.
            None => Ok(false),
        }
    };
    match tokio::time::timeout(ANSWER_WITHIN, looked).await {
        Ok(Ok(false)) => KeychainState::Ready,
        Ok(Ok(true)) => KeychainState::Locked,
        Ok(Err(SecretError::Absent { why })) => KeychainState::Absent { why },
        Ok(Err(error)) => KeychainState::Absent {
            why: error.to_string(),
        },
        Err(_) => KeychainState::Absent { why: no_answer() },
    }
}

pub(super) async fn get(
    service: &str,
    account: &str,
    prompt: &watch::Sender<bool>,
) -> Result<Option<Secret>, SecretError> {
    let secrets = connect().await?;
    let Some(item) = find(&secrets, service, account, prompt).await? else {
        return Ok(None);
    };
    let bytes = Zeroizing::new(item.get_secret().await.map_err(failed)?);
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| SecretError::Keychain(format!("the entry {account} is not text")))?;
    Ok(Some(Secret::new(text)))
}

pub(super) async fn set(
    service: &str,
    account: &str,
    secret: &Secret,
    prompt: &watch::Sender<bool>,
) -> Result<(), SecretError> {
    let secrets = connect().await?;
    let bytes = secret.expose().as_bytes();
    if let Some(item) = find(&secrets, service, account, prompt).await? {
        return item.set_secret(bytes, "text/plain").await.map_err(failed);
    }
    let collection = match default_collection(&secrets).await? {
        Some(collection) => collection,
        None => {
            // The keychain asks the person for the new collection's password.
            let _open = PromptOpen::new(prompt);
            secrets
                .create_collection("Default", "default")
                .await
                .map_err(failed)?
        }
    };
    let label = format!("Portico: {account}");
    collection
        .create_item(
            &label,
            attributes(service, account),
            bytes,
            true,
            "text/plain",
        )
        .await
        .map_err(failed)?;
    Ok(())
}

pub(super) async fn delete(
    service: &str,
    account: &str,
    prompt: &watch::Sender<bool>,
) -> Result<(), SecretError> {
    let secrets = connect().await?;
    match find(&secrets, service, account, prompt).await? {
        Some(item) => item.delete().await.map_err(failed),
        None => Ok(()),
    }
}

async fn connect() -> Result<SecretService<'static>, SecretError> {
    let connecting = SecretService::connect(EncryptionType::Dh);
    match tokio::time::timeout(ANSWER_WITHIN, connecting).await {
        Ok(connected) => connected.map_err(|error| absent(&error)),
        Err(_) => Err(SecretError::Absent { why: no_answer() }),
    }
}

async fn default_collection<'a>(
    secrets: &'a SecretService<'_>,
) -> Result<Option<Collection<'a>>, SecretError> {
    match secrets.get_default_collection().await {
        Ok(collection) => Ok(Some(collection)),
        Err(Error::NoResult) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Finds the entry and unlocks what holds it, asking the person where needed.
///
/// The collection's lock is read before the search, because some keychains (KeePassXC) answer a
/// search in a locked collection with nothing, which would pass for a lost key.
async fn find<'a>(
    secrets: &'a SecretService<'_>,
    service: &str,
    account: &str,
    prompt: &watch::Sender<bool>,
) -> Result<Option<Item<'a>>, SecretError> {
    if let Some(collection) = default_collection(secrets).await?
        && collection.is_locked().await.map_err(failed)?
    {
        let _open = PromptOpen::new(prompt);
        collection.unlock().await.map_err(failed)?;
    }
    let found = secrets
        .search_items(attributes(service, account))
        .await
        .map_err(failed)?;
    if let Some(item) = found.unlocked.into_iter().next() {
        return Ok(Some(item));
    }
    // An entry in a collection that is not, or no longer, the default one.
    let Some(item) = found.locked.into_iter().next() else {
        return Ok(None);
    };
    let _open = PromptOpen::new(prompt);
    item.unlock().await.map_err(failed)?;
    Ok(Some(item))
}

/// The attributes by which the `keyring` crate finds its entries.
fn attributes<'a>(service: &'a str, account: &'a str) -> HashMap<&'a str, &'a str> {
    HashMap::from([("service", service), ("username", account)])
}

fn no_answer() -> String {
    format!(
        "it did not answer within {} seconds",
        ANSWER_WITHIN.as_secs()
    )
}

fn absent(error: &dyn std::error::Error) -> SecretError {
    SecretError::Absent {
        why: error.to_string(),
    }
}

fn failed(error: Error) -> SecretError {
    match error {
        Error::Locked | Error::Prompt | Error::PromptDisconnected => SecretError::Locked,
        Error::Unavailable => absent(&error),
        other => SecretError::Keychain(other.to_string()),
    }
}
