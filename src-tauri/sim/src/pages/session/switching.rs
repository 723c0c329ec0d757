//! Changing a plan in the portal: to what the configuration offers, or as a flow has prepared it.

use maud::{Markup, html};
use serde_json::Value;

use super::plans::product_name;
use super::stopping::kept_discounts;
use super::{Deed, Done, Visit};
use crate::billing;
use crate::pages::layout::{money, text};
use crate::registry::Kind;
use crate::state::State;
use crate::write::portal_flows::offers;

const FEATURE: &str = "subscription_update";
const SUBSCRIPTION: &str = "POST /v1/subscriptions/{}";

impl Visit {
    /// May clients change the `price`, the `quantity`, give a `promotion_code`?
    fn may_change(&self, what: &str) -> bool {
        let allowed = self.feature(FEATURE)["default_allowed_updates"].as_array();
        allowed.is_some_and(|allowed| allowed.iter().any(|one| one == what))
    }

    /// How many may be chosen of a price.
    fn adjustable(&self, price: &str) -> Option<&Value> {
        let product = self.offered.iter().find(|product| offers(product, price))?;
        let quantity = &product["adjustable_quantity"];
        (self.may_change("quantity") && quantity["enabled"] == true).then_some(quantity)
    }
}

/// The prices on offer that this subscription can have: in its currency, and not retired since.
fn prices(visit: &Visit, state: &State, subscription: &Value) -> Vec<Value> {
    let ids = visit
        .offered
        .iter()
        .filter_map(|product| product["prices"].as_array())
        .flatten()
        .filter_map(Value::as_str);
    ids.filter_map(|id| state.store.get(Kind::Price, id))
        .filter(|price| price["active"] == true && price["currency"] == subscription["currency"])
        .collect()
}

fn words(state: &State, price: &Value) -> String {
    let recurring = &price["recurring"];
    let every = match recurring["interval_count"].as_i64() {
        Some(count @ 2..) => format!("{count} {}s", text(recurring, "interval")),
        _ => text(recurring, "interval").to_owned(),
    };
    let amount = money(&billing::amount(state, price, 1).into(), &price["currency"]);
    format!("{}, {amount} every {every}", product_name(state, price))
}

pub fn choice(visit: &Visit, state: &State, subscription: &Value) -> Markup {
    let id = text(subscription, "id");
    let item = &subscription["items"]["data"][0];
    let current = text(&item["price"], "id");
    let prices = prices(visit, state, subscription);
    let adjustable = prices
        .iter()
        .map(|price| text(price, "id"))
        .chain([current])
        .any(|price| visit.adjustable(price).is_some());
    html! {
        form method="post" action=(visit.action("update")) {
            input type="hidden" name="subscription" value=(id);
            @if visit.may_change("price") {
                label for={ "price-" (id) } { "Plan" }
                select id={ "price-" (id) } name="price" {
                    option value="" { "as it is" }
                    @for price in prices.iter().filter(|price| text(price, "id") != current) {
                        option value=(text(price, "id")) { (words(state, price)) }
                    }
                }
            }
            @if adjustable {
                label for={ "quantity-" (id) } { "Quantity" }
                input id={ "quantity-" (id) } name="quantity" inputmode="numeric" value=(item["quantity"]);
            }
            @if visit.may_change("promotion_code") {
                label for={ "promotion-" (id) } { "Promotion code" }
                input id={ "promotion-" (id) } name="promotion_code";
            }
            div { button id={ "update-" (id) } { "Change plan" } }
        }
    }
}

