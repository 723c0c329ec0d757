//! What Stripe's events about a change or the end of an object are called.

use super::Kind;

impl Kind {
    /// `None` where Stripe tells of no change.
    pub fn updated(self) -> Option<&'static str> {
        Some(match self {
            Kind::Account => "account.updated",
            Kind::Customer => "customer.updated",
            Kind::PaymentMethod => "payment_method.updated",
            Kind::Product => "product.updated",
            Kind::Price => "price.updated",
            Kind::Coupon => "coupon.updated",
            Kind::Subscription => "customer.subscription.updated",
            Kind::Invoice => "invoice.updated",
            Kind::Discount => "customer.discount.updated",
            Kind::PortalConfiguration => "billing_portal.configuration.updated",
            Kind::TaxId => "customer.tax_id.updated",
            Kind::PromotionCode => "promotion_code.updated",
            Kind::SubscriptionSchedule => "subscription_schedule.updated",
            Kind::CreditNote => "credit_note.updated",
            Kind::Charge => "charge.updated",
            Kind::Refund => "refund.updated",
            Kind::Dispute => "charge.dispute.updated",
            Kind::Payout => "payout.updated",
            Kind::PaymentLink => "payment_link.updated",
            Kind::SubscriptionItem
            | Kind::InvoicePayment
            | Kind::PortalSession
            | Kind::Event
            | Kind::PaymentIntent
            | Kind::BalanceTransaction
            | Kind::CheckoutSession
            | Kind::InvoiceItem
            | Kind::LineItem
            | Kind::TestClock
            | Kind::SetupIntent => return None,
        })
    }

    /// `None` for what cannot be deleted.
    pub fn deleted(self) -> Option<&'static str> {
        Some(match self {
            Kind::Product => "product.deleted",
            Kind::Price => "price.deleted",
            Kind::Coupon => "coupon.deleted",
            Kind::Invoice => "invoice.deleted",
            Kind::TaxId => "customer.tax_id.deleted",
            Kind::InvoiceItem => "invoiceitem.deleted",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations;

    #[test]
    fn events_are_some_of_stripes() {
        let named = Kind::ALL
            .iter()
            .flat_map(|kind| [kind.updated(), kind.deleted()]);
        for name in named.flatten() {
            assert!(operations::is_event(name), "{name}");
        }
    }
}
