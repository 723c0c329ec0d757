//! What Stripe would refuse of a configuration's settings, and what would surprise somebody.

mod offer;
mod surprises;

use super::catalogue::Catalogue;
use super::in_use::InUse;
use super::settings::{ALLOWED, CONDITIONS, MARK, REASONS, UPDATES};
use super::types::*;
use url::Url;

const LONGEST_HEADLINE: usize = 60;
const LONGEST_NAME: usize = 256;
const LONGEST_METADATA_KEY: usize = 40;
const LONGEST_METADATA_VALUE: usize = 500;
const MOST_METADATA: usize = 50;

/// Everything that can be said of the settings before they are sent, the worst first.
pub fn findings(settings: &PortalSettings, catalogue: &Catalogue, in_use: &InUse) -> Vec<Finding> {
    let metadata = &settings.metadata;
    let settings = &settings.normalised();
    let mut found = Findings::default();
    page(&mut found, settings);
    details(&mut found, settings);
    cancel(&mut found, &settings.cancel);
    pause(&mut found, &settings.pause);
    offer::refused(&mut found, &settings.update, catalogue);
    for (key, value) in metadata {
        pair(&mut found, key, value);
    }
    if metadata.len() > MOST_METADATA {
        found.refused(
            "metadata",
            format!("Stripe keeps at most {MOST_METADATA} pairs of metadata."),
        );
    }
    surprises::look(&mut found, settings, catalogue, in_use);
    let mut findings = found.0;
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn refused(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.add(Severity::Refused, field, sentence);
    }

    fn surprising(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.add(Severity::Surprising, field, sentence);
    }

    fn note(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.add(Severity::Note, field, sentence);
    }

    fn add(&mut self, severity: Severity, field: &'static str, sentence: impl Into<String>) {
        self.0.push(Finding {
            severity,
            field,
            sentence: sentence.into(),
        });
    }

    /// Refuses what is not one of Stripe's names.
    fn names<'a>(
        &mut self,
        field: &'static str,
        given: impl IntoIterator<Item = &'a String>,
        known: &[&str],
    ) {
        for name in given {
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                self.refused(
                    field,
                    format!("Stripe does not know “{name}” here. It takes: {known}."),
                );
            }
        }
    }
}

fn page(found: &mut Findings, settings: &PortalSettings) {
    let length = |text: &str| text.chars().count();
    if length(&settings.name) > LONGEST_NAME {
        found.refused(
            "name",
            format!("The name may have {LONGEST_NAME} characters at most."),
        );
    }
    if length(&settings.headline) > LONGEST_HEADLINE {
        found.refused(
            "headline",
            format!(
                "The headline may have {LONGEST_HEADLINE} characters at most; this one has {}.",
                length(&settings.headline)
            ),
        );
    }
    for (field, what, address) in [
        (
            "privacy_policy_url",
            "privacy policy",
            &settings.privacy_policy_url,
        ),
        (
            "terms_of_service_url",
            "terms of service",
            &settings.terms_of_service_url,
        ),
        (
            "default_return_url",
            "page to return to",
            &settings.default_return_url,
        ),
    ] {
        let fits = || Url::parse(address).is_ok_and(|url| url.scheme() == "https");
        if !address.is_empty() && !fits() {
            found.refused(
                field,
                format!("The address of the {what} must be whole and begin with https://."),
            );
        }
    }
    let features = [
        settings.invoice_history,
        settings.customer_update.enabled,
        settings.payment_method_update.enabled,
        settings.cancel.enabled,
        settings.pause.enabled,
        settings.update.enabled,
    ];
    if !features.contains(&true) {
        found.refused(
            "invoice_history",
            "A portal in which clients can do nothing is refused. Switch on one feature at least.",
        );
    }
}

fn details(found: &mut Findings, settings: &PortalSettings) {
    let details = &settings.customer_update;
    if details.enabled && details.allowed.is_empty() {
        found.refused(
            "customer_update.allowed",
            "Say which details clients may change, or switch that off.",
        );
    }
    found.names("customer_update.allowed", &details.allowed, &UPDATES);
    let method = settings.payment_method_update.configuration.as_deref();
    if method.is_some_and(|id| !id.starts_with("pmc_")) {
        found.refused(
            "payment_method_update.configuration",
            "A payment method configuration has an id that begins with pmc_.",
        );
    }
}

fn cancel(found: &mut Findings, cancel: &CancelFeature) {
    if !cancel.enabled {
        return;
    }
    match cancel.proration.as_str() {
        "always_invoice" => found.refused(
            "cancel.proration",
            "Stripe cannot send an invoice for the rest when a client cancels. Choose a credit, or nothing.",
        ),
        _ => found.names(
            "cancel.proration",
            [&cancel.proration],
            &["none", "create_prorations"],
        ),
    }
    if cancel.ask_reason && cancel.reasons.is_empty() {
        found.refused(
            "cancel.reasons",
            "Clients are asked for a reason and there is none to choose. Name some, or do not ask.",
        );
    }
    found.names("cancel.reasons", &cancel.reasons, &REASONS);
}

fn pause(found: &mut Findings, pause: &PauseFeature) {
    if !pause.enabled || pause.indefinite {
        return;
    }
    if pause.durations.is_empty() {
        found.refused(
            "pause.durations",
            "Say for how long clients may pause, or let them pause without an end.",
        );
    }
    for (index, duration) in pause.durations.iter().enumerate() {
        // Three years.
        let longest = match duration.interval.as_str() {
            "day" => 3 * 365,
            "week" => 3 * 52,
            "month" => 3 * 12,
            "year" => 3,
            _ => {
                found.names(
                    "pause.durations",
                    [&duration.interval],
                    &["day", "week", "month", "year"],
                );
                continue;
            }
        };
        if !(1..=longest).contains(&duration.count) {
            found.refused(
                "pause.durations",
                format!(
                    "A pause may last three years at most and one {} at least; {} is neither.",
                    duration.interval,
                    super::words::lasting(duration)
                ),
            );
        }
        if pause.durations[..index].contains(duration) {
            found.refused(
                "pause.durations",
                format!(
                    "A pause of {} is offered twice.",
                    super::words::lasting(duration)
                ),
            );
        }
    }
}

fn pair(found: &mut Findings, key: &str, value: &str) {
    let length = |text: &str| text.chars().count();
    if key == MARK {
        found.refused(
            "metadata",
            format!("The key {MARK} is Portico's own. Choose another one."),
        );
    }
    if key.is_empty() || length(key) > LONGEST_METADATA_KEY || key.contains(['[', ']']) {
        found.refused(
            "metadata",
            format!(
                "A key of metadata has 1 to {LONGEST_METADATA_KEY} characters and no square brackets; “{key}” does not fit."
            ),
        );
    }
    if length(value) > LONGEST_METADATA_VALUE {
        found.refused(
            "metadata",
            format!("What {key} holds may have {LONGEST_METADATA_VALUE} characters at most."),
        );
    }
}
