//! Form encoding as Stripe reads it: `a[b][c]=`, `items[0][price]=`, `expand[]=`.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// A tree of maps with texts at its leaves; what is a list only the parameter's shape can tell.
pub fn parse(text: &str) -> Map<String, Value> {
    let mut root = Map::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        insert(&mut root, &name, value.into_owned());
    }
    root
}

/// The tree of fields that are named as in a form.
pub fn tree<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Map<String, Value> {
    let mut root = Map::new();
    for (name, value) in fields {
        insert(&mut root, name, value.to_owned());
    }
    root
}

/// The tree of a request that is made from within: lists by their places, everything else as text.
pub fn untyped(request: &Value) -> Map<String, Value> {
    let leaf = |value: &Value| match value {
        Value::Object(_) | Value::Array(_) => Value::Object(untyped(value)),
        Value::Null => Value::from(""),
        Value::String(_) => value.clone(),
        other => Value::from(other.to_string()),
    };
    match request {
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| (name.clone(), leaf(value)))
            .collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(place, value)| (place.to_string(), leaf(value)))
            .collect(),
        _ => Map::new(),
    }
}

fn insert(root: &mut Map<String, Value>, name: &str, value: String) {
    let (first, rest) = name.split_once('[').unwrap_or((name, ""));
    let mut keys = vec![first.to_owned()];
    keys.extend(
        rest.split('[')
            .filter(|_| !rest.is_empty())
            .map(|key| key.trim_end_matches(']').to_owned()),
    );
    let last = keys.pop().unwrap_or_default();
    let mut node = root;
    for key in keys {
        let key = if key.is_empty() {
            node.len().to_string()
        } else {
            key
        };
        let next = node.entry(key).or_insert_with(|| Value::Object(Map::new()));
        if !next.is_object() {
            *next = Value::Object(Map::new());
        }
        let Value::Object(map) = next else { return };
        node = map;
    }
    let last = if last.is_empty() {
        node.len().to_string()
    } else {
        last
    };
    node.insert(last, Value::String(value));
}

/// The members of `a[0]=…&a[1]=…` in order; `None` if a key is not a number.
pub fn members(map: &Map<String, Value>) -> Option<Vec<&Value>> {
    let mut members = Vec::with_capacity(map.len());
    for (key, value) in map {
        members.push((key.parse::<u32>().ok()?, value));
    }
    members.sort_by_key(|(place, _)| *place);
    Some(members.into_iter().map(|(_, value)| value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nesting_indexes_and_appending() {
        let form = parse(
            "a[b][c]=1&items[0][price]=p&items[1][price]=q&expand[]=x&expand[]=y&e%5Bf%5D=%C3%A9+1%25",
        );
        assert_eq!(
            Value::Object(form),
            json!({
                "a": {"b": {"c": "1"}},
                "items": {"0": {"price": "p"}, "1": {"price": "q"}},
                "expand": {"0": "x", "1": "y"},
                "e": {"f": "é 1%"}
            })
        );
    }

    #[test]
    fn members_are_in_numeric_order() {
        let Some(Value::Object(map)) = parse("a[10]=z&a[2]=y&a[0]=x").remove("a") else {
            panic!("a map");
        };
        assert_eq!(
            members(&map),
            Some(vec![&json!("x"), &json!("y"), &json!("z")])
        );
        let Some(Value::Object(map)) = parse("a[k]=z").remove("a") else {
            panic!("a map");
        };
        assert_eq!(members(&map), None);
    }
}
