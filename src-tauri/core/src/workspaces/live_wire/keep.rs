//! Runs the live wire as the settings say, in the one process that has the background.

use super::state::LiveWirePhase;
use super::{NO_SECRET, NOT_INSTALLED};
use crate::events::{Subscription, Topic};
use crate::journal::LiveWireKind;
use crate::secrets::Secret;
use crate::wire::{CliState, Gate, Listener, Refusal, StripeCli};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Weak;
use std::time::Duration;
use tokio::sync::watch;

/// How soon it is noticed that what was missing is there: a program installed, a port free.
const LOOK_AGAIN: Duration = Duration::from_secs(15);
/// Events come in swarms; one question tells of all that came within this.
const GATHER: Duration = Duration::from_secs(2);

/// What is to run. Another plan is another run.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Plan {
    Off,
    /// Something is missing, said in words.
    Waiting(String),
    StripeCli {
        program: PathBuf,
        key: Secret,
    },
    Relay {
        port: u16,
        token: String,
        secret: Secret,
    },
}

/// Until the workspace is closed.
pub(crate) async fn keep(workspace: &Weak<Workspace>) {
    let Some(mut changes) = workspace
        .upgrade()
        .map(|here| here.store.announcer.subscribe())
    else {
        return;
    };
    loop {
        let Some(plan) = plan(workspace).await else {
            return;
        };
        let mut running = pin!(run(workspace, plan.clone()));
        loop {
            tokio::select! {
                () = &mut running => break,
                () = decided(&mut changes, workspace) => {}
            }
            match self::plan(workspace).await {
                None => return,
                Some(now) if now != plan => break,
                Some(_) => {}
            }
        }
    }
}

/// Waits until the settings or the key may have changed, or the workspace is closed.
async fn decided(changes: &mut Subscription, workspace: &Weak<Workspace>) {
    while let Some(changed) = changes.next().await {
        let Some(here) = workspace.upgrade() else {
            return;
        };
        let here = &here.store.workspace;
        let ours = changed.workspace.is_none_or(|changed| changed == *here);
        let what = [Topic::LiveWire, Topic::Key];
        if ours && what.iter().any(|topic| changed.topics.contains(topic)) {
            return;
        }
    }
}

async fn plan(workspace: &Weak<Workspace>) -> Option<Plan> {
    let here = workspace.upgrade()?;
    let settings = here.reread_file().live_wire;
    if settings.kind == LiveWireKind::None {
        return Some(Plan::Off);
    }
    // Without a key nobody could be asked what happened.
    if let Some(why) = here.no_key().await {
        return Some(Plan::Waiting(format!("Stripe cannot be asked: {why}.")));
    }
    let Some(key) = here.key.secret() else {
        return Some(Plan::Waiting(Error::KeyMissing.to_string()));
    };
    Some(match settings.kind {
        LiveWireKind::None => Plan::Off,
        LiveWireKind::StripeCli => match here.programs.stripe_cli() {
            Some(program) => Plan::StripeCli { program, key },
            None => Plan::Waiting(NOT_INSTALLED.into()),
        },
        LiveWireKind::Relay => match (here.webhook_secret().await, settings.token) {
            (Ok(Some(secret)), Some(token)) => Plan::Relay {
                port: settings.port,
                token,
                secret,
            },
            (Ok(_), _) => Plan::Waiting(NO_SECRET.into()),
            (Err(error), _) => Plan::Waiting(error.to_string()),
        },
    })
}

/// Ends only when the plan should be looked at again.
async fn run(workspace: &Weak<Workspace>, plan: Plan) {
    let Some(here) = workspace.upgrade() else {
        return;
    };
    let tell = |phase, problem| tell(workspace, phase, problem);
    let livemode = here.file().livemode;
    let clock = here.clock().clone();
    let base = here.loopback.then(|| here.file().api_base).flatten();
    let guard = here.programs.guard.clone();
    drop(here);
    match plan {
        Plan::Off => {
            tell(LiveWirePhase::Off, None);
            pass_on(workspace).await;
        }
        Plan::Waiting(why) => {
            tell(LiveWirePhase::Waiting, Some(why));
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Plan::Relay {
            port,
            token,
            secret,
        } => {
            let opened = async {
                let gate = Gate::new([secret], livemode, clock)
                    .map_err(|refusal| Error::Internal(refusal.to_string()))?;
                Listener::open(port, &token, gate, hear(workspace.clone())).await
            };
            let _open: Listener = match opened.await {
                Ok(listener) => listener,
                Err(error) => {
                    tell(LiveWirePhase::Waiting, Some(error.to_string()));
                    return tokio::time::sleep(LOOK_AGAIN).await;
                }
            };
            tell(LiveWirePhase::Running, None);
            pass_on(workspace).await;
        }
        Plan::StripeCli { program, key } => {
            let cli = StripeCli {
                program,
                guard,
                key,
                livemode,
                base,
                clock,
            };
            let (told, mut state) = watch::channel(CliState::Starting);
            let follow = async {
                loop {
                    match state.borrow_and_update().clone() {
                        CliState::Starting => tell(LiveWirePhase::Starting, None),
                        CliState::Listening => tell(LiveWirePhase::Running, None),
                        CliState::Failed(why) => tell(LiveWirePhase::Waiting, Some(why)),
                    }
                    if state.changed().await.is_err() {
                        return;
                    }
                }
            };
            tokio::select! {
                never = cli.run(hear(workspace.clone()), told) => match never {},
                () = follow => {}
                () = pass_on(workspace) => {}
            }
        }
    }
}

fn tell(workspace: &Weak<Workspace>, phase: LiveWirePhase, problem: Option<String>) {
    if let Some(here) = workspace.upgrade()
        && here.live_wire.tell(phase, problem)
    {
        here.announce();
    }
}

fn hear(workspace: Weak<Workspace>) -> impl Fn(Result<(), Refusal>) + Send + Sync + 'static {
    move |delivery| {
        if let Some(here) = workspace.upgrade() {
            here.live_wire.note(delivery, here.clock().now());
            here.announce();
        }
    }
}

/// Has Stripe asked for what was delivered, until the workspace is closed.
async fn pass_on(workspace: &Weak<Workspace>) {
    let Some(mut deliveries) = workspace.upgrade().map(|here| here.live_wire.deliveries()) else {
        return;
    };
    while deliveries.changed().await.is_ok() {
        if let Some(here) = workspace.upgrade() {
            here.wake_tail();
        }
        tokio::time::sleep(GATHER).await;
    }
}
