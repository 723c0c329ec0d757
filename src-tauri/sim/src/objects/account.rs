//! `account`: the agency whose Stripe this is.

use serde_json::{Value, json};

pub const NAME: &str = "Studio Lindqvist & Partner GmbH";
pub const COUNTRY: &str = "DE";

pub fn account(id: &str, created: i64) -> Value {
    json!({
        "id": id,
        "object": "account",
        "business_profile": {
            "annual_revenue": null,
            "estimated_worker_count": 14,
            "mcc": "7311",
            "minority_owned_business_designation": null,
            "name": NAME,
            "product_description": null,
            "specified_commercial_transactions_act_url": null,
            "support_address": null,
            "support_email": "hallo@studio-lindqvist.example",
            "support_phone": null,
            "support_url": null,
            "url": "https://studio-lindqvist.example"
        },
        "business_type": "company",
        "capabilities": {"card_payments": "active", "sepa_debit_payments": "active", "transfers": "active"},
        "charges_enabled": true,
        "country": COUNTRY,
        "created": created,
        "default_currency": "eur",
        "details_submitted": true,
        "email": "inhaber@studio-lindqvist.example",
        "metadata": {},
        "payouts_enabled": true,
        "settings": {
            "bacs_debit_payments": {"display_name": null, "service_user_number": null},
            "branding": {"icon": null, "logo": null, "primary_color": null, "secondary_color": null},
            "card_payments": {
                "statement_descriptor_prefix": null,
                "statement_descriptor_prefix_kana": null,
                "statement_descriptor_prefix_kanji": null
            },
            "dashboard": {"display_name": "Studio Lindqvist", "timezone": "Europe/Berlin"},
            "invoices": {"default_account_tax_ids": null, "hosted_payment_method_save": "offer"},
            "payments": {
                "statement_descriptor": "STUDIO LINDQVIST",
                "statement_descriptor_kana": null,
                "statement_descriptor_kanji": null,
                "statement_descriptor_prefix_kana": null,
                "statement_descriptor_prefix_kanji": null
            },
            "payouts": {
                "debit_negative_balances": true,
                "schedule": {"delay_days": 2, "interval": "daily"},
                "statement_descriptor": null
            },
            "sepa_debit_payments": {}
        },
        "type": "standard"
    })
}
