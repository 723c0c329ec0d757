//! What Stripe would refuse is refused here, in a sentence that names what stands in the way.

use super::*;
use crate::journal::Delivery;
use crate::links::possible::possible;
use crate::links::types::LinkPurpose::*;
use crate::links::types::LinkRequest;

type Change<T> = fn(&mut T);

fn asked(purpose: LinkPurpose) -> LinkRequest {
    LinkRequest::new(purpose, Delivery::Copy)
}

/// The sentence with which this is refused.
#[track_caller]
fn refused(change: impl FnOnce(&mut ClientFacts), request: &LinkRequest) -> String {
    let mut facts = lumen();
    change(&mut facts);
    possible(&facts, request).unwrap_err()
}

#[test]
fn what_is_left_out_is_filled_in() {
    let mut facts = lumen();
    facts.invoices = vec![invoice("0042"), invoice("0041")];
    let cancel = possible(&facts, &asked(Cancel)).unwrap();
    assert_eq!(cancel.customer.as_deref(), Some("cus_lumen"));
    assert_eq!(cancel.subscription.as_deref(), Some("sub_care"));
    let pay = possible(&facts, &asked(PayInvoice)).unwrap();
    assert_eq!(pay.invoice.as_deref(), Some("in_0042"), "the newest");
    let confirm = possible(&facts, &asked(ConfirmPlan)).unwrap();
    assert_eq!(confirm.price.as_deref(), Some("price_pro"));
    assert_eq!(confirm.quantity, Some(1));
    let mail = possible(&facts, &LinkRequest::new(LoginPage, Delivery::Mail)).unwrap();
    assert_eq!(mail.recipient.as_deref(), Some("anna@lumen.example"));
    for full in [cancel, pay, confirm, mail] {
        assert_eq!(
            possible(&facts, &full).as_ref(),
            Ok(&full),
            "said twice it is the same"
        );
    }
}

#[test]
fn what_belongs_to_somebody_else() {
    let foreign = LinkRequest {
        customer: Some("cus_foreign".into()),
        ..asked(UpdateDetails)
    };
    assert!(refused(|_| {}, &foreign).contains("cus_foreign does not belong to Lumen Studio"));
    let foreign = LinkRequest {
        subscription: Some("sub_foreign".into()),
        ..asked(Cancel)
    };
    assert!(refused(|_| {}, &foreign).contains("sub_foreign does not belong to Lumen Studio"));
    let foreign = LinkRequest {
        invoice: Some("in_foreign".into()),
        ..asked(PayInvoice)
    };
    assert!(refused(|_| {}, &foreign).contains("in_foreign is no invoice of Lumen Studio"));
    let crossed = LinkRequest {
        customer: Some("cus_two".into()),
        subscription: Some("sub_care".into()),
        ..asked(Cancel)
    };
    assert!(
        refused(|f| f.customers.push(customer("cus_two")), &crossed).contains("another customer")
    );
    let gone = LinkRequest {
        customer: Some("cus_lumen".into()),
        ..asked(UpdateDetails)
    };
    assert!(refused(|f| f.customers[0].deleted = true, &gone).contains("was deleted"));
}

#[test]
fn a_flow_that_the_configuration_has_off() {
    let off: [(LinkPurpose, Change<PortalSettings>); 7] = [
        (LoginPage, |s| s.login_page = false),
        (UpdatePaymentMethod, |s| {
            s.payment_method_update.enabled = false
        }),
        (UpdateDetails, |s| s.customer_update.enabled = false),
        (Cancel, |s| s.cancel.enabled = false),
        (Pause, |s| s.pause.enabled = false),
        (ChangePlan, |s| s.update.enabled = false),
        (ConfirmPlan, |s| s.update.enabled = false),
    ];
    for (purpose, switch_off) in off {
        assert!(possible(&lumen(), &asked(purpose)).is_ok(), "{purpose:?}");
        let why = refused(|f| switch_off(&mut f.portal.settings), &asked(purpose));
        assert!(why.contains("“Standard”"), "{why}");
    }
    for purpose in [LoginPage, PortalHome, Cancel] {
        let request = match purpose {
            PortalHome => LinkRequest::new(purpose, Delivery::Open),
            purpose => asked(purpose),
        };
        let why = refused(|f| f.portal.active = false, &request);
        assert!(why.contains("“Standard” are switched off"), "{why}");
    }
    let why = refused(
        |f| f.portal.settings.customer_update.allowed.clear(),
        &asked(UpdateDetails),
    );
    assert!(why.contains("billing details"), "{why}");
}

