//! The rows that the population is kept in: what cannot be drawn again from the seed, and little else.

/// No row: an absent reference to another row.
pub const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
pub struct Customer {
    pub created: u32,
    /// The customer whose e-mail this one has too, or `NONE`.
    pub same_email_as: u32,
    /// Below zero is credit, as Stripe counts.
    pub balance: i32,
    pub default_method: u32,
    pub currency: u8,
    pub has_email: bool,
    /// Made through Accounts v2, so it has an account id as well.
    pub is_account: bool,
    pub deleted: bool,
    pub delinquent: bool,
}

#[derive(Clone, Copy)]
pub struct PaymentMethod {
    pub created: u32,
    pub customer: u32,
    pub exp_year: u16,
    pub exp_month: u8,
    pub is_sepa: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scenario {
    Active,
    SendInvoice,
    Trialing,
    PastDue,
    Unpaid,
    Incomplete,
    IncompleteExpired,
    /// Classic billing mode: `cancel_at_period_end`.
    CancelAtPeriodEnd,
    /// Flexible billing mode: `cancel_at`.
    CancelAt,
    Canceled,
    CollectionVoid,
    CollectionDraft,
    CollectionUncollectible,
    PausedAfterTrial,
    PausedOnRequest,
}

impl Scenario {
    /// How many of 100 subscriptions; every state occurs among any 100.
    const SHARES: [(Scenario, u32); 15] = [
        (Scenario::Active, 58),
        (Scenario::SendInvoice, 8),
        (Scenario::Trialing, 4),
        (Scenario::PastDue, 5),
        (Scenario::Unpaid, 2),
        (Scenario::Incomplete, 1),
        (Scenario::IncompleteExpired, 1),
        (Scenario::CancelAtPeriodEnd, 3),
        (Scenario::CancelAt, 3),
        (Scenario::Canceled, 10),
        (Scenario::CollectionVoid, 1),
        (Scenario::CollectionDraft, 1),
        (Scenario::CollectionUncollectible, 1),
        (Scenario::PausedAfterTrial, 1),
        (Scenario::PausedOnRequest, 1),
    ];

    pub fn of(ordinal: u32) -> Self {
        // 61 is coprime to 100: neighbours differ and each hundred is complete.
        let mut slot = (ordinal % 100) * 61 % 100;
        for (scenario, share) in Self::SHARES {
            if slot < share {
                return scenario;
            }
            slot -= share;
        }
        Scenario::Active
    }

    pub fn status(self) -> &'static str {
        match self {
            Scenario::Trialing => "trialing",
            Scenario::PastDue => "past_due",
            Scenario::Unpaid => "unpaid",
            Scenario::Incomplete => "incomplete",
            Scenario::IncompleteExpired => "incomplete_expired",
            Scenario::Canceled => "canceled",
            Scenario::PausedAfterTrial | Scenario::PausedOnRequest => "paused",
            _ => "active",
        }
    }

    /// Has it come to its end?
    pub fn ended(self) -> bool {
        matches!(self, Scenario::Canceled | Scenario::IncompleteExpired)
    }
}

#[derive(Clone, Copy)]
pub struct Subscription {
    pub created: u32,
    pub customer: u32,
    pub period_start: u32,
    pub period_end: u32,
    /// When it was cancelled, asked to be, or paused; 0 if it never was.
    pub stopped: u32,
    pub trial_end: u32,
    pub latest_invoice: u32,
    pub quantity: u32,
    pub plan: u8,
    /// A second item's plan, or `NO_PLAN`.
    pub addon: u8,
    /// Index into `coupons::COUPONS`, or `NO_COUPON`.
    pub coupon: u8,
    pub scenario: Scenario,
    pub own_method: bool,
}

pub const NO_PLAN: u8 = u8::MAX;
pub const NO_COUPON: u8 = u8::MAX;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvoiceStatus {
    Draft,
    Open,
    Paid,
    Uncollectible,
    Void,
}

impl InvoiceStatus {
    pub fn text(self) -> &'static str {
        match self {
            InvoiceStatus::Draft => "draft",
            InvoiceStatus::Open => "open",
            InvoiceStatus::Paid => "paid",
            InvoiceStatus::Uncollectible => "uncollectible",
            InvoiceStatus::Void => "void",
        }
    }
}

#[derive(Clone, Copy)]
pub struct Invoice {
    pub created: u32,
    pub customer: u32,
    /// `NONE` for an invoice written by hand.
    pub subscription: u32,
    /// Which period of the subscription; 0 is the first.
    pub cycle: u32,
    pub period_end: u32,
    /// Days of work on an invoice written by hand, units used on a metered one.
    pub units: u32,
    /// 0 where the card is charged.
    pub due: u32,
    /// Position among the customer's invoices, for its number.
    pub sequence: u16,
    pub attempts: u8,
    pub status: InvoiceStatus,
}

/// Something that happened to a row in the last 30 days.
#[derive(Clone, Copy)]
pub struct Event {
    pub created: u32,
    pub place: u32,
    pub occasion: Occasion,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Occasion {
    CustomerCreated,
    SubscriptionCreated,
    SubscriptionDeleted,
    InvoiceCreated,
    InvoiceFinalized,
    InvoicePaid,
    InvoicePaymentFailed,
    InvoiceVoided,
    InvoiceUncollectible,
}

impl Occasion {
    pub fn type_name(self) -> &'static str {
        match self {
            Occasion::CustomerCreated => "customer.created",
            Occasion::SubscriptionCreated => "customer.subscription.created",
            Occasion::SubscriptionDeleted => "customer.subscription.deleted",
            Occasion::InvoiceCreated => "invoice.created",
            Occasion::InvoiceFinalized => "invoice.finalized",
            Occasion::InvoicePaid => "invoice.paid",
            Occasion::InvoicePaymentFailed => "invoice.payment_failed",
            Occasion::InvoiceVoided => "invoice.voided",
            Occasion::InvoiceUncollectible => "invoice.marked_uncollectible",
        }
    }
}
