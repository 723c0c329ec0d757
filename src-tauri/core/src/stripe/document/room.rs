//! The room of documents that are done with, for those to come: asking the system for it with every page
//! would take longer than reading them, and what is given back stays with the process for a while.

use super::{Document, Node, Place};
use std::mem::take;
use std::sync::{Mutex, PoisonError};

/// As many as a filling has readers.
const KEPT: usize = 8;
/// Values of a document; smaller ones are no page of a list.
const WORTH_KEEPING: usize = 2000;

static TEXTS: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());
static PARTS: Mutex<Vec<(Vec<Node>, Vec<Place>)>> = Mutex::new(Vec::new());

/// For the text of an answer.
pub(in crate::stripe) fn for_text() -> Vec<u8> {
    another(&TEXTS)
}

pub(super) fn for_parts() -> (Vec<Node>, Vec<Place>) {
    another(&PARTS)
}

impl Drop for Document {
    fn drop(&mut self) {
        let (mut nodes, mut members) = (take(&mut self.nodes), take(&mut self.members));
        if nodes.len() < WORTH_KEEPING {
            return;
        }
        let mut text = take(&mut self.text).into_bytes();
        text.clear();
        nodes.clear();
        members.clear();
        keep(&TEXTS, text);
        keep(&PARTS, (nodes, members));
    }
}

fn another<T: Default>(kept: &Mutex<Vec<T>>) -> T {
    let room = kept.lock().unwrap_or_else(PoisonError::into_inner).pop();
    room.unwrap_or_default()
}

fn keep<T>(kept: &Mutex<Vec<T>>, room: T) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < KEPT {
        kept.push(room);
    }
}
