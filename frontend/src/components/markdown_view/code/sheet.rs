//! Code on the screen while it grows. Whole lines stand in pieces of a few kilobytes; only the last piece is laid out
//! again when something comes, and only the last line is ever replaced. A long block costs a frame no more than a short one.

use crate::dom;
use wasm_bindgen::JsCast;
use web_sys::{Element, Text};

/// How long a piece becomes before the next one begins, in bytes.
const PIECE: usize = 4096;

/// What was written of a code block.
#[derive(Default)]
pub(super) struct Sheet {
    /// The last piece: its whole lines, how long they are, and the line after them.
    last: Option<(Text, usize, Text)>,
    /// How much of the source stands in whole lines, in bytes.
    written: usize,
}

impl Sheet {
    /// Brings `code` up to its source, which has grown.
    pub(super) fn write(&mut self, code: &Element, source: &str) {
        let settled = markdown::settled(source);
        if settled < self.written {
            // Its last lines turned out to be something else.
            code.set_text_content(None);
            *self = Self::default();
        }
        while let Some(length) = next_lines(&source[self.written..settled], self.room()) {
            let lines = &source[self.written..self.written + length];
            if self.add(code, lines).is_none() {
                return;
            }
        }
        if self.last.is_none() {
            self.begin(code);
        }
        if let Some((_, _, tail)) = &self.last {
            tail.set_data(&source[settled..]);
        }
    }

    fn room(&self) -> usize {
        let used = self.last.as_ref().map_or(0, |(_, length, _)| *length);
        if used < PIECE { PIECE - used } else { PIECE }
    }

    fn add(&mut self, code: &Element, lines: &str) -> Option<()> {
        if self.last.as_ref().is_none_or(|(_, length, _)| *length >= PIECE) {
            self.begin(code)?;
        }
        let (text, length, _) = self.last.as_mut()?;
        text.append_data(lines).ok()?;
        *length += lines.len();
        self.written += lines.len();
        Some(())
    }

    /// Begins a piece; the last line moves into it.
    fn begin(&mut self, code: &Element) -> Option<()> {
        let document = dom::document()?;
        let piece = document.create_element("span").ok()?;
        piece.set_class_name("code-piece");
        let (lines, tail) = (document.create_text_node(""), document.create_text_node(""));
        if let Some((_, _, before)) = &self.last {
            before.set_data("");
        }
        piece.append_with_node_2(&lines, tail.unchecked_ref()).ok()?;
        code.append_child(&piece).ok()?;
        self.last = Some((lines, 0, tail));
        Some(())
    }
}

/// How many bytes of whole lines fit into `room`: at least one line, if there is one.
fn next_lines(lines: &str, room: usize) -> Option<usize> {
    if lines.len() <= room {
        return Some(lines.len()).filter(|length| *length > 0);
    }
    let fitting = lines.as_bytes()[..room].iter().rposition(|&byte| byte == b'\n');
    fitting.or_else(|| lines.find('\n')).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::next_lines;

    #[test]
    fn a_piece_takes_whole_lines_and_at_least_one() {
        assert_eq!(next_lines("", 8), None);
        assert_eq!(next_lines("ab\ncd\n", 8), Some(6));
        assert_eq!(next_lines("ab\ncd\nef\n", 8), Some(6));
        assert_eq!(next_lines("一二三四五\nx\n", 8), Some(16));
    }
}
