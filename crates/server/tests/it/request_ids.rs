//! One id names a request from the edge to the provider, in the log, in the trace and in what people are told.

use crate::recorder::{REQUEST_ID, Recorder, Reply};
use crate::support::{TestApp, eventually};
use crate::tap;
use crate::trace::{lines, trace_of};
use reqwest::Method;
use serde_json::json;
use shared::trace::{Stage, TraceDetail};

/// An id as a proxy in front gives it.
fn of_the_edge() -> String {
    format!("edge-{}", server::clock::new_id())
}

fn provider_request_id(trace: &TraceDetail) -> Option<&str> {
    trace.events.iter().find(|event| event.stage == Stage::Call)?.provider_request_id.as_deref()
}

#[tokio::test]
async fn an_answer_is_known_by_one_id_here_and_by_the_providers_own() {
    tap::start();
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("there")).await;
    provider.connect(&admin, "own", &["m"]).await;
    let id = of_the_edge();
    let request = admin.request(Method::POST, "/api/chat").header("x-request-id", &id);
    let reply = admin.call(request.json(&json!({"content": "hi", "model": "m"}))).await;
    assert_eq!((reply.status, reply.headers["x-request-id"].to_str().ok()), (200, Some(id.as_str())));
    assert_eq!(provider.asked()[0].client_request_id.as_deref(), Some(id.as_str()), "the provider can be asked");
    app.app.traces.flush().await;
    let found = lines(&admin, "").await;
    assert_eq!(found[0]["requestId"], json!(id));
    let path = format!("/api/task-trace/{}", found[0]["id"].as_str().expect("an id"));
    let trace: TraceDetail = serde_json::from_value(admin.get(&path).await.body).expect("a trace");
    assert_eq!(provider_request_id(&trace), Some(REQUEST_ID));
    assert!(admin.get(&format!("{path}/export")).await.text.contains(REQUEST_ID));
    let logged = tap::of_request(&id);
    assert!(logged.iter().any(|line| line.contains("answer ended") && line.contains(REQUEST_ID)), "{logged:?}");
}

#[tokio::test]
async fn a_failure_is_told_with_the_id_under_which_log_and_trace_have_it() {
    tap::start();
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::refuses(400)).await;
    provider.connect(&admin, "own", &["m"]).await;
    let done = admin.ask("m", "hi").await;
    let stored = admin.messages(&done.session()).await.pop().expect("an answer");
    let id = stored["error"]["requestId"].as_str().expect("an id").to_owned();
    let trace = trace_of(&app, &admin, &done).await;
    assert_eq!((trace.brief.request_id.as_str(), provider_request_id(&trace)), (id.as_str(), Some(REQUEST_ID)));
    assert_eq!(provider.last().client_request_id.as_deref(), Some(id.as_str()));
    let logged = tap::of_request(&id);
    let is_told = |words: &str| logged.iter().any(|line| line.contains(words) && line.contains(REQUEST_ID));
    assert!(is_told("a call of a provider failed") && is_told("answer ended"), "{logged:?}");
}

#[tokio::test]
async fn a_program_is_answered_under_the_id_that_its_provider_gets() {
    tap::start();
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("there")).await;
    provider.connect(&admin, "own", &["m"]).await;
    let id = of_the_edge();
    let body = json!({"model": "m", "stream": true, "messages": [{"role": "user", "content": "hi"}]});
    let request = admin.request(Method::POST, "/v1/chat/completions").header("x-request-id", &id);
    let reply = admin.call(request.json(&body)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(provider.last().client_request_id.as_deref(), Some(id.as_str()));
    eventually("the call is logged", || async {
        let logged = tap::of_request(&id);
        logged.iter().any(|line| line.contains("a call of a program ended") && line.contains(REQUEST_ID))
    })
    .await;
}

#[tokio::test]
async fn an_id_that_is_none_is_replaced() {
    let app = TestApp::new().await;
    for odd in ["short", "with space in it", "a\u{e9}a\u{e9}a\u{e9}a\u{e9}", &"x".repeat(65), "<script>alert(1)"] {
        let value = reqwest::header::HeaderValue::from_bytes(odd.as_bytes()).expect("bytes of a header");
        let nobody = app.nobody();
        let reply = nobody.call(nobody.request(Method::GET, "/api/health").header("x-request-id", value)).await;
        assert_ne!(reply.headers["x-request-id"].as_bytes(), odd.as_bytes(), "{odd}");
    }
}
