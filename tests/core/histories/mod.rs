//! Random histories of an agency, with everything that goes wrong on the way: they all end in a
//! mirror equal to what Stripe lists. `PORTICO_SEED` runs one again, `PORTICO_HISTORIES` more.

mod course;
mod mishaps;
mod report;
mod truth;

use course::Course;
use futures_util::{StreamExt, stream};
use report::Report;
use std::process::Command;

/// What a test that plants a bug looks for: nothing else may have failed.
const DIFFERS: &str = "the mirror is not what Stripe lists";

fn number(name: &str) -> Option<u64> {
    Some(std::env::var(name).ok()?.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(
    clippy::print_stdout,
    reason = "the report is for whoever runs the soak"
)]
async fn every_history_ends_in_a_mirror_equal_to_stripe() {
    let one = number("PORTICO_SEED");
    let seeds: Vec<u64> = match one {
        Some(seed) => vec![seed],
        None => (1..=number("PORTICO_HISTORIES").unwrap_or(100)).collect(),
    };
    let (mut report, mut failed) = (Report::default(), Vec::new());
    let mut ended = stream::iter(seeds.iter().copied())
        .map(async |seed| (seed, tokio::spawn(Course::run(seed)).await))
        .buffer_unordered(4);
    while let Some((seed, course)) = ended.next().await {
        match course {
            Ok(occurred) => report.add(occurred),
            Err(_) => failed.push(seed),
        }
    }
    println!("{} histories\n{report}", seeds.len());
    assert!(
        failed.is_empty(),
        "rerun a failed history with PORTICO_SEED=…: {failed:?}"
    );
    if seeds.len() >= 100 {
        assert_eq!(report.missing(), Vec::<String>::new(), "never occurred");
    }
}

/// The same histories find a bug that is really there.
#[tokio::test]
async fn a_planted_bug_is_caught() {
    // The last shows only where a poll breaks off at the wrong moment.
    for (bug, histories) in [
        ("drop_page", "8"),
        ("stale_answer", "8"),
        ("early_cursor", "24"),
    ] {
        let mut other = Command::new(std::env::current_exe().unwrap());
        other
            .args([
                "--exact",
                "histories::every_history_ends_in_a_mirror_equal_to_stripe",
                "--nocapture",
            ])
            .env("PORTICO_PLANT", bug)
            .env("PORTICO_HISTORIES", histories)
            .env_remove("PORTICO_SEED");
        let ended = tokio::task::spawn_blocking(move || other.output().unwrap())
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!ended.status.success(), "{bug} was not noticed");
        let panics = said.lines().filter(|line| line.contains("panicked at"));
        let differences = said.lines().filter(|line| line.contains(DIFFERS));
        assert!(differences.clone().count() > 0, "{bug}: {said}");
        // One more, for the seeds that failed.
        assert_eq!(panics.count(), differences.count() + 1, "{bug}: {said}");
    }
}
