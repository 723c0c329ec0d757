//! Makes the dictionary that the mirror's rows are compressed with, from the sample agency's objects:
//! `cargo run -p portico-core --example dictionary -- src-tauri/core/src/db/mirror.dict`

use portico_core::wire::Programs;
use portico_core::{Clock, Core, Options, db, stripe::Pace, stripe::resource};
use sqlx::{AssertSqlSafe, query_scalar};
use std::error::Error;

/// zstd's own advice is a hundredth of the samples, at most this much.
const BYTES: usize = 64 * 1024;
/// Objects of each kind.
const SAMPLES: u32 = 400;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("name the file to write")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let samples = runtime.block_on(samples())?;
    std::fs::write(file, zstd::dict::from_samples(&samples, BYTES)?)?;
    Ok(())
}

async fn samples() -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let core = Core::open(Options {
        downloads: folder.path().into(),
        data_folder: folder.path().into(),
        keychain_service: "dev.portico.console.dictionary".into(),
        api_base: None,
        sample_customers: portico_core::SAMPLE_CUSTOMERS,
        background: false,
        pace: Pace::UNLIMITED,
        clock: Clock::system(),
        programs: Programs::of_system(),
    })?;
    let demo = core.open_demo().await?;
    let workspace = core.workspace(&demo.id).await?;
    workspace.sync_and_wait(|_| {}).await?;
    let mut samples = Vec::new();
    for resource in resource::ALL {
        let sql = format!(
            "SELECT json FROM {} WHERE json IS NOT NULL ORDER BY id LIMIT {SAMPLES}",
            resource.name
        );
        let rows: Vec<Vec<u8>> = query_scalar(AssertSqlSafe(sql))
            .fetch_all(&workspace.store().reader)
            .await?;
        for row in rows {
            samples.push(serde_json::to_vec(&db::unpack(&row)?)?);
        }
    }
    Ok(samples)
}
