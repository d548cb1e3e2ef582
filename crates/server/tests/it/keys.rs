//! Connections with several keys, headers, a proxy: what is kept, what is replaced, what never leaves, who is asked first.

use crate::support::{TestApp, TestUser, anybody};
use llm::Error;
use mock_llm::{MockLlm, Options};
use serde_json::{Value, json};
use server::catalog::Route;
use server::db;
use shared::ErrorCode;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

async fn create(admin: &TestUser, body: Value) -> Value {
    let reply = admin.post("/api/connections", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body
}

async fn change(admin: &TestUser, connection: &Value, body: Value) -> Value {
    let reply = admin.patch(&path(connection), body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

fn path(connection: &Value) -> String {
    format!("/api/connections/{}", connection["id"].as_str().expect("an id"))
}

fn labels(connection: &Value) -> Vec<&str> {
    connection["keys"].as_array().expect("keys").iter().filter_map(|key| key["label"].as_str()).collect()
}

/// The label of each key that would be asked, in order.
fn order(app: &TestApp, connection: &Value, model: &str) -> Vec<String> {
    let keys = connection["keys"].as_array().expect("keys");
    let label = |route: &Route| {
        let id = route.key_id.as_ref().map_or("", |id| id.as_str());
        let key = keys.iter().find(|key| key["id"] == id).expect("a key of this connection");
        key["label"].as_str().expect("a label").to_owned()
    };
    routes(app, model).iter().map(label).collect()
}

fn routes(app: &TestApp, model: &str) -> Vec<Route> {
    app.app.catalog.resolve(Some(model), &anybody()).expect("a model").routes
}

async fn sealed(app: &TestApp) -> Vec<(String, String)> {
    let rows = db::connections::all(app.app.db.read()).await.expect("rows");
    rows[0].keys.iter().map(|key| (key.id.0.clone(), key.sealed.clone())).collect()
}

fn two_keys(app: &TestApp) -> Value {
    json!({"name": "two", "baseUrl": app.mock.base_url(), "models": ["echo", "ok"], "keys": [
        {"label": "main", "key": "sk-main-0123456789"},
        {"key": "sk-spare-0123456789", "models": ["echo"]},
    ]})
}

#[tokio::test]
async fn a_set_of_keys_keeps_the_secrets_of_those_that_it_names() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let connection = create(&admin, two_keys(&app)).await;
    assert_eq!(labels(&connection), ["main", "2"], "one without a name is numbered");
    assert_eq!(order(&app, &connection, "echo"), ["main", "2"]);
    assert_eq!(order(&app, &connection, "ok"), ["main"], "the other is not for this model");
    let (before, [main, spare]) = (sealed(&app).await, [0, 1].map(|n| connection["keys"][n]["id"].clone()));

    let turned = json!({"keys": [
        {"id": spare, "label": "first now"},
        {"id": main, "label": "main", "enabled": false},
        {"label": "new", "key": "sk-new-0123456789"},
    ]});
    let changed = change(&admin, &connection, turned).await;
    assert_eq!(labels(&changed), ["first now", "main", "new"]);
    assert_eq!(order(&app, &changed, "ok"), ["first now", "new"], "one that is switched off is not asked");
    let after = sealed(&app).await;
    assert_eq!((&after[0], &after[1]), (&before[1], &before[0]), "kept keys stay sealed as they were");

    for (keys, status, code) in [
        (json!([{"id": "none"}]), 404, "key.not_found"),
        (json!([{"label": "empty"}]), 400, "request.invalid"),
        (json!([{"id": spare}, {"id": spare}]), 400, "request.invalid"),
        (json!([{"key": "two words"}]), 400, "connection.key_characters"),
    ] {
        let refused = admin.patch(&path(&connection), json!({"keys": keys})).await;
        assert_eq!((refused.status, refused.code()), (status, code), "{keys}");
    }
    assert_eq!(sealed(&app).await, after, "a refused change changes nothing");
    let replaced = change(&admin, &connection, json!({"keys": [{"id": spare, "key": "sk-better-0123456789"}]})).await;
    assert_eq!(replaced["keys"][0]["id"], spare);
    assert!(sealed(&app).await[0].1 != before[1].1, "a new secret under the old name");
    assert_eq!(
        change(&admin, &connection, json!({"key": "sk-only-0123456789"})).await["keys"].as_array().map(Vec::len),
        Some(1)
    );
    let bare = change(&admin, &connection, json!({"keys": []})).await;
    assert_eq!((&bare["hasKey"], bare["keys"].as_array().map(Vec::len)), (&json!(false), Some(0)));
    assert!(routes(&app, "echo")[0].key_id.is_none(), "there is always somebody to ask");
}

#[tokio::test]
async fn a_refused_key_goes_behind_the_others_and_comes_back() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let connection = create(&admin, two_keys(&app)).await;
    let other = json!({"name": "other", "baseUrl": app.mock.base_url(), "prefix": "o/", "key": "sk-other-0123456789", "models": ["echo"]});
    create(&admin, other).await;
    let names = |app: &TestApp| {
        let name = |route: &Route| (route.connection.clone(), route.key_id.clone());
        routes(app, "echo").iter().map(name).collect::<Vec<_>>()
    };
    let [main, spare, o] = names(&app).try_into().expect("three ways");
    assert_eq!((main.0.as_str(), spare.0.as_str(), o.0.as_str()), ("two", "two", "other"), "the same model elsewhere");
    let refuse = |route: usize, code| {
        app.app.catalog.note(&routes(&app, "echo")[route], Err(&Error::new(code)), app.app.clock.now());
    };
    refuse(0, ErrorCode::ProviderUnauthorized);
    assert_eq!(names(&app), [spare.clone(), o.clone(), main.clone()], "ready ones first, wherever they are");
    let shown = admin.get("/api/connections").await.body["items"][0]["keys"][0]["state"].clone();
    assert_eq!(shown["code"], "provider.unauthorized");
    assert_eq!(admin.get("/api/models").await.body["items"][0].get("trouble"), None, "one key is left");
    refuse(0, ErrorCode::ProviderBalance);
    refuse(0, ErrorCode::ProviderServerError);
    assert_eq!(names(&app), [o.clone(), main.clone(), spare.clone()], "a server's fault says nothing about a key");
    app.app.clock.shift(10 * 60_000 + 1_000);
    assert_eq!(names(&app), [main.clone(), o.clone(), spare.clone()], "ten minutes later it is tried again");
    app.app.catalog.note(&routes(&app, "echo")[2], Ok(()), app.app.clock.now());
    assert_eq!(names(&app), [main, spare, o], "what answered is well");
    drop(connection);
}

#[tokio::test]
async fn a_key_that_is_replaced_does_not_rest_for_the_old_one() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let connection = create(&admin, two_keys(&app)).await;
    app.app.catalog.note(
        &routes(&app, "echo")[0],
        Err(&Error::new(ErrorCode::ProviderUnauthorized)),
        app.app.clock.now(),
    );
    let [main, spare] = [0, 1].map(|n| connection["keys"][n]["id"].clone());
    let renewed = json!({"keys": [{"id": main, "label": "main", "key": "sk-renewed-0123456789"}, {"id": spare}]});
    let renewed = change(&admin, &connection, renewed).await;
    assert_eq!(renewed["keys"][0]["state"].get("code"), None, "{renewed}");
    assert_eq!(order(&app, &renewed, "echo"), ["main", "2"]);
}

