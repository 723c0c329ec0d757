//! What a workspace asks of Stripe on an ordinary day, without faults: the checks send this through
//! a judge of Stripe's published types (`PORTICO_CONFORM_URL`), and fail on anything it objects to.

use crate::agency::{Agency, listed};
use portico_core::{
    stripe::{listing::Reading, resource},
    sync::{Mode, Outcome},
};
use stripe_sim::Options;

#[tokio::test]
async fn conform_a_first_filling_and_a_second_listing() {
    let agency = Agency::open(Options::default()).await;
    let client = agency.client();
    for mode in [Mode::Fresh, Mode::Fresh] {
        assert_eq!(agency.fill(&client, mode).await, Outcome::Complete);
    }
    for resource in resource::LISTED {
        let there = listed(&client, &Reading::of(resource).unwrap()).await;
        // Portal configurations are made by hand, so a young agency has none.
        assert!(
            !there.is_empty() || resource.name == "portal_configurations",
            "{} has nothing to judge",
            resource.name
        );
        let mirrored = agency.rows(resource.name).await;
        assert_eq!(mirrored.len(), there.len(), "{}", resource.name);
    }
}
