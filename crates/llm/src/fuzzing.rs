//! What a provider may send is anything: ways in for arbitrary bytes, with what must hold whatever they are.
//!
//! Used by the targets in `fuzz/`, outside the workspace, and by the seeded test below. It is part of no program.

use crate::classify::{Asked, Refusal, classify, classify_answer};
use crate::stream::{Events, Mapper, Patience, Queue};
use crate::tags::Tags;
use crate::{
    CompletionEvent, Endpoint, Error, Secret, Timeouts, anthropic, gemini, ollama, openai_chat, openai_responses,
};
use bytes::Bytes;
use egress::Trust;
use futures_util::{StreamExt, stream};
use shared::ErrorCode;
use std::time::Duration;
use tokio::time::Instant;

/// The readers: five protocols, Azure sharing one with Chat Completions.
pub const READERS: usize = 5;
/// The content types that answers come with.
const TYPES: &[&str] = &["text/event-stream", "application/x-ndjson", "application/json", "text/html", ""];

fn asked() -> Asked {
    let endpoint = Endpoint {
        name: "Fuzz".into(),
        base_url: "http://127.0.0.1:1/v1".into(),
        key: Some(Secret::new("sk-canary-0123456789")),
        trust: Trust::Admin,
        timeouts: Timeouts::default(),
        headers: Vec::new(),
    };
    Asked { endpoint, model: Some("m".into()) }
}

/// Reads bytes as an answer of a protocol, whole and in pieces of these lengths: both give the same events, nothing follows
/// the end, and there is one.
///
/// # Panics
/// When that does not hold.
pub async fn answer(reader: usize, content_type: usize, bytes: &[u8], lengths: &[u8]) {
    let whole = read(reader, content_type, vec![Bytes::copy_from_slice(bytes)]).await;
    let cut = read(reader, content_type, pieces(bytes, lengths)).await;
    assert_eq!(joined(whole.clone()), joined(cut), "the same, wherever it is cut");
    let ends = |event: &Result<CompletionEvent, Error>| matches!(event, Err(_) | Ok(CompletionEvent::Stop(_)));
    let at = whole.iter().position(ends).expect("an end");
    assert_eq!(at + 1, whole.len(), "nothing follows the end");
    let usages = whole.iter().filter(|event| matches!(event, Ok(CompletionEvent::Usage(_)))).count();
    assert!(usages <= 1, "the counts come once: {whole:?} {} {}", reader % READERS, String::from_utf8_lossy(bytes));
}

async fn read(reader: usize, content_type: usize, chunks: Vec<Bytes>) -> Vec<Result<CompletionEvent, Error>> {
    let kind = TYPES[content_type % TYPES.len()];
    match reader % READERS {
        0 => events(openai_chat::EventMapper::new(asked()), chunks, kind).await,
        1 => events(openai_responses::EventMapper::new(asked()), chunks, kind).await,
        2 => events(anthropic::EventMapper::new(asked()), chunks, kind).await,
        3 => events(gemini::EventMapper::new(asked()), chunks, kind).await,
        _ => events(ollama::EventMapper::new(asked()), chunks, kind).await,
    }
}

async fn events(mapper: impl Mapper, chunks: Vec<Bytes>, kind: &str) -> Vec<Result<CompletionEvent, Error>> {
    let body = stream::iter(chunks.into_iter().map(Ok));
    let late = Error::new(ErrorCode::ProviderTimeout);
    let patience = Patience::new(Instant::now() + Duration::from_secs(60), late, Timeouts::default());
    Events::new(body, mapper, kind, patience).collect().await
}

/// The bytes in pieces of these lengths, over and over.
fn pieces(bytes: &[u8], lengths: &[u8]) -> Vec<Bytes> {
    let mut lengths = lengths.iter().map(|length| usize::from(*length).max(1)).cycle();
    let (mut rest, mut pieces) = (bytes, Vec::new());
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(lengths.next().unwrap_or(1).min(rest.len()));
        pieces.push(Bytes::copy_from_slice(piece));
        rest = after;
    }
    pieces
}

/// Neighbours of one kind made one, because text may come in any pieces.
fn joined(events: Vec<Result<CompletionEvent, Error>>) -> Vec<Result<CompletionEvent, Error>> {
    let mut all: Vec<Result<CompletionEvent, Error>> = Vec::new();
    for event in events {
        match (all.last_mut(), event) {
            (Some(Ok(CompletionEvent::Text(text))), Ok(CompletionEvent::Text(more))) => text.push_str(&more),
            (
                Some(Ok(CompletionEvent::Thinking { text, signature: None })),
                Ok(CompletionEvent::Thinking { text: more, signature: None }),
            ) => text.push_str(&more),
            (_, event) => all.push(event),
        }
    }
    all
}

