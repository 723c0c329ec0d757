//! Going back to a backup of a workspace's journal, also when the journal no longer opens.

use super::Core;
use crate::backups::{self, Backup, Replaced};
use crate::events::Topic;
use crate::ids::WorkspaceId;
use crate::journal::{Actor, Author};
use crate::{Error, Result};
use std::sync::{Arc, PoisonError};

impl Core {
    /// The backups of a workspace, newest first.
    pub async fn backups(&self, id: &WorkspaceId) -> Result<Vec<Backup>> {
        let (folder, _) = self.file(id)?;
        backups::list_in(&folder).await
    }

    /// Puts a backup in the journal's place and opens the workspace on it.
    pub async fn restore_backup(&self, id: &WorkspaceId, name: &str) -> Result<Replaced> {
        let present = match self.workspace(id).await {
            Ok(workspace) => Some(workspace),
            // A backup is what helps then.
            Err(Error::DatabaseDamaged { .. }) => None,
            Err(error) => return Err(error),
        };
        let author = match &present {
            Some(workspace) => workspace.author().await?,
            None => self.author()?,
        };
        let mut open = self.0.open.lock().await;
        if let Some(workspace) = &present {
            workspace.stop().await;
            open.remove(id);
        }
        let (folder, file) = self.file(id)?;
        let restored = backups::restore(
            id.clone(),
            folder.clone(),
            name,
            &author,
            self.0.announcer.clone(),
            self.0.options.clock.clone(),
        );
        let restored = restored.await;
        if let Ok((store, _)) = &restored {
            store.close().await;
        }
        // Whether it worked or not, the workspace goes on with the journal that is there now.
        let again = self.open_workspace(folder, file).await;
        if let Ok(again) = &again {
            if let Some(present) = &present {
                // Nobody has to type the passphrase again for that.
                again.live_wire.take_over(&present.live_wire);
                again.key.take_over(&present.key);
            }
            open.insert(id.clone(), Arc::clone(again));
        }
        let (_, replaced) = restored?;
        again?;
        self.0.announcer.announce(Some(id), Topic::ALL);
        Ok(replaced)
    }

    /// Who acts here, where no journal can be told.
    fn author(&self) -> Result<Author> {
        let desk = self.0.desk.read().unwrap_or_else(PoisonError::into_inner);
        let staff = desk.staff.as_ref().ok_or(Error::StaffNeeded)?;
        Ok(Author {
            actor: Actor::Staff(staff.id.clone()),
            device: desk.device.clone(),
        })
    }
}