#[test]
fn subscriptions_that_the_portal_leaves_alone() {
    use crate::links::facts::Pause as Paused;
    let every: [(&str, Change<SubscriptionFacts>); 4] = [
        ("is over", |s| s.status = "canceled".into()),
        ("first invoice", |s| s.status = "incomplete".into()),
        ("ends on 10 December 2026 already", |s| s.ends = s.renews),
        ("has a change scheduled", |s| s.scheduled = true),
    ];
    for (words, change) in every {
        for purpose in [Cancel, Pause, ChangePlan, ConfirmPlan] {
            let why = refused(|f| change(&mut f.subscriptions[0]), &asked(purpose));
            assert!(
                why.contains(words) && why.starts_with("Care monthly"),
                "{purpose:?}: {why}"
            );
        }
    }
    let but_cancelled: [(&str, Change<SubscriptionFacts>); 6] = [
        ("paid by invoice", |s| s.by_invoice = true),
        ("several items", |s| {
            s.items.push(item(price("Domain yearly")))
        }),
        ("billed by usage", |s| {
            s.items = vec![item(PriceFacts {
                metered: true,
                ..price("Care monthly")
            })]
        }),
        ("is paused", |s| s.pause = Some(Paused::OnRequest)),
        ("not collected", |s| {
            s.pause = Some(Paused::Collection { until: None })
        }),
        ("is unpaid", |s| s.status = "unpaid".into()),
    ];
    for (words, change) in but_cancelled {
        for purpose in [Pause, ChangePlan, ConfirmPlan] {
            let why = refused(|f| change(&mut f.subscriptions[0]), &asked(purpose));
            assert!(why.contains(words), "{purpose:?}: {why}");
        }
        let mut facts = lumen();
        change(&mut facts.subscriptions[0]);
        assert!(possible(&facts, &asked(Cancel)).is_ok(), "{words}");
    }
    let only_active: [(&str, Change<SubscriptionFacts>); 3] = [
        ("in its trial", |s| s.status = "trialing".into()),
        ("late with a payment", |s| s.status = "past_due".into()),
        ("the classic way", |s| s.flexible = false),
    ];
    for (words, change) in only_active {
        let why = refused(|f| change(&mut f.subscriptions[0]), &asked(Pause));
        assert!(why.contains(words), "{why}");
        let mut facts = lumen();
        change(&mut facts.subscriptions[0]);
        assert!(possible(&facts, &asked(ChangePlan)).is_ok(), "{words}");
    }
    let why = refused(
        |f| f.subscriptions.push(subscription("sub_pro", "Pro monthly")),
        &asked(Cancel),
    );
    assert!(
        why.contains("Care monthly (sub_care), Pro monthly (sub_pro)"),
        "{why}"
    );
    let none = refused(|f| f.subscriptions.clear(), &asked(Cancel));
    assert_eq!(none, "This client has no subscription.");
}

#[test]
fn a_coupon_that_cannot_be_redeemed() {
    let offer = |coupon: &str| LinkRequest {
        coupon: Some(coupon.into()),
        ..asked(Cancel)
    };
    for fine in ["STAY", "FIVE"] {
        assert!(possible(&lumen(), &offer(fine)).is_ok(), "{fine}");
    }
    assert!(refused(|_| {}, &offer("GONE")).contains("GONE cannot be redeemed"));
    assert!(refused(|_| {}, &offer("YEN")).contains("JPY"));
}

#[test]
fn a_plan_that_the_client_cannot_change_to() {
    let to = |price: &str| LinkRequest {
        price: Some(price.into()),
        ..asked(ConfirmPlan)
    };
    assert!(possible(&lumen(), &to("price_pro")).is_ok());
    assert!(
        refused(|f| f.portal = portal(&["price_care"]), &to("price_pro"))
            .contains("do not offer Pro monthly")
    );
    assert!(refused(|_| {}, &to("price_care")).contains("has already"));
    let sold = |change: fn(&mut PriceFacts)| {
        refused(|f| change(Arc::make_mut(&mut f.sold[1])), &to("price_pro"))
    };
    assert!(sold(|p| p.metered = true).contains("by usage"));
    assert!(sold(|p| p.currency = "usd".into()).contains("keeps its currency"));
    assert!(sold(|p| p.tax_behavior = Some("inclusive".into())).contains("tax"));
    assert!(sold(|p| p.tax_behavior = None).contains("tax"));
    let archived = refused(|f| drop(f.sold.remove(1)), &to("price_pro"));
    assert!(archived.contains("not sold any more"), "{archived}");
    let seats = LinkRequest {
        quantity: Some(3),
        ..to("price_care")
    };
    assert!(refused(|_| {}, &seats).contains("quantity of 3"));
    let mut facts = lumen();
    facts.portal.settings.update.allowed.push("quantity".into());
    let product = &mut facts.portal.settings.update.products[0];
    (product.adjustable_quantity, product.maximum) = (true, Some(3));
    assert_eq!(possible(&facts, &seats).unwrap().quantity, Some(3));
    facts.portal.settings.update.products[0].maximum = Some(2);
    assert!(possible(&facts, &seats).is_err());
    let fixed = refused(
        |f| f.portal.settings.update.allowed.clear(),
        &to("price_pro"),
    );
    assert!(fixed.contains("another price"), "{fixed}");
    let nothing = refused(|f| f.portal = portal(&["price_care"]), &asked(ChangePlan));
    assert!(nothing.contains("offer nothing"), "{nothing}");
}

