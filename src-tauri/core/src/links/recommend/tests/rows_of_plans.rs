//! One test for each row about what the client has, had, or could have.

use super::*;
use crate::links::types::LinkPurpose::*;

#[test]
fn ending() {
    let made = of(|f| {
        f.subscriptions[0].ends = Some(at("2026-12-10T09:00"));
        f.methods = vec![method("pm_card", 2026, 12)];
    });
    expect(
        &made,
        "ending",
        LoginPage,
        &["Care monthly", "10 December 2026"],
    );
    assert!(
        made.warnings
            .contains(&"Care monthly ends on 10 December 2026.".to_owned())
    );
    assert!(find(&made, Cancel).is_none(), "it is cancelled already");
}

#[test]
fn no_email() {
    let made = of(|f| f.customers[0].email = None);
    expect(&made, "no_email", PortalHome, &["no email"]);
    assert!(
        made.warnings
            .iter()
            .any(|warning| warning.contains("No email"))
    );
    assert!(find(&made, LoginPage).is_none());
    let flow = find(&made, UpdatePaymentMethod).unwrap();
    assert_eq!(flow.lifetime.deliveries, [crate::journal::Delivery::Open]);
    assert!(flow.lifetime.not_mailed_because.is_some());
}

#[test]
fn duplicate_email() {
    let made = of(|f| f.customers[0].shared = shared(Some("Lumen Paris")));
    expect(&made, "duplicate_email", PortalHome, &["Lumen Paris"]);
    assert!(find(&made, LoginPage).is_none());
    // The login page opens this one: no reason to avoid it, but to know.
    let first = of(|f| f.customers[0].shared = shared(None));
    expect(&first, "running", PortalHome, &[]);
    assert!(find(&first, LoginPage).is_some());
    assert!(
        first
            .warnings
            .iter()
            .any(|warning| warning.contains("2 customers"))
    );
}

#[test]
fn several_subscriptions() {
    let made = of(|f| f.subscriptions.push(subscription("sub_pro", "Pro monthly")));
    expect(
        &made,
        "several_subscriptions",
        PortalHome,
        &["2 subscriptions", "Care monthly, Pro monthly"],
    );
    // Each can be cancelled by a link of its own.
    let cancels = made
        .alternatives
        .iter()
        .filter(|link| link.request.purpose == Cancel);
    assert_eq!(cancels.count(), 2);
}

#[test]
fn scheduled_change() {
    let made = of(|f| f.subscriptions[0].scheduled = true);
    expect(
        &made,
        "scheduled_change",
        PortalHome,
        &["Care monthly", "scheduled"],
    );
    assert!(find(&made, Cancel).is_none() && find(&made, ChangePlan).is_none());
}

#[test]
fn metered() {
    let made = of(|f| {
        let metered = PriceFacts {
            metered: true,
            monthly: None,
            ..price("Traffic monthly")
        };
        f.subscriptions[0].items = vec![item(metered)];
    });
    expect(
        &made,
        "metered",
        PortalHome,
        &["Traffic monthly", "by usage"],
    );
    assert!(find(&made, Cancel).is_some() && find(&made, ChangePlan).is_none());
}

#[test]
fn multi_item() {
    let made = of(|f| f.subscriptions[0].items.push(item(price("Domain monthly"))));
    expect(
        &made,
        "multi_item",
        PortalHome,
        &["Care monthly and 1 more"],
    );
    assert!(find(&made, Cancel).is_some() && find(&made, ChangePlan).is_none());
}

#[test]
fn annual_first_months() {
    let yearly = |started: &'static str, now: &'static str| {
        of(|f| {
            f.subscriptions = vec![subscription("sub_care", "Care yearly")];
            f.subscriptions[0].started = Some(at(started));
            f.portal.settings.update.enabled = false;
            f.now = at(now);
        })
    };
    let made = yearly("2026-08-31T10:00", "2026-11-25T12:00");
    expect(
        &made,
        "annual_first_months",
        PortalHome,
        &["31 August 2026", "28 February 2027"],
    );
    // By the workspace's calendar: 23:00 in UTC is the next day in Berlin.
    expect(
        &yearly("2026-08-31T10:00", "2027-02-27T22:59"),
        "annual_first_months",
        PortalHome,
        &[],
    );
    expect(
        &yearly("2026-08-31T10:00", "2027-02-27T23:00"),
        "running",
        PortalHome,
        &[],
    );
    let free = of(|f| {
        f.subscriptions = vec![subscription("sub_care", "Care yearly")];
        f.subscriptions[0].started = Some(at("2026-08-31T10:00"));
    });
    expect(&free, "running", PortalHome, &[]);
}

