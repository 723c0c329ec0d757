//! A workspace's key while it is open: where it stands, and the client that uses it.

use super::files::KeptKey;
use super::types::KeyState;
use crate::events::{Announcer, Topic};
use crate::ids::WorkspaceId;
use crate::journal::SecretStoreKind;
use crate::secrets::{self, Keychain, Secret, SecretError};
use crate::stripe::{ApiBase, Client, Key, Pace, Reads};
use crate::{Clock, Error, Result};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// What is known of the key now; `None` while the keychain is being asked.
type Known = Option<(KeyState, Option<InUse>)>;

/// A key at work.
#[derive(Debug, Clone)]
struct InUse {
    client: Arc<Client>,
    /// For the Stripe CLI, which needs the key itself; wiped together with the client's header.
    secret: Secret,
}

/// Holds the key in the form of the client that uses it, and tells how it stands.
#[derive(Debug)]
pub(crate) struct KeyHolder {
    workspace: WorkspaceId,
    base: ApiBase,
    pace: Pace,
    clock: Clock,
    keychain: Arc<Keychain>,
    announcer: Announcer,
    known: watch::Sender<Known>,
    /// By every key that this workspace has had since they were last written down.
    reads: Arc<Reads>,
    asking: Mutex<Option<AbortHandle>>,
}

impl KeyHolder {
    pub fn new(
        workspace: WorkspaceId,
        base: ApiBase,
        pace: Pace,
        clock: Clock,
        keychain: Arc<Keychain>,
        announcer: Announcer,
    ) -> Arc<Self> {
        let (known, asking) = (watch::Sender::new(None), Mutex::new(None));
        Arc::new(Self {
            workspace,
            base,
            pace,
            clock,
            keychain,
            announcer,
            known,
            reads: Arc::default(),
            asking,
        })
    }

    /// Finds out about the key without holding anybody up.
    pub fn load(self: &Arc<Self>, kept: Option<&KeptKey>) {
        match kept.map(|kept| kept.store) {
            None => self.tell(KeyState::Removed, None),
            Some(SecretStoreKind::File) => self.tell(KeyState::FileLocked, None),
            // Of the sample data: the process that runs it installs the key, no other can.
            Some(SecretStoreKind::Memory) => self.tell(KeyState::Removed, None),
            Some(SecretStoreKind::Keychain) => self.ask_keychain(),
        }
    }

    fn ask_keychain(self: &Arc<Self>) {
        self.known.send_replace(None);
        let holder = Arc::clone(self);
        let task = tokio::spawn(async move {
            let mut prompt = holder.keychain.watch_prompt();
            let account = secrets::account(holder.workspace.as_str(), secrets::STRIPE_KEY);
            let asked = holder.keychain.get(&account);
            tokio::pin!(asked);
            loop {
                tokio::select! {
                    answer = &mut asked => return holder.answered(answer),
                    Ok(()) = prompt.changed() => {
                        if *prompt.borrow_and_update() {
                            holder.tell(KeyState::KeychainWaiting, None);
                        }
                    }
                }
            }
        });
        *self.asking.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }

    fn answered(&self, answer: Result<Option<Secret>, SecretError>) {
        match answer {
            Ok(Some(secret)) => {
                if let Err(error) = self.install(&secret, SecretStoreKind::Keychain) {
                    tracing::error!(%error, "the keychain's entry is no key");
                    self.tell(KeyState::KeychainLost, None);
                }
            }
            Ok(None) => self.tell(KeyState::KeychainLost, None),
            Err(SecretError::Locked) => self.tell(KeyState::KeychainLocked, None),
            Err(error) => self.tell(
                KeyState::KeychainAbsent {
                    message: error.to_string(),
                },
                None,
            ),
        }
    }

