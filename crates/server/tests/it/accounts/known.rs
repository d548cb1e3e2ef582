//! Browsers in which somebody signed in before: strangers of the same network do not use up their tries, and what marks them
//! opens nothing.

use super::browser::Browser;
use super::{MINUTE, credentials};
use crate::support::TestApp;
use serde_json::json;

const MARK: &str = "aichat_device";

/// A browser in which this person signed in and out again.
async fn known(app: &TestApp, name: &str) -> Browser {
    let mut tab = Browser::new(app);
    assert_eq!(tab.post("/api/auth/login", credentials(name)).await.status, 200);
    assert_eq!(tab.post("/api/auth/logout", json!({})).await.status, 204);
    assert!(tab.is_signed_out() && tab.cookies.contains_key(MARK), "it stays known");
    tab
}

/// Somebody of the same network tries passwords until nobody there may.
async fn lock_out(app: &TestApp, name: &str) {
    let mut stranger = Browser::new(app);
    let guess = json!({"username": name, "password": "wrong horse"});
    for _ in 0..10 {
        assert_eq!(stranger.post("/api/auth/login", guess.clone()).await.code(), "auth.credentials");
    }
    assert_eq!(stranger.post("/api/auth/login", credentials(name)).await.code(), "auth.throttled");
}

async fn code(tab: &mut Browser, name: &str) -> String {
    tab.post("/api/auth/login", credentials(name)).await.code().to_owned()
}

#[tokio::test]
async fn strangers_of_the_same_network_lock_no_known_browser_out() {
    let app = TestApp::new().await;
    app.admin().await;
    let mut tab = known(&app, "admin").await;
    for number in 0..5 {
        lock_out(&app, &format!("nobody{number}")).await;
    }
    assert_eq!(Browser::new(&app).post("/api/auth/login", credentials("admin")).await.code(), "auth.throttled");
    assert_eq!(code(&mut tab, "admin").await, "", "nor by the tries of the whole network");

    lock_out_of_tries(&mut tab).await;
    assert_eq!(code(&mut tab, "admin").await, "auth.throttled", "it has ten tries of its own");
    app.app.clock.shift(15 * MINUTE);
    assert_eq!(code(&mut tab, "admin").await, "");
}

/// Uses up the tries of this browser.
async fn lock_out_of_tries(tab: &mut Browser) {
    let guess = json!({"username": "admin", "password": "wrong horse"});
    for _ in 0..10 {
        assert_eq!(tab.post("/api/auth/login", guess.clone()).await.code(), "auth.credentials");
    }
}

#[tokio::test]
async fn a_mark_that_is_forged_or_somebody_elses_or_of_an_account_that_is_gone_helps_nobody() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let (mut own, mut of_bob) = (known(&app, "admin").await, known(&app, "bob").await);
    lock_out(&app, "admin").await;
    assert_eq!(code(&mut of_bob, "admin").await, "auth.throttled", "another account's");
    let mut forged = own.clone();
    let (mark, _) = forged.cookies.get_mut(MARK).expect("a mark");
    let last = if mark.ends_with('A') { "B" } else { "A" };
    // The last character but one: of the last, some bits count for nothing.
    let at = mark.len() - 2;
    mark.replace_range(at..=at, last);
    assert_eq!(code(&mut forged, "admin").await, "auth.throttled", "forged");
    forged.cookies.get_mut(MARK).expect("a mark").0 = "x.y.z".to_owned();
    assert_eq!(code(&mut forged, "admin").await, "auth.throttled", "nonsense");
    assert_eq!(code(&mut own, "admin").await, "", "their own");

    assert_eq!(admin.delete(&format!("/api/admin/users/{}", bob.id)).await.status, 204);
    app.user(&admin, "bob").await;
    lock_out(&app, "bob").await;
    assert_eq!(code(&mut of_bob, "bob").await, "auth.throttled", "the mark was the one of another bob");
}

#[tokio::test]
async fn a_mark_opens_nothing_and_is_forgotten_with_the_account() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    app.user(&admin, "bob").await;
    let mut tab = known(&app, "bob").await;
    assert_eq!(tab.get("/api/auth/me").await.code(), "auth.required");
    assert_eq!(tab.post("/api/auth/refresh", json!({})).await.code(), "auth.required");
    let mark = tab.cookie(MARK);
    for reply in [app.bearer(&mark).get("/api/auth/me").await, app.bearer(&mark).get("/api/sessions").await] {
        assert_eq!(reply.code(), "auth.invalid");
    }
    assert_eq!(tab.post("/api/auth/login", credentials("bob")).await.status, 200);
    let left = tab.delete_with("/api/auth/me", json!({"password": crate::support::PASSWORD})).await;
    assert_eq!(left.status, 204, "{}", left.text);
    assert!(tab.cookies.is_empty(), "{:?}", tab.cookies.keys());
}
