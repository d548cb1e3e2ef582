//! Whom and what a rule counts, and who sees and changes it.

use super::{answered, each, model_id, program, refused, rule, used, with_prices};
use serde_json::{Value, json};

#[tokio::test]
async fn every_unit_holds_every_subject_in_every_window() {
    let (app, admin) = with_prices(&["tokens-300-0"]).await;
    let (ada, bob) = (app.user(&admin, "ada").await, app.user(&admin, "bob").await);
    let (program, key) = program(&app, &ada, json!([])).await;
    for (unit, limit) in [("requests", 1), ("tokens", 300), ("money", 300_000)] {
        for window in ["day", "month", "total"] {
            for (subject, others_too) in [
                (each(), false),
                (json!({"kind": "person", "userId": ada.id}), false),
                (json!({"kind": "everyone"}), true),
                (json!({"kind": "key", "keyId": key}), false),
            ] {
                let name = format!("{unit}, {window}, {subject}");
                let of_key = subject["kind"] == "key";
                let id = rule(&admin, subject, unit, window, limit).await;
                let held = if of_key { &program } else { &ada };
                answered(held, "tokens-300-0").await;
                let reply = refused(held, "tokens-300-0").await;
                assert_eq!(reply.headers.contains_key("retry-after"), window != "total", "{name}");
                assert_eq!(reply.headers[&format!("x-ratelimit-limit-{unit}")], limit.to_string(), "{name}");
                if of_key {
                    answered(&ada, "tokens-300-0").await;
                }
                let other = super::ask(&bob, "tokens-300-0").await;
                assert_eq!(other.status, if others_too { 429 } else { 200 }, "{name}");
                assert_eq!(used(&admin, &id).await.1, 0, "{name}");
                assert_eq!(admin.delete(&format!("/api/budgets/{id}")).await.status, 204, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_rule_for_one_model_counts_no_other() {
    let (_app, admin) = with_prices(&["ok", "echo"]).await;
    let body = json!({"subject": each(), "modelId": "echo", "unit": "requests", "window": "day", "limit": 1});
    let made = admin.post("/api/budgets", body).await.body;
    assert_eq!(made["modelId"], model_id(&admin, "echo").await, "by name or id");
    answered(&admin, "echo").await;
    let reply = refused(&admin, "echo").await;
    assert_eq!(reply.body["message"], "You have reached your limit for this model of 1 requests a day.");
    answered(&admin, "ok").await;
}

#[tokio::test]
async fn a_rule_for_a_model_counts_what_it_answers_in_the_stead_of_another_connections() {
    let (app, admin) = with_prices(&["ok", "echo"]).await;
    let dead = json!({"name": "Dead", "baseUrl": app.mock.base_url(), "key": "sk-house-dead", "prefix": "dead/",
        "models": ["ok"]});
    assert_eq!(admin.post("/api/connections", dead).await.status, 201);
    let only = json!({"subject": each(), "modelId": "ok", "unit": "requests", "window": "day", "limit": 1});
    let id = admin.post("/api/budgets", only).await.body["id"].as_str().expect("an id").to_owned();
    let (program, _) = program(&app, &admin, json!([])).await;
    answered(&admin, "dead/ok").await;
    assert_eq!(used(&admin, &id).await, (1, 0), "the dead key's answer came from the model of the rule");
    refused(&admin, "dead/ok").await;
    refused(&admin, "ok").await;
    let asked = json!({"model": "dead/ok", "messages": [{"role": "user", "content": "hi"}]});
    let reply = program.post("/v1/chat/completions", asked).await;
    assert_eq!((reply.status, reply.code()), (429, "budget.exceeded"), "{}", reply.text);
    answered(&admin, "echo").await;
}

#[tokio::test]
async fn a_change_of_a_rule_counts_from_the_next_request_on() {
    let (_app, admin) = with_prices(&["ok"]).await;
    let id = rule(&admin, each(), "requests", "day", 0).await;
    let path = format!("/api/budgets/{id}");
    refused(&admin, "ok").await;
    assert_eq!(admin.patch(&path, json!({"limit": 1})).await.body["limit"], 1);
    answered(&admin, "ok").await;
    refused(&admin, "ok").await;
    assert_eq!(admin.patch(&path, json!({"enabled": false})).await.body["enabled"], false);
    answered(&admin, "ok").await;
    admin.patch(&path, json!({"enabled": true})).await;
    refused(&admin, "ok").await;
    assert_eq!(used(&admin, &id).await, (1, 0), "what was asked while it was off is not counted");
    assert_eq!(admin.delete(&path).await.status, 204);
    answered(&admin, "ok").await;
    assert_eq!(admin.delete(&path).await.code(), "budget.not_found");
}

#[tokio::test]
async fn a_rule_names_somebody_and_something_that_is_there_and_no_absurd_amount() {
    let (app, admin) = with_prices(&["ok"]).await;
    let nobody = server::clock::new_id();
    let make = |change: Value| {
        let mut body = json!({"subject": each(), "unit": "requests", "window": "day", "limit": 1});
        let (body_of, change) = (body.as_object_mut().expect("an object"), change);
        body_of.extend(change.as_object().expect("an object").clone());
        let admin = admin.clone();
        async move {
            let reply = admin.post("/api/budgets", body).await;
            (reply.status, reply.code().to_owned())
        }
    };
    let expected = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(make(json!({"subject": {"kind": "person", "userId": nobody}})).await, expected(404, "user.not_found"));
    assert_eq!(make(json!({"subject": {"kind": "key", "keyId": nobody}})).await, expected(404, "api_key.not_found"));
    assert_eq!(make(json!({"modelId": "gone"})).await, expected(404, "model.not_found"));
    for change in [
        json!({"subject": {"kind": "person"}}),
        json!({"unit": "hours"}),
        json!({"window": "week"}),
        json!({"limit": -1}),
        json!({"limit": 1.5}),
        json!({"limit": 1_000_000_000_000_000_001_u64}),
        json!({"spent": 5}),
    ] {
        assert_eq!(make(change.clone()).await, expected(400, "request.invalid"), "{change}");
    }
    let ada = app.user(&admin, "ada").await;
    let (_, key) = program(&app, &ada, json!([{"unit": "tokens", "window": "day", "limit": 5}])).await;
    let own = admin.get(&format!("/api/admin/users/{}/keys", ada.id)).await.body;
    assert_eq!((&own["items"][0]["id"], &own["items"][0]["limits"][0]["limit"]), (&json!(key), &json!(5)));
}

#[tokio::test]
async fn everybody_sees_what_is_left_for_them_and_nothing_of_others() {
    let (app, admin) = with_prices(&["ok"]).await;
    let (ada, bob) = (app.user(&admin, "ada").await, app.user(&admin, "bob").await);
    rule(&admin, each(), "requests", "day", 5).await;
    rule(&admin, json!({"kind": "person", "userId": bob.id}), "tokens", "month", 9_000).await;
    rule(&admin, json!({"kind": "everyone"}), "money", "total", 5_000_000_000).await;
    answered(&ada, "ok").await;
    answered(&ada, "ok").await;
    let of = |user: &crate::support::TestUser| {
        let user = user.clone();
        async move {
            let list = user.get("/api/my/budgets").await.body["items"].as_array().expect("a list").clone();
            list.iter().map(|item| (item["whose"].clone(), item["unit"].clone())).collect::<Vec<_>>()
        }
    };
    let (own, all) = (json!("own"), json!("everyone"));
    assert_eq!(of(&ada).await, [(own.clone(), json!("requests")), (all.clone(), json!("money"))]);
    assert_eq!(of(&bob).await, [(own.clone(), json!("requests")), (own, json!("tokens")), (all, json!("money"))]);
    let mine = ada.get("/api/my/budgets").await.body;
    assert_eq!((&mine["items"][0]["remaining"], &mine["items"][0]["used"]["spent"]), (&json!(3), &json!(2)));
    assert_eq!(bob.get("/api/my/budgets").await.body["items"][0]["remaining"], 5);
    let list = admin.get("/api/budgets").await.body;
    assert_eq!((&list["items"][0]["mostBy"], &list["items"][0]["used"]["spent"]), (&json!("ada"), &json!(2)));
    assert_eq!(list["items"][1]["subjectName"], "bob");
    let (program, _) = program(&app, &ada, json!([{"unit": "requests", "window": "day", "limit": 3}])).await;
    let of_key = program.get("/api/my/budgets").await.body;
    assert_eq!((&of_key["items"][2]["whose"], &of_key["items"][2]["remaining"]), (&json!("key"), &json!(3)));
}

#[tokio::test]
async fn a_rule_goes_with_the_person_or_key_it_was_for() {
    let (app, admin) = with_prices(&["ok"]).await;
    let (_, key) = program(&app, &admin, json!([])).await;
    rule(&admin, json!({"kind": "key", "keyId": key}), "requests", "day", 1).await;
    assert_eq!(admin.delete(&format!("/api/keys/{key}")).await.status, 204);
    assert_eq!(admin.get("/api/budgets").await.body["items"], json!([]));
}
