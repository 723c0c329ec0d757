//! A key's way into the product: checked, held in memory, kept in a secret store, replaced, removed.

use super::Core;
use crate::ids::WorkspaceId;
use crate::journal::{self, Change, SecretStoreKind};
use crate::secrets::{self, KeychainState, Secret, SecretFile};
use crate::stripe::permissions::{self, KeyReport};
use crate::stripe::{ApiBase, Client, Key};
use crate::workspaces::files::{KeptKey, WorkspaceFile};
use crate::workspaces::{KeepKeyIn, KeyCheck, KeyState, StoreChoice};
use crate::{Error, Result};
use std::path::Path;
use std::sync::PoisonError;

/// A pasted key, checked, waiting to be saved or discarded.
pub(super) struct HeldKey {
    pub secret: Secret,
    pub base: ApiBase,
    pub report: KeyReport,
    pub account: String,
}

impl Core {
    /// Asks Stripe about a pasted key and holds it in memory; what is answered names it by `check`.
    pub async fn check_key(&self, key: Secret, api_base: Option<&str>) -> Result<KeyCheck> {
        let parsed = Key::parse(key.expose())?;
        let base = match api_base.or(self.0.options.api_base.as_deref()) {
            Some(address) => ApiBase::parse(address)?,
            None => ApiBase::stripe()?,
        };
        let options = &self.0.options;
        let client = Client::new(base.clone(), parsed, options.pace, options.clock.clone())?;
        let report = permissions::probe(&client).await.map_err(|error| match error {
            // Nothing is connected yet: there are no Settings to go to.
            Error::KeyRefused(words) => Error::invalid(
                "key",
                format!("Stripe refused the key: {words} Paste it whole; if it was rolled or has expired, make a new one in Stripe."),
            ),
            error => error,
        })?;
        let account = report.account_id.clone().ok_or_else(|| {
            Error::invalid("key", "Stripe did not tell whose key this is. Add the permission to read basic account information to it.")
        })?;
        let check = ulid::Ulid::new().to_string();
        let held = HeldKey {
            secret: key,
            base,
            report,
            account,
        };
        self.0
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(check.clone(), held);
        self.key_check(&check).await
    }

    /// What was found out about a held key.
    pub async fn key_check(&self, check: &str) -> Result<KeyCheck> {
        let (report, account) =
            self.with_held(check, |held| (held.report.clone(), held.account.clone()))?;
        Ok(KeyCheck {
            check: check.to_owned(),
            existing: self.existing(&account, report.livemode)?,
            kept: self.kept_journal(&account, report.livemode).await?,
            restricted: report.restricted,
            last4: report.last4,
            livemode: report.livemode,
            account,
            account_name: report.account_name,
            country: report.country,
            permissions: report.permissions,
            stores: self.stores().await,
        })
    }

    pub fn discard_key_check(&self, check: &str) {
        self.0
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(check);
    }

    pub(super) fn with_held<T>(&self, check: &str, read: impl FnOnce(&HeldKey) -> T) -> Result<T> {
        let held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(check)
            .map(read)
            .ok_or_else(|| Error::invalid("key", "Paste the key again; it is not held any more."))
    }

    pub(super) fn existing(&self, account: &str, livemode: bool) -> Result<Option<WorkspaceId>> {
        let same = |file: &WorkspaceFile| {
            file.account == account && file.livemode == livemode && !file.demo
        };
        Ok(self
            .files()?
            .into_iter()
            .find(|(_, file)| same(file))
            .map(|(_, file)| file.id))
    }

    async fn stores(&self) -> Vec<StoreChoice> {
        let (usable, message) = match self.0.keychain.state().await {
            KeychainState::Ready => (
                true,
                "This computer's keychain, unlocked with your login.".to_owned(),
            ),
            KeychainState::Locked => (
                true,
                "This computer's keychain; it is locked and will ask for its password.".to_owned(),
            ),
            KeychainState::Absent { why } => {
                (false, format!("This computer offers no keychain ({why})."))
            }
        };
        let mut stores = vec![StoreChoice {
            store: SecretStoreKind::Keychain,
            usable,
            message,
        }];
        if cfg!(target_os = "linux") {
            stores.push(StoreChoice {
                store: SecretStoreKind::File,
                usable: true,
                message: "A file that a passphrase protects; Portico asks for it at each start."
                    .into(),
            });
        }
        stores
    }

