//! Samples of what a provider was sent and what came back: bounded when they are taken, so that they cost little on the
//! way of an answer, and without secrets when they are stored.

use crate::redact::redact;
use llm::{CompletionRequest, Content, Received, Role};
use shared::Part;
use shared::error::Params;
use shared::trace::{MAX_SAMPLE_CHARS, Sample, SamplePiece};

/// The latest messages of a request that are shown, beside the instructions at its beginning.
const LATEST: usize = 4;
/// Most parts of an answer that are shown.
const PARTS: usize = 32;
/// The kind of a piece that is no words but what came.
const RAW: &str = "raw";
/// Longest value of a vendor's own fields, in characters.
const MAX_SET_CHARS: usize = 300;
/// What is taken of a text before its secrets are looked for, in bytes: more than is kept, also of Chinese. It is held for as
/// long as the answer is written.
pub const TAKEN_BYTES: usize = MAX_SAMPLE_CHARS * 3 + 512;

/// What the provider is sent.
#[must_use]
pub fn of_request(request: &CompletionRequest) -> Sample {
    let messages = &request.messages;
    let (head, rest) = messages.split_at(usize::from(messages.first().is_some_and(|first| first.role == Role::System)));
    let latest = &rest[rest.len().saturating_sub(LATEST)..];
    Sample {
        set: set(request),
        left_out: (rest.len() - latest.len()) as u64,
        pieces: head.iter().chain(latest).map(|message| told(message.role, &message.content)).collect(),
    }
}

