//! Makes a copy of a piece of text for the parser, with what Markdown must not touch, or would refuse, marked.
//!
//! - **Emphasis beside full-width punctuation.** CommonMark lets `**` close only if it does not stand between
//!   punctuation and a letter, which presumes spaces between words; `**注意：**请` fails. Where a run of `*` or `~~`
//!   has such a neighbour and stands in East Asian text, a [`marks::JOIN`] is put at either side. To the parser it is
//!   neither space nor punctuation, so the run may open or close, as beside two letters; pairing stays the parser's
//!   business. Runs beside white space are left alone, and so is everything in Latin text.
//! - **Not emphasis.** `*` between digits (`3*4*5`) and a single `~` (`3~5天`) are literal.
//! - **Mathematics and bare addresses** become tokens, and the parser never looks into them.
//! - **Raw HTML and link definitions** at the start of a line get a mark in front, so that no HTML block begins and no
//!   line vanishes: both are shown as the text they are. So reference links are not resolved, in live and stored
//!   text alike; a list of definitions at the end of an answer reads as a list of links.
//! - **Nesting** beyond a sane depth is cut off before it costs time.
//!
//! All marks are removed when text comes back (see [`marks`]); what is stored never has them. For the open tail of a
//! growing text, what was begun is also ended here (bold, code, links, mathematics), so that half-typed signs do not
//! flash up.

pub(crate) mod address;
mod lines;
pub(crate) mod marks;
mod math;

use crate::chars;
use crate::scan::line::run;
use lines::Prefix;
use marks::{JOIN, Kind, Prepared};
use math::Found;

/// Prepares a piece. `open` says that its text is still growing.
pub(crate) fn prepare(source: &str, open: bool) -> Prepared<'_> {
    let has_marks = marks::has_marks(source);
    let (out, begun) = (Prepared::new(source), Vec::new());
    let mut pass = Pass {
        source,
        out,
        at: 0,
        open,
        has_marks,
        table: false,
        paragraph: 0,
        no_code: Vec::new(),
        no_math: [0; 3],
        begun,
    };
    pass.line_start();
    while pass.at < source.len() {
        pass.step();
    }
    if open {
        pass.end_what_was_begun();
    }
    pass.out
}

/// One walk over a piece.
struct Pass<'a> {
    source: &'a str,
    out: Prepared<'a>,
    /// The first byte that was not read yet.
    at: usize,
    open: bool,
    /// Whether the source itself contains characters that marks are made of.
    has_marks: bool,
    /// Whether this line looks like a row of a table.
    table: bool,
    /// End of the paragraph that was last looked up.
    paragraph: usize,
    /// Runs of backticks of this length have no partner before this byte.
    no_code: Vec<(usize, usize)>,
    /// Mathematics with `\(`, `\[` and `$$` does not begin before this byte.
    no_math: [usize; 3],
    /// Emphasis that is open at this point: its sign and length.
    begun: Vec<(u8, usize)>,
}

