//! What a provider sends is what a reader is told, letter by letter, and what is stored: every recording of every protocol,
//! and ten thousand streams that nobody recorded, through the turn and the fold. Nothing here has a database or a clock.

use crate::support::PATIENCE;
use egress::{Egress, Trust};
use futures_util::StreamExt as _;
use llm::{
    Answer, CompletionEvent, CompletionRequest, Content, Endpoint, Error, Provider, StopReason, Timeouts, ToolCallEvent,
};
use server::chat::turn::{Effect, Input, Start, ToolDone, Turn};
use shared::events::RunEventBody;
use shared::{AssistantMessage, Part};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const PROTOCOLS: [&str; 6] = ["openai_chat", "openai_responses", "azure", "anthropic", "gemini", "ollama"];
const STREAMS: usize = 10_000;
/// What pieces are made of: blanks, line ends, characters of several bytes, things that look like something else.
const WORDS: [&str; 10] = ["a", " ", "\n", "\n\n", "汉字", "🎉", "é", "<think>", "</think>", "{\"q\":"];

type Heard = Result<CompletionEvent, Error>;

/// A part without its time: its kind, its letters, its seal.
type Piece = (char, String, Option<String>);

/// What a turn did: the letters that were sent of each part, and the message that is stored.
#[derive(Default)]
struct Told {
    sent: Vec<String>,
    message: AssistantMessage,
}

impl Told {
    fn take(&mut self, body: &RunEventBody) {
        match body {
            RunEventBody::PartStarted { index, part } => {
                assert_eq!(*index, self.sent.len(), "parts begin in their order");
                self.sent.push(piece(part).map(|piece| piece.1).unwrap_or_default());
            }
            RunEventBody::PartDelta { index, text } => self.sent[*index].push_str(text),
            RunEventBody::PartUpdated { index, part } => {
                assert_eq!(piece(part).expect("letters").1, self.sent[*index], "another kind, the same letters");
            }
            _ => {}
        }
        self.message.apply(body);
    }
}

fn piece(part: &Part) -> Option<Piece> {
    match part {
        Part::Text { text } => Some(('T', text.clone(), None)),
        Part::Reasoning { text, signature, .. } => Some(('R', text.clone(), signature.clone())),
        Part::Tool(tool) => Some(('C', tool.arguments.clone(), tool.signature.clone())),
        _ => None,
    }
}

fn pieces(answer: &Answer) -> Vec<Piece> {
    let piece = |content: &Content| match content {
        Content::Text(text) => ('T', text.clone(), None),
        Content::Reasoning { text, signature } => ('R', text.clone(), signature.clone()),
        Content::ToolCall(call) => ('C', call.arguments.clone(), call.signature.clone()),
        other => panic!("{other:?} is no part of an answer"),
    };
    answer.content.iter().map(piece).collect()
}

/// Runs a turn over what is heard, to its end.
fn run(heard: &[Heard]) -> Told {
    let (mut turn, mut told) = (Turn::new(Start::default()), Told::default());
    let mut inputs: Vec<Input> = heard.iter().cloned().map(Input::Model).chain([Input::ModelEnded]).rev().collect();
    while let Some(input) = inputs.pop() {
        for effect in turn.handle(1, input) {
            match effect {
                Effect::Emit(body) => told.take(&body),
                Effect::CallTool(call) => {
                    inputs.push(Input::ToolDone(ToolDone { index: call.index, result: "ok".into(), failed: false }));
                }
                Effect::AskAgain(_) => inputs.push(Input::Stop),
                Effect::Finish(_) => return told,
            }
        }
    }
    panic!("the turn did not end")
}

/// What is heard, sent and stored is the same.
fn check(heard: &[Heard], name: &str) {
    let told = run(heard);
    let stored: Vec<Piece> = told.message.parts.iter().filter_map(piece).collect();
    let letters: Vec<&str> = stored.iter().map(|piece| piece.1.as_str()).collect();
    assert_eq!(letters, told.sent, "{name}: what is sent is what is stored");
    let mut answer = Answer::default();
    heard.iter().filter_map(|event| event.as_ref().ok()).for_each(|event| answer.apply(event.clone()));
    assert_eq!(stored, pieces(&answer), "{name}: what is heard is what is stored");
}

fn provider(protocol: &str, address: &str) -> Box<dyn Provider> {
    let egress = Egress::new(egress::Config::default()).expect("a client");
    let endpoint = Endpoint {
        name: protocol.to_owned(),
        base_url: format!("http://{address}/v1"),
        key: None,
        trust: Trust::Admin,
        timeouts: Timeouts { first_byte: PATIENCE, idle: PATIENCE },
        headers: Vec::new(),
    };
    match protocol {
        "openai_chat" => Box::new(llm::OpenAiChat::new(egress, endpoint)),
        "openai_responses" => Box::new(llm::OpenAiResponses::new(egress, endpoint)),
        "azure" => Box::new(llm::AzureOpenAi::new(egress, endpoint, None)),
        "anthropic" => Box::new(llm::Anthropic::new(egress, endpoint)),
        "gemini" => Box::new(llm::Gemini::new(egress, endpoint)),
        _ => Box::new(llm::Ollama::new(egress, endpoint)),
    }
}

