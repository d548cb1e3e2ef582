//! The end of an account: nothing of the person is left, nothing of others is lost.

use super::{WORD, furnish, inhabited, items, leave, sign_in};
use crate::support::{Events, PASSWORD, TestApp, TestUser, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use server::clock::Clock;
use server::db::Engine;
use server::leaving::LINGER_MS;
use sqlx::Connection as _;
use std::path::Path;

/// Every row of every table as text, with the name of its table. Not the full text: it holds words and no rows.
async fn rows(engine: &Engine) -> Vec<String> {
    match engine {
        Engine::Postgres(url) => {
            let mut connection = sqlx::PgConnection::connect(url).await.expect("the database answers");
            let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
            let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut connection).await.expect("tables");
            let mut all = Vec::new();
            for table in tables {
                let query = sqlx::AssertSqlSafe(format!("SELECT '{table}: ' || t::text FROM {table} t"));
                all.extend(sqlx::query_scalar::<_, String>(query).fetch_all(&mut connection).await.expect("rows"));
            }
            all
        }
        Engine::Sqlite(path) => sqlite_rows(path).await,
    }
}

async fn sqlite_rows(path: &Path) -> Vec<String> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.expect("the database opens");
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                  AND name NOT LIKE 'search_messages%' AND name NOT LIKE 'search_titles%'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut connection).await.expect("tables");
    assert!(tables.len() > 15, "{tables:?}");
    let mut all = Vec::new();
    for table in tables {
        let columns = sqlx::AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')"));
        let columns: Vec<String> = sqlx::query_scalar(columns).fetch_all(&mut connection).await.expect("columns");
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        let query = format!("SELECT '{table}: ' || {} FROM \"{table}\"", quoted.join(" || ', ' || "));
        let found = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(query)).fetch_all(&mut connection).await;
        all.extend(found.expect("rows"));
    }
    all
}

/// The rows that have one of these words in them. The audit log is left out: it says who did what, those who left included,
/// for as long as its setting says.
async fn traces(engine: &Engine, words: &[&str]) -> Vec<String> {
    let rows = rows(engine).await;
    let rows = rows.into_iter().filter(|row| !row.starts_with("audit_log: "));
    rows.filter(|row| words.iter().any(|word| row.contains(word))).collect()
}

/// Every file below the data folder that people brought.
fn stored(app: &TestApp) -> usize {
    fn count(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .map(|entry| match entry.path() {
                path if path.is_dir() => count(&path),
                path => usize::from(!path.ends_with(".aichat-files")),
            })
            .sum()
    }
    ["files", "images"].iter().map(|folder| count(&app.data_dir.join(folder))).sum()
}