#[test]
fn an_invoice_that_is_not_open() {
    let request = LinkRequest {
        invoice: Some("in_0042".into()),
        ..asked(PayInvoice)
    };
    for (status, words) in [
        ("paid", "paid already"),
        ("void", "cancelled"),
        ("draft", "a draft"),
        ("uncollectible", "written off"),
        ("hidden", "not open"),
    ] {
        let why = refused(
            |f| {
                f.invoices.push(invoice("0042"));
                f.invoices[0].status = status.into();
            },
            &request,
        );
        assert!(why.contains(words) && why.contains("0042"), "{why}");
    }
    assert!(refused(|_| {}, &asked(PayInvoice)).contains("nothing to pay"));
}

#[test]
fn what_is_not_for_sale() {
    let buy = |price: &str| LinkRequest {
        price: Some(price.into()),
        ..asked(Checkout)
    };
    assert!(possible(&lumen(), &buy("price_pro")).is_ok());
    assert!(refused(|_| {}, &buy("price_old")).contains("archived"));
    let yen = refused(
        |f| {
            Arc::make_mut(&mut f.sold[1]).currency = "jpy".into();
        },
        &buy("price_pro"),
    );
    assert!(
        yen.contains("JPY") && yen.contains("billed in EUR"),
        "{yen}"
    );
    assert_eq!(refused(|_| {}, &asked(Checkout)), "Say which plan to sell.");
    // Never billed, so any currency will do.
    let mut fresh = lumen();
    fresh.subscriptions.clear();
    fresh.customers[0].currency = None;
    Arc::make_mut(&mut fresh.sold[1]).currency = "jpy".into();
    assert!(possible(&fresh, &buy("price_pro")).is_ok());
    let unknown = refused(
        |f| {
            f.subscriptions.clear();
            f.customers[0].currency = None;
            f.sold.clear();
        },
        &asked(SetUpCard),
    );
    assert!(unknown.contains("currency"), "{unknown}");
}

#[test]
fn who_cannot_be_reached() {
    let open = |purpose| LinkRequest::new(purpose, Delivery::Open);
    let mail = |purpose| LinkRequest::new(purpose, Delivery::Mail);
    assert!(refused(|_| {}, &mail(PortalHome)).contains("login page"));
    assert!(refused(|_| {}, &open(LoginPage)).contains("for the client"));
    let silent = |f: &mut ClientFacts| {
        f.customers[0].email = None;
        f.email = None;
    };
    assert!(refused(silent, &mail(UpdatePaymentMethod)).contains("5 minutes"));
    assert!(refused(silent, &mail(Checkout)).contains("plan"));
    let buy = LinkRequest {
        price: Some("price_care".into()),
        ..mail(Checkout)
    };
    assert!(refused(silent, &buy).contains("Add a contact"));
    let known = LinkRequest {
        recipient: Some("bo@lumen.example".into()),
        ..buy
    };
    let mut facts = lumen();
    silent(&mut facts);
    assert!(possible(&facts, &known).is_ok());
}

#[test]
fn what_the_key_may_not() {
    for (purpose, lacking, wanted) in [
        (
            Cancel,
            "rak_customer_portal_read",
            "`rak_customer_portal_write`",
        ),
        (
            LoginPage,
            "rak_customer_portal_write",
            "`rak_customer_portal_write`",
        ),
        (
            Checkout,
            "rak_checkout_session_read",
            "`rak_checkout_session_write`",
        ),
        (
            SetUpCard,
            "rak_checkout_session_write",
            "`rak_checkout_session_write`",
        ),
        (PayInvoice, "rak_invoice_read", "`rak_invoice_read`"),
        (
            PaymentLink,
            "rak_bucket_payment_links_write",
            "`rak_bucket_payment_links_write`",
        ),
    ] {
        let request = LinkRequest {
            price: (purpose != Cancel).then(|| "price_care".into()),
            ..asked(purpose)
        };
        let why = refused(
            |f| {
                f.invoices.push(invoice("0042"));
                f.lacking = vec![lacking.into()];
            },
            &request,
        );
        assert!(why.contains(wanted), "{purpose:?}: {why}");
    }
    // A payment link that exists is only looked up.
    let mut facts = lumen();
    facts.payment_links = vec!["price_care".into()];
    facts.lacking = vec!["rak_bucket_payment_links_write".into()];
    let existing = LinkRequest {
        price: Some("price_care".into()),
        ..asked(PaymentLink)
    };
    assert!(possible(&facts, &existing).is_ok());
}