    /// Puts a key to use.
    pub fn install(&self, secret: &Secret, store: SecretStoreKind) -> Result<()> {
        let key = Key::parse(secret.expose())?;
        let (restricted, last4) = (key.kind().restricted, key.kind().last4.clone());
        let client = Client::new(self.base.clone(), key, self.pace, self.clock.clone())?
            .counting(Arc::clone(&self.reads));
        self.tell(
            KeyState::Ready {
                restricted,
                last4,
                store,
            },
            Some(InUse {
                client: Arc::new(client),
                secret: secret.clone(),
            }),
        );
        Ok(())
    }

    /// Goes on with what another holder of the same workspace knows.
    pub fn take_over(&self, other: &Self) {
        let known = other.known.borrow().clone();
        if let Some((state, in_use)) = known {
            self.stop_asking();
            let counting = |InUse { client, secret }| InUse {
                client: Arc::new(Client::clone(&client).counting(Arc::clone(&self.reads))),
                secret,
            };
            self.tell(state, in_use.map(counting));
        }
    }

    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// The key itself, while Stripe can be asked with it.
    pub fn secret(&self) -> Option<Secret> {
        let known = self.known.borrow();
        let in_use = known.as_ref().and_then(|(_, in_use)| in_use.as_ref());
        in_use.map(|in_use| in_use.secret.clone())
    }

    pub fn keychain(&self) -> &Keychain {
        &self.keychain
    }

    pub fn forget(&self) {
        self.tell(KeyState::Removed, None);
    }

    /// Stripe answered 401: nothing more is asked with this key.
    pub fn refused(&self, message: &str) {
        let last4 = match &*self.known.borrow() {
            Some((KeyState::Ready { last4, .. } | KeyState::Refused { last4, .. }, _)) => {
                last4.clone()
            }
            _ => return,
        };
        self.tell(
            KeyState::Refused {
                last4,
                message: message.to_owned(),
            },
            None,
        );
    }

    /// Asks the keychain again, where that can help.
    pub fn retry(self: &Arc<Self>, kept: Option<&KeptKey>) {
        self.stop_asking();
        self.load(kept);
    }

    /// Gives up waiting for the keychain's dialog.
    pub fn cancel(&self) {
        self.stop_asking();
        self.tell(KeyState::KeychainLocked, None);
    }

    fn stop_asking(&self) {
        if let Some(task) = self
            .asking
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            task.abort();
        }
    }

    /// How the key stands; waits for the keychain's answer, but not for a person at its dialog.
    pub async fn state(&self) -> KeyState {
        self.settled().await.0
    }

    /// The client, or why there is none.
    pub async fn client(&self) -> Result<Arc<Client>> {
        let (state, in_use) = self.settled().await;
        if let Some(in_use) = in_use {
            return Ok(in_use.client);
        }
        Err(match state {
            KeyState::Refused { message, .. } => Error::KeyRefused(message),
            KeyState::Ready { .. } | KeyState::Removed => Error::KeyMissing,
            KeyState::KeychainAbsent { message } => Error::SecretStore(message),
            KeyState::KeychainLocked => SecretError::Locked.into(),
            KeyState::KeychainWaiting => {
                Error::SecretStore("The keychain waits for its password in a dialog of its own. Answer it, then try again.".into())
            }
            KeyState::KeychainLost => Error::SecretStore(
                "The keychain no longer has this workspace's key. Add the key again in Settings; what was read before stays readable.".into(),
            ),
            KeyState::FileLocked => {
                Error::SecretStore("The key is in a file that a passphrase protects. Type the passphrase to use it.".into())
            }
        })
    }

    async fn settled(&self) -> (KeyState, Option<InUse>) {
        let mut known = self.known.subscribe();
        let settled = known
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|known| known.clone());
        settled.unwrap_or((KeyState::Removed, None))
    }

    fn tell(&self, state: KeyState, in_use: Option<InUse>) {
        self.known.send_replace(Some((state, in_use)));
        self.announcer.announce(Some(&self.workspace), [Topic::Key]);
    }
}
