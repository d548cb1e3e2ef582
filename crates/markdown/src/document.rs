//! A text that grows, as blocks that are drawn once.

mod code;

use crate::html::{self, Letters};
use crate::prepare::prepare;
use crate::scan::{Code, INDENTED, Piece, Scanner, State, math_end};
use crate::{Block, BlockKind, Options, TextLang};
use code::Lines;
pub(crate) use code::code_source;
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A text that grows, as blocks: a prefix that never changes again and at most one open block at the end.
///
/// Appending only cuts the text; the open block is drawn when [`Document::blocks`] is called, so a reader that looks
/// once a frame pays for one drawing of the open block a frame.
#[derive(Debug, Default)]
pub struct Document {
    options: Options,
    text: String,
    scanner: Scanner,
    finished: bool,
    /// Counts the texts that replaced another one, so that their keys differ.
    generation: u64,
    /// The blocks as they were last asked for.
    shown: OnceLock<Vec<Block>>,
    /// What the next ones are made of, while `shown` is empty.
    ready: Mutex<Ready>,
}

/// What is known of a text while it grows.
#[derive(Debug, Default)]
struct Ready {
    /// The finished blocks.
    done: Vec<Block>,
    /// The lines of the open code block.
    lines: Lines,
    /// Whether the last finished block as shown is one that the scanner has not given out yet.
    early: bool,
}

impl Document {
    /// An empty document.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, ..Self::default() }
    }

    /// Lets the text grow. After [`Document::finish`] the whole is read again, as a new text.
    pub fn append(&mut self, more: &str) {
        if more.is_empty() {
            return;
        }
        if self.finished {
            let text = std::mem::take(&mut self.text) + more;
            return self.replace(text);
        }
        self.text.push_str(more);
        self.read(false);
    }

    /// Sets the whole text so far; cheap if it only grew.
    pub fn set(&mut self, text: &str) {
        match text.strip_prefix(self.text.as_str()) {
            Some(more) => self.append(more),
            None => self.replace(text.to_owned()),
        }
    }

    /// Says that the text is complete: the open block is finished too.
    pub fn finish(&mut self) {
        if !self.finished {
            self.read(true);
            self.finished = true;
        }
    }

    /// The text so far, to the letter.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The blocks so far. Those that are not `open` keep their key and never change; an open one keeps its key while
    /// it grows and when it is finished.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        self.shown.get_or_init(|| {
            let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
            let mut blocks = std::mem::take(&mut ready.done);
            let end = self.visible_end();
            let apart = self.scanner.line_apart(&self.text).filter(|apart| *apart < end);
            ready.early = apart.is_some();
            if let Some(apart) = apart {
                // Drawn with that line it would look otherwise until the line ends, and what stands below would jump then.
                let piece = Piece::Markdown(self.scanner.start..apart);
                blocks.push(self.block(piece, blocks.len()));
            }
            blocks.extend(self.open_block(apart, end, blocks.len(), &mut ready.lines));
            blocks
        })
    }

    fn replace(&mut self, text: String) {
        let generation = self.generation + 1;
        *self = Self { options: self.options, text, generation, ..Self::default() };
        self.read(false);
    }

    fn read(&mut self, complete: bool) {
        let mut pieces = Vec::new();
        self.scanner.read(&self.text, complete, &mut pieces);
        let mut blocks = self.take_finished();
        for piece in pieces {
            let block = self.block(piece, blocks.len());
            blocks.push(block);
        }
        self.ready_mut().done = blocks;
    }

    fn ready_mut(&mut self) -> &mut Ready {
        self.ready.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_finished(&mut self) -> Vec<Block> {
        let Some(mut blocks) = self.shown.take() else { return std::mem::take(&mut self.ready_mut().done) };
        let open = blocks.pop_if(|block| block.open);
        let ready = self.ready_mut();
        if let Some(Block { kind: BlockKind::Code { source, .. }, .. }) = open {
            ready.lines.give_back(source);
        }
        if std::mem::take(&mut ready.early) {
            blocks.pop();
        }
        blocks
    }

    fn key(&self, index: usize) -> u64 {
        (self.generation << 32) + index as u64
    }

    fn block(&self, piece: Piece, index: usize) -> Block {
        let key = self.key(index);
        match piece {
            Piece::Markdown(range) => self.markdown(&self.text[range], key, false),
            Piece::Code(code) => self.code(&code, code_source(&self.text[code.body.clone()], code.indent), key, false),
            Piece::Math(range) => math(self.text[range].trim(), key, false),
        }
    }

    fn markdown(&self, text: &str, key: u64, open: bool) -> Block {
        let (drawn, lang) = html::render(&prepare(text, open), self.options);
        Block { key, drawn, kind: BlockKind::Html, open, lang }
    }

    fn code(&self, code: &Code, source: String, key: u64, open: bool) -> Block {
        let language = html::language(&self.text[code.info.clone()]).to_owned();
        let kind = BlockKind::Code { language, source, closed: code.closed };
        Block { key, drawn: String::new(), kind, open, lang: TextLang::Latin }
    }

    /// Draws the block that is still open, if there is anything to see of it; `apart` is where it begins when that is not
    /// where the scanner's piece does.
    fn open_block(&self, apart: Option<usize>, end: usize, index: usize, lines: &mut Lines) -> Option<Block> {
        let key = self.key(index);
        let range = apart.unwrap_or(self.scanner.start)..end;
        match if apart.is_some() { &State::Idle } else { &self.scanner.state } {
            State::Fence { fence, info, body } => {
                let body = *body..range.end.max(*body);
                let source = lines.grow(&self.text, body.clone(), fence.indent);
                let code = Code { info: info.clone(), body, indent: fence.indent, closed: false };
                Some(self.code(&code, source, key, true))
            }
            State::Indented => {
                let source = code_source(&self.text[range.clone()], INDENTED);
                let code = Code { info: range.end..range.end, body: range, indent: INDENTED, closed: true };
                Some(self.code(&code, source, key, true))
            }
            _ if self.text[range.clone()].trim().is_empty() => None,
            State::Math { .. } => Some(math(self.text[range].trim(), key, true)),
            State::Idle if self.begins_math(&range) => Some(math(self.text[range].trim(), key, true)),
            _ => Some(self.markdown(&self.text[range], key, true)),
        }
    }

    fn begins_math(&self, range: &Range<usize>) -> bool {
        let text = self.text[range.clone()].trim();
        math_end(text).is_some_and(|end| text[2..].find(end).is_none_or(|at| at + 4 == text.len()))
    }

    /// The end of what may be shown: a last line that may yet turn into a fence, rule, list or table is held back.
    fn visible_end(&self) -> usize {
        let next = self.scanner.next;
        let line = self.text[next..].trim_start();
        let held = match &self.scanner.state {
            State::Fence { .. } => !line.is_empty() && line.bytes().all(|byte| matches!(byte, b'`' | b'~')),
            State::Math { .. } | State::Indented => false,
            _ => match self.unfinished_rows() {
                Some(rows) => return rows,
                None => is_undecided(line),
            },
        };
        if held { next } else { self.text.len() }
    }

    /// Where the rows begin that wait: the head of a table for its row of dashes, without which it would show as it was
    /// typed, and for its first row, which says how wide the columns are; and any row for its end. So nothing that is drawn of
    /// a table moves again.
    fn unfinished_rows(&self) -> Option<usize> {
        let next = self.scanner.next;
        let (lines, line) = (&self.text[self.scanner.start..next], &self.text[next..]);
        let mut rows: Vec<&str> = lines.split_inclusive('\n').rev().take_while(|line| begins_row(line)).collect();
        rows.reverse();
        let begin = next - rows.iter().map(|row| row.len()).sum::<usize>();
        let waits = line.is_empty() || is_row(line);
        match rows[..] {
            [] => is_row(line).then_some(next),
            [head] => (is_row(head) && may_be_dashes(line)).then_some(begin),
            [_, dashes] if may_be_dashes(dashes) => waits.then_some(begin),
            [_, dashes, ..] if may_be_dashes(dashes) => is_row(line).then_some(next),
            _ => None,
        }
    }
}

