//! A line per vendor: who is recognised where, and what that vendor is sent.

use super::*;
use crate::openai_chat::tests::body;
use crate::openai_chat::vendor;
use crate::request::{ChatMessage, CompletionRequest, Content, Role, Sampling, ToolCall, ToolResult};
use serde_json::json;

#[test]
fn vendors_are_recognised_by_host_and_model() {
    for (base_url, model, expected) in [
        ("https://api.deepseek.com", "deepseek-v4-pro", "DeepSeek"),
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", "qwen3-max", "Qwen"),
        ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "deepseek-v3", "Qwen"),
        ("https://open.bigmodel.cn/api/paas/v4", "glm-4.7", "GLM"),
        ("https://api.z.ai/api/coding/paas/v4", "glm-5", "GLM"),
        ("https://api.moonshot.cn/v1", "kimi-k2-thinking", "Kimi"),
        ("https://ark.cn-beijing.volces.com/api/v3", "doubao-seed-1-8", "Doubao"),
        ("https://api.minimaxi.com/v1", "MiniMax-M2", "MiniMax"),
        ("https://api.siliconflow.cn/v1", "Qwen/Qwen3-8B", "SiliconFlow"),
        ("https://openrouter.ai/api/v1", "openai/gpt-5", "OpenRouter"),
        ("https://api.mistral.ai/v1", "magistral-medium", "Mistral"),
        ("https://api.x.ai/v1", "grok-4", "xAI"),
        ("https://api.groq.com/openai/v1", "openai/gpt-oss-120b", "Groq"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", "gemini-3-pro", "Gemini"),
        ("http://192.168.1.5:8000/v1", "Qwen/Qwen3-8B", "vLLM"),
        ("http://vllm-1:9000/v1", "m", "vLLM"),
        ("http://localhost:8080/v1", "m", "llama.cpp"),
        ("http://host.docker.internal:1234/v1", "m", "LM Studio"),
        ("http://[::1]:11434/v1", "m", "Ollama"),
        ("https://api.openai.com/v1", "gpt-4o", "OpenAI"),
        ("https://api.openai.com/v1", "o4-mini", "OpenAI"),
        ("https://gate.example/v1", "openai/gpt-5.2", "OpenAI"),
        ("https://gate.example/v1", "DeepSeek-R1", "DeepSeek"),
        ("https://gate.example:8000/v1", "m", "any"),
        ("https://notdeepseek.example/v1", "m", "any"),
        ("https://api.deepseek.com.evil.example/v1", "m", "any"),
        ("not a url", "m", "any"),
    ] {
        assert_eq!(vendor(base_url, model), expected, "{base_url} {model}");
    }
    let named = TABLE.iter().map(|row| row.vendor);
    assert!(TABLE.last().is_some_and(|row| row.hosts.is_empty() && row.models.is_empty()), "the last row fits all");
    assert!(named.clone().count() > 20);
}

#[test]
fn gaps_are_filled_where_the_vendor_fills_them() {
    for (base_url, expected) in [
        ("https://api.deepseek.com", "beta/completions"),
        ("https://api.deepseek.com/v1/", "../beta/completions"),
        ("https://api.deepseek.com/beta", "completions"),
        ("https://api.mistral.ai/v1", "fim/completions"),
        ("https://codestral.mistral.ai/v1", "fim/completions"),
        ("https://gate.example/v1", "completions"),
    ] {
        assert_eq!(completions(base_url, "deepseek-or-codestral"), expected, "{base_url}");
    }
}

/// The fields that a wish for this effort adds.
fn switched(base_url: &str, model: &str, effort: Effort) -> Value {
    let asks =
        |effort| CompletionRequest { effort, ..CompletionRequest::new(model, vec![ChatMessage::new(Role::User, "x")]) };
    let (with, without) = (body(base_url, &asks(Some(effort))), body(base_url, &asks(None)));
    let fields = with.as_object().expect("an object").iter().filter(|(name, _)| without.get(name).is_none());
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
}

