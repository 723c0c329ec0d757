//! Stripe's operations and their parameters, as `spec/operations.json` lists them, and the reading of
//! a form against them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::form::members;

#[derive(Deserialize)]
struct Spec {
    events: BTreeSet<String>,
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
pub struct Operation {
    /// `GET /v1/customers/{}`
    pub call: String,
    /// `Customer.retrieve`
    pub name: String,
    pub parameters: Option<Shape>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Shape {
    /// `string`, `integer`, `number`, `boolean`, `decimal`; with `?` an empty value unsets.
    Leaf(String),
    Enum {
        #[serde(rename = "enum")]
        values: Vec<String>,
        #[serde(default)]
        nullable: bool,
    },
    List {
        list: Box<Shape>,
        #[serde(default)]
        nullable: bool,
    },
    Any {
        any: Vec<Shape>,
        #[serde(default)]
        nullable: bool,
    },
    Fields {
        fields: BTreeMap<String, Shape>,
        #[serde(default)]
        required: Vec<String>,
        #[serde(default)]
        nullable: bool,
    },
    Map {
        #[serde(rename = "map")]
        _values: String,
        #[serde(default)]
        nullable: bool,
    },
}

#[expect(
    clippy::expect_used,
    reason = "the file is part of the program; a test reads it"
)]
static SPEC: LazyLock<Spec> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../spec/operations.json"))
        .expect("operations.json is readable")
});

/// Is `path` what `pattern` (`/v1/customers/{}`) describes? Gives what stands for each `{}`.
pub fn captures<'a>(pattern: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    let mut found = Vec::new();
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return Some(found),
            (Some("{}"), Some(text)) if !text.is_empty() => found.push(text),
            (Some(expected), Some(text)) if expected == text => {}
            _ => return None,
        }
    }
}

/// Does Stripe have events of this type?
pub fn is_event(name: &str) -> bool {
    SPEC.events.contains(name)
}

pub fn find(method: &str, path: &str) -> Option<&'static Operation> {
    let fits = |operation: &&Operation| {
        let Some((verb, pattern)) = operation.call.split_once(' ') else {
            return false;
        };
        verb == method && captures(pattern, path).is_some()
    };
    // `/v1/customers/search` fits `/v1/customers/{}` too; the more literal pattern is meant.
    SPEC.operations
        .iter()
        .filter(fits)
        .min_by_key(|operation| operation.call.matches("{}").count())
}

