//! Registering, signing in, one's own account and signing out, as a browser and as a program.

pub(crate) mod browser;
mod devices;
mod guard;
mod known;
mod lives;
mod refresh;

use crate::support::{Events, PASSWORD, TestApp};
pub(crate) use browser::Browser;
use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;

fn credentials(name: &str) -> Value {
    json!({"username": name, "password": PASSWORD})
}

fn program(name: &str) -> Value {
    json!({"username": name, "password": PASSWORD, "tokens": true})
}

#[tokio::test]
async fn the_first_person_becomes_administrator_and_the_second_waits_for_approval() {
    let app = TestApp::new().await;
    let mut ada = Browser::new(&app);
    assert_eq!(ada.get("/api/bootstrap").await.body["registration"], "setup");
    let reply = ada.post("/api/auth/register", credentials(" Ada ")).await;
    assert_eq!((reply.status, &reply.body["user"]["role"]), (201, &json!("admin")), "{}", reply.text);
    assert_eq!(reply.body["user"]["username"], "Ada");
    assert!(reply.body.get("tokens").is_none(), "a cookie login puts no token into the body");
    let bootstrap = ada.get("/api/bootstrap").await.body;
    assert_eq!((&bootstrap["registration"], &bootstrap["user"]["username"]), (&json!("open"), &json!("Ada")));

    let mut bob = Browser::new(&app);
    let reply = bob.post("/api/auth/register", credentials("bob")).await;
    assert_eq!((reply.status, &reply.body["user"]["status"]), (202, &json!("pending")), "{}", reply.text);
    assert!(reply.headers.get(SET_COOKIE).is_none() && reply.body.get("tokens").is_none());
    let waiting = bob.post("/api/auth/login", credentials("bob")).await;
    assert_eq!((waiting.status, waiting.code()), (403, "auth.pending"));

    let people = ada.get("/api/admin/users").await.body;
    assert_eq!(people["items"][0]["username"], "bob", "those who wait come first");
    let path = format!("/api/admin/users/{}", people["items"][0]["id"].as_str().expect("an id"));
    assert_eq!(ada.patch(&path, json!({"status": "active"})).await.status, 200);
    let reply = bob.post("/api/auth/login", credentials("BOB")).await;
    assert_eq!((reply.status, &reply.body["user"]["role"]), (200, &json!("user")), "{}", reply.text);
    assert!(reply.body["user"]["lastLoginAt"].is_string());
    assert_eq!(bob.get("/api/auth/me").await.body["username"], "bob");
    assert_eq!(bob.get("/api/admin/users").await.code(), "auth.forbidden");
}

#[tokio::test]
async fn a_program_gets_tokens_and_no_cookie() {
    let app = TestApp::new().await;
    let first = app.nobody().post("/api/auth/register", program("ada")).await;
    let again = app.nobody().post("/api/auth/login", program("ada")).await;
    for (reply, status) in [(&first, 201), (&again, 200)] {
        assert_eq!(reply.status, status, "{}", reply.text);
        assert!(reply.headers.get(SET_COOKIE).is_none());
        assert_eq!(reply.body["tokens"]["expiresIn"], 900);
        let token = reply.body["tokens"]["accessToken"].as_str().expect("a token");
        assert_eq!(app.bearer(token).get("/api/auth/me").await.status, 200);
    }
    assert!(!first.text.to_lowercase().contains("hash") && !first.text.contains(PASSWORD));
}

#[tokio::test]
async fn signing_out_ends_the_login_at_once_and_only_that_one() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut tab = Browser::new(&app);
    tab.post("/api/auth/login", credentials("admin")).await;
    let stolen = tab.clone();
    assert_eq!(tab.get("/api/auth/me").await.status, 200);

    let reply = tab.post("/api/auth/logout", Value::Null).await;
    assert_eq!(reply.status, 204, "{}", reply.text);
    assert!(tab.is_signed_out(), "both cookies are deleted: {:?}", tab.cookies);
    assert_eq!(tab.get("/api/auth/me").await.code(), "auth.required");
    assert_eq!(stolen.get("/api/auth/me").await.code(), "auth.revoked");
    assert_eq!(stolen.clone().post("/api/auth/refresh", Value::Null).await.code(), "auth.revoked");
    assert_eq!(tab.post("/api/auth/logout", Value::Null).await.status, 204, "again is fine");
    assert_eq!(admin.get("/api/auth/me").await.status, 200, "the other device stays");

    assert_eq!(admin.post("/api/auth/logout", json!({})).await.status, 204, "a program signs out with its token");
    assert_eq!(admin.get("/api/auth/me").await.code(), "auth.revoked");
}

