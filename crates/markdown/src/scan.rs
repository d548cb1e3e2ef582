//! Cuts a growing text into top-level pieces, line by line, each line read once.
//!
//! A piece is given out only when no later text can change it: its decision rests on whole lines that have been
//! read, never on how the text arrived, so a text cut anywhere gives the same pieces. A piece may hold several
//! Markdown blocks (a paragraph and a table, say); it never holds part of one, except where a block outgrows
//! [`MAX_PIECE`] or [`MAX_LIST`] and is cut at a line or an item so that the open tail stays cheap to draw.
//!
//! Beyond CommonMark: display mathematics (`$$ … $$`, `\[ … \]`) that begins or ends a line is a piece of its own;
//! and a line of dashes is always a rule, never the underline that turns the paragraph above it into a heading,
//! because what has been read as a paragraph must not jump.

pub(crate) mod line;

use line::{Fence, Item, Line};
use std::ops::Range;

/// Bytes after which a paragraph, quote, line or nested list is cut.
pub(crate) const MAX_PIECE: usize = 32 * 1024;
/// Bytes after which a list goes on as a new list at its next item.
pub(crate) const MAX_LIST: usize = 16 * 1024;
/// Bytes after which a table is cut; what follows it has lost its header.
const MAX_TABLE: usize = 128 * 1024;
/// Columns of indented code; a fence is indented by less.
pub(crate) const INDENTED: usize = 4;
/// Bytes after which display mathematics without an end is taken for text.
const MAX_MATH: usize = 8 * 1024;

/// A finished piece; ranges are bytes of the whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Markdown to hand to the parser.
    Markdown(Range<usize>),
    /// A code block at the root.
    Code(Code),
    /// Display mathematics, delimiters included.
    Math(Range<usize>),
}

/// A code block at the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    /// Its info string.
    pub(crate) info: Range<usize>,
    /// Its lines.
    pub(crate) body: Range<usize>,
    /// Columns to take off each line.
    pub(crate) indent: usize,
    /// Whether its closing fence was written.
    pub(crate) closed: bool,
}

/// What the open piece is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing is open.
    #[default]
    Idle,
    /// A paragraph, quote or table; whether an odd number of `$$` was seen.
    Paragraph { odd_dollars: bool },
    /// A list: the mark and content column of its latest item, and whether the last line was blank.
    List { mark: u8, content: usize, blank: bool },
    /// Indented code.
    Indented,
    /// Fenced code: its info string and where its lines begin.
    Fence { fence: Fence, info: Range<usize>, body: usize },
    /// Display mathematics that ends with this delimiter.
    Math { end: &'static str },
}

/// The state of the cut.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scanner {
    /// Where the open piece begins.
    pub(crate) start: usize,
    /// Where the first unread line begins.
    pub(crate) next: usize,
    /// What the open piece is.
    pub(crate) state: State,
    /// Up to here no line ending was found after `next`.
    searched: usize,
    /// Whether `next` is in the middle of a line that was too long.
    mid_line: bool,
    /// Delimiters of display mathematics before this byte are known to have no end.
    barred: usize,
}

impl Scanner {
    /// Reads all whole lines of `text` that were not read yet; `complete` says that no more will come.
    pub(crate) fn read(&mut self, text: &str, complete: bool, pieces: &mut Vec<Piece>) {
        loop {
            while let Some((end, whole)) = self.next_line(text, complete) {
                let at = std::mem::replace(&mut self.next, end);
                let line = text[at..end].trim_end_matches(['\n', '\r']);
                let continued = std::mem::replace(&mut self.mid_line, !whole);
                self.read_line(text, line, at, continued, pieces);
                self.searched = self.searched.max(self.next);
            }
            if !complete || self.close(text.len(), pieces) {
                return;
            }
        }
    }

    /// Where the line that is not whole yet begins, if it ends the open text whatever may still come on it: what decides
    /// that are its first signs, and those that may yet become others are not shown.
    pub(crate) fn line_apart(&self, text: &str) -> Option<usize> {
        let (at, line) = (self.next, &text[self.next..]);
        let open = matches!(self.state, State::Paragraph { .. } | State::List { .. }) && !line.is_empty();
        let mut ahead = Self { next: text.len(), ..self.clone() };
        let mut pieces = Vec::new();
        if open {
            ahead.read_line(text, line, at, self.mid_line, &mut pieces);
        }
        matches!(pieces.first(), Some(Piece::Markdown(range)) if range.end == at).then_some(at)
    }

