//! Full-text search as people meet it: what is found, what never is, and in which order.

mod corpus;
mod pages;

use crate::support::{TestApp, TestUser, eventually};
use serde_json::{Value, json};
use server::clock::new_id;
use server::db::messages::{self, NewMessage};
use server::db::sessions::{self, NewSession};
use shared::chat::{NewChat, Role};
use shared::events::Status;
use shared::{MessageId, Part, SessionId, UserId};

/// What a search answers, once everything is indexed.
pub(crate) async fn search(user: &TestUser, q: &str) -> Value {
    let query: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    let path = format!("/api/search?q={query}");
    eventually("the index is up to date", || async { user.get("/api/search?q=x").await.body["pending"].is_null() })
        .await;
    let reply = user.get(&path).await;
    assert_eq!(reply.status, 200, "{q}: {}", reply.text);
    reply.body
}

/// The titles of the chats that a search finds.
pub(crate) async fn found(user: &TestUser, q: &str) -> Vec<String> {
    let items = search(user, q).await["items"].as_array().expect("a list").clone();
    items.iter().map(|item| item["session"]["title"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Writes a chat past the routes, with these messages one below the other.
pub(crate) async fn write(app: &TestApp, user: &str, title: &str, texts: &[&str]) -> SessionId {
    let (id, user) = (SessionId(new_id()), UserId(user.to_owned()));
    let tx = app.app.db.begin().await.expect("a transaction");
    let about = NewChat::default();
    let new = NewSession { id: &id, title, named: true, model: None, leaf: None, about: &about };
    sessions::insert(&tx, &user, new, app.app.clock.now()).await.expect("a chat");
    let mut parent: Option<MessageId> = None;
    for (index, text) in texts.iter().enumerate() {
        let (message, parts) = (MessageId(new_id()), [Part::text(*text)]);
        let new = NewMessage {
            id: &message,
            session: &id,
            parent: parent.as_ref(),
            role: if index % 2 == 0 { Role::User } else { Role::Assistant },
            status: Status::Completed,
            model: None,
            client_id: None,
            active_child: None,
            parts: &parts,
        };
        messages::insert(&tx, &[new], app.app.clock.now()).await.expect("a message");
        parent = Some(message);
    }
    tx.commit().await.expect("committed");
    id
}

/// A line with what was found in brackets.
fn shown(pieces: &Value) -> String {
    let pieces = pieces.as_array().cloned().unwrap_or_default();
    let piece = |piece: &Value| {
        let text = piece["text"].as_str().unwrap_or_default();
        if piece["hit"] == true { format!("[{text}]") } else { text.to_owned() }
    };
    pieces.iter().map(piece).collect()
}

#[tokio::test]
async fn words_in_several_places_of_a_chat_find_it_behind_those_that_have_them_together() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let user = admin.id.clone();
    write(&app, &user, "Hopping", &["How does a kangaroo land?", "On its trampoline of 肌腱 tendons."]).await;
    write(&app, &user, "Kangaroo diary", &["nothing here", "a trampoline"]).await;
    write(&app, &user, "Together", &["a kangaroo on a trampoline", "yes"]).await;
    write(&app, &user, "Half", &["a kangaroo alone", "no"]).await;
    let other = app.user(&admin, "other").await;
    write(&app, &other.id, "Not mine", &["a kangaroo", "its trampoline"]).await;
    assert_eq!(found(&admin, "kangaroo trampoline ").await, ["Together", "Kangaroo diary", "Hopping"]);
    assert_eq!(found(&admin, "肌腱 袋鼠 ").await, Vec::<String>::new(), "every word has to be somewhere");
    assert_eq!(found(&admin, "肌腱 kangar").await, ["Hopping"], "the beginning of a word, too");
    assert_eq!(found(&admin, "kangaroo trampoline archived:yes").await, Vec::<String>::new());
    let hit = search(&admin, "kangaroo 肌腱 ").await["items"][0].clone();
    assert_eq!(shown(&hit["message"]["snippet"]).matches('[').count(), 1, "the message that has most of them: {hit}");
    assert_eq!(found(&other, "trampoline kangaroo ").await, ["Not mine"]);
}

#[tokio::test]
async fn words_that_stand_in_hundreds_of_newer_chats_still_lead_to_the_one_that_has_both() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    write(&app, &admin.id, "the one", &["where is the walrus", "beside the lantern"]).await;
    // More than is looked at in one go, of either word.
    let (walrus, lantern) = (vec!["walrus"; 30], vec!["lantern"; 30]);
    for number in 0..20 {
        write(&app, &admin.id, &format!("walrus {number}"), &walrus).await;
        write(&app, &admin.id, &format!("lantern {number}"), &lantern).await;
    }
    assert_eq!(found(&admin, "walrus lantern").await, ["the one"]);
}

#[tokio::test]
async fn an_answer_is_found_by_its_words_and_opens_at_the_message() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["ok"]).await;
    let finished = admin.ask("ok", "如何部署人工智慧平臺？ Please explain getUserName()").await;
    let results = search(&admin, "人工 getusername ").await;
    assert_eq!(results["items"].as_array().expect("a list").len(), 1, "{results}");
    let hit = &results["items"][0];
    assert_eq!(hit["session"]["id"], json!(finished.session()));
    let question = &admin.messages(&finished.session()).await[0];
    assert_eq!(hit["message"]["id"], question["id"]);
    assert_eq!(hit["message"]["role"], "user");
    assert_eq!(shown(&hit["message"]["snippet"]), "如何部署[人工]智慧平臺？ Please explain [getUserName]()");
    assert!(!search(&admin, &finished.live.message.text()).await["items"].as_array().expect("a list").is_empty());
}

