//! The client list as CSV, as exact as the screen.

use super::list::everything;
use super::types::ClientQuery;
use crate::money::Money;
use crate::workspaces::Workspace;
use crate::{Error, Result};
use std::io::Write;
use std::path::PathBuf;

/// Writes every client that the query describes into the downloads folder; answers the file's path.
pub async fn export(workspace: &Workspace, query: &ClientQuery) -> Result<String> {
    let rows = everything(workspace, query).await?;
    let stamp = workspace
        .clock()
        .now()
        .with_timezone(&workspace.time_zone())
        .format("%Y-%m-%d %H%M%S");
    let path = workspace.downloads().join(format!("Clients {stamp}.csv"));
    let write = {
        let path = path.clone();
        move || write(&path, &rows)
    };
    tokio::task::spawn_blocking(write)
        .await
        .map_err(|error| Error::Internal(error.to_string()))??;
    Ok(path.display().to_string())
}

fn write(path: &PathBuf, rows: &[super::types::ClientRow]) -> Result<()> {
    let failed = || format!("{} could not be written", path.display());
    let file = std::fs::File::create_new(path).map_err(Error::io(failed()))?;
    let mut file = std::io::BufWriter::new(file);
    // Spreadsheets take a CSV for UTF-8 only with this mark.
    file.write_all("\u{feff}".as_bytes())
        .map_err(Error::io(failed()))?;
    let mut csv = csv::Writer::from_writer(file);
    let csv_failed = |error: csv::Error| Error::io(failed())(error.into());
    csv.write_record([
        "Name",
        "Emails",
        "Plan",
        "Monthly",
        "State",
        "Open balance",
        "Credit",
        "Last activity",
        "Id",
        "Stripe customers",
    ])
    .map_err(csv_failed)?;
    for row in rows {
        let money = |sums: &[Money]| {
            sums.iter()
                .map(Money::to_string)
                .collect::<Vec<_>>()
                .join("; ")
        };
        csv.write_record([
            harmless(&row.name),
            harmless(&row.emails.join("; ")),
            harmless(&row.plan),
            money(&row.monthly),
            row.word.label.clone(),
            money(&row.open_balance),
            money(&row.credit),
            row.last_activity
                .map(|at| at.format("%Y-%m-%d").to_string())
                .unwrap_or_default(),
            row.id.to_string(),
            row.customers.join("; "),
        ])
        .map_err(csv_failed)?;
    }
    csv.flush().map_err(Error::io(failed()))
}

/// A text that a spreadsheet would run as a formula is marked as text (OWASP, CSV injection).
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
