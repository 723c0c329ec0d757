//! `links issue`

use crate::clients::client_id;
use crate::failure::Failure;
use crate::portal::{Identified, ready, with_configuration};
use crate::session::Session;
use portico_core::journal::Delivery;
use portico_core::links::{self, CheckOutcome, LinkPurpose, LinkRequest, Preflight};
use serde::de::DeserializeOwned;

/// As the journal's words, with hyphens.
const KINDS: [&str; 12] = [
    "portal-home",
    "login-page",
    "update-payment-method",
    "update-details",
    "cancel",
    "pause",
    "change-plan",
    "confirm-plan",
    "pay-invoice",
    "checkout",
    "payment-link",
    "set-up-card",
];

#[derive(clap::Args)]
pub struct Issue {
    /// The client's id (cl_…) or one of its customers' (cus_…)
    id: String,
    /// What it is for
    #[arg(long, value_name = "KIND", value_parser = clap::builder::PossibleValuesParser::new(KINDS))]
    kind: String,
    /// How it leaves: in this computer's browser, as a prepared message, or printed
    #[arg(long, value_name = "HOW", default_value = "copy",
          value_parser = clap::builder::PossibleValuesParser::new(["open", "mail", "copy"]))]
    send: String,
    /// Which of the client's customers, where it has several
    #[arg(long, value_name = "cus_…")]
    customer: Option<String>,
    /// Which subscription it acts on, where there are several
    #[arg(long, value_name = "sub_…")]
    subscription: Option<String>,
    /// Which invoice is to be paid; the newest that is open where none is named
    #[arg(long, value_name = "in_…")]
    invoice: Option<String>,
    /// The plan to confirm, to check out or to sell
    #[arg(long, value_name = "price_…")]
    price: Option<String>,
    #[arg(long, value_name = "N")]
    quantity: Option<u32>,
    /// Offered to who wants to cancel
    #[arg(long, value_name = "COUPON")]
    coupon: Option<String>,
    /// Whom it is for, one of the client's addresses
    #[arg(long, value_name = "EMAIL")]
    to: Option<String>,
    /// Portal settings by hand, instead of what the rules choose
    #[arg(long, value_name = "bpc_…")]
    configuration: Option<String>,
    /// Send it in spite of warnings
    #[arg(long)]
    yes: bool,
    /// Check everything and make nothing
    #[arg(long)]
    dry_run: bool,
}

impl Issue {
    fn request(&self) -> Result<LinkRequest, Failure> {
        let purpose: LinkPurpose = named(&self.kind.replace('-', "_"))?;
        let delivery: Delivery = named(&self.send)?;
        Ok(LinkRequest {
            customer: self.customer.clone(),
            subscription: self.subscription.clone(),
            invoice: self.invoice.clone(),
            price: self.price.clone(),
            quantity: self.quantity,
            coupon: self.coupon.clone(),
            recipient: self.to.clone(),
            configuration: self.configuration.clone(),
            warnings_seen: self.yes,
            ..LinkRequest::new(purpose, delivery)
        })
    }
}

fn named<T: DeserializeOwned>(name: &str) -> Result<T, Failure> {
    let named = serde_json::from_value(name.into());
    Ok(named.map_err(portico_core::Error::from)?)
}

pub async fn run(session: &Session<'_>, issue: Issue) -> Result<(), Failure> {
    let request = issue.request()?;
    let client = client_id(&issue.id);
    if issue.dry_run {
        let workspace = session.workspace().await?;
        let found = links::check(&workspace, &client, &request).await?;
        session.output.show(&found, || describe(&found))?;
        return Ok(());
    }
    let workspace = ready(session).await?;
    let issued = with_configuration(session, &workspace, || {
        links::issue(&workspace, &client, &request)
    })
    .await?;
    for warning in &issued.warnings {
        session.output.note(warning);
    }
    let document = Identified {
        id: issued.link.as_str(),
        link: &issued,
    };
    // The address alone, to be piped on.
    let text = issued.url.clone().unwrap_or_else(|| issued.message.clone());
    session.output.show(&document, || text)?;
    Ok(())
}

fn describe(found: &Preflight) -> String {
    let mut lines = vec![
        format!("{} for {}", found.title, found.client_name),
        format!("Works: {}", found.lifetime.words),
    ];
    lines.extend(found.recipient.iter().map(|to| format!("To: {to}")));
    lines.extend(found.checks.iter().map(|check| {
        let mark = match check.outcome {
            CheckOutcome::Fine => "ok  ",
            CheckOutcome::Warning => "WARN",
            CheckOutcome::Stop => "STOP",
        };
        format!("{mark}  {}", check.sentence)
    }));
    lines.push(match found.may_leave {
        true => "It may leave. Nothing was made.".into(),
        false => "It may not leave. Nothing was made.".into(),
    });
    lines.join("\n")
}
