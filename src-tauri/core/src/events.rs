//! How the core speaks up: after each commit, which topics of which workspace changed.

use crate::ids::WorkspaceId;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeSet;
use tokio::sync::broadcast;

/// What a screen can depend on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    Workspaces,
    Settings,
    Key,
    Sync,
    LiveWire,
    Clients,
    Customers,
    Subscriptions,
    Invoices,
    // Charges, refunds and disputes.
    Payments,
    // Checkout sessions and payment links.
    Checkout,
    Payouts,
    PaymentMethods,
    Products,
    PortalConfigurations,
    // Segments, rules, and what they choose.
    PortalRules,
    Links,
    Timeline,
    Backups,
}

impl Topic {
    pub const ALL: [Topic; 19] = [
        Topic::Workspaces,
        Topic::Settings,
        Topic::Key,
        Topic::Sync,
        Topic::LiveWire,
        Topic::Clients,
        Topic::Customers,
        Topic::Subscriptions,
        Topic::Invoices,
        Topic::Payments,
        Topic::Checkout,
        Topic::Payouts,
        Topic::PaymentMethods,
        Topic::Products,
        Topic::PortalConfigurations,
        Topic::PortalRules,
        Topic::Links,
        Topic::Timeline,
        Topic::Backups,
    ];
}

/// `workspace` is empty when the change belongs to the computer, not to a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Changed {
    pub workspace: Option<WorkspaceId>,
    pub topics: BTreeSet<Topic>,
}

/// Hands every change to every subscriber; nobody listening is fine.
#[derive(Debug, Clone)]
pub struct Announcer(broadcast::Sender<Changed>);

impl Default for Announcer {
    fn default() -> Self {
        Self(broadcast::channel(256).0)
    }
}

impl Announcer {
    pub fn announce(
        &self,
        workspace: Option<&WorkspaceId>,
        topics: impl IntoIterator<Item = Topic>,
    ) {
        let topics: BTreeSet<Topic> = topics.into_iter().collect();
        if !topics.is_empty() {
            // An error only says that no window is listening.
            let _ = self.0.send(Changed {
                workspace: workspace.cloned(),
                topics,
            });
        }
    }

    pub fn subscribe(&self) -> Subscription {
        Subscription(self.0.subscribe())
    }
}

/// A stream of changes that never loses one: after an overrun it reports every topic.
pub struct Subscription(broadcast::Receiver<Changed>);

impl Subscription {
    /// The next change; `None` once the core is gone.
    pub async fn next(&mut self) -> Option<Changed> {
        match self.0.recv().await {
            Ok(changed) => Some(changed),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Changed {
                workspace: None,
                topics: Topic::ALL.into(),
            }),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
