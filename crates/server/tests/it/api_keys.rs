//! API keys: made and revoked by people who signed in, shown by programs, held to scopes, models, addresses and time.

mod held;
mod revoked;

use crate::support::{Reply, TestApp, TestUser, eventually};
use serde_json::{Value, json};

/// Makes a key; the rest of its terms is laid over a name and the scope for chats.
async fn made(user: &TestUser, terms: Value) -> Value {
    let mut body = json!({"name": "notes", "scopes": ["chat"]});
    for (name, value) in terms.as_object().expect("terms") {
        body[name] = value.clone();
    }
    let reply = user.post("/api/keys", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body
}

/// A program with this key.
fn program(app: &TestApp, made: &Value) -> TestUser {
    app.bearer(made["secret"].as_str().expect("a secret"))
}

fn path(made: &Value) -> String {
    format!("/api/keys/{}", made["key"]["id"].as_str().expect("an id"))
}

fn refused(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.code())
}

#[tokio::test]
async fn a_key_is_told_once_and_stands_for_its_person_within_its_scopes() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let bob = app.user(&admin, "bob").await;
    let key = made(&bob, json!({"name": " Notes 笔记 ", "scopes": ["models", "chat", "chat"]})).await;
    let secret = key["secret"].as_str().expect("a secret");
    assert_eq!((secret.len(), &secret[..10]), (53, "sk-aichat-"));
    assert_eq!((&key["key"]["name"], &key["key"]["scopes"]), (&json!("Notes 笔记"), &json!(["chat", "models"])));
    assert!(secret.starts_with(key["key"]["prefix"].as_str().expect("a prefix")));
    let list = bob.get("/api/keys").await;
    assert_eq!(list.body["items"], json!([key["key"]]));
    assert!(!list.text.contains(secret), "it is told once");

    let program = program(&app, &key);
    let answer = program.post("/api/chat", json!({"content": "hi", "model": "ok"})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(bob.get("/api/sessions").await.body["items"].as_array().map(Vec::len), Some(1), "it is bob's chat");
    assert_eq!(admin.get("/api/sessions").await.body["items"], json!([]));
    assert_eq!(program.get("/api/models").await.status, 200);
    let bootstrap = program.get("/api/bootstrap").await;
    assert!(bootstrap.status == 200 && bootstrap.body.get("user").is_none(), "nobody there: {}", bootstrap.text);
    for (method, path) in [("GET", "/api/auth/me"), ("GET", "/api/keys"), ("GET", "/api/auth/logins")] {
        let reply = program.call(program.request(method.parse().expect("a method"), path)).await;
        assert_eq!(refused(&reply), (403, "auth.scope"), "{path}");
        assert!(reply.body["params"].get("scope").is_none(), "there is none that would do: {}", reply.text);
    }
    let missing = program.get("/api/catalog").await;
    assert_eq!((refused(&missing), &missing.body["params"]["scope"]), ((403, "auth.scope"), &json!("admin")));
    assert_eq!(program.post("/api/auth/logout", json!({})).await.status, 204, "there is no login to end");
    assert_eq!(program.get("/api/sessions").await.status, 200);
}

#[tokio::test]
async fn the_last_use_is_noted_once_a_minute() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let key = made(&admin, json!({})).await;
    let program = program(&app, &key);
    let last = async || admin.get("/api/keys").await.body["items"][0].clone();
    assert!(last().await.get("lastUsedAt").is_none(), "never");
    assert_eq!(program.get("/api/models").await.status, 403);
    assert_eq!(program.get("/api/sessions").await.status, 200);
    eventually("the first use is noted", || async { last().await["lastUsedAt"].is_string() }).await;
    assert_eq!(last().await["lastAddress"], "127.0.0.1");
    let first = last().await["lastUsedAt"].clone();
    app.app.clock.shift(50_000);
    assert_eq!(program.get("/api/sessions").await.status, 200);
    app.app.clock.shift(11_000);
    assert_eq!(last().await["lastUsedAt"], first, "a minute has not passed when it was used again");
    assert_eq!(program.get("/api/sessions").await.status, 200);
    eventually("a later use is noted", || async { last().await["lastUsedAt"] != first }).await;
}

