//! Stripe's error answers, in Stripe's words.

use serde_json::{Map, Value, json};

use crate::population::ledger::Decline;

#[derive(Clone, Debug)]
pub struct ApiError {
    pub status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
    /// What a bank's refusal says besides.
    details: Option<Box<Map<String, Value>>>,
    /// Sent with a 429: which limit it was.
    pub limit: Option<&'static str>,
}

impl ApiError {
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        let kind = if status >= 500 {
            "api_error"
        } else {
            "invalid_request_error"
        };
        Self {
            status,
            kind,
            code: None,
            message: message.into(),
            param: None,
            details: None,
            limit: None,
        }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    pub fn code(self, code: &'static str) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }

    pub fn param(self, param: impl Into<String>) -> Self {
        Self {
            param: Some(param.into()),
            ..self
        }
    }

    pub fn unknown_parameter(param: &str) -> Self {
        Self::bad_request(format!("Received unknown parameter: {param}"))
            .code("parameter_unknown")
            .param(param)
    }

    pub fn missing_parameter(param: &str) -> Self {
        Self::bad_request(format!("Missing required param: {param}."))
            .code("parameter_missing")
            .param(param)
    }

    /// A path that names nothing answers 404, a parameter that names nothing 400.
    pub fn no_such(object: &str, id: &str, param: &str) -> Self {
        let status = if param == "id" { 404 } else { 400 };
        let object = object
            .rsplit('.')
            .next()
            .unwrap_or(object)
            .replace('_', " ");
        let object = if object == "payment method" {
            "PaymentMethod".to_owned()
        } else {
            object
        };
        Self::new(status, format!("No such {object}: '{id}'"))
            .code("resource_missing")
            .param(param)
    }

    pub fn lacks(what: &str) -> Self {
        Self::new(501, format!("stripe-sim does not implement {what}"))
    }

    pub fn idempotency(status: u16, message: impl Into<String>) -> Self {
        Self {
            kind: "idempotency_error",
            ..Self::new(status, message)
        }
    }

    pub fn limited(reason: &'static str) -> Self {
        let message = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.";
        Self {
            limit: Some(reason),
            ..Self::new(429, message).code("rate_limit")
        }
    }

    /// Another request is at work on the same object.
    pub fn lock_timeout() -> Self {
        let message = "This object cannot be accessed right now because another API request or Stripe process is currently \
                       accessing it. If you see this error intermittently, retry the request.";
        Self::new(429, message).code("lock_timeout")
    }

    /// A bank's refusal of a charge, with the payment intent if it was for one.
    pub fn card(decline: &Decline, charge: Option<&str>, intent: Option<Value>) -> Self {
        let mut details = Map::new();
        details.insert("advice_code".to_owned(), json!(decline.advice));
        details.insert("decline_code".to_owned(), json!(decline.reason));
        if let Some(charge) = charge {
            details.insert("charge".to_owned(), json!(charge));
        }
        if let Some(intent) = intent {
            details.insert("payment_intent".to_owned(), intent);
        }
        Self {
            kind: "card_error",
            details: Some(Box::new(details)),
            ..Self::new(402, decline.message).code(decline.code)
        }
    }

    /// For a person.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn body(&self) -> Value {
        let mut error = self.details.as_deref().cloned().unwrap_or_default();
        if let Some(code) = self.code {
            error.insert("code".to_owned(), json!(code));
            let page = code.replace('_', "-");
            error.insert(
                "doc_url".to_owned(),
                json!(format!("https://stripe.com/docs/error-codes/{page}")),
            );
        }
        error.insert("message".to_owned(), json!(self.message));
        if let Some(param) = &self.param {
            error.insert("param".to_owned(), json!(param));
        }
        error.insert("type".to_owned(), json!(self.kind));
        json!({ "error": error })
    }
}
