//! What Stripe's own CLI triggers shows up in a mirror that follows.

use crate::agency::Agency;
use futures_util::{StreamExt, stream};
use portico_core::db::unpack;
use portico_core::stripe::{Params, VERSION, resource};
use portico_core::sync::{Mode, Tail};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::path::{Path, PathBuf};

/// Beside the tests of Stripe's SDK, which install it.
fn cli() -> Option<PathBuf> {
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sdk/node_modules/@stripe");
    let program = sdk.join("cli-linux-x64/bin/stripe");
    program.is_file().then_some(program)
}

async fn trigger(agency: &Agency, program: &Path, event: &str) {
    let home = tempfile::tempdir().unwrap();
    let ended = tokio::process::Command::new(program)
        .args(["trigger", event, "--api-base", agency.sim.url()])
        .args(["--api-version", VERSION])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("STRIPE_API_KEY", agency.sim.secret_key())
        .env("STRIPE_CLI_TELEMETRY_OPTOUT", "1")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{event}: {said}");
}

/// The newest event of each type.
async fn told(agency: &Agency) -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    loop {
        let after = events.last().and_then(|event| event["id"].as_str());
        let params = Params::new()
            .with("limit", 100)
            .maybe("starting_after", after);
        let page = agency
            .client()
            .list_page("/v1/events", &params)
            .await
            .unwrap();
        events.extend(page.objects);
        if !page.has_more {
            return events;
        }
    }
}

/// Where an object of this kind is asked for.
fn path(kind: &str, id: &str) -> Option<(&'static str, String)> {
    let known = resource::ALL.into_iter().find(|one| one.object == kind)?;
    let list = known.path.unwrap_or("/v1/payment_methods");
    Some((known.name, format!("{list}/{id}")))
}

/// Some fields that a change shows in, and whether there is anything left.
fn stands(object: &Value) -> Value {
    let fields = [
        "active",
        "amount",
        "description",
        "metadata",
        "name",
        "nickname",
        "status",
    ];
    json!(fields.map(|field| &object[field]))
}

/// Why the mirror does not show what the event tells of, if so.
async fn missing(agency: &Agency, event: &Value) -> Option<String> {
    let object = &event["data"]["object"];
    let (kind, id) = (object["object"].as_str()?, object["id"].as_str()?);
    let count = async |sql: &'static str, value: &str| -> bool {
        let found: i64 = sqlx::query_scalar(sql)
            .bind(value)
            .fetch_one(&agency.store.reader)
            .await
            .unwrap();
        found > 0
    };
    let (kind, id) = match kind {
        "billing_portal.session" => {
            let seen = count("SELECT count(*) FROM portal_sessions_seen WHERE id = ?", id).await;
            return (!seen).then(|| format!("{id} was not noticed"));
        }
        "payment_intent" => {
            let kind = event["type"].as_str()?;
            let counted = count("SELECT count(*) FROM unknown_events WHERE type = ?", kind).await;
            return (!counted).then(|| format!("{kind} was not counted"));
        }
        // Seen in its invoice, once it is on one.
        "invoiceitem" => ("invoice", object["invoice"].as_str()?),
        _ => (kind, id),
    };
    let (table, path) = path(kind, id)?;
    let sql = format!("SELECT deleted, json FROM {table} WHERE id = ?");
    let row: Option<(bool, Option<Vec<u8>>)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(id)
        .fetch_optional(&agency.store.reader)
        .await
        .unwrap();
    let there = agency.client().get(&path, &Params::new()).await;
    let there = there.ok().map(|answer| answer.body);
    let detached = |object: &Value| kind == "payment_method" && object["customer"].is_null();
    let there = there.filter(|object| object["deleted"] != true && !detached(object));
    match (row, there) {
        (Some((false, Some(json))), Some(there)) => {
            let here = unpack(&json).unwrap();
            (stands(&here) != stands(&there)).then(|| format!("{here} instead of {there}"))
        }
        // Made and gone between two looks, it may never have been read.
        (Some((true, _)) | None, None) => None,
        (row, there) => Some(format!(
            "{id} is {:?} in {table}, not {there:?}",
            row.map(|r| r.0)
        )),
    }
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "says why nothing was tried")]
async fn conform_what_the_stripe_cli_triggers_shows_up_in_the_mirror() {
    let Some(program) = cli() else {
        let required = std::env::var_os("PORTICO_CONFORM_URL").is_some();
        assert!(!required || !cfg!(all(target_os = "linux", target_arch = "x86_64")));
        eprintln!("not tried: the Stripe CLI comes with `npm ci` in tests/sdk");
        return;
    };
    let agency = Agency::of(20).await;
    let client = agency.client();
    // Only the Dashboard makes a configuration the default one.
    let features = Params::new().with("features[invoice_history][enabled]", true);
    let path = "/v1/billing_portal/configurations";
    let configuration = client.post(path, &features, "portal").await.unwrap().body;
    let id = configuration["id"].as_str().unwrap();
    let control = agency.sim.control();
    control.update(id, &json!({"is_default": true})).unwrap();
    agency.fill(&client, Mode::Fresh).await;
    let tail = Tail::new(&client);
    tail.poll(&agency.store).await.unwrap();

    let known = told(&agency).await.len();
    let triggers: Vec<String> = serde_json::from_str(include_str!("../sdk/triggers.json")).unwrap();
    stream::iter(&triggers)
        .map(|event| trigger(&agency, &program, event))
        .buffer_unordered(3)
        .collect::<Vec<()>>()
        .await;
    while tail.poll(&agency.store).await.unwrap().events > 0 {}
    let mut events = told(&agency).await;
    events.truncate(events.len() - known);
    for name in &triggers {
        let mut told = events
            .iter()
            .filter(|event| event["type"] == name.as_str())
            .peekable();
        assert!(told.peek().is_some(), "{name} was not told of");
        for event in told {
            let missing = missing(&agency, event).await;
            assert_eq!(missing, None, "{name}");
        }
    }
}
