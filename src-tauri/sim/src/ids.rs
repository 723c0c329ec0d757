//! Stripe-looking ids that carry their object's place, so that no table of ids is kept in memory.
//!
//! Stripe's own begin with their time: the ids in its documentation sort by when their objects were
//! made. A mirror feels that, because what is listed together then lies together in its indexes.

use crate::random::mix;

/// In the order of ASCII, so that ids sort as their numbers do.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The characters that tell the place.
const PLACE_DIGITS: usize = 6;
/// Between the numbers of neighbouring places: those of real objects are not consecutive either.
const STRIDE: u64 = 8;
/// Where the numbers begin at the earliest, so that no id begins with a row of zeros.
const BEGINNING: u64 = 62_u64.pow(PLACE_DIGITS as u32 - 1) * 10;
/// Within which the seed moves the beginning; what follows leaves room for every `u32`.
const BEGINNINGS: u64 = 62_u64.pow(PLACE_DIGITS as u32 - 1) * 14;
/// Of 64 bits in base 62, those that are drawn evenly.
const DRAWN_DIGITS: usize = 10;

/// A kind of id: its prefix and how many characters follow it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Form {
    prefix: &'static str,
    length: usize,
    /// Keeps the places of two kinds apart.
    tag: u32,
}

const fn form(tag: u32, prefix: &'static str, length: usize) -> Form {
    Form {
        prefix,
        length,
        tag,
    }
}

pub const CUSTOMER: Form = form(1, "cus_", 14);
pub const SUBSCRIPTION: Form = form(2, "sub_1", 23);
pub const SUBSCRIPTION_ITEM: Form = form(3, "si_", 14);
pub const INVOICE: Form = form(4, "in_1", 23);
pub const INVOICE_LINE: Form = form(5, "il_1", 23);
pub const INVOICE_PAYMENT: Form = form(6, "inpay_1", 23);
pub const PAYMENT_METHOD: Form = form(7, "pm_1", 23);
pub const PRODUCT: Form = form(8, "prod_", 14);
pub const PRICE: Form = form(9, "price_1", 23);

pub const DISCOUNT: Form = form(11, "di_1", 23);
pub const EVENT: Form = form(12, "evt_1", 23);
pub const PORTAL_CONFIGURATION: Form = form(13, "bpc_1", 23);
pub const PORTAL_SESSION: Form = form(14, "bps_1", 23);
pub const CUSTOMER_ACCOUNT: Form = form(15, "acct_1", 16);
pub const PAYMENT_INTENT: Form = form(16, "pi_3", 23);
pub const METER: Form = form(17, "mtr_test_61", 29);
pub const REQUEST: Form = form(18, "req_", 14);
pub const ACCOUNT: Form = form(19, "acct_1", 16);
pub const TAX_RATE: Form = form(20, "txr_1", 23);
pub const INVOICE_ITEM: Form = form(22, "ii_1", 23);
pub const PORTAL_LOGIN: Form = form(23, "test_", 24);
pub const PORTAL_SECRET: Form = form(24, "test_YWNjdF8x", 60);
pub const INVOICE_SECRET: Form = form(25, "test_YWNjdF8x", 60);
pub const SECRET_KEY: Form = form(26, "sk_test_51", 96);
pub const RESTRICTED_KEY: Form = form(27, "rk_test_51", 96);
pub const WEBHOOK_SECRET: Form = form(28, "whsec_", 32);
pub const FINGERPRINT: Form = form(29, "", 16);
pub const TAX_ID: Form = form(30, "txi_1", 23);
pub const PROMOTION_CODE: Form = form(31, "promo_1", 23);
pub const SUBSCRIPTION_SCHEDULE: Form = form(32, "sub_sched_1", 23);
pub const CREDIT_NOTE: Form = form(33, "cn_1", 23);
pub const CREDIT_NOTE_LINE: Form = form(34, "cnli_1", 23);
pub const CHARGE: Form = form(35, "ch_3", 23);
pub const REFUND: Form = form(36, "re_3", 23);
pub const DISPUTE: Form = form(37, "du_1", 23);
pub const BALANCE_TRANSACTION: Form = form(38, "txn_3", 23);
pub const PAYOUT: Form = form(39, "po_1", 23);
pub const CHECKOUT_SESSION: Form = form(40, "cs_test_a1", 56);
pub const PAYMENT_LINK: Form = form(41, "plink_1", 23);
pub const LINE_ITEM: Form = form(42, "li_1", 23);
pub const BANK_ACCOUNT: Form = form(43, "ba_1", 23);
pub const CARD: Form = form(45, "card_1", 23);
pub const COUPON: Form = form(46, "", 8);
pub const TEST_CLOCK: Form = form(60, "clock_1", 23);
pub const SETUP_INTENT: Form = form(61, "seti_1", 23);
pub const PAYMENT_LINK_PAGE: Form = form(44, "test_", 19);

