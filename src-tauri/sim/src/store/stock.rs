//! The few objects that are not worth a row: the catalogue, promotion codes, payment links.

use serde_json::{Value, json};

use super::{Store, to_value};
use crate::ids;
use crate::objects::{catalogue, checkout};
use crate::population::catalogue::{
    CARE_L, CARE_S, CARE_S_YEARLY, DOMAIN, PLANS, PRODUCTS, PROJECT_DAY, price_place,
};
use crate::population::coupons::{COUPONS, PROMOTIONS};
use crate::registry::Kind;

/// What the agency's payment links sell; the last is no longer active.
const LINKS: [u8; 5] = [CARE_S, CARE_S_YEARLY, CARE_L, PROJECT_DAY, DOMAIN];

impl Store {
    pub(super) fn stock(&mut self) {
        let created = self.population.catalogue_created();
        let ids = self.population.ids;
        let mut redeemed = vec![0; COUPONS.len()];
        for row in &self.population.subscriptions {
            if let Some(count) = redeemed.get_mut(row.coupon as usize) {
                *count += 1;
            }
        }
        for place in 0..PRODUCTS.len() as u32 {
            self.insert(
                Kind::Product,
                to_value(&catalogue::product(&ids, place, created)),
            );
        }
        for place in 0..catalogue::price_count() {
            self.insert(
                Kind::Price,
                to_value(&catalogue::price(&ids, place, created)),
            );
        }
        for (place, times) in redeemed.into_iter().enumerate() {
            self.insert(
                Kind::Coupon,
                to_value(&catalogue::coupon(place as u32, created, times)),
            );
        }
        for (code, coupon) in PROMOTIONS {
            let promotion = catalogue::promotion_code(catalogue::PromotionFacts {
                id: self.next_id(Kind::PromotionCode),
                active: coupon.valid,
                code: code.to_owned(),
                coupon: coupon.id.to_owned(),
                created: i64::from(created),
                times_redeemed: 0,
            });
            self.insert(Kind::PromotionCode, promotion);
        }
        for (number, plan) in LINKS.into_iter().enumerate() {
            self.stock_link(number as u32, plan, number + 1 < LINKS.len());
        }
    }

    fn stock_link(&mut self, number: u32, plan: u8, active: bool) {
        let ids = self.population.ids;
        let price = self.value(Kind::Price, price_place(plan, 0));
        let product = PRODUCTS[PLANS[plan as usize].product as usize].name;
        let amount = price["unit_amount"].as_i64().unwrap_or_default();
        let item = checkout::item(
            &self.next_id(Kind::LineItem),
            &price,
            &json!(product),
            1,
            amount,
        );
        let id = self.next_id(Kind::PaymentLink);
        let link = checkout::payment_link_of(checkout::LinkFacts {
            id: id.clone(),
            active,
            currency: price["currency"].clone(),
            recurring: price["type"] == "recurring",
            url: checkout::link_url(&self.pages, &ids.id(ids::PAYMENT_LINK_PAGE, number)),
        });
        self.insert(Kind::PaymentLink, link);
        self.insert(Kind::LineItem, Value::clone(&item));
        self.leave_out(&id, vec![item]);
    }
}
