//! Answers: whole, cut, stopped, joined, continued, and everything a provider can do wrong.

use crate::support::{Events, TestApp, TestUser, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use server::db::{messages, runs};
use shared::events::{RunEventBody, Status};
use shared::message::{Applied, LiveAnswer, digest};
use shared::{Event, Part};

/// The stored answer equals what was streamed, to the letter, with the same length and hash.
async fn assert_stored(user: &TestUser, live: &LiveAnswer) -> Value {
    let session = live.message.session_id.as_ref().expect("a chat");
    let messages = user.messages(session.as_str()).await;
    let stored = messages.last().expect("an answer").clone();
    let parts: Vec<Part> = serde_json::from_value(stored["parts"].clone()).expect("parts");
    assert_eq!(parts, live.message.parts);
    let (length, hash) = live.message.digest();
    assert_eq!((stored["length"].as_u64(), stored["sha256"].as_str()), (Some(length), Some(hash.as_str())));
    assert_eq!(stored["status"], live.message.status.as_str());
    stored
}

#[tokio::test]
async fn what_is_streamed_is_what_is_stored() {
    let app = TestApp::new().await;
    let user = app.with_models(&["ok", "thinking", "whitespace", "canned-zh", "utf8split"]).await;
    for model in ["ok", "thinking", "whitespace", "canned-zh", "utf8split"] {
        let done = user.ask(model, "Hello").await;
        assert_eq!(done.status(), Status::Completed, "{model}");
        assert!(!done.live.message.text().is_empty());
        assert_stored(&user, &done.live).await;
        let seqs: Vec<u64> = done.seen.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "numbered without gaps");
        let (_, end) = done.seen.last().expect("events").body.terminal().expect("the last is terminal");
        assert_eq!((end.length, end.sha256.clone()), digest(&done.live.message.text()));
    }
}

#[tokio::test]
async fn the_first_event_comes_while_the_model_has_not_even_answered() {
    let app = TestApp::new().await;
    let silent = "slow-86400000";
    let user = app.with_models(&[silent]).await;
    let mut events = user.stream(json!({"content": "hi", "model": silent})).await;
    let first = events.next().await.expect("an event");
    assert!(matches!(first.body, RunEventBody::Started { .. }), "{first:?}");
    let run = events.live.run_id.clone().expect("a run").0;
    assert_eq!(user.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await.status, 202);
    assert_eq!(events.finish().await.status(), Status::Stopped);
}

#[tokio::test]
async fn a_stream_carries_the_headers_that_keep_proxies_away() {
    let app = TestApp::new().await;
    let user = app.with_models(&["ok"]).await;
    let mut events = user.stream(json!({"content": "hi", "model": "ok"})).await;
    let header = |name: &str| events.headers().get(name).map(|value| value.to_str().expect("ascii").to_owned());
    assert_eq!(header("content-type").as_deref(), Some("text/event-stream; charset=utf-8"));
    assert_eq!(header("cache-control").as_deref(), Some("private, no-store, no-transform"));
    assert_eq!(header("x-accel-buffering").as_deref(), Some("no"));
    assert_eq!(header("x-accel-expires").as_deref(), Some("0"));
    assert_eq!(header("vary").as_deref(), Some("Authorization, Cookie"));
    assert_eq!(header("content-encoding").as_deref(), Some("identity"));
    assert!(events.frame().await.is_some());
}

#[tokio::test]
async fn leaving_does_not_end_an_answer_and_any_number_of_readers_may_join() {
    let app = TestApp::new().await;
    let user = app.with_models(&["tokens-60-40"]).await;
    let mut first = user.stream(json!({"content": "count", "model": "tokens-60-40"})).await;
    first.until_text().await;
    let (run, seq, half) = (first.live.run_id.clone().expect("a run").0, first.live.seq, first.live.clone());
    drop(first);
    let mut joined = user.attach(&run, seq).await;
    joined.live = half;
    let from_start = user.attach(&run, 0).await.finish().await;
    let joined = joined.finish().await;
    assert_eq!(joined.live, from_start.live);
    assert_eq!(joined.live.message.text().split_whitespace().count(), 60);
    assert_stored(&user, &joined.live).await;
    let late = user.attach(&run, 0).await.finish().await;
    assert_eq!(late.live.message.parts, joined.live.message.parts);
    assert_eq!(late.status(), Status::Completed);
}

