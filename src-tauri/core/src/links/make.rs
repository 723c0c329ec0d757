//! Makes the link: asks Stripe for the page that a checked request describes.

use super::preflight::Examined;
use super::types::LinkPurpose;
use crate::mirror::{self, Page};
use crate::stripe::resource::{CHECKOUT_SESSIONS, INVOICES, PAYMENT_LINKS};
use crate::stripe::{Answer, Client, Params, hosted, invoices};
use crate::workspaces::Workspace;
use crate::{Error, Result, db};
use chrono::TimeDelta;
use serde_json::Value;
use url::Url;

/// How long a session that nobody opened lives, and how long Stripe vouches for an invoice's page.
const UNUSED: TimeDelta = TimeDelta::minutes(5);
const INVOICE_PAGE: TimeDelta = TimeDelta::days(10);

/// What a client can be sent to. The address of a session lets anybody in: it goes to the browser,
/// the mail program or the clipboard, and is neither stored nor logged.
pub(super) struct Made {
    pub url: String,
    pub object: Option<String>,
    /// Unix milliseconds; none where it lives until something is switched off.
    pub lives_until: Option<i64>,
}

pub(super) async fn make(
    workspace: &Workspace,
    examined: &Examined,
    idempotency_key: &str,
) -> Result<Made> {
    let purpose = examined.request.purpose;
    match purpose {
        LinkPurpose::LoginPage => login_page(examined),
        LinkPurpose::PayInvoice => invoice(workspace, examined).await,
        LinkPurpose::Checkout | LinkPurpose::SetUpCard => {
            checkout(workspace, examined, idempotency_key).await
        }
        LinkPurpose::PaymentLink => payment_link(workspace, examined, idempotency_key).await,
        LinkPurpose::PortalHome
        | LinkPurpose::UpdatePaymentMethod
        | LinkPurpose::UpdateDetails
        | LinkPurpose::Cancel
        | LinkPurpose::Pause
        | LinkPurpose::ChangePlan
        | LinkPurpose::ConfirmPlan => session(workspace, examined, idempotency_key).await,
    }
}

async fn session(workspace: &Workspace, examined: &Examined, key: &str) -> Result<Made> {
    let stripe = workspace.stripe_for_writing().await?;
    let mut params = hosted::customer(examined.customer_id()?)
        .with("configuration", examined.configuration_id()?)
        .and(&flow(examined)?);
    let recoverable = examined.handed_out();
    if recoverable {
        params = params.with("after_expiration[type]", "customer_login");
    }
    let answer = hosted::portal_session(&stripe, &params, key).await?;
    let created = answer.body["created"].as_i64().unwrap_or_default();
    let lives_until = (created * 1000) + UNUSED.num_milliseconds();
    Ok(Made {
        url: address(&answer, "url")?,
        object: id(&answer),
        lives_until: (!recoverable).then_some(lives_until),
    })
}

/// The flow's parameters; the portal's first page has none.
fn flow(examined: &Examined) -> Result<Params> {
    let request = &examined.request;
    let kind = match request.purpose {
        LinkPurpose::UpdatePaymentMethod => "payment_method_update",
        LinkPurpose::UpdateDetails => "customer_update",
        LinkPurpose::Cancel => "subscription_cancel",
        LinkPurpose::Pause => "subscription_pause",
        LinkPurpose::ChangePlan => "subscription_update",
        LinkPurpose::ConfirmPlan => "subscription_update_confirm",
        _ => return Ok(Params::new()),
    };
    let mut params = Params::new().with("flow_data[type]", kind);
    let at = format!("flow_data[{kind}]");
    if let Some(subscription) = &request.subscription {
        params = params.with(format!("{at}[subscription]"), subscription);
    }
    if let Some(coupon) = &request.coupon {
        let retention = format!("{at}[retention]");
        params = params
            .with(format!("{retention}[type]"), "coupon_offer")
            .with(format!("{retention}[coupon_offer][coupon]"), coupon);
    }
    if request.purpose == LinkPurpose::ConfirmPlan {
        params = params
            .with(format!("{at}[items][0][id]"), examined.only_item()?)
            .maybe(&format!("{at}[items][0][price]"), request.price.as_ref())
            .maybe(&format!("{at}[items][0][quantity]"), request.quantity);
    }
    Ok(params)
}

/// Switching the login page off and on may change its address, so it was read anew.
fn login_page(examined: &Examined) -> Result<Made> {
    let page = examined.login_page();
    let mut url = parse(page.ok_or_else(|| {
        Error::UnreadableAnswer("the portal's login page has no address".into())
    })?)?;
    let email = examined.customer_email()?;
    url.query_pairs_mut().append_pair("prefilled_email", email);
    Ok(Made {
        url: url.into(),
        object: None,
        lives_until: None,
    })
}

