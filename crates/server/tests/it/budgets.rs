//! Budgets: nobody uses more than they may, and what was used is known to the token.

mod crash;
mod ledger;
mod own;
mod parallel;
mod refusal;
mod replicas;
mod rules;
mod time;

use crate::support::{Reply, TestApp, TestUser};
use serde_json::{Value, json};

/// A server whose model writes 300 tokens, which cost a dollar a million and are all that it costs; no chat is named.
async fn with_prices(models: &[&str]) -> (TestApp, TestUser) {
    let app = TestApp::new().await;
    let admin = app.with_models(models).await;
    set(&admin, "title_model", json!("off")).await;
    for model in models {
        price(&admin, model, json!({"input": 0.0, "output": 1.0})).await;
    }
    (app, admin)
}

async fn set(admin: &TestUser, key: &str, value: Value) {
    let reply = admin.put(&format!("/api/settings/system/{key}"), json!({"value": value})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

async fn price(admin: &TestUser, model: &str, price: Value) {
    let id = model_id(admin, model).await;
    let body = json!({"overrides": {"facts": {"price": price}}});
    let reply = admin.patch(&format!("/api/catalog/{id}"), body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

async fn model_id(admin: &TestUser, model: &str) -> String {
    let models = admin.get("/api/models").await.body;
    let found = models["items"].as_array().expect("a list").iter().find(|known| known["name"] == model);
    found.expect("the model")["id"].as_str().expect("an id").to_owned()
}

/// Makes a rule and answers its id.
async fn rule(admin: &TestUser, subject: Value, unit: &str, window: &str, limit: u64) -> String {
    let body = json!({"subject": subject, "unit": unit, "window": window, "limit": limit});
    let reply = admin.post("/api/budgets", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body["id"].as_str().expect("an id").to_owned()
}

fn each() -> Value {
    json!({"kind": "each"})
}

/// What was used of a rule, and what is set aside.
async fn used(admin: &TestUser, id: &str) -> (u64, u64) {
    let list = admin.get("/api/budgets").await;
    let rule = list.body["items"].as_array().expect("a list").iter().find(|rule| rule["id"] == id).expect("the rule");
    let number = |name: &str| rule["used"][name].as_u64().expect("a number");
    (number("spent"), number("reserved"))
}

async fn ask(user: &TestUser, model: &str) -> Reply {
    user.post("/api/chat", json!({"content": "hi", "model": model})).await
}

/// Asks, and wants an answer.
async fn answered(user: &TestUser, model: &str) {
    let reply = ask(user, model).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// Asks, and wants to be told that a budget is used up.
async fn refused(user: &TestUser, model: &str) -> Reply {
    let reply = ask(user, model).await;
    assert_eq!((reply.status, reply.code()), (429, "budget.exceeded"), "{}", reply.text);
    reply
}

/// A program of this person, and the id of its key.
async fn program(app: &TestApp, user: &TestUser, limits: Value) -> (TestUser, String) {
    let body = json!({"name": "program", "scopes": ["chat"], "limits": limits});
    let made = user.post("/api/keys", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (app.bearer(&text(&made.body["secret"])), text(&made.body["key"]["id"]))
}