#[test]
fn restricted_portal() {
    let made = of(|f| {
        f.portal.words.name = "Enterprise".into();
        f.portal.settings.cancel.enabled = false;
        f.portal.settings.update.enabled = false;
    });
    expect(
        &made,
        "restricted_portal",
        PortalHome,
        &["Enterprise", "Care monthly"],
    );
    assert!(find(&made, Cancel).is_none() && find(&made, ChangePlan).is_none());
}

#[test]
fn archived_price() {
    let archived = |f: &mut ClientFacts| {
        let old = PriceFacts {
            active: false,
            ..price("Old monthly")
        };
        f.subscriptions[0].items = vec![item(old)];
    };
    let made = of(|f| {
        archived(f);
        f.portal = portal(&["price_pro"]);
    });
    // There is one plan of today to change to, so it is prepared.
    expect(
        &made,
        "archived_price",
        ConfirmPlan,
        &["Old monthly", "archived"],
    );
    assert_eq!(
        made.link.unwrap().request.price.as_deref(),
        Some("price_pro")
    );
    assert!(
        made.warnings
            .iter()
            .any(|warning| warning.contains("Old monthly is archived"))
    );
    expect(&of(archived), "archived_price", ChangePlan, &[]);
    let nowhere = of(|f| {
        archived(f);
        f.portal = portal(&[]);
    });
    expect(&nowhere, "archived_price", PortalHome, &[]);
}

#[test]
fn running() {
    let made = of(|_| {});
    expect(
        &made,
        "running",
        PortalHome,
        &["Care monthly", "10 December 2026", "login page"],
    );
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    let late = of(|f| {
        f.subscriptions[0].status = "past_due".into();
        f.subscriptions[0].by_invoice = true;
    });
    expect(&late, "running", PortalHome, &["payment is late"]);
    let odd = of(|f| f.subscriptions[0].status = "hibernating".into());
    expect(&odd, "running", PortalHome, &["does not know"]);
}

#[test]
fn ended() {
    let over = |f: &mut ClientFacts| f.subscriptions[0].status = "canceled".into();
    let made = of(over);
    expect(
        &made,
        "ended",
        Checkout,
        &["Care monthly ended", "same plan", "40.00 EUR per month"],
    );
    let link = made.link.unwrap();
    assert_eq!(link.request.price.as_deref(), Some("price_care"));
    assert_eq!(link.request.customer.as_deref(), Some("cus_lumen"));
    let archived = of(|f| {
        over(f);
        f.sold.remove(0);
    });
    expect(
        &archived,
        "ended",
        Checkout,
        &["not sold any more", "Pro monthly"],
    );
    let linked = of(|f| {
        over(f);
        f.lacking = vec!["rak_checkout_session_write".into()];
    });
    expect(&linked, "ended", PaymentLink, &[]);
}

#[test]
fn no_subscription() {
    let made = of(|f| f.subscriptions.clear());
    expect(
        &made,
        "no_subscription",
        Checkout,
        &["never had a subscription", "Care monthly"],
    );
    assert!(find(&made, PaymentLink).is_some());
    let unsold = of(|f| {
        f.subscriptions.clear();
        f.sold.clear();
    });
    expect(&unsold, "no_subscription", None, &["no active plan"]);
}

#[test]
fn every_row_is_shown_by_a_test_of_its_name() {
    let shown = [
        include_str!("rows_of_bills.rs"),
        include_str!("rows_of_plans.rs"),
    ];
    for id in super::super::table::ids() {
        let test = format!("fn {id}()");
        assert!(shown.iter().any(|tests| tests.contains(&test)), "{id}");
    }
}
