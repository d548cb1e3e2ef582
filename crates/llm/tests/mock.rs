//! Every protocol against every behaviour of the fake model server, over real sockets.

use egress::{Config, Egress, Trust};
use futures_util::StreamExt;
use llm::{
    Answer, Anthropic, AzureOpenAi, ChatMessage, CompletionEvent, CompletionRequest, Content, Effort, Endpoint, Error,
    Gemini, Media, Ollama, OpenAiChat, OpenAiResponses, Provider, Role, Secret, StopReason, Timeouts, Tool, ToolResult,
};
use mock_llm::{MockLlm, Options, behaviours};
use shared::ErrorCode;
use shared::chat::Usage;
use std::time::Duration;

const KEY: &str = "sk-canary-0123456789abcdef";

/// The protocols, Azure's in both forms.
const PROTOCOLS: &[&str] = &["openai_chat", "openai_responses", "azure", "azure-v1", "anthropic", "gemini", "ollama"];

/// A client; making one reads the machine's certificates, so a test makes one only.
fn client() -> Egress {
    Egress::new(Config::default()).expect("a client")
}

fn endpoint(server: &MockLlm, timeouts: Timeouts) -> Endpoint {
    Endpoint {
        name: "Mock".into(),
        base_url: server.base_url(),
        key: Some(Secret::new(KEY)),
        trust: Trust::Admin,
        timeouts,
        headers: Vec::new(),
    }
}

fn speaks(protocol: &str, egress: &Egress, mut endpoint: Endpoint) -> Box<dyn Provider> {
    let egress = egress.clone();
    if protocol != "openai_chat" && protocol != "openai_responses" {
        // The addresses that these protocols have of their own stand beside the versioned one.
        endpoint.base_url = endpoint.base_url.trim_end_matches("/v1").to_owned();
    }
    match protocol {
        "openai_chat" => Box::new(OpenAiChat::new(egress, endpoint)),
        "openai_responses" => Box::new(OpenAiResponses::new(egress, endpoint)),
        "azure" => Box::new(AzureOpenAi::new(egress, endpoint, Some("2024-10-21".into()))),
        "azure-v1" => Box::new(AzureOpenAi::new(egress, endpoint, None)),
        "anthropic" => Box::new(Anthropic::new(egress, endpoint)),
        "gemini" => Box::new(Gemini::new(egress, endpoint)),
        "ollama" => Box::new(Ollama::new(egress, endpoint)),
        other => panic!("{other} is no protocol"),
    }
}

fn provider(server: &MockLlm, timeouts: Timeouts) -> Box<dyn Provider> {
    speaks("openai_chat", &client(), endpoint(server, timeouts))
}

/// Short enough for a test, long enough for a busy machine.
const BRIEF: Timeouts = Timeouts { first_byte: Duration::from_millis(1500), idle: Duration::from_millis(700) };

/// An answer and how it ended.
#[derive(Debug, Default)]
struct Heard {
    answer: Answer,
    text: String,
    thoughts: String,
    usage: Option<Usage>,
    end: Option<Result<StopReason, Error>>,
}

impl Heard {
    fn stop(&self) -> Option<StopReason> {
        self.end.clone().and_then(Result::ok)
    }

    fn error(&self) -> Option<Error> {
        self.end.clone().and_then(Result::err)
    }

    fn code(&self) -> Option<ErrorCode> {
        self.error().map(|error| error.code)
    }
}

async fn ask(provider: &dyn Provider, model: &str) -> Heard {
    put(provider, CompletionRequest::new(model, vec![ChatMessage::new(Role::User, "Say  it,\n字 🎉.")])).await
}

async fn put(provider: &dyn Provider, request: CompletionRequest) -> Heard {
    let (mut heard, model) = (Heard::default(), request.model.clone());
    let mut stream = match provider.stream(request).await {
        Ok(stream) => stream,
        Err(error) => return Heard { end: Some(Err(error)), ..heard },
    };
    while let Some(event) = stream.next().await {
        assert!(heard.end.is_none(), "{model}: {event:?} after the end");
        match event {
            Ok(event) => heard.answer.apply(event),
            Err(error) => heard.end = Some(Err(error)),
        }
        heard.end = heard.end.or_else(|| heard.answer.stop.clone().map(Ok));
    }
    (heard.text, heard.thoughts, heard.usage) =
        (heard.answer.text(), heard.answer.thoughts(), heard.answer.usage.clone());
    heard
}

