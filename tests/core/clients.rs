//! The client list and page: what staff see of what Stripe has.

use crate::world::World;
use portico_core::clients::{self, ClientQuery, ClientSort};

#[tokio::test]
async fn every_customer_of_stripe_is_a_client_by_itself() {
    let world = World::filled().await;
    let query = ClientQuery {
        limit: 500,
        ..ClientQuery::default()
    };
    let list = clients::list(&world.workspace, &query).await.unwrap();
    assert_eq!(list.total as usize, list.rows.len());
    for row in &list.rows {
        println!(
            "{} | {} | {:?} | {} | {:?} | {} | {:?}",
            row.id, row.name, row.emails, row.plan, row.monthly, row.word.label, row.open_balance
        );
        let page = clients::page(&world.workspace, &row.id).await.unwrap();
        assert_eq!(page.row.id, row.id);
        clients::timeline(&world.workspace, &row.id, None)
            .await
            .unwrap();
    }
    let by = ClientQuery {
        sort: ClientSort::Monthly,
        currency: Some("usd".into()),
        descending: true,
        limit: 20,
        search: "a".into(),
        ..ClientQuery::default()
    };
    for row in clients::list(&world.workspace, &by).await.unwrap().rows {
        println!("{} {:?}", row.name, row.monthly);
    }
}
