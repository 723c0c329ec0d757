//! The computer's keychain as the rest of Portico sees it: four calls and one light that says
//! "a password dialog is open".

#[cfg(not(target_os = "linux"))]
use super::os_keyring as store;
#[cfg(target_os = "linux")]
use super::secret_service as store;
use super::{Secret, SecretError};
use tokio::sync::watch;

/// Whether the keychain can be used now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeychainState {
    Ready,
    /// The next call opens the keychain's own password dialog.
    Locked,
    Absent {
        why: String,
    },
}

/// The secrets of one installation in the computer's keychain.
///
/// A call may wait as long as the person leaves the keychain's dialog open. Dropping its future
/// gives the wait up, and holds no later call back.
#[derive(Debug)]
pub struct Keychain {
    service: String,
    prompt: watch::Sender<bool>,
}

impl Keychain {
    /// `service` separates installations: `dev.portico.console`, another one in development.
    pub fn new(service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            prompt: watch::Sender::new(false),
        }
    }

    /// Looks without asking the person anything.
    pub async fn state(&self) -> KeychainState {
        store::state().await
    }

    /// `None` where nothing is stored. For a workspace that had a key this means that the key is
    /// lost: a locked keychain is unlocked or reported, never taken for an empty one.
    pub async fn get(&self, account: &str) -> Result<Option<Secret>, SecretError> {
        store::get(&self.service, account, &self.prompt).await
    }

    /// Keeps the secret, replacing what this account held.
    pub async fn set(&self, account: &str, secret: &Secret) -> Result<(), SecretError> {
        store::set(&self.service, account, secret, &self.prompt).await
    }

    /// Forgets the secret; to forget one that is not there is no error.
    pub async fn delete(&self, account: &str) -> Result<(), SecretError> {
        store::delete(&self.service, account, &self.prompt).await
    }

    /// `true` while a call of this keychain waits for the person to answer its dialog.
    pub fn watch_prompt(&self) -> watch::Receiver<bool> {
        self.prompt.subscribe()
    }
}

/// Keeps the light on while it lives, so that a cancelled call turns it off as well.
pub(super) struct PromptOpen<'a>(&'a watch::Sender<bool>);

impl<'a> PromptOpen<'a> {
    pub(super) fn new(prompt: &'a watch::Sender<bool>) -> Self {
        prompt.send_replace(true);
        Self(prompt)
    }
}

impl Drop for PromptOpen<'_> {
    fn drop(&mut self) {
        self.0.send_replace(false);
    }
}
