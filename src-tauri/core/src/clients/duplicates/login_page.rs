//! Whom Stripe's login page opens where several customers have one email.

use crate::Result;
use crate::client_rows::display_name;
use sqlx::SqliteConnection;
use std::collections::HashMap;

/// A customer with an email that others may have too.
pub(crate) struct Namesake {
    pub id: String,
    pub name: Option<String>,
}

/// The customers that have these emails (in the form of `customers.email_key`), by email. The login
/// page opens the first: the newest that has an active subscription.
pub(crate) async fn namesakes(
    tx: &mut SqliteConnection,
    emails: &[&str],
) -> Result<HashMap<String, Vec<Namesake>>> {
    let rows: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT c.email_key, c.id, coalesce(nullif(trim(c.company), ''), nullif(trim(c.name), ''))
         FROM customers c WHERE c.email_key IN (SELECT value FROM json_each(?)) AND c.deleted = 0 ORDER BY
             EXISTS (SELECT 1 FROM subscriptions s WHERE s.payer IN (c.id, c.account) AND s.deleted = 0
                 AND s.status = 'active') DESC,
             c.created DESC, c.id",
    )
    .bind(serde_json::Value::from(emails.to_vec()).to_string())
    .fetch_all(tx)
    .await?;
    let mut namesakes: HashMap<String, Vec<Namesake>> = HashMap::new();
    for (email, id, name) in rows {
        let name = name.as_deref().and_then(display_name);
        let same = namesakes.entry(email).or_default();
        same.push(Namesake { id, name });
    }
    Ok(namesakes)
}
