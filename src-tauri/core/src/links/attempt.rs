//! One attempt at a link: the intention is journaled, then tried, then its outcome is journaled.

use crate::ids::{ClientId, LinkId};
use crate::journal::{self, Change, Delivery, LinkDetails, LinkKind, LinkResult};
use crate::workspaces::Workspace;
use crate::{Error, Result};

/// What is asked for.
pub(super) struct Attempt<'w> {
    pub workspace: &'w Workspace,
    pub client: ClientId,
    pub kind: LinkKind,
    pub customer: Option<String>,
    pub configuration: Option<String>,
    pub invoice: Option<String>,
    pub idempotency_key: Option<String>,
    pub details: LinkDetails,
}

/// What came of it: the sentence for the log and the person.
pub(super) struct Done<T> {
    pub message: String,
    /// What was made in Stripe.
    pub object: Option<String>,
    /// When it stops working, where that is known (unix milliseconds).
    pub lives_until: Option<i64>,
    pub value: T,
}

impl Attempt<'_> {
    /// Journals the attempt around `work`; a second one of the same kind for the same client is
    /// refused while the first runs.
    pub async fn run<T>(
        self,
        work: impl Future<Output = Result<Done<T>>>,
    ) -> Result<(LinkId, Done<T>)> {
        let workspace = self.workspace;
        let _alone = workspace
            .busy(format!("{:?} {}", self.kind, self.client))
            .ok_or_else(|| {
                Error::Conflict("This is already being opened; give it a moment.".into())
            })?;
        let author = workspace.author().await?;
        let link = LinkId::new();
        let delivery = self.details.delivery;
        let intention = Change::LinkRequested {
            link: link.clone(),
            client: self.client.clone(),
            customer: self.customer,
            link_kind: self.kind,
            configuration: self.configuration,
            invoice: self.invoice,
            idempotency_key: self.idempotency_key,
            details: self.details,
        };
        journal::append(workspace.store(), &author, intention).await?;
        let outcome = workspace.checked(work.await);
        let handed_out = matches!(self.kind, LinkKind::PortalMail | LinkKind::PortalCopy)
            || matches!(delivery, Some(Delivery::Mail | Delivery::Copy));
        let (result, message) = match &outcome {
            Ok(done) if handed_out => (LinkResult::Prepared, done.message.clone()),
            Ok(done) => (LinkResult::Opened, done.message.clone()),
            Err(error) => (LinkResult::Failed, error.to_string()),
        };
        let made = outcome.as_ref().ok();
        let finished = Change::LinkFinished {
            link: link.clone(),
            client: self.client,
            result,
            message: Some(message),
            object: made.and_then(|done| done.object.clone()),
            lives_until: made.and_then(|done| done.lives_until),
        };
        journal::append(workspace.store(), &author, finished).await?;
        // What comes of it is looked for more often from now on.
        workspace.wake_tail();
        Ok((link, outcome?))
    }
}
