//! Connections as administrators meet them: saving, reading models, changing, the demo.

use crate::support::{Events, TestApp, TestUser, anybody};
use mock_llm::{MockLlm, Options};
use reqwest::Method;
use serde_json::{Value, json};
use server::db;

/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:9/v1";

fn mock(base_path: &str, key: Option<&str>) -> MockLlm {
    let base_paths = vec![base_path.to_owned()];
    MockLlm::start(Options { workers: 1, base_paths, key: key.map(str::to_owned), ..Options::default() })
        .expect("the fake model server starts")
}

fn origin(mock: &MockLlm) -> String {
    format!("http://{}", mock.address())
}

async fn create(admin: &TestUser, body: Value) -> Value {
    let reply = admin.post("/api/connections", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body
}

fn path(connection: &Value) -> String {
    format!("/api/connections/{}", connection["id"].as_str().expect("an id"))
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().expect("a list").iter().filter_map(|model| model["name"].as_str()).collect()
}

#[tokio::test]
async fn a_pasted_address_is_stored_as_it_works() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let versioned = mock("/v1", None);
    for pasted in ["", "/", "/v1", "/v1/chat/completions", "/v1/models?x=1"] {
        let connection = create(&admin, json!({"baseUrl": format!("{}{pasted}", origin(&versioned))})).await;
        assert_eq!(connection["baseUrl"], format!("{}/v1", origin(&versioned)), "{pasted}");
        assert_eq!(connection["name"], "127.0.0.1", "a missing name is the host");
    }
    let plain = mock("", None);
    let connection = create(&admin, json!({"baseUrl": origin(&plain)})).await;
    assert_eq!(connection["baseUrl"], origin(&plain), "the address as given comes first");
    let fourth = mock("/api/paas/v4", None);
    let connection = create(&admin, json!({"baseUrl": format!("{}/api/paas/v4/", origin(&fourth))})).await;
    assert_eq!(connection["baseUrl"], format!("{}/api/paas/v4", origin(&fourth)));
}

#[tokio::test]
async fn named_models_stay_when_the_list_cannot_be_fetched_and_limit_it_when_it_can() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let away = create(&admin, json!({"name": "away", "baseUrl": NOBODY, "models": ["m1", " m2 ", "m1"]})).await;
    assert_eq!(away["models"], json!(["m1", "m2"]));
    let chosen = app.connect(&admin, &["echo", "ok"]).await;
    assert_eq!(chosen["models"], json!(["echo", "ok"]));
    let list = admin.get("/api/models").await.body;
    assert_eq!(names(&list), ["m1", "m2", "echo", "ok"], "by connection and name");
    assert_eq!(list["default"], list["items"][0]["id"], "the first connected model");
}

#[tokio::test]
async fn models_come_page_by_page_each_once_and_every_page_names_the_default() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let wanted: Vec<String> = (0..1001).map(|number| format!("m{number:04}")).collect();
    create(&admin, json!({"name": "many", "baseUrl": NOBODY, "models": wanted})).await;
    let first = admin.get("/api/models").await.body;
    assert_eq!(names(&first).len(), 500, "when no limit is named");
    assert_eq!(names(&admin.get("/api/models?limit=5000").await.body).len(), 1000, "at most");

    let (mut seen, mut path) = (Vec::new(), "/api/models?limit=400".to_owned());
    loop {
        let page = admin.get(&path).await.body;
        assert_eq!(page["default"], first["default"]);
        seen.extend(names(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/models?limit=400&after={next}");
    }
    assert_eq!(seen, wanted);
    let gone = admin.get("/api/models?after=gone").await;
    assert_eq!((gone.status, gone.code()), (400, "request.invalid"));
}

#[tokio::test]
async fn without_named_models_the_whole_list_is_stored() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let connection = app.connect(&admin, &[]).await;
    let models = connection["models"].as_array().expect("a list");
    assert!(models.contains(&json!("echo")) && models.len() > 20, "{models:?}");
    let shown = names(&admin.get("/api/models").await.body).len();
    assert!(connection["list"]["shown"] == shown && shown > 10, "{}", connection["list"]);
    let nothing = create(&admin, json!({"baseUrl": NOBODY})).await;
    assert_eq!(nothing["models"], json!([]), "saved all the same, to be refreshed later");
    assert_eq!(nothing["list"]["error"]["code"], "provider.refused", "and it says why");
}

