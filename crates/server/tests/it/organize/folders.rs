//! Folders: their order, their chats, and what models are told in them.

use super::{chat, heard, set, tab, titles};
use crate::recorder::{Recorder, Reply};
use crate::support::{TestApp, TestUser, eventually};
use serde_json::{Value, json};
use shared::events::UserEvent;

async fn folder(user: &TestUser, name: &str) -> String {
    let reply = user.post("/api/folders", json!({"name": name})).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body["id"].as_str().expect("an id").to_owned()
}

async fn names(user: &TestUser) -> Vec<String> {
    let body = user.get("/api/folders").await.body;
    let name = |folder: &Value| folder["name"].as_str().expect("a name").to_owned();
    body.as_array().expect("a list").iter().map(name).collect()
}

#[tokio::test]
async fn folders_stand_in_the_order_that_the_person_gives_them() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = app.user(&admin, "other").await;
    let (a, b, c) = (folder(&admin, " a ").await, folder(&admin, "b").await, folder(&admin, "c").await);
    let theirs = folder(&other, "theirs").await;
    let mut tab = tab(&admin).await;
    let moved = admin.patch(&format!("/api/folders/{c}"), json!({"before": a, "name": "C"})).await;
    assert_eq!((moved.status, &moved.body["name"]), (200, &json!("C")));
    assert_eq!(heard(&mut tab).await, UserEvent::FoldersChanged);
    assert_eq!(names(&admin).await, ["C", "a", "b"]);
    admin.patch(&format!("/api/folders/{c}"), json!({"before": null})).await;
    assert_eq!(names(&admin).await, ["a", "b", "C"]);
    admin.patch(&format!("/api/folders/{b}"), json!({"before": b})).await;
    admin.patch(&format!("/api/folders/{b}"), json!({"instructions": "Be brief."})).await;
    assert_eq!(names(&admin).await, ["a", "b", "C"]);
    let refused = admin.patch(&format!("/api/folders/{a}"), json!({"before": theirs, "name": "lost"})).await;
    assert_eq!((refused.status, refused.code()), (404, "folder.not_found"));
    assert_eq!(names(&admin).await, ["a", "b", "C"], "all of a change, or nothing");
    for body in [json!({"name": " "}), json!({"name": "字".repeat(101)}), json!({"name": "x", "colour": "red"})] {
        assert_eq!(admin.post("/api/folders", body).await.code(), "request.invalid");
    }
    for number in 3..200 {
        folder(&admin, &number.to_string()).await;
    }
    let refused = admin.post("/api/folders", json!({"name": "one more"})).await;
    assert_eq!((refused.status, refused.code()), (409, "folder.limit"));
}

#[tokio::test]
async fn a_folder_names_its_chats_in_which_something_goes_on() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo", "stall-after-4"]).await;
    let (work, home) = (folder(&user, "work").await, folder(&user, "home").await);
    let body = |model: &str, folder: &str| json!({"content": "hi", "model": model, "newChat": {"folderId": folder}});
    let answered = user.post("/api/chat", body("echo", &work)).await.body["sessionId"].clone();
    let archived = user.post("/api/chat", body("echo", &work)).await.body["sessionId"].clone();
    set(&user, archived.as_str().expect("an id"), json!({"archived": true})).await;
    let run = user.post("/api/chat/runs", body("stall-after-4", &home)).await.body;
    let news = |folder: &Value| json!([folder["unread"], folder["running"]]);
    let expected = [json!([[answered], null]), json!([null, [run["sessionId"]]])];
    for place in ["/api/folders", "/api/bootstrap"] {
        let body = user.get(place).await.body;
        let all = body.as_array().or(body["start"]["folders"].as_array()).expect("folders").clone();
        assert_eq!(all.iter().map(news).collect::<Vec<_>>(), expected, "{place}");
    }
    let renamed = user.patch(&format!("/api/folders/{work}"), json!({"name": "Work"})).await.body;
    assert_eq!(news(&renamed), expected[0], "a change of the folder tells the same");
    set(&user, answered.as_str().expect("an id"), json!({"unread": false})).await;
    let stop = format!("/api/chat/runs/{}/stop", run["runId"].as_str().expect("an id"));
    assert!(user.post(&stop, json!({})).await.status < 300);
    eventually("the stopped answer is no more than unread", || async {
        let body = user.get("/api/folders").await.body;
        body.as_array().expect("a list").iter().map(news).collect::<Vec<_>>()
            == [json!([null, null]), json!([[run["sessionId"]], null])]
    })
    .await;
    let other = app.user(&user, "other").await;
    assert_eq!(other.get("/api/folders").await.body, json!([]));
}

