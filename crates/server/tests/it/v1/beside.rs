//! What programs ask beside chats: gaps in texts, vectors, rankings.

use super::{booked, connect, data, key, streamed};
use crate::support::{TestApp, TestUser};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

async fn model_id(admin: &TestUser, model: &str) -> String {
    let models = admin.get("/api/catalog").await.body;
    let found = models["items"].as_array().expect("a list").iter().find(|known| known["publicName"] == model);
    found.expect("the model")["id"].as_str().expect("an id").to_owned()
}

async fn interfaces(admin: &TestUser, model: &str, decided: Value) {
    let path = format!("/api/catalog/{}/interfaces", model_id(admin, model).await);
    let reply = admin.put(&path, decided.clone()).await;
    assert_eq!((reply.status, &reply.body), (200, &decided), "{}", reply.text);
    assert_eq!(admin.get(&path).await.body, decided);
}

/// Says what a model is made for.
pub(super) async fn kind(admin: &TestUser, model: &str, kind: &str) {
    let path = format!("/api/catalog/{}", model_id(admin, model).await);
    let reply = admin.patch(&path, json!({"overrides": {"facts": {"kind": kind}}})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn a_gap_is_filled_natively_by_a_template_or_not_at_all() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    connect(&app, &admin, "openai_chat", &["fim", "echo", "ok"]).await;
    let program = key(&app, &admin).await;
    let gap = |model: &str| json!({"model": format!("openai_chat/{model}"), "prompt": "def f(", "suffix": "return 1", "max_tokens": 32});
    let native = program.post("/v1/completions", gap("fim")).await;
    assert_eq!((native.status, &native.body["object"]), (200, &json!("text_completion")), "{}", native.text);
    assert!(native.body["choices"][0]["text"].is_string());
    let asked = app.mock.ledger().last().expect("a request");
    assert_eq!((asked.protocol.as_str(), asked.suffix.as_deref()), ("openai_text", Some("return 1")));
    let template = "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>";
    let decided = json!({"completion": {"form": "template", "template": template, "stop": ["<|endoftext|>"]}});
    interfaces(&admin, "openai_chat/echo", decided).await;
    let filled = program.post("/v1/completions", gap("echo")).await;
    let prompt = "<|fim_prefix|>def f(<|fim_suffix|>return 1<|fim_middle|>";
    assert_eq!(filled.body["choices"][0]["text"], prompt, "{}", filled.text);
    let asked = app.mock.ledger().last().expect("a request");
    assert_eq!((asked.suffix, asked.last_user_text.as_str()), (None, prompt));
    let stream = program.post("/v1/completions", streamed(gap("echo"))).await;
    let said: String =
        data(&stream.text).iter().filter_map(|chunk| chunk["choices"][0]["text"].as_str().map(str::to_owned)).collect();
    assert_eq!(said, prompt, "{}", stream.text);
    interfaces(&admin, "openai_chat/ok", json!({"completion": {"form": "none"}})).await;
    let refused = program.post("/v1/completions", gap("ok")).await;
    assert_eq!((refused.status, &refused.body["error"]["param"]), (400, &json!("suffix")));
    let rows = booked(&app, 3).await;
    assert!(rows.iter().all(|row| row.purpose == "completion" && row.status == "completed"), "{rows:?}");
}

#[tokio::test]
async fn a_text_is_streamed_also_where_the_provider_answers_as_a_whole() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["json-not-sse"]).await;
    let program = key(&app, &admin).await;
    let body = json!({"model": "json-not-sse", "prompt": "hi", "max_tokens": 32});
    let whole = program.post("/v1/completions", body.clone()).await;
    let text = whole.body["choices"][0]["text"].as_str().expect("a text");
    let stream = program.post("/v1/completions", streamed(body)).await;
    let chunks = data(&stream.text);
    let said: String = chunks.iter().filter_map(|chunk| chunk["choices"][0]["text"].as_str()).collect();
    assert_eq!((said.as_str(), chunks.last()), (text, Some(&json!("[DONE]"))), "{}", stream.text);
}

#[tokio::test]
async fn an_editor_of_costrict_gets_its_suggestion_by_the_model_that_is_set() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["fim", "empty"]).await;
    let program = key(&app, &admin).await;
    let asked = json!({"client_id": "c", "language_id": "python", "trigger_mode": "CONTINUE",
        "prompt_options": {"prefix": "def f(", "suffix": "return 1", "code_context": "# x"}});
    let path = "/code-completion/api/v1/completions";
    let reply = program.post(path, asked.clone()).await;
    assert_eq!((reply.status, reply.code()), (400, "request.invalid"), "nothing is set yet: {}", reply.text);
    admin.put("/api/settings/system/completion_model", json!({"value": "fim"})).await;
    let reply = program.post(path, asked.clone()).await;
    assert_eq!((reply.status, &reply.body["status"]), (200, &json!("success")), "{}", reply.text);
    assert!(reply.body["choices"][0]["text"].is_string() && reply.body["usage"]["total_duration"].is_u64());
    admin.put("/api/settings/system/completion_model", json!({"value": "empty"})).await;
    assert_eq!(program.post(path, asked).await.status, 204, "the next request meets the new model");
}