#[tokio::test]
async fn odd_keys_are_refused() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let long = "名".repeat(65);
    let many: Vec<String> = (0..51).map(|number| format!("10.0.0.{number}")).collect();
    for terms in [
        json!({"name": ""}),
        json!({"name": long}),
        json!({"name": "a\u{0}b"}),
        json!({"scopes": []}),
        json!({"scopes": ["root"]}),
        json!({"addresses": ["localhost"]}),
        json!({"addresses": ["10.0.0.0/33"]}),
        json!({"addresses": many}),
        json!({"models": vec!["m"; 101]}),
        json!({"expiresAt": "tomorrow"}),
        json!({"expiresAt": "2020-01-01T00:00:00Z"}),
        json!({"hash": "x"}),
    ] {
        let mut body = json!({"name": "notes", "scopes": ["chat"]});
        let key = made(&bob, json!({})).await;
        for (name, value) in terms.as_object().expect("terms") {
            body[name] = value.clone();
        }
        assert_eq!(refused(&bob.post("/api/keys", body).await), (400, "request.invalid"), "{terms}");
        assert_eq!(refused(&bob.patch(&path(&key), terms.clone()).await), (400, "request.invalid"), "{terms}");
    }
    let unknown = json!({"name": "x", "scopes": ["chat"], "models": ["nothing"]});
    assert_eq!(refused(&bob.post("/api/keys", unknown).await), (409, "model.none"), "there is none that may be named");
    let admins = bob.post("/api/keys", json!({"name": "x", "scopes": ["admin"]})).await;
    assert_eq!(refused(&admins), (403, "auth.forbidden"));
    for id in ["0198", "%00", "01981234-0000-7000-8000-000000000000"] {
        let path = format!("/api/keys/{id}");
        assert_eq!(refused(&bob.patch(&path, json!({"name": "y"})).await), (404, "api_key.not_found"), "{id}");
        assert_eq!(refused(&bob.delete(&path).await), (404, "api_key.not_found"), "{id}");
        let theirs = format!("/api/admin/users/{}/keys/{id}", bob.id);
        assert_eq!(refused(&admin.delete(&theirs).await), (404, "api_key.not_found"), "{id}");
        assert_eq!(admin.get(&format!("/api/admin/users/{id}/keys")).await.code(), "user.not_found", "{id}");
    }
    for odd in [
        "sk-aichat-",
        "sk-aichat-short",
        &format!("sk-aichat-{}", "A".repeat(43)),
        &format!("sk-aichat-{}", "é".repeat(20)),
    ] {
        let request = app
            .nobody()
            .request(reqwest::Method::GET, "/api/sessions")
            .header("authorization", format!("Bearer {odd}"));
        let status = request.send().await.expect("an answer").status().as_u16();
        assert_eq!(status, 401, "{odd}");
    }
}

#[tokio::test]
async fn a_person_has_at_most_fifty_keys_that_stand() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let soon = json!({"expiresAt": server::db::rfc3339(app.app.clock.now() + 60_000)});
    let mut last = made(&admin, soon).await;
    for _ in 1..50 {
        last = made(&admin, json!({})).await;
    }
    let full = admin.post("/api/keys", json!({"name": "x", "scopes": ["chat"]})).await;
    assert_eq!((refused(&full), &full.body["params"]["limit"]), ((409, "api_key.limit"), &json!("50")));
    assert_eq!(admin.delete(&path(&last)).await.status, 204);
    made(&admin, json!({})).await;
    app.app.clock.shift(61_000);
    made(&admin, json!({})).await;
    let list = admin.get("/api/keys").await.body;
    let list = list["items"].as_array().expect("a list");
    assert_eq!(
        (list.len(), list.iter().filter(|key| key["expired"] == true).count()),
        (51, 1),
        "what has expired stays listed"
    );
}
