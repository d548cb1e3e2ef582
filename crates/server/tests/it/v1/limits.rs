//! Budgets, places and sizes, for programs.

use super::{ask, booked, key, streamed};
use crate::support::{TestApp, TestUser, eventually};
use futures_util::StreamExt as _;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;

#[tokio::test]
async fn budgets_hold_programs_to_what_is_left_and_tell_them_how_much_that_is() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["tokens-20-0"]).await;
    let rule = json!({"subject": {"kind": "each"}, "unit": "requests", "window": "day", "limit": 2});
    assert_eq!(admin.post("/api/budgets", rule).await.status, 201);
    let program = key(&app, &admin).await;
    for left in ["1", "0"] {
        let reply = program.post("/v1/chat/completions", ask("tokens-20-0", "hi")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(reply.headers["x-ratelimit-limit-requests"], "2");
        assert_eq!(reply.headers["x-ratelimit-remaining-requests"], left);
        assert!(reply.headers.contains_key("x-ratelimit-reset-requests"));
    }
    let reply = program.post("/v1/chat/completions", streamed(ask("tokens-20-0", "hi"))).await;
    assert_eq!((reply.status, reply.code()), (429, "budget.exceeded"), "{}", reply.text);
    assert_eq!(reply.body["error"]["type"], "insufficient_quota");
    assert!(reply.headers.contains_key("retry-after") && reply.headers["x-ratelimit-remaining-requests"] == "0");
    assert_eq!(booked(&app, 2).await.len(), 2, "what is refused is no call");
}

#[tokio::test]
async fn an_answer_is_no_longer_than_the_budget_and_parallel_requests_never_take_more() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["tokens-20-0"]).await;
    let rule = json!({"subject": {"kind": "each"}, "unit": "tokens", "window": "day", "limit": 1000});
    let rule = admin.post("/api/budgets", rule).await;
    let id = rule.body["id"].as_str().expect("an id").to_owned();
    let program = key(&app, &admin).await;
    let mut body = ask("tokens-20-0", "hi");
    body["max_tokens"] = 90.into();
    let requests = (0..20).map(|_| program.post("/v1/chat/completions", body.clone()));
    let replies = futures_util::future::join_all(requests).await;
    assert!(
        replies.iter().any(|reply| reply.status == 200)
            && replies.iter().all(|reply| matches!(reply.status, 200 | 429))
    );
    let good = replies.iter().filter(|reply| reply.status == 200).count();
    let rows = booked(&app, good).await;
    let took: i64 = rows.iter().map(|row| row.prompt + row.completion).sum();
    let list = admin.get("/api/budgets").await;
    let used = &list.body["items"]
        .as_array()
        .and_then(|items| items.iter().find(|item| item["id"] == id.as_str()))
        .expect("the rule")["used"];
    assert_eq!((used["spent"].as_i64(), used["reserved"].as_i64()), (Some(took), Some(0)), "{used}");
    assert!(took <= 1000);
}

#[tokio::test]
async fn one_person_has_so_many_answers_at_once_and_a_body_has_its_limit() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok", "slow-600000"]).await;
    admin.put("/api/settings/system/runs_per_user", json!({"value": 1})).await;
    let program = key(&app, &admin).await;
    let request = program.request(reqwest::Method::POST, "/v1/chat/completions").json(&ask("slow-600000", "hi"));
    let waiting = tokio::spawn(request.send());
    let reached = || async { app.mock.ledger().records().len() == 1 };
    eventually("the provider is asked", reached).await;
    let reply = program.post("/v1/chat/completions", ask("ok", "hi")).await;
    assert_eq!((reply.status, reply.code()), (429, "run.limit"), "{}", reply.text);
    waiting.abort();
    let free = || async { program.post("/v1/chat/completions", ask("ok", "hi")).await.status == 200 };
    eventually("the place is free", free).await;
    let huge = ask("ok", &"x".repeat(33 * 1024 * 1024));
    let request = program.request(reqwest::Method::POST, "/v1/chat/completions").json(&huge);
    // A server that answers before it has read everything may cut the way back.
    if let Ok(response) = request.send().await {
        assert_eq!(response.status(), 413);
    }
}

/// The models of the many calls: what a provider says of its counts, and what it never gets to say.
const COUNTED: [&str; 3] = ["tokens-20-0", "metered-5", "ok"];
const UNCOUNTED: [&str; 3] = ["500", "cut", "stall-after-2"];

