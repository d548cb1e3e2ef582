//! Keys and connections that fail: another one answers, the reader is told in one line, and nothing is shown twice.

use crate::recorder::{Recorder, Reply};
use crate::support::{Events, Finished, TestApp, TestUser, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use server::db::ConnectionTrait as _;
use shared::Part;
use shared::events::Status;

/// A connection to this address with these keys.
async fn connect(admin: &TestUser, name: &str, url: &str, keys: &[&str], models: &[&str]) -> String {
    let keys: Vec<Value> = keys.iter().map(|key| json!({"key": format!("sk-0123456789-{key}")})).collect();
    let body = json!({"name": name, "baseUrl": url, "keys": keys, "models": models});
    let reply = admin.post("/api/connections", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body["id"].as_str().expect("an id").to_owned()
}

/// The notices of an answer with their values.
fn notices(done: &Finished) -> Vec<(String, Value)> {
    let notice = |part: &Part| match part {
        Part::Notice { code, params } => Some((code.clone(), json!(params))),
        _ => None,
    };
    done.live.message.parts.iter().filter_map(notice).collect()
}

fn next_key(number: u32, of: u32) -> (String, Value) {
    ("provider.next_key".to_owned(), json!({"number": number.to_string(), "of": of.to_string()}))
}

/// The usage rows in order: connection, whether a key is named, status, code.
async fn rows(app: &TestApp) -> Vec<(String, bool, String, Option<String>)> {
    let text = "SELECT connection_id, key_id, status, code FROM usage_records WHERE purpose = 'chat' ORDER BY id";
    let db = app.app.db.read();
    let rows = db.query_all_raw(sea_orm::Statement::from_string(db.get_database_backend(), text)).await.expect("rows");
    let read = |row: &sea_orm::QueryResult| {
        let key: Option<String> = row.try_get("", "key_id").expect("a key");
        let text = |name: &str| row.try_get::<String>("", name).expect("text");
        (text("connection_id"), key.is_some(), text("status"), row.try_get("", "code").expect("a code"))
    };
    rows.iter().map(read).collect()
}

#[tokio::test]
async fn a_dead_key_costs_a_line_of_notice_once_and_then_rests() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let id = connect(&admin, "one", &app.mock.base_url(), &["dead", "good"], &["ok"]).await;
    let done = admin.ask("ok", "hi").await;
    assert_eq!((done.status(), done.code()), (Status::Completed, ""));
    assert_eq!(notices(&done), [next_key(2, 2)]);
    assert!(!done.live.message.text().is_empty());
    let failed = (id.clone(), true, "failed".to_owned(), Some("provider.unauthorized".to_owned()));
    let good = (id, true, "completed".to_owned(), None);
    assert_eq!(rows(&app).await, [failed, good.clone()]);
    let again = admin.ask("ok", "hi").await;
    assert_eq!((again.status(), notices(&again)), (Status::Completed, vec![]), "the dead key rests");
    assert_eq!(rows(&app).await.last(), Some(&good));
}

#[tokio::test]
async fn two_dead_keys_and_a_live_one() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    connect(&admin, "one", &app.mock.base_url(), &["dead", "1-broken", "good"], &["ok"]).await;
    let done = admin.ask("ok", "hi").await;
    assert_eq!((done.status(), notices(&done)), (Status::Completed, vec![next_key(2, 3), next_key(3, 3)]));
    let stored = admin.messages(&done.session()).await.pop().expect("an answer");
    assert_eq!(stored["parts"], serde_json::to_value(&done.live.message.parts).expect("JSON"));
}

