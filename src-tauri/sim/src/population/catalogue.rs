//! What the agency sells: products, and plans with their price in each currency.

use super::currencies::Currency;

pub struct Product {
    pub name: &'static str,
    pub description: &'static str,
    pub unit_label: Option<&'static str>,
}

pub const PRODUCTS: [Product; 8] = [
    product(
        "Website care S",
        "Updates, backups and monitoring of one website.",
        None,
    ),
    product(
        "Website care L",
        "Website care with a response within four hours.",
        None,
    ),
    product(
        "Studio retainer",
        "Design and development hours, reserved each month.",
        None,
    ),
    product(
        "Team workspace",
        "Review and feedback workspace for the client's team.",
        Some("seat"),
    ),
    product(
        "Managed hosting",
        "Hosting of the client's sites, priced by their number.",
        Some("site"),
    ),
    product(
        "Newsletter",
        "Sending of newsletters, priced by contacts.",
        Some("contact"),
    ),
    product(
        "CDN traffic",
        "Delivery of media, billed by gigabyte.",
        Some("GB"),
    ),
    product("Domain", "Registration and renewal of a domain.", None),
];

const fn product(
    name: &'static str,
    description: &'static str,
    unit_label: Option<&'static str>,
) -> Product {
    Product {
        name,
        description,
        unit_label,
    }
}

#[derive(Clone, Copy)]
pub struct Tier {
    pub up_to: Option<i64>,
    pub unit: i64,
    pub flat: i64,
}

