//! Messages deleted, restored, and changed in place.

use super::{id, say, text, texts, two_turns};
use crate::support::{TestApp, TestUser, eventually};
use serde_json::{Value, json};
use server::chat::purge;
use shared::events::Status;

async fn delete(user: &TestUser, message: &str) -> u16 {
    user.delete(&format!("/api/messages/{message}")).await.status
}

async fn restore(user: &TestUser, message: &str) -> u16 {
    user.post(&format!("/api/messages/{message}/restore"), json!({})).await.status
}

#[tokio::test]
async fn a_deleted_message_takes_what_is_below_it_and_comes_back_with_exactly_that() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let (session, ids) = two_turns(&user).await;
    assert_eq!(delete(&user, &ids[3]).await, 204);
    assert_eq!(texts(&user, &session).await, ["one", "one", "two"], "no other version: the path ends above");
    assert_eq!(delete(&user, &ids[1]).await, 204);
    assert_eq!(texts(&user, &session).await, ["one"]);
    assert_eq!((delete(&user, &ids[1]).await, delete(&user, &ids[2]).await), (404, 404), "they are gone");
    assert_eq!(restore(&user, &ids[2]).await, 404, "it went with the answer above it");
    assert_eq!(restore(&user, &ids[3]).await, 404, "there is nothing for it to stand below");
    assert_eq!(restore(&user, &ids[1]).await, 204);
    assert_eq!(texts(&user, &session).await, ["one", "one", "two"], "the other deletion stands");
    assert_eq!(restore(&user, &ids[3]).await, 204);
    assert_eq!(texts(&user, &session).await, ["one", "one", "two", "two"]);
    assert_eq!(restore(&user, &ids[3]).await, 204, "what is there stays there");
    assert_eq!(delete(&user, &ids[0]).await, 204);
    assert_eq!(texts(&user, &session).await, Vec::<String>::new());
    say(&user, json!({"sessionId": session, "content": "anew"})).await;
    assert_eq!(texts(&user, &session).await, ["anew", "anew"]);
    assert_eq!(user.messages(&session).await[0]["siblings"], Value::Null, "a deleted version is none");
}

#[tokio::test]
async fn the_path_goes_on_through_the_nearest_version_and_its_own_branch() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let (session, ids) = two_turns(&user).await;
    for content in ["two b", "two c"] {
        say(&user, json!({"sessionId": session, "content": content, "parentId": ids[1]})).await;
    }
    let versions = user.messages(&session).await[2]["siblings"].clone();
    let [a, b, c] = [0, 1, 2].map(|at| id(&versions[at]));
    assert_eq!(delete(&user, &c).await, 204);
    assert_eq!(texts(&user, &session).await[2..], ["two b", "two b"], "the one before");
    user.patch(&format!("/api/sessions/{session}"), json!({"activeMessageId": a})).await;
    assert_eq!(delete(&user, &b).await, 204);
    assert_eq!(texts(&user, &session).await[2..], ["two", "two"], "another branch than the one that is shown");
    assert_eq!(user.messages(&session).await[2]["siblings"], Value::Null);
    assert_eq!(restore(&user, &c).await, 204);
    assert_eq!(texts(&user, &session).await[2..], ["two c", "two c"], "what came back is shown");
    user.patch(&format!("/api/sessions/{session}"), json!({"activeMessageId": a})).await;
    assert_eq!(delete(&user, &a).await, 204);
    assert_eq!(texts(&user, &session).await[2..], ["two c", "two c"], "there is none before: the one after");
}

#[tokio::test]
async fn a_question_whose_answer_was_deleted_is_answered_again_or_followed() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let (session, ids) = two_turns(&user).await;
    assert_eq!(delete(&user, &ids[3]).await, 204);
    say(&user, json!({"sessionId": session, "parentId": ids[2]})).await;
    let path = user.messages(&session).await;
    assert_eq!((path.len(), &path[3]["siblings"]), (4, &Value::Null));
    assert_eq!(delete(&user, &id(&path[3]["id"])).await, 204);
    say(&user, json!({"sessionId": session, "content": "and"})).await;
    assert_eq!(texts(&user, &session).await[2..], ["two", "and", "two\n\nand"], "the model is asked both at once");
    let refused = user.post("/api/chat", json!({"sessionId": session, "content": "x", "parentId": ids[0]})).await;
    assert_eq!(refused.code(), "message.parent", "an answered question is followed by its answer");
    let refused = user.post("/api/chat", json!({"sessionId": session, "content": "x", "parentId": ids[3]})).await;
    assert_eq!(refused.code(), "message.not_found");
}

