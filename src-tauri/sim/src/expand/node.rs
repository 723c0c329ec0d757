//! JSON that is taken apart only where `expand[]` leads; the rest stays the text it was.

use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

pub enum Node {
    Text(Text),
    Map(Members),
    List(Vec<Node>),
}

/// A part of a text, which all its parts share.
#[derive(Clone)]
pub struct Text {
    whole: Rc<String>,
    part: Range<usize>,
}

/// An object's members in the order of their names, which are kept as JSON.
#[derive(Default)]
pub struct Members(Vec<(Text, Node)>);

impl Text {
    fn new(whole: String) -> Self {
        Self {
            part: 0..whole.len(),
            whole: Rc::new(whole),
        }
    }

    fn as_str(&self) -> &str {
        &self.whole[self.part.clone()]
    }

    /// `part` lies within this, `around` bytes on either side belonging to it.
    fn part(&self, part: &str, around: usize) -> Self {
        let at = part.as_ptr() as usize - self.whole.as_ptr() as usize;
        Self {
            whole: Rc::clone(&self.whole),
            part: at - around..at + part.len() + around,
        }
    }

    /// Of a name, what stands between its quotes. No name that is looked for has escapes.
    fn name(&self) -> &str {
        let quoted = self.as_str();
        &quoted[1..quoted.len() - 1]
    }
}

impl Members {
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.name().cmp(name))
    }

    pub fn get(&self, name: &str) -> Option<&Node> {
        let found = self.find(name).ok()?;
        Some(&self.0[found].1)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        let found = self.find(name).ok()?;
        Some(&mut self.0[found].1)
    }

    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    pub fn insert(&mut self, name: &str, node: Node) {
        match self.find(name) {
            Ok(found) => self.0[found].1 = node,
            Err(place) => {
                let name = Text::new(Value::from(name).to_string());
                self.0.insert(place, (name, node));
            }
        }
    }
}

impl Node {
    pub fn null() -> Self {
        Node::Text(Text::new("null".to_owned()))
    }

    /// Text that the simulator itself has written as JSON.
    pub fn text(json: Vec<u8>) -> Self {
        String::from_utf8(json).map_or_else(|_| Self::null(), |json| Node::Text(Text::new(json)))
    }

    pub fn of(value: &Value) -> Self {
        Node::Text(Text::new(value.to_string()))
    }

    pub fn list(members: Vec<Node>, has_more: bool, url: &str) -> Self {
        let mut list = Members::default();
        list.insert("data", Node::List(members));
        list.insert("has_more", Node::of(&Value::Bool(has_more)));
        list.insert("object", Node::of(&Value::from("list")));
        list.insert("url", Node::of(&Value::from(url)));
        Node::Map(list)
    }

    /// Takes one level of text apart.
    pub fn open(&mut self) {
        let Node::Text(text) = self else { return };
        let opened = match text.as_str().as_bytes().first() {
            Some(b'{') => serde_json::from_str(text.as_str()).map(|Split(split)| {
                let mut members: Vec<(Text, Node)> = split
                    .into_iter()
                    .map(|(name, value)| {
                        let value = Node::Text(text.part(value.get(), 0));
                        (text.part(name, 1), value)
                    })
                    .collect();
                members.sort_by(|(one, _), (other, _)| one.name().cmp(other.name()));
                Node::Map(Members(members))
            }),
            Some(b'[') => serde_json::from_str::<Vec<&RawValue>>(text.as_str()).map(|list| {
                let part = |value: &RawValue| Node::Text(text.part(value.get(), 0));
                Node::List(list.into_iter().map(part).collect())
            }),
            _ => return,
        };
        if let Ok(opened) = opened {
            *self = opened;
        }
    }

    /// Takes all of it apart, so that it is written in the order of names throughout.
    pub fn sorted(mut self) -> Self {
        self.open();
        match self {
            Node::Map(Members(members)) => {
                let sorted = members
                    .into_iter()
                    .map(|(name, node)| (name, node.sorted()));
                Node::Map(Members(sorted.collect()))
            }
            Node::List(list) => Node::List(list.into_iter().map(Node::sorted).collect()),
            text => text,
        }
    }

    /// The text of a JSON string.
    pub fn as_string(&self) -> Option<String> {
        match self {
            Node::Text(text) => serde_json::from_str(text.as_str()).ok(),
            _ => None,
        }
    }

    /// How long it is when written.
    pub fn len(&self) -> usize {
        match self {
            Node::Text(text) => text.part.len(),
            // A comma or a bracket with each, a colon with each name.
            Node::Map(Members(members)) => {
                members
                    .iter()
                    .map(|(name, node)| name.part.len() + node.len() + 2)
                    .sum::<usize>()
                    .max(1)
                    + 1
            }
            Node::List(list) => list.iter().map(|node| node.len() + 1).sum::<usize>().max(1) + 1,
        }
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Node::Text(text) => out.extend_from_slice(text.as_str().as_bytes()),
            Node::Map(Members(members)) => {
                out.push(b'{');
                for (number, (name, node)) in members.iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    out.extend_from_slice(name.as_str().as_bytes());
                    out.push(b':');
                    node.write(out);
                }
                out.push(b'}');
            }
            Node::List(list) => {
                out.push(b'[');
                for (number, node) in list.iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    node.write(out);
                }
                out.push(b']');
            }
        }
    }
}

/// The members of an object, as they stand in its text.
struct Split<'t>(Vec<(&'t str, &'t RawValue)>);

impl<'de> Deserialize<'de> for Split<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Split<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Split(members))
            }
        }
        json.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opened_text_is_written_as_it_was() {
        let text = r#"{"a":{"b":[1,"\u00e9"]},"c":[{"d":null}],"e":""}"#;
        let mut node = Node::text(text.into());
        node.open();
        let Node::Map(map) = &mut node else {
            panic!("a map")
        };
        map.get_mut("c").expect("c").open();
        let mut out = Vec::new();
        node.write(&mut out);
        assert_eq!(String::from_utf8(out).as_deref(), Ok(text));
    }

    #[test]
    fn sorted_text_is_written_as_a_tree_would_be() {
        let text = r#"{"id":"a","object":"b","z":[{"y":1,"x":{"n":-1.5,"m":null}}],"c":"\""}"#;
        let mut out = Vec::new();
        Node::text(text.into()).sorted().write(&mut out);
        let tree: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(String::from_utf8(out).ok(), Some(tree.to_string()));
    }
}
