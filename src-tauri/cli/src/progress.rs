//! How far the reading from Stripe has come, on standard error.

use portico_core::sync::{ResourceState, SyncStatus};
use std::collections::HashSet;
use std::io::{self, IsTerminal, Write};

/// In a terminal one line that is drawn over; in a file or pipe one line per resource that ended.
pub struct Progress {
    drawn_over: bool,
    /// What was not through yet when it was last looked at; at the start the state may still be
    /// that of an earlier reading.
    going: HashSet<String>,
}

impl Progress {
    pub fn new() -> Self {
        Self {
            drawn_over: io::stderr().is_terminal(),
            going: HashSet::new(),
        }
    }

    pub fn show(&mut self, status: &SyncStatus) {
        let mut stderr = io::stderr().lock();
        // Progress is a comfort: where it cannot be written the reading goes on.
        let _ = if self.drawn_over {
            write!(stderr, "\r\x1b[2K{}", one_line(status)).and_then(|()| stderr.flush())
        } else {
            self.ended_since(status)
                .iter()
                .try_for_each(|line| writeln!(stderr, "{line}"))
        };
    }

    /// Leaves the drawn-over line, so that the result begins on its own.
    pub fn finish(&self) {
        if self.drawn_over {
            let _ = writeln!(io::stderr());
        }
    }

    fn ended_since(&mut self, status: &SyncStatus) -> Vec<String> {
        let mut lines = Vec::new();
        for resource in &status.resources {
            let how = match resource.state {
                ResourceState::Waiting | ResourceState::Reading => {
                    self.going.insert(resource.name.clone());
                    continue;
                }
                ResourceState::Done => format!("{} read", resource.rows),
                ResourceState::NotPermitted => "the key may not read them".to_owned(),
                ResourceState::Failed => "failed".to_owned(),
            };
            if self.going.remove(&resource.name) {
                lines.push(format!("{}: {how}", resource.label));
            }
        }
        lines
    }
}

fn one_line(status: &SyncStatus) -> String {
    let counts: Vec<_> = status
        .resources
        .iter()
        .filter(|resource| resource.state != ResourceState::Waiting)
        .map(|resource| format!("{} {}", resource.rows, resource.label.to_lowercase()))
        .collect();
    counts.join(", ")
}
