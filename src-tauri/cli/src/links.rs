//! `links list` and `links recommend`

use crate::clients::client_id;
use crate::failure::Failure;
use crate::output::columns;
use crate::session::Session;
use portico_core::links::{self, LinkQuery, LinkRow, Recommendation, SuggestedLink};

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
    /// Say which link to send a client now and why, and what else there is
    Recommend {
        /// The client's id (cl_…) or one of its customers' (cus_…)
        id: String,
    },
}

pub async fn run(session: &Session<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { client, limit } => list(session, client, limit).await,
        Command::Recommend { id } => {
            let workspace = session.workspace().await?;
            let made = links::recommend(&workspace, &client_id(&id)).await?;
            session.output.show(&made, || recommended(&made))?;
            Ok(())
        }
    }
}

async fn list(session: &Session<'_>, client: Option<String>, limit: u32) -> Result<(), Failure> {
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

fn recommended(made: &Recommendation) -> String {
    let mut text = match &made.link {
        Some(link) => format!("{}\n{}\n{}", link.title, made.reason, lives(link)),
        None => format!("No link\n{}", made.reason),
    };
    if !made.alternatives.is_empty() {
        let cells = made
            .alternatives
            .iter()
            .map(|link| [link.title.clone(), link.reason.clone()]);
        text.push_str(&format!("\n\n{}", columns(["OR", ""], cells)));
    }
    for warning in &made.warnings {
        text.push_str(&format!("\n\nNote: {warning}"));
    }
    text
}

fn lives(link: &SuggestedLink) -> String {
    let lifetime = &link.lifetime;
    match &lifetime.not_mailed_because {
        Some(because) => format!("Lives: {}. Not to be sent: {because}", lifetime.words),
        None => format!("Lives: {}.", lifetime.words),
    }
}
