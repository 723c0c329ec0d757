//! JSON of Stripe read where it lies: a filling reads gigabytes of it, of which a tree of strings and
//! maps for each object would be the larger part of its work.

mod objects;
mod parts;
mod room;

pub use objects::Objects;
pub use parts::Unread;
pub(super) use room::for_text;

use parts::{Node, name, order};
use serde_json::Value;
use std::fmt;

/// JSON as it came, and what lies where in it.
///
/// It writes each object as `serde_json::Value` would, byte for byte: with its members in order and
/// nothing between them, whatever Stripe put there. Hashes are made of that.
pub struct Document {
    text: String,
    /// What stands in `text` with escapes, or was never in a text.
    unescaped: String,
    nodes: Vec<Node>,
    /// What lists and objects hold, each one's together; of objects the names, in order, whose values
    /// are in the places behind.
    members: Vec<Place>,
}

/// Where in a document something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(u32);

impl Place {
    /// Of a name, where its value is.
    fn value(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Document {
    pub fn root(&self) -> Json<'_> {
        self.at(Place(0))
    }

    pub fn at(&self, place: Place) -> Json<'_> {
        Json {
            document: self,
            place,
        }
    }

    /// Puts what stands at `by` at `place` as well.
    pub fn replace(&mut self, place: Place, by: Place) {
        self.nodes[place.0 as usize] = self.nodes[by.0 as usize];
    }

    /// Leaves no more of it than that there was something.
    pub fn black_out(&mut self, place: Place) {
        self.nodes[place.0 as usize] = Node::Bool(true);
    }

    /// Takes a member out of the object at `place`.
    pub fn remove(&mut self, place: Place, name: &str) {
        let Some(found) = self.at(place).find(name) else {
            return;
        };
        if let Node::Object(span) = &mut self.nodes[place.0 as usize] {
            let members = span.range();
            let found = members.start + found;
            self.members.copy_within(found + 1..members.end, found);
            span.length -= 1;
        }
    }

    fn node(&self, place: Place) -> Node {
        self.nodes[place.0 as usize]
    }

    fn name(&self, place: Place) -> &[u8] {
        name(&self.text, &self.unescaped, self.node(place))
    }

    fn write(&self, place: Place, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match self.node(place) {
            Node::Null => out.extend_from_slice(b"null"),
            Node::Bool(true) => out.extend_from_slice(b"true"),
            Node::Bool(false) => out.extend_from_slice(b"false"),
            Node::Negative(number) => serde_json::to_writer(out, &number)?,
            Node::Whole(number) => serde_json::to_writer(out, &number)?,
            Node::Decimal(number) => serde_json::to_writer(out, &number)?,
            Node::Plain(span) => {
                out.push(b'"');
                out.extend_from_slice(&self.text.as_bytes()[span.range()]);
                out.push(b'"');
            }
            Node::Text(span) => serde_json::to_writer(out, &self.unescaped[span.range()])?,
            Node::List(span) => {
                out.push(b'[');
                for (number, member) in self.members[span.range()].iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    self.write(*member, out)?;
                }
                out.push(b']');
            }
            Node::Object(span) => {
                out.push(b'{');
                for (number, name) in self.members[span.range()].iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    self.write(*name, out)?;
                    out.push(b':');
                    self.write(name.value(), out)?;
                }
                out.push(b'}');
            }
        }
        Ok(())
    }
}

/// Answers hold session URLs and client data, so they are not printed.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").finish_non_exhaustive()
    }
}

/// One value of a document.
#[derive(Clone, Copy)]
pub struct Json<'d> {
    document: &'d Document,
    place: Place,
}

impl<'d> Json<'d> {
    pub fn place(self) -> Place {
        self.place
    }

