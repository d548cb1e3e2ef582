//! Administrators look after people.

mod by_list;
mod decided;
mod given;
mod renamed;

use crate::support::{Events, PASSWORD, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};

fn path(user: &TestUser) -> String {
    format!("/api/admin/users/{}", user.id)
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once_with_every_credential_and_every_stream() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let login = json!({"username": "bob", "password": PASSWORD, "tokens": true});
    let second = app.nobody().post("/api/auth/login", login.clone()).await.body;
    let mut stream = Events::open(bob.request(Method::GET, "/api/events")).await;
    stream.frame().await.expect("hello");
    assert_eq!(bob.get("/api/auth/me").await.status, 200, "and the answer is remembered");

    assert_eq!(admin.patch(&path(&bob), json!({"status": "disabled"})).await.body["status"], "disabled");
    assert_eq!(bob.get("/api/auth/me").await.code(), "auth.disabled");
    let refresh = json!({"refreshToken": second["tokens"]["refreshToken"]});
    assert_eq!(app.nobody().post("/api/auth/refresh", refresh.clone()).await.code(), "auth.disabled");
    assert_eq!(app.nobody().post("/api/auth/login", login.clone()).await.code(), "auth.disabled");
    let mut told = false;
    while let Some(frame) = stream.frame().await {
        told |= frame.data.contains("user.changed") && frame.data.contains("disabled");
    }
    assert!(told, "the last thing a tab hears is why");

    assert_eq!(admin.patch(&path(&bob), json!({"status": "active"})).await.status, 200);
    assert_eq!(bob.get("/api/auth/me").await.code(), "auth.revoked", "old logins do not come back to life");
    assert_eq!(app.nobody().post("/api/auth/refresh", refresh).await.code(), "auth.revoked");
    assert_eq!(app.nobody().post("/api/auth/login", login).await.status, 200);
}

#[tokio::test]
async fn only_the_right_password_reveals_what_became_of_an_account() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let body = json!({"username": "bob", "password": PASSWORD, "tokens": true});
    let id = app.nobody().post("/api/auth/register", body.clone()).await.body["user"]["id"].clone();
    let path = format!("/api/admin/users/{}", id.as_str().expect("an id"));
    assert_eq!(admin.patch(&path, json!({"status": "rejected"})).await.status, 200);
    assert_eq!(app.nobody().post("/api/auth/login", body).await.code(), "auth.rejected");
    let guess = json!({"username": "bob", "password": "wrong horse", "tokens": true});
    assert_eq!(app.nobody().post("/api/auth/login", guess).await.code(), "auth.credentials");
}

#[tokio::test]
async fn a_demoted_administrator_loses_the_rights_at_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    assert_eq!(admin.patch(&path(&bob), json!({"role": "admin"})).await.body["role"], "admin");
    assert_eq!(bob.get("/api/admin/users").await.status, 200);
    let mut stream = Events::open(bob.request(Method::GET, "/api/events")).await;
    stream.frame().await.expect("hello");
    assert_eq!(bob.patch(&path(&admin), json!({"role": "user"})).await.status, 200);
    assert_eq!(admin.get("/api/admin/users").await.code(), "auth.forbidden");
    assert_eq!(admin.get("/api/auth/me").await.body["role"], "user", "still signed in");

    let last = bob.patch(&path(&bob), json!({"role": "user"})).await;
    assert_eq!((last.status, last.code()), (409, "user.last_admin"));
    assert_eq!(bob.patch(&path(&bob), json!({"status": "disabled"})).await.code(), "user.last_admin");
    assert_eq!(bob.patch(&path(&admin), json!({"role": "admin"})).await.status, 200);
    assert_eq!(admin.patch(&path(&bob), json!({"role": "user"})).await.status, 200);
    while stream.frame().await.is_some() {}
    assert_eq!(bob.get("/api/admin/users").await.code(), "auth.forbidden");
}

#[tokio::test]
async fn two_administrators_who_disable_each_other_at_once_leave_one() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    admin.patch(&path(&bob), json!({"role": "admin"})).await;
    let off = json!({"status": "disabled"});
    let (one, two) = (path(&bob), path(&admin));
    tokio::join!(admin.patch(&one, off.clone()), bob.patch(&two, off));
    let alive = [admin.get("/api/admin/users").await.status, bob.get("/api/admin/users").await.status];
    assert_eq!(alive.iter().filter(|status| **status == 200).count(), 1, "{alive:?}");
}

#[tokio::test]
async fn the_list_has_those_who_wait_first_and_is_paged_without_gaps() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    app.user(&admin, "bob").await;
    for name in ["carol", "dave"] {
        let body = json!({"username": name, "password": PASSWORD, "tokens": true});
        assert_eq!(app.nobody().post("/api/auth/register", body).await.status, 202);
    }
    let names = |body: &Value| -> Vec<String> {
        let items = body["items"].as_array().expect("a list");
        items.iter().map(|person| person["username"].as_str().expect("a name").to_owned()).collect()
    };
    let all = admin.get("/api/admin/users").await.body;
    assert_eq!(names(&all), ["carol", "dave", "admin", "bob"]);
    assert!(all.get("next").is_none());
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = admin.get(&format!("/api/admin/users?limit=1{after}")).await.body;
        seen.extend(names(&page));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, names(&all));
    for cursor in ["nonsense", "0_1_%00", "0_x_01981234-0000-7000-8000-000000000000"] {
        let odd = admin.get(&format!("/api/admin/users?after={cursor}")).await;
        assert_eq!((odd.status, odd.code()), (400, "request.invalid"), "{cursor}");
    }
}

#[tokio::test]
async fn odd_changes_are_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for id in ["0198", "%00", "'%20OR%201=1", "01981234-0000-7000-8000-000000000000"] {
        let nobody = admin.patch(&format!("/api/admin/users/{id}"), json!({"status": "active"})).await;
        assert_eq!((nobody.status, nobody.code()), (404, "user.not_found"), "{id}");
    }
    for body in
        [json!({"status": "pending"}), json!({"status": "asleep"}), json!({"username": "x"}), json!({"role": "root"})]
    {
        let reply = admin.patch(&path(&admin), body.clone()).await;
        assert_eq!((reply.status, reply.code()), (400, "request.invalid"), "{body}");
    }
    assert_eq!(admin.patch(&path(&admin), json!({})).await.status, 200, "nothing to change is no error");
}

#[tokio::test]
async fn administrators_hear_of_people_and_others_do_not() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let mut of_admin = Events::open(admin.request(Method::GET, "/api/events")).await;
    let mut of_bob = Events::open(bob.request(Method::GET, "/api/events")).await;
    of_admin.frame().await.expect("hello");
    of_bob.frame().await.expect("hello");
    let body = json!({"username": "carol", "password": PASSWORD, "tokens": true});
    app.nobody().post("/api/auth/register", body).await;
    assert!(of_admin.frame().await.expect("an event").data.contains("people.changed"));
    bob.patch("/api/auth/me", json!({"theme": "dark"})).await;
    let next = of_bob.frame().await.expect("an event").data;
    assert!(next.contains("user.changed"), "the first thing bob hears is his own: {next}");
}
