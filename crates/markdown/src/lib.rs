//! Markdown to safe HTML, one pipeline for text that is being written and text that is stored.
//!
//! A [`Document`] takes a text as it arrives and gives [`Block`]s: those that are finished never change again, at most
//! one at the end is open. [`render`] is the same thing in one step, so what was seen while it was written is what is
//! seen after a reload: a text appended in any pieces and finished gives exactly the blocks of [`render`].
//!
//! From text to blocks:
//!
//! 1. `scan` cuts the text into top-level pieces, reading each line once.
//! 2. `prepare` makes a copy of a piece for the parser, with marks around what CommonMark would get wrong in Chinese
//!    text and tokens for mathematics and bare addresses.
//! 3. `pulldown-cmark` parses the copy: CommonMark, tables, strikethrough, task lists. No footnotes.
//! 4. `html` writes its events, takes the marks out, and can write nothing that is not safe.
//!
//! Where it departs from CommonMark, for calm or for safety: raw HTML is shown as text, except `<br>`; a link leads to
//! http, https or mailto or is only its text; a picture is a link; link definitions stay visible and reference links
//! are not resolved; dashes below a paragraph are a rule and no heading; a single line break beside a wide
//! character is kept; a paragraph over 32 KiB, a list over 16 KiB and a table over 128 KiB is cut in two.
//!
//! It never does IO, never changes the text it was given, and knows nothing of chats. It is part of the client's
//! download, so it has no dependency but the parser and no character tables of its own.

mod chars;
mod document;
mod html;
mod links;
mod plain;
mod prepare;
mod scan;

pub use document::Document;
pub use plain::to_plain;

use std::borrow::Cow;

/// How a text is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether every line break is kept, as people expect of what they typed themselves.
    pub hard_breaks: bool,
}

/// A top-level piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its identity, for lists that are drawn by key: the same from its first letter on, different after another text
    /// was set. A block with this key and `open` false never changes.
    pub key: u64,
    /// Text and mathematics as safe HTML; that of code is made when somebody asks.
    drawn: String,
    /// What it is, for blocks that the view draws in a way of its own.
    pub kind: BlockKind,
    /// Whether it may still grow.
    pub open: bool,
    /// The language to declare for it.
    pub lang: TextLang,
}

impl Block {
    /// The whole of it as safe HTML, whatever its kind.
    #[must_use]
    pub fn html(&self) -> Cow<'_, str> {
        match &self.kind {
            BlockKind::Code { language, source, .. } => Cow::Owned(html::code(language, source)),
            BlockKind::Html | BlockKind::Math { .. } => Cow::Borrowed(&self.drawn),
        }
    }

    /// Becomes `newer`, a later state of the same block; true when that changed anything. Code that grows is not read
    /// again: of an open block only the last line may still change.
    pub fn follow(&mut self, newer: &Self) -> bool {
        if let Some(changed) = self.follow_code(newer) {
            return changed;
        }
        let changed = self != newer;
        if changed {
            self.clone_from(newer);
        }
        changed
    }

    /// Takes over the last line and what came after it; nothing to say of any other kind of change.
    fn follow_code(&mut self, newer: &Self) -> Option<bool> {
        let BlockKind::Code { language, source, closed } = &mut self.kind else { return None };
        let BlockKind::Code { language: same, source: grown, closed: closes } = &newer.kind else { return None };
        let settled = settled(source);
        let tail = grown.get(settled..).filter(|_| self.open && self.key == newer.key && language == same)?;
        let changed = source[settled..] != *tail || self.open != newer.open || closed != closes;
        source.truncate(settled);
        source.push_str(tail);
        (self.open, *closed) = (newer.open, *closes);
        Some(changed)
    }
}

/// How much of growing code no longer changes, in bytes: all lines but the last. Where the source of the same block
/// becomes shorter than that, its last line turned out to be something else.
#[must_use]
pub fn settled(source: &str) -> usize {
    source.rfind('\n').map_or(0, |at| at + 1)
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Anything made of text: show [`Block::html`].
    Html,
    /// A code block.
    Code {
        /// The first word after the fence, as typed; may be empty.
        language: String,
        /// The code, without the last line ending.
        source: String,
        /// Whether its closing fence was written.
        closed: bool,
    },
    /// Display mathematics.
    Math {
        /// The source, without its delimiters.
        source: String,
    },
}

/// The language of a block's text, as far as its typography is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextLang {
    /// Anything but Chinese.
    #[default]
    Latin,
    /// More than a fifth of its letters are Han.
    Han,
}

/// The blocks of a complete text.
#[must_use]
pub fn render(text: &str) -> Vec<Block> {
    render_with(text, Options::default())
}

/// The blocks of a complete text.
#[must_use]
pub fn render_with(text: &str, options: Options) -> Vec<Block> {
    let mut document = Document::new(options);
    document.set(text);
    document.finish();
    document.blocks().to_vec()
}