impl<'a> Pass<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.out.text.chars().next_back()
    }

    /// Copies bytes as they are.
    fn copy(&mut self, length: usize) {
        let from = self.at;
        self.at += length;
        if !self.has_marks {
            return self.out.text.push_str(&self.source[from..self.at]);
        }
        for (offset, c) in self.source[from..self.at].char_indices() {
            if marks::is_mark(c) {
                self.out.push_token(Kind::Literal, from + offset..from + offset + c.len_utf8());
            } else {
                self.out.text.push(c);
            }
        }
    }

    fn token(&mut self, kind: Kind, length: usize) {
        self.out.push_token(kind, self.at..self.at + length);
        self.at += length;
    }

    /// Passes over what stands at the beginning of a line, and over whole blocks of fenced code.
    fn line_start(&mut self) {
        while !self.rest().is_empty() {
            let line = self.rest().split('\n').next().unwrap_or_default();
            let prefix = Prefix::of(line);
            let text = &line[prefix.length..];
            self.table = text.starts_with('|');
            if prefix.item || self.table || text.is_empty() || text.starts_with('#') {
                self.begun.clear();
            }
            self.copy(prefix.length);
            let Some(length) = lines::fenced(self.rest(), prefix.length) else {
                if prefix.too_deep || text.starts_with('<') || lines::is_definition(text) {
                    self.out.text.push(JOIN);
                }
                return;
            };
            self.copy(length);
        }
    }

    /// Copies up to the next byte that may mean something, and deals with that.
    fn step(&mut self) {
        let special = |byte: u8| {
            matches!(byte, b'\n' | b'\\' | b'`' | b'$' | b'*' | b'~' | b']' | b'<' | b'h' | b'H' | b'w' | b'W')
        };
        let plain = self.rest().bytes().position(special).unwrap_or(self.rest().len());
        self.copy(plain);
        let rest = self.rest();
        match rest.as_bytes().first() {
            None => {}
            Some(b'\n') => {
                self.copy(1);
                self.line_start();
            }
            Some(b'`') => self.code(run(rest, b'`')),
            Some(b'\\') if !rest.starts_with(r"\(") && !rest.starts_with(r"\[") => self.escape(),
            Some(b'\\' | b'$') => self.math(),
            Some(&sign @ (b'*' | b'~')) => self.emphasis(sign, run(rest, sign)),
            Some(b']') => self.half_link(),
            Some(b'<') if self.open && is_half_break(rest) => self.at = self.source.len(),
            Some(b'<') => self.copy(1),
            Some(_) => self.address(),
        }
    }

    fn escape(&mut self) {
        let escaped = self.rest().as_bytes().get(1).is_some_and(u8::is_ascii_punctuation);
        self.copy(if escaped { 2 } else { 1 });
    }

    fn address(&mut self) {
        let destination = self.out.text.ends_with("](");
        match address::scan(self.rest(), self.before()).filter(|_| !destination) {
            Some(length) => self.token(Kind::Address, length),
            None => self.copy(1),
        }
    }

    /// Where the paragraph around this point ends: at a blank line; a table's row ends with its line.
    fn paragraph_end(&mut self) -> usize {
        if self.table {
            return self.rest().find('\n').map_or(self.source.len(), |offset| self.at + offset);
        }
        if self.paragraph <= self.at {
            let mut end = self.at;
            for line in self.rest().split_inclusive('\n') {
                if end > self.at && line.trim().is_empty() {
                    break;
                }
                end += line.len();
            }
            self.paragraph = end;
        }
        self.paragraph
    }

    /// A code span of `ticks` backticks, if it has an end.
    fn code(&mut self, ticks: usize) {
        let end = self.paragraph_end();
        let inside = self.at + ticks;
        let known = self.no_code.iter().any(|&(length, until)| length == ticks && self.at < until);
        let closing = if known { None } else { find_run(&self.source[inside..end], ticks) };
        match closing {
            Some(offset) if self.table => self.code_in_table(inside + offset + ticks),
            Some(offset) => self.copy(ticks + offset + ticks),
            None if self.open && end == self.source.len() => self.open_code(ticks, inside),
            None => {
                self.no_code.retain(|&(length, _)| length != ticks);
                self.no_code.push((ticks, end));
                self.copy(ticks);
            }
        }
    }

    /// A `|` inside code does not end a cell.
    fn code_in_table(&mut self, end: usize) {
        while self.at < end {
            let plain = self.source[self.at..end].find('|').unwrap_or(end - self.at);
            self.copy(plain);
            if self.at < end && self.out.text.ends_with('\\') {
                self.copy(1);
            } else if self.at < end {
                self.token(Kind::Literal, 1);
            }
        }
    }

    /// Code that is still being written, or backticks of which more may come.
    fn open_code(&mut self, ticks: usize, inside: usize) {
        let code = self.source[inside..].trim_end();
        if code.is_empty() {
            self.at = self.source.len();
            return;
        }
        self.copy(ticks + code.len());
        if code.ends_with('`') {
            self.out.text.push(' ');
        }
        self.out.text.extend(std::iter::repeat_n('`', ticks));
        self.at = self.source.len();
    }

    fn math(&mut self) {
        let rest = self.rest();
        let kind = [r"\(", r"\[", "$$"].into_iter().position(|delimiter| rest.starts_with(delimiter));
        let delimiter = if kind.is_some() { 2 } else { 1 };
        if kind.is_some_and(|kind| self.at < self.no_math[kind]) {
            return self.copy(delimiter);
        }
        let end = self.paragraph_end();
        match math::find(&self.source[self.at..end], self.before()) {
            Some(Found::Math(kind, length)) => return self.token(kind, length),
            Some(Found::Unclosed(kind)) if self.open && end == self.source.len() => return self.open_math(kind),
            Some(Found::Unclosed(_)) => self.bar_math(kind, end),
            Some(Found::None(length)) => self.bar_math(kind, self.at + length),
            None => {}
        }
        self.copy(delimiter);
    }

    fn bar_math(&mut self, kind: Option<usize>, until: usize) {
        if let Some(kind) = kind {
            self.no_math[kind] = until;
        }
    }

    /// Mathematics that is still being written.
    fn open_math(&mut self, kind: Kind) {
        if self.rest()[2..].trim().is_empty() {
            self.at = self.source.len();
        } else {
            self.token(kind, self.rest().len());
        }
    }

    fn emphasis(&mut self, sign: u8, length: usize) {
        let before = self.before();
        let after = self.rest()[length..].chars().next();
        let digits = [before, after].iter().all(|c| c.is_some_and(|c| c.is_ascii_digit()));
        if self.open && after.is_none() {
            self.at = self.source.len();
        } else if (sign == b'~' && length == 1) || (sign == b'*' && digits) {
            self.token(Kind::Literal, length);
        } else if sign == b'*' || length == 2 {
            let joined = needs_join(before, after);
            self.join(joined);
            self.copy(length);
            self.join(joined);
            self.note(sign, length, flanks(before, after, joined));
        } else {
            self.copy(length);
        }
    }

    fn join(&mut self, joined: bool) {
        if joined {
            self.out.text.push(JOIN);
        }
    }

    /// Keeps account of what is open, for a growing text.
    fn note(&mut self, sign: u8, length: usize, (may_open, may_close): (bool, bool)) {
        let begun = self.begun.iter().rposition(|&run| run == (sign, length));
        match begun.filter(|_| may_close) {
            Some(index) => self.begun.truncate(index),
            None if may_open && length > 1 && self.begun.len() < 8 => self.begun.push((sign, length)),
            None => {}
        }
    }

    /// A link whose address is still being written shows its text.
    fn half_link(&mut self) {
        let rest = self.rest();
        let half = rest.starts_with("](") && !rest.contains([')', '\n']);
        match self.out.text.rfind('[').filter(|_| self.open && half) {
            Some(opening) => {
                self.out.text.remove(opening);
                if self.out.text[..opening].ends_with('!') {
                    self.out.text.remove(opening - 1);
                }
                self.at = self.source.len();
            }
            None => self.copy(1),
        }
    }

    fn end_what_was_begun(&mut self) {
        let text = &mut self.out.text;
        text.truncate(text.trim_end().len());
        while let Some((sign, length)) = self.begun.pop() {
            let bare = text.trim_end_matches(JOIN).len();
            if text[..bare].ends_with(char::from(sign)) {
                text.truncate(bare - run_back(&text[..bare], sign).min(length));
                continue;
            }
            text.push(JOIN);
            text.extend(std::iter::repeat_n(char::from(sign), length));
        }
    }
}

