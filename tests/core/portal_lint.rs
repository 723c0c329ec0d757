//! What is said of portal settings before they are sent: each finding fires, and clean settings have none.

use portico_core::portal::{
    CancelFeature, Catalogue, CustomerUpdateFeature, InUse, OfferedProduct, PauseDuration,
    PauseFeature, PortalSettings, Price, Product, Severity, UpdateFeature, findings,
};
use serde_json::{Value, json};

struct Case {
    settings: PortalSettings,
    catalogue: Catalogue,
    in_use: InUse,
}

fn price(id: &str, product: &str, other: Value) -> (String, Price) {
    let mut price = json!({
        "id": id,
        "product": product,
        "active": true,
        "currency": "eur",
        "unit_amount": 4000,
        "tax_behavior": "exclusive",
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
    });
    for (key, value) in other.as_object().unwrap() {
        price[key] = value.clone();
    }
    (id.to_owned(), Price::read(&price))
}

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn clean() -> Case {
    let product = |id: &str, active| {
        let name = format!("Plan {id}");
        (id.to_owned(), Product { name, active })
    };
    let yearly = json!({"interval": "year", "interval_count": 1, "usage_type": "licensed"});
    let metered = json!({"interval": "month", "interval_count": 1, "usage_type": "metered"});
    let mut catalogue = Catalogue {
        products: [
            product("prod_a", true),
            product("prod_b", true),
            product("prod_old", false),
        ]
        .into(),
        prices: [
            price("price_a", "prod_a", json!({})),
            price("price_a2", "prod_a", json!({"unit_amount": 9000})),
            price("price_b", "prod_b", json!({})),
            price("price_year", "prod_a", json!({"recurring": yearly})),
            price("price_usage", "prod_a", json!({"recurring": metered})),
            price("price_once", "prod_a", json!({"recurring": null})),
            price("price_gone", "prod_a", json!({"active": false})),
            price("price_usd", "prod_a", json!({"currency": "usd"})),
            price("price_tax", "prod_a", json!({"tax_behavior": "inclusive"})),
            price(
                "price_vague",
                "prod_a",
                json!({"tax_behavior": "unspecified"}),
            ),
            price("price_old", "prod_old", json!({})),
        ]
        .into(),
    };
    for number in 0..11 {
        let id = format!("prod_{number}");
        catalogue.products.extend([product(&id, true)]);
        let price = price(&format!("price_{number}"), &id, json!({}));
        catalogue.prices.extend([price]);
    }
    let settings = PortalSettings {
        name: "Standard".into(),
        headline: "Your plan and invoices".into(),
        privacy_policy_url: "https://agency.example/privacy".into(),
        terms_of_service_url: "https://agency.example/terms".into(),
        default_return_url: "https://agency.example".into(),
        login_page: true,
        invoice_history: true,
        customer_update: CustomerUpdateFeature {
            enabled: true,
            allowed: texts(&["email", "address"]),
        },
        cancel: CancelFeature {
            enabled: true,
            ask_reason: true,
            reasons: texts(&["unused", "other"]),
            ..CancelFeature::default()
        },
        update: UpdateFeature {
            enabled: true,
            allowed: texts(&["price"]),
            products: vec![offer("prod_a", &["price_a", "price_a2"])],
            trial: "continue_trial".into(),
            ..UpdateFeature::default()
        },
        metadata: [("team".to_owned(), "north".to_owned())].into(),
        ..PortalSettings::default()
    };
    Case {
        settings,
        catalogue,
        in_use: InUse {
            rules: vec!["Annual clients".into()],
            durable_links: 3,
            ..InUse::default()
        },
    }
}

fn offer(product: &str, prices: &[&str]) -> OfferedProduct {
    OfferedProduct {
        product: product.into(),
        prices: texts(prices),
        ..OfferedProduct::default()
    }
}

fn pausing(durations: &[(&str, u32)]) -> PauseFeature {
    PauseFeature {
        enabled: true,
        indefinite: false,
        durations: durations
            .iter()
            .map(|(interval, count)| PauseDuration {
                interval: (*interval).into(),
                count: *count,
            })
            .collect(),
    }
}

type Spoil = fn(&mut Case);