/// Writes and reads ids under one seed.
#[derive(Clone, Copy)]
pub struct Ids {
    key: u64,
}

impl Ids {
    pub fn new(seed: u64) -> Self {
        Self {
            key: mix(seed ^ 0x5354_5249_5045_5349),
        }
    }

    pub fn id(&self, form: Form, place: u32) -> String {
        let mut text = String::with_capacity(form.prefix.len() + form.length);
        text.push_str(form.prefix);
        let number = self.beginning() + u64::from(place) * STRIDE;
        for digit in (0..PLACE_DIGITS as u32).rev() {
            text.push(digit_of(number / 62_u64.pow(digit)));
        }
        let block = mix((u64::from(form.tag) << 32 | u64::from(place)) ^ self.key);
        let mut rest = block;
        for count in 0..form.length - PLACE_DIGITS {
            if count % DRAWN_DIGITS == 0 {
                rest = mix(block.wrapping_add(count as u64));
            }
            text.push(digit_of(rest));
            rest /= 62;
        }
        text
    }

    /// The place of the object that `id` was made for; `None` for any other text.
    pub fn place(&self, form: Form, id: &str) -> Option<u32> {
        let digits = id.strip_prefix(form.prefix)?.get(..PLACE_DIGITS)?;
        let mut number: u64 = 0;
        for byte in digits.bytes() {
            let digit = ALPHABET.binary_search(&byte).ok()?;
            number = number * 62 + digit as u64;
        }
        let place = number.checked_sub(self.beginning())? / STRIDE;
        let place = u32::try_from(place).ok()?;
        (self.id(form, place) == id).then_some(place)
    }

    fn beginning(&self) -> u64 {
        BEGINNING + self.key % BEGINNINGS
    }
}

fn digit_of(number: u64) -> char {
    char::from(ALPHABET[(number % 62) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_id() {
        let ids = Ids::new(7);
        for place in [0, 1, 61, 62, 499_999, u32::MAX] {
            for form in [CUSTOMER, INVOICE, PORTAL_SECRET] {
                assert_eq!(ids.place(form, &ids.id(form, place)), Some(place));
            }
        }
    }

    #[test]
    fn ids_sort_by_their_places() {
        let ids = Ids::new(7);
        let places = [0, 1, 61, 62, 3_843, 499_999, u32::MAX];
        let made = places.map(|place| ids.id(INVOICE, place));
        assert!(made.is_sorted());
        assert_eq!(
            made.map(|id| id.len()),
            [INVOICE.prefix.len() + INVOICE.length; 7]
        );
    }

    #[test]
    fn foreign_ids_have_no_place() {
        let ids = Ids::new(7);
        let id = ids.id(CUSTOMER, 5);
        assert_eq!(Ids::new(8).place(CUSTOMER, &id), None);
        assert_eq!(ids.place(SUBSCRIPTION, &id), None);
        assert_eq!(ids.place(CUSTOMER, "cus_"), None);
        assert_eq!(ids.place(CUSTOMER, "cus_99999999999999"), None);
        let mut other = id.clone();
        other.pop();
        other.push(if id.ends_with('A') { 'B' } else { 'A' });
        assert_eq!(ids.place(CUSTOMER, &other), None);
    }
}
