//! Which portal settings a client gets: the one place that asks for them.

use super::configuration::{MARK, planned};
use super::facts::PortalFacts;
use crate::ids::ClientId;
use crate::portal::{
    CancelFeature, ChosenConfiguration, CustomerUpdateFeature, OfferedProduct, PauseFeature,
    PaymentMethodFeature, PortalSettings, UpdateFeature,
};
use crate::workspaces::Workspace;
use crate::{Result, db};
use serde_json::{Value, json};
use sqlx::SqliteConnection;

/// Portico's own configuration, or what it would be once it is made.
pub(super) async fn chosen_features(
    tx: &mut SqliteConnection,
    _: &Workspace,
    _: &ClientId,
) -> Result<PortalFacts> {
    let json: Option<Vec<u8>> = sqlx::query_scalar(
        "SELECT json FROM portal_configurations WHERE portico = ? AND active = 1 AND deleted = 0 ORDER BY id LIMIT 1",
    )
    .bind(MARK)
    .fetch_optional(tx)
    .await?;
    let found = json.as_deref().map(db::unpack).transpose()?;
    let configuration = found.unwrap_or_else(
        || json!({"name": "Portico", "features": planned(), "login_page": {"enabled": true}}),
    );
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Ok(PortalFacts {
        chosen: ChosenConfiguration {
            id: text(&configuration["id"]),
            name: text(&configuration["name"]).unwrap_or_default(),
            because: "No rule holds for this client".into(),
        },
        settings: settings(&configuration),
    })
}

fn settings(configuration: &Value) -> PortalSettings {
    let features = &configuration["features"];
    let on = |feature: &str| features[feature]["enabled"] == true;
    let update = &features["subscription_update"];
    PortalSettings {
        login_page: configuration["login_page"]["enabled"] == true,
        invoice_history: on("invoice_history"),
        customer_update: CustomerUpdateFeature {
            enabled: on("customer_update"),
            allowed: texts(&features["customer_update"]["allowed_updates"]),
        },
        payment_method_update: PaymentMethodFeature {
            enabled: on("payment_method_update"),
            ..PaymentMethodFeature::default()
        },
        cancel: CancelFeature {
            enabled: on("subscription_cancel"),
            immediately: features["subscription_cancel"]["mode"] == "immediately",
            ..CancelFeature::default()
        },
        pause: PauseFeature {
            enabled: on("subscription_pause"),
            ..PauseFeature::default()
        },
        update: UpdateFeature {
            enabled: on("subscription_update"),
            allowed: texts(&update["default_allowed_updates"]),
            products: update["products"]
                .as_array()
                .into_iter()
                .flatten()
                .map(offered)
                .collect(),
            ..UpdateFeature::default()
        },
        ..PortalSettings::default()
    }
}

fn offered(product: &Value) -> OfferedProduct {
    let quantity = &product["adjustable_quantity"];
    let limit = |name: &str| quantity[name].as_u64().and_then(|n| u32::try_from(n).ok());
    OfferedProduct {
        product: product["product"].as_str().unwrap_or_default().to_owned(),
        prices: texts(&product["prices"]),
        adjustable_quantity: quantity["enabled"] == true,
        minimum: limit("minimum"),
        maximum: limit("maximum"),
    }
}

fn texts(list: &Value) -> Vec<String> {
    let texts = list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}
