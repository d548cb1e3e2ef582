//! The provider against every behaviour of the fake model server, over real sockets.

use egress::{Config, Egress, Trust};
use futures_util::StreamExt;
use llm::openai_chat::OpenAiChat;
use llm::{
    ChatMessage, CompletionEvent, CompletionRequest, Endpoint, Error, Provider, Role, Secret, StopReason, Timeouts,
};
use mock_llm::{MockLlm, Options, behaviours};
use shared::ErrorCode;
use shared::chat::Usage;
use std::time::Duration;

const KEY: &str = "sk-canary-0123456789abcdef";

fn provider(server: &MockLlm, timeouts: Timeouts) -> OpenAiChat {
    let endpoint = Endpoint {
        name: "Mock".into(),
        base_url: server.base_url(),
        key: Some(Secret::new(KEY)),
        trust: Trust::Admin,
        timeouts,
    };
    OpenAiChat::new(Egress::new(Config::default()).expect("a client"), endpoint)
}

/// Short enough for a test, long enough for a busy machine.
const BRIEF: Timeouts = Timeouts { first_byte: Duration::from_millis(1500), idle: Duration::from_millis(700) };

#[derive(Debug, Default)]
struct Answer {
    text: String,
    thoughts: String,
    usage: Option<Usage>,
    end: Option<Result<StopReason, Error>>,
}

impl Answer {
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

async fn ask(provider: &OpenAiChat, model: &str) -> Answer {
    let messages = vec![ChatMessage::new(Role::User, "Say  it,\n字 🎉.")];
    let mut answer = Answer::default();
    let mut stream = match provider.stream(CompletionRequest::new(model, messages)).await {
        Ok(stream) => stream,
        Err(error) => return Answer { end: Some(Err(error)), ..answer },
    };
    while let Some(event) = stream.next().await {
        assert!(answer.end.is_none(), "{model}: {event:?} after the end");
        match event {
            Ok(CompletionEvent::Started { .. } | CompletionEvent::ToolCall(_)) => {}
            Ok(CompletionEvent::Text(text)) => answer.text.push_str(&text),
            Ok(CompletionEvent::Thinking { text, .. }) => answer.thoughts.push_str(&text),
            Ok(CompletionEvent::Usage(usage)) => answer.usage = Some(usage),
            Ok(CompletionEvent::Stop(reason)) => answer.end = Some(Ok(reason)),
            Err(error) => answer.end = Some(Err(error)),
        }
    }
    answer
}

/// What each behaviour must lead to; a behaviour without a row here fails the test.
fn expected(model: &str) -> Result<StopReason, ErrorCode> {
    Err(match model {
        "length" => return Ok(StopReason::Length),
        "content-filter" => return Ok(StopReason::ContentFilter),
        "stall-after-5" => ErrorCode::ProviderStalled,
        "slow-2000" | "silent-2000" => ErrorCode::ProviderTimeout,
        "malformed" => ErrorCode::ProviderMalformed,
        "cut" | "cut-early" => ErrorCode::ProviderCut,
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
        | "whitespace" | "huge-delta" | "keepalive" | "empty" | "nochoices" | "reasoning-only" | "usage-last"
        | "no-usage" | "zero-usage" | "nospace" | "crlf" | "utf8split" | "no-done" | "json-not-sse" => {
            return Ok(StopReason::End);
        }
        other => panic!("`{other}` is new: say here what it must lead to"),
    })
}

#[tokio::test]
async fn every_behaviour_leads_to_its_one_end() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let provider = provider(&server, BRIEF);
    let models: Vec<_> = behaviours().map(|about| about.example).collect();
    let ask = |model: &'static str| {
        let provider = &provider;
        // Paced answers are asked for at a rate that does not hold the test up.
        async move { (model, ask(provider, &model.replace("-50", "-5000")).await) }
    };
    for (model, answer) in futures_util::future::join_all(models.into_iter().map(ask)).await {
        let end = answer.end.clone().unwrap_or_else(|| panic!("{model} has no end"));
        assert_eq!(end.map_err(|error| error.code), expected(model), "{model}: {answer:?}");
        if let Some(error) = answer.error() {
            assert!(!format!("{error:?} {error}").contains("canary"), "{model}: {error:?}");
            let words = error.to_api().message + &error.to_api().hint.unwrap_or_default();
            assert!(!words.contains('…'), "{model}: {words}");
        }
    }
}

