//! The secret with which Stripe signs what a relay passes on: it rests where the workspace's key
//! does, and never comes out again.

use super::LiveWireState;
use crate::events::Topic;
use crate::journal::{self, Author, Change, SecretStoreKind};
use crate::secrets::{self, Secret, SecretFile, WEBHOOK_SECRET};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use ulid::Ulid;

/// Stripe's own have 32 letters and more after `whsec_`.
const SHORTEST_TAIL: usize = 16;

impl Workspace {
    /// Stores it in place of the present one. While Stripe rolls a secret it signs with both, so the
    /// new one is enough at any time. `passphrase` is that of the key file, where the key is in one.
    pub async fn set_webhook_secret(
        &self,
        secret: Secret,
        passphrase: Option<Secret>,
    ) -> Result<LiveWireState> {
        self.staff_only()?;
        let author = self.author().await?;
        let secret = parse(secret.expose())?;
        let store = self.store_of_secrets()?;
        if store == SecretStoreKind::File {
            self.secret_file()
                .set(&typed(passphrase)?, WEBHOOK_SECRET, &secret)
                .await?;
        } else {
            self.key.keychain().set(&self.account(), &secret).await?;
        }
        journal::append(&self.store, &author, Change::WebhookSecretStored { store }).await?;
        self.change_file(|file| file.live_wire.webhook_secret = Some(Ulid::new().to_string()))?;
        self.live_wire.hold(&self.file().live_wire, Some(secret));
        self.announce();
        self.live_wire_state().await
    }

    pub async fn remove_webhook_secret(&self, passphrase: Option<Secret>) -> Result<LiveWireState> {
        let author = self.author().await?;
        if self.reread_file().live_wire.webhook_secret.is_some() {
            if self.store_of_secrets()? == SecretStoreKind::File {
                self.secret_file()
                    .delete(&typed(passphrase)?, WEBHOOK_SECRET)
                    .await?;
            } else {
                self.key.keychain().delete(&self.account()).await?;
            }
            self.lose_webhook_secret(&author).await?;
        }
        self.live_wire_state().await
    }

    /// Notes that it is not stored any more, if it was.
    pub(crate) async fn lose_webhook_secret(&self, author: &Author) -> Result<()> {
        if self.file().live_wire.webhook_secret.is_none() {
            return Ok(());
        }
        journal::append(&self.store, author, Change::WebhookSecretRemoved).await?;
        self.change_file(|file| file.live_wire.webhook_secret = None)?;
        self.live_wire.hold(&self.file().live_wire, None);
        self.announce();
        Ok(())
    }

    /// The stored secret; none where none is stored.
    pub(crate) async fn webhook_secret(&self) -> Result<Option<Secret>> {
        let settings = self.file().live_wire;
        if settings.webhook_secret.is_none() {
            return Ok(None);
        }
        if let Some(held) = self.live_wire.held(&settings) {
            return Ok(Some(held));
        }
        if self.store_of_secrets()? == SecretStoreKind::File {
            return Err(Error::SecretStore("The signing secret is in the key file, which was opened before it was stored there, or not at all. Restart Portico and type the passphrase.".into()));
        }
        let secret = self.key.keychain().get(&self.account()).await?;
        let secret = secret.ok_or_else(|| {
            Error::SecretStore(
                "The keychain no longer has the signing secret. Store it once more.".into(),
            )
        })?;
        self.live_wire.hold(&settings, Some(secret.clone()));
        Ok(Some(secret))
    }

    fn store_of_secrets(&self) -> Result<SecretStoreKind> {
        let key = self.file().key.ok_or(Error::KeyMissing)?;
        Ok(key.store)
    }

    fn secret_file(&self) -> SecretFile {
        SecretFile::in_folder(&self.store.folder)
    }

    fn account(&self) -> String {
        secrets::account(self.store.workspace.as_str(), WEBHOOK_SECRET)
    }

    pub(super) fn announce(&self) {
        self.store
            .announcer
            .announce(Some(&self.store.workspace), [Topic::LiveWire]);
    }
}

fn typed(passphrase: Option<Secret>) -> Result<Secret> {
    passphrase
        .filter(|typed| !typed.expose().is_empty())
        .ok_or_else(|| {
            Error::invalid(
                "passphrase",
                "Type the passphrase of the key file: this secret is kept in it too.",
            )
        })
}

fn parse(text: &str) -> Result<Secret> {
    let refuse = |why: &str| Err(Error::invalid("secret", why));
    let text = text.trim();
    if text.is_empty() {
        return refuse("Paste the signing secret of the webhook endpoint (whsec_…).");
    }
    if ["sk_", "rk_", "pk_"].iter().any(|of| text.starts_with(of)) {
        return refuse(
            "This is an API key, not a signing secret. The secret (whsec_…) stands with the webhook endpoint in the Dashboard, or with the relay.",
        );
    }
    let Some(tail) = text.strip_prefix("whsec_") else {
        return refuse("This is not a signing secret of Stripe. They start with whsec_.");
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    if tail.len() < SHORTEST_TAIL || !tail.chars().all(fits) {
        return refuse(
            "The signing secret is incomplete or has characters that none has. Copy all of it again.",
        );
    }
    Ok(Secret::new(text))
}
