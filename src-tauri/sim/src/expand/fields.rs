//! Which fields `expand[]` can name, and what they hold.

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

use Field::{
    ConfirmationSecret, EmptyList, Holds, Lists, Names, NamesOneOf, Nothing, Offered, Sold,
    Sublist, Tiers,
};

/// Object type, path of the field in it, what it holds.
const FIELDS: &[(&str, &str, Field)] = &[
    (
        "customer",
        "invoice_settings.default_payment_method",
        Names(Kind::PaymentMethod),
    ),
    ("customer", "subscriptions", Sublist(Kind::Subscription)),
    ("customer", "discount", Holds("discount")),
    ("customer", "tax_ids", Sublist(Kind::TaxId)),
    ("customer", "sources", EmptyList),
    ("customer", "cash_balance", Nothing),
    ("customer", "default_source", Nothing),
    ("customer", "test_clock", Nothing),
    ("subscription", "customer", Names(Kind::Customer)),
    (
        "subscription",
        "default_payment_method",
        Names(Kind::PaymentMethod),
    ),
    ("subscription", "discounts", Names(Kind::Discount)),
    ("subscription", "items", Lists("subscription_item")),
    ("subscription", "latest_invoice", Names(Kind::Invoice)),
    ("subscription", "application", Nothing),
    ("subscription", "default_source", Nothing),
    ("subscription", "on_behalf_of", Nothing),
    ("subscription", "pending_setup_intent", Nothing),
    (
        "subscription",
        "schedule",
        Names(Kind::SubscriptionSchedule),
    ),
    ("subscription", "test_clock", Nothing),
    ("subscription_item", "discounts", Nothing),
    ("subscription_item", "plan", Holds("plan")),
    ("subscription_item", "price", Holds("price")),
    ("plan", "product", Names(Kind::Product)),
    ("plan", "tiers", Tiers),
    ("price", "product", Names(Kind::Product)),
    ("price", "tiers", Tiers),
    ("price", "currency_options", Nothing),
    ("product", "default_price", Names(Kind::Price)),
    ("product", "tax_code", Nothing),
    ("coupon", "applies_to", Nothing),
    ("coupon", "currency_options", Nothing),
    ("discount", "customer", Names(Kind::Customer)),
    ("discount", "source.coupon", Names(Kind::Coupon)),
    ("discount", "promotion_code", Names(Kind::PromotionCode)),
    ("payment_method", "customer", Names(Kind::Customer)),
    ("invoice", "customer", Names(Kind::Customer)),
    ("invoice", "confirmation_secret", ConfirmationSecret),
    (
        "invoice",
        "default_payment_method",
        Names(Kind::PaymentMethod),
    ),
    ("invoice", "discounts", Names(Kind::Discount)),
    ("invoice", "lines", Lists("line_item")),
    (
        "invoice",
        "parent.subscription_details.subscription",
        Names(Kind::Subscription),
    ),
    ("invoice", "payments", Sublist(Kind::InvoicePayment)),
    (
        "invoice",
        "total_discount_amounts.discount",
        Names(Kind::Discount),
    ),
    ("invoice", "application", Nothing),
    ("invoice", "default_source", Nothing),
    ("invoice", "latest_revision", Nothing),
    ("invoice", "on_behalf_of", Nothing),
    ("invoice", "test_clock", Nothing),
    (
        "line_item",
        "discount_amounts.discount",
        Names(Kind::Discount),
    ),
    ("line_item", "discounts", Nothing),
    (
        "line_item",
        "pricing.price_details.price",
        Names(Kind::Price),
    ),
    ("line_item", "subscription", Names(Kind::Subscription)),
    ("invoice_payment", "invoice", Names(Kind::Invoice)),
    (
        "billing_portal.session",
        "configuration",
        Names(Kind::PortalConfiguration),
    ),
    ("billing_portal.configuration", "application", Nothing),
    (
        "billing_portal.configuration",
        "features.subscription_update.products",
        Offered,
    ),
    (
        "invoice_payment",
        "payment.payment_intent",
        Names(Kind::PaymentIntent),
    ),
    ("invoice_payment", "payment.charge", Names(Kind::Charge)),
    ("tax_id", "customer", Names(Kind::Customer)),
    ("tax_id", "owner.customer", Names(Kind::Customer)),
    ("promotion_code", "customer", Names(Kind::Customer)),
    ("promotion_code", "promotion.coupon", Names(Kind::Coupon)),
    ("subscription_schedule", "customer", Names(Kind::Customer)),
    (
        "subscription_schedule",
        "default_settings.default_payment_method",
        Names(Kind::PaymentMethod),
    ),
    (
        "subscription_schedule",
        "phases.default_payment_method",
        Names(Kind::PaymentMethod),
    ),
    (
        "subscription_schedule",
        "phases.discounts.coupon",
        Names(Kind::Coupon),
    ),
    ("subscription_schedule", "phases.items.plan", Nothing),
    (
        "subscription_schedule",
        "phases.items.price",
        Names(Kind::Price),
    ),
    (
        "subscription_schedule",
        "subscription",
        Names(Kind::Subscription),
    ),
    ("subscription_schedule", "application", Nothing),
    ("subscription_schedule", "test_clock", Nothing),
    ("credit_note", "customer", Names(Kind::Customer)),
    ("credit_note", "customer_balance_transaction", Nothing),
    (
        "credit_note",
        "discount_amounts.discount",
        Names(Kind::Discount),
    ),
    ("credit_note", "invoice", Names(Kind::Invoice)),
    ("credit_note", "lines", Lists("credit_note_line_item")),
    ("credit_note", "refunds.refund", Names(Kind::Refund)),
    (
        "credit_note_line_item",
        "discount_amounts.discount",
        Names(Kind::Discount),
    ),
    ("payment_intent", "customer", Names(Kind::Customer)),
    ("payment_intent", "latest_charge", Names(Kind::Charge)),
    (
        "payment_intent",
        "payment_method",
        Names(Kind::PaymentMethod),
    ),
    ("payment_intent", "application", Nothing),
    ("payment_intent", "on_behalf_of", Nothing),
    ("payment_intent", "review", Nothing),
    (
        "charge",
        "balance_transaction",
        Names(Kind::BalanceTransaction),
    ),
    ("charge", "customer", Names(Kind::Customer)),
    ("charge", "payment_intent", Names(Kind::PaymentIntent)),
    ("charge", "refunds", Sublist(Kind::Refund)),
    ("charge", "application", Nothing),
    ("charge", "application_fee", Nothing),
    ("charge", "failure_balance_transaction", Nothing),
    ("charge", "on_behalf_of", Nothing),
    ("charge", "review", Nothing),
    ("charge", "source_transfer", Nothing),
    (
        "refund",
        "balance_transaction",
        Names(Kind::BalanceTransaction),
    ),
    ("refund", "charge", Names(Kind::Charge)),
    ("refund", "customer", Names(Kind::Customer)),
    ("refund", "payment_intent", Names(Kind::PaymentIntent)),
    ("refund", "payment_method", Names(Kind::PaymentMethod)),
    ("refund", "source_transfer_reversal", Nothing),
    ("refund", "transfer_reversal", Nothing),
    (
        "dispute",
        "balance_transactions",
        Holds("balance_transaction"),
    ),
    ("dispute", "charge", Names(Kind::Charge)),
    ("dispute", "payment_intent", Names(Kind::PaymentIntent)),
    (
        "balance_transaction",
        "source",
        NamesOneOf(&[Kind::Charge, Kind::Refund, Kind::Dispute, Kind::Payout]),
    ),
    (
        "payout",
        "balance_transaction",
        Names(Kind::BalanceTransaction),
    ),
    (
        "payout",
        "failure_balance_transaction",
        Names(Kind::BalanceTransaction),
    ),
    ("payout", "destination", Nothing),
    ("payout", "application_fee", Nothing),
    ("payout", "original_payout", Nothing),
    ("payout", "reversed_by", Nothing),
    ("checkout.session", "customer", Names(Kind::Customer)),
    ("checkout.session", "invoice", Names(Kind::Invoice)),
    (
        "checkout.session",
        "line_items",
        Sold(Kind::CheckoutSession),
    ),
    (
        "checkout.session",
        "payment_intent",
        Names(Kind::PaymentIntent),
    ),
    ("checkout.session", "payment_link", Names(Kind::PaymentLink)),
    ("checkout.session", "setup_intent", Nothing),
    (
        "checkout.session",
        "subscription",
        Names(Kind::Subscription),
    ),
    ("payment_link", "line_items", Sold(Kind::PaymentLink)),
    ("payment_link", "application", Nothing),
    ("payment_link", "on_behalf_of", Nothing),
    ("item", "price", Holds("price")),
    ("item", "discounts", Nothing),
    ("item", "taxes", Nothing),
    ("invoiceitem", "customer", Names(Kind::Customer)),
    ("invoiceitem", "discounts", Names(Kind::Discount)),
    ("invoiceitem", "invoice", Names(Kind::Invoice)),
    (
        "invoiceitem",
        "pricing.price_details.price",
        Names(Kind::Price),
    ),
    ("invoiceitem", "test_clock", Nothing),
];

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
