//! The frame of every hosted page, and how it writes money, dates and refusals.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, html};
use serde_json::{Map, Value};

use crate::population::currencies::CURRENCIES;

const STYLE: &str = "
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #1a1f36; }
    section { border-top: 1px solid #d8dee4; padding: 1rem 0; }
    label { display: block; margin: .5rem 0 .1rem; }
    input, select, textarea { font: inherit; padding: .35rem .5rem; border: 1px solid #87909f; border-radius: 4px; }
    button { font: inherit; margin-top: .75rem; padding: .4rem .9rem; border: 0; border-radius: 4px; background: #4b45c6; color: #fff; }
    [role=status] { background: #e3f5e6; padding: .5rem .75rem; } [role=alert] { background: #fde7e9; padding: .5rem .75rem; }
    small { color: #596171; }
";

pub fn page(title: &str, body: &Markup) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                main { h1 { (title) } (body) }
                footer { small { "A page of stripe-sim. Nothing here is real." } }
            }
        }
    };
    Html(markup.into_string()).into_response()
}

/// A page that says why there is nothing to see.
pub fn refusal(status: StatusCode, title: &str, reason: &str) -> Response {
    (status, page(title, &html! { p role="alert" { (reason) } })).into_response()
}

pub fn money(amount: &Value, currency: &Value) -> String {
    let amount = amount.as_i64().unwrap_or_default();
    let code = currency.as_str().unwrap_or_default();
    let exponent = CURRENCIES
        .iter()
        .find(|known| known.code == code)
        .map_or(2, |known| known.exponent);
    let unit = 10_i64.pow(exponent);
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, part) = (amount.abs() / unit, amount.abs() % unit);
    let code = code.to_uppercase();
    match exponent {
        0 => format!("{sign}{whole} {code}"),
        _ => format!(
            "{sign}{whole}.{part:0width$} {code}",
            width = exponent as usize
        ),
    }
}

pub fn date(seconds: &Value) -> String {
    let at = seconds
        .as_i64()
        .and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, 0));
    at.map_or_else(String::new, |at| at.format("%-d %B %Y").to_string())
}

/// Leads to a page that says what its query tells it to.
pub fn lead_to(path: &str, query: &[(&str, &str)]) -> Response {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish();
    Redirect::to(&format!("{path}?{query}")).into_response()
}

/// A field of a submitted form.
pub fn trimmed<'a>(form: &'a Map<String, Value>, name: &str) -> &'a str {
    form.get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim()
}

pub fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn money_has_as_many_digits_as_its_currency() {
        let shown = |amount: i64, code: &str| money(&json!(amount), &json!(code));
        assert_eq!(shown(4905, "eur"), "49.05 EUR");
        assert_eq!(shown(7840, "jpy"), "7840 JPY");
        assert_eq!(shown(16_660, "kwd"), "16.660 KWD");
        assert_eq!(shown(-50, "usd"), "-0.50 USD");
        assert_eq!(shown(50_000, "isk"), "500.00 ISK");
    }
}
