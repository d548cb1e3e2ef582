//! The end of a key: revoked by its person or an administrator, kept out with its person.

use super::{made, path, program, refused};
use crate::support::{Events, PASSWORD, TestApp, TestUser};
use reqwest::Method;
use serde_json::json;

async fn events(user: &TestUser) -> Events {
    let mut stream = Events::open(user.request(Method::GET, "/api/events")).await;
    stream.frame().await.expect("hello");
    stream
}

async fn until_closed(mut stream: Events) {
    while stream.frame().await.is_some() {}
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_and_its_streams_end() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok", "stall-after-1"]).await;
    let (key, other) = (made(&admin, json!({})).await, made(&admin, json!({"name": "other"})).await);
    let (program, stays) = (program(&app, &key), program(&app, &other));
    let (tab, own) = (events(&program).await, events(&admin).await);
    let mut reader = program.stream(json!({"content": "hi", "model": "stall-after-1"})).await;
    reader.until_text().await;
    let run = reader.live.run_id.clone().expect("a run");
    assert_eq!(program.get("/api/sessions").await.status, 200, "and the answer is remembered");
    let mut kept = events(&stays).await;

    assert_eq!(admin.delete(&path(&key)).await.status, 204);
    let gone = program.get("/api/sessions").await;
    assert_eq!((refused(&gone), &gone.body["params"]["name"]), ((401, "auth.key_revoked"), &json!("notes")));
    until_closed(tab).await;
    until_closed(reader).await;
    assert_eq!(admin.get(&format!("/api/chat/runs/{run}")).await.body["status"], "streaming", "the answer goes on");
    assert_eq!(refused(&admin.delete(&path(&key)).await), (404, "api_key.not_found"), "once is enough");
    assert_eq!(refused(&admin.patch(&path(&key), json!({"name": "x"})).await), (404, "api_key.not_found"));
    assert_eq!(admin.get("/api/keys").await.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(stays.get("/api/sessions").await.status, 200, "the other key stays");

    // A password of one's own ends other logins, and no key; nor does the end of all logins.
    let change = json!({"current": PASSWORD, "new": "another horse"});
    assert_eq!(admin.post("/api/auth/password", change).await.status, 204);
    assert_eq!(admin.delete("/api/auth/logins").await.status, 204);
    drop(own);
    assert_eq!(stays.post("/api/folders", json!({"name": "x"})).await.status, 201);
    loop {
        if kept.frame().await.expect("the stream goes on").data.contains("folders.changed") {
            break;
        }
    }
}

#[tokio::test]
async fn nobody_sees_or_touches_the_keys_of_somebody_else_but_administrators() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (bob, carol) = (app.user(&admin, "bob").await, app.user(&admin, "carol").await);
    let key = made(&bob, json!({})).await;
    for other in [&carol, &admin] {
        assert_eq!(other.get("/api/keys").await.body["items"], json!([]));
        assert_eq!(refused(&other.patch(&path(&key), json!({"name": "x"})).await), (404, "api_key.not_found"));
        assert_eq!(refused(&other.delete(&path(&key)).await), (404, "api_key.not_found"));
    }
    let id = key["key"]["id"].as_str().expect("an id");
    let theirs = |user: &TestUser| format!("/api/admin/users/{}/keys", user.id);
    let listed = admin.get(&theirs(&bob)).await;
    assert_eq!(listed.body["items"], json!([key["key"]]));
    assert_eq!(carol.get(&theirs(&bob)).await.code(), "auth.forbidden");
    let of_carol = format!("{}/{id}", theirs(&carol));
    assert_eq!(refused(&admin.delete(&of_carol).await), (404, "api_key.not_found"), "it is not hers");
    let stream = events(&program(&app, &key)).await;
    assert_eq!(admin.delete(&format!("{}/{id}", theirs(&bob))).await.status, 204);
    assert_eq!(program(&app, &key).get("/api/sessions").await.code(), "auth.key_revoked");
    until_closed(stream).await;
}

#[tokio::test]
async fn keys_of_a_disabled_person_are_refused_and_come_back_with_them() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let key = made(&bob, json!({})).await;
    let program = program(&app, &key);
    let stream = events(&program).await;
    let person = format!("/api/admin/users/{}", bob.id);
    let off = json!({"status": "disabled", "reason": "on leave"});
    assert_eq!(admin.patch(&person, off).await.status, 200);
    let out = program.get("/api/sessions").await;
    assert_eq!((refused(&out), &out.body["params"]["reason"]), ((403, "auth.disabled"), &json!("on leave")));
    until_closed(stream).await;
    assert_eq!(admin.get(&format!("{person}/keys")).await.body["items"][0]["id"], key["key"]["id"], "it is kept");
    assert_eq!(admin.patch(&person, json!({"status": "active"})).await.status, 200);
    assert_eq!(program.get("/api/sessions").await.status, 200);
}

#[tokio::test]
async fn a_password_that_an_administrator_gives_revokes_every_key() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let key = made(&bob, json!({})).await;
    let program = program(&app, &key);
    let stream = events(&program).await;
    let person = format!("/api/admin/users/{}", bob.id);
    assert_eq!(admin.post(&format!("{person}/password"), json!({"password": PASSWORD})).await.status, 200);
    assert_eq!(refused(&program.get("/api/sessions").await), (401, "auth.key_revoked"));
    until_closed(stream).await;
    assert_eq!(admin.get(&format!("{person}/keys")).await.body["items"], json!([]));
    let fresh = app.login("bob").await;
    assert_eq!(refused(&fresh.get("/api/keys").await), (403, "auth.password_change_required"));
}

#[tokio::test]
async fn a_key_opens_nothing_while_its_person_has_to_replace_the_password() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let program = program(&app, &made(&bob, json!({})).await);
    // Nothing leaves a key standing that long; should anything ever, the gate refuses it all the same.
    let tx = app.app.db.begin().await.expect("begun");
    server::db::users::set_password(&tx, &bob.id.as_str().into(), "-", true).await.expect("set");
    tx.commit().await.expect("kept");
    for path in ["/api/sessions", "/api/events", "/api/models", "/api/auth/me"] {
        assert_eq!(refused(&program.get(path).await), (403, "auth.password_change_required"), "{path}");
    }
}
