//! Order among chats: what is set for one, which list shows it, folders, tags, many at once.

mod folders;
mod temporary;

use crate::support::{Events, TestApp, TestUser};
use reqwest::Method;
use serde_json::{Value, json};
use shared::Event;
use shared::events::UserEvent;

/// A new chat with this title.
async fn chat(user: &TestUser, title: &str) -> String {
    let reply = user.post("/api/sessions", json!({"title": title})).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body["id"].as_str().expect("an id").to_owned()
}

/// Changes a chat.
async fn set(user: &TestUser, id: &str, change: Value) -> Value {
    let reply = user.patch(&format!("/api/sessions/{id}"), change).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

/// The titles of a list.
async fn titles(user: &TestUser, query: &str) -> Vec<String> {
    let reply = user.get(&format!("/api/sessions{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let title = |chat: &Value| chat["title"].as_str().expect("a title").to_owned();
    reply.body["items"].as_array().expect("a list").iter().map(title).collect()
}

/// A tab of a person.
async fn tab(user: &TestUser) -> Events {
    let mut tab = Events::open(user.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");
    tab
}

/// The next event of a tab that is about no run.
async fn heard(tab: &mut Events) -> UserEvent {
    loop {
        let frame = tab.frame().await.expect("an event");
        if let Ok(Event::User(event)) = serde_json::from_str(&frame.data) {
            return event;
        }
    }
}

#[tokio::test]
async fn what_is_set_for_a_chat_comes_back_and_is_no_activity() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let (old, _) = (chat(&user, "old").await, chat(&user, "new").await);
    let folder = user.post("/api/folders", json!({"name": "Work"})).await.body["id"].clone();
    let before = user.get(&format!("/api/sessions/{old}")).await.body;
    app.app.clock.shift(1000);
    let all = json!({
        "pinned": true, "archived": true, "folderId": folder, "tags": [" b ", "A", "a"], "unread": true,
        "parameters": {"temperature": 0.5}, "instructions": "Be brief."
    });
    let changed = set(&user, &old, all).await;
    assert!(changed["pinnedAt"].is_string() && changed["archivedAt"].is_string(), "{changed}");
    assert_eq!((&changed["folderId"], &changed["tags"]), (&folder, &json!(["A", "b"])));
    assert_eq!((&changed["unread"], &changed["parameters"]), (&json!(true), &json!({"temperature": 0.5})));
    assert_eq!(changed["lastActivityAt"], before["lastActivityAt"]);
    assert_eq!(user.get(&format!("/api/sessions/{old}")).await.body, changed);
    app.app.clock.shift(1000);
    let again = set(&user, &old, json!({"pinned": true, "archived": true})).await;
    assert_eq!((&again["pinnedAt"], &again["archivedAt"]), (&changed["pinnedAt"], &changed["archivedAt"]));
    let none = json!({
        "pinned": false, "archived": false, "folderId": null, "tags": [], "unread": false, "parameters": {},
        "instructions": ""
    });
    assert_eq!(set(&user, &old, none).await, before);
    assert_eq!(titles(&user, "").await, ["new", "old"]);
}

#[tokio::test]
async fn every_filter_shows_what_it_says_page_by_page() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let mut ids = Vec::new();
    for title in ["a", "b", "c", "d", "e"] {
        ids.push(chat(&user, title).await);
        app.app.clock.shift(1000);
    }
    for at in [2, 0, 4] {
        set(&user, &ids[at], json!({"pinned": true})).await;
        app.app.clock.shift(1000);
    }
    set(&user, &ids[3], json!({"archived": true, "tags": ["x y"]})).await;
    set(&user, &ids[1], json!({"tags": ["X Y", "other"]})).await;
    assert_eq!(titles(&user, "").await, ["e", "c", "b", "a"]);
    assert_eq!(titles(&user, "?pinned=true").await, ["e", "a", "c"], "newest pin first");
    assert_eq!(titles(&user, "?pinned=false").await, ["b"]);
    assert_eq!(titles(&user, "?archived=true").await, ["d"]);
    assert_eq!(titles(&user, "?tag=x%20Y").await, ["b"]);
    assert_eq!(titles(&user, "?tag=X%20y&archived=true").await, ["d"]);
    assert_eq!(titles(&user, "?tag=nothing").await, Vec::<String>::new());
    assert_eq!(titles(&user, "?folder=none&limit=2").await, ["e", "c"]);
    for (query, due) in [("?pinned=true&limit=1", vec!["e", "a", "c"]), ("?limit=3", vec!["e", "c", "b", "a"])] {
        let (mut after, mut seen) = (String::new(), Vec::new());
        loop {
            seen.extend(titles(&user, &format!("{query}{after}")).await);
            let page = user.get(&format!("/api/sessions{query}{after}")).await.body;
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(seen, due, "{query}");
    }
    for query in ["?folder=x", "?folder=%00", "?tag=%00", "?colour=red", "?after=nonsense"] {
        let status = user.get(&format!("/api/sessions{query}")).await.status;
        assert!((200..500).contains(&status), "{query}: {status}");
    }
}

#[tokio::test]
async fn a_tag_is_spelled_in_one_way_and_counted_over_all_chats() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = app.user(&admin, "other").await;
    let (one, two) = (chat(&admin, "one").await, chat(&admin, "two").await);
    set(&admin, &one, json!({"tags": ["Rust", "学习"]})).await;
    let second = set(&admin, &two, json!({"tags": ["rust", "b"], "archived": true})).await;
    assert_eq!(second["tags"], json!(["b", "Rust"]), "as the other chat spells it");
    let theirs = chat(&other, "theirs").await;
    set(&other, &theirs, json!({"tags": ["RUST"]})).await;
    let tags = json!([{"name": "b", "chats": 1}, {"name": "Rust", "chats": 2}, {"name": "学习", "chats": 1}]);
    assert_eq!(admin.get("/api/tags").await.body, tags);
    assert_eq!(other.get("/api/tags").await.body, json!([{"name": "RUST", "chats": 1}]));
    set(&admin, &two, json!({"tags": []})).await;
    assert_eq!(set(&admin, &one, json!({"tags": ["RUST"]})).await["tags"], json!(["RUST"]), "its own to spell");
    assert_eq!(admin.delete(&format!("/api/sessions/{one}")).await.status, 204);
    assert_eq!(admin.get("/api/tags").await.body, json!([]));
}

#[tokio::test]
async fn limits_are_named_and_nothing_of_a_refused_change_is_kept() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let id = chat(&user, "kept").await;
    let before = user.get(&format!("/api/sessions/{id}")).await.body;
    let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
    for (change, code) in [
        (json!({"title": "x", "tags": many}), "request.invalid"),
        (json!({"title": "x", "tags": ["字".repeat(41)]}), "request.invalid"),
        (json!({"title": "x", "tags": [" "]}), "request.invalid"),
        (json!({"title": "x", "parameters": {"temperature": 2.5}}), "request.invalid"),
        (json!({"title": "x", "parameters": {"extra": {"n": 2}}}), "request.invalid"),
        (json!({"title": "x", "parameters": {"colour": 1}}), "request.invalid"),
        (json!({"title": "x", "temporary": true}), "request.invalid"),
        (json!({"title": "x", "folderId": "nonsense"}), "folder.not_found"),
        (json!({"title": "x", "pinned": true, "activeMessageId": "nonsense"}), "message.not_found"),
    ] {
        assert_eq!(user.patch(&format!("/api/sessions/{id}"), change.clone()).await.code(), code, "{change}");
    }
    assert_eq!(user.get(&format!("/api/sessions/{id}")).await.body, before);
}

#[tokio::test]
async fn an_answer_is_unread_until_somebody_looks_and_every_tab_hears_of_it() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let session = user.ask("echo", "hi").await.session();
    let path = format!("/api/sessions/{session}");
    assert_eq!(user.get(&path).await.body["unread"], true);
    assert_eq!(user.get("/api/sessions").await.body["items"][0]["unread"], true);
    let mut tab = tab(&user).await;
    set(&user, &session, json!({"unread": false})).await;
    let UserEvent::SessionChanged { session: told } = heard(&mut tab).await else { panic!("another event") };
    assert!(!told.unread && told.id.0 == session);
    assert_eq!(user.get(&path).await.body["unread"], Value::Null);
    set(&user, &session, json!({"unread": true})).await;
    assert_eq!(user.get(&path).await.body["unread"], true);
    set(&user, &session, json!({"unread": false})).await;
    app.app.clock.shift(1000);
    user.post("/api/chat", json!({"sessionId": session, "content": "and?"})).await;
    assert_eq!(user.get(&path).await.body["unread"], true, "a new answer");
}

