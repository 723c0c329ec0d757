//! Takes events that are delivered to this computer, and does nothing with them but say that
//! something happened: what happened is asked of Stripe.

use super::signature::{Gate, Refusal};
use crate::{Error, Result};
use axum::{
    Router,
    body::{Body, HttpBody},
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, sync::oneshot};
use ulid::Ulid;

/// Stripe's events are a few kilobytes.
const LARGEST: usize = 1 << 20;
/// A sender on this computer has no reason to be slower.
const PATIENCE: Duration = Duration::from_secs(10);

/// The listener that this one replaces may not be closed quite yet.
const CLOSING: Duration = Duration::from_millis(50);
const CLOSING_LOOKS: u32 = 10;

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    token: String,
    /// Closed with it. Connections that are open end too, so that nothing comes by one that was
    /// kept alive.
    _open: oneshot::Sender<()>,
}

struct Shared {
    gate: Gate,
    hear: Box<dyn Fn(Result<(), Refusal>) + Send + Sync>,
}

impl Listener {
    /// On loopback only, where no other computer can reach it. `port` 0 lets the system choose;
    /// `token` is the path, so that other programs of this computer do not find it by chance.
    pub async fn open(
        port: u16,
        token: &str,
        gate: Gate,
        hear: impl Fn(Result<(), Refusal>) + Send + Sync + 'static,
    ) -> Result<Self> {
        let taken =
            || format!("Port {port} of this computer cannot be listened on; choose another");
        let listener = bind(port).await.map_err(Error::io(taken()))?;
        let address = listener.local_addr().map_err(Error::io(taken()))?;
        let (open, closed) = oneshot::channel();
        let shared = Arc::new(Shared {
            gate,
            hear: Box::new(hear),
        });
        let routes = Router::new()
            .route(&format!("/{token}"), post(take))
            .with_state(shared);
        tokio::spawn(async move {
            let closed = async {
                // Nothing is ever sent.
                let _ = closed.await;
            };
            let serving = axum::serve(listener, routes).with_graceful_shutdown(closed);
            if let Err(error) = serving.await {
                tracing::warn!(%error, "the listener for events stopped");
            }
        });
        Ok(Self {
            address,
            token: token.to_owned(),
            _open: open,
        })
    }

    /// Where events are to be delivered.
    pub fn url(&self) -> String {
        address(self.address, &self.token)
    }
}

/// Whether a listener could be opened there.
pub async fn is_free(port: u16) -> std::io::Result<()> {
    bind(port).await.map(drop)
}

async fn bind(port: u16) -> std::io::Result<TcpListener> {
    let mut tries = 0..CLOSING_LOOKS;
    loop {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Err(error) if error.kind() == ErrorKind::AddrInUse && tries.next().is_some() => {
                tokio::time::sleep(CLOSING).await;
            }
            bound => return bound,
        }
    }
}

/// Where a listener with this token is found.
pub fn address(socket: SocketAddr, token: &str) -> String {
    format!("http://{socket}/{token}")
}

/// A new path that nobody guesses.
pub fn token() -> String {
    Ulid::new().to_string().to_lowercase()
}

async fn take(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> (StatusCode, String) {
    let too_large = || {
        (
            StatusCode::PAYLOAD_TOO_LARGE,
            "larger than any event".to_owned(),
        )
    };
    // Announced as too large: not even the beginning is read.
    if body.size_hint().lower() > LARGEST as u64 {
        return too_large();
    }
    let body = match tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, LARGEST)).await {
        Ok(Ok(body)) => body,
        Ok(Err(error)) if is_too_large(&error) => return too_large(),
        _ => return (StatusCode::BAD_REQUEST, "cut off".to_owned()),
    };
    let header = headers.get("stripe-signature").map(|it| it.to_str());
    let header = header.and_then(|it| it.ok()).unwrap_or_default();
    let delivery = shared.gate.take(header, &body);
    (shared.hear)(delivery);
    match delivery {
        Ok(()) => (StatusCode::OK, String::new()),
        Err(refusal) => {
            tracing::warn!(%refusal, "a delivered event was refused");
            (StatusCode::BAD_REQUEST, refusal.to_string())
        }
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let cause = std::error::Error::source(error);
    cause.is_some_and(|cause| cause.to_string().contains("length limit"))
}
