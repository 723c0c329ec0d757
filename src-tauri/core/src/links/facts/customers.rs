//! A client's customers, which of them links act for, and whom the login page would open.

use crate::client_rows::display_name;
use crate::clients::{Namesake, namesakes};
use crate::ids::ClientId;
use crate::{Result, db};
use serde_json::Value;
use sqlx::{Row, SqliteConnection};

#[derive(Debug, Clone)]
pub(in crate::links) struct CustomerFacts {
    /// `cus_…`, or `acct_…` of Accounts v2.
    pub id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub deleted: bool,
    /// Staff marked it as the current one.
    pub preferred: bool,
    pub currency: Option<String>,
    /// When its newest subscription that is not over was made, in unix seconds.
    pub billed: Option<i64>,
    pub default_method: Option<String>,
    /// A card from before payment methods is charged where there is no default method.
    pub has_source: bool,
    /// Where other customers have its email too.
    pub shared: Option<SharedEmail>,
}

/// An email that several customers have, of this client or of others.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::links) struct SharedEmail {
    pub customers: usize,
    /// Whom the login page opens, where that is another one.
    pub opens: Option<String>,
}

impl SharedEmail {
    fn among(same: &[Namesake], customer: &str) -> Option<Self> {
        let opens = same.first().filter(|first| first.id != customer);
        (same.len() > 1).then(|| Self {
            customers: same.len(),
            opens: opens.map(|other| other.name.clone().unwrap_or_else(|| other.id.clone())),
        })
    }
}

impl CustomerFacts {
    /// Its name, or its id.
    pub fn words(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// Those that still exist first, newest first.
pub(in crate::links) async fn customers(
    tx: &mut SqliteConnection,
    client: &ClientId,
) -> Result<Vec<CustomerFacts>> {
    // The Accounts v2 id of a customer that is there itself is no customer of its own.
    let rows = sqlx::query(
        "SELECT p.payer, coalesce(nullif(trim(c.company), ''), nullif(trim(c.name), '')),
                nullif(trim(c.email), ''), c.email_key, coalesce(c.deleted, 0) AS deleted,
                coalesce(k.preferred_customer = p.payer, 0), c.currency, c.default_payment_method, c.json,
                (SELECT max(s.created) FROM subscriptions s WHERE s.payer IN (p.payer, c.account)
                    AND s.deleted = 0 AND s.status NOT IN ('canceled', 'incomplete_expired'))
         FROM payers p LEFT JOIN customers c ON c.id = p.payer LEFT JOIN clients k ON k.id = p.client
         WHERE p.client = ?
           AND (c.id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM customers t WHERE t.account = p.payer))
         ORDER BY deleted, c.created DESC, p.payer",
    )
    .bind(client.as_str())
    .fetch_all(&mut *tx)
    .await?;
    let emails: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.try_get::<Option<&str>, _>(3).ok().flatten())
        .collect();
    let namesakes = namesakes(tx, &emails).await?;
    let mut customers = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: String = row.try_get(0)?;
        let deleted: bool = row.try_get(4)?;
        let email: Option<String> = row.try_get(2)?;
        let json = row.try_get::<Option<&[u8]>, _>(8)?;
        let json = json.map(db::unpack).transpose()?.unwrap_or(Value::Null);
        let key = row.try_get::<Option<&str>, _>(3)?;
        let key = key.filter(|_| !deleted && email.is_some());
        let shared = key.and_then(|key| SharedEmail::among(namesakes.get(key)?, &id));
        customers.push(CustomerFacts {
            name: row.try_get::<Option<&str>, _>(1)?.and_then(display_name),
            preferred: row.try_get(5)?,
            currency: row.try_get(6)?,
            default_method: row.try_get(7)?,
            billed: row.try_get(9)?,
            has_source: !json["default_source"].is_null(),
            id,
            email,
            deleted,
            shared,
        });
    }
    Ok(customers)
}

/// Whom links act for: the one that staff marked, else the one that was billed last, else the newest.
pub(in crate::links) fn acting(customers: &[CustomerFacts]) -> Option<&CustomerFacts> {
    let live = || customers.iter().filter(|customer| !customer.deleted);
    live()
        .find(|customer| customer.preferred)
        // Of equally new ones the first, as of all others.
        .or_else(|| {
            live()
                .rev()
                .filter(|c| c.billed.is_some())
                .max_by_key(|c| c.billed)
        })
        .or_else(|| live().next())
}

/// Whether the login page opens this customer: what to know of it all the same, or why it does not.
pub(in crate::links) fn login_page(customer: &CustomerFacts) -> Result<Option<String>, String> {
    let Some(email) = &customer.email else {
        return Err("This client has no email in Stripe, and the login page knows clients by email. Add one to the customer in Stripe, then refresh this client.".into());
    };
    match &customer.shared {
        None => Ok(None),
        Some(SharedEmail {
            customers,
            opens: Some(other),
        }) => Err(format!(
            "{email} is the email of {customers} customers, and Stripe's login page would open {other} instead. Give this customer an email of its own in Stripe, or open the portal from here."
        )),
        Some(SharedEmail {
            customers,
            opens: None,
        }) => Ok(Some(format!(
            "{email} is the email of {customers} customers. The login page opens this one today, as it is the newest with an active subscription."
        ))),
    }
}
