//! What breaks around an answer: the disk, the clock, the reader, the server.

use crate::process::Process;
use crate::support::{Events, TestApp, TestUser, eventually};
use serde_json::{Value, json};
use server::db::ConnectionTrait as _;
use shared::events::Status;
use shared::message::digest;
use std::time::{Duration, Instant};

/// Limits the database file to its present size, or lets it grow again (SQLite's own way to a full disk).
async fn set_disk_full(app: &TestApp, full: bool) {
    let tx = app.app.db.begin().await.expect("a transaction");
    let pragma = if full { "PRAGMA max_page_count = 1" } else { "PRAGMA max_page_count = 1073741823" };
    tx.execute_unprepared(pragma).await.expect("the limit is set");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn on_a_full_disk_answers_still_stream_and_are_saved_when_there_is_room() {
    let app = TestApp::new().await;
    if app.app.db.is_postgres() {
        // Another machine's disk: the error classes are covered by the unit test of `is_disk_full`.
        return;
    }
    let user = app.with_models(&["tokens-200-100", "ok"]).await;
    let mut events = user.stream(json!({"content": "x".repeat(20_000), "model": "tokens-200-100"})).await;
    events.until_text().await;
    set_disk_full(&app, true).await;
    let refused = user.post("/api/chat", json!({"content": "y".repeat(200_000), "model": "ok"})).await;
    assert_eq!((refused.status, refused.code()), (507, "storage.full"));
    let done = events.finish().await;
    assert_eq!((done.status(), done.code()), (Status::Failed, "storage.full"));
    assert_eq!(done.live.message.text().split_whitespace().count(), 200, "every word was shown");
    set_disk_full(&app, false).await;
    eventually("the answer is saved once there is room", || async {
        let stored = user.messages(&done.session()).await.pop().expect("an answer");
        stored["status"] == "failed" && stored["sha256"] == json!(digest(&done.live.message.text()).1)
    })
    .await;
    assert_eq!(user.post("/api/chat", json!({"content": "z", "model": "ok"})).await.status, 200);
}

#[tokio::test]
async fn a_jumping_clock_ends_no_answer() {
    let app = TestApp::new().await;
    let user = app.with_models(&["tokens-60-50"]).await;
    let mut events = user.stream(json!({"content": "hi", "model": "tokens-60-50"})).await;
    events.until_text().await;
    for hours in [26, -50, 24] {
        app.app.clock.shift(hours * 3_600_000);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let done = events.finish().await;
    assert_eq!(done.status(), Status::Completed);
    assert_eq!(done.live.message.text().split_whitespace().count(), 60);
}

#[tokio::test]
async fn a_reader_that_does_not_read_loses_nothing() {
    let app = TestApp::new().await;
    let user = app.with_models(&["tokens-60000-0"]).await;
    // Not read at all: its socket and its channel fill up.
    let slow = user.stream(json!({"content": "hi", "model": "tokens-60000-0", "clientMessageId": "one"})).await;
    let quick =
        user.stream(json!({"content": "hi", "model": "tokens-60000-0", "clientMessageId": "one"})).await.finish().await;
    assert_eq!(quick.status(), Status::Completed);
    assert_eq!(quick.live.message.text().split_whitespace().count(), 60_000);
    let mut slow = slow;
    while let Some(event) = slow.next().await {
        if event.body.is_terminal() {
            break;
        }
    }
    let mut again = user.attach(&quick.run(), slow.live.seq).await;
    again.live = slow.live;
    assert_eq!(again.finish().await.live.message.text(), quick.live.message.text());
    assert_eq!(app.mock.ledger().records().len(), 1);
}

/// What a client had seen of an answer, and when.
struct Witness {
    events: Events,
    arrived: Vec<(Instant, usize)>,
}

impl Witness {
    /// Reads until the connection breaks.
    async fn watch(mut self) -> Self {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), self.events.try_next()).await;
            let Ok(Some(_)) = next else { return self };
            self.arrived.push((Instant::now(), self.events.live.message.text().len()));
        }
    }

    /// Bytes of text that had arrived a second before `moment`.
    fn owed(&self, moment: Instant) -> usize {
        let old = |(at, _): &&(Instant, usize)| *at + Duration::from_secs(1) <= moment;
        self.arrived.iter().filter(old).map(|(_, length)| *length).max().unwrap_or(0)
    }
}

async fn start_streams(user: &TestUser, count: usize) -> Vec<tokio::task::JoinHandle<Witness>> {
    let mut streams = Vec::new();
    for n in 0..count {
        let body = json!({"content": format!("question {n}"), "model": "tokens-2000-20"});
        let witness = Witness { events: user.stream(body).await, arrived: Vec::new() };
        streams.push(tokio::spawn(witness.watch()));
    }
    streams
}

#[tokio::test]
async fn after_kill_9_amid_100_streams_nothing_acknowledged_is_missing() {
    let mut process = Process::start().await;
    let user = process.admin(&["tokens-2000-20", "ok"]).await;
    user.put("/api/settings/system/runs_per_user", json!({"value": 1000})).await;
    let streams = start_streams(&user, 100).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let killed = Instant::now();
    process.kill();
    let mut witnesses = Vec::new();
    for stream in streams {
        witnesses.push(stream.await.expect("a witness"));
    }
    process.restart().await;
    let user = process.again(&user);
    let mut continued = None;
    for witness in &witnesses {
        let live = &witness.events.live;
        let session = live.message.session_id.clone().expect("acknowledged");
        let messages = user.messages(session.as_str()).await;
        assert_eq!(messages.len(), 2);
        let answer = &messages[1];
        assert_eq!(
            (answer["status"].as_str(), answer["error"]["code"].as_str()),
            (Some("interrupted"), Some("server.crashed"))
        );
        let text: String =
            answer["parts"].as_array().expect("parts").iter().filter_map(|part| part["text"].as_str()).collect();
        assert!(text.len() >= witness.owed(killed), "{} of {} bytes", text.len(), witness.owed(killed));
        assert_eq!(json!(digest(&text)), json!([answer["length"], answer["sha256"]]));
        continued = Some((session, answer["id"].clone(), text));
    }
    let (session, message, text) = continued.expect("answers");
    let body = json!({"sessionId": session, "continueMessageId": message, "model": "ok"});
    let more = user.post("/api/chat", body).await;
    assert_eq!((more.status, more.body["status"].as_str()), (200, Some("completed")), "{}", more.text);
    assert!(more.body["text"].as_str().is_some_and(|whole| whole.starts_with(&text) && whole.len() > text.len()));
}

#[tokio::test]
async fn sigterm_interrupts_saves_and_tells() {
    let mut process = Process::start().await;
    let user = process.admin(&["tokens-2000-20"]).await;
    let mut events = user.stream(json!({"content": "hi", "model": "tokens-2000-20"})).await;
    events.until_text().await;
    process.terminate();
    let done = events.finish().await;
    assert_eq!((done.status(), done.code()), (Status::Interrupted, "server.restarting"));
    process.wait().await;
    process.restart().await;
    let user = process.again(&user);
    let stored: Value = user.messages(&done.session()).await.pop().expect("an answer");
    let (length, hash) = done.live.message.digest();
    assert_eq!((stored["length"].as_u64(), stored["sha256"].as_str()), (Some(length), Some(hash.as_str())));
    assert_eq!(stored["status"], "interrupted");
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_in_one_line() {
    let process = Process::start().await;
    let output = process.twin().await;
    assert!(!output.status.success());
    let line = String::from_utf8_lossy(&output.stderr);
    assert!(line.contains("another AIChat server") && line.trim().lines().count() == 1, "{line}");
}
