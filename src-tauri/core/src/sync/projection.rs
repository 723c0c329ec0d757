//! Stripe's read allowance: what this computer used of it, and what a month comes to at this pace.

use super::health::{Allowance, DayReads};
use crate::db::Store;
use crate::stripe::Reads;
use crate::{Error, Result};
use chrono::{DateTime, NaiveDate};
use sqlx::Row;
use std::sync::atomic::Ordering;

/// <https://docs.stripe.com/rate-limits>: for each transaction of 30 days, and at least so many a month.
const READS_PER_TRANSACTION: i64 = 500;
const AT_LEAST: i64 = 10_000;

const HOURS_A_DAY: i64 = 24;
const DAYS: i64 = 30;
/// How far back the pace is taken from.
const PACE_DAYS: i64 = 7;
/// Older counts are of no use to anybody.
const KEPT_DAYS: i64 = 60;

/// Writes down what was counted since the last time. A process that is killed takes the last counts
/// with it: a few seconds' requests, of which an allowance of thousands a day takes no notice.
pub async fn note_reads(store: &Store, reads: &Reads) -> Result<()> {
    let filling = reads.filling.swap(0, Ordering::Relaxed);
    let other = reads.other.swap(0, Ordering::Relaxed);
    if filling + other == 0 {
        return Ok(());
    }
    let hour = hour(store);
    let stored = sqlx::query(
        "INSERT INTO reads (hour, filling, other) VALUES (?, ?, ?) ON CONFLICT (hour) DO UPDATE \
         SET filling = filling + excluded.filling, other = other + excluded.other",
    )
    .bind(hour)
    .bind(i64::try_from(filling).unwrap_or(i64::MAX))
    .bind(i64::try_from(other).unwrap_or(i64::MAX))
    .execute(&store.writer)
    .await;
    if let Err(error) = stored {
        // Counted the next time.
        reads.filling.fetch_add(filling, Ordering::Relaxed);
        reads.other.fetch_add(other, Ordering::Relaxed);
        return Err(error.into());
    }
    sqlx::query("DELETE FROM reads WHERE hour < ?")
        .bind(hour - KEPT_DAYS * HOURS_A_DAY)
        .execute(&store.writer)
        .await?;
    Ok(())
}

/// How this computer stands with the allowance. Other desks and integrations of the agency use the
/// same one, and Stripe tells nobody how much.
pub async fn allowance(store: &Store) -> Result<Allowance> {
    let now = hour(store);
    let days = days(store, now).await?;
    let filling: i64 = days.iter().map(|day| day.filling).sum();
    let other: i64 = days.iter().map(|day| day.other).sum();
    let projected = filling + pace(store, now).await? * DAYS / PACE_DAYS;
    let used = filling + other;
    let transactions = transactions(store).await?;
    let allowed = AT_LEAST.max(transactions.saturating_mul(READS_PER_TRANSACTION));
    Ok(Allowance {
        used: small(used),
        projected: small(projected),
        allowed: small(allowed),
        transactions: small(transactions),
        words: words(used, projected, allowed),
        days: days
            .into_iter()
            .map(|day| DayReads {
                day: day.date,
                reads: small(day.filling + day.other),
            })
            .collect(),
    })
}

/// By what the wait between polls is multiplied.
pub fn stretch(allowance: &Allowance) -> u32 {
    match u64::from(allowance.projected) * 100 / u64::from(allowance.allowed.max(1)) {
        0..=50 => 1,
        51..=80 => 2,
        81..=100 => 4,
        _ => 10,
    }
}

/// Whether so many `requests` as often as `times` a month are to be had by themselves. Polls slow down
/// for what takes a tenth of the allowance; more is taken of what they leave, and at most one part
/// in `share` of the whole.
pub fn affords(allowance: &Allowance, requests: u32, times: u32, share: u32) -> bool {
    let month = requests.saturating_mul(times);
    let left = allowance.allowed.saturating_sub(allowance.projected);
    month <= allowance.allowed / 10 || month <= left.min(allowance.allowed / share)
}

struct Day {
    date: NaiveDate,
    filling: i64,
    other: i64,
}

async fn days(store: &Store, now: i64) -> Result<Vec<Day>> {
    let rows = sqlx::query(
        "SELECT hour / 24, sum(filling), sum(other) FROM reads WHERE hour > ? GROUP BY 1 ORDER BY 1",
    )
    // Whole days of the calendar, of which today is the last.
    .bind((now / HOURS_A_DAY - DAYS + 1) * HOURS_A_DAY - 1)
    .fetch_all(&store.reader)
    .await?;
    let mut days = Vec::with_capacity(rows.len());
    for row in rows {
        let day: i64 = row.try_get(0)?;
        let date = DateTime::from_timestamp(day * HOURS_A_DAY * 3600, 0)
            .ok_or_else(|| Error::Internal(format!("reads of day {day}")))?
            .date_naive();
        days.push(Day {
            date,
            filling: row.try_get(1)?,
            other: row.try_get(2)?,
        });
    }
    Ok(days)
}

/// What the last seven days came to, fillings left out; where there are fewer, what seven such days
/// would. Less than a day says nothing, so it counts as one.
async fn pace(store: &Store, now: i64) -> Result<i64> {
    let (first, other): (Option<i64>, Option<i64>) = sqlx::query_as(
        "SELECT (SELECT min(hour) FROM reads), (SELECT sum(other) FROM reads WHERE hour > ?)",
    )
    .bind(now - PACE_DAYS * HOURS_A_DAY)
    .fetch_one(&store.reader)
    .await?;
    let week = PACE_DAYS * HOURS_A_DAY;
    let hours = first.map_or(week, |first| (now - first + 1).clamp(HOURS_A_DAY, week));
    Ok(other.unwrap_or_default() * week / hours)
}

/// Paid invoices of 30 days: nearly every payment of an agency that bills on Stripe, and readable
/// with the permissions that the product needs anyway. What was paid otherwise is not counted, so
/// the allowance is rather told too small.
async fn transactions(store: &Store) -> Result<i64> {
    let since = store.clock.now().timestamp() - DAYS * HOURS_A_DAY * 3600;
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM invoices WHERE deleted = 0 AND total > 0 AND paid_at >= ?",
    )
    .bind(since)
    .fetch_one(&store.reader)
    .await?)
}

fn words(used: i64, projected: i64, allowed: i64) -> String {
    let how = match projected * 100 / allowed.max(1) {
        0..=80 => "well within",
        81..=100 => "close to",
        _ => "more than",
    };
    format!(
        "{} reads in the last 30 days; at this pace a month comes to about {}, {how} the {} that Stripe allows, as far as this computer knows.",
        grouped(used),
        grouped(projected),
        grouped(allowed)
    )
}

/// 12345 as 12,345.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn hour(store: &Store) -> i64 {
    store.clock.now().timestamp().div_euclid(3600)
}
