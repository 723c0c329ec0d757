//! Which client an id means, and whose payments are its.

use crate::history;
use crate::ids::ClientId;
use crate::workspaces::Workspace;
use crate::{Error, Result};

/// The client that this id means now: itself, or where its customer was linked to.
pub async fn resolve(workspace: &Workspace, client: &ClientId) -> Result<ClientId> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT client FROM client_aliases WHERE alias = ?1
         UNION ALL SELECT id FROM client_row WHERE id = ?1 LIMIT 1",
    )
    .bind(client.as_str())
    .fetch_optional(&workspace.store().reader)
    .await?;
    if let Some(found) = found {
        return Ok(ClientId::from(found));
    }
    // The mirror may have been lost; a deleted customer is in no list that fills it again.
    if payers(workspace, client).await?.is_empty() {
        return Err(Error::NotFound("This client is not in this workspace. It may have been removed in Stripe, or not read yet.".into()));
    }
    Ok(client.clone())
}

/// The client's payers, as the mirror has them or as history knows them.
pub(super) async fn payers(workspace: &Workspace, client: &ClientId) -> Result<Vec<String>> {
    let store = workspace.store();
    let mirrored: Vec<String> =
        sqlx::query_scalar("SELECT payer FROM payers WHERE client = ? ORDER BY payer")
            .bind(client.as_str())
            .fetch_all(&store.reader)
            .await?;
    if !mirrored.is_empty() {
        return Ok(mirrored);
    }
    // Who was linked here stays so without the mirror; one's own customer may be linked elsewhere.
    let own: Vec<String> = sqlx::query_scalar(
        "SELECT customer FROM client_customers WHERE client = ?1
         UNION SELECT value FROM json_each(?2)
         WHERE value NOT IN (SELECT customer FROM client_customers WHERE client <> ?1)",
    )
    .bind(client.as_str())
    .bind(serde_json::Value::from(client.own_payers()).to_string())
    .fetch_all(&store.reader)
    .await?;
    history::has_payer(store, &own).await
}
