//! Connections that the environment describes.

use crate::support::{TestApp, anybody, eventually};
use mock_llm::{MockLlm, Options};
use serde_json::{Value, json};
use server::config::{Config, LlmEnv, SecretString};
use server::db;

fn locked() -> MockLlm {
    MockLlm::start(Options { workers: 1, key: Some(KEY.to_owned()), ..Options::default() }).expect("it starts")
}

const KEY: &str = "sk-from-the-environment";

fn single(mock: &MockLlm, model: Option<&str>) -> LlmEnv {
    LlmEnv {
        url: Some(format!("{}/chat/completions", mock.base_url())),
        model: model.map(str::to_owned),
        key: Some(SecretString::from(KEY.to_owned())),
    }
}

fn shown(list: &Value) -> Vec<(&str, &str, Value)> {
    list["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| {
            let name = item["name"].as_str().unwrap_or_default();
            (name, item["variable"].as_str().unwrap_or_default(), item["models"].clone())
        })
        .collect()
}

#[tokio::test]
async fn the_connection_of_the_variables_answers_and_is_read_only() {
    let mock = locked();
    let app = TestApp::with(|config| config.llm = single(&mock, Some("ok, echo"))).await;
    let admin = app.admin().await;
    let list = admin.get("/api/connections").await.body;
    assert_eq!(shown(&list), [("127.0.0.1", "LLM_API_URL", json!(["ok", "echo"]))]);
    assert_eq!((&list["items"][0]["hasKey"], &list["items"][0]["baseUrl"]), (&json!(true), &json!(mock.base_url())));
    let default = app.app.catalog.resolve(None, &anybody()).expect("a default");
    assert_eq!(default.model, "ok", "the first one named");
    assert_eq!(admin.ask("echo", "hello").await.live.message.text(), "hello");

    let path = format!("/api/connections/{}", list["items"][0]["id"].as_str().expect("an id"));
    for reply in [
        admin.patch(&path, json!({"name": "mine"})).await,
        admin.delete(&path).await,
        admin.post(&format!("{path}/refresh"), json!(null)).await,
    ] {
        assert_eq!((reply.status, reply.code()), (409, "connection.read_only"));
        assert_eq!(reply.body["params"]["variable"], "LLM_API_URL");
    }
    assert_eq!(admin.post(&format!("{path}/verify"), json!(null)).await.body["ok"], true);
    let rows = db::connections::all(app.app.db.read()).await.expect("rows");
    assert!(rows[0].keys.is_empty(), "its key is not stored");
}

#[tokio::test]
async fn it_vanishes_with_its_variable_and_comes_back_as_the_same() {
    let mock = locked();
    let app = TestApp::with(|config| config.llm = single(&mock, Some("echo"))).await;
    let admin = app.admin().await;
    let (connections, models) = (admin.get("/api/connections").await.body, admin.get("/api/models").await.body);
    let (mut config, data_dir) = app.crash().await;
    let with_variable = config.llm.clone();

    config.llm = LlmEnv::default();
    let app = TestApp::open(config.clone(), data_dir).await;
    let admin = app.bearer(admin.token.as_deref().expect("a token"));
    assert_eq!(admin.get("/api/connections").await.body["items"], json!([]));
    assert_eq!(admin.get("/api/models").await.body, json!({"items": []}));
    let (_, data_dir) = app.crash().await;

    config.llm = with_variable;
    let app = TestApp::open(config, data_dir).await;
    let admin = app.bearer(admin.token.as_deref().expect("a token"));
    assert_eq!(admin.get("/api/connections").await.body, connections);
    assert_eq!(admin.get("/api/models").await.body, models);
}

#[tokio::test]
async fn models_that_nobody_named_and_the_spelling_of_the_address_are_found_out_in_the_background() {
    let mock = locked();
    let origin = format!("http://{}", mock.address());
    let versioned = MockLlm::start(Options { workers: 1, base_paths: vec!["/v1".into()], ..Options::default() })
        .expect("it starts");
    let list = json!({
        "all": {"url": origin, "api_key": KEY},
        "one": {"url": format!("http://{}", versioned.address()), "model": "echo"},
    });
    let app = TestApp::with(|config| config.presets = Some(list.to_string())).await;
    let admin = app.admin().await;
    eventually("the list is fetched and the address corrected", || async {
        let list = admin.get("/api/connections").await.body;
        let all = list["items"].as_array().expect("a list").iter().find(|item| item["name"] == "all").cloned();
        let one = list["items"].as_array().expect("a list").iter().find(|item| item["name"] == "one").cloned();
        let fetched = all.is_some_and(|all| all["models"].as_array().is_some_and(|models| models.len() > 20));
        fetched
            && one.is_some_and(|one| one["baseUrl"] == json!(versioned.base_url()) && one["models"] == json!(["echo"]))
    })
    .await;
    let list = admin.get("/api/connections").await.body;
    let path = format!("/api/connections/{}/refresh", list["items"][0]["id"].as_str().expect("an id"));
    assert_eq!(admin.post(&path, json!(null)).await.status, 200, "a list that nobody named can be refreshed");
}

#[tokio::test]
async fn a_real_model_of_the_environment_ends_the_demo() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(admin.post("/api/connections/demo", json!(null)).await.status, 201);
    let (mut config, data_dir) = app.crash().await;
    let mock = locked();
    config.llm = single(&mock, Some("echo"));
    let app = TestApp::open(config, data_dir).await;
    let admin = app.bearer(admin.token.as_deref().expect("a token"));
    let list = admin.get("/api/connections").await.body;
    assert_eq!(shown(&list), [("127.0.0.1", "LLM_API_URL", json!(["echo"]))]);
}

#[tokio::test]
async fn a_list_that_is_not_json_does_not_stop_the_server() {
    let bad = |config: &mut Config| config.presets = Some("{'glm': {'key': 'sk-abc'}}".to_owned());
    let app = TestApp::with(bad).await;
    assert_eq!(app.nobody().get("/api/health").await.status, 200);
}
