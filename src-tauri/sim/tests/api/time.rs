//! Moving the clock: the same end by any way, and everything in order.

use chrono::TimeDelta;
use serde_json::json;
use stripe_sim::Options;

use crate::billing::{DAY, client_start};
use crate::client::{Client, number, options};

#[tokio::test]
async fn one_long_way_and_many_short_ones_lead_to_the_same() {
    let story = async |steps: &[i64]| {
        let client = Client::ordinary().await;
        for days in steps {
            client.move_to(client_start() + days * DAY);
        }
        // The clock runs while the lists are read, and the oldest events go meanwhile.
        let lasting = client_start() + 12 * DAY;
        let events = format!("/v1/events?created[gte]={lasting}");
        let mut lists = Vec::new();
        for path in [
            "/v1/subscriptions?status=all",
            "/v1/invoices",
            "/v1/charges",
            "/v1/customers",
            &events,
        ] {
            lists.push(client.all(path).await);
        }
        let pages = client.sim.pages_url().to_owned();
        json!(lists).to_string().replace(&pages, "PAGES")
    };
    let (long, short) = (story(&[40]).await, story(&[1, 3, 10, 11, 25, 40]).await);
    assert!(long == short);
}

#[tokio::test]
async fn time_is_told_in_order() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    control.advance_clock(TimeDelta::days(20)).expect("forward");
    for path in ["/v1/events", "/v1/invoices", "/v1/charges"] {
        let all = client.all(path).await;
        let times = all.iter().map(|object| number(object, "/created"));
        assert!(times.rev().is_sorted(), "{path}");
    }
    let unbilled = Client::start(Options {
        billing: false,
        ..options()
    })
    .await;
    let before = unbilled.all("/v1/invoices").await;
    let control = unbilled.sim.control();
    control.advance_clock(TimeDelta::days(20)).expect("forward");
    assert_eq!(unbilled.all("/v1/invoices").await, before);
}
