//! Listing: cursors both ways, `created` ranges and filters, newest first.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::population::KEPT;
use crate::registry::{Filter, Kind};
use crate::state::State;

pub struct Page {
    pub places: Vec<u32>,
    pub has_more: bool,
}

/// Parameters of every list; the rest are the kind's own filters.
const COMMON: [&str; 5] = [
    "created",
    "ending_before",
    "expand",
    "limit",
    "starting_after",
];

pub fn page(
    state: &State,
    kind: Kind,
    params: &Map<String, Value>,
    owner: Option<u32>,
) -> Result<Page, ApiError> {
    let store = &state.store;
    let limit = limit(params)?;
    let filters = filters(kind, params)?;
    let owner = owner.map_or_else(|| named_owner(state, params), |place| Ok(Some(place)))?;
    let created = params.get("created");
    let after = cursor(state, kind, params, "ending_before")?;
    let before = cursor(state, kind, params, "starting_after")?;
    let (oldest, newest) = bounds(state, kind, created);
    // Far into a long list, what lies before the cursor must not be walked through again.
    let oldest = after.map_or(oldest, |after| oldest.max(after + 1));
    let newest = before
        .map_or(newest, |before| newest.min(before))
        .max(oldest);
    let fits = |place: &u32| {
        let place = *place;
        (oldest..newest).contains(&place)
            && !store.is_removed(kind, place)
            && state.shows(kind, place)
            && created.is_none_or(|range| in_range(range, store.created(kind, place)))
            && owner.is_none_or(|owner| store.owner(kind, place) == Some(owner))
            && filters
                .iter()
                .all(|(filter, wanted)| holds(state, kind, place, *filter, wanted))
            && (owner.is_some()
                || params.contains_key("test_clock")
                || !on_test_clock(state, kind, place))
            && (kind != Kind::Subscription
                || params.contains_key("status")
                || !is(state, kind, place, "/status", "canceled"))
            && (kind != Kind::Price || shown_price(state, place, params))
    };
    let few = owner.and_then(|owner| store.rows_of(kind, owner));
    let mut places: Vec<u32> = match few.or_else(|| store.rows_with(kind, params)) {
        // The rows that an index tells of, and what requests have made or changed.
        Some(rows) => {
            let candidates: BTreeSet<u32> = rows.into_iter().chain(store.touched(kind)).collect();
            let mut places: Vec<u32> = candidates.into_iter().filter(fits).collect();
            if after.is_none() {
                places.reverse();
            }
            places.truncate(limit + 1);
            places
        }
        None if after.is_some() => (oldest..newest).filter(fits).take(limit + 1).collect(),
        None => (oldest..newest)
            .rev()
            .filter(fits)
            .take(limit + 1)
            .collect(),
    };
    let has_more = places.len() > limit;
    places.truncate(limit);
    if after.is_some() {
        places.reverse();
    }
    Ok(Page { places, has_more })
}

/// Active ones unless asked otherwise, and never one that was made for a single subscription.
fn shown_price(state: &State, place: u32, params: &Map<String, Value>) -> bool {
    let active = || state.store.field(Kind::Price, place, "/active");
    !state.store.is_inline(place)
        && (params.contains_key("active") || active().is_some_and(|active| *active == true))
}

/// Clients on test clocks and their subscriptions are listed only where they are asked for.
fn on_test_clock(state: &State, kind: Kind, place: u32) -> bool {
    matches!(kind, Kind::Customer | Kind::Subscription)
        && state
            .store
            .document(kind, place)
            .is_some_and(|object| !object["test_clock"].is_null())
}

fn limit(params: &Map<String, Value>) -> Result<usize, ApiError> {
    let limit = params.get("limit").and_then(Value::as_i64).unwrap_or(10);
    let message = match limit {
        1..=100 => return Ok(limit as usize),
        101.. => {
            format!("This value must be less than or equal to 100 (it currently is '{limit}').")
        }
        _ => format!("This value must be greater than or equal to 1 (it currently is '{limit}')."),
    };
    Err(ApiError::bad_request(message)
        .code("parameter_invalid_integer")
        .param("limit"))
}

fn cursor(
    state: &State,
    kind: Kind,
    params: &Map<String, Value>,
    name: &str,
) -> Result<Option<u32>, ApiError> {
    let Some(id) = params.get(name).and_then(Value::as_str) else {
        return Ok(None);
    };
    let place = state.store.place(kind, id);
    place
        .filter(|place| state.shows(kind, *place))
        .map(Some)
        .ok_or_else(|| ApiError::no_such(kind.object(), id, name))
}

/// The customer that the list is asked for. One that does not exist is an error, as with Stripe.
fn named_owner(state: &State, params: &Map<String, Value>) -> Result<Option<u32>, ApiError> {
    for name in ["customer", "customer_account"] {
        if let Some(id) = params.get(name).and_then(Value::as_str) {
            // A deleted customer's cancelled subscriptions can still be listed.
            let place = state
                .store
                .customer(id)
                .or_else(|| state.store.place(Kind::Customer, id));
            return place
                .map(Some)
                .ok_or_else(|| ApiError::no_such("customer", id, name));
        }
    }
    Ok(None)
}