#[tokio::test]
async fn signing_out_works_with_an_expired_access_token() {
    let app = TestApp::new().await;
    app.admin().await;
    let mut tab = Browser::new(&app);
    tab.post("/api/auth/login", credentials("admin")).await;
    let copy = tab.clone();
    app.app.clock.shift(16 * MINUTE);
    assert_eq!(tab.post("/api/auth/logout", Value::Null).await.status, 204);
    assert_eq!(copy.clone().post("/api/auth/refresh", Value::Null).await.code(), "auth.revoked");
}

#[tokio::test]
async fn nobody_expired_revoked_and_forged_are_told_apart() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(app.nobody().get("/api/auth/me").await.code(), "auth.required");
    for forged in ["nonsense", "", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        assert_eq!(app.bearer(forged).get("/api/auth/me").await.code(), "auth.invalid", "{forged}");
    }
    app.app.clock.shift(-5 * MINUTE);
    assert_eq!(admin.get("/api/auth/me").await.status, 200, "a clock that goes wrong by minutes does no harm");
    app.app.clock.shift(20 * MINUTE);
    let expired = admin.get("/api/auth/me").await;
    assert_eq!((expired.status, expired.code()), (401, "auth.expired"));

    let mut tab = Browser::new(&app);
    tab.post("/api/auth/login", credentials("admin")).await;
    app.app.clock.shift(16 * MINUTE);
    assert_eq!(tab.get("/api/auth/me").await.code(), "auth.expired", "the cookie is still sent");
    let bootstrap = tab.get("/api/bootstrap").await;
    assert!(bootstrap.status == 200 && bootstrap.body.get("user").is_none(), "{}", bootstrap.text);
}

#[tokio::test]
async fn a_new_password_ends_all_other_logins_and_their_streams() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut tab = Browser::new(&app);
    tab.post("/api/auth/login", credentials("admin")).await;
    let mut other = Events::open(admin.request(Method::GET, "/api/events")).await;
    other.frame().await.expect("hello");

    let wrong = tab.post("/api/auth/password", json!({"current": "wrong horse", "new": "another horse"})).await;
    assert_eq!((wrong.status, wrong.code()), (403, "auth.password"));
    let short = tab.post("/api/auth/password", json!({"current": PASSWORD, "new": "short"})).await;
    assert_eq!(short.code(), "request.invalid");
    let done = tab.post("/api/auth/password", json!({"current": PASSWORD, "new": "another horse"})).await;
    assert_eq!(done.status, 204, "{}", done.text);

    assert_eq!(tab.get("/api/auth/me").await.status, 200, "the one that changed it stays");
    assert_eq!(admin.get("/api/auth/me").await.code(), "auth.revoked");
    while other.frame().await.is_some() {}
    assert_eq!(app.nobody().post("/api/auth/login", program("admin")).await.code(), "auth.credentials");
    let new = json!({"username": "admin", "password": "another horse", "tokens": true});
    assert_eq!(app.nobody().post("/api/auth/login", new).await.status, 200);
}

