//! Refuses changes that contradict what earlier entries made; run inside the append's transaction.

use super::Change;
use crate::{
    Error, Result,
    ids::{ClientId, SegmentId},
};
use sqlx::SqliteConnection;

const OPEN_EFFECT: &str = "SELECT 1 FROM open_effects WHERE effect = ?1";

/// Everything that every feature would otherwise have to remember to ask.
pub(super) async fn change(tables: &mut SqliteConnection, change: &Change) -> Result<()> {
    match change {
        Change::WorkspaceAdded { .. } => {
            let known = "SELECT 1 FROM timeline WHERE kind = 'workspace_added'";
            conflict_if(
                holds(tables, known, &[]).await?,
                "This workspace was already added.",
            )
        }
        Change::ClientAdded { client, .. } => conflict_if(
            has_row(tables, client).await?,
            "This client was already added.",
        ),
        Change::ClientArchived { client } => {
            require_client(tables, client).await?;
            conflict_if(
                is_archived(tables, client).await?,
                "This client is already archived.",
            )
        }
        Change::ClientUnarchived { client } => conflict_if(
            !is_archived(tables, client).await?,
            "This client is not archived.",
        ),
        Change::ClientEdited { client, .. } => require_client(tables, client).await,
        Change::NoteWritten { note, client, .. } => {
            require_client(tables, client).await?;
            conflict_if(
                holds(
                    tables,
                    "SELECT 1 FROM notes WHERE id = ?1",
                    &[note.as_str()],
                )
                .await?,
                "This note was already written.",
            )
        }
        Change::ContactAdded {
            contact, client, ..
        } => {
            require_client(tables, client).await?;
            let known = "SELECT 1 FROM contacts WHERE id = ?1";
            conflict_if(
                holds(tables, known, &[contact.as_str()]).await?,
                "This contact was already added.",
            )
        }
        Change::CustomerLinked { client, customer } => linking(tables, client, customer).await,
        Change::CustomerUnlinked { client, customer } => {
            let linked = "SELECT 1 FROM client_customers WHERE customer = ?1 AND client = ?2";
            conflict_if(
                !holds(tables, linked, &[customer, client.as_str()]).await?,
                "This Stripe customer is not linked to this client.",
            )
        }
        Change::ContactEdited {
            contact, client, ..
        }
        | Change::ContactRemoved { contact, client } => {
            let known = "SELECT 1 FROM contacts WHERE id = ?1 AND client = ?2";
            not_found_unless(
                holds(tables, known, &[contact.as_str(), client.as_str()]).await?,
                "This contact no longer exists.",
            )
        }
        Change::NoteEdited { note, client, .. } | Change::NoteRemoved { note, client } => {
            let known = "SELECT 1 FROM notes WHERE id = ?1 AND client = ?2";
            not_found_unless(
                holds(tables, known, &[note.as_str(), client.as_str()]).await?,
                "This note no longer exists.",
            )
        }
        Change::ClientErased { .. } => Err(Error::Internal(
            "an erasure was appended without erasing".into(),
        )),
        Change::LinkRequested { link, client, .. } => {
            require_client(tables, client).await?;
            conflict_if(
                holds(
                    tables,
                    "SELECT 1 FROM links WHERE id = ?1",
                    &[link.as_str()],
                )
                .await?,
                "This link was already requested.",
            )
        }
        Change::LinkFinished { link, client, .. } => {
            let open = "SELECT 1 FROM open_effects WHERE effect = ?1 AND client = ?2";
            conflict_if(
                !holds(tables, open, &[link.as_str(), client.as_str()]).await?,
                "This link was already finished, or never begun.",
            )
        }
        Change::PortalConfigurationRequested {
            idempotency_key, ..
        } => conflict_if(
            holds(tables, OPEN_EFFECT, &[idempotency_key]).await?,
            "These portal settings are already being made.",
        ),
        Change::PortalConfigurationFinished {
            idempotency_key, ..
        } => conflict_if(
            !holds(tables, OPEN_EFFECT, &[idempotency_key]).await?,
            "These portal settings were already made, or never asked for.",
        ),
        Change::SegmentRemoved { segment } => segment_in_use(tables, segment).await,
        Change::ClientSegmentSet { client, segment } => {
            require_client(tables, client).await?;
            require_segments(tables, segment.as_slice()).await
        }
        Change::PortalRulesSaved { rules, .. } => {
            for rule in rules {
                require_segments(tables, &rule.when.segments).await?;
            }
            Ok(())
        }
        Change::ClientPortalSet { client, .. } | Change::CustomerPreferred { client, .. } => {
            require_client(tables, client).await
        }
        Change::SegmentSaved { .. }
        | Change::PortalMatrixReviewed { .. }
        | Change::DuplicatesDismissed { .. }
        | Change::StaffIntroduced { .. }
        | Change::KeyStored { .. }
        | Change::KeyRemoved
        | Change::TimeZoneSet { .. }
        | Change::BackupRestored { .. }
        | Change::ComparisonStarted
        | Change::MirrorRebuilt
        | Change::NewsGivenUp { .. }
        | Change::LiveWireSet { .. }
        | Change::WebhookSecretStored { .. }
        | Change::WebhookSecretRemoved => Ok(()),
    }
}

