//! An invoice's hosted page or PDF, its address fetched the moment before it is opened.

use super::attempt::{Attempt, Done};
use super::types::OpenedLink;
use crate::browser;
use crate::clients;
use crate::ids::ClientId;
use crate::journal::{LinkDetails, LinkKind};
use crate::mirror::{self, Page};
use crate::stripe::invoices;
use crate::stripe::resource::INVOICES;
use crate::workspaces::Workspace;
use crate::{Error, Result};

/// Opens an invoice of this client in the browser. The mirrored address would have gone stale.
pub async fn open_invoice(
    workspace: &Workspace,
    client: &ClientId,
    invoice: &str,
    what: LinkKind,
) -> Result<OpenedLink> {
    let (field, noun) = match what {
        LinkKind::InvoicePage => ("hosted_invoice_url", "page"),
        LinkKind::InvoicePdf => ("invoice_pdf", "PDF"),
        _ => return Err(Error::invalid("what", "An invoice has a page and a PDF.")),
    };
    let client = clients::resolve(workspace, client).await?;
    let payer: Option<String> = sqlx::query_scalar(
        "SELECT v.payer FROM invoices v JOIN payers p ON p.payer = v.payer WHERE v.id = ? AND p.client = ?",
    )
    .bind(invoice)
    .bind(client.as_str())
    .fetch_optional(&workspace.store().reader)
    .await?;
    let attempt = Attempt {
        workspace,
        client: client.clone(),
        kind: what,
        customer: payer.clone(),
        configuration: None,
        invoice: Some(invoice.to_owned()),
        idempotency_key: None,
        details: LinkDetails::default(),
    };
    let (link, done) = attempt
        .run(async {
            if payer.is_none() {
                return Err(Error::NotYours(format!(
                    "{invoice} does not belong to this client in this workspace. Nothing was opened."
                )));
            }
            let stripe = workspace.stripe().await?;
            let answer = invoices::retrieve(&stripe, invoice).await?;
            let page = Page::of(&INVOICES, vec![answer.body.clone()], answer.asked_at);
            mirror::apply(workspace.store(), vec![page]).await?;
            let address = answer.body[field].as_str().ok_or_else(|| {
                Error::LinkNotPossible(format!(
                    "This invoice has no {noun} yet: it is a draft. Finalise it in Stripe first."
                ))
            })?;
            browser::open_page(address, workspace.is_loopback()).await?;
            let number = answer.body["number"].as_str().unwrap_or(invoice);
            Ok(Done { message: format!("Opened the {noun} of invoice {number} in the browser."), object: None, lives_until: None, value: () })
        })
        .await?;
    Ok(OpenedLink {
        link,
        message: done.message,
    })
}
