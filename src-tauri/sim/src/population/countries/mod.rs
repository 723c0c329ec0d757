//! Where the agency's clients live: names, towns, and the currency they pay in. All of it invented.

mod europe;
mod overseas;

/// A name as written, with `|` and its Latin spelling where the script is another.
type Name = &'static str;

pub struct Country {
    pub code: &'static str,
    /// Index into `currencies::CURRENCIES`.
    pub currency: u8,
    pub locale: &'static str,
    pub dial: &'static str,
    pub first: &'static [Name],
    pub last: &'static [Name],
    pub trades: &'static [Name],
    pub suffixes: &'static [&'static str],
    pub towns: &'static [(&'static str, &'static str)],
    pub streets: &'static [&'static str],
}

/// Invented brand words that a company of any country may carry.
pub const STEMS: &[&str] = &[
    "Aurora",
    "Basalt",
    "Birke",
    "Bluebird",
    "Brio",
    "Cardo",
    "Cinder",
    "Clair",
    "Cobalt",
    "Corvo",
    "Dahlia",
    "Delta",
    "Edda",
    "Elara",
    "Ember",
    "Fjord",
    "Flint",
    "Galea",
    "Halcyon",
    "Hedera",
    "Indigo",
    "Iris",
    "Juniper",
    "Kestrel",
    "Koru",
    "Larch",
    "Lumen",
    "Mareo",
    "Mistral",
    "Nimbus",
    "Nord",
    "Novum",
    "Ocre",
    "Onyx",
    "Orbis",
    "Pallas",
    "Pavo",
    "Quill",
    "Rivo",
    "Rowan",
    "Saffron",
    "Salvia",
    "Sequoia",
    "Sierra",
    "Solis",
    "Sorrel",
    "Tali",
    "Terra",
    "Tilia",
    "Umbra",
    "Vela",
    "Verano",
    "Vesper",
    "Vidar",
    "Willow",
    "Xenia",
    "Yarrow",
    "Zephyr",
    "Zinnia",
    "Ångström",
];

/// Second halves that make a brand word of a stem.
pub const TAILS: &[&str] = &[
    "", "a", "lab", "works", "line", "hof", "ia", "point", "wise", "nest", "field", "port", "care",
    "form", "craft", "loop", "base", "mark", "bridge", "stone", "view", "house", "print", "vale",
];

pub const COUNTRIES: [Country; 15] = [
    europe::DE,
    europe::FR,
    overseas::US,
    europe::GB,
    overseas::JP,
    overseas::KW,
    europe::PL,
    europe::SE,
    europe::DK,
    europe::IS,
    europe::CH,
    europe::ES,
    europe::CZ,
    overseas::BR,
    overseas::TW,
];
