//! Disputes: opened by a client's bank, answered or given up by the agency.

use serde_json::{Value, json};

use super::{Edit, balance, merge_metadata, overlay};
use crate::error::ApiError;
use crate::objects::event::Cause;
use crate::objects::refund::{DisputeFacts, dispute_of, is_closed};
use crate::population::ledger::Reason;
use crate::registry::Kind;
use crate::state::State;

/// A client's bank takes the money of a charge back until it is decided.
pub fn open(state: &mut State, charge: &Value, cause: &Cause) -> Value {
    let id = state.store.next_id(Kind::Dispute);
    let amount = charge["amount"].as_i64().unwrap_or_default();
    let currency = balance::currency(charge["currency"].as_str().unwrap_or_default());
    let moved = currency.ok().map(|currency| {
        let sum = (-amount, currency);
        balance::record(
            state,
            Reason::Dispute,
            sum,
            &id,
            Some("Chargeback withdrawal"),
        )
    });
    let dispute = dispute_of(
        charge,
        DisputeFacts {
            id,
            balance_transactions: moved.into_iter().collect(),
            created: state.now(),
            reason: "fraudulent",
            status: "needs_response",
        },
    );
    let charge = charge["id"].as_str().unwrap_or_default();
    if let Some(place) = state.store.find(Kind::Charge, charge) {
        state.change(Kind::Charge, place, "charge.updated", cause, |charge| {
            charge["disputed"] = json!(true);
        });
    }
    let dispute = state.add(Kind::Dispute, dispute, "charge.dispute.created", cause);
    state.tell(
        "charge.dispute.funds_withdrawn",
        dispute.clone(),
        None,
        cause,
    );
    dispute
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["evidence", "metadata", "submit"])?;
    let place = edit.target(Kind::Dispute)?;
    let mut dispute = edit.state.store.value(Kind::Dispute, place);
    refuse_closed(&dispute)?;
    merge_metadata(&mut dispute, edit.value("metadata"));
    if let Some(evidence) = edit.value("evidence") {
        overlay(&mut dispute["evidence"], evidence);
        dispute["evidence_details"]["has_evidence"] = json!(true);
    }
    // Evidence goes to the bank unless the request says that it is a draft.
    if edit.value("evidence").is_some() && edit.value("submit") != Some(&json!(false)) {
        let details = &mut dispute["evidence_details"];
        let count = details["submission_count"].as_i64().unwrap_or_default();
        details["submission_count"] = json!(count + 1);
        details["submission_method"] = json!("manual");
        dispute["status"] = json!("under_review");
    }
    let cause = edit.cause.clone();
    let event = "charge.dispute.updated";
    Ok(edit
        .state
        .change(Kind::Dispute, place, event, &cause, |kept| *kept = dispute))
}

/// The agency gives up: the money is lost.
pub fn close(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[])?;
    let place = edit.target(Kind::Dispute)?;
    refuse_closed(&edit.state.store.value(Kind::Dispute, place))?;
    let cause = edit.cause.clone();
    let event = "charge.dispute.closed";
    Ok(edit
        .state
        .change(Kind::Dispute, place, event, &cause, |dispute| {
            dispute["status"] = json!("lost");
        }))
}

fn refuse_closed(dispute: &Value) -> Result<(), ApiError> {
    if is_closed(dispute["status"].as_str().unwrap_or_default()) {
        return Err(ApiError::bad_request("This dispute is already closed"));
    }
    Ok(())
}
