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

/// A line each.
#[rustfmt::skip]
pub const CALLS: &[Call] = &[
    read("GET /v1/account", Kind::Account, Action::Account),
    read("GET /v1/accounts/{}", Kind::Account, Action::Account),
    read("GET /v1/customers", Kind::Customer, Action::List),
    write("POST /v1/customers", Kind::Customer, write::customers::create),
    write("DELETE /v1/customers/{}", Kind::Customer, write::customers::delete),
    read("GET /v1/customers/{}", Kind::Customer, Action::Retrieve),
    write("POST /v1/customers/{}", Kind::Customer, write::customers::update),
    read("GET /v1/customers/{}/payment_methods", Kind::PaymentMethod, Action::ListOfCustomer),
    read("GET /v1/customers/{}/payment_methods/{}", Kind::PaymentMethod, Action::RetrieveOfCustomer),
    read("GET /v1/customers/{}/tax_ids", Kind::TaxId, Action::ListOfCustomer),
    write("POST /v1/customers/{}/tax_ids", Kind::TaxId, write::tax_ids::create_for_customer),
    write("DELETE /v1/customers/{}/tax_ids/{}", Kind::TaxId, write::tax_ids::delete_of_customer),
    read("GET /v1/customers/{}/tax_ids/{}", Kind::TaxId, Action::RetrieveOfCustomer),
    read("GET /v1/products", Kind::Product, Action::List),
    write("POST /v1/products", Kind::Product, write::catalogue::create_product),
    write("DELETE /v1/products/{}", Kind::Product, write::catalogue::delete_product),
    read("GET /v1/products/{}", Kind::Product, Action::Retrieve),
    write("POST /v1/products/{}", Kind::Product, write::catalogue::update_product),
    read("GET /v1/prices", Kind::Price, Action::List),
    write("POST /v1/prices", Kind::Price, write::catalogue::create_price),
    read("GET /v1/prices/{}", Kind::Price, Action::Retrieve),
    write("POST /v1/prices/{}", Kind::Price, write::catalogue::update_price),
    read("GET /v1/coupons", Kind::Coupon, Action::List),
    write("POST /v1/coupons", Kind::Coupon, write::coupons::create),
    write("DELETE /v1/coupons/{}", Kind::Coupon, write::coupons::delete),
    read("GET /v1/coupons/{}", Kind::Coupon, Action::Retrieve),
    write("POST /v1/coupons/{}", Kind::Coupon, write::coupons::update),
    read("GET /v1/subscriptions", Kind::Subscription, Action::List),
    write("POST /v1/subscriptions", Kind::Subscription, write::subscriptions::create),
    write("DELETE /v1/subscriptions/{}", Kind::Subscription, write::subscriptions::cancel),
    read("GET /v1/subscriptions/{}", Kind::Subscription, Action::Retrieve),
    write("POST /v1/subscriptions/{}", Kind::Subscription, write::subscriptions::update),
    write("POST /v1/subscriptions/{}/pause", Kind::Subscription, write::subscriptions::pausing::pause),
    write("POST /v1/subscriptions/{}/resume", Kind::Subscription, write::subscriptions::pausing::resume),
    read("GET /v1/subscription_items", Kind::SubscriptionItem, Action::ItemsOfSubscription),
    write("POST /v1/subscription_items", Kind::SubscriptionItem, write::subscriptions::items::create),
    write("DELETE /v1/subscription_items/{}", Kind::SubscriptionItem, write::subscriptions::items::delete),
    read("GET /v1/subscription_items/{}", Kind::SubscriptionItem, Action::Retrieve),
    write("POST /v1/subscription_items/{}", Kind::SubscriptionItem, write::subscriptions::items::update),
    read("GET /v1/invoices", Kind::Invoice, Action::List),
    write("POST /v1/invoices", Kind::Invoice, write::invoices::create),
    write("POST /v1/invoices/create_preview", Kind::Invoice, write::invoices::preview::create),
    write("DELETE /v1/invoices/{}", Kind::Invoice, write::invoices::delete),
    read("GET /v1/invoices/{}", Kind::Invoice, Action::Retrieve),
    write("POST /v1/invoices/{}", Kind::Invoice, write::invoices::update),
    write("POST /v1/invoices/{}/finalize", Kind::Invoice, write::invoices::finalize),
    read("GET /v1/invoices/{}/lines", Kind::Invoice, Action::InvoiceLines),
    write("POST /v1/invoices/{}/mark_uncollectible", Kind::Invoice, write::invoices::mark_uncollectible),
    write("POST /v1/invoices/{}/pay", Kind::Invoice, write::invoices::pay),
    write("POST /v1/invoices/{}/send", Kind::Invoice, write::invoices::send),
    write("POST /v1/invoices/{}/void", Kind::Invoice, write::invoices::void),
    read("GET /v1/invoice_payments", Kind::InvoicePayment, Action::List),
    read("GET /v1/invoice_payments/{}", Kind::InvoicePayment, Action::Retrieve),
    read("GET /v1/payment_methods", Kind::PaymentMethod, Action::List),
    write("POST /v1/payment_methods", Kind::PaymentMethod, write::payment_methods::create),
    read("GET /v1/payment_methods/{}", Kind::PaymentMethod, Action::Retrieve),
    write("POST /v1/payment_methods/{}", Kind::PaymentMethod, write::payment_methods::update),
    write("POST /v1/payment_methods/{}/attach", Kind::PaymentMethod, write::payment_methods::attach),
    write("POST /v1/payment_methods/{}/detach", Kind::PaymentMethod, write::payment_methods::detach),
    read("GET /v1/billing_portal/configurations", Kind::PortalConfiguration, Action::List),
    write("POST /v1/billing_portal/configurations", Kind::PortalConfiguration, write::portal_configurations::create),
    read("GET /v1/billing_portal/configurations/{}", Kind::PortalConfiguration, Action::Retrieve),
    write("POST /v1/billing_portal/configurations/{}", Kind::PortalConfiguration, write::portal_configurations::update),
    write("POST /v1/billing_portal/sessions", Kind::PortalSession, write::portal_sessions::create),
    read("GET /v1/credit_notes", Kind::CreditNote, Action::List),
    write("POST /v1/credit_notes", Kind::CreditNote, write::credit_notes::create),
    read("GET /v1/credit_notes/{}", Kind::CreditNote, Action::Retrieve),
    write("POST /v1/credit_notes/{}", Kind::CreditNote, write::credit_notes::update),
    read("GET /v1/credit_notes/{}/lines", Kind::CreditNote, Action::CreditNoteLines),
    write("POST /v1/credit_notes/{}/void", Kind::CreditNote, write::credit_notes::void),
    read("GET /v1/checkout/sessions", Kind::CheckoutSession, Action::List),
    write("POST /v1/checkout/sessions", Kind::CheckoutSession, write::checkout::create_session),
    read("GET /v1/checkout/sessions/{}", Kind::CheckoutSession, Action::Retrieve),
    write("POST /v1/checkout/sessions/{}", Kind::CheckoutSession, write::checkout::update_session),
    write("POST /v1/checkout/sessions/{}/expire", Kind::CheckoutSession, write::checkout::expire_session),
    read("GET /v1/checkout/sessions/{}/line_items", Kind::CheckoutSession, Action::LineItems),
    read("GET /v1/payment_links", Kind::PaymentLink, Action::List),
    write("POST /v1/payment_links", Kind::PaymentLink, write::checkout::create_link),
    read("GET /v1/payment_links/{}", Kind::PaymentLink, Action::Retrieve),
    write("POST /v1/payment_links/{}", Kind::PaymentLink, write::checkout::update_link),
    read("GET /v1/payment_links/{}/line_items", Kind::PaymentLink, Action::LineItems),
    read("GET /v1/tax_ids", Kind::TaxId, Action::List),
    write("POST /v1/tax_ids", Kind::TaxId, write::tax_ids::create),
    write("DELETE /v1/tax_ids/{}", Kind::TaxId, write::tax_ids::delete),
    read("GET /v1/tax_ids/{}", Kind::TaxId, Action::Retrieve),
    read("GET /v1/promotion_codes", Kind::PromotionCode, Action::List),
    write("POST /v1/promotion_codes", Kind::PromotionCode, write::coupons::create_promotion_code),
    read("GET /v1/promotion_codes/{}", Kind::PromotionCode, Action::Retrieve),
    write("POST /v1/promotion_codes/{}", Kind::PromotionCode, write::coupons::update_promotion_code),
    read("GET /v1/subscription_schedules", Kind::SubscriptionSchedule, Action::List),
    write("POST /v1/subscription_schedules", Kind::SubscriptionSchedule, write::subscription_schedules::create),
    read("GET /v1/subscription_schedules/{}", Kind::SubscriptionSchedule, Action::Retrieve),
    write("POST /v1/subscription_schedules/{}", Kind::SubscriptionSchedule, write::subscription_schedules::update),
    write("POST /v1/subscription_schedules/{}/cancel", Kind::SubscriptionSchedule, write::subscription_schedules::cancel),
    write("POST /v1/subscription_schedules/{}/release", Kind::SubscriptionSchedule, write::subscription_schedules::release),
    read("GET /v1/payment_intents", Kind::PaymentIntent, Action::List),
    write("POST /v1/payment_intents", Kind::PaymentIntent, write::payment_intents::create),
    read("GET /v1/payment_intents/{}", Kind::PaymentIntent, Action::Retrieve),
    write("POST /v1/payment_intents/{}", Kind::PaymentIntent, write::payment_intents::update),
    write("POST /v1/payment_intents/{}/cancel", Kind::PaymentIntent, write::payment_intents::cancel),
    write("POST /v1/payment_intents/{}/confirm", Kind::PaymentIntent, write::payment_intents::confirm),
    read("GET /v1/setup_intents", Kind::SetupIntent, Action::List),
    read("GET /v1/setup_intents/{}", Kind::SetupIntent, Action::Retrieve),
    read("GET /v1/charges", Kind::Charge, Action::List),
    write("POST /v1/charges", Kind::Charge, write::charges::create),
    read("GET /v1/charges/{}", Kind::Charge, Action::Retrieve),
    write("POST /v1/charges/{}", Kind::Charge, write::charges::update),
    read("GET /v1/refunds", Kind::Refund, Action::List),
    write("POST /v1/refunds", Kind::Refund, write::refunds::create),
    read("GET /v1/refunds/{}", Kind::Refund, Action::Retrieve),
    write("POST /v1/refunds/{}", Kind::Refund, write::refunds::update),
    read("GET /v1/disputes", Kind::Dispute, Action::List),
    read("GET /v1/disputes/{}", Kind::Dispute, Action::Retrieve),
    write("POST /v1/disputes/{}", Kind::Dispute, write::disputes::update),
    write("POST /v1/disputes/{}/close", Kind::Dispute, write::disputes::close),
    read("GET /v1/balance_transactions", Kind::BalanceTransaction, Action::List),
    read("GET /v1/balance_transactions/{}", Kind::BalanceTransaction, Action::Retrieve),
    read("GET /v1/payouts", Kind::Payout, Action::List),
    write("POST /v1/payouts", Kind::Payout, write::refunds::create_payout),
    read("GET /v1/payouts/{}", Kind::Payout, Action::Retrieve),
    write("POST /v1/payouts/{}", Kind::Payout, write::refunds::update_payout),
    write("POST /v1/payouts/{}/cancel", Kind::Payout, write::refunds::cancel_payout),
    read("GET /v1/invoiceitems", Kind::InvoiceItem, Action::List),
    write("POST /v1/invoiceitems", Kind::InvoiceItem, write::invoice_items::create),
    write("DELETE /v1/invoiceitems/{}", Kind::InvoiceItem, write::invoice_items::delete),
    read("GET /v1/invoiceitems/{}", Kind::InvoiceItem, Action::Retrieve),
    read("GET /v1/test_helpers/test_clocks", Kind::TestClock, Action::List),
    write("POST /v1/test_helpers/test_clocks", Kind::TestClock, write::test_clocks::create),
    read("GET /v1/test_helpers/test_clocks/{}", Kind::TestClock, Action::Retrieve),
    write("DELETE /v1/test_helpers/test_clocks/{}", Kind::TestClock, write::test_clocks::delete),
    write("POST /v1/test_helpers/test_clocks/{}/advance", Kind::TestClock, write::test_clocks::advance),
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
