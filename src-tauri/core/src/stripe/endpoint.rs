//! Paths of the API: which parts are words of it, and which name an object.

/// Words of the API have neither digits nor capitals; ids have.
pub(super) fn is_id(part: &str) -> bool {
    part.chars().any(|c| c.is_ascii_digit() || c.is_uppercase())
}

/// The path with its ids replaced: what Stripe counts as one endpoint, and what may be logged.
pub(super) fn template(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .enumerate()
        // `v1` comes first and has a digit.
        .map(|(i, part)| if i > 1 && is_id(part) { "{id}" } else { part })
        .collect();
    parts.join("/")
}
