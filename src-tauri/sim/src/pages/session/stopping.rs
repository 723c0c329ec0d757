//! What a visitor of the portal does to end a plan, pause it, or take that back.

use serde_json::{Value, json};

use super::plans::may_resume;
use super::{Deed, Done, cannot};
use crate::population::after;
use crate::registry::Kind;
use crate::write::subscriptions;

const CANCEL: &str = "subscription_cancel";
const PAUSE: &str = "subscription_pause";
const SUBSCRIPTION: &str = "POST /v1/subscriptions/{}";

impl Deed<'_> {
    /// Why the client leaves: only where the configuration asks for it, and one of its reasons.
    fn reasons(&self) -> Result<Value, String> {
        let asked = &self.visit.feature(CANCEL)["cancellation_reason"];
        if asked["enabled"] != true {
            return Ok(json!({"feedback": null, "comment": null}));
        }
        let given = |name: &str| Some(self.text(name)).filter(|text| !text.is_empty());
        let feedback = given("feedback");
        let known = asked["options"].as_array().map_or(&[][..], Vec::as_slice);
        if feedback.is_some_and(|one| !known.iter().any(|known| known == one)) {
            return Err("That reason cannot be chosen here.".to_owned());
        }
        Ok(json!({"feedback": feedback, "comment": given("comment")}))
    }
}

pub fn cancel(deed: &mut Deed<'_>) -> Done {
    let (place, subscription) = deed.subscription(CANCEL)?;
    let details = deed.reasons()?;
    let feature = deed.visit.feature(CANCEL);
    if feature["mode"] == "immediately" {
        let id = subscription["id"].as_str().unwrap_or_default();
        let mut form = Vec::new();
        if feature["proration_behavior"] == "create_prorations" {
            form.push(("prorate", "true"));
        }
        for (name, parameter) in [
            ("feedback", "cancellation_details[feedback]"),
            ("comment", "cancellation_details[comment]"),
        ] {
            form.extend(details[name].as_str().map(|text| (parameter, text)));
        }
        deed.call("DELETE /v1/subscriptions/{}", &[id], &form)?;
        return Ok("cancel");
    }
    let now = deed.state.now();
    let event = "customer.subscription.updated";
    deed.state.change(
        Kind::Subscription,
        place,
        event,
        &deed.cause,
        |subscription| {
            subscriptions::cancel_at_end(subscription, true, now);
            // The portal marks the end of flexible subscriptions by `cancel_at` alone.
            if subscription["billing_mode"]["type"] == "flexible" {
                subscription["cancel_at_period_end"] = json!(false);
            }
            subscriptions::note_reason(subscription, &details);
        },
    );
    Ok("cancel")
}

/// The coupon of the flow goes on the subscription, beside what it has; nothing is cancelled.
pub fn accept_offer(deed: &mut Deed<'_>) -> Done {
    let (_, subscription) = deed.subscription(CANCEL)?;
    let flow = deed.visit.flow_details();
    let coupon = flow["retention"]["coupon_offer"]["coupon"].as_str();
    let coupon = coupon.filter(|_| flow["subscription"] == subscription["id"]);
    let coupon = coupon.ok_or("There is no such offer.")?;
    let mut form = kept_discounts(&subscription);
    form.push((format!("discounts[{}][coupon]", form.len()), coupon));
    let form: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    let id = subscription["id"].as_str().unwrap_or_default();
    deed.call(SUBSCRIPTION, &[id], &form)?;
    Ok("offer")
}

/// The discounts that a subscription has, as a request names those that stay.
pub fn kept_discounts(subscription: &Value) -> Vec<(String, &str)> {
    let own = subscription["discounts"].as_array();
    own.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .enumerate()
        .map(|(number, id)| (format!("discounts[{number}][discount]"), id))
        .collect()
}

pub fn keep(deed: &mut Deed<'_>) -> Done {
    let own = deed.own().filter(|_| !deed.visit.is_bound());
    let (_, own) = own.ok_or_else(|| cannot("", None))?;
    let id = own["id"].as_str().unwrap_or_default();
    deed.call(SUBSCRIPTION, &[id], &[("cancel_at_period_end", "false")])?;
    Ok("keep")
}

pub fn pause(deed: &mut Deed<'_>) -> Done {
    let (place, subscription) = deed.subscription(PAUSE)?;
    let resumes = pause_until(deed)?;
    let id = subscription["id"].as_str().unwrap_or_default();
    let call = "POST /v1/subscriptions/{}/pause";
    deed.call(call, &[id], &[("type", "subscription")])?;
    if let Some(resumes) = resumes {
        deed.state.pauses.insert(place, resumes);
        deed.state.plan(Kind::Subscription, place);
    }
    Ok("pause")
}

/// When the pause that was chosen ends; `None` is never.
fn pause_until(deed: &Deed<'_>) -> Result<Option<i64>, String> {
    let duration = &deed.visit.feature(PAUSE)["duration"];
    if duration["type"] == "indefinite" {
        return Ok(None);
    }
    let options = duration["interval_options"].as_array();
    let chosen = deed.text("duration").parse::<usize>().ok();
    let chosen = options.and_then(|options| options.get(chosen?));
    let chosen = chosen.ok_or("Choose how long the pause is to last.")?;
    let interval = chosen["interval"].as_str().unwrap_or("month");
    let count = chosen["interval_count"].as_u64().unwrap_or(1) as u32;
    let now = deed.state.now() as u32;
    Ok(Some(i64::from(after(now, (interval, count), 1))))
}

pub fn resume(deed: &mut Deed<'_>) -> Done {
    let own = deed.own().filter(|(_, own)| may_resume(deed.visit, own));
    let (_, own) = own.ok_or_else(|| cannot("", None))?;
    let id = own["id"].as_str().unwrap_or_default();
    deed.call("POST /v1/subscriptions/{}/resume", &[id], &[])?;
    Ok("resume")
}
