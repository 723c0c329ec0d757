//! Which link to send a client now, and why: the first row of a table that holds.

mod others;
mod subject;
mod table;
#[cfg(test)]
mod tests;
mod warnings;
mod words;

pub(super) use words::title;

use super::facts::{ClientFacts, gather};
use super::lifetime::lifetime;
use super::possible::possible;
use super::types::{LinkRequest, Recommendation, SuggestedLink};
use crate::Result;
use crate::ids::ClientId;
use crate::workspaces::Workspace;

/// Which link to send now, what else there is, and what to know before.
pub async fn recommend(workspace: &Workspace, client: &ClientId) -> Result<Recommendation> {
    Ok(decide(&gather(workspace, client, None).await?))
}

fn decide(facts: &ClientFacts) -> Recommendation {
    let (row, subject) = table::decide(facts);
    let wishes = row
        .send
        .iter()
        .map(|purpose| subject.request(facts, *purpose));
    let mut refused = None;
    let mut link = None;
    for wish in wishes {
        match possible(facts, &wish) {
            Ok(full) => {
                link = Some(suggest(facts, full));
                break;
            }
            Err(why) => refused = refused.or(Some(why)),
        }
    }
    let mut reason = (row.reason)(facts, &subject);
    if let (None, Some(why)) = (&link, refused) {
        reason = format!("{reason} {why}");
    }
    Recommendation {
        rule: row.id.into(),
        alternatives: others::others(facts, link.as_ref()),
        warnings: warnings::warnings(facts),
        link,
        reason,
    }
}

/// A link that was found possible, in words.
fn suggest(facts: &ClientFacts, request: LinkRequest) -> SuggestedLink {
    let customer = request
        .customer
        .as_deref()
        .and_then(|id| facts.customer(id));
    let recoverable = customer.is_some_and(|customer| customer.email.is_some());
    SuggestedLink {
        title: words::title(facts, &request),
        reason: words::good_for(facts, &request),
        lifetime: lifetime(request.purpose, recoverable),
        request,
    }
}
