//! What was counted is what the provider counted.

use super::{answered, each, price, rule, set, used, with_prices};
use crate::support::{TestApp, TestUser, eventually};
use serde_json::json;
use server::db::usage;

async fn sums(app: &TestApp, user: &TestUser) -> (u64, u64, u64) {
    usage::sums(app.app.db.read(), &user.id.as_str().into()).await.expect("sums")
}

/// Dollars a million tokens read and written, and what that is for one of each in billionths.
const PRICE: (f64, f64) = (2.5, 10.0);
const NANO: (u64, u64) = (2_500, 10_000);

#[tokio::test]
async fn the_ledger_equals_the_providers_own_count_in_tokens_and_in_money() {
    let models = ["ok", "echo", "thinking", "tools-2", "usage-last", "inspection", "metered-3", "tokens-300-0"];
    let (app, admin) = with_prices(&models).await;
    for model in models {
        price(&admin, model, json!({"input": PRICE.0, "output": PRICE.1})).await;
    }
    let tokens = rule(&admin, each(), "tokens", "month", 10_000_000).await;
    let money = rule(&admin, json!({"kind": "everyone"}), "money", "total", 900_000_000_000).await;
    for model in ["ok", "echo", "thinking", "tools-2", "usage-last", "tokens-300-0"] {
        answered(&admin, model).await;
    }
    assert_eq!(super::ask(&admin, "inspection").await.code(), "provider.content_filtered", "one that fails at once");
    assert_eq!(super::ask(&admin, "metered-3").await.code(), "provider.cut", "and one that fails on its way");
    eventually("the provider is hung up on", || async { app.mock.ledger().totals().open == 0 }).await;
    let totals = app.mock.ledger().totals();
    assert!(totals.requests >= 8, "{totals:?}");
    let (read, written, nano) = sums(&app, &admin).await;
    assert_eq!((read, written), (totals.prompt_tokens, totals.tokens));
    assert_eq!(nano, totals.prompt_tokens * NANO.0 + totals.tokens * NANO.1);
    assert_eq!(used(&admin, &tokens).await, (read + written, 0));
    assert_eq!(used(&admin, &money).await, (nano, 0));
}

#[tokio::test]
async fn an_answer_that_is_cancelled_counts_what_it_read_and_wrote_by_our_estimate() {
    let (app, admin) = with_prices(&["stall-after-40"]).await;
    price(&admin, "stall-after-40", json!({"input": PRICE.0, "output": PRICE.1})).await;
    let (tokens, money) =
        (rule(&admin, each(), "tokens", "day", 1_000_000).await, rule(&admin, each(), "money", "day", 1 << 50).await);
    let mut cancelled = admin.stream(json!({"content": "one that is cancelled", "model": "stall-after-40"})).await;
    while !cancelled.live.message.text().contains("w39") {
        cancelled.next().await.expect("a token");
    }
    assert!(used(&admin, &tokens).await.1 > 40, "as much as it may take is set aside meanwhile");
    let run = cancelled.live.run_id.clone().expect("a run");
    admin.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    cancelled.finish().await;
    let (read, written, nano) = sums(&app, &admin).await;
    assert_eq!(nano, read * NANO.0 + written * NANO.1);
    assert_eq!((used(&admin, &tokens).await, used(&admin, &money).await), ((read + written, 0), (nano, 0)));
    // No provider counts what it was not let finish: an estimate is near, and never nothing.
    let provider = app.mock.ledger().last().expect("a call");
    assert!(
        read > 0 && (provider.tokens / 2..=provider.tokens * 2).contains(&written),
        "{read}, {written}: {provider:?}"
    );
}

#[tokio::test]
async fn names_of_chats_count_in_tokens_and_money_and_checks_of_connections_do_not() {
    let (app, admin) = with_prices(&["ok"]).await;
    let (tokens, requests) =
        (rule(&admin, each(), "tokens", "day", 1_000_000).await, rule(&admin, each(), "requests", "day", 10).await);
    let connection = admin.get("/api/connections").await.body["items"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(admin.post(&format!("/api/connections/{connection}/verify"), json!({})).await.status, 200);
    assert_eq!(used(&admin, &tokens).await, (0, 0), "a check is the administrator's business");
    app.mock.ledger().clear();
    set(&admin, "title_model", json!("chat")).await;
    answered(&admin, "ok").await;
    let all = || async {
        let totals = app.mock.ledger().totals();
        let due = totals.prompt_tokens + totals.tokens;
        totals.requests == 2 && used(&admin, &tokens).await == (due, 0)
    };
    eventually("the answer and its name are counted", all).await;
    assert_eq!(used(&admin, &requests).await, (1, 0), "nobody asked for a name");
}

#[tokio::test]
async fn prices_in_the_other_currency_are_converted_at_the_rate_that_is_set() {
    let (_app, admin) = with_prices(&["tokens-300-0"]).await;
    set(&admin, "budget_currency", json!("CNY")).await;
    set(&admin, "usd_in_cny", json!(7.1)).await;
    let id = rule(&admin, each(), "money", "day", 1_000_000_000).await;
    answered(&admin, "tokens-300-0").await;
    // 300 tokens at a dollar a million.
    assert_eq!(used(&admin, &id).await, (2_130_000, 0));
    let rule = &admin.get("/api/budgets").await.body["items"][0];
    assert_eq!(rule["currency"], "CNY");
    set(&admin, "budget_currency", json!("USD")).await;
    price(&admin, "tokens-300-0", json!({"currency": "CNY", "input": 0.0, "output": 10.0})).await;
    answered(&admin, "tokens-300-0").await;
    assert_eq!(used(&admin, &id).await, (5_130_000, 0), "a rule keeps its currency, and an answer its price");
}
