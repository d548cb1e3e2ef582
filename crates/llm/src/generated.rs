//! Ten thousand generated answers, in every protocol, cut into random pieces: what comes out is what went in, in order.
//!
//! Thoughts, text and calls follow each other as chance wills, calls grow side by side where the protocol lets them, and
//! some thoughts stand between tags. The encoders here are as small as they can be; the fake model server has whole ones,
//! which the tests over sockets use.

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
const WORDS: &[&str] = &[
    "a",
    " ",
    "\n",
    "\r\n",
    "\n\n",
    "\"",
    "\\",
    "data: ",
    "汉字",
    "🎉",
    "<think>",
    "{}",
    "é",
    "[DONE]",
    "event: error",
];

/// A call: its name and its arguments, those in pieces.
struct Call {
    name: String,
    pieces: Vec<String>,
}

/// One step of an answer, in pieces.
enum Step {
    Think(Vec<String>),
    Say(Vec<String>),
    /// Calls that are open at the same time, and which of them grows next.
    Call(Vec<Call>, Vec<usize>),
}

/// Steps in order.
struct Script(Vec<Step>);

impl Script {
    fn new(random: &mut Random) -> Self {
        let mut steps = Vec::new();
        let (mut spoken, mut calls) = (false, 0);
        for _ in 0..1 + random.below(6) {
            let words = random.words(WORDS);
            match random.below(4) {
                0 => steps.push(Step::Think(random.cut(&format!("hm{words}")))),
                1 | 2 => {
                    // An answer that begins with a tag is told apart below; later ones are text.
                    let text = if std::mem::replace(&mut spoken, true) { words } else { format!("Hi{words}") };
                    steps.push(Step::Say(random.cut(&text)));
                }
                _ => {
                    let side_by_side: Vec<Call> =
                        (0..1 + random.below(3)).map(|at| Call::new(random, calls + at)).collect();
                    calls += side_by_side.len();
                    let turns = turns(&side_by_side, random);
                    steps.push(Step::Call(side_by_side, turns));
                }
            }
        }
        Self(steps)
    }

    /// What comes out: neighbours of one kind are one.
    fn expected(&self) -> Vec<(char, String)> {
        let mut all = Vec::new();
        for step in &self.0 {
            match step {
                Step::Think(pieces) => put(&mut all, 'R', &pieces.concat()),
                Step::Say(pieces) => put(&mut all, 'T', &pieces.concat()),
                Step::Call(calls, _) => {
                    let told = calls.iter().map(|call| ('C', format!("{} {}", call.name, call.pieces.concat())));
                    all.extend(told);
                }
            }
        }
        all
    }
}

impl Call {
    fn new(random: &mut Random, number: usize) -> Self {
        let arguments = json!({ "q": random.words(WORDS) }).to_string();
        Self { name: format!("tool{number}"), pieces: random.cut(&arguments) }
    }

    /// The arguments, for protocols that send them whole.
    fn object(&self) -> Value {
        serde_json::from_str(&self.pieces.concat()).expect("JSON")
    }
}

/// The order in which calls grow by a piece each, at random.
fn turns(calls: &[Call], random: &mut Random) -> Vec<usize> {
    let mut left: Vec<usize> = calls.iter().map(|call| call.pieces.len()).collect();
    let mut turns = Vec::new();
    while left.iter().any(|left| *left > 0) {
        let at = random.below(calls.len());
        if left[at] > 0 {
            left[at] -= 1;
            turns.push(at);
        }
    }
    turns
}

fn put(all: &mut Vec<(char, String)>, kind: char, text: &str) {
    match all.last_mut() {
        _ if text.is_empty() => {}
        Some((last, words)) if *last == kind => words.push_str(text),
        _ => all.push((kind, text.to_owned())),
    }
}

/// What came out.
fn told(answer: &Answer) -> Vec<(char, String)> {
    let mut all = Vec::new();
    for content in &answer.content {
        match content {
            Content::Reasoning { text, .. } => put(&mut all, 'R', text),
            Content::Text(text) => put(&mut all, 'T', text),
            Content::ToolCall(call) => all.push(('C', format!("{} {}", call.name, call.arguments))),
            other => panic!("{other:?} is no part of an answer"),
        }
    }
    all
}

fn sse(events: &[Value]) -> String {
    events.iter().map(|event| format!("data: {event}\n\n")).collect()
}

