//! What is sent, and how what comes back is understood.

use super::*;
use crate::ModelInfo;
use crate::replay::{asked, documents_request, endpoint, recorded, sent, standard_request};
use crate::request::{ChatMessage, Content, Effort, JsonAnswer, Role, Sampling, ToolCall, ToolChoice};
use serde_json::{Value, json};

fn body(request: &CompletionRequest) -> Value {
    let provider = Anthropic::new(Egress::new(egress::Config::default()).expect("a client"), endpoint());
    let question = provider.question(request).expect("a question");
    assert_eq!(question.path, "messages");
    sent(&question.body)
}

fn plain(model: &str) -> CompletionRequest {
    CompletionRequest::new(model, vec![ChatMessage::new(Role::User, "x")])
}

#[tokio::test]
async fn every_recording_gives_its_events() {
    recorded("anthropic", EventMapper::new).await;
}

#[test]
fn a_whole_conversation_is_told_in_this_protocols_words() {
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body(&standard_request()));
    });
}

#[test]
fn everything_that_was_set_is_sent() {
    let request = CompletionRequest {
        model: "claude-sonnet-4-5".into(),
        tool_choice: Some(ToolChoice::Required),
        sampling: Sampling {
            temperature: Some(0.5),
            top_p: Some(0.9),
            top_k: Some(40),
            stop: vec!["END".into()],
            ..Sampling::default()
        },
        json: Some(JsonAnswer::Schema { name: "s".into(), schema: json!({"type": "object"}) }),
        max_tokens: Some(99),
        web_search: true,
        messages: vec![ChatMessage::new(Role::User, "x")],
        ..standard_request()
    };
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body(&request));
    });
}

#[test]
fn a_limit_is_always_given() {
    for (model, most) in [
        ("claude-3-5-haiku-latest", 8192),
        ("claude-opus-4-1-20250805", 32_000),
        ("claude-opus-5", 64_000),
        ("kimi-k2", 32_000),
    ] {
        assert_eq!(body(&plain(model))["max_tokens"], most, "{model}");
    }
}

#[test]
fn thinking_is_counted_by_older_models_and_judged_by_newer_ones() {
    let asks = |model: &str, effort| {
        let sampling = Sampling { temperature: Some(0.5), ..Sampling::default() };
        body(&CompletionRequest { effort: Some(effort), sampling, ..plain(model) })
    };
    let old = asks("claude-sonnet-4-20250514", Effort::Medium);
    assert_eq!(old["thinking"], json!({"type": "enabled", "budget_tokens": 8192}));
    assert!(old.get("temperature").is_none() && old.get("output_config").is_none());
    let new = asks("claude-opus-4-7", Effort::High);
    assert_eq!(new["thinking"]["type"], "adaptive");
    assert_eq!(new["output_config"]["effort"], "high");
    assert!(asks("claude-opus-4-7", Effort::Off).get("temperature").is_none(), "refused by this family");
    assert_eq!(asks("claude-sonnet-4-6", Effort::Off)["temperature"], 0.5);
    assert_eq!(asks("claude-opus-4-7", Effort::Off).get("thinking"), None, "it is off unless asked for");
    assert_eq!(asks("claude-opus-5", Effort::Off)["thinking"], json!({"type": "disabled"}));
    let always = asks("claude-fable-5-1", Effort::Off);
    assert_eq!((&always["thinking"]["type"], &always["output_config"]["effort"]), (&json!("adaptive"), &json!("low")));
    let brief = CompletionRequest { effort: Some(Effort::High), max_tokens: Some(1000), ..plain("claude-3-7-sonnet") };
    assert!(body(&brief).get("thinking").is_none(), "there is no room for thoughts");
}