#[tokio::test]
async fn chinese_of_any_length_either_writing_and_identifiers_are_found() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    write(&app, &admin.id, "a", &["安裝簡單，資料庫連線逾時", "Running max_content_bytes in HTTPServer, C++ too"])
        .await;
    write(&app, &admin.id, "b", &["我們的天氣很好"]).await;
    for (q, titles) in [
        ("简", vec!["a"]),
        ("简单", vec!["a"]),
        ("簡單 逾时", vec!["a"]),
        ("装简", vec!["a"]),
        ("我们", vec!["b"]),
        ("的", vec!["b"]),
        ("人", vec![]),
        ("单资", vec!["a"]),
        ("简数", vec![]),
        ("runs ", vec!["a"]),
        ("contentbytes ", vec![]),
        ("content_bytes ", vec!["a"]),
        ("httpserv", vec!["a"]),
        ("server ", vec!["a"]),
        ("c++ ", vec!["a"]),
        ("\"http server\"", vec!["a"]),
        ("\"server http\"", vec![]),
        ("简单 天气", vec![]),
    ] {
        assert_eq!(found(&admin, q).await, titles, "{q}");
    }
}

#[tokio::test]
async fn titles_are_found_shown_and_followed() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let chat = write(&app, &admin.id, "Rust 生命週期", &["hello"]).await;
    let results = search(&admin, "生命周期 rust").await;
    assert_eq!(shown(&results["items"][0]["title"]), "[Rust] [生命週期]");
    assert!(results["items"][0]["message"].is_null());
    let path = format!("/api/sessions/{}", chat.as_str());
    admin.patch(&path, json!({"title": "Gardening"})).await;
    assert_eq!(found(&admin, "garden").await, ["Gardening"]);
    assert!(found(&admin, "生命").await.is_empty());
}

#[tokio::test]
async fn nobody_finds_what_is_deleted_temporary_or_anothers() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let other = app.user(&admin, "other").await;
    let secret = write(&app, &other.id, "秘密 secret", &["the secret plan 秘密", "never mind"]).await;
    for q in ["secret ", "秘密", "plan ", "folder:x", "pinned:no"] {
        assert!(found(&admin, q).await.is_empty(), "{q}");
    }
    assert_eq!(found(&other, "plan ").await.len(), 1);
    let path = format!("/api/sessions/{}", secret.as_str());
    other.delete(&path).await;
    assert!(found(&other, "plan ").await.is_empty() && found(&other, "pinned:no").await.is_empty());
    other.post(&format!("{path}/restore"), json!({})).await;
    assert_eq!(found(&other, "plan ").await.len(), 1);
    execute(&app, &format!("UPDATE sessions SET temporary = TRUE WHERE id = '{}'", secret.as_str())).await;
    assert!(found(&other, "plan ").await.is_empty() && found(&other, "秘密").await.is_empty());
    execute(&app, &format!("UPDATE sessions SET temporary = FALSE WHERE id = '{}'", secret.as_str())).await;
    assert_eq!(found(&other, "plan ").await.len(), 1, "a temporary chat that is kept");
    execute(&app, &format!("UPDATE messages SET deleted_at = 1 WHERE session_id = '{}'", secret.as_str())).await;
    assert!(found(&other, "plan ").await.is_empty());
}

