//! Lists: cursors, filters, expansion.

use serde_json::Value;

use crate::client::{Client, id, number};

fn ids(page: &Value) -> Vec<&str> {
    page["data"]
        .as_array()
        .expect("data")
        .iter()
        .map(id)
        .collect()
}

#[tokio::test]
async fn cursors_go_both_ways_and_meet() {
    let client = Client::ordinary().await;
    let all = client.all("/v1/invoices").await;
    let all: Vec<&str> = all.iter().map(id).collect();
    let page = client
        .get(&format!("/v1/invoices?limit=3&starting_after={}", all[9]))
        .await
        .json();
    assert_eq!(ids(&page), all[10..13]);
    assert_eq!(page["has_more"], true);
    let page = client
        .get(&format!("/v1/invoices?limit=3&ending_before={}", all[9]))
        .await
        .json();
    assert_eq!(ids(&page), all[6..9]);
    assert_eq!(page["has_more"], true);
    let page = client
        .get(&format!("/v1/invoices?limit=3&ending_before={}", all[2]))
        .await
        .json();
    assert_eq!(
        (ids(&page), &page["has_more"]),
        (all[..2].to_vec(), &Value::Bool(false))
    );
    let last = all.last().expect("one");
    let page = client
        .get(&format!("/v1/invoices?starting_after={last}"))
        .await
        .json();
    assert_eq!(
        (ids(&page).len(), &page["has_more"], &page["url"]),
        (0, &Value::Bool(false), &"/v1/invoices".into())
    );
}