/// Reads a form into JSON: numbers, booleans and lists become such, an unset field becomes null.
pub fn read(shape: &Shape, form: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    match value(shape, &Value::Object(form), "")? {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

fn value(shape: &Shape, given: &Value, at: &str) -> Result<Value, ApiError> {
    if given == "" && shape.nullable() {
        return Ok(Value::Null);
    }
    match shape {
        Shape::Leaf(kind) => leaf(kind.trim_end_matches('?'), given, at),
        Shape::Enum { values, .. } => match given {
            Value::String(text) if values.contains(text) => Ok(given.clone()),
            Value::String(_) => Err(not_one_of(values, at)),
            _ => Err(invalid("string", at)),
        },
        Shape::Any { any, .. } => alternatives(any, given, at),
        Shape::List { list, .. } => match given {
            Value::Object(map) => match members(map) {
                Some(members) => members
                    .into_iter()
                    .enumerate()
                    .map(|(place, member)| value(list, member, &format!("{at}[{place}]")))
                    .collect(),
                None => Err(invalid("array", at)),
            },
            _ => Err(invalid("array", at)),
        },
        Shape::Fields {
            fields, required, ..
        } => {
            let Value::Object(map) = given else {
                return Err(invalid("object", at));
            };
            let mut read = Map::new();
            for (key, member) in map {
                let at = below(at, key);
                let shape = fields
                    .get(key)
                    .ok_or_else(|| ApiError::unknown_parameter(&at))?;
                read.insert(key.clone(), value(shape, member, &at)?);
            }
            match required.iter().find(|name| !map.contains_key(*name)) {
                Some(name) => Err(ApiError::missing_parameter(&below(at, name))),
                None => Ok(Value::Object(read)),
            }
        }
        Shape::Map { .. } => match given {
            Value::Object(map) => metadata(map, at),
            _ => Err(invalid("object", at)),
        },
    }
}

fn leaf(kind: &str, given: &Value, at: &str) -> Result<Value, ApiError> {
    let Value::String(text) = given else {
        return Err(invalid(kind, at));
    };
    let read = match kind {
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "number" | "decimal" => text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(Value::from),
        "boolean" => text.parse::<bool>().ok().map(Value::from),
        // The types do not say which texts may be unset; Stripe lets most.
        _ => Some(if text.is_empty() {
            Value::Null
        } else {
            given.clone()
        }),
    };
    read.ok_or_else(|| {
        let error = ApiError::bad_request(format!("Invalid {kind}: {text}")).param(at);
        if kind == "integer" {
            error.code("parameter_invalid_integer")
        } else {
            error
        }
    })
}

fn alternatives(any: &[Shape], given: &Value, at: &str) -> Result<Value, ApiError> {
    let mut refused = None;
    for shape in any {
        match value(shape, given, at) {
            Ok(read) => return Ok(read),
            Err(error) if shape.is_scalar() != given.is_object() => {
                refused = refused.or(Some(error))
            }
            Err(_) => {}
        }
    }
    Err(refused.unwrap_or_else(|| {
        invalid(
            if given.is_object() {
                "string"
            } else {
                "object"
            },
            at,
        )
    }))
}

fn metadata(map: &Map<String, Value>, at: &str) -> Result<Value, ApiError> {
    for (key, value) in map {
        let at = below(at, key);
        let Value::String(text) = value else {
            return Err(invalid("string", &at));
        };
        if key.chars().count() > 40 {
            let message = format!("Metadata keys can be at most 40 characters. {key:?} is longer.");
            return Err(ApiError::bad_request(message).param(at));
        }
        if text.chars().count() > 500 {
            let message = format!(
                "Metadata values can have up to 500 characters, but you passed in a value that is {} characters. Invalid value: {text}",
                text.chars().count()
            );
            return Err(ApiError::bad_request(message).param(at));
        }
    }
    Ok(Value::Object(map.clone()))
}

fn below(at: &str, key: &str) -> String {
    if at.is_empty() {
        key.to_owned()
    } else {
        format!("{at}[{key}]")
    }
}

fn invalid(kind: &str, at: &str) -> ApiError {
    ApiError::bad_request(format!("Invalid {kind}")).param(at)
}

fn not_one_of(values: &[String], at: &str) -> ApiError {
    let named: Vec<&str> = values
        .iter()
        .map(String::as_str)
        .filter(|value| !value.is_empty())
        .collect();
    let list = match named.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("one of {}, or {last}", others.join(", ")),
        None => String::new(),
    };
    ApiError::bad_request(format!("Invalid {at}: must be {list}")).param(at)
}

impl Shape {
    fn nullable(&self) -> bool {
        match self {
            Shape::Leaf(kind) => kind.ends_with('?'),
            Shape::Enum { nullable, .. }
            | Shape::List { nullable, .. }
            | Shape::Any { nullable, .. }
            | Shape::Fields { nullable, .. }
            | Shape::Map { nullable, .. } => *nullable,
        }
    }

    fn is_scalar(&self) -> bool {
        matches!(self, Shape::Leaf(_) | Shape::Enum { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::parse;
    use serde_json::json;

    fn call(method: &str, path: &str, form: &str) -> Result<Value, Value> {
        let operation = find(method, path).expect("an operation");
        let shape = operation.parameters.as_ref().expect("parameters");
        read(shape, parse(form))
            .map(Value::Object)
            .map_err(|error| error.body()["error"].clone())
    }

    #[test]
    fn literal_segments_win() {
        assert_eq!(
            find("GET", "/v1/customers/search").map(|op| op.name.as_str()),
            Some("Customer.search")
        );
        assert_eq!(
            find("GET", "/v1/customers/cus_1").map(|op| op.name.as_str()),
            Some("Customer.retrieve")
        );
        assert!(find("GET", "/v1/nothing").is_none());
    }

    #[test]
    fn values_get_their_type() {
        let form = "name=&metadata[a]=1&balance=-5&invoice_settings[custom_fields][0][name]=PO&invoice_settings[custom_fields][0][value]=7";
        assert_eq!(
            call("POST", "/v1/customers/cus_1", form),
            Ok(json!({
                "name": null,
                "metadata": {"a": "1"},
                "balance": -5,
                "invoice_settings": {"custom_fields": [{"name": "PO", "value": "7"}]}
            }))
        );
        assert_eq!(
            call("GET", "/v1/customers", "created[gte]=5"),
            Ok(json!({"created": {"gte": 5}}))
        );
        assert_eq!(
            call("GET", "/v1/customers", "created=5"),
            Ok(json!({"created": 5}))
        );
    }

    #[test]
    fn errors_name_the_parameter() {
        let code = |result: Result<Value, Value>| {
            let error = result.expect_err("an error");
            (
                error["code"].as_str().map(str::to_owned),
                error["param"].as_str().map(str::to_owned),
            )
        };
        let pair = |code: &str, param: &str| (Some(code.to_owned()), Some(param.to_owned()));
        assert_eq!(
            code(call("POST", "/v1/customers", "address[town]=x")),
            pair("parameter_unknown", "address[town]")
        );
        assert_eq!(
            code(call("GET", "/v1/customers", "limit=ten")),
            pair("parameter_invalid_integer", "limit")
        );
        assert_eq!(
            code(call("POST", "/v1/billing_portal/configurations", "name=x")),
            pair("parameter_missing", "features")
        );
    }
}
