//! One request's way through the API: fault, key, limit, permission, parameters, idempotency, answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State as Shares};
use axum::http::{HeaderMap, Response, StatusCode, header};
use base64::prelude::{BASE64_STANDARD, Engine};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::expand::{Expansion, Node};
use crate::faults::Fault;
use crate::form;
use crate::keys::Holder;
use crate::objects::event::{API_VERSION, Cause};
use crate::operations;
use crate::random::Dice;
use crate::read;
use crate::registry::{Action, CALLS, Call, Kind};
use crate::request_log::LoggedRequest;
use crate::shared::Shared;
use crate::state::State;
use crate::wire::Breaker;
use crate::write::{Edit, test_clocks};

/// Stripe's own limit is not published; this keeps a broken client from filling the memory.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

struct Incoming {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
    /// Or broken off; then `body` is empty.
    too_large: bool,
    id: String,
}

struct Answer {
    status: u16,
    body: Vec<u8>,
    limit: Option<&'static str>,
    replayed: bool,
}

impl Answer {
    fn ok(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            body,
            limit: None,
            replayed: false,
        }
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self {
            status: error.status,
            body: error.body().to_string().into_bytes(),
            limit: error.limit,
            replayed: false,
        }
    }
}

pub async fn answer(
    Shares(shared): Shares<Arc<Shared>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST_BODY).await;
    let (number, id) = shared.next_request();
    let incoming = Arc::new(Incoming {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().trim_end_matches('/').to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        too_large: body.is_err(),
        body: body.unwrap_or_default(),
        id,
    });
    let logged = shared.log().begin(LoggedRequest {
        method: incoming.method.clone(),
        path: incoming.path.clone(),
        query: incoming.query.clone(),
        status: 0,
        idempotency_key: incoming.idempotency_key().map(str::to_owned),
    });
    let fault = shared.faults().meet(&incoming.path);
    let wait = shared.latency_ms.map(|(low, high)| {
        let draw = Dice::new(0, "latency", number).between(low, high.max(low));
        Duration::from_millis(u64::from(draw))
    });
    let broken = || {
        breaker.break_connection();
        Response::new(Body::empty())
    };
    let answer = match fault {
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Drop) => return broken(),
        Some(Fault::Html) => return web_page(),
        Some(Fault::Status(status)) => failure(&shared, &incoming, status),
        Some(Fault::Limited(reason)) => reason
            .header()
            .map_or_else(ApiError::lock_timeout, ApiError::limited)
            .into(),
        _ => {
            // A request goes on when its client has left, as with Stripe.
            let (shared, incoming) = (Arc::clone(&shared), Arc::clone(&incoming));
            let work = tokio::spawn(async move { carry_out(&shared, &incoming, wait).await });
            work.await
                .unwrap_or_else(|_| ApiError::new(500, "stripe-sim failed at this").into())
        }
    };
    if fault == Some(Fault::LoseAnswer) {
        return broken();
    }
    shared.log().answered(logged, answer.status);
    let date = shared.state().clock.now();
    respond(&incoming, answer, date, fault == Some(Fault::Cut))
}

/// A failure that the control door asked for. As with Stripe a 500 is kept for its idempotency key,
/// while 429 and 503 come from in front of what would keep it.
fn failure(shared: &Shared, incoming: &Incoming, status: u16) -> Answer {
    let error = match status {
        429 => ApiError::limited("global-concurrency"),
        503 => ApiError::new(503, "Stripe is temporarily unavailable. Please try again."),
        500 => ApiError::new(500, "An unknown error occurred"),
        other => ApiError::new(other, format!("stripe-sim was told to answer {other}")),
    };
    let answer = Answer::from(error);
    if let (500, Some(key)) = (status, incoming.idempotency_key()) {
        let now = shared.state().now();
        let mut keys = shared.idempotency();
        if let Ok(None) = keys.begin(key, incoming.fingerprint(), now) {
            keys.keep(key, status, &answer.body);
        }
    }
    answer
}

async fn carry_out(shared: &Shared, incoming: &Incoming, wait: Option<Duration>) -> Answer {
    let begun = match begin(shared, incoming) {
        Ok(begun) => begun,
        Err(error) => return error.into(),
    };
    let key = incoming.idempotency_key();
    if let Some(key) = key {
        let now = shared.state().now();
        match shared.idempotency().begin(key, incoming.fingerprint(), now) {
            Ok(None) => {}
            Ok(Some((status, body))) => {
                return Answer {
                    status,
                    body,
                    limit: None,
                    replayed: true,
                };
            }
            Err(error) => return error.into(),
        }
    }
    if let Some(wait) = wait {
        tokio::time::sleep(wait).await;
    }
    let answer = run(shared, incoming, begun).map_or_else(Answer::from, Answer::ok);
    if let Some(key) = key {
        let mut kept = shared.idempotency();
        match answer.status {
            // A bank's refusal is a result: what was tried is not tried again with the same key.
            200 | 402 => kept.keep(key, answer.status, &answer.body),
            // What was refused has not begun, and may be tried again with the same key.
            _ => kept.forget(key),
        }
    }
    answer
}

/// A request that may be carried out.
struct Begun<'a> {
    call: &'static Call,
    holder: Holder,
    ids: Vec<&'a str>,
    params: Map<String, Value>,
}

