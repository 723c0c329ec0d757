//! The account's API keys, and Stripe's words for what they may not do.

use crate::error::ApiError;
use crate::ids::{self, Ids};
use crate::options::Permissions;

#[derive(Clone)]
pub struct Keys {
    pub secret: String,
    pub restricted: String,
    pub webhook_secret: String,
    pub account: String,
    pub permissions: Permissions,
    /// How often the keys were rolled; earlier ones are expired.
    rolled: u32,
    ids: Ids,
}

/// A key that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    Secret,
    Restricted,
}

impl Keys {
    pub fn new(ids: Ids, permissions: Permissions) -> Self {
        Self {
            secret: ids.id(ids::SECRET_KEY, 0),
            restricted: ids.id(ids::RESTRICTED_KEY, 0),
            webhook_secret: ids.id(ids::WEBHOOK_SECRET, 0),
            account: ids.id(ids::ACCOUNT, 0),
            permissions,
            rolled: 0,
            ids,
        }
    }

    pub fn rolled(&self) -> u32 {
        self.rolled
    }

    /// As often as a saved simulator's were.
    pub fn roll_to(&mut self, times: u32) {
        while self.rolled < times {
            self.roll();
        }
    }

    /// New keys; the old ones answer 401 from now on.
    pub fn roll(&mut self) {
        self.rolled += 1;
        self.secret = self.ids.id(ids::SECRET_KEY, self.rolled);
        self.restricted = self.ids.id(ids::RESTRICTED_KEY, self.rolled);
    }

    pub fn check(&self, key: Option<&str>) -> Result<Holder, ApiError> {
        let Some(key) = key.filter(|key| !key.is_empty()) else {
            return Err(ApiError::new(
                401,
                "You did not provide an API key. You need to provide your API key in the Authorization header, using \
                 Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication \
                 for details, or we can help at https://support.stripe.com/.",
            ));
        };
        if key == self.secret {
            return Ok(Holder::Secret);
        }
        if key == self.restricted {
            return Ok(Holder::Restricted);
        }
        let was_ours = [ids::SECRET_KEY, ids::RESTRICTED_KEY]
            .iter()
            .any(|form| self.ids.place(*form, key).is_some());
        if was_ours {
            let message = format!("Expired API Key provided: {}", masked(key));
            return Err(ApiError::new(401, message).code("api_key_expired"));
        }
        Err(ApiError::new(
            401,
            format!("Invalid API Key provided: {}", masked(key)),
        ))
    }

    pub fn allow(&self, holder: &Holder, slug: &str) -> Result<(), ApiError> {
        if *holder == Holder::Secret || self.permissions.allow(slug) {
            return Ok(());
        }
        Err(ApiError::new(
            403,
            format!(
                "The provided key '{}' does not have the required permissions for this endpoint on account '{}'. \
                 Having the '{slug}' permission would allow this request to continue.",
                masked(&self.restricted),
                self.account
            ),
        ))
    }
}

/// As Stripe shows a key: its kind and its last four.
fn masked(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let shown = key
        .match_indices('_')
        .nth(1)
        .map_or(3, |(place, _)| place + 1)
        .min(8);
    let tail = letters
        .len()
        .saturating_sub(4)
        .max(shown.min(letters.len()));
    letters
        .iter()
        .enumerate()
        .map(|(place, letter)| {
            if place < shown || place >= tail {
                *letter
            } else {
                '*'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_key_shows_its_kind_and_its_end() {
        assert_eq!(masked("sk_test_51ABCDEFGHIJ"), "sk_test_********GHIJ");
        assert_eq!(masked("nonsense"), "non*ense");
        assert_eq!(masked("x"), "x");
    }
}
