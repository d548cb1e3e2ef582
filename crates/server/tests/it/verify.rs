//! The verification of a connection: which step fails, with which code, and what it costs.

use crate::support::{TestApp, TestUser};
use mock_llm::{MockLlm, Options};
use serde_json::{Value, json};
use server::catalog::discover::{self, Candidate};
use server::db;
use shared::UserId;
use shared::connections::{FoundServer, Protocol};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

async fn verify(admin: &TestUser, body: Value) -> Value {
    let reply = admin.post("/api/connections/verify", body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

/// `stage`, or `stage: code` where it failed.
fn steps(report: &Value) -> Vec<String> {
    let step = |step: &Value| {
        let stage = step["stage"].as_str().expect("a stage").to_owned();
        assert_eq!(step["ok"].as_bool(), Some(step["error"].is_null()), "{step}");
        step["error"]["code"].as_str().map_or(stage.clone(), |code| format!("{stage}: {code}"))
    };
    report["steps"].as_array().expect("steps").iter().map(step).collect()
}

#[tokio::test]
async fn a_good_connection_passes_every_step_and_leaves_one_usage_row() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let origin = format!("http://{}", app.mock.address());
    let report = verify(&admin, json!({"baseUrl": format!("{origin}/v1/chat/completions"), "models": ["echo"]})).await;
    assert_eq!(steps(&report), ["address", "tcp", "models", "chat"], "{report}");
    assert_eq!((&report["ok"], &report["model"]), (&json!(true), &json!("echo")));
    assert_eq!(report["baseUrl"], format!("{origin}/v1"));
    assert!(report["models"].as_array().expect("models").len() > 20);
    assert_eq!(admin.get("/api/connections").await.body["items"], json!([]), "nothing is saved");
    let rows = db::usage::count(app.app.db.read(), &UserId(admin.id.clone())).await.expect("a count");
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn each_fault_is_found_at_its_step() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let locked = MockLlm::start(Options { workers: 1, key: Some("sk-right-key".into()), ..Options::default() })
        .expect("it starts");
    let tls = format!("https://{}/v1", app.mock.address());
    let (open, locked) = (app.mock.base_url(), locked.base_url());
    let web = format!("{open}/nothing/v1");
    for (body, expected) in [
        (json!({"baseUrl": "ftp://x"}), &["address: connection.url"][..]),
        (json!({"baseUrl": "http://169.254.169.254/latest"}), &["address: egress.blocked"]),
        (json!({"baseUrl": "http://127.0.0.1:9/v1"}), &["address", "tcp: provider.refused"]),
        (json!({"baseUrl": "http://no-such-host.invalid/v1"}), &["address", "dns: provider.dns"]),
        (json!({"baseUrl": tls}), &["address", "tcp", "tls: provider.tls"]),
        (json!({"baseUrl": locked, "key": "sk-wrong-key"}), &["address", "tcp", "models: provider.unauthorized"]),
        (json!({"baseUrl": web}), &["address", "tcp", "models: provider.not_found"]),
        (json!({"baseUrl": open, "models": ["402"]}), &["address", "tcp", "models", "chat: provider.balance"]),
        (json!({"baseUrl": open, "models": ["404"]}), &["address", "tcp", "models", "chat: provider.model_not_found"]),
        (json!({"baseUrl": open, "models": ["html200"]}), &["address", "tcp", "models", "chat: provider.not_a_stream"]),
        (json!({"baseUrl": open, "models": ["empty"]}), &["address", "tcp", "models", "chat: provider.empty"]),
        (json!({"baseUrl": open, "models": ["cut"]}), &["address", "tcp", "models", "chat: provider.cut"]),
    ] {
        let report = verify(&admin, body.clone()).await;
        assert_eq!(steps(&report), expected, "{body}: {report}");
        assert_eq!((report["ok"].as_bool(), report.get("model")), (Some(false), None));
        let error = &report["steps"].as_array().and_then(|steps| steps.last()).expect("a step")["error"];
        assert!(
            !error["message"].as_str().expect("a sentence").contains('…'),
            "every value of the sentence is there: {error}"
        );
        assert!(error["requestId"].is_string() && error["hint"].is_string(), "{error}");
    }
}

#[tokio::test]
async fn a_model_that_only_thinks_or_is_cut_at_its_limit_works() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for model in ["reasoning-only", "length", "thinking", "no-usage", "huge-delta", "json-not-sse"] {
        let report = verify(&admin, json!({"baseUrl": app.mock.base_url(), "models": [model]})).await;
        assert_eq!(report["ok"], true, "{model}: {report}");
    }
}

