//! People whom an administrator makes, and passwords that an administrator gives.

use super::path;
use crate::support::{Events, PASSWORD, Reply, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};

const OWN: &str = "a password of my own";

async fn sign_in(app: &TestApp, name: &str, password: &str) -> Reply {
    app.nobody().post("/api/auth/login", json!({"username": name, "password": password, "tokens": true})).await
}

fn holder(app: &TestApp, reply: &Reply) -> TestUser {
    assert_eq!(reply.status, 200, "{}", reply.text);
    app.bearer(reply.body["tokens"]["accessToken"].as_str().expect("a token"))
}

fn made(body: &Value) -> String {
    let password = body["password"].as_str().expect("a password").to_owned();
    assert!(password.len() >= 16, "{password}");
    password
}

#[tokio::test]
async fn a_person_who_is_made_signs_in_with_the_password_that_is_told_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut tab = Events::open(admin.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");
    let reply = admin.post("/api/admin/users", json!({"username": " Bob "})).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let user = &reply.body["user"];
    assert_eq!((&user["username"], &user["role"], &user["status"]), (&json!("Bob"), &json!("user"), &json!("active")));
    assert_eq!(user["mustChangePassword"], true);
    assert!(tab.frame().await.expect("an event").data.contains("people.changed"));
    let password = made(&reply.body);
    assert!(!admin.get("/api/admin/users").await.text.contains(&password));
    assert_eq!(sign_in(&app, "bob", &password).await.status, 200);

    let chosen = json!({"username": "carol", "password": OWN, "role": "admin", "status": "pending"});
    let reply = admin.post("/api/admin/users", chosen).await;
    assert_eq!((reply.status, reply.body.get("password")), (201, None), "a chosen one is not repeated");
    assert_eq!(sign_in(&app, "carol", OWN).await.code(), "auth.pending");
}

#[tokio::test]
async fn who_was_given_a_password_may_do_nothing_before_they_replaced_it() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let password = made(&admin.post("/api/admin/users", json!({"username": "bob", "role": "admin"})).await.body);
    let bob = holder(&app, &sign_in(&app, "bob", &password).await);
    let me = bob.get("/api/auth/me").await;
    assert_eq!((me.status, &me.body["mustChangePassword"]), (200, &json!(true)));
    for path in ["/api/sessions", "/api/events", "/api/models", "/api/admin/users", "/api/auth/logins"] {
        let refused = bob.get(path).await;
        assert_eq!((refused.status, refused.code()), (403, "auth.password_change_required"), "{path}");
    }
    let bootstrap = bob.get("/api/bootstrap").await.body;
    assert_eq!(bootstrap["user"]["mustChangePassword"], true);
    assert!(bootstrap.get("start").is_none(), "nothing of theirs is shown: {bootstrap}");

    let change = |new: &str| json!({"current": password, "new": new});
    let same = bob.post("/api/auth/password", change(&password)).await;
    assert_eq!((same.status, same.code()), (400, "password.unchanged"));
    let guess = bob.post("/api/auth/password", json!({"current": "wrong horse", "new": "wrong horse"})).await;
    assert_eq!(guess.code(), "auth.password", "only the right one is told that it is the same");
    assert_eq!(bob.post("/api/auth/password", change("short")).await.code(), "request.invalid");
    assert_eq!(bob.post("/api/auth/password", change(OWN)).await.status, 204);

    assert_eq!(bob.get("/api/sessions").await.status, 200, "the same login goes on");
    assert!(bob.get("/api/auth/me").await.body.get("mustChangePassword").is_none());
    assert!(bob.get("/api/bootstrap").await.body["start"].is_object());
    assert_eq!(sign_in(&app, "bob", &password).await.code(), "auth.credentials");
    let again = holder(&app, &sign_in(&app, "bob", OWN).await);
    assert_eq!(again.post("/api/auth/password", json!({"current": OWN, "new": OWN})).await.status, 204);
}

#[tokio::test]
async fn a_reset_ends_every_login_at_once_and_the_new_password_must_be_replaced() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let mut stream = Events::open(bob.request(Method::GET, "/api/events")).await;
    stream.frame().await.expect("hello");
    assert_eq!(bob.get("/api/auth/me").await.status, 200, "and the answer is remembered");
    let reply = admin.post(&format!("{}/password", path(&bob)), json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let password = made(&reply.body);
    assert_eq!(bob.get("/api/auth/me").await.code(), "auth.revoked");
    while stream.frame().await.is_some() {}
    assert_eq!(sign_in(&app, "bob", PASSWORD).await.code(), "auth.credentials");
    let again = sign_in(&app, "bob", &password).await;
    assert_eq!(again.body["user"]["mustChangePassword"], true);
    assert_eq!(holder(&app, &again).get("/api/sessions").await.code(), "auth.password_change_required");

    let chosen = admin.post(&format!("{}/password", path(&bob)), json!({"password": OWN})).await;
    assert_eq!((chosen.status, &chosen.body), (200, &json!({})), "a chosen one is not repeated");
    assert_eq!(sign_in(&app, "bob", OWN).await.status, 200);
}

#[tokio::test]
async fn odd_people_and_passwords_are_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    for (body, status, code) in [
        (json!({"username": "BOB"}), 409, "user.name_taken"),
        (json!({"username": "b"}), 400, "request.invalid"),
        (json!({"username": "carol", "password": "short"}), 400, "request.invalid"),
        (json!({"username": "carol", "password": "password"}), 400, "password.too_common"),
        (json!({"username": "carol", "status": "rejected"}), 400, "request.invalid"),
        (json!({"username": "carol", "role": "root"}), 400, "request.invalid"),
        (json!({"username": "carol", "id": "1"}), 400, "request.invalid"),
        (json!({}), 400, "request.invalid"),
    ] {
        let reply = admin.post("/api/admin/users", body.clone()).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{body}");
    }
    let reset = format!("{}/password", path(&bob));
    assert_eq!(admin.post(&reset, json!({"password": "password"})).await.code(), "password.too_common");
    assert_eq!(bob.get("/api/auth/me").await.status, 200, "what was refused changed nothing");
    let own = admin.post(&format!("{}/password", path(&admin)), json!({})).await;
    assert_eq!((own.status, own.code()), (400, "request.invalid"), "one's own is changed with the present one");
    assert_eq!(admin.get("/api/auth/me").await.status, 200);
    for id in ["0198", "%00", "01981234-0000-7000-8000-000000000000"] {
        let nobody = admin.post(&format!("/api/admin/users/{id}/password"), json!({})).await;
        assert_eq!((nobody.status, nobody.code()), (404, "user.not_found"), "{id}");
        let nobody = admin.delete(&format!("/api/admin/users/{id}/logins")).await;
        assert_eq!((nobody.status, nobody.code()), (404, "user.not_found"), "{id}");
    }
}

#[tokio::test]
async fn an_administrator_signs_somebody_out_everywhere() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let second = app.login("bob").await;
    let mut stream = Events::open(second.request(Method::GET, "/api/events")).await;
    stream.frame().await.expect("hello");
    assert_eq!(bob.get("/api/auth/me").await.status, 200, "and the answer is remembered");
    assert_eq!(admin.delete(&format!("{}/logins", path(&bob))).await.status, 204);
    for login in [&bob, &second] {
        assert_eq!(login.get("/api/auth/me").await.code(), "auth.revoked");
    }
    while stream.frame().await.is_some() {}
    assert_eq!(sign_in(&app, "bob", PASSWORD).await.status, 200, "the password is still theirs");
    assert_eq!(admin.get("/api/auth/me").await.status, 200);
}