/// Longest row that is held back, in bytes.
const MAX_ROW: usize = 256;

fn begins_row(line: &str) -> bool {
    line.trim_start().starts_with('|')
}

/// Whether a line is, or may become, the row of dashes below the head of a table.
fn may_be_dashes(line: &str) -> bool {
    line.trim().bytes().all(|byte| b"|:- \t".contains(&byte))
}

/// Whether a line looks like a row of a table that is worth waiting for.
fn is_row(line: &str) -> bool {
    line.len() <= MAX_ROW && begins_row(line)
}

/// Whether the beginning of a line consists of nothing but signs that may yet become structure.
fn is_undecided(line: &str) -> bool {
    let is_list = |c: char| ">-*+.)".contains(c) || c.is_ascii_digit() || c.is_whitespace();
    let bare = line.trim_start_matches(is_list);
    bare.is_empty()
        || bare.starts_with("```")
        || bare.starts_with("~~~")
        || bare.chars().all(|c| "`~*_#=|:-$\\[".contains(c) || c.is_whitespace())
}

/// Display mathematics as a block; `text` has its delimiters.
fn math(text: &str, key: u64, open: bool) -> Block {
    let inside = &text[2..];
    let closed = math_end(text).and_then(|end| inside.strip_suffix(end));
    let tex = closed.unwrap_or(inside).trim();
    let mut drawn = String::new();
    html::math(&mut drawn, "div", tex, true, closed.is_none());
    let mut letters = Letters::default();
    letters.count(tex);
    Block { key, drawn, kind: BlockKind::Math { source: tex.to_owned() }, open, lang: letters.language() }
}