/// Where a run of exactly `length` backticks begins.
fn find_run(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(offset) = text[at..].find('`') {
        let found = run(&text[at + offset..], b'`');
        if found == length {
            return Some(at + offset);
        }
        at += offset + found;
    }
    None
}

fn run_back(text: &str, sign: u8) -> usize {
    text.bytes().rev().take_while(|&byte| byte == sign).count()
}

/// Whether a run between these characters would be refused by rules made for text with spaces.
fn needs_join(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    let spaced = before.is_whitespace() || after.is_whitespace();
    let punctuated = chars::is_punctuation(before) || chars::is_punctuation(after);
    !spaced && punctuated && (chars::is_east_asian(before) || chars::is_east_asian(after))
}

/// Whether a run between these characters may open and may close emphasis.
fn flanks(before: Option<char>, after: Option<char>, joined: bool) -> (bool, bool) {
    let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let sign = |c: Option<char>| c.is_some_and(chars::is_punctuation);
    let may_open = !space(after) && (joined || !sign(after) || space(before) || sign(before));
    let may_close = !space(before) && (joined || !sign(before) || space(after) || sign(after));
    (may_open, may_close)
}

/// Whether a growing text ends in what may become `<br>`.
fn is_half_break(rest: &str) -> bool {
    ["<", "<b", "<br", "<br ", "<br/", "<br /"].iter().any(|half| rest.eq_ignore_ascii_case(half))
}
