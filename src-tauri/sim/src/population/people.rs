//! Who a customer is: name, address, e-mail and phone, drawn from its place alone.

use super::countries::{COUNTRIES, Country, STEMS, TAILS};
use crate::random::Dice;

/// How often each country is drawn, of 100, in the order of `COUNTRIES`.
const SHARES: [u32; 15] = [30, 10, 14, 11, 5, 4, 4, 4, 3, 3, 4, 3, 2, 2, 1];

pub struct Person {
    pub country: &'static Country,
    /// What stands on the invoice: a company or a person.
    pub name: String,
    pub business_name: Option<String>,
    pub individual_name: Option<String>,
    pub email: String,
    pub phone: Option<String>,
    pub line1: String,
    pub town: (&'static str, &'static str),
}

/// The part of a [`Person`] that invoices need for tax and money.
pub fn country(seed: u64, customer: u32) -> &'static Country {
    let mut draw = Dice::new(seed, "country", customer).below(SHARES.iter().sum());
    for (country, share) in COUNTRIES.iter().zip(SHARES) {
        if draw < share {
            return country;
        }
        draw -= share;
    }
    &COUNTRIES[0]
}

pub fn is_company(seed: u64, customer: u32) -> bool {
    Dice::new(seed, "company", customer).percent(78)
}

pub fn person(seed: u64, customer: u32) -> Person {
    let country = country(seed, customer);
    let mut dice = Dice::new(seed, "person", customer);
    let (first, first_latin) = split(dice.pick(country.first));
    let (last, last_latin) = split(dice.pick(country.last));
    let full = if matches!(country.code, "JP" | "TW") {
        format!(
            "{last}{}{first}",
            if country.code == "JP" { " " } else { "" }
        )
    } else {
        format!("{first} {last}")
    };
    let company = is_company(seed, customer).then(|| company(&mut dice, country, last, last_latin));
    let mailbox = match &company {
        Some((_, domain)) => {
            let local = dice.pick(&["info", "billing", "office", "hello", "accounts"]);
            if dice.percent(40) {
                format!("{}@{domain}.example", slug(first_latin))
            } else {
                format!("{local}@{domain}.example")
            }
        }
        None => format!(
            "{}.{}{}@mail.example",
            slug(first_latin),
            slug(last_latin),
            dice.below(10_000)
        ),
    };
    // Stripe keeps what was typed; its e-mail filter is case-sensitive.
    let email = if dice.percent(2) {
        capitalised(&mailbox)
    } else {
        mailbox
    };
    let street = dice.pick(country.streets);
    let number = dice.between(1, 180);
    let line1 = match country.code {
        "US" | "GB" | "FR" => format!("{number} {street}"),
        "JP" | "TW" => format!("{street}{number}"),
        _ => format!("{street} {number}"),
    };
    Person {
        country,
        business_name: company.as_ref().map(|(name, _)| name.clone()),
        individual_name: dice.percent(60).then(|| full.clone()),
        name: company.map_or(full, |(name, _)| name),
        email,
        phone: dice
            .percent(70)
            .then(|| format!("{}{:06}", country.dial, dice.below(1_000_000))),
        line1,
        town: dice.pick(country.towns),
    }
}

/// A company's name and the domain it would have.
fn company(dice: &mut Dice, country: &Country, last: &str, last_latin: &str) -> (String, String) {
    let (trade, trade_latin) = split(dice.pick(country.trades));
    let suffix = dice.pick(country.suffixes);
    let stem = format!("{}{}", dice.pick(STEMS), dice.pick(TAILS));
    let (second, second_latin) = split(dice.pick(country.last));
    let (name, domain) = match dice.below(5) {
        0 => (
            format!("{trade} {last}"),
            format!("{trade_latin} {last_latin}"),
        ),
        1 if second != last => (
            format!("{last} & {second} {suffix}"),
            format!("{last_latin} {second_latin}"),
        ),
        2 | 3 => (
            format!("{stem} {trade} {suffix}"),
            format!("{stem} {trade_latin}"),
        ),
        _ => (format!("{stem} {suffix}"), stem),
    };
    (name, slug(&domain))
}

fn split(name: &'static str) -> (&'static str, &'static str) {
    name.split_once('|').unwrap_or((name, name))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Lower-case ASCII with hyphens, for the invented domains.
fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => out.push(letter),
            ' ' | '-' => out.push('-'),
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' => out.push('a'),
            'ä' | 'æ' => out.push_str("ae"),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ď' | 'ð' => out.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'ı' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ø' => out.push('o'),
            'ö' => out.push_str("oe"),
            'ř' => out.push('r'),
            'ś' | 'š' | 'ş' => out.push('s'),
            'ß' => out.push_str("ss"),
            'ť' => out.push('t'),
            'þ' => out.push_str("th"),
            'ù' | 'ú' | 'û' | 'ů' => out.push('u'),
            'ü' => out.push_str("ue"),
            'ý' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_ascii_and_plausible() {
        for customer in 0..5_000 {
            let person = person(1, customer);
            assert!(person.email.is_ascii(), "{}", person.email);
            let (local, domain) = person.email.split_once('@').expect("an @");
            assert!(
                !local.is_empty() && !domain.starts_with(['-', '.']),
                "{}",
                person.email
            );
        }
    }

    #[test]
    fn names_carry_the_letters_that_search_must_fold() {
        let names: String = (0..5_000)
            .map(|customer| person(1, customer).name)
            .collect();
        for letter in ['é', 'ø', 'ł', 'ß', 'å', 'Þ', '株', 'ا'] {
            assert!(names.contains(letter), "no {letter}");
        }
    }
}
