//! The log as administrators follow it, how much is written, and the files that hold it.

use crate::program::{Folder, Program};
use crate::support::{Events, PASSWORD, TestApp, TestUser};
use crate::tap;
use mock_llm::{MockLlm, Options};
use reqwest::Method;
use serde_json::{Value, json};
use shared::logs::{Level, LogEvent, LogLine};

/// Follows the log.
async fn follow(user: &TestUser, query: &str) -> Events {
    Events::open(user.request(Method::GET, &format!("/api/logs?{query}"))).await
}

async fn event(events: &mut Events) -> Option<LogEvent> {
    let frame = events.frame().await?;
    Some(serde_json::from_str(&frame.data).expect("an event of the log"))
}

/// The lines up to the first that is looked for.
async fn until(events: &mut Events, is_it: impl Fn(&LogLine) -> bool) -> Vec<LogLine> {
    let mut seen = Vec::new();
    loop {
        if let LogEvent::Lines { lines } = event(events).await.expect("the stream goes on") {
            seen.extend(lines);
        }
        if seen.iter().any(&is_it) {
            return seen;
        }
    }
}

#[tokio::test]
async fn an_administrator_reads_what_was_written_and_then_what_is() {
    tap::start();
    let app = TestApp::new().await;
    let admin = app.with_models(&["500"]).await;
    let before = admin.ask("500", "hi").await;
    let id = admin.messages(&before.session()).await.pop().expect("an answer")["error"]["requestId"].clone();
    let id = id.as_str().expect("an id");
    let mut events = follow(&admin, &format!("request={id}&level=info")).await;
    let Some(LogEvent::Began { level, server }) = event(&mut events).await else { panic!("where it stands") };
    assert!(level == Level::Info && !server.is_empty());
    let kept = until(&mut events, |line| line.text.starts_with("answer ended")).await;
    let end = kept.iter().find(|line| line.text.starts_with("answer ended")).expect("the end");
    assert_eq!((end.code.as_deref(), end.level), (Some("provider.server_error"), Level::Warn));
    assert!(kept.iter().all(|line| line.request_id.as_ref().is_some_and(|of| of.as_str() == id)));
    let mut news = follow(&admin, "text=ANSWER%20ENDED&tail=0").await;
    event(&mut news).await;
    assert_eq!(event(&mut news).await, Some(LogEvent::Lines { lines: Vec::new() }));
    let after = admin.ask("500", "hi again").await;
    let stored = admin.messages(&after.session()).await.pop().expect("an answer");
    let line = until(&mut news, |line| {
        line.request_id.as_ref().is_some_and(|id| stored["error"]["requestId"] == json!(id.as_str()))
    });
    assert!(line.await.iter().all(|line| line.text.starts_with("answer ended")), "nothing else");
}

#[tokio::test]
async fn whoever_is_no_administrator_any_more_reads_no_further() {
    tap::start();
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let second = app.user(&admin, "second").await;
    let path = format!("/api/admin/users/{}", second.id);
    assert_eq!(admin.patch(&path, json!({"role": "admin"})).await.status, 200);
    let second = app.login("second").await;
    let mut events = follow(&second, "tail=0").await;
    event(&mut events).await;
    assert_eq!(admin.patch(&path, json!({"role": "user"})).await.status, 200);
    while event(&mut events).await.is_some() {}
    assert_eq!(app.login("second").await.get("/api/logs").await.code(), "auth.forbidden");
    // As other servers tell it.
    assert_eq!(admin.patch(&path, json!({"role": "admin"})).await.status, 200);
    let second = app.login("second").await;
    let mut events = follow(&second, "tail=0").await;
    app.app.runs.hub().drop_other_roles(&second.id.as_str().into(), shared::accounts::UserRole::User);
    while event(&mut events).await.is_some() {}
}

#[tokio::test]
async fn the_first_of_very_many_followers_gives_way() {
    tap::start();
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mut first = follow(&admin, "tail=0&text=nothing-says-this").await;
    let mut all = Vec::new();
    for _ in 0..16 {
        all.push(follow(&admin, "tail=0&text=nothing-says-this").await);
    }
    while event(&mut first).await.is_some() {}
    assert!(event(all.last_mut().expect("the last")).await.is_some());
}

