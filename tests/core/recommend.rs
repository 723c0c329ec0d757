//! Over a whole agency: every client gets a recommendation, and every link that is suggested is made.

use crate::browser::with_browser;
use crate::world::World;
use portico_core::journal::Delivery;
use portico_core::links::{self, LinkPurpose, LinkRequest, SuggestedLink};
use portico_core::stripe::resource::{PORTAL_CONFIGURATIONS, PRICES};
use portico_core::{clients, portal};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

impl World {
    /// Portal settings with everything on, and every plan in euros to change to, for every client.
    async fn generous_portal(&self) -> String {
        let mut products: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for id in self.listed(&PRICES).await {
            let price = self.sim.control().object(&id).unwrap();
            let switchable = price["currency"] == "eur"
                && price["active"] == true
                && price["recurring"]["usage_type"] == "licensed";
            if switchable {
                let product = price["product"].as_str().unwrap().to_owned();
                products.entry(product).or_default().push(id);
            }
        }
        let settings = json!({
            "name": "Everything",
            "login_page": true,
            "invoice_history": true,
            "customer_update": {"enabled": true, "allowed": ["email", "address"]},
            "payment_method_update": {"enabled": true},
            "cancel": {"enabled": true},
            "pause": {"enabled": true, "indefinite": true},
            "update": {
                "enabled": true,
                "allowed": ["price"],
                "products": products.into_iter().map(|(product, prices)| json!({"product": product, "prices": prices})).collect::<Value>(),
            },
        });
        let settings = serde_json::from_value(settings).unwrap();
        let made = portal::save(&self.workspace, None, &settings).await.unwrap();
        portal::save_rules(&self.workspace, Vec::new(), Some(made.id.clone()))
            .await
            .unwrap();
        made.id
    }
}
