//! The same behaviours in every protocol, to the letter on the wire.

use crate::support::{Answer, Client, start};
use mock_llm::{MockLlm, behaviours};
use serde_json::{Value, json};

fn post(mock: &MockLlm, path: &str, headers: &str, body: &Value) -> Answer {
    let mut client = Client::new(mock);
    client.send("POST", path, headers, &body.to_string());
    client.answer()
}

fn hi(model: &str) -> Value {
    json!({"model": model, "stream": true, "messages": [{"role": "user", "content": "hi"}]})
}

fn kinds(answer: &Answer) -> Vec<String> {
    let mut kinds: Vec<_> =
        answer.events().iter().filter_map(|event| event["type"].as_str().map(str::to_owned)).collect();
    kinds.dedup();
    kinds
}

#[test]
fn anthropic_opens_grows_and_closes_blocks() {
    let mock = start();
    let answer = post(&mock, "/v1/messages", "x-api-key: k\r\n", &hi("thinking"));
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    let expected = [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ];
    assert_eq!(kinds(&answer), expected);
    assert!(answer.body().contains("event: message_stop\ndata: {"), "every frame names its event");
    let deltas: Vec<_> = answer.events().into_iter().map(|mut event| event["delta"].take()).collect();
    assert!(deltas.iter().any(|delta| delta["type"] == "signature_delta"), "thoughts end with a proof");
    let text: String = deltas.iter().filter_map(|delta| delta["text"].as_str()).collect();
    assert!(text.starts_with("**Hello!**"));
    let end = answer.events().into_iter().find(|event| event["type"] == "message_delta").expect("an end");
    assert_eq!(end["delta"]["stop_reason"], "end_turn");
    assert!(end["usage"]["output_tokens"].as_u64().is_some_and(|count| count > 0));
    let record = mock.ledger().last().expect("a record");
    assert_eq!((record.protocol.as_str(), record.authorization), ("anthropic", true));
}

#[test]
fn responses_tell_their_items_and_everything_once_more_at_the_end() {
    let mock = start();
    let body = json!({"model": "tools-2", "stream": true, "input": "hi", "tools": [{"type": "function", "name": "f"}]});
    let answer = post(&mock, "/v1/responses", "", &body);
    assert_eq!(kinds(&answer).first().map(String::as_str), Some("response.created"));
    let last = answer.events().pop().expect("an event");
    assert_eq!(last["type"], "response.completed");
    let output = last["response"]["output"].as_array().expect("items");
    assert_eq!((output.len(), &output[1]["name"]), (2, &json!("f")));
    let deltas = answer.events();
    let argued = deltas.iter().filter(|event| event["type"] == "response.function_call_arguments.delta");
    let second: String =
        argued.filter(|event| event["output_index"] == 1).filter_map(|event| event["delta"].as_str()).collect();
    assert_eq!(Some(second.as_str()), output[1]["arguments"].as_str());
    assert!(serde_json::from_str::<Value>(&second).is_ok());
}

#[test]
fn gemini_takes_the_model_from_its_path() {
    let mock = start();
    let body = json!({"contents": [{"role": "user", "parts": [{"text": "say"}, {"text": " it"}]}]});
    let answer = post(&mock, "/v1beta/models/echo:streamGenerateContent?alt=sse", "x-goog-api-key: k\r\n", &body);
    let texts = answer.events();
    let texts: String =
        texts.iter().filter_map(|event| event["candidates"][0]["content"]["parts"][0]["text"].as_str()).collect();
    assert_eq!(texts, "say it");
    assert_eq!(answer.events().pop().expect("an event")["candidates"][0]["finishReason"], "STOP");
    assert!(!answer.body().contains("[DONE]"));
    let whole = post(&mock, "/v1beta/models/echo:generateContent", "", &body).json();
    assert_eq!(whole["candidates"][0]["content"]["parts"][0]["text"], "say it");
    let lost = post(&mock, "/v1beta/models/echo", "", &body);
    assert_eq!(lost.status, 404);
}

#[test]
fn ollama_writes_lines_and_streams_unasked() {
    let mock = start();
    let mut body = hi("ok");
    body.as_object_mut().expect("an object").remove("stream");
    let answer = post(&mock, "/api/chat", "", &body);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<Value> =
        answer.body().lines().map(|line| serde_json::from_str(line).expect("a document per line")).collect();
    let text: String = lines.iter().filter_map(|line| line["message"]["content"].as_str()).collect();
    assert!(text.starts_with("**Hello!**") && lines.len() > 3);
    let last = lines.last().expect("a line");
    assert_eq!((&last["done"], &last["done_reason"]), (&json!(true), &json!("stop")));
    body["stream"] = false.into();
    assert_eq!(post(&mock, "/api/chat", "", &body).json()["message"]["content"], text);
}

#[test]
fn azure_answers_at_both_of_its_addresses() {
    let mock = start();
    let body = json!({"stream": true, "messages": [{"role": "user", "content": "hi"}]});
    let path = "/openai/deployments/ok/chat/completions?api-version=2024-10-21";
    let old = post(&mock, path, "api-key: k\r\n", &body);
    let new = post(&mock, "/openai/v1/chat/completions", "api-key: k\r\n", &hi("ok"));
    assert!(old.is_done() && old.text() == new.text());
    assert!(mock.ledger().records().iter().all(|record| record.authorization && record.model == "ok"));
}

#[test]
fn every_protocol_lists_every_behaviour_and_refuses_in_its_own_words() {
    let mock = start();
    let names: Vec<_> = behaviours().map(|about| about.example).collect();
    for (path, headers, list, field, prefix) in [
        ("/v1/models", "anthropic-version: 2023-06-01\r\n", "data", "display_name", ""),
        ("/openai/models?api-version=x", "", "data", "id", ""),
        ("/v1beta/models", "", "models", "name", "models/"),
        ("/api/tags", "", "models", "name", ""),
    ] {
        let mut client = Client::new(&mock);
        client.send("GET", path, headers, "");
        let answer = client.answer().json();
        let models = answer[list].as_array().expect(path);
        let listed: Vec<_> = models.iter().filter_map(|model| model[field].as_str()?.strip_prefix(prefix)).collect();
        assert_eq!(listed, names, "{path}");
    }
    for (path, place, word) in [
        ("/v1/messages", "/error/type", "rate_limit_error"),
        ("/v1beta/models/429:streamGenerateContent", "/error/status", "RESOURCE_EXHAUSTED"),
        ("/v1/responses", "/error/code", "rate_limit_exceeded"),
        ("/api/chat", "/error", "Rate limit reached for requests. Please try again in 7s."),
    ] {
        let answer = post(&mock, path, "", &hi("429"));
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")), "{path}");
        assert_eq!(answer.json().pointer(place).and_then(Value::as_str), Some(word), "{path}");
    }
}

#[test]
fn an_answer_without_its_formal_end_still_ends() {
    let mock = start();
    for path in [
        "/v1/messages",
        "/v1/responses",
        "/v1beta/models/no-done:streamGenerateContent",
        "/api/chat",
        "/v1/chat/completions",
    ] {
        let mut body = hi("no-done");
        body["input"] = "hi".into();
        assert!(post(&mock, path, "", &body).complete, "{path}");
    }
}
