//! PDF documents, page by page, each under its number.
//!
//! Own code instead of a library: those for PDF unpack streams and follow references without limits, and a stack that
//! overflows or memory that ends cannot be caught. Here the file is never believed: objects are found by reading the
//! file from end to end and not by its tables, every reference is followed a limited number of times, and every stream
//! comes out through a counter.
//!
//! Text is taken in the order in which it is drawn, which is the order of reading for nearly all programs. It is turned
//! into letters by the font's own table, else by its encoding, else by the Chinese, Japanese and Korean encodings that
//! PDF names; what none of them knows is left out. Never reads pictures, forms, comments, attachments or scripts.

mod cmap;
mod content;
mod encoding;
mod file;
mod filters;
mod font;
mod glyphs;
mod layout;
mod lexer;
mod matrix;
mod normal;
mod object;
mod pages;

use crate::error::ExtractError;
use crate::work::{Flow, Work};
use file::File;

/// Reads a document.
pub(crate) fn read(bytes: &[u8], work: &mut Work) -> Flow {
    let file = File::open(bytes, work)?;
    if file.is_encrypted() {
        return Err(ExtractError::Encrypted.into());
    }
    if let Some(title) = file.title(work)? {
        work.set_title(&title);
    }
    let pages = pages::pages(&file, work)?;
    let mut fonts = font::Fonts::default();
    for (at, page) in pages.iter().enumerate() {
        let text = content::text_of_page(&file, page, &mut fonts, work)?;
        let text = normal::normalise(text.trim());
        if text.is_empty() {
            continue;
        }
        work.output.paragraph()?;
        work.output.push(&format!("[page {}]\n\n", at + 1))?;
        work.output.block(&text)?;
    }
    Ok(())
}
