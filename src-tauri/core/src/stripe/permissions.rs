//! What the product wants a key to allow, what each lack costs, and what a given key does allow.

use super::{Client, Params};
use crate::{Error, Result};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;
use url::Url;

/// One permission of the list that a person is asked to grant.
struct Wanted {
    slug: &'static str,
    label: &'static str,
    needed_for: &'static str,
    required: bool,
    probe: Probe,
}

/// A permission as Stripe calls it on screen, where that is known, and in its refusals.
pub fn named(slug: &str) -> String {
    match WANTED.iter().find(|wanted| wanted.slug == slug) {
        Some(wanted) => format!("“{}” ({slug})", wanted.label),
        None => slug.to_owned(),
    }
}

/// How it is found out without changing anything.
enum Probe {
    /// Asking whose key it is.
    Identity,
    /// A list of one object.
    Read(&'static str),
    /// A write to an id that does not exist: Stripe checks the permission first.
    Write(&'static str),
}

/// The order is that of the screen: what nothing works without comes first.
const WANTED: [Wanted; 20] = [
    Wanted {
        slug: "rak_customer_read",
        label: "Customers: read",
        needed_for: "The client list; without it nothing can be shown.",
        required: true,
        probe: Probe::Read("/v1/customers"),
    },
    Wanted {
        slug: "rak_subscription_read",
        label: "Subscriptions: read",
        needed_for: "Plans, monthly value and billing state of clients.",
        required: true,
        probe: Probe::Read("/v1/subscriptions"),
    },
    Wanted {
        slug: "rak_invoice_read",
        label: "Invoices: read",
        needed_for: "Invoices, open balances and their pages and PDFs.",
        required: true,
        probe: Probe::Read("/v1/invoices"),
    },
    Wanted {
        slug: "rak_customer_portal_write",
        label: "Customer portal: write",
        needed_for: "Opening the portal for a client and preparing portal links.",
        required: false,
        probe: Probe::Write("/v1/billing_portal/configurations/bpc_PorticoProbe0"),
    },
    Wanted {
        slug: "rak_product_read",
        label: "Products: read",
        needed_for: "The names of plans; without it plans are called by their price.",
        required: false,
        probe: Probe::Read("/v1/products"),
    },
    Wanted {
        slug: "rak_plan_read",
        label: "Prices: read",
        needed_for: "Amounts of tiered plans; without it their monthly value is missing.",
        required: false,
        probe: Probe::Read("/v1/prices"),
    },
    Wanted {
        slug: "rak_payment_method_read",
        label: "Payment methods: read",
        needed_for: "Cards, when they expire, and which one is charged.",
        required: false,
        probe: Probe::Read("/v1/payment_methods"),
    },
    Wanted {
        slug: "rak_coupon_read",
        label: "Coupons: read",
        needed_for: "Discounts in words; without it monthly values ignore them.",
        required: false,
        probe: Probe::Read("/v1/coupons"),
    },
    Wanted {
        slug: "rak_charge_read",
        label: "Charges and refunds: read",
        needed_for: "Why a charge failed, and what was refunded.",
        required: false,
        probe: Probe::Read("/v1/charges"),
    },
    // Stripe documents no names of permissions; those of disputes, payouts, credit notes and payment
    // links follow what its refusals call the others.
    Wanted {
        slug: "rak_dispute_read",
        label: "Disputes: read",
        needed_for: "Disputes and until when they must be answered.",
        required: false,
        probe: Probe::Read("/v1/disputes"),
    },
    Wanted {
        slug: "rak_credit_note_read",
        label: "Credit notes: read",
        needed_for: "What was credited of an invoice.",
        required: false,
        probe: Probe::Read("/v1/credit_notes"),
    },
    Wanted {
        slug: "rak_promotion_code_read",
        label: "Promotion codes: read",
        needed_for: "Which codes give a discount.",
        required: false,
        probe: Probe::Read("/v1/promotion_codes"),
    },
    Wanted {
        slug: "rak_checkout_session_read",
        label: "Checkout Sessions: read",
        needed_for: "Who finished a checkout, and whose ran out.",
        required: false,
        probe: Probe::Read("/v1/checkout/sessions"),
    },
    Wanted {
        slug: "rak_bucket_payment_links_read",
        label: "Payment Links: read",
        needed_for: "The payment links you have.",
        required: false,
        probe: Probe::Read("/v1/payment_links"),
    },
    Wanted {
        slug: "rak_checkout_session_write",
        label: "Checkout Sessions: write",
        needed_for: "Sending a client a checkout, or a page where they add a card.",
        required: false,
        probe: Probe::Write("/v1/checkout/sessions/cs_PorticoProbe0"),
    },
    Wanted {
        slug: "rak_bucket_payment_links_write",
        label: "Payment Links: write",
        needed_for: "Making a payment link for a plan that has none.",
        required: false,
        probe: Probe::Write("/v1/payment_links/plink_PorticoProbe0"),
    },
    Wanted {
        slug: "rak_payout_read",
        label: "Payouts: read",
        needed_for: "What Stripe paid out to your bank.",
        required: false,
        probe: Probe::Read("/v1/payouts"),
    },
    Wanted {
        slug: "rak_balance_transaction_source_read",
        label: "Balance transactions: read",
        needed_for: "Stripe's fees.",
        required: false,
        probe: Probe::Read("/v1/balance_transactions"),
    },
    Wanted {
        slug: "rak_event_read",
        label: "Events: read",
        needed_for: "Following changes after the first reading.",
        required: false,
        probe: Probe::Read("/v1/events"),
    },
    Wanted {
        slug: "rak_accounts_kyc_basic_read",
        label: "Account: read basic information",
        needed_for: "The account's name, currency and time zone; without it you set them yourself.",
        required: false,
        probe: Probe::Identity,
    },
];

const ACCOUNT: &str = "/v1/account";

/// A key, its account, and what it may do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct KeyReport {
    pub restricted: bool,
    pub last4: String,
    pub livemode: bool,
    pub account_id: Option<String>,
    pub account_name: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    pub default_currency: Option<String>,
    /// An IANA name, from the account's Dashboard settings.
    pub time_zone: Option<String>,
    pub permissions: Vec<PermissionRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PermissionRow {
    pub slug: String,
    pub label: String,
    pub needed_for: String,
    pub required: bool,
    pub result: ProbeResult,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProbeResult {
    Granted,
    Missing,
    /// The probe had no clear answer.
    NotChecked,
}

/// The Dashboard's form for a new restricted key with everything filled in. Stripe does not
/// document it, so the list of permissions is shown beside it.
pub fn creation_link(livemode: bool) -> Result<Url> {
    let form = if livemode {
        "https://dashboard.stripe.com/apikeys/create"
    } else {
        "https://dashboard.stripe.com/test/apikeys/create"
    };
    let mut url = Url::parse(form).map_err(|e| Error::Internal(e.to_string()))?;
    url.query_pairs_mut()
        .append_pair("name", "Portico")
        .extend_pairs(
            WANTED
                .iter()
                .enumerate()
                .map(|(i, wanted)| (format!("permissions[{i}]"), wanted.slug)),
        );
    Ok(url)
}

/// The same list without a key, for the screen that asks for one.
pub fn wanted() -> Vec<PermissionRow> {
    WANTED
        .iter()
        .map(|wanted| wanted.row(ProbeResult::NotChecked))
        .collect()
}

/// The account of the client's key, if Stripe tells.
pub async fn account(client: &Client) -> Result<Option<String>> {
    match client.get(ACCOUNT, &Params::new()).await {
        Ok(answer) => Ok(answer.body["id"].as_str().map(str::to_owned)),
        // The sentence of the refusal still names the account.
        Err(Error::PermissionMissing { message, .. }) => Ok(account_in(&message)),
        Err(error) => Err(error),
    }
}

/// Asks Stripe whose key it is and tries each wanted permission. An error means that the key cannot
/// be used at all, or that Stripe could not be asked.
pub async fn probe(client: &Client) -> Result<KeyReport> {
    let (account, refusal) = match client.get(ACCOUNT, &Params::new()).await {
        Ok(answer) => (answer.body, None),
        // The sentence of the refusal still names the account.
        Err(Error::PermissionMissing { message, .. }) => (Value::Null, Some(message)),
        Err(error) => return Err(error),
    };
    let text = |pointer: &str| {
        account
            .pointer(pointer)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let identity = match refusal {
        None => ProbeResult::Granted,
        Some(_) => ProbeResult::Missing,
    };
    let results = join_all(
        WANTED
            .iter()
            .map(|wanted| wanted.probe.ask(client, identity)),
    )
    .await;
    let permissions = WANTED.iter().zip(results);
    let key = client.key();
    Ok(KeyReport {
        restricted: key.restricted,
        last4: key.last4.clone(),
        livemode: key.livemode,
        account_id: text("/id").or_else(|| refusal.as_deref().and_then(account_in)),
        account_name: text("/business_profile/name")
            .or_else(|| text("/settings/dashboard/display_name"))
            .or_else(|| text("/email")),
        country: text("/country"),
        default_currency: text("/default_currency"),
        time_zone: text("/settings/dashboard/timezone"),
        permissions: permissions
            .map(|(wanted, result)| wanted.row(result))
            .collect(),
    })
}

impl Wanted {
    fn row(&self, result: ProbeResult) -> PermissionRow {
        PermissionRow {
            slug: self.slug.to_owned(),
            label: self.label.to_owned(),
            needed_for: self.needed_for.to_owned(),
            required: self.required,
            result,
        }
    }
}

impl Probe {
    async fn ask(&self, client: &Client, identity: ProbeResult) -> ProbeResult {
        let answer = match self {
            Probe::Identity => return identity,
            Probe::Read(path) => client.get(path, &Params::new().with("limit", 1)).await,
            Probe::Write(path) => {
                let once = ulid::Ulid::new().to_string();
                client.post(path, &Params::new(), &once).await
            }
        };
        match answer {
            Err(Error::PermissionMissing { .. }) => ProbeResult::Missing,
            Ok(_) => ProbeResult::Granted,
            // Past the permission, stopped by the id that does not exist.
            Err(Error::Stripe { code, .. }) if code.as_deref() == Some("resource_missing") => {
                ProbeResult::Granted
            }
            Err(_) => ProbeResult::NotChecked,
        }
    }
}

/// `… for this endpoint on account 'acct_…'.`
fn account_in(message: &str) -> Option<String> {
    let start = message.find("acct_")?;
    let id: String = message[start..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    Some(id)
}
