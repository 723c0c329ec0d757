//! What a price means: its words, what a quantity of it costs, and what that is a month.

use crate::money::Money;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use std::str::FromStr;

/// The terms of a recurring price, read from its JSON (with `tiers` where it has them).
#[derive(Debug, Clone)]
pub struct Price {
    pub currency: String,
    pub metered: bool,
    /// The nickname, where the agency gave one.
    pub nickname: Option<String>,
    unit: Option<Decimal>,
    tiers: Option<Tiers>,
    divide: Option<(Decimal, bool)>,
    /// `day`, `week`, `month`, `year`, or one Stripe added later.
    interval: String,
    interval_count: u32,
}

#[derive(Debug, Clone)]
struct Tiers {
    graduated: bool,
    steps: Vec<Tier>,
}

#[derive(Debug, Clone)]
struct Tier {
    up_to: Option<Decimal>,
    unit: Decimal,
    flat: Decimal,
}

impl Price {
    pub fn read(price: &Value) -> Self {
        let tiers = price["tiers"].as_array().map(|steps| Tiers {
            graduated: price["tiers_mode"] != "volume",
            steps: steps.iter().map(Tier::read).collect(),
        });
        let recurring = &price["recurring"];
        Self {
            currency: price["currency"].as_str().unwrap_or_default().to_owned(),
            metered: recurring["usage_type"] == "metered",
            nickname: price["nickname"].as_str().map(str::to_owned),
            unit: decimal(&price["unit_amount_decimal"]).or_else(|| decimal(&price["unit_amount"])),
            tiers,
            divide: decimal(&price["transform_quantity"]["divide_by"])
                .map(|by| (by, price["transform_quantity"]["round"] == "up")),
            interval: recurring["interval"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            interval_count: recurring["interval_count"]
                .as_u64()
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(1)
                .max(1),
        }
    }

    /// What `quantity` costs a period, in minor units; none where usage or hidden tiers decide.
    pub fn amount(&self, quantity: u64) -> Option<Decimal> {
        if self.metered {
            return None;
        }
        let mut quantity = Decimal::from(quantity);
        if let Some((by, up)) = self.divide {
            let packs = quantity / by;
            quantity = if up { packs.ceil() } else { packs.floor() };
        }
        match &self.tiers {
            Some(tiers) => Some(tiers.amount(quantity)),
            None => Some(self.unit? * quantity),
        }
    }

    /// Months in a period. A year is twelve (Stripe's definition of MRR); the factors of days and
    /// weeks are the calendar's average, as Stripe names none.
    pub fn months(&self) -> Option<Decimal> {
        let twelve = Decimal::from(12);
        let months = match self.interval.as_str() {
            "month" => Decimal::ONE,
            "year" => twelve,
            "week" => twelve / Decimal::from(52),
            "day" => twelve / Decimal::from(365),
            _ => return None,
        };
        Some(months * Decimal::from(self.interval_count))
    }

    /// "40.00 EUR per month", "tiered, per year", "by usage, per month".
    pub fn words(&self) -> String {
        let period = self.period();
        match (self.metered, &self.tiers, self.unit) {
            (true, ..) => format!("by usage, {period}"),
            (_, Some(_), _) | (_, _, None) => format!("tiered, {period}"),
            (_, _, Some(unit)) => format!("{} {period}", unit_words(unit, &self.currency)),
        }
    }

    /// "monthly", "yearly", "every 3 months": for the name of a plan.
    pub fn rhythm(&self) -> String {
        match (self.interval_count, self.interval.as_str()) {
            (1, "day") => "daily".into(),
            (1, "week") => "weekly".into(),
            (1, "month") => "monthly".into(),
            (1, "year") => "yearly".into(),
            (3, "month") => "quarterly".into(),
            (count, interval) => format!("every {count} {interval}s"),
        }
    }

    fn period(&self) -> String {
        match self.interval_count {
            1 => format!("per {}", self.interval),
            count => format!("every {count} {}s", self.interval),
        }
    }
}

impl Tiers {
    fn amount(&self, quantity: Decimal) -> Decimal {
        let mut below = Decimal::ZERO;
        let mut sum = Decimal::ZERO;
        for tier in &self.steps {
            let reaches = tier.up_to.is_none_or(|up_to| quantity <= up_to);
            if !self.graduated {
                if reaches {
                    return tier.unit * quantity + tier.flat;
                }
                continue;
            }
            let top = tier.up_to.map_or(quantity, |up_to| up_to.min(quantity));
            sum += tier.unit * (top - below) + tier.flat;
            if reaches {
                break;
            }
            below = top;
        }
        sum
    }
}

impl Tier {
    fn read(tier: &Value) -> Self {
        let amount = |exact: &str, whole: &str| {
            decimal(&tier[exact])
                .or_else(|| decimal(&tier[whole]))
                .unwrap_or_default()
        };
        Self {
            up_to: decimal(&tier["up_to"]),
            unit: amount("unit_amount_decimal", "unit_amount"),
            flat: amount("flat_amount_decimal", "flat_amount"),
        }
    }
}

/// A discount's terms, as the mirror keeps them beside a subscription.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Discount {
    pub name: Option<String>,
    pub percent_off: Option<f64>,
    pub amount_off: Option<i64>,
    pub currency: Option<String>,
    /// `once`, `repeating`, `forever`.
    pub duration: Option<String>,
    /// Unix seconds.
    pub end: Option<i64>,
    /// The id of a coupon whose terms did not come along.
    pub coupon: Option<String>,
}