/// What each behaviour must lead to; a behaviour without a row here fails the test.
fn expected(protocol: &str, model: &str) -> Result<StopReason, ErrorCode> {
    match (protocol, model) {
        // Local models decline in words, and nobody inspects them.
        ("ollama", "content-filter" | "refusal") => return Ok(StopReason::End),
        // Google blocks; OpenAI's newer protocol has a place for refusals that the fake does not use.
        ("gemini", "refusal") => return Ok(StopReason::ContentFilter),
        ("openai_responses", "refusal") => return Ok(StopReason::End),
        _ => {}
    }
    Err(match model {
        "tools-2" | "tools-thinking" => return Ok(StopReason::ToolUse),
        "refusal" => return Ok(StopReason::Refusal),
        "length" => return Ok(StopReason::Length),
        "content-filter" => return Ok(StopReason::ContentFilter),
        "stall-after-5" => ErrorCode::ProviderStalled,
        "slow-2000" | "silent-2000" => ErrorCode::ProviderTimeout,
        "malformed" => ErrorCode::ProviderMalformed,
        "cut" | "cut-early" | "metered-5" => ErrorCode::ProviderCut,
        "html200" => ErrorCode::ProviderNotAStream,
        "redirect" => ErrorCode::ProviderRedirected,
        "401" | "echo-key" => ErrorCode::ProviderUnauthorized,
        "402" | "429-quota" => ErrorCode::ProviderBalance,
        "403" => ErrorCode::ProviderForbidden,
        "403-region" => ErrorCode::ProviderRegion,
        "404" => ErrorCode::ProviderModelNotFound,
        "429" => ErrorCode::ProviderRateLimited,
        "500" | "error-in-stream" => ErrorCode::ProviderServerError,
        "503" | "529" => ErrorCode::ProviderOverloaded,
        "ctx-openai" | "ctx-vllm" | "ctx-413" => ErrorCode::ProviderContextLength,
        "inspection" => ErrorCode::ProviderContentFiltered,
        "ok" | "echo" | "canned-zh" | "canned-en" | "canned-zh-50" | "canned-en-50" | "tokens-200-50" | "thinking"
        | "think-tags" | "vision" | "whitespace" | "huge-delta" | "keepalive" | "empty" | "nochoices"
        | "reasoning-only" | "usage-last" | "no-usage" | "zero-usage" | "nospace" | "crlf" | "utf8split"
        | "no-done" | "json-not-sse" | "fim" | "no-suffix" | "reversed" | "bad-index" | "tools" | "inspect"
        | "ctx-4k" | "relay-1" => {
            return Ok(StopReason::End);
        }
        other => panic!("`{other}` is new: say here what it must lead to"),
    })
}

#[tokio::test]
async fn every_behaviour_leads_to_its_one_end_in_every_protocol() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let client = client();
    let all = PROTOCOLS.iter().flat_map(|protocol| behaviours().map(move |about| (*protocol, about.example)));
    let asks = all.map(|(protocol, model)| {
        let timed = ["slow", "silent", "stall"].iter().any(|kind| model.starts_with(kind));
        let timeouts = if timed { BRIEF } else { Timeouts::default() };
        let provider = speaks(protocol, &client, endpoint(&server, timeouts));
        // Paced answers are asked for at a rate that does not hold the test up.
        async move { (protocol, model, ask(&*provider, &model.replace("-50", "-5000")).await) }
    });
    let heard: Vec<_> = futures_util::stream::iter(asks).buffer_unordered(24).collect().await;
    for (protocol, model, heard) in heard {
        let end = heard.end.clone().unwrap_or_else(|| panic!("{protocol} {model} has no end"));
        assert_eq!(end.map_err(|error| error.code), expected(protocol, model), "{protocol} {model}: {heard:?}");
        if let Some(error) = heard.error() {
            assert!(!format!("{error:?} {error}").contains("canary"), "{protocol} {model}: {error:?}");
            let words = error.to_api().message + &error.to_api().hint.unwrap_or_default();
            assert!(!words.contains('…'), "{protocol} {model}: {words}");
        }
    }
    assert_eq!(server.ledger().totals().strays, 0, "every address is one that the protocol has");
}

