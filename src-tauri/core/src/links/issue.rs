//! Any link: checked, made, and handed over.

use super::attempt::{Attempt, Done};
use super::make::make;
use super::message::{Letter, message};
use super::preflight::{Examined, examine};
use super::types::*;
use crate::browser;
use crate::clients;
use crate::ids::ClientId;
use crate::journal::{Delivery, LinkDetails, LinkKind};
use crate::portal;
use crate::workspaces::Workspace;
use crate::{Error, Result};

/// Looks at everything that could be wrong with the link, and makes nothing.
pub async fn check(
    workspace: &Workspace,
    client: &ClientId,
    request: &LinkRequest,
) -> Result<Preflight> {
    let client = clients::resolve(workspace, client).await?;
    let examined = examine(workspace, &client, request).await;
    Ok(workspace.store().noticed(examined)?.preflight())
}

/// Checks once more, makes the link, and hands it over. What stops it is journaled as a failed
/// attempt; that there are no portal settings yet, or that a warning was not seen, is no attempt
/// but a question to the person.
pub async fn issue(
    workspace: &Workspace,
    client: &ClientId,
    request: &LinkRequest,
) -> Result<IssuedLink> {
    workspace.author().await?;
    let client = clients::resolve(workspace, client).await?;
    let mut examined = examine(workspace, &client, request).await?;
    let mut asked = Ok(());
    // Of what is not theirs Stripe is not even asked.
    if examined.is_of_portal() && !examined.foreign {
        asked = configuration_now(workspace, &client, request).await;
        examined = examine(workspace, &client, request).await?;
    }
    let stop = examined.stop().or(asked.err());
    if stop.is_none() && examined.lacks_configuration() {
        return Err(Error::PortalConfigurationNeeded);
    }
    if stop.is_none() {
        let warnings = examined.warnings();
        if !warnings.is_empty() && !request.warnings_seen {
            return Err(Error::Conflict(format!(
                "Look at this first, then send the link: {}",
                warnings.join(" ")
            )));
        }
    }
    let key = ulid::Ulid::new().to_string();
    let request = &examined.request;
    let attempt = Attempt {
        workspace,
        client: client.clone(),
        kind: kind(request.purpose, request.delivery),
        customer: examined
            .customer_id()
            .ok()
            .map(str::to_owned)
            .or_else(|| request.customer.clone()),
        configuration: examined.noted_configuration(),
        invoice: request.invoice.clone(),
        idempotency_key: Some(key.clone()),
        details: LinkDetails {
            delivery: Some(request.delivery),
            subscription: request.subscription.clone(),
            coupon: request.coupon.clone(),
            price: request.price.clone(),
            quantity: request.quantity,
            recipient: examined.recipient.clone(),
            renews: request.renews.clone(),
        },
    };
    let (link, done) = attempt
        .run(async {
            match stop {
                Some(stop) => Err(stop),
                None => {
                    let handed = hand_over(workspace, &examined, &key).await;
                    unless_gone(workspace, &examined, handed).await
                }
            }
        })
        .await?;
    Ok(IssuedLink {
        link,
        message: done.message,
        url: done.value,
        recipient: examined.recipient.clone(),
        lifetime: examined.lifetime(),
        warnings: examined.warnings(),
    })
}

/// Reads the portal settings anew: somebody may have switched them, or their login page, off or on
/// since. Stripe itself checks them for the portal that is opened at once.
async fn configuration_now(
    workspace: &Workspace,
    client: &ClientId,
    request: &LinkRequest,
) -> Result<()> {
    let chosen = portal::chosen(workspace, client, request.configuration.as_deref()).await?;
    match chosen.words.id {
        // Another desk may have made it since Stripe was last asked.
        None => portal::current(workspace).await.map(drop),
        Some(id) if !chosen.foreign && request.purpose != LinkPurpose::PortalHome => {
            portal::read_again(workspace, &id).await.map(drop)
        }
        Some(_) => Ok(()),
    }
}

