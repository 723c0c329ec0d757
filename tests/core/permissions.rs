//! What a key is found to allow, each permission by its own probe.

use crate::agency::Agency;
use portico_core::{
    Error,
    stripe::permissions::{ProbeResult, probe, wanted},
};
use stripe_sim::Fault;

#[tokio::test]
async fn a_secret_key_may_do_everything_and_names_its_account() {
    let agency = Agency::of(5).await;
    let report = probe(&agency.client()).await.unwrap();
    assert!(!report.restricted && !report.livemode);
    assert_eq!(report.account_id.as_deref(), Some(agency.sim.account_id()));
    assert!(report.account_name.is_some());
    assert!(report.country.is_some());
    assert!(report.default_currency.is_some());
    assert!(report.time_zone.unwrap().parse::<chrono_tz::Tz>().is_ok());
    assert!(agency.sim.secret_key().ends_with(&report.last4));
    for row in &report.permissions {
        assert_eq!(row.result, ProbeResult::Granted, "{}", row.slug);
    }
}

/// Each permission is granted alone, so a probe that asks for something else is found out.
#[tokio::test]
async fn each_permission_is_found_by_itself() {
    let agency = Agency::of(5).await;
    for granted in wanted() {
        let report = probe(&agency.restricted(&granted.slug)).await.unwrap();
        assert!(report.restricted);
        assert_eq!(report.account_id.as_deref(), Some(agency.sim.account_id()));
        for row in report.permissions {
            // Who may write may read.
            let read = granted.slug.replace("_write", "_read");
            let expected = if row.slug == granted.slug || row.slug == read {
                ProbeResult::Granted
            } else {
                ProbeResult::Missing
            };
            assert_eq!(row.result, expected, "{} with {}", row.slug, granted.slug);
        }
    }
}

#[tokio::test]
async fn probing_changes_nothing() {
    let agency = Agency::of(5).await;
    probe(&agency.client()).await.unwrap();
    for request in agency.sim.control().requests() {
        if request.method != "GET" {
            assert_eq!(request.status, 404, "{} {}", request.method, request.path);
        }
    }
}

#[tokio::test]
async fn a_probe_without_an_answer_is_not_checked() {
    let agency = Agency::of(5).await;
    agency
        .sim
        .control()
        .fail_next_on("/v1/invoices", 99, Fault::Status(503));
    let report = probe(&agency.client()).await.unwrap();
    for row in report.permissions {
        let expected = match row.slug.as_str() {
            "rak_invoice_read" => ProbeResult::NotChecked,
            _ => ProbeResult::Granted,
        };
        assert_eq!(row.result, expected, "{}", row.slug);
    }
}

#[tokio::test]
async fn a_refused_key_is_an_error_not_a_report() {
    let agency = Agency::of(5).await;
    let client = agency.client();
    agency.sim.control().roll_keys();
    let error = probe(&client).await.unwrap_err();
    assert!(matches!(error, Error::KeyRefused(_)), "{error:?}");
}