#[tokio::test]
async fn words_thoughts_and_counts_are_the_same_in_every_protocol() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let client = client();
    let plain = provider(&server, Timeouts::default());
    for protocol in PROTOCOLS {
        let provider = speaks(protocol, &client, endpoint(&server, Timeouts::default()));
        for model in [
            "ok",
            "echo",
            "canned-zh",
            "thinking",
            "think-tags",
            "whitespace",
            "utf8split",
            "json-not-sse",
            "length",
            "cut",
        ] {
            let (expected, heard) = (ask(&*plain, model).await, ask(&*provider, model).await);
            // Tags are told from text where models write them: not where the protocol has a place for thoughts.
            let has_place = matches!(*protocol, "openai_responses" | "anthropic" | "gemini");
            if model == "think-tags" && has_place {
                assert!(heard.text.starts_with("<think>") && heard.text.ends_with(&expected.text), "{protocol}");
                continue;
            }
            assert_eq!((&heard.text, &heard.thoughts), (&expected.text, &expected.thoughts), "{protocol} {model}");
            let counts =
                |heard: &Heard| heard.usage.as_ref().map(|usage| (usage.prompt_tokens, usage.completion_tokens));
            if heard.error().is_none() {
                assert_eq!(counts(&heard), counts(&expected), "{protocol} {model}");
            }
        }
        assert_eq!(ask(&*provider, "no-usage").await.usage, None, "{protocol}");
        assert_eq!(ask(&*provider, "zero-usage").await.usage, None, "{protocol}");
        let record = server.ledger().last().expect("a record");
        assert!(record.authorization && record.stream && record.include_usage, "{protocol}: {record:?}");
    }
}

fn tool(name: &str) -> Tool {
    let schema = serde_json::json!({"type": "object", "properties": {"query": {"type": "string"}}});
    Tool { name: name.into(), description: "Looks something up.".into(), schema }
}

/// Answers every call with what was asked for.
fn results(answer: &Answer) -> ChatMessage {
    let result = |call: &llm::ToolCall| {
        let arguments: serde_json::Value = serde_json::from_str(&call.arguments).expect("whole arguments");
        let text = format!("{} has {}", call.name, arguments["query"].as_str().expect("a query"));
        Content::ToolResult(ToolResult { call_id: call.id.clone(), text, ..ToolResult::default() })
    };
    ChatMessage { role: Role::Tool, content: answer.calls().map(result).collect() }
}

#[tokio::test]
async fn tools_are_called_and_their_results_understood_in_every_protocol() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let client = client();
    for protocol in PROTOCOLS {
        let provider = speaks(protocol, &client, endpoint(&server, Timeouts::default()));
        let mut request = CompletionRequest::new("tools-2", vec![ChatMessage::new(Role::User, "hi")]);
        request.tools = vec![tool("first"), tool("second")];
        for round in 0..2 {
            let asked = put(&*provider, request.clone()).await;
            assert_eq!(asked.stop(), Some(StopReason::ToolUse), "{protocol}");
            let results = results(&asked.answer);
            request.messages.extend([asked.answer.into_message(), results]);
            let told = put(&*provider, request.clone()).await;
            assert_eq!(told.text, "The tools said: first has 第 1 个 | second has 第 2 个", "{protocol} {round}");
            request.messages.extend([told.answer.into_message(), ChatMessage::new(Role::User, "again")]);
        }
        let record = server.ledger().last().expect("a record");
        assert_eq!((record.tools, record.tool_results), (2, 2), "{protocol}");
    }
}

