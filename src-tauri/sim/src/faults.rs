//! Failures on demand.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Answers with this status; 500, 503 and 429 get Stripe's bodies. The request is not carried out.
    Status(u16),
    /// Answers 429 for this reason. The request is not carried out.
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

/// What a 429 is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitReason {
    GlobalRate,
    GlobalConcurrency,
    EndpointRate,
    EndpointConcurrency,
    ResourceSpecific,
    /// Another request changes the same object; Stripe names no limit then.
    LockTimeout,
}

#[derive(Default)]
pub struct Faults(VecDeque<Planned>);

struct Planned {
    fault: Fault,
    left: u32,
    path_prefix: Option<String>,
}

impl Faults {
    pub fn plan(&mut self, count: u32, fault: Fault, path_prefix: Option<String>) {
        self.0.push_back(Planned {
            fault,
            left: count,
            path_prefix,
        });
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that this request meets, if any; the earliest planned comes first.
    pub fn meet(&mut self, path: &str) -> Option<Fault> {
        self.0.retain(|planned| planned.left > 0);
        let fits = |planned: &&mut Planned| {
            planned
                .path_prefix
                .as_deref()
                .is_none_or(|prefix| path.starts_with(prefix))
        };
        let planned = self.0.iter_mut().find(fits)?;
        planned.left -= 1;
        Some(planned.fault)
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
    }
}