/// The deltas of Chat Completions.
fn deltas(script: &Script) -> Vec<Value> {
    let (mut deltas, mut first) = (Vec::new(), 0);
    for step in &script.0 {
        match step {
            Step::Think(pieces) => deltas.extend(pieces.iter().map(|text| json!({ "reasoning_content": text }))),
            Step::Say(pieces) => deltas.extend(pieces.iter().map(|text| json!({ "content": text }))),
            Step::Call(calls, turns) => {
                for (at, call) in calls.iter().enumerate() {
                    let function = json!({"name": call.name, "arguments": ""});
                    deltas.push(json!({"tool_calls": [{"index": first + at, "id": call.name, "function": function}]}));
                }
                let mut next = vec![0; calls.len()];
                for at in turns {
                    let function = json!({"arguments": calls[*at].pieces[next[*at]]});
                    next[*at] += 1;
                    deltas.push(json!({"tool_calls": [{"index": first + at, "function": function}]}));
                }
                first += calls.len();
            }
        }
    }
    deltas
}

fn openai_chat_bytes(script: &Script) -> String {
    let chunk = |delta: Value| json!({"id": "1", "choices": [{"index": 0, "delta": delta}]});
    let mut events: Vec<Value> = deltas(script).into_iter().map(chunk).collect();
    events.push(json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}));
    sse(&events) + "data: [DONE]\n\n"
}

