//! The last look before a link leaves: whose it is, who gets it, and whether it will work.

use super::facts::{self, ClientFacts};
use super::lifetime::lifetime;
use super::possible::possible;
use super::recipients::{domain, others_contact, recipients};
use super::recommend::title;
use super::types::*;
use crate::ids::ClientId;
use crate::journal::Delivery;
use crate::portal::{self, Chosen};
use crate::workspaces::Workspace;
use crate::{Error, Result};

/// A request with everything that was found about it.
pub(super) struct Examined {
    pub client: ClientId,
    pub request: LinkRequest,
    pub recipient: Option<String>,
    facts: ClientFacts,
    recipients: Vec<Recipient>,
    checks: Vec<Check>,
    /// Something in the request is another client's, or another account's.
    pub foreign: bool,
}

/// Looks at everything that the mirror can tell.
pub(super) async fn examine(
    workspace: &Workspace,
    client: &ClientId,
    request: &LinkRequest,
) -> Result<Examined> {
    let facts = facts::gather(workspace, client, request.configuration.as_deref()).await?;
    let recipients = recipients(workspace, client, &facts).await?;
    let mut examined = Examined {
        client: client.clone(),
        request: request.clone(),
        recipient: None,
        facts,
        recipients,
        checks: Vec::new(),
        foreign: false,
    };
    examined.owners(workspace).await?;
    if !examined.foreign {
        examined.possibility();
        examined.configuration();
        examined.leaving(workspace).await?;
    }
    Ok(examined)
}

impl Examined {
    pub fn is_of_portal(&self) -> bool {
        !matches!(
            self.request.purpose,
            LinkPurpose::PayInvoice
                | LinkPurpose::Checkout
                | LinkPurpose::PaymentLink
                | LinkPurpose::SetUpCard
        )
    }

    /// Portico's own is wanted, and not known to have been made.
    pub fn lacks_configuration(&self) -> bool {
        self.chosen()
            .is_some_and(|chosen| chosen.words.id.is_none())
    }

    fn chosen(&self) -> Option<&Chosen> {
        Some(&self.facts.portal).filter(|_| self.is_of_portal())
    }

    pub fn preflight(&self) -> Preflight {
        let customer = self.customer();
        Preflight {
            client_name: self.facts.name.clone(),
            title: title(&self.facts, &self.request),
            lifetime: self.lifetime(),
            customer: customer.map(|customer| format!("{} ({})", customer.words(), customer.id)),
            recipient: self.recipient.clone(),
            recipients: self.recipients.clone(),
            configuration: self.chosen().map(|chosen| chosen.words.clone()),
            checks: self.checks.clone(),
            may_leave: self.stop().is_none(),
            request: self.request.clone(),
        }
    }

    /// What keeps it from leaving, all of it in one error.
    pub fn stop(&self) -> Option<Error> {
        let stops = self.sentences(CheckOutcome::Stop);
        match (stops.is_empty(), self.foreign) {
            (true, _) => None,
            (false, true) => Some(Error::NotYours(format!("{stops} Nothing was opened."))),
            (false, false) => Some(Error::LinkNotPossible(stops)),
        }
    }

    pub fn warnings(&self) -> Vec<String> {
        let warnings = self.checks.iter();
        let warnings = warnings.filter(|check| check.outcome == CheckOutcome::Warning);
        warnings.map(|check| check.sentence.clone()).collect()
    }

    fn sentences(&self, outcome: CheckOutcome) -> String {
        let found = self.checks.iter().filter(|check| check.outcome == outcome);
        let found: Vec<&str> = found.map(|check| check.sentence.as_str()).collect();
        found.join(" ")
    }

    pub fn lifetime(&self) -> Lifetime {
        let email = self
            .customer()
            .is_some_and(|customer| customer.email.is_some());
        lifetime(self.request.purpose, email)
    }

    pub fn handed_out(&self) -> bool {
        self.request.delivery != Delivery::Open
    }

    fn customer(&self) -> Option<&facts::CustomerFacts> {
        match &self.request.customer {
            Some(id) => self.facts.customer(id),
            None => self.facts.payer(),
        }
    }