#[tokio::test]
async fn newest_first_whatever_is_filtered() {
    let client = Client::ordinary().await;
    for path in [
        "/v1/customers",
        "/v1/subscriptions?status=all",
        "/v1/invoices?status=open",
        "/v1/payment_methods?type=card",
        "/v1/events",
    ] {
        let all = client.all(path).await;
        assert!(all.len() > 1, "{path}");
        assert!(
            all.is_sorted_by_key(|object| -number(object, "/created")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn created_takes_ranges_and_moments() {
    let client = Client::ordinary().await;
    let all = client.all("/v1/invoices").await;
    let at = number(&all[300], "/created");
    for (range, fits) in [
        (
            format!("created[gt]={at}"),
            &(|created| created > at) as &dyn Fn(i64) -> bool,
        ),
        (format!("created[gte]={at}"), &|created| created >= at),
        (format!("created[lt]={at}"), &|created| created < at),
        (format!("created[lte]={at}"), &|created| created <= at),
        (format!("created={at}"), &|created| created == at),
        (
            format!("created[gte]={}&created[lt]={at}", at - 500_000),
            &|created| (at - 500_000..at).contains(&created),
        ),
    ] {
        let wanted: Vec<&Value> = all
            .iter()
            .filter(|one| fits(number(one, "/created")))
            .collect();
        let found = client.all(&format!("/v1/invoices?{range}")).await;
        assert!(!wanted.is_empty());
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{range}");
    }
}

/// A list, a filter for it, and who fits.
type Case<'a> = (&'a str, String, Box<dyn Fn(&Value) -> bool + 'a>);

/// Each filter must give exactly those of the whole list that fit.
#[tokio::test]
async fn filters_find_what_fits_and_nothing_else() {
    let client = Client::ordinary().await;
    let subscriptions = client.all("/v1/subscriptions?status=all").await;
    let sample = &subscriptions[20];
    let customer = sample["customer"].as_str().expect("a customer");
    let price = sample["items"]["data"][0]["price"]["id"]
        .as_str()
        .expect("a price");
    let subscription = id(sample);
    let customers = client.all("/v1/customers").await;
    let email = customers[0]["email"].as_str().expect("an address");
    let cases: Vec<Case<'_>> = vec![
        (
            "/v1/subscriptions?status=all",
            format!("customer={customer}"),
            Box::new(|one| one["customer"] == customer),
        ),
        (
            "/v1/subscriptions?status=all",
            format!("price={price}"),
            Box::new(|one| {
                one["items"]["data"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .any(|item| item["price"]["id"] == price)
            }),
        ),
        (
            "/v1/subscriptions?status=all",
            "collection_method=send_invoice".into(),
            Box::new(|one| one["collection_method"] == "send_invoice"),
        ),
        (
            "/v1/invoices?limit=100",
            format!("subscription={subscription}"),
            Box::new(|one| one["parent"]["subscription_details"]["subscription"] == subscription),
        ),
        (
            "/v1/invoices?limit=100",
            "status=uncollectible".into(),
            Box::new(|one| one["status"] == "uncollectible"),
        ),
        (
            "/v1/customers?limit=100",
            format!("email={email}"),
            Box::new(|one| one["email"] == email),
        ),
        (
            "/v1/payment_methods?limit=100",
            "type=sepa_debit".into(),
            Box::new(|one| one["type"] == "sepa_debit"),
        ),
        (
            "/v1/prices?active=false",
            "currency=eur".into(),
            Box::new(|one| one["active"] == false && one["currency"] == "eur"),
        ),
        (
            "/v1/prices?limit=100",
            "type=one_time&currency=jpy".into(),
            Box::new(|one| one["type"] == "one_time" && one["currency"] == "jpy"),
        ),
        (
            "/v1/prices?limit=100",
            "lookup_keys[]=care_s_monthly_eur".into(),
            Box::new(|one| one["lookup_key"] == "care_s_monthly_eur"),
        ),
        (
            "/v1/events?limit=100",
            "type=customer.*".into(),
            Box::new(|one| {
                one["type"]
                    .as_str()
                    .expect("a type")
                    .starts_with("customer.")
            }),
        ),
        (
            "/v1/events?limit=100",
            "types[]=invoice.paid&types[]=customer.created".into(),
            Box::new(|one| one["type"] == "invoice.paid" || one["type"] == "customer.created"),
        ),
    ];
    for (path, filter, fits) in cases {
        let base = path.trim_end_matches("?limit=100");
        let joint = if base.contains('?') { '&' } else { '?' };
        let wanted: Vec<Value> = client
            .all(base)
            .await
            .into_iter()
            .filter(|one| fits(one))
            .collect();
        let found = client.all(&format!("{base}{joint}{filter}")).await;
        assert!(
            !wanted.is_empty(),
            "{filter} is not tried by this population"
        );
        assert_eq!(found, wanted, "{filter}");
    }
}

#[tokio::test]
async fn prices_are_listed_active_unless_asked_otherwise_and_inline_ones_never() {
    let client = Client::ordinary().await;
    let active = client.all("/v1/prices").await;
    assert_eq!(active, client.all("/v1/prices?active=true").await);
    assert!(active.iter().all(|price| price["active"] == true));
    let archived = client.all("/v1/prices?active=false").await;
    assert!(!archived.is_empty());
    let product = client.first("/v1/products?active=true").await;
    let customer = client.first("/v1/customers").await;
    let form = format!(
        "customer={}&collection_method=send_invoice&days_until_due=9&items[0][price_data][product]={}\
         &items[0][price_data][currency]={}&items[0][price_data][unit_amount]=990\
         &items[0][price_data][recurring][interval]=month",
        id(&customer),
        id(&product),
        customer["currency"].as_str().unwrap_or("eur")
    );
    let subscription = client.post("/v1/subscriptions", &form).await.json();
    let price = &subscription["items"]["data"][0]["price"];
    assert_eq!(price["unit_amount"], 990);
    let path = format!("/v1/prices/{}", id(price));
    assert_eq!(client.get(&path).await.json(), *price);
    assert_eq!(client.all("/v1/prices").await, active);
    assert_eq!(client.all("/v1/prices?active=false").await, archived);
}

#[tokio::test]
async fn an_email_is_compared_exactly() {
    let client = Client::ordinary().await;
    client.post("/v1/customers", "email=Anna@example.com").await;
    assert_eq!(
        client
            .all("/v1/customers?email=Anna@example.com")
            .await
            .len(),
        1
    );
    assert_eq!(
        client
            .all("/v1/customers?email=anna@example.com")
            .await
            .len(),
        0
    );
}

#[tokio::test]
async fn expansion_puts_objects_where_ids_were() {
    let client = Client::ordinary().await;
    let plain = client
        .get("/v1/subscriptions?limit=20&status=all")
        .await
        .json();
    let page = client
        .get("/v1/subscriptions?limit=20&status=all&expand[]=data.customer&expand[]=data.items.data.price.product&expand[]=data.latest_invoice.payments")
        .await;
    // Five steps are one too many.
    assert_eq!(page.refusal().0, 400);
    let page = client
        .get("/v1/subscriptions?limit=20&status=all&expand[]=data.customer&expand[]=data.latest_invoice.payments")
        .await
        .json();
    for (bare, full) in plain["data"]
        .as_array()
        .expect("data")
        .iter()
        .zip(page["data"].as_array().expect("data"))
    {
        assert_eq!(bare["customer"], full["customer"]["id"]);
        assert_eq!(bare["latest_invoice"], full["latest_invoice"]["id"]);
        assert_eq!(full["latest_invoice"]["payments"]["object"], "list");
        let unpacked = client
            .get(&format!("/v1/subscriptions/{}", id(bare)))
            .await
            .json();
        assert_eq!(*bare, unpacked);
    }
    let refused = client
        .get("/v1/coupons?created[gt]=9999999999&expand[]=data.name")
        .await;
    assert!(
        refused
            .message()
            .starts_with("This property cannot be expanded"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_sublist_has_pages_of_its_own() {
    let client = Client::start(stripe_sim::Options {
        customers: 400,
        ..crate::client::options()
    })
    .await;
    let subscriptions = client.all("/v1/subscriptions?status=all").await;
    let two = subscriptions
        .iter()
        .find(|one| one["items"]["data"].as_array().expect("items").len() == 2);
    let two = two.expect("one with two items");
    let items = two["items"]["data"].as_array().expect("items");
    let path = format!("/v1/subscription_items?subscription={}&limit=1", id(two));
    let first = client.get(&path).await.json();
    assert_eq!(
        (ids(&first), &first["has_more"]),
        (vec![id(&items[0])], &Value::Bool(true))
    );
    let second = client
        .get(&format!("{path}&starting_after={}", id(&items[0])))
        .await
        .json();
    assert_eq!(
        (ids(&second), &second["has_more"]),
        (vec![id(&items[1])], &Value::Bool(false))
    );
}