    /// End of the next line and whether it is a whole one; `None` if more text may still belong to it.
    fn next_line(&mut self, text: &str, complete: bool) -> Option<(usize, bool)> {
        let limit = self.next + MAX_PIECE;
        let from = self.searched.max(self.next);
        let within = &text.as_bytes()[from..limit.min(text.len())];
        if let Some(offset) = within.iter().position(|&byte| byte == b'\n') {
            return Some((from + offset + 1, true));
        }
        if text.len() > limit {
            return Some((text.floor_char_boundary(limit), false));
        }
        self.searched = text.len();
        (complete && self.next < text.len()).then_some((text.len(), true))
    }

    fn read_line(&mut self, text: &str, line: &str, at: usize, continued: bool, pieces: &mut Vec<Piece>) {
        let kind = if continued { Line::Text } else { Line::of(line) };
        match self.state.clone() {
            State::Idle => self.begin(text, line, kind, at, pieces),
            State::Paragraph { odd_dollars } => self.in_paragraph(text, line, kind, at, odd_dollars, pieces),
            State::List { mark, content, blank } => self.in_list(text, line, kind, at, (mark, content, blank), pieces),
            State::Indented if matches!(kind, Line::Blank | Line::Indented) => {}
            State::Indented => {
                self.cut(at, pieces);
                self.begin(text, line, kind, at, pieces);
            }
            State::Fence { fence, info, body } if !continued && fence.closed_by(line) => {
                pieces.push(Piece::Code(Code { info, body: body..at, indent: fence.indent, closed: true }));
                self.restart(self.next);
            }
            State::Fence { .. } => {}
            State::Math { end } => self.in_math(text, line, at, end, pieces),
        }
    }

    /// Begins a piece with this line.
    fn begin(&mut self, text: &str, line: &str, kind: Line, at: usize, pieces: &mut Vec<Piece>) {
        self.restart(at);
        match kind {
            Line::Blank => self.start = self.next,
            Line::Indented => self.state = State::Indented,
            Line::Heading | Line::Rule => self.cut(self.next, pieces),
            Line::Fence(fence, info) => {
                self.state = State::Fence { fence, info: at + info..at + line.len(), body: self.next };
            }
            Line::Item(item) => self.list(item),
            Line::Text if self.opens_math(line, at) => self.begin_math(text, line, at, pieces),
            Line::Text => self.in_paragraph(text, line, Line::Text, at, false, pieces),
        }
    }

    fn list(&mut self, item: Item) {
        self.state = State::List { mark: item.mark, content: item.content, blank: false };
    }

    fn in_paragraph(&mut self, text: &str, line: &str, kind: Line, at: usize, odd: bool, pieces: &mut Vec<Piece>) {
        let interrupts = match kind {
            Line::Blank | Line::Heading | Line::Rule | Line::Fence(..) => true,
            Line::Item(item) => item.interrupts,
            Line::Text => at > self.start && !odd && self.opens_math(line, at),
            Line::Indented => false,
        };
        if interrupts {
            self.cut(at, pieces);
            return self.begin(text, line, kind, at, pieces);
        }
        let odd = odd ^ (line.matches("$$").count() % 2 == 1);
        self.state = State::Paragraph { odd_dollars: odd };
        if let Some(opener) = math_at_line_end(line, odd).filter(|opener| at + opener >= self.barred) {
            self.cut(at + opener, pieces);
            self.begin_math(text, &line[opener..], at + opener, pieces);
        } else {
            let row = line.trim_start().starts_with('|');
            self.cut_if_longer(if row { MAX_TABLE } else { MAX_PIECE }, pieces);
        }
    }

    fn in_list(
        &mut self,
        text: &str,
        line: &str,
        kind: Line,
        at: usize,
        (mark, content, blank): (u8, usize, bool),
        pieces: &mut Vec<Piece>,
    ) {
        let nested = line::indent(line).0 >= content;
        let goes_on = match kind {
            Line::Blank => true,
            _ if nested => true,
            Line::Item(item) => item.mark == mark && at - self.start < MAX_LIST,
            Line::Text => !blank && !self.opens_math(line, at),
            Line::Indented => !blank,
            Line::Heading | Line::Rule | Line::Fence(..) => false,
        };
        if !goes_on {
            self.cut(at, pieces);
            return self.begin(text, line, kind, at, pieces);
        }
        match kind {
            Line::Item(item) if !nested => self.list(item),
            _ => self.state = State::List { mark, content, blank: kind == Line::Blank },
        }
        self.cut_if_longer(MAX_LIST + MAX_PIECE, pieces);
    }

