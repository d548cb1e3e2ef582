//! The list of a person's logins, and their end.

use super::browser::Browser;
use super::{MINUTE, credentials};
use crate::support::{Events, PASSWORD, Reply, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";

/// Signs in as what calls itself so.
async fn login_as(app: &TestApp, name: &str, agent: &str) -> (TestUser, Value) {
    let nobody = app.nobody();
    let body = json!({"username": name, "password": PASSWORD, "tokens": true});
    let request = nobody.request(Method::POST, "/api/auth/login").header("user-agent", agent).json(&body);
    let reply = nobody.call(request).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let tokens = reply.body["tokens"].clone();
    (app.bearer(tokens["accessToken"].as_str().expect("a token")), tokens)
}

fn items(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body["items"].as_array().expect("a list").clone()
}

fn devices(reply: &Reply) -> Vec<String> {
    items(reply).iter().map(|login| login["device"].as_str().expect("a name").to_owned()).collect()
}

/// The id of the caller's own login.
async fn own(user: &TestUser) -> String {
    let all = items(&user.get("/api/auth/logins").await);
    let current: Vec<&Value> = all.iter().filter(|login| login["current"] == true).collect();
    assert_eq!(current.len(), 1, "{all:?}");
    current[0]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn the_list_names_each_device_and_has_the_last_used_first() {
    let app = TestApp::new().await;
    app.admin().await;
    app.app.clock.shift(MINUTE);
    let (_, phone) = login_as(&app, "admin", "My Notes/1.2 (Android)").await;
    app.app.clock.shift(MINUTE);
    let (desk, _) = login_as(&app, "admin", FIREFOX).await;
    let reply = desk.get("/api/auth/logins").await;
    assert_eq!(devices(&reply), ["Firefox · Linux", "My Notes", ""]);
    assert!(!reply.text.contains("Gecko"), "the raw text stays here");
    let first = &items(&reply)[0];
    assert_eq!((&first["current"], &first["address"]), (&json!(true), &json!("127.0.0.1")));
    assert!(first["createdAt"].is_string() && first["lastUsedAt"].is_string());

    app.app.clock.shift(MINUTE);
    let refresh = json!({"refreshToken": phone["refreshToken"]});
    assert_eq!(app.nobody().post("/api/auth/refresh", refresh).await.status, 200);
    assert_eq!(devices(&desk.get("/api/auth/logins").await), ["My Notes", "Firefox · Linux", ""], "it was just used");
}

#[tokio::test]
async fn the_last_use_is_kept_up_for_tokens_that_live_for_long() {
    let app = TestApp::with(|config| config.access_token_minutes = Some(24 * 60)).await;
    let admin = app.admin().await;
    let (other, _) = login_as(&app, "admin", "curl/8.5.0").await;
    app.app.clock.shift(60 * MINUTE);
    assert_eq!(admin.get("/api/auth/me").await.status, 200);
    let reply = other.get("/api/auth/logins").await;
    for login in items(&reply) {
        assert!(login["lastUsedAt"].as_str() > login["createdAt"].as_str(), "{login}");
    }
}

#[tokio::test]
async fn a_login_that_is_ended_is_out_at_once_with_its_streams_and_the_others_stay() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (phone, tokens) = login_as(&app, "admin", "curl/8.5.0").await;
    let mut stream = Events::open(phone.request(Method::GET, "/api/events")).await;
    stream.frame().await.expect("hello");
    let path = format!("/api/auth/logins/{}", own(&phone).await);

    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(phone.get("/api/auth/me").await.code(), "auth.revoked");
    let refresh = json!({"refreshToken": tokens["refreshToken"]});
    assert_eq!(app.nobody().post("/api/auth/refresh", refresh).await.code(), "auth.revoked");
    while stream.frame().await.is_some() {}
    assert_eq!(items(&admin.get("/api/auth/logins").await).len(), 1, "what is over is not listed");
    let again = admin.delete(&path).await;
    assert_eq!((again.status, again.code()), (404, "login.not_found"));
}

#[tokio::test]
async fn nobody_ends_or_sees_a_login_of_somebody_else() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let path = format!("/api/auth/logins/{}", own(&bob).await);
    let refused = admin.delete(&path).await;
    assert_eq!((refused.status, refused.code()), (404, "login.not_found"), "administrators neither");
    assert_eq!(bob.get("/api/auth/me").await.status, 200);
    assert_eq!(items(&bob.get("/api/auth/logins").await).len(), 1);
    assert_eq!(admin.delete("/api/auth/logins").await.status, 204);
    assert_eq!(bob.get("/api/auth/me").await.status, 200, "the others are one's own");
    for id in ["x", "%00", "01981234-0000-7000-8000-000000000000"] {
        assert_eq!(admin.delete(&format!("/api/auth/logins/{id}")).await.code(), "login.not_found", "{id}");
    }
}

#[tokio::test]
async fn ending_all_others_leaves_the_one_that_asks_with_its_streams() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (phone, _) = login_as(&app, "admin", "curl/8.5.0").await;
    let mut of_phone = Events::open(phone.request(Method::GET, "/api/events")).await;
    let mut of_admin = Events::open(admin.request(Method::GET, "/api/events")).await;
    of_phone.frame().await.expect("hello");
    of_admin.frame().await.expect("hello");
    assert_eq!(admin.delete("/api/auth/logins").await.status, 204);
    assert_eq!(phone.get("/api/auth/me").await.code(), "auth.revoked");
    while of_phone.frame().await.is_some() {}
    admin.patch("/api/auth/me", json!({"theme": "dark"})).await;
    assert!(of_admin.frame().await.expect("an event").data.contains("user.changed"));
    assert_eq!(items(&admin.get("/api/auth/logins").await).len(), 1);
}

#[tokio::test]
async fn a_browser_that_ends_its_own_login_is_signed_out() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut tab = Browser::new(&app);
    tab.post("/api/auth/login", credentials("admin")).await;
    let all = items(&tab.get("/api/auth/logins").await);
    let own = all.iter().find(|login| login["current"] == true).expect("its own");
    let path = format!("/api/auth/logins/{}", own["id"].as_str().expect("an id"));
    assert_eq!(tab.with(&[]).delete(&path).await.code(), "auth.csrf");
    assert_eq!(tab.delete(&path).await.status, 204);
    assert!(tab.is_signed_out(), "both cookies are deleted: {:?}", tab.cookies);
    assert_eq!(admin.get("/api/auth/me").await.status, 200, "the other device stays");
}
