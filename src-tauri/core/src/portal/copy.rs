//! A configuration as it would come out in another workspace, such as the live one.

use super::catalogue::{self, Catalogue, Price};
use super::configurations::{foreign, mirrored, one};
use super::types::*;
use super::words::differences;
use crate::workspaces::Workspace;
use crate::{Error, Result};

/// How `configuration` would come out in another workspace, with what differs there.
pub async fn copy_plan(
    from: &Workspace,
    configuration: &str,
    to: &Workspace,
) -> Result<PortalCopy> {
    if from.summary().id == to.summary().id {
        return Err(Error::invalid(
            "to",
            "Choose another workspace to copy to; a copy within this one is made by saving it under another name.",
        ));
    }
    let known = one(from, configuration)
        .await?
        .ok_or_else(|| foreign(configuration))?;
    let mut settings = PortalSettings::from_stripe(&known);
    let (here, there) = (catalogue::read(from).await?, catalogue::read(to).await?);
    let mut plan = Matching::default();
    settings.update.products = plan.products(&settings.update.products, &here, &there);
    if let Some(method) = settings.payment_method_update.configuration.take() {
        plan.missing.push(format!(
            "The payment methods of {method} belong to this account and mode; the other one's default is used."
        ));
    }
    let target = namesake(to, &settings.name).await?;
    Ok(PortalCopy {
        differences: target
            .as_ref()
            .map(|(_, theirs)| differences(theirs, &settings))
            .unwrap_or_default(),
        target: target.map(|(id, _)| id),
        settings,
        matched: plan.matched,
        missing: plan.missing,
    })
}

/// The active configuration of that name, else one that is switched off.
async fn namesake(to: &Workspace, name: &str) -> Result<Option<(String, PortalSettings)>> {
    let all = mirrored(to).await?;
    let mut named: Vec<(bool, String, PortalSettings)> = all
        .into_iter()
        .map(|(id, json)| {
            let settings = PortalSettings::from_stripe(&json);
            (json["active"] != true, id, settings)
        })
        .filter(|(_, _, settings)| !name.is_empty() && settings.name == name)
        .collect();
    named.sort_by_key(|(inactive, ..)| *inactive);
    let first = named.into_iter().next();
    Ok(first.map(|(_, id, settings)| (id, settings)))
}

/// What was found in the other account, in words.
#[derive(Default)]
struct Matching {
    matched: Vec<String>,
    missing: Vec<String>,
}

impl Matching {
    fn products(
        &mut self,
        offered: &[OfferedProduct],
        here: &Catalogue,
        there: &Catalogue,
    ) -> Vec<OfferedProduct> {
        let mut products: Vec<OfferedProduct> = Vec::new();
        for offer in offered {
            for id in &offer.prices {
                let label = here.label(id);
                let Some((found, price)) = counterpart(id, here, there) else {
                    self.missing
                        .push(format!("{label} has no counterpart there and is left out."));
                    continue;
                };
                if found != id {
                    self.matched.push(format!("{label} becomes {found}."));
                }
                // Prices of one product here may belong to several there.
                let known = products
                    .iter()
                    .position(|product| product.product == price.product);
                let place = known.unwrap_or_else(|| {
                    products.push(OfferedProduct {
                        product: price.product.clone(),
                        prices: Vec::new(),
                        ..offer.clone()
                    });
                    products.len() - 1
                });
                if !products[place].prices.contains(found) {
                    products[place].prices.push(found.clone());
                }
            }
        }
        products
    }
}

/// The price there that stands for the one here: the same one, else by its lookup key, else what
/// has the same product's name and costs the same.
fn counterpart<'t>(
    id: &String,
    here: &Catalogue,
    there: &'t Catalogue,
) -> Option<(&'t String, &'t Price)> {
    let offered = |price: &&Price| price.unfit().is_none();
    if let Some((id, price)) = there.prices.get_key_value(id)
        && offered(&price)
    {
        return Some((id, price));
    }
    let wanted = here.prices.get(id)?;
    let by_key = there.prices.iter().find(|(_, price)| {
        offered(price) && wanted.lookup_key.is_some() && price.lookup_key == wanted.lookup_key
    });
    by_key.or_else(|| {
        let name = here.product_name(&wanted.product);
        there.prices.iter().find(|(_, price)| {
            offered(price)
                && price.terms == wanted.terms
                && there.product_name(&price.product) == name
        })
    })
}
