//! The derived rows of the client list: pure functions of the mirror's and the journal's tables.
//!
//! Whichever door writes calls `refresh` (or `refresh_payers`) inside its own transaction.

pub(crate) mod compose;
pub(crate) mod gather;
mod names;
pub mod search;
pub(crate) mod terms;

pub use compose::fold;
pub(crate) use names::display_name;

use crate::Result;
use crate::ids::ClientId;
use compose::Composed;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// Clients composed at once: bounds memory and the length of statements. Those are not kept for the
/// next time: one of so many rows takes a megabyte, and hardly two are of the same length.
const CHUNK: usize = 1000;

/// Recomposes these clients and whoever shares customers with them. Answers whether a row changed.
pub async fn refresh(tx: &mut SqliteConnection, clients: &[ClientId]) -> Result<bool> {
    let ids = json(clients.iter().map(ClientId::as_str));
    let mut payers: BTreeSet<String> = sqlx::query_scalar(
        "SELECT payer FROM payers WHERE client IN (SELECT value FROM json_each(?1))
         UNION SELECT customer FROM client_customers WHERE client IN (SELECT value FROM json_each(?1))
         UNION SELECT id FROM customers WHERE id IN
             (SELECT 'cus_' || substr(value, 4) FROM json_each(?1) UNION SELECT substr(value, 4) FROM json_each(?1))",
    )
    .bind(ids)
    .fetch_all(&mut *tx)
    .await?
    .into_iter()
    .collect();
    // A derived client's own customer, also when it was linked elsewhere and just came back.
    payers.retain(|payer| !payer.is_empty());
    let mut affected = assign(tx, payers).await?;
    affected.extend(clients.iter().cloned());
    write(tx, affected).await
}

/// Recomposes the clients that these payers (`cus_…` or `acct_…`) belong to.
pub async fn refresh_payers(tx: &mut SqliteConnection, payers: BTreeSet<String>) -> Result<bool> {
    if payers.is_empty() {
        return Ok(false);
    }
    let affected = assign(tx, payers).await?;
    write(tx, affected).await
}

/// Recomposes everything, after the tables it is made from were rebuilt.
pub async fn refresh_all(tx: &mut SqliteConnection) -> Result<()> {
    // Whoever is gone from those tables must not stay somebody's payer.
    sqlx::query("DELETE FROM payers").execute(&mut *tx).await?;
    let payers = sqlx::query_scalar(
        "SELECT id FROM customers UNION SELECT payer FROM subscriptions WHERE payer IS NOT NULL
         UNION SELECT payer FROM invoices WHERE payer IS NOT NULL UNION SELECT customer FROM client_customers",
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut affected = assign(tx, payers.into_iter().collect()).await?;
    let known: Vec<String> =
        sqlx::query_scalar("SELECT id FROM clients UNION SELECT id FROM client_row")
            .fetch_all(&mut *tx)
            .await?;
    affected.extend(known.into_iter().map(ClientId::from));
    write(tx, affected).await?;
    Ok(())
}

/// Who pays for these plans, or less for these coupons: their rows name them. Takes ids of prices, of
/// products, and of coupons.
pub async fn payers_on_plans(tx: &mut SqliteConnection, plans: &[&String]) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT s.payer FROM subscription_items i JOIN subscriptions s ON s.id = i.subscription
         WHERE s.payer IS NOT NULL AND i.price IN
             (SELECT id FROM prices WHERE id IN (SELECT value FROM json_each(?1))
                 OR product IN (SELECT value FROM json_each(?1)))
         UNION SELECT s.payer FROM subscription_items i JOIN subscriptions s ON s.id = i.subscription
         WHERE s.payer IS NOT NULL AND i.product IN (SELECT value FROM json_each(?1))
         UNION SELECT s.payer FROM subscriptions s JOIN json_each(s.discounts) d
         WHERE s.payer IS NOT NULL AND s.discounts LIKE '%\"coupon\"%'
             AND d.value ->> 'coupon' IN (SELECT value FROM json_each(?1))
         UNION SELECT s.payer FROM subscription_items i JOIN json_each(i.discounts) d
         JOIN subscriptions s ON s.id = i.subscription
         WHERE s.payer IS NOT NULL AND i.discounts LIKE '%\"coupon\"%'
             AND d.value ->> 'coupon' IN (SELECT value FROM json_each(?1))",
    )
    .bind(json(plans.iter().map(|plan| plan.as_str())))
    .fetch_all(tx)
    .await?)
}