/// Only what `expand` or paging do not take; a filter of Stripe's that is missing here is said to be.
fn filters(kind: Kind, params: &Map<String, Value>) -> Result<Vec<(Filter, &Value)>, ApiError> {
    let mut found = Vec::new();
    for (name, wanted) in params
        .iter()
        .filter(|(name, _)| !COMMON.contains(&name.as_str()))
    {
        match kind.filters().iter().find(|(known, _)| known == name) {
            Some((_, Filter::Belongs)) => {}
            Some((_, filter)) => found.push((*filter, wanted)),
            None => {
                return Err(ApiError::lacks(&format!(
                    "the filter {name:?} of {} lists",
                    kind.object()
                )));
            }
        }
    }
    Ok(found)
}

/// The places that can fit a `created` range: they are in order of creation.
fn bounds(state: &State, kind: Kind, created: Option<&Value>) -> (u32, u32) {
    let store = &state.store;
    let end = store.end(kind);
    let first_not_before = |time: i64| {
        let (mut low, mut high) = (0, end);
        while low < high {
            let middle = low + (high - low) / 2;
            if store.created(kind, middle) < time {
                low = middle + 1
            } else {
                high = middle
            }
        }
        low
    };
    let (mut low, mut high) = (0, end);
    // Test clocks make objects of other times, which are not in order then.
    if kind != Kind::Event && store.end(Kind::TestClock) > 0 {
        return (low, high);
    }
    if kind == Kind::Event {
        low = first_not_before(state.now() - i64::from(KEPT));
    }
    match created {
        Some(Value::Object(range)) => {
            for (name, bound) in range
                .iter()
                .filter_map(|(name, bound)| Some((name.as_str(), bound.as_i64()?)))
            {
                match name {
                    "gt" => low = low.max(first_not_before(bound + 1)),
                    "gte" => low = low.max(first_not_before(bound)),
                    "lt" => high = high.min(first_not_before(bound)),
                    _ => high = high.min(first_not_before(bound + 1)),
                }
            }
        }
        Some(exact) => {
            let exact = exact.as_i64().unwrap_or_default();
            low = low.max(first_not_before(exact));
            high = high.min(first_not_before(exact + 1));
        }
        None => {}
    }
    (low, high.max(low))
}

fn in_range(range: &Value, value: i64) -> bool {
    let bound = |name: &str| range.get(name).and_then(Value::as_i64);
    range.as_i64().is_none_or(|exact| value == exact)
        && bound("gt").is_none_or(|bound| value > bound)
        && bound("gte").is_none_or(|bound| value >= bound)
        && bound("lt").is_none_or(|bound| value < bound)
        && bound("lte").is_none_or(|bound| value <= bound)
}

fn is(state: &State, kind: Kind, place: u32, pointer: &str, text: &str) -> bool {
    state
        .store
        .field(kind, place, pointer)
        .is_some_and(|value| *value == text)
}

fn holds(state: &State, kind: Kind, place: u32, filter: Filter, wanted: &Value) -> bool {
    let field = |pointer: &str| state.store.field(kind, place, pointer);
    match filter {
        Filter::Belongs => true,
        Filter::Equals(pointer) => field(pointer).is_some_and(|value| same(&value, wanted)),
        Filter::OneOf(pointer) => field(pointer).is_some_and(|value| {
            wanted
                .as_array()
                .is_some_and(|list| list.iter().any(|one| same(&value, one)))
        }),
        Filter::Range(pointer) => field(pointer)
            .and_then(|value| value.as_i64())
            .is_some_and(|value| in_range(wanted, value)),
        Filter::Members(pointer) => field(pointer).is_some_and(|value| {
            wanted
                .as_object()
                .is_some_and(|members| members.iter().all(|(name, one)| same(&value[name], one)))
        }),
        Filter::IsNull(pointer) => {
            field(pointer).is_none_or(|value| value.is_null()) == (*wanted == true)
        }
        Filter::PaidOutWith => {
            let payout = wanted
                .as_str()
                .and_then(|id| state.store.place(Kind::Payout, id));
            payout.is_some() && payout == state.store.paid_out_with(place)
        }
        Filter::HasPrice => field("/items/data").is_some_and(|items| {
            items
                .as_array()
                .is_some_and(|items| items.iter().any(|item| item["price"]["id"] == *wanted))
        }),
        Filter::MostlyStatus => match wanted.as_str() {
            Some("all") => true,
            Some("ended") => {
                is(state, kind, place, "/status", "canceled")
                    || is(state, kind, place, "/status", "incomplete_expired")
            }
            Some(status) => is(state, kind, place, "/status", status),
            None => false,
        },
        Filter::TypePattern => {
            let Some(pattern) = wanted.as_str() else {
                return false;
            };
            field("/type").is_some_and(|value| {
                value
                    .as_str()
                    .is_some_and(|text| fits_pattern(pattern, text))
            })
        }
    }
}

/// `active=true` arrives as a boolean where the shape says so, as text where it does not.
fn same(value: &Value, wanted: &Value) -> bool {
    value == wanted
        || matches!((value, wanted), (Value::Bool(value), Value::String(text)) if text.parse() == Ok(*value))
}

/// `*` stands for any text.
fn fits_pattern(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|cut| rest.is_char_boundary(*cut))
                .any(|cut| fits_pattern(tail, &rest[cut..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(fits_pattern("customer.*", "customer.subscription.updated"));
        assert!(fits_pattern("*.updated", "customer.updated"));
        assert!(fits_pattern(
            "customer.*.deleted",
            "customer.subscription.deleted"
        ));
        assert!(!fits_pattern("invoice.*", "customer.updated"));
        assert!(!fits_pattern("customer", "customer.updated"));
    }
}
