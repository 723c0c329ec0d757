//! Amounts: what is written, and what a plan is worth a month.

use crate::world::World;
use portico_core::clients::{ClientQuery, ClientSort};
use portico_core::money::Money;
use portico_core::pricing::{Discount, Price, minor};
use portico_core::stripe::resource::{CUSTOMERS, PRICES, PRODUCTS, SUBSCRIPTIONS};
use serde_json::{Value, json};

fn price(id: &str, currency: &str, amount: i64, interval: &str) -> Value {
    json!({"id": id, "object": "price", "product": "prod_x", "currency": currency, "unit_amount": amount,
        "unit_amount_decimal": amount.to_string(), "billing_scheme": "per_unit",
        "recurring": {"interval": interval, "interval_count": 1, "usage_type": "licensed"}})
}

fn subscription(id: &str, customer: &str, prices: &[(&Value, u64)]) -> Value {
    let items: Vec<Value> = prices.iter().enumerate().map(|(place, (price, quantity))| {
        json!({"id": format!("si_{id}_{place}"), "object": "subscription_item", "price": price, "quantity": quantity, "discounts": [],
            "subscription": id, "current_period_end": 1_900_000_000})
    }).collect();
    json!({"id": id, "object": "subscription", "customer": customer, "status": "active", "created": 1_700_000_000,
        "start_date": 1_700_000_000, "discounts": [], "items": {"object": "list", "data": items, "has_more": false}})
}

fn customer(id: &str) -> Value {
    json!({"id": id, "object": "customer", "name": id, "created": 1_700_000_000})
}

#[test]
fn amounts_have_the_digits_that_stripe_counts_in() {
    for (amount, currency, written) in [
        (1250, "eur", "12.50 EUR"),
        (5, "usd", "0.05 USD"),
        (-1999, "gbp", "-19.99 GBP"),
        (1200, "jpy", "1200 JPY"),
        (-3000, "kwd", "-3.000 KWD"),
        (1, "bhd", "0.001 BHD"),
        (50_000, "isk", "500.00 ISK"),
        (50_000, "ugx", "500.00 UGX"),
        (0, "clp", "0 CLP"),
        (i64::MIN, "usd", "-92233720368547758.08 USD"),
    ] {
        assert_eq!(Money::new(amount, currency).to_string(), written);
    }
}

#[test]
fn tiers_packages_usage_and_periods_come_to_a_month() {
    let terms = |tiers_mode: Option<&str>, interval: &str, more: Value| {
        let mut price = price("price_x", "usd", 1000, interval);
        if let Some(mode) = tiers_mode {
            price["tiers_mode"] = json!(mode);
            price["unit_amount"] = Value::Null;
            price["unit_amount_decimal"] = Value::Null;
            price["tiers"] = json!([
                {"up_to": 5, "unit_amount": 1000, "unit_amount_decimal": "1000", "flat_amount": null},
                {"up_to": 10, "unit_amount": 800, "unit_amount_decimal": "800", "flat_amount": 500},
                {"up_to": null, "unit_amount_decimal": "0.5", "flat_amount": null}]);
        }
        for (key, value) in more.as_object().unwrap() {
            price[key] = value.clone();
        }
        Price::read(&price)
    };
    let amount = |price: &Price, quantity| minor(price.amount(quantity).unwrap());
    let graduated = terms(Some("graduated"), "month", json!({}));
    assert_eq!(amount(&graduated, 5), 5000);
    assert_eq!(amount(&graduated, 6), 5000 + 800 + 500);
    assert_eq!(amount(&graduated, 12), 5000 + 4000 + 500 + 1);
    let volume = terms(Some("volume"), "month", json!({}));
    assert_eq!(amount(&volume, 5), 5000);
    assert_eq!(amount(&volume, 6), 6 * 800 + 500);
    assert_eq!(amount(&volume, 13), 7, "half a cent is rounded up, once");
    let packs = |round: &str| {
        terms(
            None,
            "month",
            json!({"transform_quantity": {"divide_by": 10, "round": round}}),
        )
    };
    assert_eq!(
        (amount(&packs("up"), 11), amount(&packs("down"), 11)),
        (2000, 1000)
    );
    let metered = terms(
        None,
        "month",
        json!({"recurring": {"interval": "month", "interval_count": 1, "usage_type": "metered"}}),
    );
    assert_eq!(metered.amount(7), None);
    let month = |interval: &str| {
        let price = terms(None, interval, json!({}));
        minor(price.amount(12).unwrap() / price.months().unwrap())
    };
    assert_eq!(month("month"), 12_000);
    assert_eq!(month("year"), 1000);
    assert_eq!(month("week"), 52_000);
    assert_eq!(month("day"), 365_000);
    assert!(terms(None, "fortnight", json!({})).months().is_none());
}

#[test]
fn only_permanent_discounts_lower_the_monthly_value() {
    let discount = |terms: Value| -> Discount { serde_json::from_value(terms).unwrap() };
    let off = |duration: &str, percent: Option<f64>, amount: Option<i64>| {
        let terms = json!({"name": null, "percent_off": percent, "amount_off": amount, "currency": "usd", "duration": duration, "end": null});
        minor(discount(terms).permanent(1001.into(), "usd"))
    };
    assert_eq!(off("forever", Some(50.0), None), 501);
    assert_eq!(off("forever", Some(33.3), None), 668);
    assert_eq!(off("forever", None, Some(300)), 701);
    assert_eq!(off("forever", None, Some(5000)), 0);
    assert_eq!(off("repeating", Some(50.0), None), 1001);
    assert_eq!(off("once", None, Some(300)), 1001);
    let words = |terms| discount(terms).words();
    assert_eq!(
        words(json!({"name": "Partner", "percent_off": 20.0, "duration": "forever"})),
        "Partner: 20 % off"
    );
    assert_eq!(
        words(json!({"amount_off": 500, "currency": "eur", "duration": "once"})),
        "5.00 EUR off, once"
    );
    assert_eq!(
        words(json!({"percent_off": 12.5, "duration": "repeating", "end": 1_803_859_200})),
        "12.5 % off, until 2027-03-01"
    );
}

