//! A PDF of one page with lines of text on it.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const FONT: Ref = Ref::new(4);
const TEXT: Ref = Ref::new(5);
const FONT_NAME: Name<'static> = Name(b"F1");

pub fn one_page(title: &str, lines: &[String]) -> Vec<u8> {
    let mut text = Content::new();
    text.begin_text();
    text.set_font(FONT_NAME, 18.0);
    text.next_line(60.0, 760.0);
    text.show(Str(&latin(title)));
    text.set_font(FONT_NAME, 11.0);
    for line in lines {
        text.next_line(0.0, -20.0);
        text.show(Str(&latin(line)));
    }
    text.end_text();
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(PAGES);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let mut page = pdf.page(PAGE);
    page.media_box(Rect::new(0.0, 0.0, 595.0, 842.0))
        .parent(PAGES)
        .contents(TEXT);
    page.resources().fonts().pair(FONT_NAME, FONT);
    page.finish();
    pdf.type1_font(FONT)
        .base_font(Name(b"Helvetica"))
        .encoding_predefined(Name(b"WinAnsiEncoding"));
    pdf.stream(TEXT, &text.finish());
    pdf.finish()
}

/// The built-in fonts have Latin letters only; others show as a question mark.
fn latin(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
        .collect()
}