#[tokio::test]
async fn what_is_asked_for_is_within_bounds() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for query in ["level=loud", "tail=2001", "tail=-1", &format!("text={}", "x".repeat(201)), "other=1"] {
        let reply = admin.get(&format!("/api/logs?{query}")).await;
        assert_eq!((reply.status, reply.code()), (400, "request.invalid"), "{query}");
    }
}

async fn registered(url: &str) -> TestUser {
    let body = json!({"username": "admin", "password": PASSWORD, "tokens": true});
    let reply = TestUser::at(url).post("/api/auth/register", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    TestUser::at(url).holding(reply.body["tokens"]["accessToken"].as_str().map(str::to_owned))
}

async fn set_level(admin: &TestUser, level: &str) -> Value {
    admin.put("/api/settings/system/log_level", json!({"value": level})).await.body
}

#[tokio::test]
async fn the_level_changes_while_the_server_runs_and_is_known_after_a_restart() {
    let folder = Folder::new();
    let mut program = Program::start(&folder, &[]);
    let admin = registered(&program.url()).await;
    assert_eq!(set_level(&admin, "debug").await["value"], json!("debug"));
    admin.get("/api/health").await;
    program.line_with("answered");
    assert_eq!(set_level(&admin, "error").await["value"], json!("error"));
    for _ in 0..3 {
        admin.get("/api/health").await;
    }
    assert_eq!(set_level(&admin, "info").await["value"], json!("info"));
    set_level(&admin, "debug").await;
    program.line_with("setting changed");
    let quiet = program.seen.iter().filter(|line| line.contains("/api/health") && line.contains("answered")).count();
    assert_eq!(quiet, 1, "{:?}", program.seen);
    let audit = admin.get("/api/audit?object=level").await;
    assert!(audit.text.contains("setting.changed"), "{}", audit.text);
    drop(program);
    let mut program = Program::start(&folder, &[]);
    let url = program.url();
    TestUser::at(&url).get("/api/health").await;
    program.line_with("answered");
}

#[tokio::test]
async fn a_variable_fixes_the_level() {
    let folder = Folder::new();
    let mut program = Program::start(&folder, &[("LOG_LEVEL", "warn")]);
    let admin = registered(&program.url()).await;
    assert_eq!(set_level(&admin, "debug").await["code"], json!("setting.locked"));
    let listed = admin.get("/api/settings/system").await;
    let level = listed.body["items"].as_array().and_then(|items| items.iter().find(|one| one["key"] == "log_level"));
    let level = level.expect("the setting");
    assert_eq!((&level["value"], &level["locked"]), (&json!("warn"), &json!("LOG_LEVEL")));
}

#[tokio::test]
async fn no_secret_is_in_the_files_and_nobody_else_may_read_them() {
    const SECRET: &str = "sk-canary-5d2e8b1c9f";
    let folder = Folder::new();
    let locked = MockLlm::start(Options { workers: 1, key: Some("sk-right-key".into()), ..Options::default() });
    let locked = locked.expect("it starts");
    let mut program =
        Program::start(&folder, &[("LOG_DIR", "logs"), ("LOG_LEVEL", "trace"), ("METRICS_TOKEN", SECRET)]);
    let admin = registered(&program.url()).await;
    let body = json!({"name": "x", "baseUrl": locked.base_url(), "key": SECRET, "models": ["ok"]});
    assert_eq!(admin.post("/api/connections", body).await.status, 201);
    let answer = admin.post("/api/chat", json!({"content": "hi", "model": "ok"})).await;
    assert_eq!(answer.code(), "provider.unauthorized");
    admin.call(admin.request(Method::GET, "/metrics").bearer_auth(SECRET)).await;
    admin.get(&format!("/api/health?key={SECRET}")).await;
    program.line_with("answer ended");
    let kept = || {
        let files = std::fs::read_dir(folder.0.join("logs")).expect("the folder").flatten();
        files.map(|file| std::fs::read_to_string(file.path()).expect("text")).collect::<String>()
    };
    crate::support::eventually("the files have it too", || async { kept().contains("answer ended") }).await;
    assert!(!kept().contains("5d2e8b1c9f"), "a secret is in the files");
    assert!(!program.seen.concat().contains("5d2e8b1c9f"), "a secret is on standard output");
}
