//! One test for each row about customers, bills, pauses and cards.

use super::*;
use crate::links::facts::Pause;
use crate::links::types::LinkPurpose::*;

#[test]
fn no_customer() {
    let made = of(|f| {
        f.customers.clear();
        f.subscriptions.clear();
        f.methods.clear();
    });
    expect(&made, "no_customer", PaymentLink, &["not in Stripe"]);
    // It goes to the email that staff know.
    let link = made.link.unwrap();
    assert_eq!(
        link.request.recipient.as_deref(),
        Some("anna@lumen.example")
    );
    assert_eq!(link.request.price.as_deref(), Some("price_care"));
    assert!(made.alternatives.is_empty(), "{:?}", made.alternatives);

    let nothing = of(|f| {
        f.customers.clear();
        f.subscriptions.clear();
        f.sold.clear();
    });
    expect(&nothing, "no_customer", None, &["no plan to sell"]);
}

#[test]
fn deleted_customer() {
    let made = of(|f| f.customers[0].deleted = true);
    expect(&made, "deleted_customer", PaymentLink, &["was deleted"]);
    assert!(made.alternatives.is_empty(), "{:?}", made.alternatives);
}

#[test]
fn incomplete() {
    let made = of(|f| {
        f.subscriptions[0].status = "incomplete".into();
        f.subscriptions[0].started = Some(at("2026-11-25T11:00"));
        f.invoices.push(invoice("0042"));
    });
    // 23 hours after it began, by the workspace's clock.
    expect(
        &made,
        "incomplete",
        PayInvoice,
        &["Care monthly", "26 November 2026, 11:00"],
    );
    let link = made.link.unwrap();
    assert_eq!(link.request.invoice.as_deref(), Some("in_0042"));
    assert_eq!(link.title, "Pay invoice 0042 (120.00 EUR)");
}

#[test]
fn requires_action() {
    let made = of(|f| {
        f.subscriptions[0].status = "past_due".into();
        f.invoices = vec![invoice("0042"), invoice("0041")];
        f.invoices[1].needs_confirming = true;
    });
    expect(
        &made,
        "requires_action",
        PayInvoice,
        &["bank", "0041", "120.00 EUR"],
    );
    assert_eq!(
        made.link.unwrap().request.invoice.as_deref(),
        Some("in_0041")
    );
}

#[test]
fn unpaid() {
    let made = of(|f| {
        f.subscriptions[0].status = "unpaid".into();
        f.invoices.push(invoice("0042"));
    });
    expect(
        &made,
        "unpaid",
        PayInvoice,
        &["gave up", "Care monthly", "0042"],
    );
    let closed = of(|f| f.subscriptions[0].status = "unpaid".into());
    expect(&closed, "unpaid", UpdatePaymentMethod, &["gave up"]);
}

#[test]
fn past_due() {
    let late = |f: &mut ClientFacts| {
        f.subscriptions[0].status = "past_due".into();
        f.invoices.push(invoice("0042"));
    };
    let made = of(late);
    expect(
        &made,
        "past_due",
        UpdatePaymentMethod,
        &["Care monthly", "keeps trying", "0042"],
    );
    assert!(find(&made, PayInvoice).is_some());
    let expired = of(|f| {
        late(f);
        f.methods = vec![method("pm_card", 2026, 10)];
    });
    expect(
        &expired,
        "past_due",
        UpdatePaymentMethod,
        &["Visa •••• 4242", "October 2026"],
    );
    let no_flow = of(|f| {
        late(f);
        f.portal.settings.payment_method_update.enabled = false;
    });
    expect(&no_flow, "past_due", PayInvoice, &["0042"]);
}

#[test]
fn invoice_overdue() {
    let made = of(|f| {
        f.subscriptions[0].by_invoice = true;
        f.invoices = vec![invoice("0042"), invoice("0041")];
        for (invoice, due) in f
            .invoices
            .iter_mut()
            .zip(["2026-11-20T23:30", "2026-11-02T10:00"])
        {
            invoice.sent = true;
            invoice.due = Some(at(due));
        }
    });
    expect(
        &made,
        "invoice_overdue",
        PayInvoice,
        &["Invoice 0041", "2 November 2026"],
    );
    // The other one stays within reach; half past eleven in London is the next day in Berlin.
    assert_eq!(
        find(&made, PayInvoice).unwrap().request.invoice.as_deref(),
        Some("in_0042")
    );
    let other = of(|f| {
        f.invoices = vec![invoice("0042")];
        f.invoices[0].due = Some(at("2026-11-20T23:30"));
    });
    expect(&other, "invoice_overdue", PayInvoice, &["21 November 2026"]);
}

#[test]
fn invoice_to_pay() {
    let made = of(|f| {
        f.subscriptions[0].by_invoice = true;
        f.invoices = vec![invoice("0042")];
        f.invoices[0].sent = true;
        f.invoices[0].due = Some(at("2026-12-09T10:00"));
    });
    expect(
        &made,
        "invoice_to_pay",
        PayInvoice,
        &["0042", "due on 9 December 2026"],
    );
    let one_off = of(|f| {
        f.subscriptions.clear();
        f.invoices = vec![invoice("0042")];
    });
    expect(&one_off, "invoice_to_pay", PayInvoice, &["0042"]);
    // Stripe collects this one by itself.
    let charged = of(|f| f.invoices = vec![invoice("0042")]);
    expect(&charged, "running", PortalHome, &[]);
}