#[test]
fn every_vendor_switches_thinking_in_its_own_way() {
    for (base_url, model, on, off) in [
        (
            "https://api.deepseek.com",
            "deepseek-v4-pro",
            json!({"thinking": {"type": "enabled"}}),
            json!({"thinking": {"type": "disabled"}}),
        ),
        (
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            "qwen3-max",
            json!({"enable_thinking": true, "thinking_budget": 16_384}),
            json!({"enable_thinking": false}),
        ),
        (
            "https://open.bigmodel.cn/api/paas/v4",
            "glm-5",
            json!({"thinking": {"type": "enabled"}}),
            json!({"thinking": {"type": "disabled"}}),
        ),
        (
            "https://api.moonshot.cn/v1",
            "kimi-k2.5",
            json!({"thinking": {"type": "enabled"}}),
            json!({"thinking": {"type": "disabled"}}),
        ),
        (
            "https://ark.cn-beijing.volces.com/api/v3",
            "doubao-seed",
            json!({"thinking": {"type": "enabled"}}),
            json!({"thinking": {"type": "disabled"}}),
        ),
        ("https://api.minimax.io/v1", "MiniMax-M2", json!({}), json!({})),
        (
            "https://api.siliconflow.cn/v1",
            "Qwen/Qwen3-8B",
            json!({"enable_thinking": true, "thinking_budget": 16_384}),
            json!({"enable_thinking": false}),
        ),
        (
            "https://openrouter.ai/api/v1",
            "x/y",
            json!({"reasoning": {"effort": "high"}}),
            json!({"reasoning": {"enabled": false}}),
        ),
        (
            "https://api.mistral.ai/v1",
            "mistral-medium",
            json!({"reasoning_effort": "high"}),
            json!({"reasoning_effort": "none"}),
        ),
        ("https://api.x.ai/v1", "grok-4.3", json!({"reasoning_effort": "high"}), json!({"reasoning_effort": "none"})),
        ("https://api.x.ai/v1", "grok-4", json!({}), json!({})),
        (
            "https://api.moonshot.cn/v1",
            "kimi-k3",
            json!({"reasoning_effort": "high"}),
            json!({"reasoning_effort": "low"}),
        ),
        (
            "https://api.openai.com/v1",
            "gpt-5-pro",
            json!({"reasoning_effort": "high"}),
            json!({"reasoning_effort": "high"}),
        ),
        (
            "https://api.groq.com/openai/v1",
            "qwen/qwen3-32b",
            json!({"reasoning_effort": "default"}),
            json!({"reasoning_effort": "none"}),
        ),
        (
            "https://api.groq.com/openai/v1",
            "openai/gpt-oss-20b",
            json!({"reasoning_effort": "high"}),
            json!({"reasoning_effort": "low"}),
        ),
        (
            "http://localhost:8000/v1",
            "m",
            json!({"chat_template_kwargs": {"enable_thinking": true, "thinking": true}}),
            json!({"chat_template_kwargs": {"enable_thinking": false, "thinking": false}}),
        ),
        (
            "http://localhost:8080/v1",
            "m",
            json!({"chat_template_kwargs": {"enable_thinking": true, "thinking": true}}),
            json!({"chat_template_kwargs": {"enable_thinking": false, "thinking": false}}),
        ),
        ("http://localhost:1234/v1", "m", json!({"reasoning_effort": "high"}), json!({"reasoning_effort": "none"})),
        (
            "https://api.openai.com/v1",
            "gpt-5-mini",
            json!({"reasoning_effort": "high"}),
            json!({"reasoning_effort": "minimal"}),
        ),
        (
            "https://api.openai.com/v1",
            "gpt-5.2",
            json!({"reasoning_effort": "high"}),
            json!({"reasoning_effort": "none"}),
        ),
        ("https://api.openai.com/v1", "o3", json!({"reasoning_effort": "high"}), json!({"reasoning_effort": "low"})),
    ] {
        assert_eq!(switched(base_url, model, Effort::High), on, "{base_url} {model}");
        assert_eq!(switched(base_url, model, Effort::Off), off, "{base_url} {model}");
    }
}

/// A finished turn with a call, and one under way.
fn with_calls(model: &str) -> CompletionRequest {
    let turn = |id: &str| {
        let call = ToolCall { id: id.into(), name: "f".into(), arguments: "{}".into(), signature: None };
        let thought = Content::Reasoning { text: format!("thought {id}"), signature: None };
        let result = ToolResult { call_id: id.into(), text: "r".into(), ..ToolResult::default() };
        let assistant = ChatMessage { role: Role::Assistant, content: vec![thought, Content::ToolCall(call)] };
        [assistant, ChatMessage { role: Role::Tool, content: vec![Content::ToolResult(result)] }]
    };
    let mut messages = vec![ChatMessage::new(Role::User, "x")];
    messages.extend(turn("call-1"));
    messages.push(ChatMessage::new(Role::Assistant, "done"));
    messages.push(ChatMessage::new(Role::User, "y"));
    messages.extend(turn("call-2"));
    CompletionRequest::new(model, messages)
}

