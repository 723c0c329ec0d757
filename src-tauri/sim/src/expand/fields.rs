//! What the fields hold that `expand[]` can name, and the way to them.

use super::table::FIELDS;
use crate::registry::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The id of such an object, or a list of ids.
    Names(Kind),
    /// The id of an object of one of these kinds.
    NamesOneOf(&'static [Kind]),
    /// An object of this type, there without being asked for.
    Holds(&'static str),
    /// A list of them, likewise.
    Lists(&'static str),
    /// Nothing, in everything the simulator makes.
    Nothing,
    /// Something that is left out unless asked for.
    Sublist(Kind),
    /// What a checkout session or a payment link sells.
    Sold(Kind),
    EmptyList,
    Tiers,
    /// The products of a portal configuration.
    Offered,
    ConfirmationSecret,
}

/// One step of an `expand[]` path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub name: String,
    /// `None` on the way to a field.
    pub field: Option<Field>,
}

/// The steps of `path` from an object of type `object`; `None` if it leads to nothing that can be
/// expanded.
pub fn steps(object: &'static str, path: &[&str]) -> Option<Vec<Step>> {
    use Field::{Holds, Lists, Names, NamesOneOf, Sold, Sublist};
    let (mut object, mut at) = (object, String::new());
    let mut steps: Vec<Step> = Vec::with_capacity(path.len());
    for name in path {
        let in_list = matches!(
            steps.last().and_then(|step| step.field),
            Some(Lists(_) | Sublist(_) | Sold(_))
        );
        if in_list && *name != "data" {
            return None;
        }
        if in_list {
            steps.push(Step {
                name: (*name).to_owned(),
                field: None,
            });
            continue;
        }
        if !at.is_empty() {
            at.push('.');
        }
        at.push_str(name);
        let mut below = FIELDS.iter().filter(|(of, path, _)| {
            *of == object
                && path
                    .strip_prefix(at.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        let (_, whole, field) = below.next()?;
        let field = (*whole == at).then_some(*field);
        match field {
            Some(Names(kind) | Sublist(kind)) => (object, at) = (kind.object(), String::new()),
            Some(Sold(_)) => (object, at) = (Kind::LineItem.object(), String::new()),
            // What all of them have can be expanded further.
            Some(NamesOneOf([kind, ..])) => (object, at) = (kind.object(), String::new()),
            Some(Holds(held) | Lists(held)) => (object, at) = (held, String::new()),
            Some(_) => (object, at) = ("", String::new()),
            None => {}
        }
        steps.push(Step {
            name: (*name).to_owned(),
            field,
        });
    }
    let arrives = at.is_empty() && steps.last().is_some_and(|last| last.field.is_some());
    arrives.then_some(steps)
}

#[cfg(test)]
mod tests {
    use super::Field::{Holds, Lists, Names, Sublist};
    use super::*;

    fn fields(object: &'static str, path: &str) -> Option<Vec<Option<Field>>> {
        let path: Vec<&str> = path.split('.').collect();
        steps(object, &path).map(|steps| steps.into_iter().map(|step| step.field).collect())
    }

    #[test]
    fn paths_lead_through_lists_and_other_objects() {
        let product = Some(Names(Kind::Product));
        assert_eq!(
            fields("subscription", "items.data.price.product"),
            Some(vec![
                Some(Lists("subscription_item")),
                None,
                Some(Holds("price")),
                product
            ])
        );
        assert_eq!(
            fields("subscription", "discounts.source.coupon"),
            Some(vec![
                Some(Names(Kind::Discount)),
                None,
                Some(Names(Kind::Coupon))
            ])
        );
        assert_eq!(
            fields("subscription", "latest_invoice.payments.data.invoice"),
            Some(vec![
                Some(Names(Kind::Invoice)),
                Some(Sublist(Kind::InvoicePayment)),
                None,
                Some(Names(Kind::Invoice))
            ])
        );
    }

    #[test]
    fn what_cannot_be_expanded_has_no_steps() {
        for path in [
            "status",
            "invoice_settings",
            "items.price",
            "customer.nothing",
            "latest_invoice.status",
            "schedule.phases",
        ] {
            assert_eq!(fields("subscription", path), None, "{path}");
        }
        assert_eq!(fields("customer", "invoice_settings"), None);
    }
}
