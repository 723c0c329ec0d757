//! How much of Stripe's limits a client uses, and for whom.

/// How much of Stripe's limits one client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// 80 % of the published limits, which the agency's other integrations share.
    Polite,
    /// All of them.
    Full,
    /// All of what a simulator on this computer allows. Stripe itself is asked at `Full` at most.
    Simulated(Limits),
}

impl Pace {
    /// For a simulator that answers as fast as it can.
    pub const UNLIMITED: Self = Self::Simulated(Limits {
        overall: None,
        endpoint: None,
    });
}

/// Requests per second; `None` where there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub overall: Option<u32>,
    pub endpoint: Option<u32>,
}

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A person; goes before everything that nobody waits for.
    Click,
    /// A listing of everything, which should end.
    Filling,
    /// What goes on all the time: 5 requests a second, whatever the limits are.
    Quiet,
}

/// <https://docs.stripe.com/rate-limits>: per account, by mode.
const LIVE_PER_SECOND: u32 = 100;
const TEST_PER_SECOND: u32 = 25;
const ENDPOINT_PER_SECOND: u32 = 25;
const QUIET_PER_SECOND: u32 = 5;

/// Stripe also limits how many calls run at once, and does not say at how many.
const AT_ONCE: usize = 8;
const CLICKS_AT_ONCE: usize = 4;
/// Of a rate, this part is under way at once where all of it is used (Little's law): enough for
/// answers that take a quarter of a second.
const PART_UNDER_WAY: u32 = 4;

/// A limit as it is used: clicks find room that the rest leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    clicks: u32,
    rest: u32,
}

impl Rate {
    fn of(limit: u32, polite: bool) -> Self {
        let limit = limit.max(1);
        if polite {
            Self {
                clicks: (limit * 9 / 10).max(1),
                rest: (limit * 4 / 5).max(1),
            }
        } else {
            Self {
                clicks: limit,
                rest: limit,
            }
        }
    }

    pub fn of_priority(self, priority: Priority) -> u32 {
        match priority {
            Priority::Click => self.clicks,
            Priority::Filling | Priority::Quiet => self.rest,
        }
    }
}

/// What a client keeps to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub overall: Option<Rate>,
    pub endpoint: Option<Rate>,
    pub quiet: Option<u32>,
    lanes: usize,
    endpoint_lanes: usize,
}

impl Bounds {
    pub fn new(livemode: bool, loopback: bool, pace: Pace) -> Self {
        // A simulator stands for a live account, though its keys are test keys.
        let live = livemode || (loopback && pace == Pace::Full);
        let published = Limits {
            overall: Some(if live {
                LIVE_PER_SECOND
            } else {
                TEST_PER_SECOND
            }),
            endpoint: Some(ENDPOINT_PER_SECOND),
        };
        let limits = match pace {
            Pace::Simulated(limits) if loopback => limits,
            _ => published,
        };
        let polite = pace == Pace::Polite;
        let rate = |limit: Option<u32>| limit.map(|limit| Rate::of(limit, polite));
        let under_way = |limit: Option<u32>, least: usize| match limit {
            Some(limit) if !polite => ((limit / PART_UNDER_WAY) as usize).max(least),
            _ => AT_ONCE,
        };
        Self {
            overall: rate(limits.overall),
            endpoint: rate(limits.endpoint),
            quiet: limits.overall.map(|_| QUIET_PER_SECOND),
            lanes: under_way(limits.overall, AT_ONCE),
            endpoint_lanes: match limits.endpoint {
                None => under_way(limits.overall, AT_ONCE),
                some => under_way(some, 1),
            },
        }
    }

    /// How many calls run at once.
    pub fn lanes(&self, priority: Priority) -> usize {
        match priority {
            Priority::Click => CLICKS_AT_ONCE,
            Priority::Filling | Priority::Quiet => self.lanes,
        }
    }

    /// How many readers of one list are of use.
    pub fn endpoint_lanes(&self) -> usize {
        self.endpoint_lanes
    }
}