#[tokio::test]
async fn a_connection_out_of_reach_gives_way_to_another_one_with_the_same_model() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let gone = Recorder::start(|_| Reply::says("never")).await;
    let first = connect(&admin, "first", &gone.url, &["a", "b"], &["ok"]).await;
    let second = connect(&admin, "second", &app.mock.base_url(), &["good"], &["ok"]).await;
    drop(gone);
    let models = admin.get("/api/models").await.body;
    let of_first = models["items"].as_array().expect("models").iter().find(|model| model["connectionId"] == first);
    let model = of_first.expect("the model")["id"].as_str().expect("an id").to_owned();
    let done = admin.ask(&model, "hi").await;
    assert_eq!((done.status(), done.code()), (Status::Completed, ""));
    let moved = ("provider.next_connection".to_owned(), json!({"connection": "second"}));
    assert_eq!(notices(&done), [moved]);
    let rows = rows(&app).await;
    assert_eq!((rows[0].0.as_str(), rows[1].0.as_str(), rows.len()), (first.as_str(), second.as_str(), 2));
    let run = server::db::runs::get(app.app.db.read(), &admin.id.as_str().into(), &done.run().as_str().into()).await;
    assert_eq!(run.expect("read").expect("the run").connection_id.0, second, "the run follows who answers");
}

#[tokio::test]
async fn after_text_was_shown_nobody_else_is_asked() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    connect(&admin, "one", &app.mock.base_url(), &["x", "y"], &["cut", "error-in-stream"]).await;
    for model in ["cut", "error-in-stream"] {
        app.mock.ledger().clear();
        let done = admin.ask(model, "hi").await;
        assert_eq!((done.status(), notices(&done)), (Status::Failed, vec![]), "{model}");
        assert_eq!(app.mock.ledger().records().len(), 1, "{model}");
    }
}

#[tokio::test]
async fn a_short_wait_is_waited_for_where_there_is_no_other_way() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let provider = Recorder::start(move |_| match calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Reply::Refuses(429, Some(1), "rate_limit_exceeded", "Too many requests.".into()),
        _ => Reply::says("Now."),
    })
    .await;
    provider.connect(&admin, "one", &["m"]).await;
    let done = admin.ask("m", "hi").await;
    assert_eq!((done.status(), done.live.message.text().as_str()), (Status::Completed, "Now."));
    assert_eq!(notices(&done), [("provider.waiting".to_owned(), json!({"seconds": "1"}))]);
    assert_eq!(provider.asked().len(), 2);
}

#[tokio::test]
async fn where_there_is_another_key_nobody_waits() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|asked| match asked.key.ends_with("first") {
        true => Reply::Refuses(429, Some(15), "rate_limit_exceeded", "Too many requests.".into()),
        false => Reply::says("At once."),
    })
    .await;
    connect(&admin, "one", &provider.url, &["first", "second"], &["m"]).await;
    let done = admin.ask("m", "hi").await;
    assert_eq!((done.status(), notices(&done)), (Status::Completed, vec![next_key(2, 2)]));
}

#[tokio::test]
async fn a_long_wait_is_told_instead_and_a_second_refusal_too() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (seconds, asked) in [(21, 1), (1, 2)] {
        let limited = move |_: &_| Reply::Refuses(429, Some(seconds), "rate_limit_exceeded", "Slow down.".into());
        let provider = Recorder::start(limited).await;
        let model = format!("m-{seconds}");
        provider.connect(&admin, &model, &[&model]).await;
        let done = admin.ask(&model, "hi").await;
        assert_eq!((done.status(), done.code()), (Status::Failed, "provider.rate_limited"));
        assert_eq!(provider.asked().len(), asked);
        let error = done.live.message.error.expect("an error");
        assert_eq!(error.params["seconds"], seconds.to_string());
    }
}

#[tokio::test]
async fn a_dead_key_does_not_turn_a_short_wait_into_a_failure() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let provider = Recorder::start(move |asked| match asked.key.ends_with("good") {
        false => Reply::Refuses(401, None, "invalid_api_key", "Incorrect API key provided.".into()),
        true if calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => {
            Reply::Refuses(429, Some(1), "rate_limit_exceeded", "Too many requests.".into())
        }
        true => Reply::says("Now."),
    })
    .await;
    connect(&admin, "one", &provider.url, &["good", "gone"], &["m"]).await;
    let done = admin.ask("m", "hi").await;
    assert_eq!((done.status(), done.live.message.text().as_str()), (Status::Completed, "Now."));
    let waiting = ("provider.waiting".to_owned(), json!({"seconds": "1"}));
    assert_eq!(notices(&done), [next_key(2, 2), waiting]);
    assert_eq!(rows(&app).await.len(), 3);
}

