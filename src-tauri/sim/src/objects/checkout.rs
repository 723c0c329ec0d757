//! `checkout.session`, `payment_link` and the `item`s that they sell.

use serde_json::{Value, json};

use crate::ids;
use crate::population::Population;
use crate::population::catalogue::{PLANS, PRODUCTS, price_place};
use crate::population::engagements::SessionState;
use crate::population::{DAY, currencies::CURRENCIES};

const HOME: &str = "https://studio-lindqvist.example";

/// What differs between sessions.
#[derive(Default)]
pub struct SessionFacts {
    pub id: String,
    pub amount_subtotal: Option<i64>,
    pub amount_total: Option<i64>,
    pub created: i64,
    pub currency: Option<String>,
    pub customer: Value,
    pub customer_account: Value,
    pub customer_details: Value,
    pub expires_at: i64,
    pub invoice: Option<String>,
    pub mode: String,
    pub payment_status: &'static str,
    pub status: &'static str,
    pub subscription: Option<String>,
    pub success_url: Value,
    pub url: Option<String>,
}

pub fn session_of(facts: SessionFacts) -> Value {
    let recurring = facts.mode == "subscription";
    let discount =
        facts.amount_subtotal.unwrap_or_default() - facts.amount_total.unwrap_or_default();
    let total_details = facts.amount_total.map(|_| {
        json!({"amount_discount": discount.max(0), "amount_shipping": 0, "amount_tax": (-discount).max(0)})
    });
    json!({
        "id": facts.id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": false},
        "after_expiration": null,
        "allow_promotion_codes": null,
        "allowed_payment_method_types": null,
        "amount_subtotal": facts.amount_subtotal,
        "amount_total": facts.amount_total,
        "automatic_tax": {"enabled": false, "liability": null, "provider": null, "status": null},
        "billing_address_collection": null,
        "cancel_url": null,
        "client_reference_id": null,
        "client_secret": null,
        "collected_information": null,
        "consent": null,
        "consent_collection": null,
        "created": facts.created,
        "currency": facts.currency,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null
        },
        "customer": facts.customer,
        "customer_account": facts.customer_account,
        "customer_creation": (facts.customer.is_null() && !recurring).then_some("if_required"),
        "customer_details": facts.customer_details,
        "customer_email": null,
        "discounts": [],
        "expires_at": facts.expires_at,
        "integration_identifier": null,
        "invoice": facts.invoice,
        "invoice_creation": (facts.mode == "payment").then(|| json!({
            "enabled": false,
            "invoice_data": {
                "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null, "issuer": null,
                "metadata": {}, "rendering_options": null
            }
        })),
        "livemode": false,
        "locale": null,
        "managed_payments": {"enabled": false},
        "metadata": {},
        "mode": facts.mode,
        "origin_context": null,
        "payment_intent": null,
        "payment_link": null,
        "payment_method_collection": if recurring { "always" } else { "if_required" },
        "payment_method_configuration_details": null,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": facts.payment_status,
        "permissions": null,
        "phone_number_collection": {"enabled": false},
        "recovered_from": null,
        "saved_payment_method_options": null,
        "setup_intent": null,
        "shipping_address_collection": null,
        "shipping_cost": null,
        "shipping_options": [],
        "status": facts.status,
        "submit_type": null,
        "subscription": facts.subscription,
        "success_url": facts.success_url,
        "total_details": total_details,
        "ui_mode": "hosted_page",
        "url": facts.url,
        "wallet_options": null
    })
}

/// `price` as the API shows it.
pub fn item(id: &str, price: &Value, description: &Value, quantity: i64, amount: i64) -> Value {
    json!({
        "id": id,
        "object": "item",
        "adjustable_quantity": null,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": description,
        "metadata": {},
        "price": price,
        "quantity": quantity
    })
}

pub fn url(pages: &str, id: &str) -> String {
    format!("{pages}/c/pay/{id}")
}

pub fn link_url(pages: &str, page: &str) -> String {
    format!("{pages}/b/{page}")
}