#[tokio::test]
async fn a_key_goes_in_and_never_comes_out() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mock = mock("/v1", Some("sk-the-right-key"));
    let body = json!({"baseUrl": mock.base_url(), "key": " sk-the-right-key\n", "models": ["echo"]});
    let connection = create(&admin, body).await;
    assert_eq!(connection["hasKey"], true);
    assert_eq!(admin.ask("echo", "hello").await.live.message.text(), "hello");
    let list = admin.get("/api/connections").await;
    assert!(!list.text.contains("sk-the") && !list.text.contains("v1:"), "{}", list.text);
    let rows = db::connections::all(app.app.db.read()).await.expect("rows");
    let sealed = &rows[0].keys[0].sealed;
    assert!(sealed.starts_with("v1:") && !sealed.contains("right"));

    let removed = admin.patch(&path(&connection), json!({"key": ""})).await.body;
    assert_eq!((&removed["hasKey"], &removed["models"]), (&json!(false), &json!(["echo"])));
    assert_eq!(admin.ask("echo", "hello").await.code(), "provider.unauthorized");
    let renewed = admin.patch(&path(&connection), json!({"key": "sk-the-right-key"})).await.body;
    assert_eq!(renewed["hasKey"], true);
    assert_eq!(admin.ask("echo", "again").await.live.message.text(), "again");
}

#[tokio::test]
async fn a_stored_key_is_never_sent_to_another_server() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let home = mock("/v1", None);
    let body = json!({"baseUrl": home.base_url(), "key": "sk-stays-at-home", "models": ["echo"]});
    let connection = create(&admin, body).await;
    let calls = || app.mock.ledger().totals().lists;
    let before = calls();
    let elsewhere = json!({"baseUrl": app.mock.base_url()});
    let refused = admin.patch(&path(&connection), elsewhere).await;
    assert_eq!(
        (refused.status, refused.code(), calls()),
        (400, "connection.key_needed_for_new_address", before),
        "{}",
        refused.text
    );
    let same = admin.patch(&path(&connection), json!({"baseUrl": format!("{}/models", home.base_url())})).await;
    assert_eq!((same.status, &same.body["hasKey"]), (200, &json!(true)), "{}", same.text);
    let moved = json!({"baseUrl": app.mock.base_url(), "key": "sk-another-key"});
    assert_eq!(admin.patch(&path(&connection), moved).await.status, 200);
    assert!(calls() > before);
}

#[tokio::test]
async fn keys_never_cross_between_connections() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(admin.put("/api/settings/system/runs_per_user", json!({"value": 100})).await.status, 200);
    let servers = ["sk-key-of-the-first", "sk-key-of-the-other"].map(|key| (mock("/v1", Some(key)), key));
    for (server, key) in &servers {
        create(&admin, json!({"baseUrl": server.base_url(), "key": key, "models": ["echo"]})).await;
    }
    let models = admin.get("/api/models").await.body["items"].clone();
    let asks = (0..50).map(|number| {
        let model = models[number % 2]["id"].as_str().expect("two models").to_owned();
        let admin = admin.clone();
        async move { admin.ask(&model, &format!("number {number}")).await.live.message.text() }
    });
    // Each server refuses every key but its own.
    let answers = futures_util::future::join_all(asks).await;
    let expected: Vec<String> = (0..50).map(|number| format!("number {number}")).collect();
    assert_eq!(answers, expected);
}

