//! The client list: one window of it, sorted and filtered, and what search finds.

use super::types::{
    ArchivedFilter, ClientFilters, ClientList, ClientQuery, ClientRow, ClientSort, StateChoice,
};
use super::unread::Unread;
use crate::Result;
use crate::client_rows::search::{Archived, Found};
use crate::ids::ClientId;
use crate::money::Money;
use crate::words::BillingState;
use crate::workspaces::Workspace;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};
use std::collections::{HashMap, HashSet};

/// More than any screen shows at once.
const MOST: u32 = 500;

/// A window of the list; with words to search for, the best matches first.
pub async fn list(workspace: &Workspace, query: &ClientQuery) -> Result<ClientList> {
    let limit = query.limit.min(MOST);
    let found = window(workspace, query, query.offset, limit).await;
    let (total, rows) = workspace.store().noticed(found)?;
    let search_building = workspace.is_filling();
    Ok(ClientList {
        total,
        rows,
        search_building,
        not_read: Unread::of(workspace).await?.of_list(),
    })
}

/// Every row that the query describes, for an export.
pub(super) async fn everything(
    workspace: &Workspace,
    query: &ClientQuery,
) -> Result<Vec<ClientRow>> {
    Ok(window(workspace, query, 0, u32::MAX).await?.1)
}

/// How many match, and those of the wanted window.
async fn window(
    workspace: &Workspace,
    query: &ClientQuery,
    offset: u32,
    limit: u32,
) -> Result<(u32, Vec<ClientRow>)> {
    let search = query.search.trim();
    if search.is_empty() {
        return select(workspace, query, None, offset, limit).await;
    }
    let archived = match query.archived {
        ArchivedFilter::Hide => Archived::Hide,
        ArchivedFilter::Only => Archived::Only,
        ArchivedFilter::Show => Archived::Show,
    };
    let reader = &workspace.store().reader;
    let mut ids = by_id(workspace, search, query.archived).await?;
    let by_relevance =
        query.states.is_empty() && query.sort == ClientSort::Name && !query.descending;
    let start = offset as usize;
    let window = start..start.saturating_add(limit as usize);
    if ids.is_empty() && by_relevance {
        let Found { total, ids } = workspace
            .search()
            .find(reader, search, archived, window)
            .await?;
        let rows = rows_of(workspace, &ids).await?;
        return Ok((clamp(total), rows));
    }
    let found = workspace
        .search()
        .find(reader, search, archived, 0..usize::MAX)
        .await?;
    let known: HashSet<String> = ids.iter().cloned().collect();
    ids.extend(found.ids.into_iter().filter(|id| !known.contains(id)));
    if by_relevance {
        // What an id or a number names comes before what merely contains the text.
        let shown: Vec<String> = ids
            .iter()
            .skip(window.start)
            .take(window.len())
            .cloned()
            .collect();
        return Ok((clamp(ids.len()), rows_of(workspace, &shown).await?));
    }
    select(workspace, query, Some(ids), offset, limit).await
}

/// Clients that a pasted id, or the beginning of an invoice number, belongs to.
async fn by_id(
    workspace: &Workspace,
    search: &str,
    archived: ArchivedFilter,
) -> Result<Vec<String>> {
    if search.len() < 3 || search.contains(char::is_whitespace) {
        return Ok(Vec::new());
    }
    let [hidden, alone] = match archived {
        ArchivedFilter::Hide => [true, false],
        ArchivedFilter::Only => [false, true],
        ArchivedFilter::Show => [false, false],
    };
    // '{' follows 'z' and 'Z': the end of everything that begins with the text. Invoice numbers
    // have capital letters, unless the agency numbers them itself.
    Ok(sqlx::query_scalar(
        "SELECT r.id FROM client_row r WHERE r.archived <> ?2 AND r.archived >= ?3 AND r.id IN (SELECT p.client FROM (
             SELECT payer FROM (SELECT payer FROM invoices
                 WHERE number >= ?1 AND number < ?1 || '{' AND number IS NOT NULL LIMIT 200)
             UNION ALL SELECT payer FROM (SELECT payer FROM invoices
                 WHERE number >= upper(?1) AND number < upper(?1) || '{' AND number IS NOT NULL LIMIT 200)
             UNION ALL SELECT payer FROM invoices WHERE id = ?1
             UNION ALL SELECT payer FROM subscriptions WHERE id = ?1
             UNION ALL SELECT s.payer FROM subscription_items i JOIN subscriptions s ON s.id = i.subscription
                 WHERE i.id = ?1
             UNION ALL SELECT payer FROM payment_methods WHERE id = ?1
             UNION ALL SELECT payer FROM payers WHERE payer = ?1
         ) found JOIN payers p ON p.payer = found.payer
         UNION SELECT id FROM client_row WHERE id = ?1
         UNION SELECT client FROM client_aliases WHERE alias = ?1)
         ORDER BY r.name_key, r.id",
    )
    .bind(search)
    .bind(if hidden { 1 } else { 2 })
    .bind(i64::from(alone))
    .fetch_all(&workspace.store().reader)
    .await?)
}

