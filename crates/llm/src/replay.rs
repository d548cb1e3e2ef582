//! Hand-written recordings of what servers send, replayed whole and cut at every byte; and the one request that all
//! protocols are asked to send.

use crate::classify::Asked;
use crate::stream::{Events, Mapper, Patience};
use crate::{
    ChatMessage, CompletionEvent, CompletionRequest, Content, Endpoint, Error, File, Media, Role, Secret, Timeouts,
    Tool, ToolCall, ToolCallEvent, ToolResult,
};
use bytes::Bytes;
use egress::Trust;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use shared::ErrorCode;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// A connection that leads nowhere.
pub(crate) fn endpoint() -> Endpoint {
    Endpoint {
        name: "Test".into(),
        base_url: "http://127.0.0.1:1/v1".into(),
        key: Some(Secret::new("sk-canary-0123456789")),
        trust: Trust::Admin,
        timeouts: Timeouts::default(),
        headers: Vec::new(),
    }
}

/// Somebody who asks for the model `m` at the connection `Test`.
pub(crate) fn asked() -> Asked {
    Asked { endpoint: endpoint(), model: Some("m".into()) }
}

/// The recordings of a protocol.
pub(crate) fn recordings(protocol: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire").join(protocol);
    let entries = std::fs::read_dir(folder).expect("the recordings").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<_> = entries.filter(|path| path.extension().is_some_and(|kind| kind != "snap")).collect();
    found.sort();
    assert!(!found.is_empty(), "{protocol} has no recordings");
    found
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|kind| kind.to_str()) {
        Some("json") => "application/json",
        Some("ndjson") => "application/x-ndjson",
        Some("html") => "text/html; charset=utf-8",
        Some("txt") => "text/plain",
        _ => "text/event-stream",
    }
}

/// The events of an answer that arrives in these chunks.
pub(crate) async fn replay(
    mapper: impl Mapper,
    chunks: Vec<Bytes>,
    content_type: &str,
) -> Vec<Result<CompletionEvent, Error>> {
    let body = stream::iter(chunks.into_iter().map(Ok));
    let late = Error::new(ErrorCode::ProviderTimeout);
    let patience = Patience::new(Instant::now() + Duration::from_secs(60), late, Timeouts::default());
    Events::new(body, mapper, content_type, patience).collect().await
}

/// The same as lines for a reader.
pub(crate) async fn told(mapper: impl Mapper, chunks: Vec<Bytes>, content_type: &str) -> String {
    replay(mapper, chunks, content_type).await.iter().map(show).collect()
}

fn show(event: &Result<CompletionEvent, Error>) -> String {
    let mut line = String::new();
    let written = match event {
        Ok(CompletionEvent::Started { id }) => writeln!(line, "started {id:?}"),
        Ok(CompletionEvent::Text(text)) => writeln!(line, "text {text:?}"),
        Ok(CompletionEvent::Thinking { text, signature: None }) => writeln!(line, "thinking {text:?}"),
        Ok(CompletionEvent::Thinking { text, signature: Some(seal) }) => writeln!(line, "thinking {text:?} {seal}"),
        Ok(CompletionEvent::TextWasThinking) => writeln!(line, "all text was thinking"),
        Ok(CompletionEvent::ToolCall(step)) => writeln!(line, "{}", show_call(step)),
        Ok(CompletionEvent::Usage(usage)) => writeln!(
            line,
            "usage {} + {}, cached {}, reasoning {}",
            usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens, usage.reasoning_tokens
        ),
        Ok(CompletionEvent::Stop(reason)) => writeln!(line, "stop {reason:?}"),
        Err(error) => writeln!(line, "error {error} {:?}", error.params),
    };
    written.expect("a string takes everything");
    line
}

fn show_call(step: &ToolCallEvent) -> String {
    match step {
        ToolCallEvent::Started { index, id, name } => format!("call {index} begins: {name} {id}"),
        ToolCallEvent::Arguments { index, text } => format!("call {index} argues {text}"),
        ToolCallEvent::Done { index, signature: None } => format!("call {index} is done"),
        ToolCallEvent::Done { index, signature: Some(seal) } => format!("call {index} is done {seal}"),
    }
}

