//! `subscription` and its `subscription_item`s.

use serde::Serialize;

use super::catalogue::{Plan, Price, plan, price};
use super::{Empty, List, Metadata, Null, SELF, TypeOnly};
use crate::ids;
use crate::population::bill::addon_quantity;
use crate::population::catalogue::{PLANS, price_place};
use crate::population::coupons::COUPONS;
use crate::population::engagements::ScheduleState;
use crate::population::rows::{NO_COUPON, NO_PLAN, NONE, Scenario, Subscription as Row};
use crate::population::{DAY, Population, after};
use crate::random::Dice;

/// Places between the items of one subscription and those of the next.
pub const ITEMS: u32 = 32;

#[derive(Serialize, Default)]
pub struct Subscription {
    id: String,
    object: &'static str,
    application: Null,
    application_fee_percent: Null,
    automatic_tax: AutomaticTax,
    billing_cycle_anchor: u32,
    billing_cycle_anchor_config: Null,
    billing_mode: BillingMode,
    billing_schedules: Empty,
    billing_thresholds: Null,
    cancel_at: Option<u32>,
    cancel_at_period_end: bool,
    canceled_at: Option<u32>,
    cancellation_details: CancellationDetails,
    collection_method: &'static str,
    created: u32,
    currency: &'static str,
    customer: String,
    customer_account: Option<String>,
    days_until_due: Option<u32>,
    default_payment_method: Option<String>,
    default_source: Null,
    default_tax_rates: Empty,
    description: Null,
    discounts: Vec<String>,
    ended_at: Option<u32>,
    invoice_settings: InvoiceSettings,
    items: Option<List<Item>>,
    latest_invoice: Option<String>,
    livemode: bool,
    managed_payments: Null,
    metadata: Metadata,
    next_pending_invoice_item_invoice: Null,
    on_behalf_of: Null,
    pause_collection: Option<PauseCollection>,
    payment_settings: PaymentSettings,
    pending_invoice_item_interval: Null,
    pending_setup_intent: Null,
    pending_update: Null,
    schedule: Option<String>,
    start_date: u32,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_details: Option<StatusDetails>,
    test_clock: Null,
    transfer_data: Null,
    trial_end: Option<u32>,
    trial_settings: Option<TrialSettings>,
    trial_start: Option<u32>,
}

#[derive(Serialize, Default)]
struct AutomaticTax {
    disabled_reason: Null,
    enabled: bool,
    liability: Null,
}

#[derive(Serialize, Default)]
struct BillingMode {
    flexible: Option<Flexible>,
    #[serde(rename = "type")]
    type_: &'static str,
}

#[derive(Serialize)]
struct Flexible {
    proration_discounts: &'static str,
}

#[derive(Serialize, Default)]
struct CancellationDetails {
    comment: Null,
    feedback: Option<&'static str>,
    feedback_option: Null,
    reason: Option<&'static str>,
}

#[derive(Serialize)]
struct InvoiceSettings {
    account_tax_ids: Null,
    custom_fields: Null,
    description: Null,
    footer: Null,
    issuer: TypeOnly,
}

impl Default for InvoiceSettings {
    fn default() -> Self {
        Self {
            account_tax_ids: (),
            custom_fields: (),
            description: (),
            footer: (),
            issuer: SELF,
        }
    }
}

#[derive(Serialize)]
struct PauseCollection {
    behavior: &'static str,
    resumes_at: Option<u32>,
}

#[derive(Serialize, Default)]
struct PaymentSettings {
    payment_method_options: Null,
    payment_method_types: Null,
    save_default_payment_method: &'static str,
}

#[derive(Serialize)]
struct StatusDetails {
    paused: Paused,
}

#[derive(Serialize)]
struct Paused {
    subscription: TypeOnly,
    transitioned_at: u32,
    #[serde(rename = "type")]
    type_: &'static str,
}

#[derive(Serialize)]
struct TrialSettings {
    end_behavior: EndBehavior,
}