/// Azure's verdicts stand ahead of the answer, beside it and behind it.
fn azure_bytes(script: &Script) -> String {
    let safe = json!({"hate": {"filtered": false, "severity": "safe"}});
    let chunk =
        |delta: Value| json!({"id": "1", "choices": [{"index": 0, "delta": delta, "content_filter_results": safe}]});
    let mut events =
        vec![json!({"id": "", "choices": [], "prompt_filter_results": [{"content_filter_results": safe}]})];
    events.extend(deltas(script).into_iter().map(chunk));
    events.push(json!({"id": "1", "choices": [{"index": 0, "content_filter_offsets": {"end_offset": 9}, "content_filter_results": safe}]}));
    events.push(json!({"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}));
    sse(&events) + "data: [DONE]\n\n"
}

fn responses_bytes(script: &Script) -> String {
    let delta = |kind: &str, at: usize, text: &String| json!({"type": format!("response.{kind}.delta"), "output_index": at, "delta": text});
    let (mut events, mut at) = (Vec::new(), 0);
    for step in &script.0 {
        match step {
            Step::Think(pieces) => events.extend(pieces.iter().map(|text| delta("reasoning_text", at, text))),
            Step::Say(pieces) => events.extend(pieces.iter().map(|text| delta("output_text", at, text))),
            Step::Call(calls, turns) => {
                for (number, call) in calls.iter().enumerate() {
                    let item = json!({"type": "function_call", "call_id": call.name, "name": call.name});
                    events
                        .push(json!({"type": "response.output_item.added", "output_index": at + number, "item": item}));
                }
                let mut next = vec![0; calls.len()];
                for number in turns {
                    let piece = &calls[*number].pieces[next[*number]];
                    next[*number] += 1;
                    events.push(delta("function_call_arguments", at + number, piece));
                }
                at += calls.len() - 1;
            }
        }
        at += 1;
    }
    events.push(json!({"type": "response.completed", "response": {"status": "completed"}}));
    sse(&events)
}

fn anthropic_bytes(script: &Script) -> String {
    let mut events = Vec::new();
    let mut at = 0;
    let mut block = |events: &mut Vec<Value>, start: Value, deltas: Vec<Value>| {
        events.push(json!({"type": "content_block_start", "index": at, "content_block": start}));
        events.extend(
            deltas.into_iter().map(|delta| json!({"type": "content_block_delta", "index": at, "delta": delta})),
        );
        events.push(json!({"type": "content_block_stop", "index": at}));
        at += 1;
    };
    let each = |pieces: &[String], kind: &str, field: &str| {
        pieces.iter().map(|text| json!({"type": kind, field: text})).collect::<Vec<_>>()
    };
    for step in &script.0 {
        match step {
            Step::Think(pieces) => {
                let mut deltas = each(pieces, "thinking_delta", "thinking");
                deltas.push(json!({"type": "signature_delta", "signature": "c2VhbA=="}));
                block(&mut events, json!({"type": "thinking", "thinking": ""}), deltas);
            }
            Step::Say(pieces) => block(&mut events, json!({"type": "text"}), each(pieces, "text_delta", "text")),
            Step::Call(calls, _) => {
                for call in calls {
                    let start = json!({"type": "tool_use", "id": call.name, "name": call.name, "input": {}});
                    block(&mut events, start, each(&call.pieces, "input_json_delta", "partial_json"));
                }
            }
        }
    }
    events.push(json!({"type": "message_stop"}));
    sse(&events)
}

fn gemini_bytes(script: &Script) -> String {
    let chunk = |part: Value| json!({"candidates": [{"content": {"parts": [part]}}]});
    let mut events: Vec<Value> = Vec::new();
    for step in &script.0 {
        match step {
            Step::Think(pieces) => {
                events.extend(pieces.iter().map(|text| chunk(json!({"text": text, "thought": true}))));
            }
            Step::Say(pieces) => events.extend(pieces.iter().map(|text| chunk(json!({ "text": text })))),
            Step::Call(calls, _) => {
                let called = |call: &Call| json!({"functionCall": {"name": call.name, "args": call.object()}});
                events.extend(calls.iter().map(called).map(chunk));
            }
        }
    }
    events.push(json!({"candidates": [{"finishReason": "STOP"}]}));
    sse(&events)
}

fn ollama_bytes(script: &Script) -> String {
    let line = |message: Value| json!({"message": message, "done": false});
    let mut events: Vec<Value> = Vec::new();
    for step in &script.0 {
        match step {
            Step::Think(pieces) => events.extend(pieces.iter().map(|text| line(json!({ "thinking": text })))),
            Step::Say(pieces) => events.extend(pieces.iter().map(|text| line(json!({ "content": text })))),
            Step::Call(calls, _) => {
                let called = |call: &Call| json!({"function": {"name": call.name, "arguments": call.object()}});
                events.push(line(json!({"tool_calls": calls.iter().map(called).collect::<Vec<_>>()})));
            }
        }
    }
    events.push(json!({"message": {}, "done": true, "done_reason": "stop"}));
    events.iter().map(|event| format!("{event}\n")).collect()
}

/// The same answer from a model that writes its first thoughts between tags, which may be cut anywhere.
fn tagged(script: &Script, random: &mut Random) -> Script {
    spelled(script, "<think>", random)
}

/// The same answer from a model that only closes its first thoughts, because the prompt opens them. None where no answer
/// follows them at once, or code in them may hide the tag.
fn closed(script: &Script, random: &mut Random) -> Option<Script> {
    match script.0.as_slice() {
        [Step::Think(pieces), Step::Say(_), ..] if !pieces.concat().contains('`') => Some(spelled(script, "", random)),
        _ => None,
    }
}

fn spelled(script: &Script, open: &str, random: &mut Random) -> Script {
    let mut steps = Vec::new();
    for step in &script.0 {
        steps.push(match step {
            Step::Think(pieces) if steps.is_empty() => {
                Step::Say(random.cut(&format!("{open}{}</think>", pieces.concat())))
            }
            Step::Think(pieces) => Step::Think(pieces.clone()),
            Step::Say(pieces) => Step::Say(pieces.clone()),
            Step::Call(calls, turns) => {
                let same = |call: &Call| Call { name: call.name.clone(), pieces: call.pieces.clone() };
                Step::Call(calls.iter().map(same).collect(), turns.clone())
            }
        });
    }
    Script(steps)
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

async fn check<M: Mapper>(new: fn(Asked) -> M, script: &Script, bytes: &str, random: &mut Random) {
    let content_type = if M::FRAMING == Framing::Lines { "application/x-ndjson" } else { "text/event-stream" };
    let mut answer = Answer::default();
    for event in replay(new(asked()), torn(bytes, random), content_type).await {
        answer.apply(event.unwrap_or_else(|error| panic!("{error} in {bytes}")));
    }
    assert_eq!(told(&answer), script.expected(), "{bytes}");
    assert!(answer.stop.is_some(), "{bytes}");
}

#[tokio::test]
async fn ten_thousand_generated_answers_come_out_whole_and_in_order_in_every_protocol() {
    let mut random = Random::new(2026);
    for _ in 0..ANSWERS.div_ceil(8) {
        let random = &mut random;
        let script = Script::new(random);
        check(openai_chat::EventMapper::new, &script, &openai_chat_bytes(&script), random).await;
        check(openai_chat::EventMapper::new, &script, &azure_bytes(&script), random).await;
        check(openai_responses::EventMapper::new, &script, &responses_bytes(&script), random).await;
        check(anthropic::EventMapper::new, &script, &anthropic_bytes(&script), random).await;
        check(gemini::EventMapper::new, &script, &gemini_bytes(&script), random).await;
        check(ollama::EventMapper::new, &script, &ollama_bytes(&script), random).await;
        // The two protocols in which models write tags.
        for with_tags in [Some(tagged(&script, random)), closed(&script, random)].into_iter().flatten() {
            check(openai_chat::EventMapper::new, &script, &openai_chat_bytes(&with_tags), random).await;
            check(ollama::EventMapper::new, &script, &ollama_bytes(&with_tags), random).await;
        }
    }
}
