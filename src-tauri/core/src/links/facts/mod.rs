//! Everything about one client that decides about its links, from one moment of the database.

mod customers;
mod gather;
mod prices;
mod subscriptions;

pub(super) use customers::{CustomerFacts, SharedEmail, acting, customers, login_page};
pub(super) use gather::gather;
pub(super) use prices::PriceFacts;
pub(super) use subscriptions::{ItemFacts, Pause, SubscriptionFacts};

use crate::money::Money;
use crate::portal::Chosen;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use std::sync::Arc;

#[derive(Debug, Clone)]
pub(super) struct ClientFacts {
    pub now: DateTime<Utc>,
    /// The workspace's: it decides what day a moment is on.
    pub zone: Tz,
    pub name: String,
    /// The first that is known of the client, be it in Stripe or by staff alone.
    pub email: Option<String>,
    /// Those that still exist first, newest first.
    pub customers: Vec<CustomerFacts>,
    /// Those that are not over first, newest first.
    pub subscriptions: Vec<SubscriptionFacts>,
    /// Open ones first, newest first.
    pub invoices: Vec<InvoiceFacts>,
    pub methods: Vec<MethodFacts>,
    /// The portal configuration that this client gets.
    pub portal: Chosen,
    /// Those that can still be redeemed.
    pub coupons: Vec<CouponFacts>,
    /// Active recurring prices of active products in the client's currency, the smallest first; in
    /// every currency while the client has none.
    pub sold: Vec<Arc<PriceFacts>>,
    /// Prices that an active payment link sells.
    pub payment_links: Vec<String>,
    /// Permissions that the key is known to lack.
    pub lacking: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct InvoiceFacts {
    pub id: String,
    pub customer: String,
    pub number: Option<String>,
    pub status: String,
    pub remaining: Money,
    pub due: Option<DateTime<Utc>>,
    pub subscription: Option<String>,
    /// The client pays it by itself; else Stripe charges the payment method.
    pub sent: bool,
    pub has_page: bool,
    /// The client's bank wants them to confirm the payment.
    pub needs_confirming: bool,
}

#[derive(Debug, Clone)]
pub(super) struct MethodFacts {
    pub id: String,
    /// "Visa •••• 4242"
    pub label: String,
    /// Year and month; good until the end of it.
    pub expiry: Option<(i32, u32)>,
}

#[derive(Debug, Clone)]
pub(super) struct CouponFacts {
    pub id: String,
    /// Of an amount off; a percentage fits every currency.
    pub currency: Option<String>,
}

impl ClientFacts {
    /// Whom links act for.
    pub fn payer(&self) -> Option<&CustomerFacts> {
        acting(&self.customers)
    }

    pub fn customer(&self, id: &str) -> Option<&CustomerFacts> {
        self.customers.iter().find(|customer| customer.id == id)
    }

    /// Subscriptions that were begun and are not over.
    pub fn running(&self) -> impl Iterator<Item = &SubscriptionFacts> {
        self.subscriptions.iter().filter(|s| s.is_running())
    }

    pub fn open_invoices(&self) -> impl Iterator<Item = &InvoiceFacts> {
        self.invoices.iter().filter(|invoice| invoice.is_payable())
    }

    /// In which this customer is billed, as far as anything tells.
    pub fn currency<'a>(&'a self, customer: &'a CustomerFacts) -> Option<&'a str> {
        let billed = self
            .subscriptions
            .iter()
            .find(|s| s.customer == customer.id);
        customer
            .currency
            .as_deref()
            .or(billed.map(|s| s.currency.as_str()))
            .or(self.sold.first().map(|price| price.currency.as_str()))
    }

    /// What a renewal of the subscription is charged to, where that is known.
    pub fn method_of(&self, subscription: &SubscriptionFacts) -> Option<&MethodFacts> {
        let id = subscription.default_method.as_ref().or_else(|| {
            self.customer(&subscription.customer)
                .and_then(|customer| customer.default_method.as_ref())
        })?;
        self.methods.iter().find(|method| method.id == *id)
    }

    /// Whether Stripe has anything to charge for it.
    pub fn can_charge(&self, subscription: &SubscriptionFacts) -> bool {
        subscription.default_method.is_some()
            || self
                .customer(&subscription.customer)
                .is_some_and(|customer| customer.default_method.is_some() || customer.has_source)
    }

    pub fn today(&self) -> NaiveDate {
        self.date(self.now)
    }

    /// The workspace's day of a moment.
    pub fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// "3 March 2026"
    pub fn day(&self, at: DateTime<Utc>) -> String {
        self.date(at).format("%-d %B %Y").to_string()
    }

    /// Whether the key lacks any of these permissions.
    pub fn lacks(&self, permissions: &[&'static str]) -> Option<&'static str> {
        permissions
            .iter()
            .find(|wanted| self.lacking.iter().any(|slug| slug == *wanted))
            .copied()
    }
}

impl InvoiceFacts {
    pub fn is_payable(&self) -> bool {
        self.status == "open" && self.has_page && self.remaining.amount > 0
    }

    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.due.is_some_and(|due| due < now)
    }

    /// "invoice 0042 (120.00 EUR)"
    pub fn words(&self) -> String {
        match &self.number {
            Some(number) => format!("invoice {number} ({})", self.remaining),
            None => format!("an invoice of {}", self.remaining),
        }
    }
}

impl MethodFacts {
    /// Negative once the month on the card is over.
    pub fn months_left(&self, today: NaiveDate) -> Option<i32> {
        self.expiry
            .map(|(year, month)| crate::clients::months_left(year, month, today))
    }

    /// "October 2026"
    pub fn expires(&self) -> String {
        self.expiry
            .and_then(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1))
            .map(|first| first.format("%B %Y").to_string())
            .unwrap_or_default()
    }
}