#[tokio::test]
async fn changes_apply_at_once_and_unnamed_fields_stay() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let connection = admin.get("/api/connections").await.body["items"][0].clone();
    let renamed = admin.patch(&path(&connection), json!({"name": "New name"})).await.body;
    assert_eq!((&renamed["name"], &renamed["models"]), (&json!("New name"), &json!(["echo"])));
    let curated = admin.patch(&path(&connection), json!({"models": ["ok", "echo"]})).await.body;
    assert_eq!(curated["models"], json!(["echo", "ok"]));

    let before = admin.get("/api/models").await.body;
    assert_eq!(admin.patch(&path(&connection), json!({"enabled": false})).await.body["enabled"], false);
    assert_eq!(admin.get("/api/models").await.body, json!({"items": []}));
    let refused = admin.post("/api/chat", json!({"content": "hi"})).await;
    assert_eq!((refused.status, refused.code()), (409, "model.none"));
    admin.patch(&path(&connection), json!({"enabled": true})).await;
    assert_eq!(admin.get("/api/models").await.body, before, "the same models with the same ids");

    let everything = admin.patch(&path(&connection), json!({"models": []})).await.body;
    assert!(everything["models"].as_array().expect("a list").len() > 20);
    assert_eq!(admin.delete(&path(&connection)).await.status, 204);
    assert_eq!(admin.delete(&path(&connection)).await.code(), "connection.not_found");
    assert_eq!(admin.get("/api/connections").await.body, json!({"items": []}));
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_with_the_rule() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for (body, status, code) in [
        (json!({"baseUrl": ""}), 400, "connection.url"),
        (json!({"baseUrl": "ftp://example.com"}), 400, "connection.url"),
        (json!({"baseUrl": "https://me:secret@example.com"}), 400, "connection.url"),
        (json!({"baseUrl": "http://169.254.169.254/v1"}), 403, "egress.blocked"),
        (json!({"baseUrl": NOBODY, "name": "x".repeat(101)}), 400, "request.invalid"),
        (json!({"baseUrl": NOBODY, "key": "two words"}), 400, "connection.key_characters"),
        (json!({"baseUrl": NOBODY, "models": [""]}), 400, "request.invalid"),
        (json!({"baseUrl": NOBODY, "protocol": "demo"}), 400, "request.invalid"),
        (json!({"baseUrl": NOBODY, "owner": "me"}), 400, "request.invalid"),
    ] {
        let reply = admin.post("/api/connections", body).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{}", reply.text);
        let names_the_rule = reply.body["params"].as_object().is_some_and(|params| !params.is_empty());
        assert!(names_the_rule && !reply.text.contains("secret"), "{}", reply.text);
    }
    assert_eq!(admin.get("/api/connections").await.body["items"], json!([]));
    let missing = admin.patch("/api/connections/none", json!({"name": "x"})).await;
    assert_eq!((missing.status, missing.code()), (404, "connection.not_found"));
}

#[tokio::test]
async fn a_refresh_that_fails_keeps_the_last_good_list() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let mock = mock("/v1", None);
    let connection = create(&admin, json!({"baseUrl": mock.base_url(), "models": ["gone", "echo"]})).await;
    let echo = admin.get("/api/models").await.body["items"][0].clone();
    let refresh = format!("{}/refresh", path(&connection));
    let fresh = admin.post(&refresh, json!(null)).await;
    let models = fresh.body["models"].as_array().expect("a list");
    assert!(models.len() > 20 && !models.contains(&json!("gone")), "the provider's list: {models:?}");
    let items = admin.get("/api/models").await.body;
    let kept = items["items"].as_array().expect("a list").iter().find(|model| model["name"] == "echo");
    assert_eq!(kept.expect("echo")["id"], echo["id"], "a model keeps its id");

    let address = mock.address();
    mock.stop().await;
    // Taken, so that the fake of another test cannot come to stand here and answer.
    let place = tokio::net::TcpListener::bind(address).await.expect("the place is free again");
    tokio::spawn(async move { while place.accept().await.is_ok() {} });
    let failed = admin.post(&refresh, json!(null)).await;
    assert_eq!((failed.status, failed.code()), (502, "provider.cut"), "{}", failed.text);
    assert_eq!(admin.get("/api/connections").await.body["items"][0]["models"].as_array(), Some(models));
}