#[tokio::test]
async fn what_is_being_written_below_is_stopped_and_no_crash_takes_its_text() {
    let app = TestApp::new().await;
    let user = app.with_models(&["stall-after-2"]).await;
    let mut live = user.stream(json!({"content": "hi", "model": "stall-after-2"})).await;
    live.until_text().await;
    let session = live.live.message.session_id.clone().expect("a chat").0;
    let question = id(&user.messages(&session).await[0]["id"]);
    let edit = json!({"content": "x"});
    let answer = live.live.message.message_id.clone().expect("a message").0;
    let busy = user.patch(&format!("/api/messages/{answer}"), edit).await;
    assert_eq!((busy.status, busy.code()), (409, "chat.busy"));
    assert_eq!(delete(&user, &question).await, 204);
    let ended = live.finish().await;
    assert_eq!(ended.status(), Status::Stopped);
    assert_eq!(user.messages(&session).await.len(), 0);
    eventually("its end is stored", || async { app.app.runs.count() == 0 }).await;
    let chat = user.get(&format!("/api/sessions/{session}")).await.body;
    assert_eq!(chat["unread"], Value::Null, "nobody is told of what is deleted");
    assert_eq!(restore(&user, &question).await, 204);
    let path = user.messages(&session).await;
    assert_eq!((path[1]["status"].as_str(), text(&path[1])), (Some("stopped"), ended.live.message.text()));
}

#[tokio::test]
async fn what_was_deleted_long_ago_goes_for_good_with_its_files() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let file = id(&user.upload("a.txt", "words").await.body["id"]);
    let (session, ids) = two_turns(&user).await;
    let body = json!({"sessionId": session, "content": "see", "parts": [{"kind": "file", "fileId": file}]});
    say(&user, body).await;
    let path = user.messages(&session).await;
    assert_eq!(user.delete(&format!("/api/files/{file}")).await.code(), "file.in_use");
    assert_eq!(delete(&user, &id(&path[4]["id"])).await, 204);
    assert_eq!(delete(&user, &ids[2]).await, 204);
    purge::purge(&app.app.runs, app.app.clock.now() - 1000).await.expect("nothing is old enough");
    assert_eq!(restore(&user, &ids[2]).await, 204);
    assert_eq!(delete(&user, &ids[2]).await, 204);
    purge::purge(&app.app.runs, i64::MAX).await.expect("removed");
    assert_eq!(restore(&user, &ids[2]).await, 404);
    assert_eq!(texts(&user, &session).await, ["one", "one"]);
    assert_eq!(user.delete(&format!("/api/files/{file}")).await.status, 204, "nothing holds it any more");
}

#[tokio::test]
async fn a_text_is_changed_in_place_and_everything_around_it_stays() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let file = id(&user.upload("a.txt", "words").await.body["id"]);
    let body = json!({"content": "old", "model": "echo", "parts": [{"kind": "file", "fileId": file}]});
    let session = id(&say(&user, body).await["sessionId"]);
    let before = user.get(&format!("/api/sessions/{session}")).await.body;
    let path = user.messages(&session).await;
    app.app.clock.shift(60_000);
    let [question, answer] = [0, 1].map(|at| format!("/api/messages/{}", path[at]["id"].as_str().expect("an id")));
    let changed = user.patch(&question, json!({"content": "new words"})).await.body;
    let kinds: Vec<_> = changed["parts"].as_array().expect("parts").iter().map(|part| part["kind"].clone()).collect();
    assert_eq!((kinds, text(&changed).as_str()), (vec![json!("file"), json!("text")], "new words"));
    assert!(changed["editedAt"].is_string() && changed["sha256"].is_null(), "{changed}");
    let changed = user.patch(&answer, json!({"content": "汉字"})).await.body;
    let (length, sha256) = shared::message::digest("汉字");
    assert_eq!((&changed["length"], &changed["sha256"]), (&json!(length), &json!(sha256)));
    assert_eq!(changed["status"], "completed");
    assert_eq!(user.get(&format!("/api/sessions/{session}")).await.body, before, "no activity");
    say(&user, json!({"sessionId": session, "content": "next"})).await;
    let path = user.messages(&session).await;
    assert_eq!((text(&path[0]).as_str(), text(&path[1]).as_str()), ("new words", "汉字"));
    let empty = user.patch(&answer, json!({"content": " \n"})).await;
    assert_eq!((empty.status, empty.code()), (400, "message.empty"));
    let long = user.patch(&answer, json!({"content": "x".repeat(1024 * 1024 + 1)})).await;
    assert_eq!((long.status, long.code()), (413, "message.too_long"));
    assert_eq!(text(&user.patch(&question, json!({"content": ""})).await.body), "", "a file alone is a message");
    assert_eq!(text(&user.messages(&session).await[1]), "汉字", "nothing of a refused change is kept");
}