/// Waits until nothing large is left of a person, and lets the time pass after which their row goes.
async fn until_gone(app: &TestApp, words: &[&str]) {
    let engine = app.config().engine;
    eventually("chats, files and names are removed", || async {
        app.app.leaving.sweep().await.expect("swept") && traces(&engine, &[WORD]).await.is_empty()
    })
    .await;
    app.app.clock.shift(LINGER_MS);
    eventually("nothing is left", || async {
        app.app.leaving.sweep().await.expect("swept") && traces(&engine, words).await.is_empty()
    })
    .await;
    app.app.clock.shift(-LINGER_MS);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_is_out_at_once_and_nothing_of_them_is_left_anywhere() {
    let (app, _outside, admin, bob) = inhabited().await;
    let others = furnish(&admin).await;
    let before = stored(&app);
    let of = furnish(&bob).await;
    assert_eq!(bob.upload("own.txt", "what only Bob has").await.status, 201);
    let mut tab = Events::open(bob.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");
    let mut live = bob.stream(json!({"content": WORD, "model": "stall-after-1"})).await;
    live.until_text().await;
    let key = bob.post("/api/keys", json!({"name": "x", "scopes": ["chat"]})).await.body;
    let program = app.bearer(key["secret"].as_str().expect("a secret"));
    assert_eq!(program.get("/api/sessions").await.status, 200);

    let refused = leave(&bob, "wrong").await;
    assert_eq!((refused.status, refused.code()), (403, "auth.password"));
    assert_eq!(bob.get("/api/auth/me").await.status, 200);
    assert_eq!(leave(&bob, PASSWORD).await.status, 204);

    assert_eq!(bob.get("/api/auth/me").await.status, 401);
    assert_eq!(program.get("/api/sessions").await.status, 401);
    assert_eq!(sign_in(&app, "bob").await.code(), "auth.credentials");
    while tab.frame().await.is_some() {}
    let names: Vec<Value> =
        items(&admin.get("/api/admin/users").await.body).iter().map(|user| user["username"].clone()).collect();
    assert_eq!(names, ["admin"]);
    assert_eq!(admin.get(&format!("/api/admin/users/{}/keys", bob.id)).await.code(), "user.not_found");
    assert_eq!(admin.get(&format!("/api/users/{}/avatar", bob.id)).await.status, 404);

    let engine = app.config().engine;
    eventually("everything of Bob's is removed, the running answer too", || async {
        app.app.leaving.sweep().await.expect("swept")
            && traces(&engine, &[of.session.as_str(), of.file.as_str()]).await.is_empty()
    })
    .await;
    assert_eq!(stored(&app), before, "what both had is still there, what only Bob had is not");
    app.app.clock.shift(LINGER_MS);
    eventually("the last row goes", || async {
        app.app.leaving.sweep().await.expect("swept") && traces(&engine, &[bob.id.as_str()]).await.is_empty()
    })
    .await;
    app.app.clock.shift(-LINGER_MS);
    let usage = rows(&engine).await.into_iter().filter(|row| row.starts_with("usage_records: ")).count();
    assert!(usage >= 6, "what was spent stays in the sums: {usage}");

    assert_eq!(admin.messages(&others.session).await.len(), 4, "others keep theirs");
    assert_eq!(admin.get(&format!("/api/files/{}", others.file)).await.text, format!("notes about {WORD}"));
    eventually("others' words are found and Bob's are not", || async {
        items(&admin.get(&format!("/api/search?q={WORD}")).await.body).len() == 1
    })
    .await;
    let again = json!({"username": "Bob", "password": PASSWORD, "tokens": true});
    assert_eq!(app.nobody().post("/api/auth/register", again).await.status, 202, "the name is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_removes_somebody_and_never_the_last_administrator() {
    let (app, _outside, admin, bob) = inhabited().await;
    furnish(&bob).await;
    let path = |user: &TestUser| format!("/api/admin/users/{}", user.id);
    let mut tab = Events::open(admin.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");
    assert_eq!(admin.delete(&path(&bob)).await.status, 204);
    while !tab.frame().await.expect("an event").data.contains("people.changed") {}
    assert_eq!(admin.delete(&path(&bob)).await.code(), "user.not_found");
    assert_eq!(admin.patch(&path(&bob), json!({"status": "active"})).await.code(), "user.not_found");
    until_gone(&app, &[bob.id.as_str(), WORD]).await;
    assert_eq!(stored(&app), 0);

    assert_eq!(admin.delete(&path(&admin)).await.code(), "request.invalid", "one's own goes with the password");
    assert_eq!(leave(&admin, PASSWORD).await.code(), "user.last_admin");
    let second = app.user(&admin, "second").await;
    admin.patch(&path(&second), json!({"role": "admin"})).await;
    let second = app.login("second").await;
    let admins = path(&admin);
    let (one, two) = tokio::join!(second.delete(&admins), leave(&second, PASSWORD));
    let mut codes = [one.status, two.status];
    codes.sort_unstable();
    assert!(codes == [204, 401] || codes == [204, 409], "one of two administrators stays: {codes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_somebody_left_is_gone_on_with_at_the_next_start() {
    let (app, _outside, _admin, bob) = inhabited().await;
    furnish(&bob).await;
    // As the command line does it, while nothing removes: the server dies before it looks.
    let user = server::auth::leave::remove_account(&app.app.db, &Clock::default(), "BOB").await.expect("left");
    assert_eq!(user.username, "bob");
    assert!(server::auth::leave::remove_account(&app.app.db, &Clock::default(), "bob").await.is_err());
    let (config, data_dir) = app.crash().await;
    let app = TestApp::open(config, data_dir).await;
    until_gone(&app, &[bob.id.as_str(), WORD]).await;
    assert_eq!(stored(&app), 0);
    assert_eq!(app.login("admin").await.get("/api/auth/me").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_hears_of_it_at_once() {
    let here =
        TestApp::with(|config| config.master_key = Some("kX9fQ2mZ83kLw0pTn5vB7cYd1RgHs4Je".to_owned().into())).await;
    if !here.app.db.is_postgres() {
        return;
    }
    let admin = here.with_models(&["echo"]).await;
    here.user(&admin, "bob").await;
    let (engine, master) = (here.config().engine, here.app.config.master_key.clone());
    let there = TestApp::with(|config| (config.engine, config.master_key) = (engine, master)).await;
    let bob = there.login("bob").await;
    assert_eq!(bob.get("/api/auth/me").await.status, 200, "and the answer is remembered there");
    let mut tab = Events::open(bob.request(Method::GET, "/api/events")).await;
    tab.frame().await.expect("hello");
    assert_eq!(admin.delete(&format!("/api/admin/users/{}", bob.id)).await.status, 204);
    while tab.frame().await.is_some() {}
    assert_eq!(bob.get("/api/auth/me").await.status, 401);
}
