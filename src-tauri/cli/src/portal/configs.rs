//! `portal configs list | show | lint | apply`

use super::document;
use crate::failure::Failure;
use crate::output::columns;
use crate::session::Session;
use portico_core::portal::{
    self, Finding, PortalConfigurationRow, PortalSettings, SavedConfiguration, Severity,
};
use portico_core::workspaces::Workspace;
use serde::Serialize;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub enum Command {
    /// List the account's portal settings
    List,
    /// Print portal settings as a document that `apply` takes: TOML, or JSON with --json
    Show {
        /// Which (bpc_…)
        id: String,
    },
    /// Say what Stripe would refuse of a document, and what would surprise
    Lint(Document),
    /// Make or change portal settings so that they are as a document says
    Apply {
        #[command(flatten)]
        document: Document,
        /// Say what would change, and send nothing
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(clap::Args)]
pub struct Document {
    /// A .toml or .json file; what it leaves out is off or empty
    file: PathBuf,
    /// The portal settings that it is for (bpc_…) [default: the active ones of the same name, or
    /// new ones]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

/// What `apply` would do.
#[derive(Serialize)]
struct Plan<'a> {
    /// Empty: it would make new ones.
    id: Option<&'a str>,
    changes: Vec<String>,
    findings: &'a [Finding],
}

pub async fn run(session: &Session<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => list(session).await,
        Command::Show { id } => show(session, &id).await,
        Command::Lint(document) => lint(session, document).await,
        Command::Apply {
            document,
            dry_run: true,
        } => plan(session, document).await,
        Command::Apply { document, .. } => apply(session, document).await,
    }
}

async fn list(session: &Session<'_>) -> Result<(), Failure> {
    let workspace = session.workspace().await?;
    let rows = portal::configurations(&workspace).await?;
    session.output.show(&rows, || describe(&rows))?;
    Ok(())
}

fn describe(rows: &[PortalConfigurationRow]) -> String {
    if rows.is_empty() {
        return "This account has no portal settings yet.".into();
    }
    let cells = rows.iter().map(|row| {
        let mut standing = vec![if row.active { "on" } else { "off" }];
        standing.extend(row.is_default.then_some("default"));
        standing.extend(row.portico.then_some("Portico's own"));
        let grave = row.findings.iter();
        let grave = grave.filter(|finding| finding.severity != Severity::Note);
        [
            row.id.clone(),
            row.label.clone(),
            standing.join(", "),
            row.clients.to_string(),
            row.rules.join(", "),
            grave.count().to_string(),
        ]
    });
    columns(["ID", "NAME", "", "CLIENTS", "RULES", "FINDINGS"], cells)
}

async fn show(session: &Session<'_>, id: &str) -> Result<(), Failure> {
    let workspace = session.workspace().await?;
    let row = known(&workspace, id).await?.ok_or_else(|| unknown(id))?;
    let text = document::write(&row.settings)?;
    session.output.show(&row.settings, || text)?;
    Ok(())
}

async fn lint(session: &Session<'_>, document: Document) -> Result<(), Failure> {
    let workspace = session.workspace().await?;
    let settings = document::read(&document.file)?;
    let id = target(&workspace, &document, &settings).await?;
    let findings = portal::lint(&workspace, &settings, id.as_deref()).await?;
    session.output.show(&findings, || {
        if findings.is_empty() {
            return "There is nothing to be said against these settings.".into();
        }
        lines(&findings)
    })?;
    let refused = |finding: &Finding| finding.severity == Severity::Refused;
    if findings.iter().any(refused) {
        return Err(Failure::said("Stripe would refuse these settings."));
    }
    Ok(())
}

async fn plan(session: &Session<'_>, document: Document) -> Result<(), Failure> {
    let workspace = session.workspace().await?;
    let settings = document::read(&document.file)?;
    let id = target(&workspace, &document, &settings).await?;
    let findings = portal::lint(&workspace, &settings, id.as_deref()).await?;
    let before = match &id {
        Some(id) => {
            known(&workspace, id)
                .await?
                .ok_or_else(|| unknown(id))?
                .settings
        }
        None => PortalSettings::default(),
    };
    let plan = Plan {
        id: id.as_deref(),
        changes: portal::differences(&before, &settings),
        findings: &findings,
    };
    session.output.show(&plan, || {
        let what = match (plan.id, plan.changes.is_empty()) {
            (Some(id), true) => format!("{id} is as the document says."),
            (Some(id), false) => format!("{id} would be changed:"),
            (None, _) => "New portal settings would be made:".into(),
        };
        let mut text = vec![what];
        text.extend(plan.changes.iter().map(|change| format!("  {change}")));
        text.extend((!findings.is_empty()).then(|| lines(&findings)));
        text.join("\n")
    })?;
    Ok(())
}

async fn apply(session: &Session<'_>, document: Document) -> Result<(), Failure> {
    let settings = document::read(&document.file)?;
    let workspace = session.connected().await?;
    session.introduce().await?;
    let id = target(&workspace, &document, &settings).await?;
    let saved = portal::save(&workspace, id.as_deref(), &settings).await;
    let saved: SavedConfiguration = workspace.checked(saved)?;
    for difference in &saved.differences {
        session
            .output
            .note(&format!("Stripe keeps it otherwise. {difference}"));
    }
    let made = id.is_none();
    session.output.show(&saved, || match (saved.reused, made) {
        (true, _) => format!("{} is as the document says; nothing was sent.", saved.id),
        (false, false) => format!("Changed {}.", saved.id),
        (false, true) => format!("Made {}.", saved.id),
    })?;
    Ok(())
}

/// Which portal settings the document is for; none where new ones are made.
async fn target(
    workspace: &Workspace,
    document: &Document,
    settings: &PortalSettings,
) -> Result<Option<String>, Failure> {
    let name = settings.name.trim();
    if document.id.is_some() || name.is_empty() {
        return Ok(document.id.clone());
    }
    let mut rows = portal::configurations(workspace).await?;
    rows.retain(|row| row.active && row.settings.name == name);
    if rows.len() > 1 {
        return Err(Failure::said(format!(
            "Several portal settings are named {name}. Say which with --id."
        )));
    }
    Ok(rows.pop().map(|row| row.id))
}

async fn known(workspace: &Workspace, id: &str) -> Result<Option<PortalConfigurationRow>, Failure> {
    let rows = portal::configurations(workspace).await?;
    Ok(rows.into_iter().find(|row| row.id == id))
}

fn unknown(id: &str) -> Failure {
    Failure::said(format!(
        "This workspace has no portal settings {id}; `portico-cli portal configs list` shows those there are."
    ))
}

fn lines(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| {
            let severity = match finding.severity {
                Severity::Refused => "Refused",
                Severity::Surprising => "Surprising",
                Severity::Note => "Note",
            };
            format!("{severity}, {}: {}", finding.field, finding.sentence)
        })
        .collect();
    lines.join("\n")
}