#[tokio::test]
async fn the_demo_stands_in_until_a_real_model_arrives() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let demo = admin.post("/api/connections/demo", json!(null)).await;
    assert_eq!((demo.status, &demo.body["protocol"]), (201, &json!("demo")), "{}", demo.text);
    let again = admin.post("/api/connections/demo", json!(null)).await;
    assert_eq!((again.status, &again.body["id"]), (200, &demo.body["id"]));
    let list = admin.get("/api/models").await.body;
    assert_eq!((&list["items"][0]["demo"], &list["default"]), (&json!(true), &list["items"][0]["id"]));
    assert_eq!(admin.patch(&path(&demo.body), json!({"key": "k"})).await.code(), "request.invalid");

    let mut answer =
        Events::open(admin.request(Method::POST, "/api/chat/stream").json(&json!({"content": "hi"}))).await;
    answer.until_text().await;
    app.connect(&admin, &["echo"]).await;
    assert!(answer.finish().await.live.message.text().contains("> hi"), "an answer that runs is not disturbed");

    assert_eq!(names(&admin.get("/api/models").await.body), ["echo"]);
    assert_eq!(admin.get("/api/connections").await.body["items"].as_array().map(Vec::len), Some(1));
    let refused = admin.post("/api/connections/demo", json!(null)).await;
    assert_eq!((refused.status, refused.code()), (409, "connection.demo"));
}

#[tokio::test]
async fn enabling_a_real_model_ends_the_demo_too() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let connection = admin.get("/api/connections").await.body["items"][0].clone();
    admin.patch(&path(&connection), json!({"enabled": false})).await;
    assert_eq!(admin.post("/api/connections/demo", json!(null)).await.status, 201);
    admin.patch(&path(&connection), json!({"enabled": true})).await;
    assert_eq!(names(&admin.get("/api/models").await.body), ["echo"]);
}

#[tokio::test]
async fn every_change_is_heard_in_every_tab() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let user = app.user(&admin, "listener").await;
    let mut tab = Events::open(user.request(Method::GET, "/api/events")).await;
    assert!(tab.frame().await.expect("a greeting").data.contains("hello"));
    app.connect(&admin, &["echo"]).await;
    assert_eq!(tab.frame().await.expect("news").data, r#"{"type":"models.changed"}"#);
    admin.put("/api/settings/system/brand_name", json!({"value": "Ours"})).await;
    assert_eq!(tab.frame().await.expect("news").data, r#"{"type":"settings.changed"}"#);
}

#[tokio::test]
async fn the_list_is_paged() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for name in ["a", "b", "c"] {
        create(&admin, json!({"name": name, "baseUrl": NOBODY, "models": [name]})).await;
    }
    let first = admin.get("/api/connections?limit=2").await.body;
    assert_eq!(names(&first), ["a", "b"]);
    let rest =
        admin.get(&format!("/api/connections?limit=2&after={}", first["next"].as_str().expect("more"))).await.body;
    assert_eq!((names(&rest), rest.get("next")), (vec!["c"], None));
}

#[tokio::test]
async fn what_is_learnt_of_a_model_survives_a_restart() {
    let app = TestApp::new().await;
    let admin = app.with_models(&["echo"]).await;
    let model = app.app.catalog.resolve(Some("echo"), &anybody()).expect("echo");
    assert!((model.token_ratio - 1.0).abs() < 1e-9);
    app.app.catalog.calibrate(&model.model_id, 2.0);
    let learnt = app.app.catalog.resolve(None, &anybody()).expect("the default").token_ratio;
    assert!((learnt - 1.3).abs() < 1e-9);
    crate::support::eventually("the ratio is stored", || async {
        let rows = db::connections::all(app.app.db.read()).await.expect("rows");
        (rows[0].models[0].token_ratio - learnt).abs() < 1e-9
    })
    .await;
    drop(admin);
    let (config, data_dir) = app.crash().await;
    let app = TestApp::open(config, data_dir).await;
    assert!((app.app.catalog.resolve(None, &anybody()).expect("the default").token_ratio - learnt).abs() < 1e-9);
}
