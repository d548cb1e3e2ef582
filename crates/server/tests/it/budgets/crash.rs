//! What is set aside is free again, however a call ends.

use super::{answered, each, refused, rule, used, with_prices};
use crate::support::{TestApp, TestUser, eventually};
use serde_json::json;
use server::auth::CurrentUser;
use server::budgets::{Ask, Payer};
use std::sync::Arc;

/// Sets something aside for a call that is never made, as a server does that dies before it begins the run.
async fn set_aside(app: &TestApp, user: &TestUser) {
    let who =
        server::db::users::get(app.app.db.read(), &user.id.as_str().into()).await.expect("read").expect("a person");
    let model = app.app.catalog.resolve(Some("ok"), &who).expect("the model");
    let who = CurrentUser { user: Arc::new(who), login: "l".into(), key: None };
    let ask = Ask { is_answer: true, prompt: 10, answer: 300, prices: Vec::new() };
    let held =
        app.app.budgets.reserve(Payer { who: &who, model: &model }, "never-begun", &ask).await.expect("set aside");
    assert!(held.is_some(), "a rule holds");
}

#[tokio::test]
async fn a_crash_in_between_leaves_no_reservation_behind() {
    let (app, admin) = with_prices(&["ok", "stall-after-1"]).await;
    let (requests, tokens) =
        (rule(&admin, each(), "requests", "day", 10).await, rule(&admin, each(), "tokens", "day", 100_000).await);
    let mut writing = admin.stream(json!({"content": "hi", "model": "stall-after-1"})).await;
    writing.until_text().await;
    eventually("what was written is stored", || async {
        let path = format!("/api/sessions/{}/messages", writing.live.message.session_id.as_ref().expect("a chat"));
        admin.get(&path).await.text.contains("w0")
    })
    .await;
    // The pieces are stored twice a second.
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    set_aside(&app, &admin).await;
    assert_eq!(used(&admin, &requests).await, (0, 2));
    drop(writing);

    let (config, data_dir) = app.crash().await;
    let app = TestApp::open(config, data_dir).await;
    let admin = app.login("admin").await;
    assert_eq!(used(&admin, &requests).await, (1, 0), "the answer that was begun counts, and nothing is set aside");
    let (spent, reserved) = used(&admin, &tokens).await;
    assert!(spent > 0 && reserved == 0, "{spent}, {reserved}");
}

#[tokio::test]
async fn what_a_request_set_aside_that_never_began_is_free_after_its_lease() {
    let (app, admin) = with_prices(&["ok"]).await;
    let id = rule(&admin, each(), "requests", "day", 1).await;
    set_aside(&app, &admin).await;
    refused(&admin, "ok").await;
    let now = server::db::engine::lease_clock(app.app.db.read(), app.app.clock.now()).await.expect("a clock");
    app.app.budgets.keep_house(now).await.expect("kept");
    assert_eq!(used(&admin, &id).await, (0, 1), "it may still begin");
    app.app.budgets.keep_house(now + 5 * 60_000).await.expect("kept");
    assert_eq!(used(&admin, &id).await, (0, 0));
    answered(&admin, "ok").await;
}

#[tokio::test]
async fn an_answer_that_fails_or_is_stopped_without_a_word_is_no_request() {
    let (app, admin) = with_prices(&["inspection", "silent-60000"]).await;
    let id = rule(&admin, each(), "requests", "day", 5).await;
    assert_eq!(super::ask(&admin, "inspection").await.code(), "provider.content_filtered");
    assert_eq!(used(&admin, &id).await, (0, 0));
    let mut waiting = admin.stream(json!({"content": "hi", "model": "silent-60000"})).await;
    waiting.next().await.expect("it begins");
    assert_eq!(used(&admin, &id).await, (0, 1));
    let run = waiting.live.run_id.clone().expect("a run");
    admin.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    waiting.finish().await;
    assert_eq!(used(&admin, &id).await, (0, 0));
    assert_eq!(app.mock.ledger().totals().requests, 2);
}

#[tokio::test]
async fn a_message_that_is_refused_sets_nothing_aside() {
    let (_app, admin) = with_prices(&["ok"]).await;
    let id = rule(&admin, each(), "requests", "day", 5).await;
    let done = admin.ask("ok", "first").await;
    let session = done.session();
    // A parent that is not the end of the path it says to go on from.
    let body = json!({"sessionId": session, "parentId": "nothing", "content": "hi", "model": "ok"});
    assert_eq!(admin.post("/api/chat", body).await.code(), "message.not_found");
    // A twin that is joined, and does not pay again.
    let twin = json!({"content": "hi", "model": "ok", "clientMessageId": "twin-1"});
    for _ in 0..2 {
        assert_eq!(admin.post("/api/chat", twin.clone()).await.status, 200);
    }
    assert_eq!(used(&admin, &id).await, (2, 0));
}
