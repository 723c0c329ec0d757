//! The words for what links are for and how they leave, and the request that says no more than that.

use super::types::{LinkPurpose, LinkRequest};
use crate::journal::Delivery;

impl LinkPurpose {
    /// As buttons and the log name it.
    pub fn label(self) -> &'static str {
        match self {
            Self::PortalHome => "Portal",
            Self::LoginPage => "Portal login page",
            Self::UpdatePaymentMethod => "Replace the payment method",
            Self::UpdateDetails => "Change billing details",
            Self::Cancel => "Cancel",
            Self::Pause => "Pause",
            Self::ChangePlan => "Change plan",
            Self::ConfirmPlan => "Confirm a change of plan",
            Self::PayInvoice => "Pay an invoice",
            Self::Checkout => "Checkout",
            Self::PaymentLink => "Payment link",
            Self::SetUpCard => "Add a card",
        }
    }
}

impl LinkRequest {
    /// With everything else left to be chosen.
    pub fn new(purpose: LinkPurpose, delivery: Delivery) -> Self {
        Self {
            purpose,
            delivery,
            customer: None,
            subscription: None,
            invoice: None,
            price: None,
            quantity: None,
            coupon: None,
            recipient: None,
            configuration: None,
            renews: None,
            warnings_seen: false,
        }
    }
}

impl Delivery {
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Opened here",
            Self::Mail => "As a message",
            Self::Copy => "Copied",
        }
    }
}
