//! `links list | recommend | issue`

mod issue;
mod recommend;

use crate::clients::client_id;
use crate::failure::Failure;
use crate::output::columns;
use crate::session::Session;
use portico_core::links::{self, LinkQuery, LinkRow};

#[derive(clap::Subcommand)]
pub enum Command {
    /// List the attempts to open or hand out a link, newest first
    List {
        /// Only this client's
        #[arg(long, value_name = "ID")]
        client: Option<String>,
        /// How many at most (500 are the most there are at once)
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
        /// Only what was handed out so many days ago or longer, and nothing came of
        #[arg(long, value_name = "DAYS", num_args = 0..=1, default_missing_value = "7")]
        stale: Option<u32>,
    },
    /// Say which link to send a client now and why, and what else there is
    Recommend {
        /// The client's id (cl_…) or one of its customers' (cus_…)
        id: String,
    },
    /// Make a link for a client: checked first, then opened, prepared as a message, or printed
    Issue(Box<issue::Issue>),
}

pub async fn run(session: &Session<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::List {
            client,
            limit,
            stale,
        } => list(session, client, limit, stale).await,
        Command::Recommend { id } => recommend::run(session, &id).await,
        Command::Issue(issue) => issue::run(session, *issue).await,
    }
}

async fn list(
    session: &Session<'_>,
    client: Option<String>,
    limit: u32,
    not_acted_on_days: Option<u32>,
) -> Result<(), Failure> {
    let workspace = session.workspace().await?;
    let client = client.as_deref().map(client_id);
    let list = links::list(
        &workspace,
        &LinkQuery {
            client,
            limit,
            not_acted_on_days,
            ..LinkQuery::default()
        },
    )
    .await?;
    let none = match not_acted_on_days {
        Some(_) => "Nothing was handed out that nobody acted on.",
        None => "No link was opened or handed out yet.",
    };
    session
        .output
        .show(&list.rows, || describe(&list.rows, none))?;
    Ok(())
}

fn describe(rows: &[LinkRow], none: &str) -> String {
    if rows.is_empty() {
        return none.into();
    }
    let cells = rows.iter().map(|row| {
        [
            row.at
                .with_timezone(&chrono::Local)
                .format("%Y-%m-%d %H:%M")
                .to_string(),
            row.actor.clone(),
            row.client_name.clone(),
            format!("{}, {}", row.what, row.delivery.to_lowercase()),
            row.state.label.clone(),
            match &row.outcome {
                Some(outcome) => outcome.sentence.clone(),
                None => row.message.clone().unwrap_or_default(),
            },
        ]
    });
    columns(["AT", "BY", "CLIENT", "WHAT", "STATE", "OUTCOME"], cells)
}
