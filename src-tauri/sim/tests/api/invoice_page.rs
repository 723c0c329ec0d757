//! The hosted page of an invoice: read, paid, and expired.

use chrono::TimeDelta;
use serde_json::Value;
use stripe_sim::Options;

use crate::browser::{self, CARD, REFUSED_CARD, open, submit};
use crate::client::{Client, id, options};

#[tokio::test]
async fn invoices_have_a_page_and_a_pdf() {
    let client = Client::start(Options {
        customers: 40,
        ..options()
    })
    .await;
    for invoice in client.all("/v1/invoices?status=open").await {
        // The address of an old one has expired until it is asked for.
        let path = format!("/v1/invoices/{}", id(&invoice));
        let invoice = client.get(&path).await.json();
        let page = open(
            &client,
            invoice["hosted_invoice_url"].as_str().expect("a URL"),
        )
        .await;
        assert!(
            page.status == 200
                && page
                    .text
                    .contains(invoice["number"].as_str().expect("a number"))
        );
        let pdf = client
            .http
            .get(invoice["invoice_pdf"].as_str().expect("a URL"))
            .send()
            .await
            .expect("a file");
        let bytes = pdf.bytes().await.expect("a file");
        assert!(bytes.starts_with(b"%PDF-") && bytes.ends_with(b"%%EOF"));
    }
}

async fn sent_invoice(client: &Client) -> Value {
    let customer = client.first("/v1/customers").await;
    let form = format!(
        "customer={}&collection_method=send_invoice&days_until_due=14&currency=eur",
        id(&customer)
    );
    let draft = browser::made(client, "/v1/invoices", &form).await;
    let form = format!(
        "customer={}&invoice={}&amount=5000&currency=eur",
        id(&customer),
        id(&draft)
    );
    browser::made(client, "/v1/invoiceitems", &form).await;
    let path = format!("/v1/invoices/{}/finalize", id(&draft));
    browser::made(client, &path, "").await
}

#[tokio::test]
async fn an_open_invoice_is_paid_on_its_page() {
    let client = Client::ordinary().await;
    let invoice = sent_invoice(&client).await;
    let page = invoice["hosted_invoice_url"].as_str().expect("a URL");
    assert!(open(&client, page).await.text.contains("id=\"pay\""));
    let refused = submit(&client, &format!("{page}/pay"), REFUSED_CARD).await;
    assert!(
        refused.text.contains("role=\"alert\"") && refused.text.contains("declined"),
        "{}",
        refused.text
    );
    let paid = submit(&client, &format!("{page}/pay"), CARD).await;
    assert!(
        paid.text.contains("This invoice has been paid.") && !paid.text.contains("id=\"pay\""),
        "{}",
        paid.text
    );
    let path = format!("/v1/invoices/{}?expand[]=payments", id(&invoice));
    let paid = client.get(&path).await.json();
    assert_eq!(paid["status"], "paid");
    assert_eq!(paid["payments"]["data"][0]["status"], "paid");
    let told = browser::told(&client, 8).await;
    for event in ["charge.succeeded", "invoice.paid"] {
        assert!(told.iter().any(|one| one == event), "{event}: {told:?}");
    }
    // Nobody's card is charged by default for having paid once.
    let methods = format!("/v1/payment_methods?customer={}", browser::customer(&paid));
    let methods = client.all(&methods).await;
    assert!(
        methods
            .iter()
            .all(|method| method["card"]["last4"] != "4444")
    );
    let again = submit(&client, &format!("{page}/pay"), CARD).await;
    assert!(again.text.contains("already paid"), "{}", again.text);
}

#[tokio::test]
async fn an_invoice_that_is_over_says_so() {
    let client = Client::ordinary().await;
    for (call, words) in [
        ("void", "is void"),
        ("mark_uncollectible", "can no longer be paid"),
    ] {
        let invoice = sent_invoice(&client).await;
        let path = format!("/v1/invoices/{}/{call}", id(&invoice));
        browser::made(&client, &path, "").await;
        let page = invoice["hosted_invoice_url"].as_str().expect("a URL");
        let page = open(&client, page).await.text;
        assert!(
            page.contains(words) && !page.contains("id=\"pay\""),
            "{page}"
        );
    }
}

#[tokio::test]
async fn the_address_of_an_invoice_expires_and_is_good_again_once_asked_for() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let invoice = sent_invoice(&client).await;
    let page = invoice["hosted_invoice_url"].as_str().expect("a URL");
    // Due after 14 days, and 30 more.
    control.advance_clock(TimeDelta::days(43)).expect("forward");
    assert_eq!(open(&client, page).await.status, 200);
    control.advance_clock(TimeDelta::days(2)).expect("forward");
    let gone = open(&client, page).await;
    assert!(gone.status == 410 && gone.text.contains("has expired"));
    let file = format!("{page}/pdf");
    assert_eq!(open(&client, &file).await.status, 410);
    assert_eq!(
        submit(&client, &format!("{page}/pay"), CARD).await.status,
        410
    );
    let path = format!("/v1/invoices/{}", id(&invoice));
    let fresh = client.get(&path).await.json();
    let fresh = fresh["hosted_invoice_url"].as_str().expect("a URL");
    control.advance_clock(TimeDelta::days(9)).expect("forward");
    assert_eq!(open(&client, fresh).await.status, 200);
    control.advance_clock(TimeDelta::days(2)).expect("forward");
    assert_eq!(open(&client, fresh).await.status, 410);
}
