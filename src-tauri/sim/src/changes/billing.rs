//! Changes of what clients are billed: subscriptions, invoices, charges.

use serde_json::{Value, json};

use super::{Attempt, Transition};
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::write::disputes;

pub const TRANSITIONS: &[Transition] = &[
    ("subscription_created", created),
    ("own_price_agreed", own_price_agreed),
    ("plan_changed", plan_changed),
    ("quantity_changed", quantity_changed),
    ("cancel_scheduled", cancel_scheduled),
    ("cancel_undone", cancel_undone),
    ("subscription_cancelled", cancelled),
    ("collection_paused", collection_paused),
    ("collection_resumed", collection_resumed),
    ("subscription_paused", paused),
    ("subscription_resumed", resumed),
    ("coupon_applied", coupon_applied),
    ("discounts_removed", discounts_removed),
    ("schedule_created", schedule_created),
    ("schedule_released", schedule_released),
    ("invoice_drafted", invoice_drafted),
    ("draft_deleted", draft_deleted),
    ("invoice_finalized", invoice_finalized),
    ("invoice_paid", invoice_paid),
    ("invoice_voided", invoice_voided),
    ("invoice_given_up", invoice_given_up),
    ("charge_refunded", charge_refunded),
    ("credit_note_issued", credit_note_issued),
    ("dispute_opened", dispute_opened),
    ("dispute_closed", dispute_closed),
];

const PRORATIONS: [&str; 3] = ["none", "create_prorations", "always_invoice"];
const SUBSCRIPTION: &str = "POST /v1/subscriptions/{}";

/// A price that is billed again and again in this currency.
fn price(attempt: &mut Attempt<'_>, currency: &Value) -> Option<String> {
    let price = attempt.pick(Kind::Price, |price| {
        price["active"] == true
            && price["currency"] == *currency
            && price["unit_amount"].is_i64()
            && price.pointer("/recurring/usage_type") == Some(&json!("licensed"))
    })?;
    price["id"].as_str().map(str::to_owned)
}

fn created(attempt: &mut Attempt<'_>) -> Option<()> {
    let customer = attempt.customer()?;
    let currency = match &customer["currency"] {
        Value::Null => json!("eur"),
        own => own.clone(),
    };
    let price = price(attempt, &currency)?;
    let terms = attempt.one_of(&[
        "",
        "&trial_period_days=7",
        "&collection_method=send_invoice&days_until_due=14",
        "&payment_behavior=default_incomplete",
    ])?;
    let owner = customer["id"].as_str()?;
    let form = format!("customer={owner}&items[0][price]={price}{terms}");
    attempt
        .call("POST /v1/subscriptions", &[], &form)
        .map(|_| ())
}

/// A subscription with a price that was made for it alone.
fn own_price_agreed(attempt: &mut Attempt<'_>) -> Option<()> {
    let customer = attempt.customer()?;
    let product = attempt.pick(Kind::Product, |product| product["active"] == true)?;
    let form = format!(
        "customer={}&collection_method=send_invoice&days_until_due=14&items[0][price_data][product]={}\
         &items[0][price_data][currency]={}&items[0][price_data][unit_amount]={}\
         &items[0][price_data][recurring][interval]=month",
        customer["id"].as_str()?,
        product["id"].as_str()?,
        customer["currency"].as_str().unwrap_or("eur"),
        100 + attempt.below(50_000)
    );
    attempt
        .call("POST /v1/subscriptions", &[], &form)
        .map(|_| ())
}

fn running(attempt: &mut Attempt<'_>, fits: impl Fn(&Value) -> bool) -> Option<Value> {
    attempt.pick(Kind::Subscription, |subscription| {
        let lives = ["active", "trialing", "past_due"];
        lives.iter().any(|status| subscription["status"] == *status) && fits(subscription)
    })
}

fn plan_changed(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = running(attempt, |one| one["schedule"].is_null())?;
    let price = price(attempt, &subscription["currency"])?;
    let item = subscription.pointer("/items/data/0/id")?.as_str()?;
    let behaviour = attempt.one_of(&PRORATIONS)?;
    let form =
        format!("items[0][id]={item}&items[0][price]={price}&proration_behavior={behaviour}");
    attempt.call_on(SUBSCRIPTION, &subscription, &form)
}

fn quantity_changed(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = running(attempt, |one| {
        one.pointer("/items/data/0/quantity")
            .is_some_and(Value::is_i64)
    })?;
    let item = subscription.pointer("/items/data/0/id")?.as_str()?;
    let quantity = 1 + attempt.below(30);
    let behaviour = attempt.one_of(&PRORATIONS)?;
    let form =
        format!("items[0][id]={item}&items[0][quantity]={quantity}&proration_behavior={behaviour}");
    attempt.call_on(SUBSCRIPTION, &subscription, &form)
}

fn cancel_scheduled(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = running(attempt, |one| one["cancel_at"].is_null())?;
    attempt.call_on(SUBSCRIPTION, &subscription, "cancel_at_period_end=true")
}

fn cancel_undone(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = running(attempt, |one| !one["cancel_at"].is_null())?;
    attempt.call_on(SUBSCRIPTION, &subscription, "cancel_at_period_end=false")
}

fn cancelled(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = running(attempt, |_| true)?;
    attempt.call_on("DELETE /v1/subscriptions/{}", &subscription, "")
}

fn collection_paused(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = running(attempt, |one| one["pause_collection"].is_null())?;
    let behaviour = attempt.one_of(&["void", "mark_uncollectible", "keep_as_draft"])?;
    let form = format!("pause_collection[behavior]={behaviour}");
    attempt.call_on(SUBSCRIPTION, &subscription, &form)
}

