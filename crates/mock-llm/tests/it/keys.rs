//! What keys decide, what models count, and what lists say, in every protocol.

use crate::support::{Answer, Client, start};
use mock_llm::MockLlm;
use serde_json::{Value, json};

/// The path and the body of a question to `model` in each protocol.
fn questions(model: &str, text: &str) -> Vec<(&'static str, String, Value)> {
    let messages = json!([{"role": "user", "content": text}]);
    let contents = json!([{"role": "user", "parts": [{"text": text}]}]);
    vec![
        ("openai_chat", "/v1/chat/completions".into(), json!({"model": model, "messages": messages})),
        ("openai_responses", "/v1/responses".into(), json!({"model": model, "input": text})),
        ("azure", format!("/openai/deployments/{model}/chat/completions?api-version=x"), json!({"messages": messages})),
        ("anthropic", "/v1/messages".into(), json!({"model": model, "max_tokens": 9, "messages": messages})),
        ("gemini", format!("/v1beta/models/{model}:generateContent"), json!({"contents": contents})),
        ("ollama", "/api/chat".into(), json!({"model": model, "stream": false, "messages": messages})),
    ]
}

fn post(mock: &MockLlm, path: &str, key: &str, body: &Value) -> Answer {
    let mut client = Client::new(mock);
    client.send("POST", path, &format!("Authorization: Bearer {key}\r\n"), &body.to_string());
    client.answer()
}

fn get(mock: &MockLlm, path: &str, headers: &str) -> Answer {
    let mut client = Client::new(mock);
    client.send("GET", path, headers, "");
    client.answer()
}

/// Where the sentence of a refusal stands.
fn sentence(answer: &Answer) -> String {
    let error = &answer.json()["error"];
    error["message"].as_str().or_else(|| error.as_str()).expect("a sentence").to_owned()
}

#[test]
fn a_part_of_the_key_refuses_in_every_protocol_and_the_ledger_knows_its_end() {
    let mock = start();
    for (key, status, retry) in [
        ("sk-one-dead", 401, None),
        ("sk-two-slow-down", 429, Some("1")),
        ("sk-three-busy", 429, None),
        ("sk-four-broken", 500, None),
        ("sk-five-good", 200, None),
    ] {
        for (protocol, path, body) in questions("ok", "hi") {
            let answer = post(&mock, &path, key, &body);
            assert_eq!((answer.status, answer.header("retry-after")), (status, retry), "{protocol} {key}");
            let record = mock.ledger().last().expect("a record");
            assert_eq!(record.key.as_deref(), key.get(key.len() - 4..), "{protocol}");
        }
    }
    for (protocol, path, body) in questions("ok", "hi") {
        let answer = post(&mock, &path, "sk-six-broke", &body);
        let (status, words) = match protocol {
            "anthropic" => (400, "credit balance is too low"),
            "ollama" => (402, "Insufficient balance"),
            _ => (429, "exceeded your current quota"),
        };
        assert_eq!(answer.status, status, "{protocol}");
        assert!(sentence(&answer).contains(words), "{protocol}: {}", answer.body());
    }
    assert_eq!(mock.ledger().totals().open, 0);
}

#[test]
fn a_small_window_counts_and_refuses_in_the_words_of_each_vendor() {
    let mock = start();
    // 4,000 Han characters are 2,800 tokens, and 6,000 are 4,200; a message and the answer cost three each.
    for (protocol, path, body) in questions("ctx-4k", &"字".repeat(4000)) {
        let answer = post(&mock, &path, "k", &body);
        assert_eq!(answer.status, 200, "{protocol}");
        assert!(answer.body().contains("I read 2806 of 4096 tokens."), "{protocol}");
    }
    for (protocol, path, body) in questions("ctx-4k", &"字".repeat(6000)) {
        let answer = post(&mock, &path, "k", &body);
        assert_eq!(answer.status, 400, "{protocol}");
        let words = sentence(&answer);
        assert!(words.contains("4206") && words.contains("4096"), "{protocol}: {words}");
    }
    let mut body = questions("ctx-4k", "hi").remove(0).2;
    body["max_tokens"] = 4096.into();
    let answer = post(&mock, "/v1/chat/completions", "k", &body);
    assert!(sentence(&answer).contains("(7 in the messages, 4096 in the completion)"), "{}", answer.body());
    body["max_tokens"] = 9.into();
    assert_eq!(post(&mock, "/v1/chat/completions", "k", &body).json()["usage"]["prompt_tokens"], 7);
    assert_eq!(mock_llm::tokens("hi"), 1);
}

