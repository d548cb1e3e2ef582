//! Changes that meet: somebody hangs up amid one, two people make one each, two servers start together.

use crate::support::{PASSWORD, TestApp, anybody, eventually};
use serde_json::json;
use server::audit::Actor;
use server::catalog::Scope;
use server::config::LlmEnv;
use server::db;
use shared::ConnectionId;
use shared::connections::UpdateConnection;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Polls so many times, then lets go, as the server does when the caller hangs up. None when it was too soon.
async fn hang_up_after<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut left) = (pin!(work), polls);
    poll_fn(|context| {
        left -= 1;
        match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// More awaits than any change has.
const ALL_POLLS: usize = 200;

#[tokio::test]
async fn a_setting_whose_caller_hung_up_is_in_force_exactly_when_it_is_stored() {
    let app = TestApp::new().await;
    let settings = &app.app.settings;
    for polls in 1.. {
        assert!(polls < ALL_POLLS, "it never ends");
        let by = Actor::command_line();
        let done = hang_up_after(polls, settings.set("brand_name", json!(format!("Name {polls}")), &by)).await;
        eventually("what is stored is in force", || async {
            let rows = db::settings::all(app.app.db.read()).await.expect("rows");
            let stored = rows.iter().find(|row| row.key == "brand_name").map(|row| row.value.clone());
            stored.unwrap_or_else(|| json!("AIChat")) == json!(settings.branding().name)
        })
        .await;
        if let Some(done) = done {
            assert!(done.is_ok() && polls > 1, "{polls} polls");
            return;
        }
    }
}

#[tokio::test]
async fn a_connection_whose_caller_hung_up_is_in_force_exactly_when_it_is_stored() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let list = admin.get("/api/connections").await.body;
    let id = ConnectionId::from(list["items"][0]["id"].as_str().expect("an id"));
    for polls in 1.. {
        assert!(polls < ALL_POLLS, "it never ends");
        let change = UpdateConnection { name: Some(format!("name {polls}")), ..UpdateConnection::default() };
        let by = Actor::command_line();
        let done = hang_up_after(polls, app.app.catalog.update(&Scope::Everybody, &by, &id, change)).await;
        eventually("what is stored is in force", || async {
            let stored = db::connections::all(app.app.db.read()).await.expect("rows")[0].about.name.clone();
            stored == app.app.catalog.resolve(Some("echo"), &anybody()).expect("the model").routes[0].connection
        })
        .await;
        if let Some(done) = done {
            assert!(done.is_ok() && polls > 1, "{polls} polls");
            return;
        }
    }
}

#[tokio::test]
async fn a_chat_whose_caller_hung_up_amid_its_deletion_is_not_written_on_unseen() {
    let app = TestApp::new().await;
    let user = app.with_models(&["stall-after-1"]).await;
    user.put("/api/settings/system/runs_per_user", json!({"value": 1000})).await;
    let owner = user.id.as_str().into();
    for polls in 1.. {
        assert!(polls < ALL_POLLS, "it never ends");
        let started = user.post("/api/chat/runs", json!({"content": "hi", "model": "stall-after-1"})).await.body;
        let id = |name: &str| started[name].as_str().expect("an id").to_owned();
        let (session, run) = (id("sessionId").as_str().into(), id("runId").as_str().into());
        let done = hang_up_after(polls, app.app.runs.delete_chat(&owner, &session)).await;
        eventually("what is deleted is stopped", || async {
            let there = db::sessions::get(app.app.db.read(), &owner, &session).await.expect("read").is_some();
            there || app.app.runs.live(&owner, &run).is_none()
        })
        .await;
        if let Some(done) = done {
            assert!(done.is_ok() && polls > 1, "{polls} polls");
            return;
        }
    }
}

#[tokio::test]
async fn servers_that_first_start_together_share_the_connection_of_the_variables() {
    let before = TestApp::new().await;
    if !before.app.db.is_postgres() {
        // No other server can be on a SQLite file.
        return;
    }
    let engine = before.config().engine;
    let start = || {
        TestApp::with(|config| {
            config.engine = engine.clone();
            let url = Some("http://127.0.0.1:9/v1".to_owned());
            config.llm = LlmEnv { url, model: Some("echo".to_owned()), key: None };
        })
    };
    let (one, two, three) = tokio::join!(start(), start(), start());
    let rows = db::connections::all(before.app.db.read()).await.expect("rows");
    assert_eq!(rows.len(), 1, "{rows:?}");
    for server in [&one, &two, &three] {
        assert_eq!(
            server.app.catalog.resolve(None, &anybody()).expect("the model").routes[0].connection_id,
            rows[0].id
        );
    }
}

/// A provider with one model that answers each request when it is told to.
struct SlowProvider {
    listener: TcpListener,
    url: String,
}

impl SlowProvider {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        Self { listener, url }
    }

    /// Takes one request, says so, and answers once `meanwhile` is over.
    async fn answer_after(&self, meanwhile: impl Future<Output = ()>) {
        let (mut socket, _) = self.listener.accept().await.expect("a request");
        let mut asked = vec![0; 4096];
        assert!(socket.read(&mut asked).await.expect("a head") > 0);
        meanwhile.await;
        let body = r#"{"data":[{"id":"listed"}]}"#;
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n");
        let answer = format!("{head}connection: close\r\n\r\n{body}");
        socket.write_all(answer.as_bytes()).await.expect("written");
        // Closing with unread bytes could take the answer back.
        while socket.read(&mut asked).await.is_ok_and(|read| read > 0) {}
    }
}

