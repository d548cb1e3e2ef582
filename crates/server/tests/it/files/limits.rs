//! How much may come: in one body, from one person, and what is left when it breaks off.

use super::{picture, stored, text, used};
use crate::support::{TestApp, TestUser, eventually};
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Begins an upload by hand: the head, with what it says of the body.
fn begin(app: &TestApp, user: &TestUser, says: &str) -> TcpStream {
    begin_at(app, user, "POST /api/files?name=a.txt", says)
}

fn begin_at(app: &TestApp, user: &TestUser, line: &str, says: &str) -> TcpStream {
    let host = app.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("a connection");
    stream.set_read_timeout(Some(crate::support::PATIENCE)).expect("set");
    let token = user.token.as_deref().expect("signed in");
    let head = format!("{line} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{says}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("sent");
    stream
}

/// What the server says, as far as it comes.
fn answer(mut stream: TcpStream) -> String {
    let mut said = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        said.extend_from_slice(&piece[..read]);
        if said.ends_with(b"}") {
            break;
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

fn nothing_is_left(app: &TestApp) -> bool {
    stored(app).is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_announces_too_much_is_refused_before_it_comes() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let said = answer(begin(&app, &user, &format!("Content-Length: {}", (50 << 20) + 1)));
    assert!(said.starts_with("HTTP/1.1 413") && said.contains("file.too_large") && said.contains("50 MiB"), "{said}");
    assert!(nothing_is_left(&app));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_face_has_a_limit_of_its_own() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let said = answer(begin_at(&app, &user, "PUT /api/auth/me/avatar", &format!("Content-Length: {}", (10 << 20) + 1)));
    assert!(said.starts_with("HTTP/1.1 413") && said.contains("file.too_large") && said.contains("10 MiB"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_begins_upload_after_upload_is_told_to_wait() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let begun: Vec<_> = (0..44).map(|_| begin(&app, &user, "Content-Length: 1000000")).collect();
    let said = async || {
        let reply = user.upload("b.txt", "words").await;
        (reply.status, reply.code().to_owned())
    };
    // Each is in its place a moment after its head was sent, and this one may come before the last of them.
    let refused = (429, "file.busy".to_owned());
    let (other, admin) = (app.user(&user, "other").await, &user);
    let waiting = tokio::time::timeout(crate::support::PATIENCE, async {
        while tokio::time::timeout(std::time::Duration::from_millis(200), said()).await.ok().as_ref() != Some(&refused)
        {
        }
    });
    waiting.await.expect("is refused");
    assert_eq!(other.upload("c.txt", "words").await.status, 201, "others do not wait for them");
    drop(begun);
    eventually("there is room again", || async { admin.upload("d.txt", "words").await.status < 300 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_body_is_cut_at_the_limit() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let mut stream = begin(&app, &user, "Transfer-Encoding: chunked");
    let piece = [&b"100000\r\n"[..], &vec![b'x'; 1 << 20], b"\r\n"].concat();
    // It has no end, and yet there is an answer.
    (0..51).for_each(|_| stream.write_all(&piece).expect("taken or thrown away"));
    let said = answer(stream);
    assert!(said.starts_with("HTTP/1.1 413") && said.contains("file.too_large"), "{said}");
    eventually("nothing of it is left", || async { nothing_is_left(&app) }).await;
    assert_eq!(used(&user).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_nothing_behind() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    let mut stream = begin(&app, &user, "Content-Length: 1000000");
    stream.write_all(&[b'x'; 100_000]).expect("sent");
    eventually("some of it has come", || async { !stored(&app).is_empty() }).await;
    drop(stream);
    eventually("nothing of it is left", || async { nothing_is_left(&app) }).await;
    assert_eq!(used(&user).await, 0);
}

#[tokio::test]
async fn a_full_room_is_said_with_its_size_and_deleting_makes_room() {
    let app = TestApp::new().await;
    let user = app.admin().await;
    user.put("/api/settings/system/file_quota_mib", json!({"value": 1})).await;
    let first = user.upload("a.txt", "a".repeat(700_000)).await;
    assert_eq!(user.get("/api/files/usage").await.body, json!({"used": 700_000, "quota": 1 << 20}));
    let refused = user.upload("b.txt", "b".repeat(700_000)).await;
    assert_eq!(
        (refused.status, refused.code(), &refused.body["params"]["limit"]),
        (413, "file.quota", &json!("1 MiB"))
    );
    assert_eq!(user.upload("c.png", picture(20, 20)).await.status, 201, "what fits is taken");
    assert_eq!(user.delete(&super::address(&super::id(&first))).await.status, 204);
    assert_eq!(user.upload("b.txt", "b".repeat(700_000)).await.status, 201);
    user.put("/api/settings/system/file_quota_mib", json!({"value": 0})).await;
    assert_eq!(user.upload("d.txt", "d").await.code(), "file.quota");
}

#[tokio::test]
async fn deleting_a_chat_makes_room_and_sending_and_deleting_again_and_again_does_not() {
    let app = TestApp::new().await;
    let user = app.with_models(&["echo"]).await;
    user.put("/api/settings/system/file_quota_mib", json!({"value": 1})).await;
    let send = async |letter: &str| {
        let file = super::id(&user.upload(letter, letter.repeat(700_000)).await);
        let chat = user.ask("echo", "hi").await;
        super::hold(&app, &file, &chat.message()).await;
        (file, format!("/api/sessions/{}", chat.session()))
    };
    let (first, chat) = send("a").await;
    assert_eq!(user.delete(&super::address(&first)).await.code(), "file.in_use");
    assert_eq!((user.delete(&chat).await.status, used(&user).await), (204, 0));
    let (_, other) = send("b").await;
    assert_eq!(user.delete(&other).await.status, 204);
    assert_eq!(used(&user).await, 1_400_000 - (1 << 20), "as far as they pass the room themselves");
    assert_eq!(user.upload("c", "c".repeat(700_000)).await.code(), "file.quota");
    assert_eq!(user.delete(&super::address(&first)).await.status, 204, "as its hint says");
    assert_eq!(used(&user).await, 0);
    assert_eq!(user.post(&format!("{chat}/restore"), json!({})).await.status, 200, "without its file");
}

#[tokio::test]
async fn uploads_at_the_same_moment_do_not_pass_the_quota_together() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    admin.put("/api/settings/system/file_quota_mib", json!({"value": 1})).await;
    let user = app.user(&admin, "owner").await;
    let uploads = (0..8).map(|at| {
        let (user, body) = (user.clone(), at.to_string().repeat(400_000));
        tokio::spawn(async move { user.upload(&format!("{at}.txt"), body).await })
    });
    let mut taken = 0;
    for upload in uploads.collect::<Vec<_>>() {
        let reply = upload.await.expect("ended");
        match reply.status {
            201 => taken += 1,
            _ => assert_eq!((reply.status, reply.code()), (413, "file.quota"), "{}", reply.text),
        }
    }
    assert!(taken <= 2, "{taken} of 400 kB each went into 1 MiB");
    assert_eq!(used(&user).await, taken * 400_000);
    assert_eq!(user.upload("small.txt", "small").await.status, 201, "what was on its way counts no more");
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_stored_and_nothing_is_left() {
    use server::db::ConnectionTrait as _;
    let app = TestApp::new().await;
    if app.app.db.is_postgres() {
        // Another machine's disk: the error classes are covered by unit tests.
        return;
    }
    let user = app.admin().await;
    let limit = async |pragma: &str| {
        let tx = app.app.db.begin().await.expect("a transaction");
        tx.execute_unprepared(pragma).await.expect("the limit is set");
        tx.commit().await.expect("committed");
    };
    limit("PRAGMA max_page_count = 1").await;
    let mut refused = 0;
    for at in 0..200 {
        let name = format!("{at} {}.txt", "x".repeat(180));
        let reply = user.upload(&name, format!("words {at}")).await;
        if reply.status == 507 {
            assert_eq!(reply.code(), "storage.full");
            refused += 1;
            break;
        }
    }
    assert_eq!(refused, 1, "the database is full at last");
    limit("PRAGMA max_page_count = 1073741823").await;
    let before = stored(&app).len();
    let reply = user.upload("later.txt", "there is room again").await;
    assert_eq!((reply.status, text(&reply.body, "name")), (201, "later.txt"));
    assert_eq!(
        stored(&app).len(),
        before + 1,
        "words and text are the same bytes, and of the refused one none is left"
    );
}