/// Decides to which client each payer belongs; answers the clients that won or lost one, or that
/// hold one of these.
async fn assign(tx: &mut SqliteConnection, payers: BTreeSet<String>) -> Result<BTreeSet<ClientId>> {
    let mut affected = BTreeSet::new();
    let payers: Vec<String> = payers.into_iter().collect();
    for chunk in payers.chunks(CHUNK) {
        // `twin` is the Accounts v2 id of the same payer, or the customer behind such an id: both
        // go where the customer goes.
        let rows = sqlx::query(
            "SELECT p.value, o.client, a.account, t.id, ot.client, had.client, account_had.client
             FROM json_each(?) p
             LEFT JOIN client_customers o ON o.customer = p.value
             LEFT JOIN customers a ON a.id = p.value
             LEFT JOIN customers t ON t.account = p.value
             LEFT JOIN client_customers ot ON ot.customer = t.id
             LEFT JOIN payers had ON had.payer = p.value
             LEFT JOIN payers account_had ON account_had.payer = a.account",
        )
        .bind(json(chunk.iter().map(String::as_str)))
        .fetch_all(&mut *tx)
        .await?;
        let mut homes: BTreeMap<String, String> = BTreeMap::new();
        for row in rows {
            let payer: String = row.try_get(0)?;
            let chosen: Option<String> = row.try_get(1)?;
            let account: Option<String> = row.try_get(2)?;
            let twin: Option<String> = row.try_get(3)?;
            let twin_chosen: Option<String> = row.try_get(4)?;
            let had: Option<String> = row.try_get(5)?;
            let home = chosen.or(twin_chosen).unwrap_or_else(|| {
                ClientId::of_customer(twin.as_deref().unwrap_or(&payer)).to_string()
            });
            // An invoice of the account may have come before the customer that stands for it.
            let account_had: Option<String> = row.try_get(6)?;
            affected.extend(had.into_iter().chain(account_had).map(ClientId::from));
            affected.insert(ClientId::from(home.as_str()));
            if let Some(account) = account {
                homes.insert(account, home.clone());
            }
            homes.insert(payer, home);
        }
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO payers (payer, client) ");
        query.push_values(&homes, |mut values, (payer, client)| {
            values.push_bind(payer).push_bind(client);
        });
        query.push(" ON CONFLICT (payer) DO UPDATE SET client = excluded.client WHERE client <> excluded.client");
        query.build().persistent(false).execute(&mut *tx).await?;
    }
    Ok(affected)
}

async fn write(tx: &mut SqliteConnection, clients: BTreeSet<ClientId>) -> Result<bool> {
    let clients: Vec<ClientId> = clients.into_iter().collect();
    let mut changed = false;
    for chunk in clients.chunks(CHUNK) {
        changed |= write_chunk(tx, chunk).await?;
    }
    Ok(changed)
}

async fn write_chunk(tx: &mut SqliteConnection, clients: &[ClientId]) -> Result<bool> {
    let ids = json(clients.iter().map(ClientId::as_str));
    let composed: Vec<Composed> = gather::clients(tx, &ids)
        .await?
        .into_values()
        .filter_map(|gathered| gathered.compose())
        .collect();
    let stored: BTreeMap<String, Vec<u8>> = sqlx::query_as(
        "SELECT id, hash FROM client_row WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(&ids)
    .fetch_all(&mut *tx)
    .await?
    .into_iter()
    .collect();
    let fresh: Vec<&Composed> = composed
        .iter()
        .filter(|row| stored.get(&row.id) != Some(&row.hash))
        .collect();
    let present: BTreeSet<&str> = composed.iter().map(|row| row.id.as_str()).collect();
    let gone: Vec<&str> = stored
        .keys()
        .map(String::as_str)
        .filter(|id| !present.contains(id))
        .collect();
    if fresh.is_empty() && gone.is_empty() {
        return Ok(false);
    }
    let revision: i64 = sqlx::query_scalar(
        "UPDATE derived_state SET revision = revision + 1, epoch = epoch + ? RETURNING revision",
    )
    .bind(i64::from(!gone.is_empty()))
    .fetch_one(&mut *tx)
    .await?;
    let stale = json(
        gone.iter()
            .copied()
            .chain(fresh.iter().map(|row| row.id.as_str())),
    );
    sqlx::query("DELETE FROM client_amounts WHERE client IN (SELECT value FROM json_each(?))")
        .bind(&stale)
        .execute(&mut *tx)
        .await?;
    sqlx::query("DELETE FROM client_row WHERE id IN (SELECT value FROM json_each(?))")
        .bind(json(gone.iter().copied()))
        .execute(&mut *tx)
        .await?;
    if !fresh.is_empty() {
        insert(tx, &fresh, revision).await?;
    }
    Ok(true)
}

async fn insert(tx: &mut SqliteConnection, rows: &[&Composed], revision: i64) -> Result<()> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT OR REPLACE INTO client_row (id, revision, hash, name, name_key, emails, search, plan, metered,
         state, overdue_from, last_activity, added_at, archived, customers) ",
    );
    query.push_values(rows, |mut values, row| {
        values
            .push_bind(&row.id)
            .push_bind(revision)
            .push_bind(&row.hash)
            .push_bind(&row.name);
        values
            .push_bind(&row.name_key)
            .push_bind(&row.emails)
            .push_bind(&row.search)
            .push_bind(&row.plan);
        values
            .push_bind(row.metered)
            .push_bind(row.state.rank())
            .push_bind(row.overdue_from);
        values
            .push_bind(row.last_activity)
            .push_bind(row.added_at)
            .push_bind(row.archived);
        values.push_bind(&row.customers);
    });
    query.build().persistent(false).execute(&mut *tx).await?;
    let amounts: Vec<_> = rows
        .iter()
        .flat_map(|row| row.amounts.iter().map(|a| (&row.id, a)))
        .collect();
    if amounts.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO client_amounts (client, currency, monthly, open_balance, credit) ",
    );
    query.push_values(amounts, |mut values, (client, (currency, amounts))| {
        values.push_bind(client).push_bind(currency);
        values
            .push_bind(amounts.monthly)
            .push_bind(amounts.open_balance)
            .push_bind(amounts.credit);
    });
    query.build().persistent(false).execute(tx).await?;
    Ok(())
}

fn json<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    serde_json::Value::from_iter(ids).to_string()
}
