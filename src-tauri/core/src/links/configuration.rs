//! Portico's own portal configuration: found by its metadata, or made once.

use super::recovery::{KEY_LIVES, settle_pending};
use super::types::PortalConfiguration;
use crate::db;
use crate::journal::{self, Change};
use crate::mirror::{self, Page};
use crate::stripe::resource::PORTAL_CONFIGURATIONS;
use crate::stripe::{Answer, Params, portal};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use futures_util::FutureExt;
use serde_json::Value;

/// `metadata[portico]` of the configuration that Portico made.
const MARK: &str = "default";

/// What clients may do with it, or could if it were made.
pub async fn configuration(workspace: &Workspace) -> Result<PortalConfiguration> {
    Ok(match mirrored(workspace).await? {
        Some(found) => describe(&found),
        None => PortalConfiguration {
            id: None,
            allows: allows(&planned()),
            login_page: None,
        },
    })
}

/// Makes the configuration in Stripe, or finds the one that exists. Asked twice, it is made once.
pub async fn create_configuration(workspace: &Workspace) -> Result<PortalConfiguration> {
    let _alone = workspace
        .busy("portal configuration".into())
        .ok_or_else(|| {
            Error::Conflict("The portal settings are being made; give it a moment.".into())
        })?;
    if let Some(found) = current(workspace).await? {
        return Ok(describe(&found));
    }
    // An older intention may be what makes it.
    settle_pending(workspace).await?;
    if let Some(found) = mirrored(workspace).await? {
        return Ok(describe(&found));
    }
    let author = workspace.author().await?;
    let key = match pending_key(workspace).await? {
        Some(key) => key,
        None => intend(workspace, &author).await?,
    };
    let made = finish(workspace, &author, key).await?;
    Ok(describe(&made))
}

/// Journals that the configuration is wanted; answers the idempotency key, which is another
/// process's where that one was faster.
async fn intend(workspace: &Workspace, author: &journal::Author) -> Result<String> {
    let key = ulid::Ulid::new().to_string();
    let intention = Change::PortalConfigurationRequested {
        idempotency_key: key.clone(),
        configuration: None,
        settings: None,
        active: None,
    };
    let appended = journal::append_checked(workspace.store(), author, intention, |tables| {
        async move {
            // Links have a client.
            let wanted: Option<i64> =
                sqlx::query_scalar("SELECT 1 FROM open_effects WHERE client IS NULL")
                    .fetch_optional(tables)
                    .await?;
            match wanted {
                Some(_) => Err(Error::Conflict(
                    "The portal settings are already being made.".into(),
                )),
                None => Ok(()),
            }
        }
        .boxed()
    });
    match appended.await {
        Ok(_) => Ok(key),
        Err(Error::Conflict(why)) => pending_key(workspace).await?.ok_or(Error::Conflict(why)),
        Err(error) => Err(error),
    }
}

/// The key of an intention without an outcome: sent again with it, the configuration is made once.
async fn pending_key(workspace: &Workspace) -> Result<Option<String>> {
    let pending = journal::pending(workspace.store()).await?;
    Ok(pending
        .into_iter()
        .find_map(|pending| match pending.entry.change {
            Change::PortalConfigurationRequested {
                idempotency_key, ..
            } if pending.age < KEY_LIVES => Some(idempotency_key),
            _ => None,
        }))
}

/// Carries out a journaled intention; the same key makes a repetition harmless.
pub(super) async fn finish(
    workspace: &Workspace,
    author: &journal::Author,
    key: String,
) -> Result<Value> {
    let outcome = async {
        let stripe = workspace.stripe_for_writing().await?;
        let answer = portal::create_configuration(&stripe, &params(), &key).await?;
        mirror(workspace, &answer).await?;
        Ok(answer.body)
    };
    let outcome: Result<Value> = workspace.checked(outcome.await);
    let (configuration, message) = match &outcome {
        Ok(made) => (Some(id(made).to_owned()), None),
        // Whether it arrived is not known: it stays pending and is sent again with the same key.
        Err(error) if error.is_passing() => return outcome,
        Err(error) => (None, Some(error.to_string())),
    };
    let finished = Change::PortalConfigurationFinished {
        idempotency_key: key,
        configuration,
        message,
    };
    match journal::append(workspace.store(), author, finished).await {
        // Another process sent the same key and was faster with the outcome.
        Err(Error::Conflict(_)) => outcome,
        appended => appended.and(outcome),
    }
}

