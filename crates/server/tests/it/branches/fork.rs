//! A path copied into a chat of its own.

use super::{id, say, text, texts, two_turns};
use crate::support::{TestApp, TestUser};
use serde_json::{Value, json};
use server::db::{self, messages::NewMessage};
use shared::chat::Role;
use shared::events::Status;
use shared::{MessageId, Part, SessionId};

async fn fork(user: &TestUser, session: &str, message: &str) -> (u16, Value) {
    let reply = user.post(&format!("/api/sessions/{session}/fork"), json!({"messageId": message})).await;
    (reply.status, reply.body)
}

#[tokio::test]
async fn a_fork_holds_what_led_to_the_message_and_neither_changes_the_other() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let file = id(&user.upload("a.txt", "words").await.body["id"]);
    let body = json!({"content": "see", "model": "echo", "parts": [{"kind": "file", "fileId": file}]});
    let session = id(&say(&user, body).await["sessionId"]);
    say(&user, json!({"sessionId": session, "content": "two"})).await;
    let folder = user.post("/api/folders", json!({"name": "f"})).await.body["id"].clone();
    let about = json!({
        "folderId": folder, "instructions": "Be brief.", "parameters": {"temperature": 0.5}, "tags": ["t"],
        "pinned": true, "title": "Sorting"
    });
    user.patch(&format!("/api/sessions/{session}"), about).await;
    let path = user.messages(&session).await;
    let (status, copy) = fork(&user, &session, path[1]["id"].as_str().expect("an id")).await;
    assert_eq!((status, &copy["title"], &copy["pinnedAt"]), (201, &json!("Sorting (2)"), &Value::Null));
    assert_eq!((&copy["folderId"], &copy["instructions"]), (&folder, &json!("Be brief.")));
    assert_eq!((&copy["parameters"], &copy["tags"]), (&json!({"temperature": 0.5}), &json!(["t"])));
    let copy = id(&copy["id"]);
    let copied = user.messages(&copy).await;
    assert_eq!(copied.len(), 2);
    for (one, other) in copied.iter().zip(&path) {
        for field in ["role", "status", "parts", "model", "usage", "length", "sha256", "createdAt"] {
            assert_eq!(one[field], other[field], "{field}");
        }
        assert_ne!(one["id"], other["id"]);
    }
    say(&user, json!({"sessionId": copy, "content": "elsewhere"})).await;
    assert_eq!((texts(&user, &copy).await.len(), texts(&user, &session).await.len()), (4, 4));
    assert_eq!(user.delete(&format!("/api/sessions/{session}")).await.status, 204);
    assert_eq!(user.delete(&format!("/api/files/{file}")).await.code(), "file.in_use", "the copy holds it");
    let (_, of_copy) = fork(&user, &copy, copied[1]["id"].as_str().expect("an id")).await;
    assert_eq!(of_copy["title"], "Sorting (3)");
}

#[tokio::test]
async fn a_fork_at_a_question_can_be_answered_and_half_an_answer_is_not_copied() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo", "stall-after-1"]).await;
    let (session, ids) = two_turns(&user).await;
    let copy = id(&fork(&user, &session, &ids[2]).await.1["id"]);
    assert_eq!(texts(&user, &copy).await, ["one", "one", "two"]);
    let question = id(&user.messages(&copy).await[2]["id"]);
    say(&user, json!({"sessionId": copy, "parentId": question})).await;
    assert_eq!(texts(&user, &copy).await.len(), 4);
    let body = json!({"sessionId": session, "content": "three", "model": "stall-after-1"});
    let mut live = user.stream(body).await;
    live.until_text().await;
    let answer = live.live.message.message_id.clone().expect("a message").0;
    let (status, refused) = fork(&user, &session, &answer).await;
    assert_eq!((status, &refused["code"]), (409, &json!("chat.busy")));
    assert_eq!(fork(&user, &session, "nonsense").await.0, 404);
    assert_eq!(fork(&user, &copy, &ids[1]).await.0, 404, "a message of another chat");
}

#[tokio::test]
async fn a_temporary_chat_forks_into_a_temporary_one() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let answer = say(&user, json!({"content": "hi", "model": "echo", "newChat": {"temporary": true}})).await;
    let (status, copy) = fork(&user, &id(&answer["sessionId"]), &id(&answer["messageId"])).await;
    assert_eq!((status, &copy["temporary"]), (201, &json!(true)));
}

/// A chat with a path of so many messages. Answers the ids of the last two.
async fn long_chat(app: &TestApp, user: &TestUser, length: usize) -> (String, Vec<String>) {
    let session = id(&user.post("/api/sessions", json!({"title": "long"})).await.body["id"]);
    let chat = SessionId::from(session.as_str());
    let ids: Vec<MessageId> = (0..length).map(|_| MessageId(server::clock::new_id())).collect();
    let parts: Vec<[Part; 1]> = (0..length).map(|at| [Part::text(at.to_string())]).collect();
    let tx = app.app.db.begin().await.expect("a transaction");
    for batch in (0..length).collect::<Vec<_>>().chunks(500) {
        let message = |&at: &usize| NewMessage {
            id: &ids[at],
            session: &chat,
            parent: at.checked_sub(1).map(|above| &ids[above]),
            role: if at % 2 == 0 { Role::User } else { Role::Assistant },
            status: Status::Completed,
            model: None,
            client_id: None,
            active_child: ids.get(at + 1),
            parts: &parts[at],
        };
        let rows: Vec<NewMessage<'_>> = batch.iter().map(message).collect();
        db::messages::insert(&tx, &rows, 1).await.expect("written");
    }
    db::sessions::show(&tx, &chat, ids.last()).await.expect("shown");
    tx.commit().await.expect("committed");
    (session, ids[length - 2..].iter().map(|id| id.0.clone()).collect())
}

#[tokio::test]
async fn five_thousand_messages_are_copied_in_their_order_and_more_are_refused() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let (session, last) = long_chat(&app, &user, 5001).await;
    let (status, refused) = fork(&user, &session, &last[1]).await;
    assert_eq!(
        (status, &refused["code"], &refused["params"]["limit"]),
        (409, &json!("chat.fork_too_long"), &json!("5000"))
    );
    let (status, copy) = fork(&user, &session, &last[0]).await;
    assert_eq!(status, 201, "{copy}");
    let copy = id(&copy["id"]);
    let (mut after, mut seen) = (String::new(), Vec::new());
    loop {
        let page = user.get(&format!("/api/sessions/{copy}/messages?limit=200{after}")).await.body;
        seen.extend(page["items"].as_array().expect("a list").iter().rev().map(text));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    let due: Vec<String> = (0..5000).rev().map(|at| at.to_string()).collect();
    assert_eq!(seen, due);
    let first = id(&user.get(&format!("/api/sessions/{copy}/messages?limit=1")).await.body["items"][0]["id"]);
    let shown = user.patch(&format!("/api/sessions/{copy}"), json!({"activeMessageId": first})).await;
    assert_eq!(shown.status, 200);
}
