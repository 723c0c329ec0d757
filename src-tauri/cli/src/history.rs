//! `history`: what happened with a client or one Stripe object, or how it stood on a day.

use crate::clients::client_id;
use crate::failure::Failure;
use crate::output::columns;
use crate::session::Session;
use chrono::{DateTime, Local, NaiveDate, Utc};
use portico_core::clients::{self, ClientAt, ObjectAt, Since, TimelineEntry};
use portico_core::ids::ClientId;
use portico_core::workspaces::Workspace;

/// What changed, or how things stood on a day
#[derive(clap::Args)]
pub struct Command {
    /// A client (cl_…, cus_…), or any Stripe object (sub_…, in_…, pm_…)
    id: String,
    /// How it stood at the end of this day, e.g. 2026-03-03
    #[arg(long, value_name = "DATE")]
    at: Option<NaiveDate>,
}

pub async fn run(session: &Session<'_>, command: Command) -> Result<(), Failure> {
    let workspace = session.workspace().await?;
    let client = client_id(&command.id);
    let is_client = client.as_str().starts_with(ClientId::PREFIX);
    match command.at {
        None => {
            let entries = match is_client {
                true => everything(&workspace, &client).await?,
                false => clients::object_timeline(&workspace, command.id.trim()).await?,
            };
            session.output.show(&entries, || sentences(&entries))?;
        }
        Some(date) if is_client => {
            let then = clients::at(&workspace, &client, date).await?;
            session.output.show(&then, || describe(&then))?;
        }
        Some(date) => {
            let then = clients::object_at(&workspace, command.id.trim(), date).await?;
            session.output.show(&then, || describe_object(&then))?;
        }
    }
    Ok(())
}

async fn everything(
    workspace: &Workspace,
    client: &ClientId,
) -> Result<Vec<TimelineEntry>, Failure> {
    let mut entries = Vec::new();
    let mut older = None;
    loop {
        let page = clients::timeline(workspace, client, older.as_deref()).await?;
        entries.extend(page.entries);
        older = page.older;
        if older.is_none() {
            return Ok(entries);
        }
    }
}

fn sentences(entries: &[TimelineEntry]) -> String {
    if entries.is_empty() {
        return "Nothing changed since Portico has been reading it.".into();
    }
    let rows = entries
        .iter()
        .map(|entry| [moment(entry.at), entry.text.clone(), entry.actor.clone()]);
    columns(["AT", "WHAT", "BY"], rows)
}

fn describe(then: &ClientAt) -> String {
    let mut rows: Vec<[String; 3]> = Vec::new();
    for customer in &then.customers {
        let facts = [
            customer.name.clone(),
            customer.company.clone(),
            customer.email.clone(),
            customer.phone.clone(),
            Some(customer.address.join(", ")),
            Some(customer.tax_ids.join(", ")),
        ];
        let facts: Vec<String> = facts
            .into_iter()
            .flatten()
            .filter(|fact| !fact.is_empty())
            .collect();
        rows.push(["Customer".into(), facts.join("; "), since(&customer.known)]);
    }
    for subscription in &then.subscriptions {
        for item in &subscription.items {
            let quantity = item.quantity.filter(|quantity| *quantity != 1);
            let quantity = quantity.map(|quantity| format!(" × {quantity}"));
            rows.push([
                "Plan".into(),
                format!(
                    "{}{} ({}), {}",
                    item.plan,
                    quantity.unwrap_or_default(),
                    item.price_words,
                    subscription.word.label
                ),
                since(&subscription.known),
            ]);
        }
    }
    for method in &then.payment_methods {
        let expires = method
            .expires
            .as_ref()
            .map(|expires| format!(", {expires}"));
        let default = if method.default { ", the default" } else { "" };
        rows.push([
            "Payment method".into(),
            format!("{}{}{default}", method.label, expires.unwrap_or_default()),
            since(&method.known),
        ]);
    }
    let mut text = if rows.is_empty() {
        format!("Nothing is known of this client on {}.", then.date)
    } else {
        columns(["WHAT", "AS IT WAS", "SINCE"], rows)
    };
    if let Some(note) = &then.note {
        text.push_str(&format!("\n\nNote: {note}"));
    }
    text
}

fn describe_object(then: &ObjectAt) -> String {
    let json = serde_json::to_string_pretty(&then.json).unwrap_or_default();
    format!("{} {}, {}\n{json}", then.kind, then.id, since(&then.known))
}

fn since(known: &Since) -> String {
    let until = known
        .until
        .map(|until| format!(" until {}", moment(until)))
        .unwrap_or_default();
    match known.since {
        Some(since) => format!("since {}{until}", moment(since)),
        None => format!("as first read{until}"),
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local)
        .format("%Y-%m-%d %H:%M")
        .to_string()
}
