//! Keys, permissions and limits.

use stripe_sim::{Limits, Options, Permissions};

use crate::client::{Client, options};

#[tokio::test]
async fn only_the_accounts_own_keys_are_taken() {
    let mut client = Client::ordinary().await;
    let secret = client.key.clone();
    client.key = String::new();
    assert_eq!(client.get("/v1/customers").await.status, 401);
    client.key = "sk_test_51nonsense".to_owned();
    let refused = client.get("/v1/customers").await;
    assert_eq!(
        (refused.status, refused.message().as_str()),
        (401, "Invalid API Key provided: sk_test_******ense")
    );
    let basic = client
        .http
        .get(format!("{}/v1/account", client.sim.url()))
        .basic_auth(&secret, Some(""));
    assert_eq!(client.send(basic).await.expect("an answer").status, 200);
    let (rolled, _) = client.sim.control().roll_keys();
    client.key = secret;
    let refused = client.get("/v1/customers").await;
    assert_eq!(
        refused.refusal(),
        (401, "api_key_expired".to_owned(), String::new())
    );
    client.key = rolled;
    assert_eq!(client.get("/v1/customers").await.status, 200);
}

#[tokio::test]
async fn a_restricted_key_may_do_what_it_may() {
    let permissions = Permissions::parse("rak_customer_write,rak_plan_read").expect("permissions");
    let mut client = Client::start(Options {
        key_permissions: permissions,
        ..options()
    })
    .await;
    client.key = client.sim.restricted_key().to_owned();
    let account = client.sim.account_id().to_owned();
    assert_eq!(client.get("/v1/customers").await.status, 200);
    assert_eq!(client.get("/v1/prices").await.status, 200);
    let refused = client.get("/v1/account").await;
    assert_eq!(refused.status, 403);
    assert!(refused.message().ends_with(&format!(
        "does not have the required permissions for this endpoint on account '{account}'. \
         Having the 'rak_accounts_kyc_basic_read' permission would allow this request to continue."
    )));
    assert!(
        refused
            .message()
            .starts_with("The provided key 'rk_test_***")
    );
    // Permission comes before existence, which is how write permissions are probed.
    let probe = client.post("/v1/subscriptions/sub_nothing", "").await;
    assert!(probe.status == 403 && probe.message().contains("'rak_subscription_write'"));
    assert_eq!(
        client.post("/v1/customers/cus_nothing", "").await.status,
        404
    );
    let expanded = client
        .get("/v1/customers?expand[]=data.invoice_settings.default_payment_method")
        .await;
    assert!(expanded.status == 403 && expanded.message().contains("'rak_payment_method_read'"));
    client.sim.control().set_permissions(Permissions::All);
    assert_eq!(client.get("/v1/account").await.status, 200);
}

#[tokio::test]
async fn limits_answer_429_with_their_reason() {
    let client = Client::start(Options {
        limits: Limits::Sandbox,
        ..options()
    })
    .await;
    let mut refused = None;
    for _ in 0..200 {
        let answer = client.get("/v1/coupons").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("more than 25 requests in a second were let through");
    assert_eq!(refused.refusal().1, "rate_limit");
    assert!(
        refused
            .header("stripe-rate-limited-reason")
            .is_some_and(|reason| reason.ends_with("-rate"))
    );
}
