//! One message that several models answer, asked by one request.

use super::{id, text};
use crate::support::{TestApp, TestUser, eventually};
use serde_json::{Value, json};

/// The answers to the first question of a chat, in their order: the ids that the path names.
async fn versions(user: &TestUser, session: &str) -> Vec<String> {
    let path = user.messages(session).await;
    path[1]["siblings"].as_array().into_iter().flatten().map(id).collect()
}

/// An answer on whatever branch, as a column beside the path reads it.
async fn aside(user: &TestUser, session: &str, message: &str) -> Value {
    let reply = user.get(&format!("/api/sessions/{session}/messages?around={message}&limit=1")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body["items"][0].clone()
}

#[tokio::test]
async fn three_models_answer_one_message_and_the_path_stays_on_the_first() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo", "ok", "stall-after-1"]).await;
    let body = json!({"content": "hi", "model": "echo", "also": ["ok", "stall-after-1"], "clientMessageId": "c"});
    let started = user.post("/api/chat/runs", body.clone()).await;
    assert_eq!(started.status, 202, "{}", started.text);
    let (session, first) = (id(&started.body["sessionId"]), id(&started.body["messageId"]));
    let also = started.body["also"].as_array().expect("two more").clone();
    let models: Vec<&Value> = also.iter().map(|one| &one["model"]).collect();
    assert_eq!(models, ["ok", "stall-after-1"]);
    let all: Vec<String> = std::iter::once(first.clone()).chain(also.iter().map(|one| id(&one["messageId"]))).collect();
    assert_eq!(versions(&user, &session).await, all, "in the order in which they were named");
    eventually("two have ended", || async { app.app.runs.count() == 1 }).await;

    let path = user.messages(&session).await;
    assert_eq!((id(&path[1]["id"]), text(&path[1])), (first, "hi".to_owned()), "however early it ended");
    let [second, third] = [&all[1], &all[2]];
    assert_eq!(aside(&user, &session, second).await["model"], "ok");
    let running = aside(&user, &session, third).await;
    assert_eq!((&running["status"], &running["runId"]), (&json!("streaming"), &also[1]["runId"]));

    // What a page does that did not hear whether it was sent.
    let again = user.post("/api/chat/runs", body).await;
    assert_eq!((again.status, &again.body["runId"]), (202, &started.body["runId"]), "{}", again.text);
    assert_eq!((&again.body["created"], &again.body["also"]), (&json!(false), &started.body["also"]));
    assert_eq!(versions(&user, &session).await, all, "nothing was begun twice");
    let fewer = json!({"content": "hi", "model": "echo", "also": ["ok"], "clientMessageId": "c"});
    assert_eq!(user.post("/api/chat/runs", fewer).await.code(), "message.client_id");
    user.post(&format!("/api/chat/runs/{}/stop", id(&also[1]["runId"])), json!({})).await;
    eventually("all have ended", || async { app.app.runs.count() == 0 }).await;
}

#[tokio::test]
async fn what_did_not_begin_is_begun_when_the_request_comes_again() {
    let app = TestApp::new().await;
    let user = app.with_models(&["ok", "stall-after-1"]).await;
    let at_once = |limit: u32| user.put("/api/settings/system/runs_per_user", json!({"value": limit}));
    assert_eq!(at_once(1).await.status, 200);
    let body = json!({"content": "hi", "model": "stall-after-1", "also": ["ok"], "clientMessageId": "c"});
    let first = user.post("/api/chat/runs", body.clone()).await;
    assert_eq!(first.body["also"][0]["error"]["code"], "run.limit", "{}", first.text);
    // As when the server was killed between the two: the page sends what it does not know the fate of once more.
    assert_eq!(at_once(5).await.status, 200);
    let again = user.post("/api/chat/runs", body).await;
    assert_eq!((&again.body["runId"], &again.body["created"]), (&first.body["runId"], &json!(false)), "{}", again.text);
    let session = id(&first.body["sessionId"]);
    let all = [id(&first.body["messageId"]), id(&again.body["also"][0]["messageId"])];
    assert_eq!(versions(&user, &session).await, all);
    user.post(&format!("/api/chat/runs/{}/stop", id(&first.body["runId"])), json!({})).await;
    eventually("all have ended", || async { app.app.runs.count() == 0 }).await;
}

