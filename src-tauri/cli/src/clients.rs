//! `clients list`, `clients duplicates` and `client show`

use crate::failure::Failure;
use crate::output::{clipped, columns};
use crate::session::Session;
use portico_core::clients::{self, ClientPage, ClientQuery, ClientRow, Duplicates};
use portico_core::ids::ClientId;
use portico_core::money::Money;
use portico_core::sync::SyncPhase;
use portico_core::workspaces::Workspace;
use serde::Serialize;

/// As many as core hands out at once.
const PAGE: u32 = 500;

#[derive(clap::Subcommand)]
pub enum ListCommand {
    /// List clients by name, or those that match a search
    List {
        /// Words of a name, email, company or phone; an invoice number; a pasted id
        #[arg(long, value_name = "Q", default_value = "")]
        search: String,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// List customers of several clients that look like one
    Duplicates,
}

#[derive(clap::Subcommand)]
pub enum ShowCommand {
    /// Show one client with subscriptions, invoices, payment methods and notes
    Show {
        /// The client's id (cl_…) or one of its customers' (cus_…)
        id: String,
    },
}

/// The id that a person typed: a client's, or that of a customer that stands for its client.
pub fn client_id(typed: &str) -> ClientId {
    let typed = typed.trim();
    match typed.strip_prefix("cus_") {
        Some(rest) => ClientId::from(format!("{}{rest}", ClientId::PREFIX)),
        // A customer of Accounts v2 keeps its whole id.
        None if typed.starts_with("acct_") => {
            ClientId::from(format!("{}{typed}", ClientId::PREFIX))
        }
        None => ClientId::from(typed),
    }
}

/// A client in a list. `email` is the first of `emails`: most have one.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    row: &'a ClientRow,
    email: Option<&'a str>,
}

impl<'a> From<&'a ClientRow> for Listed<'a> {
    fn from(row: &'a ClientRow) -> Self {
        Self {
            row,
            email: row.emails.first().map(String::as_str),
        }
    }
}

pub async fn list(session: &Session<'_>, command: ListCommand) -> Result<(), Failure> {
    let workspace = session.workspace().await?;
    let (search, limit) = match command {
        ListCommand::List { search, limit } => (search, limit),
        ListCommand::Duplicates => {
            let found = clients::duplicates(&workspace).await?;
            session
                .output
                .show(&found, || describe_duplicates(&found))?;
            return Ok(());
        }
    };
    let searched = !search.is_empty();
    let (total, rows) = read(&workspace, search, limit).await?;
    let status = workspace.sync_status().await?;
    if matches!(status.phase, SyncPhase::Never | SyncPhase::Unfinished) {
        let what = match status.phase {
            SyncPhase::Never => "Nothing has been read from Stripe yet",
            _ => "Not everything has been read from Stripe yet",
        };
        let why = status.problem.unwrap_or_else(|| format!("{what}."));
        session
            .output
            .note(&format!("{why} To read it: portico-cli sync"));
    }
    let listed: Vec<_> = rows.iter().map(Listed::from).collect();
    session
        .output
        .show(&listed, || describe_list(total, &rows, searched))?;
    Ok(())
}

async fn read(
    workspace: &Workspace,
    search: String,
    limit: u32,
) -> Result<(u32, Vec<ClientRow>), Failure> {
    let mut query = ClientQuery {
        search,
        ..ClientQuery::default()
    };
    let mut rows = Vec::new();
    loop {
        query.offset = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        query.limit = (limit - query.offset).min(PAGE);
        let page = clients::list(workspace, &query).await?;
        let last = page.rows.len() < query.limit as usize;
        rows.extend(page.rows);
        if last || rows.len() >= limit as usize {
            return Ok((page.total, rows));
        }
    }
}

fn describe_list(total: u32, rows: &[ClientRow], searched: bool) -> String {
    if rows.is_empty() {
        return match searched {
            true => "No client matches.".into(),
            false => "There are no clients here yet.".into(),
        };
    }
    let cells = rows.iter().map(|row| {
        [
            row.id.to_string(),
            clipped(&row.name),
            clipped(row.emails.first().map_or("", String::as_str)),
            clipped(&row.plan),
            amounts(&row.monthly),
            row.word.label.clone(),
            amounts(&row.open_balance),
        ]
    });
    let table = columns(
        ["ID", "NAME", "EMAIL", "PLAN", "MONTHLY", "STATE", "OPEN"],
        cells,
    );
    if rows.len() < total as usize {
        format!("{table}\n{} of {total}; --limit shows more.\n", rows.len())
    } else {
        table
    }
}

fn describe_duplicates(found: &Duplicates) -> String {
    if found.groups.is_empty() {
        return "No customers of different clients look alike.".into();
    }
    let rows = found.groups.iter().flat_map(|group| {
        group.customers.iter().enumerate().map(|(place, customer)| {
            [
                if place == 0 {
                    group.why.clone()
                } else {
                    String::new()
                },
                customer.customer.clone(),
                clipped(&customer.client_name),
                clipped(customer.email.as_deref().unwrap_or_default()),
                customer.live_subscriptions.to_string(),
                customer.invoices.to_string(),
                if customer.client == group.suggested {
                    group.suggestion.clone()
                } else {
                    String::new()
                },
            ]
        })
    });
    let headings = [
        "WHY", "CUSTOMER", "CLIENT", "EMAIL", "RUNNING", "INVOICES", "KEEP",
    ];
    let table = columns(headings, rows);
    match found.total as usize > found.groups.len() {
        true => format!(
            "{table}\n{} of {}; settle these first.\n",
            found.groups.len(),
            found.total
        ),
        false => table,
    }
}

