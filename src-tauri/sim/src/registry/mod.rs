//! The one list of what the simulator has: its kinds of objects, what lists of them filter by, and the
//! calls that it answers.

mod calls;
mod events;
mod filters;

pub use calls::{Action, CALLS, Call};
pub use filters::Filter;

use crate::ids::{self, Form};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Account,
    Customer,
    PaymentMethod,
    Product,
    Price,
    Coupon,
    Subscription,
    SubscriptionItem,
    Invoice,
    InvoicePayment,
    Discount,
    PortalConfiguration,
    PortalSession,
    Event,
    TaxId,
    PromotionCode,
    SubscriptionSchedule,
    CreditNote,
    PaymentIntent,
    Charge,
    Refund,
    Dispute,
    BalanceTransaction,
    Payout,
    CheckoutSession,
    PaymentLink,
    InvoiceItem,
    /// What a checkout session or a payment link sells.
    LineItem,
    TestClock,
    SetupIntent,
}

pub const KINDS: usize = 30;

impl Kind {
    pub const ALL: [Kind; KINDS] = [
        Kind::Account,
        Kind::Customer,
        Kind::PaymentMethod,
        Kind::Product,
        Kind::Price,
        Kind::Coupon,
        Kind::Subscription,
        Kind::SubscriptionItem,
        Kind::Invoice,
        Kind::InvoicePayment,
        Kind::Discount,
        Kind::PortalConfiguration,
        Kind::PortalSession,
        Kind::Event,
        Kind::TaxId,
        Kind::PromotionCode,
        Kind::SubscriptionSchedule,
        Kind::CreditNote,
        Kind::PaymentIntent,
        Kind::Charge,
        Kind::Refund,
        Kind::Dispute,
        Kind::BalanceTransaction,
        Kind::Payout,
        Kind::CheckoutSession,
        Kind::PaymentLink,
        Kind::InvoiceItem,
        Kind::LineItem,
        Kind::TestClock,
        Kind::SetupIntent,
    ];

    /// The value of `object`.
    pub fn object(self) -> &'static str {
        match self {
            Kind::Account => "account",
            Kind::Customer => "customer",
            Kind::PaymentMethod => "payment_method",
            Kind::Product => "product",
            Kind::Price => "price",
            Kind::Coupon => "coupon",
            Kind::Subscription => "subscription",
            Kind::SubscriptionItem => "subscription_item",
            Kind::Invoice => "invoice",
            Kind::InvoicePayment => "invoice_payment",
            Kind::Discount => "discount",
            Kind::PortalConfiguration => "billing_portal.configuration",
            Kind::PortalSession => "billing_portal.session",
            Kind::Event => "event",
            Kind::TaxId => "tax_id",
            Kind::PromotionCode => "promotion_code",
            Kind::SubscriptionSchedule => "subscription_schedule",
            Kind::CreditNote => "credit_note",
            Kind::PaymentIntent => "payment_intent",
            Kind::Charge => "charge",
            Kind::Refund => "refund",
            Kind::Dispute => "dispute",
            Kind::BalanceTransaction => "balance_transaction",
            Kind::Payout => "payout",
            Kind::CheckoutSession => "checkout.session",
            Kind::PaymentLink => "payment_link",
            Kind::InvoiceItem => "invoiceitem",
            Kind::LineItem => "item",
            Kind::TestClock => "test_helpers.test_clock",
            Kind::SetupIntent => "setup_intent",
        }
    }

    /// How its ids look; coupons are named by people.
    pub fn form(self) -> Option<Form> {
        Some(match self {
            Kind::Customer => ids::CUSTOMER,
            Kind::PaymentMethod => ids::PAYMENT_METHOD,
            Kind::Product => ids::PRODUCT,
            Kind::Price => ids::PRICE,
            Kind::Subscription => ids::SUBSCRIPTION,
            Kind::SubscriptionItem => ids::SUBSCRIPTION_ITEM,
            Kind::Invoice => ids::INVOICE,
            Kind::InvoicePayment => ids::INVOICE_PAYMENT,
            Kind::Discount => ids::DISCOUNT,
            Kind::PortalConfiguration => ids::PORTAL_CONFIGURATION,
            Kind::PortalSession => ids::PORTAL_SESSION,
            Kind::Event => ids::EVENT,
            Kind::TaxId => ids::TAX_ID,
            Kind::PromotionCode => ids::PROMOTION_CODE,
            Kind::SubscriptionSchedule => ids::SUBSCRIPTION_SCHEDULE,
            Kind::CreditNote => ids::CREDIT_NOTE,
            Kind::PaymentIntent => ids::PAYMENT_INTENT,
            Kind::Charge => ids::CHARGE,
            Kind::Refund => ids::REFUND,
            Kind::Dispute => ids::DISPUTE,
            Kind::BalanceTransaction => ids::BALANCE_TRANSACTION,
            Kind::Payout => ids::PAYOUT,
            Kind::CheckoutSession => ids::CHECKOUT_SESSION,
            Kind::PaymentLink => ids::PAYMENT_LINK,
            Kind::InvoiceItem => ids::INVOICE_ITEM,
            Kind::LineItem => ids::LINE_ITEM,
            Kind::TestClock => ids::TEST_CLOCK,
            Kind::SetupIntent => ids::SETUP_INTENT,
            Kind::Account | Kind::Coupon => return None,
        })
    }

    /// The permission that reading it takes, without `rak_` and `_read`. Prices go by the name they
    /// had as plans; items, discounts, payments, tax ids, schedules and refunds ride on what they
    /// belong to.
    pub fn permission(self) -> &'static str {
        match self {
            Kind::Account => "accounts_kyc_basic",
            Kind::Customer | Kind::TaxId => "customer",
            Kind::PaymentMethod => "payment_method",
            Kind::Product => "product",
            Kind::Price => "plan",
            Kind::Coupon => "coupon",
            Kind::Subscription
            | Kind::SubscriptionItem
            | Kind::SubscriptionSchedule
            | Kind::Discount => "subscription",
            Kind::Invoice | Kind::InvoicePayment | Kind::InvoiceItem => "invoice",
            Kind::PortalConfiguration | Kind::PortalSession => "customer_portal",
            Kind::Event => "event",
            Kind::PromotionCode => "promotion_code",
            Kind::CreditNote => "credit_note",
            Kind::PaymentIntent => "payment_intent",
            Kind::Charge | Kind::Refund => "charge",
            Kind::Dispute => "dispute",
            Kind::BalanceTransaction => "balance_transaction_source",
            Kind::Payout => "payout",
            Kind::CheckoutSession | Kind::LineItem => "checkout_session",
            Kind::PaymentLink => "bucket_payment_links",
            Kind::TestClock => "test_clock",
            Kind::SetupIntent => "setup_intent",
        }
    }

    pub fn read_permission(self) -> String {
        format!("rak_{}_read", self.permission())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_numbered_by_their_place() {
        for (place, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place);
        }
    }
}