#[tokio::test]
async fn stop_keeps_the_partial_text_and_is_idempotent() {
    let app = TestApp::new().await;
    let user = app.with_models(&["stall-after-3"]).await;
    let mut events = user.stream(json!({"content": "go", "model": "stall-after-3"})).await;
    events.until_text().await;
    let run = events.live.run_id.clone().expect("a run").0;
    for _ in 0..2 {
        assert_eq!(user.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await.status, 202);
    }
    let done = events.finish().await;
    assert_eq!(done.status(), Status::Stopped);
    assert!(!done.live.message.text().is_empty());
    assert_stored(&user, &done.live).await;
    assert_eq!(user.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await.status, 202);
    assert_eq!(user.get(&format!("/api/chat/runs/{run}")).await.body["status"], "stopped");
    eventually("the provider is hung up on", || async { app.mock.ledger().totals().open == 0 }).await;
}

#[tokio::test]
async fn every_fault_ends_in_one_state_with_one_code_and_a_way_on() {
    let app = TestApp::new().await;
    let faults = [
        ("empty", "provider.empty"),
        ("nochoices", "provider.empty"),
        ("reasoning-only", "provider.reasoning_only"),
        ("content-filter", "provider.content_filtered"),
        ("401", "provider.unauthorized"),
        ("403", "provider.forbidden"),
        ("403-region", "provider.region"),
        ("404", "provider.model_not_found"),
        ("402", "provider.balance"),
        ("429", "provider.rate_limited"),
        ("429-quota", "provider.balance"),
        ("500", "provider.server_error"),
        ("503", "provider.overloaded"),
        ("529", "provider.overloaded"),
        ("ctx-openai", "provider.context_length"),
        ("ctx-vllm", "provider.context_length"),
        ("ctx-413", "provider.context_length"),
        ("inspection", "provider.content_filtered"),
        ("error-in-stream", "provider.server_error"),
        ("html200", "provider.not_a_stream"),
        ("redirect", "provider.redirected"),
        ("cut", "provider.cut"),
        ("cut-early", "provider.cut"),
        ("malformed", "provider.malformed"),
    ];
    let names: Vec<&str> = faults.iter().map(|(model, _)| *model).collect();
    let user = app.with_models(&names).await;
    for (model, code) in faults {
        let done = user.ask(model, "Hello").await;
        assert_eq!((done.status(), done.code()), (Status::Failed, code), "{model}");
        let error = done.live.message.error.clone().expect("an error");
        assert!(!error.message.contains('{') && !error.message.contains('…'), "{model}: {}", error.message);
        assert!(error.hint.is_some_and(|hint| !hint.contains('{') && !hint.contains('…')), "{model}");
        assert!(!error.request_id.is_empty(), "{model}");
        let stored = assert_stored(&user, &done.live).await;
        assert_eq!((&stored["status"], &stored["error"]["code"]), (&json!("failed"), &json!(code)), "{model}");
    }
}

#[tokio::test]
async fn odd_but_complete_streams_are_answers() {
    let app = TestApp::new().await;
    let models = [
        "nospace",
        "crlf",
        "no-done",
        "json-not-sse",
        "keepalive",
        "usage-last",
        "no-usage",
        "zero-usage",
        "huge-delta",
    ];
    let user = app.with_models(&models).await;
    for model in models {
        let done = user.ask(model, "Hello").await;
        assert_eq!((done.status(), done.code()), (Status::Completed, ""), "{model}");
        let estimated = done.live.message.usage.as_ref().expect("usage is always there").estimated;
        if matches!(model, "no-usage" | "zero-usage" | "usage-last") {
            assert_eq!(estimated, model != "usage-last", "{model}");
        }
        assert_stored(&user, &done.live).await;
    }
}

