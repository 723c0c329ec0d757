//! What came of a link, as far as Stripe tells: looked up in the history and the mirror.

use crate::Result;
use crate::clients;
use crate::db;
use crate::history::Step;
use crate::links::types::{LinkOutcome, LinkPurpose};
use crate::money::Money;
use crate::workspaces::Workspace;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// A link that left.
pub(super) struct Left<'r> {
    pub purpose: LinkPurpose,
    pub at: DateTime<Utc>,
    pub client: &'r str,
    pub customer: Option<&'r str>,
    pub subscription: Option<&'r str>,
    pub invoice: Option<&'r str>,
    pub object: Option<&'r str>,
}

pub(super) async fn outcome(workspace: &Workspace, link: &Left<'_>) -> Result<Option<LinkOutcome>> {
    match link.purpose {
        LinkPurpose::PayInvoice => paid(workspace, link).await,
        LinkPurpose::Checkout | LinkPurpose::PaymentLink => bought(workspace, link).await,
        LinkPurpose::SetUpCard => match bought(workspace, link).await? {
            None => payment_method(workspace, link).await,
            kept => Ok(kept),
        },
        LinkPurpose::UpdatePaymentMethod => match changed(workspace, link).await? {
            None => payment_method(workspace, link).await,
            changed => Ok(changed),
        },
        LinkPurpose::PortalHome
        | LinkPurpose::LoginPage
        | LinkPurpose::UpdateDetails
        | LinkPurpose::Cancel
        | LinkPurpose::Pause
        | LinkPurpose::ChangePlan
        | LinkPurpose::ConfirmPlan => changed(workspace, link).await,
    }
}

async fn changed(workspace: &Workspace, link: &Left<'_>) -> Result<Option<LinkOutcome>> {
    let Some(customer) = link.customer else {
        return Ok(None);
    };
    let (purpose, subscription) = (link.purpose, link.subscription.map(str::to_owned));
    let matters = move |step: &Step| {
        let its = subscription
            .as_deref()
            .is_none_or(|id| step.resource != "subscriptions" || step.object == id);
        its && matters(purpose, step)
    };
    let first = clients::first_since(workspace, &[customer.to_owned()], link.at, &matters).await?;
    Ok(first.map(|(at, sentence)| LinkOutcome { at, sentence }))
}

/// Whether a change is one that such a link asks for.
fn matters(purpose: LinkPurpose, step: &Step) -> bool {
    let (Some(before), Some(after)) = (&step.before, &step.after) else {
        return false;
    };
    let differs = |pointers: &[&str]| {
        pointers
            .iter()
            .any(|pointer| before.pointer(pointer) != after.pointer(pointer))
    };
    let of = |resource: &str| step.resource == resource;
    let card = of("payment_methods")
        || of("customers") && differs(&["/invoice_settings/default_payment_method"])
        || of("subscriptions") && differs(&["/default_payment_method"]);
    let details = of("customers")
        && differs(&[
            "/name",
            "/business_name",
            "/email",
            "/phone",
            "/address",
            "/shipping",
            "/tax_ids",
        ]);
    let ending = of("subscriptions")
        && (differs(&["/cancel_at", "/cancel_at_period_end"]) || after["status"] == "canceled");
    // Who takes the offer stays, at a discount.
    let stays = of("subscriptions") && differs(&["/discounts"]);
    let rests = of("subscriptions")
        && (differs(&["/pause_collection"])
            || before["status"] != "paused" && after["status"] == "paused");
    let plan = of("subscriptions") && plans(before) != plans(after);
    match purpose {
        LinkPurpose::UpdatePaymentMethod | LinkPurpose::SetUpCard => card,
        LinkPurpose::UpdateDetails => details,
        LinkPurpose::Cancel => ending || stays,
        LinkPurpose::Pause => rests,
        LinkPurpose::ChangePlan | LinkPurpose::ConfirmPlan => plan,
        _ => card || details || ending || rests || plan,
    }
}

fn plans(subscription: &Value) -> Vec<(&Value, &Value)> {
    let items = subscription
        .pointer("/items/data")
        .and_then(Value::as_array);
    let items = items.into_iter().flatten();
    items
        .map(|item| (&item["price"]["id"], &item["quantity"]))
        .collect()
}

/// A payment method that is new since then has no history yet.
async fn payment_method(workspace: &Workspace, link: &Left<'_>) -> Result<Option<LinkOutcome>> {
    let methods: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT json FROM payment_methods WHERE payer = ? AND deleted = 0 AND json IS NOT NULL",
    )
    .bind(link.customer)
    .fetch_all(&workspace.store().reader)
    .await?;
    let mut first: Option<LinkOutcome> = None;
    for method in methods {
        let method: Value = db::unpack(&method)?;
        let created = method["created"].as_i64().unwrap_or_default();
        let at = DateTime::from_timestamp(created, 0).unwrap_or_default();
        let earlier = first.as_ref().is_none_or(|first| at < first.at);
        if created >= link.at.timestamp() && earlier {
            let sentence = format!("{} was added", clients::payment_method_words(&method).0);
            first = Some(LinkOutcome { at, sentence });
        }
    }
    Ok(first)
}

async fn paid(workspace: &Workspace, link: &Left<'_>) -> Result<Option<LinkOutcome>> {
    let paid: Option<(Option<i64>, Option<String>, i64, String)> = sqlx::query_as(
        "SELECT paid_at, number, total, currency FROM invoices WHERE id = ? AND status = 'paid'",
    )
    .bind(link.invoice)
    .fetch_optional(&workspace.store().reader)
    .await?;
    Ok(paid.and_then(|(paid_at, number, total, currency)| {
        let at = DateTime::from_timestamp(paid_at?, 0)?;
        (at.timestamp() >= link.at.timestamp()).then(|| LinkOutcome {
            at,
            sentence: format!(
                "Invoice {} was paid ({})",
                number.unwrap_or_default(),
                Money::new(total, &currency)
            ),
        })
    }))
}

/// The checkout itself, or the one that the payment link led this client to.
async fn bought(workspace: &Workspace, link: &Left<'_>) -> Result<Option<LinkOutcome>> {
    let sessions: Vec<(i64, Option<String>, String, Vec<u8>)> = sqlx::query_as(
        "SELECT created, payer, mode, json FROM checkout_sessions
         WHERE status = 'complete' AND deleted = 0 AND json IS NOT NULL AND created >= ?2
           AND (id = ?1 OR payment_link = ?1) ORDER BY created",
    )
    .bind(link.object)
    .bind(link.at.timestamp())
    .fetch_all(&workspace.store().reader)
    .await?;
    for (created, payer, mode, json) in sessions {
        let json: Value = db::unpack(&json)?;
        let its = json["client_reference_id"] == link.client
            || payer
                .as_deref()
                .is_some_and(|payer| Some(payer) == link.customer);
        if its {
            let sentence = match mode.as_str() {
                "setup" => "A card was kept by the checkout",
                "subscription" => "The plan was started by the checkout",
                _ => "The checkout was completed",
            };
            return Ok(Some(LinkOutcome {
                at: DateTime::from_timestamp(created, 0).unwrap_or_default(),
                sentence: sentence.into(),
            }));
        }
    }
    Ok(None)
}
