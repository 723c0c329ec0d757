//! One client again from Stripe: its customers, their subscriptions, invoices and payment methods.

use super::reconcile::{gone_as_of, is_gone};
use super::{
    cards,
    comparison::{self, Comparison},
    held,
};
use crate::db::Store;
use crate::mirror::{self, Gone, Page};
use crate::stripe::{
    Client, Params,
    listing::Reading,
    resource::{CUSTOMERS, INVOICES, PAYMENT_METHODS, Resource, SUBSCRIPTIONS},
};
use crate::{Error, Result};
use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite};
use std::collections::BTreeMap;

/// Fetches what belongs to these payers (`cus_…`, or `acct_…` of Accounts v2). What the key may not
/// read is left as it is.
pub async fn refresh_client(store: &Store, client: &Client, payers: &[String]) -> Result<()> {
    for payer in payers {
        refresh_customer(store, client, payer).await?;
        for reading in [
            Reading::of(&SUBSCRIPTIONS)?,
            Reading::of(&INVOICES)?,
            Reading::at(&PAYMENT_METHODS, "/v1/payment_methods"),
        ] {
            match refresh_list(store, client, &reading, payer, None).await {
                Err(Error::PermissionMissing { .. }) => {}
                refreshed => refreshed?,
            }
        }
    }
    Ok(())
}

async fn refresh_customer(store: &Store, client: &Client, payer: &str) -> Result<()> {
    // The mirror knows which customer stands for an account.
    let id: Option<String> = sqlx::query_scalar("SELECT id FROM customers WHERE account = ?")
        .bind(payer)
        .fetch_optional(&store.reader)
        .await?;
    let id = id.as_deref().unwrap_or(payer);
    let reading = Reading::of(&CUSTOMERS)?;
    match reading.object(client, id).await {
        Ok(mut answer) => {
            held::complete(store, &reading, std::slice::from_mut(&mut answer.body)).await?;
            let page = Page::of(&CUSTOMERS, vec![answer.body], answer.asked_at);
            mirror::apply(store, vec![page]).await?;
        }
        Err(error) => {
            let asked_at = gone_as_of(&error).ok_or(error)?;
            mirror::tombstone(store, &CUSTOMERS, &[id.to_owned()], asked_at).await?;
        }
    }
    Ok(())
}

/// The whole list of a resource as far as it is this payer's.
pub(super) async fn refresh_list(
    store: &Store,
    client: &Client,
    reading: &Reading,
    payer: &str,
    comparison: Option<Comparison>,
) -> Result<()> {
    let asked_at = store.clock.millis();
    list(store, client, reading, payer, comparison).await?;
    if *reading.resource == PAYMENT_METHODS {
        cards::note_listed(store, payer, asked_at).await?;
    }
    Ok(())
}

async fn list(
    store: &Store,
    client: &Client,
    reading: &Reading,
    payer: &str,
    comparison: Option<Comparison>,
) -> Result<()> {
    let by = if payer.starts_with("acct_") {
        "customer_account"
    } else {
        "customer"
    };
    let asked_at = store.clock.millis();
    let (mut pages, mut listed, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let filter = Params::new()
            .with(by, payer)
            .maybe("starting_after", after.as_deref());
        let mut page = match reading.page(client, &filter).await {
            // Of a deleted customer no payment methods can be listed.
            Err(error) if is_gone(&error) => return Ok(()),
            page => page?,
        };
        let last = page.objects.last().and_then(|object| object["id"].as_str());
        after = last.map(str::to_owned);
        let ids = page.objects.iter();
        listed.extend(ids.filter_map(|object| object["id"].as_str().map(str::to_owned)));
        let more = page.has_more && after.is_some();
        held::complete(store, reading, &mut page.objects).await?;
        pages.push(Page::of(reading.resource, page.objects, page.asked_at));
        if !more {
            break;
        }
    }
    let batch = mirror::prepare(pages).await?;
    let gone = Gone {
        resource: reading.resource,
        ids: unlisted(store, reading.resource, payer, asked_at, listed).await?,
        asked_at,
        causes: BTreeMap::new(),
    };
    comparison::apply(store, comparison, vec![batch], vec![gone]).await?;
    Ok(())
}

/// What the payer has here and the whole list since `asked_at` did not bring: a detached card, a
/// deleted draft.
async fn unlisted(
    store: &Store,
    resource: &Resource,
    payer: &str,
    asked_at: i64,
    listed: Vec<String>,
) -> Result<Vec<String>> {
    Ok(QueryBuilder::<Sqlite>::new("SELECT id FROM ")
        .push(resource.name)
        .push(" WHERE deleted = 0 AND payer = ")
        .push_bind(payer)
        .push(" AND asked_at < ")
        .push_bind(asked_at)
        .push(" AND id NOT IN (SELECT value FROM json_each(")
        .push_bind(Value::from(listed).to_string())
        .push("))")
        .build_query_scalar()
        .fetch_all(&store.reader)
        .await?)
}
