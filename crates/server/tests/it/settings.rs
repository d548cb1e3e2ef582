//! The system's settings: at once, for everybody, with their rules.

use crate::support::{PASSWORD, TestApp, TestUser, anybody};
use serde_json::{Value, json};

async fn set(admin: &TestUser, key: &str, value: Value) -> (u16, String) {
    let reply = admin.put(&format!("/api/settings/system/{key}"), json!({"value": value})).await;
    let told = reply.body["code"].as_str().map_or_else(|| reply.body["value"].to_string(), str::to_owned);
    (reply.status, told)
}

#[tokio::test]
async fn every_setting_is_listed_with_value_and_default() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let list = admin.get("/api/settings/system").await.body;
    let expected = [
        ("registration_enabled", json!(true)),
        ("brand_name", json!("AIChat")),
        ("brand_colour", json!("")),
        ("context_token_limit", json!(32_000)),
        ("runs_per_user", json!(20)),
        ("system_prompt", json!("")),
        ("default_model", json!("")),
        ("title_model", json!("auto")),
        ("personal_connections", json!(false)),
        ("second_factor", json!("off")),
        ("file_quota_mib", json!(1_024)),
        ("model_refresh_hours", json!(6)),
    ];
    let expected: Vec<Value> =
        expected.into_iter().map(|(key, value)| json!({"key": key, "value": value, "default": value})).collect();
    assert_eq!(list["items"], json!(expected));
}

#[tokio::test]
async fn a_change_applies_at_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(set(&admin, "brand_name", json!(" 我们的助手 ")).await, (200, "\"我们的助手\"".to_owned()));
    assert_eq!(app.nobody().get("/api/settings/branding").await.body, json!({"name": "我们的助手"}));
    assert_eq!(app.nobody().get("/api/bootstrap").await.body["branding"]["name"], "我们的助手");
    let list = admin.get("/api/settings/system").await.body;
    assert_eq!(list["items"][1], json!({"key": "brand_name", "value": "我们的助手", "default": "AIChat"}));

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
