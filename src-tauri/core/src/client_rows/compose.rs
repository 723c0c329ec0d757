//! One client's row, composed from what was gathered about it.

use crate::pricing::{self, Discount};
use crate::words::BillingState;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

use super::display_name;
use super::gather::{Gathered, Item, Subscription};

/// A row of `client_row` with its amounts.
pub(super) struct Composed {
    pub id: String,
    pub hash: Vec<u8>,
    pub name: String,
    pub name_key: String,
    /// JSON array.
    pub emails: String,
    pub search: String,
    pub plan: String,
    pub metered: bool,
    pub state: BillingState,
    /// Unix seconds: from then on an open invoice is overdue.
    pub overdue_from: Option<i64>,
    pub last_activity: Option<i64>,
    pub added_at: Option<i64>,
    pub archived: bool,
    /// JSON array.
    pub customers: String,
    pub amounts: BTreeMap<String, Amounts>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amounts {
    pub monthly: i64,
    pub open_balance: i64,
    pub credit: i64,
}

impl Gathered {
    /// None where nothing of this client is left: no customer, and not made by hand.
    pub(super) fn compose(self) -> Option<Composed> {
        if self.payers.is_empty() && !self.by_hand {
            return None;
        }
        let name = self.name();
        let name_key = fold(&name);
        let emails = self.emails();
        let live: Vec<&Subscription> = self.subscriptions.iter().filter(|s| s.is_live()).collect();
        let items: Vec<&Item> = live.iter().flat_map(|s| &s.items).collect();
        let mut amounts: BTreeMap<String, Amounts> = BTreeMap::new();
        for subscription in self
            .subscriptions
            .iter()
            .filter(|s| matches!(s.status.as_str(), "active" | "past_due"))
        {
            if let Some((currency, monthly)) = subscription.monthly() {
                amounts.entry(currency).or_default().monthly += monthly;
            }
        }
        for (currency, open) in &self.open {
            amounts.entry(currency.clone()).or_default().open_balance += open;
        }
        for customer in self.customers.iter().filter(|c| c.balance < 0) {
            amounts.entry(customer.currency.clone()).or_default().credit -= customer.balance;
        }
        amounts.retain(|_, sums| *sums != Amounts::default());
        let mut row = Composed {
            hash: Vec::new(),
            name_key,
            search: self.search_text(&name, &emails),
            emails: serde_json::Value::from(emails).to_string(),
            name,
            plan: plan_words(&items),
            metered: items.iter().any(|item| item.price.metered),
            state: self.state(),
            overdue_from: self.overdue_from,
            last_activity: self.last_activity(),
            added_at: self.added_at(),
            archived: self.archived,
            customers: serde_json::Value::from(self.payers).to_string(),
            amounts,
            id: self.id,
        };
        row.hash = row.digest();
        Some(row)
    }

    fn name(&self) -> String {
        let own = self.own_name.as_deref().map(str::trim);
        if let Some(own) = own.filter(|own| !own.is_empty()) {
            return own.to_owned();
        }
        let newest = self.customers.first();
        newest
            .into_iter()
            .flat_map(|c| [&c.company, &c.name, &c.email])
            .chain([&self.invoice_name, &self.invoice_email])
            .flatten()
            .find_map(|name| display_name(name))
            .or_else(|| self.payers.first().cloned())
            .unwrap_or_else(|| "Unnamed client".to_owned())
    }

    fn emails(&self) -> Vec<String> {
        let mut emails: Vec<String> = Vec::new();
        let all = self
            .own_email
            .iter()
            .chain(self.customers.iter().filter_map(|c| c.email.as_ref()))
            .chain(self.contacts.iter().filter_map(|c| c.email.as_ref()))
            .chain(self.invoice_email.iter());
        for email in all.filter(|email| !email.trim().is_empty()) {
            if !emails.iter().any(|known| known.eq_ignore_ascii_case(email)) {
                emails.push(email.clone());
            }
        }
        emails
    }

    fn search_text(&self, name: &str, emails: &[String]) -> String {
        let mut text = String::from(" ");
        let words = [
            Some(name),
            self.own_company.as_deref(),
            self.own_name.as_deref(),
            self.invoice_name.as_deref(),
        ];
        let customers = self
            .customers
            .iter()
            .flat_map(|c| [c.name.as_deref(), c.company.as_deref()]);
        let contacts = self.contacts.iter().map(|c| Some(c.name.as_str()));
        let emails = emails.iter().map(|email| Some(email.as_str()));
        let mut seen: Vec<String> = Vec::new();
        for part in words
            .into_iter()
            .chain(customers)
            .chain(contacts)
            .chain(emails)
            .flatten()
        {
            let folded = fold(part);
            if !folded.is_empty() && !seen.contains(&folded) {
                text.push_str(&folded);
                text.push(' ');
                // A name like "24-7 Media" is typed like a telephone number at first.
                let figures = folded.split(|c: char| !c.is_ascii_digit() && !" +-.".contains(c));
                for figures in figures.filter(|f| f.trim().contains([' ', '+', '-', '.'])) {
                    text.extend(figures.chars().filter(char::is_ascii_digit));
                    text.push(' ');
                }
                seen.push(folded);
            }
        }
        let phones = self
            .customers
            .iter()
            .map(|c| c.phone.as_deref())
            .chain([self.own_phone.as_deref()]);
        for phone in phones
            .chain(self.contacts.iter().map(|c| c.phone.as_deref()))
            .flatten()
        {
            text.extend(phone.chars().filter(char::is_ascii_digit));
            text.push(' ');
        }
        text
    }