/// Field, words of the sentence, and what brings it about.
const REFUSED: &[(&str, &str, Spoil)] = &[
    ("name", "256 characters", |case| {
        case.settings.name = "n".repeat(257)
    }),
    ("headline", "60 characters", |case| {
        case.settings.headline = "ü".repeat(61)
    }),
    ("privacy_policy_url", "https://", |case| {
        case.settings.privacy_policy_url = "http://agency.example".into();
    }),
    ("terms_of_service_url", "https://", |case| {
        case.settings.terms_of_service_url = "agency.example/terms".into();
    }),
    ("default_return_url", "https://", |case| {
        case.settings.default_return_url = "javascript:alert(1)".into();
    }),
    ("invoice_history", "one feature", |case| {
        case.settings = PortalSettings {
            name: "Empty".into(),
            ..PortalSettings::default()
        };
    }),
    ("customer_update.allowed", "which details", |case| {
        case.settings.customer_update.allowed.clear();
    }),
    ("customer_update.allowed", "“age”", |case| {
        case.settings.customer_update.allowed = texts(&["age"]);
    }),
    ("payment_method_update.configuration", "pmc_", |case| {
        case.settings.payment_method_update.enabled = true;
        case.settings.payment_method_update.configuration = Some("pm_card".into());
    }),
    ("cancel.proration", "invoice for the rest", |case| {
        case.settings.cancel.proration = "always_invoice".into();
    }),
    ("cancel.proration", "“half”", |case| {
        case.settings.cancel.immediately = true;
        case.settings.cancel.proration = "half".into();
    }),
    ("cancel.reasons", "none to choose", |case| {
        case.settings.cancel.reasons.clear()
    }),
    ("cancel.reasons", "“boredom”", |case| {
        case.settings.cancel.reasons.push("boredom".into());
    }),
    ("pause.durations", "for how long", |case| {
        case.settings.pause = pausing(&[])
    }),
    ("pause.durations", "three years", |case| {
        case.settings.pause = pausing(&[("month", 37)])
    }),
    ("pause.durations", "three years", |case| {
        case.settings.pause = pausing(&[("day", 0)])
    }),
    ("pause.durations", "offered twice", |case| {
        case.settings.pause = pausing(&[("month", 1), ("week", 2), ("month", 1)]);
    }),
    ("pause.durations", "“decade”", |case| {
        case.settings.pause = pausing(&[("decade", 1)])
    }),
    ("update.allowed", "may change of a plan", |case| {
        case.settings.update.allowed.clear()
    }),
    ("update.allowed", "“colour”", |case| {
        case.settings.update.allowed.push("colour".into())
    }),
    ("update.proration", "“half”", |case| {
        case.settings.update.proration = "half".into()
    }),
    ("update.billing_cycle_anchor", "“later”", |case| {
        case.settings.update.billing_cycle_anchor = "later".into();
    }),
    ("update.at_period_end", "“whim”", |case| {
        case.settings.update.at_period_end = texts(&["whim"]);
    }),
    ("update.trial", "“extend”", |case| {
        case.settings.update.trial = "extend".into()
    }),
    ("update.products", "Name the plans", |case| {
        case.settings.update.products.clear()
    }),
    ("update.products", "10 products", |case| {
        case.settings.update.products = (0..11)
            .map(|n| offer(&format!("prod_{n}"), &[&format!("price_{n}")]))
            .collect();
    }),
    ("update.products", "Plan prod_a is offered twice", |case| {
        case.settings
            .update
            .products
            .push(offer("prod_a", &["price_a"]));
    }),
    ("update.products", "Plan prod_old is archived", |case| {
        case.settings
            .update
            .products
            .push(offer("prod_old", &["price_old"]));
    }),
    ("update.products", "prod_nobody is not in this", |case| {
        case.settings
            .update
            .products
            .push(offer("prod_nobody", &["price_b"]));
    }),
    ("update.products", "Choose a price", |case| {
        case.settings.update.products[0].prices.clear();
    }),
    ("update.products", "billed by usage", |case| {
        sell(case, "price_usage")
    }),
    ("update.products", "charged once", |case| {
        sell(case, "price_once")
    }),
    ("update.products", "it is archived", |case| {
        sell(case, "price_gone")
    }),
    ("update.products", "no price of Plan prod_a", |case| {
        sell(case, "price_b")
    }),
    ("update.products", "price_nobody is not in this", |case| {
        sell(case, "price_nobody")
    }),
    (
        "update.products",
        "(40.00 EUR per month) is offered twice",
        |case| sell(case, "price_a"),
    ),
    ("update.products", "must be 1 or more", |case| {
        quantity(case, Some(0), None)
    }),
    ("update.products", "less than the least", |case| {
        quantity(case, Some(5), Some(4))
    }),
    ("metadata", "500 characters", |case| {
        case.settings
            .metadata
            .insert("note".into(), "x".repeat(501));
    }),
    ("metadata", "square brackets", |case| {
        case.settings.metadata.insert("a[b]".into(), "x".into());
    }),
    ("metadata", "1 to 40 characters", |case| {
        case.settings.metadata.insert("k".repeat(41), "x".into());
    }),
    ("metadata", "50 pairs", |case| {
        case.settings.metadata = (0..51).map(|n| (format!("key{n}"), "x".into())).collect();
    }),
    ("metadata", "Portico's own", |case| {
        case.settings
            .metadata
            .insert("portico".into(), "mine".into());
    }),
];

