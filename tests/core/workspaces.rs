//! Workspaces: kept apart, kept safe, restored and removed.

use crate::world::{Watch, World, add, files_under, options_in, other_agency};
use portico_core::clients::{self, ClientQuery};
use portico_core::workspaces::KeyState;
use portico_core::{Core, Error, backups};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[tokio::test]
async fn two_accounts_side_by_side_show_nothing_of_each_other() {
    let world = World::filled().await;
    let sim = other_agency().await;
    assert_ne!(sim.account_id(), world.sim.account_id());
    let summary = add(&world.core, sim.secret_key(), sim.url(), "Second agency").await;
    let second = world.core.workspace(&summary.id).await.unwrap();
    second.sync_and_wait(|_| {}).await.unwrap();
    let query = ClientQuery {
        limit: 500,
        ..ClientQuery::default()
    };
    let of_second = clients::list(&second, &query).await.unwrap().rows;
    assert!(of_second.len() >= 40);
    let ids = |rows: &[clients::ClientRow]| {
        rows.iter()
            .map(|row| row.id.to_string())
            .collect::<BTreeSet<_>>()
    };
    assert!(ids(&of_second).is_disjoint(&ids(&world.all().await)));
    for row in &of_second {
        assert!(matches!(
            clients::page(&world.workspace, &row.id).await,
            Err(Error::NotFound(_))
        ));
        assert!(world.search(&row.customers[0]).await.is_empty());
    }
    assert_eq!(world.core.workspaces().unwrap().len(), 2);
}

#[tokio::test]
async fn removing_a_workspace_keeps_the_journal_unless_its_name_is_typed() {
    let world = World::filled().await;
    let id = world.workspace.summary().id;
    let folder = world.workspace.store().folder.clone();
    backups::make(world.workspace.store()).await.unwrap();
    let mistyped = world.core.remove_workspace(&id, Some("Test agenci")).await;
    assert!(
        matches!(
            mistyped,
            Err(Error::Invalid {
                field: "typed_name",
                ..
            })
        ),
        "{mistyped:?}"
    );
    assert_eq!(
        world.all().await.len() as u32,
        world.find(&ClientQuery::default()).await.total,
        "still open"
    );
    world.core.remove_workspace(&id, None).await.unwrap();
    let left: Vec<String> = files_under(&folder)
        .into_iter()
        .map(|(path, _)| path.strip_prefix(&folder).unwrap().display().to_string())
        .collect();
    assert!(left.contains(&"journal.db".to_owned()), "{left:?}");
    assert!(
        left.iter()
            .all(|name| name.starts_with("journal.db") || name.starts_with("backups/")),
        "{left:?}"
    );
    assert!(world.core.workspaces().unwrap().is_empty());
    assert!(matches!(
        world.core.workspace(&id).await.map(drop),
        Err(Error::NotFound(_))
    ));

    let summary = add(
        &world.core,
        world.sim.secret_key(),
        world.sim.url(),
        "Test agency",
    )
    .await;
    world
        .core
        .remove_workspace(&summary.id, Some(" Test agency "))
        .await
        .unwrap();
    assert!(!Path::new(&summary.folder).exists());
}

#[tokio::test]
async fn a_data_folder_that_others_could_read_is_closed_to_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    Core::open(options_in(folder.path().into())).unwrap();
    let mode = folder.path().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn files_are_private_and_none_holds_the_key() {
    let world = World::filled().await;
    let id = world.workspace.summary().id;
    backups::make(world.workspace.store()).await.unwrap();
    world
        .core
        .set_time_zone(&id, "Europe/Berlin")
        .await
        .unwrap();
    assert!(matches!(
        world.core.set_time_zone(&id, "Mars/Base").await,
        Err(Error::Invalid {
            field: "time_zone",
            ..
        })
    ));
    assert_eq!(
        world.core.workspaces().unwrap()[0].time_zone,
        "Europe/Berlin"
    );
    for (path, bytes) in files_under(world.folder.path()) {
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        let folder = path.parent().unwrap();
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
        let canary = memchr::memmem::find(&bytes, world.sim.secret_key().as_bytes());
        assert!(canary.is_none(), "{}", path.display());
        assert!(
            !path
                .file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(".tmp"),
            "{}",
            path.display()
        );
    }
}

#[tokio::test]
async fn a_damaged_workspace_file_does_not_stand_in_the_way_of_others() {
    let world = World::new().await;
    let sim = other_agency().await;
    let second = add(&world.core, sim.secret_key(), sim.url(), "Second agency").await;
    std::fs::write(
        Path::new(&second.folder).join("workspace.toml"),
        "name = \"half",
    )
    .unwrap();
    let listed = world.core.workspaces().unwrap();
    assert_eq!(listed.len(), 1);
    let core = Core::open(options_in(world.folder.path().into())).unwrap();
    let opened = core.workspace(&second.id).await.map(drop);
    assert!(
        matches!(&opened, Err(Error::Conflict(why)) if why.contains("workspace.toml")),
        "{opened:?}"
    );
    core.workspace(&listed[0].id).await.unwrap();
}