    fn state(&self) -> BillingState {
        use BillingState::*;
        if !self.customers.is_empty() && self.customers.iter().all(|c| c.deleted) {
            return Deleted;
        }
        let states: Vec<BillingState> =
            self.subscriptions.iter().map(Subscription::state).collect();
        // A problem anywhere shows first; otherwise the healthiest subscription speaks.
        [
            Unpaid,
            PaymentLate,
            AwaitingFirstPayment,
            Unknown,
            Active,
            Trial,
            Ending,
            Paused,
            Ended,
        ]
        .into_iter()
        .find(|state| states.contains(state))
        .unwrap_or(if self.invoices > 0 { OneOff } else { NoBilling })
    }

    fn last_activity(&self) -> Option<i64> {
        let subscriptions = self
            .subscriptions
            .iter()
            .flat_map(|s| [Some(s.created), s.ended_at])
            .flatten();
        subscriptions
            .chain(self.last_invoice)
            .chain(self.customers.iter().filter_map(|c| c.created))
            .max()
    }

    fn added_at(&self) -> Option<i64> {
        let first = self.customers.iter().filter_map(|c| c.created).min();
        first
            .or(self.own_added_at)
            .or_else(|| self.subscriptions.iter().map(|s| s.created).min())
    }
}

impl Subscription {
    /// Running, about to run, or resting; not over.
    fn is_live(&self) -> bool {
        !matches!(self.status.as_str(), "canceled" | "incomplete_expired")
    }

    fn state(&self) -> BillingState {
        match self.status.as_str() {
            "active" | "trialing" if self.collection_paused => BillingState::Paused,
            "active" | "trialing" if self.ending => BillingState::Ending,
            "active" => BillingState::Active,
            "trialing" => BillingState::Trial,
            "past_due" => BillingState::PaymentLate,
            "unpaid" => BillingState::Unpaid,
            "incomplete" => BillingState::AwaitingFirstPayment,
            "paused" => BillingState::Paused,
            "canceled" | "incomplete_expired" => BillingState::Ended,
            _ => BillingState::Unknown,
        }
    }

    fn monthly(&self) -> Option<(String, i64)> {
        monthly(&self.items, &self.discounts)
    }
}

/// What these items are worth a month in their currency, as Stripe defines MRR: metered items do
/// not count, item discounts come before the subscription's, rounded once per item.
pub(crate) fn monthly(items: &[Item], discounts: &[Discount]) -> Option<(String, i64)> {
    let currency = items.first()?.price.currency.clone();
    let mut sum = 0;
    for item in items {
        let (Some(amount), Some(months)) = (item.price.amount(item.quantity), item.price.months())
        else {
            continue;
        };
        let amount = item
            .discounts
            .iter()
            .chain(discounts)
            .fold(amount, |rest, d| {
                // An amount off is per invoice, not per item: it is taken off below.
                if d.amount_off.is_some() {
                    rest
                } else {
                    d.permanent(rest, &currency)
                }
            });
        sum += pricing::minor(amount / months);
    }
    let months = items
        .first()
        .and_then(|item| item.price.months())
        .unwrap_or(Decimal::ONE);
    for discount in discounts.iter().filter(|d| d.amount_off.is_some()) {
        let rest = discount.permanent(Decimal::from(sum) * months, &currency);
        sum = pricing::minor(rest / months);
    }
    Some((currency, sum))
}

impl Item {
    /// "Studio monthly", or the nickname the agency gave the price; what the price says where its
    /// product is not read.
    pub(crate) fn plan(&self) -> String {
        let product = self.product.as_deref().and_then(display_name);
        let nickname = self.price.nickname.as_deref().and_then(display_name);
        match (product, nickname) {
            (None, None) => self.price.words(),
            (None, Some(nickname)) => nickname,
            (Some(product), Some(nickname)) if nickname.contains(&product) => nickname,
            (Some(product), _) => format!("{product} {}", self.price.rhythm()),
        }
    }
}

fn plan_words(items: &[&Item]) -> String {
    match items {
        [] => String::new(),
        [item] if item.quantity > 1 && !item.price.metered => {
            format!("{} × {}", item.plan(), item.quantity)
        }
        [item] => item.plan(),
        [first, rest @ ..] => format!("{} + {} more", first.plan(), rest.len()),
    }
}

impl Composed {
    fn digest(&self) -> Vec<u8> {
        let mut hasher = Sha256::new();
        for text in [
            &self.name,
            &self.emails,
            &self.search,
            &self.plan,
            &self.customers,
        ] {
            hasher.update(text.len().to_le_bytes());
            hasher.update(text);
        }
        let flags = [self.metered.into(), self.state.rank(), self.archived.into()];
        let times = [self.overdue_from, self.last_activity, self.added_at]
            .map(|time| time.unwrap_or(i64::MIN));
        for number in flags.into_iter().chain(times) {
            hasher.update(number.to_le_bytes());
        }
        for (currency, amounts) in &self.amounts {
            hasher.update(currency);
            for number in [amounts.monthly, amounts.open_balance, amounts.credit] {
                hasher.update(number.to_le_bytes());
            }
        }
        hasher.finalize().to_vec()
    }
}

/// Text as search compares it: without accents, case and punctuation, words apart by one space.
pub fn fold(text: &str) -> String {
    let plain = deunicode::deunicode(text).to_lowercase();
    let kept: String = plain
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "@.-_+".contains(c) {
                c
            } else {
                ' '
            }
        })
        .collect();
    kept.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
