//! What others were caught by and no other suite here tells by its name. `docs/acceptance.md` has the whole list.

use crate::support::{PASSWORD, TestApp, TestUser};
use serde_json::{Value, json};
use server::routes::TABLE;
use shared::accounts::UserRole;

/// What no body may decide, whatever it is laid beside.
fn smuggled(victim: &TestUser) -> Value {
    json!({
        "id": victim.id, "userId": victim.id, "user_id": victim.id, "owner": victim.id, "ownerId": victim.id,
        "role": "admin", "isAdmin": true, "status": "active", "createdAt": "2001-01-01T00:00:00Z",
        "mustChangePassword": false, "passwordHash": "$2b$04$", "scopesOfOthers": ["admin"],
    })
}

/// A body with what does not belong there.
fn with(mut body: Value, extra: &Value) -> Value {
    let (Some(fields), Some(extra)) = (body.as_object_mut(), extra.as_object()) else { panic!("two objects") };
    for (name, value) in extra {
        fields.entry(name).or_insert_with(|| value.clone());
    }
    body
}

#[tokio::test]
async fn fields_that_a_body_should_not_have_change_nobody_and_nothing() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let (victim, thief) = (app.user(&admin, "victim").await, app.user(&admin, "thief").await);
    let extra = smuggled(&victim);
    let theirs = async || (victim.get("/api/sessions").await.body, victim.get("/api/folders").await.body);
    let (before, me) = (theirs().await, victim.get("/api/auth/me").await.body);
    let newcomer = json!({"username": "newcomer", "password": PASSWORD, "tokens": true});
    let registered = app.nobody().post("/api/auth/register", with(newcomer, &extra)).await;
    assert!(registered.body["user"]["role"] != "admin" && registered.body["user"]["status"] != "active");
    for (path, body) in [
        ("/api/chat", json!({"content": "hi", "model": "ok"})),
        ("/api/chat/runs", json!({"content": "hi", "model": "ok"})),
        ("/api/sessions", json!({"title": "mine"})),
        ("/api/folders", json!({"name": "mine"})),
        ("/api/keys", json!({"name": "mine", "scopes": ["chat"]})),
    ] {
        let reply = thief.post(path, with(body, &extra)).await;
        assert!(reply.status < 500, "{path}: {}", reply.text);
        assert!(!reply.text.contains(&victim.id), "{path}: {}", reply.text);
    }
    for path in ["/api/auth/me", &format!("/api/sessions/{}", thief.ask("ok", "hi").await.session())] {
        let reply = thief.patch(path, with(json!({}), &extra)).await;
        assert!(reply.status < 500, "{path}: {}", reply.text);
    }
    assert_eq!(theirs().await, before, "nothing was put among somebody else's things");
    assert_eq!(victim.get("/api/auth/me").await.body, me);
    let role = thief.get("/api/auth/me").await.body["role"].clone();
    assert_eq!(role, json!(UserRole::User), "nobody gives themselves a role");
    assert_eq!(thief.get("/api/admin/users").await.status, 403);
}

#[tokio::test]
async fn a_file_of_somebody_else_is_not_sent_along_and_not_read_through_an_answer() {
    const SECRET: &str = "the ferry leaves at seven";
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let (owner, other) = (app.user(&admin, "owner").await, app.user(&admin, "other").await);
    let file = owner.upload("secret.txt", SECRET).await.body["id"].clone();
    let before = app.mock.ledger().records().len();
    for caller in [&other, &admin] {
        for path in ["/api/chat", "/api/chat/stream", "/api/chat/runs"] {
            let parts = json!([{"kind": "file", "fileId": file}]);
            let reply = caller.post(path, json!({"content": "read it", "model": "echo", "parts": parts})).await;
            assert_eq!((reply.status, reply.code()), (404, "file.not_found"), "{path}");
            assert!(!reply.text.contains(SECRET));
        }
    }
    assert_eq!(app.mock.ledger().records().len(), before, "no model was asked");
}

#[tokio::test]
async fn a_login_in_an_address_is_no_login() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let token = admin.token.clone().expect("a token");
    let key = admin.post("/api/keys", json!({"name": "k", "scopes": ["chat", "admin"]})).await.body["secret"].clone();
    let key = key.as_str().expect("a secret");
    let lines = TABLE.iter().filter(|line| line.method == "GET" && !line.path.contains('{'));
    for line in lines.filter(|line| admin_may(line.path)) {
        for name in ["access_token", "token", "key"] {
            for secret in [token.as_str(), key] {
                let reply = app.nobody().get(&format!("{}?{name}={secret}", line.path)).await;
                assert_eq!(reply.status, 401, "{}?{name}=…", line.path);
                assert!(!reply.text.contains(secret), "{}: no answer repeats it", line.path);
            }
        }
    }
}

/// Whether a path wants a login at all.
fn admin_may(path: &str) -> bool {
    use server::auth::Access;
    server::routes::line("GET", path)
        .is_some_and(|line| !matches!(line.access, Access::Public | Access::SelfTest | Access::Metrics))
}

#[tokio::test]
async fn tokens_and_keys_that_begin_alike_are_those_of_two_people() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let (one, two) = (app.user(&admin, "one").await, app.user(&admin, "two").await);
    let (first, second) = (one.token.clone().expect("a token"), two.token.clone().expect("a token"));
    assert_eq!(first[..36], second[..36], "the head of every token of ours is the same");
    for _ in 0..2 {
        // Again, once both are remembered.
        for user in [&one, &two] {
            assert_eq!(user.get("/api/auth/me").await.body["id"], json!(user.id));
        }
    }
    let (head, tail) = first.rsplit_once('.').expect("a signature");
    let (other_head, _) = second.rsplit_once('.').expect("a signature");
    let mixed = [format!("{other_head}.{tail}"), format!("{head}.")];
    for token in mixed {
        assert_eq!(app.bearer(&token).get("/api/auth/me").await.code(), "auth.invalid");
    }
    let key = one.post("/api/keys", json!({"name": "k", "scopes": ["chat"]})).await.body["secret"].clone();
    let key = key.as_str().expect("a secret");
    assert_eq!(app.bearer(key).get("/api/sessions").await.status, 200);
    for wrong in [&key[..key.len() - 1], &format!("{key}A"), &key.to_uppercase()] {
        assert_eq!(app.bearer(wrong).get("/api/sessions").await.status, 401, "{wrong}");
    }
}

#[tokio::test]
async fn wildcards_and_odd_queries_find_what_they_say_and_hold_nothing_up() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    admin.ask("ok", "a plain word").await;
    app.user(&admin, "somebody").await;
    let many = "%".repeat(60);
    for wild in ["%", "_", "%%%%", "!%", many.as_str()] {
        let people = admin.get(&format!("/api/admin/users?q={}", escaped(wild))).await;
        assert_eq!((people.status, &people.body["items"]), (200, &json!([])), "{wild}");
        let chats = admin.get(&format!("/api/search?q={}", escaped(wild))).await;
        assert!(chats.status < 500 && !chats.text.contains("plain"), "{wild}: {}", chats.text);
    }
    let long = "a".repeat(10_000);
    for path in [format!("/api/search?q={long}"), format!("/api/admin/users?q={long}")] {
        let status = admin.get(&path).await.status;
        assert!((400..500).contains(&status), "{status}");
    }
    assert_eq!(admin.get("/api/settings/health").await.status, 200);
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
