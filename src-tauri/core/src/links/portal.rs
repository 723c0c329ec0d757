//! The customer portal: opened for a client now, or its login page handed out for later.

use super::attempt::{Attempt, Done};
use super::types::{OpenedLink, PreparedLink};
use crate::browser;
use crate::clients::{self, Customer};
use crate::ids::ClientId;
use crate::journal::{LinkDetails, LinkKind};
use crate::portal::{configuration_id, current, read_again};
use crate::stripe::portal;
use crate::workspaces::Workspace;
use crate::{Error, Result};
use serde_json::Value;
use sqlx::SqlitePool;
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
    let configured = configuration
        .as_ref()
        .map(|c| configuration_id(c).to_owned());
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
        configuration: configured.clone(),
        invoice: None,
        idempotency_key: Some(key.clone()),
        details: LinkDetails::default(),
    };
    let (link, done) = attempt
        .run(async {
            let customer = chosen?;
            let stripe = workspace.stripe_for_writing().await?;
            let configuration = configured.unwrap_or_default();
            let answer =
                portal::create_session(&stripe, &customer.id, &configuration, &key).await?;
            let address = answer.body["url"].as_str();
            let address = address
                .ok_or_else(|| Error::UnreadableAnswer("the session has no address".into()))?;
            browser::open_page(address, workspace.is_loopback()).await?;
            workspace.visits_portal(client.clone());
            let name = customer
                .company
                .as_deref()
                .or(customer.name.as_deref())
                .unwrap_or(&customer.id);
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
        configuration: known.as_ref().map(|c| configuration_id(c).to_owned()),
        invoice: None,
        idempotency_key: None,
        details: LinkDetails::default(),
    };
    let (link, done) = attempt
        .run(async {
            let customer = chosen?;
            let email = customer
                .email
                .clone()
                .filter(|email| !email.trim().is_empty())
                .ok_or_else(no_email)?;
            let warnings = same_email(workspace, &customer, &email).await?;
            // Switching the login page off and on may change its address, so it is read anew.
            let known = known.as_ref().ok_or(Error::PortalConfigurationNeeded)?;
            let fresh = read_again(workspace, configuration_id(known)).await?;
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
                value: (url, email, warnings),
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
) -> Result<(Result<Customer>, Option<Value>)> {
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

/// The customer to act for: the named one if it belongs to this client, else the one that is
/// billed, else the newest.
async fn payer(
    workspace: &Workspace,
    client: &ClientId,
    customer: Option<&str>,
) -> Result<Customer> {
    let mut customers = clients::customers(workspace, client).await?;
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
    customers.retain(|customer| !customer.deleted);
    let billed = billed(&workspace.store().reader, &customers).await?;
    let index = customers
        .iter()
        .position(|customer| Some(&customer.id) == billed.as_ref())
        .unwrap_or(0);
    if customers.is_empty() {
        Err(deleted())
    } else {
        Ok(customers.swap_remove(index))
    }
}

/// Whoever holds the newest subscription that is not over.
async fn billed(reader: &SqlitePool, customers: &[Customer]) -> Result<Option<String>> {
    let ids = serde_json::Value::from_iter(customers.iter().map(|customer| customer.id.as_str()))
        .to_string();
    Ok(sqlx::query_scalar(
        "SELECT payer FROM subscriptions WHERE payer IN (SELECT value FROM json_each(?)) AND deleted = 0
         AND status NOT IN ('canceled', 'incomplete_expired') ORDER BY created DESC LIMIT 1",
    )
    .bind(ids)
    .fetch_optional(reader)
    .await?)
}

/// The login page knows clients by email only: among several customers with the same one Stripe
/// takes the newest that has an active subscription.
async fn same_email(
    workspace: &Workspace,
    customer: &Customer,
    email: &str,
) -> Result<Vec<String>> {
    let same: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT c.id, c.name FROM customers c WHERE c.email_key = ? AND c.deleted = 0 ORDER BY
             EXISTS (SELECT 1 FROM subscriptions s WHERE s.payer = c.id AND s.deleted = 0 AND s.status = 'active') DESC,
             c.created DESC",
    )
    .bind(email.trim().to_lowercase())
    .fetch_all(&workspace.store().reader)
    .await?;
    match same.first() {
        Some((first, name)) if *first != customer.id => Err(Error::LinkNotPossible(format!(
            "{email} is the email of {} customers, and Stripe's login page would open {} instead. Give this customer an email of its own in Stripe, or open the portal from here.",
            same.len(),
            name.as_deref().unwrap_or(first),
        ))),
        Some(_) if same.len() > 1 => Ok(vec![format!(
            "{email} is the email of {} customers. The login page opens this one today, as it is the newest with an active subscription.",
            same.len()
        )]),
        _ => Ok(Vec::new()),
    }
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

fn no_email() -> Error {
    Error::LinkNotPossible(
        "This client has no email in Stripe, and the login page knows clients by email. Add one to the customer in Stripe, then refresh this client.".into(),
    )
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
