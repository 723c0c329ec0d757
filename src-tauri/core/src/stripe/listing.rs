//! Reading a resource of the registry as far as the key allows: what may not come along is left out.

use super::{
    Answer, Client, ListPage, Listed, Params,
    answer::Body,
    permissions,
    resource::{Expand, Resource},
    segment, sublists,
};
use crate::{Error, Result};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most that one list call answers.
pub const PAGE: usize = 100;

/// What a person can do about a missing permission.
const GRANT: &str = "Grant this to the key in Stripe; Settings shows what the key may do.";

/// That the key may not read a resource at all, in words.
pub fn refused(slug: &str) -> String {
    let name = permissions::named(slug);
    format!("The key may not read this: it lacks {name}. {GRANT}")
}

/// One resource under one key. Remembers which expansions the key may not read.
#[derive(Debug)]
pub struct Reading {
    pub resource: &'static Resource,
    path: &'static str,
    dropped: Mutex<Vec<&'static str>>,
}

impl Reading {
    pub fn of(resource: &'static Resource) -> Result<Self> {
        let path = resource
            .path
            .ok_or_else(|| Error::Internal(format!("{} only come inside others", resource.name)))?;
        Ok(Self::at(resource, path))
    }

    /// A resource that is not listed by itself, but can be for one customer.
    pub fn at(resource: &'static Resource, path: &'static str) -> Self {
        Self {
            resource,
            path,
            dropped: Mutex::default(),
        }
    }

    /// What does not come along, because the key may not read it.
    pub fn dropped(&self) -> Vec<&'static Expand> {
        let dropped = self.lock();
        self.resource
            .expand
            .iter()
            .filter(|expand| dropped.contains(&expand.path))
            .collect()
    }

    /// Asks for everything again: what the key may read can have changed.
    pub fn forget_dropped(&self) {
        self.lock().clear();
    }

    /// What `dropped` is, in words.
    pub fn left_out(&self) -> String {
        let dropped = self.dropped();
        let mut lacking: Vec<&str> = dropped.iter().map(|expand| expand.permission).collect();
        lacking.dedup();
        let names: Vec<String> = lacking.into_iter().map(permissions::named).collect();
        format!(
            "Some details are left out: the key lacks {}. {GRANT}",
            names.join(" and ")
        )
    }

    /// One page of the list, at most [`PAGE`] objects, narrowed by `filter`.
    pub async fn page(&self, client: &Client, filter: &Params) -> Result<ListPage> {
        let mut page = ListPage::of(self.list(client, filter).await?)?;
        for object in &mut page.objects {
            sublists::complete(client, self.resource, object).await?;
        }
        Ok(page)
    }

    /// The same page as it came: objects that are whole are not taken apart for it.
    pub async fn listed(&self, client: &Client, filter: &Params) -> Result<Listed> {
        let mut page = Listed::of(self.list(client, filter).await?)?;
        let cut_short = |object| sublists::are_cut_short(self.resource, object);
        if page.objects.iter().any(cut_short) {
            let mut objects = page.objects.to_values();
            for object in &mut objects {
                sublists::complete(client, self.resource, object).await?;
            }
            page.objects = objects.into();
        }
        Ok(page)
    }

    async fn list<B: Body>(&self, client: &Client, filter: &Params) -> Result<Answer<B>> {
        let params = self
            .resource
            .list
            .iter()
            .fold(
                Params::new().with("limit", PAGE),
                |params, (name, value)| params.with(*name, value),
            )
            .and(filter);
        self.ask(client, self.path, params, "data.").await
    }

    /// One object; a deleted one answers with `deleted: true` or as not found, by resource.
    pub async fn object(&self, client: &Client, id: &str) -> Result<Answer> {
        let path = format!("{}/{}", self.path, segment(id)?);
        let mut answer = match self.ask(client, &path, Params::new(), "").await {
            // What is left of a deleted object has nothing that could come along.
            Err(Error::Stripe { param, .. }) if param.as_deref() == Some("expand") => {
                client.get(&path, &Params::new()).await
            }
            answer => answer,
        }?;
        sublists::complete(client, self.resource, &mut answer.body).await?;
        Ok(answer)
    }

    /// Asks again with less as long as a refusal is about what comes along.
    async fn ask<B: Body>(
        &self,
        client: &Client,
        path: &str,
        params: Params,
        prefix: &str,
    ) -> Result<Answer<B>> {
        loop {
            let before = self.lock().clone();
            let kept = self
                .resource
                .expand
                .iter()
                .filter(|expand| !before.contains(&expand.path))
                .map(|expand| format!("{prefix}{}", expand.path));
            match client.read(path, &params.clone().expanding(kept)).await {
                Err(Error::PermissionMissing { slug, .. }) if self.dropped_for(&slug, &before) => {}
                answer => return answer,
            }
        }
    }

    /// Whether less is asked for after this refusal. `before` is what the refused call left out:
    /// another call may have learned the same meanwhile.
    fn dropped_for(&self, slug: &str, before: &[&'static str]) -> bool {
        let mut dropped = self.lock();
        if *dropped != before {
            return true;
        }
        let left = |named: bool| {
            self.resource
                .expand
                .iter()
                .filter(move |expand| !named || expand.permission == slug)
                .map(|expand| expand.path)
                .filter(|path| !before.contains(path))
        };
        let mut new: Vec<&'static str> = left(true).collect();
        if new.is_empty() && slug != self.resource.permission {
            // Stripe groups some permissions under other names; the list alone may still be read.
            new = left(false).collect();
        }
        dropped.extend(&new);
        !new.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
