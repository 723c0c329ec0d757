//! Which step an object takes next, and when.

use serde_json::Value;

use super::agenda::Turn;
use crate::population::DAY;
use crate::population::Population;
use crate::population::rows::{InvoiceStatus, NONE, Scenario};
use crate::registry::Kind;
use crate::state::State;

const HOUR: i64 = 3_600;
/// How long before its end a trial is warned of.
const TRIAL_WARNING: i64 = 3 * DAY as i64;
/// How long before its last phase's end a schedule is warned of.
const SCHEDULE_WARNING: i64 = 7 * DAY as i64;
/// A first invoice is to be paid within this.
const FIRST_PAYMENT: i64 = 23 * HOUR;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Expire,
    ResumeCollection,
    Resume,
    Cancel,
    EndDiscount,
    WarnOfTrial,
    Renew,
    Finalize,
    Attempt,
    Overdue,
    WarnOfSchedule,
    NextPhase,
    EndSession,
}

fn time(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

/// The next step after `after`. A warning whose time has passed is not given any more; any other step is
/// taken late.
pub fn next(state: &State, turn: Turn, after: i64) -> Option<(i64, Step)> {
    let (kind, place) = turn.object();
    if state.store.is_removed(kind, place) {
        return None;
    }
    let object = state.store.value(kind, place);
    match turn {
        Turn::Subscription(_) => {
            let resumes = state.pauses.get(&place).copied();
            subscription(state, &object, resumes, after)
        }
        Turn::Invoice(_) => invoice(&object, after),
        Turn::Schedule(_) => schedule(&object, after),
        Turn::Session(_) => {
            let open = object["status"] == "open";
            let at = time(&object, "/expires_at").filter(|_| open)?;
            Some((at, Step::EndSession))
        }
    }
}

fn subscription(
    state: &State,
    object: &Value,
    resumes: Option<i64>,
    after: i64,
) -> Option<(i64, Step)> {
    let created = time(object, "/created")?;
    let lives = match object["status"].as_str()? {
        "canceled" | "incomplete_expired" => return None,
        "incomplete" => return Some((created + FIRST_PAYMENT, Step::Expire)),
        // A paused one stands still, but for its end and for going on.
        "paused" => false,
        _ => true,
    };
    let ends = object["items"]["data"].as_array().into_iter().flatten();
    let period_end = ends
        .filter_map(|item| time(item, "/current_period_end"))
        .min()
        .filter(|_| lives);
    let warning = time(object, "/trial_end")
        .filter(|_| object["status"] == "trialing")
        .map(|end| end - TRIAL_WARNING)
        .filter(|at| *at > after);
    let discounts = object["discounts"].as_array().into_iter().flatten();
    let discount_end = discounts
        .filter_map(|id| time(&state.store.get(Kind::Discount, id.as_str()?)?, "/end"))
        .min();
    // Of steps at the same time the first is taken.
    let steps = [
        (time(object, "/cancel_at"), Step::Cancel),
        (resumes.filter(|_| !lives), Step::Resume),
        (
            time(object, "/pause_collection/resumes_at"),
            Step::ResumeCollection,
        ),
        (discount_end, Step::EndDiscount),
        (warning, Step::WarnOfTrial),
        (period_end, Step::Renew),
    ];
    let steps = steps.into_iter().filter_map(|(at, step)| Some((at?, step)));
    steps.min_by_key(|(at, _)| *at)
}

fn invoice(object: &Value, after: i64) -> Option<(i64, Step)> {
    let automatic = object["auto_advance"] == true;
    match object["status"].as_str()? {
        "draft" if automatic => {
            Some((time(object, "/automatically_finalizes_at")?, Step::Finalize))
        }
        "open" if object["collection_method"] == "send_invoice" => {
            let due = time(object, "/due_date").filter(|at| *at > after)?;
            Some((due, Step::Overdue))
        }
        "open" if automatic => Some((time(object, "/next_payment_attempt")?, Step::Attempt)),
        _ => None,
    }
}

fn schedule(object: &Value, after: i64) -> Option<(i64, Step)> {
    let phases = object["phases"].as_array()?;
    match object["status"].as_str()? {
        "not_started" => Some((time(phases.first()?, "/start_date")?, Step::NextPhase)),
        "active" => {
            let end = time(object, "/current_phase/end_date")?;
            let last = phases
                .iter()
                .filter_map(|phase| time(phase, "/end_date"))
                .max()
                == Some(end);
            let warning = end - SCHEDULE_WARNING;
            Some(if last && warning > after {
                (warning, Step::WarnOfSchedule)
            } else {
                (end, Step::NextPhase)
            })
        }
        _ => None,
    }
}

/// When to look at a row for the first time, without rendering it: at its next step or before that.
pub fn row(population: &Population, turn: Turn, after: i64) -> Option<i64> {
    match turn {
        Turn::Subscription(place) => {
            let row = population.subscriptions.get(place as usize)?;
            let (period_end, trial_end) = (i64::from(row.period_end), i64::from(row.trial_end));
            let coupon_ends = crate::objects::discount::end(population, place).map(i64::from);
            match row.scenario {
                Scenario::Canceled | Scenario::IncompleteExpired => None,
                Scenario::PausedAfterTrial | Scenario::PausedOnRequest => None,
                Scenario::Incomplete => Some(i64::from(row.created) + FIRST_PAYMENT),
                Scenario::Trialing if trial_end - TRIAL_WARNING > after => {
                    Some(trial_end - TRIAL_WARNING)
                }
                _ => Some(
                    coupon_ends
                        .map_or(period_end, |end| end.min(period_end))
                        .max(after),
                ),
            }
        }
        Turn::Invoice(place) => {
            let row = population.invoices.get(place as usize)?;
            if row.status != InvoiceStatus::Open {
                return None;
            }
            let due = i64::from(row.due);
            if due > 0 {
                return (due > after).then_some(due);
            }
            let retried = row.subscription != NONE && (1..4).contains(&row.attempts);
            retried.then(|| i64::from(population.now + 3 * DAY))
        }
        Turn::Schedule(place) => {
            let row = population.schedules.get(place as usize)?;
            let active = row.state == crate::population::engagements::ScheduleState::Active;
            active.then_some(after)
        }
        Turn::Session(place) => {
            let row = population.sessions.get(place as usize)?;
            let open = row.state == crate::population::engagements::SessionState::Open;
            open.then_some(after)
        }
    }
}
