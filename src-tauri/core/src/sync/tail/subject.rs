//! Which objects an event is about: found by the object it names, not by the event's type.

use crate::stripe::events::Event;
use crate::stripe::listing::Reading;
use crate::stripe::resource::{
    self, CUSTOMERS, INVOICES, PAYMENT_METHODS, PRICES, Resource, SUBSCRIPTIONS,
};

/// An object to be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Subject {
    /// Its table.
    pub resource: &'static str,
    pub id: String,
}

/// What an event asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Fetch(Vec<Subject>),
    /// Somebody opened a portal session.
    PortalSession,
    /// It tells of something to come, which cannot be fetched.
    Forecast,
    /// Of something that is not mirrored.
    Unknown,
}

/// One reading for each resource that can be fetched by its id.
pub(super) fn readings() -> Vec<Reading> {
    let listed = resource::ALL
        .into_iter()
        .filter_map(|resource| Some(Reading::at(resource, resource.path?)));
    listed
        .chain([Reading::at(&PAYMENT_METHODS, "/v1/payment_methods")])
        .collect()
}

pub(super) fn meaning(event: &Event) -> Meaning {
    let about = &event.about;
    let fetch = |known: &[(&'static Resource, &Option<String>)]| {
        let subjects = known
            .iter()
            .filter_map(|(resource, id)| subject(resource, id.as_deref()?))
            .collect();
        Meaning::Fetch(subjects)
    };
    match about.object.as_str() {
        "billing_portal.session" => Meaning::PortalSession,
        // The preview of an invoice that does not exist yet.
        "invoice" if event.kind == "invoice.upcoming" => Meaning::Forecast,
        "discount" => fetch(&[
            (&CUSTOMERS, &about.customer),
            (&SUBSCRIPTIONS, &about.subscription),
            (&INVOICES, &about.invoice),
        ]),
        "subscription_item" => fetch(&[(&SUBSCRIPTIONS, &about.subscription)]),
        "tax_id" | "customer_balance_transaction" => fetch(&[(&CUSTOMERS, &about.customer)]),
        "invoice_payment" | "invoiceitem" => fetch(&[(&INVOICES, &about.invoice)]),
        // The older name of a price.
        "plan" => fetch(&[(&PRICES, &about.id)]),
        // It lowers what is left to pay.
        "credit_note" => fetch(&[
            (&resource::CREDIT_NOTES, &about.id),
            (&INVOICES, &about.invoice),
        ]),
        // A charge says that it is disputed, and no event of its own is promised for that.
        "dispute" => fetch(&[
            (&resource::DISPUTES, &about.id),
            (&resource::CHARGES, &about.charge),
        ]),
        object => match by_object(object) {
            Some(resource) => fetch(&[(resource, &about.id)]),
            None => Meaning::Unknown,
        },
    }
}

fn by_object(object: &str) -> Option<&'static Resource> {
    resource::ALL
        .into_iter()
        .find(|resource| resource.object == object && is_fetched(resource))
}

fn is_fetched(resource: &Resource) -> bool {
    resource.path.is_some() || *resource == PAYMENT_METHODS
}

fn subject(resource: &'static Resource, id: &str) -> Option<Subject> {
    (!id.is_empty()).then(|| Subject {
        resource: resource.name,
        id: id.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stripe::events::About;

    fn event(kind: &str, about: About) -> Event {
        Event {
            id: "evt_1".into(),
            kind: kind.into(),
            created: 1,
            request: None,
            idempotency_key: None,
            about,
        }
    }

    fn fetched(kind: &str, about: About) -> Vec<(&'static str, String)> {
        match meaning(&event(kind, about)) {
            Meaning::Fetch(subjects) => subjects
                .into_iter()
                .map(|subject| (subject.resource, subject.id))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    fn of(object: &str, id: &str) -> About {
        About {
            object: object.into(),
            id: Some(id.into()),
            ..About::default()
        }
    }

    #[test]
    fn parts_lead_to_the_whole() {
        let discount = About {
            customer: Some("cus_1".into()),
            subscription: Some("sub_1".into()),
            ..of("discount", "di_1")
        };
        assert_eq!(
            fetched("customer.discount.created", discount),
            [
                ("customers", "cus_1".into()),
                ("subscriptions", "sub_1".into())
            ]
        );
        let payment = About {
            invoice: Some("in_1".into()),
            ..of("invoice_payment", "inpay_1")
        };
        assert_eq!(
            fetched("invoice_payment.paid", payment),
            [("invoices", "in_1".into())]
        );
        let disputed = About {
            charge: Some("ch_1".into()),
            ..of("dispute", "dp_1")
        };
        assert_eq!(
            fetched("charge.dispute.created", disputed),
            [("disputes", "dp_1".into()), ("charges", "ch_1".into())]
        );
        assert_eq!(
            fetched("customer.subscription.paused", of("subscription", "sub_1")),
            [("subscriptions", "sub_1".into())]
        );
        assert_eq!(
            fetched("payment_method.detached", of("payment_method", "pm_1")),
            [("payment_methods", "pm_1".into())]
        );
    }

    #[test]
    fn what_cannot_be_fetched_is_told_apart() {
        let meant = |kind, object| meaning(&event(kind, of(object, "x_1")));
        assert_eq!(meant("balance.available", "balance"), Meaning::Unknown);
        assert_eq!(meant("invoice.upcoming", "invoice"), Meaning::Forecast);
        assert_eq!(
            meant("billing_portal.session.created", "billing_portal.session"),
            Meaning::PortalSession
        );
    }
}
