//! What the API, the pages and the control door share.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::faults::Faults;
use crate::idempotency::Idempotency;
use crate::ids::{self, Ids};
use crate::keys::Keys;
use crate::limits::Limiter;
use crate::objects::event::Cause;
use crate::request_log::RequestLog;
use crate::state::State;

pub struct Shared {
    state: RwLock<State>,
    keys: RwLock<Keys>,
    faults: Mutex<Faults>,
    idempotency: Mutex<Idempotency>,
    limiter: Mutex<Limiter>,
    log: Mutex<RequestLog>,
    pub latency_ms: Option<(u32, u32)>,
    pub home: Home,
    ids: Ids,
    requests: AtomicU32,
    /// Held while the state is written.
    saving: Mutex<()>,
}

/// What a file of the state says besides the state.
pub struct Home {
    /// Where the state is saved, if anywhere.
    pub path: Option<PathBuf>,
    pub customers: u32,
    /// Of the population as it was made.
    pub digest: String,
    /// Of the API, the control door and the pages.
    pub ports: [u16; 3],
}

/// A lock that a panic left behind is taken as it is: what it guards is only a simulator's.
impl Shared {
    pub fn new(
        state: State,
        keys: Keys,
        limiter: Limiter,
        latency_ms: Option<(u32, u32)>,
        home: Home,
    ) -> Self {
        Self {
            ids: state.store.population.ids,
            faults: Mutex::new(Faults::new(state.store.population.seed)),
            state: RwLock::new(state),
            keys: RwLock::new(keys),
            idempotency: Mutex::default(),
            limiter: Mutex::new(limiter),
            log: Mutex::default(),
            latency_ms,
            home,
            requests: AtomicU32::new(0),
            saving: Mutex::default(),
        }
    }

    pub fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn keys_mut(&self) -> RwLockWriteGuard<'_, Keys> {
        self.keys.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub fn idempotency(&self) -> MutexGuard<'_, Idempotency> {
        lock(&self.idempotency)
    }

    pub fn limiter(&self) -> MutexGuard<'_, Limiter> {
        lock(&self.limiter)
    }

    pub fn log(&self) -> MutexGuard<'_, RequestLog> {
        lock(&self.log)
    }

    pub fn saving(&self) -> MutexGuard<'_, ()> {
        lock(&self.saving)
    }

    pub fn request_count(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Goes on from a saved simulator's.
    pub fn restore(&self, requests: u32, idempotency: Idempotency) {
        self.requests.store(requests, Ordering::Relaxed);
        *self.idempotency() = idempotency;
    }

    /// The hosted pages are programs that ask Stripe like any other, so their events name a request.
    /// Whether Stripe's do is not documented.
    pub fn asked_by_page(&self) -> Cause {
        Cause {
            request: Some(self.next_request().1),
            idempotency_key: None,
        }
    }

    /// The number and the `Request-Id` of the next request.
    pub fn next_request(&self) -> (u32, String) {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        (number, self.ids.id(ids::REQUEST, number))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
