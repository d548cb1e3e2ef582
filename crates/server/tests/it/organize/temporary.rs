//! Temporary chats: in no list, named by no model, and gone a day after their last activity.

use super::{heard, set, tab, titles};
use crate::support::TestApp;
use serde_json::{Value, json};
use server::chat::purge;
use shared::events::UserEvent;

const DAY_MS: i64 = 24 * 3600 * 1000;

#[tokio::test]
async fn a_temporary_chat_is_in_no_list_and_goes_unless_it_is_kept() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let start = |words: &'static str| {
        user.post("/api/chat", json!({"content": words, "model": "echo", "newChat": {"temporary": true}}))
    };
    let id = |body: &Value| body["sessionId"].as_str().expect("an id").to_owned();
    let (gone, kept) = (id(&start("gone").await.body), id(&start("kept").await.body));
    assert_eq!(user.get(&format!("/api/sessions/{gone}")).await.body["temporary"], true);
    set(&user, &gone, json!({"pinned": true, "tags": ["hidden"]})).await;
    for query in ["", "?pinned=true", "?archived=true", "?tag=hidden", "?folder=none"] {
        assert_eq!(titles(&user, query).await, Vec::<String>::new(), "{query}");
    }
    assert_eq!(user.get("/api/tags").await.body, json!([]));
    assert_eq!(set(&user, &kept, json!({"temporary": false})).await["temporary"], Value::Null);
    assert_eq!(titles(&user, "").await, ["kept"]);

    let now = app.app.clock.now();
    purge::forget(&app.app.runs, now - DAY_MS).await.expect("nothing is old enough");
    assert_eq!(user.messages(&gone).await.len(), 2);
    let mut tab = tab(&user).await;
    purge::forget(&app.app.runs, now + 1000).await.expect("removed");
    assert_eq!(heard(&mut tab).await, UserEvent::SessionDeleted { session_id: gone.as_str().into() });
    assert_eq!(user.get(&format!("/api/sessions/{gone}")).await.code(), "chat.not_found");
    assert_eq!(user.post(&format!("/api/sessions/{gone}/restore"), json!({})).await.status, 404);
    assert_eq!(user.messages(&kept).await.len(), 2);
}

#[tokio::test]
async fn what_is_being_written_is_not_forgotten_and_no_model_names_it() {
    let app = TestApp::new().await;
    let user = app.with_models(&["stall-after-1", "echo"]).await;
    user.put("/api/settings/system/title_model", json!({"value": "chat"})).await;
    let new = json!({"temporary": true});
    let body = json!({"content": "hi", "model": "stall-after-1", "newChat": new});
    let mut live = user.stream(body).await;
    live.until_text().await;
    let session = live.live.message.session_id.clone().expect("a chat").0;
    purge::forget(&app.app.runs, app.app.clock.now() + DAY_MS).await.expect("nothing");
    assert_eq!(user.get(&format!("/api/sessions/{session}")).await.status, 200);
    let run = live.live.run_id.clone().expect("a run").0;
    user.post(&format!("/api/chat/runs/{run}/stop"), json!({})).await;
    live.finish().await;
    user.post("/api/chat", json!({"content": "a name?", "model": "echo", "newChat": new})).await;
    let normal = user.ask("echo", "a name, please").await;
    // The one that may be named is asked about last; by then the other would have been, too.
    let asked = |words: &'static str| {
        let records = app.mock.ledger().records();
        records.iter().any(|call| call.last_user_text.contains("<person>") && call.last_user_text.contains(words))
    };
    crate::support::eventually("a model names the other chat", || async { asked("a name, please") }).await;
    assert!(!asked("a name?"), "{}", normal.session());
}
