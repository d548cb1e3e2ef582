//! Ten thousand generated answers, in every protocol, cut into random pieces: what comes out is what went in.
//!
//! The encoders here are as small as they can be; the fake model server has whole ones, which the tests over sockets use.

use crate::classify::Asked;
use crate::random::Random;
use crate::replay::{asked, replay};
use crate::stream::{Framing, Mapper};
use crate::{Answer, Content, anthropic, gemini, ollama, openai_chat, openai_responses};
use bytes::Bytes;
use serde_json::{Value, json};

/// Answers in all.
const ANSWERS: usize = 10_000;
/// What words are made of: blanks, line ends, quotes, characters of several bytes, things that look like frames.
const WORDS: &[&str] =
    &["a", " ", "\n", "\r\n", "\n\n", "\"", "\\", "data: ", "汉字", "🎉", "<think>", "{}", "é", "[DONE]"];

/// Thoughts, text and calls, in pieces.
struct Script {
    thoughts: Vec<String>,
    texts: Vec<String>,
    /// Name and arguments, those in pieces.
    calls: Vec<(String, Vec<String>)>,
}

impl Script {
    fn new(random: &mut Random) -> Self {
        let thoughts = random.words(WORDS);
        // An answer that begins with a tag is another test's matter.
        let text = format!("Hi{}", random.words(WORDS));
        let call = |random: &mut Random, number: usize| {
            let arguments = json!({ "q": random.words(WORDS) }).to_string();
            (format!("tool{number}"), random.cut(&arguments))
        };
        let calls = (0..random.below(3)).map(|number| call(random, number)).collect();
        Self { thoughts: random.cut(&thoughts), texts: random.cut(&text), calls }
    }

    fn expected(&self) -> (String, String, Vec<(String, String)>) {
        let calls = self.calls.iter().map(|(name, pieces)| (name.clone(), pieces.concat()));
        (self.thoughts.concat(), self.texts.concat(), calls.collect())
    }
}

fn sse(events: &[Value]) -> String {
    events.iter().map(|event| format!("data: {event}\n\n")).collect()
}

fn openai_chat_bytes(script: &Script) -> String {
    let chunk = |delta: Value| json!({"id": "1", "choices": [{"index": 0, "delta": delta}]});
    let mut events: Vec<Value> = script.thoughts.iter().map(|text| chunk(json!({"reasoning_content": text}))).collect();
    events.extend(script.texts.iter().map(|text| chunk(json!({"content": text}))));
    for (index, (name, pieces)) in script.calls.iter().enumerate() {
        let begin = json!({"index": index, "id": name, "function": {"name": name, "arguments": ""}});
        events.push(chunk(json!({"tool_calls": [begin]})));
        let more = |text: &String| json!({"tool_calls": [{"index": index, "function": {"arguments": text}}]});
        events.extend(pieces.iter().map(more).map(chunk));
    }
    events.push(json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}));
    sse(&events) + "data: [DONE]\n\n"
}

fn responses_bytes(script: &Script) -> String {
    let delta = |kind: &str, at: usize, text: &String| json!({"type": format!("response.{kind}.delta"), "output_index": at, "delta": text});
    let mut events: Vec<Value> = script.thoughts.iter().map(|text| delta("reasoning_text", 0, text)).collect();
    events.extend(script.texts.iter().map(|text| delta("output_text", 1, text)));
    for (index, (name, pieces)) in script.calls.iter().enumerate() {
        let (at, item) = (index + 2, json!({"type": "function_call", "call_id": name, "name": name}));
        events.push(json!({"type": "response.output_item.added", "output_index": at, "item": item}));
        events.extend(pieces.iter().map(|text| delta("function_call_arguments", at, text)));
    }
    events.push(json!({"type": "response.completed", "response": {"status": "completed"}}));
    sse(&events)
}

