//! Names that come from outside, as they may be shown beside other text.

/// Longer than what anybody is called.
const MOST: usize = 200;

/// The name on one line, without what moves a cursor, turns the direction of writing or is endless;
/// none where nothing is left to see.
pub(crate) fn display_name(raw: &str) -> Option<String> {
    let mut shown = String::new();
    let mut space = false;
    let mut left = MOST;
    for c in raw.chars() {
        if c.is_whitespace() {
            space = !shown.is_empty();
            continue;
        }
        if c.is_control() || moves(c) {
            continue;
        }
        if left == 0 {
            shown.push('…');
            break;
        }
        if std::mem::take(&mut space) {
            shown.push(' ');
        }
        shown.push(c);
        left -= 1;
    }
    shown.contains(|c| c != ' ' && !joins(c)).then_some(shown)
}

/// Marks of direction, and what has no width: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
fn moves(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Seen only between others, where scripts and emoji need them.
fn joins(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}'
    )
}
