//! Behaviours that refuse before an answer begins.

use crate::support::{Answer, Client, ask, start};
use mock_llm::MockLlm;
use serde_json::json;

fn error(answer: &Answer) -> (Option<String>, String) {
    let error = &answer.json()["error"];
    let code = error["code"].as_str().map(str::to_owned);
    (code, error["message"].as_str().expect("a message").to_owned())
}

#[test]
fn every_refusal_has_its_status_and_code_streamed_or_not() {
    let mock = start();
    let table = [
        ("401", 401, Some("invalid_api_key")),
        ("402", 402, Some("invalid_request_error")),
        ("403", 403, Some("permission_denied")),
        ("403-region", 403, Some("unsupported_country_region_territory")),
        ("404", 404, Some("model_not_found")),
        ("429", 429, Some("rate_limit_exceeded")),
        ("429-quota", 429, Some("insufficient_quota")),
        ("500", 500, None),
        ("503", 503, None),
        ("529", 529, None),
        ("ctx-openai", 400, Some("context_length_exceeded")),
        ("inspection", 400, Some("data_inspection_failed")),
        ("no-such-model", 404, Some("model_not_found")),
    ];
    for (model, status, code) in table {
        for stream in [true, false] {
            let answer = ask(&mock, model, stream);
            assert_eq!(answer.status, status, "{model}");
            assert_eq!(error(&answer).0.as_deref(), code, "{model}");
        }
    }
}

#[test]
fn retry_after_comes_with_429_and_not_with_an_exhausted_quota() {
    let mock = start();
    assert_eq!(ask(&mock, "429", true).header("retry-after"), Some("7"));
    assert_eq!(ask(&mock, "429-quota", true).header("retry-after"), None);
}

#[test]
fn context_errors_come_in_the_words_of_vllm_and_of_a_proxy() {
    let mock = start();
    let vllm = ask(&mock, "ctx-vllm", true);
    assert_eq!(vllm.status, 400);
    assert!(vllm.json()["message"].as_str().expect("text").starts_with("This model's maximum context length is"));
    let proxy = ask(&mock, "ctx-413", true);
    assert_eq!((proxy.status, proxy.header("content-type")), (413, Some("text/html")));
}

#[test]
fn a_web_page_comes_with_status_200() {
    let mock = start();
    let answer = ask(&mock, "html200", true);
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
    assert!(answer.body().contains("<html>"));
}

#[test]
fn a_redirect_is_recorded_when_it_is_followed() {
    let mock = start();
    let answer = ask(&mock, "redirect", true);
    assert_eq!(answer.status, 307);
    assert_eq!(mock.ledger().totals().strays, 0);
    let target = answer.header("location").expect("a target").to_owned();
    let mut client = Client::new(&mock);
    client.send("POST", &target, "", "{}");
    assert_eq!(client.answer().status, 404);
    assert_eq!(mock.ledger().totals().strays, 1);
}

fn ask_with_key(mock: &MockLlm, model: &str, key: &str) -> Answer {
    let mut client = Client::new(mock);
    let body = json!({"model": model, "messages": []}).to_string();
    client.send("POST", "/v1/chat/completions", &format!("Authorization: Bearer {key}\r\n"), &body);
    client.answer()
}

#[test]
fn echo_key_repeats_the_key_and_the_ledger_does_not() {
    let mock = start();
    let answer = ask_with_key(&mock, "echo-key", "sk-canary-1");
    assert_eq!(answer.status, 401);
    assert!(error(&answer).1.contains("sk-canary-1"));
    let record = mock.ledger().last().expect("a record");
    assert!(record.authorization);
    assert!(!serde_json::to_string(&record).expect("JSON").contains("canary"));
    ask(&mock, "ok", false);
    assert!(!mock.ledger().last().expect("a record").authorization);
}

#[test]
fn a_body_that_is_no_json_is_refused_in_openai_words() {
    let mock = start();
    let mut client = Client::new(&mock);
    client.send("POST", "/v1/chat/completions", "", "{");
    let answer = client.answer();
    assert_eq!(answer.status, 400);
    assert!(!error(&answer).1.is_empty());
}