    pub(super) async fn keep(
        &self,
        id: &WorkspaceId,
        folder: &Path,
        secret: &Secret,
        keep: &KeepKeyIn,
        report: &KeyReport,
        signing: Option<&Secret>,
    ) -> Result<KeptKey> {
        let named = [
            (secrets::STRIPE_KEY, Some(secret)),
            (secrets::WEBHOOK_SECRET, signing),
        ];
        let named = named
            .into_iter()
            .filter_map(|(name, secret)| Some((name, secret?)));
        let store = match keep {
            KeepKeyIn::Keychain => {
                for (name, secret) in named {
                    let account = secrets::account(id.as_str(), name);
                    self.0.keychain.set(&account, secret).await?;
                }
                SecretStoreKind::Keychain
            }
            KeepKeyIn::File { passphrase } => {
                let passphrase = Secret::new(passphrase.clone());
                let file = SecretFile::in_folder(folder);
                for (name, secret) in named {
                    file.set(&passphrase, name, secret).await?;
                }
                SecretStoreKind::File
            }
        };
        Ok(KeptKey {
            restricted: report.restricted,
            last4: report.last4.clone(),
            store,
        })
    }

    /// Puts a held key in place of the present one. Account and mode must be the workspace's.
    pub async fn replace_key(
        &self,
        id: &WorkspaceId,
        check: &str,
        keep: KeepKeyIn,
    ) -> Result<KeyState> {
        let workspace = self.workspace(id).await?;
        let author = workspace.author().await?;
        let (secret, report, account) = self.with_held(check, |held| {
            (
                held.secret.clone(),
                held.report.clone(),
                held.account.clone(),
            )
        })?;
        let file = workspace.file();
        if account != file.account || report.livemode != file.livemode {
            return Err(Error::invalid(
                "key",
                format!(
                    "This key belongs to another account or mode than {} ({}). The present key stays.",
                    file.name, file.account
                ),
            ));
        }
        let folder = workspace.store.folder.clone();
        // It rests where the key does, so it moves with it, if it can be read now.
        let signing = workspace.webhook_secret().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the signing secret is not there to be moved");
            None
        });
        let key = self
            .replace_kept(id, &folder, &secret, &keep, &report, signing.as_ref())
            .await?;
        workspace.change_file(|file| file.key = Some(key.clone()))?;
        if signing.is_none() {
            workspace.lose_webhook_secret(&author).await?;
        }
        if file
            .key
            .as_ref()
            .is_some_and(|before| before.store != key.store)
        {
            self.forget(id, &folder, file.key.as_ref()).await?;
        }
        workspace.key.install(&secret, key.store)?;
        self.discard_key_check(check);
        let KeptKey {
            restricted,
            last4,
            store,
        } = key;
        journal::append(
            workspace.store(),
            &author,
            Change::KeyStored {
                restricted,
                last4,
                store,
            },
        )
        .await?;
        Ok(workspace.key_state().await)
    }

    /// A file from before has a passphrase that may be forgotten, so a new file takes its place
    /// once it is whole.
    async fn replace_kept(
        &self,
        id: &WorkspaceId,
        folder: &Path,
        secret: &Secret,
        keep: &KeepKeyIn,
        report: &KeyReport,
        signing: Option<&Secret>,
    ) -> Result<KeptKey> {
        let made = tempfile::tempdir_in(folder)
            .map_err(Error::io("The key file could not be replaced"))?;
        let key = self
            .keep(id, made.path(), secret, keep, report, signing)
            .await?;
        if key.store == SecretStoreKind::File {
            SecretFile::in_folder(made.path()).move_to(folder)?;
        }
        Ok(key)
    }

    /// Removes the key, and the signing secret beside it, from this computer; local data stays
    /// readable.
    pub async fn remove_key(&self, id: &WorkspaceId) -> Result<KeyState> {
        let workspace = self.workspace(id).await?;
        let author = workspace.author().await?;
        workspace.cancel_sync().await?;
        self.forget(id, &workspace.store.folder, workspace.file().key.as_ref())
            .await?;
        workspace.change_file(|file| file.key = None)?;
        workspace.key.forget();
        journal::append(workspace.store(), &author, Change::KeyRemoved).await?;
        workspace.lose_webhook_secret(&author).await?;
        Ok(workspace.key_state().await)
    }

    pub(super) async fn forget(
        &self,
        id: &WorkspaceId,
        folder: &Path,
        key: Option<&KeptKey>,
    ) -> Result<()> {
        match key.map(|key| key.store) {
            Some(SecretStoreKind::Keychain) => {
                for name in [secrets::STRIPE_KEY, secrets::WEBHOOK_SECRET] {
                    let account = secrets::account(id.as_str(), name);
                    self.0.keychain.delete(&account).await?;
                }
                Ok(())
            }
            Some(SecretStoreKind::File) => {
                SecretFile::in_folder(folder).remove().map_err(Error::from)
            }
            Some(SecretStoreKind::Memory) | None => Ok(()),
        }
    }
}
