//! The private marks that [`super::prepare`] puts into a copy of the text, and how they are taken out again.
//!
//! They are Unicode noncharacters, which no text should contain; where one does, it is itself wrapped in a token, so
//! nothing written by anybody can be mistaken for a mark. A token stands for a range of the source that the parser
//! must not look into.

use std::borrow::Cow;
use std::ops::Range;

/// Neither white space nor punctuation to the parser, and nothing at all to the reader.
pub(crate) const JOIN: char = '\u{FDD0}';
/// Begins a token.
const OPEN: char = '\u{FDD1}';
/// Ends a token.
const CLOSE: char = '\u{FDD2}';
/// The digit zero of a token's number, sixteen digits in all.
const ZERO: u32 = 0xFDE0;

/// Whether this character is one that marks are made of.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}')
}

/// Whether a text contains such characters. They all begin with the same two bytes in UTF-8.
pub(crate) fn has_marks(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair == [0xEF, 0xB7]) && text.contains(is_mark)
}

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its own text, without any meaning for Markdown.
    Literal,
    /// Mathematics with delimiters of these lengths.
    Math { display: bool, open: usize, close: usize },
    /// A bare address.
    Address,
}

/// A piece of the source that the parser does not see.
#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    raw: Range<usize>,
}

/// A text made ready for the parser, and the way back.
#[derive(Debug)]
pub(crate) struct Prepared<'a> {
    source: &'a str,
    /// What the parser reads.
    pub(crate) text: String,
    tokens: Vec<Token>,
}

/// A piece of parsed text, marks resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Span<'a> {
    /// Plain text.
    Text(&'a str),
    /// Mathematics: the source between the delimiters, and with them; `open` as long as nothing closes it.
    Math { tex: Cow<'a, str>, raw: &'a str, display: bool, open: bool },
    /// A bare address.
    Address(&'a str),
}

impl<'a> Prepared<'a> {
    /// Begins with an empty copy.
    pub(crate) fn new(source: &'a str) -> Self {
        Self { source, text: String::with_capacity(source.len() + 16), tokens: Vec::new() }
    }

    /// Appends a token that stands for `raw` of the source.
    pub(crate) fn push_token(&mut self, kind: Kind, raw: Range<usize>) {
        self.text.push(OPEN);
        let mut number = self.tokens.len() as u32;
        loop {
            self.text.push(char::from_u32(ZERO + number % 16).unwrap_or(CLOSE));
            number /= 16;
            if number == 0 {
                break;
            }
        }
        self.text.push(CLOSE);
        self.tokens.push(Token { kind, raw });
    }

    /// Calls `each` with the pieces of a text that came back from the parser.
    pub(crate) fn spans<'t>(&'t self, mut text: &'t str, mut each: impl FnMut(Span<'t>)) {
        while let Some(offset) = text.find(is_mark) {
            if offset > 0 {
                each(Span::Text(&text[..offset]));
            }
            let (token, length) = self.token(&text[offset..]);
            if let Some(token) = token {
                each(self.span(token));
            }
            text = &text[offset + length..];
        }
        if !text.is_empty() {
            each(Span::Text(text));
        }
    }

    /// The text as it was written.
    pub(crate) fn restore<'t>(&'t self, text: &'t str) -> Cow<'t, str> {
        if !has_marks(text) {
            return Cow::Borrowed(text);
        }
        let mut whole = String::with_capacity(text.len());
        self.spans(text, |span| match span {
            Span::Text(raw) | Span::Address(raw) | Span::Math { raw, .. } => whole.push_str(raw),
        });
        Cow::Owned(whole)
    }

    /// The token that `text`, which begins with a mark, begins with, and the bytes to go on by.
    fn token(&self, text: &str) -> (Option<&Token>, usize) {
        let mut number = 0;
        let mut place = 1;
        for (offset, c) in text.char_indices().take(12) {
            match c {
                OPEN if offset == 0 => {}
                CLOSE if offset > 0 => return (self.tokens.get(number), offset + CLOSE.len_utf8()),
                '\u{FDE0}'..='\u{FDEF}' if offset > 0 => {
                    number += (c as u32 - ZERO) as usize * place;
                    place *= 16;
                }
                _ => break,
            }
        }
        (None, JOIN.len_utf8())
    }

    fn span(&self, token: &Token) -> Span<'_> {
        let raw = &self.source[token.raw.clone()];
        match token.kind {
            Kind::Literal => Span::Text(raw),
            Kind::Address => Span::Address(raw),
            Kind::Math { display, open, close } => {
                Span::Math { tex: unquoted(&raw[open..raw.len() - close]), raw, display, open: close == 0 }
            }
        }
    }
}

/// Mathematics over several lines of a quote has the quote's marks in it.
fn unquoted(tex: &str) -> Cow<'_, str> {
    let quoted = tex.contains('\n') && tex.lines().skip(1).all(|line| line.trim_start().starts_with('>'));
    if !quoted {
        return Cow::Borrowed(tex.trim());
    }
    let lines = tex.lines().map(|line| line.trim_start().trim_start_matches('>').trim());
    Cow::Owned(lines.collect::<Vec<_>>().join("\n").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_as_what_they_stand_for() {
        let source = "0123456789".repeat(40);
        let mut prepared = Prepared::new(&source);
        for at in 0..300 {
            prepared.push_token(Kind::Literal, at..at + 1);
        }
        let text = prepared.text.clone();
        assert_eq!(prepared.restore(&text), source[..300]);
    }

    #[test]
    fn stray_marks_vanish_and_never_panic() {
        let prepared = Prepared::new("x");
        for text in ["\u{FDD0}a", "\u{FDD1}a", "\u{FDD1}\u{FDE5}\u{FDD2}a", "\u{FDE1}\u{FDD2}a", "a\u{FDD1}"] {
            assert_eq!(prepared.restore(text), "a", "{text:?}");
        }
        let long = "\u{FDD1}".to_owned() + &"\u{FDEF}".repeat(40) + "\u{FDD2}";
        assert_eq!(prepared.restore(&long), "");
    }
}
