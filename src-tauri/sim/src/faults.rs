//! Failures on demand: a number of them, or an outage that lasts until it is ended.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::random::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Answers with this status; 500, 503 and 429 get Stripe's bodies. The request is not carried out.
    Status(u16),
    /// Answers 429 for this reason.
    Limited(LimitReason),
    /// Accepts the request and never answers it.
    Hang,
    /// Carries the request out and breaks the connection in the middle of the answer's body.
    Cut,
    /// Breaks the connection without carrying the request out.
    Drop,
    /// Carries the request out and breaks the connection before the answer.
    LoseAnswer,
    /// Answers 200 with a web page, as a captive portal does.
    Html,
}

/// Why a 429 was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitReason {
    GlobalRate,
    GlobalConcurrency,
    EndpointRate,
    EndpointConcurrency,
    ResourceSpecific,
    /// Another request holds the object: no `Stripe-Rate-Limited-Reason` is sent.
    LockTimeout,
}

impl LimitReason {
    /// The value of `Stripe-Rate-Limited-Reason`.
    pub(crate) fn header(self) -> Option<&'static str> {
        Some(match self {
            LimitReason::GlobalRate => "global-rate",
            LimitReason::GlobalConcurrency => "global-concurrency",
            LimitReason::EndpointRate => "endpoint-rate",
            LimitReason::EndpointConcurrency => "endpoint-concurrency",
            LimitReason::ResourceSpecific => "resource-specific",
            LimitReason::LockTimeout => return None,
        })
    }
}

#[derive(Default)]
pub struct Faults {
    planned: VecDeque<Planned>,
    standing: Vec<Standing>,
    seed: u64,
    /// Requests that a standing fault could have met, for the draws.
    asked: u32,
    counts: BTreeMap<String, u64>,
}

struct Planned {
    fault: Fault,
    left: u32,
    path_prefix: Option<String>,
}

/// An outage, or a share of requests that fail.
struct Standing {
    fault: Fault,
    /// Of a million.
    chance: u32,
    path_prefix: Option<String>,
}

const ALWAYS: u32 = 1_000_000;

fn fits(path_prefix: Option<&str>, path: &str) -> bool {
    path_prefix.is_none_or(|prefix| path.starts_with(prefix))
}

impl Faults {
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    pub fn plan(&mut self, count: u32, fault: Fault, path_prefix: Option<String>) {
        self.planned.push_back(Planned {
            fault,
            left: count,
            path_prefix,
        });
    }

    /// From now on until `end`, this share of the requests there meets the fault.
    pub fn stand(&mut self, fault: Fault, probability: f64, path_prefix: Option<String>) {
        let chance = (probability.clamp(0.0, 1.0) * f64::from(ALWAYS)).round() as u32;
        self.standing.push(Standing {
            fault,
            chance,
            path_prefix,
        });
    }

    pub fn end(&mut self) {
        self.standing.clear();
    }

    pub fn clear(&mut self) {
        self.planned.clear();
        self.end();
    }

    /// How often each fault was met, by its name.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.counts.clone()
    }

    /// The fault that this request meets, if any; the earliest planned comes first.
    pub fn meet(&mut self, path: &str) -> Option<Fault> {
        self.planned.retain(|planned| planned.left > 0);
        let planned = self
            .planned
            .iter_mut()
            .find(|planned| fits(planned.path_prefix.as_deref(), path));
        let fault = match planned {
            Some(planned) => {
                planned.left -= 1;
                Some(planned.fault)
            }
            None => self.draw(path),
        };
        if let Some(fault) = fault {
            *self.counts.entry(name(fault)).or_default() += 1;
        }
        fault
    }

    fn draw(&mut self, path: &str) -> Option<Fault> {
        let mut standing = self
            .standing
            .iter()
            .filter(|standing| fits(standing.path_prefix.as_deref(), path))
            .peekable();
        standing.peek()?;
        self.asked = self.asked.wrapping_add(1);
        let mut dice = Dice::new(self.seed, "faults", self.asked);
        standing
            .find(|standing| dice.below(ALWAYS) < standing.chance)
            .map(|standing| standing.fault)
    }
}

fn name(fault: Fault) -> String {
    match fault {
        Fault::Status(status) => format!("status {status}"),
        Fault::Limited(reason) => {
            format!("429 {}", reason.header().unwrap_or("lock_timeout"))
        }
        Fault::Hang => "hang".to_owned(),
        Fault::Cut => "cut".to_owned(),
        Fault::Drop => "drop".to_owned(),
        Fault::LoseAnswer => "lose_answer".to_owned(),
        Fault::Html => "html".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_met_as_often_as_planned_and_only_where_planned() {
        let mut faults = Faults::default();
        faults.plan(2, Fault::Hang, Some("/v1/invoices".to_owned()));
        faults.plan(1, Fault::Drop, None);
        assert_eq!(faults.meet("/v1/customers"), Some(Fault::Drop));
        assert_eq!(faults.meet("/v1/customers"), None);
        assert_eq!(faults.meet("/v1/invoices/in_1"), Some(Fault::Hang));
        assert_eq!(faults.meet("/v1/invoices"), Some(Fault::Hang));
        assert_eq!(faults.meet("/v1/invoices"), None);
        assert_eq!(faults.counts()["hang"], 2);
    }

    #[test]
    fn an_outage_lasts_until_it_ends_and_a_share_is_drawn_from_the_seed() {
        let mut faults = Faults::new(7);
        faults.stand(Fault::Status(503), 1.0, Some("/v1/events".to_owned()));
        assert!((0..50).all(|_| faults.meet("/v1/events") == Some(Fault::Status(503))));
        assert_eq!(faults.meet("/v1/customers"), None);
        faults.end();
        assert_eq!(faults.meet("/v1/events"), None);
        let share = |seed| {
            let mut faults = Faults::new(seed);
            faults.stand(Fault::Cut, 0.4, None);
            let met: Vec<bool> = (0..1_000).map(|_| faults.meet("/").is_some()).collect();
            met
        };
        assert_eq!(share(7), share(7));
        assert_ne!(share(7), share(8));
        let met = share(7).into_iter().filter(|met| *met).count();
        assert!((350..450).contains(&met), "{met}");
    }
}
