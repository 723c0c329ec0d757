//! Portal sessions: create, and open from the login page or after one has expired.

use serde_json::{Value, json};

use super::{Edit, portal_flows};
use crate::error::ApiError;
use crate::ids;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::state::State;

const EVENT: &str = "billing_portal.session.created";
const NO_CONFIGURATION: &str = "No configuration provided and your test mode default configuration has not been \
    created. Provide a configuration or create your default by saving your customer portal settings in test mode at \
    https://dashboard.stripe.com/test/settings/billing/portal.";

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "after_expiration",
        "configuration",
        "customer",
        "customer_account",
        "flow_data",
        "locale",
        "return_url",
    ])?;
    let named = edit
        .named(Kind::Customer, "customer")?
        .or(edit.named(Kind::Customer, "customer_account")?);
    let customer = named.ok_or_else(|| ApiError::missing_parameter("customer"))?;
    let configuration = configuration(edit)?;
    let flow = portal_flows::flow(edit, customer, &configuration)?;
    let given = |name: &str| edit.params.get(name).cloned().unwrap_or_default();
    let mut session = session(edit.state, customer, &configuration);
    session["flow"] = flow;
    session["locale"] = given("locale");
    if let url @ Value::String(_) = given("return_url") {
        session["return_url"] = url;
    }
    if let Some(recovery) = edit
        .params
        .get("after_expiration")
        .filter(|given| given.is_object())
    {
        let until = recovery
            .pointer("/customer_login/expires_at")
            .cloned()
            .unwrap_or_default();
        if until
            .as_i64()
            .is_some_and(|until| until <= edit.state.now())
        {
            let at = "after_expiration[customer_login][expires_at]";
            return Err(ApiError::bad_request("`expires_at` must be in the future.").param(at));
        }
        session["after_expiration"] =
            json!({"customer_login": {"expires_at": until}, "type": "customer_login"});
    }
    Ok(edit
        .state
        .add(Kind::PortalSession, session, EVENT, &edit.cause))
}

/// A plain session, as the login page opens it.
pub fn open(state: &mut State, customer: u32, configuration: u32, cause: &Cause) -> Value {
    let configuration = state.store.value(Kind::PortalConfiguration, configuration);
    let session = session(state, customer, &configuration);
    state.add(Kind::PortalSession, session, EVENT, cause)
}

/// The replacement of an expired session. Stripe promises the original's configuration, of its flow it
/// says nothing: the replacement has none.
pub fn reopen(state: &mut State, expired: &Value, cause: &Cause) -> Option<Value> {
    let find = |kind: Kind, name: &str| state.store.find(kind, expired[name].as_str()?);
    let customer = find(Kind::Customer, "customer")?;
    let configuration = find(Kind::PortalConfiguration, "configuration")?;
    let configuration = state.store.value(Kind::PortalConfiguration, configuration);
    let mut session = session(state, customer, &configuration);
    for name in ["locale", "return_url"] {
        session[name] = expired[name].clone();
    }
    Some(state.add(Kind::PortalSession, session, EVENT, cause))
}

fn session(state: &State, customer: u32, configuration: &Value) -> Value {
    let owner = state.store.value(Kind::Customer, customer);
    let secret = state.id_of(ids::PORTAL_SECRET, state.store.end(Kind::PortalSession));
    json!({
        "id": state.store.next_id(Kind::PortalSession),
        "object": "billing_portal.session",
        "configuration": configuration["id"],
        // A session lives in real time, its client's test clock or not.
        "created": state.clock.now().timestamp(),
        "customer": owner["id"],
        "customer_account": owner["customer_account"],
        "flow": null,
        "livemode": false,
        "locale": null,
        "on_behalf_of": null,
        "return_url": configuration["default_return_url"],
        "url": format!("{}/p/session/{secret}", state.pages)
    })
}

/// The one that was named, or the default one.
fn configuration(edit: &Edit<'_>) -> Result<Value, ApiError> {
    let store = &edit.state.store;
    if let Some(place) = edit.named(Kind::PortalConfiguration, "configuration")? {
        let configuration = store.value(Kind::PortalConfiguration, place);
        return if configuration["active"] == true {
            Ok(configuration)
        } else {
            Err(
                ApiError::bad_request("The portal configuration is inactive and cannot be used.")
                    .param("configuration"),
            )
        };
    }
    let mut all = store
        .added(Kind::PortalConfiguration)
        .map(|place| store.value(Kind::PortalConfiguration, place));
    all.find(|configuration| configuration["is_default"] == true)
        .ok_or_else(|| ApiError::bad_request(NO_CONFIGURATION))
}