fn begin<'a>(shared: &Shared, incoming: &'a Incoming) -> Result<Begun<'a>, ApiError> {
    let keys = shared.keys();
    let holder = keys.check(incoming.key().as_deref())?;
    if incoming.too_large {
        return Err(ApiError::new(413, "Request entity too large"));
    }
    if let Some(version) = incoming
        .header("stripe-version")
        .filter(|version| *version != API_VERSION)
    {
        return Err(ApiError::bad_request(format!(
            "Invalid Stripe API version: {version}. stripe-sim knows {API_VERSION} alone."
        )));
    }
    let (method, path) = (incoming.method.as_str(), incoming.path.as_str());
    let Some(operation) = operations::find(method, path) else {
        return Err(ApiError::new(
            404,
            format!(
                "Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
            ),
        ));
    };
    let call = CALLS.iter().find(|call| call.call == operation.call);
    let (Some(call), Some(shape)) = (call, &operation.parameters) else {
        return Err(ApiError::lacks(&format!(
            "{} ({})",
            operation.name, operation.call
        )));
    };
    shared.limiter().admit(call.call, Instant::now())?;
    let access = if method == "GET" { "read" } else { "write" };
    keys.allow(&holder, &format!("rak_{}_{access}", call.kind.permission()))?;
    let pattern = call
        .call
        .split_once(' ')
        .map_or(call.call, |(_, pattern)| pattern);
    let mut given = form::parse(&incoming.query);
    given.extend(form::parse(&String::from_utf8_lossy(&incoming.body)));
    Ok(Begun {
        call,
        holder,
        ids: operations::captures(pattern, path).unwrap_or_default(),
        params: operations::read(shape, given)?,
    })
}

fn run(shared: &Shared, incoming: &Incoming, begun: Begun<'_>) -> Result<Vec<u8>, ApiError> {
    let Begun {
        call,
        holder,
        ids,
        params,
    } = begun;
    let keys = shared.keys();
    let may_read = |kind: Kind| keys.allow(&holder, &kind.read_permission());
    let of_invoice = ids.first().copied().filter(|_| call.kind == Kind::Invoice);
    let Action::Write(write) = call.action else {
        let request = read::Read {
            call,
            ids,
            params,
            path: &incoming.path,
            may_read: &may_read,
        };
        let answer = request.answer(&shared.state())?;
        note(&mut shared.state_mut(), of_invoice);
        return Ok(answer);
    };
    let cause = Cause {
        request: Some(incoming.id.clone()),
        idempotency_key: incoming.idempotency_key().map(str::to_owned),
    };
    let expansion = Expansion::read(&params, call.kind.object(), false, &may_read)?;
    let mut state = shared.state_mut();
    state.held = test_clocks::time_of(&state, &ids, &params);
    let mut edit = Edit {
        state: &mut state,
        ids,
        params,
        cause,
        call: call.call,
    };
    let written = write(&mut edit);
    state.held = None;
    let mut node = Node::of(&written?);
    note(&mut state, of_invoice);
    expansion.apply(&state, &mut node);
    let mut out = Vec::new();
    node.write(&mut out);
    Ok(out)
}

/// The address of an invoice that somebody asks for is good for a while from then on.
fn note(state: &mut State, invoice: Option<&str>) {
    let place = invoice.and_then(|id| state.store.find(Kind::Invoice, id));
    if let Some(place) = place {
        state.asked_for_invoice(place);
    }
}

impl Incoming {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// POST only; other methods do not look at it.
    fn idempotency_key(&self) -> Option<&str> {
        self.header("idempotency-key")
            .filter(|_| self.method == "POST")
    }

    fn fingerprint(&self) -> String {
        format!(
            "{} {}\n{}",
            self.method,
            self.path,
            String::from_utf8_lossy(&self.body)
        )
    }

    /// As a bearer token, or as the user name of basic authentication.
    fn key(&self) -> Option<String> {
        let given = self.header(header::AUTHORIZATION.as_str())?;
        if let Some(token) = given.strip_prefix("Bearer ") {
            return Some(token.trim().to_owned());
        }
        let decoded = BASE64_STANDARD
            .decode(given.strip_prefix("Basic ")?.trim())
            .ok()?;
        let user = decoded.split(|byte| *byte == b':').next()?;
        String::from_utf8(user.to_vec()).ok()
    }
}

/// `date` is the simulated clock's: a client that tells the time by Stripe's answers must not meet two.
fn respond(incoming: &Incoming, answer: Answer, date: DateTime<Utc>, cut: bool) -> Response<Body> {
    let mut response = Response::builder()
        .status(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header(header::CONTENT_TYPE, "application/json")
        .header(
            header::DATE,
            date.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        )
        .header("Request-Id", &incoming.id)
        .header("Stripe-Version", API_VERSION)
        .header(header::CACHE_CONTROL, "no-cache, no-store");
    if let Some(reason) = answer.limit {
        response = response.header("Stripe-Rate-Limited-Reason", reason);
    }
    if let Some(key) = incoming.idempotency_key() {
        response = response.header("Idempotency-Key", key);
    }
    if answer.replayed {
        response = response.header("Idempotent-Replayed", "true");
    }
    let response = if cut {
        response
            .header(header::CONTENT_LENGTH, answer.body.len())
            .body(half(answer.body))
    } else {
        response.body(Body::from(answer.body))
    };
    response.unwrap_or_default()
}

/// The first half of a body whose whole length was promised; then the connection breaks.
fn half(mut body: Vec<u8>) -> Body {
    body.truncate(body.len() / 2);
    // What was written leaves the server only once the body makes it wait.
    let breaking = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    };
    let written = futures_util::stream::iter([Ok(Bytes::from(body))]);
    Body::from_stream(written.chain(futures_util::stream::once(breaking)))
}

fn web_page() -> Response<Body> {
    let page = "<!doctype html><title>Sign in</title><p>Sign in to use this network.";
    Response::builder()
        .header(header::CONTENT_TYPE, "text/html")
        .body(Body::from(page))
        .unwrap_or_default()
}
