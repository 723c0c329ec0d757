//! The currencies that clients pay in.

/// A currency with the rate at which catalogue amounts (euro cents) become its minor units.
pub struct Currency {
    pub code: &'static str,
    /// Digits after the point as Stripe counts them; ISK has two although it has no coins.
    pub exponent: u32,
    rate: (i64, i64),
    /// Amounts are multiples of this: KWD's last digit is 0, ISK has no fractions although it is
    /// counted in hundredths.
    step: i64,
}

pub const CURRENCIES: [Currency; 9] = [
    Currency {
        code: "eur",
        exponent: 2,
        rate: (1, 1),
        step: 1,
    },
    Currency {
        code: "usd",
        exponent: 2,
        rate: (110, 100),
        step: 10,
    },
    Currency {
        code: "gbp",
        exponent: 2,
        rate: (85, 100),
        step: 10,
    },
    Currency {
        code: "jpy",
        exponent: 0,
        rate: (16, 10),
        step: 10,
    },
    Currency {
        code: "kwd",
        exponent: 3,
        rate: (34, 10),
        step: 10,
    },
    Currency {
        code: "chf",
        exponent: 2,
        rate: (95, 100),
        step: 5,
    },
    Currency {
        code: "sek",
        exponent: 2,
        rate: (1150, 100),
        step: 100,
    },
    Currency {
        code: "isk",
        exponent: 2,
        rate: (150, 1),
        step: 100,
    },
    Currency {
        code: "pln",
        exponent: 2,
        rate: (430, 100),
        step: 10,
    },
];

impl Currency {
    pub fn amount(&self, euro_cents: i64) -> i64 {
        self.round(euro_cents * self.rate.0, self.rate.1)
    }

    /// What an amount is worth in euro cents.
    pub fn to_euro(&self, amount: i64) -> i64 {
        let value = amount * self.rate.1;
        (value + value.signum() * self.rate.0 / 2) / self.rate.0
    }

    /// Euro for one of this currency, as Stripe gives it in `exchange_rate`.
    pub fn exchange_rate(&self) -> Option<f64> {
        let scale = 10_f64.powi(self.exponent as i32 - 2);
        (self.rate.0 != self.rate.1).then(|| self.rate.1 as f64 / self.rate.0 as f64 * scale)
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
