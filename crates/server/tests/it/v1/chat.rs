//! OpenAI's Chat Completions: passed to who speaks it, translated for who does not.

use super::{ask, booked, connect, data, key, said, streamed};
use crate::support::TestApp;
use serde_json::{Value, json};

/// Every protocol that stands behind the interface.
const PROTOCOLS: [&str; 6] = ["openai_chat", "openai_responses", "anthropic", "gemini", "ollama", "azure_openai"];

#[tokio::test]
async fn what_a_provider_of_the_same_protocol_says_passes_to_the_letter() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let program = key(&app, &admin).await;
    let direct = reqwest::Client::new();
    for body in [
        ask("ok", "hi"),
        streamed(json!({"model": "ok", "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": "hi"}]})),
    ] {
        let ours = program.post("/v1/chat/completions", body.clone()).await;
        let url = format!("{}/chat/completions", app.mock.base_url());
        let theirs = direct.post(url).json(&body).send().await.expect("an answer").text().await.expect("text");
        let without_ids = |text: &str| {
            let mut chunks =
                if text.starts_with('{') { vec![text.parse::<Value>().expect("JSON")] } else { data(text) };
            for chunk in chunks.iter_mut().filter(|chunk| chunk.is_object()) {
                (chunk["id"], chunk["created"]) = (Value::Null, Value::Null);
            }
            chunks
        };
        assert_eq!(ours.status, 200, "{}", ours.text);
        assert_eq!(without_ids(&ours.text), without_ids(&theirs));
        let admission = ours.headers["x-aichat-admission-ms"].to_str().expect("text").parse::<f64>();
        assert!(admission.is_ok_and(|ms| ms > 0.0));
    }
    let booked = booked(&app, 2).await;
    assert!(booked.iter().all(|row| row.status == "completed" && row.keyed && !row.estimated), "{booked:?}");
    assert_eq!(app.app.runs.count(), 0, "nothing of it is a chat");
    assert_eq!(admin.get("/api/sessions").await.body["items"], json!([]));
}

#[tokio::test]
async fn usage_is_known_although_nobody_asked_for_it_and_nobody_is_told() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["tokens-20-0"]).await;
    let program = key(&app, &admin).await;
    let reply = program.post("/v1/chat/completions", streamed(ask("tokens-20-0", "hi"))).await;
    assert!(app.mock.ledger().last().expect("a request").include_usage);
    let chunks = data(&reply.text);
    assert_eq!(chunks.last(), Some(&json!("[DONE]")));
    let chunks = &chunks[..chunks.len() - 1];
    assert!(chunks.iter().all(|chunk| chunk["choices"].as_array().is_some_and(|choices| choices.len() == 1)));
    assert_eq!(said(&reply.text).matches('w').count(), 20);
    let row = booked(&app, 1).await.remove(0);
    let totals = app.mock.ledger().totals();
    assert_eq!((row.prompt, row.completion, row.estimated), (totals.prompt_tokens as i64, 20, false));
}

#[tokio::test]
async fn every_protocol_stands_behind_the_interface() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for protocol in PROTOCOLS {
        connect(&app, &admin, protocol, &["echo", "tools-1", "vision", "thinking"]).await;
    }
    let program = key(&app, &admin).await;
    for protocol in PROTOCOLS {
        let whole = program.post("/v1/chat/completions", ask(&format!("{protocol}/echo"), "你好 echo")).await;
        assert_eq!(whole.status, 200, "{protocol}: {}", whole.text);
        let choice = &whole.body["choices"][0];
        assert_eq!((&choice["message"]["content"], &choice["finish_reason"]), (&json!("你好 echo"), &json!("stop")));
        assert!(whole.body["usage"]["total_tokens"].as_u64().is_some_and(|total| total > 0), "{protocol}");
        let body = streamed(json!({"model": format!("{protocol}/echo"), "stream_options": {"include_usage": true},
            "messages": [{"role": "system", "content": "x"}, {"role": "user", "content": "streamed"}]}));
        let stream = program.post("/v1/chat/completions", body).await;
        assert_eq!(said(&stream.text), "streamed", "{protocol}: {}", stream.text);
        let chunks = data(&stream.text);
        assert_eq!(chunks.last(), Some(&json!("[DONE]")), "{protocol}");
        assert!(chunks[chunks.len() - 2]["usage"]["prompt_tokens"].as_u64().is_some_and(|count| count > 0));
        calls_and_pictures(&program, protocol).await;
    }
    assert_eq!(booked(&app, PROTOCOLS.len() * 5).await.iter().filter(|row| row.status != "completed").count(), 0);
}

async fn calls_and_pictures(program: &crate::support::TestUser, protocol: &str) {
    let tools = json!([{"type": "function", "function": {"name": "look_up", "description": "d",
        "parameters": {"type": "object", "properties": {"q": {"type": "string"}}}}}]);
    let mut body = ask(&format!("{protocol}/tools-1"), "call");
    body["tools"] = tools.clone();
    let called = program.post("/v1/chat/completions", body.clone()).await;
    let choice = &called.body["choices"][0];
    assert_eq!(choice["finish_reason"], "tool_calls", "{protocol}: {}", called.text);
    let call = &choice["message"]["tool_calls"][0];
    assert!(call["id"].is_string() && call["function"]["arguments"].is_string(), "{protocol}: {call}");
    let messages = body["messages"].as_array_mut().expect("messages");
    messages.push(choice["message"].clone());
    messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": "forty-two"}));
    let answer = program.post("/v1/chat/completions", body).await;
    assert_eq!(answer.body["choices"][0]["finish_reason"], "stop", "{protocol}: {}", answer.text);
    assert!(answer.text.contains("forty-two"), "{protocol}: {}", answer.text);
    let picture = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let seen = json!({"model": format!("{protocol}/vision"), "messages": [{"role": "user", "content": [
        {"type": "text", "text": "what?"}, {"type": "image_url", "image_url": {"url": picture}}]}]});
    let seen = program.post("/v1/chat/completions", seen).await;
    let words = seen.body["choices"][0]["message"]["content"].as_str().unwrap_or_default().to_owned();
    assert!(words.contains(" of 70 bytes"), "{protocol}: {}", seen.text);
}

