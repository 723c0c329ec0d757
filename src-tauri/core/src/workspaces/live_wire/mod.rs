//! A workspace's live wire: what staff decide about it, and how it stands.

mod keep;
mod secret;
mod state;

pub(crate) use keep::keep;
pub(crate) use state::LiveWire;
pub use state::{LiveWirePhase, LiveWireState, StripeCliFound};

use super::Workspace;
use crate::journal::{Change, LiveWireKind, SecretStoreKind};
use crate::wire;
use crate::{Error, Result};
use std::net::Ipv4Addr;

/// Below them a program needs special rights.
const LOWEST_PORT: u16 = 1024;

const NOT_INSTALLED: &str = "The Stripe CLI is not installed, or not where programs are looked for (PATH). Install it as https://docs.stripe.com/stripe-cli says, then try again.";
const NO_SECRET: &str = "Store the signing secret (whsec_…) first; without it nobody's deliveries can be told from Stripe's.";

impl Workspace {
    pub async fn live_wire_state(&self) -> Result<LiveWireState> {
        let file = self.reread_file();
        let settings = &file.live_wire;
        let now = self.live_wire.now();
        let (phase, problem) = match now.phase {
            _ if settings.kind == LiveWireKind::None => (LiveWirePhase::Off, None),
            _ if self.runs_elsewhere()? => (LiveWirePhase::Elsewhere, None),
            phase => (phase, now.problem),
        };
        Ok(LiveWireState {
            kind: settings.kind,
            phase,
            problem,
            stripe_cli: self.live_wire.stripe_cli(&self.programs).await,
            port: settings.port,
            address: settings
                .token
                .as_deref()
                .map(|token| wire::address((Ipv4Addr::LOCALHOST, settings.port).into(), token)),
            secret_stored: settings.webhook_secret.is_some(),
            passphrase_needed: file
                .key
                .is_some_and(|key| key.store == SecretStoreKind::File),
            delivered: *self.live_wire.deliveries().borrow(),
            delivered_at: now.delivered_at,
            refusal: now.refusal,
        })
    }

    /// Switches to another way of delivery, or off. `port` is the relay's; the present one stays
    /// where there is none.
    pub async fn set_live_wire(
        &self,
        kind: LiveWireKind,
        port: Option<u16>,
    ) -> Result<LiveWireState> {
        self.staff_only()?;
        let before = self.reread_file().live_wire;
        let mut settings = before.clone();
        settings.kind = kind;
        settings.port = port.unwrap_or(before.port);
        if kind != LiveWireKind::None {
            // Without a key nobody could be asked what happened.
            self.stripe().await?;
        }
        match kind {
            LiveWireKind::None => {}
            LiveWireKind::StripeCli => {
                let found = self.programs.stripe_cli();
                found.ok_or_else(|| Error::Conflict(NOT_INSTALLED.into()))?;
            }
            LiveWireKind::Relay => {
                if settings.webhook_secret.is_none() {
                    return Err(Error::invalid("secret", NO_SECRET));
                }
                let listens = before.kind == kind && before.port == settings.port;
                if !listens {
                    check_port(settings.port).await?;
                }
                settings.token.get_or_insert_with(wire::token);
            }
        }
        if settings != before {
            self.journal(Change::LiveWireSet { wire: kind }).await?;
            self.change_file(|file| file.live_wire = settings)?;
            self.announce();
        }
        self.live_wire_state().await
    }

    /// The sample agency's Stripe is inside this process and delivers nothing.
    fn staff_only(&self) -> Result<()> {
        if self.file().demo {
            return Err(Error::Conflict(
                "The sample agency has no live wire. Connect an account of yours to have one."
                    .into(),
            ));
        }
        Ok(())
    }
}

async fn check_port(port: u16) -> Result<()> {
    if port < LOWEST_PORT {
        return Err(Error::invalid(
            "port",
            format!("Choose a port between {LOWEST_PORT} and 65535."),
        ));
    }
    wire::is_free(port).await.map_err(|error| {
        Error::invalid(
            "port",
            format!("Port {port} cannot be listened on ({error}). Choose another."),
        )
    })
}
