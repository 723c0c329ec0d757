//! One way to Stripe for every call: version, limits, retries, and errors a person can read.

use super::{
    Answer, ApiBase, Key, KeyKind, ListPage, Pace, Params, Priority, VERSION,
    answer::Body,
    call::Call,
    document,
    endpoint::template,
    failure::{Failure, LONGEST_WAIT},
    limit::{Limiter, Objects},
};
use crate::{Clock, Error, Result};
use backon::{ExponentialBuilder, Retryable};
use chrono::DateTime;
use reqwest::{
    Method, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect,
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// A key at work. Clones share the connection, the limits and the counters.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    priority: Priority,
    /// Requests sent since this piece of work began.
    spent: Arc<AtomicU64>,
    reads: Arc<Reads>,
}

/// GETs that were sent and not yet written down: what Stripe's read allowance counts.
#[derive(Debug, Default)]
pub struct Reads {
    /// By a listing of everything, which does not go on.
    pub filling: AtomicU64,
    pub other: AtomicU64,
}

struct Shared {
    http: reqwest::Client,
    base: ApiBase,
    key: KeyKind,
    limiter: Limiter,
    writing: Objects,
    timing: Timing,
    clock: Clock,
    sent: Mutex<BTreeMap<String, u64>>,
}

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    pub connect: Duration,
    /// From sending to the last byte of the answer, where nobody waits for it.
    pub whole: Duration,
    /// The same where a person does.
    pub click: Duration,
    /// Before the first retry; doubled for each further one, up to ten times this.
    pub first_retry: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(80),
            click: CLICK,
            first_retry: Duration::from_millis(500),
        }
    }
}

/// A person waits for two retries, as Stripe's own libraries do; the background has patience.
const CLICK_RETRIES: usize = 2;
/// Of attempts that get no answer a person waits for one more: who did not answer twice will not.
const CLICK_SILENCES: u8 = 2;
const CLICK: Duration = Duration::from_secs(20);
/// What a person waits for one call at most, if each refusal asks for the longest wait as well.
pub const LONGEST_CALL: Duration = Duration::from_secs(
    CLICK.as_secs() * CLICK_SILENCES as u64 + LONGEST_WAIT.as_secs() * CLICK_RETRIES as u64,
);
const BACKGROUND_RETRIES: usize = 6;

impl Client {
    pub fn new(base: ApiBase, key: Key, pace: Pace, clock: Clock) -> Result<Self> {
        Self::with_timing(base, key, pace, clock, Timing::default())
    }

