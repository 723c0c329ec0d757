//! A configuration's settings out of Stripe's JSON, and in the one form in which two are compared.

use super::types::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// `metadata[portico]`: by it Portico finds what it made itself. Never shown, never changed.
pub(super) const MARK: &str = "portico";
/// Its value at the configuration that is used where nothing else is chosen.
pub(super) const OWN: &str = "default";

pub(super) const UPDATES: [&str; 6] = ["name", "email", "address", "shipping", "phone", "tax_id"];
pub(super) const REASONS: [&str; 8] = [
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "customer_service",
    "too_complex",
    "low_quality",
    "other",
];
pub(super) const ALLOWED: [&str; 3] = ["price", "quantity", "promotion_code"];
pub(super) const CONDITIONS: [&str; 2] = ["decreasing_item_amount", "shortening_interval"];

impl PortalSettings {
    /// The settings as Stripe keeps them. Of a feature that is off Stripe remembers details that
    /// nobody sees; they are left out. Products come along only where they were asked for.
    pub fn from_stripe(configuration: &Value) -> Self {
        let features = &configuration["features"];
        let profile = &configuration["business_profile"];
        let details = &features["customer_update"];
        let method = &features["payment_method_update"];
        let metadata = configuration["metadata"].as_object();
        Self {
            name: text(&configuration["name"]),
            headline: text(&profile["headline"]),
            privacy_policy_url: text(&profile["privacy_policy_url"]),
            terms_of_service_url: text(&profile["terms_of_service_url"]),
            default_return_url: text(&configuration["default_return_url"]),
            login_page: configuration["login_page"]["enabled"] == true,
            invoice_history: features["invoice_history"]["enabled"] == true,
            customer_update: CustomerUpdateFeature {
                enabled: details["enabled"] == true,
                allowed: texts(&details["allowed_updates"]),
            },
            payment_method_update: PaymentMethodFeature {
                enabled: method["enabled"] == true,
                configuration: method["payment_method_configuration"]
                    .as_str()
                    .map(str::to_owned),
            },
            cancel: cancel(&features["subscription_cancel"]),
            pause: pause(&features["subscription_pause"]),
            update: update(&features["subscription_update"]),
            metadata: metadata
                .into_iter()
                .flatten()
                .map(|(key, value)| (key.clone(), text(value)))
                .collect(),
        }
        .normalised()
    }

    /// What a new configuration of Portico's own has.
    pub(super) fn own() -> Self {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            name: "Portico".into(),
            login_page: true,
            invoice_history: true,
            customer_update: CustomerUpdateFeature {
                enabled: true,
                allowed: all(&["name", "email", "address", "phone", "tax_id"]),
            },
            payment_method_update: PaymentMethodFeature {
                enabled: true,
                configuration: None,
            },
            cancel: CancelFeature {
                enabled: true,
                ask_reason: true,
                reasons: all(&REASONS),
                ..CancelFeature::default()
            },
            ..Self::default()
        }
        .normalised()
    }

    /// The one form of what means the same: details of what is off are gone, what Stripe fills in
    /// is filled in, and what has no order has one.
    pub fn normalised(&self) -> Self {
        let trimmed = |text: &str| text.trim().to_owned();
        let method = self.payment_method_update.configuration.as_deref();
        let mut metadata: BTreeMap<String, String> = self.metadata.clone();
        metadata.retain(|key, value| key != MARK && !value.is_empty());
        Self {
            name: trimmed(&self.name),
            headline: trimmed(&self.headline),
            privacy_policy_url: trimmed(&self.privacy_policy_url),
            terms_of_service_url: trimmed(&self.terms_of_service_url),
            default_return_url: trimmed(&self.default_return_url),
            login_page: self.login_page,
            invoice_history: self.invoice_history,
            customer_update: on(self.customer_update.enabled, || CustomerUpdateFeature {
                enabled: true,
                allowed: ordered(&self.customer_update.allowed, &UPDATES),
            }),
            payment_method_update: on(self.payment_method_update.enabled, || {
                PaymentMethodFeature {
                    enabled: true,
                    configuration: method.map(trimmed).filter(|id| !id.is_empty()),
                }
            }),
            cancel: on(self.cancel.enabled, || self.cancel.normalised()),
            pause: on(self.pause.enabled, || self.pause.normalised()),
            update: on(self.update.enabled, || self.update.normalised()),
            metadata,
        }
    }
}