    /// "Lumen Studio", as the log names whom the link is for.
    pub fn name(&self) -> &str {
        self.customer()
            .map_or(self.facts.name.as_str(), |customer| customer.words())
    }

    /// How a message greets: by a name, not by what stands in for one.
    pub fn called(&self) -> Option<&str> {
        let named = self
            .customer()
            .and_then(|customer| customer.name.as_deref());
        named.filter(|name| !name.contains('@'))
    }

    pub fn customer_id(&self) -> Result<&str> {
        let customer = self.customer().map(|customer| customer.id.as_str());
        customer.ok_or_else(|| Error::Internal("a link was made for nobody".into()))
    }

    pub fn customer_email(&self) -> Result<&str> {
        let email = self
            .customer()
            .and_then(|customer| customer.email.as_deref());
        email.ok_or_else(|| Error::LinkNotPossible("This customer has no email in Stripe.".into()))
    }

    /// The email that Stripe's page asks for before it lets anybody in, where it asks.
    pub fn proves(&self) -> Option<&str> {
        let asks = self.is_of_portal() && self.handed_out();
        self.customer_email().ok().filter(|_| asks)
    }

    /// What is noted with the attempt: also when it is not to be found, so that the log says what
    /// was tried.
    pub fn noted_configuration(&self) -> Option<String> {
        let chosen = self.chosen().and_then(|chosen| chosen.words.id.clone());
        chosen.or_else(|| self.request.configuration.clone())
    }

    pub fn configuration_id(&self) -> Result<&str> {
        let chosen = self.chosen();
        let id = chosen.and_then(|chosen| chosen.words.id.as_deref());
        id.ok_or(Error::PortalConfigurationNeeded)
    }

    /// As it was read just before.
    pub fn login_page(&self) -> Option<&str> {
        self.facts.portal.login_page_url.as_deref()
    }

    /// Where Stripe sends the client after a checkout: the agency's own page, else the portal's
    /// login page. Stripe makes no checkout without one.
    pub fn return_url(&self) -> Result<&str> {
        let portal = &self.facts.portal;
        let own = Some(portal.settings.default_return_url.as_str()).filter(|url| !url.is_empty());
        own.or(portal.login_page_url.as_deref()).ok_or_else(|| {
            Error::LinkNotPossible(
                "A checkout needs a page that it leads the client back to. Set a return page in the portal's settings, or switch their login page on.".into(),
            )
        })
    }

    pub fn currency(&self) -> Option<&str> {
        self.customer()
            .and_then(|customer| self.facts.currency(customer))
    }

    /// The item that a prepared change of plan is about.
    pub fn only_item(&self) -> Result<&str> {
        let wanted = self.request.subscription.as_deref();
        let subscription = self
            .facts
            .subscriptions
            .iter()
            .find(|subscription| Some(subscription.id.as_str()) == wanted);
        match subscription.map(|subscription| subscription.items.as_slice()) {
            Some([item]) => Ok(&item.id),
            _ => Err(Error::Internal(
                "a plan of several items was to be confirmed".into(),
            )),
        }
    }

    fn note(&mut self, outcome: CheckOutcome, sentence: impl Into<String>) {
        self.checks.push(Check {
            outcome,
            sentence: sentence.into(),
        });
    }

    /// Everything that the request names must be this client's, whatever the screen asks.
    async fn owners(&mut self, workspace: &Workspace) -> Result<()> {
        let request = &self.request;
        let named = [
            ("customer", request.customer.clone()),
            ("subscription", request.subscription.clone()),
            ("invoice", request.invoice.clone()),
        ];
        for (what, id) in named {
            let Some(id) = id else { continue };
            let owner: Option<(String, String)> = sqlx::query_as(
                "SELECT p.client, coalesce(r.name, p.client) FROM payers p LEFT JOIN client_row r ON r.id = p.client
                 WHERE p.payer = CASE ?1
                     WHEN 'subscription' THEN (SELECT payer FROM subscriptions WHERE id = ?2)
                     WHEN 'invoice' THEN (SELECT payer FROM invoices WHERE id = ?2)
                     ELSE ?2 END",
            )
            .bind(what)
            .bind(&id)
            .fetch_optional(&workspace.store().reader)
            .await?;
            let sentence = match owner {
                Some((owner, _)) if owner == self.client.as_str() => continue,
                Some((_, name)) => format!(
                    "{id} belongs to {name}, and does not belong to this client ({}).",
                    self.facts.name
                ),
                None => format!("{id} does not belong to this client in this workspace."),
            };
            self.foreign = true;
            self.note(CheckOutcome::Stop, sentence);
        }
        let foreign = self.chosen().filter(|chosen| chosen.foreign);
        if let Some(id) = foreign.and_then(|chosen| chosen.words.id.clone()) {
            self.foreign = true;
            self.note(
                CheckOutcome::Stop,
                format!("{id} is no portal setting of this workspace's Stripe account and mode."),
            );
        }
        Ok(())
    }

