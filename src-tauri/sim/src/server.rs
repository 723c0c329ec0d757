//! A running simulator: its three listeners and how it stops.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use chrono::{NaiveTime, Utc};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::control::Control;
use crate::disorder::Order;
use crate::keys::Keys;
use crate::limits::Limiter;
use crate::options::Options;
use crate::population::Population;
use crate::shared::Shared;
use crate::state::State;
use crate::store::Store;
use crate::wire::{Breaker, WireListener};
use crate::{api, control_http, pages};

/// Stops when it is dropped.
pub struct Sim {
    url: String,
    control_url: String,
    pages_url: String,
    account: String,
    secret_key: String,
    restricted_key: String,
    webhook_secret: String,
    control: Control,
    listeners: JoinSet<std::io::Result<()>>,
    /// Connections outlive the listener that accepted them.
    connections: Breaker,
}

impl Sim {
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let api = listen(options.port).await?;
        let control = listen(0).await?;
        let pages = listen(0).await?;
        let (url, control_url, pages_url) = (url_of(&api)?, url_of(&control)?, url_of(&pages)?);
        let now = options
            .now
            .unwrap_or_else(|| Utc::now().date_naive().and_time(NaiveTime::MIN).and_utc());
        let clock = Clock::starting_at(now);
        let (seed, customers) = (options.seed, options.customers);
        // Making half a million rows takes a moment; other tasks go on meanwhile.
        let made = tokio::task::spawn_blocking(move || {
            Population::new(seed, customers, now.timestamp() as u32)
        });
        let population = made.await.map_err(std::io::Error::other)?;
        let keys = Keys::new(population.ids, options.key_permissions);
        let state = State {
            store: Store::new(population, pages_url.clone()),
            clock,
            pages: pages_url.clone(),
            sessions_used: HashMap::new(),
            login_codes: HashMap::new(),
            order: Order::default(),
        };
        let limiter = Limiter::new(options.limits);
        let shared = Arc::new(Shared::new(
            state,
            keys.clone(),
            limiter,
            options.latency_ms,
        ));
        let door = Control::new(Arc::clone(&shared));
        let stopped = Breaker::default();
        let wired = |listener| WireListener {
            listener,
            stopped: stopped.clone(),
        };
        let (api, control, pages) = (wired(api), wired(control), wired(pages));
        let mut listeners = JoinSet::new();
        let app = Router::new()
            .fallback(api::answer)
            .with_state(Arc::clone(&shared));
        let app = app.into_make_service_with_connect_info::<Breaker>();
        listeners.spawn(async move { axum::serve(api, app).await });
        let app = control_http::router(door.clone());
        listeners.spawn(async move { axum::serve(control, app).await });
        let app = pages::router(shared);
        listeners.spawn(async move { axum::serve(pages, app).await });
        Ok(Self {
            url,
            control_url,
            pages_url,
            account: keys.account,
            secret_key: keys.secret,
            restricted_key: keys.restricted,
            webhook_secret: keys.webhook_secret,
            control: door,
            listeners,
            connections: stopped,
        })
    }

    /// Base URL of the API.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn control_url(&self) -> &str {
        &self.control_url
    }

    /// Base URL of the hosted pages.
    pub fn pages_url(&self) -> &str {
        &self.pages_url
    }

    pub fn account_id(&self) -> &str {
        &self.account
    }

    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    pub fn restricted_key(&self) -> &str {
        &self.restricted_key
    }

    pub fn webhook_secret(&self) -> &str {
        &self.webhook_secret
    }

    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Stops answering and waits until the ports are free.
    pub async fn shutdown(mut self) {
        self.connections.break_connection();
        self.listeners.shutdown().await;
    }

    /// Serves until one of the listeners fails.
    pub async fn serve(mut self) -> std::io::Result<()> {
        match self.listeners.join_next().await {
            Some(ended) => ended.map_err(std::io::Error::other)?,
            None => Ok(()),
        }
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.connections.break_connection();
    }
}

async fn listen(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

fn url_of(listener: &TcpListener) -> std::io::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}