fn anthropic_bytes(script: &Script) -> String {
    let delta = |at: usize, delta: Value| json!({"type": "content_block_delta", "index": at, "delta": delta});
    let start = |at: usize, block: Value| json!({"type": "content_block_start", "index": at, "content_block": block});
    let mut events = vec![start(0, json!({"type": "thinking"}))];
    events.extend(script.thoughts.iter().map(|text| delta(0, json!({"type": "thinking_delta", "thinking": text}))));
    events.push(json!({"type": "content_block_stop", "index": 0}));
    events.extend(script.texts.iter().map(|text| delta(1, json!({"type": "text_delta", "text": text}))));
    for (index, (name, pieces)) in script.calls.iter().enumerate() {
        let at = index + 2;
        events.push(start(at, json!({"type": "tool_use", "id": name, "name": name, "input": {}})));
        events.extend(pieces.iter().map(|text| delta(at, json!({"type": "input_json_delta", "partial_json": text}))));
        events.push(json!({"type": "content_block_stop", "index": at}));
    }
    events.push(json!({"type": "message_stop"}));
    sse(&events)
}

fn gemini_bytes(script: &Script) -> String {
    let chunk = |part: Value| json!({"candidates": [{"content": {"parts": [part]}}]});
    let mut events: Vec<Value> =
        script.thoughts.iter().map(|text| chunk(json!({"text": text, "thought": true}))).collect();
    events.extend(script.texts.iter().map(|text| chunk(json!({ "text": text }))));
    events
        .extend(script.calls.iter().map(|(name, pieces)| chunk(json!({"functionCall": called(name, pieces, "args")}))));
    events.push(json!({"candidates": [{"finishReason": "STOP"}]}));
    sse(&events)
}

fn ollama_bytes(script: &Script) -> String {
    let line = |message: Value| json!({"message": message, "done": false});
    let mut events: Vec<Value> = script.thoughts.iter().map(|text| line(json!({ "thinking": text }))).collect();
    events.extend(script.texts.iter().map(|text| line(json!({ "content": text }))));
    let call = |(name, pieces): &(String, Vec<String>)| json!({"function": called(name, pieces, "arguments")});
    events.extend(script.calls.iter().map(|each| line(json!({"tool_calls": [call(each)]}))));
    events.push(json!({"message": {}, "done": true, "done_reason": "stop"}));
    events.iter().map(|event| format!("{event}\n")).collect()
}

/// A call that comes whole.
fn called(name: &str, pieces: &[String], field: &str) -> Value {
    let arguments: Value = serde_json::from_str(&pieces.concat()).expect("JSON");
    json!({"name": name, field: arguments})
}

/// The bytes in random pieces, of up to two hundred bytes each.
fn torn(text: &str, random: &mut Random) -> Vec<Bytes> {
    let mut rest = Bytes::from(text.to_owned());
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let length = (1 + random.below(200)).min(rest.len());
        pieces.push(rest.split_to(length));
    }
    pieces
}

async fn check<M: Mapper>(new: fn(Asked) -> M, encode: fn(&Script) -> String, random: &mut Random) {
    let script = Script::new(random);
    let bytes = encode(&script);
    let content_type = if M::FRAMING == Framing::Lines { "application/x-ndjson" } else { "text/event-stream" };
    let mut answer = Answer::default();
    for event in replay(new(asked()), torn(&bytes, random), content_type).await {
        answer.apply(event.unwrap_or_else(|error| panic!("{error} in {bytes}")));
    }
    let calls: Vec<_> = answer.calls().map(|call| (call.name.clone(), call.arguments.clone())).collect();
    assert_eq!((answer.thoughts(), answer.text(), calls), script.expected(), "{bytes}");
    assert!(answer.stop.is_some(), "{bytes}");
    let rank = |content: &Content| match content {
        Content::Reasoning { .. } => 0,
        Content::Text(_) => 1,
        _ => 2,
    };
    assert!(answer.content.iter().map(rank).is_sorted(), "nothing is out of order: {bytes}");
}

#[tokio::test]
async fn ten_thousand_generated_answers_come_out_whole_in_every_protocol() {
    let mut random = Random::new(2026);
    for _ in 0..ANSWERS / 5 {
        check(openai_chat::EventMapper::new, openai_chat_bytes, &mut random).await;
        check(openai_responses::EventMapper::new, responses_bytes, &mut random).await;
        check(anthropic::EventMapper::new, anthropic_bytes, &mut random).await;
        check(gemini::EventMapper::new, gemini_bytes, &mut random).await;
        check(ollama::EventMapper::new, ollama_bytes, &mut random).await;
    }
}
