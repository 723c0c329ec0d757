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
    let head = [
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
    ];
    let money = |sums: &[Money]| {
        let sums: Vec<String> = sums.iter().map(Money::to_string).collect();
        sums.join("; ")
    };
    let records = rows.iter().map(|row| {
        vec![
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
        ]
    });
    let head = head.map(str::to_owned).to_vec();
    let records = std::iter::once(head).chain(records).collect();
    write_csv(workspace, "Clients", records).await
}

/// Writes the records into a new file of the downloads folder, named after what it holds and the
/// minute; answers its path.
pub(crate) async fn write_csv(
    workspace: &Workspace,
    what: &str,
    records: Vec<Vec<String>>,
) -> Result<String> {
    let stamp = workspace
        .clock()
        .now()
        .with_timezone(&workspace.time_zone())
        .format("%Y-%m-%d %H%M%S");
    let path = workspace.downloads().join(format!("{what} {stamp}.csv"));
    let write = {
        let path = path.clone();
        move || write(&path, &records)
    };
    tokio::task::spawn_blocking(write)
        .await
        .map_err(|error| Error::Internal(error.to_string()))??;
    Ok(path.display().to_string())
}

fn write(path: &PathBuf, records: &[Vec<String>]) -> Result<()> {
    let failed = || format!("{} could not be written", path.display());
    let file = std::fs::File::create_new(path).map_err(Error::io(failed()))?;
    let mut file = std::io::BufWriter::new(file);
    // Spreadsheets take a CSV for UTF-8 only with this mark.
    file.write_all("\u{feff}".as_bytes())
        .map_err(Error::io(failed()))?;
    let mut csv = csv::Writer::from_writer(file);
    for record in records {
        csv.write_record(record)
            .map_err(|error| Error::io(failed())(error.into()))?;
    }
    csv.flush().map_err(Error::io(failed()))
}

/// A text that a spreadsheet would run as a formula is marked as text (OWASP, CSV injection).
pub(crate) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
