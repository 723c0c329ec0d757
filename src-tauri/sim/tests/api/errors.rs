//! Refusals, in Stripe's words.

use crate::client::Client;

fn refusal(status: u16, code: &str, param: &str) -> (u16, String, String) {
    (status, code.to_owned(), param.to_owned())
}

#[tokio::test]
async fn parameters_are_checked() {
    let client = Client::ordinary().await;
    let get = |path: &'static str| client.get(path);
    assert_eq!(
        get("/v1/customers?frob=1").await.refusal(),
        refusal(400, "parameter_unknown", "frob")
    );
    assert_eq!(
        get("/v1/customers?limit=101").await.refusal(),
        refusal(400, "parameter_invalid_integer", "limit")
    );
    assert_eq!(
        get("/v1/customers?limit=x").await.refusal(),
        refusal(400, "parameter_invalid_integer", "limit")
    );
    assert_eq!(
        get("/v1/invoices?status=late").await.refusal(),
        refusal(400, "", "status")
    );
    assert_eq!(
        get("/v1/subscriptions?customer=cus_x").await.refusal(),
        refusal(400, "resource_missing", "customer")
    );
    assert_eq!(
        get("/v1/invoices?starting_after=in_x").await.refusal(),
        refusal(400, "resource_missing", "starting_after")
    );
    let missing = get("/v1/customers/cus_x").await;
    assert_eq!(missing.refusal(), refusal(404, "resource_missing", "id"));
    assert_eq!(missing.message(), "No such customer: 'cus_x'");
    let post = client.post("/v1/customers", "address[town]=x").await;
    assert_eq!(
        post.refusal(),
        refusal(400, "parameter_unknown", "address[town]")
    );
    let post = client
        .post("/v1/billing_portal/configurations", "name=x")
        .await;
    assert_eq!(
        post.refusal(),
        refusal(400, "parameter_missing", "features")
    );
    assert_eq!(
        client.get("/v1/customers?created[gte]=then").await.status,
        400
    );
}

#[tokio::test]
async fn what_is_not_there_is_said_and_not_made_up() {
    let client = Client::ordinary().await;
    let unknown = client.get("/v1/frobs").await;
    assert_eq!(unknown.status, 404);
    assert!(
        unknown
            .message()
            .starts_with("Unrecognized request URL (GET: /v1/frobs).")
    );
    let lacking = client.get("/v1/quotes").await;
    assert_eq!(
        (lacking.status, lacking.message().as_str()),
        (
            501,
            "stripe-sim does not implement Quote.list (GET /v1/quotes)"
        )
    );
    let lacking = client.post("/v1/customers", "source=tok_visa").await;
    assert_eq!(lacking.status, 501);
    assert!(lacking.message().contains("source"));
    let lacking = client
        .get("/v1/subscriptions?automatic_tax[enabled]=true")
        .await;
    assert_eq!(lacking.status, 501);
}

#[tokio::test]
async fn another_version_is_refused() {
    let client = Client::ordinary().await;
    let ask = |version: &'static str| {
        let request = client
            .request(reqwest::Method::GET, "/v1/customers")
            .header("Stripe-Version", version);
        client.send(request)
    };
    assert_eq!(
        ask("2026-10-28.endive").await.expect("an answer").status,
        200
    );
    let refused = ask("2022-11-15").await.expect("an answer");
    assert!(
        refused
            .message()
            .starts_with("Invalid Stripe API version: 2022-11-15")
    );
}

#[tokio::test]
async fn every_answer_carries_a_request_id_of_its_own() {
    let client = Client::ordinary().await;
    let good = client.get("/v1/account").await;
    let bad = client.get("/v1/customers/cus_x").await;
    let of = |answer: &crate::client::Answer| {
        answer
            .header("request-id")
            .expect("a request id")
            .to_owned()
    };
    assert!(of(&good).starts_with("req_"));
    assert_ne!(of(&good), of(&bad));
    assert!(good.header("date").is_some());
}
