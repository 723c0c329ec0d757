//! Who depends on a configuration: rules, clients chosen by hand, links that are out.

use crate::Result;
use crate::workspaces::Workspace;
use std::collections::HashMap;

/// What depends on one configuration, and what of the account matters for its settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InUse {
    /// It is switched off.
    pub inactive: bool,
    /// Names of the rules that choose it.
    pub rules: Vec<String>,
    /// It is what clients get where no rule holds.
    pub otherwise: bool,
    /// Clients for whom it was chosen by hand.
    pub by_hand: u32,
    /// Links to its login page that were handed out.
    pub durable_links: u32,
    /// Running subscriptions of the account with several items.
    pub multi_item: u32,
}

impl InUse {
    /// "the rule “Annual clients” chooses it"; none where nothing does.
    pub fn sentence(&self) -> Option<String> {
        let mut users: Vec<String> = self
            .rules
            .iter()
            .map(|rule| format!("the rule “{rule}” chooses it"))
            .collect();
        if self.otherwise {
            users.push("clients get it where no rule holds".into());
        }
        match self.by_hand {
            0 => {}
            1 => users.push("it was chosen by hand for 1 client".into()),
            clients => users.push(format!("it was chosen by hand for {clients} clients")),
        }
        (!users.is_empty()).then(|| users.join(", "))
    }
}

/// The same for every configuration, read once.
#[derive(Debug, Default)]
pub(super) struct Uses {
    rules: HashMap<String, Vec<String>>,
    otherwise: Option<String>,
    by_hand: HashMap<String, u32>,
    durable_links: HashMap<String, u32>,
    multi_item: u32,
}

impl Uses {
    /// `own`: it is Portico's own, which is used where the policy names none.
    pub fn of(&self, id: &str, active: bool, own: bool) -> InUse {
        let otherwise = self.otherwise.as_deref();
        InUse {
            inactive: !active,
            rules: self.rules.get(id).cloned().unwrap_or_default(),
            otherwise: otherwise.map_or(own, |otherwise| otherwise == id),
            by_hand: self.by_hand.get(id).copied().unwrap_or_default(),
            durable_links: self.durable_links.get(id).copied().unwrap_or_default(),
            multi_item: self.multi_item,
        }
    }

    /// For settings of no configuration yet.
    pub fn of_new(&self) -> InUse {
        InUse {
            multi_item: self.multi_item,
            ..InUse::default()
        }
    }
}

pub(super) async fn read(workspace: &Workspace) -> Result<Uses> {
    let mut tx = workspace.store().reader.begin().await?;
    let rules: Vec<(String, String)> = sqlx::query_as(
        "SELECT json_extract(body, '$.configuration'), json_extract(body, '$.name')
         FROM portal_rules ORDER BY position",
    )
    .fetch_all(&mut *tx)
    .await?;
    let otherwise: Option<Option<String>> =
        sqlx::query_scalar("SELECT otherwise FROM portal_policy")
            .fetch_optional(&mut *tx)
            .await?;
    let by_hand: Vec<(String, u32)> = sqlx::query_as(
        "SELECT portal_configuration, count(*) FROM clients
         WHERE portal_configuration IS NOT NULL GROUP BY portal_configuration",
    )
    .fetch_all(&mut *tx)
    .await?;
    let durable_links: Vec<(String, u32)> = sqlx::query_as(
        "SELECT configuration, count(*) FROM links
         WHERE kind IN ('portal_mail', 'portal_copy') AND result = 'prepared' AND configuration IS NOT NULL
         GROUP BY configuration",
    )
    .fetch_all(&mut *tx)
    .await?;
    let multi_item: u32 = sqlx::query_scalar(
        "SELECT count(*) FROM (
             SELECT i.subscription FROM subscription_items i JOIN subscriptions s ON s.id = i.subscription
             WHERE s.deleted = 0 AND i.deleted = 0
               AND s.status NOT IN ('canceled', 'incomplete', 'incomplete_expired')
             GROUP BY i.subscription HAVING count(*) > 1)",
    )
    .fetch_one(&mut *tx)
    .await?;
    let mut named: HashMap<String, Vec<String>> = HashMap::new();
    for (configuration, name) in rules {
        named.entry(configuration).or_default().push(name);
    }
    Ok(Uses {
        rules: named,
        otherwise: otherwise.flatten(),
        by_hand: by_hand.into_iter().collect(),
        durable_links: durable_links.into_iter().collect(),
        multi_item,
    })
}