#[test]
fn key_lacks_permission() {
    for slug in ["rak_customer_portal_write", "rak_customer_portal_read"] {
        let made = of(|f| f.lacking = vec![slug.into()]);
        expect(
            &made,
            "key_lacks_permission",
            None,
            &["rak_customer_portal_write"],
        );
        assert!(find(&made, LoginPage).is_none());
        assert!(find(&made, SetUpCard).is_some());
    }
    // What the portal is not needed for is not held up by it.
    let late = of(|f| {
        f.lacking = vec!["rak_customer_portal_write".into()];
        f.subscriptions[0].status = "past_due".into();
        f.invoices.push(invoice("0042"));
    });
    expect(&late, "past_due", PayInvoice, &[]);
}

#[test]
fn paused_without_card() {
    let made = of(|f| {
        f.subscriptions[0].status = "paused".into();
        f.subscriptions[0].pause = Some(Pause::NoCard);
    });
    expect(
        &made,
        "paused_without_card",
        UpdatePaymentMethod,
        &["trial", "Care monthly"],
    );
}

#[test]
fn paused_after_failed_payment() {
    let made = of(|f| {
        f.subscriptions[0].status = "paused".into();
        f.subscriptions[0].pause = Some(Pause::FailedPayment);
    });
    expect(
        &made,
        "paused_after_failed_payment",
        UpdatePaymentMethod,
        &["payment failed"],
    );
}

#[test]
fn paused_on_request() {
    let paused = |f: &mut ClientFacts| {
        f.subscriptions[0].status = "paused".into();
        f.subscriptions[0].pause = Some(Pause::OnRequest);
    };
    let made = of(paused);
    expect(
        &made,
        "paused_on_request",
        LoginPage,
        &["Care monthly", "until it is resumed"],
    );
    assert!(!made.reason.contains("trial"));
    let unreachable = of(|f| {
        paused(f);
        f.customers[0].email = None;
    });
    expect(&unreachable, "paused_on_request", PortalHome, &[]);
}

#[test]
fn collection_paused() {
    let made = of(|f| {
        let until = Some(at("2027-01-31T12:00"));
        f.subscriptions[0].pause = Some(Pause::Collection { until });
    });
    expect(
        &made,
        "collection_paused",
        PortalHome,
        &["Care monthly", "31 January 2027"],
    );
}

#[test]
fn card_expired() {
    // The last day of the month on the card is its last good one.
    let made = of(|f| {
        f.methods = vec![method("pm_card", 2026, 10)];
        f.now = at("2026-11-01T12:00");
    });
    expect(
        &made,
        "card_expired",
        UpdatePaymentMethod,
        &["Visa •••• 4242", "October 2026", "Care monthly"],
    );
    let still = of(|f| {
        f.methods = vec![method("pm_card", 2026, 10)];
        f.now = at("2026-10-31T12:00");
    });
    expect(
        &still,
        "card_expires_soon",
        UpdatePaymentMethod,
        &["October 2026"],
    );
    // The subscription's own card counts before the customer's.
    let own = of(|f| {
        f.methods = vec![method("pm_card", 2026, 10), method("pm_own", 2029, 1)];
        f.subscriptions[0].default_method = Some("pm_own".into());
    });
    expect(&own, "running", PortalHome, &[]);
    let without = of(|f| {
        f.methods = vec![method("pm_card", 2026, 10)];
        f.portal.settings.payment_method_update.enabled = false;
    });
    expect(&without, "card_expired", SetUpCard, &[]);
}

#[test]
fn trial_without_card() {
    let trial = |f: &mut ClientFacts| {
        f.subscriptions[0].status = "trialing".into();
        f.subscriptions[0].trial_end = Some(at("2026-12-01T08:00"));
        f.customers[0].default_method = None;
    };
    let made = of(trial);
    expect(
        &made,
        "trial_without_card",
        UpdatePaymentMethod,
        &["Care monthly", "1 December 2026"],
    );
    let charged = of(|f| {
        trial(f);
        f.customers[0].has_source = true;
    });
    expect(
        &charged,
        "running",
        PortalHome,
        &["trial until 1 December 2026"],
    );
}

#[test]
fn card_expires_soon() {
    for month in [11, 12] {
        let made = of(|f| f.methods = vec![method("pm_card", 2026, month)]);
        expect(
            &made,
            "card_expires_soon",
            UpdatePaymentMethod,
            &["Visa •••• 4242", "2026"],
        );
        assert!(
            made.warnings
                .iter()
                .any(|warning| warning.contains("Visa •••• 4242"))
        );
    }
    let later = of(|f| f.methods = vec![method("pm_card", 2027, 1)]);
    expect(&later, "running", PortalHome, &[]);
}