#[derive(Serialize)]
struct EndBehavior {
    billing_cycle_anchor: Null,
    missing_payment_method: &'static str,
}

#[derive(Serialize, Default)]
pub struct Item {
    id: String,
    object: &'static str,
    billing_thresholds: Null,
    created: u32,
    current_period_end: u32,
    current_period_start: u32,
    current_trial: Null,
    discounts: Empty,
    metadata: Metadata,
    plan: Plan,
    price: Price,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<u32>,
    subscription: String,
    tax_rates: Empty,
}

/// The number of items that the population gave it.
pub fn item_count(row: &Row) -> u32 {
    if row.addon == NO_PLAN { 1 } else { 2 }
}

pub fn item(population: &Population, subscription: u32, number: u32) -> Item {
    let row = &population.subscriptions[subscription as usize];
    let currency = population.customers[row.customer as usize].currency;
    let (code, quantity) = if number == 0 {
        (row.plan, row.quantity)
    } else {
        (row.addon, addon_quantity(row.addon))
    };
    let place = price_place(code, currency);
    let created = population.catalogue_created();
    let (start, end) = match PLANS[code as usize].every {
        // Billed yearly beside a monthly plan: a period of its own.
        Some(every @ ("year", _)) if number == 1 && row.trial_end == 0 => yearly(row, every),
        _ => (row.period_start, row.period_end),
    };
    Item {
        id: population
            .ids
            .id(ids::SUBSCRIPTION_ITEM, subscription * ITEMS + number),
        object: "subscription_item",
        created: row.created,
        current_period_end: end,
        current_period_start: start,
        plan: plan(&population.ids, place, created),
        price: price(&population.ids, place, created),
        quantity: (!PLANS[code as usize].is_metered()).then_some(quantity),
        subscription: population.ids.id(ids::SUBSCRIPTION, subscription),
        ..Item::default()
    }
}

fn yearly(row: &Row, every: (&str, u32)) -> (u32, u32) {
    let mut start = row.created;
    let mut end = after(start, every, 1);
    while end <= row.period_start {
        (start, end) = (end, after(end, every, 1));
    }
    (start, end)
}

pub fn subscription(population: &Population, place: u32) -> Subscription {
    let row = &population.subscriptions[place as usize];
    let mut dice = Dice::new(population.seed, "subscription remarks", place);
    let id = population.ids.id(ids::SUBSCRIPTION, place);
    let scenario = row.scenario;
    let flexible = is_flexible(population, place);
    let cancelling = matches!(scenario, Scenario::CancelAt | Scenario::CancelAtPeriodEnd);
    let reason = match scenario {
        Scenario::Canceled if dice.percent(30) => Some("payment_failed"),
        Scenario::Canceled | Scenario::CancelAt | Scenario::CancelAtPeriodEnd => {
            Some("cancellation_requested")
        }
        _ => None,
    };
    let feedback = [
        "too_expensive",
        "missing_features",
        "switched_service",
        "unused",
        "other",
    ];
    let asked = reason == Some("cancellation_requested") && dice.percent(60);
    let metadata = dice
        .percent(25)
        .then(|| ("project", format!("P-{:05}", dice.below(100_000))))
        .into_iter()
        .collect();
    let items = (0..item_count(row))
        .map(|number| item(population, place, number))
        .collect();
    Subscription {
        object: "subscription",
        billing_cycle_anchor: row.created,
        billing_mode: BillingMode {
            flexible: flexible.then_some(Flexible {
                proration_discounts: "included",
            }),
            type_: if flexible { "flexible" } else { "classic" },
        },
        cancel_at: cancelling.then_some(row.period_end),
        cancel_at_period_end: scenario == Scenario::CancelAtPeriodEnd,
        canceled_at: (cancelling || scenario.ended()).then_some(row.stopped),
        cancellation_details: CancellationDetails {
            feedback: asked.then(|| dice.pick(&feedback)),
            reason,
            ..CancellationDetails::default()
        },
        collection_method: collection_method(row),
        created: row.created,
        currency: population.currency(row.customer).code,
        customer: population.ids.id(ids::CUSTOMER, row.customer),
        customer_account: population.customer_account(row.customer),
        days_until_due: (scenario == Scenario::SendInvoice).then_some(14),
        default_payment_method: own_method(population, row),
        discounts: discounts(population, place, row),
        ended_at: scenario.ended().then_some(row.stopped),
        latest_invoice: (row.latest_invoice != NONE)
            .then(|| population.ids.id(ids::INVOICE, row.latest_invoice)),
        metadata,
        pause_collection: pause_collection(row),
        payment_settings: PaymentSettings {
            save_default_payment_method: "off",
            ..PaymentSettings::default()
        },
        schedule: schedule(population, place),
        start_date: row.created,
        status: scenario.status(),
        status_details: status_details(row),
        trial_end: (row.trial_end > 0).then_some(row.trial_end),
        trial_settings: Some(TrialSettings {
            end_behavior: EndBehavior {
                billing_cycle_anchor: (),
                missing_payment_method: if scenario == Scenario::PausedAfterTrial {
                    "pause"
                } else {
                    "create_invoice"
                },
            },
        }),
        trial_start: (row.trial_end > 0).then_some(row.created),
        items: Some(List::whole(
            items,
            format!("/v1/subscription_items?subscription={id}"),
        )),
        id,
        ..Subscription::default()
    }
}

