//! The control door over HTTP; the crate's documentation lists its calls.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State as Shares};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::control::{Control, ControlError};
use crate::faults::Fault;
use crate::options::Permissions;

const CALLS: [&str; 18] = [
    "GET /clock",
    "POST /clock",
    "POST /faults",
    "GET /faults",
    "DELETE /faults",
    "POST /outage",
    "DELETE /outage",
    "GET /disorder",
    "POST /disorder",
    "POST /permissions",
    "GET /requests",
    "DELETE /requests",
    "GET /login_codes",
    "GET /state",
    "POST /save",
    "POST /keys/roll",
    "POST /objects/{id}",
    "DELETE /objects/{id}",
];

pub fn router(control: Control) -> Router {
    Router::new()
        .route("/", get(async || answer(&json!({ "calls": CALLS }))))
        .route("/clock", get(show_clock).post(move_clock))
        .route(
            "/faults",
            get(show_faults).post(plan_fault).delete(clear_faults),
        )
        .route("/outage", post(begin_outage).delete(end_outage))
        .route("/disorder", get(show_disorder).post(set_disorder))
        .route("/permissions", post(set_permissions))
        .route("/requests", get(show_requests).delete(reset_requests))
        .route(
            "/login_codes",
            get(async |Shares(control): Shares<Control>| answer(&json!(control.login_codes()))),
        )
        .route("/state", get(show_state))
        .route("/save", post(save_state))
        .route("/keys/roll", post(roll_keys))
        .route("/objects/{id}", post(change_object).delete(delete_object))
        .with_state(control)
}

fn answer(body: &Value) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, answer(&json!({ "error": self.0 }))).into_response()
    }
}

fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, ControlError> {
    serde_json::from_slice(bytes)
        .map_err(|error| ControlError(format!("the body does not fit: {error}")))
}

async fn show_clock(Shares(control): Shares<Control>) -> Response {
    answer(&json!({ "now": control.now() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Move {
    Set(DateTime<Utc>),
    AdvanceSeconds(i64),
}

async fn move_clock(
    Shares(control): Shares<Control>,
    bytes: Bytes,
) -> Result<Response, ControlError> {
    match body(&bytes)? {
        Move::Set(to) => control.set_clock(to)?,
        Move::AdvanceSeconds(seconds) => control.advance_clock(TimeDelta::seconds(seconds))?,
    }
    Ok(answer(&json!({ "now": control.now() })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    count: u32,
    fault: Fault,
    path_prefix: Option<String>,
}

async fn plan_fault(
    Shares(control): Shares<Control>,
    bytes: Bytes,
) -> Result<Response, ControlError> {
    let plan: Plan = body(&bytes)?;
    match plan.path_prefix {
        Some(prefix) => control.fail_next_on(&prefix, plan.count, plan.fault),
        None => control.fail_next(plan.count, plan.fault),
    }
    Ok(answer(&json!({})))
}

async fn show_faults(Shares(control): Shares<Control>) -> Response {
    answer(&json!(control.fault_counts()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outage {
    fault: Fault,
    path_prefix: Option<String>,
    probability: Option<f64>,
}

async fn begin_outage(
    Shares(control): Shares<Control>,
    bytes: Bytes,
) -> Result<Response, ControlError> {
    let outage: Outage = body(&bytes)?;
    let share = outage.probability.unwrap_or(1.0);
    control.fault_rate(outage.fault, share, outage.path_prefix.as_deref());
    Ok(answer(&json!({})))
}

async fn end_outage(Shares(control): Shares<Control>) -> Response {
    control.end_outage();
    answer(&json!({}))
}

async fn show_disorder(Shares(control): Shares<Control>) -> Response {
    answer(&json!({"rules": control.disorder_rules(), "counts": control.disorder_counts()}))
}

async fn set_disorder(
    Shares(control): Shares<Control>,
    bytes: Bytes,
) -> Result<Response, ControlError> {
    control.disorder(body(&bytes)?);
    Ok(answer(&json!({})))
}

async fn clear_faults(Shares(control): Shares<Control>) -> Response {
    control.clear_faults();
    answer(&json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    permissions: String,
}

async fn set_permissions(
    Shares(control): Shares<Control>,
    bytes: Bytes,
) -> Result<Response, ControlError> {
    let given: Given = body(&bytes)?;
    control.set_permissions(Permissions::parse(&given.permissions).map_err(ControlError)?);
    Ok(answer(&json!({})))
}

async fn show_requests(Shares(control): Shares<Control>) -> Response {
    answer(&json!({"requests": control.requests(), "counts": control.request_counts()}))
}

async fn reset_requests(Shares(control): Shares<Control>) -> Response {
    control.reset_requests();
    answer(&json!({}))
}

async fn show_state(Shares(control): Shares<Control>) -> Result<Response, ControlError> {
    let whole = control.state()?;
    Ok(([(header::CONTENT_TYPE, "application/json")], whole).into_response())
}

async fn save_state(Shares(control): Shares<Control>) -> Result<Response, ControlError> {
    if control.save()? {
        return Ok(answer(&json!({})));
    }
    let reason = "the simulator was started without --state, so there is no file to save to";
    Err(ControlError(reason.to_owned()))
}

async fn roll_keys(Shares(control): Shares<Control>) -> Response {
    let (secret, restricted) = control.roll_keys();
    answer(&json!({"secret_key": secret, "restricted_key": restricted}))
}

async fn change_object(
    Shares(control): Shares<Control>,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, ControlError> {
    Ok(answer(&control.update(&id, &body(&bytes)?)?))
}

async fn delete_object(
    Shares(control): Shares<Control>,
    Path(id): Path<String>,
) -> Result<Response, ControlError> {
    control.delete(&id)?;
    Ok(answer(&json!({})))
}
