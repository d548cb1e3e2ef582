//! One JSON document per line (NDJSON), read from bytes that may be cut anywhere.

use shared::sse::{Frame, TooLong};

/// Longest line, in bytes.
const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;

/// Incremental decoder. Blank lines are no frames.
#[derive(Debug, Default)]
pub(super) struct Lines {
    line: Vec<u8>,
}

impl Lines {
    /// Takes the next bytes and calls `sink` for every line that they complete.
    pub(super) fn push(&mut self, bytes: &[u8], mut sink: impl FnMut(Frame)) -> Result<(), TooLong> {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.line.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
            self.end_line(&mut sink);
        }
        self.line.extend_from_slice(rest);
        if self.line.len() > MAX_LINE_BYTES { Err(TooLong) } else { Ok(()) }
    }

    /// Ends the stream. A last line needs no line end.
    pub(super) fn finish(&mut self, mut sink: impl FnMut(Frame)) {
        self.end_line(&mut sink);
    }

    fn end_line(&mut self, sink: &mut impl FnMut(Frame)) {
        let line = String::from_utf8_lossy(&self.line);
        let data = line.trim_start_matches('\u{feff}').trim();
        if !data.is_empty() {
            sink(Frame { data: data.to_owned(), ..Frame::default() });
        }
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_wherever_they_are_cut() {
        let text = "\u{feff}{\"a\":\"汉\"}\r\n\n {\"b\":1} \n{\"c\":2}".as_bytes();
        for cut in 0..=text.len() {
            let (mut lines, mut frames) = (Lines::default(), Vec::new());
            for half in [&text[..cut], &text[cut..]] {
                lines.push(half, |frame| frames.push(frame.data)).expect("short");
            }
            lines.finish(|frame| frames.push(frame.data));
            assert_eq!(frames, ["{\"a\":\"汉\"}", "{\"b\":1}", "{\"c\":2}"], "cut at {cut}");
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut lines = Lines::default();
        assert!(lines.push(&vec![b'x'; MAX_LINE_BYTES + 1], |_| {}).is_err());
    }
}
