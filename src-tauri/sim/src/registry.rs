//! The one list of what the simulator has: its kinds of objects, and the calls that it answers.

use crate::ids::{self, Form};
use crate::write;
use crate::write::Write;

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
}

pub const KINDS: usize = 14;

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
            Kind::Account | Kind::Coupon => return None,
        })
    }

    /// The permission that reading it takes, without `rak_` and `_read`. Prices go by the name they
    /// had as plans; items, discounts and payments ride on what they belong to.
    pub fn permission(self) -> &'static str {
        match self {
            Kind::Account => "accounts_kyc_basic",
            Kind::Customer => "customer",
            Kind::PaymentMethod => "payment_method",
            Kind::Product => "product",
            Kind::Price => "plan",
            Kind::Coupon => "coupon",
            Kind::Subscription | Kind::SubscriptionItem | Kind::Discount => "subscription",
            Kind::Invoice | Kind::InvoicePayment => "invoice",
            Kind::PortalConfiguration | Kind::PortalSession => "customer_portal",
            Kind::Event => "event",
        }
    }

    pub fn read_permission(self) -> String {
        format!("rak_{}_read", self.permission())
    }

    pub fn filters(self) -> &'static [(&'static str, Filter)] {
        use Filter::{Belongs, Equals, HasPrice, MostlyStatus, OneOf, Range, TypePattern};
        match self {
            Kind::Customer => &[("email", Equals("/email"))],
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
    /// Of this customer.
    Belongs,
    /// A subscription with an item of this price.
    HasPrice,
    /// A subscription's status, `all`, or `ended`.
    MostlyStatus,
    /// An event type, `*` standing for anything.
    TypePattern,
}

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
    PaymentsOfInvoice,
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
        Action::PaymentsOfInvoice,
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

    #[test]
    fn kinds_are_numbered_by_their_place() {
        for (place, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place);
        }
    }
}
