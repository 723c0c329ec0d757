//! What the agency sells: products, plans, their price in each currency, and coupons.

/// A currency with the rate at which catalogue amounts (euro cents) become its minor units.
pub struct Currency {
    pub code: &'static str,
    rate: (i64, i64),
    /// Amounts are multiples of this: KWD's last digit is 0, ISK has no fractions although it is
    /// counted in hundredths.
    step: i64,
}

pub const CURRENCIES: [Currency; 9] = [
    Currency {
        code: "eur",
        rate: (1, 1),
        step: 1,
    },
    Currency {
        code: "usd",
        rate: (110, 100),
        step: 10,
    },
    Currency {
        code: "gbp",
        rate: (85, 100),
        step: 10,
    },
    Currency {
        code: "jpy",
        rate: (16, 10),
        step: 10,
    },
    Currency {
        code: "kwd",
        rate: (34, 10),
        step: 10,
    },
    Currency {
        code: "chf",
        rate: (95, 100),
        step: 5,
    },
    Currency {
        code: "sek",
        rate: (1150, 100),
        step: 100,
    },
    Currency {
        code: "isk",
        rate: (150, 1),
        step: 100,
    },
    Currency {
        code: "pln",
        rate: (430, 100),
        step: 10,
    },
];

impl Currency {
    pub fn amount(&self, euro_cents: i64) -> i64 {
        self.round(euro_cents * self.rate.0, self.rate.1)
    }

    /// An amount given in thousandths of a euro cent.
    pub fn thousandths(&self, thousandths: i64) -> i64 {
        thousandths * self.rate.0 / self.rate.1
    }

    /// `amount / divisor` to the nearest amount that the currency can have.
    pub fn round(&self, amount: i64, divisor: i64) -> i64 {
        let unit = divisor * self.step;
        (amount + amount.signum() * unit / 2) / unit * self.step
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

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
