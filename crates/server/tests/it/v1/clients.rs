//! Requests as well-known clients send them, built from what they publish: Cherry Studio (`aiCore`, OpenAI's SDK), Chatbox
//! (`shared/models`, the AI SDK), NextChat (`client/platforms/openai.ts`), Cline (`core/api/providers/openai.ts`) and Claude
//! Code (as its users have recorded it). Whatever provider is behind, they get what they read.

use super::{connect, data, key, said};
use crate::support::{Reply, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};

/// A request to Chat Completions, and the headers that come with it.
struct Sent {
    client: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: Value,
}

fn tools() -> Value {
    json!([{"type": "function", "function": {
        "name": "read_file", "description": "Reads a file.", "strict": false,
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
    }}])
}

fn chats(model: &str) -> Vec<Sent> {
    let system = json!({"role": "system", "content": "You are a helpful guide."});
    vec![
        Sent {
            client: "Cherry Studio",
            headers: &[
                ("http-referer", "https://cherry-ai.com"),
                ("x-title", "Cherry Studio"),
                ("x-stainless-lang", "js"),
            ],
            body: json!({
                "model": model, "stream": true, "stream_options": {"include_usage": true}, "temperature": 0.7, "top_p": 1,
                "messages": [system, {"role": "user", "content": [{"type": "text", "text": "say it again"}]}],
            }),
        },
        Sent {
            client: "Chatbox",
            headers: &[("http-referer", "https://chatboxai.app"), ("x-title", "Chatbox AI")],
            body: json!({
                "model": model, "stream": true, "temperature": 0.7, "max_tokens": 512,
                "messages": [system, {"role": "user", "content": "say it again"}],
            }),
        },
        Sent {
            client: "NextChat",
            headers: &[("accept", "application/json")],
            body: json!({
                "messages": [system, {"role": "user", "content": "say it again"}], "stream": true, "model": model,
                "temperature": 0.5, "presence_penalty": 0, "frequency_penalty": 0, "top_p": 1,
            }),
        },
        Sent {
            client: "Cline",
            headers: &[("x-stainless-lang", "js"), ("x-stainless-retry-count", "0")],
            body: json!({
                "model": model, "temperature": 0, "stream": true, "stream_options": {"include_usage": true},
                "tools": tools(), "messages": [
                    system,
                    {"role": "user", "content": [{"type": "text", "text": "<task>\nsay it again\n</task>"},
                        {"type": "text", "text": "<environment_details>\n# Files\n</environment_details>"}]},
                    {"role": "assistant", "content": "I look.", "tool_calls": [{"id": "call_1", "type": "function",
                        "function": {"name": "read_file", "arguments": "{\"path\":\"a.txt\"}"}}]},
                    {"role": "tool", "tool_call_id": "call_1", "content": "say it again"},
                    {"role": "user", "content": [{"type": "text", "text": "say it again"}]},
                ],
            }),
        },
    ]
}

async fn send(user: &TestUser, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
    let mut request = user.request(Method::POST, path).json(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    user.call(request).await
}

const PROTOCOLS: [&str; 6] = ["openai_chat", "openai_responses", "azure_openai", "anthropic", "gemini", "ollama"];

#[tokio::test]
async fn clients_of_chat_completions_read_a_stream_whatever_is_behind() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for protocol in PROTOCOLS {
        connect(&app, &admin, protocol, &["echo"]).await;
    }
    let program = key(&app, &admin).await;
    for protocol in PROTOCOLS {
        for sent in chats(&format!("{protocol}/echo")) {
            let name = format!("{} with {protocol}", sent.client);
            let reply = send(&program, "/v1/chat/completions", sent.headers, &sent.body).await;
            assert_eq!(reply.status, 200, "{name}: {}", reply.text);
            assert_eq!(said(&reply.text), "say it again", "{name}");
            let chunks = data(&reply.text);
            assert_eq!(chunks.last(), Some(&json!("[DONE]")), "{name}");
            let chunks = &chunks[..chunks.len() - 1];
            assert!(chunks.iter().all(|chunk| chunk["object"] == "chat.completion.chunk"), "{name}: {}", reply.text);
            let ends: Vec<_> =
                chunks.iter().filter_map(|chunk| chunk["choices"][0]["finish_reason"].as_str()).collect();
            assert_eq!(ends, ["stop"], "{name}");
            let counted = chunks.iter().filter(|chunk| chunk["usage"]["total_tokens"].as_u64().is_some_and(|n| n > 0));
            let wanted = sent.body["stream_options"]["include_usage"] == true;
            assert_eq!(counted.count() > 0, wanted, "{name}: usage comes to those who ask for it");
        }
    }
    let models = program.get("/v1/models").await;
    assert!(models.body["data"].as_array().is_some_and(|list| list.len() == PROTOCOLS.len()), "{}", models.text);
}

