//! Drafts: an invoice before it is finalised, its lines and the sums that follow from them.

use serde_json::{Value, json};

use crate::ids;
use crate::objects::account;
use crate::objects::event::Cause;
use crate::objects::invoice_line::LINES;
use crate::registry::Kind;
use crate::state::State;
use crate::write::set;

/// What a new invoice is for.
pub struct Draft {
    pub customer: u32,
    pub currency: String,
    pub billing_reason: &'static str,
    pub collection_method: String,
    pub due_date: Option<i64>,
    /// The subscription as the API shows it, or null.
    pub subscription: Value,
    pub period: (i64, i64),
    pub auto_advance: bool,
    /// What a request sets besides, metadata among it.
    pub fields: Value,
}

/// What a line charges for.
pub struct Line {
    pub description: Value,
    pub amount: i64,
    pub quantity: i64,
    /// The price as the API shows it, or null.
    pub price: Value,
    pub period: (i64, i64),
    pub origin: Origin,
}

pub enum Origin {
    /// An invoice item's id.
    InvoiceItem(String),
    SubscriptionItem {
        item: String,
        subscription: String,
        proration: bool,
    },
}

/// Keeps the draft and tells of it; gives its place.
pub fn open(state: &mut State, draft: Draft, lines: Vec<Line>, cause: &Cause) -> u32 {
    let place = state.store.end(Kind::Invoice);
    let id = state.store.next_id(Kind::Invoice);
    let invoice = shape(state, &draft, lines, &id);
    state.add(Kind::Invoice, invoice, "invoice.created", cause);
    place
}

/// A draft as the API shows it, which is not kept yet.
pub fn shape(state: &State, draft: &Draft, lines: Vec<Line>, id: &str) -> Value {
    let place = state.store.end(Kind::Invoice);
    let now = state.now();
    let owner = state.store.value(Kind::Customer, draft.customer);
    let subscription = &draft.subscription;
    let parent = (!subscription.is_null()).then(|| {
        json!({
            "quote_details": null,
            "subscription_details": {
                "metadata": subscription["metadata"], "subscription": subscription["id"]
            },
            "type": "subscription_details"
        })
    });
    let mut invoice = json!({
        "id": id,
        "object": "invoice",
        "account_country": account::COUNTRY,
        "account_name": account::NAME,
        "account_tax_ids": null,
        "amount_due": 0,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_remaining": 0,
        "amount_shipping": 0,
        "application": null,
        "attempt_count": 0,
        "attempted": false,
        "auto_advance": draft.auto_advance,
        "automatic_tax": {
            "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null
        },
        "automatically_finalizes_at": draft.auto_advance.then_some(now + 3_600),
        "billing_reason": draft.billing_reason,
        "collection_method": draft.collection_method,
        "created": now,
        "currency": draft.currency,
        "custom_fields": owner["invoice_settings"]["custom_fields"],
        "customer": owner["id"],
        "customer_account": owner["customer_account"],
        "customer_address": owner["address"],
        "customer_email": owner["email"],
        "customer_name": owner["name"],
        "customer_phone": owner["phone"],
        "customer_shipping": owner["shipping"],
        "customer_tax_exempt": owner["tax_exempt"],
        "customer_tax_ids": [],
        "default_payment_method": null,
        "default_source": null,
        "default_tax_rates": [],
        "description": null,
        "discounts": subscription.get("discounts").cloned().unwrap_or_else(|| json!([])),
        "due_date": draft.due_date,
        "effective_at": null,
        "ending_balance": null,
        "footer": owner["invoice_settings"]["footer"],
        "from_invoice": null,
        "hosted_invoice_url": null,
        "invoice_pdf": null,
        "issuer": {"type": "self"},
        "last_finalization_error": null,
        "latest_revision": null,
        "lines": {"object": "list", "data": [], "has_more": false, "url": format!("/v1/invoices/{id}/lines")},
        "livemode": false,
        "metadata": {},
        "next_payment_attempt": null,
        "number": null,
        "on_behalf_of": null,
        "parent": parent,
        "payment_settings": {
            "default_mandate": null, "payment_method_options": null, "payment_method_types": null
        },
        "period_end": draft.period.1,
        "period_start": draft.period.0,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": null,
        "rendering": null,
        "shipping_cost": null,
        "shipping_details": null,
        "starting_balance": 0,
        "statement_descriptor": null,
        "status": "draft",
        "status_details": {},
        "status_transitions": {
            "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null
        },
        "subtotal": 0,
        "subtotal_excluding_tax": 0,
        "test_clock": null,
        "total": 0,
        "total_discount_amounts": [],
        "total_excluding_tax": 0,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": null
    });
    set(&mut invoice, &draft.fields);
    for line in lines {
        add_line(state, &mut invoice, place, line);
    }
    add_up(state, &mut invoice);
    invoice
}