/// The change that a flow has prepared.
pub fn confirmation(visit: &Visit, state: &State, subscription: &Value) -> Markup {
    let id = text(subscription, "id");
    let prepared = &visit.flow_details()["items"][0];
    let price = prepared["price"]
        .as_str()
        .and_then(|id| state.store.get(Kind::Price, id));
    let discounts = visit.flow_details()["discounts"].as_array();
    let discount = discounts.into_iter().flatten().find_map(|one| {
        let coupon = one["coupon"].as_str();
        let code = one["promotion_code"].as_str();
        let code = code.and_then(|id| state.store.get(Kind::PromotionCode, id));
        coupon
            .map(str::to_owned)
            .or(code.map(|code| text(&code, "code").to_owned()))
    });
    html! {
        @if let Some(price) = price {
            p id="prepared" {
                "New plan: " strong { (prepared["quantity"].as_i64().unwrap_or(1)) " × " (words(state, &price)) }
            }
        }
        @if let Some(discount) = discount { p id="discount" { "Discount: " (discount) } }
        form method="post" action=(visit.action("confirm")) {
            input type="hidden" name="subscription" value=(id);
            button id={ "confirm-" (id) } { "Confirm change" }
        }
    }
}

/// What a subscription is to become.
struct Change {
    price: String,
    quantity: Option<i64>,
    /// The member of `discounts` that comes to those it has.
    discount: Option<(&'static str, String)>,
}

pub fn update(deed: &mut Deed<'_>) -> Done {
    let (_, subscription) = deed.subscription(FEATURE)?;
    let item = &subscription["items"]["data"][0];
    let current = text(&item["price"], "id");
    let chosen = Some(deed.text("price")).filter(|price| !price.is_empty());
    let price = chosen.unwrap_or(current).to_owned();
    let offered = prices(deed.visit, deed.state, &subscription);
    let known = offered.iter().any(|one| text(one, "id") == price);
    if price != current && !(known && deed.visit.may_change("price")) {
        return Err("This plan cannot be changed to that price here.".to_owned());
    }
    let own = item["quantity"].as_i64();
    let quantity = match deed.text("quantity") {
        "" => own,
        given => Some(given.parse().map_err(|_| "A quantity is a number.")?),
    };
    if quantity != own {
        check_quantity(deed.visit, &price, quantity.unwrap_or_default())?;
    }
    let discount = promotion(deed)?.map(|code| ("promotion_code", code));
    if price == current && quantity == own && discount.is_none() {
        return Err("Choose what is to change.".to_owned());
    }
    let change = Change {
        price,
        quantity,
        discount,
    };
    carry(deed, &subscription, &change)
}

fn check_quantity(visit: &Visit, price: &str, quantity: i64) -> Result<(), String> {
    let Some(bounds) = visit.adjustable(price) else {
        return Err("The quantity of this plan cannot be changed here.".to_owned());
    };
    let least = bounds["minimum"].as_i64().unwrap_or(1).max(1);
    let most = bounds["maximum"].as_i64();
    if quantity < least || most.is_some_and(|most| quantity > most) {
        return Err(match most {
            Some(most) => format!("The quantity must be from {least} to {most}."),
            None => format!("The quantity must be at least {least}."),
        });
    }
    Ok(())
}

/// The promotion code that was typed in.
fn promotion(deed: &Deed<'_>) -> Result<Option<String>, String> {
    let given = deed.text("promotion_code");
    if given.is_empty() || !deed.visit.may_change("promotion_code") {
        return Ok(None);
    }
    let store = &deed.state.store;
    let code = (0..store.end(Kind::PromotionCode))
        .map(|place| store.value(Kind::PromotionCode, place))
        .find(|one| one["active"] == true && text(one, "code").eq_ignore_ascii_case(given));
    code.map(|code| Some(text(&code, "id").to_owned()))
        .ok_or_else(|| "This promotion code is not known.".to_owned())
}

/// As the flow has prepared it, whatever the form says.
pub fn confirm(deed: &mut Deed<'_>) -> Done {
    let (_, subscription) = deed.subscription(FEATURE)?;
    let prepared = deed.visit.flow_details();
    let change = &prepared["items"][0];
    if prepared["subscription"] != subscription["id"] || change.is_null() {
        return Err("There is nothing to confirm.".to_owned());
    }
    let discounts = prepared["discounts"].as_array();
    let discount = discounts.into_iter().flatten().find_map(|one| {
        ["coupon", "promotion_code"]
            .into_iter()
            .find_map(|name| Some((name, one[name].as_str()?.to_owned())))
    });
    let change = Change {
        price: text(change, "price").to_owned(),
        quantity: change["quantity"].as_i64(),
        discount,
    };
    carry(deed, &subscription, &change)
}

fn carry(deed: &mut Deed<'_>, subscription: &Value, change: &Change) -> Done {
    let id = text(subscription, "id");
    let feature = deed.visit.feature(FEATURE);
    let item = &subscription["items"]["data"][0];
    let mut form: Vec<(String, &str)> = Vec::new();
    if let Some((name, code)) = &change.discount {
        form = kept_discounts(subscription);
        form.push((format!("discounts[{}][{name}]", form.len()), code));
    }
    let changes = item["price"]["id"] != change.price.as_str()
        || item["quantity"].as_i64() != change.quantity;
    let waits = changes && waits_for_period_end(deed, item, change);
    let quantity = change.quantity.map(|quantity| quantity.to_string());
    if changes && !waits {
        form.push(("items[0][id]".to_owned(), text(item, "id")));
        form.push(("items[0][price]".to_owned(), &change.price));
        form.extend(
            quantity
                .iter()
                .map(|quantity| ("items[0][quantity]".to_owned(), quantity.as_str())),
        );
        let behaviour = text(feature, "proration_behavior");
        form.push(("proration_behavior".to_owned(), behaviour));
        if feature["billing_cycle_anchor"] == "now" {
            form.push(("billing_cycle_anchor[type]".to_owned(), "now"));
        }
    }
    if !form.is_empty() {
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        deed.call(SUBSCRIPTION, &[id], &form)?;
    }
    if waits {
        schedule(deed, subscription, change)?;
        return Ok("scheduled");
    }
    let trial = changes && subscription["status"] == "trialing";
    if trial && feature["trial_update_behavior"] == "end_trial" {
        deed.call(SUBSCRIPTION, &[id], &[("trial_end", "now")])?;
    }
    Ok("update")
}

/// Does the configuration put such a change off to the end of the period?
fn waits_for_period_end(deed: &Deed<'_>, item: &Value, change: &Change) -> bool {
    let Some(price) = deed.state.store.get(Kind::Price, &change.price) else {
        return false;
    };
    let costs = |price: &Value, quantity: Option<i64>| {
        billing::amount(deed.state, price, quantity.unwrap_or(1))
    };
    let days = |price: &Value| {
        let recurring = &price["recurring"];
        let each = match recurring["interval"].as_str() {
            Some("day") => 1,
            Some("week") => 7,
            Some("year") => 365,
            _ => 30,
        };
        each * recurring["interval_count"].as_i64().unwrap_or(1)
    };
    let conditions = &deed.visit.feature(FEATURE)["schedule_at_period_end"]["conditions"];
    conditions
        .as_array()
        .into_iter()
        .flatten()
        .any(|condition| match condition["type"].as_str() {
            Some("decreasing_item_amount") => {
                costs(&price, change.quantity) < costs(&item["price"], item["quantity"].as_i64())
            }
            Some("shortening_interval") => days(&price) < days(&item["price"]),
            _ => false,
        })
}

/// The change comes with the next period, by a schedule.
fn schedule(deed: &mut Deed<'_>, subscription: &Value, change: &Change) -> Result<(), String> {
    let id = text(subscription, "id");
    let call = "POST /v1/subscription_schedules";
    let made = deed.call(call, &[], &[("from_subscription", id)])?;
    let item = &subscription["items"]["data"][0];
    let end = item["current_period_end"].to_string();
    let count = |quantity: Option<i64>| quantity.unwrap_or(1).to_string();
    let (before, after) = (count(item["quantity"].as_i64()), count(change.quantity));
    let phases = [
        ("phases[0][items][0][price]", text(&item["price"], "id")),
        ("phases[0][items][0][quantity]", &before),
        ("phases[0][end_date]", &end),
        ("phases[1][items][0][price]", &change.price),
        ("phases[1][items][0][quantity]", &after),
        ("phases[1][proration_behavior]", "none"),
    ];
    let call = "POST /v1/subscription_schedules/{}";
    deed.call(call, &[text(&made, "id")], &phases)?;
    Ok(())
}
