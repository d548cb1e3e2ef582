//! The decoder of Server-Sent Events that server and client share: the same frames, wherever the bytes are cut.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::sse::{Decoder, Frame};

fn frames(pieces: &[&[u8]]) -> Option<Vec<Frame>> {
    let (mut decoder, mut frames) = (Decoder::default(), Vec::new());
    for piece in pieces {
        decoder.push(piece, |frame| frames.push(frame)).ok()?;
    }
    decoder.finish(|frame| frames.push(frame));
    Some(frames)
}

fuzz_target!(|data: &[u8]| {
    let Some((at, bytes)) = data.split_first() else { return };
    let (first, second) = bytes.split_at(usize::from(*at).min(bytes.len()));
    assert_eq!(frames(&[bytes]), frames(&[first, second]));
});
