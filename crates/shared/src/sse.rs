//! Server-Sent Events, read from bytes that may be cut anywhere.
//!
//! Follows the WHATWG HTML standard, section 9.2.6 "Interpreting an event stream": lines end in LF, CRLF or CR,
//! one space after the colon is optional, comments are skipped, several `data` lines are joined by LF. It is used by
//! the server on what providers send and by the client on what the server sends.

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The `event:` field; empty when absent.
    pub event: String,
    /// The `data:` lines, joined by LF.
    pub data: String,
    /// The last `id:` seen on the stream so far; empty when there was none.
    pub id: String,
}

/// What became of a [`Decoder`] that grew past its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// Incremental decoder. Feed it bytes as they arrive; it hands out complete frames.
#[derive(Debug, Default)]
pub struct Decoder {
    line: Vec<u8>,
    after_cr: bool,
    started: bool,
    frame: Frame,
    has_data: bool,
}

/// Longest line or event accepted, in bytes.
const MAX_EVENT_BYTES: usize = 16 * 1024 * 1024;

impl Decoder {
    /// Takes the next bytes and calls `sink` for every frame they complete.
    ///
    /// # Errors
    /// [`TooLong`] when a line or an event outgrows 16 MiB; the stream cannot be read any further then.
    pub fn push(&mut self, bytes: &[u8], mut sink: impl FnMut(Frame)) -> Result<(), TooLong> {
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let Some(end) = rest.iter().position(|&b| b == b'\n' || b == b'\r') else {
                self.line.extend_from_slice(rest);
                break;
            };
            self.after_cr = rest[end] == b'\r';
            self.line.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
            self.end_line(&mut sink);
            if self.frame.data.len() > MAX_EVENT_BYTES {
                return Err(TooLong);
            }
        }
        if self.line.len() > MAX_EVENT_BYTES { Err(TooLong) } else { Ok(()) }
    }

    /// Ends the stream. A last event without its blank line is handed out too: several providers close right after
    /// the data line, and its text must not be lost.
    pub fn finish(&mut self, mut sink: impl FnMut(Frame)) {
        if !self.line.is_empty() {
            self.end_line(&mut sink);
        }
        self.dispatch(&mut sink);
    }

    fn end_line(&mut self, sink: &mut impl FnMut(Frame)) {
        let line = std::mem::take(&mut self.line);
        let mut bytes = line.as_slice();
        if !std::mem::replace(&mut self.started, true) {
            bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        }
        if bytes.is_empty() {
            self.dispatch(sink);
        } else {
            self.field(bytes);
        }
        // The buffer is kept for the next line: one allocation serves the whole stream.
        self.line = line;
        self.line.clear();
    }

    fn field(&mut self, line: &[u8]) {
        let (name, value) = match line.iter().position(|&b| b == b':') {
            Some(0) => return,
            Some(colon) => {
                let value = &line[colon + 1..];
                (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &[][..]),
        };
        let value = String::from_utf8_lossy(value);
        match name {
            b"data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.frame.data.push('\n');
                }
                self.frame.data.push_str(&value);
            }
            b"event" => self.frame.event = value.into_owned(),
            b"id" if !value.contains('\0') => self.frame.id = value.into_owned(),
            _ => {}
        }
    }

    fn dispatch(&mut self, sink: &mut impl FnMut(Frame)) {
        let event = std::mem::take(&mut self.frame.event);
        if std::mem::take(&mut self.has_data) {
            let data = std::mem::take(&mut self.frame.data);
            sink(Frame { event, data, id: self.frame.id.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(chunks: &[&[u8]]) -> Vec<Frame> {
        let mut decoder = Decoder::default();
        let mut frames = Vec::new();
        for chunk in chunks {
            decoder.push(chunk, |frame| frames.push(frame)).expect("short enough");
        }
        decoder.finish(|frame| frames.push(frame));
        frames
    }

    fn data(frames: &[Frame]) -> Vec<&str> {
        frames.iter().map(|f| f.data.as_str()).collect()
    }

    const MIXED: &[u8] = "\u{feff}: hi\r\nid: 7\ndata:no space\n\nevent: x\rdata: two\rdata:  lines\r\rretry: 5\ndata\n\nid\ndata: 汉字 🎉\r\n\r\ndata: last".as_bytes();

    #[test]
    fn every_line_ending_comment_and_field_form_is_understood() {
        let frames = decode(&[MIXED]);
        assert_eq!(data(&frames), ["no space", "two\n lines", "", "汉字 🎉", "last"]);
        assert_eq!(frames[0].id, "7");
        assert_eq!(frames[1], Frame { event: "x".into(), data: "two\n lines".into(), id: "7".into() });
        assert_eq!(frames[3].id, "", "an empty id field resets the id");
    }

    #[test]
    fn a_cut_at_any_byte_changes_nothing() {
        let whole = decode(&[MIXED]);
        for cut in 0..=MIXED.len() {
            assert_eq!(decode(&[&MIXED[..cut], &MIXED[cut..]]), whole, "cut at {cut}");
        }
        let single: Vec<&[u8]> = MIXED.chunks(1).collect();
        assert_eq!(decode(&single), whole);
    }

    #[test]
    fn events_without_data_are_not_dispatched() {
        assert!(decode(&[b"event: ping\n\n: comment\n\n\n\n"]).is_empty());
    }
}