/// A client whole. `customers` are ids, as in a list; `customer_objects` say more about them.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    row: Listed<'a>,
    details: &'a portico_core::journal::ClientDetails,
    by_hand: bool,
    contacts: &'a [clients::Contact],
    customer_objects: &'a [clients::Customer],
    subscriptions: &'a [clients::Subscription],
    invoices: &'a [clients::Invoice],
    invoices_total: u32,
    payment_methods: &'a [clients::PaymentMethod],
    notes: &'a [clients::Note],
    moved_to: &'a Option<ClientId>,
    warnings: &'a [String],
}

pub async fn show(session: &Session<'_>, command: ShowCommand) -> Result<(), Failure> {
    let ShowCommand::Show { id } = command;
    let workspace = session.workspace().await?;
    let page = clients::page(&workspace, &client_id(&id)).await?;
    let shown = Shown {
        row: Listed::from(&page.row),
        details: &page.details,
        by_hand: page.by_hand,
        contacts: &page.contacts,
        customer_objects: &page.customers,
        subscriptions: &page.subscriptions,
        invoices: &page.invoices,
        invoices_total: page.invoices_total,
        payment_methods: &page.payment_methods,
        notes: &page.notes,
        moved_to: &page.moved_to,
        warnings: &page.warnings,
    };
    session.output.show(&shown, || describe_page(&page))?;
    Ok(())
}

fn describe_page(page: &ClientPage) -> String {
    let row = &page.row;
    let facts = [
        ("Client", row.id.to_string()),
        ("Email", row.emails.join(", ")),
        ("Customers", row.customers.join(", ")),
        ("State", format!("{}: {}", row.word.label, row.word.hint)),
        ("Plan", row.plan.clone()),
        ("Monthly", amounts(&row.monthly)),
        ("Open", amounts(&row.open_balance)),
        ("Credit", amounts(&row.credit)),
    ];
    let facts = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| [name.to_owned(), value]);
    let mut text = columns([row.name.as_str(), ""], facts);
    let mut section = |title: &str, table: String, rows: usize| {
        if rows > 0 {
            text.push_str(&format!("\n\n{title}\n{table}"));
        }
    };
    section(
        "Subscriptions",
        subscriptions(page),
        page.subscriptions.len(),
    );
    section("Invoices", invoices(page), page.invoices.len());
    section("Payment methods", methods(page), page.payment_methods.len());
    let notes = page
        .notes
        .iter()
        .map(|note| [day(note.at), note.author.clone(), note.text.clone()]);
    section(
        "Notes",
        columns(["AT", "BY", "NOTE"], notes),
        page.notes.len(),
    );
    for warning in &page.warnings {
        text.push_str(&format!("\n\nNote: {warning}"));
    }
    text
}

fn subscriptions(page: &ClientPage) -> String {
    let rows = page.subscriptions.iter().map(|subscription| {
        let items: Vec<_> = subscription
            .items
            .iter()
            .map(|item| match item.quantity {
                Some(quantity) if quantity != 1 => {
                    format!("{} × {quantity} ({})", item.name, item.price_words)
                }
                _ => format!("{} ({})", item.name, item.price_words),
            })
            .collect();
        [
            subscription.id.clone(),
            items.join(", "),
            subscription.word.label.clone(),
            subscription.next_renewal.map(day).unwrap_or_default(),
            subscription.ends_at.map(day).unwrap_or_default(),
        ]
    });
    columns(["ID", "ITEMS", "STATE", "RENEWS", "ENDS"], rows)
}

fn invoices(page: &ClientPage) -> String {
    let rows = page.invoices.iter().map(|invoice| {
        [
            invoice.id.clone(),
            invoice.number.clone().unwrap_or_default(),
            day(invoice.created),
            invoice.total.to_string(),
            invoice.word.label.clone(),
            invoice.due.map(|due| due.to_string()).unwrap_or_default(),
        ]
    });
    columns(["ID", "NUMBER", "CREATED", "TOTAL", "STATE", "DUE"], rows)
}

fn methods(page: &ClientPage) -> String {
    let rows = page.payment_methods.iter().map(|method| {
        [
            method.id.clone(),
            method.label.clone(),
            method.expires.clone().unwrap_or_default(),
            method.default_for.join(", "),
        ]
    });
    columns(["ID", "WHAT", "EXPIRES", "DEFAULT FOR"], rows)
}

fn amounts(sums: &[Money]) -> String {
    let sums: Vec<_> = sums.iter().map(Money::to_string).collect();
    sums.join(" + ")
}

/// The viewer's day of a moment.
fn day(at: chrono::DateTime<chrono::Utc>) -> String {
    at.with_timezone(&chrono::Local)
        .format("%Y-%m-%d")
        .to_string()
}