/// Puts a line at the end; its id follows the last one that the invoice has.
pub fn add_line(state: &State, invoice: &mut Value, place: u32, line: Line) {
    let ids = state.store.population.ids;
    let used = invoice["lines"]["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|line| ids.place(ids::INVOICE_LINE, line["id"].as_str()?));
    let number = used.map(|used| used % LINES + 1).max().unwrap_or_default();
    let pricing = (!line.price.is_null()).then(|| {
        json!({
            "price_details": {"price": line.price["id"], "product": line.price["product"]},
            "type": "price_details",
            "unit_amount_decimal": line.price["unit_amount_decimal"]
        })
    });
    let proration_details = json!({"credited_items": null});
    let (parent, subscription) = match line.origin {
        Origin::InvoiceItem(item) => (
            json!({
                "invoice_item_details": {
                    "invoice_item": item,
                    "proration": false,
                    "proration_details": proration_details,
                    "subscription": null
                },
                "subscription_item_details": null,
                "type": "invoice_item_details"
            }),
            None,
        ),
        Origin::SubscriptionItem {
            item,
            subscription,
            proration,
        } => (
            json!({
                "invoice_item_details": null,
                "subscription_item_details": {
                    "invoice_item": null,
                    "proration": proration,
                    "proration_details": proration_details,
                    "subscription": &subscription,
                    "subscription_item": item
                },
                "type": "subscription_item_details"
            }),
            Some(subscription),
        ),
    };
    let line = json!({
        "id": ids.id(ids::INVOICE_LINE, place * LINES + number),
        "object": "line_item",
        "amount": line.amount,
        "currency": invoice["currency"],
        "description": line.description,
        "discount_amounts": [],
        "discountable": true,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": false,
        "metadata": {},
        "parent": parent,
        "period": {"end": line.period.1, "start": line.period.0},
        "pretax_credit_amounts": [],
        "pricing": pricing,
        "quantity": line.quantity,
        "quantity_decimal": line.quantity.to_string(),
        "subscription": subscription,
        "subtotal": line.amount,
        "taxes": []
    });
    if let Value::Array(lines) = &mut invoice["lines"]["data"] {
        lines.push(line);
    }
}

/// The sums of a draft, from its lines and discounts.
pub fn add_up(state: &State, invoice: &mut Value) {
    let lines = invoice["lines"]["data"].as_array();
    let amounts: Vec<i64> = lines
        .into_iter()
        .flatten()
        .filter_map(|line| line["amount"].as_i64())
        .collect();
    let subtotal: i64 = amounts.iter().sum();
    let (mut left, mut taken) = (subtotal, Vec::new());
    let discounts = invoice["discounts"].as_array().cloned().unwrap_or_default();
    for discount in &discounts {
        let off = discount
            .as_str()
            .and_then(|id| coupon_of(state, id))
            .map_or(0, |coupon| off(&coupon, left).min(left.max(0)));
        left -= off;
        taken.push((discount, off));
    }
    let amounts_off = taken.iter().filter(|(_, off)| *off > 0);
    let credits: Vec<Value> = amounts_off
        .clone()
        .map(|(id, off)| json!({"amount": off, "discount": id, "type": "discount"}))
        .collect();
    let totals: Vec<Value> = amounts_off
        .map(|(id, off)| json!({"amount": off, "discount": id}))
        .collect();
    share_out(invoice, &totals, subtotal);
    invoice["subtotal"] = json!(subtotal);
    invoice["subtotal_excluding_tax"] = json!(subtotal);
    invoice["total"] = json!(left);
    invoice["total_excluding_tax"] = json!(left);
    invoice["total_discount_amounts"] = json!(totals);
    invoice["total_pretax_credit_amounts"] = json!(credits);
    invoice["amount_due"] = json!(left.max(0));
    invoice["amount_remaining"] = json!(left.max(0));
}

/// Each line's part of the discounts, by amount; the last takes what rounding left.
fn share_out(invoice: &mut Value, totals: &[Value], subtotal: i64) {
    let Some(lines) = invoice["lines"]["data"].as_array_mut() else {
        return;
    };
    let last = lines.len().saturating_sub(1);
    let mut left: Vec<i64> = totals
        .iter()
        .map(|total| total["amount"].as_i64().unwrap_or_default())
        .collect();
    for (place, line) in lines.iter_mut().enumerate() {
        let amount = line["amount"].as_i64().unwrap_or_default();
        let parts = totals.iter().zip(&mut left).map(|(total, left)| {
            let whole = total["amount"].as_i64().unwrap_or_default();
            let part = if place == last {
                *left
            } else {
                whole * amount / subtotal.max(1)
            };
            *left -= part;
            (part, total["discount"].clone())
        });
        let parts: Vec<(i64, Value)> = parts.collect();
        let amounts = parts
            .iter()
            .map(|(part, id)| json!({"amount": part, "discount": id}));
        line["discount_amounts"] = amounts.collect();
        let credits = parts
            .iter()
            .map(|(part, id)| json!({"amount": part, "discount": id, "type": "discount"}));
        line["pretax_credit_amounts"] = credits.collect();
    }
}

/// The coupon of a discount, as the API shows it.
fn coupon_of(state: &State, discount: &str) -> Option<Value> {
    let discount = state.store.get(Kind::Discount, discount)?;
    state
        .store
        .get(Kind::Coupon, discount.pointer("/source/coupon")?.as_str()?)
}

fn off(coupon: &Value, amount: i64) -> i64 {
    match (
        coupon["amount_off"].as_i64(),
        coupon["percent_off"].as_f64(),
    ) {
        (Some(off), _) => off,
        // Percentages have at most two decimals.
        (None, Some(percent)) => {
            let hundredths = (percent * 100.0).round() as i64;
            (amount * hundredths + 5_000) / 10_000
        }
        _ => 0,
    }
}
