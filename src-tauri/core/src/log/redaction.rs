//! The last line of defence of the log: what looks like a secret is masked in whatever is written.
//! The first line is that nobody logs one.

use crate::{Error, Result};
use regex::Regex;
use std::borrow::Cow;

/// What to look for, and what is left of it.
const SECRETS: [(&str, &str); 8] = [
    // API keys, in whatever text they are stuck, and webhook secrets.
    (r"(sk|rk|ek)_(?:live|test|org)_[A-Za-z0-9_]+", "${1}_…"),
    (r"\b(sk|rk|ek)_[A-Za-z0-9_]+", "${1}_…"),
    (r"whsec_[A-Za-z0-9+/=_]+", "whsec_…"),
    (r"AGE-SECRET-KEY-1[A-Z0-9]+", "AGE-SECRET-KEY-…"),
    // `pi_…_secret_…`: pays or saves a card for whoever has it.
    (r"_secret_[A-Za-z0-9_]+", "_secret_…"),
    // Portal and Checkout sessions and hosted invoices: the address is the permission.
    (r#"/(p/session|c/pay|i|pay)/[^\s"'<>\\]+"#, "/${1}/…"),
    (
        r#"(?i)\b(bearer|authorization\W*basic)\s+[^\s"',\\]+"#,
        "${1} …",
    ),
    // Card numbers, with or without separators. Unix times, which are as long, start with a 1.
    (r"\b[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}\b", "…"),
];

pub(super) struct Redaction(Vec<(Regex, &'static str)>);

impl Redaction {
    pub(super) fn new() -> Result<Self> {
        SECRETS
            .into_iter()
            .map(|(pattern, left)| {
                let regex =
                    Regex::new(pattern).map_err(|error| Error::Internal(error.to_string()))?;
                Ok((regex, left))
            })
            .collect::<Result<_>>()
            .map(Self)
    }

    pub(super) fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut redacted = Cow::Borrowed(text);
        for (secret, left) in &self.0 {
            if let Cow::Owned(masked) = secret.replace_all(&redacted, *left) {
                redacted = Cow::Owned(masked);
            }
        }
        redacted
    }
}