async fn select(
    workspace: &Workspace,
    query: &ClientQuery,
    ids: Option<Vec<String>>,
    offset: u32,
    limit: u32,
) -> Result<(u32, Vec<ClientRow>)> {
    let now = workspace.clock().now().timestamp();
    let ids = ids.map(|ids| serde_json::Value::from(ids).to_string());
    let reader = &workspace.store().reader;

    let mut count = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM client_row r");
    push_filter(&mut count, query, ids.as_deref(), now);
    let total: i64 = count.build_query_scalar().fetch_one(reader).await?;

    // The ids alone are sorted: whole rows of everybody before a window deep in the list would be moved
    // about with them.
    let mut select = QueryBuilder::<Sqlite>::new("SELECT r.id FROM client_row r");
    let amount = match query.sort {
        ClientSort::Monthly => Some("monthly"),
        ClientSort::Balance => Some("open_balance"),
        ClientSort::Credit => Some("credit"),
        _ => None,
    };
    if amount.is_some() {
        select.push(" LEFT JOIN client_amounts a ON a.client = r.id AND a.currency = ");
        select.push_bind(query.currency.clone().unwrap_or_default());
    }
    push_filter(&mut select, query, ids.as_deref(), now);
    let direction = if query.descending { " DESC" } else { "" };
    match (query.sort, amount) {
        (_, Some(column)) => {
            // Whoever has none of this currency comes last, whichever way it is sorted.
            select
                .push(" ORDER BY nullif(a.")
                .push(column)
                .push(", 0) IS NULL, a.")
                .push(column)
                .push(direction);
            select.push(", r.name_key, r.id");
        }
        (ClientSort::State, _) => {
            select.push(" ORDER BY ");
            push_state(&mut select, now);
            select.push(direction).push(", r.name_key, r.id");
        }
        (ClientSort::LastActivity, _) => {
            select
                .push(" ORDER BY r.last_activity IS NULL, r.last_activity")
                .push(direction)
                .push(", r.id");
        }
        (ClientSort::Added, _) => {
            select
                .push(" ORDER BY r.added_at IS NULL, r.added_at")
                .push(direction)
                .push(", r.id");
        }
        _ => {
            select
                .push(" ORDER BY r.name_key")
                .push(direction)
                .push(", r.id")
                .push(direction);
        }
    }
    select
        .push(" LIMIT ")
        .push_bind(limit)
        .push(" OFFSET ")
        .push_bind(offset);
    let ids: Vec<String> = select.build_query_scalar().fetch_all(reader).await?;
    Ok((clamp(total), rows_of(workspace, &ids).await?))
}

fn push_filter(
    select: &mut QueryBuilder<Sqlite>,
    query: &ClientQuery,
    ids: Option<&str>,
    now: i64,
) {
    match query.archived {
        ArchivedFilter::Hide => select.push(" WHERE r.archived = 0"),
        ArchivedFilter::Only => select.push(" WHERE r.archived = 1"),
        ArchivedFilter::Show => select.push(" WHERE r.archived IN (0, 1)"),
    };
    if !query.states.is_empty() {
        select.push(" AND ");
        push_state(select, now);
        select.push(" IN (");
        let mut list = select.separated(", ");
        for state in &query.states {
            list.push_bind(state.rank());
        }
        select.push(")");
    }
    if let Some(ids) = ids {
        select
            .push(" AND r.id IN (SELECT value FROM json_each(")
            .push_bind(ids.to_owned())
            .push("))");
    }
}

/// The state as of now: an open invoice past its due date weighs more than anything calmer.
fn push_state(select: &mut QueryBuilder<Sqlite>, now: i64) {
    select.push("(CASE WHEN r.overdue_from < ").push_bind(now);
    select
        .push(" AND r.state > ")
        .push_bind(BillingState::InvoiceOverdue.rank());
    select
        .push(" AND r.state <> ")
        .push_bind(BillingState::Deleted.rank());
    select
        .push(" THEN ")
        .push_bind(BillingState::InvoiceOverdue.rank())
        .push(" ELSE r.state END)");
}

