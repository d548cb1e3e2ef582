//! What happens seldom: a crash amid a continued answer, a chat deleted while somebody writes to it, old chats removed.

use crate::support::{Finished, TestApp, TestUser, eventually};
use serde_json::json;
use server::chat::{purge, sweep};
use server::db::messages::{self, NewMessage};
use server::db::runs::{self, RunRow};
use server::db::{sessions, usage};
use shared::chat::Role;
use shared::events::Status;
use shared::{MessageId, Part, RunId, SessionId};

#[tokio::test]
async fn deleted_chats_are_removed_for_good_however_long_their_paths_are() {
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
    let second = user.ask("echo", "hi").await.session();
    assert_eq!(user.delete(&format!("/api/sessions/{second}")).await.status, 204);
    purge::purge(&app.app.runs, 0).await.expect("nothing is old enough");
    for session in [&session, &second] {
        let path = format!("/api/sessions/{session}");
        assert_eq!(user.post(&format!("{path}/restore"), json!({})).await.status, 200);
        assert_eq!(user.delete(&path).await.status, 204);
    }
    purge::purge(&app.app.runs, i64::MAX).await.expect("removed");
    for session in [&session, &second] {
        assert_eq!(user.post(&format!("/api/sessions/{session}/restore"), json!({})).await.status, 404);
    }
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
    eventually("nothing is written any more", || async { app.app.runs.count() == 0 }).await;
}

#[tokio::test]
async fn a_call_that_was_made_for_a_refused_message_is_booked() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let session = user.ask("echo", "hi").await.session();
    let (owner, id) = (user.id.as_str().into(), SessionId::from(session.as_str()));
    // Somebody deletes the chat while the message waits for its turn to be written.
    let tx = app.app.db.begin().await.expect("a transaction");
    assert_eq!(sessions::set_deleted(&tx, &owner, std::slice::from_ref(&id), Some(1)).await.expect("written"), 1);
    let meanwhile = async {
        eventually("the provider is called", || async { app.mock.ledger().records().len() == 2 }).await;
        tx.commit().await.expect("committed");
    };
    let body = json!({"sessionId": session, "content": "more", "model": "echo"});
    let (refused, ()) = tokio::join!(user.post("/api/chat", body), meanwhile);
    assert_eq!((refused.status, refused.code()), (404, "chat.not_found"));
    eventually("both calls are booked", || async { usage::count(app.app.db.read(), &owner).await.expect("read") == 2 })
        .await;
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
    eventually("a checkpoint is written", || async {
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

/// What stands in the database when the begin of a run was stored, and `instance` never heard of it.
async fn orphan(app: &TestApp, user: &TestUser, answer: &Finished, instance: &str) -> RunRow {
    let first = runs::get(app.app.db.read(), &user.id.as_str().into(), &answer.run().as_str().into())
        .await
        .expect("read")
        .expect("the run");
    let id = RunId(server::clock::new_id());
    let row = RunRow { id, client_message_id: None, creates_chat: false, status: Status::Streaming, ..first };
    let tx = app.app.db.begin().await.expect("a transaction");
    assert!(messages::reopen(&tx, &row.message_id, "cut", 1).await.expect("written"), "it ended early");
    runs::insert(&tx, &row, instance, 0).await.expect("written");
    tx.commit().await.expect("committed");
    row
}

#[tokio::test]
async fn a_run_that_its_own_server_does_not_write_is_ended_by_stop_and_by_the_sweep() {
    let app = TestApp::new().await;
    let user = app.with_models(&["cut", "ok"]).await;
    for by_stop in [true, false] {
        let cut = user.ask("cut", "Tell me").await;
        let more = json!({"sessionId": cut.session(), "content": "more", "model": "ok"});
        let lost = orphan(&app, &user, &cut, &app.app.instance).await;
        assert_eq!(user.post("/api/chat", more.clone()).await.code(), "chat.busy");
        if by_stop {
            assert_eq!(user.post(&format!("/api/chat/runs/{}/stop", lost.id), json!({})).await.status, 202);
        } else {
            let expiry = sweep::expiry(&app.app.db, &app.app.clock).await.expect("read");
            sweep::lost(&app.app.runs, expiry).await.expect("swept");
        }
        let ended = user.messages(&cut.session()).await.pop().expect("an answer");
        assert_eq!((&ended["status"], &ended["error"]["code"]), (&json!("interrupted"), &json!("server.crashed")));
        assert_eq!(user.post("/api/chat", more).await.status, 200);
    }
}

#[tokio::test]
async fn an_answer_of_a_server_with_a_copy_of_this_ones_directory_is_left_to_it() {
    let app = TestApp::new().await;
    let user = app.with_models(&["cut"]).await;
    let cut = user.ask("cut", "Tell me").await;
    let theirs = orphan(&app, &user, &cut, &app.app.instance).await;
    let tx = app.app.db.begin().await.expect("a transaction");
    runs::renew_leases(&tx, std::slice::from_ref(&theirs.id), i64::MAX - 1).await.expect("renewed");
    tx.commit().await.expect("committed");
    // On SQLite no other server can be there, so what this one does not write is written by nobody.
    if app.app.db.is_postgres() {
        sweep::lost(&app.app.runs, sweep::expiry(&app.app.db, &app.app.clock).await.expect("read"))
            .await
            .expect("swept");
        let row = runs::get(app.app.db.read(), &theirs.user_id, &theirs.id).await.expect("read").expect("the run");
        assert_eq!(row.status, Status::Streaming);
    }
}

#[tokio::test]
async fn a_server_that_renews_its_lease_amid_a_sweep_keeps_its_run() {
    let app = TestApp::new().await;
    let user = app.with_models(&["cut"]).await;
    let cut = user.ask("cut", "Tell me").await;
    let theirs = orphan(&app, &user, &cut, "another server").await;
    let found = runs::abandoned(app.app.db.read(), None, i64::MAX).await.expect("read");
    assert_eq!(found.iter().map(|run| &run.id).collect::<Vec<_>>(), [&theirs.id]);
    let tx = app.app.db.begin().await.expect("a transaction");
    runs::renew_leases(&tx, std::slice::from_ref(&theirs.id), i64::MAX).await.expect("renewed");
    tx.commit().await.expect("committed");
    assert!(!sweep::close(&app.app.runs, &theirs, i64::MAX).await.expect("tried"));
    let row = runs::get(app.app.db.read(), &theirs.user_id, &theirs.id).await.expect("read").expect("the run");
    assert_eq!(row.status, Status::Streaming);
}

#[tokio::test]
async fn only_the_leases_of_runs_that_are_written_are_renewed() {
    let app = TestApp::new().await;
    let user = app.with_models(&["cut"]).await;
    let cut = user.ask("cut", "Tell me").await;
    let theirs = orphan(&app, &user, &cut, "another server").await;
    let tx = app.app.db.begin().await.expect("a transaction");
    runs::renew_leases(&tx, &["some other run".into()], i64::MAX).await.expect("renewed");
    tx.commit().await.expect("committed");
    assert!(sweep::close(&app.app.runs, &theirs, i64::MAX).await.expect("swept"));
}
