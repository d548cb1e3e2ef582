//! Every kind of event of `GET /api/events`, listened to by everybody: each reaches those that [`UserEvent::reach`] names.

use crate::support::{Events, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};
use shared::accounts::User;
use shared::chat::Session;
use shared::events::{Reach, UserEvent};
use std::collections::BTreeSet;

/// One event of every kind, as this person's tabs would be told.
pub(crate) fn kinds(user: &User, session: &Session) -> Vec<UserEvent> {
    let session_id = session.id.clone();
    let all = vec![
        UserEvent::Hello { build: server::version::build(), running: Vec::new(), mark: String::new() },
        UserEvent::SessionChanged { session: session.clone() },
        UserEvent::SessionDeleted { session_id: session_id.clone() },
        UserEvent::SessionsChanged,
        UserEvent::FoldersChanged,
        UserEvent::MessagesChanged { session_id },
        UserEvent::ModelsChanged,
        UserEvent::SettingsChanged,
        UserEvent::UserChanged { user: user.clone() },
        UserEvent::PeopleChanged,
    ];
    for event in &all {
        // A kind that is added does not compile here until it has a line above.
        match event {
            UserEvent::Hello { .. }
            | UserEvent::SessionChanged { .. }
            | UserEvent::SessionDeleted { .. }
            | UserEvent::SessionsChanged
            | UserEvent::FoldersChanged
            | UserEvent::MessagesChanged { .. }
            | UserEvent::ModelsChanged
            | UserEvent::SettingsChanged
            | UserEvent::UserChanged { .. }
            | UserEvent::PeopleChanged => {}
        }
    }
    all
}

/// The word that an event has on the wire.
pub(crate) fn word(event: &UserEvent) -> String {
    let wire = serde_json::to_value(event).expect("an event");
    wire["type"].as_str().expect("a type").to_owned()
}

/// The words of a stream until the last act is heard of, and whether anything of the owner's was among them.
async fn heard(mut stream: Events, last: &str, owner: &TestUser, secret: &str) -> (BTreeSet<String>, bool) {
    let (mut words, mut private) = (BTreeSet::new(), false);
    while let Some(frame) = stream.frame().await {
        let event: Value = serde_json::from_str(&frame.data).expect("JSON");
        private |= frame.data.contains(&owner.id) || frame.data.contains(secret) || event["runId"].is_string();
        let word = event["type"].as_str().expect("a type").to_owned();
        let ended = frame.data.contains(last);
        words.insert(word);
        if ended {
            return (words, private);
        }
    }
    panic!("the stream ended before {last}");
}

/// A key of somebody with these scopes.
async fn key(app: &TestApp, user: &TestUser, scopes: &[&str]) -> TestUser {
    let reply = user.post("/api/keys", json!({"name": scopes.join(" "), "scopes": scopes})).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    app.bearer(reply.body["secret"].as_str().expect("a secret"))
}

/// Something of everything: by the owner what is private, by an administrator the rest.
async fn act(app: &TestApp, admin: &TestUser, owner: &TestUser, secret: &str) {
    let id = |reply: &Value| reply["id"].as_str().expect("an id").to_owned();
    owner.post("/api/folders", json!({"name": secret})).await;
    let answer = owner.ask("ok", secret).await;
    let edit = json!({"content": format!("{secret} again")});
    let messages = owner.messages(&answer.session()).await;
    assert_eq!(owner.patch(&format!("/api/messages/{}", id(&messages[0])), edit).await.status, 200);
    let mut many = Vec::new();
    for _ in 0..=server::chat::TOLD_ONE_BY_ONE {
        many.push(id(&owner.post("/api/sessions", json!({"title": secret})).await.body));
    }
    assert_eq!(owner.post("/api/sessions/bulk", json!({"ids": many, "action": "archive"})).await.status, 200);
    assert_eq!(owner.delete(&format!("/api/sessions/{}", answer.session())).await.status, 204);
    assert_eq!(owner.patch("/api/auth/me", json!({"about": secret})).await.status, 200);
    app.connect(admin, &["other"]).await;
    let person = json!({"username": "carol", "role": "user"});
    assert_eq!(admin.post("/api/admin/users", person).await.status, 201);
    admin.put("/api/settings/system/runs_per_user", json!({"value": 7})).await;
}

#[tokio::test]
async fn every_event_reaches_those_it_is_for_and_nobody_else() {
    const SECRET: &str = "a-word-of-the-owner";
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let (owner, other) = (app.user(&admin, "owner").await, app.user(&admin, "other").await);
    let watchers = [
        ("the owner", owner.clone(), &[Reach::Person, Reach::Everybody][..]),
        ("a key of the owner", key(&app, &owner, &["chat"]).await, &[Reach::Person, Reach::Everybody]),
        ("somebody else", other.clone(), &[Reach::Everybody]),
        ("a key of somebody else", key(&app, &other, &["chat"]).await, &[Reach::Everybody]),
        ("an administrator", admin.clone(), &[Reach::Everybody, Reach::Administrators]),
        ("a key that governs", key(&app, &admin, &["chat", "admin"]).await, &[Reach::Everybody, Reach::Administrators]),
        ("a key of an administrator that does not", key(&app, &admin, &["chat"]).await, &[Reach::Everybody]),
    ];
    let mut streams = Vec::new();
    for (_, watcher, _) in &watchers {
        streams.push(Events::open(watcher.request(Method::GET, "/api/events")).await);
    }
    act(&app, &admin, &owner, SECRET).await;
    let me: User = serde_json::from_value(owner.get("/api/auth/me").await.body).expect("a person");
    let session = owner.post("/api/sessions", json!({"title": "last"})).await.body;
    let session: Session = serde_json::from_value(session).expect("a chat");
    let kinds = kinds(&me, &session);
    for ((name, _, reaches), stream) in watchers.iter().zip(streams) {
        // The setting is the last that everybody hears of.
        let (words, private) = heard(stream, "settings.changed", &owner, SECRET).await;
        let owns = reaches.contains(&Reach::Person);
        assert_eq!(private, owns, "{name} heard of the owner's affairs: {words:?}");
        for event in &kinds {
            let greeting = matches!(event, UserEvent::Hello { .. });
            let due = greeting || reaches.contains(&event.reach());
            assert_eq!(words.contains(&word(event)), due, "{name} and {}: {words:?}", word(event));
        }
    }
}
