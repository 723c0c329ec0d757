//! What must never be seen: keys and passwords, in the computer's keychain or, where Linux offers
//! none, in a file that a passphrase locks.

mod file;
mod keychain;
#[cfg(not(target_os = "linux"))]
mod os_keyring;
#[cfg(target_os = "linux")]
mod secret_service;

pub use file::SecretFile;
pub use keychain::{Keychain, KeychainState};

use std::path::PathBuf;
use zeroize::Zeroizing;

/// The name of a workspace's Stripe key, in the keychain and in the file.
pub const STRIPE_KEY: &str = "stripe_key";
/// The name of the secret with which a relay's deliveries are signed.
pub const WEBHOOK_SECRET: &str = "webhook_secret";

/// The keychain account of one secret of one workspace.
pub fn account(workspace_id: &str, name: &str) -> String {
    format!("{workspace_id}/{name}")
}

/// A key, password or passphrase: wiped from memory when dropped, and neither printable nor
/// serialisable, so that it cannot leave by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The secret itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why a secret could not be read or kept, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error(
        "This computer offers no keychain ({why}). Start one (GNOME Keyring, KWallet or KeePassXC) and try again, or keep the key in a file protected by a passphrase."
    )]
    Absent { why: String },

    #[error(
        "The keychain is locked, and was not unlocked when it asked. Unlock it with its password (often that of your login), then try again."
    )]
    Locked,

    #[error(
        "The keychain failed: {0}. Try again; if it keeps failing, restart the keychain or log in again."
    )]
    Keychain(String),

    #[error("Type a passphrase; an empty one would protect nothing.")]
    PassphraseEmpty,

    #[error("The passphrase does not open {}. Check it and try again.", .0.display())]
    WrongPassphrase(PathBuf),

    #[error(
        "{} is damaged or was cut off, so its keys cannot be read. Put a backup of the file back, or remove it and add the key again.",
        .0.display()
    )]
    FileDamaged(PathBuf),

    #[error(
        "{} is not a file of keys that Portico wrote. Move it elsewhere, then add the key again.",
        .0.display()
    )]
    FileForeign(PathBuf),

    #[error(
        "{} could not be read or written: {source}. Check the disk and the permissions of its folder.",
        .path.display()
    )]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl From<SecretError> for crate::Error {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::WrongPassphrase(_) => Self::WrongPassphrase,
            SecretError::File { source, .. }
                if source.kind() == std::io::ErrorKind::StorageFull =>
            {
                Self::DiskFull
            }
            other => Self::SecretStore(other.to_string()),
        }
    }
}
