//! The limiter on a clock that stands still until everybody waits.

use super::*;
use proptest::prelude::*;
use std::{sync::Arc, time::Duration};

/// In no second, wherever it begins, did more than this many go.
fn assert_at_most(most: usize, times: &[Instant], what: &str) {
    for (first, start) in times.iter().enumerate() {
        let within = times[first..]
            .iter()
            .take_while(|time| **time < *start + Duration::from_secs(1));
        assert!(within.count() <= most, "{what}: more than {most} a second");
    }
}

#[derive(Debug, Clone)]
struct Planned {
    priority: Priority,
    endpoint: &'static str,
    after: Duration,
    takes: Duration,
}

fn planned() -> impl Strategy<Value = Planned> {
    let priority = prop_oneof![
        1 => Just(Priority::Click),
        6 => Just(Priority::Filling),
        2 => Just(Priority::Quiet),
    ];
    let endpoint = prop_oneof![Just("a"), Just("b"), Just("c")];
    (priority, endpoint, 0..4000_u64, 0..300_u64).prop_map(|(priority, endpoint, after, takes)| {
        Planned {
            priority,
            endpoint,
            after: Duration::from_millis(after),
            takes: Duration::from_millis(takes),
        }
    })
}

/// When each call went, by what it was.
async fn run(limiter: Limiter, calls: Vec<Planned>) -> Vec<(Planned, Instant)> {
    let limiter = Arc::new(limiter);
    let mut tasks = tokio::task::JoinSet::new();
    for call in calls {
        let limiter = Arc::clone(&limiter);
        tasks.spawn(async move {
            tokio::time::sleep(call.after).await;
            let admission = limiter.admit(call.priority, call.endpoint).await;
            let at = admission.at;
            tokio::time::sleep(call.takes).await;
            drop(admission);
            (call, at)
        });
    }
    let mut went = tasks.join_all().await;
    went.sort_by_key(|(_, at)| *at);
    went
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_no_second_has_more_than_its_share(
        calls in proptest::collection::vec(planned(), 1..300),
        polite in any::<bool>(),
    ) {
        let (pace, overall, endpoint) = if polite {
            (Pace::Polite, (80, 90), (20, 22))
        } else {
            (Pace::Full, (100, 100), (25, 25))
        };
        let went = paused().block_on(run(Limiter::new(true, false, pace), calls.clone()));
        prop_assert_eq!(went.len(), calls.len());
        let of = |wanted: &dyn Fn(&Planned) -> bool| -> Vec<Instant> {
            went.iter().filter(|(call, _)| wanted(call)).map(|(_, at)| *at).collect()
        };
        assert_at_most(overall.1, &of(&|_| true), "all");
        assert_at_most(overall.0, &of(&|call| call.priority != Priority::Click), "without clicks");
        assert_at_most(5, &of(&|call| call.priority == Priority::Quiet), "quiet");
        for name in ["a", "b", "c"] {
            assert_at_most(endpoint.1, &of(&|call| call.endpoint == name), name);
            let rest = of(&|call| call.endpoint == name && call.priority != Priority::Click);
            assert_at_most(endpoint.0, &rest, name);
        }
    }
}

fn crowd(priority: Priority, count: usize, takes: u64) -> Vec<Planned> {
    let call = Planned {
        priority,
        endpoint: "a",
        after: Duration::ZERO,
        takes: Duration::from_millis(takes),
    };
    vec![call; count]
}

