//! The calls that the simulator answers, and what each does.

use super::Kind;
use crate::write;
use crate::write::Write;

/// What a call does.
#[derive(Clone, Copy)]
pub enum Action {
    Retrieve,
    List,
    /// A list below `/v1/customers/{}`.
    ListOfCustomer,
    RetrieveOfCustomer,
    /// `/v1/invoices/{}/lines`
    InvoiceLines,
    ItemsOfSubscription,
    /// `/v1/credit_notes/{}/lines`
    CreditNoteLines,
    /// What a session or a link sells: below `/v1/checkout/sessions/{}` or `/v1/payment_links/{}`.
    LineItems,
    Account,
    Write(Write),
}

pub struct Call {
    /// As in `spec/operations.json`.
    pub call: &'static str,
    pub kind: Kind,
    pub action: Action,
}

const fn read(call: &'static str, kind: Kind, action: Action) -> Call {
    Call { call, kind, action }
}

const fn write(call: &'static str, kind: Kind, write: Write) -> Call {
    Call {
        call,
        kind,
        action: Action::Write(write),
    }
}

pub const CALLS: &[Call] = &[
    read("GET /v1/account", Kind::Account, Action::Account),
    read("GET /v1/accounts/{}", Kind::Account, Action::Account),
    read("GET /v1/customers", Kind::Customer, Action::List),
    read("GET /v1/customers/{}", Kind::Customer, Action::Retrieve),
    write(
        "POST /v1/customers",
        Kind::Customer,
        write::customers::create,
    ),
    write(
        "POST /v1/customers/{}",
        Kind::Customer,
        write::customers::update,
    ),
    write(
        "DELETE /v1/customers/{}",
        Kind::Customer,
        write::customers::delete,
    ),
    read(
        "GET /v1/customers/{}/payment_methods",
        Kind::PaymentMethod,
        Action::ListOfCustomer,
    ),
    read(
        "GET /v1/customers/{}/payment_methods/{}",
        Kind::PaymentMethod,
        Action::RetrieveOfCustomer,
    ),
    read("GET /v1/products", Kind::Product, Action::List),
    read("GET /v1/products/{}", Kind::Product, Action::Retrieve),
    read("GET /v1/prices", Kind::Price, Action::List),
    read("GET /v1/prices/{}", Kind::Price, Action::Retrieve),
    read("GET /v1/coupons", Kind::Coupon, Action::List),
    read("GET /v1/coupons/{}", Kind::Coupon, Action::Retrieve),
    read("GET /v1/subscriptions", Kind::Subscription, Action::List),
    read(
        "GET /v1/subscriptions/{}",
        Kind::Subscription,
        Action::Retrieve,
    ),
    write(
        "POST /v1/subscriptions/{}",
        Kind::Subscription,
        write::subscriptions::update,
    ),
    write(
        "DELETE /v1/subscriptions/{}",
        Kind::Subscription,
        write::subscriptions::cancel,
    ),
    write(
        "POST /v1/subscriptions/{}/pause",
        Kind::Subscription,
        write::subscriptions::pause,
    ),
    write(
        "POST /v1/subscriptions/{}/resume",
        Kind::Subscription,
        write::subscriptions::resume,
    ),
    read(
        "GET /v1/subscription_items",
        Kind::SubscriptionItem,
        Action::ItemsOfSubscription,
    ),
    read(
        "GET /v1/subscription_items/{}",
        Kind::SubscriptionItem,
        Action::Retrieve,
    ),
    read("GET /v1/invoices", Kind::Invoice, Action::List),
    read("GET /v1/invoices/{}", Kind::Invoice, Action::Retrieve),
    read(
        "GET /v1/invoices/{}/lines",
        Kind::Invoice,
        Action::InvoiceLines,
    ),
    read(
        "GET /v1/invoice_payments",
        Kind::InvoicePayment,
        Action::List,
    ),
    read(
        "GET /v1/invoice_payments/{}",
        Kind::InvoicePayment,
        Action::Retrieve,
    ),
    read("GET /v1/payment_methods", Kind::PaymentMethod, Action::List),
    read(
        "GET /v1/payment_methods/{}",
        Kind::PaymentMethod,
        Action::Retrieve,
    ),
    write(
        "POST /v1/payment_methods/{}/attach",
        Kind::PaymentMethod,
        write::payment_methods::attach,
    ),
    write(
        "POST /v1/payment_methods/{}/detach",
        Kind::PaymentMethod,
        write::payment_methods::detach,
    ),
    read(
        "GET /v1/billing_portal/configurations",
        Kind::PortalConfiguration,
        Action::List,
    ),
    read(
        "GET /v1/billing_portal/configurations/{}",
        Kind::PortalConfiguration,
        Action::Retrieve,
    ),
    write(
        "POST /v1/billing_portal/configurations",
        Kind::PortalConfiguration,
        write::portal_configurations::create,
    ),
    write(
        "POST /v1/billing_portal/configurations/{}",
        Kind::PortalConfiguration,
        write::portal_configurations::update,
    ),
    write(
        "POST /v1/billing_portal/sessions",
        Kind::PortalSession,
        write::portal_sessions::create,
    ),
    read(
        "GET /v1/customers/{}/tax_ids",
        Kind::TaxId,
        Action::ListOfCustomer,
    ),
    read(
        "GET /v1/customers/{}/tax_ids/{}",
        Kind::TaxId,
        Action::RetrieveOfCustomer,
    ),
    read(
        "GET /v1/credit_notes/{}/lines",
        Kind::CreditNote,
        Action::CreditNoteLines,
    ),
    read(
        "GET /v1/checkout/sessions/{}/line_items",
        Kind::CheckoutSession,
        Action::LineItems,
    ),
    read(
        "GET /v1/payment_links/{}/line_items",
        Kind::PaymentLink,
        Action::LineItems,
    ),
    read("GET /v1/tax_ids", Kind::TaxId, Action::List),
    read("GET /v1/tax_ids/{}", Kind::TaxId, Action::Retrieve),
    read("GET /v1/promotion_codes", Kind::PromotionCode, Action::List),
    read(
        "GET /v1/promotion_codes/{}",
        Kind::PromotionCode,
        Action::Retrieve,
    ),
    read(
        "GET /v1/subscription_schedules",
        Kind::SubscriptionSchedule,
        Action::List,
    ),
    read(
        "GET /v1/subscription_schedules/{}",
        Kind::SubscriptionSchedule,
        Action::Retrieve,
    ),
    read("GET /v1/credit_notes", Kind::CreditNote, Action::List),
    read(
        "GET /v1/credit_notes/{}",
        Kind::CreditNote,
        Action::Retrieve,
    ),
    read("GET /v1/payment_intents", Kind::PaymentIntent, Action::List),
    read(
        "GET /v1/payment_intents/{}",
        Kind::PaymentIntent,
        Action::Retrieve,
    ),
    read("GET /v1/charges", Kind::Charge, Action::List),
    read("GET /v1/charges/{}", Kind::Charge, Action::Retrieve),
    read("GET /v1/refunds", Kind::Refund, Action::List),
    read("GET /v1/refunds/{}", Kind::Refund, Action::Retrieve),
    read("GET /v1/disputes", Kind::Dispute, Action::List),
    read("GET /v1/disputes/{}", Kind::Dispute, Action::Retrieve),
    read(
        "GET /v1/balance_transactions",
        Kind::BalanceTransaction,
        Action::List,
    ),
    read(
        "GET /v1/balance_transactions/{}",
        Kind::BalanceTransaction,
        Action::Retrieve,
    ),
    read("GET /v1/payouts", Kind::Payout, Action::List),
    read("GET /v1/payouts/{}", Kind::Payout, Action::Retrieve),
    read(
        "GET /v1/checkout/sessions",
        Kind::CheckoutSession,
        Action::List,
    ),
    read(
        "GET /v1/checkout/sessions/{}",
        Kind::CheckoutSession,
        Action::Retrieve,
    ),
    read("GET /v1/payment_links", Kind::PaymentLink, Action::List),
    read(
        "GET /v1/payment_links/{}",
        Kind::PaymentLink,
        Action::Retrieve,
    ),
    read("GET /v1/events", Kind::Event, Action::List),
    read("GET /v1/events/{}", Kind::Event, Action::Retrieve),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations;

    #[test]
    fn every_call_is_one_of_stripes_with_its_parameters() {
        for call in CALLS {
            let (method, path) = call.call.split_once(' ').expect("a method and a path");
            let operation = operations::find(method, path).expect(call.call);
            assert_eq!(operation.call, call.call);
            assert!(
                operation.parameters.is_some(),
                "{}: run spec/generate.mjs",
                call.call
            );
        }
    }
}