pub fn is_flexible(population: &Population, place: u32) -> bool {
    let row = &population.subscriptions[place as usize];
    // Items of different intervals exist in flexible billing only.
    let mixed =
        row.addon != NO_PLAN && matches!(PLANS[row.addon as usize].every, Some(("year", _)));
    match row.scenario {
        Scenario::CancelAt => true,
        Scenario::CancelAtPeriodEnd => false,
        _ => mixed || Dice::new(population.seed, "billing mode", place).percent(60),
    }
}

/// A schedule that was released lets go of its subscription.
fn schedule(population: &Population, place: u32) -> Option<String> {
    let schedule = population.schedule_of(place)?;
    let holds = population.schedules[schedule as usize].state != ScheduleState::Released;
    holds.then(|| population.ids.id(ids::SUBSCRIPTION_SCHEDULE, schedule))
}

pub fn collection_method(row: &Row) -> &'static str {
    if row.scenario == Scenario::SendInvoice {
        "send_invoice"
    } else {
        "charge_automatically"
    }
}

/// A card of its own: the customer's newest, which is not the default one.
fn own_method(population: &Population, row: &Row) -> Option<String> {
    let newest = population.payment_methods_of(row.customer).last()?;
    row.own_method
        .then(|| population.ids.id(ids::PAYMENT_METHOD, *newest))
}

/// Stripe drops a discount from the subscription once it has run out.
fn discounts(population: &Population, place: u32, row: &Row) -> Vec<String> {
    if row.coupon == NO_COUPON {
        return Vec::new();
    }
    let months = (row.period_start - row.created) / (30 * DAY);
    let at_work = COUPONS[row.coupon as usize].covers(months);
    at_work
        .then(|| population.ids.id(ids::DISCOUNT, place))
        .into_iter()
        .collect()
}

fn pause_collection(row: &Row) -> Option<PauseCollection> {
    let (behavior, resumes_at) = match row.scenario {
        Scenario::CollectionVoid => ("void", Some(row.period_end)),
        Scenario::CollectionDraft => ("keep_as_draft", None),
        Scenario::CollectionUncollectible => ("mark_uncollectible", None),
        _ => return None,
    };
    Some(PauseCollection {
        behavior,
        resumes_at,
    })
}

fn status_details(row: &Row) -> Option<StatusDetails> {
    let type_ = match row.scenario {
        Scenario::PausedAfterTrial => "trial_end_without_payment_method",
        Scenario::PausedOnRequest => "pause_requested",
        _ => return None,
    };
    Some(StatusDetails {
        paused: Paused {
            subscription: TypeOnly { type_ },
            transitioned_at: row.stopped,
            type_: "subscription",
        },
    })
}