/// How many calls of an endless crowd went in each of the next seconds.
async fn each_second(limiter: &Arc<Limiter>, seconds: usize) -> Vec<usize> {
    let crowd: Vec<_> = (0..40)
        .map(|_| {
            let limiter = Arc::clone(limiter);
            tokio::spawn(async move {
                let mut went = Vec::new();
                let end = Instant::now() + Duration::from_secs(seconds as u64);
                while Instant::now() < end {
                    let admission = limiter.admit(Priority::Filling, "a").await;
                    went.push(admission.at);
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                went
            })
        })
        .collect();
    let start = Instant::now();
    let mut counts = vec![0; seconds];
    for reader in crowd {
        for at in reader.await.unwrap() {
            let second = (at - start).as_secs() as usize;
            counts.get_mut(second).map(|count| *count += 1);
        }
    }
    counts
}

fn simulated(overall: Option<u32>, endpoint: Option<u32>) -> Arc<Limiter> {
    let limits = Limits { overall, endpoint };
    Arc::new(Limiter::new(false, true, Pace::Simulated(limits)))
}

#[tokio::test(start_paused = true)]
async fn at_full_pace_hardly_anything_of_the_limit_is_left() {
    for (overall, endpoint, most) in [(Some(100), None, 100), (Some(100), Some(25), 25)] {
        let counts = each_second(&simulated(overall, endpoint), 10).await;
        let all: usize = counts.iter().sum();
        assert!(all >= most * 98 / 10, "{counts:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_halves_the_rate_once_and_it_comes_back() {
    for exceeded in [Exceeded::Overall, Exceeded::Endpoint] {
        let limiter = simulated(Some(40), Some(40));
        let sent_at = limiter.admit(Priority::Filling, "a").await.at;
        tokio::time::sleep(Duration::from_secs(5)).await;
        // Answers to calls that were under way together are one refusal.
        for _ in 0..10 {
            limiter.refused(exceeded, "a", sent_at);
        }
        let counts = each_second(&limiter, 15).await;
        assert!((15..=25).contains(&counts[0]), "{exceeded:?} {counts:?}");
        assert!(counts[4] > counts[0], "{exceeded:?} {counts:?}");
        assert!(counts[13] >= 38, "{exceeded:?} {counts:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_one_endpoint_refused_slows_no_other() {
    let limiter = simulated(None, Some(40));
    let sent_at = limiter.admit(Priority::Filling, "b").await.at;
    limiter.refused(Exceeded::Endpoint, "b", sent_at);
    limiter.refused(Exceeded::Object, "a", sent_at);
    assert!(each_second(&limiter, 3).await[1] >= 38);
}

#[tokio::test(start_paused = true)]
async fn too_many_at_once_means_fewer_lanes_for_a_while() {
    let under_way = |limiter: Arc<Limiter>| async move {
        let mut held = Vec::new();
        while let Ok(admission) =
            tokio::time::timeout(Duration::ZERO, limiter.admit(Priority::Filling, "a")).await
        {
            // Its lane stays taken, as long as the test wants it.
            std::mem::forget(admission);
            held.push(());
        }
        held.len()
    };
    assert_eq!(under_way(simulated(None, None)).await, 8);
    let limiter = simulated(None, None);
    let sent_at = limiter.admit(Priority::Filling, "a").await.at;
    limiter.refused(Exceeded::Concurrency, "a", sent_at);
    assert_eq!(under_way(Arc::clone(&limiter)).await, 4);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(under_way(limiter).await, 4, "4 more");
}

#[tokio::test(start_paused = true)]
async fn a_click_goes_before_the_crowd_and_into_the_room_it_leaves() {
    let mut calls = crowd(Priority::Filling, 200, 50);
    calls.push(Planned {
        after: Duration::from_millis(700),
        ..crowd(Priority::Click, 1, 50).remove(0)
    });
    let start = Instant::now();
    let went = run(Limiter::new(true, false, Pace::Polite), calls).await;
    let click = went
        .iter()
        .find(|(call, _)| call.priority == Priority::Click);
    assert_eq!(click.unwrap().1 - start, Duration::from_millis(700));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_one_endpoint_is_in_nobodys_way() {
    let limiter = simulated(Some(100), Some(5));
    let busy = tokio::spawn({
        let limiter = Arc::clone(&limiter);
        async move { each_second(&limiter, 3).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = Instant::now();
    let other = limiter.admit(Priority::Filling, "b").await;
    assert_eq!(other.at, before);
    drop(other);
    busy.await.unwrap();
}
