//! What went wrong with one call, in words for the person, and whether trying again can help.

use super::{document::Unread, limit::Exceeded};
use crate::Error;
use reqwest::{StatusCode, header::HeaderMap};
use serde::Deserialize;
use serde_json::Value;
use std::{error::Error as _, time::Duration};

/// One failed attempt.
#[derive(Debug)]
pub(super) struct Failure {
    pub error: Error,
    pub retry: bool,
    /// What a 429 asked for; Stripe does not document the header, so it is obeyed if it is there.
    pub wait: Option<Duration>,
    /// Which limit a 429 was about.
    pub exceeded: Option<Exceeded>,
}

/// A wait longer than this is told to the person instead of being sat out.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(30);

impl Failure {
    pub fn again(error: Error) -> Self {
        Self {
            error,
            retry: true,
            wait: None,
            exceeded: None,
        }
    }

    pub fn final_(error: Error) -> Self {
        Self {
            error,
            retry: false,
            wait: None,
            exceeded: None,
        }
    }

    /// No whole answer came: the name, the connection, the time limit, or a body cut off.
    pub fn without_answer(error: &reqwest::Error, host: &str) -> Self {
        let cause = innermost(error);
        if error.is_timeout() {
            return Self::again(Error::Offline(format!("{host} did not answer in time.")));
        }
        if error.is_connect() {
            let why = if chain_says(error, "dns error") {
                format!("the name {host} was not found (DNS).")
            } else if chain_says(error, "certificate") {
                format!("the secure connection to {host} failed ({cause}).")
            } else {
                format!("the connection to {host} failed ({cause}).")
            };
            return Self::again(Error::Offline(why));
        }
        if error.is_body() || error.is_decode() {
            return Self::again(cut_off());
        }
        Self::again(Error::Offline(format!(
            "the connection to {host} broke ({cause})."
        )))
    }

    /// A whole answer with a status other than success.
    pub fn refused(status: StatusCode, headers: &HeaderMap, body: &[u8], asked_at: i64) -> Self {
        let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
        let request_id = header("request-id");
        let error = match serde_json::from_slice::<Refusal>(body) {
            Ok(refusal) => refusal.error.into_error(
                status,
                header("stripe-rate-limited-reason"),
                request_id,
                asked_at,
            ),
            Err(_) => unreadable(status, body),
        };
        let worth_it = status == StatusCode::CONFLICT
            || status == StatusCode::TOO_MANY_REQUESTS
            || status.is_server_error();
        Self {
            error,
            retry: match header("stripe-should-retry") {
                Some("true") => true,
                Some("false") => false,
                _ => worth_it,
            },
            wait: header("retry-after")
                .and_then(|seconds| seconds.parse().ok())
                .map(|seconds| Duration::from_secs(seconds).min(LONGEST_WAIT)),
            exceeded: (status == StatusCode::TOO_MANY_REQUESTS)
                .then(|| Exceeded::of(header("stripe-rate-limited-reason"))),
        }
    }

    /// A status of success with a body that is not JSON.
    pub fn unreadable_success(status: StatusCode, Unread { body, error }: &Unread) -> Self {
        if error.is_eof() && !body.is_empty() {
            Self::again(cut_off())
        } else {
            Self::final_(unreadable(status, body))
        }
    }
}

/// Stripe's error object, as far as it is shown or decided upon.
#[derive(Deserialize)]
struct Refusal {
    error: Words,
}

#[derive(Deserialize)]
struct Words {
    code: Option<String>,
    param: Option<String>,
    message: Option<String>,
}

impl Words {
    fn into_error(
        self,
        status: StatusCode,
        limited: Option<&str>,
        id: Option<&str>,
        asked_at: i64,
    ) -> Error {
        let message = self
            .message
            .unwrap_or_else(|| format!("the request failed with status {}.", status.as_u16()));
        let with_id = |message: String| match id {
            Some(id) => format!("{message} (request {id})"),
            None => message,
        };
        // A missing permission is told by its name: it was seen with 401 as well as with 403.
        if let Some(slug) = permission(&message)
            && (status == StatusCode::FORBIDDEN || status == StatusCode::UNAUTHORIZED)
        {
            return Error::PermissionMissing {
                slug,
                message: with_id(message),
            };
        }
        match status {
            StatusCode::UNAUTHORIZED => Error::KeyRefused(with_id(message)),
            StatusCode::TOO_MANY_REQUESTS => Error::RateLimited {
                reason: limited
                    .map(str::to_owned)
                    .or(self.code)
                    .unwrap_or_else(|| "no reason given".to_owned()),
            },
            _ => Error::Stripe {
                status: status.as_u16(),
                asked_at,
                code: self.code,
                param: self.param,
                message,
                request_id: id.map(str::to_owned),
            },
        }
    }
}

/// `Having the 'rak_customer_read' permission would allow this request to continue.`
fn permission(message: &str) -> Option<String> {
    let start = message.find("rak_")?;
    let slug: String = message[start..]
        .chars()
        .take_while(|c| c.is_ascii_lowercase() || *c == '_')
        .collect();
    Some(slug)
}

fn cut_off() -> Error {
    Error::UnreadableAnswer("it was cut off in the middle".to_owned())
}

fn unreadable(status: StatusCode, body: &[u8]) -> Error {
    let start = body.trim_ascii_start();
    let kind = if status.is_redirection() {
        "a redirect to another address"
    } else if start.is_empty() {
        "an empty body"
    } else if start.starts_with(b"<") {
        "HTML instead of JSON"
    } else if serde_json::from_slice::<Value>(body).is_ok() {
        "JSON of another shape"
    } else {
        "text instead of JSON"
    };
    Error::UnreadableAnswer(format!("{kind}, status {}", status.as_u16()))
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

fn chain_says(error: &reqwest::Error, words: &str) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.to_string().contains(words) {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `.invalid` never resolves (RFC 6761), so this needs no network.
    #[tokio::test]
    async fn a_name_that_does_not_resolve_is_told_from_a_refused_connection() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let error = http
            .get("http://api.stripe.invalid/")
            .send()
            .await
            .unwrap_err();
        let failure = Failure::without_answer(&error, "api.stripe.invalid");
        assert!(failure.retry);
        assert_eq!(
            failure.error.to_string(),
            "Stripe could not be reached: the name api.stripe.invalid was not found (DNS). Check the connection and try again."
        );
    }

    #[test]
    fn a_wait_that_is_asked_for_is_kept_unless_a_person_had_to_sit_it_out() {
        let asked = |seconds: &'static str| {
            let headers = HeaderMap::from_iter([(
                reqwest::header::RETRY_AFTER,
                reqwest::header::HeaderValue::from_static(seconds),
            )]);
            Failure::refused(StatusCode::TOO_MANY_REQUESTS, &headers, b"{}", 0).wait
        };
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked("3600"), Some(LONGEST_WAIT));
        assert_eq!(asked("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }

    #[test]
    fn the_permission_is_read_from_stripes_sentence() {
        assert_eq!(
            permission("… Having the 'rak_customer_read' permission would allow this request."),
            Some("rak_customer_read".to_owned())
        );
        assert_eq!(permission("Invalid API Key provided: rk_test_***"), None);
    }
}