#[tokio::test]
async fn thoughts_of_the_turn_go_back_with_the_results() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let client = client();
    for protocol in PROTOCOLS {
        let provider = speaks(protocol, &client, endpoint(&server, Timeouts::default()));
        let mut request = CompletionRequest::new("tools-thinking", vec![ChatMessage::new(Role::User, "hi")]);
        request.effort = Some(Effort::Medium);
        let asked = put(&*provider, request.clone()).await;
        assert!(!asked.thoughts.is_empty(), "{protocol}");
        let results = results(&asked.answer);
        request.messages.extend([asked.answer.into_message(), results]);
        let told = put(&*provider, request.clone()).await.text;
        assert!(told.ends_with("The thoughts came back."), "{protocol}: {told}");
        // Another provider's proofs are of no use, and do no harm.
        for other in PROTOCOLS {
            let other = speaks(other, &client, endpoint(&server, Timeouts::default()));
            assert!(put(&*other, request.clone()).await.text.starts_with("The tools said: lookup has"), "{protocol}");
        }
    }
}

#[tokio::test]
async fn a_strict_vendor_accepts_the_history_in_every_protocol() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let client = client();
    for protocol in PROTOCOLS {
        let provider = speaks(protocol, &client, endpoint(&server, Timeouts::default()));
        let mut request = CompletionRequest::new("tools", vec![ChatMessage::new(Role::User, "hi")]);
        (request.tools, request.effort) = (vec![tool("lookup")], Some(Effort::Medium));
        for round in 0..2 {
            let asked = put(&*provider, request.clone()).await;
            assert_eq!(asked.stop(), Some(StopReason::ToolUse), "{protocol} {round}: {asked:?}");
            let results = results(&asked.answer);
            request.messages.extend([asked.answer.into_message(), results]);
            let told = put(&*provider, request.clone()).await;
            assert_eq!(told.text, "The tool said: lookup has 第 1 个", "{protocol} {round}: {told:?}");
            request.messages.extend([told.answer.into_message(), ChatMessage::new(Role::User, "again")]);
        }
        // What fell out of the window with its call, and a call that never ran, are mended before they are sent.
        request.messages.drain(..2);
        let lost = ToolResult { call_id: "lost".into(), text: "nobody asked".into(), ..ToolResult::default() };
        request.messages.insert(0, ChatMessage { role: Role::Tool, content: vec![Content::ToolResult(lost)] });
        assert_eq!(put(&*provider, request).await.stop(), Some(StopReason::ToolUse), "{protocol}");
    }
}

#[tokio::test]
async fn keys_that_fail_are_told_apart_in_every_protocol() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let client = client();
    for protocol in PROTOCOLS {
        for (key, code, wait) in [
            ("sk-one-dead", ErrorCode::ProviderUnauthorized, None),
            ("sk-two-slow-down", ErrorCode::ProviderRateLimited, Some(1)),
            ("sk-three-busy", ErrorCode::ProviderRateLimited, None),
            ("sk-four-broke", ErrorCode::ProviderBalance, None),
            ("sk-five-broken", ErrorCode::ProviderServerError, None),
        ] {
            let endpoint = Endpoint { key: Some(Secret::new(key)), ..endpoint(&server, Timeouts::default()) };
            let error = ask(&*speaks(protocol, &client, endpoint), "ok").await.error().expect(key);
            let expected = (code, wait.map(Duration::from_secs));
            assert_eq!((error.code, error.retry_after), expected, "{protocol} {key}: {error}");
        }
    }
}

#[tokio::test]
async fn a_conversation_that_is_too_long_is_told_with_numbers_in_every_protocol() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let client = client();
    for protocol in PROTOCOLS {
        let provider = speaks(protocol, &client, endpoint(&server, Timeouts::default()));
        let asks = |text: String| CompletionRequest::new("ctx-4k", vec![ChatMessage::new(Role::User, text)]);
        let error = put(&*provider, asks("字".repeat(6000))).await.error().expect(protocol);
        let told = |name: &str| error.params.get(name).map(String::as_str);
        assert_eq!(error.code, ErrorCode::ProviderContextLength, "{protocol}: {error}");
        assert_eq!((told("limit"), told("used")), (Some("4096"), Some("4206")), "{protocol}: {error}");
        let heard = put(&*provider, asks("字".repeat(100))).await;
        assert_eq!(heard.usage.map(|usage| usage.prompt_tokens), Some(76), "{protocol}");
    }
}

