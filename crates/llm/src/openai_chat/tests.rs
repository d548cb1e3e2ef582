//! Hand-written recordings of what servers send, replayed whole and cut at every byte; and what is sent to them.

use super::*;
use crate::{ChatMessage, Secret, Timeouts};
use bytes::Bytes;
use egress::Trust;
use futures_util::stream;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Somebody who asks for the model `m` at the connection `Test`.
pub(crate) fn asked() -> Asked {
    let endpoint = Endpoint {
        name: "Test".into(),
        base_url: "http://127.0.0.1:1/v1".into(),
        key: Some(Secret::new("sk-canary-0123456789")),
        trust: Trust::Admin,
        timeouts: Timeouts::default(),
    };
    Asked { endpoint, model: Some("m".into()) }
}

fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/openai_chat");
    let entries = std::fs::read_dir(folder).expect("the recordings").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<_> = entries.filter(|path| path.extension().is_some_and(|kind| kind != "snap")).collect();
    found.sort();
    found
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|kind| kind.to_str()) {
        Some("json") => "application/json",
        Some("html") => "text/html; charset=utf-8",
        Some("txt") => "text/plain",
        _ => "text/event-stream",
    }
}

async fn replay(chunks: Vec<Bytes>, content_type: &str) -> String {
    let body = stream::iter(chunks.into_iter().map(Ok));
    let late = Error::new(ErrorCode::ProviderTimeout);
    let patience = Patience::new(Instant::now() + Duration::from_secs(60), late, Timeouts::default());
    let events = Events::new(body, EventMapper::new(Arc::new(asked())), content_type, patience);
    events.map(|event| show(&event)).collect().await
}

fn show(event: &Result<CompletionEvent, Error>) -> String {
    let mut line = String::new();
    let written = match event {
        Ok(CompletionEvent::Started { id }) => writeln!(line, "started {id:?}"),
        Ok(CompletionEvent::Text(text)) => writeln!(line, "text {text:?}"),
        Ok(CompletionEvent::Thinking { text, .. }) => writeln!(line, "thinking {text:?}"),
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

#[tokio::test]
async fn every_recording_gives_its_events() {
    for path in recordings() {
        let bytes = Bytes::from(std::fs::read(&path).expect("a recording"));
        let events = replay(vec![bytes], content_type(&path)).await;
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        insta::with_settings!({snapshot_path => "../../tests/wire/openai_chat", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name, events);
        });
    }
}

#[tokio::test]
async fn a_cut_at_any_byte_changes_nothing() {
    for path in recordings() {
        let (bytes, kind) = (Bytes::from(std::fs::read(&path).expect("a recording")), content_type(&path));
        let whole = replay(vec![bytes.clone()], kind).await;
        for cut in 0..=bytes.len() {
            let halves = vec![bytes.slice(..cut), bytes.slice(cut..)];
            assert_eq!(replay(halves, kind).await, whole, "{} cut at {cut}", path.display());
        }
        let single = (0..bytes.len()).map(|at| bytes.slice(at..=at)).collect();
        assert_eq!(replay(single, kind).await, whole, "{} byte by byte", path.display());
    }
}

fn request(max_tokens: Option<u32>) -> CompletionRequest {
    let messages = vec![
        ChatMessage::new(Role::System, "Be brief."),
        ChatMessage::new(Role::User, "“你好”\n\t\"x\""),
        ChatMessage::new(Role::Assistant, ""),
    ];
    CompletionRequest { model: "vendor/m:free".into(), messages, max_tokens }
}

#[test]
fn a_request_holds_what_was_asked_and_nothing_else() {
    let body = |request, usage| String::from_utf8(to_wire(&request, usage)).expect("UTF-8");
    insta::assert_snapshot!(body(request(Some(64)), true), @r#"{"model":"vendor/m:free","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"“你好”\n\t\"x\""},{"role":"assistant","content":""}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":64}"#);
    insta::assert_snapshot!(body(request(None), false), @r#"{"model":"vendor/m:free","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"“你好”\n\t\"x\""},{"role":"assistant","content":""}],"stream":true}"#);
}
