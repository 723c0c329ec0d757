//! The two files of a workspace: how they open, and what happens when one is damaged or too new.

use portico_core::{
    Clock, Result,
    db::Store,
    events::Announcer,
    ids::{DeviceId, StaffId, WorkspaceId},
    journal::{self, Actor, Author},
};
use std::path::Path;

/// Opens the workspace in `folder` as a process does at its start.
pub async fn open(folder: &Path) -> Result<Store> {
    let store = Store::open(
        WorkspaceId::from("ws_test"),
        folder.to_owned(),
        Announcer::default(),
        Clock::system(),
    )
    .await?;
    journal::catch_up(&store).await?;
    Ok(store)
}

pub fn ada() -> Author {
    Author {
        actor: Actor::Staff(StaffId::from("st_ada")),
        device: DeviceId::from("dv_desk"),
    }
}
