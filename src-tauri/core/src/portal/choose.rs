//! Which configuration a client's portal has: by hand, by the first rule that holds, or otherwise.

use crate::ids::SegmentId;
use crate::journal::{BillingInterval, PortalRule, PortalRuleConditions};
use chrono::{Months, NaiveDate};

/// The rules in force, or those that somebody thinks of putting in force.
pub(crate) struct Rules<'a> {
    pub rules: &'a [PortalRule],
    /// None: Portico's own.
    pub otherwise: Option<&'a str>,
}

/// What rules can ask of a client.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Standing {
    pub segment: Option<SegmentId>,
    pub by_hand: Option<String>,
    /// Those that are not over, and were once paid for or are on trial.
    pub running: Vec<Running>,
    /// One of them has its end scheduled.
    pub cancelling: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Running {
    pub subscription: String,
    /// By the workspace's calendar.
    pub since: NaiveDate,
    pub plans: Vec<Plan>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    pub price: String,
    pub product: Option<String>,
    pub interval: Option<BillingInterval>,
}

/// What decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Choice<'a> {
    ByHand(&'a str),
    Rule(&'a PortalRule),
    /// No rule holds; none is Portico's own.
    Otherwise(Option<&'a str>),
}

impl<'a> Choice<'a> {
    /// `bpc_…`; none is Portico's own.
    pub fn configuration(self) -> Option<&'a str> {
        match self {
            Self::ByHand(configuration) => Some(configuration),
            Self::Rule(rule) => Some(&rule.configuration),
            Self::Otherwise(configuration) => configuration,
        }
    }

    pub fn because(self) -> String {
        match self {
            Self::ByHand(_) => "Chosen by hand for this client".into(),
            Self::Rule(rule) => format!("By the rule “{}”", rule.name),
            Self::Otherwise(_) => "No rule holds for this client".into(),
        }
    }
}

impl<'a> Rules<'a> {
    pub fn choose(&self, client: &'a Standing, today: NaiveDate) -> Choice<'a>
    where
        Self: 'a,
    {
        choose(self.rules, self.otherwise, client, today)
    }
}

fn choose<'a>(
    rules: &'a [PortalRule],
    otherwise: Option<&'a str>,
    client: &'a Standing,
    today: NaiveDate,
) -> Choice<'a> {
    if let Some(configuration) = &client.by_hand {
        return Choice::ByHand(configuration);
    }
    rules
        .iter()
        .find(|rule| holds(&rule.when, client, today))
        .map_or(Choice::Otherwise(otherwise), Choice::Rule)
}

fn holds(when: &PortalRuleConditions, client: &Standing, today: NaiveDate) -> bool {
    let count = u32::try_from(client.running.len()).unwrap_or(u32::MAX);
    let segment = when.segments.is_empty()
        || client
            .segment
            .as_ref()
            .is_some_and(|segment| when.segments.contains(segment));
    segment
        && when.min_subscriptions.is_none_or(|least| count >= least)
        && when.max_subscriptions.is_none_or(|most| count <= most)
        && (!asks_of_plan(when)
            || client
                .running
                .iter()
                .any(|running| fits(when, running, today)))
}

fn asks_of_plan(when: &PortalRuleConditions) -> bool {
    !when.products.is_empty()
        || !when.prices.is_empty()
        || when.interval.is_some()
        || when.younger_than_months.is_some()
        || when.older_than_months.is_some()
}

/// Whether one subscription is what the rule asks for, in all respects at once.
fn fits(when: &PortalRuleConditions, running: &Running, today: NaiveDate) -> bool {
    let plan = running.plans.iter().any(|plan| {
        (when.prices.is_empty() || when.prices.contains(&plan.price))
            && (when.products.is_empty()
                || plan
                    .product
                    .as_ref()
                    .is_some_and(|product| when.products.contains(product)))
            && (when.interval.is_none() || when.interval == plan.interval)
    });
    let reached =
        |months: u32| months_later(running.since, months).is_some_and(|birthday| today >= birthday);
    plan && when
        .younger_than_months
        .is_none_or(|months| !reached(months))
        && when.older_than_months.is_none_or(reached)
}

/// The same day of a later month, or that month's last where it has no such day.
pub(crate) fn months_later(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(months))
}
