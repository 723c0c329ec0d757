//! What else clients have with the agency: tax ids, planned changes of plan, checkout sessions.

use super::catalogue::{self, PLANS};
use super::generate::{DAY, HOUR};
use super::people;
use super::rows::{Customer, NO_PLAN, NONE, Scenario, Subscription};
use crate::random::Dice;

#[derive(Clone, Copy)]
pub struct TaxId {
    pub created: u32,
    pub customer: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScheduleState {
    Active,
    Released,
    Canceled,
}

/// A subscription's way from one plan to the next.
#[derive(Clone, Copy)]
pub struct Schedule {
    pub created: u32,
    pub subscription: u32,
    /// The plan that it goes on with.
    pub next_plan: u8,
    pub state: ScheduleState,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionState {
    Complete,
    Open,
    Expired,
}

/// A checkout session for a subscription: the one it came from, or one for a second that came to nothing.
#[derive(Clone, Copy)]
pub struct Session {
    pub created: u32,
    pub subscription: u32,
    pub state: SessionState,
}

/// Countries whose companies have a number that Stripe takes, with its type.
const TAX_ID_TYPES: [(&str, &str); 10] = [
    ("DE", "eu_vat"),
    ("FR", "eu_vat"),
    ("PL", "eu_vat"),
    ("SE", "eu_vat"),
    ("DK", "eu_vat"),
    ("ES", "eu_vat"),
    ("CZ", "eu_vat"),
    ("GB", "gb_vat"),
    ("CH", "ch_vat"),
    ("US", "us_ein"),
];

/// Type and value of a company's number.
pub fn tax_number(seed: u64, customer: u32) -> Option<(&'static str, String)> {
    let country = people::country(seed, customer).code;
    let (_, type_) = TAX_ID_TYPES.iter().find(|(code, _)| *code == country)?;
    let mut dice = Dice::new(seed, "tax number", customer);
    let mut digits = |count: u32| {
        format!(
            "{:0width$}",
            dice.below(10_u32.pow(count)),
            width = count as usize
        )
    };
    let value = match (*type_, country) {
        ("eu_vat", "SE") => format!("SE{}{}01", digits(5), digits(5)),
        ("eu_vat", "PL") => format!("PL{}{}", digits(5), digits(5)),
        ("eu_vat", "FR") => format!("FR{}{}", digits(5), digits(6)),
        ("eu_vat", "DK" | "CZ") => format!("{country}{}", digits(8)),
        ("eu_vat", "ES") => format!("ESB{}", digits(8)),
        ("eu_vat", _) => format!("{country}{}", digits(9)),
        ("gb_vat", _) => format!("GB{}", digits(9)),
        ("ch_vat", _) => format!("CHE-{}.{}.{} MWST", digits(3), digits(3), digits(3)),
        _ => format!("{}-{}", digits(2), digits(7)),
    };
    Some((type_, value))
}

/// In order of creation, which is that of the customers.
pub fn tax_ids(seed: u64, customers: &[Customer]) -> Vec<TaxId> {
    let with_number = (0_u32..).zip(customers).filter(|(place, row)| {
        !row.deleted
            && people::is_company(seed, *place)
            && Dice::new(seed, "has tax id", *place).percent(70)
            && tax_number(seed, *place).is_some()
    });
    let tax_ids = with_number.map(|(place, row)| TaxId {
        created: row.created,
        customer: place,
    });
    tax_ids.collect()
}

/// Every 30th subscription on a plan with a dearer sister has a change planned or had one.
pub fn schedules(seed: u64, subscriptions: &[Subscription], now: u32) -> Vec<Schedule> {
    let mut schedules = Vec::new();
    for (place, row) in (0_u32..).zip(subscriptions) {
        let next_plan = match row.plan {
            catalogue::CARE_S_YEARLY => catalogue::CARE_L_YEARLY,
            catalogue::CARE_S => catalogue::CARE_L,
            catalogue::RETAINER_QUARTERLY => catalogue::RETAINER,
            _ => continue,
        };
        let mut dice = Dice::new(seed, "schedule", place);
        let age = now - row.created;
        if row.addon != NO_PLAN || age < DAY || place % 10 != 3 {
            continue;
        }
        let state = match row.scenario {
            Scenario::Active if schedules.len() % 3 != 2 => ScheduleState::Active,
            Scenario::Active => ScheduleState::Released,
            Scenario::Canceled => ScheduleState::Canceled,
            _ => continue,
        };
        // A plan is changed at the end of the period in which that was decided.
        let from = row.period_start.max(row.created);
        let to = if row.stopped > 0 { row.stopped } else { now };
        schedules.push(Schedule {
            created: from + dice.below(to.saturating_sub(from).max(1)),
            subscription: place,
            next_plan,
            state,
        });
    }
    schedules.sort_by_key(|row| (row.created, row.subscription));
    schedules
}

/// Every sixth subscription was bought in a checkout; some that were begun lately are open or ran out.
pub fn sessions(seed: u64, subscriptions: &[Subscription], now: u32) -> Vec<Session> {
    let mut sessions = Vec::new();
    for (place, row) in (0_u32..).zip(subscriptions) {
        let mut dice = Dice::new(seed, "session", place);
        let every_day = PLANS[row.plan as usize].is_metered();
        if place % 6 == 1 && !every_day {
            sessions.push(Session {
                created: row.created - dice.between(60, HOUR),
                subscription: place,
                state: SessionState::Complete,
            });
        } else if place % 24 == 2 {
            let age = dice.between(HOUR, 40 * DAY).min(now - row.created);
            sessions.push(Session {
                created: now - age,
                subscription: place,
                state: if age < DAY {
                    SessionState::Open
                } else {
                    SessionState::Expired
                },
            });
        } else if place % 60 == 5 {
            sessions.push(Session {
                created: now - dice.between(60, 12 * HOUR).min(now - row.created),
                subscription: place,
                state: SessionState::Open,
            });
        }
    }
    sessions.sort_by_key(|row| (row.created, row.subscription));
    debug_assert!(sessions.iter().all(|row| row.subscription != NONE));
    sessions
}
