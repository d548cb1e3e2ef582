//! What is sent, and how what comes back is understood.

use super::*;
use crate::replay::{documents_request, endpoint, picture, recorded, sent, standard_request};
use crate::request::{ChatMessage, Content, Effort, JsonAnswer, Role, Sampling, ToolChoice, ToolResult};
use serde_json::{Value, json};

fn provider() -> OpenAiResponses {
    OpenAiResponses::new(Egress::new(egress::Config::default()).expect("a client"), endpoint())
}

fn body(request: &CompletionRequest) -> Value {
    sent(&provider().question(request).expect("a question").body)
}

#[tokio::test]
async fn every_recording_gives_its_events() {
    recorded("openai_responses", EventMapper::new).await;
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
        tool_choice: Some(ToolChoice::Named("f".into())),
        sampling: Sampling { temperature: Some(0.5), top_p: Some(0.9), ..Sampling::default() },
        json: Some(JsonAnswer::Schema { name: "s".into(), schema: json!({"type": "object"}) }),
        max_tokens: Some(99),
        effort: Some(Effort::Low),
        web_search: true,
        extra: json!({"store": true}).as_object().expect("an object").clone(),
        messages: vec![ChatMessage::new(Role::User, "x")],
        ..standard_request()
    };
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body(&request));
    });
}

#[test]
fn families_that_think_hand_out_sealed_thoughts_and_take_them_back() {
    let mut request = CompletionRequest { model: "gpt-5".into(), effort: Some(Effort::Off), ..standard_request() };
    request.sampling.temperature = Some(0.5);
    for content in request.messages.iter_mut().flat_map(|message| &mut message.content) {
        if let Content::Reasoning { signature, .. } = content {
            *signature = Some("openai_responses:{\"id\":\"rs_1\",\"encrypted_content\":\"gAAA\"}".into());
        }
    }
    let sent = body(&request);
    assert_eq!(sent["include"], json!(["reasoning.encrypted_content"]));
    assert_eq!(sent["reasoning"], json!({"effort": "minimal", "summary": "auto"}));
    assert_eq!(sent.get("temperature"), None);
    let thoughts: Vec<_> =
        sent["input"].as_array().expect("items").iter().filter(|item| item["type"] == "reasoning").collect();
    let expected = json!({"type": "reasoning", "id": "rs_1", "encrypted_content": "gAAA", "summary": [{"type": "summary_text", "text": "hm"}]});
    assert_eq!(thoughts, [&expected], "only those of the turn under way");
}

#[test]
fn summaries_that_are_refused_are_not_asked_for_again() {
    let provider = provider();
    let request = CompletionRequest { effort: Some(Effort::Low), ..standard_request() };
    assert!(provider.question(&request).expect("a question").adorned);
    let refusal = "Your organization must be verified to generate reasoning summaries.";
    assert!(provider.learns(&Refusal { message: refusal.into(), ..Refusal::default() }));
    let question = provider.question(&request).expect("a question");
    assert!(!question.adorned);
    assert_eq!(sent(&question.body)["reasoning"], json!({"effort": "low"}));
    assert!(!provider.learns(&Refusal { message: "no".into(), ..Refusal::default() }));
}

#[test]
fn pictures_of_a_tool_are_part_of_its_output() {
    let mut request = standard_request();
    let said = ToolResult { call_id: "b".into(), text: "see".into(), images: vec![picture()], failed: false };
    request.messages.last_mut().expect("a message").content = vec![Content::ToolResult(said)];
    let input = body(&request)["input"].take();
    let outputs: Vec<_> = input
        .as_array()
        .expect("items")
        .iter()
        .filter(|item| item["type"] == "function_call_output")
        .map(|item| &item["output"])
        .collect();
    assert_eq!(
        outputs[2],
        &json!([{"type": "input_text", "text": "see"}, {"type": "input_image", "image_url": "data:image/png;base64,iVBORw=="}])
    );
}

#[test]
fn documents_are_told_in_this_protocols_words() {
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body(&documents_request()));
    });
}
