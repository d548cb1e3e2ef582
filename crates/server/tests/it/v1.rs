//! The interface for programs below `/v1`, as OpenAI's and Anthropic's clients use it.

mod beside;
mod chat;
mod clients;
mod leaving;
mod limits;
mod messages;
mod models;

use crate::support::{TestApp, TestUser};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

/// Connects the fake model server by a protocol; its models have a prefix, so that no other connection stands in.
async fn connect(app: &TestApp, admin: &TestUser, protocol: &str, models: &[&str]) {
    let prefix = format!("{protocol}/");
    let url = match protocol {
        "gemini" | "ollama" | "azure_openai" => format!("http://{}", app.mock.address()),
        _ => app.mock.base_url(),
    };
    let body = json!({"name": protocol, "protocol": protocol, "prefix": prefix, "baseUrl": url,
        "key": "sk-test-0123456789", "models": models});
    let reply = admin.post("/api/connections", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
}

/// A key of somebody with both scopes that programs need.
async fn key(app: &TestApp, of: &TestUser) -> TestUser {
    let reply = of.post("/api/keys", json!({"name": "program", "scopes": ["chat", "models"]})).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    app.bearer(reply.body["secret"].as_str().expect("a secret"))
}

fn ask(model: &str, content: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": content}]})
}

fn streamed(mut body: Value) -> Value {
    body["stream"] = true.into();
    body
}

/// The JSON of every `data:` line.
fn data(text: &str) -> Vec<Value> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|_| line.into())).collect()
}

/// What a stream of chunks says.
fn said(text: &str) -> String {
    data(text).iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect()
}

/// One row of usage: purpose, status, code, tokens read and written, and whether a key asked.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    purpose: String,
    status: String,
    code: Option<String>,
    prompt: i64,
    completion: i64,
    estimated: bool,
    keyed: bool,
}

/// The rows of usage of programs, the oldest first.
async fn rows(app: &TestApp) -> Vec<Row> {
    let db = app.app.db.read();
    let text = "SELECT purpose, status, code, prompt_tokens, completion_tokens, estimated, api_key_id FROM usage_records \
        WHERE purpose IN ('api', 'completion', 'embedding', 'rerank') ORDER BY id";
    let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), text)).await.expect("rows");
    let row = |row: &sea_orm::QueryResult| Row {
        purpose: row.try_get("", "purpose").expect("a word"),
        status: row.try_get("", "status").expect("a word"),
        code: row.try_get("", "code").expect("a code"),
        prompt: row.try_get("", "prompt_tokens").expect("a number"),
        completion: row.try_get("", "completion_tokens").expect("a number"),
        estimated: row.try_get("", "estimated").expect("a flag"),
        keyed: row.try_get::<Option<String>>("", "api_key_id").expect("an id").is_some(),
    };
    found.iter().map(row).collect()
}

/// Waits until so many calls are booked.
async fn booked(app: &TestApp, count: usize) -> Vec<Row> {
    crate::support::eventually("the calls are booked", || async { rows(app).await.len() >= count }).await;
    rows(app).await
}