#[tokio::test]
async fn many_chats_are_changed_at_once_and_each_says_what_became_of_it() {
    let app = TestApp::new().await;
    let user = app.with_models(&["stall-after-1"]).await;
    let mut live = user.stream(json!({"content": "hi", "model": "stall-after-1"})).await;
    live.until_text().await;
    let running = live.live.message.session_id.clone().expect("a chat").0;
    let (one, two) = (chat(&user, "one").await, chat(&user, "two").await);
    let folder = user.post("/api/folders", json!({"name": "f"})).await.body["id"].clone();
    let bulk = |action: &str, more: Value| {
        let mut body = json!({"ids": [running, one, "nonsense", one, two], "action": action});
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        user.post("/api/sessions/bulk", body)
    };
    let laid = bulk("folder", json!({"folderId": folder})).await.body["items"].clone();
    let errors: Vec<_> = laid.as_array().expect("a list").iter().map(|item| item["error"].as_str()).collect();
    assert_eq!(errors, [None, None, Some("chat.not_found"), None], "each once, in the order of the request");
    assert!(laid[0]["session"]["folderId"] == folder && laid[3]["session"]["folderId"] == folder);
    bulk("archive", json!({})).await;
    assert_eq!(titles(&user, "?archived=true").await.len(), 3);
    bulk("unarchive", json!({})).await;
    let mut tab = tab(&user).await;
    let gone = bulk("delete", json!({})).await;
    assert_eq!(gone.body["items"][2]["error"], "chat.not_found");
    assert_eq!(gone.body["items"][3], json!({"id": two}));
    assert_eq!(live.finish().await.status(), shared::events::Status::Stopped);
    loop {
        if let UserEvent::SessionDeleted { .. } = heard(&mut tab).await {
            break;
        }
    }
    assert_eq!(titles(&user, "").await, Vec::<String>::new());
    let back = bulk("restore", json!({})).await.body["items"].clone();
    assert_eq!((&back[1]["session"]["title"], &back[2]["error"]), (&json!("one"), &json!("chat.not_found")));
    assert_eq!(titles(&user, "").await.len(), 3);
    let too_many: Vec<String> = (0..201).map(|n| n.to_string()).collect();
    for body in [
        json!({"ids": too_many, "action": "read"}),
        json!({"ids": [], "action": "read"}),
        json!({"ids": [one], "action": "burn"}),
        json!({"ids": [one], "action": "read", "folderId": folder}),
    ] {
        assert_eq!(user.post("/api/sessions/bulk", body.clone()).await.code(), "request.invalid", "{body}");
    }
}

