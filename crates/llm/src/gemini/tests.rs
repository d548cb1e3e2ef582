//! What is sent, and how what comes back is understood.

use super::*;
use crate::replay::{asked, documents_request, endpoint, picture, recorded, sent, standard_request};
use crate::request::{ChatMessage, Content, Effort, JsonAnswer, Role, Sampling, ToolChoice, ToolResult};
use serde_json::{Value, json};

fn body(request: &CompletionRequest) -> Value {
    let provider = Gemini::new(Egress::new(egress::Config::default()).expect("a client"), endpoint());
    sent(&provider.question(request).expect("a question").body)
}

#[tokio::test]
async fn every_recording_gives_its_events() {
    recorded("gemini", EventMapper::new).await;
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
        max_tokens: Some(99),
        effort: Some(Effort::Low),
        web_search: true,
        extra: json!({"generationConfig": {"mediaResolution": "LOW"}}).as_object().expect("an object").clone(),
        messages: vec![ChatMessage::new(Role::User, "x")],
        ..standard_request()
    };
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body(&request));
    });
}

#[test]
fn the_model_is_part_of_the_path() {
    let provider = Gemini::new(Egress::new(egress::Config::default()).expect("a client"), endpoint());
    for (model, path) in [
        ("gemini-3-pro", "models/gemini-3-pro:streamGenerateContent?alt=sse"),
        ("models/gemini-3-pro", "models/gemini-3-pro:streamGenerateContent?alt=sse"),
        ("odd ?#name", "models/odd%20%3F%23name:streamGenerateContent?alt=sse"),
        ("../../files", "models/..%2F..%2Ffiles:streamGenerateContent?alt=sse"),
    ] {
        let request = CompletionRequest { model: model.into(), ..standard_request() };
        assert_eq!(provider.question(&request).expect("a question").path, path);
    }
    assert_eq!(provider.list_path(Some("a&b")), "models?pageSize=1000&pageToken=a%26b");
}

