//! Connections of people's own beside everybody's: each pays for itself, whichever answers.

use super::{ask, each, model_id, program, rule, set, used};
use crate::support::{Reply, TestApp, TestUser, allow_own_connections, behind_a_proxy};
use mock_llm::MockLlm;
use serde_json::{Value, json};

/// Everybody's model `ok`, and the same with a key of the administrator's own; answers the id of everybody's, too.
async fn both(key: &str) -> (TestApp, MockLlm, TestUser, String) {
    let (app, outside) = behind_a_proxy().await;
    let admin = app.with_models(&["ok"]).await;
    let everybodys = model_id(&admin, "ok").await;
    allow_own_connections(&admin).await;
    set(&admin, "title_model", json!("off")).await;
    let own = json!({"baseUrl": "http://8.8.8.8/v1", "key": key, "models": ["ok"]});
    assert_eq!(admin.post("/api/my/connections", own).await.status, 201);
    (app, outside, admin, everybodys)
}

fn asked(model: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": "hi"}]})
}

fn refused(reply: &Reply) {
    assert_eq!((reply.status, reply.code()), (429, "budget.exceeded"), "{}", reply.text);
}

#[tokio::test]
async fn a_good_key_of_ones_own_counts_for_no_budget_of_the_house() {
    let (app, outside, admin, everybodys) = both("sk-of-the-owner-0001").await;
    let id = rule(&admin, each(), "requests", "day", 0).await;
    let (program, _) = program(&app, &admin, json!([])).await;
    assert_eq!(ask(&admin, "ok").await.status, 200);
    assert_eq!(program.post("/v1/chat/completions", asked("ok")).await.status, 200);
    assert_eq!(outside.ledger().records().len(), 2);
    assert_eq!(used(&admin, &id).await, (0, 0));

    refused(&ask(&admin, &everybodys).await);
    refused(&program.post("/v1/chat/completions", asked(&everybodys)).await);
    assert_eq!(app.mock.ledger().records().len(), 0);
}

#[tokio::test]
async fn a_dead_key_of_ones_own_is_no_way_past_a_rule_of_the_house() {
    let (app, outside, admin, everybodys) = both("sk-of-the-owner-dead").await;
    let only = json!({"subject": each(), "modelId": everybodys, "unit": "requests", "window": "day", "limit": 1});
    let id = admin.post("/api/budgets", only).await.body["id"].as_str().expect("an id").to_owned();
    let (program, _) = program(&app, &admin, json!([])).await;
    for _ in 0..2 {
        let failed = admin.ask("ok", "hi").await.live.message.error.expect("an error");
        assert_eq!(failed.code, "provider.unauthorized");
        let reply = program.post("/v1/chat/completions", asked("ok")).await;
        assert_eq!(reply.code(), "provider.unauthorized", "{}", reply.text);
    }
    assert_eq!(app.mock.ledger().records().len(), 0, "the house's key is not asked");
    assert!(!outside.ledger().records().is_empty());
    assert_eq!(used(&admin, &id).await, (0, 0));

    assert_eq!(ask(&admin, &everybodys).await.status, 200);
    refused(&ask(&admin, &everybodys).await);
}
