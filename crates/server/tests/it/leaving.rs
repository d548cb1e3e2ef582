//! People take their data along, and leave.

mod deleted;
mod export;

use crate::support::{PASSWORD, TestApp, TestUser, allow_own_connections};
use reqwest::Method;
use serde_json::{Value, json};

/// The fake model server as people's own connections reach it: through the proxy, under a public name.
const OUTSIDE: &str = "http://8.8.8.8/v1";
/// A word that only one person wrote, everywhere where people can write.
const WORD: &str = "zanzibar";

/// What a person has who uses everything.
struct Belongings {
    session: String,
    file: String,
}

/// Gives a person something of every kind, with the word in it.
async fn furnish(user: &TestUser) -> Belongings {
    let about = json!({"about": format!("I live in {WORD}")});
    assert_eq!(user.patch("/api/auth/me", about).await.status, 200);
    let folder = user.post("/api/folders", json!({"name": format!("{WORD} folder")})).await;
    assert_eq!(folder.status, 201, "{}", folder.text);
    let file = user.upload(&format!("{WORD} 报告.txt"), format!("notes about {WORD}")).await;
    assert_eq!(file.status, 201, "{}", file.text);
    let picture = crate::files::picture(9, 9);
    assert_eq!(user.put_bytes("/api/auth/me/avatar", picture).await.status, 200);
    let key = user.post("/api/keys", json!({"name": format!("{WORD} key"), "scopes": ["chat"]})).await;
    assert_eq!(key.status, 201, "{}", key.text);
    let connection = json!({"name": WORD, "baseUrl": OUTSIDE, "key": "sk-zanzibar-0123456789", "models": ["own"]});
    let connection = user.post("/api/my/connections", connection).await;
    assert_eq!(connection.status, 201, "{}", connection.text);

    let question = json!({
        "content": format!("the first question about {WORD}"),
        "model": "echo",
        "parts": [{"kind": "file", "v": 1, "fileId": file.body["id"]}],
        "newChat": {"folderId": folder.body["id"]},
    });
    let asked = user.stream(question).await.finish().await;
    let session = asked.session();
    let again = json!({"sessionId": session, "content": format!("a second {WORD}"), "model": "echo"});
    user.stream(again).await.finish().await;
    // Another version of the last question: the tree branches.
    let messages = user.messages(&session).await;
    let answer = messages.iter().find(|message| message["role"] == "assistant").expect("an answer");
    let other = json!({
        "sessionId": session, "parentId": answer["id"], "content": format!("another {WORD}"), "model": "echo",
    });
    user.stream(other).await.finish().await;
    let title = json!({"title": format!("../{WORD}: a/b?")});
    assert_eq!(user.patch(&format!("/api/sessions/{session}"), title).await.status, 200);
    Belongings { session, file: file.body["id"].as_str().expect("an id").to_owned() }
}

/// A server behind a proxy with models and own connections, its administrator, and Bob.
async fn inhabited() -> (TestApp, mock_llm::MockLlm, TestUser, TestUser) {
    let (app, outside) = crate::support::behind_a_proxy().await;
    let admin = app.with_models(&["echo", "ok", "stall-after-1"]).await;
    allow_own_connections(&admin).await;
    let bob = app.user(&admin, "bob").await;
    (app, outside, admin, bob)
}

/// A person's request to be deleted.
async fn leave(user: &TestUser, password: &str) -> crate::support::Reply {
    user.call(user.request(Method::DELETE, "/api/auth/me").json(&json!({"password": password}))).await
}

async fn sign_in(app: &TestApp, name: &str) -> crate::support::Reply {
    app.nobody().post("/api/auth/login", json!({"username": name, "password": PASSWORD, "tokens": true})).await
}

fn items(body: &Value) -> &Vec<Value> {
    body["items"].as_array().expect("a list")
}
