//! What every story leaves behind: an unbroken journal, and tables that replaying it makes again.

use std::fs;
use std::path::Path;

use portico_core::Clock;
use portico_core::db::Store;
use portico_core::events::Announcer;
use portico_core::ids::WorkspaceId;
use portico_core::journal;
use sqlx::AssertSqlSafe;

/// What the journal's tables are made by.
const SCHEMA: &str = include_str!("../../src-tauri/core/src/journal/tables.sql");

/// Built from the journal, and what is derived from it and the mirror. A replay writes them all.
fn tables() -> Vec<&'static str> {
    let made = SCHEMA.lines().filter_map(|line| {
        let made = line.strip_prefix("CREATE TABLE ")?;
        made.split([' ', '(']).next()
    });
    made.chain(["client_row"]).collect()
}

/// Checks every workspace of a data folder whose app has ended.
pub async fn replay(data: &Path) {
    let Ok(workspaces) = fs::read_dir(data.join("workspaces")) else {
        return;
    };
    for workspace in workspaces.filter_map(Result::ok) {
        // Of a removed workspace only the journal is left.
        if !workspace.path().join("portico.db").exists() {
            continue;
        }
        let id = WorkspaceId::from(workspace.file_name().to_string_lossy().as_ref());
        let store = Store::open(id, workspace.path(), Announcer::default(), Clock::system())
            .await
            .expect("a workspace that opens");
        let journal = journal::verify(&store).await.expect("a readable journal");
        assert_eq!(journal.problem, None, "{}", workspace.path().display());
        let before = dump(&store).await;
        journal::rebuild(&store).await.expect("a replay");
        assert_eq!(dump(&store).await, before, "{}", workspace.path().display());
    }
}

async fn dump(store: &Store) -> Vec<String> {
    let mut dump = Vec::new();
    for table in tables() {
        // `revision` counts refreshes, of which a replay needs fewer.
        let columns: String = sqlx::query_scalar(
            "SELECT group_concat(iif(type = 'BLOB', 'hex(' || name || ')', name))
             FROM pragma_table_info(?) WHERE name <> 'revision'",
        )
        .bind(table)
        .fetch_one(&store.reader)
        .await
        .expect("the columns of a table");
        let query = format!("SELECT '{table} ' || json_array({columns}) FROM {table} ORDER BY 1");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_all(&store.reader)
            .await
            .expect("the rows of a table");
        dump.extend(rows);
    }
    dump
}
