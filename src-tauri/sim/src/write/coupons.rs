//! Coupons and the promotion codes that clients type in.

use serde_json::{Value, json};

use super::{Edit, balance, catalogue::removed, merge_metadata, overlay};
use crate::error::ApiError;
use crate::objects::catalogue::{PromotionFacts, promotion_code};
use crate::registry::Kind;

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "amount_off",
        "currency",
        "duration",
        "duration_in_months",
        "id",
        "max_redemptions",
        "metadata",
        "name",
        "percent_off",
        "redeem_by",
    ])?;
    let (amount, percent) = (edit.value("amount_off"), edit.value("percent_off"));
    if amount.is_some() == percent.is_some() {
        return Err(ApiError::bad_request(
            "You must pass either `percent_off` or `amount_off`, but not both.",
        ));
    }
    let currency = match (amount, edit.text("currency")) {
        (Some(_), None) => return Err(ApiError::missing_parameter("currency")),
        (_, currency) => currency.map(balance::currency).transpose()?,
    };
    let duration = edit.text("duration").unwrap_or("once");
    let months = edit.value("duration_in_months");
    if (duration == "repeating") != months.is_some() {
        return Err(ApiError::bad_request(
            "`duration_in_months` goes with the duration `repeating`, and only with that.",
        )
        .param("duration_in_months"));
    }
    let place = edit.state.store.end(Kind::Coupon);
    let id = edit.text("id").map_or_else(
        || edit.state.id_of(crate::ids::COUPON, place),
        str::to_owned,
    );
    if edit.state.store.place(Kind::Coupon, &id).is_some() {
        return Err(ApiError::bad_request("Coupon already exists.")
            .code("resource_already_exists")
            .param("id"));
    }
    let mut coupon = json!({
        "id": id,
        "object": "coupon",
        "amount_off": amount,
        "created": edit.state.now(),
        "currency": currency.map(|currency| currency.code),
        "duration": duration,
        "duration_in_months": months,
        "livemode": false,
        "max_redemptions": edit.value("max_redemptions"),
        "metadata": {},
        "name": edit.value("name"),
        "percent_off": percent,
        "redeem_by": edit.value("redeem_by"),
        "times_redeemed": 0,
        "valid": true
    });
    merge_metadata(&mut coupon, edit.value("metadata"));
    let cause = edit.cause.clone();
    Ok(edit
        .state
        .add(Kind::Coupon, coupon, "coupon.created", &cause))
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["metadata", "name"])?;
    let place = edit.target(Kind::Coupon)?;
    edit.change(Kind::Coupon, place, "coupon.updated")
}

pub fn delete(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let place = edit.target(Kind::Coupon)?;
    Ok(removed(edit, Kind::Coupon, place, "coupon.deleted"))
}

pub fn create_promotion_code(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "active",
        "code",
        "customer",
        "expires_at",
        "max_redemptions",
        "metadata",
        "promotion",
        "restrictions",
    ])?;
    let coupon = edit
        .named(Kind::Coupon, "promotion/coupon")?
        .ok_or_else(|| ApiError::missing_parameter("promotion[coupon]"))?;
    edit.named(Kind::Customer, "customer")?;
    let coupon = edit.state.store.value(Kind::Coupon, coupon);
    let id = edit.state.store.next_id(Kind::PromotionCode);
    // As Stripe makes one up: eight letters and digits.
    let made_up = || id[id.len() - 8..].to_uppercase();
    let mut promotion = promotion_code(PromotionFacts {
        active: edit.value("active") != Some(&json!(false)),
        code: edit.text("code").map_or_else(made_up, str::to_owned),
        coupon: coupon["id"].as_str().unwrap_or_default().to_owned(),
        created: edit.state.now(),
        times_redeemed: 0,
        id: id.clone(),
    });
    for name in ["customer", "expires_at", "max_redemptions"] {
        if let Some(given) = edit.value(name) {
            promotion[name] = given.clone();
        }
    }
    if let Some(restrictions) = edit.value("restrictions") {
        overlay(&mut promotion["restrictions"], restrictions);
    }
    merge_metadata(&mut promotion, edit.value("metadata"));
    let cause = edit.cause.clone();
    let event = "promotion_code.created";
    Ok(edit
        .state
        .add(Kind::PromotionCode, promotion, event, &cause))
}

pub fn update_promotion_code(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["active", "metadata"])?;
    let place = edit.target(Kind::PromotionCode)?;
    edit.change(Kind::PromotionCode, place, "promotion_code.updated")
}