async fn invoice(workspace: &Workspace, examined: &Examined) -> Result<Made> {
    let stripe = workspace.stripe().await?;
    let wanted = examined.request.invoice.as_deref().unwrap_or_default();
    let answer = invoices::retrieve(&stripe, wanted).await?;
    let page = Page::of(&INVOICES, vec![answer.body.clone()], answer.asked_at);
    mirror::apply(workspace.store(), vec![page]).await?;
    if answer.body["status"] != "open" {
        return Err(Error::LinkNotPossible(format!(
            "Invoice {} is not open any more, so there is nothing to pay.",
            answer.body["number"].as_str().unwrap_or(wanted)
        )));
    }
    Ok(Made {
        url: address(&answer, "hosted_invoice_url")?,
        object: None,
        lives_until: Some(answer.asked_at + INVOICE_PAGE.num_milliseconds()),
    })
}

async fn checkout(workspace: &Workspace, examined: &Examined, key: &str) -> Result<Made> {
    let stripe = workspace.stripe_for_writing().await?;
    let request = &examined.request;
    let mut params = hosted::customer(examined.customer_id()?)
        .with("client_reference_id", examined.client.as_str())
        .with("success_url", examined.return_url()?);
    params = if request.purpose == LinkPurpose::SetUpCard {
        params
            .with("mode", "setup")
            .maybe("currency", examined.currency())
    } else {
        let price = request.price.as_deref().unwrap_or_default();
        require_offered(&stripe, price).await?;
        params
            .with("mode", "subscription")
            .with("line_items[0][price]", price)
            .maybe("line_items[0][quantity]", request.quantity)
    };
    let answer = hosted::checkout_session(&stripe, &params, key).await?;
    let page = Page::of(
        &CHECKOUT_SESSIONS,
        vec![answer.body.clone()],
        answer.asked_at,
    );
    mirror::apply(workspace.store(), vec![page]).await?;
    Ok(Made {
        url: address(&answer, "url")?,
        object: id(&answer),
        lives_until: answer.body["expires_at"].as_i64().map(|at| at * 1000),
    })
}

/// A link that sells this is used again: links are for everybody, and each more is one to watch.
async fn payment_link(workspace: &Workspace, examined: &Examined, key: &str) -> Result<Made> {
    let price = examined.request.price.as_deref().unwrap_or_default();
    let quantity = examined.request.quantity;
    let stripe = workspace.stripe_for_writing().await?;
    require_offered(&stripe, price).await?;
    let found = match existing_link(workspace, price, quantity).await? {
        Some(link) => link,
        None => {
            let params = Params::new()
                .with("line_items[0][price]", price)
                .maybe("line_items[0][quantity]", quantity)
                .expanding(["line_items"]);
            let answer = hosted::payment_link(&stripe, &params, key).await?;
            let page = Page::of(&PAYMENT_LINKS, vec![answer.body.clone()], answer.asked_at);
            mirror::apply(workspace.store(), vec![page]).await?;
            answer.body
        }
    };
    let mut url = parse(found["url"].as_str().unwrap_or_default())?;
    if let Some(recipient) = &examined.recipient {
        url.query_pairs_mut()
            .append_pair("prefilled_email", recipient);
    }
    url.query_pairs_mut()
        .append_pair("client_reference_id", examined.client.as_str());
    Ok(Made {
        url: url.into(),
        object: found["id"].as_str().map(str::to_owned),
        lives_until: None,
    })
}

async fn existing_link(
    workspace: &Workspace,
    price: &str,
    quantity: Option<u32>,
) -> Result<Option<Value>> {
    let links: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT json FROM payment_links
         WHERE active = 1 AND deleted = 0 AND price = ? AND json IS NOT NULL ORDER BY id",
    )
    .bind(price)
    .fetch_all(&workspace.store().reader)
    .await?;
    for link in links {
        let link: Value = db::unpack(&link)?;
        let sells = link.pointer("/line_items/data/0/quantity");
        if sells.and_then(Value::as_u64).unwrap_or(1) == u64::from(quantity.unwrap_or(1)) {
            return Ok(Some(link));
        }
    }
    Ok(None)
}

/// A price may have been archived since it was mirrored.
async fn require_offered(stripe: &Client, price: &str) -> Result<()> {
    let answer = hosted::price(stripe, price).await?;
    if answer.body["active"] == true {
        return Ok(());
    }
    Err(Error::LinkNotPossible(
        "This price was archived in Stripe meanwhile. Choose another one.".into(),
    ))
}

fn address(answer: &Answer, field: &str) -> Result<String> {
    let address = answer.body[field].as_str();
    let missing = || Error::UnreadableAnswer("the page has no address".into());
    Ok(address.ok_or_else(missing)?.to_owned())
}

fn id(answer: &Answer) -> Option<String> {
    answer.body["id"].as_str().map(str::to_owned)
}

fn parse(address: &str) -> Result<Url> {
    Url::parse(address).map_err(|_| Error::UnreadableAnswer("the page's address is garbled".into()))
}