#[tokio::test]
async fn what_models_can_is_learnt_in_every_protocol() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let client = client();
    for protocol in PROTOCOLS {
        let models = speaks(protocol, &client, endpoint(&server, Timeouts::default())).models().await.expect(protocol);
        let facts = |name: &str| {
            let found = models.iter().find(|model| model.name == name).map(|model| model.facts.clone());
            found.unwrap_or_else(|| panic!("{protocol} has no {name}"))
        };
        // Ollama is asked about the first of a long list only.
        let name = if *protocol == "ollama" { "tools" } else { "inspect" };
        let known = facts(name);
        assert_eq!(known.context_window, Some(32_768), "{protocol}");
        match *protocol {
            // Google's list does not say who sees.
            "gemini" => assert_eq!((known.reasoning, known.max_output), (Some(true), Some(4096))),
            "ollama" => assert_eq!((known.vision, known.tools), (Some(true), Some(true))),
            _ => assert_eq!((known.vision, known.reasoning, known.max_output), (Some(true), Some(true), Some(4096))),
        }
        if matches!(*protocol, "openai_chat" | "openai_responses") {
            let price = known.price.expect("a price");
            assert_eq!((price.input, price.output, known.tools), (1.0, 2.0, Some(true)));
        }
        assert_eq!(facts("ok").vision, None, "{protocol}: absent is unknown");
    }
}

#[tokio::test]
async fn pictures_arrive_in_every_protocol() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let client = client();
    let media = Media { media_type: "image/png".into(), data: bytes::Bytes::from_static(b"\x89PNG\r\n\x1a\n") };
    for protocol in PROTOCOLS {
        let provider = speaks(protocol, &client, endpoint(&server, Timeouts::default()));
        let content =
            vec![Content::Text("What is this?".into()), Content::Image(media.clone()), Content::Image(media.clone())];
        let messages = vec![ChatMessage { role: Role::User, content }];
        let heard = put(&*provider, CompletionRequest::new("vision", messages)).await;
        // Ollama's protocol has no place for the type.
        let image = if *protocol == "ollama" { "image" } else { "image/png" };
        assert_eq!(heard.text, format!("I see: {image} of 8 bytes, {image} of 8 bytes."), "{protocol}");
        assert_eq!(server.ledger().last().map(|record| record.images), Some(2), "{protocol}");
    }
}

#[tokio::test]
async fn models_are_listed_and_a_wrong_key_is_told_in_every_protocol() {
    let server = MockLlm::start(Options { key: Some(KEY.into()), ..Options::default() }).expect("a server");
    let client = client();
    for protocol in PROTOCOLS {
        let names = speaks(protocol, &client, endpoint(&server, BRIEF)).models().await.expect(protocol);
        assert!(names.iter().any(|model| model.name == "echo"), "{protocol}");
        let wrong = Endpoint { key: Some(Secret::new("sk-wrong-9876543210")), ..endpoint(&server, BRIEF) };
        let wrong = speaks(protocol, &client, wrong);
        assert_eq!(wrong.models().await.expect_err(protocol).code, ErrorCode::ProviderUnauthorized, "{protocol}");
        assert_eq!(ask(&*wrong, "ok").await.code(), Some(ErrorCode::ProviderUnauthorized), "{protocol}");
        assert_eq!(ask(&*speaks(protocol, &client, endpoint(&server, BRIEF)), "ok").await.code(), None, "{protocol}");
    }
}

