//! Where frames of a stream end. A stream is taken and handed on frame by frame, so that something may be said between two,
//! and a frame that tells of a failure can be kept back alone.

use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// How a frame ends.
const ENDS: [&[u8]; 3] = [b"\n\n", b"\r\n\r\n", b"\r\r"];
/// The most that is held of one frame, in bytes. Whoever reads frames refuses one that is as long.
const MAX_HELD_BYTES: usize = 20 * 1024 * 1024;

/// Parts bytes where frames end.
#[derive(Default)]
pub(super) struct Frames {
    /// The beginning of a frame.
    held: BytesMut,
    /// How much of that holds no end.
    searched: usize,
}

/// What is looked for in a frame.
#[derive(Deserialize)]
struct Chunk {
    choices: Vec<IgnoredAny>,
    usage: Option<IgnoredAny>,
}

impl Frames {
    /// Takes the next bytes; answers the frames that they complete.
    pub(super) fn push(&mut self, mut chunk: Bytes) -> Vec<Bytes> {
        let mut whole = Vec::new();
        if !self.held.is_empty() {
            self.held.extend_from_slice(&chunk);
            // A line end may have been cut from its other half.
            let from = self.searched.saturating_sub(3);
            let end = end_of_frame(&self.held[from..]).map(|end| from + end);
            self.searched = self.held.len();
            let Some(end) = end.or((self.held.len() > MAX_HELD_BYTES).then_some(self.held.len())) else {
                return whole;
            };
            whole.push(self.held.split_to(end).freeze());
            chunk = self.held.split().freeze();
        }
        while let Some(end) = end_of_frame(&chunk) {
            whole.push(chunk.split_to(end));
        }
        self.searched = chunk.len();
        self.held.extend_from_slice(&chunk);
        whole
    }

    /// Ends the stream. Answers a last frame that has no end.
    pub(super) fn finish(&mut self) -> Option<Bytes> {
        let rest = self.held.split().freeze();
        (!rest.iter().all(u8::is_ascii_whitespace)).then_some(rest)
    }
}

/// A frame with its end, which the last one may lack.
pub(super) fn ended(frame: &Bytes) -> Bytes {
    if ENDS.iter().any(|end| frame.ends_with(end)) { frame.clone() } else { [frame, &b"\n\n"[..]].concat().into() }
}

/// Behind the first end of a frame.
fn end_of_frame(bytes: &[u8]) -> Option<usize> {
    let line_ends = bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | b'\r'));
    line_ends
        .filter_map(|(at, _)| ENDS.iter().find(|end| bytes[at..].starts_with(end)).map(|end| at + end.len()))
        .next()
}

/// Whether a frame is a chunk without choices that tells usage.
pub(super) fn is_usage_alone(frame: &[u8]) -> bool {
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

    fn parted(pieces: &[&[u8]]) -> Vec<Bytes> {
        let mut frames = Frames::default();
        let mut all = Vec::new();
        for piece in pieces {
            all.extend(frames.push(Bytes::copy_from_slice(piece)));
        }
        all.extend(frames.finish());
        all
    }

    #[test]
    fn a_stream_is_parted_into_its_frames_wherever_it_is_cut() {
        for first in 0..=STREAM.len() {
            for second in first..=STREAM.len().min(first + 3) {
                let bytes = STREAM.as_bytes();
                let frames = parted(&[&bytes[..first], &bytes[first..second], &bytes[second..]]);
                assert_eq!((frames.len(), frames.concat()), (5, bytes.to_vec()), "{first} {second}");
                let alone: Vec<_> = frames.iter().map(|frame| is_usage_alone(frame)).collect();
                assert_eq!(alone, [false, false, true, false, false]);
            }
        }
    }

    #[test]
    fn a_last_frame_gets_the_end_that_it_lacks() {
        let frames = parted(&[b"data: a", b"b\n", b"\ndata: c"]);
        assert_eq!(frames, ["data: ab\n\n", "data: c"]);
        assert_eq!(frames.iter().map(ended).collect::<Vec<_>>(), ["data: ab\n\n", "data: c\n\n"]);
        assert_eq!(parted(&[b"data: a\n\n\r\n"]), ["data: a\n\n"], "blanks are no frame");
    }

    #[test]
    fn a_frame_without_an_end_is_held_so_long_only() {
        let mut frames = Frames::default();
        let chunk = Bytes::from(vec![b'x'; MAX_HELD_BYTES / 2 + 1]);
        assert!(frames.push(chunk.clone()).is_empty());
        assert_eq!(frames.push(chunk).len(), 1);
    }
}
