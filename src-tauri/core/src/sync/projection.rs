//! Stripe's read allowance, as far as it can be said without metering: what it is, from what was paid.

use super::health::Allowance;
use crate::Result;
use crate::db::Store;

/// <https://docs.stripe.com/rate-limits>: for each transaction of 30 days, and at least so many a month.
const READS_PER_TRANSACTION: i64 = 500;
const AT_LEAST: i64 = 10_000;

pub async fn allowance(store: &Store) -> Result<Allowance> {
    let since = store.clock.now().timestamp() - 30 * 86_400;
    let transactions: i64 =
        sqlx::query_scalar("SELECT count(*) FROM invoices WHERE deleted = 0 AND paid_at >= ?")
            .bind(since)
            .fetch_one(&store.reader)
            .await?;
    let allowed = AT_LEAST.max(transactions.saturating_mul(READS_PER_TRANSACTION));
    let small = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Allowance {
        used: 0,
        projected: 0,
        allowed: small(allowed),
        transactions: small(transactions),
        words: format!("Stripe allows {allowed} read requests in 30 days."),
        days: Vec::new(),
    })
}

/// By what the wait between polls is multiplied.
pub fn stretch(allowance: &Allowance) -> u32 {
    match allowance.projected.saturating_mul(100) / allowance.allowed.max(1) {
        0..50 => 1,
        50..80 => 2,
        80..100 => 4,
        _ => 10,
    }
}
