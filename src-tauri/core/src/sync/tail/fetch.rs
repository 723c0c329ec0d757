//! Fetching the objects that events told of: once each, a few at a time, each failing by itself.

use super::subject::Subject;
use crate::db::Store;
use crate::mirror::{Cause, Gone, Page};
use crate::stripe::{
    Client, events,
    listing::{self, Reading},
    resource,
};
use crate::sync::{held, plant, reconcile::gone_as_of, state::Lack};
use crate::{Error, Result};
use futures_util::{StreamExt, stream};
use std::collections::BTreeMap;

/// Polite to the agency's other programs.
const AT_ONCE: usize = 4;

/// What came of fetching.
#[derive(Default)]
pub(super) struct Fetched {
    pub pages: Vec<Page>,
    pub gone: Vec<Gone>,
    /// Objects that are stored or buried with this.
    pub settled: Vec<String>,
    pub failed: Vec<Failed>,
    /// What the key may not read, and no list would bring once it may.
    pub withheld: Vec<Failed>,
    /// Tables that the key may not read, or not whole, and what that is.
    pub lacking: BTreeMap<&'static str, (Lack, String)>,
}

#[derive(Clone)]
pub(super) struct Failed {
    pub subject: Subject,
    pub cause: Cause,
    pub error: String,
}

/// Fetches every object. An error is about all of them: nothing was found out.
pub(super) async fn fetch(
    store: &Store,
    client: &Client,
    readings: &[Reading],
    wanted: Vec<(Subject, Cause)>,
) -> Result<Fetched> {
    let answers: Vec<_> = stream::iter(wanted)
        .map(async |(subject, cause)| {
            let reading = readings
                .iter()
                .find(|reading| reading.resource.name == subject.resource)
                .ok_or_else(|| Error::Internal(format!("nothing reads {}", subject.resource)))?;
            let answer = reading.object(client, &subject.id).await;
            Ok::<_, Error>((reading, answer, subject, cause))
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut fetched = Fetched::default();
    let mut maybe_down = false;
    for asked in answers {
        let (reading, answer, subject, cause) = asked?;
        let resource = reading.resource;
        let failure = match answer {
            Ok(answer) => {
                let mut body = plant::answer(&subject.id, answer.body);
                if body["id"] != subject.id.as_str() || body["object"] != resource.object {
                    Error::UnreadableAnswer(format!("it is not {}", subject.id))
                } else {
                    held::complete(store, reading, std::slice::from_mut(&mut body)).await?;
                    let mut page = Page::of(resource, vec![body], answer.asked_at);
                    page.causes.insert(subject.id.clone(), cause);
                    if !reading.dropped().is_empty() {
                        let lack = (Lack::Limited, reading.left_out());
                        fetched.lacking.insert(resource.name, lack);
                    }
                    fetched.settled.push(subject.id);
                    fetched.pages.push(page);
                    continue;
                }
            }
            Err(Error::PermissionMissing { slug, .. }) => {
                let message = listing::refused(&slug);
                if resource::LISTED.contains(&resource) {
                    let lack = (Lack::NotPermitted, message);
                    fetched.lacking.insert(resource.name, lack);
                } else {
                    fetched.withheld.push(Failed {
                        subject,
                        cause,
                        error: message,
                    });
                }
                continue;
            }
            Err(error) => match gone_as_of(&error) {
                Some(asked_at) => {
                    fetched.settled.push(subject.id.clone());
                    fetched.gone.push(Gone {
                        resource,
                        causes: BTreeMap::from([(subject.id.clone(), cause)]),
                        ids: vec![subject.id],
                        asked_at,
                    });
                    continue;
                }
                None => error,
            },
        };
        match &failure {
            Error::UnreadableAnswer(_) => maybe_down = true,
            Error::Stripe { status, .. } => maybe_down |= *status >= 500,
            Error::Invalid { .. } => {}
            _ => return Err(failure),
        }
        fetched.failed.push(Failed {
            subject,
            cause,
            error: failure.to_string(),
        });
    }
    if maybe_down && fetched.settled.is_empty() {
        // Nothing came through: either Stripe is down, which this tells, or each is ill by itself.
        events::newest(client).await?;
    }
    Ok(fetched)
}
