//! Calls about one invoice.

use super::{Answer, Client, Params, segment};
use crate::Result;

/// The invoice as it is now: its page and PDF addresses expire, so they are fetched before use.
pub async fn retrieve(client: &Client, invoice: &str) -> Result<Answer> {
    let path = format!("/v1/invoices/{}", segment(invoice)?);
    client.get(&path, &Params::new()).await
}
