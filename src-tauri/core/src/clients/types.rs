//! What the client list and the client page show.

use crate::ids::{ClientId, ContactId, NoteId};
use crate::journal::{ClientDetails, ContactDetails};
use crate::money::Money;
use crate::words::{BillingState, Word};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Which part of the client list is wanted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ClientQuery {
    /// What was typed: words, a pasted id, an invoice number. Empty lists everything.
    pub search: String,
    /// Only these states; empty means all.
    pub states: Vec<BillingState>,
    pub archived: ArchivedFilter,
    pub sort: ClientSort,
    pub descending: bool,
    /// For the sorts by amount: values of this currency, clients without one come last.
    pub currency: Option<String>,
    pub offset: u32,
    /// At most 500 are returned.
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ArchivedFilter {
    #[default]
    Hide,
    Only,
    Show,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ClientSort {
    #[default]
    Name,
    State,
    Monthly,
    Balance,
    Credit,
    LastActivity,
    Added,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ClientList {
    /// How many match in all.
    pub total: u32,
    pub rows: Vec<ClientRow>,
    /// The search index is still being built; more may match soon.
    pub search_building: bool,
    /// What the key may not read of this list, as a sentence.
    pub not_read: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ClientRow {
    pub id: ClientId,
    pub name: String,
    pub emails: Vec<String>,
    /// "Studio monthly × 3", "2 plans", or empty.
    pub plan: String,
    /// Normalised to a month, one per currency.
    pub monthly: Vec<Money>,
    /// Some plan is metered: `monthly` is not all of it.
    pub metered: bool,
    pub state: BillingState,
    pub word: Word,
    /// What open invoices still ask for.
    pub open_balance: Vec<Money>,
    pub credit: Vec<Money>,
    pub last_activity: Option<DateTime<Utc>>,
    pub archived: bool,
    pub customers: Vec<String>,
    pub livemode: bool,
}

/// The choices that the list's filters offer.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ClientFilters {
    pub states: Vec<StateChoice>,
    /// Currencies that occur, most frequent first.
    pub currencies: Vec<String>,
    /// Whether anybody has a credit, which few agencies give.
    pub credit: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct StateChoice {
    pub state: BillingState,
    pub word: Word,
    pub clients: u32,
}

/// One client, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ClientPage {
    pub row: ClientRow,
    /// As shown: staff's word first, then Stripe's.
    pub details: ClientDetails,
    /// Not made from a Stripe customer.
    pub by_hand: bool,
    pub contacts: Vec<Contact>,
    pub customers: Vec<Customer>,
    pub subscriptions: Vec<Subscription>,
    /// Newest first; at most 100, the rest by `list_invoices`.
    pub invoices: Vec<Invoice>,
    pub invoices_total: u32,
    pub payment_methods: Vec<PaymentMethod>,
    pub notes: Vec<Note>,
    /// Set when this id is an alias: the client its entries moved to.
    pub moved_to: Option<ClientId>,
    /// What to know before links are sent: missing or duplicate email, deleted customer …
    pub warnings: Vec<String>,
    /// What the key may not read, such as `invoices`: none of it here says nothing.
    pub not_read: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Contact {
    pub id: ContactId,
    #[serde(flatten)]
    pub details: ContactDetails,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Note {
    pub id: NoteId,
    pub text: String,
    pub at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    pub author: String,
}

/// A Stripe customer of this client.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Customer {
    /// `cus_…`, or `acct_…` of Accounts v2.
    pub id: String,
    pub name: Option<String>,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Vec<String>,
    /// What Stripe owes the client (negative balance), as a positive amount.
    pub credit: Option<Money>,
    /// What the customer balance adds to the next invoice.
    pub owed: Option<Money>,
    pub deleted: bool,
    pub created: Option<DateTime<Utc>>,
    /// Linked by staff rather than derived.
    pub linked: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Subscription {
    pub id: String,
    pub customer: String,
    pub word: Word,
    /// Why it rests, where it does.
    pub pause: Option<Word>,
    pub resumes_at: Option<DateTime<Utc>>,
    pub items: Vec<SubscriptionItem>,
    /// The earliest end of an item's period.
    pub next_renewal: Option<DateTime<Utc>>,
    /// When a scheduled cancellation takes effect.
    pub ends_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub trial_ends_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    /// "20 % off for 3 months".
    pub discounts: Vec<String>,
    /// "Charged automatically", "Invoice, due in 30 days".
    pub collection: String,
    pub monthly: Option<Money>,
    pub default_payment_method: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SubscriptionItem {
    pub id: String,
    pub price: String,
    /// The product's name, or the price's nickname.
    pub name: String,
    /// "40.00 EUR per month", "tiered, per month", "by usage, per month".
    pub price_words: String,
    /// Empty for metered items.
    pub quantity: Option<u32>,
    /// Per period; empty where it depends on usage.
    pub amount: Option<Money>,
    /// Empty where it ends, rests or never began.
    pub renews_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Invoice {
    pub id: String,
    pub customer: String,
    pub number: Option<String>,
    pub word: Word,
    pub total: Money,
    pub remaining: Money,
    pub created: DateTime<Utc>,
    /// In the workspace's time zone.
    pub due: Option<NaiveDate>,
    pub paid_at: Option<DateTime<Utc>>,
    /// Stripe has a hosted page (and a PDF) for it: false for drafts.
    pub has_page: bool,
    pub subscription: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct InvoiceList {
    pub total: u32,
    pub rows: Vec<Invoice>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PaymentMethod {
    pub id: String,
    pub customer: String,
    /// "Visa •••• 4242", "SEPA debit •••• 3000".
    pub label: String,
    /// "08/2027", empty where it has none.
    pub expires: Option<String>,
    pub expiry: Option<Word>,
    /// Where it is the default: "this customer", "subscription Studio monthly".
    pub default_for: Vec<String>,
}

/// One line of a client's history, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct TimelineEntry {
    pub id: String,
    pub at: DateTime<Utc>,
    /// A staff member's name, "Stripe", or the rule that acted.
    pub actor: String,
    pub text: String,
    pub tone: crate::words::Tone,
    /// `journal` or the Stripe object the line came from.
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Timeline {
    pub entries: Vec<TimelineEntry>,
    /// Give it back to get older ones; empty at the end.
    pub older: Option<String>,
}
