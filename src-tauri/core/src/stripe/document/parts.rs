//! Taking JSON apart: serde_json reads it, and where its values lie is noted.

use super::{Document, Place, room};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::{cmp::Ordering, fmt};

#[derive(Debug, Clone, Copy)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Negative(i64),
    Whole(u64),
    Decimal(f64),
    /// In the text, without escapes: it is written as it stands.
    Plain(Span),
    /// In what was unescaped.
    Text(Span),
    List(Span),
    Object(Span),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub at: u32,
    pub length: u32,
}

impl Span {
    pub fn range(self) -> std::ops::Range<usize> {
        self.at as usize..self.at as usize + self.length as usize
    }
}

/// The bytes of a string.
#[inline]
pub(super) fn name<'t>(text: &'t str, unescaped: &'t str, node: Node) -> &'t [u8] {
    match node {
        Node::Plain(span) => &text.as_bytes()[span.range()],
        Node::Text(span) => &unescaped.as_bytes()[span.range()],
        _ => &[],
    }
}

/// The order of names, which mostly differ in their first letters: comparing those as one number takes
/// a third of the time.
#[inline]
pub(super) fn order(one: &[u8], other: &[u8]) -> Ordering {
    first(one).cmp(&first(other)).then_with(|| one.cmp(other))
}

/// The first eight bytes as a number; what a shorter name lacks counts as less than any letter.
#[inline]
fn first(name: &[u8]) -> u64 {
    match name.first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let bytes = name.iter().zip((0..8_u32).rev());
            bytes.fold(0, |sum, (byte, place)| {
                sum | u64::from(*byte) << (place * 8)
            })
        }
    }
}

/// What is no JSON, given back with the reason.
pub struct Unread {
    pub body: Vec<u8>,
    pub error: serde_json::Error,
}

impl Document {
    pub fn read(body: Vec<u8>) -> Result<Self, Unread> {
        let text = match String::from_utf8(body) {
            Ok(text) if u32::try_from(text.len()).is_ok() => text,
            Ok(text) => {
                let error = serde_json::Error::custom("it is longer than any answer");
                let body = text.into_bytes();
                return Err(Unread { body, error });
            }
            Err(error) => {
                let body = error.into_bytes();
                // A cut in the middle of a letter is a cut.
                let error = match serde_json::from_slice::<IgnoredAny>(&body) {
                    Err(error) => error,
                    Ok(_) => serde_json::Error::custom("it is not UTF-8"),
                };
                return Err(Unread { body, error });
            }
        };
        let (nodes, members) = room::for_parts();
        let mut parts = Parts {
            nodes,
            members,
            ..Parts::of(&text)
        };
        let mut json = serde_json::Deserializer::from_str(&text);
        let read = Next(&mut parts).deserialize(&mut json);
        match read.and_then(|()| json.end()) {
            Ok(()) => Ok(Self {
                unescaped: parts.unescaped,
                nodes: parts.nodes,
                members: parts.members,
                text,
            }),
            Err(error) => Err(Unread {
                body: text.into_bytes(),
                error,
            }),
        }
    }
}

impl From<&Value> for Document {
    fn from(value: &Value) -> Self {
        let mut parts = Parts::of("");
        parts.add(value);
        Self {
            text: String::new(),
            unescaped: parts.unescaped,
            nodes: parts.nodes,
            members: parts.members,
        }
    }
}

/// A document in the making.
struct Parts<'t> {
    text: &'t str,
    unescaped: String,
    nodes: Vec<Node>,
    members: Vec<Place>,
    /// What the lists and objects hold that are not at their end.
    open: Vec<Place>,
}

impl<'t> Parts<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            text,
            unescaped: String::new(),
            nodes: Vec::new(),
            members: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Where the next value comes to stand.
    fn next(&self) -> Place {
        Place(self.nodes.len() as u32)
    }

    fn plain(&mut self, part: &'t str) {
        // It is a part of the text.
        let at = part.as_ptr() as usize - self.text.as_ptr() as usize;
        self.nodes.push(Node::Plain(Span {
            at: at as u32,
            length: part.len() as u32,
        }));
    }

    fn unescaped(&mut self, text: &str) {
        self.nodes.push(Node::Text(Span {
            at: self.unescaped.len() as u32,
            length: text.len() as u32,
        }));
        self.unescaped.push_str(text);
    }

    /// Begins a list or an object.
    fn begin(&mut self) -> (Place, usize) {
        let place = self.next();
        self.nodes.push(Node::Null);
        (place, self.open.len())
    }

    fn end_list(&mut self, (place, floor): (Place, usize)) {
        self.nodes[place.0 as usize] = Node::List(self.settle(floor));
    }

    fn end_object(&mut self, (place, floor): (Place, usize)) {
        let (nodes, unescaped) = (&self.nodes, &self.unescaped);
        let name = |place: &Place| name(self.text, unescaped, nodes[place.0 as usize]);
        let names = &mut self.open[floor..];
        if !names.is_sorted_by(|one, next| order(name(one), name(next)).is_lt()) {
            names.sort_by(|one, other| order(name(one), name(other)));
            let mut kept = 0;
            for at in 0..names.len() {
                // Of a name that comes twice the last counts.
                let again = names.get(at + 1);
                if again.is_none_or(|next| name(&names[at]) != name(next)) {
                    names[kept] = names[at];
                    kept += 1;
                }
            }
            self.open.truncate(floor + kept);
        }
        self.nodes[place.0 as usize] = Node::Object(self.settle(floor));
    }

    fn settle(&mut self, floor: usize) -> Span {
        let at = self.members.len() as u32;
        self.members.extend(self.open.drain(floor..));
        Span {
            at,
            length: self.members.len() as u32 - at,
        }
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::Null => self.nodes.push(Node::Null),
            Value::Bool(flag) => self.nodes.push(Node::Bool(*flag)),
            Value::Number(number) => self.nodes.push(match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => Node::Whole(number),
                (_, Some(number)) => Node::Negative(number),
                _ => Node::Decimal(number.as_f64().unwrap_or_default()),
            }),
            Value::String(text) => self.unescaped(text),
            Value::Array(items) => {
                let list = self.begin();
                for item in items {
                    self.open.push(self.next());
                    self.add(item);
                }
                self.end_list(list);
            }
            Value::Object(map) => {
                let object = self.begin();
                for (name, value) in map {
                    self.open.push(self.next());
                    self.unescaped(name);
                    self.add(value);
                }
                self.end_object(object);
            }
        }
    }
}

/// The value that is read next.
struct Next<'p, 't>(&'p mut Parts<'t>);

impl<'de> DeserializeSeed<'de> for Next<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Next<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.nodes.push(Node::Null);
        Ok(())
    }

    fn visit_bool<E>(self, flag: bool) -> Result<(), E> {
        self.0.nodes.push(Node::Bool(flag));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.0.nodes.push(Node::Negative(number));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.0.nodes.push(Node::Whole(number));
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.0.nodes.push(Node::Decimal(number));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.0.plain(text);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.unescaped(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let (list, mut place) = (self.0.begin(), self.0.next());
        while items.next_element_seed(Next(self.0))?.is_some() {
            self.0.open.push(place);
            place = self.0.next();
        }
        self.0.end_list(list);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (object, mut place) = (self.0.begin(), self.0.next());
        while map.next_key_seed(Next(self.0))?.is_some() {
            self.0.open.push(place);
            map.next_value_seed(Next(self.0))?;
            place = self.0.next();
        }
        self.0.end_object(object);
        Ok(())
    }
}
