//! Parameters of a call as Stripe spells them: `a[b][c]=value`, arrays with their index.

use std::fmt::Display;
use url::form_urlencoded::Serializer;

/// Pairs in the order they were added. A value of `""` unsets a field in Stripe, an absent pair
/// leaves it as it is; so nothing is added for `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn with(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.0.push((name.into(), value.to_string()));
        self
    }

    pub fn maybe(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Asks for linked objects to come along whole.
    pub fn expanding<T: AsRef<str>>(self, paths: impl IntoIterator<Item = T>) -> Self {
        paths
            .into_iter()
            .fold(self, |params, path| params.with("expand[]", path.as_ref()))
    }

    /// These, then the others.
    pub fn and(mut self, others: &Params) -> Self {
        self.0.extend_from_slice(&others.0);
        self
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(other, _)| other == name);
        pair.map(|(_, value)| value.as_str())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn encoded(&self) -> String {
        Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }
}