#[test]
fn thoughts_go_back_as_each_vendor_wants_them() {
    let thoughts = |base_url: &str, model: &str| {
        let body = body(base_url, &with_calls(model));
        let messages = body["messages"].as_array().expect("messages").clone();
        let calls = messages.into_iter().filter(|message| message["tool_calls"].is_array());
        calls.collect::<Vec<_>>()
    };
    for (base_url, field) in [
        ("https://ark.cn-beijing.volces.com/api/v3", "reasoning_content"),
        ("https://openrouter.ai/api/v1", "reasoning"),
    ] {
        let calls = thoughts(base_url, "m");
        assert_eq!((calls[0].get(field), &calls[1][field]), (None, &json!("thought call-2")), "{base_url}");
    }
    for base_url in ["https://api.deepseek.com", "https://api.moonshot.ai/v1"] {
        let calls = thoughts(base_url, "m");
        assert_eq!(calls[0]["reasoning_content"], "thought call-1", "{base_url}");
        assert_eq!(calls[1]["reasoning_content"], "thought call-2", "{base_url}");
    }
    let calls = thoughts("https://api.minimaxi.com/v1", "MiniMax-M2");
    assert_eq!(
        (&calls[0]["content"], &calls[1]["content"]),
        (&Value::Null, &json!("<think>\nthought call-2\n</think>\n\n"))
    );
    for (base_url, model) in [("https://api.openai.com/v1", "gpt-5"), ("https://dashscope.aliyuncs.com/v1", "qwen3")] {
        let calls = thoughts(base_url, model);
        assert!(calls.iter().all(|call| call.as_object().expect("an object").len() == 3), "{base_url}: {calls:?}");
    }
}

#[test]
fn what_a_vendor_refuses_is_not_sent() {
    let asks = |base_url: &str, model: &str| {
        let sampling = Sampling { temperature: Some(0.5), seed: Some(7), ..Sampling::default() };
        body(base_url, &CompletionRequest { sampling, max_tokens: Some(9), web_search: true, ..with_calls(model) })
    };
    let thinks = asks("https://api.openai.com/v1", "gpt-5");
    assert_eq!((thinks.get("temperature"), &thinks["max_completion_tokens"]), (None, &json!(9)));
    let kimi = asks("https://api.moonshot.cn/v1", "kimi-k2.5");
    assert_eq!((kimi.get("temperature"), &kimi["max_tokens"]), (None, &json!(9)));
    let mistral = asks("https://api.mistral.ai/v1", "m");
    assert_eq!((mistral.get("stream_options"), mistral.get("seed"), &mistral["random_seed"]), (None, None, &json!(7)));
    assert_eq!(mistral["messages"][1]["tool_calls"][0]["id"], "call00001", "nine letters and digits");
    assert_eq!(mistral["messages"][2]["tool_call_id"], "call00001");
    for (base_url, model, field, value) in [
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", "m", "enable_search", json!(true)),
        ("https://openrouter.ai/api/v1", "m", "plugins", json!([{"id": "web"}])),
        ("https://api.openai.com/v1", "gpt-4o-search-preview", "web_search_options", json!({})),
    ] {
        assert_eq!(asks(base_url, model)[field], value, "{base_url}");
    }
    let glm = asks("https://open.bigmodel.cn/api/paas/v4", "glm-5");
    assert_eq!(glm["tools"][0]["type"], "web_search");
    let groq = asks("https://api.groq.com/openai/v1", "openai/gpt-oss-120b");
    assert_eq!(groq["tools"][0]["type"], "browser_search");
    for (base_url, model) in [("https://api.openai.com/v1", "gpt-4o"), ("https://api.x.ai/v1", "grok-4")] {
        let body = asks(base_url, model);
        let fields = ["web_search_options", "search_parameters", "tools"];
        assert!(fields.iter().all(|field| body.get(field).is_none()), "{body}");
    }
}

