//! The list of models, for programs.

use super::{connect, key};
use crate::support::TestApp;
use serde_json::json;

#[tokio::test]
async fn programs_see_the_models_that_they_may_use_in_the_form_that_they_know() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok", "text-embedding-3-small"]).await;
    let program = key(&app, &admin).await;
    let list = program.get("/v1/models").await;
    assert_eq!((list.status, &list.body["object"]), (200, &json!("list")));
    assert!(list.headers.contains_key("x-request-id") && list.headers["cache-control"] == "private, no-cache");
    let all = list.body["data"].as_array().expect("a list");
    for model in all {
        assert!(model["id"].is_string() && model["object"] == "model" && model["owned_by"] == "mock", "{model}");
        assert!(model["created"].as_i64().is_some_and(|created| created > 1_700_000_000), "{model}");
    }
    let kinds: Vec<_> = all.iter().map(|model| (model["id"].as_str(), model["x"]["kind"].as_str())).collect();
    assert_eq!(kinds, [(Some("ok"), Some("chat")), (Some("text-embedding-3-small"), Some("embedding"))]);
    let chats = program.get("/ai-gateway/api/v1/models").await;
    assert_eq!(chats.body["data"].as_array().map(Vec::len), Some(1), "editors offer what answers in chats");
    assert_eq!(chats.body["data"][0]["supportsImages"], false);
    let one = program.get("/v1/models/ok").await;
    assert_eq!((one.status, &one.body["id"]), (200, &json!("ok")));
    let tag = list.headers["etag"].to_str().expect("text");
    let again = program.call(program.request(reqwest::Method::GET, "/v1/models").header("if-none-match", tag)).await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn anthropics_clients_get_their_own_form_and_show_keys_their_own_way() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let reply = admin.post("/api/keys", json!({"name": "claude", "scopes": ["chat", "models"]})).await;
    let secret = reply.body["secret"].as_str().expect("a secret");
    let nobody = app.nobody();
    let request = nobody.request(reqwest::Method::GET, "/v1/models");
    let list = nobody.call(request.header("x-api-key", secret).header("anthropic-version", "2023-06-01")).await;
    assert_eq!((list.status, &list.body["data"][0]["type"]), (200, &json!("model")), "{}", list.text);
    assert_eq!((&list.body["first_id"], &list.body["has_more"]), (&json!("ok"), &json!(false)));
    let elsewhere = nobody.call(nobody.request(reqwest::Method::GET, "/api/models").header("x-api-key", secret)).await;
    assert_eq!(elsewhere.code(), "auth.required", "below /v1 alone");
}

#[tokio::test]
async fn names_with_slashes_are_found_and_models_of_others_are_not() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    connect(&app, &admin, "openai_chat", &["ok", "echo"]).await;
    let user = app.user(&admin, "other").await;
    assert_eq!(user.get("/v1/models/openai_chat/ok").await.status, 200, "access tokens open it as well");
    let models = admin.get("/api/models").await.body;
    let id = models["items"].as_array().and_then(|items| items.iter().find(|model| model["name"] == "openai_chat/ok"));
    let id = id.expect("the model")["id"].as_str().expect("an id");
    admin.patch(&format!("/api/catalog/{id}"), json!({"access": ["admin"]})).await;
    for wanted in ["openai_chat/ok", id, "nothing"] {
        let reply = user.get(&format!("/v1/models/{wanted}")).await;
        assert_eq!((reply.status, reply.code()), (404, "model.not_found"), "{wanted}");
    }
    let reply = user.post("/v1/chat/completions", super::ask("openai_chat/ok", "hi")).await;
    assert_eq!((reply.status, reply.code()), (404, "model.not_found"));
    assert_eq!(reply.body["error"]["type"], "invalid_request_error");
}