#[tokio::test]
async fn of_many_changes_tabs_hear_once_that_they_have_to_ask_again() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let mut ids = Vec::new();
    for n in 0..21 {
        ids.push(chat(&user, &n.to_string()).await);
    }
    let mut tab = tab(&user).await;
    assert_eq!(user.post("/api/sessions/bulk", json!({"ids": ids, "action": "archive"})).await.status, 200);
    assert_eq!(heard(&mut tab).await, UserEvent::SessionsChanged);
    assert_eq!(user.post("/api/sessions/bulk", json!({"ids": ids, "action": "delete"})).await.status, 200);
    assert_eq!(heard(&mut tab).await, UserEvent::SessionsChanged);
    assert_eq!(titles(&user, "?archived=true").await.len(), 0);
}

#[tokio::test]
async fn the_first_answer_has_the_beginning_of_ones_own_lists() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = app.user(&admin, "other").await;
    for user in [&admin, &other] {
        let folder = user.post("/api/folders", json!({"name": "f"})).await.body["id"].clone();
        for (title, change) in [
            ("loose", json!({})),
            ("inside", json!({"folderId": folder})),
            ("pinned", json!({"pinned": true})),
            ("away", json!({"archived": true})),
        ] {
            set(user, &chat(user, title).await, change).await;
        }
    }
    for user in [&admin, &other] {
        let start = user.get("/api/bootstrap").await.body["start"].clone();
        for (part, route) in [
            ("folders", "/api/folders"),
            ("pinned", "/api/sessions?pinned=true&limit=200"),
            ("loose", "/api/sessions?pinned=false&folder=none"),
            ("models", "/api/models"),
        ] {
            assert_eq!(start[part], user.get(route).await.body, "{route}");
        }
        assert_eq!(start["loose"]["items"].as_array().map(Vec::len), Some(1), "one's own alone: {start}");
    }
    assert!(app.nobody().get("/api/bootstrap").await.body.get("start").is_none());
}

/// Where a person's stream stands, as a new tab is told.
async fn stands(user: &TestUser) -> String {
    let mut tab = Events::open(user.request(Method::GET, "/api/events")).await;
    let hello: Value = serde_json::from_str(&tab.frame().await.expect("hello").data).expect("an event");
    hello["mark"].as_str().expect("a mark").to_owned()
}

#[tokio::test]
async fn what_happens_between_the_first_answer_and_the_stream_is_noticed() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = app.user(&admin, "other").await;
    let mine = chat(&admin, "mine").await;
    let before =
        || async { admin.get("/api/bootstrap").await.body["start"]["mark"].as_str().expect("a mark").to_owned() };
    let mark = before().await;
    chat(&other, "theirs").await;
    assert_eq!(stands(&admin).await, mark, "nothing of one's own happened");
    set(&admin, &mine, json!({"pinned": true})).await;
    assert_ne!(stands(&admin).await, mark);
    let mark = before().await;
    assert_eq!(stands(&admin).await, mark);
    let changed = admin.put("/api/settings/system/runs_per_user", json!({"value": 7})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_ne!(stands(&admin).await, mark, "everybody was told");
}