#[tokio::test]
async fn after_a_crash_the_same_request_finds_what_was_written_of_all_of_them() {
    let app = TestApp::new().await;
    let user = app.with_models(&["stall-after-1", "stall-after-2"]).await;
    let body = json!({"content": "hi", "model": "stall-after-1", "also": ["stall-after-2"], "clientMessageId": "c"});
    let first = user.post("/api/chat/runs", body.clone()).await;
    assert_eq!(first.status, 202, "{}", first.text);
    let (config, data_dir) = app.crash().await;
    let app = TestApp::open(config, data_dir).await;
    let user = app.login("admin").await;
    let again = user.post("/api/chat/runs", body).await;
    assert_eq!(
        (&again.body["runId"], &again.body["also"]),
        (&first.body["runId"], &first.body["also"]),
        "{}",
        again.text
    );
    let session = id(&first.body["sessionId"]);
    for message in versions(&user, &session).await {
        assert_eq!(aside(&user, &session, &message).await["status"], "interrupted");
    }
}

#[tokio::test]
async fn an_edited_message_is_answered_by_several_and_nobody_elses() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo", "ok"]).await;
    let bob = app.user(&user, "bob").await;
    let first = user.ask("echo", "one").await;
    let session = first.session();
    let edit = json!({"sessionId": session, "parentId": null, "content": "two", "model": "echo", "also": ["ok"]});
    let foreign = bob.post("/api/chat/runs", edit.clone()).await;
    assert_eq!((foreign.status, foreign.code()), (404, "chat.not_found"), "{}", foreign.text);
    let edited = user.post("/api/chat", edit).await;
    assert_eq!((edited.status, &edited.body["text"]), (200, &json!("two")), "{}", edited.text);
    eventually("both have ended", || async { app.app.runs.count() == 0 }).await;
    assert_eq!(versions(&user, &session).await.len(), 2);
    let beside = id(&edited.body["also"][0]["messageId"]);
    let hidden = bob.get(&format!("/api/sessions/{session}/messages?around={beside}")).await;
    assert_eq!((hidden.status, hidden.code()), (404, "chat.not_found"));
}

#[tokio::test]
async fn what_cannot_be_compared_is_refused_before_anything_is_written() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo", "ok"]).await;
    let refusals = [
        (json!({"content": "hi", "also": ["ok", "ok", "ok"]}), 400, "request.invalid"),
        (json!({"content": "hi", "also": ["nobody"]}), 404, "model.not_found"),
        (json!({"content": "hi", "model": "nobody", "also": ["ok"]}), 404, "model.not_found"),
    ];
    for (body, status, code) in refusals {
        let reply = user.post("/api/chat/runs", body).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{}", reply.text);
    }
    let lists = user.get("/api/sessions").await.body;
    assert_eq!(lists["items"].as_array().map(Vec::len), Some(0));
    let first = user.ask("echo", "hi").await;
    let question = id(&user.messages(&first.session()).await[0]["id"]);
    let again = json!({"sessionId": first.session(), "parentId": question, "also": ["ok"]});
    assert_eq!(user.post("/api/chat/runs", again).await.code(), "request.invalid");
}

#[tokio::test]
async fn one_that_is_refused_says_why_and_the_first_goes_on() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo", "ok", "stall-after-1"]).await;
    assert_eq!(user.put("/api/settings/system/runs_per_user", json!({"value": 2})).await.status, 200);
    let mut other = user.stream(json!({"content": "slow", "model": "stall-after-1"})).await;
    other.until_text().await;
    let body = json!({"content": "hi", "model": "stall-after-1", "also": ["ok"]});
    let started = user.post("/api/chat/runs", body).await;
    assert_eq!(started.status, 202, "{}", started.text);
    let refused = &started.body["also"][0];
    assert_eq!((&refused["model"], &refused["error"]["code"]), (&json!("ok"), &json!("run.limit")));
    assert!(refused["runId"].is_null() && refused["messageId"].is_null(), "{refused}");
    let path = user.messages(&id(&started.body["sessionId"])).await;
    assert_eq!((&path[1]["status"], &path[1]["siblings"]), (&json!("streaming"), &Value::Null));
    for run in [id(&started.body["runId"]), other.live.run_id.clone().expect("a run").0] {
        user.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    }
    eventually("all have ended", || async { app.app.runs.count() == 0 }).await;
}
