//! `portal open | link | configs`

mod configs;
mod document;

use crate::clients::client_id;
use crate::failure::Failure;
use crate::session::Session;
use portico_core::Error;
use portico_core::journal::LinkKind;
use portico_core::links::{self, OpenedLink, PreparedLink};
use portico_core::workspaces::Workspace;
use serde::Serialize;
use std::future::Future;
use std::sync::Arc;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Open the client's portal in the browser
    Open(Client),
    /// Print the link that a client can keep: the portal's login page with their email filled in
    Link(Client),
    /// What clients may do in the portal
    #[command(subcommand)]
    Configs(configs::Command),
}

#[derive(clap::Args)]
pub struct Client {
    /// The client's id (cl_…) or one of its customers' (cus_…)
    id: String,
    /// Which of its customers, where it has several
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
}

/// A link by its `id`, as every list and object of the terminal has one.
#[derive(Serialize)]
pub struct Identified<'a, T> {
    pub id: &'a str,
    #[serde(flatten)]
    pub link: &'a T,
}

pub async fn run(session: &Session<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::Open(client) => open(session, &*ready(session).await?, client).await,
        Command::Link(client) => link(session, &*ready(session).await?, client).await,
        Command::Configs(command) => configs::run(session, command).await,
    }
}

pub async fn ready(session: &Session<'_>) -> Result<Arc<Workspace>, Failure> {
    let workspace = session.connected().await?;
    session.introduce().await?;
    Ok(workspace)
}

async fn open(session: &Session<'_>, workspace: &Workspace, client: Client) -> Result<(), Failure> {
    let (id, customer) = (client_id(&client.id), client.customer.as_deref());
    let opened: OpenedLink = with_configuration(session, workspace, || {
        links::open_portal(workspace, &id, customer)
    })
    .await?;
    let document = Identified {
        id: opened.link.as_str(),
        link: &opened,
    };
    session.output.show(&document, || opened.message.clone())?;
    Ok(())
}

async fn link(session: &Session<'_>, workspace: &Workspace, client: Client) -> Result<(), Failure> {
    let (id, customer) = (client_id(&client.id), client.customer.as_deref());
    let prepared: PreparedLink = with_configuration(session, workspace, || {
        links::prepare_portal(workspace, &id, customer, LinkKind::PortalCopy)
    })
    .await?;
    for warning in &prepared.warnings {
        session.output.note(warning);
    }
    let document = Identified {
        id: prepared.link.as_str(),
        link: &prepared,
    };
    // The address alone, to be piped on.
    session.output.show(&document, || prepared.url.clone())?;
    Ok(())
}

/// Makes Portico's portal settings where this workspace has none yet, and says what they allow.
pub async fn with_configuration<T, F>(
    session: &Session<'_>,
    workspace: &Workspace,
    act: impl Fn() -> F,
) -> Result<T, Failure>
where
    F: Future<Output = portico_core::Result<T>>,
{
    match workspace.checked(act().await) {
        Err(Error::PortalConfigurationNeeded) => {
            let made = workspace.checked(links::create_configuration(workspace).await)?;
            session.output.note(&format!(
                "Made Portico's portal settings in Stripe. With them clients can: {}. Their login page is public; it lets in who has the code that Stripe mails.",
                made.allows.join("; ")
            ));
            Ok(workspace.checked(act().await)?)
        }
        outcome => Ok(outcome?),
    }
}
