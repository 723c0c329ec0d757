//! What Stripe refuses in a portal configuration.

use serde_json::Value;
use url::Url;

use super::{Edit, bracketed};
use crate::error::ApiError;
use crate::registry::Kind;

const MOST_PRODUCTS: usize = 10;
const LONGEST_HEADLINE: usize = 60;
const LONGEST_NAME: usize = 256;
const PRODUCTS: &str = "features[subscription_update][products]";

/// Looks at the configuration as it would become, and at the products that it would offer.
pub fn check(edit: &Edit<'_>, configuration: &Value, offered: &[Value]) -> Result<(), ApiError> {
    short_enough(edit, "business_profile/headline", LONGEST_HEADLINE)?;
    short_enough(edit, "name", LONGEST_NAME)?;
    for pointer in [
        "business_profile/privacy_policy_url",
        "business_profile/terms_of_service_url",
        "default_return_url",
    ] {
        an_address(edit, pointer)?;
    }
    if configuration["is_default"] == true && configuration["active"] == false {
        let message = "The default portal configuration cannot be deactivated.";
        return Err(ApiError::bad_request(message).param("active"));
    }
    let features = &configuration["features"];
    check_cancelling(&features["subscription_cancel"])?;
    check_pausing(&features["subscription_pause"]["duration"])?;
    check_products(edit, offered)
}

fn short_enough(edit: &Edit<'_>, pointer: &str, limit: usize) -> Result<(), ApiError> {
    let length = edit.text(pointer).map_or(0, |text| text.chars().count());
    if length <= limit {
        return Ok(());
    }
    let message = format!("Invalid string: must be at most {limit} characters");
    Err(ApiError::bad_request(message).param(bracketed(pointer)))
}

fn an_address(edit: &Edit<'_>, pointer: &str) -> Result<(), ApiError> {
    let Some(text) = edit.text(pointer) else {
        return Ok(());
    };
    if Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Ok(());
    }
    Err(ApiError::bad_request("Not a valid URL")
        .code("url_invalid")
        .param(bracketed(pointer)))
}

/// A cancelled plan is prorated only where it ends at once, and never billed for it.
fn check_cancelling(cancel: &Value) -> Result<(), ApiError> {
    let at = "features[subscription_cancel][proration_behavior]";
    let refused = match cancel["proration_behavior"].as_str() {
        Some("always_invoice") => {
            "`always_invoice` is not supported for `features[subscription_cancel][proration_behavior]`."
        }
        Some("create_prorations") if cancel["mode"] != "immediately" => {
            "`features[subscription_cancel][proration_behavior]=create_prorations` is only supported with \
             `features[subscription_cancel][mode]=immediately`."
        }
        _ => return Ok(()),
    };
    Err(ApiError::bad_request(refused).param(at))
}

fn check_pausing(duration: &Value) -> Result<(), ApiError> {
    for (number, option) in duration["interval_options"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        // Three years.
        let longest = match option["interval"].as_str() {
            Some("day") => 3 * 365,
            Some("week") => 3 * 52,
            Some("month") => 3 * 12,
            _ => 3,
        };
        let count = option["interval_count"].as_i64().unwrap_or_default();
        if !(1..=longest).contains(&count) {
            let message = "A pause must last at least one interval and at most three years.";
            let at = format!(
                "features[subscription_pause][duration][interval_options][{number}][interval_count]"
            );
            return Err(ApiError::bad_request(message).param(at));
        }
    }
    Ok(())
}

fn check_products(edit: &Edit<'_>, offered: &[Value]) -> Result<(), ApiError> {
    if offered.len() > MOST_PRODUCTS {
        let message = format!("You can offer at most {MOST_PRODUCTS} products in the portal.");
        return Err(ApiError::bad_request(message).param(PRODUCTS));
    }
    // What was checked before stays, even where a price has been retired meanwhile.
    if edit
        .value("features/subscription_update/products")
        .is_none()
    {
        return Ok(());
    }
    for (number, given) in offered.iter().enumerate() {
        let at = |name: &str| format!("{PRODUCTS}[{number}][{name}]");
        let product = given["product"].as_str().unwrap_or_default();
        if edit.state.store.find(Kind::Product, product).is_none() {
            return Err(ApiError::no_such("product", product, &at("product")));
        }
        let quantity = &given["adjustable_quantity"];
        let bound = |name: &str| quantity[name].as_i64();
        let (minimum, maximum) = (bound("minimum").unwrap_or_default(), bound("maximum"));
        if minimum < 0 || maximum.is_some_and(|maximum| maximum < minimum.max(1)) {
            let message = "The maximum quantity must be at least the minimum quantity.";
            return Err(ApiError::bad_request(message).param(at("adjustable_quantity")));
        }
        for price in given["prices"].as_array().into_iter().flatten() {
            check_price(edit, product, price.as_str().unwrap_or_default())?;
        }
    }
    Ok(())
}

fn check_price(edit: &Edit<'_>, product: &str, id: &str) -> Result<(), ApiError> {
    let price = edit.state.store.get(Kind::Price, id);
    let price = price.ok_or_else(|| ApiError::no_such("price", id, PRODUCTS))?;
    let refused = if price["product"] != product {
        format!("The price `{id}` does not belong to the product `{product}`.")
    } else if price["active"] == false {
        format!("The price `{id}` is inactive and cannot be offered in the portal.")
    } else if price["recurring"].is_null() {
        format!("The price `{id}` is not recurring and cannot be offered in the portal.")
    } else if price["recurring"]["usage_type"] == "metered" {
        format!("The price `{id}` is usage-based and cannot be offered in the portal.")
    } else {
        return Ok(());
    };
    Err(ApiError::bad_request(refused).param(PRODUCTS))
}
