//! The customer portal: opened for a client now, or its login page handed out for later.

use super::attempt::{Attempt, Done};
use super::configuration::{self, current};
use super::facts::{CustomerFacts, acting, customers, login_page};
use super::types::{OpenedLink, PreparedLink};
use crate::browser;
use crate::clients;
use crate::ids::ClientId;
use crate::journal::{LinkDetails, LinkKind};
use crate::stripe::portal;
use crate::workspaces::Workspace;
use crate::{Error, Result};
use serde_json::Value;
use url::Url;

/// Creates a session for the client's customer and opens it in the default browser.
///
/// The session's address lets anybody in until it expires: it goes from Stripe to the browser, and
/// is neither returned, stored nor logged.
pub async fn open_portal(
    workspace: &Workspace,
    client: &ClientId,
    customer: Option<&str>,
) -> Result<OpenedLink> {
    let client = clients::resolve(workspace, client).await?;
    let (chosen, configuration) = prepare(workspace, &client, customer).await?;
    let configuration_id = configuration
        .as_ref()
        .map(|c| configuration::id(c).to_owned());
    let key = ulid::Ulid::new().to_string();
    let attempt = Attempt {
        workspace,
        client: client.clone(),
        kind: LinkKind::PortalOpened,
        customer: chosen
            .as_ref()
            .ok()
            .map(|c| c.id.clone())
            .or(customer.map(str::to_owned)),
        configuration: configuration_id.clone(),
        invoice: None,
        idempotency_key: Some(key.clone()),
        details: LinkDetails::default(),
    };
    let (link, done) = attempt
        .run(async {
            let customer = chosen?;
            let stripe = workspace.stripe_for_writing().await?;
            let configuration = configuration_id.unwrap_or_default();
            let answer =
                portal::create_session(&stripe, &customer.id, &configuration, &key).await?;
            let address = answer.body["url"].as_str();
            let address = address
                .ok_or_else(|| Error::UnreadableAnswer("the session has no address".into()))?;
            browser::open_page(address, workspace.is_loopback()).await?;
            workspace.visits_portal(client.clone());
            let name = customer.words();
            Ok(Done {
                message: format!("Opened the portal of {name} in the browser."),
                object: None,
                lives_until: None,
                value: (),
            })
        })
        .await?;
    Ok(OpenedLink {
        link,
        message: done.message,
    })
}

/// Prepares the durable link: the login page with the client's email filled in. The client proves
/// who they are there with a code sent to that email.
pub async fn prepare_portal(
    workspace: &Workspace,
    client: &ClientId,
    customer: Option<&str>,
    how: LinkKind,
) -> Result<PreparedLink> {
    if !matches!(how, LinkKind::PortalMail | LinkKind::PortalCopy) {
        return Err(Error::invalid(
            "how",
            "A portal link is prepared as a message or to be copied.",
        ));
    }
    let client = clients::resolve(workspace, client).await?;
    let (chosen, known) = prepare(workspace, &client, customer).await?;
    let attempt = Attempt {
        workspace,
        client: client.clone(),
        kind: how,
        customer: chosen
            .as_ref()
            .ok()
            .map(|c| c.id.clone())
            .or(customer.map(str::to_owned)),
        configuration: known.as_ref().map(|c| configuration::id(c).to_owned()),
        invoice: None,
        idempotency_key: None,
        details: LinkDetails::default(),
    };
    let (link, done) = attempt
        .run(async {
            let customer = chosen?;
            let warnings = login_page(&customer).map_err(Error::LinkNotPossible)?;
            let email = customer.email.unwrap_or_default();
            // Switching the login page off and on may change its address, so it is read anew.
            let fresh = configuration::read_again(workspace, known.as_ref()).await?;
            let page = fresh["login_page"]["url"]
                .as_str()
                .ok_or_else(login_page_off)?;
            let url = with_email(page, &email)?;
            let message = match how {
                LinkKind::PortalMail => {
                    let (subject, body) = message(&url, &email);
                    browser::open_mail(&email, &subject, &body).await?;
                    format!("Prepared a message with the portal link for {email}.")
                }
                _ => format!("Prepared the portal link for {email} to be copied."),
            };
            Ok(Done {
                message,
                object: None,
                lives_until: None,
                value: (url, email, Vec::from_iter(warnings)),
            })
        })
        .await?;
    let (url, email, warnings) = done.value;
    Ok(PreparedLink {
        link,
        url,
        email,
        message: done.message,
        warnings,
    })
}

/// Whom to act for, and with which configuration. What stands in the way is journaled with the
/// attempt; only that there is no configuration yet is no attempt but a question to the person.
async fn prepare(
    workspace: &Workspace,
    client: &ClientId,
    customer: Option<&str>,
) -> Result<(Result<CustomerFacts>, Option<Value>)> {
    workspace.author().await?;
    let chosen = match payer(workspace, client, customer).await {
        Ok(chosen) => chosen,
        Err(error) => return Ok((Err(error), None)),
    };
    match current(workspace).await {
        Ok(Some(configuration)) => Ok((Ok(chosen), Some(configuration))),
        Ok(None) => Err(Error::PortalConfigurationNeeded),
        Err(error) => Ok((Err(error), None)),
    }
}

/// The customer to act for: the named one if it belongs to this client, else the client's payer.
async fn payer(
    workspace: &Workspace,
    client: &ClientId,
    customer: Option<&str>,
) -> Result<CustomerFacts> {
    let mut reader = workspace.store().reader.acquire().await?;
    let mut customers = customers(&mut reader, client).await?;
    if let Some(wanted) = customer {
        let found = customers
            .into_iter()
            .find(|customer| customer.id == wanted)
            .ok_or_else(|| {
                Error::NotYours(format!(
                    "{wanted} does not belong to this client in this workspace. Nothing was opened."
                ))
            })?;
        return if found.deleted {
            Err(deleted())
        } else {
            Ok(found)
        };
    }
    if customers.is_empty() {
        return Err(Error::LinkNotPossible(
            "This client is not in Stripe yet, so it has no portal. Link a Stripe customer on the client's page first.".into(),
        ));
    }
    let acting = acting(&customers).map(|customer| customer.id.clone());
    customers.retain(|customer| Some(&customer.id) == acting.as_ref());
    customers.pop().ok_or_else(deleted)
}

fn with_email(page: &str, email: &str) -> Result<String> {
    let mut url = Url::parse(page)
        .map_err(|_| Error::UnreadableAnswer("the login page's address is garbled".into()))?;
    url.query_pairs_mut().append_pair("prefilled_email", email);
    Ok(url.into())
}

fn message(url: &str, email: &str) -> (String, String) {
    let body = format!(
        "Hello,\n\nyou can see your invoices, change your card and manage your subscription here:\n\n{url}\n\n\
         For your safety the page sends a one-time code to {email}.\n\nKind regards\n"
    );
    ("Your billing page".into(), body)
}

fn deleted() -> Error {
    Error::LinkNotPossible(
        "This customer was deleted in Stripe, so there is no portal for it any more. Link another customer on the client's page.".into(),
    )
}

fn login_page_off() -> Error {
    Error::LinkNotPossible(
        "The login page of Portico's portal settings is switched off in Stripe. Switch it on there (Settings, Billing, Customer portal), then try again.".into(),
    )
}