impl Discount {
    /// Takes the terms of the coupon that it names.
    pub fn complete(&mut self, coupon: &Value) {
        let text = |name: &str| coupon[name].as_str().map(str::to_owned);
        self.name = text("name");
        self.percent_off = coupon["percent_off"].as_f64();
        self.amount_off = coupon["amount_off"].as_i64();
        self.currency = text("currency");
        self.duration = text("duration");
    }

    /// "Partner: 20 % off", "5.00 EUR off, until 2027-03-01".
    pub fn words(&self) -> String {
        let what = match (self.percent_off, self.amount_off) {
            (Some(percent), _) => format!("{percent} % off"),
            (_, Some(amount)) => format!(
                "{} off",
                Money::new(amount, self.currency.as_deref().unwrap_or_default())
            ),
            _ => "discount".to_owned(),
        };
        let until = self
            .end
            .and_then(|end| chrono::DateTime::from_timestamp(end, 0));
        let until = match (until, self.duration.as_deref()) {
            (Some(end), _) => format!(", until {}", end.format("%Y-%m-%d")),
            (_, Some("once")) => ", once".to_owned(),
            _ => String::new(),
        };
        let name = self
            .name
            .as_ref()
            .map(|name| format!("{name}: "))
            .unwrap_or_default();
        format!("{name}{what}{until}")
    }

    /// What stays of a period's amount. Only permanent discounts count for the monthly value, as
    /// in Stripe's definition of MRR; an `amount_off` is per invoice, so per period.
    pub fn permanent(&self, amount: Decimal, currency: &str) -> Decimal {
        if self.duration.as_deref() != Some("forever") {
            return amount;
        }
        let rest = match (
            self.percent_off.and_then(|p| Decimal::try_from(p).ok()),
            self.amount_off,
        ) {
            (Some(percent), _) => amount * (Decimal::ONE - percent / Decimal::ONE_HUNDRED),
            (_, Some(off)) if self.currency.as_deref() == Some(currency) => {
                amount - Decimal::from(off)
            }
            _ => amount,
        };
        rest.max(Decimal::ZERO)
    }
}

/// Rounds once, half away from zero, to minor units.
pub fn minor(amount: Decimal) -> i64 {
    amount
        .round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
        .to_i64()
        .unwrap_or_default()
}

/// A unit price may have fractions of the minor unit: "0.0125 USD".
fn unit_words(unit: Decimal, currency: &str) -> String {
    if unit.fract().is_zero() {
        return Money::new(minor(unit), currency).to_string();
    }
    let mut whole = unit;
    for _ in 0..crate::money::exponent(currency) {
        whole /= Decimal::TEN;
    }
    format!("{} {}", whole.normalize(), currency.to_uppercase())
}

/// Stripe sends exact decimals as strings and whole ones as numbers.
fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => Decimal::from_str(text).ok(),
        Value::Number(number) => Decimal::from_str(&number.to_string()).ok(),
        _ => None,
    }
}
