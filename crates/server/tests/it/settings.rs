//! The system's settings: at once, for everybody, with their rules.

use crate::support::{Events, PASSWORD, TestApp, TestUser, anybody};
use serde_json::{Value, json};
use shared::settings::fields;

async fn set(admin: &TestUser, key: &str, value: Value) -> (u16, String) {
    let reply = admin.put(&format!("/api/settings/system/{key}"), json!({"value": value})).await;
    let told = reply.body["code"].as_str().map_or_else(|| reply.body["value"].to_string(), str::to_owned);
    (reply.status, told)
}

/// The setting with this key, as administrators see it.
async fn shown(admin: &TestUser, key: &str) -> Value {
    let list = admin.get("/api/settings/system").await.body;
    let items = list["items"].as_array().expect("a list");
    items.iter().find(|item| item["key"] == key).expect("the setting").clone()
}

#[tokio::test]
async fn every_setting_is_listed_with_its_type_limits_value_and_default() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let list = admin.get("/api/settings/system").await.body;
    let items = list["items"].as_array().expect("a list");
    assert_eq!(items.len(), fields::ALL.len());
    for (item, field) in items.iter().zip(fields::ALL) {
        assert_eq!((&item["key"], &item["value"]), (&json!(field.key), &item["default"]));
        assert_eq!(item["kind"], json!(field.kind()));
        assert_eq!(item.get("locked"), None);
    }
    assert_eq!(
        shown(&admin, "runs_per_user").await,
        json!({"key": "runs_per_user", "kind": {"type": "number", "least": 1, "most": 1000, "unit": "answers"}, "value": 20, "default": 20})
    );
    assert_eq!(
        shown(&admin, "announcement_tone").await["kind"],
        json!({"type": "choice", "words": ["info", "warning"]})
    );
}

/// A good value that is not the default.
fn another(kind: &Value, default: &Value) -> Value {
    match kind["type"].as_str().expect("a type") {
        "switch" => (!default.as_bool().expect("a switch")).into(),
        "number" => kind["least"].as_u64().expect("a number").max(1).into(),
        "decimal" => json!(7.25),
        "zone" => "Asia/Shanghai".into(),
        "line" | "text" => "另一个 value".into(),
        "colour" => "#aa3377".into(),
        "choice" => kind["words"][1].clone(),
        "model" => "0190-another".into(),
        other => panic!("no sample for `{other}`"),
    }
}

#[tokio::test]
async fn what_is_changed_is_what_the_accessor_answers() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let list = admin.get("/api/settings/system").await.body;
    let mut items = list["items"].as_array().expect("a list").clone();
    // Last: whoever says that everybody needs a second factor is asked for theirs.
    items.sort_by_key(|item| item["key"] == fields::SECOND_FACTOR.key);
    for item in &items {
        let (key, value) = (item["key"].as_str().expect("a key"), another(&item["kind"], &item["default"]));
        // What is told is asked of the accessor that the rest of the server reads, never of the row.
        assert_eq!(set(&admin, key, value.clone()).await, (200, value.to_string()), "{key}");
        assert_ne!(item["default"], value, "{key}");
        let told = app.app.settings.view().into_iter().find(|setting| setting.key == key).expect("a setting");
        assert_eq!(told.value, value, "{key}");
    }
}

#[tokio::test]
async fn a_variable_locks_its_setting_and_says_so() {
    let app = TestApp::with(|config| config.access_token_minutes = Some(5)).await;
    let admin = app.admin().await;
    let setting = shown(&admin, "access_token_seconds").await;
    assert_eq!((&setting["value"], &setting["locked"]), (&json!(300), &json!("ACCESS_TOKEN_EXPIRE_MINUTES")));
    let reply = admin.put("/api/settings/system/access_token_seconds", json!({"value": 60})).await;
    assert_eq!((reply.status, reply.code()), (409, "setting.locked"));
    assert_eq!(reply.body["params"]["variable"], "ACCESS_TOKEN_EXPIRE_MINUTES");
    assert_eq!(app.app.settings.access_token_seconds(), 300);
    // A row of former times does not count while the variable is set, and does again without it.
    let (mut config, data_dir) = app.crash().await;
    config.access_token_minutes = None;
    let app = TestApp::open(config, data_dir).await;
    assert_eq!(app.app.settings.access_token_seconds(), 900);
}

#[tokio::test]
async fn what_decides_about_signing_in_is_changed_by_people_and_not_by_keys() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let made = admin.post("/api/keys", json!({"name": "automation", "scopes": ["admin"]})).await;
    let key = app.bearer(made.body["secret"].as_str().expect("a secret"));
    assert_eq!(set(&key, "runs_per_user", json!(4)).await.0, 200);
    assert_eq!(set(&key, "login_idle_days", json!(365)).await, (403, "auth.scope".to_owned()));
    assert_eq!(set(&admin, "login_idle_days", json!(60)).await.0, 200);
}

#[tokio::test]
async fn the_overview_counts_who_and_what_is_there_and_says_what_is_decided() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let fresh = admin.get("/api/overview").await.body;
    assert_eq!(
        fresh,
        json!({"people": 1, "waiting": 0, "admins": 1, "connections": 0, "models": 0, "secure": false,
            "registration": true, "registrationDecided": false})
    );
    admin.post("/api/connections/demo", json!({})).await;
    assert_eq!(admin.get("/api/overview").await.body["models"], 0, "the demo is no model");
    app.connect(&admin, &["ok", "echo"]).await;
    app.user(&admin, "bob").await;
    app.nobody().post("/api/auth/register", json!({"username": "carol", "password": PASSWORD, "tokens": true})).await;
    set(&admin, "registration_enabled", json!(false)).await;
    let request = admin.request(reqwest::Method::GET, "/api/overview").header("x-forwarded-proto", "https");
    let later = admin.call(request).await.body;
    assert_eq!(
        later,
        json!({"people": 2, "waiting": 1, "admins": 1, "connections": 1, "models": 2, "secure": true,
            "registration": false, "registrationDecided": true})
    );
}

