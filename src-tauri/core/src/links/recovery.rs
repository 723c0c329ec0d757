//! What becomes of intentions whose process died before their outcome was journaled.

use crate::Result;
use crate::journal::{self, Actor, Author, Change, LinkResult, Pending};
use crate::portal::{self, UNDER_WAY};
use crate::workspaces::Workspace;

/// Settles what is pending: links are closed as interrupted and never opened again; the portal's
/// configurations are sent again with their key, or looked up once the key is too old.
pub async fn settle_pending(workspace: &Workspace) -> Result<()> {
    let author = Author {
        actor: Actor::Rule("recovery".into()),
        device: workspace.device(),
    };
    let mut outcome = Ok(());
    for pending in journal::pending(workspace.store()).await? {
        outcome = outcome.and(settle(workspace, &author, pending).await);
    }
    outcome.and(portal::settle_pending(workspace).await)
}

async fn settle(workspace: &Workspace, author: &Author, pending: Pending) -> Result<()> {
    let Pending { entry, age } = pending;
    let Change::LinkRequested { link, client, .. } = entry.change else {
        return Ok(());
    };
    if age.to_std().map_or(true, |age| age < UNDER_WAY) {
        return Ok(());
    }
    let interrupted = Change::LinkFinished {
        link,
        client,
        result: LinkResult::Interrupted,
        message: Some("Portico was ended before this was finished.".into()),
        object: None,
        lives_until: None,
    };
    journal::append(workspace.store(), author, interrupted).await?;
    Ok(())
}