    /// The member of this name.
    pub fn get(self, name: &str) -> Option<Json<'d>> {
        let found = self.find(name)?;
        Some(self.document.at(self.members()[found].value()))
    }

    /// By JSON pointer (RFC 6901), as far as the registry uses them: no name there has a slash or a
    /// tilde in it.
    pub fn pointer(self, pointer: &str) -> Option<Json<'d>> {
        let mut steps = pointer.split('/').skip(1);
        steps.try_fold(self, |json, name| match json.node() {
            Node::List(_) => {
                let place = json.members().get(name.parse::<usize>().ok()?)?;
                Some(json.document.at(*place))
            }
            _ => json.get(name),
        })
    }

    pub fn as_str(self) -> Option<&'d str> {
        match self.node() {
            Node::Plain(span) => Some(&self.document.text[span.range()]),
            Node::Text(span) => Some(&self.document.unescaped[span.range()]),
            _ => None,
        }
    }

    pub fn as_i64(self) -> Option<i64> {
        match self.node() {
            Node::Negative(number) => Some(number),
            Node::Whole(number) => i64::try_from(number).ok(),
            _ => None,
        }
    }

    pub fn as_bool(self) -> Option<bool> {
        match self.node() {
            Node::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    pub fn is_null(self) -> bool {
        matches!(self.node(), Node::Null)
    }

    pub fn is_object(self) -> bool {
        matches!(self.node(), Node::Object(_))
    }

    pub fn is_list(self) -> bool {
        matches!(self.node(), Node::List(_))
    }

    /// What a list holds; nothing of anything else.
    pub fn items(self) -> impl ExactSizeIterator<Item = Json<'d>> {
        let members = if self.is_list() { self.members() } else { &[] };
        members.iter().map(move |place| self.document.at(*place))
    }

    /// Appends it as `serde_json::Value` would write it.
    pub fn write(self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        self.document.write(self.place, out)
    }

    /// The same as a tree.
    pub fn to_value(self) -> Value {
        match self.node() {
            Node::Null => Value::Null,
            Node::Bool(flag) => flag.into(),
            Node::Negative(number) => number.into(),
            Node::Whole(number) => number.into(),
            Node::Decimal(number) => number.into(),
            Node::Plain(_) | Node::Text(_) => self.as_str().into(),
            Node::List(_) => self.items().map(Json::to_value).collect(),
            Node::Object(_) => {
                let members = self.members().iter().map(|name| {
                    let value = self.document.at(name.value()).to_value();
                    (self.document.at(*name).as_str().unwrap_or_default(), value)
                });
                members.collect()
            }
        }
    }

    fn node(self) -> Node {
        self.document.node(self.place)
    }

    fn members(self) -> &'d [Place] {
        match self.node() {
            Node::List(span) | Node::Object(span) => &self.document.members[span.range()],
            _ => &[],
        }
    }

    fn find(self, name: &str) -> Option<usize> {
        if !self.is_object() {
            return None;
        }
        self.members()
            .binary_search_by(|member| order(self.document.name(*member), name.as_bytes()))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(json: Json<'_>) -> String {
        let mut out = Vec::new();
        json.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn read(text: &str) -> Document {
        Document::read(text.into()).unwrap_or_else(|unread| panic!("{}", unread.error))
    }

    #[test]
    fn it_is_written_as_a_tree_would_be() {
        for text in [
            r#"{"id": "cus_1", "object": "customer", "address": {"line1": null, "city": "Ærø"}}"#,
            "{\n  \"b\": [1, -2, 3.50, 1e3, -0, 18446744073709551615, 1e400],\n  \"a\": [true, false, []]\n}",
            r#"{"slash": "a\/b", "é\u00e9": "\u0041\n\"\\ \ud83d\ude00", "empty": "", "zz": {}}"#,
            r#"{"twice": 1, "once": 2, "twice": {"b": 1, "a": 2}}"#,
            r#"[0.1, 1.0734, 123456789012345680000, 0.30000000000000004, 5e-324]"#,
            r#""alone""#,
        ] {
            let tree: Result<Value, _> = serde_json::from_str(text);
            match tree {
                Ok(tree) => {
                    assert_eq!(written(read(text).root()), tree.to_string());
                    assert_eq!(written(Document::from(&tree).root()), tree.to_string());
                    assert_eq!(read(text).root().to_value(), tree);
                }
                Err(_) => assert!(Document::read(text.into()).is_err(), "{text}"),
            }
        }
    }

    #[test]
    fn members_are_found_by_pointer() {
        let document =
            read(r#"{"z": {"list": [{"id": "a"}, {"id": "\u0062"}]}, "n": 7, "a": null}"#);
        let text = |pointer| document.root().pointer(pointer).and_then(Json::as_str);
        assert_eq!(text("/z/list/0/id"), Some("a"));
        assert_eq!(text("/z/list/1/id"), Some("b"));
        assert_eq!(text("/z/list/2/id"), None);
        assert_eq!(text("/n/id"), None);
        let number = document.root().pointer("/n").and_then(Json::as_i64);
        assert_eq!(number, Some(7));
    }

    #[test]
    fn what_is_cut_out_or_put_in_is_written_so() {
        let mut document = read(
            r#"{"url": "https://secret", "card": {"id": "pm_1", "last4": "4242"}, "coupon": {"c": 1, "b": 2, "a": 3}}"#,
        );
        let place =
            |document: &Document, pointer| document.root().pointer(pointer).unwrap().place();
        let url = place(&document, "/url");
        document.black_out(url);
        let (card, id) = (place(&document, "/card"), place(&document, "/card/id"));
        document.replace(card, id);
        let coupon = place(&document, "/coupon");
        document.remove(coupon, "b");
        document.remove(coupon, "nothing");
        assert_eq!(
            document.root().to_value(),
            json!({"url": true, "card": "pm_1", "coupon": {"a": 3, "c": 1}})
        );
    }

    #[test]
    fn what_is_no_json_is_given_back() {
        let body = |text: &str| match Document::read(text.into()) {
            Ok(_) => panic!("{text} was read"),
            Err(unread) => (unread.body, unread.error.is_eof()),
        };
        assert_eq!(body(r#"{"a": "#), (br#"{"a": "#.to_vec(), true));
        assert_eq!(body("<html>"), (b"<html>".to_vec(), false));
        // Cut in the middle of a letter.
        let cut = "{\"name\": \"Ærø".as_bytes();
        let unread = Document::read(cut[..cut.len() - 1].into());
        assert!(unread.is_err_and(|unread| unread.error.is_eof()));
    }
}
