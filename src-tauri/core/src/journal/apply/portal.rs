//! Segments, portal rules and choices by hand, as the journal's entries make them.

use crate::Result;
use crate::ids::SegmentId;
use crate::journal::{Change, Entry, PortalRule};
use sqlx::SqliteConnection;

pub(super) async fn change(tables: &mut SqliteConnection, entry: &Entry, at: i64) -> Result<()> {
    match &entry.change {
        Change::SegmentSaved {
            segment,
            name,
            description,
        } => {
            sqlx::query("INSERT OR REPLACE INTO segments (id, name, description) VALUES (?, ?, ?)")
                .bind(segment.as_str())
                .bind(name)
                .bind(description)
                .execute(tables)
                .await?;
        }
        Change::SegmentRemoved { segment } => {
            for statement in [
                "UPDATE clients SET segment = NULL WHERE segment = ?",
                "DELETE FROM segments WHERE id = ?",
            ] {
                sqlx::query(statement)
                    .bind(segment.as_str())
                    .execute(&mut *tables)
                    .await?;
            }
        }
        Change::ClientSegmentSet { client, segment } => {
            sqlx::query("UPDATE clients SET segment = ? WHERE id = ?")
                .bind(segment.as_ref().map(SegmentId::as_str))
                .bind(client.as_str())
                .execute(tables)
                .await?;
        }
        Change::PortalRulesSaved { rules, otherwise } => {
            set_rules(tables, rules, otherwise.as_deref()).await?;
        }
        Change::ClientPortalSet {
            client,
            configuration,
        } => {
            sqlx::query("UPDATE clients SET portal_configuration = ? WHERE id = ?")
                .bind(configuration)
                .bind(client.as_str())
                .execute(tables)
                .await?;
        }
        Change::PortalMatrixReviewed { next_in_days } => {
            sqlx::query(
                "UPDATE portal_policy SET reviewed_at = ?, reviewed_by = ?, next_in_days = ?",
            )
            .bind(at)
            .bind(entry.author.actor.to_string())
            .bind(next_in_days)
            .execute(tables)
            .await?;
        }
        _ => {}
    }
    Ok(())
}

async fn set_rules(
    tables: &mut SqliteConnection,
    rules: &[PortalRule],
    otherwise: Option<&str>,
) -> Result<()> {
    sqlx::query("DELETE FROM portal_rules")
        .execute(&mut *tables)
        .await?;
    for (position, rule) in (0_i64..).zip(rules) {
        sqlx::query("INSERT INTO portal_rules (position, body) VALUES (?, ?)")
            .bind(position)
            .bind(serde_json::to_string(rule)?)
            .execute(&mut *tables)
            .await?;
    }
    sqlx::query("UPDATE portal_policy SET otherwise = ?")
        .bind(otherwise)
        .execute(tables)
        .await?;
    Ok(())
}