#[test]
fn thinking_stays_off_while_another_models_call_is_open() {
    let call = ToolCall { id: "1".into(), name: "f".into(), ..ToolCall::default() };
    let mut request = CompletionRequest { effort: Some(Effort::High), ..plain("claude-sonnet-4-5") };
    request.messages.push(ChatMessage { role: Role::Assistant, content: vec![Content::ToolCall(call.clone())] });
    assert!(body(&request).get("thinking").is_none());
    let thought = Content::Reasoning { text: "hm".into(), signature: Some("anthropic:s".into()) };
    request.messages[1].content = vec![thought, Content::ToolCall(call)];
    let sent = body(&request);
    assert_eq!(sent["thinking"]["type"], "enabled");
    assert_eq!(sent["messages"][1]["content"][0], json!({"type": "thinking", "thinking": "hm", "signature": "s"}));
}

#[test]
fn the_person_speaks_first_and_nothing_is_blank() {
    let messages = vec![
        ChatMessage::new(Role::Assistant, "Welcome"),
        ChatMessage::new(Role::User, " \n"),
        ChatMessage::new(Role::Assistant, "Go on \n"),
    ];
    let sent = body(&CompletionRequest::new("claude-sonnet-4-5", messages));
    let said: Vec<_> = sent["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| (&message["role"], &message["content"]))
        .collect();
    let text =
        |words: &[&str]| json!(words.iter().map(|text| json!({"type": "text", "text": text})).collect::<Vec<_>>());
    assert_eq!(said, [(&json!("user"), &text(&["…"])), (&json!("assistant"), &text(&["Welcome", "Go on"]))]);
}

#[test]
fn documents_are_sent_where_their_type_is_taken() {
    let file = |kind: &str| {
        let media = crate::Media { media_type: kind.into(), data: bytes::Bytes::from_static(b"%PDF") };
        let content = vec![Content::File(crate::File { name: "a.pdf".into(), media })];
        CompletionRequest::new("claude-sonnet-4-5", vec![ChatMessage { role: Role::User, content }])
    };
    let pdf = &body(&file("application/pdf"))["messages"][0]["content"][0];
    assert_eq!(
        (&pdf["type"], &pdf["title"], &pdf["source"]["data"]),
        (&json!("document"), &json!("a.pdf"), &json!("JVBERg=="))
    );
    let text = &body(&file("text/csv"))["messages"][0]["content"][0];
    assert_eq!(text["text"], "<file name=\"a.pdf\">\n%PDF\n</file>");
    let refused = request::body(&file("application/zip")).expect_err("refused");
    assert!(refused.detail.is_some_and(|detail| detail.contains("application/zip")));
}

#[test]
fn the_list_of_models_has_pages() {
    let page = models::read(br#"{"data":[{"type":"model","id":"claude-x","display_name":"X","max_input_tokens":200000}],"has_more":true,"last_id":"claude-x"}"#, &asked()).expect("a list");
    assert_eq!(page.models, [ModelInfo::new("claude-x", Some(200_000))]);
    assert_eq!(page.next.as_deref(), Some("claude-x"));
    let known = models::read(br#"{"data":[{"id":"claude-y","max_input_tokens":1000000,"max_tokens":128000,"capabilities":{"image_input":{"supported":true},"structured_outputs":{"supported":true},"thinking":{"supported":true,"types":{}}}},{"id":"old","capabilities":{"thinking":{"supported":false}}},{"id":"odd","max_tokens":null,"capabilities":null}]}"#, &asked()).expect("a list");
    let facts = &known.models[0].facts;
    assert_eq!((facts.vision, facts.json, facts.reasoning), (Some(true), Some(true), Some(true)));
    assert_eq!((facts.context_window, facts.max_output, &facts.efforts), (Some(1_000_000), Some(128_000), &None));
    assert_eq!(known.models[1].facts.efforts, Some(Vec::new()));
    assert_eq!(known.models[2], ModelInfo::new("odd", None));
    let last = models::read(br#"{"data":[],"has_more":false,"last_id":null}"#, &asked()).expect("a list");
    assert_eq!(last.next, None);
    let error = models::read(
        br#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
        &asked(),
    );
    assert_eq!(error.map(|_| ()).expect_err("refused").code, ErrorCode::ProviderUnauthorized);
}

#[test]
fn documents_are_told_in_this_protocols_words() {
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body(&documents_request()));
    });
}