#[tokio::test]
async fn failures_have_the_standards_form_and_a_status_as_long_as_nothing_was_said() {
    let app = TestApp::new().await;
    let models = ["empty", "nochoices"];
    let admin = app.with_models(&models).await;
    let program = key(&app, &admin).await;
    for (model, status) in [("empty", 502), ("nochoices", 502)] {
        for body in [ask(model, "hi"), streamed(ask(model, "hi"))] {
            let reply = program.post("/v1/chat/completions", body).await;
            let error = &reply.body["error"];
            assert_eq!((reply.status, &error["code"]), (status, &json!("provider.empty")), "{model}: {}", reply.text);
            for field in ["message", "type", "param", "code"] {
                assert!(error.get(field).is_some(), "{field}: {error}");
            }
            assert!(reply.headers.contains_key("x-request-id"));
        }
    }
    let wrong = program.post("/v1/chat/completions", json!({"model": "ok", "messages": []})).await;
    assert_eq!((wrong.status, &wrong.body["error"]["param"]), (400, &json!("messages")));
    let bad = program.call(program.request(reqwest::Method::POST, "/v1/chat/completions").body("no JSON")).await;
    assert_eq!((bad.status, bad.code()), (400, "request.invalid"));
    let nobody = app.nobody().post("/v1/chat/completions", ask("ok", "hi")).await;
    assert_eq!((nobody.status, &nobody.body["error"]["type"]), (401, &json!("authentication_error")));
    let lost = program.get("/v1/nothing").await;
    assert_eq!((lost.status, lost.code()), (404, "route.not_found"));
    let rows = booked(&app, 4).await;
    assert!(rows.iter().all(|row| row.status == "failed" && row.code.as_deref() == Some("provider.empty")), "{rows:?}");
}

#[tokio::test]
async fn a_failure_amid_a_stream_is_an_event_after_what_was_said() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for protocol in ["openai_chat", "gemini"] {
        connect(&app, &admin, protocol, &["cut"]).await;
        let program = key(&app, &admin).await;
        let reply = program.post("/v1/chat/completions", streamed(ask(&format!("{protocol}/cut"), "hi"))).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let chunks = data(&reply.text);
        let last = chunks.last().expect("an event");
        assert_eq!(last["error"]["code"], "provider.cut", "{}", reply.text);
        assert!(!said(&reply.text).is_empty(), "{}", reply.text);
    }
    let rows = booked(&app, 2).await;
    assert!(rows.iter().all(|row| row.status == "failed" && row.completion > 0), "{rows:?}");
}

#[tokio::test]
async fn of_a_failing_stream_everything_passes_but_the_providers_own_words_about_it() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["error-in-stream"]).await;
    let program = key(&app, &admin).await;
    let reply = program.post("/v1/chat/completions", streamed(ask("error-in-stream", "hi"))).await;
    let direct = reqwest::Client::new().post(format!("{}/chat/completions", app.mock.base_url()));
    let theirs = direct.json(&streamed(ask("error-in-stream", "hi"))).send().await.expect("an answer");
    let theirs = theirs.text().await.expect("text");
    assert_eq!(said(&reply.text), said(&theirs));
    let failures: Vec<_> = data(&reply.text).into_iter().filter(|chunk| chunk.get("error").is_some()).collect();
    assert_eq!(failures.len(), 1, "ours alone: {}", reply.text);
    assert_eq!(failures[0]["error"]["code"], "provider.server_error");
}

#[tokio::test]
async fn an_answer_that_holds_nothing_passes_and_is_booked_as_what_it_is() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["reasoning-only"]).await;
    let program = key(&app, &admin).await;
    for body in [ask("reasoning-only", "hi"), streamed(ask("reasoning-only", "hi"))] {
        let reply = program.post("/v1/chat/completions", body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(reply.text.contains("reasoning_content") && !reply.text.contains("\"error\""), "{}", reply.text);
    }
    let rows = booked(&app, 2).await;
    let told = |row: &super::Row| (row.status.clone(), row.code.clone());
    let expected = ("failed".to_owned(), Some("provider.reasoning_only".to_owned()));
    assert!(rows.iter().all(|row| told(row) == expected && row.completion > 0), "{rows:?}");
}

#[tokio::test]
async fn another_key_answers_where_the_first_is_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let keys = json!([{"key": "sk-0123456789-dead"}, {"key": "sk-0123456789-good"}]);
    let body = json!({"name": "mock", "baseUrl": app.mock.base_url(), "keys": keys, "models": ["ok"]});
    let reply = admin.post("/api/connections", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let program = key(&app, &admin).await;
    let reply = program.post("/v1/chat/completions", streamed(ask("ok", "hi"))).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(reply.text.ends_with("data: [DONE]\n\n"));
    let rows = booked(&app, 2).await;
    let ends: Vec<_> = rows.iter().map(|row| (row.status.as_str(), row.code.as_deref())).collect();
    assert_eq!(ends, [("failed", Some("provider.unauthorized")), ("completed", None)]);
}