    pub fn with_timing(
        base: ApiBase,
        key: Key,
        pace: Pace,
        clock: Clock,
        timing: Timing,
    ) -> Result<Self> {
        let kind = key.kind().clone();
        if base.is_loopback() && kind.livemode {
            return Err(Error::invalid(
                "api_base",
                "A live key is only ever sent to Stripe itself. Use a test key with a simulator on this computer.",
            ));
        }
        let internal = |what: &str| Error::Internal(format!("the HTTP client: {what}"));
        // An error says that another client of this process installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", key.expose()))
            .map_err(|_| internal("the key is not a header"))?;
        authorization.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, authorization),
            (
                reqwest::header::HeaderName::from_static("stripe-version"),
                HeaderValue::from_static(VERSION),
            ),
        ]);
        let mut http = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent(concat!("Portico/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            // Retrying is decided below, by Stripe's rules; the library's own would repeat a POST.
            .retry(reqwest::retry::never())
            .connect_timeout(timing.connect)
            .timeout(timing.whole);
        if base.is_loopback() {
            // The system's proxy may be elsewhere; this computer is reached directly.
            http = http.no_proxy();
        } else {
            http = http.https_only(true);
        }
        Ok(Self {
            shared: Arc::new(Shared {
                http: http.build().map_err(|e| internal(&e.to_string()))?,
                limiter: Limiter::new(kind.livemode, base.is_loopback(), pace),
                writing: Objects::default(),
                base,
                key: kind,
                timing,
                clock,
                sent: Mutex::default(),
            }),
            priority: Priority::Click,
            spent: Arc::default(),
            reads: Arc::default(),
        })
    }

    /// The same client, counting its reads where others count theirs.
    pub fn counting(self, reads: Arc<Reads>) -> Self {
        Self { reads, ..self }
    }

    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// The same client for what goes on all the time: clicks overtake it, it takes 5 requests a
    /// second, is more patient, and its requests are counted by themselves.
    pub fn in_background(&self) -> Self {
        self.working(Priority::Quiet)
    }

    /// The same client for listing everything: clicks overtake it, and it takes what its pace
    /// allows.
    pub fn filling(&self) -> Self {
        self.working(Priority::Filling)
    }

    fn working(&self, priority: Priority) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            priority,
            spent: Arc::default(),
            reads: Arc::clone(&self.reads),
        }
    }

    /// How many calls run at once; more callers than that only wait.
    pub fn lanes(&self) -> usize {
        self.shared.limiter.lanes(self.priority)
    }

    /// How many readers of one list its limit feeds.
    pub fn endpoint_lanes(&self) -> usize {
        self.shared.limiter.endpoint_lanes()
    }

    pub fn key(&self) -> &KeyKind {
        &self.shared.key
    }

    /// Requests sent since the client was made, by method and path, retries included.
    pub fn sent(&self) -> BTreeMap<String, u64> {
        self.lock_sent().clone()
    }

    /// Requests of this piece of work alone, retries included.
    pub fn spent(&self) -> u64 {
        self.spent.load(Ordering::Relaxed)
    }

    pub async fn get(&self, path: &str, params: &Params) -> Result<Answer> {
        self.read(path, params).await
    }

    /// As `get`, for an answer that is read otherwise.
    pub(super) async fn read<B: Body>(&self, path: &str, params: &Params) -> Result<Answer<B>> {
        self.send(Method::GET, path, params, None).await
    }

    pub async fn list_page(&self, path: &str, params: &Params) -> Result<ListPage> {
        ListPage::of(self.get(path, params).await?)
    }

    /// `idempotency_key` is stored with the intention before this is called, and is what makes a
    /// retry, here or after a restart, harmless.
    pub async fn post(&self, path: &str, params: &Params, idempotency_key: &str) -> Result<Answer> {
        self.send(Method::POST, path, params, Some(idempotency_key))
            .await
    }

    pub async fn delete(&self, path: &str, params: &Params) -> Result<Answer> {
        self.send(Method::DELETE, path, params, None).await
    }

    async fn send<B: Body>(
        &self,
        method: Method,
        path: &str,
        params: &Params,
        idempotency_key: Option<&str>,
    ) -> Result<Answer<B>> {
        let call = Call {
            endpoint: format!("{method} {}", template(path)),
            method,
            path,
            params,
            idempotency_key,
            first_asked: AtomicI64::new(i64::MAX),
            silences: AtomicU8::new(0),
        };
        let clicked = self.priority == Priority::Click;
        let retries = match self.priority {
            Priority::Click => CLICK_RETRIES,
            Priority::Filling | Priority::Quiet => BACKGROUND_RETRIES,
        };
        // Held through the retries: what is tried again must not meet the next write.
        let _alone = match call.written() {
            Some(id) => Some(self.shared.writing.alone(id).await),
            None => None,
        };
        // The jitter adds up to as much again, so each wait is 50 to 100 % of Stripe's own.
        let waits = ExponentialBuilder::default()
            .with_min_delay(self.shared.timing.first_retry / 2)
            .with_max_delay(self.shared.timing.first_retry * 5)
            .with_max_times(retries)
            .with_jitter();
        (|| self.attempt(&call))
            .retry(waits)
            .when(|failure| {
                let silences = call.silences.load(Ordering::Relaxed);
                failure.retry && !(clicked && silences >= CLICK_SILENCES)
            })
            .adjust(|failure, wait| wait.map(|wait| failure.wait.unwrap_or(wait).max(wait)))
            .await
            .map_err(|failure| failure.error)
    }

    async fn attempt<B: Body>(&self, call: &Call<'_>) -> Result<Answer<B>, Failure> {
        let shared = &self.shared;
        let admission = shared.limiter.admit(self.priority, &call.endpoint).await;
        let asked_at = shared.clock.millis();
        call.first_asked.fetch_min(asked_at, Ordering::Relaxed);
        *self.lock_sent().entry(call.endpoint.clone()).or_default() += 1;
        self.spent.fetch_add(1, Ordering::Relaxed);
        if call.method == Method::GET {
            let reads = match self.priority {
                Priority::Filling => &self.reads.filling,
                Priority::Click | Priority::Quiet => &self.reads.other,
            };
            reads.fetch_add(1, Ordering::Relaxed);
        }
        let started = Instant::now();
        let outcome = self.exchange(call).await;
        let seen = outcome.as_ref().ok();
        tracing::debug!(
            endpoint = call.endpoint,
            status = seen.map(|(status, ..)| status.as_u16()),
            request_id = seen.and_then(|(_, headers, _)| request_id(headers)),
            ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "stripe"
        );
        let (status, headers, body) = outcome?;
        if !status.is_success() {
            let failure = Failure::refused(status, &headers, &body, asked_at);
            if let Some(exceeded) = failure.exceeded {
                let sent_at = admission.at;
                shared.limiter.refused(exceeded, &call.endpoint, sent_at);
            }
            return Err(failure);
        }
        let body = B::read(body).map_err(|unread| Failure::unreadable_success(status, &unread))?;
        let asked_at = match call.method {
            Method::POST => call.first_asked.load(Ordering::Relaxed),
            _ => asked_at,
        };
        Ok(Answer {
            body,
            asked_at,
            request_id: request_id(&headers),
            date: text(&headers, "date")
                .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
                .map(|date| date.to_utc()),
        })
    }

    async fn exchange(&self, call: &Call<'_>) -> Result<(StatusCode, HeaderMap, Vec<u8>), Failure> {
        let shared = &self.shared;
        let mut url = shared.base.at(call.path);
        let mut request = if call.method == Method::POST {
            shared
                .http
                .post(url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(call.params.encoded())
        } else {
            if !call.params.is_empty() {
                url.set_query(Some(&call.params.encoded()));
            }
            shared.http.request(call.method.clone(), url)
        };
        if let Some(key) = call.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        if self.priority == Priority::Click {
            request = request.timeout(shared.timing.click);
        }
        let lost = |error: reqwest::Error| {
            if error.is_timeout() {
                call.silences.fetch_add(1, Ordering::Relaxed);
            }
            Failure::without_answer(&error, shared.base.host())
        };
        let mut answer = request.send().await.map_err(lost)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = document::for_text();
        while let Some(part) = answer.chunk().await.map_err(lost)? {
            body.extend_from_slice(&part);
        }
        Ok((status, headers, body))
    }

    fn lock_sent(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        // Counters stay usable whatever happened to another thread.
        self.shared
            .sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.shared.base.as_str())
            .field("key", &self.shared.key)
            .field("priority", &self.priority)
            .finish_non_exhaustive()
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    text(headers, "request-id").map(str::to_owned)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
