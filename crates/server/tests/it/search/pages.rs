//! Order, pages and filters of a search.

use super::{execute, found, search, write};
use crate::support::{TestApp, TestUser};
use serde_json::{Value, json};

/// All titles of a search, page by page.
async fn pages(user: &TestUser, q: &str, limit: usize) -> Vec<Vec<String>> {
    search(user, q).await;
    let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    let (mut pages, mut after) = (Vec::new(), String::new());
    loop {
        let reply = user.get(&format!("/api/search?q={q}&limit={limit}{after}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let items = reply.body["items"].as_array().expect("a list");
        pages.push(items.iter().map(|item| item["session"]["title"].as_str().unwrap_or("").to_owned()).collect());
        match &reply.body["next"] {
            Value::String(next) => after = format!("&after={next}"),
            _ => return pages,
        }
    }
}

#[tokio::test]
async fn the_newest_comes_first_and_a_chat_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for number in 0..7 {
        let texts: Vec<&str> = std::iter::repeat_n("的 apple", 5 + number).collect();
        write(&app, &admin.id, &format!("chat {number}"), &texts).await;
        app.app.clock.shift(1000);
    }
    write(&app, &admin.id, "apple pie", &["other"]).await;
    let wanted = ["apple pie", "chat 6", "chat 5", "chat 4", "chat 3", "chat 2", "chat 1", "chat 0"];
    assert_eq!(found(&admin, "apple ").await, wanted);
    for limit in [1, 2, 3, 8, 20] {
        let pages = pages(&admin, "apple ", limit).await;
        assert!(pages.iter().all(|page| page.len() <= limit && !page.is_empty()), "{pages:?}");
        assert_eq!(pages.concat(), wanted, "pages of {limit}");
    }
    assert_eq!(pages(&admin, "的", 3).await.concat(), wanted[1..]);
    assert_eq!(pages(&admin, "archived:no", 3).await.concat(), wanted);
}

#[tokio::test]
async fn filters_narrow_with_words_and_without() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let work = write(&app, &admin.id, "work", &["the apple report"]).await;
    let home = write(&app, &admin.id, "home", &["an apple cake"]).await;
    let (work, home) = (work.as_str(), home.as_str());
    for statement in [
        format!("INSERT INTO session_tags (session_id, tag) VALUES ('{work}', 'Big Job'), ('{work}', '工作')"),
        format!(
            "INSERT INTO folders (id, user_id, name, position, created_at) VALUES ('f', '{}', 'Küche', 0, 0)",
            admin.id
        ),
        format!("UPDATE sessions SET folder_id = 'f', archived_at = 5 WHERE id = '{home}'"),
        format!("UPDATE sessions SET pinned_at = 5 WHERE id = '{work}'"),
        format!("UPDATE messages SET created_at = 1600000000000 WHERE session_id = '{work}'"),
        format!("UPDATE sessions SET created_at = 1600000000000, last_activity_at = 1600000000000 WHERE id = '{work}'"),
        // What the triggers do where text changes: the month is part of the index.
        format!("INSERT INTO search_queue (message_seq) SELECT seq FROM messages WHERE session_id = '{work}'"),
    ] {
        execute(&app, &statement).await;
    }
    for (filter, title) in [
        ("tag:\"big job\"", "work"),
        ("标签:工作", "work"),
        ("folder:Küche", "home"),
        ("pinned:yes", "work"),
        ("置顶：否", "home"),
        ("archived:yes", "home"),
        ("归档:否", "work"),
        ("before:2021", "work"),
        ("after:2021", "home"),
        ("after:2020-09 before:2020-10", "work"),
    ] {
        assert_eq!(found(&admin, filter).await, [title], "{filter}");
        assert_eq!(found(&admin, &format!("{filter} apple")).await, [title], "{filter} apple");
        assert_eq!(found(&admin, &format!("{title} {filter}")).await, [title], "the title with {filter}");
        assert!(found(&admin, &format!("{filter} banana")).await.is_empty(), "{filter} banana");
    }
    let tags = search(&admin, "tag:工作").await["items"][0]["session"]["tags"].clone();
    assert_eq!(tags, json!(["Big Job", "工作"]));
    for nothing in ["tag:other apple", "folder:f", "before:2020-09 apple", "pinned:yes archived:yes"] {
        assert!(found(&admin, nothing).await.is_empty(), "{nothing}");
    }
}

#[tokio::test]
async fn what_can_be_left_out_is_said_where_nothing_was_found() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    write(&app, &admin.id, "t", &["apple cake"]).await;
    let results = search(&admin, "apple tag:none ").await;
    assert_eq!((&results["items"], &results["without"]), (&json!([]), &json!(["tag:none"])));
    assert!(search(&admin, "apple banana tag:none ").await["without"].is_null());
    assert!(search(&admin, "apple cake ").await["without"].is_null());
}
