//! The part of storing that needs no database: objects to rows, hashed and compressed.

use crate::db::pack;
use crate::stripe::document::{Document, Json, Objects, Place};
use crate::stripe::resource::{Cell, Resource};
use crate::{Error, Result};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

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
    /// Stripe has it no more: only a tombstone is written.
    pub gone: bool,
    pub hash: Vec<u8>,
    pub cells: Vec<Cell>,
    /// Compressed; none where the JSON stays in the parent's.
    pub json: Option<Vec<u8>>,
}

/// Sorts the objects of these pages into tables.
pub(super) fn tables(pages: Vec<Page>) -> Result<Vec<Table>> {
    let (mut tables, mut text) = (Vec::new(), Vec::new());
    for page in pages {
        let Objects {
            mut document,
            places,
        } = page.objects;
        for place in places {
            let object = Found {
                resource: page.resource,
                place,
                asked_at: page.asked_at,
            };
            add(&mut tables, &mut document, object, &mut text)?;
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
        gone: true,
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

/// One object of an answer.
struct Found {
    resource: &'static Resource,
    place: Place,
    asked_at: i64,
}

/// `text` is lent for what is written meanwhile.
fn add(
    tables: &mut Vec<Table>,
    document: &mut Document,
    found: Found,
    text: &mut Vec<u8>,
) -> Result<()> {
    let Found {
        resource,
        place,
        asked_at,
    } = found;
    let object = document.at(place);
    let said = |name: &str| object.get(name).and_then(Json::as_str);
    let id = said("id").unwrap_or_default().to_owned();
    if id.is_empty() || said("object").is_some_and(|object| object != resource.object) {
        return Err(Error::UnreadableAnswer(format!(
            "expected a {}, got something else",
            resource.object
        )));
    }
    let gone = resource.is_gone(object);
    let mut children = Vec::new();
    for embed in resource.embeds {
        let Some(inner) = document.at(place).pointer(embed.pointer) else {
            continue;
        };
        match embed.child_of {
            Some(parent_column) if inner.is_list() => {
                let rows = inner
                    .items()
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
            None if inner.is_object() => {
                let (inner_id, place) = (inner.get("id").map(Json::place), inner.place());
                let inner = Found {
                    resource: embed.resource,
                    place,
                    asked_at,
                };
                add(tables, document, inner, text)?;
                if let Some(id) = inner_id {
                    document.replace(place, id);
                }
            }
            _ => {}
        }
    }
    let cells = cells(resource, document.at(place));
    for pointer in resource.never_store {
        // That there was something stays known, and stays part of the hash.
        let secret = document.at(place).pointer(pointer);
        if let Some(secret) = secret.filter(|secret| !secret.is_null()) {
            document.black_out(secret.place());
        }
    }
    forget_uses(document, place);
    text.clear();
    document.at(place).write(text)?;
    let row = Row {
        id,
        asked_at,
        gone,
        hash: Sha256::digest(&text).to_vec(),
        cells,
        json: Some(pack(text)?),
    };
    let table = table_of(tables, resource);
    table.rows.push(row);
    table.children.extend(children);
    Ok(())
}

/// How often a coupon was used is news of the coupon, and stored with it: inside of what it discounts,
/// all of that would change whenever anybody uses it.
fn forget_uses(document: &mut Document, object: Place) {
    let discounts = document.at(object).get("discounts").into_iter();
    let coupons: Vec<Place> = discounts
        .flat_map(Json::items)
        .filter_map(|discount| discount.pointer("/source/coupon"))
        .map(Json::place)
        .collect();
    for coupon in coupons {
        document.remove(coupon, "times_redeemed");
    }
}

/// Children are replaced with their parent, so they need no hash of their own.
fn child_row(resource: &'static Resource, item: Json<'_>, asked_at: i64) -> Row {
    let id = item.get("id").and_then(Json::as_str);
    Row {
        id: id.unwrap_or_default().to_owned(),
        asked_at,
        gone: false,
        hash: Vec::new(),
        cells: cells(resource, item),
        json: None,
    }
}

fn cells(resource: &Resource, object: Json<'_>) -> Vec<Cell> {
    let columns = resource.columns.iter();
    columns.map(|column| (column.read)(object)).collect()
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
    let mut newest: HashMap<&str, usize> = HashMap::with_capacity(table.rows.len());
    for (place, row) in table.rows.iter().enumerate() {
        let kept = newest.entry(&row.id).or_insert(place);
        // Of two answers asked in the same millisecond the first stays.
        if table.rows[*kept].asked_at < row.asked_at {
            *kept = place;
        }
    }
    if newest.len() == table.rows.len() {
        return;
    }
    let mut kept: HashSet<(&str, &str)> = HashSet::new();
    let of_newest = |children: &Children| {
        let parent = newest.get(children.parent.as_str());
        parent.is_some_and(|place| children.asked_at >= table.rows[*place].asked_at)
    };
    let stays: Vec<bool> = table
        .children
        .iter()
        .map(|children| {
            of_newest(children) && kept.insert((&children.parent, children.resource.name))
        })
        .collect();
    let places: HashSet<usize> = newest.into_values().collect();
    retain(&mut table.rows, |place| places.contains(&place));
    retain(&mut table.children, |place| stays[place]);
}

/// Keeps those at the places that stay.
fn retain<T>(all: &mut Vec<T>, stays: impl Fn(usize) -> bool) {
    let mut places = 0..;
    all.retain(|_| places.next().is_some_and(&stays));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stripe::resource::SUBSCRIPTIONS;
    use serde_json::{Value, json};

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
