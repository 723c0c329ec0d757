//! `links recommend`

use crate::clients::client_id;
use crate::failure::Failure;
use crate::output::columns;
use crate::session::Session;
use portico_core::links::{self, Recommendation, SuggestedLink};

pub async fn run(session: &Session<'_>, client: &str) -> Result<(), Failure> {
    let workspace = session.workspace().await?;
    let made = links::recommend(&workspace, &client_id(client)).await?;
    session.output.show(&made, || describe(&made))?;
    Ok(())
}

fn describe(made: &Recommendation) -> String {
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