#[tokio::test]
async fn language_and_colours_are_kept_and_told_to_other_tabs() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut tab = Events::open(admin.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");
    let reply = admin.patch("/api/auth/me", json!({"language": "zh-CN", "theme": "dark"})).await;
    assert_eq!((&reply.body["language"], &reply.body["theme"]), (&json!("zh-CN"), &json!("dark")), "{}", reply.text);
    let reply = admin.patch("/api/auth/me", json!({"theme": "light"})).await;
    assert_eq!((&reply.body["language"], &reply.body["theme"]), (&json!("zh-CN"), &json!("light")));
    assert_eq!(admin.get("/api/auth/me").await.body, reply.body);
    let frame = tab.frame().await.expect("an event");
    assert!(frame.data.contains("user.changed") && frame.data.contains("zh-CN"), "{}", frame.data);
    assert_eq!(admin.patch("/api/auth/me", json!({})).await.status, 200);
    assert_eq!(admin.patch("/api/auth/me", json!({"role": "user"})).await.code(), "request.invalid");
}

#[tokio::test]
async fn of_two_first_people_at_once_one_becomes_administrator() {
    let app = TestApp::new().await;
    let nobody = app.nobody();
    let both = tokio::join!(
        nobody.post("/api/auth/register", program("ada")),
        nobody.post("/api/auth/register", program("bob")),
    );
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 202]);
}

#[tokio::test]
async fn registration_closes_when_the_setting_says_so_but_never_for_the_first_person() {
    let app = TestApp::with(|config| config.seed_registration = Some(false)).await;
    let admin = app.admin().await;
    let reply = app.nobody().post("/api/auth/register", program("bob")).await;
    assert_eq!((reply.status, reply.code()), (403, "auth.registration_closed"));
    assert_eq!(app.nobody().get("/api/bootstrap").await.body["registration"], "closed");
    admin.put("/api/settings/system/registration_enabled", json!({"value": true})).await;
    assert_eq!(app.nobody().post("/api/auth/register", program("bob")).await.status, 202);
}

#[tokio::test]
async fn an_exposed_instance_takes_its_first_administrator_for_an_hour() {
    let app = TestApp::with(|config| config.host = "0.0.0.0".to_owned()).await;
    app.app.clock.shift(61 * MINUTE);
    let late = app.nobody().post("/api/auth/register", program("mallory")).await;
    assert_eq!((late.status, late.code()), (403, "auth.setup_expired"));
    assert_eq!(app.nobody().get("/api/bootstrap").await.body["registration"], "setup_expired");
    app.app.clock.shift(-2 * MINUTE);
    app.admin().await;
    app.app.clock.shift(61 * MINUTE);
    assert_eq!(
        app.nobody().post("/api/auth/register", program("bob")).await.status,
        202,
        "later people are not hurried"
    );

    let local = TestApp::new().await;
    local.app.clock.shift(61 * MINUTE);
    local.admin().await;
}

#[tokio::test]
async fn names_are_unique_whatever_their_case() {
    let app = TestApp::new().await;
    app.admin().await;
    for name in ["ADMIN", "  Admin\u{3000}"] {
        let reply = app.nobody().post("/api/auth/register", program(name)).await;
        assert_eq!((reply.status, reply.code()), (409, "user.name_taken"), "{name}");
    }
}

#[tokio::test]
async fn a_restart_signs_nobody_out() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let token = admin.token.clone().expect("a token");
    let (config, data_dir) = app.crash().await;
    let app = TestApp::open(config, data_dir).await;
    assert_eq!(app.bearer(&token).get("/api/auth/me").await.status, 200);
}

#[tokio::test]
async fn a_login_that_was_just_seen_needs_no_database() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(admin.get("/api/auth/me").await.status, 200);
    app.app.db.close().await;
    assert_eq!(admin.get("/api/auth/me").await.status, 200);
    app.app.clock.shift(5_000);
    assert_eq!(admin.get("/api/auth/me").await.status, 503, "and after five seconds it is read anew");
}

#[tokio::test]
async fn the_sign_in_page_may_show_exactly_what_works() {
    let app = TestApp::new().await;
    let methods = async || app.nobody().get("/api/auth/methods").await.body;
    assert_eq!(methods().await, json!({"methods": ["password"], "registration": "setup"}));
    let admin = app.admin().await;
    assert_eq!(methods().await, json!({"methods": ["password"], "registration": "open"}));
    admin.put("/api/settings/system/registration_enabled", json!({"value": false})).await;
    assert_eq!(methods().await, json!({"methods": ["password"], "registration": "closed"}));
}
