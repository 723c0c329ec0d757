//! `links list`

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
    },
}

pub async fn run(session: &Session<'_>, command: Command) -> Result<(), Failure> {
    let Command::List { client, limit } = command;
    let workspace = session.workspace().await?;
    let client = client.as_deref().map(client_id);
    let list = links::list(
        &workspace,
        &LinkQuery {
            client,
            limit,
            ..LinkQuery::default()
        },
    )
    .await?;
    session.output.show(&list.rows, || describe(&list.rows))?;
    Ok(())
}

fn describe(rows: &[LinkRow]) -> String {
    if rows.is_empty() {
        return "No link was opened or handed out yet.".into();
    }
    let cells = rows.iter().map(|row| {
        [
            row.at
                .with_timezone(&chrono::Local)
                .format("%Y-%m-%d %H:%M")
                .to_string(),
            row.actor.clone(),
            row.client_name.clone(),
            row.what.clone(),
            row.result.label.clone(),
            row.message.clone().unwrap_or_default(),
        ]
    });
    columns(["AT", "BY", "CLIENT", "WHAT", "RESULT", ""], cells)
}