#[tokio::test]
async fn whole_answers_come_as_json_with_the_codes_status() {
    let app = TestApp::new().await;
    let user = app.with_models(&["ok", "cut", "401", "429"]).await;
    let done = user.post("/api/chat", json!({"content": "hi", "model": "ok"})).await;
    assert_eq!(done.status, 200);
    assert_eq!(done.body["status"], "completed");
    assert!(done.body["text"].as_str().is_some_and(|text| !text.is_empty()));
    assert!(done.body["messageId"].is_string() && done.body["usage"]["promptTokens"].is_u64());
    let cut = user.post("/api/chat/", json!({"content": "hi", "model": "cut"})).await;
    assert_eq!((cut.status, cut.code()), (502, "provider.cut"));
    assert!(cut.body["messageId"].is_string() && cut.body["text"].as_str().is_some_and(|text| !text.is_empty()));
    let refused = user.post("/api/chat", json!({"content": "hi", "model": "401"})).await;
    assert_eq!((refused.status, refused.code()), (502, "provider.unauthorized"));
    let id = refused.headers["x-request-id"].to_str().expect("ascii");
    assert_eq!(refused.body["requestId"], id, "the same id in header, error and log");
    let limited = user.post("/api/chat", json!({"content": "hi", "model": "429"})).await;
    assert_eq!((limited.status, limited.code()), (503, "provider.rate_limited"));
    assert_eq!(limited.headers["retry-after"], "7", "as the provider asked");
}

#[tokio::test]
async fn the_same_client_id_joins_and_another_body_conflicts() {
    let app = TestApp::new().await;
    let user = app.with_models(&["tokens-20-100"]).await;
    let body = json!({"content": "once", "model": "tokens-20-100", "clientMessageId": "c-1"});
    let (one, two) = tokio::join!(user.post("/api/chat/runs", body.clone()), user.post("/api/chat/runs", body.clone()));
    assert_eq!((one.status, two.status), (202, 202), "{} {}", one.text, two.text);
    assert_eq!(one.body["runId"], two.body["runId"]);
    assert_ne!(one.body["created"], two.body["created"]);
    let later = user.stream(body).await.finish().await;
    assert_eq!(later.status(), Status::Completed);
    assert_eq!(one.body["runId"], later.run());
    let other = json!({"content": "twice", "model": "tokens-20-100", "clientMessageId": "c-1"});
    let refused = user.post("/api/chat/runs", other).await;
    assert_eq!((refused.status, refused.code()), (409, "message.client_id"));
    assert_eq!(user.get("/api/sessions").await.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(app.mock.ledger().records().len(), 1, "the provider was called once");
}

#[tokio::test]
async fn a_program_may_number_its_messages_anew_in_every_chat() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let send = |session: Option<String>, content: &str, number: &str| {
        let body = json!({"sessionId": session, "content": content, "model": "echo", "clientMessageId": number});
        user.post("/api/chat", body)
    };
    let first = send(None, "a", "0").await;
    let session = first.body["sessionId"].as_str().expect("a chat").to_owned();
    assert_eq!(send(Some(session.clone()), "b", "1").await.status, 200);
    let other = send(None, "c", "1").await;
    assert_eq!((other.status, &other.body["text"]), (200, &json!("c")), "{}", other.text);
    assert_ne!(other.body["sessionId"], first.body["sessionId"]);
    assert_eq!(send(Some(session), "b", "1").await.body["text"], "b", "and in its chat it still names the same answer");
    assert_eq!(send(None, "d", "1").await.code(), "message.client_id");
}

#[tokio::test]
async fn of_two_new_chats_with_one_client_id_the_database_refuses_the_second() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let first = user.post("/api/chat", json!({"content": "a", "model": "echo", "clientMessageId": "0"})).await;
    assert_eq!(first.status, 200);
    let other = user.ask("echo", "b").await.run();
    let row = runs::get(app.app.db.read(), &user.id.as_str().into(), &other.as_str().into()).await;
    // What another server writes that looked for the first run before it was there.
    let client_message_id = Some("0".to_owned());
    let twin = runs::RunRow { id: "twin".into(), client_message_id, ..row.expect("read").expect("the run") };
    let tx = app.app.db.begin().await.expect("a transaction");
    let refused = runs::insert(&tx, &twin, "another server", 0).await.expect_err("refused");
    assert!(server::db::engine::is_unique_violation(&refused), "{refused}");
}