#[tokio::test]
async fn a_folder_goes_without_its_chats() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let id = folder(&user, "f").await;
    let (inside, archived) = (chat(&user, "inside").await, chat(&user, "archived").await);
    chat(&user, "outside").await;
    set(&user, &inside, json!({"folderId": id})).await;
    set(&user, &archived, json!({"folderId": id, "archived": true})).await;
    assert_eq!(titles(&user, &format!("?folder={id}")).await, ["inside"]);
    assert_eq!(titles(&user, "?folder=none").await, ["outside"]);
    let mut tab = tab(&user).await;
    assert_eq!(user.delete(&format!("/api/folders/{id}")).await.status, 204);
    assert_eq!(heard(&mut tab).await, UserEvent::FoldersChanged);
    for _ in 0..2 {
        let UserEvent::SessionChanged { session } = heard(&mut tab).await else { panic!("another event") };
        assert_eq!(session.folder_id, None);
    }
    assert_eq!(titles(&user, "?folder=none").await, ["outside", "inside"]);
    assert_eq!(titles(&user, "?archived=true").await, ["archived"]);
    assert_eq!(user.delete(&format!("/api/folders/{id}")).await.code(), "folder.not_found");
}

#[tokio::test]
async fn a_folder_is_told_before_its_chat_and_parameters_of_the_chat_win() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let provider = Recorder::start(|_| Reply::says("An answer.")).await;
    provider.connect(&admin, "one", &["m-1"]).await;
    let model = admin.get("/api/catalog").await.body["items"][0]["id"].as_str().expect("an id").to_owned();
    let set_by_admin = json!({"overrides": {"parameters": {"temperature": 1.0, "topP": 0.9}}});
    assert_eq!(admin.patch(&format!("/api/catalog/{model}"), set_by_admin).await.status, 200);
    let id = folder(&admin, "f").await;
    admin.patch(&format!("/api/folders/{id}"), json!({"instructions": "Name {{user}}'s sources."})).await;
    let new = json!({"folderId": id, "instructions": " Speak Latin. ", "parameters": {"temperature": 0.25}});
    let body = json!({"content": "First?", "model": "m-1", "newChat": new, "clientMessageId": "c-1"});
    let first = admin.post("/api/chat", body.clone()).await.body;
    let session = first["sessionId"].as_str().expect("an id").to_owned();
    let stored = admin.get(&format!("/api/sessions/{session}")).await.body;
    assert_eq!((&stored["folderId"], &stored["instructions"]), (&json!(id), &json!("Speak Latin.")));
    admin.post("/api/chat", json!({"sessionId": session, "content": "Second?"})).await;
    for asked in provider.asked() {
        let system = asked.messages()[0]["content"].as_str().expect("text").to_owned();
        let places = ["Name admin's sources.", "Speak Latin.", "the later ones win"].map(|text| system.find(text));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{system}");
        assert_eq!((&asked.body["temperature"], &asked.body["top_p"]), (&json!(0.25), &json!(0.9)));
    }
    let used =
        |user: TestUser, path: String| async move { user.get(&path).await.body["used"].as_u64().expect("tokens") };
    let path = format!("/api/sessions/{session}/context");
    let before = used(admin.clone(), path.clone()).await;
    admin.patch(&format!("/api/folders/{id}"), json!({"instructions": "A long wish. ".repeat(50)})).await;
    assert!(used(admin.clone(), path).await > before + 50, "the gauge counts what the folder says");
    // The same message again is the same; in another chat it is another.
    let again = admin.post("/api/chat", body.clone()).await.body;
    assert_eq!(again["runId"], first["runId"]);
    let mut other = body;
    other["newChat"]["temporary"] = json!(true);
    assert_eq!(admin.post("/api/chat", other).await.code(), "message.client_id");
    let refused = json!({"sessionId": session, "content": "x", "newChat": {}});
    assert_eq!(admin.post("/api/chat", refused).await.code(), "request.invalid");
    let refused = json!({"content": "x", "newChat": {"parameters": {"topP": 2.0}}});
    assert_eq!(admin.post("/api/chat", refused).await.code(), "request.invalid");
}
