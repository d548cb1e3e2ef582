//! The audit log: what is written down, with what, what never is, and how it is read and forgotten.

use crate::support::{PASSWORD, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};

const DAY: i64 = 24 * 3_600_000;

/// The entries, the latest first.
async fn entries(admin: &TestUser, query: &str) -> Vec<Value> {
    let reply = admin.get(&format!("/api/audit?{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body["items"].as_array().expect("a list").clone()
}

fn acts(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["act"].as_str().expect("an act")).collect()
}

#[tokio::test]
async fn a_changed_setting_is_written_down_with_who_where_from_before_and_after() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let request = admin.request(Method::PUT, "/api/settings/system/runs_per_user").header("user-agent", "curl/8.5");
    let reply = admin.call(request.header("x-forwarded-for", "203.0.113.9").json(&json!({"value": 7}))).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    admin.put("/api/settings/system/runs_per_user", json!({"value": 7})).await;
    let found = entries(&admin, "act=setting.changed").await;
    assert_eq!(found.len(), 1, "what changes nothing is not written down");
    let entry = &found[0];
    assert_eq!(entry["person"], json!({"id": admin.id, "name": "admin"}));
    assert_eq!(entry["object"], json!({"kind": "setting", "id": "runs_per_user", "name": "Answers at once"}));
    assert_eq!((&entry["before"], &entry["after"]), (&json!(20), &json!(7)));
    assert_eq!((&entry["address"], &entry["device"]), (&json!("203.0.113.9"), &json!("curl")));
    assert!(entry.get("key").is_none() && entry["at"].as_str().is_some_and(|at| at.ends_with('Z')));
}

#[tokio::test]
async fn every_sign_in_is_written_down_with_its_way_and_place() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let body = json!({"username": "bob", "password": PASSWORD, "tokens": true});
    let sign_in = || bob.request(Method::POST, "/api/auth/login").header("user-agent", "curl/8.5");
    let wrong = json!({"username": "bob", "password": "wrong horse", "tokens": true});
    app.nobody().call(sign_in().json(&wrong)).await;
    app.nobody().call(sign_in().header("x-forwarded-for", "203.0.113.9").json(&body)).await;
    let found = entries(&admin, "act=login.begun").await;
    let ways: Vec<_> = found.iter().map(|entry| (entry["person"]["name"].clone(), entry["after"].clone())).collect();
    let row = |name: &str, way: &str| (json!(name), json!({"way": way}));
    assert_eq!(ways, [row("bob", "password"), row("bob", "password"), row("admin", "registration")]);
    assert_eq!((&found[0]["address"], &found[0]["device"]), (&json!("203.0.113.9"), &json!("curl")));
    assert_eq!(found[0]["object"], json!({"kind": "person", "id": bob.id, "name": "bob"}));
    assert!(!admin.get("/api/audit").await.text.contains("horse"), "nor what was typed");
}

#[tokio::test]
async fn a_login_that_ends_because_its_token_came_twice_is_written_down() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let stale = json!({"refreshToken": bob.refresh});
    for _ in 0..2 {
        assert_eq!(app.nobody().post("/api/auth/refresh", stale.clone()).await.status, 200);
    }
    assert_eq!(entries(&admin, "act=login.reused").await.len(), 0, "a moment later it is a lost answer");
    app.app.clock.shift(DAY / 24);
    let thief = bob.request(Method::POST, "/api/auth/refresh").header("x-forwarded-for", "203.0.113.9");
    assert_eq!(app.nobody().call(thief.json(&stale)).await.code(), "auth.revoked");
    let admin = app.login("admin").await;
    let found = entries(&admin, "act=login.reused").await;
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["object"]["id"], &found[0]["address"]), (&json!(bob.id), &json!("203.0.113.9")));
    assert_eq!(found[0].get("person"), None, "nobody knows who it was");
}

#[tokio::test]
async fn what_is_refused_is_not_written_down() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let before = entries(&admin, "").await.len();
    admin.put("/api/settings/system/runs_per_user", json!({"value": 0})).await;
    admin.patch(&format!("/api/admin/users/{}", admin.id), json!({"role": "user"})).await;
    admin.delete(&format!("/api/keys/{}", server::clock::new_id())).await;
    assert_eq!(entries(&admin, "").await.len(), before);
}

