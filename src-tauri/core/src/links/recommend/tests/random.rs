//! Whatever state a client is in: the table answers, and Stripe would make all that it suggests.

use super::*;
use crate::links::facts::Pause;
use crate::links::possible::possible;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::HashSet;

const STATUSES: [&str; 9] = [
    "active",
    "trialing",
    "past_due",
    "unpaid",
    "paused",
    "incomplete",
    "incomplete_expired",
    "canceled",
    "of_a_later_version",
];
const PLANS: [&str; 4] = [
    "Care monthly",
    "Pro monthly",
    "Traffic monthly",
    "Care yearly",
];

fn pauses() -> impl Strategy<Value = Option<Pause>> {
    select(vec![
        None,
        None,
        Some(Pause::Collection { until: None }),
        Some(Pause::NoCard),
        Some(Pause::FailedPayment),
        Some(Pause::OnRequest),
    ])
}

/// What makes a client special happens seldom, so that the rows about ordinary ones are reached.
fn seldom() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.2)
}

fn prices() -> impl Strategy<Value = PriceFacts> {
    let terms = (
        any::<bool>(),
        any::<bool>(),
        seldom(),
        select(vec!["eur", "usd"]),
    );
    let tax = select(vec![
        None,
        Some("exclusive".to_owned()),
        Some("inclusive".to_owned()),
    ]);
    (select(PLANS.to_vec()), terms, tax).prop_map(
        |(plan, (active, recurring, metered, currency), tax)| PriceFacts {
            active,
            recurring,
            metered,
            currency: currency.into(),
            tax_behavior: tax,
            monthly: (!metered).then(|| Decimal::from(4000)),
            ..price(plan)
        },
    )
}

fn customers() -> impl Strategy<Value = CustomerFacts> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (0..4_u8, flags, 0..3_u8).prop_map(|(number, (deleted, preferred, email, currency), shares)| {
        CustomerFacts {
            email: email.then(|| "anna@lumen.example".into()),
            deleted,
            preferred,
            currency: currency.then(|| "eur".into()),
            billed: (number > 1).then_some(number.into()),
            default_method: (number > 0).then(|| "pm_card".into()),
            has_source: number == 3,
            shared: match shares {
                0 => None,
                1 => shared(None),
                _ => shared(Some("Lumen Paris")),
            },
            ..customer(&format!("cus_{number}"))
        }
    })
}

fn subscriptions() -> impl Strategy<Value = SubscriptionFacts> {
    let flags = (seldom(), seldom(), seldom(), any::<bool>());
    let items = prop::collection::vec(prices(), 0..3);
    (
        0..4_u8,
        prop_oneof![Just("active"), select(STATUSES.to_vec())],
        pauses(),
        flags,
        items,
    )
        .prop_map(
            |(number, status, pause, (ends, scheduled, by_invoice, dated), prices)| {
                SubscriptionFacts {
                    customer: format!("cus_{number}"),
                    status: status.into(),
                    pause,
                    ends: ends.then(|| at("2026-12-10T09:00")),
                    scheduled,
                    by_invoice,
                    started: dated.then(|| at("2026-08-31T10:00")),
                    items: prices.into_iter().map(item).collect(),
                    ..subscription(&format!("sub_{number}"), "Care monthly")
                }
            },
        )
}

fn invoices() -> impl Strategy<Value = InvoiceFacts> {
    let status = select(vec![
        "open",
        "open",
        "paid",
        "draft",
        "void",
        "uncollectible",
    ]);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (0..4_u8, status, flags).prop_map(
        |(number, status, (sent, has_page, needs_confirming, due))| InvoiceFacts {
            customer: format!("cus_{number}"),
            status: status.into(),
            sent,
            has_page,
            needs_confirming,
            due: due.then(|| at("2026-11-01T00:00")),
            subscription: (number > 0).then(|| format!("sub_{number}")),
            ..invoice(&format!("000{number}"))
        },
    )
}