#[tokio::test]
async fn a_missing_list_is_a_failed_step_but_a_named_model_is_still_asked() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let gateway = Gateway::start().await;
    let named = verify(&admin, json!({"baseUrl": gateway, "models": ["m"]})).await;
    assert_eq!(steps(&named), ["address", "tcp", "models: provider.not_found", "chat"], "{named}");
    assert_eq!((&named["ok"], &named["baseUrl"]), (&json!(true), &json!(format!("{gateway}/v1"))));
    let unnamed = verify(&admin, json!({"baseUrl": gateway})).await;
    assert_eq!(steps(&unnamed), ["address", "tcp", "models: provider.not_found"]);
}

#[tokio::test]
async fn a_saved_connection_is_checked_with_its_own_key() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let locked = MockLlm::start(Options { workers: 1, key: Some("sk-right-key".into()), ..Options::default() })
        .expect("it starts");
    let body = json!({"baseUrl": locked.base_url(), "key": "sk-right-key", "models": ["echo"]});
    let saved = admin.post("/api/connections", body).await.body;
    let path = format!("/api/connections/{}/verify", saved["id"].as_str().expect("an id"));
    let report = admin.post(&path, json!(null)).await.body;
    assert_eq!(
        (steps(&report), &report["model"]),
        (["address", "tcp", "models", "chat"].map(str::to_owned).to_vec(), &json!("echo"))
    );
    assert_eq!(admin.post("/api/connections/none/verify", json!(null)).await.code(), "connection.not_found");

    assert_eq!(admin.delete(&path.replace("/verify", "")).await.status, 204);
    let demo = admin.post("/api/connections/demo", json!(null)).await.body;
    let path = format!("/api/connections/{}/verify", demo["id"].as_str().expect("an id"));
    let report = admin.post(&path, json!(null)).await.body;
    assert_eq!((&report["ok"], &report["model"]), (&json!(true), &json!("Demo")), "{report}");
}

#[tokio::test]
async fn every_key_is_tried_and_named_and_one_is_enough() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let keys = json!([
        {"label": "old", "key": "sk-old-dead"},
        {"label": "good", "key": "sk-good-0123456789"},
        {"key": "sk-empty-broke", "models": ["ok"]},
        {"label": "off", "key": "sk-off-dead", "enabled": false},
    ]);
    let report = verify(&admin, json!({"baseUrl": app.mock.base_url(), "keys": keys, "models": ["echo"]})).await;
    assert_eq!(steps(&report), ["address", "tcp", "models", "chat"], "{report}");
    assert_eq!((&report["ok"], &report["model"]), (&json!(true), &json!("echo")));
    let key = |number: usize| {
        let key = &report["keys"][number];
        let text = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
        (text("label"), key["ok"] == true, text("model"), key["error"]["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(report["keys"].as_array().map(Vec::len), Some(3), "what is switched off is not tried");
    let words = |label: &str, ok, model: &str, code: &str| (label.to_owned(), ok, model.to_owned(), code.to_owned());
    assert_eq!(key(0), words("old", false, "", "provider.unauthorized"));
    assert_eq!(key(1), words("good", true, "echo", ""));
    assert_eq!(key(2), words("3", false, "", "provider.balance"));
    let rows = db::usage::count(app.app.db.read(), &UserId(admin.id.clone())).await.expect("a count");
    assert_eq!(rows, 3, "each question costs");

    let dead = json!([{"key": "sk-one-dead"}, {"key": "sk-two-dead"}]);
    let report = verify(&admin, json!({"baseUrl": app.mock.base_url(), "keys": dead})).await;
    assert_eq!(steps(&report), ["address", "tcp", "models: provider.unauthorized"], "no model is known to ask");
    assert_eq!(report["keys"][1]["error"]["code"], "provider.unauthorized");
    let one = verify(&admin, json!({"baseUrl": app.mock.base_url(), "key": "sk-alone-0123", "models": ["echo"]})).await;
    assert_eq!(one.get("keys"), None, "one key is the connection itself");
}

#[tokio::test]
async fn a_report_says_how_fast_a_model_is() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let report = verify(&admin, json!({"baseUrl": app.mock.base_url(), "models": ["tokens-200-100"]})).await;
    let speed = &report["speed"];
    assert!(speed["firstTokenMs"].is_u64() && speed["tokensPerSecond"].as_f64() > Some(0.0), "{report}");
    let short = verify(&admin, json!({"baseUrl": app.mock.base_url(), "models": ["empty"]})).await;
    assert_eq!(short.get("speed"), None);
}

#[tokio::test]
async fn servers_beside_this_one_are_listed_once_each() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let reply = admin.get("/api/connections/discover").await;
    assert!(reply.status == 200 && reply.body["items"].is_array(), "{}", reply.text);
    let address = format!("http://{}", app.mock.address());
    let found = look_for(&[address.clone(), address.replace("127.0.0.1", "localhost")]).await;
    assert_eq!(found.len(), 1, "one server under two addresses is one server: {found:?}");
    assert!(found[0].base_url == address && found[0].models.contains(&"echo".to_owned()));

    // What is found is connected as it is told, and spoken to in its own protocol.
    let body = json!({"name": found[0].name, "protocol": found[0].protocol, "baseUrl": found[0].base_url,
        "models": ["echo"]});
    assert_eq!(admin.post("/api/connections", body).await.status, 201);
    assert_eq!(admin.ask("echo", "hello").await.live.message.text(), "hello");
    assert_eq!(app.mock.ledger().last().map(|record| record.protocol).as_deref(), Some("ollama"));
}