#[tokio::test]
async fn an_answer_that_ended_early_is_continued_in_place() {
    let app = TestApp::new().await;
    let user = app.with_models(&["cut", "ok", "length"]).await;
    let cut = user.ask("cut", "Tell me").await;
    let before = cut.live.message.text();
    let body = json!({"sessionId": cut.session(), "continueMessageId": cut.message(), "model": "ok"});
    let mut more = user.stream(body.clone()).await;
    more.live = LiveAnswer::at("old".into(), 0, cut.live.message.clone());
    let more = more.finish().await;
    assert_eq!(more.status(), Status::Completed);
    assert_eq!(more.message(), cut.message());
    let text = more.live.message.text();
    assert!(text.starts_with(&before) && text.len() > before.len());
    let stored = assert_stored(&user, &more.live).await;
    assert_eq!((stored["model"].as_str(), more.live.message.model.as_str()), (Some("ok"), "ok"));
    assert_eq!(user.messages(&cut.session()).await.len(), 2);
    let again = user.post("/api/chat", body).await;
    assert_eq!((again.status, again.code()), (409, "message.not_continuable"));
    let truncated = user.ask("length", "Tell me").await;
    assert!(truncated.live.message.truncated);
    let body = json!({"sessionId": truncated.session(), "continueMessageId": truncated.message(), "model": "ok"});
    assert_eq!(user.post("/api/chat", body).await.status, 200);
}

#[tokio::test]
async fn an_answer_that_somebody_continued_is_not_continued_from_what_it_was_before() {
    let app = TestApp::new().await;
    let user = app.with_models(&["cut"]).await;
    let cut = user.ask("cut", "Tell me").await;
    let id = cut.message().as_str().into();
    let read = runs::count_of_message(app.app.db.read(), &id).await.expect("read");
    let body = json!({"sessionId": cut.session(), "continueMessageId": cut.message(), "model": "cut"});
    assert_eq!(user.post("/api/chat", body).await.code(), "provider.cut", "it ended early once more");
    let tx = app.app.db.begin().await.expect("a transaction");
    assert!(!messages::reopen(&tx, &id, "cut", read).await.expect("tried"), "what was read is stale");
    assert!(messages::reopen(&tx, &id, "cut", read + 1).await.expect("tried"));
}

#[tokio::test]
async fn refusals_come_before_anything_is_written() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let send = |body: Value| user.post("/api/chat/stream", body);
    assert_eq!(send(json!({"content": "hi"})).await.code(), "model.none");
    app.connect(&user, &["ok", "stall-after-1"]).await;
    let cases = [
        (json!({"content": " \n"}), 400, "message.empty"),
        (json!({}), 400, "message.empty"),
        (json!({"content": "x".repeat(1024 * 1024 + 1)}), 413, "message.too_long"),
        (json!({"content": "x".repeat(3 * 1024 * 1024)}), 413, "request.too_large"),
        (json!({"content": "hi", "model": "nonsense"}), 404, "model.not_found"),
        (json!({"content": "hi", "sessionId": "nowhere"}), 404, "chat.not_found"),
        (json!({"content": "hi", "parentId": "x"}), 400, "request.invalid"),
        (json!({"content": "hi", "userId": "somebody"}), 400, "request.invalid"),
        (json!({"content": "hi", "clientMessageId": ""}), 400, "request.invalid"),
        (json!("text"), 400, "request.invalid"),
    ];
    for (body, status, code) in cases {
        let reply = send(body.clone()).await;
        assert_eq!(
            (reply.status, reply.code()),
            (status, code),
            "{}",
            reply.text.chars().take(200).collect::<String>()
        );
    }
    assert_eq!(user.get("/api/sessions").await.body["items"], json!([]));
    assert!(app.mock.ledger().records().is_empty(), "no provider was called");
}