fn portals() -> impl Strategy<Value = Chosen> {
    let flags = prop::array::uniform7(any::<bool>());
    let offered = subsequence(vec!["price_care", "price_pro", "price_traffic"], 0..=3);
    let allowed = subsequence(vec!["price", "quantity", "promotion_code"], 0..=3);
    (flags, offered, allowed).prop_map(
        |([login, update, method, cancel, pause, change, seats], offered, allowed)| {
            let mut facts = portal(&offered);
            let settings = &mut facts.settings;
            settings.login_page = login;
            settings.customer_update.enabled = update;
            settings.payment_method_update.enabled = method;
            settings.cancel.enabled = cancel;
            settings.pause.enabled = pause;
            settings.update.enabled = change;
            settings.update.allowed = allowed.into_iter().map(str::to_owned).collect();
            for product in &mut settings.update.products {
                product.adjustable_quantity = seats;
            }
            facts
        },
    )
}

fn lacks() -> impl Strategy<Value = Vec<String>> {
    let slugs = vec![
        "rak_customer_portal_write",
        "rak_customer_portal_read",
        "rak_invoice_read",
        "rak_checkout_session_write",
        "rak_bucket_payment_links_write",
    ];
    subsequence(slugs, 0..=2).prop_map(|slugs| slugs.into_iter().map(str::to_owned).collect())
}

fn clients() -> impl Strategy<Value = ClientFacts> {
    let objects = (
        prop::collection::vec(customers(), 0..3),
        prop::collection::vec(subscriptions(), 0..4),
        prop::collection::vec(invoices(), 0..3),
        prop::collection::vec(prices(), 0..3),
    );
    let rest = (portals(), lacks(), any::<bool>(), 2026..2029_i32, 1..13_u32);
    (objects, rest).prop_map(
        |(
            (mut customers, mut subscriptions, mut invoices, prices),
            (portal, lacking, known, year, month),
        )| {
            let mut seen = HashSet::new();
            customers.retain(|customer| seen.insert(customer.id.clone()));
            subscriptions.retain(|subscription| seen.insert(subscription.id.clone()));
            invoices.retain(|invoice| seen.insert(invoice.id.clone()));
            customers.sort_by_key(|customer| customer.deleted);
            subscriptions.sort_by_key(SubscriptionFacts::is_over);
            invoices.sort_by_key(|invoice| invoice.status != "open");
            ClientFacts {
                email: known.then(|| "anna@lumen.example".into()),
                customers,
                subscriptions,
                invoices,
                methods: vec![method("pm_card", year, month)],
                sold: prices
                    .into_iter()
                    .filter(|price| price.active && price.recurring)
                    .map(Arc::new)
                    .collect(),
                portal,
                lacking,
                ..lumen()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_state_is_without_an_answer_and_no_suggestion_is_refused(facts in clients()) {
        let made = decide(&facts);
        prop_assert!(made.reason.ends_with('.'), "{}", made.reason);
        for link in made.link.iter().chain(&made.alternatives) {
            let again = possible(&facts, &link.request);
            prop_assert_eq!(again.as_ref(), Ok(&link.request));
            prop_assert!(link.lifetime.deliveries.contains(&link.request.delivery));
            prop_assert!(!link.title.is_empty() && link.reason.ends_with('.'));
        }
        // Whatever acts for a customer acts for one of this client that still exists.
        for link in made.link.iter().chain(&made.alternatives) {
            if let (Some(id), true) = (&link.request.customer, link.request.purpose != LinkPurpose::PayInvoice) {
                prop_assert!(facts.customer(id).is_some_and(|customer| !customer.deleted));
            }
        }
        let mut seen = Vec::new();
        for link in made.link.iter().chain(&made.alternatives) {
            prop_assert!(!seen.contains(&&link.request), "{} twice", link.title);
            seen.push(&link.request);
        }
    }
}

/// The property above would say little of rows that no random client ever reaches.
#[test]
fn random_clients_reach_every_row() {
    let mut runner = TestRunner::deterministic();
    let drawn = (0..20_000).filter_map(|_| clients().new_tree(&mut runner).ok());
    let reached: HashSet<String> = drawn.map(|tree| decide(&tree.current()).rule).collect();
    for id in super::super::table::ids() {
        assert!(reached.contains(id), "{id}");
    }
}