#[tokio::test]
async fn a_long_wait_is_told_rather_than_that_another_key_is_dead() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|asked| match asked.key.ends_with("good") {
        false => Reply::Refuses(401, None, "invalid_api_key", "Incorrect API key provided.".into()),
        true => Reply::Refuses(429, Some(60), "rate_limit_exceeded", "Too many requests.".into()),
    })
    .await;
    connect(&admin, "one", &provider.url, &["good", "gone"], &["m"]).await;
    let done = admin.ask("m", "hi").await;
    assert_eq!((done.status(), done.code()), (Status::Failed, "provider.rate_limited"));
    let codes: Vec<_> = rows(&app).await.into_iter().filter_map(|(.., code)| code).collect();
    assert_eq!(codes, ["provider.rate_limited", "provider.unauthorized"], "each call is booked as it ended");
}

#[tokio::test]
async fn a_run_follows_whom_is_asked_before_anything_is_answered() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let refusing = Recorder::start(|_| Reply::refuses(500)).await;
    let silent = Recorder::start(|_| Reply::Silence).await;
    let first = connect(&admin, "first", &refusing.url, &["a"], &["m"]).await;
    let second = connect(&admin, "second", &silent.url, &["b"], &["m"]).await;
    let models = admin.get("/api/models").await.body;
    let of_first = models["items"].as_array().expect("models").iter().find(|model| model["connectionId"] == first);
    let events = admin.stream(json!({"content": "hi", "model": of_first.expect("the model")["id"]})).await;
    eventually("the second one is asked", || async { silent.asked().len() == 1 }).await;
    let of_run = "SELECT connection_id FROM runs";
    let db = app.app.db.read();
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), of_run);
    let row = db.query_one_raw(statement).await.expect("read").expect("a run");
    assert_eq!(
        row.try_get::<String>("", "connection_id").expect("text"),
        second,
        "whoever ends it blames the right one"
    );
    drop(events);
}

#[tokio::test]
async fn a_key_whose_answer_came_in_one_piece_has_worked() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("At once.")).await;
    connect(&admin, "one", &provider.url, &["a"], &["m"]).await;
    assert_eq!(admin.ask("m", "hi").await.status(), Status::Completed);
    let connections = admin.get("/api/connections").await.text;
    assert!(connections.contains("workedAt"), "{connections}");
}

#[tokio::test]
async fn stop_ends_the_wait() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let limited = |_: &_| Reply::Refuses(429, Some(20), "rate_limit_exceeded", "Slow down.".into());
    let provider = Recorder::start(limited).await;
    provider.connect(&admin, "one", &["m"]).await;
    let mut events: Events = admin.stream(json!({"content": "hi", "model": "m"})).await;
    while events.live.message.parts.is_empty() {
        events.next().await.expect("an event");
    }
    let run = events.live.run_id.clone().expect("a run").0;
    assert_eq!(admin.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await.status, 202);
    let done = events.finish().await;
    assert_eq!((done.status(), done.code()), (Status::Stopped, ""));
    assert_eq!(provider.asked().len(), 1);
    let booked: Vec<_> = rows(&app).await.into_iter().map(|(_, _, status, code)| (status, code)).collect();
    let refused = ("failed".to_owned(), Some("provider.rate_limited".to_owned()));
    assert_eq!(booked, [refused], "a row for the call that was made, and none for the one that was not");
    let usage = done.live.message.usage.expect("usage");
    assert_eq!((usage.prompt_tokens, usage.completion_tokens), (0, 0));
}

#[tokio::test]
async fn an_exhausted_balance_is_not_tried_elsewhere() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    connect(&admin, "one", &app.mock.base_url(), &["broke", "good"], &["ok"]).await;
    let done = admin.ask("ok", "hi").await;
    assert_eq!((done.status(), done.code()), (Status::Failed, "provider.balance"));
    assert_eq!(notices(&done), []);
}

#[tokio::test]
async fn what_another_tab_sees_of_a_failover_is_the_same() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    connect(&admin, "one", &app.mock.base_url(), &["dead", "good"], &["ok"]).await;
    let tab = Events::open(admin.request(Method::GET, "/api/events")).await;
    let done = admin.ask("ok", "hi").await;
    assert_eq!(tab.finish().await.live.message.parts, done.live.message.parts);
}
