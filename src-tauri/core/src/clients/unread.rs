//! What the key may not read, and what is not read yet: neither is said to be absent.

use crate::Result;
use crate::stripe::resource::{
    INVOICES, PAYMENT_METHODS, PRICES, PRODUCTS, Resource, SUBSCRIPTIONS,
};
use crate::words::{self, BillingState, Word};
use crate::workspaces::Workspace;

/// What a client's page is made of; the list leaves out the last.
static SHOWN: [&Resource; 5] = [
    &SUBSCRIPTIONS,
    &INVOICES,
    &PRICES,
    &PRODUCTS,
    &PAYMENT_METHODS,
];

pub(super) struct Unread {
    lacking: Vec<&'static Resource>,
    /// The first filling has not come to its end.
    early: bool,
}

impl Unread {
    pub async fn of(workspace: &Workspace) -> Result<Self> {
        let reader = &workspace.store().reader;
        let lacks: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT name, state, message FROM sync_resources WHERE state IN ('not_permitted', 'limited')",
        )
        .fetch_all(reader)
        .await?;
        let early = sqlx::query_scalar(
            "SELECT started_at IS NOT NULL AND completed_at IS NULL FROM sync_state",
        )
        .fetch_one(reader)
        .await?;
        let is_lacking = |resource: &&&'static Resource| {
            lacks.iter().any(|(name, state, message)| {
                if state == "not_permitted" {
                    name == resource.name
                } else {
                    // What comes only inside others is left out of them, which is said by its permission.
                    message.contains(resource.permission)
                }
            })
        };
        Ok(Self {
            lacking: SHOWN.iter().filter(is_lacking).copied().collect(),
            early,
        })
    }

    /// The names of what is not read, as the mirror's tables are called.
    pub fn names(&self) -> Vec<String> {
        let names = self.lacking.iter().map(|resource| resource.name.to_owned());
        names.collect()
    }

    /// What the list lacks, as a sentence.
    pub fn of_list(&self) -> Option<String> {
        let listed = self.lacking.iter().filter(|r| ***r != PAYMENT_METHODS);
        let labels: Vec<String> = listed.map(|r| r.label.to_lowercase()).collect();
        let (last, rest) = labels.split_last()?;
        let what = match rest {
            [] => last.clone(),
            rest => format!("{} and {last}", rest.join(", ")),
        };
        Some(format!(
            "The key may not read {what}: plans, amounts and states here are not whole. Give the key the permission in Stripe, or replace it in Settings."
        ))
    }

    /// How a client stands, as far as that is known; who is not in Stripe has no billing there.
    pub fn word(&self, state: BillingState, in_stripe: bool) -> Word {
        if !in_stripe {
            return state.word();
        }
        let unseen = match state {
            BillingState::NoBilling => self.lacks(&SUBSCRIPTIONS) || self.lacks(&INVOICES),
            BillingState::OneOff => self.lacks(&SUBSCRIPTIONS),
            _ => false,
        };
        match state {
            _ if unseen => words::not_read(),
            BillingState::NoBilling if self.early => words::not_read_yet(),
            state => state.word(),
        }
    }

    /// The plan in words, where it is known whether there is one.
    pub fn plan(&self, plan: String, state: BillingState, in_stripe: bool) -> String {
        let unseen = matches!(state, BillingState::NoBilling | BillingState::OneOff);
        if plan.is_empty() && in_stripe && unseen && self.lacks(&SUBSCRIPTIONS) {
            words::not_read().label
        } else {
            plan
        }
    }

    fn lacks(&self, resource: &Resource) -> bool {
        self.lacking.contains(&resource)
    }
}
