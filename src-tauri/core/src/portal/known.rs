//! The account's portal configurations as the mirror has them.

use super::configurations::label;
use super::settings::OWN;
use super::types::PortalSettings;
use super::words::allows;
use crate::{Result, db};
use serde_json::Value;
use sqlx::SqliteConnection;
use std::collections::HashMap;

pub(crate) struct Known {
    by_id: HashMap<String, Configuration>,
    /// Portico's own, once it was made.
    pub portico: Option<String>,
}

pub(crate) struct Configuration {
    pub name: String,
    pub active: bool,
    pub settings: PortalSettings,
    pub login_page_url: Option<String>,
}

/// What Portico's own is called until it exists.
pub(super) const PORTICO: &str = "Portico's own settings";

impl Known {
    /// `None` asks for Portico's own.
    pub fn get(&self, id: Option<&str>) -> Option<&Configuration> {
        self.by_id.get(id.or(self.portico.as_deref())?)
    }

    pub fn name(&self, id: Option<&str>) -> String {
        match (self.get(id), id) {
            (Some(configuration), _) => configuration.name.clone(),
            (None, Some(id)) => format!("Settings that are gone ({id})"),
            (None, None) => PORTICO.into(),
        }
    }

    /// What clients may do with it, one short sentence each; with Portico's own also before it is
    /// made.
    pub fn allows(&self, id: Option<&str>) -> Vec<String> {
        match (self.get(id), id) {
            (Some(configuration), _) => allows(&configuration.settings),
            (None, None) => allows(&PortalSettings::own()),
            (None, Some(_)) => Vec::new(),
        }
    }
}

pub(crate) async fn read(tx: &mut SqliteConnection) -> Result<Known> {
    let rows: Vec<(String, bool, Option<String>, Vec<u8>)> = sqlx::query_as(
        "SELECT id, coalesce(active, 0), portico, json FROM portal_configurations
         WHERE deleted = 0 AND json IS NOT NULL ORDER BY id",
    )
    .fetch_all(tx)
    .await?;
    let mut known = Known {
        by_id: HashMap::with_capacity(rows.len()),
        portico: None,
    };
    for (id, active, mark, json) in rows {
        let json: Value = db::unpack(&json)?;
        if active && mark.as_deref() == Some(OWN) && known.portico.is_none() {
            known.portico = Some(id.clone());
        }
        let settings = PortalSettings::from_stripe(&json);
        let name = label(&settings.name, &id);
        let configuration = Configuration {
            name,
            active,
            login_page_url: json["login_page"]["url"].as_str().map(str::to_owned),
            settings,
        };
        known.by_id.insert(id, configuration);
    }
    Ok(known)
}
