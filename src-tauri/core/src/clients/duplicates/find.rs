//! Finds customers of several clients that have something in common, the surest kind first.

use super::DuplicateKind;
use crate::Result;
use sqlx::SqliteConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Customers that look like one client, before anything else is known of them.
pub(super) struct Found {
    pub kind: DuplicateKind,
    /// What they have in common, as it is compared.
    pub common: String,
    /// Sorted.
    pub customers: Vec<String>,
}

/// A domain of so many customers is not one company's.
const LARGEST_COMPANY: usize = 20;

/// Where people have mailboxes of their own; a common domain says nothing there.
const FREE_MAIL: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "mail.ru",
    "me.com",
    "orange.fr",
    "outlook.com",
    "proton.me",
    "qq.com",
    "t-online.de",
    "web.de",
    "yahoo.com",
];

/// Legal forms as the last words of a name, folded and without points.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "as",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "doo",
    "eurl",
    "gbr",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kk",
    "lda",
    "limited",
    "llc",
    "llp",
    "ltd",
    "mbh",
    "nv",
    "oo",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "sl",
    "slu",
    "sp",
    "spa",
    "srl",
    "sro",
    "ug",
    "z",
];

/// A customer that still exists, and whose it is.
struct Owned {
    customer: String,
    client: String,
}

/// By what is compared: rows of `customers`, by rowid.
type Same = BTreeMap<String, Vec<i64>>;

pub(super) async fn groups(tx: &mut SqliteConnection) -> Result<Vec<Found>> {
    let emails: Vec<(i64, String)> = sqlx::query_as(
        "SELECT rowid, email_key FROM customers WHERE email_key IS NOT NULL AND email_key <> ''",
    )
    .fetch_all(&mut *tx)
    .await?;
    let kinds = [
        (DuplicateKind::TaxId, tax_ids(&mut *tx).await?),
        (
            DuplicateKind::Email,
            by(&emails, |email| Some(email.to_owned())),
        ),
        (DuplicateKind::PlusAddress, plus_addresses(&emails)),
        (DuplicateKind::Name, names(&mut *tx).await?),
        (DuplicateKind::Domain, domains(&emails)),
    ];
    let wanted = kinds.iter().flat_map(|(_, same)| same.values().flatten());
    let owned = owned(&mut *tx, wanted.copied().collect()).await?;
    let dismissed = dismissed(tx).await?;
    let mut found = Vec::new();
    // By each client in it, to see whether a surer kind has shown the same already.
    let mut shown: HashMap<&str, Vec<BTreeSet<&str>>> = HashMap::new();
    for (kind, same) in kinds {
        for (common, rows) in same {
            let rows: Vec<&Owned> = rows.iter().filter_map(|row| owned.get(row)).collect();
            let clients: BTreeSet<&str> = rows.iter().map(|row| row.client.as_str()).collect();
            let Some(first) = clients.first().filter(|_| clients.len() > 1) else {
                continue;
            };
            let before = shown.get(first);
            let seen = before.is_some_and(|groups| groups.iter().any(|g| g.is_superset(&clients)));
            let customers: BTreeSet<String> = rows.iter().map(|r| r.customer.clone()).collect();
            if seen
                || dismissed
                    .iter()
                    .any(|settled| settled.is_superset(&customers))
            {
                continue;
            }
            for client in &clients {
                shown.entry(client).or_default().push(clients.clone());
            }
            let customers = customers.into_iter().collect();
            found.push(Found {
                kind,
                common,
                customers,
            });
        }
    }
    Ok(found)
}

/// What customers have in common by their email, where several do.
fn by(emails: &[(i64, String)], common: impl Fn(&str) -> Option<String>) -> Same {
    let mut same = Same::new();
    for (row, email) in emails {
        if let Some(common) = common(email) {
            same.entry(common).or_default().push(*row);
        }
    }
    same.retain(|_, rows| rows.len() > 1);
    same
}

/// "anna+shop@lumen.example" is the mailbox of "anna@lumen.example".
fn plus_addresses(emails: &[(i64, String)]) -> Same {
    let mailbox = |email: &str| {
        let (local, domain) = email.rsplit_once('@')?;
        let (name, _) = local.split_once('+')?;
        Some(format!("{name}@{domain}")).filter(|_| !name.is_empty())
    };
    let with_plus: HashSet<String> = emails
        .iter()
        .filter_map(|(_, email)| mailbox(email))
        .collect();
    by(emails, |email| {
        let mailbox = mailbox(email).unwrap_or_else(|| email.to_owned());
        with_plus.contains(&mailbox).then_some(mailbox)
    })
}

fn domains(emails: &[(i64, String)]) -> Same {
    let mut same = by(emails, |email| {
        let (_, domain) = email.rsplit_once('@')?;
        (domain.contains('.') && !FREE_MAIL.contains(&domain)).then(|| domain.to_owned())
    });
    same.retain(|_, rows| rows.len() <= LARGEST_COMPANY);
    same
}