pub enum Pricing {
    /// Euro cents for each unit.
    PerUnit(i64),
    Graduated(&'static [Tier]),
    Volume(&'static [Tier]),
    /// Thousandths of a euro cent for each unit used.
    Metered(i64),
}

pub struct Plan {
    pub product: u8,
    pub nickname: &'static str,
    /// `None` for a price that is charged once.
    pub every: Option<(&'static str, u32)>,
    pub pricing: Pricing,
    pub active: bool,
}

const HOSTING: &[Tier] = &[
    Tier {
        up_to: Some(5),
        unit: 0,
        flat: 1900,
    },
    Tier {
        up_to: Some(20),
        unit: 350,
        flat: 0,
    },
    Tier {
        up_to: None,
        unit: 250,
        flat: 0,
    },
];
const NEWSLETTER: &[Tier] = &[
    Tier {
        up_to: Some(1_000),
        unit: 0,
        flat: 1500,
    },
    Tier {
        up_to: Some(10_000),
        unit: 2,
        flat: 0,
    },
    Tier {
        up_to: None,
        unit: 1,
        flat: 2500,
    },
];

pub const CARE_S: u8 = 0;
pub const CARE_S_YEARLY: u8 = 1;
pub const CARE_L: u8 = 2;
pub const CARE_L_YEARLY: u8 = 3;
pub const RETAINER: u8 = 4;
pub const RETAINER_QUARTERLY: u8 = 5;
pub const SEATS: u8 = 6;
pub const SEATS_YEARLY: u8 = 7;
pub const HOSTING_TIERED: u8 = 8;
pub const NEWSLETTER_TIERED: u8 = 9;
pub const TRAFFIC: u8 = 10;
pub const DOMAIN: u8 = 11;
pub const PROJECT_DAY: u8 = 12;
pub const CARE_S_OLD: u8 = 13;
pub const CARE_WEEKLY: u8 = 14;

pub const PLANS: [Plan; 15] = [
    plan(
        0,
        "Care S monthly",
        Some(("month", 1)),
        Pricing::PerUnit(4900),
    ),
    plan(
        0,
        "Care S yearly",
        Some(("year", 1)),
        Pricing::PerUnit(49000),
    ),
    plan(
        1,
        "Care L monthly",
        Some(("month", 1)),
        Pricing::PerUnit(14900),
    ),
    plan(
        1,
        "Care L yearly",
        Some(("year", 1)),
        Pricing::PerUnit(149_000),
    ),
    plan(
        2,
        "Retainer monthly",
        Some(("month", 1)),
        Pricing::PerUnit(120_000),
    ),
    plan(
        2,
        "Retainer quarterly",
        Some(("month", 3)),
        Pricing::PerUnit(340_000),
    ),
    plan(
        3,
        "Team monthly",
        Some(("month", 1)),
        Pricing::PerUnit(1200),
    ),
    plan(3, "Team yearly", Some(("year", 1)), Pricing::PerUnit(12000)),
    plan(
        4,
        "Hosting by sites",
        Some(("month", 1)),
        Pricing::Graduated(HOSTING),
    ),
    plan(
        5,
        "Newsletter by contacts",
        Some(("month", 1)),
        Pricing::Volume(NEWSLETTER),
    ),
    plan(
        6,
        "Traffic by GB",
        Some(("month", 1)),
        Pricing::Metered(4_500),
    ),
    plan(
        7,
        "Domain yearly",
        Some(("year", 1)),
        Pricing::PerUnit(1900),
    ),
    plan(2, "Project day", None, Pricing::PerUnit(96_000)),
    Plan {
        active: false,
        ..plan(
            0,
            "Care S monthly (2023)",
            Some(("month", 1)),
            Pricing::PerUnit(3900),
        )
    },
    plan(
        0,
        "Care S weekly",
        Some(("week", 1)),
        Pricing::PerUnit(1500),
    ),
];

const fn plan(
    product: u8,
    nickname: &'static str,
    every: Option<(&'static str, u32)>,
    pricing: Pricing,
) -> Plan {
    Plan {
        product,
        nickname,
        every,
        pricing,
        active: true,
    }
}

impl Plan {
    pub fn is_metered(&self) -> bool {
        matches!(self.pricing, Pricing::Metered(_))
    }

    pub fn charge(&self, currency: &Currency, quantity: i64) -> i64 {
        match &self.pricing {
            Pricing::PerUnit(cents) => currency.amount(*cents) * quantity,
            Pricing::Metered(thousandths) => {
                currency.round(currency.thousandths(*thousandths) * quantity, 1000)
            }
            Pricing::Volume(tiers) => tiers
                .iter()
                .find(|tier| tier.up_to.is_none_or(|limit| quantity <= limit))
                .map_or(0, |tier| {
                    currency.amount(tier.unit) * quantity + currency.amount(tier.flat)
                }),
            Pricing::Graduated(tiers) => {
                let mut below = 0;
                let mut sum = 0;
                for tier in *tiers {
                    let units = (tier.up_to.unwrap_or(i64::MAX).min(quantity) - below).max(0);
                    if units > 0 {
                        sum += currency.amount(tier.unit) * units + currency.amount(tier.flat);
                    }
                    below = tier.up_to.unwrap_or(i64::MAX);
                }
                sum
            }
        }
    }
}

/// The place of a plan's price in one currency among all prices.
pub fn price_place(plan: u8, currency: u8) -> u32 {
    u32::from(currency) * PLANS.len() as u32 + u32::from(plan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::currencies::CURRENCIES;

    #[test]
    fn graduated_adds_tiers_and_volume_takes_one() {
        let eur = &CURRENCIES[0];
        assert_eq!(PLANS[HOSTING_TIERED as usize].charge(eur, 5), 1900);
        assert_eq!(
            PLANS[HOSTING_TIERED as usize].charge(eur, 22),
            1900 + 15 * 350 + 2 * 250
        );
        assert_eq!(PLANS[NEWSLETTER_TIERED as usize].charge(eur, 900), 1500);
        assert_eq!(PLANS[NEWSLETTER_TIERED as usize].charge(eur, 2_000), 4000);
        assert_eq!(
            PLANS[NEWSLETTER_TIERED as usize].charge(eur, 20_000),
            22_500
        );
    }

    #[test]
    fn amounts_fit_their_currency() {
        let kwd = &CURRENCIES[4];
        let isk = &CURRENCIES[7];
        for plan in &PLANS {
            assert_eq!(plan.charge(kwd, 7) % 10, 0, "{}", plan.nickname);
            assert_eq!(plan.charge(isk, 7) % 100, 0, "{}", plan.nickname);
        }
        assert_eq!(PLANS[CARE_S as usize].charge(&CURRENCIES[3], 1), 7840);
    }
}
