//! "Open in Stripe": the Dashboard's page of an object of this client.

use crate::browser;
use crate::clients;
use crate::ids::ClientId;
use crate::workspaces::Workspace;
use crate::{Error, Result};

/// Opens the object (`cus_…`, `sub_…`, `in_…`, `pm_…`, `price_…`, `prod_…`) in the Dashboard.
pub async fn open_in_stripe(workspace: &Workspace, client: &ClientId, object: &str) -> Result<()> {
    let client = clients::resolve(workspace, client).await?;
    let place = match object.split('_').next().unwrap_or_default() {
        "cus" | "acct" => "customers",
        "sub" => "subscriptions",
        "in" => "invoices",
        "pm" => "customers",
        "price" | "plan" => "prices",
        "prod" => "products",
        _ => {
            return Err(Error::invalid(
                "object",
                "This is not an object that has a page in Stripe.",
            ));
        }
    };
    // A payment method has no page of its own; it stands on its customer's.
    let shown: Option<String> = sqlx::query_scalar(
        "SELECT payer FROM payers WHERE payer = ?1 AND client = ?2
         UNION ALL SELECT s.id FROM subscriptions s JOIN payers p ON p.payer = s.payer
             WHERE s.id = ?1 AND p.client = ?2
         UNION ALL SELECT v.id FROM invoices v JOIN payers p ON p.payer = v.payer WHERE v.id = ?1 AND p.client = ?2
         UNION ALL SELECT m.payer FROM payment_methods m JOIN payers p ON p.payer = m.payer
             WHERE m.id = ?1 AND p.client = ?2
         UNION ALL SELECT id FROM prices WHERE id = ?1
         UNION ALL SELECT id FROM products WHERE id = ?1 LIMIT 1",
    )
    .bind(object)
    .bind(client.as_str())
    .fetch_optional(&workspace.store().reader)
    .await?;
    let shown = shown.ok_or_else(|| {
        Error::NotYours(format!(
            "{object} does not belong to this client in this workspace. Nothing was opened."
        ))
    })?;
    if workspace.is_loopback() {
        return Err(Error::LinkNotPossible(
            "This workspace's Stripe is a simulator on this computer, which has no Dashboard."
                .into(),
        ));
    }
    let summary = workspace.summary();
    let mode = if summary.livemode { "" } else { "/test" };
    let address = format!(
        "https://dashboard.stripe.com/{}{mode}/{place}/{shown}",
        summary.account
    );
    browser::open_page(&address, false).await
}