/// One of the many calls; some are left or stopped after two words.
async fn send(program: &TestUser, number: usize) {
    let model = ["tokens-20-0", "metered-5", "tokens-20-0", "500", "cut", "stall-after-2"][number % 6];
    let (path, mut body) = match number % 7 {
        0 => ("/v1/messages", ask(model, "hi")),
        1 => ("/v1/completions", json!({"model": model, "prompt": "hi"})),
        2 => {
            program.post("/v1/embeddings", json!({"model": "ok", "input": ["one", "another"]})).await;
            return;
        }
        3 => return chat(program, model).await,
        _ => ("/v1/chat/completions", ask(model, "hi")),
    };
    let leaves = model == "stall-after-2";
    body["max_tokens"] = 100.into();
    // What is cut off is counted in streams alone.
    body["stream"] = (leaves || model == "metered-5" || number.is_multiple_of(2)).into();
    let request = program.request(reqwest::Method::POST, path).json(&body);
    let mut response = request.send().await.expect("an answer");
    if leaves {
        response.chunk().await.expect("alive").expect("a word");
        return;
    }
    response.text().await.expect("an end");
}

/// The same as a chat, which goes on without its reader, so that it has to be stopped.
async fn chat(program: &TestUser, model: &str) {
    let mut events = program.stream(json!({"model": model, "content": "hi"})).await;
    if model == "stall-after-2" {
        events.until_text().await;
        let run = events.live.run_id.clone().expect("a run");
        assert_eq!(program.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await.status, 202);
    }
    events.finish().await;
}

/// What is booked of all calls together, apart by whether somebody counted: rows, tokens read and written.
async fn sums(app: &TestApp, estimated: bool) -> (i64, i64, i64) {
    let db = app.app.db.read();
    let text = "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(prompt_tokens), 0) AS BIGINT) AS read, \
        CAST(COALESCE(SUM(completion_tokens), 0) AS BIGINT) AS written FROM usage_records WHERE estimated = $1";
    let all = Statement::from_sql_and_values(db.get_database_backend(), text, [estimated.into()]);
    let row = db.query_one_raw(all).await.expect("sums").expect("a row");
    let number = |name: &str| row.try_get::<i64>("", name).expect("a number");
    (number("n"), number("read"), number("written"))
}

#[tokio::test]
async fn after_a_thousand_mixed_calls_what_is_booked_is_what_the_provider_served() {
    const CALLS: usize = 1_000;
    const AT_ONCE: usize = 40;
    let app = TestApp::new().await;
    let models: Vec<&str> = COUNTED.into_iter().chain(UNCOUNTED).collect();
    let admin = app.with_models(&models).await;
    super::beside::kind(&admin, "ok", "embedding").await;
    admin.put("/api/settings/system/runs_per_user", json!({"value": 1000})).await;
    admin.put("/api/settings/system/title_model", json!({"value": "off"})).await;
    let program = key(&app, &admin).await;
    let calls = futures_util::stream::iter((0..CALLS).map(|number| send(&program, number)));
    calls.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    let all = || async { sums(&app, true).await.0 + sums(&app, false).await.0 == CALLS as i64 };
    eventually("every call has its row", all).await;
    let records = app.mock.ledger().records();
    assert_eq!(records.len(), CALLS, "and no call is without one");
    let counted: Vec<_> = records.iter().filter(|record| COUNTED.contains(&record.model.as_str())).collect();
    let served = (
        counted.len() as i64,
        counted.iter().map(|record| record.prompt_tokens as i64).sum::<i64>(),
        counted.iter().map(|record| record.tokens as i64).sum::<i64>(),
    );
    assert_eq!(sums(&app, false).await, served, "what the provider counted is booked as it counted it");
    // Of the others nobody said anything: what was heard is estimated, two words of each that was left.
    let of = |model: &'static str| records.iter().filter(move |record| record.model == model);
    let (estimated, _, written) = sums(&app, true).await;
    assert_eq!(estimated as usize, UNCOUNTED.iter().map(|model| of(model).count()).sum::<usize>());
    let heard: i64 = UNCOUNTED.iter().flat_map(|model| of(model)).map(|record| record.tokens as i64).sum();
    assert!(written >= of("stall-after-2").count() as i64 && written <= heard * 4, "{written} of {heard}");
    let rows = super::rows(&app).await;
    assert!(rows.iter().filter(|row| row.status == "failed").all(|row| row.code.is_some()));
    assert!(rows.iter().any(|row| row.status == "stopped"));
}
