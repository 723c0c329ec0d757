//! How the live wire stands: what the process that runs it knows, and what a screen shows of it.

use crate::journal::LiveWireKind;
use crate::secrets::Secret;
use crate::wire::{self, Programs, Refusal};
use crate::workspaces::files::LiveWireSettings;
use chrono::{DateTime, Utc};
use serde::Serialize;
use specta::Type;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Everything about the live wire on the Settings screen.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct LiveWireState {
    pub kind: LiveWireKind,
    pub phase: LiveWirePhase,
    /// Why it is not running, in words.
    pub problem: Option<String>,
    pub stripe_cli: StripeCliFound,
    /// Where the relay's deliveries are listened for, on this computer only.
    pub port: u16,
    /// Where a relay is to deliver; empty until one was switched on.
    pub address: Option<String>,
    /// Whether there is a signing secret for the relay's deliveries.
    pub secret_stored: bool,
    /// Secrets of this workspace rest in the file that a passphrase opens.
    pub passphrase_needed: bool,
    /// Since this process runs it.
    pub delivered: u32,
    pub delivered_at: Option<DateTime<Utc>>,
    /// Why the newest delivery was refused, if it was.
    pub refusal: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LiveWirePhase {
    #[default]
    Off,
    Starting,
    Running,
    /// Something is missing or failed; tried again by itself.
    Waiting,
    /// In another process of Portico.
    Elsewhere,
}

/// The Stripe CLI of this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct StripeCliFound {
    /// As it says itself.
    pub version: Option<String>,
    /// Why it cannot be used, and what to do.
    pub problem: Option<String>,
}

/// What an open workspace holds of its wire.
#[derive(Debug, Default)]
pub(crate) struct LiveWire {
    /// The relay's signing secret, with the name it is stored under in the settings.
    secret: Mutex<Option<(String, Secret)>>,
    now: Mutex<Now>,
    /// Its version is not asked for at each look.
    asked: tokio::sync::Mutex<Option<(PathBuf, StripeCliFound)>>,
    /// Counts what was taken; closed with the workspace.
    deliveries: watch::Sender<u32>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Now {
    pub phase: LiveWirePhase,
    pub problem: Option<String>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub refusal: Option<String>,
}

impl LiveWire {
    pub(super) fn now(&self) -> Now {
        locked(&self.now).clone()
    }

    pub(super) fn deliveries(&self) -> watch::Receiver<u32> {
        self.deliveries.subscribe()
    }

    /// Whether that is news.
    pub(super) fn tell(&self, phase: LiveWirePhase, problem: Option<String>) -> bool {
        let mut now = locked(&self.now);
        let news = now.phase != phase || now.problem != problem;
        now.phase = phase;
        now.problem = problem;
        news
    }

    pub(super) fn note(&self, delivery: Result<(), Refusal>, at: DateTime<Utc>) {
        let mut now = locked(&self.now);
        now.refusal = delivery.err().map(|refusal| refusal.to_string());
        if delivery.is_ok() {
            now.delivered_at = Some(at);
            self.deliveries.send_modify(|count| *count += 1);
        }
    }

    /// Keeps what was stored under the present name.
    pub fn hold(&self, settings: &LiveWireSettings, secret: Option<Secret>) {
        *locked(&self.secret) = settings.webhook_secret.clone().zip(secret);
    }

    pub(super) fn held(&self, settings: &LiveWireSettings) -> Option<Secret> {
        let held = locked(&self.secret);
        let (name, secret) = held.as_ref()?;
        (settings.webhook_secret.as_ref() == Some(name)).then(|| secret.clone())
    }

    /// Goes on with the secret of another opening of the same workspace.
    pub fn take_over(&self, other: &Self) {
        *locked(&self.secret) = locked(&other.secret).clone();
    }

    pub(super) async fn stripe_cli(&self, programs: &Programs) -> StripeCliFound {
        let Some(program) = programs.stripe_cli() else {
            return StripeCliFound {
                version: None,
                problem: Some(super::NOT_INSTALLED.into()),
            };
        };
        let mut asked = self.asked.lock().await;
        if let Some((of, found)) = &*asked
            && *of == program
        {
            return found.clone();
        }
        match wire::version(&program).await {
            Ok(version) => {
                let found = StripeCliFound {
                    version: Some(version),
                    problem: None,
                };
                *asked = Some((program, found.clone()));
                found
            }
            Err(error) => StripeCliFound {
                version: None,
                problem: Some(error.to_string()),
            },
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