#[tokio::test]
async fn an_edited_message_is_found_by_its_new_words_alone() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let chat = write(&app, &admin.id, "t", &["before the change"]).await;
    assert_eq!(found(&admin, "before ").await, ["t"]);
    let parts = serde_json::to_string(&[Part::text("behind it")]).expect("JSON");
    execute(&app, &format!("UPDATE messages SET parts = '{parts}' WHERE session_id = '{}'", chat.as_str())).await;
    assert_eq!(found(&admin, "behind ").await, ["t"]);
    assert!(found(&admin, "before ").await.is_empty());
}

#[tokio::test]
async fn a_purged_chat_leaves_nothing_in_the_index() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let chat = write(&app, &admin.id, "t", &["one two", "three"]).await;
    assert_eq!(found(&admin, "three ").await, ["t"]);
    execute(&app, &format!("DELETE FROM sessions WHERE id = '{}'", chat.as_str())).await;
    assert!(found(&admin, "three ").await.is_empty());
    for table in ["search_messages", "search_titles", "search_chats", "search_queue"] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn thoughts_and_tools_are_not_found() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let chat = write(&app, &admin.id, "t", &["visible"]).await;
    let parts =
        json!([{"kind": "reasoning", "v": 1, "text": "hidden thought"}, {"kind": "text", "v": 1, "text": "answer"}]);
    execute(&app, &format!("UPDATE messages SET parts = '{parts}' WHERE session_id = '{}'", chat.as_str())).await;
    assert_eq!(found(&admin, "answer ").await, ["t"]);
    assert!(found(&admin, "thought ").await.is_empty());
}

#[tokio::test]
async fn messages_from_before_are_indexed_by_themselves() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    write(&app, &admin.id, "old", &["ancient words"]).await;
    assert_eq!(found(&admin, "ancient ").await, ["old"]);
    // As the first start of this release finds them: nothing queued, nothing indexed.
    let (config, data_dir) = app.crash().await;
    let app = TestApp::open(config, data_dir).await;
    let again = app.login("admin").await;
    execute(&app, "DELETE FROM search_messages").await;
    assert!(found(&again, "ancient ").await.is_empty());
    execute(&app, "UPDATE search_state SET value = (SELECT MAX(seq) + 1 FROM messages) WHERE key = 'messages_below'")
        .await;
    assert_eq!(found(&again, "ancient ").await, ["old"]);
}

#[tokio::test]
async fn every_odd_input_gets_an_answer() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    write(&app, &admin.id, "t", &["a AND b * \" quoted"]).await;
    let long = "字".repeat(400);
    let words = "a ".repeat(200);
    for q in [
        "",
        " ",
        "\"",
        "\"\"",
        "*",
        "a*",
        "a AND",
        "NOT a",
        "NEAR(a b)",
        "a OR",
        "(",
        ")",
        "a:b",
        "words:a",
        "{forms}:a",
        "^a",
        "a -b",
        "\0",
        "a\0b",
        "'",
        "''",
        "\\",
        "'a':*",
        "a & b | !c",
        "<->",
        "%",
        "_",
        "tag:",
        "tag:\"",
        "before:x",
        "before:0000-00",
        "🦀",
        "\u{f0000}\u{f0001}",
        "\u{e000}",
        "\u{10ffff}",
        "after:9999 a",
        "before:1970 a",
        "tag:\0x",
        "model:%",
        &long,
        &words,
    ] {
        search(&admin, q).await;
    }
    assert_eq!(found(&admin, "a AND b ").await, ["t"], "an operator is a word like any other");
    let path = |q: &str| format!("/api/search?q={q}");
    assert_eq!(admin.get(&path(&"a".repeat(401))).await.status, 400);
    for bad in ["/api/search", "/api/search?q=a&after=x", "/api/search?q=a&after=1_2_%00", "/api/search?q=a&limit=x"] {
        assert_eq!(admin.get(bad).await.status, 400, "{bad}");
    }
}

/// Changes the database past the server, as another release might.
async fn execute(app: &TestApp, text: &str) {
    use server::db::ConnectionTrait as _;
    let tx = app.app.db.begin().await.expect("a transaction");
    tx.execute_unprepared(text).await.expect("done");
    tx.commit().await.expect("committed");
}

/// How many rows a table has.
async fn count(app: &TestApp, table: &str) -> i64 {
    use server::db::ConnectionTrait as _;
    let db = app.app.db.read();
    let text = format!("SELECT COUNT(*) AS count FROM {table}");
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), text);
    db.query_one_raw(statement).await.expect("an answer").expect("a row").try_get("", "count").expect("a number")
}
