//! Who made a change, as far as Stripe's event and the journal tell.

use crate::Result;
use crate::history::Step;
use crate::ids::ClientId;
use crate::workspaces::Workspace;
use chrono::TimeDelta;

const STRIPE: &str = "Stripe";
/// A portal session is forgotten this long after its last click.
const PORTAL_LASTS: TimeDelta = TimeDelta::hours(1);

/// The actor of a step. That a client acted is an inference, so it says "probably": Stripe's event
/// names a request, and the client's portal was open at that time.
pub(super) async fn acted(
    workspace: &Workspace,
    client: Option<&ClientId>,
    step: &Step,
) -> Result<String> {
    let Some(cause) = &step.cause else {
        return Ok("Seen while reading; Stripe did not say who".into());
    };
    let reader = &workspace.store().reader;
    if let Some(key) = &cause.idempotency_key {
        let staff: Option<String> = sqlx::query_scalar(
            "SELECT coalesce(s.name, t.actor) FROM timeline t LEFT JOIN staff s ON s.id = t.actor
             WHERE t.body ->> '$.idempotency_key' = ? LIMIT 1",
        )
        .bind(key)
        .fetch_optional(reader)
        .await?;
        if let Some(staff) = staff {
            return Ok(staff);
        }
    }
    if cause.request.is_none() {
        return Ok(STRIPE.into());
    }
    let client = match (client, &step.payer) {
        (Some(client), _) => Some(client.to_string()),
        (None, Some(payer)) => {
            sqlx::query_scalar("SELECT client FROM payers WHERE payer = ?")
                .bind(payer)
                .fetch_optional(reader)
                .await?
        }
        (None, None) => None,
    };
    // A session that another program opened is known by its event alone.
    let opened: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM links WHERE kind = 'portal_opened' AND result = 'opened' AND at BETWEEN ?2 AND ?3
             AND (client = ?1 OR client IN (SELECT alias FROM client_aliases WHERE client = ?1)))
         OR EXISTS (SELECT 1 FROM portal_sessions_seen s JOIN payers p ON p.payer = s.payer
             WHERE p.client = ?1 AND s.created * 1000 BETWEEN ?2 AND ?3)",
    )
    .bind(client)
    .bind((step.at - PORTAL_LASTS).timestamp_millis())
    // Events carry whole seconds.
    .bind(step.at.timestamp_millis() + 999)
    .fetch_one(reader)
    .await?;
    Ok(if opened {
        "Probably the client, in the portal".into()
    } else {
        "In the Dashboard or by another program".into()
    })
}