/// The rows of these clients, in the order of the ids.
pub(super) async fn rows_of(workspace: &Workspace, ids: &[String]) -> Result<Vec<ClientRow>> {
    let rows = sqlx::query("SELECT * FROM client_row WHERE id IN (SELECT value FROM json_each(?))")
        .bind(serde_json::Value::from(ids).to_string())
        .fetch_all(&workspace.store().reader)
        .await?;
    let mut rows: HashMap<String, ClientRow> = read_rows(workspace, rows)
        .await?
        .into_iter()
        .map(|row| (row.id.to_string(), row))
        .collect();
    Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
}

async fn read_rows(workspace: &Workspace, rows: Vec<SqliteRow>) -> Result<Vec<ClientRow>> {
    let ids: Vec<&str> = rows
        .iter()
        .map(|row| row.try_get("id"))
        .collect::<Result<_, sqlx::Error>>()?;
    let amounts = sqlx::query(
        "SELECT client, currency, monthly, open_balance, credit FROM client_amounts
         WHERE client IN (SELECT value FROM json_each(?)) ORDER BY currency",
    )
    .bind(serde_json::Value::from(ids).to_string())
    .fetch_all(&workspace.store().reader)
    .await?;
    let mut by_client: HashMap<&str, [Vec<Money>; 3]> = HashMap::new();
    for row in &amounts {
        let sums = by_client.entry(row.try_get(0)?).or_default();
        for (sum, column) in sums.iter_mut().zip(2..) {
            let amount: i64 = row.try_get(column)?;
            if amount != 0 {
                sum.push(Money::new(amount, row.try_get(1)?));
            }
        }
    }
    let now = workspace.clock().now().timestamp();
    let unread = Unread::of(workspace).await?;
    rows.iter()
        .map(|row| {
            let [monthly, open_balance, credit] = by_client
                .remove(row.try_get::<&str, _>("id")?)
                .unwrap_or_default();
            let state = state_now(row, now)?;
            let stored = BillingState::from_rank(row.try_get("state")?);
            let customers: Vec<String> = serde_json::from_str(row.try_get("customers")?)?;
            let in_stripe = !customers.is_empty();
            Ok(ClientRow {
                id: ClientId::from(row.try_get::<String, _>("id")?),
                name: row.try_get("name")?,
                emails: serde_json::from_str(row.try_get("emails")?)?,
                plan: unread.plan(row.try_get("plan")?, stored, in_stripe),
                monthly,
                metered: row.try_get("metered")?,
                state,
                word: unread.word(state, in_stripe),
                open_balance,
                credit,
                last_activity: row
                    .try_get::<Option<i64>, _>("last_activity")?
                    .and_then(moment),
                archived: row.try_get("archived")?,
                customers,
                livemode: workspace.summary().livemode,
            })
        })
        .collect::<Result<_>>()
}

fn state_now(row: &SqliteRow, now: i64) -> Result<BillingState> {
    let state = BillingState::from_rank(row.try_get("state")?);
    let overdue = row
        .try_get::<Option<i64>, _>("overdue_from")?
        .is_some_and(|from| from < now);
    let calmer = state > BillingState::InvoiceOverdue && state != BillingState::Deleted;
    Ok(if overdue && calmer {
        BillingState::InvoiceOverdue
    } else {
        state
    })
}

/// What the list can be filtered and sorted by, with how many clients each choice would show.
pub async fn filters(workspace: &Workspace) -> Result<ClientFilters> {
    let reader = &workspace.store().reader;
    let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
    push_state(&mut query, workspace.clock().now().timestamp());
    query.push(" AS now, count(*) FROM client_row r WHERE r.archived = 0 GROUP BY now");
    let counted: HashMap<i64, i64> = query
        .build_query_as::<(i64, i64)>()
        .fetch_all(reader)
        .await?
        .into_iter()
        .collect();
    let states = BillingState::ALL.into_iter().map(|state| StateChoice {
        state,
        word: state.word(),
        clients: clamp(counted.get(&state.rank()).copied().unwrap_or_default()),
    });
    let currencies = sqlx::query_scalar(
        "SELECT currency FROM client_amounts GROUP BY currency ORDER BY count(*) DESC, currency",
    )
    .fetch_all(reader)
    .await?;
    let credit =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM client_amounts WHERE credit <> 0)")
            .fetch_one(reader)
            .await?;
    Ok(ClientFilters {
        states: states.collect(),
        currencies,
        credit,
    })
}

pub(super) fn moment(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}

fn clamp(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}
