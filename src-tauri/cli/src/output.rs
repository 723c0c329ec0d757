//! What a command prints: one JSON document, or text in aligned columns.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use std::io::{self, Write};

pub struct Output {
    json: bool,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints the document, or the text that says the same to a person.
    pub fn show(&self, document: &impl Serialize, text: impl FnOnce() -> String) -> io::Result<()> {
        let mut printed = if self.json {
            serde_json::to_string_pretty(document)?
        } else {
            printable(&text())
        };
        if !printed.is_empty() && !printed.ends_with('\n') {
            printed.push('\n');
        }
        print(&printed)
    }

    /// Prints one of many: a JSON document on a line of its own, or the line for a person.
    pub fn line(&self, document: &impl Serialize, text: impl FnOnce() -> String) -> io::Result<()> {
        let mut printed = if self.json {
            serde_json::to_string(document)?
        } else {
            printable(&text())
        };
        printed.push('\n');
        print(&printed)
    }

    /// Says something beside the result, on standard error.
    pub fn note(&self, sentence: &str) {
        // Nobody is left to tell if standard error is closed.
        let _ = writeln!(io::stderr(), "{}", printable(sentence));
    }
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Rows under headings, each column as wide as its widest cell.
pub fn columns<const N: usize>(
    headings: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(headings);
    for row in rows {
        // A line break in a name would break the row.
        table.add_row(row.map(|cell| cell.replace(['\n', '\r'], " ")));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// So much of a text that a row with it still fits a wide terminal.
pub fn clipped(text: &str) -> String {
    const SHOWN: usize = 48;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// Names come from outside: what could move the cursor, change colours or turn the direction of
/// writing in a terminal is shown as a replacement character.
fn printable(text: &str) -> String {
    let harmful = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(harmful, "\u{fffd}")
}