    fn possibility(&mut self) {
        match possible(&self.facts, &self.request) {
            Ok(filled) => {
                self.request = filled;
                let customer = self.name().to_owned();
                self.note(
                    CheckOutcome::Fine,
                    format!("It is {customer}'s, and Stripe makes it for them."),
                );
            }
            Err(why) => self.note(CheckOutcome::Stop, why),
        }
    }

    fn configuration(&mut self) {
        let Some(chosen) = self.chosen() else { return };
        let portal::ChosenConfiguration { name, because, .. } = chosen.words.clone();
        if chosen.active {
            self.note(
                CheckOutcome::Fine,
                format!("Portal settings: {name}. {because}."),
            );
        }
    }

    /// To whom it goes, and what to know of their email.
    async fn leaving(&mut self, workspace: &Workspace) -> Result<()> {
        if !self.handed_out() {
            return Ok(());
        }
        self.recipient(workspace).await?;
        // The login page, and a session that has expired, know clients by email alone.
        let shared = self.customer().filter(|_| self.is_of_portal());
        match shared.map(facts::login_page) {
            Some(Ok(Some(warning))) => self.note(CheckOutcome::Warning, warning),
            Some(Err(why)) if self.request.purpose != LinkPurpose::LoginPage => {
                self.note(CheckOutcome::Warning, why);
            }
            _ => {}
        }
        if !workspace.summary().livemode && self.request.delivery == Delivery::Mail {
            self.note(
                CheckOutcome::Warning,
                "This workspace is in test mode: what the client opens is not real.",
            );
        }
        Ok(())
    }

    async fn recipient(&mut self, workspace: &Workspace) -> Result<()> {
        let own = self.customer().and_then(|customer| customer.email.clone());
        let wanted = self.request.recipient.clone().or_else(|| own.clone());
        let Some(wanted) = wanted.or_else(|| self.recipients.first().map(|r| r.email.clone()))
        else {
            return Ok(());
        };
        let key = wanted.trim().to_lowercase();
        let Some(known) = self
            .recipients
            .iter()
            .find(|recipient| recipient.email.to_lowercase() == key)
            .cloned()
        else {
            let sentence = match others_contact(workspace, &key).await? {
                Some(other) => format!(
                    "{wanted} is an address of {other}, and of no contact of {}.",
                    self.facts.name
                ),
                None => format!(
                    "{wanted} is no contact of {}. Add it to the client's contacts first.",
                    self.facts.name
                ),
            };
            self.note(CheckOutcome::Stop, sentence);
            return Ok(());
        };
        self.note(
            CheckOutcome::Fine,
            format!("It goes to {} ({}).", known.who, known.email),
        );
        if let Some(own) = own
            && own.to_lowercase() != key
        {
            let (domain, other) = (domain(&known.email), domain(&own));
            if domain != other {
                self.note(
                    CheckOutcome::Warning,
                    format!(
                        "{} is at {domain}, while this client's billing address is at {other}.",
                        known.email
                    ),
                );
            }
            if self.is_of_portal() {
                self.note(
                    CheckOutcome::Warning,
                    format!("The page sends its one-time code to {own}, so {} can log in only with its help.", known.who),
                );
            }
        }
        self.recipient = Some(known.email);
        Ok(())
    }
}
