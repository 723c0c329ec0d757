//! JSON that is taken apart only where `expand[]` leads; the rest stays the text it was.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

pub enum Node {
    Text(String),
    Map(BTreeMap<String, Node>),
    List(Vec<Node>),
}

impl Node {
    pub fn null() -> Self {
        Node::Text("null".to_owned())
    }

    /// Text that the simulator itself has written as JSON.
    pub fn text(json: Vec<u8>) -> Self {
        String::from_utf8(json).map_or_else(|_| Self::null(), Node::Text)
    }

    pub fn of(value: &Value) -> Self {
        Node::Text(value.to_string())
    }

    pub fn list(members: Vec<Node>, has_more: bool, url: &str) -> Self {
        Node::Map(BTreeMap::from([
            ("data".to_owned(), Node::List(members)),
            ("has_more".to_owned(), Node::of(&Value::Bool(has_more))),
            ("object".to_owned(), Node::of(&Value::from("list"))),
            ("url".to_owned(), Node::of(&Value::from(url))),
        ]))
    }

    /// Takes one level of text apart.
    pub fn open(&mut self) {
        let Node::Text(text) = self else { return };
        let opened = match text.as_bytes().first() {
            Some(b'{') => {
                serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text).map(|map| {
                    Node::Map(
                        map.into_iter()
                            .map(|(key, raw)| (key, Node::raw(raw)))
                            .collect(),
                    )
                })
            }
            Some(b'[') => serde_json::from_str::<Vec<Box<RawValue>>>(text)
                .map(|list| Node::List(list.into_iter().map(Node::raw).collect())),
            _ => return,
        };
        if let Ok(opened) = opened {
            *self = opened;
        }
    }

    fn raw(raw: Box<RawValue>) -> Self {
        Node::Text(Box::<str>::from(raw).into_string())
    }

    /// The text of a JSON string.
    pub fn as_string(&self) -> Option<String> {
        match self {
            Node::Text(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Node::Text(text) => out.extend_from_slice(text.as_bytes()),
            Node::Map(map) => {
                out.push(b'{');
                for (number, (key, node)) in map.iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    out.extend_from_slice(Value::from(key.as_str()).to_string().as_bytes());
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
}
