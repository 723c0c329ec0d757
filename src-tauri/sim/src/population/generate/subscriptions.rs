//! Subscriptions: who has which plan, since when, and in which state.

use super::{DAY, HOUR, after};
use crate::population::catalogue::{self, PLANS};
use crate::population::rows::{
    Customer, NO_COUPON, NO_PLAN, NONE, PaymentMethod, Scenario, Subscription,
};
use crate::random::Dice;

/// Most customers have one subscription, some none, a few several; `target` together.
fn subscription_counts(seed: u64, customers: usize, target: u32) -> Vec<u32> {
    let mut counts: Vec<u32> = (0..customers as u32)
        .map(
            |place| match Dice::new(seed, "subscriptions", place).below(100) {
                0..=11 => 0,
                12..=76 => 1,
                77..=92 => 2,
                93..=97 => 3,
                _ => 5,
            },
        )
        .collect();
    let mut excess = i64::from(counts.iter().sum::<u32>()) - i64::from(target);
    for count in &mut counts {
        if excess > 0 && *count > 1 {
            *count -= 1;
            excess -= 1;
        } else if excess < 0 && *count == 1 {
            *count += 1;
            excess += 1;
        }
    }
    counts
}

pub fn subscriptions(
    seed: u64,
    customers: &mut [Customer],
    methods: &[PaymentMethod],
    count: u32,
    now: u32,
) -> Vec<Subscription> {
    let mut second_method = vec![false; customers.len()];
    for (place, method) in methods.iter().enumerate() {
        let customer = method.customer as usize;
        second_method[customer] |= customers[customer].default_method != place as u32;
    }
    let target = count + count / 5;
    let counts = subscription_counts(seed, customers.len(), target);
    let mut subscriptions = Vec::with_capacity(target as usize);
    let mut deleted = 0;
    for (place, many) in counts.into_iter().enumerate() {
        let mut all_ended = true;
        for _ in 0..many {
            let ordinal = subscriptions.len() as u32;
            let mut row = subscription(seed, ordinal, place as u32, &customers[place], now);
            row.own_method = second_method[place] && row.scenario == Scenario::Active;
            all_ended &= row.scenario.ended();
            customers[place].delinquent |=
                matches!(row.scenario, Scenario::PastDue | Scenario::Unpaid);
            subscriptions.push(row);
        }
        // Deleting a customer cancels what it had, so only such a customer can be gone.
        if all_ended && place % 5 == 4 && deleted < count / 100 {
            customers[place].deleted = true;
            deleted += 1;
        }
    }
    subscriptions.sort_by_key(|row: &Subscription| row.created);
    subscriptions
}

fn subscription(
    seed: u64,
    ordinal: u32,
    place: u32,
    customer: &Customer,
    now: u32,
) -> Subscription {
    let mut dice = Dice::new(seed, "subscription", ordinal);
    let scenario = Scenario::of(ordinal);
    let plan = plan(&mut dice, scenario);
    let age = now - customer.created;
    let start_after =
        |dice: &mut Dice, limit: u32| customer.created + dice.below(limit.min(age - HOUR));
    let start_before =
        |dice: &mut Dice, low: u32, high: u32| now - dice.between(low.min(age), high.min(age));
    let created = match scenario {
        Scenario::Trialing => start_before(&mut dice, HOUR, 12 * DAY),
        Scenario::Incomplete => start_before(&mut dice, HOUR, 22 * HOUR),
        Scenario::IncompleteExpired => start_before(&mut dice, DAY, 40 * DAY),
        Scenario::PausedAfterTrial => start_before(&mut dice, 15 * DAY, 60 * DAY),
        _ => start_after(&mut dice, 30 * DAY),
    };
    let every = PLANS[plan as usize].every.unwrap_or(("month", 1));
    let ran = now - created;
    let stopped = match scenario {
        Scenario::Canceled | Scenario::PausedOnRequest => created + dice.below(ran.max(1)),
        Scenario::IncompleteExpired => created + (23 * HOUR).min(ran),
        Scenario::CancelAt | Scenario::CancelAtPeriodEnd => now - dice.below((20 * DAY).min(ran)),
        Scenario::PausedAfterTrial => created + (14 * DAY).min(ran),
        _ => 0,
    };
    let trial_end = match scenario {
        Scenario::Trialing => created + 14 * DAY,
        Scenario::PausedAfterTrial => stopped,
        _ => 0,
    };
    // A trial is a period of its own; afterwards periods count from the start.
    let (period_start, period_end) = if trial_end > 0 {
        (created, trial_end)
    } else {
        let until = if stopped > 0
            && !matches!(scenario, Scenario::CancelAt | Scenario::CancelAtPeriodEnd)
        {
            stopped
        } else {
            now
        };
        let mut cycle = 0;
        while after(created, every, cycle + 1) <= until {
            cycle += 1;
        }
        (
            after(created, every, cycle),
            after(created, every, cycle + 1),
        )
    };
    let addon = match PLANS[plan as usize].every {
        Some(("month", 1)) if dice.percent(18) => dice.pick(&[
            catalogue::HOSTING_TIERED,
            catalogue::TRAFFIC,
            catalogue::DOMAIN,
            catalogue::SEATS,
        ]),
        _ => NO_PLAN,
    };
    Subscription {
        created,
        customer: place,
        period_start,
        period_end,
        stopped,
        trial_end,
        latest_invoice: NONE,
        quantity: quantity(&mut dice, plan),
        plan,
        addon: if addon == plan { NO_PLAN } else { addon },
        coupon: coupon(&mut dice, customer.currency),
        scenario,
        own_method: false,
    }
}

fn plan(dice: &mut Dice, scenario: Scenario) -> u8 {
    use catalogue as c;
    // Stripe's retries last weeks, so what fails now was billed this month.
    if matches!(scenario, Scenario::PastDue | Scenario::Unpaid) {
        return dice.pick(&[c::CARE_S, c::CARE_L, c::SEATS, c::HOSTING_TIERED]);
    }
    match dice.below(200) {
        0..=59 => c::CARE_S_YEARLY,
        60..=91 => c::CARE_L_YEARLY,
        92..=111 => c::SEATS_YEARLY,
        112..=119 => c::DOMAIN,
        120..=139 => c::RETAINER_QUARTERLY,
        140..=153 => c::CARE_S,
        154..=163 => c::CARE_L,
        164..=171 => c::RETAINER,
        172..=179 => c::SEATS,
        180..=185 => c::HOSTING_TIERED,
        186..=191 => c::NEWSLETTER_TIERED,
        192..=195 => c::TRAFFIC,
        196..=198 => c::CARE_S_OLD,
        _ => c::CARE_WEEKLY,
    }
}

fn quantity(dice: &mut Dice, plan: u8) -> u32 {
    match plan {
        catalogue::SEATS | catalogue::SEATS_YEARLY => dice.between(2, 40),
        catalogue::HOSTING_TIERED => dice.between(1, 32),
        catalogue::NEWSLETTER_TIERED => dice.between(3, 150) * 100,
        _ => 1,
    }
}

fn coupon(dice: &mut Dice, currency: u8) -> u8 {
    if !dice.percent(9) {
        return NO_COUPON;
    }
    // Coupons of a fixed amount are in euro.
    let choices: &[u8] = if currency == 0 {
        &[0, 1, 2, 3, 4]
    } else {
        &[0, 1, 2, 4]
    };
    dice.pick(choices)
}
