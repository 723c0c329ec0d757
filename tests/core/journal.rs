//! The journal: chained, applied, replayed, erased, and never forked.

use crate::store::{ada, open};
use portico_core::{
    ids::ClientId,
    journal::{self, Change, ClientDetails},
};

fn client_added(id: &ClientId, name: &str) -> Change {
    Change::ClientAdded {
        client: id.clone(),
        details: ClientDetails {
            name: Some(name.into()),
            ..ClientDetails::default()
        },
    }
}

#[tokio::test]
async fn an_appended_change_is_in_the_tables_and_the_chain_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let client = ClientId::new();
    let entry = journal::append(&store, &ada(), client_added(&client, "Ärmel & Söhne"))
        .await
        .unwrap();
    assert_eq!(entry.seq, 1);

    let (name, by_hand): (String, bool) =
        sqlx::query_as("SELECT name, by_hand FROM clients WHERE id = ?")
            .bind(client.as_str())
            .fetch_one(&store.reader)
            .await
            .unwrap();
    assert_eq!((name.as_str(), by_hand), ("Ärmel & Söhne", true));

    let verification = journal::verify(&store).await.unwrap();
    assert_eq!(verification.entries, 1);
    assert_eq!(verification.first_bad, None);
}
