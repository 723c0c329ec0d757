//! What staff change about clients: each act one journal entry.

use super::resolve::resolve;
use crate::ids::{ClientId, ContactId, NoteId};
use crate::journal::{self, Change, ClientDetails, ContactDetails};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use futures_util::FutureExt;

/// Longer text belongs into a document.
const LONGEST_NOTE: usize = 20_000;
const LONGEST_FIELD: usize = 500;

/// A client made by hand; answers its id.
pub async fn add(workspace: &Workspace, details: ClientDetails) -> Result<ClientId> {
    let details = checked_client(details)?;
    if details.name.is_none() {
        return Err(Error::invalid("name", "Give the client a name."));
    }
    let client = ClientId::new();
    journal(
        workspace,
        Change::ClientAdded {
            client: client.clone(),
            details,
        },
    )
    .await?;
    Ok(client)
}

/// Replaces what staff know; an empty field follows Stripe again.
pub async fn edit(workspace: &Workspace, client: &ClientId, details: ClientDetails) -> Result<()> {
    let client = resolve(workspace, client).await?;
    let details = checked_client(details)?;
    journal(workspace, Change::ClientEdited { client, details }).await
}

pub async fn archive(workspace: &Workspace, client: &ClientId) -> Result<()> {
    let client = resolve(workspace, client).await?;
    journal(workspace, Change::ClientArchived { client }).await
}

pub async fn unarchive(workspace: &Workspace, client: &ClientId) -> Result<()> {
    let client = resolve(workspace, client).await?;
    journal(workspace, Change::ClientUnarchived { client }).await
}

pub async fn add_contact(
    workspace: &Workspace,
    client: &ClientId,
    details: ContactDetails,
) -> Result<ContactId> {
    let client = resolve(workspace, client).await?;
    let contact = ContactId::new();
    let details = checked_contact(details)?;
    journal(
        workspace,
        Change::ContactAdded {
            contact: contact.clone(),
            client,
            details,
        },
    )
    .await?;
    Ok(contact)
}

pub async fn edit_contact(
    workspace: &Workspace,
    client: &ClientId,
    contact: &ContactId,
    details: ContactDetails,
) -> Result<()> {
    let client = owner(
        workspace,
        client,
        "SELECT client FROM contacts WHERE id = ?",
        contact.as_str(),
    )
    .await?;
    let details = checked_contact(details)?;
    journal(
        workspace,
        Change::ContactEdited {
            contact: contact.clone(),
            client,
            details,
        },
    )
    .await
}

pub async fn remove_contact(
    workspace: &Workspace,
    client: &ClientId,
    contact: &ContactId,
) -> Result<()> {
    let client = owner(
        workspace,
        client,
        "SELECT client FROM contacts WHERE id = ?",
        contact.as_str(),
    )
    .await?;
    journal(
        workspace,
        Change::ContactRemoved {
            contact: contact.clone(),
            client,
        },
    )
    .await
}

pub async fn write_note(workspace: &Workspace, client: &ClientId, text: String) -> Result<NoteId> {
    let client = resolve(workspace, client).await?;
    let note = NoteId::new();
    let text = checked_note(text)?;
    journal(
        workspace,
        Change::NoteWritten {
            note: note.clone(),
            client,
            text,
        },
    )
    .await?;
    Ok(note)
}

pub async fn edit_note(
    workspace: &Workspace,
    client: &ClientId,
    note: &NoteId,
    text: String,
) -> Result<()> {
    let client = owner(
        workspace,
        client,
        "SELECT client FROM notes WHERE id = ?",
        note.as_str(),
    )
    .await?;
    let text = checked_note(text)?;
    journal(
        workspace,
        Change::NoteEdited {
            note: note.clone(),
            client,
            text,
        },
    )
    .await
}

pub async fn remove_note(workspace: &Workspace, client: &ClientId, note: &NoteId) -> Result<()> {
    let client = owner(
        workspace,
        client,
        "SELECT client FROM notes WHERE id = ?",
        note.as_str(),
    )
    .await?;
    journal(
        workspace,
        Change::NoteRemoved {
            note: note.clone(),
            client,
        },
    )
    .await
}

/// Makes a Stripe customer of this workspace belong to the client.
pub async fn link_customer(workspace: &Workspace, client: &ClientId, customer: &str) -> Result<()> {
    let client = resolve(workspace, client).await?;
    let customer = customer.trim().to_owned();
    let change = Change::CustomerLinked {
        client,
        customer: customer.clone(),
    };
    let author = workspace.author().await?;
    journal::append_checked(workspace.store(), &author, change, move |tables| {
        async move {
            let known: Option<i64> = sqlx::query_scalar("SELECT 1 FROM payers WHERE payer = ?")
                .bind(&customer)
                .fetch_optional(tables)
                .await?;
            known.map(|_| ()).ok_or_else(|| {
                let message = format!(
                    "{customer} is no customer of this Stripe account, or was not read yet. Check the id, or sync first."
                );
                Error::invalid("customer", message)
            })
        }
        .boxed()
    })
    .await?;
    Ok(())
}

