//! The objects of one answer, however they came.

use super::{Document, Json, Place};
use serde_json::Value;

/// Objects in the order of the answer.
#[derive(Debug)]
pub struct Objects {
    pub document: Document,
    pub places: Vec<Place>,
}

impl Objects {
    /// What the list at `list` holds.
    pub(in crate::stripe) fn of(document: Document, list: Place) -> Self {
        let places = document.at(list).items().map(Json::place).collect();
        Self { document, places }
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Json<'_>> {
        self.places.iter().map(|place| self.document.at(*place))
    }

    pub fn clear(&mut self) {
        self.places.clear();
    }

    /// The same as trees, for what has to be done to them.
    pub fn to_values(&self) -> Vec<Value> {
        self.iter().map(Json::to_value).collect()
    }
}

impl From<Vec<Value>> for Objects {
    fn from(values: Vec<Value>) -> Self {
        let document = Document::from(&Value::Array(values));
        let list = document.root().place();
        Self::of(document, list)
    }
}