#[tokio::test]
async fn vectors_are_the_same_as_numbers_and_as_text() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok", "bad-index", "reversed"]).await;
    kind(&admin, "ok", "embedding").await;
    let program = key(&app, &admin).await;
    let ask = |more: Value| {
        let mut body = json!({"input": ["one", "another"]});
        body.as_object_mut().expect("an object").append(&mut more.as_object().cloned().expect("an object"));
        body
    };
    let numbers = program.post("/v1/embeddings", ask(json!({}))).await;
    assert_eq!(numbers.status, 200, "the first that there is: {}", numbers.text);
    let text = program.post("/v1/embeddings", ask(json!({"encoding_format": "base64"}))).await;
    for index in 0..2 {
        let text = text.body["data"][index]["embedding"].as_str().expect("text");
        let bytes = STANDARD.decode(text).expect("base64");
        let (decoded, _) = bytes.as_chunks::<4>();
        let decoded: Vec<f32> = decoded.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let numbers: Vec<f32> =
            serde_json::from_value(numbers.body["data"][index]["embedding"].clone()).expect("numbers");
        assert_eq!(decoded, numbers);
    }
    let reversed = program.post("/v1/embeddings", ask(json!({"model": "reversed"}))).await;
    let places: Vec<_> =
        reversed.body["data"].as_array().into_iter().flatten().map(|entry| entry["index"].as_u64()).collect();
    assert_eq!(places, [Some(0), Some(1)], "{}", reversed.text);
    let bad = program.post("/v1/embeddings", ask(json!({"model": "bad-index"}))).await;
    assert_eq!((bad.status, bad.code()), (502, "provider.malformed"), "{}", bad.text);
    let rows = booked(&app, 4).await;
    let totals = app.mock.ledger().totals();
    assert_eq!(rows.iter().take(3).map(|row| row.prompt).sum::<i64>() % 3, 0);
    assert!(totals.prompt_tokens > 0 && rows.iter().all(|row| row.purpose == "embedding"), "{rows:?}");
}

#[tokio::test]
async fn three_forms_of_rankings_give_the_same_order() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    connect(&app, &admin, "openai_chat", &["canned-en", "ok", "echo"]).await;
    kind(&admin, "openai_chat/canned-en", "rerank").await;
    let program = key(&app, &admin).await;
    let ask = json!({"query": "apples and pears", "documents": ["stones", "apples", {"text": "apples and pears"}], "top_n": 2,
        "return_documents": true});
    let named = |model: &str| {
        let mut ask = ask.clone();
        ask["model"] = format!("openai_chat/{model}").into();
        ask
    };
    let standard = program.post("/v1/rerank", ask.clone()).await;
    assert_eq!(standard.status, 200, "the first that there is: {}", standard.text);
    let order: Vec<_> =
        standard.body["results"].as_array().expect("results").iter().map(|result| result["index"].as_u64()).collect();
    assert_eq!((order.len(), order[0]), (2, Some(2)), "{}", standard.text);
    interfaces(&admin, "openai_chat/ok", json!({"ranking": "plural"})).await;
    interfaces(&admin, "openai_chat/echo", json!({"ranking": "texts"})).await;
    for model in ["ok", "echo"] {
        let other = program.post("/v1/rerank", named(model)).await;
        assert_eq!(other.body["results"], standard.body["results"], "{model}: {}", other.text);
    }
    assert_eq!(app.mock.ledger().totals().strays, 0);
    let wrong = program.post("/v1/rerank", json!({"model": "openai_chat/ok", "query": "x", "documents": []})).await;
    assert_eq!((wrong.status, &wrong.body["error"]["param"]), (400, &json!("documents")));
}

#[tokio::test]
async fn a_provider_is_asked_beside_its_own_protocol_where_it_answers_there() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let program = key(&app, &admin).await;
    for protocol in ["openai_chat", "openai_responses", "ollama", "gemini"] {
        connect(&app, &admin, protocol, &["ok", "fim"]).await;
        let vectors = json!({"model": format!("{protocol}/ok"), "input": ["one", "two"]});
        let reply = program.post("/v1/embeddings", vectors).await;
        assert_eq!(reply.status, 200, "{protocol}: {}", reply.text);
        assert_eq!(reply.body["data"].as_array().map(Vec::len), Some(2), "{protocol}");
        assert_eq!(reply.body["data"][1]["index"], 1, "{protocol}");
        assert!(reply.body["usage"]["prompt_tokens"].as_u64().is_some_and(|count| count > 0), "{protocol}");
        if protocol == "gemini" {
            continue;
        }
        let gap =
            json!({"model": format!("{protocol}/fim"), "prompt": "def f(", "suffix": "return 1", "max_tokens": 32});
        let reply = program.post("/v1/completions", gap).await;
        assert_eq!(reply.status, 200, "{protocol}: {}", reply.text);
        assert!(reply.body["choices"][0]["text"].is_string(), "{protocol}: {}", reply.text);
    }
}

#[tokio::test]
async fn an_interface_that_a_provider_lacks_is_refused_with_its_reason() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    connect(&app, &admin, "anthropic", &["ok"]).await;
    let program = key(&app, &admin).await;
    for (path, body) in [
        ("/v1/embeddings", json!({"model": "anthropic/ok", "input": "x"})),
        ("/v1/completions", json!({"model": "anthropic/ok", "prompt": "x"})),
        ("/v1/rerank", json!({"model": "anthropic/ok", "query": "x", "documents": ["y"]})),
    ] {
        let reply = program.post(path, body).await;
        assert_eq!((reply.status, &reply.body["error"]["param"]), (400, &json!("model")), "{path}: {}", reply.text);
    }
    assert_eq!(app.mock.ledger().totals().requests, 0);
}