#[tokio::test]
async fn an_announcement_is_told_to_those_who_are_signed_in() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let bob = app.user(&admin, "bob").await;
    set(&admin, "announcement_text", json!("Down at noon.")).await;
    assert_eq!(bob.get("/api/bootstrap").await.body.get("announcement"), None, "not before it is shown");
    let mut tab = Events::open(bob.request(reqwest::Method::GET, "/api/events")).await;
    set(&admin, "announcement_shown", json!(true)).await;
    while !tab.frame().await.expect("the stream goes on").data.contains("settings.changed") {}
    let first = bob.get("/api/settings/announcement").await.body;
    assert_eq!(
        (&first["shown"], &first["text"], &first["tone"]),
        (&json!(true), &json!("Down at noon."), &json!("info"))
    );
    assert_eq!(bob.get("/api/bootstrap").await.body["announcement"], first);
    assert_eq!(app.nobody().get("/api/bootstrap").await.body.get("announcement"), None);
    set(&admin, "announcement_tone", json!("warning")).await;
    let second = bob.get("/api/settings/announcement").await.body;
    assert_ne!(first["mark"], second["mark"], "who closed the first one sees the second");
}

#[tokio::test]
async fn a_change_applies_at_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(set(&admin, "brand_name", json!(" 我们的助手 ")).await, (200, "\"我们的助手\"".to_owned()));
    assert_eq!(app.nobody().get("/api/settings/branding").await.body, json!({"name": "我们的助手"}));
    assert_eq!(app.nobody().get("/api/bootstrap").await.body["branding"]["name"], "我们的助手");
    let setting = shown(&admin, "brand_name").await;
    assert_eq!((&setting["value"], &setting["default"]), (&json!("我们的助手"), &json!("AIChat")));

    assert_eq!(set(&admin, "registration_enabled", json!(false)).await.0, 200);
    let stranger = json!({"username": "late", "password": PASSWORD, "tokens": true});
    assert_eq!(app.nobody().post("/api/auth/register", stranger).await.code(), "auth.registration_closed");
    assert_eq!(set(&admin, "context_token_limit", json!(120_000)).await.0, 200);
    assert_eq!(app.app.settings.context_token_limit(), 120_000);
    assert_eq!(set(&admin, "runs_per_user", json!(3)).await.0, 200);
    assert_eq!(app.app.settings.runs_per_user(), 3);
}

#[tokio::test]
async fn unknown_keys_and_bad_values_are_refused_with_the_rule() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (key, value, status, code) in [
        ("no_such_thing", json!(1), 404, "setting.unknown"),
        ("catalog", json!(null), 404, "setting.unknown"),
        ("registration_enabled", json!("yes"), 400, "request.invalid"),
        ("brand_name", json!(""), 400, "request.invalid"),
        ("context_token_limit", json!(5), 400, "request.invalid"),
        ("runs_per_user", json!(1001), 400, "request.invalid"),
    ] {
        assert_eq!(set(&admin, key, value).await, (status, code.to_owned()), "{key}");
    }
    let reply = admin.put("/api/settings/system/runs_per_user", json!({"value": 0})).await;
    assert!(reply.body["message"].as_str().unwrap_or_default().contains("from 1 to 1000"), "{}", reply.text);
    let extra = admin.put("/api/settings/system/brand_name", json!({"value": "x", "version": 9})).await;
    assert_eq!(extra.code(), "request.invalid");
    assert_eq!(app.app.settings.branding().name, "AIChat");
}

#[tokio::test]
async fn default_variables_seed_once_and_the_administrator_has_the_last_word() {
    let app = TestApp::with(|config| {
        config.seed_registration = Some(false);
        config.seed_context_token_limit = Some(64_000);
    })
    .await;
    assert!(!app.app.settings.registration_enabled());
    assert_eq!(app.app.settings.context_token_limit(), 64_000);
    let admin = app.admin().await;
    set(&admin, "registration_enabled", json!(true)).await;
    let (mut config, data_dir) = app.crash().await;
    config.seed_context_token_limit = Some(99_000);
    let app = TestApp::open(config, data_dir).await;
    assert!(app.app.settings.registration_enabled(), "the seed does not come back");
    assert_eq!(app.app.settings.context_token_limit(), 64_000, "a row that is there is not seeded again");
}

#[tokio::test]
async fn other_servers_on_the_same_database_follow() {
    let first = TestApp::new().await;
    if !first.app.db.is_postgres() {
        // No other server can be on a SQLite file: nobody is asked, not even the database.
        first.app.db.close().await;
        assert!(first.app.settings.reload().await.is_err(), "the database is closed");
        assert!(first.app.settings.poll().await.is_ok() && first.app.catalog.poll().await.is_ok());
        return;
    }
    let admin = first.with_models(&["echo"]).await;
    let (engine, master) = (first.config().engine, first.app.config.master_key.clone());
    let second = TestApp::with(|config| {
        config.engine = engine;
        config.master_key = master;
    })
    .await;
    set(&admin, "brand_name", json!("Both")).await;
    admin.post("/api/connections", json!({"name": "late", "baseUrl": "http://127.0.0.1:9", "models": ["late"]})).await;
    second.app.settings.poll().await.expect("settings");
    second.app.catalog.poll().await.expect("catalogue");
    assert_eq!(second.app.settings.branding().name, "Both");
    assert_eq!(second.app.catalog.resolve(Some("late"), &anybody()).expect("the model").routes[0].connection, "late");
}
