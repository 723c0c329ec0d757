//! Payment methods that no list of everything brings: read bit by bit in the background, and when a
//! client's page is opened.

use super::workspace::Workspace;
use crate::Result;
use crate::sync;
use std::sync::Arc;

/// Customers in one turn of the background, so that news does not wait for them.
const A_TURN: u32 = 20;

impl Workspace {
    /// Reads some, as far as the allowance permits.
    pub(crate) async fn read_some_cards(&self) -> Result<()> {
        if self.is_filling() || !sync::affords_cards(&self.store, &self.allowance().await?).await? {
            return Ok(());
        }
        let client = self.stripe().await?;
        let read = sync::read_some_cards(&self.store, &client, A_TURN).await;
        self.checked(read).map(drop)
    }

    /// Looks in Stripe for those of these payers, without being waited for: they are announced when
    /// they come.
    pub(crate) fn look_for_cards(self: &Arc<Self>, payers: Vec<String>) {
        if payers.is_empty() {
            return;
        }
        let Some(busy) = self.busy(format!("cards of {}", payers.join(" "))) else {
            return;
        };
        let here = Arc::clone(self);
        tokio::spawn(async move {
            if here.no_key().await.is_none()
                && let Err(error) = here.look(&payers).await
            {
                // The page shows what is known, and the next time it is opened asks again.
                tracing::debug!(%error, "payment methods could not be looked up");
            }
            drop(busy);
        });
    }

    async fn look(&self, payers: &[String]) -> Result<()> {
        let client = self.stripe().await?;
        self.checked(sync::look_for_cards(&self.store, &client, payers).await)
    }
}
