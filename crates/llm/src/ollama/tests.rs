//! What is sent, and how what comes back is understood.

use super::*;
use crate::replay::{documents_request, endpoint, recorded, sent, standard_request};
use crate::request::{ChatMessage, Content, Effort, JsonAnswer, Role, Sampling, ToolChoice};
use serde_json::{Value, json};

fn provider(base_url: &str) -> Ollama {
    let endpoint = Endpoint { base_url: base_url.into(), ..endpoint() };
    Ollama::new(Egress::new(egress::Config::default()).expect("a client"), endpoint)
}

fn body(request: &CompletionRequest) -> Value {
    sent(&provider("http://localhost:11434").question(request).expect("a question").body)
}

#[tokio::test]
async fn every_recording_gives_its_events() {
    recorded("ollama", EventMapper::new).await;
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
        sampling: Sampling {
            temperature: Some(0.5),
            top_p: Some(0.9),
            top_k: Some(40),
            presence_penalty: Some(0.1),
            frequency_penalty: Some(0.2),
            seed: Some(7),
            stop: vec!["END".into()],
        },
        json: Some(JsonAnswer::Object),
        max_tokens: Some(99),
        context_window: Some(8192),
        effort: Some(Effort::Low),
        extra: json!({"keep_alive": "1h"}).as_object().expect("an object").clone(),
        messages: vec![ChatMessage::new(Role::User, "x")],
        ..standard_request()
    };
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body(&request));
    });
}

#[test]
fn thinking_is_a_switch_and_for_some_a_word() {
    let think = |model: &str, effort| {
        body(&CompletionRequest { model: model.into(), effort, ..standard_request() })["think"].take()
    };
    assert_eq!(think("qwen3:8b", Some(Effort::High)), true);
    assert_eq!(think("qwen3:8b", Some(Effort::Off)), false);
    assert_eq!(think("gpt-oss:20b", Some(Effort::Off)), "low");
    assert_eq!(think("qwen3:8b", None), Value::Null);
}

#[test]
fn tools_that_must_not_be_called_are_not_offered() {
    let request = CompletionRequest { tool_choice: Some(ToolChoice::None), ..standard_request() };
    assert!(body(&request).get("tools").is_none());
}

#[test]
fn documents_are_refused_with_their_type() {
    let media = crate::Media { media_type: "application/pdf".into(), data: bytes::Bytes::new() };
    let content = vec![Content::File(crate::File { name: "a".into(), media })];
    let request = CompletionRequest::new("m", vec![ChatMessage { role: Role::User, content }]);
    let error = request::body(&request).expect_err("refused");
    assert!(error.detail.is_some_and(|detail| detail.contains("application/pdf")));
}

#[test]
fn a_text_goes_as_text_and_a_picture_beside_it() {
    let mut request = documents_request();
    request.messages[0].content.retain(|content| !matches!(content, Content::File(file) if file.name == "b.pdf"));
    let message = body(&request)["messages"][0].take();
    let text = "Compare.\n\n<file name=\"a.csv\">\n名,1\n\n</file>";
    assert_eq!(message, json!({"role": "user", "content": text, "images": ["iVBORw=="]}));
}

#[test]
fn a_base_url_of_the_other_form_is_understood() {
    for base_url in ["http://localhost:11434", "http://localhost:11434/v1/", "http://localhost:11434/api"] {
        assert_eq!(provider(base_url).transport.endpoint().base_url, "http://localhost:11434");
    }
}
