//! Chats and their trees.

use crate::support::{TestApp, TestUser};
use serde_json::{Value, json};

fn texts(messages: &[Value]) -> Vec<String> {
    let text = |message: &Value| {
        message["parts"].as_array().into_iter().flatten().filter_map(|part| part["text"].as_str()).collect()
    };
    messages.iter().map(text).collect()
}

async fn say(user: &TestUser, body: Value) -> Value {
    let reply = user.post("/api/chat", body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

#[tokio::test]
async fn the_first_message_creates_and_names_the_chat() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let answer = say(&user, json!({"content": "# How do I sort a list?\nplease", "model": "echo"})).await;
    let session = user.get(&format!("/api/sessions/{}", answer["sessionId"].as_str().expect("an id"))).await.body;
    assert_eq!(session["title"], "How do I sort a list?");
    assert!(session["model"].is_string(), "the chat remembers a chosen model");
    let empty = user.post("/api/sessions", json!({"title": ""})).await;
    assert_eq!(empty.status, 201);
    say(&user, json!({"sessionId": empty.body["id"], "content": "second", "model": "echo"})).await;
    let list = user.get("/api/sessions").await.body;
    let titles: Vec<&str> =
        list["items"].as_array().expect("a list").iter().filter_map(|s| s["title"].as_str()).collect();
    assert_eq!(titles, ["second", "How do I sort a list?"], "newest activity first");
}

#[tokio::test]
async fn editing_answering_again_and_switching_keep_every_branch() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let first = say(&user, json!({"content": "one", "model": "echo"})).await;
    let session = first["sessionId"].as_str().expect("an id").to_owned();
    say(&user, json!({"sessionId": session, "content": "two"})).await;
    assert_eq!(texts(&user.messages(&session).await), ["one", "one", "two", "two"]);

    say(&user, json!({"sessionId": session, "content": "two, edited", "parentId": first["messageId"]})).await;
    let path = user.messages(&session).await;
    assert_eq!(texts(&path), ["one", "one", "two, edited", "two, edited"]);
    let siblings = path[2]["siblings"].as_array().expect("two versions").clone();
    assert_eq!(siblings.len(), 2);

    let switch = json!({"activeMessageId": siblings[0]});
    assert_eq!(user.patch(&format!("/api/sessions/{session}"), switch).await.status, 200);
    assert_eq!(texts(&user.messages(&session).await), ["one", "one", "two", "two"]);

    say(&user, json!({"sessionId": session, "parentId": siblings[0]})).await;
    let path = user.messages(&session).await;
    assert_eq!(path[3]["siblings"].as_array().map(Vec::len), Some(2), "a further answer to the same message");

    say(&user, json!({"sessionId": session, "content": "start over", "parentId": null})).await;
    let path = user.messages(&session).await;
    assert_eq!(texts(&path), ["start over", "start over"]);
    let roots = path[0]["siblings"].as_array().expect("two beginnings").clone();
    user.patch(&format!("/api/sessions/{session}"), json!({"activeMessageId": roots[0]})).await;
    assert_eq!(user.messages(&session).await.len(), 4);
}

#[tokio::test]
async fn the_model_gets_the_active_path_and_nothing_else() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo", "empty"]).await;
    let first = say(&user, json!({"content": "one", "model": "echo"})).await;
    let session = first["sessionId"].clone();
    say(&user, json!({"sessionId": session, "content": "dead end", "model": "echo"})).await;
    assert_eq!(
        user.post("/api/chat", json!({"sessionId": session, "content": "void", "model": "empty"})).await.status,
        502
    );
    say(&user, json!({"sessionId": session, "content": "two", "parentId": first["messageId"], "model": "echo"})).await;
    let last = app.mock.ledger().records().pop().expect("a call");
    assert_eq!((last.messages, last.last_user_text.as_str()), (3, "two"), "one, its answer, two");
}

