//! Answers to one question that are written at the same time.

use super::{id, texts};
use crate::support::{TestApp, eventually};
use serde_json::{Value, json};

#[tokio::test]
async fn three_answers_are_written_at_once_and_the_path_stays_on_the_first() {
    let app = TestApp::new().await;
    let user = app.with_models(&["stall-after-1", "stall-after-2", "echo"]).await;
    user.put("/api/settings/system/runs_per_user", json!({"value": 100})).await;
    let mut first = user.stream(json!({"content": "hi", "model": "stall-after-1"})).await;
    first.until_text().await;
    let session = first.live.message.session_id.clone().expect("a chat").0;
    let path = user.messages(&session).await;
    let (question, answer) = (id(&path[0]["id"]), id(&path[1]["id"]));
    let again =
        |model: &str| user.post("/api/chat/runs", json!({"sessionId": session, "parentId": question, "model": model}));
    // At the same moment: those that are too many lose, and say so.
    let replies = futures_util::future::join_all((0..4).map(|_| again("stall-after-2"))).await;
    let (started, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 202);
    assert_eq!(started.len(), 2, "{replies:?}");
    assert!(refused.iter().all(|reply| (reply.status, reply.code()) == (409, "run.siblings")), "{refused:?}");
    let path = user.messages(&session).await;
    assert_eq!((id(&path[1]["id"]), path[1]["siblings"].as_array().map(Vec::len)), (answer, Some(3)));
    let busy = user.post("/api/chat/runs", json!({"sessionId": session, "content": "next"})).await;
    assert_eq!((busy.status, busy.code()), (409, "chat.busy"));

    let chosen = started[0].body["messageId"].clone();
    let shown = user.patch(&format!("/api/sessions/{session}"), json!({"activeMessageId": chosen})).await;
    assert_eq!(shown.status, 200);
    assert_eq!(user.messages(&session).await[1]["id"], chosen);
    for run in
        [first.live.run_id.clone().expect("a run").0, id(&started[0].body["runId"]), id(&started[1].body["runId"])]
    {
        user.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    }
    eventually("all have ended", || async { app.app.runs.count() == 0 }).await;
    assert_eq!(user.messages(&session).await[1]["id"], chosen, "an end moves nothing");
    let alone = user.post("/api/chat", json!({"sessionId": session, "parentId": question, "model": "echo"})).await;
    assert_eq!(alone.status, 200, "{}", alone.text);
    assert_eq!(user.messages(&session).await[1]["id"], alone.body["messageId"], "nothing else is written: it is shown");
    assert_eq!(texts(&user, &session).await, ["hi", "hi"]);
}

#[tokio::test]
async fn of_two_messages_at_the_same_moment_one_still_loses_visibly() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let session = user.ask("echo", "hi").await.session();
    let send = |content: &str| user.post("/api/chat", json!({"sessionId": session, "content": content}));
    for _ in 0..5 {
        let before = user.messages(&session).await.len();
        let (one, two) = tokio::join!(send("a"), send("b"));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        // They may also have come one after the other.
        let added = if statuses == [200, 200] { 4 } else { 2 };
        assert!(statuses == [200, 200] || statuses == [200, 409], "{statuses:?}");
        assert_eq!(user.messages(&session).await.len(), before + added);
    }
}

#[tokio::test]
async fn a_message_whose_parent_is_deleted_at_the_same_moment_never_hangs_below_it_unseen() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    for _ in 0..5 {
        let first = user.ask("echo", "hi").await;
        let (session, answer) = (first.session(), first.message());
        let sent = json!({"sessionId": session, "content": "next", "parentId": answer});
        let path = format!("/api/messages/{answer}");
        let (sent, deleted) = tokio::join!(user.post("/api/chat", sent), user.delete(&path));
        assert_eq!(deleted.status, 204);
        assert!([200, 404].contains(&sent.status), "{}", sent.text);
        let path: Vec<Value> = user.messages(&session).await;
        assert_eq!(path.len(), 1, "{path:?}");
        // What was sent in time comes back with its parent.
        assert_eq!(user.post(&format!("/api/messages/{answer}/restore"), json!({})).await.status, 204);
        assert_eq!(user.messages(&session).await.len(), if sent.status == 200 { 4 } else { 2 });
    }
}
