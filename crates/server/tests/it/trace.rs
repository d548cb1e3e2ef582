//! Task traces: what an answer went through, who reads it, and how long it stays.

mod faults;
mod keeping;
mod programs;
mod rights;

use crate::recorder as provider;
use crate::support::{Finished, TestApp, TestUser, eventually};
use serde_json::{Value, json};
use server::trace::Recorder;
use shared::events::Status;
use shared::trace::{MAX_EVENTS, Stage, TraceDetail, TraceEvent};

/// The lines that a query finds, the latest first.
pub(crate) async fn lines(user: &TestUser, query: &str) -> Vec<Value> {
    let reply = user.get(&format!("/api/task-trace?{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body["items"].as_array().expect("a list").clone()
}

/// The only trace of an answer, once it is stored.
pub(crate) async fn trace_of(app: &TestApp, user: &TestUser, done: &Finished) -> TraceDetail {
    app.app.traces.flush().await;
    let found = lines(user, &format!("message={}", done.message())).await;
    assert_eq!(found.len(), 1, "{found:?}");
    detail(user, found[0]["id"].as_str().expect("an id")).await
}

async fn detail(user: &TestUser, id: &str) -> TraceDetail {
    let reply = user.get(&format!("/api/task-trace/{id}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    serde_json::from_value(reply.body).expect("a trace")
}

/// The id of a trace that was just made.
pub(crate) async fn traced(app: &TestApp, user: &TestUser) -> String {
    let done = user.ask("ok", "trace me").await;
    trace_of(app, user, &done).await.brief.id.0
}

fn stages(trace: &TraceDetail) -> Vec<Stage> {
    trace.events.iter().map(|event| event.stage).collect()
}

fn of(trace: &TraceDetail, stage: Stage) -> Vec<&TraceEvent> {
    trace.events.iter().filter(|event| event.stage == stage).collect()
}

async fn set(admin: &TestUser, key: &str, value: Value) {
    let reply = admin.put(&format!("/api/settings/system/{key}"), json!({"value": value})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn an_answer_shows_every_stage_and_whose_time_each_was() {
    let app = TestApp::new().await;
    let user = app.with_models(&["slow-400"]).await;
    let done = user.ask("slow-400", "hello there").await;
    let trace = trace_of(&app, &user, &done).await;
    let seen = stages(&trace);
    for stage in [
        Stage::Admission,
        Stage::Context,
        Stage::Begin,
        Stage::Call,
        Stage::Connect,
        Stage::FirstToken,
        Stage::Tokens,
        Stage::Saving,
        Stage::End,
    ] {
        assert!(seen.contains(&stage), "{stage:?} is missing in {seen:?}");
    }
    assert!(trace.events.is_sorted_by_key(|event| event.at), "in the order of their begin");
    assert_eq!(seen.last(), Some(&Stage::End));
    let (brief, totals) = (&trace.brief, &trace.brief.totals);
    assert_eq!((brief.status, brief.code.as_deref(), brief.model.as_str()), (Status::Completed, None, "slow-400"));
    assert_eq!((brief.person.name.as_str(), brief.via.as_str()), ("admin", "api"));
    assert_eq!(brief.run_id.as_ref().map(|id| id.0.as_str()), Some(done.run().as_str()));
    assert_eq!(totals.own_us + totals.provider_us + totals.tools_us, totals.total_us);
    assert!(totals.provider_us >= 390_000, "the provider was silent for 400 ms: {totals:?}");
    assert!(totals.own_us < totals.total_us - 390_000, "its time is not ours: {totals:?}");
    assert!(totals.first_token_us.is_some_and(|first| first >= 390_000 && first <= totals.total_us));
    let usage = done.live.message.usage.as_ref().expect("usage");
    assert_eq!((totals.prompt_tokens, totals.completion_tokens), (usage.prompt_tokens, usage.completion_tokens));
    let bytes: u64 = of(&trace, Stage::Tokens).iter().filter_map(|event| event.count).sum();
    assert!(bytes >= done.live.message.text().len() as u64);
    let call = of(&trace, Stage::Call)[0];
    assert_eq!((call.name.as_deref(), call.model.as_deref(), call.call), (Some("mock"), Some("slow-400"), Some(1)));
    let (request, response) = (trace.request.expect("a request"), trace.response.expect("a response"));
    assert!(request.pieces.iter().any(|piece| piece.text.as_deref().is_some_and(|text| text.contains("hello there"))));
    assert_eq!(response.pieces[0].text.as_deref(), Some(done.live.message.text().as_str()));
}

#[tokio::test]
async fn a_key_that_was_refused_is_a_call_of_its_own_with_its_code() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let keys = json!([{"key": "sk-0123456789-dead"}, {"key": "sk-0123456789-good"}]);
    let body = json!({"name": "two", "baseUrl": app.mock.base_url(), "keys": keys, "models": ["ok"]});
    assert_eq!(admin.post("/api/connections", body).await.status, 201);
    let done = admin.ask("ok", "hi").await;
    let trace = trace_of(&app, &admin, &done).await;
    let calls = of(&trace, Stage::Call);
    let said = |call: &TraceEvent| (call.call, call.code.clone(), call.http);
    let refused = (Some(1), Some("provider.unauthorized".to_owned()), Some(401));
    assert_eq!(calls.iter().map(|call| said(call)).collect::<Vec<_>>(), [refused, (Some(2), None, None)]);
    assert_eq!(of(&trace, Stage::Notice)[0].code.as_deref(), Some("provider.next_key"));
    assert_eq!((trace.brief.status, trace.brief.totals.calls), (Status::Completed, 2));
}

#[tokio::test]
async fn tools_and_further_rounds_are_stages() {
    let app = TestApp::new().await;
    let user = app.with_models(&["tools-2"]).await;
    let done = user.ask("tools-2", "hi").await;
    let trace = trace_of(&app, &user, &done).await;
    let tools = of(&trace, Stage::Tool);
    assert_eq!(tools.len(), 2, "{trace:?}");
    for tool in tools {
        assert_eq!((tool.name.as_deref(), tool.params["failed"].as_str()), (Some("lookup"), "true"), "there is none");
    }
    assert_eq!((trace.brief.status, trace.brief.totals.calls), (Status::Completed, 2));
    assert_eq!(of(&trace, Stage::Context).len(), 2, "once more for the results");
}

#[tokio::test]
async fn a_pause_that_a_provider_asks_for_is_a_stage_of_the_providers_time() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let busy = std::sync::atomic::AtomicBool::new(true);
    let provider = provider::Recorder::start(move |_| {
        if busy.swap(false, std::sync::atomic::Ordering::Relaxed) {
            provider::Reply::Refuses(429, Some(1), "rate_limit_exceeded", "slow down".to_owned())
        } else {
            provider::Reply::says("there")
        }
    });
    let provider = provider.await;
    provider.connect(&admin, "busy", &["m"]).await;
    let done = admin.ask("m", "hi").await;
    let trace = trace_of(&app, &admin, &done).await;
    let wait = of(&trace, Stage::Wait)[0].took.expect("a span");
    assert!(wait >= 990_000 && trace.brief.totals.provider_us >= wait, "{trace:?}");
    assert_eq!(of(&trace, Stage::Call)[0].code.as_deref(), Some("provider.rate_limited"));
}

#[tokio::test]
async fn a_stopped_answer_is_a_stopped_trace() {
    let app = TestApp::new().await;
    let user = app.with_models(&["tokens-2000-50"]).await;
    let mut events = user.stream(json!({"content": "hi", "model": "tokens-2000-50"})).await;
    events.until_text().await;
    let run = events.live.run_id.clone().expect("a run");
    user.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    let trace = trace_of(&app, &user, &events.finish().await).await;
    assert_eq!((trace.brief.status, trace.brief.code), (Status::Stopped, None));
}

#[tokio::test]
async fn further_models_have_traces_of_their_own() {
    let app = TestApp::new().await;
    let user = app.with_models(&["ok", "echo"]).await;
    let reply = user.post("/api/chat", json!({"content": "hi", "model": "ok", "also": ["echo"]})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    eventually("both are traced", || async { lines(&user, "").await.len() == 2 }).await;
}

#[test]
fn a_recorder_that_nobody_wants_notes_nothing() {
    let recorder = Recorder::default();
    recorder.span(Stage::Admission, recorder.now());
    recorder.asks(&server::trace::Asked { connection: "x", model: "y" }, || unreachable!("no sample is made"));
    assert!(!recorder.is_on());
}

#[tokio::test]
async fn of_very_many_events_the_first_and_the_end_stay_and_the_rest_is_counted() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let origin = server::trace::Origin {
        request_id: "many".into(),
        via: shared::trace::Via::Api,
        since: std::time::Instant::now(),
    };
    let mut somebody = crate::support::anybody();
    somebody.id = admin.id.as_str().into();
    let recorder = app.app.traces.begin(&somebody, &origin, Some(true));
    recorder.arm(server::trace::Subject { model: "m".to_owned(), ..Default::default() });
    for _ in 0..MAX_EVENTS + 500 {
        recorder.span(Stage::Context, recorder.now());
    }
    recorder.finish(Status::Completed, None, &shared::error::Params::new(), None);
    app.app.traces.flush().await;
    let found = lines(&admin, "").await;
    let trace = detail(&admin, found[0]["id"].as_str().expect("an id")).await;
    assert_eq!(trace.events.len(), MAX_EVENTS);
    let [.., left_out, end] = &trace.events[..] else { panic!("events") };
    assert_eq!((left_out.stage, left_out.count, end.stage), (Stage::LeftOut, Some(502), Stage::End));
}