fn set(request: &CompletionRequest) -> Params {
    let sampling = &request.sampling;
    let number = |value: Option<f64>| value.map(|value| value.to_string());
    let count = |value: Option<u32>| value.map(|value| value.to_string());
    let tools: Vec<&str> = request.tools.iter().map(|tool| tool.name.as_str()).collect();
    let extra = serde_json::to_string(&request.extra).unwrap_or_default();
    let all = [
        ("model", Some(request.model.clone())),
        ("messages", Some(request.messages.len().to_string())),
        ("temperature", number(sampling.temperature)),
        ("topP", number(sampling.top_p)),
        ("topK", count(sampling.top_k)),
        ("presencePenalty", number(sampling.presence_penalty)),
        ("frequencyPenalty", number(sampling.frequency_penalty)),
        ("maxTokens", count(request.max_tokens)),
        ("effort", request.effort.map(|effort| effort.word().to_owned())),
        ("webSearch", request.web_search.then(|| "true".to_owned())),
        ("tools", Some(tools.join(", ")).filter(|tools| !tools.is_empty())),
        ("extra", Some(extra).filter(|_| !request.extra.is_empty())),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn told(role: Role, content: &[Content]) -> SamplePiece {
    let kind = match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    let words = content.iter().filter_map(|content| match content {
        Content::Text(text) | Content::Reasoning { text, .. } => Some(text.as_str()),
        Content::ToolResult(result) => Some(result.text.as_str()),
        Content::ToolCall(call) => Some(call.arguments.as_str()),
        Content::Image(_) | Content::File(_) => None,
    });
    let is_thing = |content: &&Content| matches!(content, Content::Image(_) | Content::File(_) | Content::ToolCall(_));
    piece(kind, words, content.iter().filter(is_thing).count())
}

/// What came back: the parts that this run wrote.
#[must_use]
pub fn of_answer(parts: &[Part]) -> Sample {
    let pieces = parts.iter().take(PARTS).map(|part| match part {
        Part::Text { text } => piece("text", std::iter::once(text.as_str()), 0),
        Part::Reasoning { text, .. } => piece("reasoning", std::iter::once(text.as_str()), 0),
        Part::Tool(tool) => {
            let words = [Some(tool.arguments.as_str()), tool.result.as_deref()];
            piece("tool", words.into_iter().flatten(), 1)
        }
        Part::Notice { code, .. } => piece("notice", std::iter::once(code.as_str()), 0),
        Part::Image(_) | Part::File(_) | Part::Other(_) => piece("other", std::iter::empty(), 1),
    });
    let left_out = parts.len().saturating_sub(PARTS) as u64;
    Sample { set: Params::new(), left_out, pieces: pieces.collect() }
}

/// What a program sent or was told: one text, of which the beginning is kept.
#[must_use]
pub fn of_words(kind: &str, text: &str) -> Sample {
    Sample { pieces: vec![piece(kind, std::iter::once(text), 0)], ..Sample::default() }
}

/// What came of an answer that says nothing: how much, and how it begins.
#[must_use]
pub fn of_received(received: &Received) -> Sample {
    let counts = [("chunks", received.chunks), ("bytes", received.bytes)];
    let set = counts.into_iter().map(|(name, count)| (name.to_owned(), count.to_string())).collect();
    let text = received.text();
    let chars = text.chars().count() as u64;
    let raw = SamplePiece { kind: RAW.to_owned(), chars, things: 0, text: Some(text) };
    Sample { set, pieces: vec![raw], ..Sample::default() }
}

/// A piece of so many words, of which the first are kept.
pub fn piece<'a>(kind: &str, words: impl Iterator<Item = &'a str>, things: usize) -> SamplePiece {
    let (mut text, mut chars) = (String::new(), 0);
    for part in words {
        // Counting bytes that start a character is quick, and what is cut off is not copied.
        chars += part.bytes().filter(|byte| byte & 0xC0 != 0x80).count() as u64;
        let room = TAKEN_BYTES.saturating_sub(text.len());
        if !text.is_empty() && room > 1 {
            text.push('\n');
        }
        text.push_str(&part[..part.floor_char_boundary(room)]);
    }
    SamplePiece { kind: kind.to_owned(), chars, things: things as u64, text: Some(text) }
}

/// The sample as it is stored: without secrets, cut to its length.
#[must_use]
pub fn clean(mut sample: Sample) -> Sample {
    for value in sample.set.values_mut() {
        *value = redact(value).chars().take(MAX_SET_CHARS).collect();
    }
    for piece in &mut sample.pieces {
        let limits = if piece.kind == RAW {
            (Received::KEPT_BYTES, Received::KEPT_BYTES)
        } else {
            (MAX_SAMPLE_CHARS, TAKEN_BYTES)
        };
        piece.text = piece.text.take().map(|text| clean_text(&text, limits));
    }
    sample
}

/// Cut last: half a secret would not be recognised. Where the text was cut when it was taken, a secret may be cut in two at
/// its very end: that word goes. Secrets are ASCII, so of a Chinese text without spaces nothing goes.
fn clean_text(text: &str, (most_chars, taken_bytes): (usize, usize)) -> String {
    let was_cut = text.len() + 4 > taken_bytes;
    let whole = if was_cut { text.trim_end_matches(|c: char| c.is_ascii_graphic()) } else { text };
    let clean = redact(whole);
    let kept: String = clean.chars().take(most_chars).collect();
    if was_cut || kept.len() < clean.len() { kept + "…" } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;
    use llm::ChatMessage;

    #[test]
    fn a_long_conversation_is_shown_by_its_instructions_and_its_end() {
        let mut messages = vec![ChatMessage::new(Role::System, "be kind")];
        messages.extend((0..20).map(|n| ChatMessage::new(Role::User, format!("message {n}"))));
        let sample = of_request(&CompletionRequest::new("m", messages));
        let texts: Vec<_> = sample.pieces.iter().filter_map(|piece| piece.text.as_deref()).collect();
        assert_eq!(texts, ["be kind", "message 16", "message 17", "message 18", "message 19"]);
        assert_eq!((sample.left_out, sample.set["messages"].as_str()), (16, "21"));
    }

    #[test]
    fn of_a_long_chinese_text_without_a_space_the_beginning_stays() {
        let text = "字".repeat(20_000);
        let sample =
            clean(Sample { pieces: vec![piece("user", std::iter::once(text.as_str()), 0)], ..Sample::default() });
        assert_eq!(sample.pieces[0].text.as_ref().map(|kept| kept.chars().count()), Some(MAX_SAMPLE_CHARS + 1));
    }

    #[test]
    fn texts_are_cut_and_secrets_are_not_there_wherever_they_stand() {
        let secret = "sk-canary-0123456789abcdef";
        for before in [0, MAX_SAMPLE_CHARS - 10, TAKEN_BYTES - 20, TAKEN_BYTES - 10] {
            let text = format!("{} {secret} {}", "x".repeat(before), "y ".repeat(9_000));
            let sample =
                clean(Sample { pieces: vec![piece("user", std::iter::once(text.as_str()), 0)], ..Sample::default() });
            let kept = sample.pieces[0].text.as_deref().expect("words");
            assert!(!kept.contains("canary") && kept.chars().count() <= MAX_SAMPLE_CHARS + 1);
            assert_eq!(sample.pieces[0].chars, text.chars().count() as u64);
        }
    }
}
