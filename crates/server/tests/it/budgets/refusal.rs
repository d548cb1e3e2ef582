//! What somebody is told whose budget is used up, or nearly so.

use super::{answered, each, program, refused, rule, set, with_prices};
use serde_json::json;
use shared::events::RunEventBody;

#[tokio::test]
async fn a_refusal_says_which_limit_and_when_it_starts_anew() {
    let (_app, admin) = with_prices(&["ok"]).await;
    set(&admin, "budget_time_zone", json!("Asia/Shanghai")).await;
    rule(&admin, each(), "requests", "day", 1).await;
    answered(&admin, "ok").await;
    let reply = refused(&admin, "ok").await;
    let message = reply.body["message"].as_str().expect("a sentence");
    assert_eq!(message, "You have reached your limit of 1 requests a day.");
    let hint = reply.body["hint"].as_str().expect("a hint");
    assert!(hint.starts_with("It starts anew at 20") && hint.ends_with(" 00:00 (UTC+08:00)."), "{hint}");
    let header = |name: &str| reply.headers.get(name).expect(name).to_str().expect("text").to_owned();
    let seconds: u64 = header("retry-after").parse().expect("seconds");
    assert!((1..=86_400).contains(&seconds), "{seconds}");
    assert_eq!(
        (header("x-ratelimit-limit-requests"), header("x-ratelimit-remaining-requests")),
        ("1".into(), "0".into())
    );
    assert_eq!(header("x-ratelimit-reset-requests"), format!("{seconds}s"));
}

#[tokio::test]
async fn the_headers_are_those_of_the_rule_that_is_in_the_way_for_longest() {
    let (_app, admin) = with_prices(&["tokens-300-0"]).await;
    rule(&admin, each(), "requests", "day", 1).await;
    rule(&admin, json!({"kind": "everyone"}), "tokens", "total", 300).await;
    answered(&admin, "tokens-300-0").await;
    let reply = refused(&admin, "tokens-300-0").await;
    assert_eq!(reply.headers["x-ratelimit-limit-tokens"], "300");
    assert!(!reply.headers.contains_key("retry-after"), "no time will do");
    let message = reply.body["message"].as_str().expect("a sentence");
    assert_eq!(message, "You have reached the limit of everybody together of 300 tokens in total.");
    assert_eq!(reply.body["hint"], "Ask your administrator for more.");
}

#[tokio::test]
async fn somebody_is_warned_once_in_a_window_when_80_percent_are_used() {
    let (_app, admin) = with_prices(&["ok"]).await;
    let id = rule(&admin, each(), "requests", "day", 5).await;
    let warned = || async {
        let done = admin.ask("ok", "hi").await;
        let is_warning =
            |body: &RunEventBody| matches!(body, RunEventBody::Notice { code, .. } if code == "budget.warning");
        done.seen.iter().filter(|event| is_warning(&event.body)).count()
    };
    for number in 1..=4 {
        assert_eq!(warned().await, 0, "answer {number}");
    }
    assert_eq!(warned().await, 1, "four of five are used");
    admin.patch(&format!("/api/budgets/{id}"), json!({"limit": 6})).await;
    assert_eq!(warned().await, 1, "the limit is another one");
    admin.patch(&format!("/api/budgets/{id}"), json!({"enabled": true})).await;
    refused(&admin, "ok").await;
}

#[tokio::test]
async fn nobody_is_warned_before_80_percent_are_used() {
    let (_app, admin) = with_prices(&["tokens-300-0"]).await;
    rule(&admin, each(), "tokens", "day", 100_000).await;
    rule(&admin, each(), "money", "month", 1_200_000).await;
    let warned = || async {
        let done = admin.ask("tokens-300-0", "hi").await;
        done.live.message.parts.iter().filter(|part| format!("{part:?}").contains("budget.warning")).count()
    };
    // 300 tokens are a quarter of the money: after four of them it is used up.
    assert_eq!([warned().await, warned().await, warned().await], [0, 0, 0]);
    assert_eq!(admin.ask("tokens-300-0", "hi").await.live.message.parts.len(), 1, "three quarters are no warning");
    assert_eq!(super::ask(&admin, "tokens-300-0").await.code(), "budget.exceeded");
}

#[tokio::test]
async fn a_key_has_limits_of_its_own_beside_its_persons() {
    let (app, admin) = with_prices(&["ok"]).await;
    let limits = json!([{"unit": "requests", "window": "day", "limit": 1}]);
    let (program, id) = program(&app, &admin, limits).await;
    answered(&program, "ok").await;
    let reply = refused(&program, "ok").await;
    assert_eq!(reply.body["message"], "You have reached the limit of this API key of 1 requests a day.");
    answered(&admin, "ok").await;
    let key = admin.get("/api/keys").await.body["items"][0].clone();
    assert_eq!((&key["limits"][0]["limit"], &key["limits"][0]["used"]["spent"]), (&json!(1), &json!(1)));

    let path = format!("/api/keys/{id}");
    let twice = json!({"limits": [{"unit": "tokens", "window": "day", "limit": 1}, {"unit": "tokens", "window": "day", "limit": 2}]});
    assert_eq!(admin.patch(&path, twice).await.code(), "request.invalid");
    let more = json!({"limits": [{"unit": "requests", "window": "day", "limit": 2}]});
    let changed = admin.patch(&path, more).await.body;
    assert_eq!(changed["limits"][0]["used"]["spent"], 1, "what was counted stays");
    answered(&program, "ok").await;
    refused(&program, "ok").await;
    assert_eq!(admin.patch(&path, json!({"name": "other"})).await.body["limits"][0]["limit"], 2, "they stay");
    assert_eq!(admin.patch(&path, json!({"limits": []})).await.body["limits"], json!(null));
    answered(&program, "ok").await;
    assert_eq!(admin.get("/api/budgets").await.body["items"], json!([]), "they are nobody else's business");
}
