//! What happens seldom: a crash amid a continued answer, a chat deleted while somebody writes to it, old chats removed.

use crate::support::TestApp;
use serde_json::json;
use server::chat::sweep;
use server::db::messages::{self, NewMessage};
use server::db::{runs, sessions};
use shared::chat::Role;
use shared::events::Status;
use shared::{MessageId, Part};

#[tokio::test]
async fn a_deleted_chat_with_a_long_path_is_removed_for_good() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let session = user.ask("echo", "hi").await.session();
    let id = session.as_str().into();
    let tx = app.app.db.begin().await.expect("a transaction");
    let mut parent: Option<MessageId> = None;
    for n in 0..1500 {
        let new = MessageId(format!("m{n}"));
        let message = NewMessage {
            id: &new,
            session: &id,
            parent: parent.as_ref(),
            role: Role::User,
            status: Status::Completed,
            model: None,
            client_id: None,
            active_child: None,
            parts: &[],
        };
        messages::insert(&tx, &[message], 1).await.expect("inserted");
        parent = Some(new);
    }
    tx.commit().await.expect("committed");
    assert_eq!(user.delete(&format!("/api/sessions/{session}")).await.status, 204);
    let tx = app.app.db.begin().await.expect("a transaction");
    assert_eq!(sessions::purge(&tx, 0, 10).await.expect("nothing is old enough"), 0);
    assert_eq!(sessions::purge(&tx, i64::MAX, 10).await.expect("removed"), 1);
    tx.commit().await.expect("committed");
    assert_eq!(user.post(&format!("/api/sessions/{session}/restore"), json!({})).await.status, 404);
}

#[tokio::test]
async fn writing_to_a_chat_that_is_deleted_meanwhile_answers_404_or_stops() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo", "stall-after-1"]).await;
    for _ in 0..10 {
        let session = user.ask("echo", "hi").await.session();
        let body = json!({"sessionId": session, "content": "more", "model": "stall-after-1"});
        let path = format!("/api/sessions/{session}");
        let (sent, deleted) = tokio::join!(user.post("/api/chat", body), user.delete(&path));
        assert_eq!(deleted.status, 204);
        // Either it came too late, or it was admitted first and then stopped; it never runs on unseen.
        let stopped = sent.status == 200 && sent.body["status"] == "stopped";
        assert!(stopped || sent.code() == "chat.not_found", "{}", sent.text);
    }
    assert_eq!(app.app.runs.count(), 0);
}

#[tokio::test]
async fn a_crash_amid_a_continued_answer_keeps_both_halves_and_books_once() {
    let app = TestApp::new().await;
    let user = app.with_models(&["cut", "tokens-200-20"]).await;
    let cut = user.ask("cut", "Tell me").await;
    let before = cut.live.message.text();
    let body = json!({"sessionId": cut.session(), "continueMessageId": cut.message(), "model": "tokens-200-20"});
    let accepted = user.post("/api/chat/runs", body).await;
    let run = accepted.body["runId"].as_str().expect("a run").into();
    // Until a checkpoint holds some of it.
    crate::support::eventually("a checkpoint is written", || async {
        let chunks = runs::chunks(app.app.db.read(), &run).await.expect("read");
        chunks.iter().any(|chunk| !chunk.bodies.is_empty())
    })
    .await;
    let owner = user.id.as_str().into();
    let row = runs::get(app.app.db.read(), &owner, &run).await.expect("read").expect("the run");
    assert_eq!(row.status, Status::Streaming);
    // What the next start does; here the writer still lives and must notice that its answer was ended.
    sweep::at_start(&app.app.db, &app.app.clock, "another instance").await.expect("swept");
    if app.app.db.is_postgres() {
        // There the lease has not run out: a living server's run is left alone.
        let row = runs::get(app.app.db.read(), &owner, &run).await.expect("read").expect("the run");
        assert_eq!(row.status, Status::Streaming);
        return;
    }
    let stored = user.messages(&cut.session()).await.pop().expect("an answer");
    assert_eq!(
        (stored["status"].as_str(), stored["error"]["code"].as_str()),
        (Some("interrupted"), Some("server.crashed"))
    );
    let parts: Vec<Part> = serde_json::from_value(stored["parts"].clone()).expect("parts");
    let text = shared::part::plain_text(&parts);
    assert!(text.starts_with(&before) && text.len() > before.len());
    assert_eq!(stored["usage"]["estimated"], true, "the first run's usage is not booked again");
    user.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    let late = user.attach(run.as_str(), 0).await.finish().await;
    assert_eq!(late.status(), Status::Interrupted, "what was stored first is what is shown");
}
