//! The verbs that scenarios are written in.

#![allow(
    dead_code,
    reason = "a vocabulary is larger than the stories told so far"
)]

pub mod app;
pub mod chromium;
pub mod desk;
pub mod driver;
pub mod page;

use std::time::Duration;

/// How long a person would wait before calling it broken; two busy cores run several windows here.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Longer than the time between two questions for news after a link was issued (15 s).
pub const NEXT_NEWS: Duration = Duration::from_secs(60);

/// Asks again and again until there is an answer, at most for [`PATIENCE`].
pub async fn eventually<T>(answer: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    within(PATIENCE, answer).await
}

/// Asks again and again until there is an answer, at most for so long.
pub async fn within<T>(
    patience: Duration,
    mut answer: impl AsyncFnMut() -> Option<T>,
) -> Option<T> {
    let mut ticks = tokio::time::interval(Duration::from_millis(40));
    let asking = async {
        loop {
            ticks.tick().await;
            if let Some(answer) = answer().await {
                return answer;
            }
        }
    };
    tokio::time::timeout(patience, asking).await.ok()
}