/// Answers the address only where it is to be copied, or lets nobody in by itself.
async fn hand_over(
    workspace: &Workspace,
    examined: &Examined,
    key: &str,
) -> Result<Done<Option<String>>> {
    let made = make(workspace, examined, key).await?;
    let purpose = examined.request.purpose;
    let what = purpose.label();
    let name = examined.name();
    let (message, url) = match (examined.request.delivery, &examined.recipient) {
        (Delivery::Open, _) => {
            browser::open_page(&made.url, workspace.is_loopback()).await?;
            if examined.is_of_portal() {
                workspace.visits_portal(examined.client.clone());
            }
            let message = match purpose {
                LinkPurpose::PortalHome => format!("Opened the portal of {name} in the browser."),
                _ => format!("Opened “{what}” for {name} in the browser."),
            };
            (message, None)
        }
        (Delivery::Mail, Some(recipient)) => {
            let from = workspace.staff_name();
            let letter = Letter {
                to: examined.called(),
                from: from.as_deref(),
                agency: &workspace.summary().name,
            };
            let (subject, body) = message(purpose, &made.url, examined.proves(), &letter);
            browser::open_mail(recipient, &subject, &body).await?;
            let message = format!("Prepared a message with the link “{what}” for {recipient}.");
            (
                message,
                Some(made.url).filter(|_| purpose == LinkPurpose::LoginPage),
            )
        }
        (Delivery::Mail, None) => {
            return Err(Error::Internal("a message was prepared for nobody".into()));
        }
        (Delivery::Copy, _) => (
            format!("Prepared the link “{what}” of {name} to be copied."),
            Some(made.url),
        ),
    };
    Ok(Done {
        message,
        object: made.object,
        lives_until: made.lives_until,
        value: url,
    })
}

/// The customer may have been deleted in Stripe since it was last read: then its client is read
/// again, so that its page says so as well.
async fn unless_gone<T>(
    workspace: &Workspace,
    examined: &Examined,
    handed: Result<T>,
) -> Result<T> {
    match handed {
        Err(Error::Stripe { code, param, .. })
            if code.as_deref() == Some("resource_missing")
                && param.as_deref() == Some("customer") =>
        {
            if let Err(error) = clients::refresh(workspace, &examined.client).await {
                tracing::warn!(%error, "a client whose customer is gone was not read again");
            }
            Err(Error::LinkNotPossible(format!(
                "{} was deleted in Stripe, so no link can act for it any more. Link another customer on the client's page, or send a payment link.",
                examined.name()
            )))
        }
        handed => handed,
    }
}

/// As the journal names it.
fn kind(purpose: LinkPurpose, delivery: Delivery) -> LinkKind {
    match (purpose, delivery) {
        (LinkPurpose::PortalHome, _) => LinkKind::PortalOpened,
        (LinkPurpose::LoginPage, Delivery::Copy) => LinkKind::PortalCopy,
        (LinkPurpose::LoginPage, _) => LinkKind::PortalMail,
        (LinkPurpose::PayInvoice, Delivery::Open) => LinkKind::InvoicePage,
        (LinkPurpose::PayInvoice, _) => LinkKind::PayInvoice,
        (LinkPurpose::UpdatePaymentMethod, _) => LinkKind::UpdatePaymentMethod,
        (LinkPurpose::UpdateDetails, _) => LinkKind::UpdateDetails,
        (LinkPurpose::Cancel, _) => LinkKind::Cancel,
        (LinkPurpose::Pause, _) => LinkKind::Pause,
        (LinkPurpose::ChangePlan, _) => LinkKind::ChangePlan,
        (LinkPurpose::ConfirmPlan, _) => LinkKind::ConfirmPlan,
        (LinkPurpose::Checkout, _) => LinkKind::Checkout,
        (LinkPurpose::PaymentLink, _) => LinkKind::PaymentLink,
        (LinkPurpose::SetUpCard, _) => LinkKind::SetUpCard,
    }
}