#[tokio::test]
async fn everything_that_is_done_to_people_is_written_down() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let path = format!("/api/admin/users/{}", bob.id);
    admin.patch(&path, json!({"role": "admin"})).await;
    admin.patch(&path, json!({"role": "user", "status": "disabled", "reason": "left"})).await;
    admin.patch(&path, json!({"status": "active"})).await;
    admin.post(&format!("{path}/password"), json!({})).await;
    admin.delete(&format!("{path}/logins")).await;
    let mut found = entries(&admin, &format!("object={}", bob.id)).await;
    found.reverse();
    let wanted = [
        "person.registered",
        "person.approved",
        "login.begun",
        "person.role_changed",
        "person.disabled",
        "person.role_changed",
        "person.enabled",
        "person.password_reset",
        "logins.ended",
    ];
    assert_eq!(acts(&found), wanted);
    assert_eq!(found[3]["before"], json!({"role": "user"}));
    assert_eq!(found[4]["after"], json!({"role": "user", "status": "disabled", "reason": "left"}));
    admin.post("/api/admin/users", json!({"username": "carol"})).await;
    let found = entries(&admin, "act=person.created&object=CAROL").await;
    assert_eq!(found[0]["after"], json!({"role": "user", "status": "active", "reason": null}));
}

#[tokio::test]
async fn one_s_own_password_logins_and_keys_are_written_down_and_a_key_is_named_with_its_person() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.post("/api/auth/password", json!({"current": PASSWORD, "new": "another horse battery"})).await;
    admin.post("/api/auth/password", json!({"current": "another horse battery", "new": PASSWORD})).await;
    let other = app.login("admin").await;
    let logins = other.get("/api/auth/logins").await.body;
    let theirs = logins["items"].as_array().expect("a list").iter().find(|login| login["current"] != true);
    let id = theirs.expect("another login")["id"].as_str().expect("an id");
    assert_eq!(other.delete(&format!("/api/auth/logins/{id}")).await.status, 204);
    let made = other.post("/api/keys", json!({"name": "nightly", "scopes": ["admin"]})).await.body;
    let (key, secret) = (made["key"]["id"].as_str().expect("an id"), made["secret"].as_str().expect("a secret"));
    app.bearer(secret).put("/api/settings/system/brand_name", json!({"value": "Night"})).await;
    other.patch(&format!("/api/keys/{key}"), json!({"name": "weekly"})).await;
    other.delete(&format!("/api/keys/{key}")).await;
    let found = entries(&other, "limit=6").await;
    let wanted = ["key.revoked", "key.changed", "setting.changed", "key.created", "login.ended", "login.begun"];
    assert_eq!(acts(&found), wanted);
    assert_eq!(entries(&other, "act=password.changed").await.len(), 2);
    assert_eq!(found[2]["key"], json!({"id": key, "name": "nightly"}));
    assert_eq!((&found[1]["before"], &found[1]["after"]), (&json!({"name": "nightly"}), &json!({"name": "weekly"})));
    let whole = other.get("/api/audit").await.text;
    assert!(!whole.contains(secret) && !whole.contains(PASSWORD), "no secret stands in the log");
}

