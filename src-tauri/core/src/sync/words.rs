//! Times as a sentence says them.

/// How long, in the largest unit that says it well, e.g. `6 weeks`, `20 seconds`.
pub(super) fn span(seconds: i64) -> String {
    let (number, unit) = match seconds.max(0) {
        s if s < 90 => (s, "second"),
        s if s < 90 * 60 => ((s + 30) / 60, "minute"),
        s if s < 36 * 3600 => ((s + 1800) / 3600, "hour"),
        s if s < 28 * 86_400 => ((s + 43_200) / 86_400, "day"),
        s => ((s + 302_400) / 604_800, "week"),
    };
    counted(number, unit)
}

/// A number with its noun, e.g. `1 invoice`, `2 invoices`.
pub(super) fn counted(number: i64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn each_length_has_its_unit() {
        let of = |seconds| span(seconds);
        assert_eq!(of(1), "1 second");
        assert_eq!(of(20), "20 seconds");
        assert_eq!(of(90), "2 minutes");
        assert_eq!(of(3600 * 2), "2 hours");
        assert_eq!(of(3 * 86_400), "3 days");
        assert_eq!(of(42 * 86_400), "6 weeks");
    }
}