#[test]
fn the_json_of_the_table_is_json() {
    for row in TABLE {
        if let Search::Field(_, text) | Search::Tool(text) = row.traits.search {
            assert!(serde_json::from_str::<Value>(text).is_ok_and(|value| !value.is_null()), "{}", row.vendor);
        }
    }
}

#[test]
fn the_nearest_word_is_taken() {
    for (words, effort, expected) in [
        (&["low", "medium", "high"][..], Effort::Off, "low"),
        (&["low", "medium", "high"], Effort::Medium, "medium"),
        (&["none", "high"], Effort::Minimal, "none"),
        (&["none", "default"], Effort::High, "default"),
        (&["low", "high"], Effort::High, "high"),
    ] {
        assert_eq!(nearest(words, effort), expected, "{words:?}");
    }
}

/// A model of every vendor that the table names, and of the families that have rules of their own.
const MODELS: &[(&str, &str)] = &[
    ("https://api.deepseek.com", "deepseek-v4-pro"),
    ("https://dashscope.aliyuncs.com/compatible-mode/v1", "qwen3-max"),
    ("https://open.bigmodel.cn/api/paas/v4", "glm-5"),
    ("https://api.moonshot.cn/v1", "kimi-k2.6"),
    ("https://api.moonshot.cn/v1", "moonshot-v1-8k"),
    ("https://ark.cn-beijing.volces.com/api/v3", "doubao-seed-1-6"),
    ("https://api.minimaxi.com/v1", "MiniMax-M2"),
    ("https://api.siliconflow.cn/v1", "Qwen/Qwen3-8B"),
    ("https://openrouter.ai/api/v1", "x/y"),
    ("https://api.mistral.ai/v1", "mistral-large-latest"),
    ("https://api.x.ai/v1", "grok-4"),
    ("https://api.groq.com/openai/v1", "openai/gpt-oss-120b"),
    ("https://api.groq.com/openai/v1", "llama-3.3-70b-versatile"),
    ("https://generativelanguage.googleapis.com/v1beta/openai", "gemini-3-pro"),
    ("http://localhost:8000/v1", "m"),
    ("http://localhost:8080/v1", "m"),
    ("http://localhost:1234/v1", "m"),
    ("http://localhost:11434/v1", "m"),
    ("https://api.openai.com/v1", "gpt-4o"),
    ("https://api.openai.com/v1", "gpt-4o-search-preview"),
    ("https://api.openai.com/v1", "gpt-5"),
    ("https://api.openai.com/v1", "gpt-5-chat-latest"),
    ("https://api.openai.com/v1", "gpt-5.4"),
    ("https://api.openai.com/v1", "o3"),
    ("https://gate.example/v1", "m"),
];

#[test]
fn every_vendor_is_sent_what_it_takes_and_nothing_that_was_not_set() {
    let plain = |model: &str| CompletionRequest::new(model, vec![ChatMessage::new(Role::User, "x")]);
    let mut told = String::new();
    for (base_url, model) in MODELS {
        let bare = body(base_url, &plain(model));
        let names: Vec<_> = bare.as_object().expect("an object").keys().map(String::as_str).collect();
        assert!(names.iter().all(|name| ["messages", "model", "stream", "stream_options"].contains(name)), "{bare}");
        let sampling = Sampling {
            temperature: Some(0.5),
            top_p: Some(0.9),
            top_k: Some(40),
            presence_penalty: Some(0.1),
            frequency_penalty: Some(0.2),
            seed: Some(7),
            stop: vec!["END".into()],
        };
        let full = CompletionRequest {
            sampling,
            max_tokens: Some(99),
            effort: Some(Effort::Low),
            json: Some(crate::JsonAnswer::Object),
            web_search: true,
            ..plain(model)
        };
        let mut full = body(base_url, &full);
        let fields = full.as_object_mut().expect("an object");
        ["messages", "model", "stream"].iter().for_each(|name| drop(fields.remove(*name)));
        let sorted: std::collections::BTreeMap<_, _> = fields.iter().collect();
        told += &format!("{} {model}\n", vendor(base_url, model));
        sorted.iter().for_each(|(name, value)| told += &format!("  {name}: {value}\n"));
    }
    insta::assert_snapshot!(told);
}
