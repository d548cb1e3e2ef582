//! Names of chats by a model: beside the answer, after the first one, and never over a person's own.

use crate::recorder::{Asked, Recorder, Reply};
use crate::support::{Events, TestApp, TestUser, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use server::db::ConnectionTrait as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a request is for a name.
fn names(asked: &Asked) -> bool {
    asked.words().contains("You name conversations")
}

async fn title(user: &TestUser, session: &str) -> String {
    let reply = user.get(&format!("/api/sessions/{session}")).await;
    reply.body["title"].as_str().expect("a title").to_owned()
}

/// Says who names chats: a word, or the id of the model with this name.
async fn choose(admin: &TestUser, who: &str) {
    let models = admin.get("/api/models").await.body;
    let found = models["items"].as_array().expect("models").iter().find(|model| model["name"] == who);
    let value = found.map_or_else(|| json!(who), |model| model["id"].clone());
    let set = admin.put("/api/settings/system/title_model", json!({"value": value})).await;
    assert_eq!(set.status, 200, "{}", set.text);
}

/// How many calls were made for names.
async fn booked(app: &TestApp) -> i64 {
    let text = "SELECT COUNT(*) AS n FROM usage_records WHERE purpose = 'title'";
    let backend = app.app.db.read().get_database_backend();
    let row = app.app.db.read().query_one_raw(sea_orm::Statement::from_string(backend, text)).await;
    row.expect("read").expect("a row").try_get("", "n").expect("a number")
}

#[tokio::test]
async fn the_first_completed_answer_names_the_chat_and_the_second_does_not() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|asked| match names(asked) {
        true => Reply::Says("**Title:** \"Sorting in Rust.\"\nIt is about sorting.".into(), Some((50, 9))),
        false => Reply::says("Use sort_by_key."),
    })
    .await;
    provider.connect(&admin, "one", &["big", "namer"]).await;
    choose(&admin, "namer").await;
    let mut tab = Events::open(admin.request(Method::GET, "/api/events")).await;
    let session = admin.ask("big", "How do I sort a list of people by their age?").await.session();
    let heard = loop {
        let frame = tab.frame().await.expect("an event");
        if frame.data.contains("Sorting in Rust") {
            break serde_json::from_str::<Value>(&frame.data).expect("JSON");
        }
    };
    assert_eq!((&heard["type"], &heard["session"]["title"]), (&json!("session.changed"), &json!("Sorting in Rust")));
    assert_eq!(title(&admin, &session).await, "Sorting in Rust");
    let asked: Vec<Asked> = provider.asked().into_iter().filter(names).collect();
    assert_eq!((asked.len(), &asked[0].body["model"]), (1, &json!("namer")));
    assert!(asked[0].words().contains("sort a list of people") && asked[0].words().contains("sort_by_key"));
    eventually("the call is booked", || async { booked(&app).await == 1 }).await;
    admin.post("/api/chat", json!({"sessionId": session, "content": "And by name?"})).await;
    admin.ask("big", "Another chat").await;
    eventually("the other chat is named", || async { booked(&app).await == 2 }).await;
    assert_eq!(provider.asked().iter().filter(|asked| names(asked)).count(), 2, "one for each chat");
}

#[tokio::test]
async fn a_person_who_renames_the_chat_meanwhile_keeps_their_name() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|asked| if names(asked) { Reply::Silence } else { Reply::says("Yes.") }).await;
    provider.connect(&admin, "one", &["big", "namer"]).await;
    choose(&admin, "namer").await;
    let session = admin.ask("big", "Is it so?").await.session();
    eventually("the name is asked for", || async { provider.asked().iter().any(names) }).await;
    let renamed = admin.patch(&format!("/api/sessions/{session}"), json!({"title": "Mine"})).await;
    assert_eq!(renamed.status, 200);
    let tx = app.app.db.begin().await.expect("a transaction");
    let named = server::db::sessions::name(&tx, &session.as_str().into(), "Its own").await.expect("tried");
    tx.commit().await.expect("committed");
    assert!(!named, "the model comes too late");
    assert_eq!(title(&admin, &session).await, "Mine");
}

