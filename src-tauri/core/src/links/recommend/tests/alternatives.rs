//! What else is offered, how it leaves, and how long it is said to live.

use super::*;
use crate::journal::Delivery;
use crate::links::types::LinkPurpose::*;

#[test]
fn every_other_link_that_stripe_would_make_is_offered_once_in_order() {
    let made = of(|f| f.invoices.push(invoice("0042")));
    let purposes: Vec<_> = made
        .alternatives
        .iter()
        .map(|link| link.request.purpose)
        .collect();
    assert_eq!(
        purposes,
        [
            LoginPage,
            PayInvoice,
            UpdatePaymentMethod,
            SetUpCard,
            UpdateDetails,
            ChangePlan,
            ConfirmPlan,
            Pause,
            Cancel,
            Checkout,
            PaymentLink
        ]
    );
    assert_eq!(
        find(&made, ConfirmPlan).unwrap().title,
        "Confirm the change from Care monthly to Pro monthly"
    );
    assert_eq!(find(&made, Cancel).unwrap().title, "Cancel Care monthly");
    for link in &made.alternatives {
        assert!(
            link.reason.ends_with('.') && !link.title.is_empty(),
            "{link:?}"
        );
        assert!(
            link.lifetime.deliveries.contains(&link.request.delivery),
            "{link:?}"
        );
    }
}

#[test]
fn what_may_be_mailed_is_meant_to_be_and_a_session_of_now_is_not() {
    let made = of(|_| {});
    let home = made.link.as_ref().unwrap();
    assert_eq!(home.request.delivery, Delivery::Open);
    assert_eq!(home.lifetime.deliveries, [Delivery::Open]);
    assert!(home.lifetime.not_mailed_because.is_some());
    let login = find(&made, LoginPage).unwrap();
    assert_eq!(login.request.delivery, Delivery::Mail);
    assert_eq!(
        login.request.recipient.as_deref(),
        Some("anna@lumen.example")
    );
    assert!(!login.lifetime.deliveries.contains(&Delivery::Open));
    let flow = find(&made, UpdatePaymentMethod).unwrap();
    assert!(
        flow.lifetime.words.contains("proves the email"),
        "{}",
        flow.lifetime.words
    );
    assert!(
        find(&made, Checkout)
            .unwrap()
            .lifetime
            .words
            .contains("24 hours")
    );
    assert!(
        find(&made, PaymentLink)
            .unwrap()
            .lifetime
            .words
            .contains("switched off")
    );
}

#[test]
fn links_act_for_the_marked_customer_then_the_billed_one_then_the_newest() {
    let acts_for = |change: fn(&mut ClientFacts)| {
        let made = of(|f| {
            f.customers = vec![
                customer("cus_new"),
                customer("cus_lumen"),
                customer("cus_old"),
            ];
            f.customers[0].billed = None;
            f.customers[2].billed = None;
            change(f);
        });
        assert!(
            made.warnings.iter().any(|w| w.contains("2 more customers")),
            "{:?}",
            made.warnings
        );
        made.link.unwrap().request.customer.unwrap()
    };
    assert_eq!(acts_for(|_| {}), "cus_lumen");
    assert_eq!(acts_for(|f| f.customers[2].preferred = true), "cus_old");
    assert_eq!(
        acts_for(|f| {
            f.customers[1].billed = None;
            f.subscriptions.clear();
            f.subscriptions
                .push(subscription("sub_care", "Care monthly"));
            f.subscriptions[0].customer = "cus_new".into();
        }),
        "cus_new"
    );
}

#[test]
fn a_flow_acts_for_the_customer_that_has_the_subscription() {
    let made = of(|f| {
        f.customers.insert(0, customer("cus_other"));
        f.customers[0].preferred = true;
        f.subscriptions[0].status = "past_due".into();
    });
    let link = made.link.unwrap();
    assert_eq!(link.request.purpose, UpdatePaymentMethod);
    assert_eq!(link.request.customer.as_deref(), Some("cus_lumen"));
}