    fn opens_math(&self, line: &str, at: usize) -> bool {
        at >= self.barred && math_end(line.trim_start()).is_some()
    }

    /// Begins display mathematics with a line that starts with its opening delimiter.
    fn begin_math(&mut self, text: &str, line: &str, at: usize, pieces: &mut Vec<Piece>) {
        let Some(end) = math_end(line.trim_start()) else { return };
        let inside = line.len() - line.trim_start().len() + 2;
        self.restart(at);
        match line[inside..].find(end) {
            None => self.state = State::Math { end },
            Some(offset) if line[inside + offset + 2..].trim().is_empty() => self.cut_math(text, self.next, pieces),
            Some(_) => self.in_paragraph(text, line, Line::Text, at, false, pieces),
        }
    }

    fn in_math(&mut self, text: &str, line: &str, at: usize, end: &'static str, pieces: &mut Vec<Piece>) {
        if let Some(offset) = line.find(end) {
            let after = at + offset + end.len();
            let rest = text[after..self.next].trim_start();
            let rest_at = self.next - rest.len();
            self.cut_math(text, after, pieces);
            if rest.is_empty() {
                self.start = self.next;
            } else {
                let line = rest.trim_end_matches(['\n', '\r']);
                self.begin(text, line, Line::of(line), rest_at, pieces);
            }
        } else if line.trim().is_empty() || self.next - self.start >= MAX_MATH {
            self.bar_math(self.next);
        }
    }

    /// Takes the open mathematics for text after all, and reads it again from its first line.
    fn bar_math(&mut self, until: usize) {
        self.barred = until;
        self.next = self.start;
        self.searched = self.start;
        self.mid_line = false;
        self.restart(self.start);
    }

    fn cut_math(&mut self, text: &str, end: usize, pieces: &mut Vec<Piece>) {
        let range = self.start..end;
        let source = text[range.clone()].trim();
        let empty = source.len() <= 4 || source[2..source.len() - 2].trim().is_empty();
        pieces.push(if empty { Piece::Markdown(range) } else { Piece::Math(range) });
        self.restart(end);
    }

    /// Gives out the open piece up to `end`.
    fn cut(&mut self, end: usize, pieces: &mut Vec<Piece>) {
        if end > self.start {
            let range = self.start..end;
            pieces.push(match self.state {
                State::Indented => Piece::Code(Code { info: end..end, body: range, indent: INDENTED, closed: true }),
                _ => Piece::Markdown(range),
            });
        }
        self.restart(end);
    }

    fn cut_if_longer(&mut self, limit: usize, pieces: &mut Vec<Piece>) {
        if self.next - self.start >= limit {
            self.cut(self.next, pieces);
        }
    }

    fn restart(&mut self, at: usize) {
        self.start = at;
        self.state = State::Idle;
    }

    /// Ends the text; false if part of it has to be read again.
    fn close(&mut self, end: usize, pieces: &mut Vec<Piece>) -> bool {
        match self.state.clone() {
            State::Idle => {}
            State::Math { .. } => {
                self.bar_math(end);
                return false;
            }
            State::Fence { fence, info, body } => {
                pieces.push(Piece::Code(Code { info, body: body..end, indent: fence.indent, closed: false }));
                self.restart(end);
            }
            State::Paragraph { .. } | State::List { .. } | State::Indented => self.cut(end, pieces),
        }
        true
    }
}

/// The delimiter that ends the display mathematics which `text` begins with.
pub(crate) fn math_end(text: &str) -> Option<&'static str> {
    if text.starts_with("$$") {
        Some("$$")
    } else if text.starts_with(r"\[") {
        Some(r"\]")
    } else {
        None
    }
}

/// Where display mathematics opens at the end of a line of text outside a quote; `odd` counts this line's `$$`, too.
fn math_at_line_end(line: &str, odd: bool) -> Option<usize> {
    let line = line.trim_end();
    if line.trim_start().starts_with('>') {
        return None;
    }
    let opener = line.len().checked_sub(2)?;
    let opens = (line.ends_with("$$") && odd) || (line.ends_with(r"\[") && !line.ends_with(r"\\["));
    opens.then_some(opener)
}
