//! What is sent, vendor by vendor, and how what comes back is understood.

use super::*;
use crate::replay::{documents_request, endpoint, recorded, sent, standard_request};
use crate::request::{Effort, JsonAnswer, Sampling, ToolChoice};
use crate::{ChatMessage, Role};
use serde_json::{Value, json};

fn provider(base_url: &str) -> OpenAiChat {
    let endpoint = Endpoint { base_url: base_url.into(), ..endpoint() };
    OpenAiChat::new(Egress::new(egress::Config::default()).expect("a client"), endpoint)
}

/// What a provider at `base_url` is sent.
pub(super) fn body(base_url: &str, request: &CompletionRequest) -> Value {
    sent(&provider(base_url).question(request).expect("a question").body)
}

#[tokio::test]
async fn every_recording_gives_its_events() {
    recorded("openai_chat", EventMapper::new).await;
}

#[test]
fn a_request_holds_what_was_asked_and_nothing_else() {
    let messages = vec![ChatMessage::new(Role::System, "Be brief."), ChatMessage::new(Role::User, "“你好”\n\t\"x\"")];
    let request = CompletionRequest { max_tokens: Some(64), ..CompletionRequest::new("vendor/m:free", messages) };
    let expected = json!({
        "model": "vendor/m:free", "stream": true, "stream_options": {"include_usage": true}, "max_tokens": 64,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "“你好”\n\t\"x\""}],
    });
    assert_eq!(body("https://gate.example/v1", &request), expected);
    let provider = provider("https://gate.example/v1");
    provider.learns(&Refusal { message: "Unknown parameter: 'stream_options'".into(), ..Refusal::default() });
    let question = provider.question(&request).expect("a question");
    assert!(!question.adorned && sent(&question.body).get("stream_options").is_none());
}

#[test]
fn a_whole_conversation_is_told_in_this_protocols_words() {
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body("https://gate.example/v1", &standard_request()));
    });
}

#[test]
fn everything_that_was_set_is_sent() {
    let request = CompletionRequest {
        tool_choice: Some(ToolChoice::Named("f".into())),
        sampling: Sampling {
            temperature: Some(0.5),
            top_p: Some(0.9),
            top_k: Some(40),
            presence_penalty: Some(0.1),
            frequency_penalty: Some(0.2),
            seed: Some(7),
            stop: vec!["END".into()],
        },
        json: Some(JsonAnswer::Schema { name: "s".into(), schema: json!({"type": "object"}) }),
        effort: Some(Effort::Low),
        extra: json!({"stream_options": null, "user": "u", "response_format": {"json_schema": {"strict": true}}})
            .as_object()
            .expect("an object")
            .clone(),
        messages: vec![ChatMessage::new(Role::User, "x")],
        ..standard_request()
    };
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body("https://gate.example/v1", &request));
    });
}

#[test]
fn documents_are_told_in_this_protocols_words() {
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body("https://gate.example/v1", &documents_request()));
    });
}
