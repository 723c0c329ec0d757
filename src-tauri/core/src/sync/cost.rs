//! What listing everything again would cost: Stripe tells no counts, so it is reckoned from the rows
//! that are here and from what it took the last time.

use super::{SyncCost, cards, state::counts};
use crate::Result;
use crate::db::Store;
use crate::stripe::{listing::PAGE, resource::LISTED};

/// Lists inside an object of which Stripe sends the first ten, where their rows are here to count.
const LONG_SUBLISTS: &str = "
    SELECT (SELECT count(*) FROM (SELECT 1 FROM subscription_items GROUP BY subscription HAVING count(*) > 10))
         + (SELECT count(*) FROM (SELECT 1 FROM tax_ids GROUP BY customer HAVING count(*) > 10))";

pub async fn cost(store: &Store) -> Result<SyncCost> {
    let pages: i64 = counts(store, &[true; LISTED.len()])
        .await?
        .into_iter()
        .flatten()
        .zip(LISTED)
        // The last page of each part need not be full.
        .map(|(rows, list)| {
            (rows.max(1) + PAGE as i64 - 1) / PAGE as i64 + list.parts().len() as i64 - 1
        })
        .sum();
    let sublists: i64 = sqlx::query_scalar(LONG_SUBLISTS)
        .fetch_one(&store.reader)
        .await?;
    // Lines of long invoices are not counted here, but the last comparison asked for them too.
    let last: i64 = sqlx::query_scalar(
        "SELECT coalesce((SELECT requests FROM comparisons WHERE kind = 'full' AND ended_at IS NOT NULL
                          ORDER BY id DESC LIMIT 1), 0)",
    )
    .fetch_one(&store.reader)
    .await?;
    // One more for the newest event.
    let reckoned = pages + 1 + sublists + cards::comparison_cost(store).await?;
    let requests = u32::try_from(reckoned.max(last)).unwrap_or(u32::MAX);
    Ok(SyncCost {
        requests,
        words: format!(
            "Reading everything again takes about {requests} requests. Stripe gives every account at least 10,000 read requests a month."
        ),
    })
}