#[tokio::test]
async fn connections_and_models_are_written_down_without_their_keys() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let connection = admin.get("/api/connections").await.body["items"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/connections/{connection}");
    let change =
        json!({"name": "renamed", "key": "sk-canary-0123456789abcdef", "headers": {"x-team": "canary-header"}});
    assert_eq!(admin.patch(&path, change).await.status, 200);
    let model = admin.get("/api/catalog").await.body["items"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(admin.patch(&format!("/api/catalog/{model}"), json!({"shown": false})).await.status, 200);
    assert_eq!(admin.patch("/api/catalog", json!({"ids": [model], "shown": true})).await.status, 200);
    assert_eq!(admin.delete(&path).await.status, 204);
    let found = entries(&admin, "limit=5").await;
    let wanted = ["connection.deleted", "model.changed", "model.changed", "connection.changed", "connection.created"];
    assert_eq!(acts(&found), wanted);
    assert_eq!((&found[2]["before"], &found[2]["after"]), (&json!({"shown": true}), &json!({"shown": false})));
    assert_eq!(found[3]["before"], json!({"name": "mock"}));
    assert_eq!(found[3]["after"], json!({"name": "renamed", "changed": ["key", "headers"]}));
    let whole = admin.get("/api/audit").await.text;
    assert!(!whole.contains("canary") && !whole.contains("sk-test"), "no secret stands in the log");
}

#[tokio::test]
async fn a_lockout_is_written_down_once_and_names_only_who_exists() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let attempt = async |name: &str| {
        let body = json!({"username": name, "password": "wrong horse", "tokens": true});
        let request = admin.request(Method::POST, "/api/auth/login").header("x-forwarded-for", "203.0.113.5");
        app.nobody().call(request.json(&body)).await.code().to_owned()
    };
    for _ in 0..10 {
        assert_eq!(attempt("admin").await, "auth.credentials");
    }
    for _ in 0..5 {
        assert_eq!(attempt("admin").await, "auth.throttled");
    }
    for _ in 0..12 {
        attempt("hunter2 typed in the wrong field").await;
    }
    let found = entries(&admin, "act=sign_in.locked_out").await;
    assert_eq!(found.len(), 2, "once for each pause");
    assert_eq!((&found[1]["object"]["id"], &found[1]["address"]), (&json!(admin.id), &json!("203.0.113.5")));
    assert!(found.iter().all(|entry| entry.get("person").is_none()), "nobody signed in");
    assert_eq!(found[0].get("object"), None);
    assert!(!admin.get("/api/audit").await.text.contains("hunter2"));
}

#[tokio::test]
async fn the_log_is_read_in_pages_and_by_filters() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for value in 1..=5 {
        admin.put("/api/settings/system/runs_per_user", json!({"value": value})).await;
    }
    let first = admin.get("/api/audit?act=setting.changed&limit=3").await.body;
    let next = first["next"].as_str().expect("there is more");
    let second = admin.get(&format!("/api/audit?act=setting.changed&limit=3&after={next}")).await.body;
    let values = |page: &Value| -> Vec<u64> {
        page["items"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|entry| entry["after"].as_u64().expect("a number"))
            .collect()
    };
    assert_eq!((values(&first), values(&second)), (vec![5, 4, 3], vec![2, 1]));
    assert_eq!(second.get("next"), None);
    assert_eq!(entries(&admin, "act=setting.changed&object=answers").await.len(), 5, "by a part of the name");
    assert_eq!(entries(&admin, "act=setting.changed&person=ADM").await.len(), 5);
    assert!(entries(&admin, "person=nobody").await.is_empty());
    assert!(entries(&admin, "from=2099-01-01T00:00:00Z").await.is_empty());
    assert_eq!(entries(&admin, "act=setting.changed&to=2099-01-01T00:00:00%2B08:00").await.len(), 5);
    for bad in ["from=yesterday", "after=x", "act=nothing", "surprise=1", &format!("person={}", "x".repeat(101))] {
        assert_eq!(admin.get(&format!("/api/audit?{bad}")).await.code(), "request.invalid", "{bad}");
    }
}

#[tokio::test]
async fn old_entries_are_forgotten_as_the_setting_says() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.put("/api/settings/system/audit_days", json!({"value": 30})).await;
    app.app.clock.shift(20 * DAY);
    let admin = app.login("admin").await;
    admin.put("/api/settings/system/runs_per_user", json!({"value": 3})).await;
    app.app.clock.shift(11 * DAY);
    let admin = app.login("admin").await;
    server::audit::sweep(&app.app.db, app.app.clock.now(), &app.app.settings).await.expect("swept");
    let found = entries(&admin, "").await;
    assert_eq!(acts(&found), ["login.begun", "setting.changed", "login.begun"]);
    assert_eq!(found[1]["object"]["id"], "runs_per_user");
}
