//! What lists filter by.

use super::Kind;

impl Kind {
    pub fn filters(self) -> &'static [(&'static str, Filter)] {
        use Filter::{Belongs, Equals, HasPrice, MostlyStatus, OneOf, Range, TypePattern};
        match self {
            Kind::Customer => &[
                ("email", Equals("/email")),
                ("test_clock", Equals("/test_clock")),
            ],
            Kind::Product => &[("active", Equals("/active")), ("ids", OneOf("/id"))],
            Kind::Price => &[
                ("active", Equals("/active")),
                ("currency", Equals("/currency")),
                ("lookup_keys", OneOf("/lookup_key")),
                ("product", Equals("/product")),
                ("type", Equals("/type")),
                ("recurring", Filter::Members("/recurring")),
            ],
            Kind::Subscription => &[
                ("customer", Belongs),
                ("customer_account", Belongs),
                ("collection_method", Equals("/collection_method")),
                ("price", HasPrice),
                ("plan", HasPrice),
                ("status", MostlyStatus),
                ("test_clock", Equals("/test_clock")),
            ],
            Kind::Invoice => &[
                ("customer", Belongs),
                ("customer_account", Belongs),
                ("collection_method", Equals("/collection_method")),
                ("due_date", Range("/due_date")),
                ("status", Equals("/status")),
                (
                    "subscription",
                    Equals("/parent/subscription_details/subscription"),
                ),
            ],
            Kind::PaymentMethod => &[
                ("allow_redisplay", Equals("/allow_redisplay")),
                ("customer", Belongs),
                ("customer_account", Belongs),
                ("type", Equals("/type")),
            ],
            Kind::PortalConfiguration => &[
                ("active", Equals("/active")),
                ("is_default", Equals("/is_default")),
            ],
            Kind::Event => &[("type", TypePattern), ("types", OneOf("/type"))],
            Kind::TaxId => &[("owner", Filter::Members("/owner"))],
            Kind::PromotionCode => &[
                ("active", Equals("/active")),
                ("code", Equals("/code")),
                ("coupon", Equals("/promotion/coupon")),
                ("customer", Belongs),
                ("customer_account", Belongs),
            ],
            Kind::SubscriptionSchedule => &[
                ("canceled_at", Range("/canceled_at")),
                ("completed_at", Range("/completed_at")),
                ("customer", Belongs),
                ("customer_account", Belongs),
                ("released_at", Range("/released_at")),
            ],
            Kind::CreditNote => &[
                ("customer", Belongs),
                ("customer_account", Belongs),
                ("invoice", Equals("/invoice")),
            ],
            Kind::PaymentIntent => &[("customer", Belongs), ("customer_account", Belongs)],
            Kind::SetupIntent => &[
                ("customer", Belongs),
                ("customer_account", Belongs),
                ("payment_method", Equals("/payment_method")),
            ],
            Kind::InvoicePayment => &[
                ("invoice", Equals("/invoice")),
                ("payment", Filter::Members("/payment")),
                ("status", Equals("/status")),
            ],
            Kind::InvoiceItem => &[
                ("customer", Belongs),
                ("customer_account", Belongs),
                ("invoice", Equals("/invoice")),
                ("pending", Filter::IsNull("/invoice")),
            ],
            Kind::Charge => &[
                ("customer", Belongs),
                ("payment_intent", Equals("/payment_intent")),
            ],
            Kind::Refund | Kind::Dispute => &[
                ("charge", Equals("/charge")),
                ("payment_intent", Equals("/payment_intent")),
            ],
            Kind::BalanceTransaction => &[
                ("currency", Equals("/currency")),
                ("payout", Filter::PaidOutWith),
                ("source", Equals("/source")),
                ("type", Equals("/type")),
            ],
            Kind::Payout => &[
                ("arrival_date", Range("/arrival_date")),
                ("destination", Equals("/destination")),
                ("status", Equals("/status")),
            ],
            Kind::CheckoutSession => &[
                ("customer", Belongs),
                ("customer_account", Belongs),
                ("customer_details", Filter::Members("/customer_details")),
                ("payment_intent", Equals("/payment_intent")),
                ("payment_link", Equals("/payment_link")),
                ("status", Equals("/status")),
                ("subscription", Equals("/subscription")),
            ],
            Kind::PaymentLink => &[("active", Equals("/active"))],
            _ => &[],
        }
    }
}

/// What a list parameter asks of an object's field, given as a JSON pointer.
#[derive(Clone, Copy)]
pub enum Filter {
    Equals(&'static str),
    OneOf(&'static str),
    Range(&'static str),
    /// Each given member equals the field's.
    Members(&'static str),
    /// Asked for with `true`, the field is null.
    IsNull(&'static str),
    /// A balance transaction of this payout.
    PaidOutWith,
    /// Of this customer.
    Belongs,
    /// A subscription with an item of this price.
    HasPrice,
    /// A subscription's status, `all`, or `ended`.
    MostlyStatus,
    /// An event type, `*` standing for anything.
    TypePattern,
}
