//! The portal studio, segments and rules, as the window asks for them.

use crate::ipc::IpcResult;
use portico_core::Core;
use portico_core::ids::{ClientId, SegmentId, WorkspaceId};
use portico_core::journal::PortalRule;
use portico_core::portal::{
    self, ClientPortal, Finding, PortalChoices, PortalConfigurationRow, PortalCopy, PortalImpact,
    PortalMatrix, PortalPolicy, PortalSettings, SavedConfiguration,
};
use tauri::State;

/// Every portal configuration, active ones first.
#[tauri::command]
#[specta::specta]
pub async fn list_portal_configurations(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<Vec<PortalConfigurationRow>> {
    Ok(portal::configurations(&*core.workspace(&workspace).await?).await?)
}

/// Products, prices and coupons that the forms can offer.
#[tauri::command]
#[specta::specta]
pub async fn portal_choices(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<PortalChoices> {
    Ok(portal::choices(&*core.workspace(&workspace).await?).await?)
}

/// What Stripe would refuse of these settings, or what would surprise.
#[tauri::command]
#[specta::specta]
pub async fn lint_portal_settings(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    settings: PortalSettings,
    configuration: Option<String>,
) -> IpcResult<Vec<Finding>> {
    Ok(portal::lint(
        &*core.workspace(&workspace).await?,
        &settings,
        configuration.as_deref(),
    )
    .await?)
}

/// For whom what they may do would change, were the configuration saved so.
#[tauri::command]
#[specta::specta]
pub async fn preview_portal_settings(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    configuration: String,
    settings: PortalSettings,
) -> IpcResult<PortalImpact> {
    Ok(portal::preview_settings(
        &*core.workspace(&workspace).await?,
        &configuration,
        &settings,
    )
    .await?)
}

/// Makes a configuration, or changes the named one.
#[tauri::command]
#[specta::specta]
pub async fn save_portal_configuration(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    configuration: Option<String>,
    settings: PortalSettings,
) -> IpcResult<SavedConfiguration> {
    Ok(portal::save(
        &*core.workspace(&workspace).await?,
        configuration.as_deref(),
        &settings,
    )
    .await?)
}

/// Switches a configuration on or off.
#[tauri::command]
#[specta::specta]
pub async fn set_portal_configuration_active(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    configuration: String,
    active: bool,
) -> IpcResult<()> {
    Ok(portal::set_active(&*core.workspace(&workspace).await?, &configuration, active).await?)
}

/// How a configuration would come out in another workspace.
#[tauri::command]
#[specta::specta]
pub async fn plan_portal_copy(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    configuration: String,
    to: WorkspaceId,
) -> IpcResult<PortalCopy> {
    Ok(portal::copy_plan(
        &*core.workspace(&workspace).await?,
        &configuration,
        &*core.workspace(&to).await?,
    )
    .await?)
}

/// Segments, rules, and when they were last reviewed.
#[tauri::command]
#[specta::specta]
pub async fn portal_policy(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<PortalPolicy> {
    Ok(portal::policy(&*core.workspace(&workspace).await?).await?)
}

/// Adds a segment, or renames one.
#[tauri::command]
#[specta::specta]
pub async fn save_segment(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    segment: Option<SegmentId>,
    name: String,
    description: Option<String>,
) -> IpcResult<SegmentId> {
    Ok(portal::save_segment(
        &*core.workspace(&workspace).await?,
        segment,
        &name,
        description.as_deref(),
    )
    .await?)
}

/// Removes a segment that no rule is made for; its clients are in none then.
#[tauri::command]
#[specta::specta]
pub async fn remove_segment(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    segment: SegmentId,
) -> IpcResult<()> {
    Ok(portal::remove_segment(&*core.workspace(&workspace).await?, &segment).await?)
}

/// Puts a client into a segment, or out of any.
#[tauri::command]
#[specta::specta]
pub async fn set_client_segment(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    segment: Option<SegmentId>,
) -> IpcResult<()> {
    Ok(portal::set_client_segment(&*core.workspace(&workspace).await?, &client, segment).await?)
}

/// Chooses a client's portal configuration by hand, or leaves it to the rules again.
#[tauri::command]
#[specta::specta]
pub async fn set_client_portal(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    configuration: Option<String>,
) -> IpcResult<()> {
    Ok(
        portal::set_client_portal(&*core.workspace(&workspace).await?, &client, configuration)
            .await?,
    )
}

/// A client's segment, and which portal it gets and why.
#[tauri::command]
#[specta::specta]
pub async fn client_portal(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
) -> IpcResult<ClientPortal> {
    Ok(portal::client_portal(&*core.workspace(&workspace).await?, &client).await?)
}

/// Who would get another configuration under these rules.
#[tauri::command]
#[specta::specta]
pub async fn preview_portal_rules(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    rules: Vec<PortalRule>,
    otherwise: Option<String>,
) -> IpcResult<PortalImpact> {
    Ok(portal::preview_rules(
        &*core.workspace(&workspace).await?,
        &rules,
        otherwise.as_deref(),
    )
    .await?)
}

/// Puts these rules in force, in their order.
#[tauri::command]
#[specta::specta]
pub async fn save_portal_rules(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    rules: Vec<PortalRule>,
    otherwise: Option<String>,
) -> IpcResult<()> {
    Ok(portal::save_rules(&*core.workspace(&workspace).await?, rules, otherwise).await?)
}

/// What the clients of each segment may do.
#[tauri::command]
#[specta::specta]
pub async fn portal_matrix(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<PortalMatrix> {
    Ok(portal::matrix(&*core.workspace(&workspace).await?).await?)
}

/// The matrix as CSV.
#[tauri::command]
#[specta::specta]
pub async fn export_portal_matrix(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<String> {
    Ok(portal::export_matrix(&*core.workspace(&workspace).await?).await?)
}

/// Notes that the matrix was reviewed, and when it should be again.
#[tauri::command]
#[specta::specta]
pub async fn review_portal_matrix(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    next_in_days: u32,
) -> IpcResult<()> {
    Ok(portal::review_matrix(&*core.workspace(&workspace).await?, next_in_days).await?)
}
