//! A running simulator: its three listeners and how it stops.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use chrono::{NaiveTime, Utc};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::billing::Billing;
use crate::clock::Clock;
use crate::control::Control;
use crate::disorder::Order;
use crate::idempotency::Idempotency;
use crate::keys::Keys;
use crate::limits::Limiter;
use crate::options::Options;
use crate::population::Population;
use crate::saved::Saved;
use crate::shared::{Home, Shared};
use crate::state::State;
use crate::store::Store;
use crate::wire::{Breaker, WireListener};
use crate::{api, control_http, pages};

/// Stops when it is dropped.
pub struct Sim {
    url: String,
    control_url: String,
    pages_url: String,
    pages_moved: bool,
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
        let path = options.state.clone();
        let read = tokio::task::spawn_blocking(move || match path {
            Some(path) => Saved::read(&path),
            None => Ok(None),
        });
        let saved = read.await.map_err(std::io::Error::other)??;
        let before = saved.as_ref().map_or([0; 3], |saved| saved.ports);
        let api = match options.port {
            0 => listen_again(before[0]).await?,
            port => listen(port).await?,
        };
        let control = listen_again(before[1]).await?;
        let pages = listen_again(before[2]).await?;
        let ports = [port_of(&api)?, port_of(&control)?, port_of(&pages)?];
        let (url, control_url, pages_url) = (url_of(&api)?, url_of(&control)?, url_of(&pages)?);
        let began = || Utc::now().date_naive().and_time(NaiveTime::MIN).and_utc();
        let (seed, customers, began) = match &saved {
            Some(saved) => (saved.seed, saved.customers, saved.began),
            None => (
                options.seed,
                options.customers,
                options.now.unwrap_or_else(began),
            ),
        };
        let clock = Clock::starting_at(saved.as_ref().map_or(began, |saved| saved.now));
        // Making half a million rows takes a moment; other tasks go on meanwhile.
        let made = tokio::task::spawn_blocking(move || {
            Population::new(seed, customers, began.timestamp() as u32)
        });
        let population = made.await.map_err(std::io::Error::other)?;
        let mut keys = Keys::new(population.ids, options.key_permissions);
        let store = Store::new(population, pages_url.clone());
        let digest = store.digest();
        let mut state = State {
            store,
            clock,
            pages: pages_url.clone(),
            sessions_used: HashMap::new(),
            login_codes: HashMap::new(),
            pauses: HashMap::new(),
            invoices_asked: HashMap::new(),
            order: Order::default(),
            billing: Billing::new(options.billing, options.after_retries),
            held: None,
        };
        let (mut requests, mut idempotency) = (0, Idempotency::default());
        let mut pages_moved = false;
        if let (Some(saved), Some(path)) = (saved, &options.state) {
            saved.fits(path, &digest)?;
            pages_moved = saved.pages != pages_url;
            let saved = saved.move_pages(&pages_url)?;
            state
                .store
                .restore(saved.shelves, saved.left_out, saved.lives);
            state.sessions_used = saved.sessions_used.into_iter().collect();
            state.login_codes = saved.login_codes;
            state.pauses = saved.pauses.into_iter().collect();
            state.invoices_asked = saved.invoices_asked.into_iter().collect();
            state.order = saved.order;
            state.look_at_test_clocks();
            keys.roll_to(saved.keys_rolled);
            keys.permissions = saved.permissions;
            (requests, idempotency) = (saved.requests, saved.idempotency);
        }
        let home = Home {
            path: options.state,
            customers,
            digest,
            ports,
        };
        let limiter = Limiter::new(options.limits);
        let shared = Shared::new(state, keys.clone(), limiter, options.latency_ms, home);
        shared.restore(requests, idempotency);
        let shared = Arc::new(shared);
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
            pages_moved,
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

    /// Whether the port of the pages was no longer free: what clients read before names another.
    pub fn pages_moved(&self) -> bool {
        self.pages_moved
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

    /// Stops answering and waits until the ports are free. State that could not be saved is lost; who
    /// must know asks [`Control::save`] before.
    pub async fn shutdown(mut self) {
        self.connections.break_connection();
        self.listeners.shutdown().await;
        self.control.save().ok();
    }

    /// Serves until one of the listeners fails or the program is told to end; then saves.
    pub async fn serve(mut self) -> std::io::Result<()> {
        let served = tokio::select! {
            ended = self.listeners.join_next() => match ended {
                Some(ended) => ended.map_err(std::io::Error::other)?,
                None => Ok(()),
            },
            told = told_to_end() => told,
        };
        let saved = self
            .control
            .save()
            .map(|_| ())
            .map_err(std::io::Error::other);
        served.and(saved)
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.connections.break_connection();
    }
}

/// Ctrl-C, or what a supervisor sends.
async fn told_to_end() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            told = tokio::signal::ctrl_c() => told,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// The port of a former run if it is free, otherwise any.
async fn listen_again(port: u16) -> std::io::Result<TcpListener> {
    match listen(port).await {
        Err(_) if port != 0 => listen(0).await,
        listening => listening,
    }
}

fn port_of(listener: &TcpListener) -> std::io::Result<u16> {
    Ok(listener.local_addr()?.port())
}

async fn listen(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

fn url_of(listener: &TcpListener) -> std::io::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}
