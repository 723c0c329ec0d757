//! Takes events that are delivered to this computer, and does nothing with them but say that
//! something happened: what happened is asked of Stripe.

use super::signature::Gate;
use crate::{Error, Result};
use axum::{
    Router,
    body::{Body, HttpBody},
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, task::AbortHandle};

/// Stripe's events are a few kilobytes.
const LARGEST: usize = 1 << 20;
/// A sender on this computer has no reason to be slower.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    path: String,
    task: AbortHandle,
}

struct Shared {
    gate: Gate,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Listener {
    /// On loopback only, where no other computer can reach it. `port` 0 lets the system choose;
    /// `token` is the path, so that other programs of this computer do not find it by chance.
    pub async fn open(
        port: u16,
        token: &str,
        gate: Gate,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let taken =
            || format!("Port {port} of this computer cannot be listened on; choose another");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(Error::io(taken()))?;
        let address = listener.local_addr().map_err(Error::io(taken()))?;
        let path = format!("/{token}");
        let shared = Arc::new(Shared {
            gate,
            wake: Box::new(wake),
        });
        let routes = Router::new().route(&path, post(take)).with_state(shared);
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::warn!(%error, "the listener for events stopped");
            }
        });
        Ok(Self {
            address,
            path,
            task: task.abort_handle(),
        })
    }

    /// Where events are to be delivered.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
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
    match shared.gate.take(header, &body) {
        Ok(()) => {
            (shared.wake)();
            (StatusCode::OK, String::new())
        }
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
