//! The coupons that the agency gives.

use super::currencies::Currency;

pub enum Reduction {
    /// Tenths of a percent.
    PerMille(i64),
    Euro(i64),
}

pub struct Coupon {
    pub id: &'static str,
    pub name: &'static str,
    pub reduction: Reduction,
    /// `once`, `forever`, or `repeating` with its months.
    pub duration: &'static str,
    pub months: Option<u32>,
    pub valid: bool,
}

pub const COUPONS: [Coupon; 6] = [
    coupon(
        "PARTNER10",
        "Partner, 10 % for ever",
        Reduction::PerMille(100),
        "forever",
        None,
    ),
    coupon(
        "LAUNCH25",
        "Launch, 25 % once",
        Reduction::PerMille(250),
        "once",
        None,
    ),
    coupon(
        "FIRST3",
        "Half price for three months",
        Reduction::PerMille(500),
        "repeating",
        Some(3),
    ),
    coupon(
        "GOODWILL20",
        "20 € goodwill",
        Reduction::Euro(2000),
        "once",
        None,
    ),
    coupon(
        "NONPROFIT",
        "Charities, 12.5 %",
        Reduction::PerMille(125),
        "forever",
        None,
    ),
    Coupon {
        valid: false,
        ..coupon(
            "SUMMER23",
            "Summer 2023",
            Reduction::PerMille(150),
            "once",
            None,
        )
    },
];

/// Codes that clients type in, with the coupon of each.
pub const PROMOTIONS: [(&str, &Coupon); 3] = [
    ("WILLKOMMEN", &COUPONS[1]),
    ("HALFTHREE", &COUPONS[2]),
    ("SOMMER23", &COUPONS[5]),
];

const fn coupon(
    id: &'static str,
    name: &'static str,
    reduction: Reduction,
    duration: &'static str,
    months: Option<u32>,
) -> Coupon {
    Coupon {
        id,
        name,
        reduction,
        duration,
        months,
        valid: true,
    }
}

impl Coupon {
    /// What the coupon takes off `subtotal`, never more than that.
    pub fn off(&self, subtotal: i64, currency: &Currency) -> i64 {
        match self.reduction {
            Reduction::PerMille(share) => currency.round(subtotal * share, 1000),
            Reduction::Euro(cents) => cents.min(subtotal),
        }
    }

    /// Does it still reduce the invoice of the `cycle`-th month (0 is the first)?
    pub fn covers(&self, month: u32) -> bool {
        match self.duration {
            "forever" => true,
            "once" => month == 0,
            _ => self.months.is_some_and(|months| month < months),
        }
    }
}
