//! Who has to have a second factor, and what becomes of it when a phone is lost.

use super::{first_step, set_up};
use crate::support::{Events, TestApp, TestUser, eventually};
use reqwest::Method;
use serde_json::json;

async fn rule(admin: &TestUser, rule: &str) {
    let reply = admin.put("/api/settings/system/second_factor", json!({"value": rule})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn whoever_must_have_one_sets_it_up_before_anything_else() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    set_up(&app, &admin).await;
    rule(&admin, "admins").await;
    assert_eq!(bob.get("/api/sessions").await.status, 200, "the rule is for administrators");
    rule(&admin, "everybody").await;
    assert_eq!(app.nobody().get("/api/settings/branding").await.body["secondFactor"], "everybody");
    for path in ["/api/sessions", "/api/events", "/api/models", "/api/auth/logins", "/api/keys"] {
        let refused = bob.get(path).await;
        assert_eq!((refused.status, refused.code()), (403, "auth.second_factor_required"), "{path}");
    }
    let bootstrap = bob.get("/api/bootstrap").await.body;
    assert!(bootstrap["user"]["username"] == "bob" && bootstrap.get("start").is_none(), "{bootstrap}");
    assert_eq!(first_step(&app, "bob").await.status, 200, "they sign in with the password to set it up");
    assert_eq!(bob.get("/api/auth/me").await.status, 200);
    set_up(&app, &bob).await;
    assert_eq!(bob.get("/api/sessions").await.status, 200, "at once");
    assert_eq!(admin.get("/api/admin/users").await.status, 200);
}

#[tokio::test]
async fn what_is_open_ends_with_the_rule_and_opens_again_only_with_a_second_factor() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    set_up(&app, &admin).await;
    let mut tab = Events::open(bob.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");
    rule(&admin, "everybody").await;
    let mut last = String::new();
    while let Some(frame) = tab.frame().await {
        last = frame.data;
    }
    assert!(last.contains("settings.changed"), "the last thing a tab hears is why: {last}");
    assert_eq!(bob.get("/api/events").await.code(), "auth.second_factor_required");
    let mut tab = Events::open(admin.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");
    let named = admin.put("/api/settings/system/brand_name", json!({"value": "Ours"})).await;
    assert_eq!(named.status, 200);
    let told = tab.frame().await.expect("another setting ends nothing");
    assert!(told.data.contains("settings.changed"), "{}", told.data);
}

#[tokio::test]
async fn keys_of_programs_go_on_without() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let key = admin.post("/api/keys", json!({"name": "program", "scopes": ["chat"]})).await.body;
    rule(&admin, "everybody").await;
    let program = app.bearer(key["secret"].as_str().expect("a secret"));
    assert_eq!(program.get("/api/sessions").await.status, 200);
    assert_eq!(admin.get("/api/sessions").await.code(), "auth.second_factor_required");
    set_up(&app, &admin).await;
    assert_eq!(program.get("/api/sessions").await.status, 200);
}

#[tokio::test]
async fn an_administrator_takes_it_from_somebody_who_lost_their_phone() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let path = format!("/api/admin/users/{}/second-factor", bob.id);
    let refused = admin.delete(&path).await;
    assert_eq!((refused.status, refused.code()), (409, "second_factor.off"));
    let (phone, _) = set_up(&app, &bob).await;
    let listed = admin.get("/api/admin/users?q=bob").await.body;
    assert_eq!(listed["items"][0]["secondFactor"], true, "administrators see who has one");
    let open = super::ticket(&app, "bob").await;
    assert_eq!(bob.delete(&path).await.code(), "auth.forbidden");
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(super::second_step(&app, &open, &phone.code(&app, 0)).await.code(), "auth.ticket");
    assert_eq!(first_step(&app, "bob").await.status, 200);
    let nobody = format!("/api/admin/users/{}/second-factor", server::clock::new_id());
    assert_eq!(admin.delete(&nobody).await.code(), "user.not_found");
}

#[tokio::test]
async fn whoever_runs_the_server_takes_it_away_by_the_command_line() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    set_up(&app, &admin).await;
    let name = server::auth::second_factor::remove_of(&app.app.db, &app.app.clock, " Admin ").await.expect("removed");
    assert_eq!(name, "admin");
    assert_eq!(first_step(&app, "admin").await.status, 200);
    eventually("a running server notices", || async {
        app.app.clock.shift(5_000);
        admin.get("/api/auth/me").await.body.get("secondFactor").is_none()
    })
    .await;
    let again =
        server::auth::second_factor::remove_of(&app.app.db, &app.app.clock, "admin").await.expect_err("none is left");
    assert_eq!(again.code.as_str(), "second_factor.off");
}
