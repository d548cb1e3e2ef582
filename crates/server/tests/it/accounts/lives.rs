//! How long tokens and logins live: as the settings say, from the moment they are changed.

use super::browser::Browser;
use super::{MINUTE, credentials, program};
use crate::support::{TestApp, TestUser};
use serde_json::{Value, json};

const SECOND: i64 = 1_000;
const DAY: i64 = 24 * 60 * MINUTE;

async fn set(admin: &TestUser, key: &str, value: u32) {
    let reply = admin.put(&format!("/api/settings/system/{key}"), json!({"value": value})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

async fn tab(app: &TestApp) -> Browser {
    let mut tab = Browser::new(app);
    assert_eq!(tab.post("/api/auth/login", credentials("admin")).await.status, 200);
    tab
}

#[tokio::test]
async fn a_token_of_two_seconds_is_renewed_while_an_answer_of_a_minute_goes_on() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["stall-after-3"]).await;
    set(&admin, "access_token_seconds", 2).await;
    let mut one = tab(&app).await;
    let mut two = one.clone();
    let first = app.bearer(&one.cookie("aichat_access"));
    let mut answer = first.stream(json!({"content": "hi", "model": "stall-after-3"})).await;
    answer.until_text().await;
    for second in 0..20 {
        app.app.clock.shift(3 * SECOND);
        assert_eq!(one.get("/api/auth/me").await.code(), "auth.expired", "{second}");
        // Both tabs notice at the same moment and show the same token.
        two.cookies = one.cookies.clone();
        let (mine, other) =
            tokio::join!(one.post("/api/auth/refresh", Value::Null), two.post("/api/auth/refresh", Value::Null));
        assert_eq!((mine.status, other.status), (200, 200), "{second}: {} {}", mine.text, other.text);
        assert_eq!((one.get("/api/auth/me").await.status, two.get("/api/auth/me").await.status), (200, 200));
    }
    let run = answer.live.run_id.as_ref().expect("a run").0.clone();
    assert_eq!(two.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await.status, 202);
    let done = answer.finish().await;
    assert!(!done.live.message.text().is_empty(), "the stream that the first token opened went on to its end");
}

#[tokio::test]
async fn a_changed_life_counts_for_the_next_token_without_a_restart() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let life =
        async || app.nobody().post("/api/auth/login", program("admin")).await.body["tokens"]["expiresIn"].clone();
    assert_eq!(life().await, 900);
    set(&admin, "access_token_seconds", 120).await;
    assert_eq!(life().await, 120);
    let token = app.login("admin").await;
    app.app.clock.shift(119 * SECOND);
    assert_eq!(token.get("/api/auth/me").await.status, 200);
    app.app.clock.shift(2 * SECOND);
    assert_eq!(token.get("/api/auth/me").await.code(), "auth.expired");
}

#[tokio::test]
async fn a_shorter_life_of_logins_ends_those_that_are_older_at_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut unused = tab(&app).await;
    app.app.clock.shift(3 * DAY);
    let mut used = tab(&app).await;
    let admin_again = app.login("admin").await;
    set(&admin_again, "login_idle_days", 2).await;
    assert_eq!(unused.post("/api/auth/refresh", Value::Null).await.code(), "auth.expired");
    assert_eq!(used.post("/api/auth/refresh", Value::Null).await.status, 200);
    let logins = admin_again.get("/api/auth/logins").await.body["items"].as_array().expect("a list").len();
    assert_eq!(logins, 2, "the page lists what stands: {} is over", admin.id);
}

#[tokio::test]
async fn a_login_has_an_end_that_no_use_puts_off() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    set(&admin, "login_max_days", 3).await;
    let mut tab = tab(&app).await;
    for _ in 0..2 {
        app.app.clock.shift(DAY);
        assert_eq!(tab.post("/api/auth/refresh", Value::Null).await.status, 200);
    }
    app.app.clock.shift(DAY + SECOND);
    assert_eq!(tab.post("/api/auth/refresh", Value::Null).await.code(), "auth.expired");
}
