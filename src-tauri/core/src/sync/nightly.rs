//! The nightly comparison: customers, subscriptions and open invoices, in case no event told.

use super::comparison::{self, Comparison};
use super::health::ComparisonKind;
use super::{held, killpoint, reconcile, state};
use crate::db::Store;
use crate::mirror::{self, Page};
use crate::stripe::{
    Client, Params,
    listing::{PAGE, Reading},
    resource::{CUSTOMERS, INVOICES, Resource, SUBSCRIPTIONS},
};
use crate::{Error, Result};
use sqlx::{QueryBuilder, Sqlite};

/// What is listed of a resource.
struct Part {
    resource: &'static Resource,
    /// The value of `status` that the list is narrowed to.
    status: Option<&'static str>,
    /// The same for the table.
    condition: &'static str,
}

const PARTS: [Part; 3] = [
    Part {
        resource: &CUSTOMERS,
        status: None,
        condition: "",
    },
    Part {
        resource: &SUBSCRIPTIONS,
        status: None,
        condition: "",
    },
    Part {
        resource: &INVOICES,
        status: Some("open"),
        condition: " AND status = 'open'",
    },
];

/// Lists and repairs; whoever is cut off begins anew another night.
pub async fn nightly(store: &Store, client: &Client) -> Result<()> {
    let client = client.in_background();
    let started_at = store.clock.millis();
    let comparison = comparison::begin(store, ComparisonKind::Nightly, started_at).await?;
    let compared = compare(store, &client, started_at, comparison).await;
    let problem = compared.as_ref().err().map(Error::to_string);
    let requests = i64::try_from(client.spent()).unwrap_or(i64::MAX);
    comparison::end(store, comparison, requests, problem.as_deref()).await?;
    super::filling::announce(store);
    compared
}

async fn compare(
    store: &Store,
    client: &Client,
    started_at: i64,
    comparison: Comparison,
) -> Result<()> {
    let refused = state::not_permitted(store).await?;
    for part in PARTS {
        let resource = part.resource;
        if refused.iter().any(|name| name == resource.name) {
            continue;
        }
        let reading = Reading::of(resource)?;
        match list(store, client, &reading, part.status, comparison).await {
            // Said by the resource's own state as soon as an event leads to it.
            Err(Error::PermissionMissing { .. }) => continue,
            listed => listed?,
        }
        killpoint::passed("nightly_listed");
        reconcile::bury_unlisted(
            store,
            client,
            &reading,
            started_at,
            part.condition,
            Some(comparison),
        )
        .await?;
    }
    Ok(())
}

async fn list(
    store: &Store,
    client: &Client,
    reading: &Reading,
    status: Option<&str>,
    comparison: Comparison,
) -> Result<()> {
    let mut after: Option<String> = None;
    loop {
        let params = Params::new()
            .maybe("starting_after", after.as_deref())
            .maybe("status", status);
        let mut page = reading.page(client, &params).await?;
        let last = page.objects.last().and_then(|object| object["id"].as_str());
        after = last.map(str::to_owned);
        if page.has_more && after.is_none() {
            return Err(Error::UnreadableAnswer(
                "it promised more and sent nothing".into(),
            ));
        }
        let more = page.has_more;
        held::complete(store, reading, &mut page.objects).await?;
        let page = Page::of(reading.resource, page.objects, page.asked_at);
        let batch = mirror::prepare(vec![page]).await?;
        comparison::apply(store, Some(comparison), vec![batch], Vec::new()).await?;
        killpoint::passed("nightly_page");
        if !more {
            return Ok(());
        }
    }
}

/// Requests that it takes, from the rows known now.
pub async fn nightly_cost(store: &Store) -> Result<u32> {
    let mut requests = 0;
    for part in PARTS {
        let rows: i64 = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM ")
            .push(part.resource.name)
            .push(" WHERE deleted = 0")
            .push(part.condition)
            .build_query_scalar()
            .fetch_one(&store.reader)
            .await?;
        requests += rows.max(1).unsigned_abs().div_ceil(PAGE as u64);
    }
    Ok(u32::try_from(requests).unwrap_or(u32::MAX))
}
