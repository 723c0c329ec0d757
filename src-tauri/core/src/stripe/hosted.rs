//! Pages that Stripe hosts for a client: portal sessions, checkouts, payment links.

use super::{Answer, Client, Params, segment};
use crate::Result;

/// The parameter that names `customer` (`cus_…`, or `acct_…` of Accounts v2), with it.
pub fn customer(customer: &str) -> Params {
    let name = if customer.starts_with("acct_") {
        "customer_account"
    } else {
        "customer"
    };
    Params::new().with(name, customer)
}

/// Makes a session of the portal. Its `url` lets anybody in for as long as it lives: hand it over
/// at once, never store it.
pub async fn portal_session(
    client: &Client,
    params: &Params,
    idempotency_key: &str,
) -> Result<Answer> {
    let path = "/v1/billing_portal/sessions";
    client.post(path, params, idempotency_key).await
}

/// Makes a checkout, whose `url` is there until it is completed or has expired.
pub async fn checkout_session(
    client: &Client,
    params: &Params,
    idempotency_key: &str,
) -> Result<Answer> {
    client
        .post("/v1/checkout/sessions", params, idempotency_key)
        .await
}

/// Makes a link that sells to whoever opens it, until it is switched off.
pub async fn payment_link(
    client: &Client,
    params: &Params,
    idempotency_key: &str,
) -> Result<Answer> {
    client
        .post("/v1/payment_links", params, idempotency_key)
        .await
}

/// A price as it is now: it may have been archived since it was mirrored.
pub async fn price(client: &Client, price: &str) -> Result<Answer> {
    let path = format!("/v1/prices/{}", segment(price)?);
    client.get(&path, &Params::new()).await
}
