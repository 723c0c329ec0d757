//! Whether a delivered event is Stripe's, of this workspace, of now, and new: what a forged request
//! to the listener must not get past.

use crate::Clock;
use crate::secrets::Secret;
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// Seconds that a signature holds, as in Stripe's own libraries. Those take any time in the future;
/// here it is refused as well, or whoever once saw such a request could replay it until then.
const TOLERANCE: i64 = 300;

/// Why a delivery is not taken. Told to whoever sent it, so it names nothing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no signing secret is set")]
    NoSecret,
    #[error("the Stripe-Signature header is missing or malformed")]
    Malformed,
    #[error("the signature is too old")]
    Stale,
    #[error("the signature is from the future; check this computer's clock")]
    Future,
    #[error("no signature fits")]
    Forged,
    #[error("this delivery was taken before")]
    Replayed,
    #[error("this is not an event")]
    NotAnEvent,
    #[error("the event is of the other mode (live or test)")]
    WrongMode,
}

/// Knows the secrets of one workspace, and what was delivered lately.
pub struct Gate {
    secrets: Vec<Secret>,
    livemode: bool,
    clock: Clock,
    /// Time and digest of what was taken within the tolerance.
    taken: Mutex<BTreeSet<(i64, [u8; 32])>>,
}

impl Gate {
    /// Several secrets while one is being rolled. A blank one is none: anybody can sign with it.
    pub fn new(
        secrets: impl IntoIterator<Item = Secret>,
        livemode: bool,
        clock: Clock,
    ) -> Result<Self, Refusal> {
        let blank = |secret: &Secret| secret.expose().trim().is_empty();
        let secrets: Vec<Secret> = secrets.into_iter().filter(|it| !blank(it)).collect();
        if secrets.is_empty() {
            return Err(Refusal::NoSecret);
        }
        Ok(Self {
            secrets,
            livemode,
            clock,
            taken: Mutex::default(),
        })
    }

    /// `body` as it came, byte for byte: reading and writing it again would change what was signed.
    pub fn take(&self, header: &str, body: &[u8]) -> Result<(), Refusal> {
        let signed = Signed::parse(header).ok_or(Refusal::Malformed)?;
        let now = self.clock.now().timestamp();
        if signed.at < now - TOLERANCE {
            return Err(Refusal::Stale);
        }
        if signed.at > now + TOLERANCE {
            return Err(Refusal::Future);
        }
        if !self.secrets.iter().any(|secret| signed.fits(secret, body)) {
            return Err(Refusal::Forged);
        }
        let event: Event = serde_json::from_slice(body).map_err(|_| Refusal::NotAnEvent)?;
        if event.object != "event" {
            return Err(Refusal::NotAnEvent);
        }
        if event.livemode != self.livemode {
            return Err(Refusal::WrongMode);
        }
        // Not by signature: of several valid ones each would pass once. Not by event id: what
        // Stripe delivers again is signed anew, and may well wake the tail again.
        let digest = Sha256::digest(body).into();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|(at, _)| *at >= now - TOLERANCE);
        if taken.insert((signed.at, digest)) {
            Ok(())
        } else {
            Err(Refusal::Replayed)
        }
    }
}

#[derive(Deserialize)]
struct Event {
    object: String,
    livemode: bool,
}

/// `t=<unix>,v1=<hex>[,v1=<hex>…][,v0=…]`
struct Signed {
    at: i64,
    /// The time as it was written, which is what was signed.
    written: String,
    signatures: Vec<Vec<u8>>,
}

impl Signed {
    /// Other schemes than v1 are passed over: taking a weaker one would let a forger choose it.
    fn parse(header: &str) -> Option<Self> {
        let mut written = None;
        let mut signatures = Vec::new();
        for part in header.split(',') {
            match part.trim().split_once('=')? {
                ("t", time) if written.is_none() => written = Some(time),
                ("t", _) => return None,
                ("v1", signature) => signatures.extend(hex::decode(signature)),
                _ => {}
            }
        }
        let written = written?;
        Some(Self {
            at: written.parse().ok()?,
            written: written.to_owned(),
            signatures,
        })
    }

    fn fits(&self, secret: &Secret, body: &[u8]) -> bool {
        // The key is the whole secret with its `whsec_`. HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else {
            return false;
        };
        mac.update(self.written.as_bytes());
        mac.update(b".");
        mac.update(body);
        // Compares in constant time.
        let fits = |signature: &Vec<u8>| mac.clone().verify_slice(signature).is_ok();
        self.signatures.iter().any(fits)
    }
}