#[tokio::test]
async fn a_busy_branch_refuses_and_too_many_answers_at_once_too() {
    let app = TestApp::new().await;
    let user = app.with_models(&["stall-after-1"]).await;
    assert_eq!(user.put("/api/settings/system/runs_per_user", json!({"value": 2})).await.status, 200);
    let mut first = user.stream(json!({"content": "a", "model": "stall-after-1"})).await;
    first.until_text().await;
    let session = first.live.message.session_id.clone().expect("a chat");
    let busy = user.post("/api/chat", json!({"sessionId": session, "content": "b", "model": "stall-after-1"})).await;
    assert_eq!((busy.status, busy.code()), (409, "chat.busy"));
    let mut second = user.stream(json!({"content": "c", "model": "stall-after-1"})).await;
    second.until_text().await;
    let third = user.post("/api/chat", json!({"content": "d", "model": "stall-after-1"})).await;
    assert_eq!((third.status, third.code()), (429, "run.limit"));
    let run = second.live.run_id.clone().expect("a run").0;
    user.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    second.finish().await;
    eventually("the place is free again", || async {
        user.post("/api/chat/runs", json!({"content": "e", "model": "stall-after-1"})).await.status == 202
    })
    .await;
}

#[tokio::test]
async fn a_tab_hears_everything_and_a_late_tab_gets_a_snapshot() {
    let app = TestApp::new().await;
    let user = app.with_models(&["tokens-40-50"]).await;
    let open = || Events::open(user.request(Method::GET, "/api/events"));
    let mut tab = open().await;
    let hello: Event = serde_json::from_str(&tab.frame().await.expect("hello").data).expect("an event");
    assert!(matches!(hello, Event::User(shared::events::UserEvent::Hello { ref running, .. }) if running.is_empty()));
    let started = user.post("/api/chat/runs", json!({"content": "hi", "model": "tokens-40-50"})).await;
    let session: Event = serde_json::from_str(&tab.frame().await.expect("the chat").data).expect("an event");
    assert!(
        matches!(session, Event::User(shared::events::UserEvent::SessionChanged { session }) if session.title == "hi")
    );
    tab.until_text().await;
    let mut late = open().await;
    let hello = late.frame().await.expect("hello");
    assert!(hello.data.contains(started.body["runId"].as_str().expect("an id")), "hello lists what runs");
    let (early, late) = (tab.finish().await, late.finish().await);
    assert_eq!(early.live, late.live);
    assert!(matches!(late.seen[0].body, RunEventBody::Snapshot { .. }));
    assert_eq!(early.live.message.text().split_whitespace().count(), 40);
}

#[tokio::test]
async fn signing_out_ends_the_streams_of_that_login_only() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["stall-after-1"]).await;
    app.user(&admin, "ada").await;
    let (phone, desk) = (app.login("ada").await, app.login("ada").await);
    let mut running = desk.stream(json!({"content": "hi", "model": "stall-after-1"})).await;
    running.until_text().await;
    let run = running.live.run_id.clone().expect("a run").0;
    let mut tabs = Vec::new();
    for device in [&phone, &desk] {
        tabs.push(Events::open(device.request(Method::GET, "/api/events")).await);
        tabs.push(device.attach(&run, 0).await);
    }
    assert_eq!(phone.post("/api/auth/logout", json!({})).await.status, 204);
    for tab in &mut tabs[..2] {
        while tab.frame().await.is_some() {}
    }
    desk.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    for tab in tabs.drain(2..) {
        assert_eq!(tab.finish().await.status(), Status::Stopped);
    }
}

#[tokio::test]
async fn a_reload_amid_an_answer_continues_where_the_page_stands() {
    let app = TestApp::new().await;
    let user = app.with_models(&["tokens-60-60"]).await;
    let mut tab = Events::open(user.request(Method::GET, "/api/events")).await;
    let mut first = user.stream(json!({"content": "hi", "model": "tokens-60-60"})).await;
    first.until_text().await;
    let session = first.live.message.session_id.clone().expect("a chat").0;
    let stored = user.messages(&session).await.pop().expect("an answer");
    assert_eq!(stored["status"], "streaming");
    let (run, seq) = (stored["runId"].as_str().expect("a run"), stored["runSeq"].as_u64().expect("a number"));
    let message = shared::AssistantMessage {
        parts: serde_json::from_value(stored["parts"].clone()).expect("parts"),
        ..shared::AssistantMessage::default()
    };
    let mut page = LiveAnswer::at(run.into(), seq, message);
    while let Some(event) = tab.next().await {
        assert_ne!(page.apply(&event), Applied::Gap, "the page's number fits the tab's stream");
        if event.body.is_terminal() {
            break;
        }
    }
    assert_eq!(page.message.parts, first.finish().await.live.message.parts);
}
