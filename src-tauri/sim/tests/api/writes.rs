//! What requests change, and that lists and events tell of it at once.

use serde_json::{Value, json};

use crate::client::{Client, id, number};

#[tokio::test]
async fn a_customer_from_creation_to_deletion() {
    let client = Client::ordinary().await;
    let form =
        "name=Ødegård&email=a@example.com&address[city]=Oslo&metadata[crm_id]=7&metadata[x]=y";
    let made = client.post("/v1/customers", form).await.json();
    assert_eq!(client.first("/v1/customers").await, made);
    let path = format!("/v1/customers/{}", id(&made));
    let changed = client
        .post(
            &path,
            "email=&address[line1]=Karl Johans gate 1&metadata[x]=",
        )
        .await
        .json();
    assert_eq!(changed["email"], Value::Null);
    assert_eq!(
        (&changed["address"]["city"], &changed["address"]["line1"]),
        (&json!("Oslo"), &json!("Karl Johans gate 1"))
    );
    assert_eq!(changed["metadata"], json!({"crm_id": "7"}));
    let cleared = client.post(&path, "metadata=&address=").await.json();
    assert_eq!(
        (&cleared["metadata"], &cleared["address"]),
        (&json!({}), &Value::Null)
    );
    assert_eq!(
        client
            .post("/v1/customers", "email=nobody")
            .await
            .refusal()
            .1,
        "email_invalid"
    );
    assert_eq!(client.delete(&path).await.json()["deleted"], true);
    assert_eq!(client.get(&path).await.json()["deleted"], true);
    assert_eq!(client.post(&path, "name=B").await.status, 404);
    let types: Vec<Value> = client
        .all("/v1/events?type=customer.*")
        .await
        .iter()
        .take(4)
        .map(|event| event["type"].clone())
        .collect();
    assert_eq!(
        types,
        [
            "customer.deleted",
            "customer.updated",
            "customer.updated",
            "customer.created"
        ]
    );
}

#[tokio::test]
async fn nothing_changes_without_an_event_and_no_event_without_a_change() {
    let client = Client::ordinary().await;
    let customer = client.first("/v1/customers").await;
    let newest = client.first("/v1/events").await;
    let path = format!("/v1/customers/{}", id(&customer));
    client
        .post(
            &path,
            &format!(
                "name={}",
                customer["name"]
                    .as_str()
                    .expect("a name")
                    .replace('&', "%26")
            ),
        )
        .await;
    assert_eq!(client.first("/v1/events").await, newest);
    client.post(&path, "description=new").await;
    let event = client.first("/v1/events").await;
    assert_eq!(
        event["data"]["previous_attributes"],
        json!({"description": customer["description"]})
    );
    assert!(
        event["request"]["id"]
            .as_str()
            .is_some_and(|request| request.starts_with("req_"))
    );
}

#[tokio::test]
async fn deleting_a_customer_cancels_what_it_had() {
    let client = Client::ordinary().await;
    let subscription = client.first("/v1/subscriptions?status=active").await;
    let customer = subscription["customer"].as_str().expect("a customer");
    let methods = client
        .all(&format!("/v1/payment_methods?customer={customer}"))
        .await;
    client.delete(&format!("/v1/customers/{customer}")).await;
    let cancelled = client
        .get(&format!("/v1/subscriptions/{}", id(&subscription)))
        .await
        .json();
    assert_eq!(cancelled["status"], "canceled");
    assert!(cancelled["ended_at"].is_i64());
    let listed = client
        .all(&format!(
            "/v1/subscriptions?customer={customer}&status=canceled"
        ))
        .await;
    assert!(listed.iter().any(|one| one["id"] == subscription["id"]));
    for method in methods {
        let method = client
            .get(&format!("/v1/payment_methods/{}", id(&method)))
            .await
            .json();
        assert_eq!(method["customer"], Value::Null);
    }
}

#[tokio::test]
async fn a_card_moves_from_one_customer_to_another() {
    let client = Client::ordinary().await;
    let method = client.first("/v1/payment_methods?type=card").await;
    let owner = method["customer"].as_str().expect("a customer");
    let other = client.post("/v1/customers", "name=B").await.json();
    let path = format!("/v1/payment_methods/{}", id(&method));
    let taken = client
        .post(
            &format!("{path}/attach"),
            &format!("customer={}", id(&other)),
        )
        .await;
    assert!(taken.message().contains("already been attached"));
    client
        .post(
            &format!("/v1/customers/{owner}"),
            &format!("invoice_settings[default_payment_method]={}", id(&method)),
        )
        .await;
    assert_eq!(
        client.post(&format!("{path}/detach"), "").await.json()["customer"],
        Value::Null
    );
    let owner_now = client.get(&format!("/v1/customers/{owner}")).await.json();
    assert_eq!(
        owner_now["invoice_settings"]["default_payment_method"],
        Value::Null
    );
    assert_eq!(client.post(&format!("{path}/detach"), "").await.status, 400);
    client
        .post(
            &format!("{path}/attach"),
            &format!("customer={}", id(&other)),
        )
        .await;
    let (before, after) = (owner.to_owned(), id(&other).to_owned());
    let client = &client;
    let of = |customer: String| async move {
        client_ids(
            &client
                .all(&format!("/v1/customers/{customer}/payment_methods"))
                .await,
        )
    };
    assert!(!of(before).await.contains(&id(&method).to_owned()));
    assert_eq!(of(after.clone()).await, [id(&method)]);
    let foreign = client
        .post(
            &format!("/v1/customers/{owner}"),
            &format!("invoice_settings[default_payment_method]={}", id(&method)),
        )
        .await;
    assert_eq!(foreign.refusal().1, "resource_missing");
}

