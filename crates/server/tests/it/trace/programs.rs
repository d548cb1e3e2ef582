//! Traces of what programs ask below `/v1`.

use super::{TestApp, TestUser, detail, lines, of, set, stages};
use serde_json::{Value, json};
use shared::events::Status;
use shared::trace::{Stage, TraceDetail};

fn ask(model: &str, stream: bool) -> Value {
    json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": "a program's question"}]})
}

/// The latest trace, once so many are stored.
async fn latest(app: &TestApp, user: &TestUser, count: usize) -> TraceDetail {
    // A stream ends for its reader before the trace does.
    crate::support::eventually("the trace is stored", || async {
        app.app.traces.flush().await;
        lines(user, "").await.len() == count
    })
    .await;
    let found = lines(user, "").await;
    detail(user, found[0]["id"].as_str().expect("an id")).await
}

#[tokio::test]
async fn a_call_shows_its_stages_whether_it_is_streamed_or_whole_and_in_whatever_form() {
    let app = TestApp::new().await;
    let user = app.with_models(&["slow-300"]).await;
    let message = json!({"model": "slow-300", "max_tokens": 50, "messages": [{"role": "user", "content": "hi"}]});
    let calls = [
        ("/v1/chat/completions", ask("slow-300", false)),
        ("/v1/chat/completions", ask("slow-300", true)),
        ("/v1/messages", message),
    ];
    for (number, (path, body)) in calls.into_iter().enumerate() {
        let reply = user.post(path, body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let trace = latest(&app, &user, number + 1).await;
        let (brief, totals) = (&trace.brief, &trace.brief.totals);
        let seen = stages(&trace);
        for stage in [Stage::Admission, Stage::Call, Stage::Connect, Stage::FirstToken, Stage::Saving, Stage::End] {
            assert!(seen.contains(&stage), "{path}: {stage:?} is missing in {seen:?}");
        }
        assert_eq!((brief.status, brief.model.as_str(), brief.via.as_str()), (Status::Completed, "slow-300", "api"));
        assert_eq!((brief.run_id.is_none(), brief.message_id.is_none(), totals.calls), (true, true, 1));
        assert_eq!(brief.request_id, reply.headers["x-request-id"].to_str().expect("an id"));
        assert_eq!(totals.own_us + totals.provider_us + totals.tools_us, totals.total_us);
        assert!(totals.provider_us >= 250_000, "{totals:?}: the provider thinks for 300 ms");
        assert!(totals.completion_tokens > 0 && totals.first_token_us.is_some(), "{totals:?}");
        let sample = |sample: &Option<shared::trace::Sample>| {
            sample.as_ref().and_then(|sample| sample.pieces[0].text.clone()).unwrap_or_default()
        };
        assert!(sample(&trace.request).contains("slow-300"), "{:?}", trace.request);
        assert!(!sample(&trace.response).is_empty(), "{path}: {:?}", trace.response);
    }
}

#[tokio::test]
async fn failures_refusals_of_other_keys_and_programs_that_leave_are_named() {
    let app = TestApp::new().await;
    let user = app.with_models(&["500", "cut", "stall-after-2"]).await;
    for (number, (model, stream)) in [("500", false), ("500", true), ("cut", true)].into_iter().enumerate() {
        let reply = user.post("/v1/chat/completions", ask(model, stream)).await;
        let trace = latest(&app, &user, number + 1).await;
        let code = trace.brief.code.clone().expect("a code");
        assert_eq!(trace.brief.status, Status::Failed, "{model}");
        assert!(reply.text.contains(&code), "{model}: {code} is not what the program was told: {}", reply.text);
        assert_eq!(of(&trace, Stage::Call)[0].code.as_ref(), Some(&code), "{model}");
    }
    let request = user.request(reqwest::Method::POST, "/v1/chat/completions").json(&ask("stall-after-2", true));
    let mut response = request.send().await.expect("an answer");
    response.chunk().await.expect("alive").expect("a word");
    drop(response);
    assert_eq!(latest(&app, &user, 4).await.brief.status, Status::Stopped);
}

#[tokio::test]
async fn the_settings_hold_for_programs_too_and_nobody_reads_anothers() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let (bob, carol) = (app.user(&admin, "bob").await, app.user(&admin, "carol").await);
    set(&admin, "task_trace_via", json!("spa")).await;
    assert_eq!(bob.post("/v1/chat/completions", ask("ok", false)).await.status, 200);
    set(&admin, "task_trace_via", json!("api")).await;
    assert_eq!(bob.post("/v1/chat/completions", ask("ok", false)).await.status, 200);
    let trace = latest(&app, &bob, 1).await;
    let path = format!("/api/task-trace/{}", trace.brief.id.0);
    assert_eq!(carol.get(&path).await.status, 404);
    let seen = admin.get(&path).await;
    assert_eq!(seen.status, 200);
    assert!(!seen.text.contains("a program's question"), "administrators see the shape alone");
}
