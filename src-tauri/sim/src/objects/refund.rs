//! `refund` and `dispute`: a charge given back, and one that its payer wants back.

use serde_json::{Value, json};

use crate::ids;
use crate::population::ledger::{DisputeState, Reason};
use crate::population::{DAY, Population};

/// What differs between refunds.
pub struct RefundFacts {
    pub id: String,
    pub amount: i64,
    pub balance_transaction: Option<String>,
    pub created: i64,
    pub reason: Option<String>,
}

/// A refund of `charge`, given as the API shows it.
pub fn refund_of(charge: &Value, facts: RefundFacts) -> Value {
    let RefundFacts {
        id,
        amount,
        balance_transaction,
        created,
        reason,
    } = facts;
    json!({
        "id": id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": balance_transaction,
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": null,
        "destination_details": {
            "card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"},
            "type": "card"
        },
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": "succeeded",
        "transfer_reversal": null
    })
}

pub fn refund(population: &Population, place: u32) -> Value {
    let row = &population.ledger.refunds[place as usize];
    let charge = charge_value(population, row.charge);
    refund_of(
        &charge,
        RefundFacts {
            id: population.ids.id(ids::REFUND, place),
            amount: row.amount,
            balance_transaction: moved(population, Reason::Refund, place),
            created: i64::from(row.created),
            reason: Some("requested_by_customer".to_owned()),
        },
    )
}

/// Days that a client's bank leaves for an answer.
const ANSWER_WITHIN: u32 = 14 * DAY;

/// What differs between disputes.
pub struct DisputeFacts {
    pub id: String,
    pub balance_transactions: Vec<Value>,
    pub created: i64,
    pub reason: &'static str,
    pub status: &'static str,
}

/// A dispute over `charge`, given as the API shows it.
pub fn dispute_of(charge: &Value, facts: DisputeFacts) -> Value {
    let DisputeFacts {
        id,
        balance_transactions,
        created,
        reason,
        status,
    } = facts;
    let submitted = status != "needs_response";
    let brand = charge.pointer("/payment_method_details/card/brand");
    let brand = brand.and_then(Value::as_str).unwrap_or("visa");
    json!({
        "id": id,
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": balance_transactions,
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": evidence(&charge["billing_details"]),
        "evidence_details": {
            "due_by": created + i64::from(ANSWER_WITHIN),
            "enhanced_eligibility": {},
            "has_evidence": submitted,
            "past_due": false,
            "submission_count": u8::from(submitted),
            "submission_method": if submitted { "manual" } else { "not_submitted" }
        },
        "intended_submission_method": null,
        "is_charge_refundable": false,
        "livemode": false,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {"brand": brand, "case_type": "chargeback", "network": brand, "network_reason_code": "10.4"},
            "type": "card"
        },
        "reason": reason,
        "status": status
    })
}

fn evidence(billing_details: &Value) -> Value {
    let mut evidence = json!({
        "customer_email_address": billing_details["email"],
        "customer_name": billing_details["name"],
        "enhanced_evidence": {}
    });
    for name in [
        "access_activity_log",
        "billing_address",
        "cancellation_policy",
        "cancellation_policy_disclosure",
        "cancellation_rebuttal",
        "customer_communication",
        "customer_purchase_ip",
        "customer_signature",
        "duplicate_charge_documentation",
        "duplicate_charge_explanation",
        "duplicate_charge_id",
        "product_description",
        "receipt",
        "refund_policy",
        "refund_policy_disclosure",
        "refund_refusal_explanation",
        "service_date",
        "service_documentation",
        "shipping_address",
        "shipping_carrier",
        "shipping_date",
        "shipping_documentation",
        "shipping_tracking_number",
        "uncategorized_file",
        "uncategorized_text",
    ] {
        evidence[name] = Value::Null;
    }
    evidence
}

pub fn dispute(population: &Population, place: u32) -> Value {
    let row = &population.ledger.disputes[place as usize];
    let reasons = [Reason::Dispute, Reason::DisputeWon];
    let movements = reasons.iter().filter_map(|reason| {
        let movement = population.ledger.moved_by(*reason, place)?;
        let movement = super::balance_transaction::balance_transaction(population, movement);
        Some(crate::store::to_value(&movement))
    });
    dispute_of(
        &charge_value(population, row.charge),
        DisputeFacts {
            id: population.ids.id(ids::DISPUTE, place),
            balance_transactions: movements.collect(),
            created: i64::from(row.created),
            reason: match place % 4 {
                0 => "fraudulent",
                1 => "subscription_canceled",
                2 => "product_not_received",
                _ => "general",
            },
            status: row.state.text(),
        },
    )
}

/// Has its bank decided?
pub fn is_closed(status: &str) -> bool {
    [DisputeState::Won, DisputeState::Lost]
        .iter()
        .any(|state| state.text() == status)
}

fn charge_value(population: &Population, place: u32) -> Value {
    crate::store::to_value(&super::charge::charge(population, place))
}

fn moved(population: &Population, reason: Reason, source: u32) -> Option<String> {
    let movement = population.ledger.moved_by(reason, source)?;
    Some(population.ids.id(ids::BALANCE_TRANSACTION, movement))
}