/// A provider that remembers the heads of what it is asked.
struct Listener {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = vec![0; 64 * 1024];
                let read = socket.read(&mut request).await.unwrap_or_default();
                let head = String::from_utf8_lossy(&request[..read]).to_ascii_lowercase();
                heard.lock().expect("no test panics in here").push(head);
                let body = r#"{"data":[{"id":"m"}]}"#;
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
                let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
                _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, heads }
    }

    fn last(&self) -> String {
        self.heads.lock().expect("no test panics in here").last().expect("a request").clone()
    }
}

#[tokio::test]
async fn headers_go_out_with_every_request_and_their_values_come_back_to_nobody() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let home = Listener::start().await;
    let body =
        json!({"baseUrl": home.url, "models": ["m"], "headers": {"X-Team": "canary-team", "X-Other": "canary-o"}});
    let connection = create(&admin, body).await;
    assert_eq!(connection["headers"], json!(["x-other", "x-team"]));
    assert!(home.last().contains("x-team: canary-team"), "{}", home.last());
    assert!(!admin.get("/api/connections").await.text.contains("canary"));

    let kept = change(&admin, &connection, json!({"headers": {"x-team": null, "x-new": "canary-n"}})).await;
    assert_eq!(kept["headers"], json!(["x-new", "x-team"]));
    assert!(home.last().contains("x-team: canary-team") && home.last().contains("x-new: canary-n"));
    assert!(!home.last().contains("x-other"), "one that is not named goes");
    let missing = admin.patch(&path(&connection), json!({"headers": {"x-gone": null}})).await;
    assert_eq!((missing.status, missing.code()), (400, "request.invalid"));

    let elsewhere = Listener::start().await;
    for change in [
        json!({"baseUrl": elsewhere.url}),
        json!({"baseUrl": elsewhere.url, "headers": {"x-team": null}}),
        json!({"proxy": elsewhere.url}),
    ] {
        let refused = admin.patch(&path(&connection), change.clone()).await;
        assert_eq!((refused.status, refused.code()), (400, "connection.key_needed_for_new_address"), "{change}");
    }
    assert!(elsewhere.heads.lock().expect("no test panics in here").is_empty(), "nothing was sent there");
    let moved = json!({"baseUrl": elsewhere.url, "headers": {"x-team": "another"}});
    assert_eq!(change(&admin, &connection, moved).await["headers"], json!(["x-team"]));
    assert!(elsewhere.last().contains("x-team: another"));
    assert_eq!(change(&admin, &connection, json!({"headers": {}})).await.get("headers"), None);
}

