//! The live wire: whose events are taken, and that nothing else gets past the listener.

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use portico_core::{
    Clock,
    secrets::Secret,
    wire::{Gate, Listener, Refusal},
};
use sha2::Sha256;
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const SECRET: &str = "whsec_of_the_house";
const OLD: &str = "whsec_being_rolled";
const NOW: i64 = 1_790_000_000;
const EVENT: &[u8] = br#"{"id":"evt_1","object":"event","livemode":false,"type":"invoice.paid"}"#;

fn sign(secret: &str, at: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.").as_bytes());
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

pub fn header(secret: &str, at: i64, body: &[u8]) -> String {
    format!("t={at},v1={}", sign(secret, at, body))
}

fn at(now: i64) -> Clock {
    Clock::from_fn(move || DateTime::<Utc>::from_timestamp(now, 0).unwrap())
}

fn gate(secrets: &[&str]) -> Gate {
    Gate::new(secrets.iter().map(|it| Secret::new(*it)), false, at(NOW)).unwrap()
}

#[test]
fn a_signature_of_stripes_own_library_fits() {
    // Made with stripe-node: webhooks.generateTestHeaderString({payload: EVENT, secret: SECRET,
    // timestamp: NOW}).
    let theirs = "t=1790000000,v1=07d130ffe199b6ccdbe162b9885f82e54be7febd535ee53bf886864e8212dd47";
    assert_eq!(gate(&[SECRET]).take(theirs, EVENT), Ok(()));
}

#[test]
fn only_what_was_signed_with_the_secret_is_taken() {
    let good = header(SECRET, NOW, EVENT);
    assert_eq!(gate(&[SECRET]).take(&good, EVENT), Ok(()));
    let refused = |header: &str, body: &[u8]| gate(&[SECRET]).take(header, body).unwrap_err();
    assert_eq!(refused(&header(OLD, NOW, EVENT), EVENT), Refusal::Forged);
    // Of the raw bytes: one more space is another body, and so is a shorter one.
    assert_eq!(refused(&good, &EVENT[..40]), Refusal::Forged);
    let spaced = [EVENT, b" "].concat();
    assert_eq!(refused(&good, &spaced), Refusal::Forged);
    // The secret is the whole string.
    let without = SECRET.trim_start_matches("whsec_");
    assert_eq!(
        refused(&header(without, NOW, EVENT), EVENT),
        Refusal::Forged
    );
    // Another time under the same signature.
    let moved = good.replacen(&NOW.to_string(), &(NOW - 1).to_string(), 1);
    assert_eq!(refused(&moved, EVENT), Refusal::Forged);
}

#[test]
fn only_v1_counts() {
    let signature = sign(SECRET, NOW, EVENT);
    let take = |header: String| gate(&[SECRET]).take(&header, EVENT);
    assert_eq!(
        take(format!("t={NOW},v0={signature}")),
        Err(Refusal::Forged)
    );
    assert_eq!(take(format!("t={NOW},v0=00,v1={signature}")), Ok(()));
    assert_eq!(take(format!("t={NOW}, v1=zz, v1={signature}")), Ok(()));
    for malformed in [
        String::new(),
        "v1".into(),
        format!("v1={signature}"),
        format!("t=now,v1={signature}"),
        format!("t={NOW},t={NOW},v1={signature}"),
    ] {
        assert_eq!(take(malformed), Err(Refusal::Malformed));
    }
}

#[test]
fn a_signature_holds_five_minutes_both_ways() {
    for (signed_at, outcome) in [
        (NOW - 300, Ok(())),
        (NOW - 301, Err(Refusal::Stale)),
        (NOW + 300, Ok(())),
        (NOW + 301, Err(Refusal::Future)),
    ] {
        let header = header(SECRET, signed_at, EVENT);
        assert_eq!(gate(&[SECRET]).take(&header, EVENT), outcome);
    }
}

#[test]
fn while_a_secret_is_rolled_either_signature_is_enough() {
    let both = format!(
        "t={NOW},v1={},v1={}",
        sign(SECRET, NOW, EVENT),
        sign(OLD, NOW, EVENT)
    );
    for known in [&[SECRET][..], &[OLD], &[OLD, SECRET]] {
        let gate = gate(known);
        assert_eq!(gate.take(&both, EVENT), Ok(()), "{known:?}");
        // Also by the other signature it is the same delivery.
        let again = header(known[0], NOW, EVENT);
        assert_eq!(gate.take(&again, EVENT), Err(Refusal::Replayed));
    }
}

#[test]
fn a_delivery_is_taken_once_and_a_new_one_of_the_same_event_again() {
    let gate = gate(&[SECRET]);
    let first = header(SECRET, NOW - 10, EVENT);
    assert_eq!(gate.take(&first, EVENT), Ok(()));
    assert_eq!(gate.take(&first, EVENT), Err(Refusal::Replayed));
    assert_eq!(gate.take(&header(SECRET, NOW, EVENT), EVENT), Ok(()));
}

/// What is forgotten is too old to be taken by then.
#[test]
fn no_replay_passes_when_what_was_taken_is_forgotten() {
    let now = Arc::new(AtomicI64::new(NOW));
    let clock = {
        let now = Arc::clone(&now);
        Clock::from_fn(move || DateTime::from_timestamp(now.load(Ordering::Relaxed), 0).unwrap())
    };
    let gate = Gate::new([Secret::new(SECRET)], false, clock).unwrap();
    let early = header(SECRET, NOW + 300, EVENT);
    assert_eq!(gate.take(&early, EVENT), Ok(()));
    for later in [0, 300, 600] {
        now.store(NOW + later, Ordering::Relaxed);
        assert_eq!(gate.take(&early, EVENT), Err(Refusal::Replayed));
    }
    now.store(NOW + 601, Ordering::Relaxed);
    assert_eq!(gate.take(&early, EVENT), Err(Refusal::Stale));
}

#[test]
fn test_and_live_stay_apart() {
    let live = br#"{"id":"evt_1","object":"event","livemode":true}"#;
    let taken = gate(&[SECRET]).take(&header(SECRET, NOW, live), live);
    assert_eq!(taken, Err(Refusal::WrongMode));
    for other in [&b"{\"object\":\"event\"}"[..], b"{}", b"hello", b""] {
        let taken = gate(&[SECRET]).take(&header(SECRET, NOW, other), other);
        assert_eq!(taken, Err(Refusal::NotAnEvent));
    }
}

#[test]
fn a_blank_secret_is_none() {
    for blank in ["", "  ", "\n"] {
        let gate = Gate::new([Secret::new(blank)], false, at(NOW));
        assert_eq!(gate.err(), Some(Refusal::NoSecret));
    }
    // Beside a good one it opens nothing.
    let taken = gate(&["", SECRET]).take(&header("", NOW, EVENT), EVENT);
    assert_eq!(taken, Err(Refusal::Forged));
}

struct Wire {
    listener: Listener,
    woken: Arc<AtomicUsize>,
}

impl Wire {
    async fn open() -> Self {
        let woken = Arc::new(AtomicUsize::new(0));
        let wake = {
            let woken = Arc::clone(&woken);
            move |delivery: Result<(), Refusal>| {
                woken.fetch_add(usize::from(delivery.is_ok()), Ordering::Relaxed);
            }
        };
        let listener = Listener::open(0, "a-token", gate(&[SECRET]), wake).await;
        Self {
            listener: listener.unwrap(),
            woken,
        }
    }

    fn address(&self) -> String {
        let url = self.listener.url();
        let url = url.strip_prefix("http://").unwrap();
        url.split('/').next().unwrap().to_owned()
    }

    /// Sends these bytes and nothing more; the first line of what is answered.
    async fn send(&self, bytes: &[u8]) -> String {
        let mut socket = TcpStream::connect(self.address()).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // The other side may hang up on what it does not want.
        let _ = socket.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    async fn post(&self, path: &str, length: usize, body: &[u8]) -> String {
        let signature = header(SECRET, NOW, body);
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\nstripe-signature: {signature}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n",
            self.address()
        );
        self.send(&[head.as_bytes(), body].concat()).await
    }

    fn woken(&self) -> usize {
        self.woken.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn a_delivered_event_only_wakes() {
    let wire = Wire::open().await;
    assert!(wire.listener.url().starts_with("http://127.0.0.1:"));
    let answer = wire.post("/a-token", EVENT.len(), EVENT).await;
    assert_eq!(answer, "HTTP/1.1 200 OK");
    assert_eq!(wire.woken(), 1);
    let answer = wire.post("/a-token", EVENT.len(), EVENT).await;
    assert_eq!(answer, "HTTP/1.1 400 Bad Request");
    assert_eq!(wire.woken(), 1);
}

#[tokio::test]
async fn what_is_not_meant_for_it_wakes_nothing() {
    let wire = Wire::open().await;
    let refused = wire.post("/another-token", EVENT.len(), EVENT).await;
    assert_eq!(refused, "HTTP/1.1 404 Not Found");
    let cut = wire.post("/a-token", EVENT.len() + 5, EVENT).await;
    assert!(!cut.contains("200"), "{cut}");
    let get = wire.send(b"GET /a-token HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert_eq!(get.await, "HTTP/1.1 405 Method Not Allowed");
    let unsigned =
        b"POST /a-token HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    assert_eq!(wire.send(unsigned).await, "HTTP/1.1 400 Bad Request");
    assert_eq!(wire.woken(), 0);
}

#[tokio::test]
async fn ten_megabytes_are_refused_before_they_are_read() {
    let wire = Wire::open().await;
    // Nothing of the body is sent, and the answer comes all the same.
    let announced = wire.post("/a-token", 10 << 20, b"").await;
    assert_eq!(announced, "HTTP/1.1 413 Payload Too Large");
    // Without a length it is read up to a megabyte.
    let mut chunked = b"POST /a-token HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n200000\r\n".to_vec();
    chunked.resize(chunked.len() + (2 << 20), b' ');
    chunked.extend(b"\r\n0\r\n\r\n");
    let answer = wire.send(&chunked).await;
    assert!(
        answer.is_empty() || answer == "HTTP/1.1 413 Payload Too Large",
        "{answer}"
    );
    assert_eq!(wire.woken(), 0);
}

#[tokio::test]
async fn a_dropped_listener_listens_no_more() {
    let wire = Wire::open().await;
    let address = wire.address();
    drop(wire);
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
