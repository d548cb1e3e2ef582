//! Budgets, places and sizes, for programs.

use super::{ask, booked, key, streamed};
use crate::support::{TestApp, TestUser};
use futures_util::StreamExt as _;
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
    crate::support::eventually("the provider is asked", reached).await;
    let reply = program.post("/v1/chat/completions", ask("ok", "hi")).await;
    assert_eq!((reply.status, reply.code()), (429, "run.limit"), "{}", reply.text);
    waiting.abort();
    let free = || async { program.post("/v1/chat/completions", ask("ok", "hi")).await.status == 200 };
    crate::support::eventually("the place is free", free).await;
    let huge = ask("ok", &"x".repeat(33 * 1024 * 1024));
    let request = program.request(reqwest::Method::POST, "/v1/chat/completions").json(&huge);
    // A server that answers before it has read everything may cut the way back.
    if let Ok(response) = request.send().await {
        assert_eq!(response.status(), 413);
    }
}

/// Sends one of many calls; some are left after two words.
async fn send(program: &TestUser, number: usize) {
    let model = ["tokens-20-0", "tokens-20-0", "tokens-20-0", "500", "cut", "stall-after-2"][number % 6];
    let (path, mut body) = match number % 5 {
        0 => ("/v1/messages", ask(model, "hi")),
        1 => ("/v1/completions", json!({"model": model, "prompt": "hi"})),
        _ => ("/v1/chat/completions", ask(model, "hi")),
    };
    body["max_tokens"] = 100.into();
    let leaves = model == "stall-after-2";
    if leaves || number.is_multiple_of(2) {
        body = streamed(body);
    }
    let request = program.request(reqwest::Method::POST, path).json(&body);
    let mut response = request.send().await.expect("an answer");
    if leaves {
        // Two words come, and then the program leaves.
        response.chunk().await.expect("alive").expect("a word");
        return;
    }
    response.text().await.expect("an end");
}

#[tokio::test]
async fn after_a_thousand_mixed_calls_what_is_booked_is_what_the_provider_served() {
    const CALLS: usize = 1_000;
    const AT_ONCE: usize = 40;
    let app = TestApp::new().await;
    let admin = app.with_models(&["tokens-20-0", "500", "cut", "stall-after-2"]).await;
    admin.put("/api/settings/system/runs_per_user", json!({"value": 1000})).await;
    let program = key(&app, &admin).await;
    let calls = futures_util::stream::iter((0..CALLS).map(|number| send(&program, number)));
    calls.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    let rows = booked(&app, CALLS).await;
    let records = app.mock.ledger().records();
    assert_eq!((rows.len(), records.len()), (CALLS, CALLS), "a row for every call, and no call without one");
    let of = |status: &'static str| rows.iter().filter(move |row| row.status == status);
    let good: Vec<_> = records.iter().filter(|record| record.model == "tokens-20-0").collect();
    let served = (
        good.iter().map(|record| record.prompt_tokens as i64).sum::<i64>(),
        good.iter().map(|record| record.tokens as i64).sum::<i64>(),
    );
    let completed =
        (of("completed").map(|row| row.prompt).sum::<i64>(), of("completed").map(|row| row.completion).sum());
    assert_eq!((of("completed").count(), completed), (good.len(), served));
    let left = records.iter().filter(|record| record.model == "stall-after-2").count();
    assert_eq!(of("stopped").count(), left);
    assert!(of("failed").all(|row| row.code.is_some()));
}
