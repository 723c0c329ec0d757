//! What an answer leaves out because the key may not read it stays as the mirror holds it: it did not
//! change because nobody could look.

use crate::Result;
use crate::db::{Store, unpack};
use crate::stripe::listing::Reading;
use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite};
use std::collections::HashMap;

/// Puts into `objects` what `reading` had to leave out of them and is known here.
pub(super) async fn complete(
    store: &Store,
    reading: &Reading,
    objects: &mut [Value],
) -> Result<()> {
    let left_out = reading.dropped();
    if left_out.is_empty() {
        return Ok(());
    }
    let ids = Value::from_iter(objects.iter().map(|object| object["id"].clone())).to_string();
    let rows: Vec<(String, Vec<u8>)> = QueryBuilder::<Sqlite>::new("SELECT id, json FROM ")
        .push(reading.resource.name)
        .push(" WHERE json IS NOT NULL AND id IN (SELECT value FROM json_each(")
        .push_bind(ids)
        .push("))")
        .build_query_as()
        .fetch_all(&store.reader)
        .await?;
    let held: HashMap<String, Vec<u8>> = rows.into_iter().collect();
    for object in objects {
        let Some(json) = object["id"].as_str().and_then(|id| held.get(id)) else {
            continue;
        };
        let held = unpack(json)?;
        for expand in &left_out {
            let path: Vec<&str> = expand.path.split('.').collect();
            keep(object, &held, &path);
        }
    }
    Ok(())
}

/// Of `held` what lies on `path` and `object` has only the id of, or nothing.
fn keep(object: &mut Value, held: &Value, path: &[&str]) {
    let Some((name, rest)) = path.split_first() else {
        return;
    };
    let (Some(held), Some(object)) = (held.get(name), object.as_object_mut()) else {
        return;
    };
    match object.get_mut(*name) {
        Some(value) => keep_same(value, held, rest),
        None => {
            object.insert((*name).to_owned(), held.clone());
        }
    }
}

/// Both stand at the same place; what has another id by now is not the same.
fn keep_same(value: &mut Value, held: &Value, rest: &[&str]) {
    match (value, held) {
        (Value::Array(values), Value::Array(held)) => {
            for value in values {
                let same = |held: &&Value| id(held).is_some() && id(held) == id(value);
                if let Some(held) = held.iter().find(same) {
                    keep_same(value, held, rest);
                }
            }
        }
        (value @ Value::String(_), Value::Object(_)) if id(value) == id(held) => {
            *value = held.clone();
        }
        (value @ Value::Object(_), Value::Object(_)) if id(value) == id(held) => {
            keep(value, held, rest);
        }
        _ => {}
    }
}

fn id(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value["id"].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_could_not_be_read_is_kept() {
        let held = json!({"id": "sub_1", "discounts": [
            {"id": "di_1", "source": {"coupon": {"id": "ten", "percent_off": 10}}},
            {"id": "di_2", "source": {"coupon": {"id": "five", "percent_off": 5}}},
        ], "metadata": {"seats": "3"}});
        let path = ["discounts", "source", "coupon"];
        let mut now = json!({"id": "sub_1", "discounts": ["di_3", "di_1"], "metadata": {}});
        keep(&mut now, &held, &path);
        assert_eq!(
            now,
            json!({"id": "sub_1", "discounts": ["di_3", held["discounts"][0]], "metadata": {}})
        );

        let mut halfway =
            json!({"discounts": [{"id": "di_1", "end": 7, "source": {"coupon": "ten"}}]});
        keep(&mut halfway, &held, &path);
        assert_eq!(
            halfway["discounts"][0],
            json!({"id": "di_1", "end": 7, "source": held["discounts"][0]["source"]})
        );

        let mut without = json!({"id": "cus_1"});
        keep(
            &mut without,
            &json!({"tax_ids": {"data": [1]}}),
            &["tax_ids"],
        );
        assert_eq!(without["tax_ids"]["data"], json!([1]));
    }
}
