//! What to know before any link of a client leaves.

use super::subject::expires_soon;
use crate::links::facts::{ClientFacts, SharedEmail};

pub(super) fn warnings(facts: &ClientFacts) -> Vec<String> {
    let mut warnings = Vec::new();
    warnings.extend(about_email(facts));
    let live = facts.customers.iter().filter(|customer| !customer.deleted);
    if let (Some(payer), others @ 1..) = (facts.payer(), live.count().saturating_sub(1)) {
        let others = match others {
            1 => "one more customer".to_owned(),
            others => format!("{others} more customers"),
        };
        warnings.push(format!(
            "This client has {others} in Stripe. Links act for {} ({}).",
            payer.words(),
            payer.id
        ));
    }
    for subscription in facts.running() {
        if let Some(ends) = subscription.ends {
            warnings.push(format!(
                "{} ends on {}.",
                subscription.plan(),
                facts.day(ends)
            ));
        }
        let archived = subscription.items.iter().filter(|item| !item.price.active);
        warnings.extend(archived.map(|item| {
            format!(
                "{} is archived: it goes on, and cannot be sold again.",
                item.price.plan
            )
        }));
        if let (true, Some(card)) = (
            expires_soon(facts, subscription),
            facts.method_of(subscription),
        ) {
            warnings.push(format!(
                "{}, which pays {}, is good until the end of {}.",
                card.label,
                subscription.plan(),
                card.expires()
            ));
        }
    }
    warnings
}

fn about_email(facts: &ClientFacts) -> Option<String> {
    let payer = facts.payer()?;
    let Some(email) = &payer.email else {
        return Some(
            "No email in Stripe: the portal's login page cannot recognise this client, and a portal link opens for 5 minutes only.".into(),
        );
    };
    let SharedEmail { customers, opens } = payer.shared.as_ref()?;
    Some(match opens {
        Some(other) => format!(
            "{email} is the email of {customers} customers, and the login page opens {other}."
        ),
        None => format!(
            "{email} is the email of {customers} customers. The login page opens this one today."
        ),
    })
}
