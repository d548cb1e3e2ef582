//! Many requests at once.

use super::{each, rule, set, used, with_prices};
use crate::support::{PATIENCE, TestUser};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// How often a request is sent again that a busy machine lost.
const ATTEMPTS: usize = 20;

/// Asks; what did not reach the server in time, or not its provider, is asked again.
async fn asked(user: &TestUser, model: &str) -> (u16, String) {
    let body = json!({"content": "hi", "model": model});
    for _ in 0..ATTEMPTS {
        let request = user.request(Method::POST, "/api/chat").timeout(PATIENCE * 4).json(&body);
        let Ok(response) = request.send().await else { continue };
        let status = response.status().as_u16();
        if !matches!(status, 408 | 502 | 503) {
            let body: Value = response.json().await.unwrap_or_default();
            return (status, body["code"].as_str().unwrap_or_default().to_owned());
        }
    }
    panic!("the server never answers");
}

/// Sends so many requests at once; answers how many were answered, and that all others met the budget.
async fn at_once(user: &TestUser, count: usize, model: &'static str) -> usize {
    let mut requests = JoinSet::new();
    for _ in 0..count {
        let user = user.clone();
        requests.spawn(async move { asked(&user, model).await });
    }
    let replies = requests.join_all().await;
    let (answered, others): (Vec<_>, Vec<_>) = replies.into_iter().partition(|(status, _)| *status == 200);
    for refused in others {
        assert_eq!(refused, (429, "budget.exceeded".to_owned()));
    }
    answered.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_500_parallel_requests_against_a_budget_for_100_exactly_100_are_answered() {
    let (app, admin) = with_prices(&["ok"]).await;
    set(&admin, "runs_per_user", json!(1000)).await;
    let id = rule(&admin, each(), "requests", "day", 100).await;
    assert_eq!(at_once(&admin, 500, "ok").await, 100);
    assert_eq!(used(&admin, &id).await, (100, 0));
    let calls = app.mock.ledger().totals().requests;
    assert!((100..150).contains(&calls), "nobody was called for the others: {calls}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_answers_never_overspend_tokens_or_money_by_more_than_one_reservation() {
    let (app, admin) = with_prices(&["tokens-300-0"]).await;
    set(&admin, "runs_per_user", json!(1000)).await;
    // Without a limit of the answer one request would set aside all of it: the person says how long it may be.
    let id = super::model_id(&admin, "tokens-300-0").await;
    let price = json!({"input": 0.0, "output": 1.0});
    let limit = json!({"overrides": {"facts": {"price": price}, "parameters": {"maxTokens": 310}}});
    assert_eq!(admin.patch(&format!("/api/catalog/{id}"), limit).await.status, 200);
    for (unit, limit, one) in [("tokens", 3_300, 330), ("money", 3_100_000, 310_000)] {
        let id = rule(&admin, each(), unit, "total", limit).await;
        let answered = at_once(&admin, 60, "tokens-300-0").await;
        let (spent, reserved) = used(&admin, &id).await;
        assert!(answered >= 9 && reserved == 0, "{unit}: {answered} answered, {reserved} set aside");
        assert!(spent <= limit + one, "{unit}: {spent} of {limit}");
        assert_eq!(admin.delete(&format!("/api/budgets/{id}")).await.status, 204);
    }
    assert_eq!(app.mock.ledger().totals().open, 0);
}

#[tokio::test]
async fn answers_beside_each_other_are_counted_one_by_one() {
    let (_app, admin) = with_prices(&["ok", "echo"]).await;
    let id = rule(&admin, each(), "requests", "day", 1).await;
    let body: Value = json!({"content": "hi", "model": "ok", "also": ["echo"]});
    let reply = admin.post("/api/chat", body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["also"][0]["error"]["code"], "budget.exceeded");
    assert_eq!(used(&admin, &id).await, (1, 0));
}