#[tokio::test]
async fn a_backup_brings_back_what_was_there_also_when_the_journal_is_damaged() {
    let world = World::filled().await;
    let id = world.workspace.summary().id;
    let named = |name: &str| portico_core::journal::ClientDetails {
        name: Some(name.into()),
        ..Default::default()
    };
    clients::add(&world.workspace, named("Before"))
        .await
        .unwrap();
    let backup = backups::make(world.workspace.store()).await.unwrap();
    clients::add(&world.workspace, named("Afterwards"))
        .await
        .unwrap();
    world.core.restore_backup(&id, &backup.name).await.unwrap();
    let workspace = world.core.workspace(&id).await.unwrap();
    let found = async |workspace: &portico_core::workspaces::Workspace, search: &str| {
        let query = ClientQuery {
            search: search.into(),
            limit: 5,
            ..ClientQuery::default()
        };
        clients::list(workspace, &query).await.unwrap().total
    };
    assert_eq!(
        (
            found(&workspace, "Before").await,
            found(&workspace, "Afterwards").await
        ),
        (1, 0)
    );
    assert!(
        matches!(workspace.key_state().await, KeyState::Ready { .. }),
        "nobody types the passphrase again"
    );
    let unknown = world.core.restore_backup(&id, "journal-nothing.db").await;
    assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");

    let workspace = world.core.workspace(&id).await.unwrap();
    let journal = workspace.store().journal_path();
    workspace.store().close().await;
    drop(workspace);
    std::fs::write(&journal, vec![7; 8192]).unwrap();
    let core = Core::open(options_in(world.folder.path().into())).unwrap();
    let damaged = core.workspace(&id).await.map(drop);
    assert!(
        matches!(damaged, Err(Error::DatabaseDamaged { .. })),
        "{damaged:?}"
    );
    let listed = core.backups(&id).await.unwrap();
    assert!(
        listed.iter().any(|known| known.name == backup.name),
        "{listed:?}"
    );
    core.restore_backup(&id, &backup.name).await.unwrap();
    assert_eq!(
        found(&*core.workspace(&id).await.unwrap(), "Before").await,
        1
    );
}

#[tokio::test]
async fn a_mirror_found_damaged_while_reading_is_rebuilt_at_the_next_start() {
    let world = World::with(
        stripe_sim::Options::default(),
        Watch::at(chrono::Utc::now()).clock(),
    )
    .await;
    world.fill().await;
    let id = world.workspace.summary().id;
    let path = world.workspace.store().folder.join("portico.db");
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&world.workspace.store().writer)
        .await
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let first_page = 4096;
    bytes[first_page..].fill(0xA5);
    world.workspace.store().close().await;
    std::fs::write(&path, bytes).unwrap();
    let World {
        core,
        folder,
        workspace,
        ..
    } = world;
    drop((core, workspace));

    let core = Core::open(options_in(folder.path().into())).unwrap();
    let outcome = match core.workspace(&id).await {
        Ok(workspace) => {
            let read = clients::list(
                &workspace,
                &ClientQuery {
                    limit: 5,
                    ..Default::default()
                },
            )
            .await
            .map(drop);
            workspace.store().close().await;
            read
        }
        Err(error) => Err(error),
    };
    match outcome {
        Err(Error::DatabaseDamaged { detail, .. }) => {
            assert!(detail.contains("rebuilt"), "{detail}")
        }
        // Found at the opening already, and rebuilt.
        Ok(()) => {}
        Err(other) => panic!("{other:?}"),
    }
    drop(core);
    let core = Core::open(options_in(folder.path().into())).unwrap();
    let workspace = core.workspace(&id).await.unwrap();
    clients::list(
        &workspace,
        &ClientQuery {
            limit: 5,
            ..Default::default()
        },
    )
    .await
    .expect("it reads again");
}

#[tokio::test]
async fn small_files_that_are_not_readable_keep_nobody_out_and_are_told_of() {
    let world = World::new().await;
    let summary = world.workspace.summary();
    let folder = world.folder.path();
    for name in ["desk.toml", "settings.toml"] {
        std::fs::write(folder.join(name), b"\xff\xfe garbage").unwrap();
    }
    let file = Path::new(&summary.folder).join("workspace.toml");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, "name = \"Agency\nid").unwrap();

    let core = Core::open(options_in(folder.into())).unwrap();
    let desk = core.desk().await.unwrap();
    assert_eq!((desk.staff, desk.workspaces), (None, vec![]));
    let told = |what: &str| {
        let told = desk.notices.iter().find(|notice| notice.contains(what));
        told.unwrap_or_else(|| panic!("{what}: {:?}", desk.notices))
    };
    assert!(told("desk.toml.damaged").contains("goes on"));
    told("settings.toml.damaged");
    assert!(told(&summary.folder).contains("workspace.toml is not readable"));
    assert_eq!(desk.notices.len(), 3);

    std::fs::write(&file, whole).unwrap();
    let core = Core::open(options_in(folder.into())).unwrap();
    let desk = core.desk().await.unwrap();
    assert_eq!(desk.notices, Vec::<String>::new());
    assert_eq!(desk.workspaces, [summary]);
}

#[tokio::test]
async fn a_workspace_that_does_not_open_can_be_removed() {
    let world = World::new().await;
    let summary = world.workspace.summary();
    let journal = world.workspace.store().journal_path();
    world.workspace.store().close().await;
    std::fs::write(&journal, vec![7; 8192]).unwrap();
    let core = Core::open(options_in(world.folder.path().into())).unwrap();
    assert!(core.workspace(&summary.id).await.is_err());
    core.remove_workspace(&summary.id, None).await.unwrap();
    assert!(core.workspaces().unwrap().is_empty());
    assert!(journal.exists(), "what is left of the journal stays");
    assert!(!Path::new(&summary.folder).join("secrets.age").exists());
}