pub fn session(population: &Population, place: u32, pages: &str) -> Value {
    let row = &population.sessions[place as usize];
    let subscription = &population.subscriptions[row.subscription as usize];
    let customer = subscription.customer;
    let complete = row.state == SessionState::Complete;
    let id = population.ids.id(ids::CHECKOUT_SESSION, place);
    let (_, amount) = plan_amount(population, row.subscription);
    let first = || {
        let invoices = population.invoices_of(customer).iter();
        let mut own = invoices
            .filter(|place| population.invoices[**place as usize].subscription == row.subscription);
        own.next()
            .map(|place| population.ids.id(ids::INVOICE, *place))
    };
    let person = population.person(customer);
    let details = complete.then(|| {
        json!({
            "address": super::customer::address(person),
            "business_name": null,
            "email": population.email(customer),
            "individual_name": null,
            "name": person.name,
            "phone": null,
            "tax_exempt": "none",
            "tax_ids": []
        })
    });
    session_of(SessionFacts {
        amount_subtotal: Some(amount),
        amount_total: Some(amount),
        created: i64::from(row.created),
        currency: Some(population.currency(customer).code.to_owned()),
        customer: json!(population.ids.id(ids::CUSTOMER, customer)),
        customer_account: json!(population.customer_account(customer)),
        customer_details: json!(details),
        expires_at: i64::from(row.created + DAY),
        invoice: if complete { first() } else { None },
        mode: "subscription".to_owned(),
        payment_status: if complete { "paid" } else { "unpaid" },
        status: match row.state {
            SessionState::Complete => "complete",
            SessionState::Open => "open",
            SessionState::Expired => "expired",
        },
        subscription: complete.then(|| population.ids.id(ids::SUBSCRIPTION, row.subscription)),
        success_url: json!(HOME),
        url: (row.state == SessionState::Open).then(|| url(pages, &id)),
        id,
    })
}

/// What the session of a row sells.
pub fn session_items(population: &Population, place: u32) -> Vec<Value> {
    let subscription = population.sessions[place as usize].subscription;
    let row = &population.subscriptions[subscription as usize];
    let (price, amount) = plan_amount(population, subscription);
    let price = super::catalogue::price(&population.ids, price, population.catalogue_created());
    let product = PRODUCTS[PLANS[row.plan as usize].product as usize].name;
    let id = population.ids.id(ids::LINE_ITEM, place);
    let quantity = i64::from(row.quantity);
    vec![item(
        &id,
        &crate::store::to_value(&price),
        &json!(product),
        quantity,
        amount,
    )]
}

/// The place of a subscription's first price, and what it costs each period.
fn plan_amount(population: &Population, subscription: u32) -> (u32, i64) {
    let row = &population.subscriptions[subscription as usize];
    let currency = population.customers[row.customer as usize].currency;
    let charge =
        PLANS[row.plan as usize].charge(&CURRENCIES[currency as usize], i64::from(row.quantity));
    (price_place(row.plan, currency), charge)
}

/// What differs between payment links.
pub struct LinkFacts {
    pub id: String,
    pub active: bool,
    pub currency: Value,
    pub recurring: bool,
    pub url: String,
}

pub fn payment_link_of(facts: LinkFacts) -> Value {
    let subscription_data = facts.recurring.then(|| {
        json!({
            "description": null,
            "invoice_settings": {
                "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null,
                "issuer": {"type": "self"}
            },
            "metadata": {},
            "trial_period_days": null,
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}}
        })
    });
    let invoice_creation = (!facts.recurring).then(|| {
        json!({
            "enabled": false,
            "invoice_data": {
                "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null, "issuer": null,
                "metadata": {}, "rendering_options": null
            }
        })
    });
    json!({
        "id": facts.id,
        "object": "payment_link",
        "active": facts.active,
        "after_completion": {"hosted_confirmation": {"custom_message": null}, "type": "hosted_confirmation"},
        "allow_promotion_codes": false,
        "application": null,
        "application_fee_amount": null,
        "application_fee_percent": null,
        "automatic_tax": {"enabled": false, "liability": null},
        "billing_address_collection": "auto",
        "consent_collection": null,
        "currency": facts.currency,
        "custom_fields": [],
        "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null
        },
        "customer_creation": if facts.recurring { "always" } else { "if_required" },
        "inactive_message": null,
        "invoice_creation": invoice_creation,
        "livemode": false,
        "managed_payments": {"enabled": false},
        "metadata": {},
        "on_behalf_of": null,
        "payment_intent_data": null,
        "payment_method_collection": "always",
        "payment_method_options": null,
        "payment_method_types": null,
        "phone_number_collection": {"enabled": false},
        "restrictions": null,
        "shipping_address_collection": null,
        "shipping_options": [],
        "submit_type": "auto",
        "subscription_data": subscription_data,
        "tax_id_collection": {"enabled": false, "required": "never"},
        "transfer_data": null,
        "url": facts.url
    })
}