const SURPRISING: &[(&str, &str, Spoil)] = &[
    ("login_page", "3 links", |case| {
        case.settings.login_page = false
    }),
    ("name", "the rule “Annual clients” chooses it", |case| {
        case.in_use.inactive = true
    }),
    ("cancel.proration", "nothing is credited", |case| {
        case.settings.cancel.immediately = true
    }),
    ("update.products", "does not say whether tax", |case| {
        sell(case, "price_vague")
    }),
    ("update.products", "include tax and others do not", |case| {
        sell(case, "price_tax")
    }),
    ("update.products", "EUR, USD", |case| {
        sell(case, "price_usd")
    }),
    ("update.proration", "monthly and yearly", |case| {
        sell(case, "price_year")
    }),
    ("update.allowed", "no product has a quantity", |case| {
        case.settings.update.allowed.push("quantity".into());
    }),
    (
        "update",
        "1 running subscription has several items",
        |case| case.in_use.multi_item = 1,
    ),
];

const NOTES: &[(&str, &str, Spoil)] = &[
    (
        "privacy_policy_url",
        "privacy policy and your terms",
        |case| {
            case.settings.privacy_policy_url.clear();
            case.settings.terms_of_service_url.clear();
        },
    ),
    ("terms_of_service_url", "your terms", |case| {
        case.settings.terms_of_service_url.clear()
    }),
    ("default_return_url", "link back", |case| {
        case.settings.default_return_url.clear()
    }),
    ("pause", "redesigned", |case| {
        case.settings.pause = pausing(&[("month", 1)])
    }),
    ("update.trial", "ends the trial", |case| {
        case.settings.update.trial = String::new()
    }),
];

fn sell(case: &mut Case, price: &str) {
    case.settings.update.products[0].prices.push(price.into());
}

fn quantity(case: &mut Case, minimum: Option<u32>, maximum: Option<u32>) {
    let offer = &mut case.settings.update.products[0];
    offer.adjustable_quantity = true;
    (offer.minimum, offer.maximum) = (minimum, maximum);
}

#[test]
fn each_finding_fires_where_it_should_and_nothing_else_does() {
    let case = clean();
    let found = findings(&case.settings, &case.catalogue, &case.in_use);
    assert_eq!(found, [], "clean settings have nothing to be said of");
    for (severity, table) in [
        (Severity::Refused, REFUSED),
        (Severity::Surprising, SURPRISING),
        (Severity::Note, NOTES),
    ] {
        for (field, words, spoil) in table {
            let mut case = clean();
            spoil(&mut case);
            let found = findings(&case.settings, &case.catalogue, &case.in_use);
            let hit = found
                .iter()
                .find(|finding| finding.sentence.contains(words))
                .unwrap_or_else(|| panic!("{field}: “{words}” is not in {found:#?}"));
            assert_eq!((hit.field, hit.severity), (*field, severity), "{hit:?}");
            assert!(hit.sentence.ends_with('.'), "{hit:?}");
            assert!(found.is_sorted_by_key(|finding| finding.severity));
            let others = found.iter().filter(|finding| finding.severity < severity);
            assert_eq!(others.count(), 0, "{words}: {found:#?}");
        }
    }
}

#[test]
fn what_is_off_is_not_looked_at() {
    let mut case = clean();
    sell(&mut case, "price_usage");
    case.settings.update.enabled = false;
    case.settings.cancel.enabled = false;
    case.settings.cancel.proration = "always_invoice".into();
    case.settings.customer_update = CustomerUpdateFeature::default();
    let found = findings(&case.settings, &case.catalogue, &case.in_use);
    assert_eq!(found, []);
}

/// A key that may not list prices leaves nothing to compare with; Stripe decides then.
#[test]
fn prices_that_could_not_be_read_are_not_called_foreign() {
    let case = clean();
    let found = findings(&case.settings, &Catalogue::default(), &case.in_use);
    assert_eq!(found, []);
}