fn client_ids(objects: &[Value]) -> Vec<String> {
    objects.iter().map(|object| id(object).to_owned()).collect()
}

#[tokio::test]
async fn a_plan_is_changed_within_its_currency() {
    let client = Client::ordinary().await;
    let all = client.all("/v1/subscriptions?status=active").await;
    let one = all.iter().find(|one| {
        one["currency"] == "eur"
            && one["items"]["data"]
                .as_array()
                .is_some_and(|items| items.len() == 1)
    });
    let one = one.expect("a subscription in euro");
    let item = id(&one["items"]["data"][0]);
    let path = format!("/v1/subscriptions/{}", id(one));
    let euro = client
        .first("/v1/prices?lookup_keys[]=care_l_monthly_eur")
        .await;
    let yen = client
        .first("/v1/prices?lookup_keys[]=care_l_monthly_jpy")
        .await;
    let change = |price: &Value, behavior: &str| {
        format!(
            "items[0][id]={item}&items[0][price]={}&proration_behavior={behavior}",
            id(price)
        )
    };
    let changed = client.post(&path, &change(&euro, "none")).await.json();
    assert_eq!(changed["items"]["data"][0]["price"], euro);
    assert_eq!(changed["items"]["data"][0]["plan"]["id"], euro["id"]);
    assert!(
        client
            .post(&path, &change(&yen, "none"))
            .await
            .message()
            .contains("expected currency: `eur`")
    );
    let added = client
        .post(
            &path,
            &format!("items[0][price]={}&proration_behavior=none", id(&euro)),
        )
        .await
        .json();
    let items = added["items"]["data"].as_array().expect("items");
    assert_eq!(items.len(), 2);
    let found = client
        .get(&format!("/v1/subscription_items/{}", id(&items[1])))
        .await
        .json();
    assert_eq!(&found, &items[1]);
    let removed = client
        .post(
            &path,
            &format!("items[0][id]={item}&items[0][deleted]=true&proration_behavior=none"),
        )
        .await
        .json();
    assert_eq!(
        client_ids(removed["items"]["data"].as_array().expect("items")),
        [id(&items[1])]
    );
    let last = format!(
        "items[0][id]={}&items[0][deleted]=true&proration_behavior=none",
        id(&items[1])
    );
    assert_eq!(client.post(&path, &last).await.status, 400);
}

#[tokio::test]
async fn cancelling_is_asked_for_taken_back_and_carried_out() {
    let client = Client::ordinary().await;
    let all = client.all("/v1/subscriptions?status=active").await;
    let one = all
        .iter()
        .find(|one| one["cancel_at"].is_null())
        .expect("one");
    let path = format!("/v1/subscriptions/{}", id(one));
    let asked = client.post(&path, "cancel_at_period_end=true").await.json();
    let ends = one["items"]["data"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| number(item, "/current_period_end"))
        .min();
    assert_eq!(
        (asked["cancel_at"].as_i64(), asked["status"].as_str()),
        (ends, Some("active"))
    );
    assert_eq!(
        asked["cancellation_details"]["reason"],
        "cancellation_requested"
    );
    let kept = client
        .post(&path, "cancel_at_period_end=false")
        .await
        .json();
    assert_eq!(
        (&kept["cancel_at"], &kept["canceled_at"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        client.post(&path, "cancel_at=1000").await.refusal().2,
        "cancel_at"
    );
    let gone = client
        .delete(&format!("{path}?cancellation_details[feedback]=unused"))
        .await
        .json();
    assert_eq!(
        (&gone["status"], &gone["cancellation_details"]["feedback"]),
        (&json!("canceled"), &json!("unused"))
    );
    assert_eq!(
        client.first("/v1/events").await["type"],
        "customer.subscription.deleted"
    );
    assert_eq!(client.delete(&path).await.status, 404);
    assert_eq!(client.post(&path, "metadata[a]=b").await.status, 400);
    assert_eq!(
        client
            .delete(&format!("{path}?invoice_now=true"))
            .await
            .status,
        501
    );
}