impl CancelFeature {
    fn normalised(&self) -> Self {
        let reasons = if self.ask_reason {
            ordered(&self.reasons, &REASONS)
        } else {
            Vec::new()
        };
        Self {
            // Only an immediate end leaves anything to prorate.
            proration: if self.immediately || self.proration == "always_invoice" {
                or(&self.proration, "none")
            } else {
                "none".into()
            },
            reasons,
            ..self.clone()
        }
    }
}

impl PauseFeature {
    fn normalised(&self) -> Self {
        let durations = if self.indefinite {
            Vec::new()
        } else {
            self.durations.clone()
        };
        Self {
            durations,
            ..self.clone()
        }
    }
}

impl UpdateFeature {
    fn normalised(&self) -> Self {
        Self {
            enabled: true,
            allowed: ordered(&self.allowed, &ALLOWED),
            products: self
                .products
                .iter()
                .map(OfferedProduct::normalised)
                .collect(),
            proration: or(&self.proration, "none"),
            billing_cycle_anchor: or(&self.billing_cycle_anchor, "unchanged"),
            at_period_end: ordered(&self.at_period_end, &CONDITIONS),
            trial: or(&self.trial, "end_trial"),
        }
    }
}

impl OfferedProduct {
    fn normalised(&self) -> Self {
        let adjustable = self.adjustable_quantity;
        Self {
            minimum: adjustable.then(|| self.minimum.unwrap_or(1)),
            maximum: self.maximum.filter(|_| adjustable),
            ..self.clone()
        }
    }
}

fn cancel(feature: &Value) -> CancelFeature {
    let reason = &feature["cancellation_reason"];
    CancelFeature {
        enabled: feature["enabled"] == true,
        immediately: feature["mode"] == "immediately",
        proration: text(&feature["proration_behavior"]),
        ask_reason: reason["enabled"] == true,
        reasons: texts(&reason["options"]),
    }
}

fn pause(feature: &Value) -> PauseFeature {
    let duration = &feature["duration"];
    PauseFeature {
        enabled: feature["enabled"] == true,
        indefinite: duration["type"] == "indefinite",
        durations: members(&duration["interval_options"])
            .map(|option| PauseDuration {
                interval: text(&option["interval"]),
                count: number(&option["interval_count"]).unwrap_or(1),
            })
            .collect(),
    }
}

fn update(feature: &Value) -> UpdateFeature {
    UpdateFeature {
        enabled: feature["enabled"] == true,
        allowed: texts(&feature["default_allowed_updates"]),
        products: members(&feature["products"]).map(offered).collect(),
        proration: text(&feature["proration_behavior"]),
        billing_cycle_anchor: text(&feature["billing_cycle_anchor"]),
        at_period_end: members(&feature["schedule_at_period_end"]["conditions"])
            .map(|condition| text(&condition["type"]))
            .collect(),
        trial: text(&feature["trial_update_behavior"]),
    }
}

fn offered(product: &Value) -> OfferedProduct {
    let quantity = &product["adjustable_quantity"];
    OfferedProduct {
        product: text(&product["product"]),
        prices: texts(&product["prices"]),
        adjustable_quantity: quantity["enabled"] == true,
        minimum: number(&quantity["minimum"]),
        maximum: number(&quantity["maximum"]),
    }
}

fn on<T: Default>(enabled: bool, feature: impl FnOnce() -> T) -> T {
    if enabled { feature() } else { T::default() }
}

fn or(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise } else { text }.to_owned()
}

/// Each once, in the order in which Stripe names them; what Stripe added since comes last.
fn ordered(names: &[String], order: &[&str]) -> Vec<String> {
    let place = |name: &String| order.iter().position(|known| known == name);
    let mut names = names.to_vec();
    names.sort_by_key(|name| (place(name).unwrap_or(order.len()), name.clone()));
    names.dedup();
    names
}

fn members(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(list: &Value) -> Vec<String> {
    members(list).map(text).collect()
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}
