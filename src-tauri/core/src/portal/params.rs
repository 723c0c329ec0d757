//! A configuration's settings as the parameters of a call.

use super::types::*;
use crate::stripe::Params;
use std::fmt::Display;

/// What the parameters are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// What is empty is left out: Stripe begins with it empty.
    Create,
    /// What is empty is sent empty, which is how Stripe takes a value away.
    Update,
}

/// Every setting. Of a feature that is off only that is sent: its details mean nothing then, and
/// Stripe refuses some of them empty. The settings must be normalised, but for the metadata, in
/// which an empty value takes its key away.
pub(super) fn to_params(settings: &PortalSettings, call: Call) -> Params {
    let sheet = Sheet {
        call,
        params: Params::new(),
    };
    let sheet = sheet
        .text("name", &settings.name)
        .text("business_profile[headline]", &settings.headline)
        .text(
            "business_profile[privacy_policy_url]",
            &settings.privacy_policy_url,
        )
        .text(
            "business_profile[terms_of_service_url]",
            &settings.terms_of_service_url,
        )
        .text("default_return_url", &settings.default_return_url)
        .with("login_page[enabled]", settings.login_page)
        .with(
            "features[invoice_history][enabled]",
            settings.invoice_history,
        );
    let sheet = customer_update(sheet, &settings.customer_update);
    let sheet = payment_method_update(sheet, &settings.payment_method_update);
    let sheet = cancel(sheet, &settings.cancel);
    let sheet = pause(sheet, &settings.pause);
    let sheet = update(sheet, &settings.update);
    let sheet = settings.metadata.iter().fold(sheet, |sheet, (key, value)| {
        sheet.text(&format!("metadata[{key}]"), value)
    });
    sheet.params
}

fn customer_update(sheet: Sheet, feature: &CustomerUpdateFeature) -> Sheet {
    let sheet = sheet.with("features[customer_update][enabled]", feature.enabled);
    if !feature.enabled {
        return sheet;
    }
    sheet.list(
        "features[customer_update][allowed_updates]",
        "",
        &feature.allowed,
    )
}

fn payment_method_update(sheet: Sheet, feature: &PaymentMethodFeature) -> Sheet {
    let sheet = sheet.with("features[payment_method_update][enabled]", feature.enabled);
    if !feature.enabled {
        return sheet;
    }
    sheet.text(
        "features[payment_method_update][payment_method_configuration]",
        feature.configuration.as_deref().unwrap_or_default(),
    )
}

fn cancel(sheet: Sheet, feature: &CancelFeature) -> Sheet {
    let at = |name: &str| format!("features[subscription_cancel]{name}");
    let sheet = sheet.with(at("[enabled]"), feature.enabled);
    if !feature.enabled {
        return sheet;
    }
    let mode = if feature.immediately {
        "immediately"
    } else {
        "at_period_end"
    };
    let sheet = sheet
        .with(at("[mode]"), mode)
        .with(at("[proration_behavior]"), &feature.proration);
    match (feature.ask_reason, sheet.call) {
        // Whoever speaks of reasons here has to name some.
        (false, Call::Create) => sheet,
        (false, Call::Update) => sheet.with(at("[cancellation_reason][enabled]"), false),
        (true, _) => sheet.with(at("[cancellation_reason][enabled]"), true).list(
            &at("[cancellation_reason][options]"),
            "",
            &feature.reasons,
        ),
    }
}

fn pause(sheet: Sheet, feature: &PauseFeature) -> Sheet {
    let at = |name: &str| format!("features[subscription_pause]{name}");
    let sheet = sheet.with(at("[enabled]"), feature.enabled);
    if !feature.enabled {
        return sheet;
    }
    if feature.indefinite {
        return sheet.with(at("[duration][type]"), "indefinite");
    }
    let sheet = sheet.with(at("[duration][type]"), "interval_options");
    (0..)
        .zip(&feature.durations)
        .fold(sheet, |sheet, (index, duration): (usize, _)| {
            let option = |name: &str| at(&format!("[duration][interval_options][{index}][{name}]"));
            sheet
                .with(option("interval"), &duration.interval)
                .with(option("interval_count"), duration.count)
        })
}

fn update(sheet: Sheet, feature: &UpdateFeature) -> Sheet {
    let at = |name: &str| format!("features[subscription_update]{name}");
    let sheet = sheet.with(at("[enabled]"), feature.enabled);
    if !feature.enabled {
        return sheet;
    }
    let sheet = sheet
        .list(&at("[default_allowed_updates]"), "", &feature.allowed)
        .with(at("[proration_behavior]"), &feature.proration)
        .with(at("[billing_cycle_anchor]"), &feature.billing_cycle_anchor)
        .with(at("[trial_update_behavior]"), &feature.trial)
        .list(
            &at("[schedule_at_period_end][conditions]"),
            "[type]",
            &feature.at_period_end,
        );
    // The list is replaced whole: what is not named of a product falls back to Stripe's defaults.
    (0..)
        .zip(&feature.products)
        .fold(sheet, |sheet, (index, offer): (usize, _)| {
            let product = |name: &str| at(&format!("[products][{index}]{name}"));
            let sheet = sheet.with(product("[product]"), &offer.product);
            let sheet = sheet.list(&product("[prices]"), "", &offer.prices);
            if !offer.adjustable_quantity {
                return sheet;
            }
            sheet
                .with(product("[adjustable_quantity][enabled]"), true)
                .maybe(&product("[adjustable_quantity][minimum]"), offer.minimum)
                .maybe(&product("[adjustable_quantity][maximum]"), offer.maximum)
        })
}

/// Parameters under construction.
struct Sheet {
    call: Call,
    params: Params,
}

impl Sheet {
    fn with(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.params = self.params.with(name, value);
        self
    }

    fn maybe(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    fn text(self, name: &str, value: &str) -> Self {
        if value.is_empty() && self.call == Call::Create {
            return self;
        }
        self.with(name, value)
    }

    /// Every member at its index, below which `member` names a field.
    fn list(self, name: &str, member: &str, values: &[String]) -> Self {
        if values.is_empty() {
            return self.text(name, "");
        }
        (0..)
            .zip(values)
            .fold(self, |sheet, (index, value): (usize, _)| {
                sheet.with(format!("{name}[{index}]{member}"), value)
            })
    }
}
