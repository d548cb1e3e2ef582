//! The source of code blocks: their lines without the columns of the fence. Of a block that grows, each whole line is
//! read once, however often somebody looks.

use crate::scan::INDENTED;
use std::ops::Range;

/// The lines of a code block without the columns of its fence, and without the last line ending; indented code ends
/// with its last line that has something on it.
pub(crate) fn code_source(body: &str, indent: usize) -> String {
    let mut source = String::with_capacity(body.len());
    take_lines(&mut source, body, indent);
    end(&mut source, indent);
    source
}

/// Appends lines without the columns of the fence, each with its ending.
fn take_lines(source: &mut String, lines: &str, indent: usize) {
    #[cfg(test)]
    tests::READ.with(|read| read.set(read.get() + lines.len()));
    for line in lines.split_inclusive('\n') {
        let width = line.bytes().take(indent).take_while(|&byte| byte == b' ').count();
        let tab = usize::from(indent == INDENTED && width < INDENTED && line[width..].starts_with('\t'));
        let line = &line[width + tab..];
        source.push_str(line.strip_suffix("\r\n").unwrap_or(line));
        if line.ends_with("\r\n") {
            source.push('\n');
        }
    }
}

fn end(source: &mut String, indent: usize) {
    let lines = if indent == INDENTED { source.trim_end() } else { source.strip_suffix('\n').unwrap_or(source) };
    source.truncate(lines.len());
}

/// The source of the fenced code block that is open.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Its whole lines, and what was shown after them.
    source: String,
    /// How much of that is whole lines, with their endings; in bytes.
    kept: usize,
    /// Where its lines begin in the text.
    start: usize,
    /// Where the first line begins that was not whole yet.
    read: usize,
}

impl Lines {
    /// Takes back what [`Self::grow`] gave.
    pub(super) fn give_back(&mut self, source: String) {
        self.source = source;
    }

    /// The source of the lines at `body`, which may only have grown since the last time.
    pub(super) fn grow(&mut self, text: &str, body: Range<usize>, indent: usize) -> String {
        if self.start != body.start || self.kept > self.source.len() + 1 {
            *self = Self { start: body.start, read: body.start, ..Self::default() };
        }
        let whole = text[self.read..body.end].rfind('\n').map_or(self.read, |at| self.read + at + 1);
        self.restore();
        take_lines(&mut self.source, &text[self.read..whole], indent);
        (self.kept, self.read) = (self.source.len(), whole);
        take_lines(&mut self.source, &text[whole..body.end], indent);
        end(&mut self.source, indent);
        std::mem::take(&mut self.source)
    }

    /// The whole lines as they were, the last one with the ending that is not shown.
    fn restore(&mut self) {
        if self.kept > self.source.len() {
            self.source.push('\n');
        }
        self.source.truncate(self.kept);
    }
}

#[cfg(test)]
mod tests {
    use crate::{BlockKind, Document};
    use std::cell::Cell;

    thread_local! {
        /// Bytes of text that were looked at line by line.
        pub(super) static READ: Cell<usize> = const { Cell::new(0) };
    }

    fn source(document: &Document) -> &str {
        match &document.blocks().last().expect("a block").kind {
            BlockKind::Code { source, .. } => source,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_code_block_that_grows_reads_each_line_once() {
        let (line, count) = ("let x = 1; // 注释\n", 5_000);
        let mut document = Document::default();
        document.append("```rust\n");
        READ.with(|read| read.set(0));
        for _ in 0..count {
            let (head, tail) = line.split_at(7);
            for piece in [head, tail] {
                document.append(piece);
                assert!(line.starts_with(source(&document).rsplit('\n').next().unwrap_or_default()));
            }
        }
        assert_eq!(source(&document).len() + 1, line.len() * count);
        // Each line was seen half written and whole.
        assert!(READ.with(Cell::get) <= 2 * line.len() * count, "{} bytes were read", READ.with(Cell::get));
    }

    #[test]
    fn a_code_block_that_grows_is_at_every_moment_what_its_lines_are() {
        let text = "~~~\n a\nb\n~~~\n\n ```x\n one\r\n\n  two\n\n\n three ";
        let mut document = Document::default();
        for (at, c) in text.char_indices() {
            document.append(c.encode_utf8(&mut [0; 4]));
            let mut fresh = Document::default();
            fresh.append(&text[..at + c.len_utf8()]);
            assert_eq!(document.blocks(), fresh.blocks(), "{at}");
        }
        assert_eq!(source(&document), "one\n\n two\n\n\nthree ");
    }
}