async fn linking(tables: &mut SqliteConnection, client: &ClientId, customer: &str) -> Result<()> {
    require_client(tables, client).await?;
    let derived = ClientId::of_customer(customer);
    let linked = "SELECT 1 FROM client_customers WHERE customer = ?1";
    conflict_if(
        *client == derived || holds(tables, linked, &[customer]).await?,
        "This Stripe customer is already linked to a client. Unlink it there first.",
    )?;
    // One step from an id to its client, never a chain of them.
    let alias = "SELECT 1 FROM client_aliases WHERE alias = ?1";
    conflict_if(
        holds(tables, alias, &[client.as_str()]).await?,
        "This client's own Stripe customer is linked to another client. Link to that one instead.",
    )?;
    let target = "SELECT 1 FROM client_aliases WHERE client = ?1";
    conflict_if(
        holds(tables, target, &[derived.as_str()]).await?,
        "Other Stripe customers are linked to this customer's client. Unlink them there first.",
    )
}

/// `history`: its Stripe objects have one, which counts as something to erase.
pub(super) async fn erasure(
    tables: &mut SqliteConnection,
    client: &ClientId,
    history: bool,
) -> Result<()> {
    let alias = "SELECT 1 FROM client_aliases WHERE alias = ?1";
    conflict_if(
        holds(tables, alias, &[client.as_str()]).await?,
        "This client is part of another one, to which its Stripe customer is linked. Erase that one.",
    )?;
    let known = "SELECT 1 FROM timeline WHERE client = ?1";
    not_found_unless(
        history
            || has_row(tables, client).await?
            || holds(tables, known, &[client.as_str()]).await?,
        "The journal holds nothing about this client.",
    )
}

async fn require_client(tables: &mut SqliteConnection, client: &ClientId) -> Result<()> {
    // Touched before, derived from what the mirror holds, or known under an earlier id.
    let known = "SELECT 1 FROM clients WHERE id = ?1 UNION ALL
                 SELECT 1 FROM payers WHERE client = ?1 UNION ALL
                 SELECT 1 FROM client_aliases WHERE alias = ?1";
    not_found_unless(
        holds(tables, known, &[client.as_str()]).await?,
        "This client does not exist.",
    )
}

async fn require_segments(tables: &mut SqliteConnection, segments: &[SegmentId]) -> Result<()> {
    for segment in segments {
        let known = "SELECT 1 FROM segments WHERE id = ?1";
        not_found_unless(
            holds(tables, known, &[segment.as_str()]).await?,
            "This segment was removed meanwhile. Choose another one.",
        )?;
    }
    Ok(())
}

async fn segment_in_use(tables: &mut SqliteConnection, segment: &SegmentId) -> Result<()> {
    require_segments(tables, std::slice::from_ref(segment)).await?;
    let named =
        "SELECT 1 FROM portal_rules r, json_each(r.body, '$.when.segments') s WHERE s.value = ?1";
    conflict_if(
        holds(tables, named, &[segment.as_str()]).await?,
        "A portal rule is made for this segment. Change the rule first.",
    )
}

async fn has_row(tables: &mut SqliteConnection, client: &ClientId) -> Result<bool> {
    holds(
        tables,
        "SELECT 1 FROM clients WHERE id = ?1",
        &[client.as_str()],
    )
    .await
}

async fn is_archived(tables: &mut SqliteConnection, client: &ClientId) -> Result<bool> {
    let archived = "SELECT 1 FROM clients WHERE id = ?1 AND archived_at IS NOT NULL";
    holds(tables, archived, &[client.as_str()]).await
}

/// Whether the query finds a row.
async fn holds(
    tables: &mut SqliteConnection,
    query: &'static str,
    values: &[&str],
) -> Result<bool> {
    let query = values
        .iter()
        .fold(sqlx::query_scalar::<_, i64>(query), |query, value| {
            query.bind((*value).to_owned())
        });
    Ok(query.fetch_optional(tables).await?.is_some())
}

fn conflict_if(contradiction: bool, sentence: &str) -> Result<()> {
    if contradiction {
        return Err(Error::Conflict(sentence.into()));
    }
    Ok(())
}

fn not_found_unless(found: bool, sentence: &str) -> Result<()> {
    if found {
        return Ok(());
    }
    Err(Error::NotFound(sentence.into()))
}