#[tokio::test]
async fn text_thoughts_and_usage_arrive_to_the_letter() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let provider = provider(&server, Timeouts::default());
    assert_eq!(ask(&*provider, "echo").await.text, "Say  it,\n字 🎉.");
    let whole = ask(&*provider, "canned-zh").await.text;
    assert!(whole.chars().count() > 500);
    let ok = ask(&*provider, "ok").await;
    for same in ["nospace", "crlf", "keepalive", "no-done", "json-not-sse", "usage-last", "no-usage", "zero-usage"] {
        assert_eq!(ask(&*provider, same).await.text, ok.text, "{same}");
    }
    assert_eq!(ask(&*provider, "utf8split").await.text, "汉字和 é 🎉");
    assert_eq!(ask(&*provider, "huge-delta").await.text.len(), 64 * 1024);
    assert!(ask(&*provider, "whitespace").await.text.starts_with(" \nfirst   second\n\n"));
    let tokens: String = (0..300).map(mock_llm::token).collect();
    assert_eq!(ask(&*provider, "tokens-300-0").await.text, tokens);

    let thinking = ask(&*provider, "thinking").await;
    assert!(!thinking.thoughts.is_empty() && thinking.text == ok.text);
    let reasoning_only = ask(&*provider, "reasoning-only").await;
    assert!(!reasoning_only.thoughts.is_empty() && reasoning_only.text.is_empty());
    for silent in ["empty", "nochoices"] {
        let answer = ask(&*provider, silent).await;
        assert_eq!((answer.text.as_str(), answer.stop()), ("", Some(StopReason::End)), "{silent}");
    }
    assert!(ok.usage.is_some_and(|usage| usage.prompt_tokens > 0 && usage.completion_tokens > 0));
    for uncounted in ["no-usage", "zero-usage"] {
        assert_eq!(ask(&*provider, uncounted).await.usage, None, "{uncounted}");
    }
    assert!(server.ledger().records().iter().all(|record| record.include_usage && record.authorization));
}

#[tokio::test]
async fn what_came_before_a_fault_is_kept() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let provider = provider(&server, BRIEF);
    for broken in ["cut", "malformed", "error-in-stream", "stall-after-5", "length", "content-filter"] {
        assert!(!ask(&*provider, broken).await.text.is_empty(), "{broken}");
    }
    assert_eq!(ask(&*provider, "cut-early").await.text, "");
}

#[tokio::test]
async fn errors_say_what_helps() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let provider = provider(&server, BRIEF);
    let error = async |model| ask(&*provider, model).await.error().expect(model);
    assert_eq!(error("429").await.retry_after, Some(Duration::from_secs(7)));
    assert_eq!(error("429").await.params["seconds"], "7");
    assert_eq!(error("401").await.params["connection"], "Mock");
    assert_eq!(error("404").await.params["model"], "404");
    assert_eq!(error("500").await.status, Some(500));
    assert_eq!(error("html200").await.detail.as_deref(), Some("Sign in"));
    assert_eq!(error("redirect").await.params["location"], format!("http://{}/redirected", server.address()));
    assert!(error("echo-key").await.detail.expect("words").contains("***"));
    let stalled = error("stall-after-5").await;
    assert_eq!((stalled.code, stalled.params["seconds"].as_str()), (ErrorCode::ProviderStalled, "1"));
    let late = error("slow-9000").await;
    assert_eq!((late.code, late.params["seconds"].as_str()), (ErrorCode::ProviderTimeout, "2"));
    assert_eq!(late.params["host"], server.address().to_string());
    assert_eq!(server.ledger().totals().strays, 0, "the redirect was not followed");
}

#[tokio::test]
async fn a_wrong_address_and_a_forbidden_one_are_told() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let client = client();
    let mut endpoint = endpoint(&server, BRIEF);
    endpoint.base_url.push_str("/nowhere");
    let astray = speaks("openai_chat", &client, endpoint.clone());
    assert_eq!(astray.models().await.expect_err("nothing there").code, ErrorCode::ProviderNotFound);
    endpoint.trust = Trust::User;
    assert_eq!(ask(&*speaks("openai_chat", &client, endpoint), "ok").await.code(), Some(ErrorCode::EgressBlocked));
}

#[tokio::test]
async fn leaving_an_answer_ends_the_request() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let provider = provider(&server, Timeouts::default());
    let messages = vec![ChatMessage::new(Role::User, "hi")];
    let request = CompletionRequest::new("tokens-100000-20", messages);
    let mut stream = provider.stream(request).await.expect("a stream");
    while !matches!(stream.next().await, Some(Ok(CompletionEvent::Text(_)))) {}
    drop(stream);
    for _ in 0..100 {
        if server.ledger().totals().client_left == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server was not told");
}