#[tokio::test]
async fn a_hundred_monthly_and_fifty_yearly_plans_are_worth_what_stripe_says() {
    let world = World::new().await;
    let (monthly, yearly) = (
        price("price_m", "usd", 10_000, "month"),
        price("price_y", "usd", 60_000, "year"),
    );
    let subscriptions = (0..150).map(|n| {
        let plan = if n < 100 { &monthly } else { &yearly };
        subscription(&format!("sub_{n}"), &format!("cus_{n}"), &[(plan, 1)])
    });
    world.mirror(&SUBSCRIPTIONS, subscriptions.collect()).await;
    world
        .mirror(
            &CUSTOMERS,
            (0..150).map(|n| customer(&format!("cus_{n}"))).collect(),
        )
        .await;
    // Prices may come last: rows are made anew then.
    world.mirror(&PRICES, vec![monthly, yearly]).await;
    world
        .mirror(
            &PRODUCTS,
            vec![json!({"id": "prod_x", "object": "product", "name": "Studio"})],
        )
        .await;
    let rows = world.all().await;
    let sum: i64 = rows
        .iter()
        .flat_map(|row| &row.monthly)
        .map(|money| money.amount)
        .sum();
    assert_eq!(Money::new(sum, "usd").to_string(), "12500.00 USD");
    assert!(
        rows.iter().all(|row| row.plan.starts_with("Studio ")),
        "{}",
        rows[0].plan
    );
}

#[tokio::test]
async fn currencies_never_mix_and_usage_is_said_to_be_missing() {
    let world = World::new().await;
    let (jpy, kwd, isk) = (
        price("price_j", "jpy", 1200, "year"),
        price("price_k", "kwd", 5000, "month"),
        price("price_i", "isk", 100_000, "month"),
    );
    let mut metered = price("price_u", "jpy", 3, "month");
    metered["recurring"]["usage_type"] = json!("metered");
    world
        .mirror(
            &PRICES,
            vec![jpy.clone(), kwd.clone(), isk.clone(), metered.clone()],
        )
        .await;
    world.mirror(&CUSTOMERS, vec![customer("cus_a")]).await;
    let mut late = subscription("sub_d", "cus_a", &[(&isk, 1)]);
    late["status"] = json!("trialing");
    world
        .mirror(
            &SUBSCRIPTIONS,
            vec![
                subscription("sub_a", "cus_a", &[(&jpy, 2), (&metered, 1)]),
                subscription("sub_b", "cus_a", &[(&kwd, 3)]),
                subscription("sub_c", "cus_a", &[(&isk, 1)]),
                late,
            ],
        )
        .await;
    let row = world.all().await.remove(0);
    let monthly: Vec<String> = row.monthly.iter().map(Money::to_string).collect();
    assert_eq!(
        monthly,
        ["1000.00 ISK", "200 JPY", "15.000 KWD"],
        "a trial counts when it ends"
    );
    assert!(row.metered);
    let by_yen = world
        .find(&ClientQuery {
            sort: ClientSort::Monthly,
            currency: Some("jpy".into()),
            ..ClientQuery::default()
        })
        .await;
    assert_eq!(by_yen.rows[0].id, row.id);
}

#[tokio::test]
async fn the_page_and_the_list_agree_on_every_client() {
    let world = World::filled().await;
    for row in world.all().await {
        let page = world.page(&row.id).await;
        let mut sums = portico_core::money::Sums::default();
        for money in page
            .subscriptions
            .iter()
            .filter_map(|subscription| subscription.monthly.as_ref())
        {
            sums.add(money.amount, &money.currency);
        }
        assert_eq!(sums.into_money(), row.monthly, "{}", row.name);
        let mut open = portico_core::money::Sums::default();
        let invoices = portico_core::clients::invoices(&world.workspace, &row.id, 0, 500)
            .await
            .unwrap();
        for invoice in invoices
            .rows
            .iter()
            .filter(|invoice| ["open", "overdue"].contains(&invoice.word.code.as_str()))
        {
            open.add(invoice.remaining.amount, &invoice.remaining.currency);
        }
        assert_eq!(open.into_money(), row.open_balance, "{}", row.name);
    }
}

#[tokio::test]
async fn an_item_s_own_discount_counts_on_the_page_as_in_the_list() {
    let world = World::new().await;
    let plan = price("price_m", "usd", 10_000, "month");
    world.mirror(&PRICES, vec![plan.clone()]).await;
    world.mirror(&CUSTOMERS, vec![customer("cus_a")]).await;
    let mut discounted = subscription("sub_a", "cus_a", &[(&plan, 1)]);
    discounted["items"]["data"][0]["discounts"] = json!([{"id": "di_1", "object": "discount", "end": null,
        "source": {"type": "coupon", "coupon": {"id": "c", "name": "Friend", "percent_off": 25.0, "duration": "forever"}}}]);
    world.mirror(&SUBSCRIPTIONS, vec![discounted]).await;
    let row = world.all().await.remove(0);
    assert_eq!(row.monthly, [Money::new(7500, "usd")]);
    let page = world.page(&row.id).await;
    assert_eq!(page.subscriptions[0].monthly, Some(Money::new(7500, "usd")));
    assert!(
        page.subscriptions[0].discounts[0].contains("Friend: 25 % off"),
        "{:?}",
        page.subscriptions[0].discounts
    );
}