/// Makes a linked customer a client of its own again.
pub async fn unlink_customer(
    workspace: &Workspace,
    client: &ClientId,
    customer: &str,
) -> Result<()> {
    let client = resolve(workspace, client).await?;
    journal(
        workspace,
        Change::CustomerUnlinked {
            client,
            customer: customer.to_owned(),
        },
    )
    .await
}

pub(super) async fn journal(workspace: &Workspace, change: Change) -> Result<()> {
    let author = workspace.author().await?;
    journal::append(workspace.store(), &author, change).await?;
    Ok(())
}

/// The id under which a contact or note was entered: the client's own, or one that it absorbed.
async fn owner(
    workspace: &Workspace,
    client: &ClientId,
    select: &'static str,
    id: &str,
) -> Result<ClientId> {
    let gone = || Error::NotFound("This was removed in the meantime.".into());
    let entered: Option<String> = sqlx::query_scalar(select)
        .bind(id)
        .fetch_optional(&workspace.store().reader)
        .await?;
    let entered = ClientId::from(entered.ok_or_else(gone)?);
    if resolve(workspace, &entered).await? == resolve(workspace, client).await? {
        Ok(entered)
    } else {
        Err(gone())
    }
}

fn checked_client(details: ClientDetails) -> Result<ClientDetails> {
    Ok(ClientDetails {
        name: field("name", details.name)?,
        email: email("email", details.email)?,
        phone: field("phone", details.phone)?,
        company: field("company", details.company)?,
    })
}

fn checked_contact(details: ContactDetails) -> Result<ContactDetails> {
    let name = field("name", Some(details.name))?;
    Ok(ContactDetails {
        name: name.ok_or_else(|| Error::invalid("name", "Give the contact a name."))?,
        email: email("email", details.email)?,
        phone: field("phone", details.phone)?,
        role: field("role", details.role)?,
    })
}

fn checked_note(text: String) -> Result<String> {
    let text = without_control(text.trim());
    if text.is_empty() {
        return Err(Error::invalid("text", "Write something first."));
    }
    if text.chars().count() > LONGEST_NOTE {
        return Err(Error::invalid(
            "text",
            format!("A note may have {LONGEST_NOTE} characters; shorten it."),
        ));
    }
    refuse_card_number("text", &text)?;
    Ok(text)
}

fn field(name: &'static str, value: Option<String>) -> Result<Option<String>> {
    let Some(value) = value
        .map(|value| without_control(value.trim()).replace(['\n', '\t'], " "))
        .filter(|value| !value.is_empty())
    else {
        return Ok(None);
    };
    if value.chars().count() > LONGEST_FIELD {
        return Err(Error::invalid(
            name,
            format!("At most {LONGEST_FIELD} characters fit here."),
        ));
    }
    refuse_card_number(name, &value)?;
    Ok(Some(value))
}

fn email(name: &'static str, value: Option<String>) -> Result<Option<String>> {
    let value = field(name, value)?;
    if let Some(email) = &value {
        let (local, domain) = email.rsplit_once('@').unwrap_or_default();
        if local.is_empty() || !domain.contains('.') || email.contains(char::is_whitespace) {
            return Err(Error::invalid(
                name,
                "This is not an email address; it should look like name@example.com.",
            ));
        }
    }
    Ok(value)
}

/// Line breaks stay; what no keyboard types (NUL, escape codes) goes.
fn without_control(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
        .collect()
}

/// Card numbers belong on Stripe's pages only: what passes the Luhn check, has a card's length and
/// begins as cards do is not stored, however it is grouped and whatever figures stand beside it.
fn refuse_card_number(name: &'static str, text: &str) -> Result<()> {
    let mut groups: Vec<String> = vec![String::new()];
    for c in text.chars().chain(['\n']) {
        match (c, groups.last_mut()) {
            ('0'..='9', Some(group)) => group.push(c),
            ('\n', _) => {
                check_groups(name, &groups)?;
                groups = vec![String::new()];
            }
            (c, _) if c.is_whitespace() || c.is_ascii_punctuation() || c == '–' => {
                groups.push(String::new());
            }
            _ => {
                check_groups(name, &groups)?;
                groups = vec![String::new()];
            }
        }
    }
    Ok(())
}

/// Groups of figures that stand side by side, with at most blanks and punctuation in between.
fn check_groups(name: &'static str, groups: &[String]) -> Result<()> {
    let groups: Vec<&str> = groups
        .iter()
        .map(String::as_str)
        .filter(|group| !group.is_empty())
        .collect();
    for start in 0..groups.len() {
        let mut run = String::new();
        for group in &groups[start..] {
            run.push_str(group);
            if run.len() > 19 {
                break;
            }
            if run.len() >= 13 && run.starts_with(['2', '3', '4', '5', '6']) && luhn(&run) {
                let message = "This looks like a card number. Cards are only typed on Stripe's own pages; remove it.";
                return Err(Error::invalid(name, message));
            }
        }
    }
    Ok(())
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * (1 + place as u32 % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}