/// Portico's configuration as the mirror has it, or as Stripe has it where the mirror has none.
pub(super) async fn current(workspace: &Workspace) -> Result<Option<Value>> {
    if let Some(found) = mirrored(workspace).await? {
        return Ok(Some(found));
    }
    let stripe = workspace.stripe().await?;
    let (objects, asked_at) = workspace.checked(portal::active_configurations(&stripe).await)?;
    let page = Page::of(&PORTAL_CONFIGURATIONS, objects, asked_at);
    mirror::apply(workspace.store(), vec![page]).await?;
    mirrored(workspace).await
}

pub(super) fn id(configuration: &Value) -> &str {
    configuration["id"].as_str().unwrap_or_default()
}

async fn mirrored(workspace: &Workspace) -> Result<Option<Value>> {
    let json: Option<Vec<u8>> = sqlx::query_scalar(
        "SELECT json FROM portal_configurations WHERE portico = ? AND active = 1 AND deleted = 0 ORDER BY id LIMIT 1",
    )
    .bind(MARK)
    .fetch_optional(&workspace.store().reader)
    .await?;
    json.as_deref().map(db::unpack).transpose()
}

async fn mirror(workspace: &Workspace, answer: &Answer) -> Result<()> {
    let page = Page::of(
        &PORTAL_CONFIGURATIONS,
        vec![answer.body.clone()],
        answer.asked_at,
    );
    mirror::apply(workspace.store(), vec![page]).await?;
    Ok(())
}

fn describe(configuration: &Value) -> PortalConfiguration {
    PortalConfiguration {
        id: Some(id(configuration).to_owned()),
        allows: allows(&configuration["features"]),
        login_page: configuration["login_page"]["url"]
            .as_str()
            .map(str::to_owned),
    }
}

const UPDATES: [&str; 5] = ["name", "email", "address", "phone", "tax_id"];
const REASONS: [&str; 8] = [
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "customer_service",
    "too_complex",
    "low_quality",
    "other",
];

/// The features of a new configuration, in the shape in which Stripe answers them.
fn planned() -> Value {
    serde_json::json!({
        "customer_update": { "enabled": true, "allowed_updates": UPDATES },
        "invoice_history": { "enabled": true },
        "payment_method_update": { "enabled": true },
        "subscription_cancel": {
            "enabled": true,
            "mode": "at_period_end",
            "cancellation_reason": { "enabled": true, "options": REASONS },
        },
    })
}

fn params() -> Params {
    let mut params = Params::new()
        .with("name", "Portico")
        .with("metadata[portico]", MARK)
        .with("login_page[enabled]", true)
        .with("features[customer_update][enabled]", true)
        .with("features[invoice_history][enabled]", true)
        .with("features[payment_method_update][enabled]", true)
        .with("features[subscription_cancel][enabled]", true)
        .with("features[subscription_cancel][mode]", "at_period_end")
        .with(
            "features[subscription_cancel][cancellation_reason][enabled]",
            true,
        );
    for (index, update) in UPDATES.iter().enumerate() {
        params = params.with(
            format!("features[customer_update][allowed_updates][{index}]"),
            update,
        );
    }
    for (index, reason) in REASONS.iter().enumerate() {
        params = params.with(
            format!("features[subscription_cancel][cancellation_reason][options][{index}]"),
            reason,
        );
    }
    params
}

/// What a configuration lets clients do, one short sentence each.
fn allows(features: &Value) -> Vec<String> {
    let on = |feature: &str| features[feature]["enabled"].as_bool().unwrap_or(false);
    let mut allows = Vec::new();
    if on("invoice_history") {
        allows.push("See and download their invoices".to_owned());
    }
    if on("payment_method_update") {
        allows.push("Add, replace and remove payment methods".to_owned());
    }
    if on("customer_update") {
        let updates = features["customer_update"]["allowed_updates"]
            .as_array()
            .into_iter()
            .flatten();
        let updates: Vec<String> = updates
            .filter_map(Value::as_str)
            .map(|u| u.replace('_', " "))
            .collect();
        allows.push(format!("Change their {}", updates.join(", ")));
    }
    if on("subscription_cancel") {
        let when = match features["subscription_cancel"]["mode"].as_str() {
            Some("immediately") => "at once",
            _ => "at the end of the paid period, giving a reason",
        };
        allows.push(format!("Cancel a subscription {when}"));
    }
    if on("subscription_update") {
        allows.push("Switch plans".to_owned());
    }
    if on("subscription_pause") {
        allows.push("Pause a subscription".to_owned());
    }
    allows
}