#[tokio::test]
async fn all_addresses_are_asked_at_once() {
    let mut places = Vec::new();
    for _ in 0..3 {
        places.push(TcpListener::bind("127.0.0.1:0").await.expect("a free port"));
    }
    let address = |place: &TcpListener| format!("http://{}", place.local_addr().expect("an address"));
    let addresses: Vec<String> = places.iter().map(address).collect();
    // Nobody answers before all are asked: whoever asks one after another waits for the first in vain.
    tokio::spawn(async move {
        let mut asked = Vec::new();
        for (number, place) in places.iter().enumerate() {
            asked.push((number, place.accept().await.expect("a question").0));
        }
        for (number, mut socket) in asked {
            let mut question = vec![0; 64 * 1024];
            _ = socket.read(&mut question).await;
            let body = format!(r#"{{"data":[{{"id":"model-{number}"}}]}}"#);
            answer(&mut socket, "200 OK", "application/json", &body).await;
        }
    });
    let found = look_for(&addresses).await;
    assert_eq!(found.iter().map(|server| server.base_url.clone()).collect::<Vec<_>>(), addresses, "{found:?}");
}

async fn look_for(addresses: &[String]) -> Vec<FoundServer> {
    let candidate =
        |base_url: &String| Candidate { name: "Ollama", protocol: Protocol::Ollama, base_url: base_url.clone() };
    let egress = egress::Egress::new(egress::Config::default()).expect("a client");
    discover::look(&egress, &addresses.iter().map(candidate).collect::<Vec<_>>()).await
}

/// The only answer of a connection.
async fn answer(socket: &mut TcpStream, status: &str, kind: &str, body: &str) {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
    _ = socket.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).await;
}

/// A gateway that answers below `/v1` only and has no list of models.
struct Gateway;

impl Gateway {
    async fn start() -> String {
        const ANSWER: &str =
            "data: {\"choices\":[{\"delta\":{\"content\":\"OK\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = vec![0; 64 * 1024];
                let read = socket.read(&mut request).await.unwrap_or_default();
                let known = request[..read].starts_with(b"POST /v1/chat/completions ");
                let (status, kind, body) = if known {
                    ("200 OK", "text/event-stream", ANSWER)
                } else {
                    ("404 Not Found", "text/plain", "nothing here")
                };
                answer(&mut socket, status, kind, body).await;
            }
        });
        format!("http://{address}")
    }
}
