//! The tree of a chat: what is deleted, changed, copied, answered side by side.

mod compare;
mod fork;
mod removal;
mod sides;

use crate::support::TestUser;
use serde_json::{Value, json};

/// Sends a message and waits for its answer.
async fn say(user: &TestUser, body: Value) -> Value {
    let reply = user.post("/api/chat", body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

/// The texts of the active path.
async fn texts(user: &TestUser, session: &str) -> Vec<String> {
    user.messages(session).await.iter().map(text).collect()
}

fn text(message: &Value) -> String {
    message["parts"].as_array().into_iter().flatten().filter_map(|part| part["text"].as_str()).collect()
}

fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}

/// A chat of two questions with their answers: the chat, and the ids of the four messages.
async fn two_turns(user: &TestUser) -> (String, Vec<String>) {
    let first = say(user, json!({"content": "one", "model": "echo"})).await;
    let session = id(&first["sessionId"]);
    say(user, json!({"sessionId": session, "content": "two"})).await;
    let ids = user.messages(&session).await.iter().map(|message| id(&message["id"])).collect();
    (session, ids)
}
