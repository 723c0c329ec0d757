//! The history of a client's objects as sentences: what changed, from what to what, and by whom.

mod catalogue;
mod customer;
mod money;
mod subscription;
mod who;

pub(super) use catalogue::{Names, items, method};
pub(super) use customer::tax_ids;
pub(super) use subscription::reason;

use super::resolve::payers;
use super::types::TimelineEntry;
use crate::Result;
use crate::client_rows::display_name;
use crate::history::{self, Of, Step};
use crate::ids::ClientId;
use crate::words::Tone;
use crate::workspaces::Workspace;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// Steps looked at together; most of them say nothing that interests a person.
const STEPS: i64 = 200;

/// One sentence about a step.
struct Line {
    text: String,
    tone: Tone,
}

fn line(tone: Tone, text: impl Into<String>) -> Option<Line> {
    Some(Line {
        text: text.into(),
        tone,
    })
}

/// The client's changes in words, newest first: at least `wanted` that are older than the cursor, if
/// there are so many.
pub(super) async fn of_client(
    workspace: &Workspace,
    client: &ClientId,
    before: (i64, &str),
    wanted: usize,
) -> Result<Vec<TimelineEntry>> {
    let payers = payers(workspace, client).await?;
    read(
        workspace,
        Some(client),
        &Of::Payers(&payers),
        before,
        wanted,
    )
    .await
}

/// The changes of one Stripe object in words, newest first.
pub(super) async fn of_object(workspace: &Workspace, object: &str) -> Result<Vec<TimelineEntry>> {
    read(
        workspace,
        None,
        &Of::Object(object),
        (i64::MAX, ""),
        usize::MAX,
    )
    .await
}

/// The first change of what is these payers', from `from` on, that `matters`, with its sentence.
pub(crate) async fn first_since(
    workspace: &Workspace,
    payers: &[String],
    from: DateTime<Utc>,
    matters: &(dyn Fn(&Step) -> bool + Sync),
) -> Result<Option<(DateTime<Utc>, String)>> {
    // Stripe's events carry whole seconds; what was merely seen does not.
    let second = from.timestamp() * 1000;
    let mut steps = history::steps_since(workspace.store(), payers, second, STEPS).await?;
    steps.retain(|step| (step.cause.is_some() || step.at >= from) && matters(step));
    // Nothing is what comes of most links, and the log asks this for each of its rows.
    if steps.is_empty() {
        return Ok(None);
    }
    let names = Names::of(workspace, &steps).await?;
    Ok(steps.iter().find_map(|step| {
        let told: Vec<String> = lines(step, &names)
            .into_iter()
            .map(|line| line.text)
            .collect();
        (!told.is_empty()).then(|| (step.at, told.join("; ")))
    }))
}

async fn read(
    workspace: &Workspace,
    client: Option<&ClientId>,
    of: &Of<'_>,
    (before, before_id): (i64, &str),
    wanted: usize,
) -> Result<Vec<TimelineEntry>> {
    let mut entries: Vec<TimelineEntry> = Vec::new();
    let mut skip = 0;
    loop {
        let steps = history::steps(workspace.store(), of, before, skip, STEPS).await?;
        let names = Names::of(workspace, &steps).await?;
        for step in &steps {
            let lines = lines(step, &names);
            if lines.is_empty() {
                continue;
            }
            let actor = who::acted(workspace, client, step).await?;
            // The last of one moment comes first, as everywhere on the timeline.
            let told = lines
                .into_iter()
                .enumerate()
                .map(|(n, line)| TimelineEntry {
                    id: format!("change/{:012}/{n:02}", step.seq),
                    at: step.at,
                    actor: actor.clone(),
                    text: line.text,
                    tone: line.tone,
                    source: step.object.clone(),
                });
            entries.extend(told);
        }
        entries
            .retain(|entry| (entry.at.timestamp_millis(), entry.id.as_str()) < (before, before_id));
        skip += STEPS;
        if entries.len() >= wanted || (steps.len() as i64) < STEPS {
            return Ok(entries);
        }
    }
}

/// What a step means to a person; most steps mean nothing.
fn lines(step: &Step, names: &Names) -> Vec<Line> {
    let Some(before) = &step.before else {
        return Vec::new();
    };
    let Some(after) = &step.after else {
        return gone(step, before, names).into_iter().collect();
    };
    match step.resource.as_str() {
        "subscriptions" => subscription::lines(before, after, names),
        "customers" => customer::customer(before, after, names),
        "payment_methods" => customer::payment_method(before, after),
        "invoices" => money::invoice(before, after, names),
        "refunds" => money::refund(before, after),
        "disputes" => money::dispute(before, after),
        "credit_notes" => money::credit_note(before, after),
        "checkout_sessions" => money::checkout(before, after),
        "subscription_schedules" => subscription::schedule(before, after),
        _ => Vec::new(),
    }
}

fn gone(step: &Step, before: &Value, names: &Names) -> Option<Line> {
    match step.resource.as_str() {
        "customers" => line(Tone::Bad, "The customer was deleted in Stripe"),
        "payment_methods" => line(
            Tone::Warn,
            format!("{} was removed", catalogue::method(before)),
        ),
        "invoices" => line(
            Tone::Neutral,
            format!("Invoice {} was deleted", names.invoice(before)),
        ),
        _ => None,
    }
}

/// "Email changed from a to b", "Email set to b", "Email a removed"; nothing where it is the same.
fn from_to(what: &str, before: Option<String>, after: Option<String>) -> Option<Line> {
    let [before, after] = [before, after].map(|text| display_name(&text?));
    match (before, after) {
        (before, after) if before == after => None,
        (Some(before), Some(after)) => line(
            Tone::Info,
            format!("{what} changed from {before} to {after}"),
        ),
        (None, Some(after)) => line(Tone::Info, format!("{what} set to {after}")),
        (Some(before), None) => line(Tone::Warn, format!("{what} {before} removed")),
        (None, None) => None,
    }
}

fn text(object: &Value, pointer: &str) -> Option<String> {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        // A `+` that somebody's program sent unencoded is a space here.
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn seconds(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

/// "12 March 2027", by the workspace's calendar.
fn day(seconds: i64, zone: chrono_tz::Tz) -> String {
    DateTime::from_timestamp(seconds, 0)
        .map(|at| at.with_timezone(&zone).format("%-d %B %Y").to_string())
        .unwrap_or_default()
}