#[tokio::test]
async fn a_connection_may_have_a_proxy_of_its_own() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let proxy = MockLlm::start(Options { workers: 1, ..Options::default() }).expect("it plays the proxy");
    let login = format!("http://me:canary-word@{}", proxy.address());
    let body = json!({"baseUrl": "http://models.example/v1", "models": ["echo"], "proxy": login});
    let report = admin.post("/api/connections/verify", body.clone()).await.body;
    assert_eq!(report["ok"], true, "{report}");
    let connection = create(&admin, body).await;
    assert_eq!(connection["proxy"], format!("http://{}", proxy.address()));
    assert_eq!(admin.ask("echo", "hello").await.live.message.text(), "hello");
    assert!(!admin.get("/api/connections").await.text.contains("canary"));
    let same = change(&admin, &connection, json!({"proxy": connection["proxy"]})).await;
    assert_eq!(same["proxy"], connection["proxy"], "given as it is shown, it keeps its login");
    let gone = change(&admin, &connection, json!({"proxy": ""})).await;
    assert_eq!(gone.get("proxy"), None);
    for proxy in ["socks5://127.0.0.1:1080", "ftp://x", "http://a b"] {
        let refused = admin.patch(&path(&connection), json!({"proxy": proxy})).await;
        assert_eq!((refused.status, refused.code()), (400, "request.invalid"), "{proxy}");
    }
}

#[tokio::test]
async fn times_to_wait_and_a_prefix_are_kept() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let body = json!({"baseUrl": app.mock.base_url(), "models": ["echo"], "prefix": "lab/",
        "timeouts": {"firstTokenSeconds": 5, "idleSeconds": 3_600}});
    let connection = create(&admin, body).await;
    assert_eq!(connection["timeouts"], json!({"firstTokenSeconds": 5, "idleSeconds": 3_600}));
    assert_eq!(admin.ask("lab/echo", "hi").await.live.message.text(), "hi");
    let renamed = change(&admin, &connection, json!({"prefix": "", "timeouts": {"idleSeconds": 60}})).await;
    assert_eq!((renamed.get("prefix"), &renamed["timeouts"]), (None, &json!({"idleSeconds": 60})));
    assert_eq!(admin.ask("echo", "hi").await.live.message.text(), "hi");
    let refused = admin.patch(&path(&connection), json!({"timeouts": {"idleSeconds": 4}})).await;
    assert_eq!((refused.status, refused.code()), (400, "request.invalid"));
}

#[tokio::test]
async fn every_protocol_is_saved_checked_and_answers() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let origin = format!("http://{}", app.mock.address());
    for (protocol, pasted, stored) in [
        ("openai_chat", format!("{origin}/v1/chat/completions"), format!("{origin}/v1")),
        ("openai_responses", format!("{origin}/v1/responses"), format!("{origin}/v1")),
        ("azure_openai", format!("{origin}/openai/v1/"), origin.clone()),
        ("azure_openai", format!("{origin}?api-version=2024-10-21"), format!("{origin}/?api-version=2024-10-21")),
        ("anthropic", format!("{origin}/v1/messages"), format!("{origin}/v1")),
        ("gemini", format!("{origin}/v1beta/models/"), format!("{origin}/v1beta")),
        ("ollama", format!("{origin}/api/chat"), origin.clone()),
    ] {
        let key = "sk-any-0123456789";
        let body = json!({"protocol": protocol, "baseUrl": pasted, "key": key, "shown": ["echo"]});
        let report = admin.post("/api/connections/verify", body.clone()).await.body;
        assert_eq!(report["ok"], true, "{protocol}: {report}");
        let connection = create(&admin, body).await;
        let shown = connection["baseUrl"].as_str().expect("an address").replace("/?", "?");
        assert_eq!(shown, stored.replace("/?", "?"), "{protocol}");
        assert_eq!((&connection["protocol"], &connection["list"]["shown"]), (&json!(protocol), &json!(1)));
        assert_eq!(admin.ask("echo", "hello").await.live.message.text(), "hello", "{protocol}");
        assert_eq!(admin.post(&format!("{}/refresh", path(&connection)), json!(null)).await.status, 200);
        assert_eq!(admin.post(&format!("{}/verify", path(&connection)), json!(null)).await.body["ok"], true);
        assert_eq!(admin.delete(&path(&connection)).await.status, 204);
    }
}