async fn tax_ids(tx: &mut SqliteConnection) -> Result<Same> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT c.rowid, t.value FROM tax_ids t JOIN customers c ON c.id = t.customer
         WHERE t.deleted = 0 AND t.value IS NOT NULL",
    )
    .fetch_all(tx)
    .await?;
    // It is written with and without spaces and points.
    Ok(by(&rows, |value| {
        let figures: String = value.chars().filter(|c| c.is_alphanumeric()).collect();
        Some(figures.to_uppercase()).filter(|figures| !figures.is_empty())
    }))
}

async fn names(tx: &mut SqliteConnection) -> Result<Same> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT id, name_key FROM client_row WHERE archived = 0")
            .fetch_all(&mut *tx)
            .await?;
    let mut clients: HashMap<&str, Vec<&str>> = HashMap::new();
    for (client, name) in &rows {
        let name = without_legal_form(name);
        if !name.is_empty() {
            clients.entry(name).or_default().push(client);
        }
    }
    clients.retain(|_, clients| clients.len() > 1);
    let wanted: Vec<&str> = clients.values().flatten().copied().collect();
    let payers: Vec<(String, i64)> = sqlx::query_as(
        "SELECT p.client, c.rowid FROM payers p JOIN customers c ON c.id = p.payer
         WHERE p.client IN (SELECT value FROM json_each(?))",
    )
    .bind(serde_json::Value::from(wanted).to_string())
    .fetch_all(tx)
    .await?;
    let mut customers: HashMap<&str, Vec<i64>> = HashMap::new();
    for (client, row) in &payers {
        customers.entry(client).or_default().push(*row);
    }
    let same = clients.into_iter().map(|(name, clients)| {
        let rows = clients.iter().filter_map(|client| customers.get(client));
        (name.to_owned(), rows.flatten().copied().collect())
    });
    Ok(same.collect())
}

/// "lumen studio gmbh" and "lumen studio ltd." are "lumen studio".
fn without_legal_form(name: &str) -> &str {
    let mut rest = name;
    while let Some((before, last)) = rest.rsplit_once(' ') {
        let last = last.replace('.', "");
        if !last.is_empty() && !LEGAL_FORMS.contains(&last.as_str()) {
            break;
        }
        rest = before;
    }
    rest
}

async fn owned(tx: &mut SqliteConnection, mut rows: Vec<i64>) -> Result<HashMap<i64, Owned>> {
    rows.sort_unstable();
    rows.dedup();
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT c.rowid, c.id, p.client FROM customers c JOIN payers p ON p.payer = c.id
         JOIN client_row r ON r.id = p.client AND r.archived = 0
         WHERE c.rowid IN (SELECT value FROM json_each(?)) AND c.deleted = 0",
    )
    .bind(serde_json::Value::from(rows).to_string())
    .fetch_all(tx)
    .await?;
    let owned = rows.into_iter();
    Ok(owned
        .map(|(row, customer, client)| (row, Owned { customer, client }))
        .collect())
}

/// What staff looked at before: sets of customers that are different clients.
async fn dismissed(tx: &mut SqliteConnection) -> Result<Vec<BTreeSet<String>>> {
    let rows: Vec<String> = sqlx::query_scalar("SELECT customers FROM duplicates_dismissed")
        .fetch_all(tx)
        .await?;
    rows.iter()
        .map(|row| Ok(serde_json::from_str(row)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_are_no_part_of_a_name() {
        for name in [
            "lumen studio",
            "lumen studio gmbh",
            "lumen studio gmbh co. kg",
            "lumen studio ltd.",
            "lumen studio sp. z o.o.",
        ] {
            assert_eq!(without_legal_form(name), "lumen studio", "{name}");
        }
        for name in ["sa", "lumen", "lumen co working"] {
            assert_eq!(without_legal_form(name), name);
        }
    }

    #[test]
    fn a_plus_address_is_the_mailbox_before_it() {
        let emails = [
            "anna@lumen.example",
            "anna+shop@lumen.example",
            "bo+a@lumen.example",
            "+@lumen.example",
            "anna@other.example",
        ];
        let emails: Vec<(i64, String)> = (0..).zip(emails.map(str::to_owned)).collect();
        let same = plus_addresses(&emails);
        assert_eq!(
            same,
            Same::from([("anna@lumen.example".to_owned(), vec![0, 1])])
        );
    }

    #[test]
    fn a_domain_of_everybody_says_nothing() {
        let row = |n: i64, domain: &str| (n, format!("u{n}@{domain}"));
        let mut emails: Vec<(i64, String)> = (0..2).map(|n| row(n, "lumen.example")).collect();
        emails.extend((2..4).map(|n| row(n, "gmail.com")));
        emails.extend((10..40).map(|n| row(n, "mail.example")));
        let same = domains(&emails);
        assert_eq!(same, Same::from([("lumen.example".to_owned(), vec![0, 1])]));
    }
}
