//! Anthropic's Messages: passed to who speaks it, translated for who does not.

use super::{booked, connect, data, key};
use crate::support::TestApp;
use serde_json::{Value, json};

const PROTOCOLS: [&str; 4] = ["anthropic", "openai_chat", "openai_responses", "gemini"];

fn ask(model: &str, content: &str) -> Value {
    json!({"model": model, "max_tokens": 1000, "messages": [{"role": "user", "content": content}]})
}

fn kinds(text: &str) -> Vec<String> {
    let mut kinds: Vec<String> =
        data(text).iter().filter_map(|event| event["type"].as_str().map(str::to_owned)).collect();
    kinds.dedup();
    kinds
}

fn said(text: &str) -> String {
    data(text).iter().filter_map(|event| event["delta"]["text"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn every_protocol_stands_behind_the_interface() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for protocol in PROTOCOLS {
        connect(&app, &admin, protocol, &["echo", "tools-1", "thinking"]).await;
    }
    let program = key(&app, &admin).await;
    for protocol in PROTOCOLS {
        let whole = program.post("/v1/messages", ask(&format!("{protocol}/echo"), "hello")).await;
        assert_eq!((whole.status, &whole.body["type"]), (200, &json!("message")), "{protocol}: {}", whole.text);
        assert_eq!(whole.body["content"][0]["text"], "hello", "{protocol}");
        assert_eq!(whole.body["stop_reason"], "end_turn", "{protocol}");
        assert!(whole.body["usage"]["output_tokens"].as_u64().is_some_and(|count| count > 0), "{protocol}");
        assert!(whole.headers.contains_key("request-id"));
        let stream = super::streamed(ask(&format!("{protocol}/echo"), "hello"));
        let stream = program.post("/v1/messages", stream).await;
        assert_eq!(said(&stream.text), "hello", "{protocol}: {}", stream.text);
        let kinds = kinds(&stream.text);
        let (first, last) = (kinds.first().map(String::as_str), kinds.last().map(String::as_str));
        assert_eq!((first, last), (Some("message_start"), Some("message_stop")), "{protocol}: {}", stream.text);
        let thinking = program.post("/v1/messages", ask(&format!("{protocol}/thinking"), "why?")).await;
        let blocks: Vec<&str> = thinking.body["content"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|block| block["type"].as_str())
            .collect();
        assert_eq!(blocks, ["thinking", "text"], "{protocol}: {}", thinking.text);
        tools(&program, protocol).await;
    }
    let rows = booked(&app, PROTOCOLS.len() * 5).await;
    assert!(rows.iter().all(|row| row.status == "completed"), "{rows:?}");
}

#[tokio::test]
async fn a_failure_amid_a_stream_is_an_event_after_what_was_said() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for protocol in ["anthropic", "openai_chat"] {
        connect(&app, &admin, protocol, &["cut", "error-in-stream"]).await;
        let program = key(&app, &admin).await;
        for (model, code) in [("cut", "provider.cut"), ("error-in-stream", "provider.server_error")] {
            let asked = super::streamed(ask(&format!("{protocol}/{model}"), "hi"));
            let reply = program.post("/v1/messages", asked).await;
            let kinds = kinds(&reply.text);
            assert_eq!(kinds.iter().filter(|kind| *kind == "message_start").count(), 1, "{}", reply.text);
            assert_eq!(kinds.last().map(String::as_str), Some("error"), "{}", reply.text);
            let events = data(&reply.text);
            let failures: Vec<_> = events.iter().filter(|event| event["type"] == "error").collect();
            assert_eq!((failures.len(), &failures[0]["error"]["code"]), (1, &json!(code)), "{}", reply.text);
            assert!(!said(&reply.text).is_empty(), "{}", reply.text);
        }
    }
    let rows = booked(&app, 4).await;
    assert!(rows.iter().all(|row| row.status == "failed" && row.estimated && row.completion > 1), "{rows:?}");
}

async fn tools(program: &crate::support::TestUser, protocol: &str) {
    let mut body = ask(&format!("{protocol}/tools-1"), "call");
    body["tools"] = json!([{"name": "look_up", "input_schema": {"type": "object", "properties": {}}}]);
    let called = program.post("/v1/messages", body.clone()).await;
    assert_eq!(called.body["stop_reason"], "tool_use", "{protocol}: {}", called.text);
    let content = called.body["content"].clone();
    let call = content.as_array().and_then(|blocks| blocks.iter().find(|block| block["type"] == "tool_use"));
    let call = call.expect("a call");
    assert!(call["input"].is_object(), "{protocol}: {call}");
    let messages = body["messages"].as_array_mut().expect("messages");
    messages.push(json!({"role": "assistant", "content": content}));
    messages.push(json!({"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": call["id"], "content": "forty-two"}]}));
    let answer = program.post("/v1/messages", body).await;
    assert!(answer.text.contains("forty-two"), "{protocol}: {}", answer.text);
}

#[tokio::test]
async fn tokens_are_counted_and_errors_have_anthropics_form() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok", "empty"]).await;
    let program = key(&app, &admin).await;
    let long = "word ".repeat(400);
    let counted = program.post("/v1/messages/count_tokens", ask("ok", &long)).await;
    let tokens = counted.body["input_tokens"].as_u64().expect("a number");
    assert!((300..700).contains(&tokens), "{tokens}");
    connect(&app, &admin, "anthropic", &["ok", "stall-after-0"]).await;
    let counted = program.post("/v1/messages/count_tokens", ask("anthropic/ok", &long)).await;
    assert!(counted.body["input_tokens"].is_u64(), "{}", counted.text);
    let reply = program.post("/v1/messages", ask("empty", "hi")).await;
    assert_eq!((reply.status, &reply.body["type"]), (502, &json!("error")), "{}", reply.text);
    assert_eq!(reply.body["error"]["type"], "api_error");
    assert!(reply.body["request_id"].is_string());
    let wrong =
        program.post("/v1/messages", json!({"model": "ok", "messages": [{"role": "user", "content": "x"}]})).await;
    assert_eq!((wrong.status, &wrong.body["error"]["type"]), (400, &json!("invalid_request_error")));
    let nobody = app.nobody().post("/v1/messages", ask("ok", "hi")).await;
    assert_eq!((nobody.status, &nobody.body["error"]["type"]), (401, &json!("authentication_error")));
}
