//! The changed objects, for the file of a saved simulator.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Shelf, Store};
use crate::registry::Kind;
use crate::saved::SavedShelf;

impl Store {
    pub fn saved(&self) -> BTreeMap<String, SavedShelf> {
        let shelf = |kind: Kind| {
            let shelf = &self.shelves[kind as usize];
            let documents = shelf.documents.iter();
            let saved = SavedShelf {
                next: shelf.next,
                documents: documents
                    .map(|(place, object)| (*place, object.clone()))
                    .collect(),
                removed: shelf.removed.iter().copied().collect(),
            };
            (kind.object().to_owned(), saved)
        };
        Kind::ALL.into_iter().map(shelf).collect()
    }

    pub fn saved_left_out(&self) -> BTreeMap<String, Vec<Value>> {
        self.left_out.clone().into_iter().collect()
    }

    pub fn restore(
        &mut self,
        mut shelves: BTreeMap<String, SavedShelf>,
        left_out: BTreeMap<String, Vec<Value>>,
        lives: u32,
    ) {
        self.lives = lives.wrapping_add(1);
        for kind in Kind::ALL {
            let Some(saved) = shelves.remove(kind.object()) else {
                continue;
            };
            let rows = self.row_count(kind);
            let added = saved.documents.iter().filter(|(place, _)| **place >= rows);
            let places = added
                .filter_map(|(place, object)| Some((object["id"].as_str()?.to_owned(), *place)))
                .collect();
            self.shelves[kind as usize] = Shelf {
                next: saved.next,
                places,
                documents: saved.documents.into_iter().collect(),
                removed: saved.removed.into_iter().collect(),
            };
        }
        self.left_out = left_out.into_iter().collect();
    }
}
