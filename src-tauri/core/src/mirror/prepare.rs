//! The part of storing that needs no database: objects to rows, hashed and compressed.

use crate::db::pack;
use crate::stripe::resource::{Cell, Resource};
use crate::{Error, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

use super::Page;

/// The rows for one table, each id once.
pub(super) struct Table {
    pub resource: &'static Resource,
    pub rows: Vec<Row>,
    /// The rows that live inside the rows above, by parent id.
    pub children: Vec<Children>,
}

pub(super) struct Children {
    pub resource: &'static Resource,
    pub parent_column: &'static str,
    pub parent: String,
    /// Of the answer that held them: there may be none by now.
    pub asked_at: i64,
    pub rows: Vec<Row>,
}

pub(super) struct Row {
    pub id: String,
    pub asked_at: i64,
    /// Stripe answered `deleted: true`: only a tombstone is known.
    pub deleted: bool,
    pub hash: Vec<u8>,
    pub cells: Vec<Cell>,
    /// Compressed; none where the JSON stays in the parent's.
    pub json: Option<Vec<u8>>,
}

/// Sorts the objects of these pages into tables.
pub(super) fn tables(pages: Vec<Page>) -> Result<Vec<Table>> {
    let mut tables: Vec<Table> = Vec::new();
    for page in pages {
        for object in page.objects {
            add(&mut tables, page.resource, object, page.asked_at)?;
        }
    }
    Ok(tables)
}

/// Puts tables of the same resource together, newest answer of an object last and alone.
pub(super) fn join(tables: impl Iterator<Item = Table>) -> Vec<Table> {
    let mut joined: Vec<Table> = Vec::new();
    for table in tables {
        let whole = table_of(&mut joined, table.resource);
        whole.rows.extend(table.rows);
        whole.children.extend(table.children);
    }
    joined.iter_mut().for_each(keep_newest);
    joined
}

/// Tombstones of these objects.
pub(super) fn gone(resource: &'static Resource, ids: &[String], asked_at: i64) -> Table {
    let row = |id: &String| Row {
        id: id.clone(),
        asked_at,
        deleted: true,
        hash: Vec::new(),
        cells: Vec::new(),
        json: None,
    };
    Table {
        resource,
        rows: ids.iter().map(row).collect(),
        children: Vec::new(),
    }
}

fn add(
    tables: &mut Vec<Table>,
    resource: &'static Resource,
    mut object: Value,
    asked_at: i64,
) -> Result<()> {
    let id = object["id"].as_str().unwrap_or_default().to_owned();
    if id.is_empty()
        || object["object"]
            .as_str()
            .is_some_and(|o| o != resource.object)
    {
        return Err(Error::UnreadableAnswer(format!(
            "expected a {}, got something else",
            resource.object
        )));
    }
    let deleted = object["deleted"].as_bool().unwrap_or(false);
    let mut children = Vec::new();
    for embed in resource.embeds {
        let Some(inner) = object.pointer_mut(embed.pointer) else {
            continue;
        };
        match (embed.child_of, inner) {
            (Some(parent_column), Value::Array(items)) => {
                let rows = items
                    .iter()
                    .map(|item| child_row(embed.resource, item, asked_at))
                    .collect();
                children.push(Children {
                    resource: embed.resource,
                    parent_column,
                    parent: id.clone(),
                    asked_at,
                    rows,
                });
            }
            (None, inner @ Value::Object(_)) => {
                let inner_id = inner["id"].clone();
                add(
                    tables,
                    embed.resource,
                    std::mem::replace(inner, inner_id),
                    asked_at,
                )?;
            }
            _ => {}
        }
    }
    let cells = resource
        .columns
        .iter()
        .map(|column| (column.read)(&object))
        .collect();
    for pointer in resource.never_store {
        // That there was something stays known, and stays part of the hash.
        if let Some(secret) = object.pointer_mut(pointer).filter(|value| !value.is_null()) {
            *secret = Value::Bool(true);
        }
    }
    forget_uses(&mut object);
    let text = serde_json::to_vec(&object)?;
    let json = pack(&text)?;
    let row = Row {
        id,
        asked_at,
        deleted,
        hash: Sha256::digest(&text).to_vec(),
        cells,
        json: Some(json),
    };
    let table = table_of(tables, resource);
    table.rows.push(row);
    table.children.extend(children);
    Ok(())
}

/// How often a coupon was used is news of the coupon, and stored with it: inside of what it discounts,
/// all of that would change whenever anybody uses it.
fn forget_uses(object: &mut Value) {
    let discounts = object.get_mut("discounts").and_then(Value::as_array_mut);
    for discount in discounts.into_iter().flatten() {
        let coupon = discount.pointer_mut("/source/coupon");
        if let Some(coupon) = coupon.and_then(Value::as_object_mut) {
            coupon.remove("times_redeemed");
        }
    }
}

/// Children are replaced with their parent, so they need no hash of their own.
fn child_row(resource: &'static Resource, item: &Value, asked_at: i64) -> Row {
    Row {
        id: item["id"].as_str().unwrap_or_default().to_owned(),
        asked_at,
        deleted: false,
        hash: Vec::new(),
        cells: resource
            .columns
            .iter()
            .map(|column| (column.read)(item))
            .collect(),
        json: None,
    }
}

fn table_of<'t>(tables: &'t mut Vec<Table>, resource: &'static Resource) -> &'t mut Table {
    let index = tables
        .iter()
        .position(|table| table.resource == resource)
        .unwrap_or_else(|| {
            tables.push(Table {
                resource,
                rows: Vec::new(),
                children: Vec::new(),
            });
            tables.len() - 1
        });
    &mut tables[index]
}

fn keep_newest(table: &mut Table) {
    let mut newest: HashMap<String, i64> = HashMap::with_capacity(table.rows.len());
    for row in &table.rows {
        let at = newest.entry(row.id.clone()).or_insert(row.asked_at);
        *at = row.asked_at.max(*at);
    }
    // Of two answers asked in the same millisecond the first stays.
    let mut kept: HashMap<String, ()> = HashMap::with_capacity(newest.len());
    table
        .rows
        .retain(|row| newest[&row.id] == row.asked_at && kept.insert(row.id.clone(), ()).is_none());
    table.children.retain({
        let mut kept: HashMap<(String, &str), ()> = HashMap::new();
        move |children| {
            children.asked_at >= newest[&children.parent]
                && kept
                    .insert((children.parent.clone(), children.resource.name), ())
                    .is_none()
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stripe::resource::SUBSCRIPTIONS;
    use serde_json::json;

    #[test]
    fn an_older_answer_without_children_does_not_take_away_those_of_a_newer_one() {
        let answer = |items: Value, asked_at| {
            let subscription =
                json!({"id": "sub_1", "object": "subscription", "items": {"data": items}});
            Page::of(&SUBSCRIPTIONS, vec![subscription], asked_at)
        };
        let older = || answer(json!([]), 1);
        let newer = || answer(json!([{"id": "si_1", "price": {"id": "price_1"}}]), 2);
        for pages in [[older(), newer()], [newer(), older()]] {
            let tables = join(tables(Vec::from(pages)).unwrap().into_iter());
            let children: Vec<&str> = tables[0]
                .children
                .iter()
                .flat_map(|children| &children.rows)
                .map(|row| row.id.as_str())
                .collect();
            assert_eq!(children, ["si_1"]);
        }
    }
}