fn collection_resumed(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = running(attempt, |one| !one["pause_collection"].is_null())?;
    attempt.call_on(SUBSCRIPTION, &subscription, "pause_collection=")
}

fn paused(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = attempt.pick(Kind::Subscription, |one| {
        one["status"] == "active" && one["schedule"].is_null()
    })?;
    let call = "POST /v1/subscriptions/{}/pause";
    attempt.call_on(call, &subscription, "type=subscription")
}

fn resumed(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = attempt.pick_in(Kind::Subscription, &["paused"])?;
    let call = "POST /v1/subscriptions/{}/resume";
    let form = "billing_cycle_anchor[type]=unchanged";
    attempt.call_on(call, &subscription, form)
}

fn coupon_applied(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = running(attempt, |one| one["discounts"] == json!([]))?;
    let coupon = attempt.pick(Kind::Coupon, |coupon| {
        coupon["valid"] == true
            && (coupon["currency"].is_null() || coupon["currency"] == subscription["currency"])
    })?;
    let form = format!("discounts[0][coupon]={}", coupon["id"].as_str()?);
    attempt.call_on(SUBSCRIPTION, &subscription, &form)
}

fn discounts_removed(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = running(attempt, |one| one["discounts"] != json!([]))?;
    attempt.call_on(SUBSCRIPTION, &subscription, "discounts=")
}

fn schedule_created(attempt: &mut Attempt<'_>) -> Option<()> {
    let subscription = running(attempt, |one| one["schedule"].is_null())?;
    let form = format!("from_subscription={}", subscription["id"].as_str()?);
    let call = "POST /v1/subscription_schedules";
    attempt.call(call, &[], &form).map(|_| ())
}

fn schedule_released(attempt: &mut Attempt<'_>) -> Option<()> {
    let schedule = attempt.pick(Kind::SubscriptionSchedule, |one| one["status"] == "active")?;
    let call = "POST /v1/subscription_schedules/{}/release";
    attempt.call_on(call, &schedule, "")
}

fn invoice_drafted(attempt: &mut Attempt<'_>) -> Option<()> {
    let customer = attempt.customer()?;
    let owner = customer["id"].as_str()?;
    let form =
        format!("customer={owner}&collection_method=send_invoice&days_until_due=14&currency=eur");
    let draft = attempt.call("POST /v1/invoices", &[], &form)?;
    let (amount, draft) = (100 + attempt.below(90_000), draft["id"].as_str()?);
    let form =
        format!("customer={owner}&invoice={draft}&amount={amount}&currency=eur&description=Work");
    attempt.call("POST /v1/invoiceitems", &[], &form);
    Some(())
}

fn draft_deleted(attempt: &mut Attempt<'_>) -> Option<()> {
    let draft = attempt.pick(Kind::Invoice, |invoice| {
        invoice["status"] == "draft" && invoice["parent"].is_null()
    })?;
    attempt.call_on("DELETE /v1/invoices/{}", &draft, "")
}

fn invoice_finalized(attempt: &mut Attempt<'_>) -> Option<()> {
    let draft = attempt.pick_in(Kind::Invoice, &["draft"])?;
    attempt.call_on("POST /v1/invoices/{}/finalize", &draft, "")
}

fn invoice_paid(attempt: &mut Attempt<'_>) -> Option<()> {
    let open = attempt.pick_in(Kind::Invoice, &["open"])?;
    let form = attempt.one_of(&["", "paid_out_of_band=true"])?;
    attempt.call_on("POST /v1/invoices/{}/pay", &open, form)
}

fn invoice_voided(attempt: &mut Attempt<'_>) -> Option<()> {
    let open = attempt.pick_in(Kind::Invoice, &["open", "uncollectible"])?;
    attempt.call_on("POST /v1/invoices/{}/void", &open, "")
}

fn invoice_given_up(attempt: &mut Attempt<'_>) -> Option<()> {
    let open = attempt.pick_in(Kind::Invoice, &["open"])?;
    attempt.call_on("POST /v1/invoices/{}/mark_uncollectible", &open, "")
}

fn charge_refunded(attempt: &mut Attempt<'_>) -> Option<()> {
    let charge = attempt.pick(Kind::Charge, |charge| {
        charge["paid"] == true && charge["refunded"] == false && charge["disputed"] == false
    })?;
    let form = format!("charge={}", charge["id"].as_str()?);
    attempt.call("POST /v1/refunds", &[], &form).map(|_| ())
}

fn credit_note_issued(attempt: &mut Attempt<'_>) -> Option<()> {
    let invoice = attempt.pick(Kind::Invoice, |invoice| {
        invoice["status"] == "paid"
            && invoice["amount_paid"]
                .as_i64()
                .is_some_and(|paid| paid > 100)
            && invoice["post_payment_credit_notes_amount"] == 0
    })?;
    let form = format!(
        "invoice={}&amount=100&out_of_band_amount=100",
        invoice["id"].as_str()?
    );
    attempt
        .call("POST /v1/credit_notes", &[], &form)
        .map(|_| ())
}

fn dispute_opened(attempt: &mut Attempt<'_>) -> Option<()> {
    let charge = attempt.pick(Kind::Charge, |charge| {
        charge["paid"] == true && charge["refunded"] == false && charge["disputed"] == false
    })?;
    disputes::open(attempt.state, &charge, &Cause::default());
    Some(())
}

fn dispute_closed(attempt: &mut Attempt<'_>) -> Option<()> {
    let dispute = attempt.pick(Kind::Dispute, |one| one["status"] == "needs_response")?;
    attempt.call_on("POST /v1/disputes/{}/close", &dispute, "")
}
