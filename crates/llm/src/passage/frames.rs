//! Where frames of a stream end. Bytes are handed on up to the end of a frame, so that something may be said between two;
//! and the one frame with the usage that nobody asked for is kept back.

use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// How a frame ends.
const ENDS: [&[u8]; 3] = [b"\n\n", b"\r\n\r\n", b"\r\r"];

/// Parts bytes where frames end.
pub(super) struct Frames {
    /// The beginning of a frame.
    held: BytesMut,
    hides_usage: bool,
}

/// What is looked for in a frame.
#[derive(Deserialize)]
struct Chunk {
    choices: Vec<IgnoredAny>,
    usage: Option<IgnoredAny>,
}

impl Frames {
    /// With `hides_usage`, a chunk of usage alone is kept back.
    pub(super) fn new(hides_usage: bool) -> Self {
        Self { held: BytesMut::new(), hides_usage }
    }

    /// Takes the next bytes; answers the frames that they complete.
    pub(super) fn push(&mut self, chunk: Bytes) -> Option<Bytes> {
        if self.held.is_empty() && ENDS.iter().any(|end| chunk.ends_with(end)) {
            return self.shown(chunk);
        }
        self.held.extend_from_slice(&chunk);
        // A line end may have been cut from its other half, so a little of what was there before is looked at again.
        let end = last_end(&self.held)?;
        let whole = self.held.split_to(end).freeze();
        self.shown(whole)
    }

    /// Ends the stream. A last frame without its end gets one.
    pub(super) fn finish(&mut self) -> Option<Bytes> {
        if self.held.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        let mut rest = self.held.split();
        rest.extend_from_slice(b"\n\n");
        self.shown(rest.freeze())
    }

    fn shown(&self, whole: Bytes) -> Option<Bytes> {
        if !self.hides_usage || !contains(&whole, b"\"choices\"") || !contains(&whole, b"[]") {
            return Some(whole);
        }
        let mut kept = BytesMut::with_capacity(whole.len());
        let mut rest = &whole[..];
        while !rest.is_empty() {
            let end = first_end(rest).unwrap_or(rest.len());
            if !is_usage_alone(&rest[..end]) {
                kept.extend_from_slice(&rest[..end]);
            }
            rest = &rest[end..];
        }
        (!kept.is_empty()).then(|| kept.freeze())
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Behind the first end of a frame.
fn first_end(bytes: &[u8]) -> Option<usize> {
    let found = ENDS
        .iter()
        .filter_map(|end| bytes.windows(end.len()).position(|window| window == *end).map(|at| at + end.len()));
    found.min()
}

/// Behind the last end of a frame.
fn last_end(bytes: &[u8]) -> Option<usize> {
    let found = ENDS
        .iter()
        .filter_map(|end| bytes.windows(end.len()).rposition(|window| window == *end).map(|at| at + end.len()));
    found.max()
}

/// Whether a frame is a chunk without choices that tells usage.
fn is_usage_alone(frame: &[u8]) -> bool {
    let mut data = None;
    for line in frame.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty()) {
        match (line.strip_prefix(b"data:"), data) {
            (Some(json), None) => data = Some(json),
            // Comments may stand beside it; a frame of several lines is something else.
            (None, _) if line.starts_with(b":") => {}
            _ => return false,
        }
    }
    let chunk = data.and_then(|json| serde_json::from_slice::<Chunk>(json).ok());
    chunk.is_some_and(|chunk| chunk.choices.is_empty() && chunk.usage.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"[]\"}}],\"usage\":null}\n\n: ping\n\n\
        data: {\"choices\": [], \"usage\": {\"prompt_tokens\": 1}}\r\n\r\ndata: {\"choices\":[]}\n\ndata: [DONE]\n\n";

    fn passed(pieces: &[&[u8]], hides_usage: bool) -> String {
        let mut frames = Frames::new(hides_usage);
        let mut all = Vec::new();
        for piece in pieces {
            all.extend(frames.push(Bytes::copy_from_slice(piece)).unwrap_or_default());
        }
        all.extend(frames.finish().unwrap_or_default());
        String::from_utf8(all).expect("text")
    }

    #[test]
    fn everything_passes_wherever_it_is_cut_and_usage_alone_does_not() {
        let without = STREAM.replace("data: {\"choices\": [], \"usage\": {\"prompt_tokens\": 1}}\r\n\r\n", "");
        for cut in 0..=STREAM.len() {
            let (one, other) = STREAM.as_bytes().split_at(cut);
            assert_eq!(passed(&[one, other], false), STREAM, "{cut}");
            assert_eq!(passed(&[one, other], true), without, "{cut}");
        }
    }

    #[test]
    fn nothing_is_handed_on_amid_a_frame() {
        let mut frames = Frames::new(false);
        assert_eq!(frames.push(Bytes::from_static(b"data: a")), None);
        assert_eq!(frames.push(Bytes::from_static(b"b\n")), None);
        assert_eq!(frames.push(Bytes::from_static(b"\ndata: c")).as_deref(), Some(&b"data: ab\n\n"[..]));
        assert_eq!(frames.finish().as_deref(), Some(&b"data: c\n\n"[..]));
    }
}
