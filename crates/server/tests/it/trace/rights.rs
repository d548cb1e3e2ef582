//! Whose answers are traced, and who reads what of a trace.

use super::{lines, set, trace_of};
use crate::accounts::Browser;
use crate::support::{PASSWORD, TestApp, TestUser};
use serde_json::{Value, json};

/// How many traces an answer to this request has.
async fn count(app: &TestApp, user: &TestUser, wish: Option<bool>) -> usize {
    let mut body = json!({"content": "hi", "model": "ok"});
    if let Some(wish) = wish {
        body["trace"] = wish.into();
    }
    let done = user.stream(body).await.finish().await;
    app.app.traces.flush().await;
    lines(user, &format!("message={}", done.message())).await.len()
}

#[tokio::test]
async fn the_settings_decide_and_a_person_decides_within_them() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let bob = app.user(&admin, "bob").await;
    assert_eq!((count(&app, &bob, None).await, count(&app, &bob, Some(false)).await), (1, 0));
    set(&admin, "task_trace_default", json!(false)).await;
    assert_eq!((count(&app, &bob, None).await, count(&app, &bob, Some(true)).await), (0, 1));
    set(&admin, "task_trace_admins_only", json!(true)).await;
    assert_eq!((count(&app, &bob, Some(true)).await, count(&app, &admin, Some(true)).await), (0, 1));
    set(&admin, "task_trace_via", json!("spa")).await;
    assert_eq!(count(&app, &admin, Some(true)).await, 0, "a program asks");
    set(&admin, "task_trace_via", json!("api")).await;
    assert_eq!(count(&app, &admin, Some(true)).await, 1);
    set(&admin, "task_trace_enabled", json!(false)).await;
    assert_eq!(count(&app, &admin, Some(true)).await, 0);
}

#[tokio::test]
async fn the_web_page_is_told_from_programs_and_knows_whether_it_may() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let mut browser = Browser::new(&app);
    let reply = browser.post("/api/auth/login", json!({"username": "admin", "password": PASSWORD})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let may = async |browser: &Browser| browser.get("/api/bootstrap").await.body["trace"].clone();
    assert_eq!(may(&browser).await, true);
    set(&admin, "task_trace_default", json!(false)).await;
    assert_eq!(may(&browser).await, false);
    set(&admin, "task_trace_via", json!("spa")).await;
    let answer = browser.post("/api/chat", json!({"content": "hi", "model": "ok", "trace": true})).await.body;
    app.app.traces.flush().await;
    let found = lines(&admin, &format!("message={}", answer["messageId"].as_str().expect("an id"))).await;
    assert_eq!(found[0]["via"], "spa");
    set(&admin, "task_trace_via", json!("api")).await;
    assert_eq!(may(&browser).await, Value::Null);
    assert_eq!(app.nobody().get("/api/bootstrap").await.body["trace"], Value::Null);
}

#[tokio::test]
async fn people_read_their_own_and_administrators_all_without_the_words() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let (bob, eve) = (app.user(&admin, "bob").await, app.user(&admin, "eve").await);
    let done = bob.ask("echo", "a private word").await;
    let own = trace_of(&app, &bob, &done).await;
    let path = format!("/api/task-trace/{}", own.brief.id);
    assert!(bob.get(&path).await.text.contains("a private word") && !own.words_hidden);
    assert!(bob.get(&format!("{path}/export")).await.text.contains("a private word"));
    for path in [path.clone(), format!("{path}/export")] {
        let refused = eve.get(&path).await;
        assert_eq!((refused.status, refused.code()), (404, "trace.not_found"));
        let seen = admin.get(&path).await;
        assert!(seen.status == 200 && !seen.text.contains("private word"), "{}", seen.text);
    }
    let seen = admin.get(&path).await.body;
    assert_eq!((&seen["wordsHidden"], &seen["person"]["name"]), (&json!(true), &json!("bob")));
    assert_eq!(seen["response"]["pieces"][0]["chars"], 14);
    assert!(lines(&eve, "").await.is_empty() && lines(&eve, &format!("person={}", bob.id)).await.is_empty());
    assert_eq!(lines(&admin, "person=BO").await.len(), 1);
    // A key of an administrator that may only chat reads no more than its person's own.
    let made = admin.post("/api/keys", json!({"name": "chat", "scopes": ["chat"]})).await.body;
    let key = app.bearer(made["secret"].as_str().expect("a secret"));
    assert_eq!((key.get(&path).await.status, lines(&key, "").await.len()), (404, 0));
    let unknown = bob.get(&format!("/api/task-trace/{}", server::clock::new_id())).await;
    assert_eq!(unknown.code(), "trace.not_found");
}

#[tokio::test]
async fn no_secret_stands_in_a_sample() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let done = user.ask("echo", "my key is sk-canary-4f3c2b1a0918 and that was it").await;
    let trace = trace_of(&app, &user, &done).await;
    for of in [trace.request.expect("a request"), trace.response.expect("a response")] {
        let text = of.pieces.last().and_then(|piece| piece.text.clone()).expect("words");
        assert_eq!(text, "my key is *** and that was it");
    }
}
