//! What the account sells, as far as the portal's settings can name it.

use super::types::{CouponChoice, PortalChoices, PriceChoice, ProductChoice};
use crate::money::Money;
use crate::pricing;
use crate::workspaces::Workspace;
use crate::{Result, db};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Products and prices by their id.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub products: BTreeMap<String, Product>,
    pub prices: BTreeMap<String, Price>,
}

#[derive(Debug, Clone)]
pub struct Product {
    pub name: String,
    pub active: bool,
}

#[derive(Debug, Clone)]
pub struct Price {
    pub product: String,
    pub active: bool,
    /// Else it is charged once.
    pub recurring: bool,
    pub metered: bool,
    pub currency: String,
    pub lookup_key: Option<String>,
    /// `inclusive`, `exclusive`, `unspecified`.
    pub tax_behavior: String,
    /// "40.00 EUR per month".
    pub words: String,
    /// "monthly", "every 3 months".
    pub rhythm: String,
    /// Everything that it costs, for comparing with a price of another account.
    pub(super) terms: Value,
}

impl Price {
    pub fn read(price: &Value) -> Self {
        let terms = pricing::Price::read(price);
        let recurring = &price["recurring"];
        let text = |name: &str| price[name].as_str().map(str::to_owned);
        let product = price["product"]
            .as_str()
            .or(price["product"]["id"].as_str());
        Self {
            product: product.unwrap_or_default().to_owned(),
            active: price["active"] == true,
            recurring: recurring.is_object(),
            metered: terms.metered,
            lookup_key: text("lookup_key").filter(|key| !key.is_empty()),
            tax_behavior: text("tax_behavior").unwrap_or_else(|| "unspecified".into()),
            words: words(price, &terms),
            rhythm: terms.rhythm(),
            terms: json!([
                price["currency"],
                price["unit_amount"],
                price["unit_amount_decimal"],
                price["billing_scheme"],
                price["tiers_mode"],
                price["tiers"],
                price["transform_quantity"],
                recurring["interval"],
                recurring["interval_count"],
                recurring["usage_type"],
            ]),
            currency: terms.currency,
        }
    }

    /// Why clients cannot be let switch to it.
    pub fn unfit(&self) -> Option<&'static str> {
        if !self.active {
            Some("it is archived")
        } else if !self.recurring {
            Some("it is charged once")
        } else if self.metered {
            Some("it is billed by usage")
        } else {
            None
        }
    }
}

fn words(price: &Value, terms: &pricing::Price) -> String {
    if price["recurring"].is_object() {
        return terms.words();
    }
    match price["unit_amount"].as_i64() {
        Some(amount) => format!("{} once", Money::new(amount, &terms.currency)),
        None => "once, at a price that varies".into(),
    }
}

impl Catalogue {
    /// "Studio (40.00 EUR per month)".
    pub fn label(&self, price: &str) -> String {
        let Some(known) = self.prices.get(price) else {
            return price.to_owned();
        };
        match self.products.get(&known.product) {
            Some(product) => format!("{} ({})", product.name, known.words),
            None => format!("{price} ({})", known.words),
        }
    }

    pub fn product_name<'a>(&'a self, product: &'a str) -> &'a str {
        self.products
            .get(product)
            .map_or(product, |known| &known.name)
    }
}

/// Everything that the mirror has of it, archived or not.
pub(super) async fn read(workspace: &Workspace) -> Result<Catalogue> {
    let reader = &workspace.store().reader;
    let products: Vec<(String, Option<String>, bool)> = sqlx::query_as(
        "SELECT id, name, coalesce(active, 0) FROM products WHERE deleted = 0 AND json IS NOT NULL",
    )
    .fetch_all(reader)
    .await?;
    let prices: Vec<(String, Vec<u8>)> =
        sqlx::query_as("SELECT id, json FROM prices WHERE deleted = 0 AND json IS NOT NULL")
            .fetch_all(reader)
            .await?;
    let products = products.into_iter().map(|(id, name, active)| {
        let name = name.unwrap_or_else(|| id.clone());
        (id, Product { name, active })
    });
    let prices = prices
        .into_iter()
        .map(|(id, json)| Ok((id, Price::read(&db::unpack(&json)?))));
    Ok(Catalogue {
        products: products.collect(),
        prices: prices.collect::<Result<_>>()?,
    })
}

/// What the form can offer.
pub async fn choices(workspace: &Workspace) -> Result<PortalChoices> {
    let catalogue = read(workspace).await?;
    let mut prices: BTreeMap<&str, Vec<PriceChoice>> = BTreeMap::new();
    for (id, price) in &catalogue.prices {
        let choice = PriceChoice {
            id: id.clone(),
            words: price.words.clone(),
            currency: price.currency.clone(),
            active: price.active,
            switchable: price.unfit().is_none(),
            because: price
                .unfit()
                .map(|why| format!("Clients cannot switch to it: {why}.")),
        };
        prices.entry(&price.product).or_default().push(choice);
    }
    let mut products: Vec<ProductChoice> = catalogue
        .products
        .iter()
        .map(|(id, product)| ProductChoice {
            id: id.clone(),
            name: product.name.clone(),
            active: product.active,
            prices: prices.remove(id.as_str()).unwrap_or_default(),
        })
        .collect();
    products.sort_by_key(|product| (!product.active, product.name.to_lowercase()));
    for product in &mut products {
        product.prices.sort_by(|a, b| {
            let place = |price: &PriceChoice| (!price.active, price.words.clone());
            place(a).cmp(&place(b))
        });
    }
    Ok(PortalChoices {
        products,
        coupons: coupons(workspace).await?,
    })
}

/// Coupons that can still be given.
async fn coupons(workspace: &Workspace) -> Result<Vec<CouponChoice>> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT json FROM coupons WHERE deleted = 0 AND valid = 1 AND json IS NOT NULL ORDER BY created DESC, id",
    )
    .fetch_all(&workspace.store().reader)
    .await?;
    rows.iter()
        .map(|json| {
            let coupon = db::unpack(json)?;
            Ok(CouponChoice {
                id: coupon["id"].as_str().unwrap_or_default().to_owned(),
                words: coupon_words(&coupon),
            })
        })
        .collect()
}

/// "Stay with us: 20 % off for 3 months".
fn coupon_words(coupon: &Value) -> String {
    let less = match (
        coupon["percent_off"].as_f64(),
        coupon["amount_off"].as_i64(),
    ) {
        (Some(percent), _) => format!("{percent} % off"),
        (None, Some(amount)) => format!(
            "{} off",
            Money::new(amount, coupon["currency"].as_str().unwrap_or_default())
        ),
        (None, None) => "a discount".into(),
    };
    let how_long = match coupon["duration"].as_str() {
        Some("forever") => " for good".to_owned(),
        Some("once") => " once".to_owned(),
        _ => match coupon["duration_in_months"].as_u64() {
            Some(1) => " for 1 month".to_owned(),
            Some(months) => format!(" for {months} months"),
            None => String::new(),
        },
    };
    match coupon["name"].as_str() {
        Some(name) => format!("{name}: {less}{how_long}"),
        None => format!("{less}{how_long}"),
    }
}
