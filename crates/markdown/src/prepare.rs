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
//! - **Dashes** below a paragraph become a rule inside quotes and lists, too.
//! - **Nesting** beyond a sane depth is cut off before it costs time.
//!
//! All marks are removed when text comes back (see [`marks`]); what is stored never has them. For the open tail of a
//! growing text, what was begun is also ended here (bold, code, links, mathematics), so that half-typed signs do not
//! flash up.

pub(crate) mod address;
mod emphasis;
mod growing;
mod lines;
pub(crate) mod marks;
mod math;

use crate::scan::line::{Item, run};
use lines::Prefix;
use marks::{JOIN, Kind, Prepared};
use math::Found;

/// Prepares a piece. `open` says that its text is still growing.
pub(crate) fn prepare(source: &str, open: bool) -> Prepared<'_> {
    let has_marks = marks::has_marks(source);
    let (out, begun) = (Prepared::new(source), Vec::new());
    let settled = if open { source.rfind([')', '\n']).map_or(0, |at| at + 1) } else { source.len() };
    let mut pass = Pass {
        source,
        out,
        at: 0,
        open,
        has_marks,
        list: Item::parse(source).is_some(),
        table: false,
        paragraph: 0,
        no_code: Vec::new(),
        no_math: [0; 3],
        settled,
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
    /// Whether the piece begins with a list.
    list: bool,
    /// Whether this line looks like a row of a table.
    table: bool,
    /// End of the paragraph that was last looked up.
    paragraph: usize,
    /// Runs of backticks of this length have no partner before this byte.
    no_code: Vec<(usize, usize)>,
    /// Mathematics with `\(`, `\[` and `$$` does not begin before this byte.
    no_math: [usize; 3],
    /// From here on nothing ends the address of a link; only for a growing text.
    settled: usize,
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
            if self.dashes(line) {
                return;
            }
            self.copy(prefix.length);
            let Some(length) = lines::fenced(self.rest(), prefix.length) else {
                if prefix.too_deep || text.starts_with('<') || lines::is_definition(self.rest()) {
                    self.out.text.push(JOIN);
                }
                return;
            };
            self.copy(length);
        }
    }

    /// Writes a line of dashes so that it makes no heading of the line above: as a rule, or, if it is too short for
    /// one, as text. False if the line is anything else.
    fn dashes(&mut self, line: &str) -> bool {
        let Some((prefix, dashes)) = lines::underline(line).filter(|_| self.at > 0) else { return false };
        if dashes < 3 && (self.list || !prefix.trim().is_empty()) {
            return false;
        }
        self.copy(prefix.len());
        if dashes < 3 {
            self.out.text.push(JOIN);
            self.copy(dashes);
        } else {
            self.out.text.push_str("***");
            self.at += dashes;
        }
        true
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
            Some(b'<') if self.open && growing::is_half_break(rest) => self.at = self.source.len(),
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

    fn emphasis(&mut self, sign: u8, length: usize) {
        let before = self.before();
        let after = self.rest()[length..].chars().next();
        let digits = [before, after].iter().all(|c| c.is_some_and(|c| c.is_ascii_digit()));
        if self.open && after.is_none() {
            self.at = self.source.len();
        } else if (sign == b'~' && length == 1) || (sign == b'*' && digits) {
            self.token(Kind::Literal, length);
        } else if sign == b'*' || length == 2 {
            let joined = emphasis::needs_join(before, after);
            self.join(joined);
            self.copy(length);
            self.join(joined);
            self.note(sign, length, emphasis::flanks(before, after, joined));
        } else {
            self.copy(length);
        }
    }

    fn join(&mut self, joined: bool) {
        if joined {
            self.out.text.push(JOIN);
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