#[tokio::test]
async fn a_long_chat_slides_and_says_so_once() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    assert_eq!(user.put("/api/settings/system/context_token_limit", json!({"value": 1024})).await.status, 200);
    let long = "many words stand here ".repeat(40);
    let mut session = Value::Null;
    for _ in 0..4 {
        let body = match &session {
            Value::Null => json!({"content": long, "model": "echo"}),
            id => json!({"sessionId": id, "content": long, "model": "echo"}),
        };
        session = say(&user, body).await["sessionId"].clone();
    }
    let last = app.mock.ledger().records().pop().expect("a call");
    assert!(last.messages < 7, "{} messages were sent", last.messages);
    let path = user.messages(session.as_str().expect("an id")).await;
    let notices =
        path.iter().flat_map(|m| m["parts"].as_array().into_iter().flatten()).filter(|p| p["kind"] == "notice");
    assert!(notices.clone().all(|notice| notice["code"] == "context.trimmed" && notice["params"]["count"].is_string()));
    assert!((1..=2).contains(&notices.count()));
}

#[tokio::test]
async fn a_deleted_chat_is_gone_and_comes_back_whole() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo", "stall-after-2"]).await;
    let answer = say(&user, json!({"content": "keep me", "model": "echo"})).await;
    let session = answer["sessionId"].as_str().expect("an id");
    let body = json!({"sessionId": session, "content": "and on", "model": "stall-after-2"});
    let mut running = user.stream(body).await;
    running.until_text().await;
    assert_eq!(user.delete(&format!("/api/sessions/{session}")).await.status, 204);
    let ended = running.finish().await;
    assert_eq!(ended.status(), shared::events::Status::Stopped);
    for path in ["", "/messages"] {
        assert_eq!(user.get(&format!("/api/sessions/{session}{path}")).await.code(), "chat.not_found");
    }
    assert_eq!(user.delete(&format!("/api/sessions/{session}")).await.status, 404);
    assert_eq!(user.get(&format!("/api/chat/runs/{}", ended.run())).await.status, 404);
    assert_eq!(user.post(&format!("/api/sessions/{session}/restore"), json!({})).await.status, 200);
    assert_eq!(user.messages(session).await.len(), 4);
}

#[tokio::test]
async fn lists_are_paged_by_cursor_without_gaps_or_repeats() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    for n in 0..7 {
        assert_eq!(user.post("/api/sessions", json!({"title": n.to_string()})).await.status, 201);
    }
    let (mut after, mut titles) = (String::new(), Vec::new());
    loop {
        let page = user.get(&format!("/api/sessions?limit=3{after}")).await.body;
        titles.extend(
            page["items"].as_array().expect("a list").iter().map(|s| s["title"].as_str().expect("a title").to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(titles, ["6", "5", "4", "3", "2", "1", "0"]);

    let mut session = Value::Null;
    for n in 0..4 {
        let body = match &session {
            Value::Null => json!({"content": n.to_string(), "model": "echo"}),
            id => json!({"sessionId": id, "content": n.to_string(), "model": "echo"}),
        };
        session = say(&user, body).await["sessionId"].clone();
    }
    let path = format!("/api/sessions/{}/messages?limit=5", session.as_str().expect("an id"));
    let newest = user.get(&path).await.body;
    assert_eq!(texts(newest["items"].as_array().expect("a list")), ["1", "2", "2", "3", "3"]);
    let older = user.get(&format!("{path}&after={}", newest["next"].as_str().expect("more"))).await.body;
    assert_eq!(texts(older["items"].as_array().expect("a list")), ["0", "0", "1"]);
    assert!(older["next"].is_null());
}

#[tokio::test]
async fn titles_are_bounded_and_clean() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let session = user.post("/api/sessions", json!({"title": " a\nb\u{0}c "})).await.body;
    assert_eq!(session["title"], "a b c");
    let path = format!("/api/sessions/{}", session["id"].as_str().expect("an id"));
    let long = "字".repeat(201);
    assert_eq!(user.patch(&path, json!({"title": long})).await.code(), "request.invalid");
    assert_eq!(user.patch(&path, json!({"title": "新标题"})).await.body["title"], "新标题");
    assert_eq!(user.patch(&path, json!({"owner": "me"})).await.code(), "request.invalid");
}