/// Every recording of a protocol gives the events of its snapshot, wherever it is cut.
pub(crate) async fn recorded<M: Mapper>(protocol: &str, mapper: impl Fn(Asked) -> M) {
    for path in recordings(protocol) {
        let (bytes, kind) = (Bytes::from(std::fs::read(&path).expect("a recording")), content_type(&path));
        let whole = told(mapper(asked()), vec![bytes.clone()], kind).await;
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        insta::with_settings!({
            snapshot_path => format!("../tests/wire/{protocol}"), prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, &whole);
        });
        for cut in 0..=bytes.len() {
            let halves = vec![bytes.slice(..cut), bytes.slice(cut..)];
            assert_eq!(told(mapper(asked()), halves, kind).await, whole, "{} cut at {cut}", path.display());
        }
        let single = (0..bytes.len()).map(|at| bytes.slice(at..=at)).collect();
        assert_eq!(told(mapper(asked()), single, kind).await, whole, "{} byte by byte", path.display());
    }
}

/// A picture of a few bytes.
pub(crate) fn picture() -> Media {
    Media { media_type: "image/png".into(), data: Bytes::from_static(b"\x89PNG") }
}

/// A conversation with everything in it: instructions, a picture, thoughts, parallel calls with results in another order,
/// a call that never ran, an answer without words, and ids that two providers chose alike.
pub(crate) fn standard_request() -> CompletionRequest {
    let call = |id: &str, name: &str, arguments: &str| {
        let (id, name, arguments) = (id.to_owned(), name.to_owned(), arguments.to_owned());
        Content::ToolCall(ToolCall { id, name, arguments, signature: None })
    };
    let result = |id: &str, text: &str| {
        Content::ToolResult(ToolResult { call_id: id.into(), text: text.into(), ..ToolResult::default() })
    };
    let thought = |text: &str, seal: &str| Content::Reasoning { text: text.into(), signature: Some(seal.into()) };
    let message = |role, content| ChatMessage { role, content };
    let picture = Content::Image(picture());
    let messages = vec![
        ChatMessage::new(Role::System, "Be brief."),
        message(Role::User, vec![Content::Text("“你好”\n\t\"x\"".into()), picture]),
        message(
            Role::Assistant,
            vec![thought("old", "anthropic:s0"), Content::Text("Wait.".into()), call("a.1", "f", "")],
        ),
        message(
            Role::Assistant,
            vec![Content::Text(String::new()), Content::Reasoning { text: "hm".into(), signature: None }],
        ),
        ChatMessage::new(Role::User, "Go on"),
        ChatMessage::new(Role::User, "please."),
        ChatMessage::new(Role::System, "Speak Chinese."),
        message(
            Role::Assistant,
            vec![thought("hm", "anthropic:s1"), call("a.1", "f", "{\"x\":1}"), call("b", "g", "{\"y\":[]}")],
        ),
        message(Role::Tool, vec![result("b", "two"), result("a.1", "one"), result("lost", "nobody asked")]),
    ];
    let schema = json!({"type": "object", "properties": {"x": {"type": "integer"}}});
    let tool = Tool { name: "f".into(), description: "Does f.".into(), schema };
    CompletionRequest { model: "model-1".into(), messages, tools: vec![tool], ..CompletionRequest::default() }
}

/// A message with a text, a table, a document and a picture.
pub(crate) fn documents_request() -> CompletionRequest {
    let file = |name: &str, kind: &str, data: &'static [u8]| {
        let media = Media { media_type: kind.into(), data: Bytes::from_static(data) };
        Content::File(File { name: name.into(), media })
    };
    let content = vec![
        Content::Text("Compare.".into()),
        file("a.csv", "text/csv", "名,1\n".as_bytes()),
        file("b.pdf", "application/pdf", b"%PDF"),
        Content::Image(picture()),
    ];
    CompletionRequest::new("model-1", vec![ChatMessage { role: Role::User, content }])
}

/// A body as it was sent.
pub(crate) fn sent(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("JSON")
}
