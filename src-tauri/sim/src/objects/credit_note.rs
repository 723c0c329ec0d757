//! `credit_note`: an invoice taken back, in part or whole.

use serde_json::{Value, json};

use crate::ids;
use crate::population::Population;
use crate::population::rows::NONE;

/// Places between the lines of one credit note and those of the next.
pub const LINES: u32 = 64;

/// What differs between credit notes.
pub struct NoteFacts {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    /// How much of it went off an invoice that was still open.
    pub pre_payment: i64,
    pub out_of_band: i64,
    pub refunds: Vec<Value>,
    pub lines: Vec<Value>,
    pub memo: Option<String>,
    pub number: String,
    pub reason: Option<String>,
    pub pdf: String,
}

/// A credit note of `invoice`, given as the API shows it.
pub fn credit_note_of(invoice: &Value, customer: &Value, facts: NoteFacts) -> Value {
    let post_payment = facts.amount - facts.pre_payment;
    let url = format!("/v1/credit_notes/{}/lines", facts.id);
    json!({
        "id": facts.id,
        "object": "credit_note",
        "amount": facts.amount,
        "amount_shipping": 0,
        "created": facts.created,
        "currency": invoice["currency"],
        "customer": customer,
        "customer_account": invoice["customer_account"],
        "customer_balance_transaction": null,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": facts.created,
        "invoice": invoice["id"],
        "lines": {"object": "list", "data": facts.lines, "has_more": false, "url": url},
        "livemode": false,
        "memo": facts.memo,
        "metadata": {},
        "number": facts.number,
        "out_of_band_amount": (facts.out_of_band > 0).then_some(facts.out_of_band),
        "pdf": facts.pdf,
        "post_payment_amount": post_payment,
        "pre_payment_amount": facts.pre_payment,
        "pretax_credit_amounts": [],
        "reason": facts.reason,
        "refunds": facts.refunds,
        "shipping_cost": null,
        "status": "issued",
        "subtotal": facts.amount,
        "subtotal_excluding_tax": facts.amount,
        "total": facts.amount,
        "total_excluding_tax": facts.amount,
        "total_taxes": [],
        "type": match (facts.pre_payment, post_payment) {
            (0, _) => "post_payment",
            (_, 0) => "pre_payment",
            _ => "mixed",
        },
        "voided_at": null
    })
}

/// A line of no product.
pub fn custom_line(id: &str, description: &str, unit: i64, quantity: i64) -> Value {
    let amount = unit * quantity;
    json!({
        "id": id,
        "object": "credit_note_line_item",
        "amount": amount,
        "description": description,
        "discount_amount": 0,
        "discount_amounts": [],
        "livemode": false,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": quantity,
        "tax_rates": [],
        "taxes": [],
        "type": "custom_line_item",
        "unit_amount": unit,
        "unit_amount_decimal": unit.to_string()
    })
}

pub fn refunded(refund: &str, amount: i64) -> Value {
    json!({"amount_refunded": amount, "payment_record_refund": null, "refund": refund, "type": "refund"})
}

pub fn credit_note(population: &Population, place: u32, pages: &str) -> Value {
    let row = &population.ledger.credit_notes[place as usize];
    let invoice_row = &population.invoices[row.invoice as usize];
    let invoice = crate::store::to_value(&super::invoice::invoice(
        population,
        row.invoice,
        invoice_row,
        pages,
    ));
    let id = |form, place| population.ids.id(form, place);
    let by_hand = row.refund == NONE;
    let number = invoice["number"].as_str().unwrap_or_default();
    let refund = (!by_hand).then(|| refunded(&id(ids::REFUND, row.refund), row.amount));
    let line = custom_line(
        &id(ids::CREDIT_NOTE_LINE, place * LINES),
        "Goodwill",
        row.amount,
        1,
    );
    credit_note_of(
        &invoice,
        &json!(id(ids::CUSTOMER, invoice_row.customer)),
        NoteFacts {
            id: id(ids::CREDIT_NOTE, place),
            created: i64::from(row.created),
            amount: row.amount,
            pre_payment: 0,
            out_of_band: if by_hand { row.amount } else { 0 },
            refunds: refund.into_iter().collect(),
            lines: vec![line],
            memo: None,
            number: format!("{number}-CN-01"),
            reason: Some(
                if by_hand {
                    "order_change"
                } else {
                    "product_unsatisfactory"
                }
                .to_owned(),
            ),
            pdf: pdf(pages, &id(ids::CREDIT_NOTE, place)),
        },
    )
}

pub fn pdf(pages: &str, id: &str) -> String {
    format!("{pages}/credit_notes/{id}/pdf")
}
