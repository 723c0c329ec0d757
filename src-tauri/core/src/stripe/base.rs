//! Where Stripe answers: its own host, or a simulator on this computer.

use crate::{Error, Result};
use url::{Host, Url};

const STRIPE: &str = "https://api.stripe.com";

/// Stripe's host, or an http address of this computer. Nothing else can be expressed, so a key
/// cannot be sent anywhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiBase {
    url: Url,
    loopback: bool,
}

impl ApiBase {
    pub fn stripe() -> Result<Self> {
        Self::parse(STRIPE)
    }

    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |why: &str| {
            Error::invalid(
                "api_base",
                format!(
                    "“{text}” cannot be the API's address: {why} Use {STRIPE}, or an address like http://127.0.0.1:8420."
                ),
            )
        };
        let url = Url::parse(text.trim()).map_err(|_| refuse("it is not a URL."))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("it contains a user name or a password."));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("it must end after the host and port."));
        }
        if url.as_str().trim_end_matches('/') == STRIPE {
            return Ok(Self {
                url,
                loopback: false,
            });
        }
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        match (loopback, url.scheme()) {
            (true, "http") => Ok(Self { url, loopback }),
            (true, _) => Err(refuse(
                "an address on this computer must start with http://.",
            )),
            (false, _) => Err(refuse("it is neither Stripe's host nor on this computer.")),
        }
    }

    /// Whether it is a simulator on this computer.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    pub fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(super) fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(path);
        url
    }
}