/// Answers one request with a recording.
async fn play(listener: TcpListener, recording: PathBuf) {
    let kind = match recording.extension().and_then(|kind| kind.to_str()) {
        Some("json") => "application/json",
        Some("ndjson") => "application/x-ndjson",
        Some("html") => "text/html",
        Some("txt") => "text/plain",
        _ => "text/event-stream",
    };
    let (mut socket, _) = listener.accept().await.expect("a request");
    let mut request = vec![0; 64 * 1024];
    let _ = socket.read(&mut request).await;
    let body = std::fs::read(recording).expect("a recording");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
    let _ = socket.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await;
    let _ = socket.write_all(&body).await;
}

async fn listen(protocol: &str, recording: &Path) -> Vec<Heard> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(play(listener, recording.to_owned()));
    let question = llm::ChatMessage::new(llm::Role::User, "hi");
    match provider(protocol, &address).stream(CompletionRequest::new("m", vec![question])).await {
        Ok(stream) => stream.collect().await,
        Err(error) => vec![Err(error)],
    }
}

#[tokio::test]
async fn every_recording_is_stored_as_it_was_streamed() {
    let mut spoken = 0;
    for protocol in PROTOCOLS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../llm/tests/wire").join(protocol);
        let entries = std::fs::read_dir(folder).expect("the recordings").map(|entry| entry.expect("an entry").path());
        for recording in entries.filter(|path| path.extension().is_some_and(|kind| kind != "snap")) {
            let heard = listen(protocol, &recording).await;
            spoken += usize::from(heard.iter().any(|event| matches!(event, Ok(CompletionEvent::Text(_)))));
            check(&heard, &recording.display().to_string());
        }
    }
    assert!(spoken > 80, "most recordings have text: {spoken}");
}

/// Chance that can be repeated (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).expect("below the bound")
    }

    fn words(&mut self) -> String {
        (0..=self.below(4)).map(|_| WORDS[self.below(WORDS.len())]).collect()
    }
}

/// A stream as the protocols make them: text, thoughts with and without a seal, calls side by side, perhaps an early end.
fn generated(random: &mut Random) -> Vec<CompletionEvent> {
    let mut events = vec![CompletionEvent::Started { id: "1".into() }];
    let mut calls = 0;
    if random.below(4) == 0 {
        events.extend((0..=random.below(5)).map(|_| CompletionEvent::Text(random.words())));
        events.push(CompletionEvent::TextWasThinking);
    }
    for _ in 0..random.below(6) {
        match random.below(3) {
            0 => events.extend((0..=random.below(5)).map(|_| CompletionEvent::Text(random.words()))),
            1 => {
                let thought = |text, signature| CompletionEvent::Thinking { text, signature };
                events.extend((0..random.below(5)).map(|_| thought(random.words(), None)));
                if random.below(2) == 0 {
                    events.push(thought(String::new(), Some("seal".into())));
                }
            }
            _ => events.extend(generated_calls(&mut calls, random).into_iter().map(CompletionEvent::ToolCall)),
        }
    }
    if random.below(8) > 0 {
        let stop = if calls > 0 { StopReason::ToolUse } else { StopReason::End };
        events.push(CompletionEvent::Stop(stop));
    }
    events
}

fn generated_calls(calls: &mut usize, random: &mut Random) -> Vec<ToolCallEvent> {
    let first = *calls;
    *calls += 1 + random.below(3);
    let started = |index: usize| ToolCallEvent::Started { index, id: format!("id{index}"), name: "tool".into() };
    let mut steps: Vec<ToolCallEvent> = (first..*calls).map(started).collect();
    for _ in 0..random.below(9) {
        let index = first + random.below(*calls - first);
        steps.push(ToolCallEvent::Arguments { index, text: random.words() });
    }
    let done = |index| ToolCallEvent::Done { index, signature: (index % 2 == 0).then(|| "seal".to_owned()) };
    steps.extend((first..*calls).map(done));
    steps
}

#[test]
fn ten_thousand_streams_are_stored_as_they_were_streamed() {
    let mut random = Random(2026);
    for round in 0..STREAMS {
        let heard: Vec<Heard> = generated(&mut random).into_iter().map(Ok).collect();
        check(&heard, &format!("round {round}"));
    }
}