#[tokio::test]
async fn text_thoughts_and_usage_arrive_to_the_letter() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let provider = provider(&server, Timeouts::default());
    assert_eq!(ask(&provider, "echo").await.text, "Say  it,\n字 🎉.");
    let whole = ask(&provider, "canned-zh").await.text;
    assert!(whole.chars().count() > 500);
    let ok = ask(&provider, "ok").await;
    for same in ["nospace", "crlf", "keepalive", "no-done", "json-not-sse", "usage-last", "no-usage", "zero-usage"] {
        assert_eq!(ask(&provider, same).await.text, ok.text, "{same}");
    }
    assert_eq!(ask(&provider, "utf8split").await.text, "汉字和 é 🎉");
    assert_eq!(ask(&provider, "huge-delta").await.text.len(), 64 * 1024);
    assert!(ask(&provider, "whitespace").await.text.starts_with(" \nfirst   second\n\n"));
    let tokens: String = (0..300).map(mock_llm::token).collect();
    assert_eq!(ask(&provider, "tokens-300-0").await.text, tokens);

    let thinking = ask(&provider, "thinking").await;
    assert!(!thinking.thoughts.is_empty() && thinking.text == ok.text);
    let reasoning_only = ask(&provider, "reasoning-only").await;
    assert!(!reasoning_only.thoughts.is_empty() && reasoning_only.text.is_empty());
    for silent in ["empty", "nochoices"] {
        let answer = ask(&provider, silent).await;
        assert_eq!((answer.text.as_str(), answer.stop()), ("", Some(StopReason::End)), "{silent}");
    }
    assert!(ok.usage.is_some_and(|usage| usage.prompt_tokens > 0 && usage.completion_tokens > 0));
    for uncounted in ["no-usage", "zero-usage"] {
        assert_eq!(ask(&provider, uncounted).await.usage, None, "{uncounted}");
    }
    assert!(server.ledger().records().iter().all(|record| record.include_usage && record.authorization));
}

#[tokio::test]
async fn what_came_before_a_fault_is_kept() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let provider = provider(&server, BRIEF);
    for broken in ["cut", "malformed", "error-in-stream", "stall-after-5", "length", "content-filter"] {
        assert!(!ask(&provider, broken).await.text.is_empty(), "{broken}");
    }
    assert_eq!(ask(&provider, "cut-early").await.text, "");
}

#[tokio::test]
async fn errors_say_what_helps() {
    let server = MockLlm::start(Options::default()).expect("a server");
    let provider = provider(&server, BRIEF);
    let error = async |model| ask(&provider, model).await.error().expect(model);
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
async fn the_list_of_models_is_read_and_a_wrong_key_is_told() {
    let server = MockLlm::start(Options { key: Some(KEY.into()), ..Options::default() }).expect("a server");
    let names = provider(&server, BRIEF).models().await.expect("models");
    assert!(names.iter().any(|model| model.name == "echo"));
    let mut endpoint = Endpoint {
        name: "Mock".into(),
        base_url: server.base_url(),
        key: Some(Secret::new("sk-wrong-9876543210")),
        trust: Trust::Admin,
        timeouts: BRIEF,
    };
    let egress = Egress::new(Config::default()).expect("a client");
    let wrong = OpenAiChat::new(egress.clone(), endpoint.clone());
    assert_eq!(wrong.models().await.expect_err("refused").code, ErrorCode::ProviderUnauthorized);
    assert_eq!(ask(&wrong, "ok").await.code(), Some(ErrorCode::ProviderUnauthorized));
    endpoint.base_url.push_str("/nowhere");
    let astray = OpenAiChat::new(egress.clone(), endpoint.clone());
    assert_eq!(astray.models().await.expect_err("nothing there").code, ErrorCode::ProviderNotFound);
    endpoint.trust = Trust::User;
    let untrusted = OpenAiChat::new(egress, endpoint);
    assert_eq!(ask(&untrusted, "ok").await.code(), Some(ErrorCode::EgressBlocked));
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
