//! How often each transition and each fault occurred in the histories of a run.

use std::collections::BTreeMap;
use std::fmt;
use stripe_sim::Sim;

/// What the course itself does, besides the simulator's transitions and faults.
pub const STEPS: [&str; 25] = [
    "5 % of answers fail",
    "40 % of answers fail",
    "100 % of answers fail",
    "filling stopped half-way",
    "poll cut off",
    "comparison cut off",
    "opened again",
    "portico.db deleted",
    "computer's clock set ahead",
    "computer's clock set back",
    "hours pass",
    "days pass",
    "more than 30 days pass",
    "permission lost",
    "permission to read events lost",
    "permissions regained",
    "read again after a permission came back",
    "payment methods read",
    "gap",
    "parked",
    "poll failed",
    "filling failed",
    "nightly comparison",
    "full comparison",
    "something noted in the journal",
];

/// The faults of the simulator that the courses order, as it counts them.
const FAULTS: [&str; 12] = [
    "status 429",
    "status 500",
    "status 503",
    "429 global-rate",
    "429 global-concurrency",
    "429 endpoint-rate",
    "429 endpoint-concurrency",
    "429 lock_timeout",
    "cut",
    "drop",
    "lose_answer",
    "html",
];

const DISORDERS: [&str; 3] = ["event late", "event twice", "event before its elder"];

#[derive(Default)]
pub struct Report {
    counts: BTreeMap<String, u64>,
    transitions: Vec<&'static str>,
}

impl Report {
    pub fn note(&mut self, what: &str) {
        *self.counts.entry(what.to_owned()).or_default() += 1;
    }

    /// What the simulator counted.
    pub fn close(&mut self, sim: &Sim) {
        let control = sim.control();
        self.transitions = control.transitions();
        let told = control.disorder_counts();
        let told = [told.delayed, told.duplicated, told.reordered];
        let told = DISORDERS.map(str::to_owned).into_iter().zip(told);
        let told = told.map(|(name, count)| (name, u64::from(count)));
        for (name, count) in control.fault_counts().into_iter().chain(told) {
            *self.counts.entry(name).or_default() += count;
        }
    }

    pub fn add(&mut self, other: Self) {
        for (name, count) in other.counts {
            *self.counts.entry(name).or_default() += count;
        }
        self.transitions = other.transitions;
    }

    fn count(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or(0)
    }

    fn expected(&self) -> impl Iterator<Item = &str> {
        let named = self.transitions.iter().chain(&STEPS);
        named.chain(&FAULTS).chain(&DISORDERS).copied()
    }

    /// What ought to have occurred and did not.
    pub fn missing(&self) -> Vec<String> {
        self.expected()
            .filter(|name| self.count(name) == 0)
            .map(str::to_owned)
            .collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in self.expected() {
            writeln!(f, "{:>8}  {name}", self.count(name))?;
        }
        Ok(())
    }
}