#[test]
fn lists_say_in_each_protocols_form_what_models_can() {
    let mock = start();
    let find = |path: &str, headers: &str, list: &str, field: &str, name: &str| {
        let models = get(&mock, path, headers).json()[list].take();
        models.as_array().expect(path).iter().find(|model| model[field] == name).cloned().expect(name)
    };
    let router = find("/v1/models", "", "data", "id", "inspect");
    assert_eq!(router["architecture"]["input_modalities"], json!(["text", "image"]));
    assert_eq!(router["pricing"], json!({"prompt": "0.000001000", "completion": "0.000002000"}));
    let window = find("/v1/models", "", "data", "id", "ctx-4k");
    assert_eq!(
        (&window["context_length"], &window["top_provider"]["max_completion_tokens"]),
        (&json!(4096), &json!(512))
    );
    assert_eq!(find("/v1/models", "", "data", "id", "ok").get("context_length"), None, "nothing is said of most");
    let claude = find("/v1/models", "anthropic-version: 2023-06-01\r\n", "data", "id", "canned-zh");
    assert_eq!(claude["capabilities"]["image_input"], json!({"supported": false}));
    let gemini = find("/v1beta/models", "", "models", "name", "models/thinking");
    assert_eq!((&gemini["thinking"], &gemini["inputTokenLimit"]), (&json!(true), &json!(32_768)));
    let shown = post(&mock, "/api/show", "k", &json!({"model": "tools"})).json();
    assert_eq!(shown["capabilities"], json!(["completion", "vision", "tools"]));
    assert_eq!(shown["model_info"]["mock.context_length"], 32_768);
}

#[test]
fn a_relay_has_a_thousand_models_and_another_server_no_list() {
    let mock = start();
    let with = |key: &str| get(&mock, "/v1/models", &format!("Authorization: Bearer {key}\r\n"));
    let relay = with("sk-relay").json();
    let names: Vec<_> = relay["data"].as_array().expect("models").iter().map(|model| model["id"].clone()).collect();
    assert_eq!(names.len(), 1000);
    assert!(names.contains(&json!("echo")) && names.contains(&json!("relay-0001")));
    assert_eq!((with("sk-nolist").status, with("sk-dead").status), (404, 401));
    let answer = post(&mock, "/v1/chat/completions", "sk-relay", &json!({"model": "relay-0001", "messages": []}));
    assert_eq!(answer.status, 200);
}

#[test]
fn inspect_tells_what_came() {
    let mock = start();
    let png = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAoAAAAHg";
    let body = json!({"model": "inspect", "max_tokens": 50, "tools": [{"type": "function", "function": {"name": "f"}}],
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [
                {"type": "text", "text": "See\n```this```"}, {"type": "image_url", "image_url": {"url": png}},
                {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}}]},
            {"role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}}]},
            {"role": "tool", "tool_call_id": "a", "content": "one"}]});
    let answer = post(&mock, "/v1/chat/completions", "k", &body).json();
    let expected = "```text\n\
        system: 9 characters: Be brief.\n\
        user: 14 characters: See⏎'''this'''\n  \
        picture: image/png, 640x480, 24 bytes\n  \
        file: a.pdf, application/pdf, 4 bytes\n\
        assistant: 0 characters: \n  \
        thoughts\n  \
        call: f {\"x\":1}\n\
        tool: 3 characters: one\n  \
        result: one\n\
        tools offered: f\n\
        answer limit: 50\n```";
    assert_eq!(answer["choices"][0]["message"]["content"], expected);
    let record = mock.ledger().last().expect("a record");
    assert_eq!((record.system.as_str(), record.files, record.images), ("Be brief.", vec!["a.pdf".to_owned()], 1));
}
