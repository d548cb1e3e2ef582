//! Code on the screen while it grows. It stands in pieces of a few kilobytes: only the last one is laid out again when
//! something comes, so that a long block costs a frame no more than a short one.

use crate::dom;
use web_sys::{Element, Text};

/// How long a piece becomes before the next line begins another one, in bytes.
const PIECE: usize = 4096;

/// What was written of a code block.
#[derive(Default)]
pub(super) struct Sheet {
    /// The piece that is not full yet, and where it begins in the source.
    piece: Option<(Text, usize)>,
    /// How much of the source is written, in bytes.
    written: usize,
    /// The last line of that, which may yet turn out to be something else.
    tail: String,
}

impl Sheet {
    /// Brings `code` up to its source. What is there already stays where it is: nothing moves but by what is added.
    pub(super) fn write(&mut self, code: &Element, source: &str) {
        let known = self.written - self.tail.len();
        if !source.get(known..).is_some_and(|rest| rest.starts_with(&self.tail)) {
            code.set_text_content(None);
            *self = Self::default();
        }
        while self.written < source.len() && self.add(code, &source[self.written..]).is_some() {}
        source[markdown::settled(source)..].clone_into(&mut self.tail);
    }

    fn add(&mut self, code: &Element, rest: &str) -> Option<()> {
        if self.piece.is_none() {
            self.piece = Some((begin(code)?, self.written));
        }
        let (text, start) = self.piece.as_ref()?;
        let (length, is_full) = cut(rest, PIECE.saturating_sub(self.written - start));
        text.append_data(&rest[..length]).ok()?;
        self.written += length;
        if is_full {
            self.piece = None;
        }
        Some(())
    }
}

fn begin(code: &Element) -> Option<Text> {
    let document = dom::document()?;
    let piece = document.create_element("span").ok()?;
    piece.set_class_name("code-piece");
    let text = document.create_text_node("");
    piece.append_child(&text).ok()?;
    code.append_child(&piece).ok()?;
    Some(text)
}

/// How much of `rest` belongs to a piece with so much room, in bytes, and whether that fills it: pieces end with lines.
fn cut(rest: &str, room: usize) -> (usize, bool) {
    match rest.bytes().skip(room).position(|byte| byte == b'\n') {
        Some(at) => (room + at + 1, true),
        None => (rest.len(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_piece_ends_with_the_line_that_fills_it() {
        assert_eq!(cut("ab\ncd\n", 8), (6, false));
        assert_eq!(cut("ab\ncd\nef\n", 4), (6, true));
        assert_eq!(cut("一二三四五\nx", 8), (16, true));
        assert_eq!(cut("一二三四五", 0), (15, false));
    }
}