#[tokio::test]
async fn a_change_made_while_another_one_looks_at_its_address_is_not_undone() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let slow = SlowProvider::start().await;
    let new = json!({"name": "before", "baseUrl": slow.url, "models": ["chosen"]});
    let (created, ()) = tokio::join!(admin.post("/api/connections", new), slow.answer_after(async {}));
    assert_eq!(created.status, 201, "{}", created.text);
    let path = format!("/api/connections/{}", created.body["id"].as_str().expect("an id"));

    let meanwhile = async {
        let reply = admin.patch(&path, json!({"name": "after", "enabled": false})).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    };
    let given = json!({"key": "sk-new-0123456789"});
    let (changed, ()) = tokio::join!(admin.patch(&path, given), slow.answer_after(meanwhile));
    assert_eq!(changed.status, 200, "{}", changed.text);
    let shown = &changed.body;
    assert_eq!((&shown["name"], &shown["enabled"]), (&json!("after"), &json!(false)));
    assert_eq!((&shown["hasKey"], &shown["models"]), (&json!(true), &json!(["chosen"])));
}

#[tokio::test]
async fn a_key_for_an_address_that_changed_meanwhile_goes_nowhere() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let slow = SlowProvider::start().await;
    let new = json!({"name": "one", "baseUrl": slow.url, "models": ["chosen"]});
    let (created, ()) = tokio::join!(admin.post("/api/connections", new), slow.answer_after(async {}));
    let path = format!("/api/connections/{}", created.body["id"].as_str().expect("an id"));

    let meanwhile = async {
        let reply = admin.patch(&path, json!({"baseUrl": "http://127.0.0.1:9/v1"})).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    };
    let given = json!({"key": "sk-new-0123456789"});
    let (refused, ()) = tokio::join!(admin.patch(&path, given), slow.answer_after(meanwhile));
    assert_eq!((refused.status, refused.code()), (409, "connection.changed"), "{}", refused.text);
    let shown = &admin.get("/api/connections").await.body["items"][0];
    assert_eq!((&shown["baseUrl"], &shown["hasKey"]), (&json!("http://127.0.0.1:9/v1"), &json!(false)));
}

#[tokio::test]
async fn a_sign_in_with_the_old_password_does_not_outlive_its_change() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let change = app.app.db.begin().await.expect("a transaction");
    db::engine::lock_key(&change, &admin.id).await.expect("the turn");
    db::users::set_password(&change, &admin.id.as_str().into(), "another hash", false).await.expect("written");

    let nobody = app.nobody();
    let sign_in = tokio::spawn(async move {
        let body = json!({"username": "admin", "password": PASSWORD, "tokens": true});
        nobody.post("/api/auth/login", body).await
    });
    // Long enough to come to the account; a sign-in that waits for its turn is still there then.
    tokio::time::sleep(Duration::from_millis(500)).await;
    change.commit().await.expect("committed");
    let reply = sign_in.await.expect("an answer");
    assert_eq!((reply.status, reply.code()), (401, "auth.credentials"), "{}", reply.text);
}
