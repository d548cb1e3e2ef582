//! Pages of long chats, in both directions and around any message.

use crate::support::{TestApp, TestUser};
use serde_json::{Value, json};
use server::clock::new_id;
use server::db::messages::{self, NewMessage};
use server::db::sessions;
use shared::chat::Role;
use shared::events::Status;
use shared::{MessageId, Part, SessionId};

/// How many rows go into one statement.
const BATCH: usize = 500;

/// Puts a chat with so many messages into the database, and gives their ids in reading order.
async fn long_chat(app: &TestApp, user: &TestUser, length: usize) -> (String, Vec<MessageId>) {
    let session = SessionId(
        user.post("/api/sessions", json!({"title": "long"})).await.body["id"].as_str().expect("an id").into(),
    );
    let ids: Vec<MessageId> = (0..length).map(|_| MessageId(new_id())).collect();
    let texts: Vec<Vec<Part>> = (0..length).map(|at| vec![Part::text(format!("message {at}"))]).collect();
    let tx = app.app.db.begin().await.expect("a transaction");
    let all: Vec<usize> = (0..length).collect();
    for batch in all.chunks(BATCH) {
        let new = |at: &usize| NewMessage {
            id: &ids[*at],
            session: &session,
            parent: at.checked_sub(1).map(|above| &ids[above]),
            role: if at.is_multiple_of(2) { Role::User } else { Role::Assistant },
            status: Status::Completed,
            model: None,
            client_id: None,
            active_child: ids.get(at + 1),
            parts: &texts[*at],
        };
        let rows: Vec<NewMessage<'_>> = batch.iter().map(new).collect();
        messages::insert(&tx, &rows, 1_000).await.expect("messages");
    }
    sessions::show(&tx, &session, Some(&ids[length - 1])).await.expect("the end");
    tx.commit().await.expect("committed");
    (session.0, ids)
}

async fn page(user: &TestUser, session: &str, query: &str) -> Value {
    let reply = user.get(&format!("/api/sessions/{session}/messages?{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("a list").iter().filter_map(|message| message["id"].as_str()).collect()
}

fn cursor<'a>(page: &'a Value, name: &str) -> Option<&'a str> {
    page[name].as_str()
}

/// Goes on with one cursor until there is no more, and counts what it passed.
async fn walk(user: &TestUser, session: &str, start: &str, name: &str, parameter: &str) -> Vec<String> {
    let (mut query, mut seen) = (start.to_owned(), Vec::new());
    loop {
        let page = page(user, session, &query).await;
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(cursor) = cursor(&page, name) else { return seen };
        query = format!("{parameter}={cursor}&limit=200");
    }
}

#[tokio::test]
async fn pages_lead_through_a_chat_in_both_directions() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let (session, all) = long_chat(&app, &user, 901).await;
    let mut wanted: Vec<&str> = all.iter().map(MessageId::as_str).collect();
    let downwards = walk(&user, &session, "oldest=true&limit=200", "previous", "before").await;
    assert_eq!(downwards, wanted, "from the beginning");
    let mut upwards = walk(&user, &session, "limit=200", "next", "after").await;
    upwards.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(upwards, wanted, "from the end");
}

#[tokio::test]
async fn a_page_around_a_message_has_it_in_the_middle_and_says_what_is_beyond() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let (session, all) = long_chat(&app, &user, 101).await;
    let around = |at: usize| format!("around={}&limit=20", all[at]);
    let middle = page(&user, &session, &around(50)).await;
    let expected: Vec<&str> = all[40..=60].iter().map(MessageId::as_str).collect();
    assert_eq!(ids(&middle), expected);
    assert_eq!(
        (cursor(&middle, "next"), cursor(&middle, "previous")),
        (Some(all[40].as_str()), Some(all[60].as_str()))
    );
    assert!(middle.get("hiddenBranch").is_none(), "it is on the path that is shown");
    let first = page(&user, &session, &around(0)).await;
    assert_eq!((ids(&first)[0], cursor(&first, "next")), (all[0].as_str(), None));
    let last = page(&user, &session, &around(100)).await;
    assert_eq!((ids(&last).last().copied(), cursor(&last, "previous")), (Some(all[100].as_str()), None));
    let older = page(&user, &session, &format!("after={}&limit=20", all[40])).await;
    assert_eq!(cursor(&older, "previous"), Some(all[39].as_str()), "from there it goes down again");
}

#[tokio::test]
async fn a_page_around_a_message_of_another_branch_stays_right_when_that_branch_is_shown() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    let first = user.post("/api/chat", json!({"content": "one", "model": "echo"})).await.body;
    let session = first["sessionId"].as_str().expect("an id");
    let hidden = user.post("/api/chat", json!({"sessionId": session, "content": "two"})).await.body;
    let edited = json!({"sessionId": session, "content": "two, edited", "parentId": first["messageId"]});
    user.post("/api/chat", edited).await;
    let question = hidden["userMessageId"].as_str().expect("an id");
    let before = page(&user, session, &format!("around={question}")).await;
    assert_eq!(before["hiddenBranch"], true);
    assert_eq!(ids(&before).last().copied(), hidden["messageId"].as_str());
    assert_eq!(user.patch(&format!("/api/sessions/{session}"), json!({"activeMessageId": question})).await.status, 200);
    let shown = page(&user, session, "").await;
    assert_eq!(ids(&shown), ids(&before));
    assert!(page(&user, session, &format!("around={question}")).await.get("hiddenBranch").is_none());
    let started_over =
        user.post("/api/chat", json!({"sessionId": session, "content": "again", "parentId": null})).await;
    let oldest = page(&user, session, "oldest=true").await;
    assert_eq!(cursor(&oldest, "next"), None);
    assert_eq!(ids(&oldest)[0], started_over.body["userMessageId"], "the beginning of the path that is shown");
}

#[tokio::test]
async fn a_page_begins_at_no_message_of_another_chat_or_person() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    let (session, all) = long_chat(&app, &admin, 4).await;
    let (own, _) = long_chat(&app, &bob, 4).await;
    let (other, _) = long_chat(&app, &admin, 4).await;
    for name in ["after", "before", "around"] {
        let query = format!("messages?{name}={}", all[1]);
        let foreign = bob.get(&format!("/api/sessions/{session}/{query}")).await;
        assert_eq!((foreign.status, foreign.code()), (404, "chat.not_found"), "{name}");
        for (person, chat) in [(&bob, &own), (&admin, &other)] {
            let elsewhere = person.get(&format!("/api/sessions/{chat}/{query}")).await;
            assert_eq!((elsewhere.status, elsewhere.code()), (404, "message.not_found"), "{name}");
        }
    }
    let both = admin.get(&format!("/api/sessions/{session}/messages?before={}&after={}", all[1], all[2])).await;
    assert_eq!(both.status, 400, "one direction at a time");
}

#[tokio::test]
async fn a_page_of_a_chat_of_ten_thousand_messages_is_a_page() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let (session, all) = long_chat(&app, &user, 10_000).await;
    for query in [
        "limit=40".to_owned(),
        format!("around={}&limit=40", all[20]),
        format!("before={}&limit=40", all[5_000]),
        "oldest=true&limit=40".to_owned(),
    ] {
        let page = page(&user, &session, &query).await;
        assert!((40..=41).contains(&ids(&page).len()), "{query}");
    }
}
