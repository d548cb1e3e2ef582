//! Whatever fails, trace and message name the same code.

use super::{of, trace_of};
use crate::recorder::{Recorder, Reply};
use crate::support::{TestApp, eventually};
use crate::tap;
use serde_json::json;
use server::db::ConnectionTrait as _;
use shared::events::Status;
use shared::trace::{Stage, TraceDetail};
use std::collections::BTreeSet;

/// Ways of the fake model to fail.
const FAULTS: [&str; 22] = [
    "401",
    "402",
    "403",
    "403-region",
    "404",
    "429",
    "429-quota",
    "500",
    "503",
    "529",
    "inspection",
    "ctx-openai",
    "empty",
    "nochoices",
    "reasoning-only",
    "content-filter",
    "malformed",
    "error-in-stream",
    "cut",
    "cut-early",
    "html200",
    "redirect",
];

#[tokio::test]
async fn trace_message_log_and_doctor_name_the_same_code_for_every_fault() {
    tap::start();
    let app = TestApp::new().await;
    let user = app.admin().await;
    for model in FAULTS {
        let body = json!({"name": model, "baseUrl": app.mock.base_url(), "key": "sk-0123456789", "models": [model]});
        assert_eq!(user.post("/api/connections", body).await.status, 201);
    }
    let doctor = user.post("/api/diagnosis", json!({})).await.body;
    let diagnosed = |model: &str| {
        let findings = doctor["findings"].as_array().expect("findings").iter();
        let of_model = findings.filter(|finding| finding["connection"] == model && finding["stage"] == "chat");
        of_model.map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect::<Vec<_>>()
    };
    let mut codes = BTreeSet::new();
    for model in FAULTS {
        let done = user.ask(model, "hi").await;
        let stored = user.messages(&done.session()).await.pop().expect("an answer");
        let trace = trace_of(&app, &user, &done).await;
        let code = stored["error"]["code"].as_str().expect("a code");
        assert!(code.starts_with("provider.") && code == done.code(), "{model}: {stored}");
        assert_eq!((trace.brief.status, trace.brief.code.as_deref()), (Status::Failed, Some(code)), "{model}");
        assert_eq!(
            (&stored["status"], &stored["error"]["requestId"]),
            (&json!("failed"), &json!(trace.brief.request_id))
        );
        assert_eq!(trace.events.last().and_then(|end| end.code.as_deref()), Some(code), "{model}");
        assert!(of(&trace, Stage::Call).iter().any(|call| call.code.as_deref() == Some(code)), "{model}: {trace:?}");
        let logged = tap::of_request(&trace.brief.request_id);
        let is_told = |line: &String| line.contains("answer ended") && line.contains(&format!("code=\"{code}\""));
        assert!(logged.iter().any(is_told), "{model}: {code} in {logged:?}");
        says_what_came(model, &trace, &logged);
        // A model that only thinks is no fault of its connection, and its list of models says nothing of the answer.
        let found = if model == "reasoning-only" { "connection.ok" } else { code };
        assert_eq!(diagnosed(model), [found], "{model}: what the doctor says");
        codes.insert(code.to_owned());
    }
    assert!(codes.len() >= 14, "they are told apart: {codes:?}");
}

/// Of an answer that says nothing trace and log tell what came instead.
fn says_what_came(model: &str, trace: &TraceDetail, logged: &[String]) {
    let began = match model {
        "empty" => "finish_reason",
        "nochoices" => "choices",
        "html200" => "<",
        _ => return,
    };
    let sample = trace.response.as_ref().expect("what came");
    let raw = sample.pieces.iter().find(|piece| piece.kind == "raw").and_then(|piece| piece.text.as_deref());
    assert!(raw.is_some_and(|raw| raw.contains(began)), "{model}: {sample:?}");
    assert!(sample.set.get("chunks").is_some_and(|count| count != "0"), "{model}: {sample:?}");
    let end = logged.iter().find(|line| line.contains("answer ended")).expect("the end");
    assert!(end.contains("chunks=") && end.contains("bytes="), "{model}: {end}");
    assert!(model == "html200" || end.contains("reason=\"end\""), "{model}: {end}");
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_named_in_the_trace() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let gone = Recorder::start(|_| Reply::says("never")).await;
    let url = gone.url.clone();
    drop(gone);
    let body = json!({"name": "gone", "baseUrl": url, "key": "sk-0123456789", "models": ["ok"]});
    assert_eq!(admin.post("/api/connections", body).await.status, 201);
    let done = admin.ask("ok", "hi").await;
    let trace = trace_of(&app, &admin, &done).await;
    assert_eq!((trace.brief.code.as_deref(), done.code()), (Some("provider.refused"), "provider.refused"));
}

#[tokio::test]
async fn on_a_full_disk_the_trace_is_stored_later_with_the_code_of_the_message() {
    let app = TestApp::new().await;
    if app.app.db.is_postgres() {
        // Another machine's disk, as in `faults`.
        return;
    }
    let user = app.with_models(&["tokens-100-200"]).await;
    let mut events = user.stream(json!({"content": "x".repeat(20_000), "model": "tokens-100-200"})).await;
    events.until_text().await;
    let limit = async |pages: u32| {
        let tx = app.app.db.begin().await.expect("a transaction");
        tx.execute_unprepared(&format!("PRAGMA max_page_count = {pages}")).await.expect("the limit is set");
        tx.commit().await.expect("committed");
    };
    limit(1).await;
    let done = events.finish().await;
    assert_eq!(done.code(), "storage.full");
    limit(1_073_741_823).await;
    let query = format!("message={}", done.message());
    eventually("the trace is stored once there is room", || async {
        super::lines(&user, &query).await.iter().any(|line| line["code"] == "storage.full")
    })
    .await;
}

#[tokio::test]
async fn a_trace_whose_server_died_never_ended_and_says_so() {
    let app = TestApp::new().await;
    let user = app.with_models(&["tokens-2000-20"]).await;
    let mut events = user.stream(json!({"content": "hi", "model": "tokens-2000-20"})).await;
    events.until_text().await;
    let message = events.live.message.message_id.clone().expect("a message");
    let query = format!("message={message}");
    eventually("a long answer has its line while it is written", || async {
        super::lines(&user, &query).await.iter().any(|line| line["status"] == "streaming")
    })
    .await;
    let id = super::lines(&user, &query).await[0]["id"].as_str().expect("an id").to_owned();
    let under_way = super::detail(&user, &id).await;
    assert!(under_way.brief.ended_at.is_none() && !of(&under_way, Stage::Tokens).is_empty(), "{under_way:?}");
    let token = user.token.clone();
    let (config, data_dir) = app.crash().await;
    let app = TestApp::open(config, data_dir).await;
    let user = app.nobody().holding(token);
    let trace = super::detail(&user, &id).await;
    assert_eq!((trace.brief.status, trace.brief.code.as_deref()), (Status::Interrupted, Some("server.crashed")));
    assert!(trace.brief.ended_at.is_none());
    let session = trace.brief.session_id.expect("a chat");
    let stored = user.messages(session.as_str()).await.pop().expect("an answer");
    assert_eq!((&stored["status"], &stored["error"]["code"]), (&json!("interrupted"), &json!("server.crashed")));
}
