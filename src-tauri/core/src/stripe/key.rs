//! What a person pastes as a key: which kinds are accepted, and why the others are not.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use specta::Type;
use zeroize::Zeroizing;

/// A key that the API accepts for one account in one mode. Never printed, only its kind and end.
#[derive(Clone)]
pub struct Key {
    secret: Zeroizing<String>,
    kind: KeyKind,
}

/// What may be shown of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeyKind {
    /// `rk_…`: only what its owner allowed.
    pub restricted: bool,
    /// Sandboxes and test mode both use `test`.
    pub livemode: bool,
    pub last4: String,
}

/// The shortest tail that is a key and not a fragment of one; Stripe's own have 24 and more.
const SHORTEST_TAIL: usize = 10;

impl Key {
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let refuse = |why: &str| Err(Error::invalid("key", why));
        if text.is_empty() {
            return refuse("Paste a key: a restricted key (rk_…) or a secret key (sk_…).");
        }
        if text.starts_with("pk_") {
            return refuse(
                "This is a publishable key (pk_…), made for web pages; it cannot read customers. Paste a restricted key (rk_…) or the secret key (sk_…).",
            );
        }
        if text.starts_with("whsec_") {
            return refuse(
                "This is the signing secret of a webhook endpoint (whsec_…), not an API key. Paste a restricted key (rk_…) or the secret key (sk_…).",
            );
        }
        if text.starts_with("sk_org") {
            return refuse(
                "This is a key of a whole organisation (sk_org…). Portico works with one account at a time: make a restricted key (rk_…) in that account.",
            );
        }
        let (restricted, livemode, tail) = if let Some(tail) = text.strip_prefix("sk_live_") {
            (false, true, tail)
        } else if let Some(tail) = text.strip_prefix("sk_test_") {
            (false, false, tail)
        } else if let Some(tail) = text.strip_prefix("rk_live_") {
            (true, true, tail)
        } else if let Some(tail) = text.strip_prefix("rk_test_") {
            (true, false, tail)
        } else {
            return refuse(
                "This is not a key of Stripe. Keys start with rk_live_, rk_test_, sk_live_ or sk_test_.",
            );
        };
        if tail.contains(['.', '…', '*', '•']) {
            return refuse(
                "This is the shortened form that the Dashboard shows. Reveal the key there and copy all of it.",
            );
        }
        if tail.len() < SHORTEST_TAIL
            || !tail.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            return refuse(
                "The key is incomplete or has characters that no key has. Copy all of it again.",
            );
        }
        let last4 = tail[tail.len() - 4..].to_owned();
        Ok(Self {
            secret: Zeroizing::new(text.to_owned()),
            kind: KeyKind {
                restricted,
                livemode,
                last4,
            },
        })
    }

    pub fn kind(&self) -> &KeyKind {
        &self.kind
    }

    pub(super) fn expose(&self) -> &str {
        &self.secret
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind.fmt(f)
    }
}