#[tokio::test]
async fn an_answer_waits_for_no_name_and_a_failed_one_changes_nothing() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|asked| if names(asked) { Reply::refuses(400) } else { Reply::says("Yes.") }).await;
    provider.connect(&admin, "one", &["big", "namer"]).await;
    choose(&admin, "namer").await;
    admin.put("/api/settings/system/runs_per_user", json!({"value": 1})).await;
    let session = admin.ask("big", "Is it so?").await.session();
    eventually("the failure is booked", || async { booked(&app).await == 1 }).await;
    assert_eq!(title(&admin, &session).await, "Is it so?");
    // It is tried after the second and the third answer, too, and then no more.
    for tries in [2, 3] {
        admin.post("/api/chat", json!({"sessionId": session, "content": "Really?"})).await;
        eventually("it is tried again", || async { booked(&app).await == tries }).await;
    }
    admin.post("/api/chat", json!({"sessionId": session, "content": "Really?"})).await;
    admin.ask("big", "Something else").await;
    eventually("the next chat had its try", || async { booked(&app).await == 4 }).await;
    let of_first = |asked: &Asked| names(asked) && !asked.words().contains("Something else");
    assert_eq!(provider.asked().iter().filter(|asked| of_first(asked)).count(), 3);
}

#[tokio::test]
async fn a_key_that_fails_to_name_gives_way_and_one_that_is_only_busy_does_not_rest() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|asked| match (names(asked), asked.key.ends_with("first")) {
        (true, true) => Reply::Refuses(429, Some(600), "rate_limit_exceeded", "Too many requests.".into()),
        (true, false) => Reply::says("By the second"),
        (false, _) => Reply::says("Yes."),
    })
    .await;
    let keys = json!([{"key": "sk-0123456789-first"}, {"key": "sk-0123456789-second"}]);
    let body = json!({"name": "one", "baseUrl": provider.url, "keys": keys, "models": ["m"]});
    assert_eq!(admin.post("/api/connections", body).await.status, 201);
    choose(&admin, "m").await;
    let session = admin.ask("m", "Is it so?").await.session();
    eventually("the chat is named", || async { title(&admin, &session).await == "By the second" }).await;
    assert_eq!(booked(&app).await, 2, "a row for each call");
    let keys: Vec<String> = {
        admin.ask("m", "And this?").await;
        provider.asked().iter().filter(|asked| !names(asked)).map(|asked| asked.key.clone()).collect()
    };
    assert!(keys.len() == 2 && keys.iter().all(|key| key.ends_with("first")), "answers need it: {keys:?}");
}

#[tokio::test]
async fn a_name_that_is_asked_for_when_the_server_goes_down_is_booked() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|asked| if names(asked) { Reply::Silence } else { Reply::says("Yes.") }).await;
    provider.connect(&admin, "one", &["big", "namer"]).await;
    choose(&admin, "namer").await;
    admin.ask("big", "Is it so?").await;
    eventually("the name is asked for", || async { provider.asked().iter().any(names) }).await;
    app.app.runs.shut_down().await;
    assert_eq!(booked(&app).await, 1);
}

#[tokio::test]
async fn names_are_found_by_a_small_model_of_the_same_connection_or_not_at_all() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let failing = Arc::new(AtomicBool::new(true));
    let fails = Arc::clone(&failing);
    let script = move |asked: &Asked| match names(asked) {
        true => Reply::says("A name"),
        false if fails.load(Ordering::SeqCst) => Reply::refuses(400),
        false => Reply::says("Yes."),
    };
    let alone = Recorder::start(|_| Reply::says("Yes.")).await;
    alone.connect(&admin, "alone", &["huge"]).await;
    let provider = Recorder::start(script).await;
    provider.connect(&admin, "one", &["gpt-4o", "gpt-4o-mini"]).await;
    admin.ask("huge", "Is it so?").await;
    let failed = admin.ask("gpt-4o", "Is it so?").await;
    failing.store(false, Ordering::SeqCst);
    // A failed answer names nothing; the first completed one does, also when it is the second try.
    let question = failed.live.message.user_message_id.clone().expect("a question");
    let again = json!({"sessionId": failed.session(), "parentId": question, "model": "gpt-4o"});
    assert_eq!(admin.post("/api/chat", again).await.status, 200);
    eventually("the chat is named", || async { title(&admin, &failed.session()).await == "A name" }).await;
    let asked: Vec<Asked> = provider.asked().into_iter().filter(names).collect();
    assert_eq!((asked.len(), &asked[0].body["model"]), (1, &json!("gpt-4o-mini")));
    assert!(!alone.asked().iter().any(names), "there is no small model beside it");
    choose(&admin, "off").await;
    admin.ask("gpt-4o", "And now?").await;
    choose(&admin, "chat").await;
    let session = admin.ask("huge", "And by itself?").await.session();
    eventually("its own model names it", || async { title(&admin, &session).await == "Yes" }).await;
    assert_eq!(provider.asked().iter().filter(|asked| names(asked)).count(), 1, "off is off");
}
