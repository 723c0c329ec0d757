//! What a workspace does by itself while its window is open: backups, and going on after a fault.

use crate::world::{PASSPHRASE, Watch, World, add, options_in, until};
use chrono::{TimeDelta, Utc};
use portico_core::{
    Clock, Core, Options, backups, clients,
    db::{BACKUPS, MIRROR},
    ids::LinkId,
    journal::{self, Change, ClientDetails, LinkDetails, LinkKind},
    links::{self, LinkQuery},
    secrets::Secret,
    sync::{SyncPhase, health::FreshnessLevel},
    workspaces::Workspace,
};
use std::path::Path;
use std::sync::Arc;

/// A window on a data folder.
async fn window(folder: &Path, clock: Clock) -> Core {
    let core = Core::open(Options {
        background: true,
        clock,
        ..options_in(folder.into())
    })
    .unwrap();
    core.set_staff("Ada", None).await.unwrap();
    core
}

/// A window with a workspace on the world's Stripe, besides the world's own.
async fn opened(world: &World, folder: &Path, clock: Clock) -> (Core, Arc<Workspace>) {
    let core = window(folder, clock).await;
    let added = add(&core, world.sim.secret_key(), world.sim.url(), "Agency").await;
    let here = core.workspace(&added.id).await.unwrap();
    (core, here)
}

fn named(name: &str) -> ClientDetails {
    ClientDetails {
        name: Some(name.into()),
        ..ClientDetails::default()
    }
}

async fn copies(workspace: &Workspace) -> Vec<backups::Backup> {
    backups::list(workspace.store()).await.unwrap()
}

async fn fresh(workspace: &Workspace) {
    until("it follows Stripe", || async {
        workspace.freshness().await.unwrap().level == FreshnessLevel::Fresh
    })
    .await;
}

#[tokio::test]
async fn a_window_that_stays_open_makes_a_backup_a_day_and_none_of_an_empty_journal() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let now = Utc::now();
    let watch = Watch::at(now);
    // Nothing is in the journal yet when the background begins.
    let (core, here) = opened(&world, folder.path(), watch.clock()).await;
    fresh(&here).await;
    watch.set(now + TimeDelta::hours(2));
    until("the first has what was written", || async {
        copies(&here).await.len() == 1
    })
    .await;
    let first = copies(&here).await;
    assert!(first[0].entries > 0, "{first:?}");

    watch.set(now + TimeDelta::hours(27));
    until("another one the next day", || async {
        copies(&here).await.len() == 2
    })
    .await;

    // What was written since is not lost with the evening.
    clients::add(&here, named("In the evening")).await.unwrap();
    core.leave().await;
    assert_eq!(copies(&here).await.len(), 2, "one was made just now");
    watch.set(now + TimeDelta::hours(35));
    core.leave().await;
    assert_eq!(copies(&here).await.len(), 3);
    core.leave().await;
    assert_eq!(copies(&here).await.len(), 3, "nothing new");
}

#[tokio::test]
async fn a_backup_that_fails_is_shown_and_stops_nothing_else() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let (core, here) = opened(&world, folder.path(), Clock::system()).await;
    fresh(&here).await;
    let kept = here.store().folder.join(BACKUPS);
    drop(here);
    drop(core);
    // Somebody put a file where the backups belong.
    let _ = std::fs::remove_dir_all(&kept);
    std::fs::write(&kept, b"not a folder").unwrap();

    let core = window(folder.path(), Clock::system()).await;
    let id = core.workspaces().unwrap().swap_remove(0).id;
    let here = core.workspace(&id).await.unwrap();
    let before = here.freshness().await.unwrap().checked_at;
    here.unlock_key_file(Secret::new(PASSPHRASE)).await.unwrap();
    until("the failure is shown", || async {
        let problems = here.sync_health().await.unwrap().problems;
        problems
            .iter()
            .any(|problem| problem.words.contains("No backup of the journal was made"))
    })
    .await;
    until("Stripe is asked all the same", || async {
        here.freshness().await.unwrap().checked_at > before
    })
    .await;
}

#[tokio::test]
async fn a_background_that_breaks_off_says_so_and_begins_again() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let (_core, here) = opened(&world, folder.path(), Clock::system()).await;
    fresh(&here).await;
    // A request of another process that cannot be read.
    let request = here.store().folder.join("sync.request");
    std::fs::create_dir(&request).unwrap();
    until("it is said", || async {
        here.freshness().await.unwrap().level == FreshnessLevel::Stopped
    })
    .await;
    let problems = here.sync_health().await.unwrap().problems;
    assert!(
        problems[0].words.contains("broke off. Could not read"),
        "{problems:?}"
    );
    std::fs::remove_dir(&request).unwrap();
    fresh(&here).await;
}

#[tokio::test]
async fn a_damaged_copy_is_begun_anew_and_everywhere_said_until_it_is_whole() {
    let world = World::filled().await;
    let page = world.all().await.swap_remove(0);
    let id = world.workspace.summary().id;
    let attempt = Change::LinkRequested {
        link: LinkId::new(),
        client: page.id.clone(),
        customer: page.customers.first().cloned(),
        link_kind: LinkKind::PortalMail,
        configuration: None,
        invoice: None,
        idempotency_key: None,
        details: LinkDetails::default(),
    };
    let author = world.workspace.author().await.unwrap();
    journal::append(world.workspace.store(), &author, attempt)
        .await
        .unwrap();
    let World {
        sim: _sim,
        core,
        folder,
        workspace,
    } = world;
    workspace.store().close().await;
    let mirror = workspace.store().folder.join(MIRROR);
    // With them goes the right to read from Stripe.
    drop((workspace, core));
    std::fs::write(&mirror, vec![0xa5; 100_000]).unwrap();

    let core = Core::open(options_in(folder.path().into())).unwrap();
    let here = core.workspace(&id).await.unwrap();
    let status = here.sync_status().await.unwrap();
    assert_eq!(status.phase, SyncPhase::Never);
    let problem = status.problem.unwrap();
    assert!(
        problem.contains("damaged")
            && problem.contains("portico.db.damaged-")
            && problem.contains("nothing of yours was lost"),
        "{problem}"
    );
    let query = LinkQuery {
        limit: 10,
        ..LinkQuery::default()
    };
    let shown = async || {
        links::list(&here, &query).await.unwrap().rows[0]
            .client_name
            .clone()
    };
    assert_eq!(shown().await, "A client that is not read yet");
    clients::add(&here, named("By hand")).await.unwrap();

    here.unlock_key_file(Secret::new(PASSPHRASE)).await.unwrap();
    let status = here.sync_and_wait(|_| {}).await.unwrap();
    assert_eq!((status.phase, status.problem), (SyncPhase::Complete, None));
    assert_eq!(shown().await, page.name);
    let health = here.sync_health().await.unwrap();
    assert_eq!(health.problems[0].words, problem, "it stays to be read");
    // Begun anew by a person, it is not said to be damaged again.
    here.rebuild_mirror().await.unwrap();
    let problem = here.sync_status().await.unwrap().problem;
    assert_eq!(problem, None);
}
