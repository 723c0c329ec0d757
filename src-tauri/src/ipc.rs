//! The contract between the window and the core: the commands, the one event, the one error.

use crate::commands::{clients, desk, duplicates, journal, links, portal, sync, wire, workspaces};
use portico_core::{Error, events::Changed};
use serde::Serialize;
use specta::Type;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

/// What the UI tells apart; everything else it only shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    Invalid,
    NotFound,
    Conflict,
    StaffNeeded,
    /// The key state has a screen of its own to show.
    Key,
    Permission,
    Offline,
    PortalConfigurationNeeded,
    LinkNotPossible,
    /// A backup can be restored in Settings.
    Damaged,
    Cancelled,
    Other,
}

/// An error as the window gets it: a sentence for the person, and the input it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct IpcError {
    pub code: ErrorCode,
    pub message: String,
    pub field: Option<String>,
}

pub type IpcResult<T> = Result<T, IpcError>;

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let code = match &error {
            Error::Invalid { .. } => ErrorCode::Invalid,
            Error::NotFound(_) => ErrorCode::NotFound,
            Error::Conflict(_) => ErrorCode::Conflict,
            Error::StaffNeeded => ErrorCode::StaffNeeded,
            Error::KeyMissing
            | Error::KeyRefused(_)
            | Error::SecretStore(_)
            | Error::WrongPassphrase => ErrorCode::Key,
            Error::PermissionMissing { .. } => ErrorCode::Permission,
            Error::Offline(_) => ErrorCode::Offline,
            Error::PortalConfigurationNeeded => ErrorCode::PortalConfigurationNeeded,
            Error::LinkNotPossible(_) => ErrorCode::LinkNotPossible,
            Error::DatabaseDamaged { .. } => ErrorCode::Damaged,
            Error::Cancelled => ErrorCode::Cancelled,
            _ => ErrorCode::Other,
        };
        // The one place that logs an error; what the person caused is no news for the log.
        match code {
            ErrorCode::Other | ErrorCode::Damaged => {
                tracing::error!(error = ?error, "command failed")
            }
            _ => tracing::info!(%message, ?code, "command refused"),
        }
        let field = match error {
            Error::Invalid { field, .. } => Some(field.to_owned()),
            Error::WrongPassphrase => Some("passphrase".to_owned()),
            _ => None,
        };
        Self {
            code,
            message,
            field,
        }
    }
}

/// The one event: which topics of which workspace changed.
#[derive(Debug, Clone, Serialize, serde::Deserialize, Type, tauri_specta::Event)]
#[tauri_specta(event_name = "changed")]
pub struct ChangedEvent(pub Changed);

/// Writes the contract in TypeScript, as `ui/src/ipc/bindings.ts` holds it.
pub fn write_bindings(file: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    Ok(contract().export(specta_typescript::Typescript::default(), file)?)
}

/// Every command and event, as the window registers them and as the bindings are made from.
pub fn contract() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .error_handling(ErrorHandlingMode::Throw)
        .disable_serde_phases()
        .commands(collect_commands![
            desk::desk,
            desk::set_theme,
            desk::set_last_place,
            desk::set_staff,
            crate::mark::first_paint,
            desk::diagnostics,
            desk::open_log_folder,
            desk::key_advice,
            desk::open_key_page,
            desk::time_zones,
            workspaces::open_demo,
            workspaces::begin_demo_again,
            workspaces::check_key,
            workspaces::key_check,
            workspaces::discard_key_check,
            workspaces::add_workspace,
            workspaces::remove_workspace,
            workspaces::set_time_zone,
            workspaces::key_state,
            workspaces::retry_key,
            workspaces::cancel_key_prompt,
            workspaces::unlock_key_file,
            workspaces::replace_key,
            workspaces::remove_key,
            workspaces::key_report,
            sync::sync_status,
            sync::sync_cost,
            sync::sync_now,
            sync::resume_sync,
            sync::cancel_sync,
            sync::freshness,
            sync::sync_health,
            sync::check_now,
            sync::compare_now,
            sync::rebuild_mirror,
            sync::retry_parked,
            sync::ignore_parked,
            wire::live_wire_state,
            wire::set_live_wire,
            wire::set_webhook_secret,
            wire::remove_webhook_secret,
            clients::list_clients,
            clients::client_filters,
            clients::export_clients,
            clients::get_client,
            clients::refresh_client,
            clients::list_invoices,
            clients::client_timeline,
            clients::client_at,
            clients::add_client,
            clients::edit_client,
            clients::archive_client,
            clients::unarchive_client,
            clients::add_contact,
            clients::edit_contact,
            clients::remove_contact,
            clients::write_note,
            clients::edit_note,
            clients::remove_note,
            clients::link_customer,
            clients::unlink_customer,
            links::open_portal,
            links::prepare_portal_link,
            links::open_invoice,
            links::open_in_stripe,
            links::portal_configuration,
            links::create_portal_configuration,
            links::list_links,
            links::recommend_link,
            links::check_link,
            links::issue_link,
            portal::list_portal_configurations,
            portal::portal_choices,
            portal::lint_portal_settings,
            portal::preview_portal_settings,
            portal::save_portal_configuration,
            portal::set_portal_configuration_active,
            portal::plan_portal_copy,
            portal::portal_policy,
            portal::save_segment,
            portal::remove_segment,
            portal::set_client_segment,
            portal::set_client_portal,
            portal::client_portal,
            portal::preview_portal_rules,
            portal::save_portal_rules,
            portal::portal_matrix,
            portal::export_portal_matrix,
            portal::review_portal_matrix,
            duplicates::list_duplicates,
            duplicates::link_duplicates,
            duplicates::prefer_customer,
            duplicates::dismiss_duplicates,
            journal::verify_journal,
            journal::list_backups,
            journal::make_backup,
            journal::restore_backup,
        ])
        .events(collect_events![ChangedEvent])
}
