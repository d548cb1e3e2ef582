//! Other names for people, chosen by themselves or by administrators.

use super::path;
use crate::support::{Events, PASSWORD, Reply, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};

async fn sign_in(app: &TestApp, name: &str) -> Reply {
    app.nobody().post("/api/auth/login", json!({"username": name, "password": PASSWORD, "tokens": true})).await
}

async fn renames(admin: &TestUser) -> Vec<Value> {
    admin.get("/api/audit?act=person.renamed").await.body["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_person_takes_another_name_which_counts_at_once_and_everywhere() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let mut tab = Events::open(bob.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");
    let reply = bob.patch("/api/auth/me", json!({"username": " Robert ", "theme": "dark"})).await;
    let told = (&reply.body["username"], &reply.body["theme"]);
    assert_eq!((reply.status, told), (200, (&json!("Robert"), &json!("dark"))), "{}", reply.text);
    let heard = tab.frame().await.expect("an event").data;
    assert!(heard.contains("user.changed") && heard.contains("Robert"), "{heard}");
    assert_eq!(bob.get("/api/auth/me").await.body["username"], "Robert", "the login stays");
    assert_eq!(sign_in(&app, "bob").await.code(), "auth.credentials");
    assert_eq!(sign_in(&app, "ROBERT").await.status, 200);
    assert_eq!(admin.get("/api/admin/users?q=rober").await.body["items"][0]["id"], json!(bob.id));

    assert_eq!(bob.patch("/api/auth/me", json!({"username": "robert"})).await.body["username"], "robert", "its case");
    assert_eq!(bob.patch("/api/auth/me", json!({"username": "robert"})).await.status, 200);
    let found = renames(&admin).await;
    assert_eq!(found.len(), 2, "the same name again is no change");
    assert_eq!((&found[1]["before"], &found[1]["after"]), (&json!({"name": "bob"}), &json!({"name": "Robert"})));
    assert_eq!(found[1]["person"]["id"], json!(bob.id));
    app.user(&admin, "bob").await;
}

#[tokio::test]
async fn a_name_that_is_taken_or_breaks_the_rules_changes_nothing_else_either() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    for (name, status, code) in [
        ("Admin", 409, "user.name_taken"),
        ("b", 400, "request.invalid"),
        ("", 400, "request.invalid"),
        ("a\nb", 400, "request.invalid"),
        ("bob\u{200b}", 400, "request.invalid"),
    ] {
        let own = bob.patch("/api/auth/me", json!({"username": name, "theme": "dark"})).await;
        assert_eq!((own.status, own.code()), (status, code), "{name:?}");
        let theirs = admin.patch(&path(&bob), json!({"username": name, "role": "admin"})).await;
        assert_eq!((theirs.status, theirs.code()), (status, code), "{name:?}");
    }
    let me = bob.get("/api/auth/me").await.body;
    assert_eq!((&me["username"], &me["theme"], &me["role"]), (&json!("bob"), &json!("system"), &json!("user")));
    assert!(renames(&admin).await.is_empty());
}

#[tokio::test]
async fn administrators_rename_people_whose_streams_go_on() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let mut tab = Events::open(bob.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");
    let reply = admin.patch(&path(&bob), json!({"username": "Robert"})).await;
    assert_eq!((reply.status, &reply.body["username"]), (200, &json!("Robert")), "{}", reply.text);
    assert!(tab.frame().await.expect("an event").data.contains("Robert"));
    bob.patch("/api/auth/me", json!({"theme": "dark"})).await;
    assert!(tab.frame().await.expect("the stream is open").data.contains("dark"));
    let found = renames(&admin).await;
    assert_eq!((&found[0]["person"]["id"], &found[0]["object"]["id"]), (&json!(admin.id), &json!(bob.id)));
    assert_eq!(bob.patch(&path(&admin), json!({"username": "root"})).await.code(), "auth.forbidden");
}