/// Tells thoughts from text, in pieces of these lengths: no character appears that was not there, and without a tag
/// that counts none is lost.
///
/// # Panics
/// When that does not hold.
pub fn tags(text: &str, lengths: &[u8]) {
    let mut lengths = lengths.iter().map(|length| usize::from(*length).max(1)).cycle();
    let (mut tags, mut out, mut rest) = (Tags::default(), Queue::new(), text);
    while !rest.is_empty() {
        let end = rest.char_indices().nth(lengths.next().unwrap_or(1)).map_or(rest.len(), |(at, _)| at);
        tags.push(rest[..end].into(), &mut out);
        rest = &rest[end..];
    }
    tags.flush(&mut out);
    let (mut told, mut is_alone) = (String::new(), false);
    for event in out {
        match event {
            Ok(CompletionEvent::Text(text) | CompletionEvent::Thinking { text, .. }) => told.push_str(&text),
            Ok(CompletionEvent::TextWasThinking) => is_alone = true,
            other => panic!("{other:?} is no text"),
        }
    }
    let mut left = text.chars();
    assert!(told.chars().all(|c| left.any(|other| other == c)), "{told:?} is not in {text:?}, in its order");
    if !is_alone && !text.trim_start().starts_with(['<', '[', '◁']) {
        assert_eq!(told, text);
    }
}

/// Reads bytes as a refusal: it has a code, says nothing of the key, and is short.
///
/// # Panics
/// When that does not hold.
pub fn refusal(status: u16, body: &[u8]) {
    let (asked, refusal) = (asked(), Refusal::read(body));
    let headers = egress::header::HeaderMap::new();
    for error in [
        classify(&asked, None, &refusal),
        classify_answer(&asked, "https://a.example/v1/chat/completions", status, &headers, &refusal),
    ] {
        assert!(!format!("{error:?}").contains("sk-canary"), "the key is not repeated");
        assert!(error.detail.is_none_or(|detail| detail.chars().count() <= 500), "it is short");
    }
}

/// Reads bytes as a list of models: every name once, none empty.
///
/// # Panics
/// When that does not hold.
pub fn models(body: &[u8]) {
    if let Ok(page) = openai_chat::models::read(body, &asked()) {
        let names: std::collections::HashSet<&str> = page.models.iter().map(|model| model.name.as_str()).collect();
        assert!(names.len() == page.models.len() && !names.contains(""));
    }
    _ = anthropic::models::read(body, &asked());
    _ = gemini::models::read(body, &asked());
    if let Ok(text) = std::str::from_utf8(body) {
        _ = crate::table::facts(text);
        _ = crate::table::is_small(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use crate::replay::recordings;

    /// Damages of each recording.
    const DAMAGES: usize = 12;
    /// Longer recordings cost time and show nothing more.
    const MOST_BYTES: usize = 16 * 1024;

    /// A recording with a few bytes changed, lost, doubled or put in.
    fn damaged(bytes: &[u8], random: &mut Random) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..1 + random.below(4) {
            let at = random.below(bytes.len() + 1);
            let byte = *random.pick(b"\"{}[]:,\n\r\\ \0\x80\xe6\xf0tn-1");
            match random.below(4) {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                2 => bytes.truncate(at),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    }

    #[tokio::test]
    async fn damaged_answers_end_well_wherever_they_are_cut() {
        let mut random = Random::new(4);
        for protocol in ["openai_chat", "openai_responses", "azure", "anthropic", "gemini", "ollama"] {
            for path in recordings(protocol) {
                let bytes = std::fs::read(&path).expect("a recording");
                for _ in 0..DAMAGES {
                    let damaged = damaged(&bytes[..bytes.len().min(MOST_BYTES)], &mut random);
                    let lengths: Vec<u8> = (0..8).map(|_| u8::try_from(random.below(64)).expect("small")).collect();
                    let (reader, kind) = (random.below(READERS), random.below(TYPES.len()));
                    answer(reader, kind, &damaged, &lengths).await;
                    refusal(400, &damaged);
                    models(&damaged);
                    tags(&String::from_utf8_lossy(&damaged), &lengths);
                }
            }
        }
    }

    #[tokio::test]
    async fn blanks_ahead_of_an_answer_mean_nothing_however_they_come() {
        let page = format!("{}{{\"candidates\":[{{\"content\":{{}}}},\"\n{}", " ".repeat(100), "x".repeat(200));
        answer(0, 2, page.as_bytes(), &[3, 32]).await;
        answer(4, 1, b"\xbb\xbb\n\n\xbb\r\r[\r {status len", &[3, 7, 1]).await;
        answer(0, 0, b"\xef\xbb\xbf \n data: [DONE]\n\n", &[1]).await;
    }
}
