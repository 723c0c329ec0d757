//! Whatever settings Stripe would not refuse: made and changed, they are read back equal.

use crate::portal_studio::offers;
use crate::world::World;
use portico_core::portal::{
    self, CancelFeature, CustomerUpdateFeature, OfferedProduct, PauseDuration, PauseFeature,
    PaymentMethodFeature, PortalSettings, Severity, UpdateFeature,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::collections::BTreeMap;

const UPDATES: [&str; 6] = ["address", "email", "name", "phone", "shipping", "tax_id"];
const REASONS: [&str; 4] = ["other", "too_expensive", "unused", "low_quality"];
const ALLOWED: [&str; 3] = ["price", "quantity", "promotion_code"];
const CONDITIONS: [&str; 2] = ["decreasing_item_amount", "shortening_interval"];

fn names(of: &'static [&'static str], least: usize) -> impl Strategy<Value = Vec<String>> {
    subsequence(of, least..=of.len())
        .prop_shuffle()
        .prop_map(|names| names.into_iter().map(str::to_owned).collect())
}

fn one(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(of).prop_map(str::to_owned)
}

/// Empty, and with every sign that a form must encode.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let signs: Vec<char> = "abc xyz ÄßЖ日本 &=+%[]\"'<>;#?/".chars().collect();
    prop::collection::vec(select(signs), 0..longest).prop_map(String::from_iter)
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z]{1,9}".prop_map(|path| format!("https://agency.example/{path}?a=1&b=%20"))
    ]
}

fn cancel() -> impl Strategy<Value = CancelFeature> {
    let proration = one(&["", "none", "create_prorations"]);
    (any::<(bool, bool, bool)>(), proration, names(&REASONS, 1)).prop_map(
        |((enabled, immediately, ask_reason), proration, reasons)| CancelFeature {
            enabled,
            immediately,
            proration,
            ask_reason,
            reasons,
        },
    )
}

fn pause() -> impl Strategy<Value = PauseFeature> {
    let duration = (one(&["day", "week", "month", "year"]), 1..=3_u32);
    let durations = prop::collection::btree_set(duration, 1..4);
    (any::<(bool, bool)>(), durations).prop_map(|((enabled, indefinite), durations)| PauseFeature {
        enabled,
        indefinite,
        durations: durations
            .into_iter()
            .map(|(interval, count)| PauseDuration { interval, count })
            .collect(),
    })
}

fn product(offer: OfferedProduct) -> impl Strategy<Value = OfferedProduct> {
    let prices = subsequence(offer.prices.clone(), 1..=offer.prices.len());
    let most = prop::option::of(0..9_u32);
    (prices, any::<bool>(), prop::option::of(1..9_u32), most).prop_map(
        move |(prices, adjustable_quantity, minimum, more)| OfferedProduct {
            product: offer.product.clone(),
            prices,
            adjustable_quantity,
            minimum,
            maximum: more.map(|more| minimum.unwrap_or(1) + more),
        },
    )
}

fn update(offers: Vec<OfferedProduct>) -> impl Strategy<Value = UpdateFeature> {
    let most = offers.len().min(10);
    let products = subsequence(offers, 1..=most)
        .prop_flat_map(|offers| offers.into_iter().map(product).collect::<Vec<_>>());
    (
        any::<bool>(),
        names(&ALLOWED, 1),
        products,
        one(&["", "none", "create_prorations", "always_invoice"]),
        one(&["", "unchanged", "now"]),
        names(&CONDITIONS, 0),
        one(&["", "end_trial", "continue_trial"]),
    )
        .prop_map(
            |(enabled, allowed, products, proration, anchor, at_period_end, trial)| UpdateFeature {
                enabled,
                allowed,
                products,
                proration,
                billing_cycle_anchor: anchor,
                at_period_end,
                trial,
            },
        )
}

fn settings(offers: Vec<OfferedProduct>) -> impl Strategy<Value = PortalSettings> {
    let page = (text(60), text(60), address(), address(), address());
    let details = (any::<bool>(), names(&UPDATES, 1));
    let method = (any::<bool>(), prop::option::of(Just("pmc_1Any".to_owned())));
    let metadata = prop::collection::btree_map("[a-c]{1,2}", text(20), 0..4);
    (
        page,
        any::<(bool, bool)>(),
        details,
        method,
        cancel(),
        pause(),
        update(offers),
        metadata,
    )
        .prop_map(
            |(page, on, details, method, cancel, pause, update, metadata)| {
                let (name, headline, privacy_policy_url, terms_of_service_url, default_return_url) =
                    page;
                PortalSettings {
                    name,
                    headline,
                    privacy_policy_url,
                    terms_of_service_url,
                    default_return_url,
                    login_page: on.0,
                    invoice_history: on.1,
                    customer_update: CustomerUpdateFeature {
                        enabled: details.0,
                        allowed: details.1,
                    },
                    payment_method_update: PaymentMethodFeature {
                        enabled: method.0,
                        configuration: method.1,
                    },
                    cancel,
                    pause,
                    update,
                    metadata: BTreeMap::from_iter(metadata),
                }
            },
        )
}

/// Made from the first, changed to the second: equal both times, and made again it is the same one.
async fn reads_back(world: &World, made: &PortalSettings, changed: &PortalSettings) {
    let workspace = &world.workspace;
    for settings in [made, changed] {
        let found = portal::lint(workspace, settings, None).await.unwrap();
        if found.iter().any(|one| one.severity == Severity::Refused) {
            // A portal in which nothing is on: the only thing that these can be refused for.
            let (mut bare, off) = (settings.normalised(), PortalSettings::default());
            bare.name.clear();
            assert_eq!(portal::allows(&bare), portal::allows(&off), "{found:?}");
            return;
        }
    }
    let first = portal::save(workspace, None, made).await.unwrap();
    assert_eq!(first.differences, Vec::<String>::new());
    assert_eq!(world.row(&first.id).await.settings, made.normalised());
    let again = portal::save(workspace, None, made).await.unwrap();
    assert_eq!((again.id.as_str(), again.reused), (first.id.as_str(), true));
    let second = portal::save(workspace, Some(&first.id), changed)
        .await
        .unwrap();
    assert_eq!(second.differences, Vec::<String>::new());
    assert_eq!(world.row(&first.id).await.settings, changed.normalised());
    assert!(portal::differences(made, made).is_empty());
    let same = made.normalised() == changed.normalised();
    assert_eq!(portal::differences(made, changed).is_empty(), same);
    portal::set_active(workspace, &first.id, false)
        .await
        .unwrap();
}

#[test]
fn settings_without_a_refusal_are_read_back_equal() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let world = runtime.block_on(World::filled());
    let offers = runtime.block_on(offers(&world));
    let pairs = (settings(offers.clone()), settings(offers));
    let config = Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    };
    let checked = TestRunner::new(config).run(&pairs, |(made, changed)| {
        runtime.block_on(reads_back(&world, &made, &changed));
        Ok::<(), TestCaseError>(())
    });
    checked.unwrap();
}
