//! Lists inside objects: Stripe sends the first ten or so, and the rest is asked for.

use super::{Client, Params, document::Json, listing::PAGE, resource::Resource, segment};
use crate::{Error, Result};
use serde_json::Value;

/// Whether Stripe sent only the beginning of a list in the object.
pub(super) fn are_cut_short(resource: &Resource, object: Json<'_>) -> bool {
    let more = |list: Json<'_>| list.get("has_more").and_then(Json::as_bool);
    resource
        .sublists
        .iter()
        .any(|sublist| object.pointer(sublist.pointer).and_then(more) == Some(true))
}

/// Replaces each embedded list of the object by the whole one, where Stripe cut it short.
pub(super) async fn complete(
    client: &Client,
    resource: &Resource,
    object: &mut Value,
) -> Result<()> {
    for sublist in resource.sublists {
        let cut_short = object
            .pointer(sublist.pointer)
            .is_some_and(|list| list["has_more"] == true);
        if !cut_short {
            continue;
        }
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        let path = sublist.path.replace("{}", segment(&id)?);
        let mut whole: Vec<Value> = Vec::new();
        loop {
            let after = whole.last().and_then(|inner| inner["id"].as_str());
            let mut params = Params::new()
                .with("limit", PAGE)
                .maybe("starting_after", after);
            if let Some(by) = sublist.by {
                params = params.with(by, &id);
            }
            let page = client.list_page(&path, &params).await?;
            if page.objects.is_empty() && page.has_more {
                return Err(Error::UnreadableAnswer(
                    "it promised more of a list and sent nothing".to_owned(),
                ));
            }
            whole.extend(page.objects);
            if !page.has_more {
                break;
            }
        }
        if let Some(list) = object.pointer_mut(sublist.pointer) {
            list["data"] = Value::Array(whole);
            list["has_more"] = Value::Bool(false);
        }
    }
    Ok(())
}