#[test]
fn calls_of_the_third_generation_come_with_a_proof() {
    let mut request = CompletionRequest { model: "gemini-3-pro".into(), ..standard_request() };
    let proofs = |request: &CompletionRequest| {
        let contents = body(request)["contents"].as_array().expect("contents").clone();
        let parts = contents.iter().flat_map(|content| content["parts"].as_array().expect("parts").clone());
        parts
            .filter(|part| part.get("functionCall").is_some())
            .map(|part| part["thoughtSignature"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(proofs(&request), [Value::Null, json!("skip_thought_signature_validator"), Value::Null]);
    for content in request.messages.iter_mut().flat_map(|message| &mut message.content) {
        if let Content::ToolCall(call) = content {
            call.signature = Some("gemini:c2ln".into());
        }
    }
    assert_eq!(proofs(&request), ["c2ln", "c2ln", "c2ln"]);
    let older = CompletionRequest { model: "gemini-2.5-flash".into(), ..standard_request() };
    assert_eq!(proofs(&older), [Value::Null, Value::Null, Value::Null]);
}

#[test]
fn thinking_is_a_level_or_a_budget() {
    let thinking = |model: &str, effort| {
        body(&CompletionRequest { model: model.into(), effort: Some(effort), ..standard_request() })["generationConfig"]
            ["thinkingConfig"]
            .take()
    };
    assert_eq!(thinking("gemini-3-pro", Effort::High), json!({"includeThoughts": true, "thinkingLevel": "high"}));
    assert_eq!(thinking("gemini-3-pro", Effort::Off), json!({"includeThoughts": false, "thinkingLevel": "low"}));
    assert_eq!(thinking("gemini-3.5-flash", Effort::Minimal)["thinkingLevel"], "minimal");
    assert_eq!(thinking("gemini-3.1-pro-preview", Effort::Medium)["thinkingLevel"], "medium");
    assert_eq!(thinking("gemini-2.5-pro", Effort::Off)["thinkingBudget"], 128);
    assert_eq!(thinking("gemini-2.5-flash", Effort::Off), json!({"includeThoughts": false, "thinkingBudget": 0}));
}

#[test]
fn the_web_is_searched_where_no_tools_of_ours_stand_in_the_way() {
    let mut request = CompletionRequest { web_search: true, ..standard_request() };
    let kinds = |request: &CompletionRequest| {
        let tools = body(request)["tools"].take();
        let kinds = tools.as_array().expect("tools").iter().flat_map(|tool| tool.as_object().expect("a tool").keys());
        kinds.cloned().collect::<Vec<_>>()
    };
    assert_eq!(kinds(&request), ["functionDeclarations"]);
    request.tools.clear();
    assert_eq!(kinds(&request), ["googleSearch"]);
}

#[test]
fn pictures_of_a_tool_stand_beside_its_result() {
    let mut request = standard_request();
    let said = ToolResult { call_id: "b".into(), text: "no".into(), images: vec![picture()], failed: true };
    request.messages.last_mut().expect("a message").content = vec![Content::ToolResult(said)];
    let contents = body(&request)["contents"].take();
    let parts = contents.as_array().and_then(|contents| contents.last()).expect("a content")["parts"].clone();
    assert_eq!(parts[0]["functionResponse"]["response"]["error"], "The tool was not run.");
    assert_eq!(parts[1], json!({"functionResponse": {"name": "g", "response": {"error": "no"}}}));
    assert_eq!(parts[2]["inlineData"]["mimeType"], "image/png");
}

#[test]
fn the_list_holds_what_answers_and_has_pages() {
    let page = models::read(br#"{"models":[{"name":"models/gemini-x","inputTokenLimit":1048576,"outputTokenLimit":65536,"thinking":true,"supportedGenerationMethods":["generateContent"]},{"name":"models/embed","supportedGenerationMethods":["embedContent"]}],"nextPageToken":"p2"}"#, &asked()).expect("a list");
    let facts = &page.models[0].facts;
    assert_eq!((page.models.len(), page.models[0].name.as_str()), (1, "gemini-x"));
    assert_eq!((facts.context_window, facts.max_output, facts.reasoning), (Some(1_048_576), Some(65_536), Some(true)));
    assert_eq!(page.next.as_deref(), Some("p2"));
    let refused = models::read(b"<html><title>Sign in</title></html>", &asked()).map(|_| ());
    assert_eq!(refused.expect_err("no list").code, ErrorCode::ProviderNotAStream);
}

#[test]
fn documents_are_told_in_this_protocols_words() {
    insta::with_settings!({sort_maps => true}, {
        insta::assert_json_snapshot!(body(&documents_request()));
    });
}

#[test]
fn texts_to_embed_are_requests_of_their_own() {
    let provider = Gemini::new(Egress::new(egress::Config::default()).expect("a client"), endpoint());
    let dressed = |body: Value| {
        let rules = CompletionRequest {
            model: "models/gemini-embedding-001".into(),
            extra: json!({"taskType": "RETRIEVAL_QUERY"}).as_object().expect("an object").clone(),
            ..CompletionRequest::default()
        };
        let mut fields = Fields::parse(body.to_string().as_bytes()).expect("fields");
        let passing = Passing {
            interface: Interface::Embeddings,
            fields: fields.clone(),
            stream: false,
            headers: Vec::new(),
            rules,
            limit: None,
        };
        provider.dress(&passing, &mut fields).map(|_| sent(&fields.to_vec()))
    };
    let asked = dressed(json!({"model": "x", "input": ["a", "b"], "dimensions": 3, "encoding_format": "base64"}));
    let request = |text: &str| {
        json!({"model": "models/gemini-embedding-001", "content": {"parts": [{"text": text}]}, "outputDimensionality": 3,
            "taskType": "RETRIEVAL_QUERY"})
    };
    assert_eq!(asked.expect("a request"), json!({"requests": [request("a"), request("b")]}));
    assert_eq!(dressed(json!({"input": "a"})).expect("a request")["requests"].as_array().map(Vec::len), Some(1));
    let refused = dressed(json!({"input": [1, 2]})).expect_err("numbers of tokens");
    assert_eq!(refused.code, ErrorCode::ProviderInvalidRequest);
    assert_eq!(provider.door(Interface::Embeddings, "models/a b").as_deref(), Some("models/a%20b:batchEmbedContents"));
}