/// A turn of Claude Code: instructions in blocks that are kept, tools, thinking, and names of what it tries out.
fn code(model: &str, stream: bool) -> Value {
    json!({
        "model": model, "max_tokens": 32_000, "stream": stream,
        "metadata": {"user_id": "user_0123_account__session_01980a5d-ac96-774b-bcce-b302099a8057"},
        "thinking": {"type": "enabled", "budget_tokens": 4_000},
        "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        "system": [
            {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.37; cc_entrypoint=cli;"},
            {"type": "text", "text": "You help with code.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        ],
        "tools": [{"name": "Read", "description": "Reads a file.", "cache_control": {"type": "ephemeral"},
            "input_schema": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
                "properties": {"file_path": {"type": "string"}}, "required": ["file_path"], "additionalProperties": false}}],
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "<system-reminder>\nToday is a day.\n</system-reminder>"},
                {"type": "text", "text": "read a.txt", "cache_control": {"type": "ephemeral"}}]},
            {"role": "assistant", "content": [
                {"type": "text", "text": "I read it."},
                {"type": "tool_use", "id": "toolu_01", "name": "Read", "input": {"file_path": "a.txt"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_01", "content": [{"type": "text", "text": "1→hello"}]}]},
        ],
    })
}

const BETA: &[(&str, &str)] = &[
    ("anthropic-version", "2023-06-01"),
    ("anthropic-beta", "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27"),
    ("x-app", "cli"),
    ("user-agent", "claude-cli/2.1.37 (external, cli)"),
    ("x-stainless-helper-method", "stream"),
];

#[tokio::test]
async fn claude_code_goes_through_a_turn_with_tools_whatever_is_behind() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for protocol in PROTOCOLS {
        connect(&app, &admin, protocol, &["ok", "tools-2"]).await;
    }
    let program = key(&app, &admin).await;
    for protocol in PROTOCOLS {
        let name = format!("with {protocol}");
        let reply = send(&program, "/v1/messages?beta=true", BETA, &code(&format!("{protocol}/ok"), true)).await;
        assert_eq!(reply.status, 200, "{name}: {}", reply.text);
        let events = data(&reply.text);
        let kinds: Vec<_> = events.iter().filter_map(|event| event["type"].as_str()).collect();
        assert_eq!((kinds.first(), kinds.last()), (Some(&"message_start"), Some(&"message_stop")), "{name}: {kinds:?}");
        let words: String = events.iter().filter_map(|event| event["delta"]["text"].as_str()).collect();
        assert!(words.contains("Hello!"), "{name}: {}", reply.text);
        let called = send(&program, "/v1/messages?beta=true", BETA, &code(&format!("{protocol}/tools-2"), false)).await;
        assert_eq!(called.status, 200, "{name}: {}", called.text);
        let counted = send(&program, "/v1/messages/count_tokens?beta=true", BETA, &{
            let mut body = code(&format!("{protocol}/ok"), false);
            for field in ["max_tokens", "stream", "metadata", "context_management"] {
                body.as_object_mut().expect("an object").remove(field);
            }
            body
        })
        .await;
        assert!(counted.body["input_tokens"].as_u64().is_some_and(|count| count > 20), "{name}: {}", counted.text);
    }
}
