//! What the journal says of a link: its kind, how it leaves, and what came of the attempt.

use crate::ids::LinkId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What a link is for. The first five say how it leaves as well; the others do by their delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A portal session, opened at once in the browser.
    PortalOpened,
    /// The portal's login page with the client's email, as a prepared message.
    PortalMail,
    /// The same address, copied.
    PortalCopy,
    InvoicePage,
    InvoicePdf,
    /// The portal's flow that replaces the payment method.
    UpdatePaymentMethod,
    /// The portal's flow for name, address, tax id.
    UpdateDetails,
    Cancel,
    Pause,
    ChangePlan,
    /// A change of plan that the client only has to confirm.
    ConfirmPlan,
    /// An open invoice's hosted page, handed out.
    PayInvoice,
    /// A checkout for a client's first plan, or the next after the last one ended.
    Checkout,
    PaymentLink,
    /// A checkout that only keeps a payment method.
    SetUpCard,
}

/// How a link leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// In this computer's browser, now.
    Open,
    /// A prepared message in the mail program.
    Mail,
    Copy,
}

/// Everything else that was asked for with a link.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// `sub_…` that it acts on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// The coupon that is offered to who wants to cancel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// The address it is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// The link that this one takes the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renews: Option<LinkId>,
}

impl LinkDetails {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LinkResult {
    /// Handed to the browser.
    Opened,
    /// Handed to the mail program or the clipboard; whether it was sent is not known.
    Prepared,
    Failed,
    /// Portico was ended in between; never sent again.
    Interrupted,
}
