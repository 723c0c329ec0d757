//! Discounts of subscriptions: from a coupon or a promotion code to a `discount`.

use serde_json::{Value, json};

use super::super::Edit;
use crate::error::ApiError;
use crate::objects::event::Cause;
use crate::population::after;
use crate::registry::Kind;
use crate::state::State;

/// One that a request gives.
pub enum Given {
    /// A coupon's place, and the promotion code that led to it.
    Coupon(u32, Option<u32>),
    /// The id of a discount that is to stay.
    Kept(String),
}

/// `None` where the request does not speak of discounts; an empty list takes all away.
pub fn given(edit: &Edit<'_>) -> Result<Option<Vec<Given>>, ApiError> {
    let Some(list) = edit.value("discounts") else {
        return Ok(None);
    };
    let mut found = Vec::new();
    for (number, one) in list.as_array().into_iter().flatten().enumerate() {
        let at = |name: &str| format!("discounts[{number}][{name}]");
        let named = |kind: Kind, name: &str| {
            let id = one[name].as_str()?;
            let place = edit.state.store.find(kind, id);
            Some(place.ok_or_else(|| ApiError::no_such(kind.object(), id, &at(name))))
        };
        if let Some(id) = one["discount"].as_str() {
            found.push(Given::Kept(id.to_owned()));
        } else if let Some(code) = named(Kind::PromotionCode, "promotion_code").transpose()? {
            let promotion = edit.state.store.value(Kind::PromotionCode, code);
            let coupon = promotion
                .pointer("/promotion/coupon")
                .and_then(Value::as_str);
            let coupon = coupon.and_then(|id| edit.state.store.find(Kind::Coupon, id));
            let refused = || {
                ApiError::bad_request("This promotion code is expired or no longer active.")
                    .param(at("promotion_code"))
            };
            let coupon = coupon
                .filter(|_| promotion["active"] == true)
                .ok_or_else(refused)?;
            found.push(Given::Coupon(coupon, Some(code)));
        } else if let Some(coupon) = named(Kind::Coupon, "coupon").transpose()? {
            found.push(Given::Coupon(coupon, None));
        }
    }
    for one in &found {
        if let Given::Coupon(coupon, _) = one {
            refuse_used_up(&edit.state.store.value(Kind::Coupon, *coupon))?;
        }
    }
    Ok(Some(found))
}

fn refuse_used_up(coupon: &Value) -> Result<(), ApiError> {
    if coupon["valid"] == true {
        return Ok(());
    }
    let id = coupon["id"].as_str().unwrap_or_default();
    let message = format!("Coupon {id} is used up and cannot be applied.");
    Err(ApiError::bad_request(message).code("coupon_expired"))
}

/// Gives the subscription these discounts instead of those that it has, and tells of each.
pub fn replace(state: &mut State, subscription: &mut Value, given: &[Given], cause: &Cause) {
    let before = subscription["discounts"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut after = Vec::new();
    for one in given {
        match one {
            Given::Kept(id) => after.push(json!(id)),
            Given::Coupon(coupon, code) => {
                let discount = redeem(state, subscription, *coupon, *code, cause);
                after.push(discount["id"].clone());
            }
        }
    }
    for gone in before.iter().filter(|id| !after.contains(id)) {
        let discount = gone
            .as_str()
            .and_then(|id| state.store.get(Kind::Discount, id));
        if let Some(discount) = discount {
            state.tell("customer.discount.deleted", discount, None, cause);
        }
    }
    subscription["discounts"] = json!(after);
}

fn redeem(
    state: &mut State,
    subscription: &Value,
    coupon: u32,
    code: Option<u32>,
    cause: &Cause,
) -> Value {
    let now = state.now();
    let count = |object: &mut Value| {
        let times = object["times_redeemed"].as_i64().unwrap_or_default() + 1;
        object["times_redeemed"] = json!(times);
    };
    let coupon = state.change(Kind::Coupon, coupon, "coupon.updated", cause, |coupon| {
        count(coupon);
        if coupon["max_redemptions"] == coupon["times_redeemed"] {
            coupon["valid"] = json!(false);
        }
    });
    let code = code.map(|code| {
        state.change(
            Kind::PromotionCode,
            code,
            "promotion_code.updated",
            cause,
            count,
        )
    });
    let end = match (
        coupon["duration"].as_str(),
        coupon["duration_in_months"].as_u64(),
    ) {
        (Some("repeating"), Some(months)) => Some(after(now as u32, ("month", 1), months as u32)),
        _ => None,
    };
    let discount = json!({
        "id": state.store.next_id(Kind::Discount),
        "object": "discount",
        "checkout_session": null,
        "customer": subscription["customer"],
        "customer_account": subscription["customer_account"],
        "end": end,
        "invoice": null,
        "invoice_item": null,
        "promotion_code": code.map(|code| code["id"].clone()),
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": now,
        "subscription": subscription["id"],
        "subscription_item": null
    });
    state.add(Kind::Discount, discount, "customer.discount.created", cause)
}
